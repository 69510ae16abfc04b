//! Units and edges as data (`dsl §5`, `D15`: `xcf graph -o json`).

use crate::diag::Place;
use crate::ids::{EnvName, ModName, RepoPath, UnitId};
use crate::route::{ChangeFrequency, Layer, Lifecycle, Route};
use crate::value::OutputRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Why one unit comes after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// `dependencies` or `dependsOn`.
    Declared,
    /// An input reads an output.
    Wired,
}

/// A declared or wired edge, never reduced: `to` waits for `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The unit that comes first.
    pub from: UnitId,
    /// The unit that waits.
    pub to: UnitId,
    /// Why.
    pub kind: EdgeKind,
    /// Output and input names of a wired edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire: Option<Wire>,
    /// Where the edge is written.
    pub place: Place,
}

/// The ports a wired edge connects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wire {
    /// Output name of the upstream unit.
    pub output: String,
    /// Input name of the reading unit.
    pub input: String,
}

/// Where one input's value was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputSource {
    /// The value as written (references unresolved).
    pub value: Value,
    /// Which layer wrote it.
    pub origin: crate::route::Origin,
    /// Where.
    pub place: Place,
    /// JSON Pointer of the value inside its document's root, for edits.
    pub pointer: String,
}

/// A reference of an input, resolved to the unit it reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoundRef {
    /// Input name.
    pub input: String,
    /// JSON Pointer inside the input's value.
    pub pointer: String,
    /// As written.
    pub reference: OutputRef,
    /// The unit whose applied output is read.
    pub target: UnitId,
    /// True if it reads another Environment: no ordering edge (`dsl §3`).
    pub cross_environment: bool,
}

/// Host of an inventory (`dsl §1` Environment).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    /// Name.
    pub name: String,
    /// Address; `localhost`/`127.0.0.1` with `vars.ansible_connection: local` runs here.
    pub address: String,
    /// SSH port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// SSH user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Inventory variables.
    #[serde(default)]
    pub vars: BTreeMap<String, Value>,
    /// Labels, matched by `labels`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// One unit: a module of a Composition in an Environment, with everything its documents say about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Lifecycle, normalised.
    pub lifecycle: Lifecycle,
    /// Layer it counts as (Ephemeral names one).
    pub layer: Layer,
    /// Highest layer among itself and all it reaches by declared or wired edges (`dsl §5`).
    pub effective_layer: Layer,
    /// Change frequency in force.
    pub change_frequency: ChangeFrequency,
    /// Labels of Composition and Environment (Environment wins).
    pub labels: BTreeMap<String, String>,
    /// Module path.
    pub module_ref: RepoPath,
    /// Resolved route.
    pub route: Route,
    /// Inputs as written after all overrides, with their sources.
    pub inputs: BTreeMap<String, InputSource>,
    /// References among them, bound to units.
    pub references: Vec<BoundRef>,
    /// Hosts (playbooks).
    pub hosts: Vec<Host>,
    /// Account name.
    pub account: Option<String>,
    /// Region name; none = all.
    pub region: Option<String>,
    /// Fault domain of the region.
    pub fault_domain: Option<String>,
    /// Kubernetes cluster.
    pub cluster: Option<String>,
    /// Kubernetes namespace.
    pub namespace: Option<String>,
    /// `watch` globs, which widen the content closure.
    pub watch: Vec<String>,
    /// Declared rollback fragment (playbooks).
    pub rollback_fragment: Option<RepoPath>,
    /// Time limit of one engine step, seconds.
    pub timeout_seconds: u64,
    /// Retries after the first attempt.
    pub retries: u32,
    /// First back-off, seconds; doubles each time.
    pub backoff_seconds: u64,
    /// Former ids of this unit (`moved`), nearest first, with where it is written.
    pub moved_from: Vec<(UnitId, Place)>,
    /// Things this unit is bound by whose behaviour is not effective yet (`dsl` head): field and place.
    pub not_yet_effective: Vec<(String, Place)>,
    /// True if observation is configured.
    pub observe: bool,
    /// Where the module entry stands.
    pub place: Place,
    /// Where the Environment's entry stands (none: implicit environment).
    pub entry_place: Option<Place>,
}

/// A node id of a module that is not assembled into any Environment (`dsl §3`): drawn, never planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unassembled {
    /// Composition name.
    pub composition: crate::ids::CompName,
    /// Module name.
    pub module: ModName,
    /// Lifecycle.
    pub lifecycle: Lifecycle,
    /// Layer.
    pub layer: Layer,
    /// Route for display.
    pub route: Route,
    /// Where.
    pub place: Place,
}

/// An Environment as the graph sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentInfo {
    /// Name.
    pub name: EnvName,
    /// Gate floor, if protected.
    pub protection: Option<crate::route::Gate>,
    /// True if removals are refused.
    pub destroy_never: bool,
    /// `after`.
    pub after: Vec<EnvName>,
    /// `approvers{role: count}`.
    pub approvers: BTreeMap<String, u32>,
    /// File of the document; none for the implicit environment.
    pub place: Option<Place>,
}
