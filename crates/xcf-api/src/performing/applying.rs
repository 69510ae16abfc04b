//! Apply, verify, outputs, backup, re-key, inspect, reverse.

use super::{Failed, Hands, Performed, Target, unit_id};
use crate::engine_room::{Call, Source};
use crate::recipe::{Bound, Recipe, RecordedOutputs};
use std::sync::Arc;
use xcf_core::changeset::UnitAction;
use xcf_core::event::{EventKind, UnitApplied, UnitReversed};
use xcf_core::ids::UnitId;
use xcf_core::ports::runner::{Applied, CancelFlag, Inspection, Outputs, RunnerError, UnitContext};
use xcf_plan::ledger::Ledger;
use xcf_run::driver::embedded::{Announcer, Job};
use xcf_run::machine::Outcome;

impl Hands {
    pub(super) async fn apply(&self, job: &Job, attempt: u32, announce: Announcer, cancel: CancelFlag) -> Performed {
        let target = self.target(job).await?;
        if job.resume.is_none()
            && let Some(reason) = self.stale(&target).await?
        {
            return Ok(Outcome::Stale { reason });
        }
        let runner = self.workspace.runner(target.unit.engine)?;
        let artifact = match &target.unit.artifact {
            Some(blob) => Some(self.workspace.store.get(blob).await?),
            None if runner.capabilities().exact_plan => {
                return Ok(Outcome::Stale { reason: "no plan was kept that could be applied exactly".to_owned() });
            }
            None => None,
        };
        let (context, recipe, bound) = self.context(job, &target, "apply", announce, cancel).await?;
        runner.prepare(&context).await?;
        let applied = runner.apply(&context, artifact.as_deref()).await?;
        self.record(&target, &context, &recipe, &bound, &applied, attempt).await
    }

    /// What moved since the plan: inputs (content, references, engine pin); state is judged by the engine itself.
    async fn stale(&self, target: &Target) -> Result<Option<String>, Failed> {
        if target.unit.removal || target.unit.action == UnitAction::Destroy {
            return Ok(None);
        }
        let now = self.workspace.inputs_digest_now(&target.set, &target.unit).await?;
        Ok(match now {
            None => Some("an output it reads is not known".to_owned()),
            Some(digest) if digest != target.unit.inputs_digest => {
                Some("its inputs or its module changed since it was planned".to_owned())
            }
            Some(_) => None,
        })
    }

    async fn record(
        &self,
        target: &Target,
        context: &UnitContext,
        recipe: &Recipe,
        bound: &Bound,
        applied: &Applied,
        attempt: u32,
    ) -> Performed {
        if context.destroy {
            return Ok(Outcome::Destroyed);
        }
        let w = &self.workspace;
        let outputs = RecordedOutputs::from(&applied.outputs);
        let digests = digests(&applied.outputs, w.store.workspace_key());
        let record = UnitApplied {
            engine: target.unit.engine,
            engine_version: applied.engine_version.clone(),
            commit: target.unit.commit.clone(),
            inputs_digest: target.unit.inputs_digest.clone(),
            unit_digest: target.unit.unit_digest.clone(),
            outputs: w.put_json(&outputs).await?,
            output_digests: digests,
            sensitive_outputs: applied.outputs.sensitive.keys().cloned().collect(),
            inputs: w.put_json(&bound.known).await?,
            recipe: serde_json::to_value(recipe).map_err(|e| RunnerError::new("io", e.to_string()))?,
            way_back: target.unit.way_back.as_ref().map(|b| b.grade),
            state_serial: applied.state_serial.clone(),
            attempt,
        };
        Ok(Outcome::Applied { record: Box::new(record) })
    }

    pub(super) async fn collect(&self, job: &Job, announce: Announcer, cancel: CancelFlag) -> Performed {
        let target = self.target(job).await?;
        let runner = self.workspace.runner(target.unit.engine)?;
        let (context, recipe, bound) = self.context(job, &target, "outputs", announce, cancel).await?;
        let probe = runner.probe(&context.settings).await;
        runner.prepare(&context).await?;
        let outputs = if context.destroy { Outputs::default() } else { runner.outputs(&context).await? };
        let applied = Applied {
            outputs,
            state_serial: None,
            engine_version: probe.version.unwrap_or_default(),
            actual: Vec::new(),
        };
        self.record(&target, &context, &recipe, &bound, &applied, job.attempts).await
    }

    pub(super) async fn verify(&self, job: &Job, announce: Announcer, cancel: CancelFlag) -> Performed {
        let target = self.target(job).await?;
        let runner = self.workspace.runner(target.unit.engine)?;
        let (context, ..) = self.context(job, &target, "verify", announce, cancel).await?;
        runner.prepare(&context).await?;
        let left = runner.verify(&context).await?;
        Ok(Outcome::Verified { differs: left.into_iter().map(|c| c.address).collect() })
    }

    pub(super) async fn backup(&self, job: &Job, announce: Announcer, cancel: CancelFlag) -> Performed {
        let target = self.target(job).await?;
        let runner = self.workspace.runner(target.unit.engine)?;
        let (context, ..) = self.context(job, &target, "backup", announce, cancel).await?;
        runner.prepare(&context).await?;
        let mut references = Vec::new();
        for kind in &target.unit.backup {
            references.push(runner.backup(&context, *kind).await?);
        }
        Ok(Outcome::BackedUp { references })
    }

    pub(super) async fn rekey(&self, job: &Job, announce: Announcer, cancel: CancelFlag) -> Performed {
        let target = self.target(job).await?;
        let runner = self.workspace.runner(target.unit.engine)?;
        let Some(from) = &target.unit.moved_from else { return Ok(Outcome::Rekeyed) };
        let (context, ..) = self.context(job, &target, "rekey", announce, cancel).await?;
        runner.rekey(&context, &self.workspace.state_dir(from)).await?;
        Ok(Outcome::Rekeyed)
    }

    pub(super) async fn inspect(&self, job: &Job, announce: Announcer, cancel: CancelFlag) -> Performed {
        let target = self.target(job).await?;
        let runner = self.workspace.runner(target.unit.engine)?;
        let (mut context, ..) = self.context(job, &target, "inspect", announce, cancel).await?;
        context.resume.clone_from(&job.lost);
        let found = match &job.lost {
            // No process was ever journalled, so none was let go: nothing happened.
            None => Inspection::NotStarted,
            Some(_) => runner.inspect(&context).await?,
        };
        Ok(Outcome::Inspected { found })
    }

    /// Back to what the unit was before this run: its former recipe and inputs, or nothing if it was not there.
    pub(super) async fn reverse(&self, job: &Job, announce: Announcer, cancel: CancelFlag) -> Performed {
        let target = self.target(job).await?;
        let id = unit_id(job)?;
        let former = self.applied_before(job, id).await?;
        let runner = self.workspace.runner(target.unit.engine)?;
        let (recipe, bound, commit) = match &former {
            Some(applied) => {
                let (recipe, bound) = self.workspace.recorded_of(id, applied).await?;
                (recipe, bound, applied.commit.clone())
            }
            None => {
                let (recipe, bound) = self.given(&target).await?;
                (recipe, bound, target.unit.commit.clone())
            }
        };
        let call = Call {
            recipe: &recipe,
            bound: &bound,
            source: Source::Commit(commit.clone()),
            work_dir: self.work_dir(job),
            scope: job.run.to_string(),
            phase: "reverse",
            io: Arc::new(super::Journalled(announce)),
            cancel,
            resume: job.resume.clone(),
            destroy: former.is_none(),
            refresh: true,
        };
        let context = self.workspace.context(call).await?;
        runner.prepare(&context).await?;
        let planned = runner.reverse(&context).await?;
        runner.apply(&context, planned.artifact.as_deref()).await?;
        Ok(Outcome::Reversed {
            record: UnitReversed { commit: former.map(|_| commit), reason: "rolled back".to_owned() },
        })
    }

    /// What was applied of the unit before this run, whatever name it then had: the log folded up to this run's own apply.
    async fn applied_before(&self, job: &Job, id: &UnitId) -> Result<Option<UnitApplied>, Failed> {
        let mut before = Ledger::default();
        loop {
            let events = self.workspace.store.read(before.position, 2_000).await?;
            let newest = |ledger: &Ledger| Some(ledger.units.get(id)?.applied.as_ref()?.record.clone());
            if events.is_empty() {
                return Ok(newest(&before));
            }
            for event in &events {
                let new = &event.event;
                if new.kind == EventKind::UnitApplied && new.run == Some(job.run) && new.unit.as_ref() == Some(id) {
                    return Ok(newest(&before));
                }
                before.apply(event)?;
            }
        }
    }
}

fn digests(outputs: &Outputs, key: &[u8]) -> std::collections::BTreeMap<String, String> {
    let plain = outputs.values.iter().map(|(name, value)| (name.clone(), xcf_core::digest::keyed(key, value)));
    let sensitive =
        outputs.sensitive.iter().map(|(name, value)| (name.clone(), xcf_core::digest::keyed(key, value.expose())));
    plain.chain(sensitive).collect()
}
