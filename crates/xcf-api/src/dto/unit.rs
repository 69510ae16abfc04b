//! One unit in the Inspector.

use super::{DiagnosticDto, PlaceDto, SaidDto, UnitNodeDto, UnitPlanDto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everything the Inspector shows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitDetailDto {
    /// The node.
    pub node: UnitNodeDto,
    /// Module path.
    pub module_ref: String,
    /// Inputs: declared variables first, in the module's order.
    pub inputs: Vec<InputDto>,
    /// Editable policy fields.
    pub policies: Vec<PolicyFieldDto>,
    /// The file that holds the module entry.
    pub yaml: UnitYamlDto,
    /// Route with why, one row per field.
    pub route: Vec<RouteFieldDto>,
    /// Newest plan of this unit, if a ChangeSet is open.
    pub plan: Option<UnitPlanDto>,
    /// Applied outputs; sensitive ones masked.
    pub outputs: Vec<OutputValueDto>,
    /// Newest events of the unit, newest first.
    pub history: Vec<HistoryDto>,
    /// Diagnostics of its files.
    pub diagnostics: Vec<DiagnosticDto>,
    /// Units it waits for.
    pub depends_on: Vec<String>,
    /// Units that wait for it.
    pub dependants: Vec<String>,
    /// What happens if planned now, in words (gate, who, not-yet-effective restrictions).
    pub if_planned: Vec<String>,
    /// The same, sentence by sentence, apart from its language.
    #[serde(default)]
    pub if_planned_said: Vec<SaidDto>,
}

/// Where a value is edited.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditTargetDto {
    /// File.
    pub file: String,
    /// Document of the file.
    pub document: usize,
    /// JSON Pointer from the document root.
    pub pointer: String,
    /// Digest of the file's text.
    pub digest: String,
}

/// One input.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InputDto {
    /// Name.
    pub name: String,
    /// Type as the module writes it; empty if unknown.
    pub type_text: String,
    /// Description of the module; may be empty.
    pub description: String,
    /// True if the module has no default.
    pub required: bool,
    /// True if the module marks it sensitive.
    pub sensitive: bool,
    /// Default of the module.
    pub default: Option<serde_json::Value>,
    /// `literal`, `reference`, `secret`, `unset`.
    pub kind: String,
    /// Value as written (a secret is its reference, never the value).
    pub value: Option<serde_json::Value>,
    /// Value in the head commit, if the draft changes it.
    pub was: Option<serde_json::Value>,
    /// For references: `composition.module.output`.
    pub reference: Option<String>,
    /// For references: the unit read.
    pub reference_unit: Option<String>,
    /// Layer that wrote it: `module`, `environment-entry` …; `default` if unset.
    pub origin: String,
    /// Where it is written.
    pub place: Option<PlaceDto>,
    /// Where an edit goes.
    pub edit: EditTargetDto,
    /// Its diagnostics.
    pub diagnostics: Vec<DiagnosticDto>,
}

/// One editable policy field.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyFieldDto {
    /// `approval`, `backup`, `drift`, `rollback`, `engine`.
    pub field: String,
    /// Words to choose from.
    pub choices: Vec<String>,
    /// Value written at the module; none = inherited.
    pub value: Option<String>,
    /// Value in force.
    pub effective: String,
    /// Layer that gives the value in force.
    pub origin: String,
    /// Where an edit goes.
    pub edit: EditTargetDto,
}

/// The file that holds the module entry.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitYamlDto {
    /// File.
    pub file: String,
    /// Whole text.
    pub text: String,
    /// Digest of the text.
    pub digest: String,
    /// First line of the module entry.
    pub start_line: u32,
}

/// One row of "Route, and why".
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RouteFieldDto {
    /// `engine`, `reconcile`, `drift`, `gate`, `backup`, `window`, `rollback`.
    pub field: String,
    /// Value in the words of the documents.
    pub value: String,
    /// The value apart from its language, where it is no word of the documents.
    #[serde(default)]
    pub value_said: Option<SaidDto>,
    /// Layer: `built-in`, `matrix`, `composition`, `module`, `environment`, `environment-entry`, `protection`, `module-content`.
    pub origin: String,
    /// Rule in words: `R1.3`, `row prod-paas` …
    pub rule: String,
    /// Where the rule stands; none for built-in rows.
    pub place: Option<PlaceDto>,
    /// Values that lost, loosest layer first.
    pub overruled: Vec<OverruledDto>,
}

/// A value that lost.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverruledDto {
    /// Layer.
    pub origin: String,
    /// Rule.
    pub rule: String,
    /// Value.
    pub value: String,
    /// Where.
    pub place: Option<PlaceDto>,
}

/// One applied output.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutputValueDto {
    /// Name.
    pub name: String,
    /// Value; masked if sensitive; none if never applied.
    pub value: Option<serde_json::Value>,
    /// True if masked.
    pub sensitive: bool,
    /// Units that read it.
    pub readers: Vec<String>,
}

/// One event of the unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryDto {
    /// Position in the log.
    pub position: u64,
    /// When (RFC 3339).
    pub at: String,
    /// Kind, for example `unit.applied`.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// ChangeSet.
    pub change_set: Option<String>,
    /// One line for people.
    pub text: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub said: Option<SaidDto>,
}
