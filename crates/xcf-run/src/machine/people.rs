//! What people may ask of a run, and when (`D7`).

use std::collections::BTreeSet;
use xcf_core::changeset::UnitAction;
use xcf_core::event::{EventKind, Reason, UnitReversed};
use xcf_core::ids::{CommitId, UnitId};

#[cfg(test)]
use super::bugs::Bug;
use super::effect::Effect;
use super::input::{Control, Emit};
use super::run::Run;
use super::state::{StopLevel, UnitState, Wait};
use super::step::{Illegal, emit};

impl Run {
    pub(crate) fn steer(&mut self, control: &Control, out: &mut Vec<Emit>) -> Result<(), Illegal> {
        if control.is_resume() && *control != Control::Resume {
            self.paused = false;
        }
        match control {
            Control::Pause => self.pause(),
            Control::Resume => self.resume(),
            Control::Cancel { kill } => self.cancel(*kill),
            Control::SignOff { units } => self.sign_off(units, out),
            Control::Retry { unit } => self.retry(unit, out),
            Control::Skip { unit, reason } => self.skip(unit, reason, out),
            Control::MarkReversed { unit, reason, commit } => self.mark_reversed(unit, reason, commit.as_ref(), out),
            Control::RollBack { units, all } => self.roll_back(units, *all),
        }
    }

    fn pause(&mut self) -> Result<(), Illegal> {
        if self.paused {
            return refuse("the run is paused already");
        }
        self.paused = true;
        self.withdraw();
        Ok(())
    }

    fn resume(&mut self) -> Result<(), Illegal> {
        if !self.paused {
            return refuse("the run is not paused");
        }
        self.paused = false;
        Ok(())
    }

    fn cancel(&mut self, kill: bool) -> Result<(), Illegal> {
        let level = if kill { StopLevel::Kill } else { StopLevel::Soft };
        if self.cancel >= Some(level) {
            return refuse("the run is being cancelled already");
        }
        self.cancel = Some(level);
        self.withdraw();
        Ok(())
    }

    /// Takes back what is owed and no driver has begun. An intent is journalled before anything begins, so this is exact.
    fn withdraw(&mut self) {
        let begun = |effect: &Effect, issued: u32| issued > 0 || effect.is_bookkeeping() || !effect.uses_engine();
        self.owed.retain(|_, owed| begun(&owed.effect, owed.issued));
        for unit in self.units.values_mut() {
            if unit.owed.is_some_and(|id| !self.owed.contains_key(&id)) {
                unit.owed = None;
            }
        }
    }

    fn index_of(&self, unit: &UnitId) -> Result<usize, Illegal> {
        self.units.get_index_of(unit).ok_or_else(|| Illegal::UnknownUnit(unit.clone()))
    }

    fn state_of(&self, index: usize) -> Option<&UnitState> {
        self.units.get_index(index).map(|(_, u)| &u.state)
    }

    fn sign_off(&mut self, units: &[UnitId], out: &mut Vec<Emit>) -> Result<(), Illegal> {
        if self.cancel.is_some() || self.rolling_back {
            return refuse("the run is being cancelled or rolled back");
        }
        let mut chosen = BTreeSet::new();
        for unit in units {
            let index = self.index_of(unit)?;
            if self.state_of(index) != Some(&UnitState::Observing) {
                return refuse(format!("unit {unit} is not being observed"));
            }
            chosen.insert(index);
        }
        if units.is_empty() {
            let observed = |&i: &usize| self.state_of(i) == Some(&UnitState::Observing);
            chosen = (0..self.units.len()).filter(observed).collect();
        }
        if chosen.is_empty() {
            return refuse("no unit is being observed");
        }
        for index in chosen {
            self.set_done(index, out);
        }
        Ok(())
    }

    fn retry(&mut self, unit: &UnitId, out: &mut Vec<Emit>) -> Result<(), Illegal> {
        let index = self.index_of(unit)?;
        let unwinding = self.rolling_back;
        if self.cancel.is_some() {
            return refuse("the run is being cancelled");
        }
        let Some((_, run)) = self.units.get_index_mut(index) else { return Ok(()) };
        let stuck = matches!(run.state, UnitState::Stuck { .. });
        #[cfg(test)]
        if self.bug == Some(Bug::ReviveSkipped) && matches!(run.state, UnitState::Skipped { .. }) {
            run.state = UnitState::Pending;
            return Ok(());
        }
        if !stuck && !matches!(run.state, UnitState::Failed { .. }) {
            return refuse(format!("unit {unit} neither failed nor is it stuck"));
        }
        if unwinding && !(stuck && run.unwind) {
            return refuse("the run is being rolled back: only a stuck undo can be tried again");
        }
        if run.facts.action == UnitAction::Unresolved {
            return refuse(format!("unit {unit} is unresolved: mend its documents and plan again"));
        }
        (run.failures, run.stale, run.lost, run.not_before) = (0, 0, 0, None);
        if run.unwind {
            run.state = UnitState::Reversing;
            return Ok(());
        }
        // Time has passed: windows and locks are asked again (`D8`); the run's own locks are still its own.
        run.admitted = false;
        if !run.facts.is_runnable() {
            run.needs_plan = true;
            run.waits_alone = true;
        }
        if stuck && run.attempts > 0 && !run.applied {
            run.inspect = true;
        }
        self.wait(index, Wait::Slot, out);
        Ok(())
    }

    fn skip(&mut self, unit: &UnitId, reason: &str, out: &mut Vec<Emit>) -> Result<(), Illegal> {
        let index = self.index_of(unit)?;
        if self.is_halted() {
            return refuse("the run is being cancelled or rolled back");
        }
        let Some((id, run)) = self.units.get_index_mut(index) else { return Ok(()) };
        let resting = matches!(
            run.state,
            UnitState::Pending | UnitState::Waiting { .. } | UnitState::Deferred { .. } | UnitState::Failed { .. }
        );
        if !resting || run.owed.is_some() {
            return refuse(format!(
                "unit {unit} is {}: only a unit that waits or failed can be skipped",
                run.state.name()
            ));
        }
        // What became of its apply is not known yet: nobody can say that it is left out (`D2.8`).
        if run.inspect || run.collect {
            return refuse(format!("what became of unit {unit} is being found out; skip it afterwards"));
        }
        out.push(emit(EventKind::UnitSkipped, Some(id), &Reason { reason: reason.to_owned() }));
        run.state = UnitState::Skipped { reason: reason.to_owned() };
        run.not_before = None;
        self.release_locks(index, out);
        Ok(())
    }

    fn mark_reversed(
        &mut self,
        unit: &UnitId,
        reason: &str,
        commit: Option<&CommitId>,
        out: &mut Vec<Emit>,
    ) -> Result<(), Illegal> {
        let index = self.index_of(unit)?;
        if !matches!(self.state_of(index), Some(UnitState::Failed { .. } | UnitState::Stuck { .. })) {
            return refuse(format!("unit {unit} neither failed nor is it stuck"));
        }
        self.set_reversed(index, &UnitReversed { commit: commit.cloned(), reason: reason.to_owned() }, out);
        Ok(())
    }

    fn roll_back(&mut self, units: &[UnitId], all: bool) -> Result<(), Illegal> {
        if self.cancel.is_some() || self.rolling_back {
            return refuse("the run is being cancelled or rolled back already");
        }
        let mut scope = BTreeSet::new();
        for unit in units {
            scope.insert(self.index_of(unit)?);
        }
        for (index, unit) in self.units.values().enumerate() {
            if all || (units.is_empty() && matches!(unit.state, UnitState::Failed { .. })) {
                scope.insert(index);
            }
        }
        self.add_dependants(&mut scope);
        // A unit that is being applied right now counts: it goes back as soon as its effect has ended.
        let touched = |index: &usize| self.units.get_index(*index).is_some_and(|(_, u)| u.is_touched());
        scope.retain(|index| touched(index) && !self.is_settled_back(*index));
        if scope.is_empty() {
            return refuse("nothing of it was applied by this run: there is nothing to take back");
        }
        self.rolling_back = true;
        self.withdraw();
        for index in scope {
            if let Some((_, unit)) = self.units.get_index_mut(index) {
                unit.unwind = true;
                (unit.failures, unit.not_before) = (0, None);
                // Its locks may have ended at Done.
                unit.reverse_admitted = false;
            }
        }
        Ok(())
    }

    fn is_settled_back(&self, index: usize) -> bool {
        matches!(self.state_of(index), Some(UnitState::Reversed | UnitState::Skipped { .. }))
            || self.units.get_index(index).is_some_and(|(_, u)| u.facts.action == UnitAction::Move)
    }

    /// Adds everything that stands on a unit of `scope`.
    fn add_dependants(&self, scope: &mut BTreeSet<usize>) {
        #[cfg(test)]
        if self.has(Bug::RollBackAlone) {
            return;
        }
        let mut grown = true;
        while grown {
            grown = false;
            for (index, unit) in self.units.values().enumerate() {
                if !scope.contains(&index) && unit.after.iter().any(|i| scope.contains(i)) {
                    grown |= scope.insert(index);
                }
            }
        }
    }
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Illegal> {
    Err(Illegal::Control(why.into()))
}
