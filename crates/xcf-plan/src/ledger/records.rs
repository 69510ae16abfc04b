//! What the ledger remembers: one record per unit, ChangeSet, run and lock.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xcf_core::actor::Actor;
use xcf_core::changeset::{Approval, ChangeSetState, RunOutcome, UnitRunState};
use xcf_core::event::{
    ApprovalRefused, ChangeSetCreated, ChangeSetPlanned, ChangeSetSummary, DriverChange, RemovalConsent, UnitApplied,
    UnitFailed, UnitPlanned, UnitUnchanged, UnitWaiting,
};
use xcf_core::ids::{ChangeSetId, Digest, RunId, UnitId};

/// The last time a unit was applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedRecord {
    /// The event's payload.
    pub record: UnitApplied,
    /// Position of the event.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// By which run.
    pub run: Option<RunId>,
    /// Of which ChangeSet.
    pub change_set: Option<ChangeSetId>,
}

/// An attempt that has begun and not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAttempt {
    /// The run that tries.
    pub run: Option<RunId>,
    /// Whether the unit was dirty before, to be restored if nothing was tried after all.
    pub dirty_before: bool,
    /// True once an effect that may change something was intended.
    pub begun: bool,
}

/// Automation and new plans are off for a unit (`D6`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Since when.
    pub since: Timestamp,
    /// Who set it.
    pub by: Actor,
    /// Why.
    pub reason: String,
}

/// What the last look at reality said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum DriftMark {
    /// Reality differed.
    Found {
        /// When.
        at: Timestamp,
    },
    /// It was put right.
    Corrected {
        /// When.
        at: Timestamp,
    },
}

/// Everything the log says about one unit, over all ChangeSets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UnitRecord {
    /// Last applied meaning; none: never applied, reversed to nothing, or destroyed.
    pub applied: Option<AppliedRecord>,
    /// The one before, which a reverse goes back to.
    pub previous: Option<AppliedRecord>,
    /// When it was first applied (for `ttl`); cleared when destroyed.
    pub first_applied: Option<Timestamp>,
    /// True if the last attempt did not end applied or reversed: always pending (`dsl §7`).
    pub dirty: bool,
    /// An attempt under way.
    pub attempt: Option<OpenAttempt>,
    /// A newer inputs digest that was found to mean the same.
    pub unchanged: Option<UnitUnchanged>,
    /// Hold, if any.
    pub hold: Option<Hold>,
    /// Last failure since the last success.
    pub failure: Option<UnitFailed>,
    /// Set while the unit asks a human: why.
    pub stuck: Option<String>,
    /// Last verdict about drift since the last apply.
    pub drift: Option<DriftMark>,
    /// When it was last destroyed.
    pub destroyed: Option<Timestamp>,
    /// Ids it had before, oldest first.
    pub former_ids: Vec<UnitId>,
    /// Run that gave it its present id.
    pub rekeyed: Option<RunId>,
    /// Last run that had to do with it.
    pub last_run: Option<RunId>,
}

impl UnitRecord {
    /// The inputs digest that is in force: what a new one is compared with to tell pending (`dsl §7`).
    #[must_use]
    pub fn inputs_digest(&self) -> Option<&Digest> {
        let unchanged = self.unchanged.as_ref().map(|u| &u.inputs_digest);
        unchanged.or_else(|| self.applied.as_ref().map(|a| &a.record.inputs_digest))
    }
    /// True if a new inputs digest makes the unit pending: it differs, was never applied, or the unit is dirty.
    #[must_use]
    pub fn is_pending(&self, inputs_digest: &Digest) -> bool {
        self.dirty || self.inputs_digest() != Some(inputs_digest)
    }
    /// What an attempt that did not end may have left of a unit that was never applied, in words; none if it was applied, or
    /// nothing was tried.
    #[must_use]
    pub fn left_by_attempt(&self) -> Option<String> {
        if self.applied.is_some() || !self.dirty {
            return None;
        }
        let run = self.last_run.map_or_else(String::new, |run| format!(" in {run}"));
        let failed = self.failure.as_ref().map(|f| if f.left_behind.is_empty() { &f.message } else { &f.left_behind });
        let what = self.stuck.as_ref().or(failed).map_or("it did not come to an end", String::as_str);
        Some(format!("an attempt began{run}, and {what}"))
    }
    /// True if an engine may hold something for it: it was applied, or an attempt did not end.
    #[must_use]
    pub fn may_exist(&self) -> bool {
        self.applied.is_some() || self.dirty
    }
}

/// One planned revision of a ChangeSet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevisionRecord {
    /// The event's payload: blob, digests.
    pub planned: ChangeSetPlanned,
    /// Its summary, typed.
    pub summary: ChangeSetSummary,
    /// When it was recorded.
    pub at: Timestamp,
    /// Position of the event.
    pub position: u64,
}

/// How an approval ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalEnd {
    /// Taken back by its giver.
    Revoked,
    /// Lapsed.
    Expired,
}

/// One approval with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRecord {
    /// What was recorded.
    pub approval: Approval,
    /// Position of the event.
    pub position: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// How and when it ended, if it did.
    pub ended: Option<(ApprovalEnd, Timestamp)>,
}

impl ApprovalRecord {
    /// True if it counts at `now`: not taken back, not lapsed.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended.is_none() && self.approval.statement.expires > now
    }
}

/// One consent to a removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentRecord {
    /// What was agreed to.
    pub consent: RemovalConsent,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// That all gates known at planning were met for a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedMark {
    /// Which revision.
    pub revision: u32,
    /// Position of the event.
    pub position: u64,
    /// When.
    pub at: Timestamp,
}

/// A final state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndMark {
    /// Which one.
    pub state: ChangeSetState,
    /// When.
    pub at: Timestamp,
    /// Who ended it.
    pub by: Actor,
    /// Why, in words.
    pub reason: String,
}

/// Everything the log says about one ChangeSet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeSetRecord {
    /// Its id.
    pub id: ChangeSetId,
    /// What it is.
    pub created: ChangeSetCreated,
    /// When it got its id.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Actor,
    /// Revisions, oldest first.
    pub revisions: Vec<RevisionRecord>,
    /// Approvals given, oldest first.
    pub approvals: Vec<ApprovalRecord>,
    /// Approvals not taken.
    pub refused: Vec<ApprovalRefused>,
    /// Consents to removals.
    pub consents: Vec<ConsentRecord>,
    /// Set when all gates known at planning were met.
    pub approved: Option<ApprovedMark>,
    /// Revision a policy refused.
    pub denied: Option<u32>,
    /// Final state; never reopens.
    pub ended: Option<EndMark>,
    /// Its runs, oldest first.
    pub runs: Vec<RunId>,
}

impl ChangeSetRecord {
    /// The newest revision.
    #[must_use]
    pub fn current(&self) -> Option<&RevisionRecord> {
        self.revisions.last()
    }
    /// True if all gates known at planning are met at `now`: the mark stands for the newest revision, and no approval
    /// it rested on was taken back or has lapsed since.
    #[must_use]
    pub fn is_approved(&self, now: Timestamp) -> bool {
        let Some(revision) = self.current() else { return false };
        let rested_on = |mark: &ApprovedMark| {
            let before = self.approvals.iter().filter(|a| a.position < mark.position);
            before.filter(|a| a.ended.is_none_or(|(_, at)| at >= mark.at)).all(|a| a.is_live(now))
        };
        self.approved.as_ref().is_some_and(|mark| mark.revision == revision.planned.revision && rested_on(mark))
    }
    /// True if unit `id` may be destroyed as planned with `digest`: somebody agreed to exactly that (`dsl §7`).
    #[must_use]
    pub fn consents_to(&self, id: &UnitId, digest: &Digest) -> bool {
        self.consents.iter().any(|c| &c.consent.unit == id && &c.consent.unit_digest == digest)
    }
}

/// One unit inside a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunUnitRecord {
    /// State.
    pub state: UnitRunState,
    /// Since when.
    pub since: Timestamp,
    /// What it waits for while Waiting.
    pub waiting: Option<UnitWaiting>,
    /// Attempt that was last begun.
    pub attempt: u32,
    /// Plan made inside the run.
    pub planned: Option<UnitPlanned>,
    /// Last failure.
    pub failure: Option<UnitFailed>,
    /// Why it is Deferred, Skipped or Stuck.
    pub note: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishMark {
    /// Outcome.
    pub outcome: RunOutcome,
    /// When.
    pub at: Timestamp,
    /// What is left, in words.
    pub note: String,
}

/// Everything the log says about one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its id.
    pub id: RunId,
    /// What it runs.
    pub change_set: ChangeSetId,
    /// Newest revision when it was asked for.
    pub revision: u32,
    /// Who asked.
    pub requested_by: Actor,
    /// When.
    pub requested_at: Timestamp,
    /// Position of the event: controls after it are this run's.
    pub requested_position: u64,
    /// True if restrictions that are not effective yet were accepted.
    pub accept_not_yet_effective: bool,
    /// When a driver first began.
    pub started_at: Option<Timestamp>,
    /// True while paused.
    pub paused: bool,
    /// True once cancelling.
    pub cancelling: bool,
    /// How it ended.
    pub finished: Option<FinishMark>,
    /// Process that drives it.
    pub driver: Option<DriverChange>,
    /// Number of the last journal step.
    pub journal_head: u64,
    /// Units that have moved so far.
    pub units: BTreeMap<UnitId, RunUnitRecord>,
}

/// A lock of a run (`D8`): never expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockRecord {
    /// Who holds it.
    pub run: RunId,
    /// For which unit it was taken.
    pub unit: Option<UnitId>,
    /// Since when.
    pub since: Timestamp,
}

/// A history that should not have happened. Nothing is dropped or overwritten for it; doctor shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anomaly {
    /// Position of the event.
    pub position: u64,
    /// What is odd.
    pub what: String,
}
