//! Ansible behind the Runner port (`D10`): real ansible-core, plans by `--check --diff`, events by our own callback plugin.
//!
//! A plan is only predicted; what check mode can't see is `blind`. The way back is the declared fragment, or there is none.

mod events;
mod files;
mod instead;
mod normalise;
mod outputs;
mod playbook;
mod run;

use crate::binary;
use crate::process::{ChildLauncher, Earlier, End, Supervisor, earlier};
use async_trait::async_trait;
use instead::{Instead, artifact, book, forgetting, way_back};
use run::{Mode, Ran, Run};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::plan::{Fidelity, ResourceChange, UnitPlan};
use xcf_core::ports::runner::{
    Applied, Capabilities, ChildIdentity, EngineSettings, Fenced, Inspection, Outputs, Planned, Probe, Runner,
    RunnerError, UnitContext, Workplace,
};
use xcf_core::route::{Backup, Engine};

const APPLY: &str = "apply";
/// Sign in the work folder that the outputs of its apply are recorded.
const RECORDED: &str = "recorded";
const FIX: &str = "install ansible-core (`make run` does it), or set `engines.ansible.binary` in .xcf.yaml";
/// Modules whose effect can't be told afterwards from looking.
const OPAQUE: [&str; 5] = ["command", "shell", "raw", "script", "expect"];

/// The Runner of ansible-core.
#[derive(Debug, Clone)]
pub struct Ansible {
    supervisor: Supervisor,
}

fn find_binary(settings: &EngineSettings) -> Result<PathBuf, RunnerError> {
    binary::find(settings, "ansible-playbook", FIX)
}

impl Ansible {
    /// The runner.
    #[must_use]
    pub fn new(launcher: ChildLauncher) -> Self {
        Self { supervisor: Supervisor::new(launcher) }
    }

    async fn check(&self, cx: &UnitContext, name: &str, instead: Option<&Instead>) -> Result<UnitPlan, RunnerError> {
        let run = Run::open(cx, &self.supervisor).await?;
        let book = book(&run, instead)?;
        if !cx.settings.allow_check_mode_false {
            let text = match instead {
                Some(Instead::Rollback { fragment }) => fragment.clone(),
                _ => run.playbook.clone(),
            };
            let export = cx.export.clone();
            let found = crate::error::blocking(move || Ok(playbook::unchecked(&export, &text))).await?;
            if !found.is_empty() {
                return Err(run::refused(found));
            }
        }
        let ran = run.play(name, &book, Mode::Check).await?;
        let made = self.plan_of(&run, &ran).await;
        run.scrub(&ran).await?;
        made
    }

    async fn plan_of(&self, run: &Run<'_>, ran: &Ran) -> Result<UnitPlan, RunnerError> {
        if let Some(error) = run.error_of(ran) {
            return Err(error);
        }
        let engine_version = ran.told.version.clone().unwrap_or_default();
        let changes = normalise::changes(&ran.told, Fidelity::Predicted, &run.masker);
        let blind = changes.iter().filter(|c| c.fidelity == Fidelity::Blind).count();
        let set = ran.told.ended.clone().unwrap_or_default();
        let now = outputs::declared(&run.side, &set, &run.masker, &engine_version);
        let before = outputs::load(run.cx).await?;
        let mut warnings = outputs::undeclared(&run.side, &set, &run.playbook);
        let place = Place::file(&run.playbook);
        warnings.extend(ran.told.without_hosts.iter().map(|play| {
            Diagnostic::warning("no-hosts", format!("the play `{play}` matches no host of the unit"), place.clone())
        }));
        if blind > 0 {
            let message = format!("{blind} tasks can't be predicted: check mode skips them");
            warnings.push(
                Diagnostic::warning("blind-tasks", message, place)
                    .hint("give commands `creates` or `removes`, or read what they do"),
            );
        }
        run.masker.seal(UnitPlan {
            v: 1,
            engine: Engine::Ansible,
            engine_version,
            components: BTreeMap::new(),
            changes,
            outputs: outputs::changes(before.as_ref(), &now, &run.side, blind > 0, &run.masker),
            unknown_inputs: Vec::new(),
            drift: Vec::new(),
            state_serial: None,
            warnings,
        })
    }

    async fn finish(&self, run: &mut Run<'_>, ran: &Ran, instead: Option<&Instead>) -> Result<Applied, RunnerError> {
        let done = self.record(run, ran, instead).await;
        run.scrub(ran).await?;
        done
    }

    async fn record(&self, run: &mut Run<'_>, ran: &Ran, instead: Option<&Instead>) -> Result<Applied, RunnerError> {
        if let Some(error) = run.error_of(ran) {
            return Err(error);
        }
        let engine_version = ran.told.version.clone().unwrap_or_default();
        let set = ran.told.ended.clone().unwrap_or_default();
        let kept = outputs::declared(&run.side, &set, &run.masker, &engine_version);
        for name in &kept.sensitive {
            kept.values.get(name).into_iter().for_each(|value| run.masker.learn(value));
        }
        let actual = normalise::changes(&ran.told, Fidelity::Exact, &run.masker);
        if instead.is_none() {
            if let Some(error) = outputs::missing(&run.side, &kept) {
                return Err(error);
            }
            outputs::store(run.cx, kept.clone()).await?;
            let marker = run.cx.work_dir.join(RECORDED);
            crate::error::off_runtime("cannot mark the apply as recorded", move || {
                crate::process::write_private(&marker, b"")
            })
            .await?;
        }
        Ok(Applied { outputs: kept.outputs(), state_serial: None, engine_version, actual })
    }

    /// Goes on with an apply an earlier driver started. `None`: it had run nothing.
    async fn resume(
        &self,
        run: &mut Run<'_>,
        child: &ChildIdentity,
        instead: Option<&Instead>,
    ) -> Result<Option<Applied>, RunnerError> {
        if let Some(applied) = recorded(run.cx).await? {
            return Ok(Some(applied));
        }
        let ran = run.attach(APPLY, child).await?;
        match ran.result.end {
            End::NotRun => Ok(None),
            End::Lost => match judge(&ran) {
                Inspection::NotStarted => Ok(None),
                Inspection::Finished => self.finish_lost(run, ran, instead).await.map(Some),
                Inspection::Partial { found } => {
                    Err(RunnerError::new("stale-plan", format!("the earlier attempt did part of it: {found}"))
                        .hint("plan again and apply the rest"))
                }
                Inspection::Unknown { reason } => Err(RunnerError::new("engine-lost", reason)
                    .hint("look at the hosts, then `xcf resume --retry` or `--skip` the unit")),
            },
            _ => {
                let applied = self.finish(run, &ran, instead).await?;
                Ok(Some(applied))
            }
        }
    }

    /// Its parent died, but the run came to its end by itself.
    async fn finish_lost(
        &self,
        run: &mut Run<'_>,
        mut ran: Ran,
        instead: Option<&Instead>,
    ) -> Result<Applied, RunnerError> {
        ran.result.end = End::Exited(0);
        self.finish(run, &ran, instead).await
    }
}

/// What of an apply was already recorded before its driver died. Its files are scrubbed, so the record is the only source.
async fn recorded(cx: &UnitContext) -> Result<Option<Applied>, RunnerError> {
    let marker = cx.work_dir.join(RECORDED);
    let there = crate::error::off_runtime("cannot look at the work folder", move || Ok(marker.exists())).await?;
    if !there {
        return Ok(None);
    }
    let kept = outputs::load(cx).await?.unwrap_or_default();
    Ok(Some(Applied {
        outputs: kept.outputs(),
        state_serial: None,
        engine_version: kept.engine_version,
        actual: Vec::new(),
    }))
}

/// What became of a run whose parent is gone without a status, by what it told.
fn judge(ran: &Ran) -> Inspection {
    let told = &ran.told;
    if told.ended.is_some() && told.failures().next().is_none() {
        return Inspection::Finished;
    }
    if told.results.is_empty() && told.open.is_empty() {
        return Inspection::NotStarted;
    }
    let opaque = |action: &str| OPAQUE.contains(&action.rsplit('.').next().unwrap_or(action));
    if let Some((host, name, _)) = told.open.iter().find(|(_, _, action)| opaque(action)) {
        return Inspection::Unknown {
            reason: format!("`{name}` was running on {host} when ansible was killed; it may be half done"),
        };
    }
    let done = told.results.iter().filter(|r| r.changed).count();
    Inspection::Partial {
        found: format!("{} tasks reported back, {done} of them changed something", told.results.len()),
    }
}

#[async_trait]
impl Runner for Ansible {
    fn engine(&self) -> Engine {
        Engine::Ansible
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            plans_unknowns: false,
            exact_plan: false,
            detects_drift: true,
            reverses: false,
            backups: BTreeSet::new(),
            fenced: Fenced::None,
            keeps_state: false,
        }
    }

    async fn probe(&self, settings: &EngineSettings) -> Probe {
        let mut probe = Probe { engine: Engine::Ansible, version: None, path: None, problem: None, fix: None };
        let program = match find_binary(settings) {
            Ok(program) => program,
            Err(error) => return Probe { problem: Some(error.message), fix: Some(error.hint), ..probe },
        };
        probe.path = Some(program.to_string_lossy().into_owned());
        let said = binary::ask(&program, &["--version"]).await;
        let version = said.and_then(|text| {
            let version =
                text.lines().next().and_then(|l| l.split_once("[core ")).and_then(|(_, rest)| rest.split_once(']'));
            version.map(|(v, _)| v.to_owned()).ok_or_else(|| format!("{} does not say its version", program.display()))
        });
        match version {
            Ok(version) => {
                if let Some(wanted) = settings.version.as_ref().filter(|w| !binary::version_fits(w, &version)) {
                    probe.problem = Some(format!("found {version}, but .xcf.yaml asks for {wanted}"));
                    probe.fix = Some(FIX.to_owned());
                }
                probe.version = Some(version);
            }
            Err(problem) => {
                probe.problem = Some(problem);
                probe.fix = Some(FIX.to_owned());
            }
        }
        probe
    }

    async fn prepare(&self, cx: &UnitContext) -> Result<(), RunnerError> {
        let run = Run::open(cx, &self.supervisor).await?;
        let Some(wanted) = &cx.settings.version else { return Ok(()) };
        let found = self.probe(&cx.settings).await.version.unwrap_or_default();
        if binary::version_fits(wanted, &found) {
            return Ok(());
        }
        let message = format!("ansible-core is {found}, but .xcf.yaml asks for {wanted} (to run {})", run.playbook);
        Err(RunnerError::new("engine-version", message).hint("install that version or change `engines` in .xcf.yaml"))
    }

    async fn plan(&self, cx: &UnitContext) -> Result<Planned, RunnerError> {
        self.prepare(cx).await?;
        match (cx.destroy, way_back(cx)) {
            (false, _) => Ok(Planned { plan: self.check(cx, "plan", None).await?, artifact: None }),
            (true, Some(instead)) => {
                Ok(Planned { plan: self.check(cx, "plan", Some(&instead)).await?, artifact: Some(artifact(&instead)?) })
            }
            (true, None) => Ok(Planned { plan: forgetting(cx), artifact: Some(artifact(&Instead::Forget)?) }),
        }
    }

    async fn inspect(&self, cx: &UnitContext) -> Result<Inspection, RunnerError> {
        let (then, child) = match earlier(cx, APPLY) {
            Earlier::Nothing => return Ok(Inspection::NotStarted),
            Earlier::Step(then, child) => (then, child),
            Earlier::Other(dir) => {
                let reason = format!("the earlier attempt was at another step ({})", dir.display());
                return Ok(Inspection::Unknown { reason });
            }
        };
        if recorded(&then).await?.is_some() {
            return Ok(Inspection::Finished);
        }
        let run = Run::open(&then, &self.supervisor).await?;
        let ran = run.attach(APPLY, &child).await?;
        Ok(match (&ran.result.end, run.error_of(&ran)) {
            (End::NotRun, _) => Inspection::NotStarted,
            (End::Lost, _) => judge(&ran),
            (_, None) => Inspection::Finished,
            (_, Some(_)) if ran.told.results.is_empty() && ran.told.open.is_empty() => Inspection::NotStarted,
            (_, Some(error)) => Inspection::Partial { found: error.message },
        })
    }

    async fn backup(&self, _cx: &UnitContext, kind: Backup) -> Result<String, RunnerError> {
        Err(RunnerError::new("not-supported", format!("ansible takes no {kind} backup"))
            .hint("take it in the playbook, or set `backupPolicy: none`"))
    }

    async fn restore(&self, _cx: &UnitContext, _reference: &str) -> Result<(), RunnerError> {
        Err(RunnerError::new("not-supported", "ansible restores no backups"))
    }

    async fn apply(&self, cx: &UnitContext, artifact: Option<&[u8]>) -> Result<Applied, RunnerError> {
        let instead: Option<Instead> = match artifact {
            None => None,
            Some(bytes) => Some(
                serde_json::from_slice(bytes)
                    .map_err(|_| RunnerError::new("stale-plan", "the saved plan can't be read").hint("plan again"))?,
            ),
        };
        if instead == Some(Instead::Forget) {
            outputs::forget(cx).await?;
            return Ok(Applied {
                outputs: Outputs::default(),
                state_serial: None,
                engine_version: String::new(),
                actual: forgetting(cx).changes,
            });
        }
        match earlier(cx, APPLY) {
            Earlier::Nothing => {}
            Earlier::Step(then, child) => {
                let mut run = Run::open(&then, &self.supervisor).await?;
                if let Some(applied) = self.resume(&mut run, &child, instead.as_ref()).await? {
                    return Ok(applied);
                }
            }
            Earlier::Other(dir) => {
                let message = format!("the earlier attempt was at another step ({})", dir.display());
                return Err(RunnerError::new("engine-lost", message));
            }
        }
        let mut run = Run::open(cx, &self.supervisor).await?;
        let book = book(&run, instead.as_ref())?;
        let ran = run.play(APPLY, &book, Mode::Real).await?;
        self.finish(&mut run, &ran, instead.as_ref()).await
    }

    async fn verify(&self, cx: &UnitContext) -> Result<Vec<ResourceChange>, RunnerError> {
        let instead = if cx.destroy { way_back(cx) } else { None };
        if cx.destroy && instead.is_none() {
            // It was only forgotten: there is nothing left to look at.
            return Ok(Vec::new());
        }
        let plan = self.check(cx, "verify", instead.as_ref()).await?;
        Ok(plan.changes.into_iter().filter(|c| c.fidelity != Fidelity::Blind).collect())
    }

    async fn reverse(&self, cx: &UnitContext) -> Result<Planned, RunnerError> {
        let Some(instead) = way_back(cx) else {
            let message =
                format!("{} declares no `rollback` fragment: what a playbook did can't be derived backwards", cx.unit);
            return Err(RunnerError::new("irreversible", message)
                .hint("add `rollback: FILE` to the module, or undo it by hand and mark it reversed"));
        };
        Ok(Planned { plan: self.check(cx, "reverse", Some(&instead)).await?, artifact: Some(artifact(&instead)?) })
    }

    async fn detect_drift(&self, cx: &UnitContext) -> Result<UnitPlan, RunnerError> {
        self.check(cx, "drift", None).await
    }

    async fn outputs(&self, cx: &UnitContext) -> Result<Outputs, RunnerError> {
        Ok(outputs::load(cx).await?.unwrap_or_default().outputs())
    }

    async fn workplace(&self, cx: &UnitContext) -> Result<Workplace, RunnerError> {
        Run::open(cx, &self.supervisor).await?.workplace().await
    }

    async fn rekey(&self, cx: &UnitContext, from_state_dir: &Path) -> Result<(), RunnerError> {
        outputs::rekey(cx, from_state_dir).await
    }
}
