//! `xcf graph -o json` (`D15`).

use crate::workspace::Workspace;
use serde::Serialize;
use xcf_core::diag::{Diagnostic, Severity};
use xcf_core::ids::{CompName, EnvName, ModName, UnitId};
use xcf_core::route::{ChangeFrequency, Engine, Lifecycle};

/// A diagnostic as every verb prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiagnosticJson {
    /// `error`, `warning`, `info`.
    pub severity: Severity,
    /// Stable code.
    pub code: String,
    /// What happened.
    pub message: String,
    /// Repository-relative path.
    pub file: String,
    /// Line, from 1 (0: the whole file).
    pub line: u32,
    /// Column, from 1 (0: the whole line).
    pub column: u32,
    /// What to do; may be empty.
    pub hint: String,
}

impl From<&Diagnostic> for DiagnosticJson {
    fn from(d: &Diagnostic) -> Self {
        Self {
            severity: d.severity,
            code: d.code.clone(),
            message: d.message.clone(),
            file: d.place.file.clone(),
            line: d.place.line,
            column: d.place.column,
            hint: d.hint.clone(),
        }
    }
}

/// All diagnostics of a workspace in that form.
#[must_use]
pub fn diagnostics(workspace: &Workspace) -> Vec<DiagnosticJson> {
    workspace.diagnostics.iter().map(DiagnosticJson::from).collect()
}

/// A cross-environment read of a unit (`dsl §3`): no ordering edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadJson {
    /// The unit whose applied output is read.
    pub unit: UnitId,
    /// The output; none for a dependency without data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphUnit {
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
    /// Change frequency in force.
    pub change_frequency: ChangeFrequency,
    /// Engine.
    pub engine: Engine,
    /// Declared and wired edges as they are, not reduced, without the layer order.
    pub depends_on: Vec<UnitId>,
    /// Cross-environment reads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<ReadJson>,
}

/// A module that no Environment assembles (`dsl §3`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnassembledUnit {
    /// Composition.
    pub composition: CompName,
    /// Module.
    pub module: ModName,
    /// Lifecycle.
    pub lifecycle: Lifecycle,
    /// Engine for display.
    pub engine: Engine,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphJson {
    /// Units, by id.
    pub units: Vec<GraphUnit>,
    /// Modules that no Environment assembles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unassembled: Vec<UnassembledUnit>,
    /// Everything found.
    pub diagnostics: Vec<DiagnosticJson>,
}

/// Units and edges of `workspace`.
#[must_use]
pub fn json(workspace: &Workspace) -> GraphJson {
    let mut reads: std::collections::BTreeMap<&UnitId, Vec<ReadJson>> = std::collections::BTreeMap::new();
    for read in &workspace.reads {
        let output = read.wire.as_ref().map(|w| w.output.clone());
        reads.entry(&read.unit).or_default().push(ReadJson { unit: read.target.clone(), output });
    }
    let id_of = |i: usize| workspace.units.get(i).map(|u| u.id.clone());
    let unit = |(index, unit): (usize, &xcf_core::graph::Unit)| GraphUnit {
        id: unit.id.clone(),
        environment: unit.id.environment.clone(),
        composition: unit.id.composition.clone(),
        module: unit.id.module.clone(),
        lifecycle: unit.lifecycle,
        change_frequency: unit.change_frequency,
        engine: unit.route.engine.value,
        depends_on: workspace.graph.depends_on(index).into_iter().filter_map(id_of).collect(),
        reads: reads.remove(&unit.id).unwrap_or_default(),
    };
    let apart = |u: &xcf_core::graph::Unassembled| UnassembledUnit {
        composition: u.composition.clone(),
        module: u.module.clone(),
        lifecycle: u.lifecycle,
        engine: u.route.engine.value,
    };
    GraphJson {
        units: workspace.units.iter().enumerate().map(unit).collect(),
        unassembled: workspace.unassembled.iter().map(apart).collect(),
        diagnostics: diagnostics(workspace),
    }
}
