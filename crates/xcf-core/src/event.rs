//! Events: the truth every screen is a projection of (`D2.4`, `D9`).

use crate::actor::Actor;
use crate::changeset::Approval;
use crate::ids::{BlobId, ChangeSetId, CommitId, Digest, RunId, UnitId};
use crate::plan::Reversibility;
use crate::route::Engine;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

mod payloads;
pub use payloads::*;

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// Every kind of event (`D9`). Closed: an unknown kind read from a newer store is an error, not a guess.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum EventKind { $($(#[$doc])* #[serde(rename = $word)] $variant),+ }
        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word stored in the log, for example `unit.applied`.
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// The kind a stored word names.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|k| k.as_str() == word) }
        }
    };
}

event_kinds! {
    /// Counter taken, workspace opened in this Store for the first time.
    WorkspaceCreated = "workspace.created",
    /// ChangeSet got its id.
    ChangeSetCreated = "changeset.created",
    /// A revision was planned ([`ChangeSetPlanned`]).
    ChangeSetPlanned = "changeset.planned",
    /// A policy refused the revision.
    ChangeSetDenied = "changeset.denied",
    /// All gates known at planning are met.
    ChangeSetApproved = "changeset.approved",
    /// A person ended it.
    ChangeSetRejected = "changeset.rejected",
    /// Its plan grew too old unapproved.
    ChangeSetExpired = "changeset.expired",
    /// Another change made it moot.
    ChangeSetSuperseded = "changeset.superseded",
    /// Cancelled before or while it ran.
    ChangeSetCancelled = "changeset.cancelled",
    /// Done.
    ChangeSetClosed = "changeset.closed",
    /// Approval recorded ([`Approval`]).
    ApprovalGiven = "approval.given",
    /// An approval that was not taken, with why.
    ApprovalRefused = "approval.refused",
    /// Taken back by its giver.
    ApprovalRevoked = "approval.revoked",
    /// Lapsed.
    ApprovalExpired = "approval.expired",
    /// Consent to a removal ([`RemovalConsent`]).
    RemovalConsented = "removal.consented",
    /// Somebody asked for the run ([`RunRequested`]).
    RunRequested = "run.requested",
    /// A driver began ([`JournalEntry`]).
    RunStarted = "run.started",
    /// One step of the machine ([`JournalEntry`]).
    RunStepped = "run.stepped",
    /// Paused.
    RunPaused = "run.paused",
    /// Resumed.
    RunResumed = "run.resumed",
    /// Being cancelled.
    RunCancelling = "run.cancelling",
    /// Over, with its outcome.
    RunFinished = "run.finished",
    /// A process drives a run.
    DriverTaken = "driver.taken",
    /// It does not any more.
    DriverLost = "driver.lost",
    /// Unit planned inside a run (deferred or stale).
    UnitPlanned = "unit.planned",
    /// Unit's plan waits for an upstream.
    UnitDeferred = "unit.deferred",
    /// Unit's plan changes nothing ([`UnitUnchanged`]).
    UnitUnchanged = "unit.unchanged",
    /// State re-keyed ([`UnitMoved`]).
    UnitMoved = "unit.moved",
    /// Admitted: locks taken.
    UnitAdmitted = "unit.admitted",
    /// Waits, with why.
    UnitWaiting = "unit.waiting",
    /// Backup taken.
    UnitBackedUp = "unit.backed-up",
    /// Engine succeeded *and* outputs recorded ([`UnitApplied`]).
    UnitApplied = "unit.applied",
    /// Verified.
    UnitVerified = "unit.verified",
    /// The reverse was really planned.
    UnitReversePlanned = "unit.reverse-planned",
    /// Done.
    UnitDone = "unit.done",
    /// Skipped.
    UnitSkipped = "unit.skipped",
    /// Failed, with why.
    UnitFailed = "unit.failed",
    /// Reversed ([`UnitReversed`]).
    UnitReversed = "unit.reversed",
    /// Asks a human.
    UnitStuck = "unit.stuck",
    /// Destroyed: no state left.
    UnitDestroyed = "unit.destroyed",
    /// An effect will be tried ([`JournalEntry`]).
    EffectIntended = "effect.intended",
    /// Its process is known.
    EffectStarted = "effect.started",
    /// It ended.
    EffectFinished = "effect.finished",
    /// After a crash: what was found.
    EffectInspected = "effect.inspected",
    /// Observation began.
    ObservationStarted = "observation.started",
    /// Observation judged.
    ObservationVerdict = "observation.verdict",
    /// A person signed off.
    ObservationSignedOff = "observation.signed-off",
    /// Window extended.
    ObservationExtended = "observation.extended",
    /// Automation off for a unit.
    HoldSet = "hold.set",
    /// Automation on again.
    HoldCleared = "hold.cleared",
    /// Lock ended by its run.
    LockReleased = "lock.released",
    /// Lock ended by a person, with a reason.
    LockForced = "lock.forced",
    /// Money reserved.
    MoneyReserved = "money.reserved",
    /// Money released.
    MoneyReleased = "money.released",
    /// Reality differs.
    DriftFound = "drift.found",
    /// Reality corrected.
    DriftCorrected = "drift.corrected",
    /// `xcf exec` ran a command in a unit's folder.
    ExecRan = "exec.ran",
    /// Signed checkpoint of the chain.
    AuditCheckpoint = "audit.checkpoint",
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A stream of the log; a column, not a log of its own (`D9`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StreamId(String);

impl StreamId {
    /// Stream of the workspace itself.
    #[must_use]
    pub fn workspace() -> Self {
        Self("workspace".to_owned())
    }
    /// Stream of a ChangeSet.
    #[must_use]
    pub fn change_set(id: ChangeSetId) -> Self {
        Self(id.to_string())
    }
    /// Stream of a run: its journal (`D9`).
    #[must_use]
    pub fn run(id: RunId) -> Self {
        Self(id.to_string())
    }
    /// Stream of a unit, for events outside a run.
    #[must_use]
    pub fn unit(id: &UnitId) -> Self {
        Self(format!("unit:{id}"))
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// From the text of a store's column.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

/// An event to be appended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewEvent {
    /// Stream.
    pub stream: StreamId,
    /// Kind.
    pub kind: EventKind,
    /// Version of `data`'s shape.
    pub version: u16,
    /// When, by the appender's clock.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The ChangeSet it belongs to.
    pub change_set: Option<ChangeSetId>,
    /// The run it belongs to.
    pub run: Option<RunId>,
    /// The unit it belongs to.
    pub unit: Option<UnitId>,
    /// Payload; large or secret things stand in blobs and are named here.
    pub data: Value,
}

/// An event in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Position in the log, from 1, without gaps.
    pub position: u64,
    /// Hash chain: SHA-256 over the previous hash and this event's canonical JSON, hex.
    pub hash: String,
    /// The event.
    #[serde(flatten)]
    pub event: NewEvent,
}

/// Payload of `changeset.planned`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeSetPlanned {
    /// The whole revision (`ChangeSet` as JSON, encrypted blob).
    pub blob: BlobId,
    /// Revision number.
    pub revision: u32,
    /// Digest of meaning.
    pub digest: Digest,
    /// Unit digests, for approvals.
    pub units: std::collections::BTreeMap<String, Digest>,
    /// Small facts for lists and states: a [`ChangeSetSummary`] as JSON.
    pub summary: Value,
}

/// Payload of `run.requested`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRequested {
    /// The run's id.
    pub run: RunId,
    /// ChangeSet to run.
    pub change_set: ChangeSetId,
    /// True if restrictions that are not effective yet were accepted (`--accept-not-yet-effective`).
    pub accept_not_yet_effective: bool,
}

/// Payload of `removal.consented` (`apply --allow-destroy UNIT`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalConsent {
    /// The unit whose destroy is agreed to.
    pub unit: UnitId,
    /// Its digest when agreed.
    pub unit_digest: Digest,
}

/// One step of a run's machine: the input and what it caused, one append (`D9`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Step number, from 1 without gaps.
    pub seq: u64,
    /// The machine's input as JSON (typed in xcf-run).
    pub input: Value,
}

/// Payload of `unit.applied`: engine succeeded *and* outputs are recorded (`dsl §9`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitApplied {
    /// Engine used.
    pub engine: Engine,
    /// Its version.
    pub engine_version: String,
    /// Commit it was applied at.
    pub commit: CommitId,
    /// Inputs digest that is now applied (`dsl §7`).
    pub inputs_digest: Digest,
    /// Unit digest that was applied.
    pub unit_digest: Digest,
    /// Outputs: encrypted blob of `{"values": {...}, "sensitive": [names]}`.
    pub outputs: BlobId,
    /// Names of outputs, with a keyed digest of each value.
    pub output_digests: std::collections::BTreeMap<String, String>,
    /// Names of sensitive outputs.
    pub sensitive_outputs: Vec<String>,
    /// Inputs as they were (references by value, secrets by reference), encrypted blob: destroys and reverses use it.
    pub inputs: BlobId,
    /// What the unit was (module, hosts, account, region …), as JSON, so that a destroy needs no document.
    pub recipe: Value,
    /// The way back, graded.
    pub way_back: Option<Reversibility>,
    /// State serial after apply.
    pub state_serial: Option<String>,
    /// Attempt number.
    pub attempt: u32,
}

/// Payload of `unit.unchanged`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitUnchanged {
    /// New inputs digest that means the same.
    pub inputs_digest: Digest,
    /// Commit looked at.
    pub commit: CommitId,
}

/// Payload of `unit.moved`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitMoved {
    /// Former id.
    pub from: UnitId,
    /// New id.
    pub to: UnitId,
}

/// Payload of `unit.reversed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitReversed {
    /// Commit whose meaning runs now; none: the unit is gone.
    pub commit: Option<CommitId>,
    /// Why.
    pub reason: String,
}

/// Payload of `approval.refused`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRefused {
    /// The approval that was not taken.
    pub approval: Approval,
    /// Stable code: `author-excluded`, `unknown-key`, `bad-signature`, `wrong-role`, `expired`, `stale-digest`.
    pub code: String,
    /// Why, in words.
    pub reason: String,
}
