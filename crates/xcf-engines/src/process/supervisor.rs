//! The driver's side: starts `xcf __child`, journals it, tails its files, adopts it after a crash (`D7`).

use super::files::{self, Process, Spec, Status, read_json, write_json, write_private};
use super::result::{End, ProcessResult, result_of};
use super::tail::{Batch, Tail};
use super::{identity, is_alive, sessions};
use crate::error::{io_error, off_runtime};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use xcf_core::ports::runner::{ChildIdentity, LogStream, RunnerError, Stop, UnitContext};
use xcf_core::secret::Secret;

const SHORTEST_LOOK: Duration = Duration::from_millis(4);
const LONGEST_LOOK: Duration = Duration::from_millis(60);
/// Output of one step beyond which its engine is stopped (`engine-output-too-large`).
pub const MAX_OUTPUT: u64 = 64 << 20;

/// How the engine's parent is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildLauncher {
    /// Program.
    pub program: PathBuf,
    /// Arguments before the work folder.
    pub args: Vec<OsString>,
}

impl ChildLauncher {
    /// This very program with the hidden verb `__child`.
    ///
    /// # Errors
    /// If the system can't tell which program this is.
    pub fn current() -> std::io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, args: vec!["__child".into()] })
    }
}

/// One engine process to run.
#[derive(Debug, Clone)]
pub struct Step {
    /// Name, unique within the effect; its folder is `WORK_DIR/steps/NAME`.
    pub name: String,
    /// Absolute path of the engine.
    pub program: PathBuf,
    /// Arguments. Never a secret: they stand in the process list.
    pub args: Vec<String>,
    /// Environment, on top of nothing.
    pub env: BTreeMap<String, String>,
    /// Environment that must not stand in a file longer than needed.
    pub secret_env: BTreeMap<String, Secret>,
    /// Working folder of the engine.
    pub cwd: PathBuf,
    /// True if it changes something: its identity is journalled before it begins and it outlives its driver.
    /// False: it only reads, and ends with its driver.
    pub journalled: bool,
    /// Bytes of stdout and stderr together.
    pub max_output: u64,
}

/// Takes each line of output. Called on the driver's task; must not block.
pub type LineSink<'a> = &'a mut (dyn FnMut(LogStream, &str) + Send);

/// Runs engine steps.
#[derive(Debug, Clone)]
pub struct Supervisor {
    launcher: ChildLauncher,
}

/// What became of a step that an earlier driver left.
enum Left {
    Nothing,
    Runs(ChildIdentity),
}

impl Supervisor {
    /// A supervisor that starts parents by `launcher`.
    #[must_use]
    pub fn new(launcher: ChildLauncher) -> Self {
        Self { launcher }
    }

    /// Runs one step to its end, or goes on with the one that `cx.resume` names. Never starts a journalled step while an earlier
    /// one of that name still runs.
    ///
    /// # Errors
    /// `not-journalled` (nothing was run), `disk-full`, `io`. How the engine itself ended is in the result.
    pub async fn run(
        &self,
        cx: &UnitContext,
        step: &Step,
        on_line: LineSink<'_>,
    ) -> Result<ProcessResult, RunnerError> {
        let dir = step_dir(cx, &step.name);
        if let Some(resumed) = cx.resume.as_ref().filter(|r| step.journalled && r.work_dir == dir) {
            let result = self.attach(cx, resumed, on_line).await?;
            if result.end != End::NotRun {
                return Ok(result);
            }
        } else if let Left::Runs(identity) = left_behind(&dir).await? {
            let result = self.attach(cx, &identity, on_line).await?;
            if step.journalled && result.end != End::NotRun {
                return Ok(result);
            }
        }
        self.start(cx, step, dir, on_line).await
    }

    /// Waits for the end of a step that an earlier driver started, giving out its lines from the beginning. One that was never
    /// let go is called off: its driver may live on without the run, and nobody else would ever tell it.
    ///
    /// # Errors
    /// `disk-full`, `io`.
    pub async fn attach(
        &self,
        cx: &UnitContext,
        child: &ChildIdentity,
        on_line: LineSink<'_>,
    ) -> Result<ProcessResult, RunnerError> {
        let dir = child.work_dir.clone();
        off_runtime("cannot call off the child", move || {
            let waits = dir.join(files::IDENTITY).exists() && !dir.join(files::GO).exists();
            if waits { files::touch(&dir.join(files::STOP)) } else { Ok(()) }
        })
        .await?;
        self.follow(cx, child, None, on_line).await
    }

    async fn start(
        &self,
        cx: &UnitContext,
        step: &Step,
        dir: PathBuf,
        on_line: LineSink<'_>,
    ) -> Result<ProcessResult, RunnerError> {
        let spec = Spec {
            program: step.program.clone(),
            args: step.args.clone(),
            env: step.env.clone(),
            cwd: step.cwd.clone(),
            timeout_ms: millis(cx.timeout),
            stop_timeout_ms: millis(cx.stop_timeout),
            max_output: step.max_output,
            driver: identity::own().map_err(|e| io_error("cannot tell who this process is", &e))?,
            needs_driver: !step.journalled,
        };
        let (folder, secrets) = (dir.clone(), step.secret_env.clone());
        off_runtime("cannot prepare the work folder", move || lay_out(&folder, &spec, &secrets)).await?;
        let mut parent =
            self.spawn(&dir).map_err(|e| io_error(&format!("cannot start {}", self.launcher.program.display()), &e))?;
        let child = introduced(&dir, &mut parent).await?;
        if step.journalled
            && let Err(refused) = cx.io.started(child.clone()).await
        {
            // The child exits having run nothing; without its sign it would wait for our own end.
            let stop = dir.join(files::STOP);
            off_runtime("cannot call off the child", move || files::touch(&stop)).await?;
            parent.wait().await.ok();
            return Err(refused);
        }
        let go = dir.join(files::GO);
        off_runtime("cannot start the engine", move || files::touch(&go)).await?;
        self.follow(cx, &child, Some(parent), on_line).await
    }

    fn spawn(&self, dir: &Path) -> std::io::Result<tokio::process::Child> {
        let log = OpenOptions::new().append(true).create(true).mode(0o600).open(dir.join(files::CHILD_LOG))?;
        let mut command = tokio::process::Command::new(&self.launcher.program);
        command.args(&self.launcher.args).arg(dir).current_dir(dir).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(false).spawn()
    }

    async fn follow(
        &self,
        cx: &UnitContext,
        child: &ChildIdentity,
        mut parent: Option<tokio::process::Child>,
        on_line: LineSink<'_>,
    ) -> Result<ProcessResult, RunnerError> {
        let dir = child.work_dir.clone();
        let adopted = parent.is_none();
        let (mut tail, mut pause, mut asked) = (Tail::new(&dir), SHORTEST_LOOK, Stop::No);
        loop {
            if let Some(own) = &mut parent {
                // Reaps it; its end is told by the status file.
                own.try_wait().ok();
            }
            let want = cx.cancel.asked();
            let news = (want > asked).then_some(want);
            asked = want;
            let identity = child.clone();
            let (seen, given_back) =
                off_runtime("cannot follow the engine", move || look(&identity, tail, news)).await?;
            tail = given_back;
            let quiet = seen.batch.lines.is_empty();
            for (stream, line) in &seen.batch.lines {
                on_line(*stream, line);
            }
            if let (Some(status), false) = (&seen.ended, seen.batch.more) {
                for (stream, line) in tail.rest() {
                    on_line(stream, &line);
                }
                return Ok(result_of(status.as_ref(), dir, adopted));
            }
            pause = if quiet { (pause * 2).min(LONGEST_LOOK) } else { SHORTEST_LOOK };
            tokio::time::sleep(pause).await;
        }
    }
}

/// One look at a step.
struct Seen {
    batch: Batch,
    /// It ended: with its status, or (inner `None`) lost.
    ended: Option<Option<Status>>,
}

fn look(child: &ChildIdentity, mut tail: Tail, stop: Option<Stop>) -> std::io::Result<(Seen, Tail)> {
    let dir = &child.work_dir;
    match stop {
        Some(Stop::Soft) => files::touch(&dir.join(files::STOP))?,
        Some(Stop::Kill) => files::touch(&dir.join(files::KILL))?,
        Some(Stop::No) | None => {}
    }
    let status: Option<Status> = read_json(&dir.join(files::STATUS))?;
    let ended = match status {
        Some(status) => Some(Some(status)),
        None if is_alive(child) => None,
        None => orphaned(child, stop)?,
    };
    // The files are read after the end was seen, so nothing written before it is missed.
    Ok((Seen { batch: tail.poll()?, ended }, tail))
}

/// The parent is gone. What it left running goes on to its end; then the step counts as lost unless a status appeared meanwhile.
fn orphaned(child: &ChildIdentity, stop: Option<Stop>) -> std::io::Result<Option<Option<Status>>> {
    let same_boot = identity::boot_id().is_ok_and(|id| id == child.boot_id);
    let running = if same_boot { sessions::of_step(child.pid, &child.work_dir) } else { Vec::new() };
    if running.is_empty() {
        return Ok(Some(read_json(&child.work_dir.join(files::STATUS))?));
    }
    match stop {
        Some(Stop::Soft) => sessions::signal(&running, Signal::INT),
        Some(Stop::Kill) => sessions::signal(&running, Signal::KILL),
        Some(Stop::No) | None => {}
    }
    Ok(None)
}

/// Folder of a step of this effect.
pub fn step_dir(cx: &UnitContext, name: &str) -> PathBuf {
    cx.work_dir.join("steps").join(name)
}

/// What an earlier attempt of this effect left, by `cx.resume`.
pub enum Earlier {
    /// There was none.
    Nothing,
    /// The step asked for: the context it ran in (its own work folder, whatever folder this look was given) and its parent.
    Step(Box<UnitContext>, ChildIdentity),
    /// Some other step, by its folder.
    Other(PathBuf),
}

/// Finds the earlier attempt of the step `name`.
pub fn earlier(cx: &UnitContext, name: &str) -> Earlier {
    let Some(child) = &cx.resume else { return Earlier::Nothing };
    let root = child.work_dir.parent().and_then(Path::parent);
    match root.map(|root| UnitContext { work_dir: root.to_owned(), ..cx.clone() }) {
        Some(then) if step_dir(&then, name) == child.work_dir => Earlier::Step(Box::new(then), child.clone()),
        _ => Earlier::Other(child.work_dir.clone()),
    }
}

fn lay_out(dir: &Path, spec: &Spec, secrets: &BTreeMap<String, Secret>) -> std::io::Result<()> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    files::private_dir(dir)?;
    write_json(&dir.join(files::SPEC), spec)?;
    if !secrets.is_empty() {
        let plain: BTreeMap<&str, &str> = secrets.iter().map(|(k, v)| (k.as_str(), v.expose())).collect();
        write_private(&dir.join(files::SECRET_ENV), &serde_json::to_vec(&plain)?)?;
    }
    Ok(())
}

/// Waits until the child has written who it is.
async fn introduced(dir: &Path, parent: &mut tokio::process::Child) -> Result<ChildIdentity, RunnerError> {
    loop {
        let gone = parent.try_wait().map_err(|e| io_error("cannot watch the child", &e))?;
        if let Some(child) = identity_of(dir).await? {
            return Ok(child);
        }
        if let Some(exit) = gone {
            let log = dir.join(files::CHILD_LOG);
            let said = off_runtime("cannot read the child's log", move || std::fs::read_to_string(log))
                .await
                .unwrap_or_default();
            let message = format!("the engine's parent process ended before it began ({exit}): {}", said.trim());
            let full = ["No space left", "os error 28", "quota"].iter().any(|sign| said.contains(sign));
            return Err(RunnerError::new(if full { "disk-full" } else { "io" }, message)
                .hint("free space, or see `xcf doctor`"));
        }
        tokio::time::sleep(SHORTEST_LOOK).await;
    }
}

async fn identity_of(dir: &Path) -> Result<Option<ChildIdentity>, RunnerError> {
    let (path, work_dir) = (dir.join(files::IDENTITY), dir.to_owned());
    let process: Option<Process> = off_runtime("cannot read the child's identity", move || read_json(&path)).await?;
    Ok(process.map(|p| ChildIdentity { pid: p.pid, start_ticks: p.start_ticks, boot_id: p.boot_id, work_dir }))
}

/// A step of the same name in the same work folder, from before. One that never got its `go` runs nothing and ends by itself.
async fn left_behind(dir: &Path) -> Result<Left, RunnerError> {
    let Some(child) = identity_of(dir).await? else { return Ok(Left::Nothing) };
    let identity = child.clone();
    let runs = off_runtime("cannot look for the earlier engine", move || {
        Ok(is_alive(&identity)
            || (identity::boot_id()? == identity.boot_id
                && !sessions::of_step(identity.pid, &identity.work_dir).is_empty()))
    });
    Ok(if runs.await? { Left::Runs(child) } else { Left::Nothing })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
