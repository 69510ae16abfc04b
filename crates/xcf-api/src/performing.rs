//! What a driver asks for, done with real engines, Git, secrets and the Store (`D7`).
//!
//! Decisions are not made here: gates, admission, coverage and meaning come from `xcf-plan`; what follows from an answer
//! is the machine's. This is the hands.

mod applying;
mod judging;
mod planning;

pub(crate) use judging::Checked;

use crate::engine_room::{Call, Source};
use crate::error::{Answer, Problem};
use crate::open::Workspace;
use crate::recipe::{Bound, Recipe, RecordedInput};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use xcf_core::changeset::{ChangeSet, ChangeUnit};
use xcf_core::event::{EventKind, StreamId, UnitApplied, UnitPlanned};
use xcf_core::ids::{BlobId, Digest, UnitId};
use xcf_core::ports::runner::{
    CancelFlag, ChildIdentity, EffectIo, LogStream, ResourceProgress, RunnerError, UnitContext,
};
use xcf_run::driver::embedded::{Announcer, Job, Performer};
use xcf_run::machine::{Effect, Outcome};

/// Performs the effects of runs of one workspace.
pub(crate) struct Hands {
    pub(crate) workspace: Arc<Workspace>,
}

#[async_trait]
impl Performer for Hands {
    async fn perform(&self, job: Job, announce: Announcer, cancel: CancelFlag) -> Outcome {
        let done = match &job.kind {
            Effect::ReadGates => self.read_gates(&job).await,
            Effect::Admit { reverse } => self.admit(&job, *reverse).await,
            Effect::Plan => self.plan(&job, announce, cancel).await,
            Effect::Rekey => self.rekey(&job, announce, cancel).await,
            Effect::Backup => self.backup(&job, announce, cancel).await,
            Effect::Apply { attempt } => self.apply(&job, *attempt, announce, cancel).await,
            Effect::Inspect => self.inspect(&job, announce, cancel).await,
            Effect::CollectOutputs => self.collect(&job, announce, cancel).await,
            Effect::Verify => self.verify(&job, announce, cancel).await,
            Effect::Reverse => self.reverse(&job, announce, cancel).await,
        };
        done.unwrap_or_else(|Failed(error)| if error.code == LOST { Outcome::Lost } else { Outcome::Failed { error } })
    }
}

/// The engine adapters' word for "neither an exit status nor a living process".
const LOST: &str = "engine-lost";

/// A failure on the way, already in the words of a runner.
struct Failed(RunnerError);

type Performed = Result<Outcome, Failed>;

impl From<RunnerError> for Failed {
    fn from(error: RunnerError) -> Self {
        Self(error)
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        let mut error = RunnerError::new(problem.code, problem.message).hint(problem.hint);
        error.diagnostics = problem.diagnostics;
        // The store or the disk may be back in a moment; everything else needs a change.
        error.retryable = matches!(problem.code, "store-failed" | "store-conflict");
        Self(error)
    }
}

impl From<xcf_core::ports::store::StoreError> for Failed {
    fn from(error: xcf_core::ports::store::StoreError) -> Self {
        Problem::from(error).into()
    }
}

/// Journals the child through the driver; lines and progress go to the logbook only.
struct Journalled(Announcer);

#[async_trait]
impl EffectIo for Journalled {
    async fn started(&self, child: ChildIdentity) -> Result<(), RunnerError> {
        self.0.started(child).await
    }
    fn line(&self, _: LogStream, _: &str) {}
    fn progress(&self, _: ResourceProgress) {}
}

/// What an effect works on.
struct Target {
    set: ChangeSet,
    unit: ChangeUnit,
}

impl Hands {
    /// The ChangeSet revision of the run and the unit as it is planned now.
    async fn target(&self, job: &Job) -> Result<Target, Failed> {
        let set = self.set(job).await?;
        let id = unit_id(job)?;
        let unit = match &job.plan {
            Some(blob) => self.workspace.blob_json::<ChangeUnit>(blob).await?,
            None => set
                .unit(id)
                .cloned()
                .ok_or_else(|| Failed(RunnerError::new("io", format!("{id} is not part of {}", set.id))))?,
        };
        Ok(Target { set, unit })
    }
    async fn set(&self, job: &Job) -> Result<ChangeSet, Failed> {
        Ok(self.workspace.revision(job.change_set, job.revision).await?)
    }
    /// The unit as it was planned under `digest`, at which its gate counts: in the ChangeSet, as it is planned now, or once in
    /// this run. A plan that the approval covers bears another digest than the one approved, and may be followed by more.
    async fn bearing(
        &self,
        job: &Job,
        set: &ChangeSet,
        id: &UnitId,
        digest: &Digest,
        newest: Option<&BlobId>,
    ) -> Result<Option<ChangeUnit>, Failed> {
        if let Some(unit) = set.unit(id).filter(|u| &u.unit_digest == digest) {
            return Ok(Some(unit.clone()));
        }
        if let Some(blob) = newest {
            let unit: ChangeUnit = self.workspace.blob_json(blob).await?;
            if &unit.unit_digest == digest {
                return Ok(Some(unit));
            }
        }
        let mut after = 0;
        loop {
            let events = self.workspace.store.read_stream(&StreamId::run(job.run), after, 2_000).await?;
            let Some(last) = events.last() else { return Ok(None) };
            after = last.position;
            for event in events.iter().map(|e| &e.event) {
                if event.kind == EventKind::UnitPlanned && event.unit.as_ref() == Some(id) {
                    let planned: UnitPlanned = serde_json::from_value(event.data.clone())
                        .map_err(|e| Problem::internal("store-damaged", format!("a plan of {id}: {e}")))?;
                    if &planned.unit_digest == digest {
                        return Ok(Some(self.workspace.blob_json(&planned.blob).await?));
                    }
                }
            }
        }
    }
    /// Work folder of this issue of the effect; an adopted process brings its own.
    fn work_dir(&self, job: &Job) -> PathBuf {
        let fresh = || self.workspace.run_folder(job.run).join(format!("{}-{}", job.effect, job.issue));
        job.resume.as_ref().map_or_else(fresh, root_of)
    }
    /// Recipe and inputs: of head for a unit that is applied, as recorded for one that is destroyed.
    async fn given(&self, target: &Target) -> Answer<(Recipe, Bound)> {
        if target.unit.removal || target.unit.action == xcf_core::changeset::UnitAction::Destroy {
            let id = target.unit.moved_from.as_ref().unwrap_or(&target.unit.id);
            return self.workspace.recorded(id).await;
        }
        self.workspace.given_now(&target.set, &target.unit).await
    }
    /// A context for `phase`.
    async fn context(
        &self,
        job: &Job,
        target: &Target,
        phase: &'static str,
        announce: Announcer,
        cancel: CancelFlag,
    ) -> Result<(UnitContext, Recipe, Bound), Failed> {
        let (recipe, bound) = self.given(target).await?;
        let destroy = target.unit.removal || target.unit.action == xcf_core::changeset::UnitAction::Destroy;
        let call = Call {
            recipe: &recipe,
            bound: &bound,
            source: Source::Commit(target.unit.commit.clone()),
            work_dir: self.work_dir(job),
            scope: job.run.to_string(),
            phase,
            io: Arc::new(Journalled(announce)),
            cancel,
            resume: job.resume.clone(),
            destroy,
            refresh: false,
        };
        let context = self.workspace.context(call).await?;
        Ok((context, recipe, bound))
    }
}

/// The work folder of an issue: a step's child may say a folder below it.
fn root_of(child: &ChildIdentity) -> PathBuf {
    let steps =
        child.work_dir.ancestors().find(|a| a.file_name().is_some_and(|n| n == "steps")).and_then(|a| a.parent());
    steps.map_or_else(|| child.work_dir.clone(), PathBuf::from)
}

fn unit_id(job: &Job) -> Result<&UnitId, Failed> {
    job.unit.as_ref().ok_or_else(|| Failed(RunnerError::new("io", format!("effect {} names no unit", job.effect))))
}

impl Workspace {
    /// A revision of a ChangeSet from its blob.
    pub(crate) async fn revision(&self, id: xcf_core::ids::ChangeSetId, revision: u32) -> Answer<ChangeSet> {
        let ledger = self.ledger().await?;
        let record = ledger.change_sets.get(&id).ok_or_else(|| Problem::not_found(id))?;
        let wanted = record.revisions.iter().find(|r| r.planned.revision == revision);
        let blob = wanted
            .map(|r| r.planned.blob.clone())
            .ok_or_else(|| Problem::not_found(format!("revision {revision} of {id}")))?;
        self.change_set_of(&blob).await
    }
    /// A ChangeSet from its blob.
    pub(crate) async fn change_set_of(&self, blob: &xcf_core::ids::BlobId) -> Answer<ChangeSet> {
        self.blob_json(blob).await
    }
    /// Folder of a run's effects.
    pub(crate) fn run_folder(&self, run: xcf_core::ids::RunId) -> PathBuf {
        self.paths.work(self.uid.as_str()).join(run.to_string())
    }
    /// What the last apply of a unit recorded: recipe and inputs (`dsl §7`).
    pub(crate) async fn recorded(&self, id: &UnitId) -> Answer<(Recipe, Bound)> {
        let ledger = self.ledger().await?;
        let applied = ledger.units.get(id).and_then(|u| u.applied.as_ref()).map(|a| a.record.clone());
        let applied: UnitApplied = applied.ok_or_else(|| Problem::not_found(format!("an apply of {id}")))?;
        self.recorded_of(id, &applied).await
    }
    /// Recipe and inputs of one record, for the unit as it is called now: its state went with its name if it was moved since.
    pub(crate) async fn recorded_of(&self, id: &UnitId, applied: &UnitApplied) -> Answer<(Recipe, Bound)> {
        let recipe: Recipe = serde_json::from_value(applied.recipe.clone())
            .map_err(|e| Problem::internal("store-damaged", format!("the recorded recipe can't be read: {e}")))?;
        let recipe = Recipe { unit: id.clone(), ..recipe };
        let known: BTreeMap<String, RecordedInput> = self.blob_json(&applied.inputs).await?;
        Ok((recipe, Bound { known, unknown: BTreeMap::new() }))
    }
}
