//! The decision matrix (read view).

use super::{DiagnosticDto, PlaceDto, RouteFieldDto, SaidDto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The grid.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixDto {
    /// Built-in rows, each followed by the DecisionMatrix rows that patch it; rows without lifecycle last.
    pub rows: Vec<MatrixRowDto>,
    /// Ties and gaps.
    pub diagnostics: Vec<DiagnosticDto>,
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
    /// Where; none for built-in rows.
    pub place: Option<PlaceDto>,
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
