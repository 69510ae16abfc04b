//! After every input: what may move, moves; what may not, says why (`D2.6`); a run with nothing left ends.

use std::collections::BTreeSet;
use xcf_core::changeset::{RunOutcome, UnitAction};
use xcf_core::event::{EventKind, Reason, RunFinished};
use xcf_core::ids::{EffectId, UnitId};
use xcf_core::ports::runner::RunnerError;

#[cfg(test)]
use super::bugs::Bug;
use super::effect::{Effect, Gates, Owed};
use super::input::Emit;
use super::run::{Run, UnitRun};
use super::state::{UnitState, Wait};
use super::step::emit;

/// A list of culprits stays readable.
const MOST_CULPRITS: usize = 5;

impl Run {
    /// Moves everything that may move, until nothing changes.
    pub(crate) fn settle(&mut self, out: &mut Vec<Emit>) {
        self.ask_for_gates();
        // Each pass settles at least one unit's state for good, so the passes are bounded by the number of units.
        for _ in 0..=self.units.len() {
            let open = self.open_gates();
            let mut changed = false;
            for index in 0..self.units.len() {
                changed |= self.consider(index, open.as_ref(), out);
            }
            if !changed {
                break;
            }
        }
        self.end_if_over(out);
    }

    fn ask_for_gates(&mut self) {
        let asked = self.owed.values().any(|o| o.effect == Effect::ReadGates);
        let early = self.gates_not_before.is_some_and(|t| t > self.now);
        if !self.wants_gates || asked || early || self.is_halted() {
            return;
        }
        self.wants_gates = false;
        self.gates_not_before = None;
        let id = EffectId(self.next_effect);
        self.next_effect += 1;
        self.owed.insert(id, Owed { id, unit: None, effect: Effect::ReadGates, issued: 0, child: None });
    }

    /// Gates known at planning that are not met: how many, and the first (`dsl §10`).
    fn open_gates(&self) -> Option<(u32, UnitId)> {
        let open = |(_, u): &(&UnitId, &UnitRun)| {
            !u.waits_alone && !u.started && u.facts.is_runnable() && !u.state.is_settled()
        };
        let mut unmet = self.units.iter().filter(open).filter(|(id, u)| !self.gate_is_met(id, u));
        let (first, _) = unmet.next()?;
        Some((u32::try_from(unmet.count()).unwrap_or(u32::MAX).saturating_add(1), first.clone()))
    }

    fn gate_is_met(&self, id: &UnitId, unit: &UnitRun) -> bool {
        #[cfg(test)]
        if self.has(Bug::IgnoreGates) {
            return true;
        }
        self.gates.as_ref().is_some_and(|g| g.met.get(id) == Some(&unit.facts.digest))
    }

    fn is_consented(&self, id: &UnitId, unit: &UnitRun) -> bool {
        #[cfg(test)]
        if self.has(Bug::IgnoreConsent) {
            return true;
        }
        self.gates.as_ref().is_some_and(|g: &Gates| g.consented.get(id) == Some(&unit.facts.digest))
    }

    /// Looks at one unit that no effect is owed for; true if something changed.
    fn consider(&mut self, index: usize, open: Option<&(u32, UnitId)>, out: &mut Vec<Emit>) -> bool {
        let Some((_, unit)) = self.units.get_index(index) else { return false };
        if unit.owed.is_some() || self.finished.is_some() {
            return false;
        }
        // What can't be recorded any more (its recording failed) is taken back all the same.
        let recording = unit.is_unrecorded() && !matches!(unit.state, UnitState::Failed { .. });
        if unit.unwind && self.rolling_back && !recording {
            return self.consider_reverse(index, out);
        }
        match unit.state {
            UnitState::Done
            | UnitState::Skipped { .. }
            | UnitState::Reversed
            | UnitState::Failed { .. }
            | UnitState::Stuck { .. }
            | UnitState::Observing => return false,
            _ => {}
        }
        if unit.not_before.is_some_and(|t| t > self.now) && (unit.inspect || unit.collect) {
            return false;
        }
        if unit.is_unrecorded() {
            // What happened is found out whatever else holds: pause, cancel, gates. Only a place is needed.
            if !self.has_place(unit) {
                return false;
            }
            let effect = if unit.inspect { Effect::Inspect } else { Effect::CollectOutputs };
            self.owe(index, effect);
            self.set_state(index, UnitState::Applying, out);
            return true;
        }
        if self.halts_forward() { false } else { self.consider_forward(index, open, out) }
    }

    fn halts_forward(&self) -> bool {
        #[cfg(test)]
        if self.has(Bug::StartAfterCancel) {
            return false;
        }
        self.is_halted()
    }

    fn consider_forward(&mut self, index: usize, open: Option<&(u32, UnitId)>, out: &mut Vec<Emit>) -> bool {
        let culprits = self.failed_upstream(index);
        if !culprits.is_empty() {
            return self.wait(index, Wait::UpstreamFailed { units: culprits }, out);
        }
        let ready = self.upstream_is_ready(index);
        let Some((id, unit)) = self.units.get_index(index) else { return false };
        if !ready {
            let state = match unit.state {
                UnitState::Deferred { .. } => return false,
                _ if unit.facts.action == UnitAction::Deferred => {
                    UnitState::Deferred { reason: unit.facts.note.clone() }
                }
                _ => UnitState::Pending,
            };
            return self.set_state(index, state, out);
        }
        if unit.not_before.is_some_and(|t| t > self.now) {
            return false;
        }
        if unit.needs_plan {
            return self.consider_plan(index, out);
        }
        if !unit.applied
            && let Some(hold) = self.closed_gate(id, unit, open)
        {
            return hold.is_some_and(|why| self.wait(index, why, out));
        }
        if self.is_paused() {
            return self.wait(index, Wait::Paused, out);
        }
        if !self.has_place(unit) {
            return self.wait(index, Wait::Slot, out);
        }
        if unit.admitted {
            self.advance(index, out);
        } else {
            self.owe(index, Effect::Admit { reverse: false });
            self.wait(index, Wait::Admitting, out);
        }
        true
    }

    fn is_paused(&self) -> bool {
        #[cfg(test)]
        if self.has(Bug::IgnorePause) {
            return false;
        }
        self.paused
    }

    /// None: the way is free. Some(None): not known yet, stay as it is. Some(Some): wait, and why.
    fn closed_gate(&self, id: &UnitId, unit: &UnitRun, open: Option<&(u32, UnitId)>) -> Option<Option<Wait>> {
        let Some(gates) = &self.gates else { return Some(None) };
        if let Some(why) = &gates.held {
            return Some(Some(Wait::Held { why: why.clone() }));
        }
        if unit.facts.removal && !self.is_consented(id, unit) {
            return Some(Some(Wait::Consent));
        }
        if !self.gate_is_met(id, unit) {
            return Some(Some(Wait::Gate { level: unit.facts.gate }));
        }
        let (count, first) = open.filter(|_| !unit.started)?;
        Some(Some(Wait::Gates { open: *count, first: first.clone() }))
    }

    fn consider_plan(&mut self, index: usize, out: &mut Vec<Emit>) -> bool {
        let Some((_, unit)) = self.units.get_index(index) else { return false };
        if self.is_paused() {
            return self.wait(index, Wait::Paused, out);
        }
        if !self.has_place(unit) {
            return self.wait(index, Wait::Slot, out);
        }
        let first_time = unit.facts.action == UnitAction::Deferred;
        let reason = unit.facts.note.clone();
        self.owe(index, Effect::Plan);
        let state =
            if first_time { UnitState::Deferred { reason } } else { UnitState::Waiting { why: Wait::Planning } };
        self.set_state(index, state, out);
        true
    }

    fn has_place(&self, unit: &UnitRun) -> bool {
        #[cfg(test)]
        if self.has(Bug::IgnoreConcurrency) {
            return true;
        }
        let own = usize::from(self.takes_place(unit));
        self.busy().saturating_sub(own) < usize::try_from(self.concurrency).unwrap_or(usize::MAX)
    }

    /// The next step of an admitted unit, by what it has behind it.
    fn advance(&mut self, index: usize, out: &mut Vec<Emit>) {
        let Some((_, unit)) = self.units.get_index_mut(index) else { return };
        unit.not_before = None;
        let backup_due = !unit.facts.backup.is_empty() && !unit.backed_up && unit.facts.action != UnitAction::Move;
        let (effect, state) = if unit.applied {
            (Effect::Verify, UnitState::Verifying)
        } else if unit.collect {
            (Effect::CollectOutputs, UnitState::Applying)
        } else if unit.facts.moved_from.is_some() && !unit.rekeyed {
            (Effect::Rekey, UnitState::BackingUp)
        } else if backup_due {
            (Effect::Backup, UnitState::BackingUp)
        } else {
            (Effect::Apply { attempt: unit.attempts + 1 }, UnitState::Applying)
        };
        unit.started = true;
        self.owe(index, effect);
        self.set_state(index, state, out);
    }

    pub(crate) fn wait(&mut self, index: usize, why: Wait, out: &mut Vec<Emit>) -> bool {
        self.set_state(index, UnitState::Waiting { why }, out)
    }

    /// The failed units a unit waits for, through any number of waiting ones.
    fn failed_upstream(&self, index: usize) -> Vec<UnitId> {
        let mut culprits = BTreeSet::new();
        for (id, before) in self.upstream(index) {
            match &before.state {
                UnitState::Failed { .. } | UnitState::Stuck { .. } | UnitState::Reversing | UnitState::Reversed => {
                    culprits.insert(id.clone());
                }
                UnitState::Waiting { why: Wait::UpstreamFailed { units } } => culprits.extend(units.iter().cloned()),
                _ => {}
            }
        }
        #[cfg(test)]
        if self.has(Bug::FailureStopsEverything) {
            let failed = |(_, u): &(&UnitId, &UnitRun)| matches!(u.state, UnitState::Failed { .. });
            culprits.extend(self.units.iter().filter(failed).map(|(id, _)| id.clone()));
        }
        culprits.into_iter().take(MOST_CULPRITS).collect()
    }

    fn upstream_is_ready(&self, index: usize) -> bool {
        #[cfg(test)]
        if self.has(Bug::IgnoreOrder) {
            return true;
        }
        self.upstream(index).all(|(_, u)| u.frees_dependants())
    }

    /// A unit in a rollback's scope goes back when everything that stands on it has.
    fn consider_reverse(&mut self, index: usize, out: &mut Vec<Emit>) -> bool {
        let Some((_, unit)) = self.units.get_index(index) else { return false };
        let asks_a_person = matches!(unit.state, UnitState::Reversed | UnitState::Stuck { .. });
        let early = unit.not_before.is_some_and(|t| t > self.now);
        if asks_a_person || early || self.cancel.is_some() || self.paused || !self.has_place(unit) {
            return false;
        }
        let stands_on_it = |u: &UnitRun| u.unwind && u.after.contains(&index) && u.state != UnitState::Reversed;
        if self.units.values().any(stands_on_it) {
            return false;
        }
        let effect = if unit.reverse_admitted { Effect::Reverse } else { Effect::Admit { reverse: true } };
        self.owe(index, effect);
        self.set_state(index, UnitState::Reversing, out);
        true
    }

    fn end_if_over(&mut self, out: &mut Vec<Emit>) {
        if self.finished.is_some() || !self.may_end() {
            return;
        }
        let all = |test: fn(&UnitRun) -> bool| self.units.values().all(test);
        let (outcome, kind, why) = if self.cancel.is_some() {
            (RunOutcome::Cancelled, Some(EventKind::ChangeSetCancelled), "cancelled")
        } else if self.rolling_back && all(|u| !u.unwind || u.state == UnitState::Reversed) {
            (RunOutcome::RolledBack, None, "rolled back")
        } else if !self.rolling_back && all(|u| u.state.is_settled()) {
            (RunOutcome::Done, Some(EventKind::ChangeSetClosed), "")
        } else {
            return;
        };
        for index in 0..self.units.len() {
            self.close_unit(index, why, out);
        }
        self.owed.clear();
        self.finished = Some(outcome);
        let left = self.left_behind();
        let note = left.iter().map(|(id, what)| format!("{id}: {what}")).collect::<Vec<_>>().join("\n");
        out.push(emit(EventKind::RunFinished, None, &RunFinished { outcome, note }));
        if let Some(kind) = kind {
            out.push(emit(kind, None, &Reason { reason: format!("run {} is over", self.id) }));
        }
    }

    /// Nothing is owed but a reading of approvals, which a run at its end needs no more.
    fn may_end(&self) -> bool {
        #[cfg(test)]
        if self.has(Bug::EndEarly) && self.cancel.is_some() {
            return true;
        }
        let resting = |s: &UnitState| matches!(s, UnitState::Failed { .. } | UnitState::Stuck { .. });
        self.owed.values().all(|o| o.effect == Effect::ReadGates)
            && !self.units.values().any(|u| u.is_unrecorded() && !resting(&u.state))
    }

    /// What an ended run says of a unit it did not bring to an end; never more than what happened (`D2.8`).
    fn close_unit(&mut self, index: usize, why: &str, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        unit.not_before = None;
        unit.owed = None;
        match &unit.state {
            UnitState::Done
            | UnitState::Skipped { .. }
            | UnitState::Reversed
            | UnitState::Failed { .. }
            | UnitState::Stuck { .. }
            | UnitState::Observing => {}
            _ if unit.applied && unit.state != UnitState::Reversing => self.set_done(index, out),
            _ if unit.is_touched() => {
                let mut error =
                    RunnerError::new("run-ended", format!("the run was {why} before this unit came to an end"));
                if unit.state == UnitState::Reversing {
                    "it was to be taken back and was not, or not wholly".clone_into(&mut error.left_behind);
                }
                self.set_failed(index, error, "Apply", out);
            }
            _ => {
                let reason = format!("the run was {why} before this unit started");
                out.push(emit(EventKind::UnitSkipped, Some(id), &Reason { reason: reason.clone() }));
                unit.state = UnitState::Skipped { reason };
            }
        }
        #[cfg(test)]
        if self.has(Bug::KeepLocks) {
            return;
        }
        self.release_locks(index, out);
    }
}
