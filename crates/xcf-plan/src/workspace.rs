//! A repository at one moment, understood: documents, units with their routes and inputs, order, and everything that is
//! wrong (`dsl §1`–`§6`). Loading collects, it never fails; broken text leaves the rest working (`D2.5`).

mod assemble;
mod blocked;
mod build;
mod catalog;
mod environments;
mod finding;
mod health;
mod joins;
pub(crate) mod modules;
mod moved;
mod names;
mod read;
pub(crate) mod refs;
mod unit;
pub(crate) mod values;
mod wire;

pub use health::Health;
pub use modules::ModuleUse;
pub(crate) use read::is_document_file;
pub use read::{RegoFile, Unreadable};

use crate::content::ModuleContent;
use crate::cost::PriceSheet;
use crate::graph::{Graph, Order};
use crate::matrix::Rows;
use std::collections::BTreeMap;
use std::sync::Arc;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::Doc;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::docs::config::ConfigSpec;
use xcf_core::docs::environment::EnvironmentSpec;
use xcf_core::docs::matrix::DecisionMatrixSpec;
use xcf_core::docs::rules::{ApprovalRuleSpec, BudgetSpec, PeopleSpec, RateLimitSpec, WaiverSpec, WindowSpec};
use xcf_core::graph::{Edge, EnvironmentInfo, Unassembled, Unit};
use xcf_core::ids::{EnvName, UnitId, WorkspaceUid};
use xcf_core::ports::tree::Tree;
use xcf_core::said::Said;

/// Name of the Environment that a workspace without any Environment document has (`dsl §3`).
pub const IMPLICIT_ENVIRONMENT: &str = "default";

/// A reference to another Environment: its applied outputs are read, there is no ordering edge (`dsl §3`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossRead {
    /// The unit that reads.
    pub unit: UnitId,
    /// The unit whose applied output is read.
    pub target: UnitId,
    /// Input and output names; none for a `dependencies` entry with `environment`.
    pub wire: Option<xcf_core::graph::Wire>,
    /// Where it is written.
    pub place: Place,
}

/// Why a unit must not be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// In words.
    pub reason: String,
    /// The words, apart from their language; plain for the message of a diagnostic.
    pub said: Said,
    /// Where the cause stands.
    pub place: Place,
    /// The unit upstream that is blocked, if that is the reason.
    pub upstream: Option<UnitId>,
}

/// A `moved` statement with where it stands, for saying that its `from` is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedStatement {
    /// Former id.
    pub from: UnitId,
    /// The unit it is now.
    pub to: UnitId,
    /// Where it is written.
    pub place: Place,
}

/// A loaded workspace.
#[derive(Debug)]
pub struct Workspace {
    /// `.xcf.yaml`; none if missing or broken.
    pub config: Option<Doc<ConfigSpec>>,
    /// Compositions, by file.
    pub compositions: Vec<Doc<CompositionSpec>>,
    /// Environment documents, by file.
    pub environment_docs: Vec<Doc<EnvironmentSpec>>,
    /// DecisionMatrix documents, by file.
    pub matrices: Vec<Doc<DecisionMatrixSpec>>,
    /// Windows.
    pub windows: Vec<Doc<WindowSpec>>,
    /// Budgets.
    pub budgets: Vec<Doc<BudgetSpec>>,
    /// Rate limits.
    pub rate_limits: Vec<Doc<RateLimitSpec>>,
    /// Approval rules.
    pub approval_rules: Vec<Doc<ApprovalRuleSpec>>,
    /// Waivers.
    pub waivers: Vec<Doc<WaiverSpec>>,
    /// People documents.
    pub people: Vec<Doc<PeopleSpec>>,
    /// Prices, if there are any; a sheet that can't be used knows none, so that every cost is unknown.
    pub prices: Option<PriceSheet>,
    /// Rego policies, by path; tests (`*_test.rego`) are left out.
    pub rego: Vec<RegoFile>,
    /// Environments, by name; the implicit one if there is no Environment document.
    pub environments: Vec<EnvironmentInfo>,
    /// Units, sorted by id.
    pub units: Vec<Unit>,
    /// Modules of Compositions that no Environment assembles (`dsl §3`).
    pub unassembled: Vec<Unassembled>,
    /// Cross-environment references.
    pub reads: Vec<CrossRead>,
    /// Modules by the path that `Unit::module_ref` names.
    pub modules: BTreeMap<String, Arc<ModuleContent>>,
    /// Which module each Composition names, by Composition name, for display of broken and unassembled ones too.
    pub module_uses: BTreeMap<String, Vec<ModuleUse>>,
    /// Declared and wired edges.
    pub graph: Graph,
    /// Units that must not be planned, with why.
    pub blocked: BTreeMap<UnitId, Blocked>,
    /// `moved` statements per assembled unit, nearest first.
    pub moved: Vec<MovedStatement>,
    /// Everything found, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// What errors touch, for telling removed from broken.
    pub health: Health,
    /// `order` of Config.
    pub order: Order,
}

/// Loads the workspace that `tree` holds. Deterministic: equal trees give equal workspaces.
#[must_use]
pub fn load(tree: &dyn Tree) -> Workspace {
    build::build(tree)
}

impl Workspace {
    /// The unit `id`.
    #[must_use]
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.position(id).and_then(|i| self.units.get(i))
    }
    /// Index of the unit `id` in `units`.
    #[must_use]
    pub fn position(&self, id: &UnitId) -> Option<usize> {
        self.units.binary_search_by(|u| u.id.cmp(id)).ok()
    }
    /// The Environment `name`.
    #[must_use]
    pub fn environment(&self, name: &EnvName) -> Option<&EnvironmentInfo> {
        self.environments.iter().find(|e| &e.name == name)
    }
    /// The document of the Environment `name`; none for the implicit one.
    #[must_use]
    pub fn environment_doc(&self, name: &str) -> Option<&Doc<EnvironmentSpec>> {
        self.environment_docs.iter().find(|d| d.name() == name)
    }
    /// The Composition `name`.
    #[must_use]
    pub fn composition(&self, name: &str) -> Option<&Doc<CompositionSpec>> {
        self.compositions.iter().find(|d| d.name() == name)
    }
    /// The module of a unit, read; none if it could not be found.
    #[must_use]
    pub fn content(&self, unit: &Unit) -> Option<&ModuleContent> {
        self.modules.get(unit.module_ref.as_str()).map(AsRef::as_ref)
    }
    /// `metadata.uid` of `.xcf.yaml`.
    #[must_use]
    pub fn uid(&self) -> Option<WorkspaceUid> {
        self.config.as_ref()?.metadata.uid.as_deref().map(WorkspaceUid::from)
    }
    /// True if there are no people: approvals are `solo, not verified` (`dsl §10`).
    #[must_use]
    pub fn is_solo(&self) -> bool {
        self.people.iter().all(|p| p.spec.people.is_empty())
    }
    /// The DecisionMatrix rows.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows::of(&self.matrices)
    }
    /// Every declared and wired edge, as it is written and never reduced.
    #[must_use]
    pub fn edges(&self) -> Vec<Edge> {
        self.graph.edges(&self.units)
    }
    /// Units that `id` waits for directly, sorted.
    #[must_use]
    pub fn depends_on(&self, id: &UnitId) -> Vec<UnitId> {
        let Some(position) = self.position(id) else { return Vec::new() };
        self.ids(self.graph.depends_on(position))
    }
    /// Units that wait for `id` directly, sorted.
    #[must_use]
    pub fn dependants(&self, id: &UnitId) -> Vec<UnitId> {
        let Some(position) = self.position(id) else { return Vec::new() };
        self.ids(self.graph.dependants(position))
    }
    fn ids(&self, positions: Vec<usize>) -> Vec<UnitId> {
        positions.into_iter().filter_map(|p| self.units.get(p)).map(|u| u.id.clone()).collect()
    }
    /// Errors below `policies/`: while there are any, it is not known what binds the units.
    pub fn policy_errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|d| d.is_error() && d.place.file.starts_with("policies/"))
    }
    /// True if any diagnostic is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tests_inputs;
