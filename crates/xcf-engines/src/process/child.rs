//! The body of the hidden verb `xcf __child DIR`: the engine's parent, which outlives the driver (`D7`).

use super::files::{self, Spec, Status, StopReason, read_json, temporary_of, write_json};
use super::{identity, sessions};
use rustix::process::{Pid, Signal, kill_process_group, set_child_subreaper, setsid};
use signal_hook::consts::{SIGINT, SIGQUIT};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often the child looks for `go`, `stop`, `kill`, the time and the size of the output.
const LOOK: Duration = Duration::from_millis(10);
/// Bytes set aside for the exit status, so that a full disk can't lose it.
const RESERVED: usize = 4096;

/// Runs what `spec.json` in the given folder says. `args`: what follows `__child` on the command line (one folder).
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let Some(dir) = args.into_iter().next().map(PathBuf::from) else {
        eprintln!("usage: xcf __child WORK_DIR (started by xcf itself)");
        return ExitCode::from(64);
    };
    match run(&dir) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xcf __child: {}: {error}", dir.display());
            ExitCode::FAILURE
        }
    }
}

fn run(dir: &Path) -> io::Result<()> {
    // A session of its own: a closing terminal or a Ctrl-C meant for the driver does not reach the engine.
    // It fails only if we lead one already, which is as good.
    setsid().ok();
    // Orphans of the engine become our children, so that a kill finds them.
    set_child_subreaper(Pid::from_raw(1)).ok();
    catch_interrupts()?;
    let spec: Spec = read_json(&dir.join(files::SPEC))?.ok_or_else(|| io::Error::other("no spec.json"))?;
    let secrets = take_secrets(dir)?;
    let status_file = reserve_status(dir)?;
    write_json(&dir.join(files::IDENTITY), &identity::own()?)?;
    let status = if may_go(dir, &spec) { supervise(dir, &spec, secrets)? } else { Status::default() };
    finish(dir, &status_file, &status)
}

/// A background job of a shell starts with interrupts ignored, and what is ignored stays so in every program started from
/// it: an engine could then not be stopped softly. A signal that is caught goes back to its default there.
fn catch_interrupts() -> io::Result<()> {
    let heard = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGQUIT] {
        signal_hook::flag::register(signal, Arc::clone(&heard))?;
    }
    Ok(())
}

/// Reads the secret part of the environment and removes its file at once.
fn take_secrets(dir: &Path) -> io::Result<Vec<(String, String)>> {
    let path = dir.join(files::SECRET_ENV);
    let secrets: Option<std::collections::BTreeMap<String, String>> = read_json(&path)?;
    files::remove_if_there(&path)?;
    Ok(secrets.into_iter().flatten().collect())
}

/// Waits until the driver has journalled us. False: it died first, so nothing may run.
fn may_go(dir: &Path, spec: &Spec) -> bool {
    let go = dir.join(files::GO);
    loop {
        if go.exists() {
            return true;
        }
        if dir.join(files::KILL).exists() || dir.join(files::STOP).exists() {
            return false;
        }
        if !identity::lives(&spec.driver) {
            // It may have said go and died in between our two looks.
            return go.exists();
        }
        std::thread::sleep(LOOK);
    }
}

fn supervise(dir: &Path, spec: &Spec, secrets: Vec<(String, String)>) -> io::Result<Status> {
    let create = |name: &str| OpenOptions::new().append(true).create(true).mode(0o600).open(dir.join(name));
    let mut command = Command::new(&spec.program);
    command.args(&spec.args).env_clear().envs(&spec.env).envs(secrets).env(sessions::MARK, dir).current_dir(&spec.cwd);
    command.stdin(Stdio::null()).stdout(create(files::STDOUT)?).stderr(create(files::STDERR)?).process_group(0);
    let mut engine = match command.spawn() {
        Ok(engine) => engine,
        Err(error) => {
            return Ok(Status {
                spawn_error: Some(format!("{}: {error}", spec.program.display())),
                ..Status::default()
            });
        }
    };
    // The command still holds the secret environment.
    drop(command);
    let pid = engine.id();
    let (tell, ended) = channel();
    std::thread::spawn(move || tell.send(engine.wait()));
    let mut watch = Watch { dir, spec, pid, since: Instant::now(), stopping: None, killed: false };
    let exit = watch.until_end(&ended)?;
    if watch.stopping.is_some() {
        watch.sweep();
    }
    Ok(Status {
        ran: true,
        code: exit.code(),
        signal: exit.signal(),
        stopped: watch.stopping.map(|(reason, _)| reason),
        killed: watch.killed,
        spawn_error: None,
        disk_full: disk_is_full(dir),
    })
}

/// Watches one running engine.
struct Watch<'a> {
    dir: &'a Path,
    spec: &'a Spec,
    pid: u32,
    since: Instant,
    stopping: Option<(StopReason, Instant)>,
    killed: bool,
}

impl Watch<'_> {
    fn until_end(&mut self, ended: &Receiver<io::Result<ExitStatus>>) -> io::Result<ExitStatus> {
        loop {
            match ended.recv_timeout(LOOK) {
                Ok(exit) => return exit,
                Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("lost sight of the engine")),
                Err(RecvTimeoutError::Timeout) => self.look(),
            }
        }
    }

    fn look(&mut self) {
        if self.dir.join(files::KILL).exists() {
            self.stopping.get_or_insert((StopReason::Cancelled, Instant::now()));
            self.kill();
        } else if let Some((reason, when)) = self.stopping {
            // A flood goes on filling the disk while it is asked nicely: twice the limit ends the patience.
            let flood = reason == StopReason::OutputTooLarge && self.output() > self.spec.max_output.saturating_mul(2);
            if flood || when.elapsed() > Duration::from_millis(self.spec.stop_timeout_ms) {
                self.kill();
            }
        } else if let Some(reason) = self.reason_to_stop() {
            self.stopping = Some((reason, Instant::now()));
            self.signal_group(Signal::INT);
        }
    }

    fn reason_to_stop(&self) -> Option<StopReason> {
        if self.dir.join(files::STOP).exists() {
            Some(StopReason::Cancelled)
        } else if self.since.elapsed() > Duration::from_millis(self.spec.timeout_ms) {
            Some(StopReason::Timeout)
        } else if self.output() > self.spec.max_output {
            Some(StopReason::OutputTooLarge)
        } else if self.spec.needs_driver && !identity::lives(&self.spec.driver) {
            Some(StopReason::DriverGone)
        } else {
            None
        }
    }

    fn output(&self) -> u64 {
        let size = |name: &str| self.dir.join(name).metadata().map_or(0, |m| m.len());
        size(files::STDOUT) + size(files::STDERR)
    }

    fn signal_group(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            // It may be gone already.
            kill_process_group(group, signal).ok();
        }
    }

    fn kill(&mut self) {
        self.killed = true;
        self.signal_group(Signal::KILL);
        self.sweep();
    }

    /// Ends what a stopped engine left running.
    fn sweep(&self) {
        let me = std::process::id();
        sessions::signal(&sessions::of_step(me, self.dir), Signal::KILL);
        sessions::signal(&sessions::descendants(me), Signal::KILL);
    }
}

fn reserve_status(dir: &Path) -> io::Result<File> {
    let path = temporary_of(&dir.join(files::STATUS));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(&[b' '; RESERVED])?;
    file.sync_all()?;
    Ok(file)
}

/// Writes the status into the reserved bytes (JSON allows blanks after it) and makes it visible by rename.
fn finish(dir: &Path, file: &File, status: &Status) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(status)?;
    bytes.resize(bytes.len().max(RESERVED), b' ');
    file.write_all_at(&bytes, 0)?;
    file.sync_all()?;
    let path = dir.join(files::STATUS);
    std::fs::rename(temporary_of(&path), path)
}

fn disk_is_full(dir: &Path) -> bool {
    rustix::fs::statvfs(dir).is_ok_and(|s| s.f_bavail == 0 || (s.f_files > 0 && s.f_favail == 0))
}
