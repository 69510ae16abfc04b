//! State of a ChangeSet, by the rules of `dsl §9`.

use super::{ChangeSetRecord, Ledger, RunRecord};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xcf_core::changeset::{ChangeSetState, RunOutcome, UnitRunState as S};
use xcf_core::ids::ChangeSetId;

/// A state with its flag and the reason, where there is more to say than the word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSetStatus {
    /// The state.
    pub state: ChangeSetState,
    /// True if a run is unfinished and no process drives it.
    pub waiting_for_driver: bool,
    /// Why, in words; empty where the word says it all.
    pub why: String,
}

impl Ledger {
    /// Status of a ChangeSet at `now`; none if the log does not know it.
    #[must_use]
    pub fn status(&self, id: ChangeSetId, now: Timestamp) -> Option<ChangeSetStatus> {
        let record = self.change_sets.get(&id)?;
        let run = self.last_run(id);
        let state = change_set_state(record, run, now);
        let unfinished = run.is_some_and(|r| r.finished.is_none() && r.driver.is_none());
        Some(ChangeSetStatus {
            state,
            waiting_for_driver: unfinished && !state.is_final(),
            why: why(record, run, state),
        })
    }
}

/// State of a ChangeSet at `now`, given its newest run.
///
/// The first that holds: a final state; Draft (working tree); the list for running ones; Denied; Expired (an unapproved
/// plan that grew too old); Queued (approved and asked for); Approved; AwaitingApproval; Planned (nothing to approve or run).
#[must_use]
pub fn change_set_state(record: &ChangeSetRecord, run: Option<&RunRecord>, now: Timestamp) -> ChangeSetState {
    if let Some(end) = &record.ended {
        return end.state;
    }
    let Some(revision) = record.current() else { return ChangeSetState::Planned };
    if revision.summary.worktree {
        return ChangeSetState::Draft;
    }
    // A run of an earlier revision that has ended says nothing about a newer plan.
    let run = run.filter(|r| r.finished.is_none() || r.revision == revision.planned.revision);
    if let Some(state) = run.filter(|r| r.started_at.is_some()).and_then(running_state) {
        return state;
    }
    if revision.summary.denied || record.denied == Some(revision.planned.revision) {
        return ChangeSetState::Denied;
    }
    if revision.summary.runnable == 0 {
        return ChangeSetState::Planned;
    }
    let approved = !revision.summary.needs_approval || record.is_approved(now);
    let requested = run.is_some_and(|r| r.finished.is_none());
    match (approved, requested) {
        (false, _) if revision.summary.expires_at <= now => ChangeSetState::Expired,
        (false, _) => ChangeSetState::AwaitingApproval,
        (true, true) => ChangeSetState::Queued,
        (true, false) => ChangeSetState::Approved,
    }
}

/// While it runs: the first match of `dsl §9`. None if the run has ended in a way that leaves the plan standing.
fn running_state(run: &RunRecord) -> Option<ChangeSetState> {
    let any = |states: &[S]| run.units.values().any(|u| states.contains(&u.state));
    let gate_open = || {
        run.units.values().any(|u| u.state == S::Waiting && u.waiting.as_ref().is_some_and(|w| w.code == "approval"))
    };
    if any(&[S::Stuck]) {
        return Some(ChangeSetState::Stuck);
    }
    if let Some(finish) = &run.finished {
        return match finish.outcome {
            RunOutcome::Failed => Some(ChangeSetState::Failed),
            RunOutcome::Done => Some(ChangeSetState::Closed),
            RunOutcome::Cancelled => Some(ChangeSetState::Cancelled),
            RunOutcome::RolledBack => Some(ChangeSetState::RolledBack),
        };
    }
    let state = if any(&[S::Reversing]) {
        ChangeSetState::RollingBack
    } else if run.cancelling {
        ChangeSetState::Cancelling
    } else if run.paused {
        ChangeSetState::Paused
    } else if any(&[S::BackingUp, S::Applying, S::Verifying]) {
        ChangeSetState::Applying
    } else if gate_open() {
        ChangeSetState::AwaitingApproval
    } else if any(&[S::Failed]) {
        ChangeSetState::Failed
    } else if any(&[S::Observing]) {
        ChangeSetState::Observing
    } else {
        // Between two steps, or everything waits for a lock, a window or a back-off.
        ChangeSetState::Queued
    };
    Some(state)
}

fn why(record: &ChangeSetRecord, run: Option<&RunRecord>, state: ChangeSetState) -> String {
    if let Some(end) = &record.ended {
        return end.reason.clone();
    }
    let Some(run) = run else { return String::new() };
    let of = |wanted: S| run.units.iter().find(|(_, u)| u.state == wanted);
    match state {
        ChangeSetState::Stuck => of(S::Stuck).map(|(id, u)| format!("{id}: {}", u.note)),
        ChangeSetState::Failed => {
            of(S::Failed).and_then(|(id, u)| Some(format!("{id}: {}", u.failure.as_ref()?.message)))
        }
        ChangeSetState::Queued | ChangeSetState::AwaitingApproval => {
            of(S::Waiting).and_then(|(id, u)| Some(format!("{id}: {}", u.waiting.as_ref()?.why)))
        }
        _ => run.finished.as_ref().map(|f| f.note.clone()),
    }
    .unwrap_or_default()
}
