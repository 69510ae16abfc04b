//! Exit codes (`D15`).

use std::process::ExitCode;

/// How a verb ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Ok, or nothing to change.
    Ok,
    /// Error.
    Error,
    /// Changes or drift found.
    Changes,
    /// Denied by policy.
    Denied,
    /// Approval needed.
    Approval,
    /// Lock, window or budget holds it.
    Held,
    /// Usage.
    Usage,
    /// Interrupted.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::Error => 1,
            Exit::Changes => 2,
            Exit::Denied => 3,
            Exit::Approval => 4,
            Exit::Held => 5,
            Exit::Usage => 64,
            Exit::Interrupted => 130,
        })
    }
}

impl Exit {
    /// The code for an HTTP status and problem code of the API.
    pub(crate) fn of_problem(status: u16, code: &str) -> Self {
        match (status, code) {
            (400, _) => Self::Usage,
            (_, "policy-denied") => Self::Denied,
            (_, "approval-needed") => Self::Approval,
            (_, "held" | "lease-held" | "not-yet-effective") => Self::Held,
            _ => Self::Error,
        }
    }
}
