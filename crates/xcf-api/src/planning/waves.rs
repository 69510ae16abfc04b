//! Asking the engines, unit by unit, in the order outputs feed inputs.

use super::Scene;
use crate::engine_room::Call;
use crate::error::Answer;
use crate::logbook::NoJournal;
use crate::open::Workspace;
use crate::recipe::{Bound, Known, Recipe, RecordedOutputs, bind};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xcf_core::changeset::{Deferred, UnitAction};
use xcf_core::diag::Diagnostic;
use xcf_core::graph::{BoundRef, Unit};
use xcf_core::ids::{BlobId, Digest, EnvName, UnitId};
use xcf_core::plan::UnitPlan;
use xcf_core::ports::runner::{CancelFlag, Planned, Runner, RunnerError};
use xcf_core::route::Engine;
use xcf_plan::assemble::UnitDraft;
use xcf_plan::pending::PendingUnit;

/// Engines asked at the same time.
const AT_ONCE: usize = 4;

/// What came of one unit.
pub(crate) struct Asked<'a> {
    pub(crate) unit: &'a Unit,
    pub(crate) action: UnitAction,
    pub(crate) plan: Option<UnitPlan>,
    pub(crate) artifact: Option<BlobId>,
    pub(crate) deferred: Option<Deferred>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) inputs: serde_json::Value,
    pub(crate) inputs_digest: Digest,
    pub(crate) moved_from: Option<UnitId>,
    pub(crate) dirty: bool,
    pub(crate) reverses: bool,
    /// True if it only might have been pending, and is not.
    pub(crate) skipped: bool,
}

impl<'a> Asked<'a> {
    fn new(unit: &'a Unit, pending: &PendingUnit, dirty: bool) -> Self {
        Self {
            unit,
            action: UnitAction::Apply,
            plan: None,
            artifact: None,
            deferred: None,
            diagnostics: Vec::new(),
            inputs: serde_json::Value::Null,
            inputs_digest: pending.inputs_digest.clone(),
            moved_from: pending.moved_from.clone(),
            dirty,
            reverses: false,
            skipped: false,
        }
    }
    pub(crate) fn cannot(mut self, action: UnitAction, diagnostic: Diagnostic) -> Self {
        self.action = action;
        self.diagnostics.push(diagnostic);
        self
    }
    /// As the assembly wants it.
    pub(crate) fn draft(self, scene: &Scene, base: Option<&'a xcf_core::route::Route>) -> UnitDraft<'a> {
        UnitDraft {
            unit: self.unit,
            action: self.action,
            plan: self.plan,
            artifact: self.artifact,
            deferred: self.deferred,
            diagnostics: self.diagnostics,
            inputs: self.inputs,
            inputs_digest: self.inputs_digest,
            commit: scene.commit.clone(),
            moved_from: self.moved_from,
            removal: false,
            base_gate: base.map(|r| &r.gate),
            base_backup: base.map(|r| &r.backup.value),
            engine_reverses: self.reverses,
            dirty: self.dirty,
        }
    }
}

/// What is known of the outputs of units in this plan.
#[derive(Default)]
struct Outlook {
    plans: BTreeMap<UnitId, Option<UnitPlan>>,
    applied: BTreeMap<UnitId, RecordedOutputs>,
}

impl Workspace {
    /// Plans the pending units of one Environment in waves: a unit after every unit whose outputs it reads.
    pub(super) async fn ask_engines<'a>(&self, scene: &'a Scene, environment: &EnvName) -> Answer<Vec<Asked<'a>>> {
        let pending = scene.pending.units.get(environment).map(Vec::as_slice).unwrap_or_default();
        let mut open: Vec<&PendingUnit> = pending.iter().collect();
        let mut outlook = Outlook { applied: self.applied_outputs(scene, environment).await?, ..Outlook::default() };
        let mut done = Vec::new();
        while !open.is_empty() {
            let waiting: BTreeSet<&UnitId> = open.iter().map(|p| &p.id).collect();
            let (ready, later): (Vec<&PendingUnit>, Vec<&PendingUnit>) =
                open.iter().partition(|p| !reads_any(scene, &p.id, &waiting));
            // Wiring has no cycles (blocked units are not pending); should one slip through, it ends here, unplanned.
            if ready.is_empty() {
                break;
            }
            // Boxed, so that the compiler need not prove `Send` for every lifetime at once.
            let calls: Vec<BoxFuture<'_, Answer<Asked<'a>>>> =
                ready.into_iter().map(|p| self.ask(scene, p, &outlook).boxed()).collect();
            let wave: Vec<Answer<Asked<'a>>> = futures::stream::iter(calls).buffered(AT_ONCE).collect().await;
            for asked in wave {
                let asked = asked?;
                let outcome = if asked.skipped {
                    Some(empty(&asked))
                } else {
                    asked.plan.clone().filter(|_| asked.deferred.is_none())
                };
                if asked.action != UnitAction::Move {
                    outlook.plans.insert(asked.unit.id.clone(), outcome);
                }
                done.push(asked);
            }
            open = later;
        }
        Ok(done)
    }
    /// Applied outputs of every unit that units of this Environment read.
    async fn applied_outputs(&self, scene: &Scene, environment: &EnvName) -> Answer<BTreeMap<UnitId, RecordedOutputs>> {
        let mut outputs = BTreeMap::new();
        let references =
            scene.head.model.units.iter().filter(|u| &u.id.environment == environment).flat_map(|u| &u.references);
        for reference in references {
            if let std::collections::btree_map::Entry::Vacant(slot) = outputs.entry(reference.target.clone())
                && let Some(recorded) = self.outputs_under(scene, slot.key()).await?
            {
                slot.insert(recorded);
            }
        }
        Ok(outputs)
    }
    /// Outputs of a unit, under its own id or the one it was moved from.
    async fn outputs_under(&self, scene: &Scene, id: &UnitId) -> Answer<Option<RecordedOutputs>> {
        if let Some(found) = self.recorded_outputs(id).await? {
            return Ok(Some(found));
        }
        let former = scene.head.model.unit(id).into_iter().flat_map(|u| &u.moved_from);
        for (former, _) in former {
            if let Some(found) = self.recorded_outputs(former).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
    async fn ask<'a>(&self, scene: &'a Scene, pending: &PendingUnit, outlook: &Outlook) -> Answer<Asked<'a>> {
        let model = &scene.head.model;
        let unit = model.unit(&pending.id).ok_or_else(|| crate::error::Problem::not_found(&pending.id))?;
        let record = scene.records.get(pending.moved_from.as_ref().unwrap_or(&pending.id));
        let mut asked = Asked::new(unit, pending, record.is_some_and(|r| r.dirty));
        let recipe = Recipe::of(unit, Self::engine_settings(model, unit.route.engine.value));
        let bound = bind(&recipe, &|reference| known(reference, outlook));
        asked.inputs = serde_json::to_value(crate::recipe::shown(&bound)).unwrap_or_default();
        if pending.only_moved {
            asked.action = UnitAction::Move;
            return Ok(asked);
        }
        if bound.unknown.is_empty() {
            asked.inputs_digest = self.digest_with(scene, unit, outlook).await;
            let same = record.is_some_and(|r| r.inputs_digest == asked.inputs_digest && !r.dirty);
            if pending.maybe && same {
                asked.skipped = true;
                return Ok(asked);
            }
        }
        let runner = match self.usable(unit, &recipe).await {
            Ok(runner) => runner,
            Err(diagnostic) => return Ok(asked.cannot(UnitAction::CannotRun, *diagnostic)),
        };
        asked.reverses = runner.capabilities().reverses;
        self.ask_runner(scene, asked, &recipe, &bound, runner).await
    }
    async fn ask_runner<'a>(
        &self,
        scene: &'a Scene,
        mut asked: Asked<'a>,
        recipe: &Recipe,
        bound: &Bound,
        runner: Arc<dyn Runner>,
    ) -> Answer<Asked<'a>> {
        if !bound.unknown.is_empty() {
            let waits_for: BTreeSet<UnitId> = asked
                .unit
                .references
                .iter()
                .filter(|r| bound.unknown.contains_key(&r.input))
                .map(|r| r.target.clone())
                .collect();
            let reasons: BTreeSet<&String> = bound.unknown.values().collect();
            let reason = reasons.into_iter().cloned().collect::<Vec<_>>().join("; ");
            asked.deferred = Some(Deferred { waits_for: waits_for.into_iter().collect(), reason });
            if !runner.capabilities().plans_unknowns {
                asked.action = UnitAction::Deferred;
                return Ok(asked);
            }
        }
        match self.engine_plan(scene, recipe, bound, &runner, asked.moved_from.as_ref()).await? {
            Ok(planned) => {
                // A plan made against the former state folder is never applied as it is: re-keyed first, planned again.
                if let Some(bytes) = planned
                    .artifact
                    .filter(|_| asked.deferred.is_none() && asked.moved_from.is_none() && !scene.worktree)
                {
                    asked.artifact = Some(self.store.put(&bytes).await?);
                }
                asked.plan = Some(planned.plan);
            }
            // What is known can't be shown, but nothing is wrong with waiting.
            Err(error) if asked.deferred.is_some() && error.code == "not-supported" => {
                asked.action = UnitAction::Deferred
            }
            Err(error) => {
                let found = diagnostics(asked.unit, &error);
                asked.action = UnitAction::PlanFailed;
                asked.diagnostics.extend(found);
            }
        }
        if asked.deferred.is_some() && asked.action == UnitAction::Apply {
            asked.action = UnitAction::Deferred;
        }
        Ok(asked)
    }
    /// One engine plan in a scratch folder that is gone afterwards.
    async fn engine_plan(
        &self,
        scene: &Scene,
        recipe: &Recipe,
        bound: &Bound,
        runner: &Arc<dyn Runner>,
        moved_from: Option<&UnitId>,
    ) -> Answer<Result<Planned, RunnerError>> {
        let scratch = self.scratch()?;
        let call = Call {
            recipe,
            bound,
            source: scene.source.clone(),
            work_dir: scratch.path().to_path_buf(),
            scope: "plan".to_owned(),
            phase: "plan",
            io: Arc::new(NoJournal),
            cancel: CancelFlag::default(),
            resume: None,
            destroy: false,
            refresh: scene.refresh,
        };
        let mut context = self.context(call).await?;
        if let Some(former) = moved_from {
            context.state_dir = self.state_dir(former);
        }
        if let Err(error) = runner.prepare(&context).await {
            return Ok(Err(error));
        }
        Ok(runner.plan(&context).await)
    }
    /// The runner of a unit, or a located diagnostic why it cannot run here.
    pub(crate) async fn usable(&self, unit: &Unit, recipe: &Recipe) -> Result<Arc<dyn Runner>, Box<Diagnostic>> {
        let place = unit.route.engine.place.clone().unwrap_or_else(|| unit.place.clone());
        let runner = self.runner(recipe.engine).map_err(|p| {
            Diagnostic::error("cannot-run-here", format!("{}: {}", unit.id, p.message), place.clone()).hint(p.hint)
        })?;
        let probe = runner.probe(&recipe.settings).await;
        if let Some(problem) =
            probe.problem.or_else(|| probe.version.is_none().then(|| format!("{} is not installed", recipe.engine)))
        {
            return Err(Box::new(
                Diagnostic::error("cannot-run-here", format!("{}: {problem}", unit.id), place)
                    .hint(probe.fix.unwrap_or_default()),
            ));
        }
        let lacking: Vec<&str> =
            unit.route.backup.value.difference(&runner.capabilities().backups).map(|b| b.as_str()).collect();
        if !lacking.is_empty() {
            let place = unit.route.backup.place.clone().unwrap_or_else(|| unit.place.clone());
            let message = format!(
                "{}: {} can't take the backup {} that {} asks for",
                unit.id,
                recipe.engine,
                lacking.join(", "),
                unit.route.backup.rule
            );
            return Err(Box::new(
                Diagnostic::error("cannot-run-here", message, place)
                    .hint("name backups it can take in `policies.backup`, for example config-snapshot, or none"),
            ));
        }
        Ok(runner)
    }
    /// Inputs digest with outputs as far as this plan knows them.
    async fn digest_with(&self, scene: &Scene, unit: &Unit, outlook: &Outlook) -> Digest {
        let versions = self.secret_versions(std::slice::from_ref(unit)).await;
        let key = self.store.workspace_key();
        let output = |id: &UnitId, name: &str| output_digest(id, name, outlook, key);
        let closure = xcf_plan::closure::closure(scene.head.tree.as_ref(), unit);
        let facts = xcf_plan::inputs::Facts {
            closure: &closure.digest,
            pin: xcf_plan::inputs::engine_pin(&scene.head.model, unit.route.engine.value),
            output: &output,
            secret_version: &|reference| versions.get(reference).cloned().flatten(),
        };
        xcf_plan::inputs::inputs_digest(unit, &facts).digest
    }
}

fn reads_any(scene: &Scene, id: &UnitId, waiting: &BTreeSet<&UnitId>) -> bool {
    scene.head.model.unit(id).is_some_and(|u| {
        u.references.iter().any(|r| !r.cross_environment && r.target != *id && waiting.contains(&r.target))
    })
}

/// A plan that changes nothing, for a unit that turned out not to be pending.
fn empty(asked: &Asked<'_>) -> UnitPlan {
    UnitPlan {
        v: 1,
        engine: asked.unit.route.engine.value,
        engine_version: String::new(),
        components: BTreeMap::new(),
        changes: Vec::new(),
        outputs: Vec::new(),
        unknown_inputs: Vec::new(),
        drift: Vec::new(),
        state_serial: None,
        warnings: Vec::new(),
    }
}

/// What a reference reads: a value that is applied or will certainly be, or nothing yet. Never a mock (`D6`).
fn known(reference: &BoundRef, outlook: &Outlook) -> Known {
    let name = &reference.reference.output;
    let applied =
        || outlook.applied.get(&reference.target).and_then(|o| o.get(name)).map(|(v, s)| Known::Value(v.clone(), s));
    let unknown = |why: &str| Known::Unknown(format!("output {name} of {} {why}", reference.target));
    if reference.cross_environment {
        return applied().unwrap_or_else(|| unknown("is not applied in that Environment"));
    }
    match outlook.plans.get(&reference.target) {
        None => applied().unwrap_or_else(|| unknown("is not applied yet")),
        Some(None) => unknown("is known after it is planned and applied"),
        Some(Some(plan)) => match plan.outputs.iter().find(|o| &o.name == name) {
            Some(change) if change.unknown || change.sensitive => unknown("is known after it applies"),
            Some(change) if change.after.is_null() => unknown("will be gone"),
            Some(change) => Known::Value(change.after.clone(), false),
            // An engine that can't predict outputs says nothing about them: while it changes things, nothing is sure.
            None if !plan.changes.is_empty() && !predicts_outputs(plan.engine) => unknown("is known after it applies"),
            None => applied().unwrap_or_else(|| unknown("is known after it applies")),
        },
    }
}

/// Engines whose plan says which outputs change.
fn predicts_outputs(engine: Engine) -> bool {
    matches!(engine, Engine::Terraform | Engine::Opentofu | Engine::Pulumi)
}

fn output_digest(id: &UnitId, name: &str, outlook: &Outlook, key: &[u8]) -> Option<String> {
    let planned =
        outlook.plans.get(id).and_then(Option::as_ref).and_then(|p| p.outputs.iter().find(|o| o.name == name));
    let value = match planned {
        Some(change) if change.unknown || change.sensitive => return None,
        Some(change) => change.after.clone(),
        None => outlook.applied.get(id)?.get(name)?.0.clone(),
    };
    Some(xcf_core::digest::keyed(key, &value))
}

/// An engine's refusal as located diagnostics.
pub(crate) fn diagnostics(unit: &Unit, error: &RunnerError) -> Vec<Diagnostic> {
    let place = error.diagnostics.first().map_or_else(|| unit.place.clone(), |d| d.place.clone());
    let mut found =
        vec![Diagnostic::error(&error.code, format!("{}: {}", unit.id, error.message), place).hint(error.hint.clone())];
    found.extend(error.diagnostics.iter().skip(1).cloned());
    found
}
