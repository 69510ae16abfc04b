//! `xcf route -o json` (`D15`): the resolved route with its why.

use crate::graph::{DiagnosticJson, diagnostics};
use crate::workspace::Workspace;
use serde::Serialize;
use xcf_core::ids::{CompName, EnvName, ModName, UnitId};
use xcf_core::route::{ChangeFrequency, Layer, Lifecycle, Route};

/// One unit with its route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteUnit {
    /// Unit id.
    pub id: UnitId,
    /// Environment.
    pub environment: EnvName,
    /// Composition.
    pub composition: CompName,
    /// Module.
    pub module: ModName,
    /// Lifecycle.
    pub lifecycle: Lifecycle,
    /// Layer it counts as.
    pub layer: Layer,
    /// Change frequency in force.
    pub change_frequency: ChangeFrequency,
    /// Every field with value, origin, rule, place, overruled.
    pub route: Route,
}

/// The route of a module that no Environment assembles, for display (`dsl §3`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnassembledRoute {
    /// Composition.
    pub composition: CompName,
    /// Module.
    pub module: ModName,
    /// Lifecycle.
    pub lifecycle: Lifecycle,
    /// Layer it counts as.
    pub layer: Layer,
    /// Every field.
    pub route: Route,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteJson {
    /// Units, by id.
    pub units: Vec<RouteUnit>,
    /// Modules that no Environment assembles; only if no unit was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unassembled: Vec<UnassembledRoute>,
    /// Everything found.
    pub diagnostics: Vec<DiagnosticJson>,
}

/// Routes of `only` (empty: of all units).
#[must_use]
pub fn json(workspace: &Workspace, only: &[UnitId]) -> RouteJson {
    let unit = |u: &xcf_core::graph::Unit| RouteUnit {
        id: u.id.clone(),
        environment: u.id.environment.clone(),
        composition: u.id.composition.clone(),
        module: u.id.module.clone(),
        lifecycle: u.lifecycle,
        layer: u.layer,
        change_frequency: u.change_frequency,
        route: u.route.clone(),
    };
    let apart = |u: &xcf_core::graph::Unassembled| UnassembledRoute {
        composition: u.composition.clone(),
        module: u.module.clone(),
        lifecycle: u.lifecycle,
        layer: u.layer,
        route: u.route.clone(),
    };
    let wanted = |u: &&xcf_core::graph::Unit| only.is_empty() || only.contains(&u.id);
    RouteJson {
        units: workspace.units.iter().filter(wanted).map(unit).collect(),
        unassembled: if only.is_empty() { workspace.unassembled.iter().map(apart).collect() } else { Vec::new() },
        diagnostics: diagnostics(workspace),
    }
}
