//! Status of a run and what holds it, derived (`dsl §9`: the first match counts).

use serde::{Deserialize, Serialize};
use xcf_core::changeset::{ChangeSetState, RunOutcome};
use xcf_core::ids::UnitId;

use super::effect::Effect;
use super::run::Run;
use super::state::{UnitState, Wait};

/// What a run that owes nothing with an engine waits for. Exit codes come from it (`D15`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// Effects are in flight, or one will be without anybody's doing.
    Nothing,
    /// A person: approval, consent, sign-off, resume.
    Person,
    /// Time, a lock, a window, a budget, or a back-off.
    TimeOrLock,
    /// A failed or stuck unit, and nothing else moves.
    Trouble,
    /// The run is over.
    Over,
}

impl Run {
    /// Status in the order of `dsl §9`: Stuck · RollingBack · Cancelling · Paused · Applying · AwaitingApproval · Failed ·
    /// Observing · Queued · Closed; once over, the final state.
    #[must_use]
    pub fn status(&self) -> ChangeSetState {
        match self.finished {
            Some(RunOutcome::Cancelled) => return ChangeSetState::Cancelled,
            Some(RunOutcome::RolledBack) => return ChangeSetState::RolledBack,
            Some(RunOutcome::Done | RunOutcome::Failed) => return ChangeSetState::Closed,
            None => {}
        }
        let any = |test: fn(&UnitState) -> bool| self.units.values().any(|u| test(&u.state));
        if any(|s| matches!(s, UnitState::Stuck { .. })) {
            ChangeSetState::Stuck
        } else if self.rolling_back {
            ChangeSetState::RollingBack
        } else if self.cancel.is_some() {
            ChangeSetState::Cancelling
        } else if self.paused {
            ChangeSetState::Paused
        } else if any(UnitState::is_busy) || self.owed.values().any(|o| o.effect.uses_engine()) {
            ChangeSetState::Applying
        } else if any(is_waiting_for_gate) {
            ChangeSetState::AwaitingApproval
        } else if any(|s| matches!(s, UnitState::Failed { .. })) {
            ChangeSetState::Failed
        } else if any(|s| matches!(s, UnitState::Observing)) {
            ChangeSetState::Observing
        } else {
            ChangeSetState::Queued
        }
    }

    /// What the run waits for.
    #[must_use]
    pub fn held(&self) -> Held {
        if self.finished.is_some() {
            return Held::Over;
        }
        if !self.owed.is_empty() {
            return Held::Nothing;
        }
        let states = || self.units.values().map(|u| &u.state);
        let timed = |s: &UnitState| {
            matches!(s, UnitState::Waiting { why: Wait::Admission { .. } | Wait::Backoff { .. } })
                || self.next_wake().is_some()
        };
        if self.paused && !self.is_halted() {
            return Held::Person;
        }
        // A person is named only if nothing else can move (`D15`).
        if states().any(timed) {
            Held::TimeOrLock
        } else if states().any(|s| matches!(s, UnitState::Failed { .. } | UnitState::Stuck { .. })) {
            Held::Trouble
        } else {
            Held::Person
        }
    }

    /// True if news from outside could free something: approvals, locks, windows.
    #[must_use]
    pub fn wants_news(&self) -> bool {
        !self.is_halted()
            && self.units.values().any(|u| {
                !u.started && !u.state.is_settled()
                    || matches!(u.state, UnitState::Waiting { .. } | UnitState::Deferred { .. })
            })
    }

    /// What a run that is ended by a person leaves behind, one line per unit, in words (`D7`: cancel says so).
    #[must_use]
    pub fn left_behind(&self) -> Vec<(UnitId, String)> {
        self.units.iter().filter_map(|(id, unit)| Some((id.clone(), left_by(unit)?))).collect()
    }

    /// True if an effect of this run still works with an engine.
    #[must_use]
    pub fn engine_in_flight(&self) -> bool {
        self.owed.values().any(|o| o.effect.uses_engine() && o.issued > 0 && o.effect != Effect::Plan)
    }
}

fn left_by(unit: &super::run::UnitRun) -> Option<String> {
    let words = match &unit.state {
        UnitState::Failed { failure } | UnitState::Stuck { failure } if !failure.error.left_behind.is_empty() => {
            failure.error.left_behind.clone()
        }
        UnitState::Stuck { failure } => format!("not known: {}", failure.error.message),
        UnitState::Failed { .. } if unit.is_dirty() => "an apply began and did not end: it may be half done".to_owned(),
        UnitState::Observing => "applied and verified, never signed off".to_owned(),
        _ if unit.is_dirty() => "an apply began and did not end: it may be half done".to_owned(),
        UnitState::Done if !unit.verified && unit.applied => "applied, never verified".to_owned(),
        _ => return None,
    };
    Some(words)
}

fn is_waiting_for_gate(state: &UnitState) -> bool {
    matches!(
        state,
        UnitState::Waiting { why: Wait::Gate { .. } | Wait::Gates { .. } | Wait::Consent | Wait::Held { .. } }
    )
}
