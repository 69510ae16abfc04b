//! Typed payloads of the smaller events. Every field that a reader may miss has a default, so that older logs stay readable.

use crate::changeset::{ChangeSetKind, RunOutcome};
use crate::ids::{BlobId, ChangeId, CommitId, Digest, EnvName, PersonName, Role, UnitId};
use crate::said::Said;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Newest version of every payload this program writes and reads.
pub const PAYLOAD_VERSION: u16 = 1;

/// Payload of `changeset.created`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSetCreated {
    /// Environment.
    pub environment: EnvName,
    /// Change id: PR, else branch, else commit (`dsl §9`).
    pub change_id: ChangeId,
    /// Why it exists.
    pub kind: ChangeSetKind,
    /// Headline.
    #[serde(default)]
    pub title: String,
}

/// `summary` of `changeset.planned`: what lists and states need without opening the revision's blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSetSummary {
    /// Environment.
    pub environment: EnvName,
    /// Change id.
    pub change_id: ChangeId,
    /// Why it exists.
    pub kind: ChangeSetKind,
    /// Headline.
    pub title: String,
    /// Head commit it was planned at.
    pub commit: CommitId,
    /// Who made it.
    pub created_by: PersonName,
    /// True if made of a working tree: stays Draft.
    #[serde(default)]
    pub worktree: bool,
    /// True if a policy refused the revision.
    #[serde(default)]
    pub denied: bool,
    /// True if the workspace has no People.
    #[serde(default)]
    pub solo: bool,
    /// True if some runnable unit's gate, known at planning, is not `auto`.
    pub needs_approval: bool,
    /// How many units a run would do something with.
    pub runnable: u32,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When the unapproved plan expires.
    pub expires_at: Timestamp,
    /// Counts over all units, by action.
    #[serde(default)]
    pub counts: BTreeMap<String, u32>,
    /// Risk word of the riskiest unit, for lists.
    #[serde(default)]
    pub risk: String,
}

/// Payload of `changeset.rejected`, `changeset.cancelled`, `changeset.superseded`, `changeset.expired`, `changeset.closed`,
/// `hold.set`, `hold.cleared`, `unit.skipped`, `unit.stuck` and `unit.destroyed`: why, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reason {
    /// Why, in words; empty if there is nothing to say.
    pub reason: String,
}

/// Payload of `changeset.approved` and `changeset.denied`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionJudged {
    /// The revision judged.
    pub revision: u32,
}

/// Payload of `approval.revoked` and `approval.expired`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalEnded {
    /// Whose approval.
    pub person: PersonName,
    /// Which role's; none: all of this person's approvals of the ChangeSet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Why, in words.
    #[serde(default)]
    pub reason: String,
}

/// Payload of `driver.taken` and `driver.lost`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DriverChange {
    /// Holder of the driver lease: host, process id, process start.
    pub holder: String,
    /// Fencing number of the lease.
    pub fence: u64,
    /// Why it was lost, in words.
    pub reason: String,
}

/// Payload of `run.finished`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFinished {
    /// How it ended.
    pub outcome: RunOutcome,
    /// What is left behind or still open, in words.
    #[serde(default)]
    pub note: String,
}

/// Payload of `unit.planned` (inside a run).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitPlanned {
    /// Digest of meaning of the new plan.
    pub unit_digest: Digest,
    /// The new `ChangeUnit` as JSON, encrypted blob.
    pub blob: BlobId,
    /// True if the approval of the ChangeSet covers it (`D6`): it asks nobody again.
    pub covered: bool,
}

/// Payload of `unit.deferred`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitDeferred {
    /// Units it waits for.
    pub waits_for: Vec<UnitId>,
    /// Why, in words.
    pub reason: String,
}

/// Payload of `unit.waiting`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitWaiting {
    /// Why, in words: rule, place, holder.
    pub why: String,
    /// Machine word: `approval`, `upstream`, `upstream-failed`, `lock`, `foundation-lock`, `concurrency`, `hold`, `backoff`,
    /// `paused`; empty if none of them.
    pub code: String,
    /// When the wait ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Attempt that comes next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// Most attempts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// The why, apart from its language.
    #[serde(skip_serializing_if = "Said::is_plain")]
    pub said: Said,
}

/// Payload of `unit.admitted` and `lock.released`: names of locks, `unit:ID` or `foundation:ENV[:REGION]` (`D8`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Locks {
    /// Lock names.
    pub locks: Vec<String>,
}

/// Payload of `lock.forced`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockForced {
    /// Lock name.
    pub lock: String,
    /// Why a person ended it.
    pub reason: String,
}

/// Payload of `unit.failed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitFailed {
    /// Stable kebab-case code (`RunnerError::code`).
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// Attempt that failed, from 1; 0 if none was started.
    pub attempt: u32,
    /// What is left behind, in words; empty if nothing.
    pub left_behind: String,
}

/// What readers need of `effect.intended` and `effect.started`; the journal's own fields stand beside these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EffectMark {
    /// What is tried: `gates`, `plan`, `policy`, `admit`, `inspect`, `backup`, `apply`, `destroy`, `verify`, `outputs`, `reverse`,
    /// `observe`, `rekey`.
    pub action: String,
    /// Attempt, from 1; 0 if it has none.
    pub attempt: u32,
}
