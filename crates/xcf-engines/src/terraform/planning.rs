//! Making a plan and keeping it as bytes; laying those bytes out again for the apply.

use super::artifact::{Artifact, Header};
use super::module::locked_providers;
use super::overlay::LOCK_FILE;
use super::plan_json::PlanJson;
use super::session::Session;
use super::{normalise, state};
use crate::error::off_runtime;
use crate::process::{Supervisor, read_if_there, remove_if_there, write_private};
use std::fmt;
use std::path::PathBuf;
use xcf_core::diag::Diagnostic;
use xcf_core::plan::UnitPlan;
use xcf_core::ports::runner::{Planned, RunnerError, UnitContext};

/// A plan file on disk, removed when it goes out of scope: it holds values in plain text.
pub struct PlanFile {
    path: PathBuf,
}

impl fmt::Display for PlanFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())
    }
}

impl Drop for PlanFile {
    fn drop(&mut self) {
        // The work folder is private and removed by its owner; nothing more can be done here.
        remove_if_there(&self.path).ok();
    }
}

/// Plans with all inputs known. `prefix` keeps its files apart from those of other looks; `keep`: as an artefact to apply.
pub async fn plan(
    cx: &UnitContext,
    supervisor: &Supervisor,
    prefix: &'static str,
    keep: bool,
) -> Result<Planned, RunnerError> {
    if let Some(name) = super::unknown::names(cx).first() {
        return Err(RunnerError::new("not-supported", format!("the input {name} is not known yet"))
            .hint("plan again when its source is applied"));
    }
    let session = Session::open(cx, supervisor, prefix).await?;
    session.init().await?;
    // Read before the plan: if someone writes in between, the plan is stale rather than wrong.
    let serial = state::serial(state::read(&session).await?.as_ref());
    let (json, warnings, file) = run(&session).await?;
    let changes = json
        .resource_changes
        .iter()
        .map(|r| (r.address.clone(), r.change.actions.join("+")))
        .filter(|(_, a)| a != "no-op" && a != "read");
    let changes = changes.collect();
    let mut plan = finished(&session, json, warnings)?;
    plan.state_serial = Some(serial.clone());
    if !keep {
        return Ok(Planned { plan, artifact: None });
    }
    let path = file.path.clone();
    let bytes = off_runtime("cannot read the plan file", move || read_if_there(&path)).await?;
    let bytes = bytes.ok_or_else(|| RunnerError::new("engine-garbage", format!("{} wrote no plan file", cx.engine)))?;
    let header = Header {
        engine_version: plan.engine_version.clone(),
        state_serial: serial,
        place: session.backend.mark(&cx.state_dir),
        lock_file: session.lock_file()?,
        changes,
    };
    let artifact = Artifact { header, plan: bytes }.encode()?;
    Ok(Planned { plan, artifact: Some(artifact) })
}

/// Runs `plan` and `show`, and reads what they say.
pub async fn run(session: &Session<'_>) -> Result<(PlanJson, Vec<Diagnostic>, PlanFile), RunnerError> {
    let cx = session.cx;
    let file = PlanFile { path: session.cx.work_dir.join(format!("{}plan.tfplan", session.prefix())) };
    let inputs = session.inputs_file(|_| true).await?;
    let (flag, out) = (inputs.flag(), format!("-out={file}"));
    // A plan only reads, so it takes no lock; its apply finds out whether somebody wrote meanwhile.
    let mut args = vec!["plan", "-json", "-no-color", "-input=false", "-lock=false", &flag, &out];
    if cx.destroy {
        args.push("-destroy");
    }
    if !cx.refresh {
        args.push("-refresh=false");
    }
    let said = session.checked("plan", &args, false).await?.said;
    drop(inputs);
    let shown = session.document("show", &["show", "-json", "-no-color", &file.to_string()]).await?;
    let json: PlanJson = serde_json::from_slice(&shown).map_err(|e| {
        let message = format!("{} said the plan was made, but what it shows is no plan ({e})", cx.engine);
        RunnerError::new("engine-garbage", message).hint("`xcf doctor` shows which binary is used")
    })?;
    Ok((json, said.warnings(), file))
}

/// The normalised plan, with versions and warnings, and no known secret in any text.
pub fn finished(session: &Session<'_>, json: PlanJson, warnings: Vec<Diagnostic>) -> Result<UnitPlan, RunnerError> {
    let mut plan = normalise::unit_plan(session.cx.engine, json, &session.masker)?;
    plan.components = session.lock_file()?.map(|text| locked_providers(&text)).unwrap_or_default();
    plan.warnings = warnings;
    session.masker.seal(plan)
}

/// Writes a saved plan and the provider locks it was made with where `apply` finds them.
pub async fn lay_out_saved(session: &Session<'_>, artifact: Artifact) -> Result<PlanFile, RunnerError> {
    let file = PlanFile { path: session.cx.work_dir.join("saved.tfplan") };
    let (path, lock) = (file.path.clone(), session.folder.join(LOCK_FILE));
    off_runtime("cannot lay out the saved plan", move || {
        if let Some(text) = &artifact.header.lock_file {
            write_private(&lock, text.as_bytes())?;
        }
        write_private(&path, &artifact.plan)
    })
    .await?;
    Ok(file)
}
