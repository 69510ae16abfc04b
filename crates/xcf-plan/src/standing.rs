//! Unit standing (`ui.md` §4): the one word the graph shows for a unit; the first that holds.

use crate::ledger::{DriftMark, RunUnitRecord, UnitRecord};
use serde::{Deserialize, Serialize};
use std::fmt;
use xcf_core::changeset::{ChangeSetState, UnitRunState as S};

/// The word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Its document does not parse.
    BrokenFile,
    /// Can't be told whether it was removed.
    Unresolved,
    /// Asks a human.
    Stuck,
    /// Its last attempt failed.
    Failed,
    /// Automation and new plans are off.
    OnHold,
    /// The engine works.
    Applying,
    /// Watched.
    Observing,
    /// Waits for a lock, a window, its turn.
    Queued,
    /// A gate is open.
    AwaitingApproval,
    /// Reality differs.
    Drift,
    /// Edited in the working tree.
    DraftChange,
    /// Differs from what is applied.
    PendingChange,
    /// Not looked at, or can't be looked at.
    Unknown,
    /// Its time to live has ended.
    Expired,
    /// Drift was put right.
    Corrected,
    /// Applied, and nothing says otherwise.
    Healthy,
    /// No Environment assembles it.
    Unassembled,
}

impl Standing {
    /// The word as the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BrokenFile => "broken-file",
            Self::Unresolved => "unresolved",
            Self::Stuck => "stuck",
            Self::Failed => "failed",
            Self::OnHold => "on-hold",
            Self::Applying => "applying",
            Self::Observing => "observing",
            Self::Queued => "queued",
            Self::AwaitingApproval => "awaiting-approval",
            Self::Drift => "drift",
            Self::DraftChange => "draft-change",
            Self::PendingChange => "pending-change",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Corrected => "corrected",
            Self::Healthy => "healthy",
            Self::Unassembled => "unassembled",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What standing is told from. Everything not known is left at its default, and then claims nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct StandingFacts<'a> {
    /// Its file has an error.
    pub broken: bool,
    /// Can't be told whether it was removed.
    pub unresolved: bool,
    /// No Environment assembles it.
    pub unassembled: bool,
    /// The ledger's record.
    pub record: Option<&'a UnitRecord>,
    /// Its record in the open ChangeSet's newest run.
    pub in_run: Option<&'a RunUnitRecord>,
    /// State of the open ChangeSet that has it.
    pub change_set: Option<ChangeSetState>,
    /// Edited in the working tree.
    pub draft: bool,
    /// Whether it is pending; none: could not be told.
    pub pending: Option<bool>,
    /// Its time to live has ended.
    pub expired: bool,
}

/// The standing of a unit. A unit that was never applied and is not pending is Unknown, not Healthy.
#[must_use]
pub fn standing(facts: &StandingFacts<'_>) -> Standing {
    if facts.unassembled {
        return Standing::Unassembled;
    }
    by_text(facts).or_else(|| by_run(facts)).or_else(|| by_change_set(facts)).unwrap_or_else(|| at_rest(facts))
}

fn by_text(facts: &StandingFacts<'_>) -> Option<Standing> {
    match (facts.broken, facts.unresolved) {
        (true, _) => Some(Standing::BrokenFile),
        (_, true) => Some(Standing::Unresolved),
        _ => None,
    }
}

fn by_run(facts: &StandingFacts<'_>) -> Option<Standing> {
    let state = facts.in_run.map(|r| r.state);
    let is = |states: &[S]| state.is_some_and(|s| states.contains(&s));
    let record = facts.record;
    if is(&[S::Stuck]) || record.is_some_and(|r| r.stuck.is_some()) {
        return Some(Standing::Stuck);
    }
    // A failure counts until something is under way again.
    let busy = is(&[S::BackingUp, S::Applying, S::Verifying, S::Reversing, S::Observing]);
    if is(&[S::Failed]) || (!busy && record.is_some_and(|r| r.failure.is_some() && r.dirty)) {
        return Some(Standing::Failed);
    }
    if record.is_some_and(|r| r.hold.is_some()) {
        return Some(Standing::OnHold);
    }
    if is(&[S::BackingUp, S::Applying, S::Verifying, S::Reversing]) {
        return Some(Standing::Applying);
    }
    if is(&[S::Observing]) {
        return Some(Standing::Observing);
    }
    if is(&[S::Waiting]) {
        let gate = facts.in_run.and_then(|r| r.waiting.as_ref()).is_some_and(|w| w.code == "approval");
        return Some(if gate { Standing::AwaitingApproval } else { Standing::Queued });
    }
    is(&[S::Pending, S::Deferred]).then_some(Standing::Queued)
}

fn by_change_set(facts: &StandingFacts<'_>) -> Option<Standing> {
    // What is settled inside a run has nothing to wait for any more.
    if facts.in_run.is_some() {
        return None;
    }
    match facts.change_set? {
        ChangeSetState::Queued | ChangeSetState::Applying => Some(Standing::Queued),
        ChangeSetState::AwaitingApproval => Some(Standing::AwaitingApproval),
        _ => None,
    }
}

fn at_rest(facts: &StandingFacts<'_>) -> Standing {
    let drift = facts.record.and_then(|r| r.drift.as_ref());
    if matches!(drift, Some(DriftMark::Found { .. })) {
        return Standing::Drift;
    }
    if facts.draft {
        return Standing::DraftChange;
    }
    match facts.pending {
        Some(true) => return Standing::PendingChange,
        None => return Standing::Unknown,
        Some(false) if facts.expired => return Standing::Expired,
        Some(false) => {}
    }
    let applied = facts.record.is_some_and(|r| r.applied.is_some());
    match drift {
        Some(DriftMark::Corrected { .. }) if applied => Standing::Corrected,
        _ if applied => Standing::Healthy,
        _ => Standing::Unknown,
    }
}

#[cfg(test)]
mod tests;
