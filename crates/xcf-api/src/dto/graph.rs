//! The graph.

use super::{DiagnosticDto, PlaceDto, SaidDto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Units and edges of one Environment (or all).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphDto {
    /// Units, by layer, composition, module.
    pub units: Vec<UnitNodeDto>,
    /// Declared and wired edges as they are.
    pub edges: Vec<EdgeDto>,
    /// Modules of Compositions that no Environment names.
    pub unassembled: Vec<UnassembledDto>,
    /// Lanes with the built-in or matrix defaults in force.
    pub lanes: Vec<LaneDto>,
    /// All diagnostics of the workspace.
    pub diagnostics: Vec<DiagnosticDto>,
    /// True if shown from the working tree with edits.
    pub draft: bool,
    /// Event position it is a projection of.
    pub position: u64,
}

/// One lane.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LaneDto {
    /// Lifecycle word.
    pub lifecycle: String,
    /// Row in force, for example `R1.3`.
    pub rule: String,
    /// Reconcile in words of the documents, for example `periodic, 30m`.
    pub reconcile: String,
    /// `alert` or `correct`.
    pub drift: String,
    /// `auto`, `approve`, `strong` or `environment`.
    pub gate: String,
}

/// A node.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitNodeDto {
    /// `environment/composition/module`.
    pub id: String,
    /// Environment.
    pub environment: String,
    /// Composition.
    pub composition: String,
    /// Module.
    pub module: String,
    /// Lifecycle.
    pub lifecycle: String,
    /// Layer it counts as.
    pub layer: String,
    /// Change frequency.
    pub change_frequency: String,
    /// Engine.
    pub engine: String,
    /// Unit standing (`ui.md` §4), for example `healthy`, `pending-change`, `draft-change`, `awaiting-approval`, `failed`.
    pub standing: String,
    /// The why of the standing, one line; may be empty.
    pub standing_why: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub standing_said: Option<SaidDto>,
    /// Open ChangeSet it is part of.
    pub change_set: Option<String>,
    /// Run that works on it.
    pub run: Option<String>,
    /// Who holds its lock.
    pub locked_by: Option<String>,
    /// True if the working tree changes it.
    pub draft: bool,
    /// Units it waits for: declared and wired, not reduced, without the layer order.
    pub depends_on: Vec<String>,
    /// Applied outputs of other Environments it reads: no ordering edge.
    pub reads: Vec<String>,
    /// Input names: those the module declares and those that are set.
    pub inputs: Vec<String>,
    /// Output names the module declares.
    pub outputs: Vec<String>,
    /// Gate in force.
    pub gate: String,
    /// Region.
    pub region: Option<String>,
    /// Labels.
    pub labels: std::collections::BTreeMap<String, String>,
    /// Where the module entry stands.
    pub place: PlaceDto,
}

/// An edge: `to` waits for `from`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EdgeDto {
    /// Comes first.
    pub from: String,
    /// Waits.
    pub to: String,
    /// `declared` or `wired`.
    pub kind: String,
    /// Output name of a wired edge.
    pub output: Option<String>,
    /// Input name of a wired edge.
    pub input: Option<String>,
    /// Where it is written.
    pub place: PlaceDto,
}

/// A module that is not assembled.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnassembledDto {
    /// Composition.
    pub composition: String,
    /// Module.
    pub module: String,
    /// Lifecycle.
    pub lifecycle: String,
    /// Engine for display.
    pub engine: String,
    /// Where.
    pub place: PlaceDto,
}
