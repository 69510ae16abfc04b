//! How a step ended, and what error that is.

use super::files::{self, Status, StopReason};
use std::path::PathBuf;
use xcf_core::ports::runner::RunnerError;

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Exited(i32),
    /// By a signal that was not ours.
    Signalled(i32),
    /// We stopped it.
    Stopped {
        /// Why.
        reason: StopReason,
        /// SIGKILL was needed.
        killed: bool,
    },
    /// It could not be started.
    NotStarted(String),
    /// Its parent is gone without an exit status, and nothing of it runs any more: look at the world.
    Lost,
    /// Its driver died before it had journalled it: nothing was run.
    NotRun,
}

/// A finished step.
#[derive(Debug, Clone)]
pub struct ProcessResult {
    /// How it ended.
    pub end: End,
    /// The disk of the work folder was full.
    pub disk_full: bool,
    /// Folder of the step.
    pub dir: PathBuf,
    /// Standard output, whole.
    pub stdout: PathBuf,
    /// Standard error, whole.
    pub stderr: PathBuf,
    /// True if it had been started by an earlier driver.
    pub adopted: bool,
}

/// Reads the status a child left; none: it left none and is gone.
pub fn result_of(status: Option<&Status>, dir: PathBuf, adopted: bool) -> ProcessResult {
    let end = match status {
        None => End::Lost,
        Some(Status { spawn_error: Some(error), .. }) => End::NotStarted(error.clone()),
        Some(Status { ran: false, .. }) => End::NotRun,
        // Too much output is an error even if the engine ended well: what it said can't be read.
        Some(Status { stopped: Some(StopReason::OutputTooLarge), killed, .. }) => {
            End::Stopped { reason: StopReason::OutputTooLarge, killed: *killed }
        }
        Some(Status { code: Some(0), .. }) => End::Exited(0),
        Some(Status { stopped: Some(reason), killed, .. }) => End::Stopped { reason: *reason, killed: *killed },
        Some(Status { code: Some(code), .. }) => End::Exited(*code),
        Some(Status { signal, .. }) => End::Signalled(signal.unwrap_or_default()),
    };
    let (stdout, stderr) = (dir.join(files::STDOUT), dir.join(files::STDERR));
    ProcessResult { end, disk_full: status.is_some_and(|s| s.disk_full), dir, stdout, stderr, adopted }
}

impl ProcessResult {
    /// The error of a step that did not exit by itself; `None` if it did. `what` names it: `terraform plan`.
    #[must_use]
    pub fn stopped_error(&self, what: &str) -> Option<RunnerError> {
        let (code, message, hint) = match &self.end {
            End::Exited(_) if self.disk_full => {
                ("disk-full", format!("the disk was full when {what} ended"), "free space and try again")
            }
            End::Exited(_) => return None,
            End::Signalled(signal) => (
                "engine-failed",
                format!("{what} was ended by signal {signal}, which was not sent by xcf"),
                "look for an out-of-memory kill in the system's log",
            ),
            End::Stopped { reason: StopReason::Timeout, .. } => (
                "engine-timeout",
                format!("{what} took longer than its time limit and was stopped"),
                "raise `execution.timeout`, or find out what it waits for in the log",
            ),
            End::Stopped { reason: StopReason::OutputTooLarge, .. } => (
                "engine-output-too-large",
                format!("{what} wrote more output than xcf keeps and was stopped"),
                "find out what floods the log",
            ),
            End::Stopped { .. } => ("engine-cancelled", format!("{what} was stopped as asked"), ""),
            End::NotStarted(why) => {
                ("engine-missing", format!("{what} could not be started: {why}"), "see `xcf doctor`")
            }
            End::Lost => (
                "engine-lost",
                format!("{what} and its parent process are gone without an exit status"),
                "`xcf resume` inspects what it did before anything else starts",
            ),
            End::NotRun => {
                ("not-journalled", format!("{what} was not run: its driver died before it was recorded"), "try again")
            }
        };
        let mut error = RunnerError::new(code, message).hint(hint);
        if matches!(self.end, End::Stopped { killed: true, .. }) {
            error.left_behind = format!("{what} had to be killed; what it was just changing may be half done");
        }
        Some(error)
    }
}
