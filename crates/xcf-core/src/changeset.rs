//! ChangeSets: what is approved and run (`D6`, `dsl §9`).

use crate::diag::{Diagnostic, Place};
use crate::graph::EdgeKind;
use crate::ids::{BlobId, ChangeId, ChangeSetId, CommitId, Digest, EnvName, PersonName, Role, UnitId};
use crate::plan::{Counts, Reversibility, UnitPlan};
use crate::route::{Backup, ChangeFrequency, Engine, Gate, Layer, Lifecycle, Route, word_enum};
use crate::said::Said;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

word_enum!(
    /// State of a ChangeSet (`dsl §9`).
    ChangeSetState {
        /// Of a working tree: never approvable, never applicable.
        Draft = "Draft",
        /// Planned.
        Planned = "Planned",
        /// A policy refused it.
        Denied = "Denied",
        /// A gate is open.
        AwaitingApproval = "AwaitingApproval",
        /// All gates known at planning are met.
        Approved = "Approved",
        /// Requested, and something else holds it.
        Queued = "Queued",
        /// At least one unit is being applied.
        Applying = "Applying",
        /// Only observation is left.
        Observing = "Observing",
        /// A person paused it.
        Paused = "Paused",
        /// Being cancelled.
        Cancelling = "Cancelling",
        /// Being rolled back.
        RollingBack = "RollingBack",
        /// A unit failed and nothing else moves.
        Failed = "Failed",
        /// A failed undo or an unknown: asks a human.
        Stuck = "Stuck",
        /// Done. Final.
        Closed = "Closed",
        /// Undone. Final.
        RolledBack = "RolledBack",
        /// Cancelled. Final.
        Cancelled = "Cancelled",
        /// Rejected by a person. Final.
        Rejected = "Rejected",
        /// Its unapproved plan grew too old. Final.
        Expired = "Expired",
        /// Its change is closed or its units were applied by another. Final.
        Superseded = "Superseded",
    }
);

impl ChangeSetState {
    /// True for states that never reopen.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Closed | Self::RolledBack | Self::Cancelled | Self::Rejected | Self::Expired | Self::Superseded
        )
    }
}

word_enum!(
    /// How a run ended.
    RunOutcome {
        /// Everything is Done, Skipped or unchanged.
        Done = "done",
        /// At least one unit failed; what did not depend on it went on.
        Failed = "failed",
        /// A person cancelled it.
        Cancelled = "cancelled",
        /// Its units were reversed.
        RolledBack = "rolled-back",
    }
);

word_enum!(
    /// State of one unit inside a run (`dsl §9`).
    UnitRunState {
        /// Not looked at yet.
        Pending = "Pending",
        /// Waits for its upstream to be planned at all.
        Deferred = "Deferred",
        /// Waits, with why.
        Waiting = "Waiting",
        /// A backup is being taken.
        BackingUp = "BackingUp",
        /// The engine works.
        Applying = "Applying",
        /// Applied; being checked.
        Verifying = "Verifying",
        /// Watched.
        Observing = "Observing",
        /// Finished.
        Done = "Done",
        /// Nothing to do, or skipped by a person.
        Skipped = "Skipped",
        /// Failed.
        Failed = "Failed",
        /// Being undone.
        Reversing = "Reversing",
        /// Undone.
        Reversed = "Reversed",
        /// Asks a human.
        Stuck = "Stuck",
    }
);

word_enum!(
    /// Why a ChangeSet exists.
    ChangeSetKind {
        /// A person's change.
        Change = "change",
        /// End of `ttl`.
        Expiry = "expiry",
        /// Reverts another ChangeSet.
        Revert = "revert",
        /// Drift correction.
        Correction = "correction",
    }
);

word_enum!(
    /// What a ChangeSet does with one unit.
    UnitAction {
        /// Plan and apply.
        Apply = "apply",
        /// Destroy: the unit was removed (`dsl §7`).
        Destroy = "destroy",
        /// Re-key only: no resource changes.
        Move = "move",
        /// Planned when its upstream has applied.
        Deferred = "deferred",
        /// Can't be told whether it was removed: shown, never planned.
        Unresolved = "unresolved",
        /// Its engine is not built, not installed, or lacks a required capability.
        CannotRun = "cannot-run",
        /// Its plan could not be made; the diagnostic says why.
        PlanFailed = "plan-failed",
    }
);

/// Result of one policy rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyResult {
    /// Rule id: `FILE_STEM[/id]` (`dsl §1` Rego).
    pub rule: String,
    /// What it says.
    pub outcome: PolicyOutcome,
    /// Message of the rule.
    pub message: String,
    /// The unit it names, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub unit: Option<UnitId>,
    /// Where the rule stands.
    pub place: Place,
}

word_enum!(
    /// What a policy rule says.
    PolicyOutcome {
        /// Refused.
        Deny = "deny",
        /// Advice.
        Warn = "warn",
    }
);

/// One role a unit's gate needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Need {
    /// Role; none = any person with any role.
    #[schemars(with = "Option<String>")]
    pub role: Option<Role>,
    /// How many people.
    pub count: u32,
    /// Where the rule stands.
    pub place: Option<Place>,
}

/// Gate of a unit with everything it takes to pass it (`dsl §10`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitGate {
    /// Level in force: the stricter of base and head.
    pub level: Gate,
    /// Roles needed; empty for `auto`.
    pub needs: Vec<Need>,
    /// True if no author may fill a role.
    pub exclude_authors: bool,
    /// Fewest distinct people (2 for `strong`).
    pub distinct_people: u32,
    /// Why this level: rule in words and place.
    pub why: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub said: Said,
    /// Where that rule stands.
    pub place: Option<Place>,
}

/// One derived way back (`D6`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WayBack {
    /// Worst grade among the unit's changes.
    pub grade: Reversibility,
    /// One sentence: what the reverse does or why there is none.
    pub note: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub said: Said,
}

/// Why a unit's plan is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferred {
    /// Units it waits for.
    pub waits_for: Vec<UnitId>,
    /// Why, in words.
    pub reason: String,
}

/// One unit in a ChangeSet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeUnit {
    /// The unit.
    pub id: UnitId,
    /// What is done with it.
    pub action: UnitAction,
    /// Lifecycle.
    pub lifecycle: Lifecycle,
    /// Layer it counts as.
    pub layer: Layer,
    /// Change frequency.
    pub change_frequency: ChangeFrequency,
    /// Engine.
    pub engine: Engine,
    /// Route with why.
    pub route: Route,
    /// Normalised plan; none if deferred without a partial plan, a pure move, or not plannable.
    pub plan: Option<UnitPlan>,
    /// The engine's own plan artefact (encrypted blob); none if not applicable as it is.
    pub artifact: Option<BlobId>,
    /// Set if the plan is incomplete: the unit is planned, and gated, again when its upstream has applied.
    pub deferred: Option<Deferred>,
    /// Why it can't run or be planned here.
    #[serde(default)]
    pub diagnostics: Vec<Diagnostic>,
    /// Gate and what it needs.
    pub gate: UnitGate,
    /// The derived way back; none if nothing is known yet.
    pub way_back: Option<WayBack>,
    /// Backups to take first.
    pub backup: BTreeSet<Backup>,
    /// Digest of everything that goes in (`dsl §7`).
    pub inputs_digest: Digest,
    /// Digest of meaning (`D6`).
    pub unit_digest: Digest,
    /// Former id that has the state, for moves.
    pub moved_from: Option<UnitId>,
    /// Commit whose export the engine runs in (head; for a destroy the last applied commit).
    pub commit: CommitId,
    /// True if this is a removal, which needs its own consent (`dsl §7`).
    pub removal: bool,
    /// Restrictions that bind it but are not effective yet.
    #[serde(default)]
    pub not_yet_effective: Vec<String>,
    /// Attempts after the first, and first back-off in seconds.
    pub retries: u32,
    /// First back-off in seconds; doubles.
    pub backoff_seconds: u64,
    /// Time limit of one engine step in seconds.
    pub timeout_seconds: u64,
    /// True if observation is configured.
    pub observe: bool,
    /// Region, for layer order and locks.
    pub region: Option<String>,
    /// Labels of Composition and Environment, for policies.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What it makes a month cost; none where no prices are configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<crate::cost::Cost>,
    /// Inputs as policies see them: secrets masked, unknown values as `{"unknown": true}`; null if they could not be resolved.
    #[serde(default)]
    pub inputs: serde_json::Value,
}

impl ChangeUnit {
    /// Counts by action of the known plan.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.plan.as_ref().map(UnitPlan::counts).unwrap_or_default()
    }
    /// True if its gate is known at planning: there is a plan (perhaps a partial one) or a move to look at. A unit that is
    /// deferred without a plan waits alone and is gated when it is planned (`dsl §10`).
    #[must_use]
    pub fn gate_known(&self) -> bool {
        self.plan.is_some() || self.action == UnitAction::Move
    }
    /// True if a run would do something with it.
    #[must_use]
    pub fn is_runnable(&self) -> bool {
        matches!(self.action, UnitAction::Apply | UnitAction::Destroy | UnitAction::Move | UnitAction::Deferred)
    }
}

/// Why one unit of a ChangeSet waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FrozenEdgeKind {
    /// Declared by `dependencies` or `dependsOn`.
    Declared,
    /// An input reads an output.
    Wired,
    /// Lower layer first (`dsl §5`).
    Layer,
}

impl From<EdgeKind> for FrozenEdgeKind {
    fn from(kind: EdgeKind) -> Self {
        match kind {
            EdgeKind::Declared => Self::Declared,
            EdgeKind::Wired => Self::Wired,
        }
    }
}

/// An edge of the frozen execution graph (`D6`): destroys are already reversed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FrozenEdge {
    /// Runs first.
    pub from: UnitId,
    /// Waits.
    pub to: UnitId,
    /// Why.
    pub kind: FrozenEdgeKind,
}

/// One revision of a ChangeSet: everything a person approves and a driver runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Format version.
    pub v: u16,
    /// Id.
    pub id: ChangeSetId,
    /// Revision, from 1.
    pub revision: u32,
    /// Environment.
    pub environment: EnvName,
    /// Change id: PR, else branch, else commit.
    pub change_id: ChangeId,
    /// Why it exists.
    pub kind: ChangeSetKind,
    /// Headline: first line of the head commit, or a text of ours.
    pub title: String,
    /// Head commit it was planned at.
    pub commit: CommitId,
    /// Base commit, for removals and the stricter judgement.
    pub base: CommitId,
    /// True if made of a working tree: stays Draft.
    pub worktree: bool,
    /// Commit authors + PR opener + whoever made it.
    pub authors: Vec<String>,
    /// Who made it.
    pub created_by: PersonName,
    /// Units, in a stable order (layer, then id).
    pub units: Vec<ChangeUnit>,
    /// Frozen edges among these units.
    pub edges: Vec<FrozenEdge>,
    /// Policy results (deny and warn; passes are counted).
    pub policies: Vec<PolicyResult>,
    /// How many policy files said nothing.
    pub policies_passed: u32,
    /// Digest of the policy results.
    pub policy_digest: Digest,
    /// Digest of meaning: Merkle root over unit digests.
    pub digest: Digest,
    /// Workspace diagnostics that matter for it (possible-rename, unresolved…).
    pub diagnostics: Vec<Diagnostic>,
    /// True if the workspace has no People: approvals are `solo, not verified`.
    pub solo: bool,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When the unapproved plan expires.
    pub expires_at: Timestamp,
    /// Counts over all units.
    pub counts: BTreeMap<String, u32>,
}

impl ChangeSet {
    /// The unit `id`, if it is part of it.
    #[must_use]
    pub fn unit(&self, id: &UnitId) -> Option<&ChangeUnit> {
        self.units.iter().find(|u| &u.id == id)
    }
    /// True if a policy refused it.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.policies.iter().any(|p| p.outcome == PolicyOutcome::Deny)
    }
}

/// What a person signs (`D6`): canonical JSON of this, Ed25519.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalStatement {
    /// Format version.
    pub v: u16,
    /// Workspace.
    pub workspace: String,
    /// ChangeSet.
    pub change_set: ChangeSetId,
    /// Unit id → unit digest, the units approved.
    pub units: BTreeMap<String, Digest>,
    /// Gate level approved for.
    pub gate: Gate,
    /// Role filled.
    pub role: Option<Role>,
    /// Digest of the policy results seen.
    pub policy_digest: Digest,
    /// Who.
    pub person: PersonName,
    /// When given.
    pub at: Timestamp,
    /// When it lapses.
    pub expires: Timestamp,
}

/// A recorded approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What was signed.
    pub statement: ApprovalStatement,
    /// `ed25519:BASE64` public key; none in solo mode.
    pub key: Option<String>,
    /// Base64 signature; none in solo mode.
    pub signature: Option<String>,
    /// True: recorded as `solo, not verified`.
    pub solo: bool,
    /// Typed reason (`strong` in solo mode asks for one).
    #[serde(default)]
    pub reason: String,
}
