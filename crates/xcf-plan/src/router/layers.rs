//! What each layer of overrides says, in the order in which later wins (`dsl §4`).

use super::engine::EngineChoice;
use crate::content::ModuleContent;
use crate::matrix::Rows;
use std::collections::BTreeMap;
use xcf_core::diag::Place;
use xcf_core::docs::Doc;
use xcf_core::docs::composition::{CompositionSpec, Module, Policies, ReconcileSpec};
use xcf_core::docs::environment::{Entry, EnvironmentSpec, ModuleOverride};
use xcf_core::docs::shapes::{Approval, BackupSpec};
use xcf_core::route::{Drift, Engine, Layer, Lifecycle, Origin, Rollback, Strategy};

/// The Environment's side of a unit.
pub(crate) struct EnvironmentPart<'w> {
    pub doc: &'w Doc<EnvironmentSpec>,
    pub entry_index: usize,
    pub entry: &'w Entry,
    pub module: Option<&'w ModuleOverride>,
}

/// Everything the route of one unit depends on.
pub(crate) struct RouteInput<'w> {
    pub composition: &'w Doc<CompositionSpec>,
    pub module_index: usize,
    pub module: &'w Module,
    pub module_name: &'w str,
    pub lifecycle: Lifecycle,
    pub layer: Layer,
    pub environment_name: Option<&'w str>,
    pub environment: Option<EnvironmentPart<'w>>,
    pub content: Option<&'w ModuleContent>,
    pub labels: &'w BTreeMap<String, String>,
    pub rows: &'w Rows<'w>,
    pub engines: &'w EngineChoice,
}

/// One layer's overrides. Aliases (`approvalPolicy` …) are folded in; the pointer says which form was written.
#[derive(Default)]
pub(crate) struct Layered<'w> {
    pub approval: Option<(Approval, Place)>,
    pub backup: Option<(&'w BackupSpec, Place)>,
    pub drift: Option<(Drift, Place)>,
    pub window: Option<(&'w str, Place)>,
    pub rollback: Option<(Rollback, Place)>,
    pub reconcile: Option<(ReconcileSpec, Place)>,
    pub engine: Option<(Engine, Place)>,
}

/// A layer with its origin and the words that name it.
pub(crate) struct LayerOf<'w> {
    pub origin: Origin,
    pub rule: String,
    pub says: Layered<'w>,
}

fn policies<'w>(into: &mut Layered<'w>, written: Option<&'w Policies>, place: &dyn Fn(&str) -> Place) {
    let Some(p) = written else { return };
    into.approval = p.approval.map(|v| (v, place("/policies/approval")));
    into.backup = p.backup.as_ref().map(|v| (v, place("/policies/backup")));
    into.drift = p.drift.map(|v| (v, place("/policies/drift")));
    into.window = p.window.as_deref().map(|v| (v, place("/policies/window")));
    into.rollback = p.rollback.map(|v| (v, place("/policies/rollback")));
}

fn reconcile(into: &mut Layered<'_>, written: Option<&ReconcileSpec>, place: &dyn Fn(&str) -> Place) {
    if let Some(r) = written {
        into.reconcile = Some((r.clone(), place("/reconcile")));
    }
}

struct Aliases<'w> {
    strategy: Option<Strategy>,
    approval: Option<Approval>,
    backup: Option<&'w BackupSpec>,
}

fn aliases<'w>(into: &mut Layered<'w>, written: &Aliases<'w>, place: &dyn Fn(&str) -> Place) {
    if let Some(approval) = written.approval {
        into.approval = Some((approval, place("/approvalPolicy")));
    }
    if let Some(backup) = written.backup {
        into.backup = Some((backup, place("/backupPolicy")));
    }
    if let Some(strategy) = written.strategy {
        let interval = into.reconcile.as_ref().and_then(|(r, _)| r.interval.clone());
        into.reconcile = Some((ReconcileSpec { strategy: Some(strategy), interval }, place("/reconcileStrategy")));
    }
}

impl<'w> RouteInput<'w> {
    /// The layers above the matrix, loosest first.
    pub(crate) fn layers(&self) -> Vec<LayerOf<'w>> {
        let mut all = vec![self.composition_layer(), self.module_layer()];
        if let Some(part) = &self.environment {
            all.extend(environment_layers(part, self.module_name));
        }
        all
    }

    fn composition_layer(&self) -> LayerOf<'w> {
        let doc = self.composition;
        let spec = &doc.spec;
        let place = |rest: &str| doc.place(&format!("/spec{rest}"));
        let mut says = Layered::default();
        policies(&mut says, spec.policies.as_ref(), &place);
        reconcile(&mut says, spec.reconcile.as_ref(), &place);
        let short = Aliases {
            strategy: spec.reconcile_strategy,
            approval: spec.approval_policy,
            backup: spec.backup_policy.as_ref(),
        };
        aliases(&mut says, &short, &place);
        LayerOf { origin: Origin::Composition, rule: format!("composition {}", doc.name()), says }
    }

    fn module_layer(&self) -> LayerOf<'w> {
        let (doc, module) = (self.composition, self.module);
        let place = |rest: &str| doc.place(&format!("/spec/modules/{}{rest}", self.module_index));
        let mut says = Layered::default();
        policies(&mut says, module.policies.as_ref(), &place);
        reconcile(&mut says, module.reconcile.as_ref(), &place);
        let short = Aliases {
            strategy: module.reconcile_strategy,
            approval: module.approval_policy,
            backup: module.backup_policy.as_ref(),
        };
        aliases(&mut says, &short, &place);
        says.engine = module.engine.map(|e| (e, place("/engine")));
        LayerOf { origin: Origin::Module, rule: format!("module {}", self.module_name), says }
    }
}

fn environment_layers<'w>(part: &EnvironmentPart<'w>, module_name: &str) -> Vec<LayerOf<'w>> {
    let (doc, entry) = (part.doc, part.entry);
    let environment = doc.name();
    let mut of_spec = Layered::default();
    reconcile(&mut of_spec, doc.spec.reconcile.as_ref(), &|rest| doc.place(&format!("/spec{rest}")));
    let entry_base = format!("/spec/compositions/{}", part.entry_index);
    let mut of_entry = Layered::default();
    let entry_place = |rest: &str| doc.place(&format!("{entry_base}{rest}"));
    policies(&mut of_entry, entry.policies.as_ref(), &entry_place);
    reconcile(&mut of_entry, entry.reconcile.as_ref(), &entry_place);
    let mut all = vec![
        LayerOf { origin: Origin::Environment, rule: format!("environment {environment}"), says: of_spec },
        LayerOf { origin: Origin::EnvironmentEntry, rule: format!("entry in {environment}"), says: of_entry },
    ];
    if let Some(over) = part.module {
        let place = |rest: &str| doc.place(&format!("{entry_base}/modules/{module_name}{rest}"));
        let mut says = Layered::default();
        policies(&mut says, over.policies.as_ref(), &place);
        reconcile(&mut says, over.reconcile.as_ref(), &place);
        says.engine = over.engine.map(|e| (e, place("/engine")));
        all.push(LayerOf {
            origin: Origin::EnvironmentEntry,
            rule: format!("modules.{module_name} in {environment}"),
            says,
        });
    }
    all
}
