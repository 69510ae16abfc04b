//! Planning a unit inside its run: deferred, stale, or to be taken up again (`D6` freshness).

use super::{Failed, Hands, Performed, Target, unit_id};
use crate::error::{Answer, Problem};
use crate::open::Workspace;
use crate::planning::{records, side};
use crate::recipe::{Bound, Known, Recipe, RecordedOutputs, bind};
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::changeset::{ChangeSet, ChangeUnit, PolicyOutcome, UnitAction};
use xcf_core::graph::{BoundRef, Unit};
use xcf_core::ids::{Digest, UnitId};
use xcf_core::plan::UnitPlan;
use xcf_core::ports::runner::{CancelFlag, Planned};
use xcf_plan::assemble::{Frame, UnitDraft, change_unit};
use xcf_plan::covered::{refinement, uncovered};
use xcf_run::driver::embedded::{Announcer, Job};
use xcf_run::machine::{Outcome, UnitFacts, Verdict};

impl Workspace {
    /// Recipe and inputs of a unit of a ChangeSet with the outputs applied by now.
    pub(crate) async fn given_now(&self, set: &ChangeSet, unit: &ChangeUnit) -> Answer<(Recipe, Bound)> {
        let loaded = self.at_commit(&set.commit).await?;
        let found =
            loaded.model.unit(&unit.id).ok_or_else(|| Problem::not_found(format!("{} at {}", unit.id, set.commit)))?;
        let recipe = Recipe::of(found, Self::engine_settings(&loaded.model, found.route.engine.value));
        let outputs = self.outputs_for(found).await?;
        let look = |reference: &BoundRef| look(reference, &outputs);
        let bound = bind(&recipe, &look);
        Ok((recipe, bound))
    }
    async fn outputs_for(&self, unit: &Unit) -> Answer<BTreeMap<UnitId, RecordedOutputs>> {
        let mut outputs = BTreeMap::new();
        for target in unit.references.iter().map(|r| &r.target).collect::<BTreeSet<_>>() {
            if let Some(recorded) = self.recorded_outputs(target).await? {
                outputs.insert(target.clone(), recorded);
            }
        }
        Ok(outputs)
    }
    /// Inputs digest of a unit of a ChangeSet now; none if an output it reads is not applied.
    pub(crate) async fn inputs_digest_now(&self, set: &ChangeSet, unit: &ChangeUnit) -> Answer<Option<Digest>> {
        let loaded = self.at_commit(&set.commit).await?;
        let found = loaded.model.unit(&unit.id).ok_or_else(|| Problem::not_found(&unit.id))?;
        let ledger = self.ledger().await?;
        let records = records(&ledger);
        let versions = self.secret_versions(std::slice::from_ref(found)).await;
        let closure = xcf_plan::closure::closure(loaded.tree.as_ref(), found);
        let facts = xcf_plan::inputs::Facts {
            closure: &closure.digest,
            pin: xcf_plan::inputs::engine_pin(&loaded.model, found.route.engine.value),
            output: &|id, name| records.get(id)?.output_digests.get(name).cloned(),
            secret_version: &|reference| versions.get(reference).cloned().flatten(),
        };
        let made = xcf_plan::inputs::inputs_digest(found, &facts);
        Ok(made.missing.is_empty().then_some(made.digest))
    }
}

fn look(reference: &BoundRef, outputs: &BTreeMap<UnitId, RecordedOutputs>) -> Known {
    let name = &reference.reference.output;
    match outputs.get(&reference.target).and_then(|o| o.get(name)) {
        Some((value, sensitive)) => Known::Value(value.clone(), sensitive),
        None => Known::Unknown(format!("output {name} of {} is not applied", reference.target)),
    }
}

impl Hands {
    pub(super) async fn plan(&self, job: &Job, announce: Announcer, cancel: CancelFlag) -> Performed {
        let target = self.target(job).await?;
        let id = unit_id(job)?;
        if target.unit.removal || target.unit.action == UnitAction::Destroy {
            let (context, ..) = self.context(job, &target, "plan", announce, cancel).await?;
            let runner = self.workspace.runner(target.unit.engine)?;
            runner.prepare(&context).await?;
            let planned = runner.plan(&context).await?;
            return self.planned_removal(job, &target, planned).await;
        }
        let (_, bound) = self.given(&target).await?;
        if let Some(reason) = bound.unknown.values().next() {
            let reason = reason.clone();
            return self.answer(target.unit.clone(), Verdict::Waits { reason }).await;
        }
        let runner = self.workspace.runner(target.unit.engine)?;
        let (context, ..) = self.context(job, &target, "plan", announce, cancel).await?;
        runner.prepare(&context).await?;
        let planned = runner.plan(&context).await?;
        let unit = self.replanned(&target, planned, &bound, runner.capabilities().reverses).await?;
        let approved = self.set(job).await?.unit(id).and_then(|u| u.plan.clone());
        let verdict = self.verdict(job, &target.set, &unit, approved.as_ref()).await?;
        self.answer(unit, verdict).await
    }

    /// The unit as it is planned now: same document, same gate rules, new plan.
    async fn replanned(
        &self,
        target: &Target,
        planned: Planned,
        bound: &Bound,
        reverses: bool,
    ) -> Result<ChangeUnit, Failed> {
        let w = &self.workspace;
        let set = &target.set;
        let (head, base) = (w.at_commit(&set.commit).await?, w.at_commit(&set.base).await?);
        let unit = head.model.unit(&target.unit.id).ok_or_else(|| Problem::not_found(&target.unit.id))?;
        let digest = w.inputs_digest_now(set, &target.unit).await?.unwrap_or_else(|| target.unit.inputs_digest.clone());
        let artifact = match planned.artifact {
            Some(bytes) => Some(w.store.put(&bytes).await?),
            None => None,
        };
        let dirty = w.ledger().await?.units.get(&unit.id).is_some_and(|u| u.dirty);
        let base_id = target.unit.moved_from.as_ref().unwrap_or(&unit.id);
        let draft = UnitDraft {
            unit,
            action: UnitAction::Apply,
            plan: Some(planned.plan),
            artifact,
            deferred: None,
            diagnostics: Vec::new(),
            inputs: serde_json::to_value(crate::recipe::shown(bound)).unwrap_or_default(),
            inputs_digest: digest,
            commit: target.unit.commit.clone(),
            moved_from: target.unit.moved_from.clone(),
            removal: false,
            base_gate: base.model.unit(base_id).map(|u| &u.route.gate),
            base_backup: base.model.unit(base_id).map(|u| &u.route.backup.value),
            engine_reverses: reverses,
            dirty,
        };
        let (head_side, base_side) = (side(&head.model, &set.environment), side(&base.model, &set.environment));
        let frame = Frame {
            id: set.id,
            revision: set.revision,
            environment: set.environment.clone(),
            change_id: set.change_id.clone(),
            kind: set.kind,
            title: set.title.clone(),
            commit: set.commit.clone(),
            base: set.base.clone(),
            worktree: set.worktree,
            authors: set.authors.clone(),
            created_by: set.created_by.clone(),
            solo: set.solo,
            planned_at: set.planned_at,
            plan_life: xcf_plan::assemble::DEFAULT_PLAN_LIFE,
            edges: Vec::new(),
            diagnostics: Vec::new(),
            head: &head_side,
            base_side: Some(&base_side),
        };
        Ok(change_unit(draft, &frame, false))
    }

    /// How the new plan relates to what was approved (`D6`), judged by policy again (`dsl §1` Rego).
    async fn verdict(
        &self,
        job: &Job,
        set: &ChangeSet,
        unit: &ChangeUnit,
        approved: Option<&UnitPlan>,
    ) -> Result<Verdict, Failed> {
        if let Some(reason) = self.denied(set, unit).await? {
            return Ok(Verdict::Denied { reason });
        }
        let Some(new) = &unit.plan else { return Ok(Verdict::Different) };
        if Some(&unit.unit_digest) == job.digest.as_ref() {
            return Ok(Verdict::Same);
        }
        let again = approved.is_some_and(|old| job.attempts > 0 && uncovered(old, new, &BTreeSet::new()).is_empty());
        let refined = approved.is_some_and(|old| !old.unknown_inputs.is_empty() && refinement(old, new).is_empty());
        let covered = again || refined;
        Ok(match (new.is_empty(), covered) {
            (true, _) => Verdict::Unchanged,
            (_, true) => Verdict::Covered,
            _ => Verdict::Different,
        })
    }

    async fn denied(&self, set: &ChangeSet, unit: &ChangeUnit) -> Result<Option<String>, Failed> {
        let (head, base) = (self.workspace.at_commit(&set.commit).await?, self.workspace.at_commit(&set.base).await?);
        let mut with = set.clone();
        if let Some(slot) = with.units.iter_mut().find(|u| u.id == unit.id) {
            slot.clone_from(unit);
        }
        let input = xcf_plan::policy::input(&with);
        let report = xcf_plan::policy::judge(
            &crate::planning::policies(&head.model),
            Some(&crate::planning::policies(&base.model)),
            &input,
        );
        let deny = report
            .results
            .iter()
            .find(|r| r.outcome == PolicyOutcome::Deny && r.unit.as_ref().is_none_or(|u| u == &unit.id));
        Ok(deny.map(|d| format!("{} ({})", d.message, d.place)))
    }

    async fn planned_removal(&self, job: &Job, target: &Target, planned: Planned) -> Performed {
        let mut unit = target.unit.clone();
        unit.artifact = match planned.artifact {
            Some(bytes) => Some(self.workspace.store.put(&bytes).await?),
            None => None,
        };
        unit.plan = Some(planned.plan);
        unit.unit_digest = xcf_plan::meaning::unit_digest(&unit);
        let same = Some(&unit.unit_digest) == job.digest.as_ref();
        self.answer(unit, if same { Verdict::Same } else { Verdict::Different }).await
    }

    async fn answer(&self, unit: ChangeUnit, verdict: Verdict) -> Performed {
        let plan = self.workspace.put_json(&unit).await?;
        Ok(Outcome::Planned { facts: Box::new(UnitFacts::of(&unit)), plan, verdict })
    }
}
