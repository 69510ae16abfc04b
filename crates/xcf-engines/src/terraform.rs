//! Terraform and OpenTofu behind the Runner port (`D10`): real binary, saved plans applied exactly, state per `dsl §8`.

mod artifact;
mod backend;
mod failure;
mod inspect;
mod messages;
mod module;
mod normalise;
mod overlay;
mod plan_json;
mod planning;
mod session;
mod state;
mod unknown;

use crate::binary;
use crate::process::{ChildLauncher, Earlier, Supervisor, earlier};
use artifact::Artifact;
use async_trait::async_trait;
use messages::{Said, Touched};
use serde_json::Value;
use session::{Command, Session};
use std::path::{Path, PathBuf};
use xcf_core::plan::{Action, Fidelity, ResourceChange, UnitPlan};
use xcf_core::ports::runner::{
    Applied, Capabilities, EngineSettings, Fenced, Inspection, Outputs, Planned, Probe, Runner, RunnerError,
    UnitContext, Workplace,
};
use xcf_core::route::{Backup, Engine};

/// Name of the journalled step that changes the world.
pub(crate) const APPLY: &str = "apply";
/// How long an engine waits for its own state lock.
const LOCK_TIMEOUT: &str = "-lock-timeout=30s";

/// The Runner of Terraform or OpenTofu.
#[derive(Debug, Clone)]
pub struct Terraform {
    engine: Engine,
    supervisor: Supervisor,
}

/// The engine's binary.
pub(crate) fn find_binary(engine: Engine, settings: &EngineSettings) -> Result<PathBuf, RunnerError> {
    let name = if engine == Engine::Opentofu { "tofu" } else { "terraform" };
    binary::find(settings, name, &fix(engine))
}

fn fix(engine: Engine) -> String {
    format!("install {engine} (`make run` does it), or set `engines.{engine}.binary` in .xcf.yaml")
}

impl Terraform {
    /// HashiCorp Terraform.
    #[must_use]
    pub fn hashicorp(launcher: ChildLauncher) -> Self {
        Self { engine: Engine::Terraform, supervisor: Supervisor::new(launcher) }
    }

    /// OpenTofu.
    #[must_use]
    pub fn opentofu(launcher: ChildLauncher) -> Self {
        Self { engine: Engine::Opentofu, supervisor: Supervisor::new(launcher) }
    }

    /// Frees the engine's own lock. `lock_id` must stand in the caller's journal: a lock is never taken from a stranger (`D7`).
    ///
    /// # Errors
    /// `engine-failed` if the engine refuses (another id, no lock).
    pub async fn force_unlock(&self, cx: &UnitContext, lock_id: &str) -> Result<(), RunnerError> {
        let session = Session::open(cx, &self.supervisor, "unlock-").await?;
        session.init().await?;
        session.checked("force-unlock", &["force-unlock", "-force", lock_id], true).await.map(|_| ())
    }

    async fn finish(&self, session: &Session<'_>, command: Command) -> Result<Applied, RunnerError> {
        if let Some(error) = session.error_of(APPLY, &command) {
            return Err(session.masker.error(error));
        }
        let state = state::read(session).await?;
        Ok(Applied {
            state_serial: Some(state::serial(state.as_ref())),
            outputs: state::outputs(state),
            engine_version: command.said.version.clone().unwrap_or_default(),
            actual: actual(&command.said),
        })
    }

    /// Goes on with an apply an earlier driver started. `None`: it had run nothing.
    async fn resume(&self, cx: &UnitContext) -> Result<Option<Applied>, RunnerError> {
        let (then, child) = match earlier(cx, APPLY) {
            Earlier::Nothing => return Ok(None),
            Earlier::Step(then, child) => (then, child),
            Earlier::Other(dir) => return Err(RunnerError::new("engine-lost", strange(&dir))),
        };
        let session = Session::reopen(&then, &self.supervisor).await?;
        match inspect::of(&session, &child).await? {
            inspect::Found::Ended(command) => self.finish(&session, *command).await.map(Some),
            inspect::Found::Is(Inspection::NotStarted) => Ok(None),
            inspect::Found::Is(Inspection::Finished) => {
                let state = state::read(&session).await?;
                let engine_version = inspect::header(&then).await?.map(|h| h.engine_version).unwrap_or_default();
                Ok(Some(Applied {
                    state_serial: Some(state::serial(state.as_ref())),
                    outputs: state::outputs(state),
                    engine_version,
                    actual: Vec::new(),
                }))
            }
            inspect::Found::Is(Inspection::Partial { found }) => {
                Err(RunnerError::new("stale-plan", format!("the earlier attempt did part of it: {found}"))
                    .hint("plan again and apply the rest"))
            }
            inspect::Found::Is(Inspection::Unknown { reason }) => Err(RunnerError::new("engine-lost", reason)
                .hint("look at the real world, then `xcf resume --retry` or `--skip` the unit")),
        }
    }
}

/// An earlier step that is not the apply: what it did can't be told from here.
fn strange(dir: &Path) -> String {
    format!("the earlier attempt was at another step ({})", dir.display())
}

/// What an apply really did, from its own words. Values are not told: they are those of the plan.
fn actual(said: &Said) -> Vec<ResourceChange> {
    let action = |touched: &Touched| match touched.done.as_slice() {
        [] => None,
        [one] => Some(*one),
        _ => Some(Action::Replace),
    };
    let change = |(address, touched): (&String, &Touched)| {
        Some(ResourceChange {
            address: address.clone(),
            resource_type: touched.resource_type.clone(),
            action: action(touched)?,
            before: Value::Null,
            after: Value::Null,
            unknown: Vec::new(),
            sensitive: Vec::new(),
            sensitive_marks: std::collections::BTreeMap::new(),
            replace_reasons: Vec::new(),
            previous_address: None,
            fidelity: Fidelity::Exact,
        })
    };
    said.touched.iter().filter_map(change).collect()
}

#[async_trait]
impl Runner for Terraform {
    fn engine(&self) -> Engine {
        self.engine
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            plans_unknowns: true,
            exact_plan: true,
            detects_drift: true,
            reverses: true,
            backups: [Backup::ConfigSnapshot].into(),
            fenced: Fenced::EngineLock,
            keeps_state: true,
        }
    }

    async fn probe(&self, settings: &EngineSettings) -> Probe {
        let mut probe = Probe { engine: self.engine, version: None, path: None, problem: None, fix: None };
        let program = match find_binary(self.engine, settings) {
            Ok(program) => program,
            Err(error) => return Probe { problem: Some(error.message), fix: Some(error.hint), ..probe },
        };
        probe.path = Some(program.to_string_lossy().into_owned());
        let said = binary::ask(&program, &["version", "-json"]).await;
        let version = said.and_then(|text| {
            let json: Value = serde_json::from_str(&text)
                .map_err(|_| format!("{} does not answer `version -json`", program.display()))?;
            json.get("terraform_version")
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| "it names no version".to_owned())
        });
        match version {
            Ok(version) => {
                if let Some(wanted) = settings.version.as_ref().filter(|w| !binary::version_fits(w, &version)) {
                    probe.problem = Some(format!("found {version}, but .xcf.yaml asks for {wanted}"));
                    probe.fix = Some(fix(self.engine));
                }
                probe.version = Some(version);
            }
            Err(problem) => {
                probe.problem = Some(problem);
                probe.fix = Some(fix(self.engine));
            }
        }
        probe
    }

    async fn prepare(&self, cx: &UnitContext) -> Result<(), RunnerError> {
        let session = Session::open(cx, &self.supervisor, "prepare-").await?;
        session.init().await.map(|_| ())
    }

    async fn plan(&self, cx: &UnitContext) -> Result<Planned, RunnerError> {
        if unknown::names(cx).is_empty() {
            planning::plan(cx, &self.supervisor, "", true).await
        } else {
            unknown::plan(cx, &self.supervisor).await
        }
    }

    async fn inspect(&self, cx: &UnitContext) -> Result<Inspection, RunnerError> {
        let (then, child) = match earlier(cx, APPLY) {
            Earlier::Nothing => return Ok(Inspection::NotStarted),
            Earlier::Step(then, child) => (then, child),
            Earlier::Other(dir) => return Ok(Inspection::Unknown { reason: strange(&dir) }),
        };
        let session = Session::reopen(&then, &self.supervisor).await?;
        match inspect::of(&session, &child).await? {
            inspect::Found::Is(inspection) => Ok(inspection),
            inspect::Found::Ended(command) => inspect::judge_end(&session, &command).await,
        }
    }

    async fn backup(&self, cx: &UnitContext, kind: Backup) -> Result<String, RunnerError> {
        if kind != Backup::ConfigSnapshot {
            return Err(RunnerError::new("not-supported", format!("{} takes no {kind} backup", self.engine)));
        }
        let session = Session::open(cx, &self.supervisor, "backup-").await?;
        if session.backend != backend::Backend::Local {
            session.init().await?;
        }
        state::snapshot(&session).await
    }

    async fn restore(&self, cx: &UnitContext, reference: &str) -> Result<(), RunnerError> {
        let session = Session::open(cx, &self.supervisor, "restore-").await?;
        if session.backend != backend::Backend::Local {
            session.init().await?;
        }
        state::restore(&session, reference).await
    }

    async fn apply(&self, cx: &UnitContext, artifact: Option<&[u8]>) -> Result<Applied, RunnerError> {
        if let Some(applied) = self.resume(cx).await? {
            return Ok(applied);
        }
        let Some(bytes) = artifact else {
            return Err(RunnerError::new("stale-plan", "there is no saved plan to apply").hint("plan again"));
        };
        let artifact = Artifact::decode(bytes)?;
        let header = artifact.header.clone();
        let session = Session::open(cx, &self.supervisor, "").await?;
        let plan_file = planning::lay_out_saved(&session, artifact).await?;
        let version = session.init().await?.version.unwrap_or_default();
        if version != header.engine_version {
            let message = format!("planned with {} {}, but {version} is here now", self.engine, header.engine_version);
            return Err(RunnerError::new("stale-plan", message).hint("plan again"));
        }
        inspect::keep_header(cx, &header).await?;
        // The plan file holds the inputs; only ephemeral ones, which it may not hold, are given again.
        let ephemeral =
            session.inputs_file(|name| session.module.variables.get(name).is_some_and(|v| v.ephemeral)).await?;
        let (flag, file) = (ephemeral.flag(), plan_file.to_string());
        let mut args = vec![APPLY, "-json", "-no-color", "-input=false", LOCK_TIMEOUT];
        if session.module.variables.iter().any(|(name, v)| v.ephemeral && cx.inputs.contains_key(name)) {
            args.push(&flag);
        }
        args.push(&file);
        let command = session.command(APPLY, &args, true).await?;
        drop(plan_file);
        self.finish(&session, command).await
    }

    async fn verify(&self, cx: &UnitContext) -> Result<Vec<ResourceChange>, RunnerError> {
        Ok(planning::plan(cx, &self.supervisor, "verify-", true).await?.plan.changes)
    }

    async fn reverse(&self, cx: &UnitContext) -> Result<Planned, RunnerError> {
        planning::plan(cx, &self.supervisor, "reverse-", true).await
    }

    async fn detect_drift(&self, cx: &UnitContext) -> Result<UnitPlan, RunnerError> {
        // A full plan and not only a refresh: an object that vanished from the state differs too.
        let looking = UnitContext { refresh: true, ..cx.clone() };
        Ok(planning::plan(&looking, &self.supervisor, "drift-", false).await?.plan)
    }

    async fn outputs(&self, cx: &UnitContext) -> Result<Outputs, RunnerError> {
        let session = Session::open(cx, &self.supervisor, "outputs-").await?;
        if session.backend != backend::Backend::Local {
            session.init().await?;
        }
        Ok(state::outputs(state::read(&session).await?))
    }

    async fn workplace(&self, cx: &UnitContext) -> Result<Workplace, RunnerError> {
        let session = Session::open(cx, &self.supervisor, "exec-").await?;
        session.init().await?;
        session.workplace().await
    }

    async fn rekey(&self, cx: &UnitContext, from_state_dir: &Path) -> Result<(), RunnerError> {
        if cx.settings.backend.is_some() {
            let message =
                format!("{} keeps its state in the backend of .xcf.yaml; moving it there is not supported", cx.unit);
            return Err(RunnerError::new("not-supported", message)
                .hint("move the state with the engine (`state pull`, `state push`), then drop `moved`"));
        }
        state::rekey(cx, from_state_dir).await
    }
}
