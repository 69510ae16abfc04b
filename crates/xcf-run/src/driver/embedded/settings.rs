//! How a driver behaves, and how driving ends.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use xcf_core::changeset::{ChangeSetState, RunOutcome};
use xcf_core::ids::RunId;
use xcf_core::ports::store::StoreError;

use crate::driver::journal::JournalError;
use crate::invariants::Violation;
use crate::machine::Held;

/// What to do when only a person, time or somebody else's lock can move the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenIdle {
    /// Keep driving; news from the log move it on.
    Stay,
    /// Give the lease back and return once nothing is in flight and a person is awaited or a unit failed.
    LeaveToPeople,
    /// As `LeaveToPeople`, and also if only time or a lock holds it.
    Leave,
}

/// How a driver behaves.
#[derive(Clone)]
pub struct Settings {
    /// Who drives: host, process id, process start.
    pub holder: String,
    /// Says whether the holder of a lease is known to be dead (same host only).
    pub is_dead: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Lease TTL; see [`super::LEASE_TTL`].
    pub ttl: Duration,
    /// What to do when idle.
    pub when_idle: WhenIdle,
    /// Cancelled: leave the run (engines go on, another driver adopts them).
    pub leave: CancellationToken,
    /// Told how far the driver has heard the log: everything people asked for up to there is in its journal.
    pub heard: Arc<watch::Sender<u64>>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("holder", &self.holder).field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

/// How driving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveEnd {
    /// The run is over.
    Finished(RunOutcome),
    /// Nothing moves without a person, time or a lock.
    Idle(ChangeSetState, Held),
    /// Asked to leave.
    Left(ChangeSetState),
    /// Somebody else drives it now.
    Fenced,
}

/// Why a run can't be driven (any further).
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// Another process drives it.
    #[error("{run} is driven by {holder}")]
    Driven {
        /// Run.
        run: RunId,
        /// Who.
        holder: String,
    },
    /// It was never begun and no spec was given.
    #[error("{0} has no journal: it was never begun")]
    NeverBegun(RunId),
    /// The journal can't be continued.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The Store failed.
    #[error(
        "the store failed while {run} was driven: {error}; nothing new was started, what runs is adopted when it is driven again"
    )]
    Store {
        /// Run.
        run: RunId,
        /// How.
        error: StoreError,
    },
    /// The machine was about to break an invariant. Nothing of that step was journalled.
    #[error("{run} was stopped: {violation}")]
    Invariant {
        /// Run.
        run: RunId,
        /// Which.
        violation: Violation,
    },
    /// The machine refused an input of its own driver.
    #[error("{run} was stopped: {what}")]
    Refused {
        /// Run.
        run: RunId,
        /// What.
        what: String,
    },
}
