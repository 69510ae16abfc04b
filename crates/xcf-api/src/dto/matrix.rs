//! The decision matrix: the grid, its edits, and which row wins.

use super::{DiagnosticDto, PlaceDto, RouteFieldDto, RowFindingDto, SaidDto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The grid.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixDto {
    /// Built-in rows, each followed by the DecisionMatrix rows that patch it; rows without lifecycle last.
    pub rows: Vec<MatrixRowDto>,
    /// What the loader found wrong in it.
    pub diagnostics: Vec<DiagnosticDto>,
    /// Ties, overlaps and gaps, with every row they are about.
    pub findings: Vec<RowFindingDto>,
    /// What cells can hold.
    pub words: MatrixWordsDto,
    /// Cells that differ from the head commit.
    pub edited: u32,
    /// Rows of the head commit that the draft took out.
    pub removed: Vec<String>,
}

/// What cells and match keys can hold, in the words of the documents.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixWordsDto {
    /// `approval`, loosest first.
    pub gates: Vec<String>,
    /// `drift`.
    pub drifts: Vec<String>,
    /// Kinds of `backup`.
    pub backups: Vec<String>,
    /// `reconcile.strategy`.
    pub strategies: Vec<String>,
    /// `rollback`.
    pub rollbacks: Vec<String>,
    /// Engines.
    pub engines: Vec<String>,
    /// Windows of the workspace.
    pub windows: Vec<String>,
    /// Lifecycles.
    pub lifecycles: Vec<String>,
    /// Change frequencies.
    pub frequencies: Vec<String>,
    /// Environments of the workspace.
    pub environments: Vec<String>,
}

/// A row of a DecisionMatrix document, for edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixRowRefDto {
    /// File.
    pub file: String,
    /// Which document of the file, from 0.
    pub document: u32,
    /// Which row of the document, from 0.
    pub index: u32,
    /// Its name: an edit of a row that is called otherwise by now is refused.
    pub name: String,
}

/// One edit of the grid.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixEditRequest {
    /// `set` a cell, `inherit` (take the cell's value out), `add` a row, `remove` a row.
    pub op: String,
    /// The row; none for `add`.
    pub row: Option<MatrixRowRefDto>,
    /// Column of `set` and `inherit`: `name match engines reconcile drift approval backup window rollback`.
    #[serde(default)]
    pub field: String,
    /// Value of `set`; of `add` the row as a map of columns (a `name` is made if there is none).
    #[serde(default)]
    pub value: serde_json::Value,
}

/// One row; an empty cell is inherited.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixRowDto {
    /// `R1.3` or the row's name.
    pub name: String,
    /// True for rows of the specification.
    pub built_in: bool,
    /// Lifecycles matched; empty = all.
    pub lifecycle: Vec<String>,
    /// Change frequencies matched; empty = all.
    pub change_frequency: Vec<String>,
    /// Environments matched; empty = all.
    pub environment: Vec<String>,
    /// Other match keys in words.
    pub other_match: Vec<String>,
    /// Engines, best first.
    pub engines: Vec<String>,
    /// Reconcile in words.
    pub reconcile: String,
    /// Drift.
    pub drift: String,
    /// Gate.
    pub gate: String,
    /// Backup.
    pub backup: String,
    /// Window.
    pub window: String,
    /// Rollback.
    pub rollback: String,
    /// Strategy on its own; empty = inherited.
    pub strategy: String,
    /// Interval on its own, as written; empty = by the change frequency.
    pub interval: String,
    /// Backup kinds on their own; `none` is the empty set, empty = inherited.
    pub backups: Vec<String>,
    /// Where; none for built-in rows.
    pub place: Option<PlaceDto>,
    /// For edits; none for built-in rows.
    pub row: Option<MatrixRowRefDto>,
    /// Columns that differ from the head commit, with the text there (empty: it was inherited).
    pub was: std::collections::BTreeMap<String, String>,
    /// True if the head commit has no such row.
    pub is_new: bool,
    /// Units that match.
    pub units: u32,
}

/// Which row wins, for one unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TraceDto {
    /// Unit.
    pub unit: String,
    /// Facts looked at, for example `lifecycle PaaS`.
    pub facts: Vec<String>,
    /// Every row looked at, in order of precedence.
    pub steps: Vec<TraceStepDto>,
    /// Final route.
    pub route: Vec<RouteFieldDto>,
}

/// One row in a trace.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TraceStepDto {
    /// Row or document.
    pub name: String,
    /// True if it applies.
    pub matched: bool,
    /// What it gives, or why it does not match.
    pub text: String,
    /// The same, sentence by sentence, apart from its language.
    #[serde(default)]
    pub said: Vec<SaidDto>,
    /// Where; none for built-in rows.
    pub place: Option<PlaceDto>,
}
