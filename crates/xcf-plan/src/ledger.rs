//! The ledger: a pure fold over the event log (`D2.4`, `D9`). It answers what is applied, approved, running and locked.
//!
//! Structure is judged strictly (a gap, an unknown version or a malformed payload is an error: the reader is too old or
//! the log is damaged). A history that is readable but should not have happened is kept and listed in
//! [`Ledger::anomalies`], so that one odd event can't lock a workspace for good.

mod change_sets;
mod records;
mod runs;
mod state;
mod units;

pub use records::*;
pub use state::{ChangeSetStatus, change_set_state};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xcf_core::event::{Event, EventKind, PAYLOAD_VERSION};
use xcf_core::ids::{ChangeId, ChangeSetId, CommitId, EnvName, RunId, UnitId};

/// Why the log can't be folded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Positions count from 1 without gaps.
    #[error("event {found} follows event {after}: the log has a gap or is out of order")]
    Gap {
        /// Last position folded.
        after: u64,
        /// Position found.
        found: u64,
    },
    /// Written by a newer version.
    #[error("event {position} ({kind}) has version {version}, this program knows {PAYLOAD_VERSION}: use a newer xcf")]
    TooNew {
        /// Position.
        position: u64,
        /// Kind.
        kind: EventKind,
        /// Version found.
        version: u16,
    },
    /// The payload is not what the kind promises.
    #[error("event {position} ({kind}) can't be read: {reason}")]
    Malformed {
        /// Position.
        position: u64,
        /// Kind.
        kind: EventKind,
        /// Why.
        reason: String,
    },
    /// It names a ChangeSet or run that no earlier event made.
    #[error("event {position} ({kind}) names {what}, which no earlier event made")]
    Unknown {
        /// Position.
        position: u64,
        /// Kind.
        kind: EventKind,
        /// What is missing.
        what: String,
    },
}

/// More would only repeat the same trouble; the log itself keeps everything.
const MOST_ANOMALIES: usize = 100;

/// The fold. A value: cheap to snapshot, equal histories give equal ledgers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// Position of the last event folded; 0: none.
    pub position: u64,
    /// Per unit.
    pub units: BTreeMap<UnitId, UnitRecord>,
    /// Per ChangeSet.
    pub change_sets: BTreeMap<ChangeSetId, ChangeSetRecord>,
    /// Per run.
    pub runs: BTreeMap<RunId, RunRecord>,
    /// Locks by name: `unit:ID`, `foundation:ENV[:REGION]`.
    pub locks: BTreeMap<String, LockRecord>,
    /// Open ChangeSet per Environment and change id (`dsl §9`).
    pub open: BTreeMap<EnvName, BTreeMap<ChangeId, ChangeSetId>>,
    /// Odd histories, oldest first, at most a hundred.
    pub anomalies: Vec<Anomaly>,
}

impl Ledger {
    /// The ledger of a whole log.
    ///
    /// # Errors
    /// The first event that can't be folded.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Self, LedgerError> {
        let mut ledger = Self::default();
        for event in events {
            ledger.apply(event)?;
        }
        Ok(ledger)
    }

    /// Takes in the next event. On an error the ledger is as before.
    ///
    /// # Errors
    /// A gap, a newer version, a malformed payload, or a reference to something no earlier event made.
    pub fn apply(&mut self, event: &Event) -> Result<(), LedgerError> {
        let (found, kind) = (event.position, event.event.kind);
        if found != self.position + 1 {
            return Err(LedgerError::Gap { after: self.position, found });
        }
        if event.event.version > PAYLOAD_VERSION {
            return Err(LedgerError::TooNew { position: found, kind, version: event.event.version });
        }
        self.dispatch(&Entry(event))?;
        self.position = found;
        Ok(())
    }

    fn dispatch(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        use EventKind as K;
        match entry.kind() {
            K::ChangeSetCreated
            | K::ChangeSetPlanned
            | K::ChangeSetDenied
            | K::ChangeSetApproved
            | K::ChangeSetRejected
            | K::ChangeSetExpired
            | K::ChangeSetSuperseded
            | K::ChangeSetCancelled
            | K::ChangeSetClosed
            | K::ApprovalGiven
            | K::ApprovalRefused
            | K::ApprovalRevoked
            | K::ApprovalExpired
            | K::RemovalConsented => self.fold_change_set(entry),
            K::RunRequested
            | K::RunStarted
            | K::RunStepped
            | K::RunPaused
            | K::RunResumed
            | K::RunCancelling
            | K::RunFinished
            | K::DriverTaken
            | K::DriverLost
            | K::EffectIntended
            | K::EffectStarted
            | K::EffectFinished
            | K::EffectInspected
            | K::LockReleased
            | K::LockForced => self.fold_run(entry),
            K::UnitPlanned
            | K::UnitDeferred
            | K::UnitUnchanged
            | K::UnitMoved
            | K::UnitAdmitted
            | K::UnitWaiting
            | K::UnitBackedUp
            | K::UnitApplied
            | K::UnitVerified
            | K::UnitReversePlanned
            | K::UnitDone
            | K::UnitSkipped
            | K::UnitFailed
            | K::UnitReversed
            | K::UnitStuck
            | K::UnitDestroyed
            | K::ObservationStarted
            | K::HoldSet
            | K::HoldCleared
            | K::DriftFound
            | K::DriftCorrected => self.fold_unit(entry),
            // They matter to other readers (audit, observation, money), not to what is applied, approved or locked.
            K::WorkspaceCreated
            | K::ObservationVerdict
            | K::ObservationSignedOff
            | K::ObservationExtended
            | K::MoneyReserved
            | K::MoneyReleased
            | K::ExecRan
            | K::AuditCheckpoint => Ok(()),
        }
    }

    /// The record of a unit, if the log knows it.
    #[must_use]
    pub fn unit(&self, id: &UnitId) -> Option<&UnitRecord> {
        self.units.get(id)
    }

    /// The open ChangeSet of an Environment and change id, to which planning again appends a revision.
    #[must_use]
    pub fn open_change_set(&self, environment: &EnvName, change: &ChangeId) -> Option<&ChangeSetRecord> {
        let id = self.open.get(environment)?.get(change)?;
        self.change_sets.get(id)
    }

    /// The newest unfinished run of a ChangeSet.
    #[must_use]
    pub fn active_run(&self, id: ChangeSetId) -> Option<&RunRecord> {
        self.last_run(id).filter(|run| run.finished.is_none())
    }

    /// The newest run of a ChangeSet.
    #[must_use]
    pub fn last_run(&self, id: ChangeSetId) -> Option<&RunRecord> {
        self.change_sets.get(&id)?.runs.last().and_then(|run| self.runs.get(run))
    }

    /// Commit that what a run runs was planned at; none if the log does not know the run.
    #[must_use]
    pub fn commit_of_run(&self, run: RunId) -> Option<&CommitId> {
        let run = self.runs.get(&run)?;
        let revisions = &self.change_sets.get(&run.change_set)?.revisions;
        revisions.iter().find(|r| r.planned.revision == run.revision).map(|r| &r.summary.commit)
    }

    /// Units of `environment` that are applied, with the commit they were last applied at: the newest first.
    #[must_use]
    pub fn applied_in(&self, environment: &EnvName) -> Vec<(&UnitId, &AppliedRecord)> {
        let mut found: Vec<_> = self
            .units
            .iter()
            .filter(|(id, _)| &id.environment == environment)
            .filter_map(|(id, unit)| Some((id, unit.applied.as_ref()?)))
            .collect();
        found.sort_by_key(|(_, applied)| std::cmp::Reverse(applied.position));
        found
    }

    pub(crate) fn note(&mut self, position: u64, what: String) {
        if self.anomalies.len() < MOST_ANOMALIES {
            self.anomalies.push(Anomaly { position, what });
        }
    }
}

/// An event with typed access to what its kind promises.
pub(crate) struct Entry<'a>(pub(crate) &'a Event);

impl Entry<'_> {
    pub(crate) fn kind(&self) -> EventKind {
        self.0.event.kind
    }
    pub(crate) fn at(&self) -> jiff::Timestamp {
        self.0.event.at
    }
    pub(crate) fn position(&self) -> u64 {
        self.0.position
    }
    /// The payload as `T`; an absent payload reads as an empty one.
    pub(crate) fn data<T: DeserializeOwned>(&self) -> Result<T, LedgerError> {
        let empty = serde_json::Value::Object(serde_json::Map::new());
        let data = if self.0.event.data.is_null() { &empty } else { &self.0.event.data };
        T::deserialize(data).map_err(|e| self.malformed(e.to_string()))
    }
    pub(crate) fn malformed(&self, reason: impl Into<String>) -> LedgerError {
        LedgerError::Malformed { position: self.position(), kind: self.kind(), reason: reason.into() }
    }
    pub(crate) fn unknown(&self, what: impl std::fmt::Display) -> LedgerError {
        LedgerError::Unknown { position: self.position(), kind: self.kind(), what: what.to_string() }
    }
    pub(crate) fn change_set(&self) -> Result<ChangeSetId, LedgerError> {
        self.0.event.change_set.ok_or_else(|| self.malformed("it names no ChangeSet"))
    }
    pub(crate) fn run(&self) -> Result<RunId, LedgerError> {
        self.0.event.run.ok_or_else(|| self.malformed("it names no run"))
    }
    pub(crate) fn unit(&self) -> Result<&UnitId, LedgerError> {
        self.0.event.unit.as_ref().ok_or_else(|| self.malformed("it names no unit"))
    }
}

#[cfg(test)]
mod tests;
