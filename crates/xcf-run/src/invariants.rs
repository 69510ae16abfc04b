//! What must hold after every step, checked by somebody else than the machine.
//!
//! The [`Auditor`] sees each input, the run before and after, and the events; it keeps its own books and shares no decision
//! code with the machine. Drivers step through [`Checked`]: a step that would break an invariant is refused before anything
//! of it is journalled, so nothing is started on the strength of a wrong decision (`D2.6`).
//!
//! | name | holds |
//! | --- | --- |
//! | I1 | no unit is applied a second time unless it was planned or inspected in between |
//! | I2 | nothing of a unit begins before every unit it waits for is Done, Skipped, or Observing and not Foundation |
//! | I3 | an apply begins only with its own gate met, and the first step of a unit only with every gate known at planning met |
//! | I4 | at most one effect is owed per unit |
//! | I5 | a failed unit stops its dependants and nothing else |
//! | I6 | a final run owes nothing, has begun nothing unanswered, and holds no lock |
//! | I7 | once a run is being cancelled nothing begins but the recording of what happened |
//! | I8 | a removal is applied only with consent to exactly that plan |
//! | I9 | never more effects with an engine than the run has places |
//! | I10 | a unit is Done only after its record (applied, destroyed, moved) |
//! | I11 | while a run is paused nothing new is owed but the recording of what happened |
//! | I12 | Skipped and Reversed are final; Done is left only by a rollback |
//! | I13 | a run that owes nothing is over, waits for a time, or names a person or a failure |
//! | I14 | a unit is taken back only after everything applied that stands on it |
//! | I15 | a unit is applied only under the locks it was admitted with |

use std::collections::BTreeSet;
use xcf_core::changeset::{RunOutcome, UnitAction};
use xcf_core::event::{EventKind, Locks};
use xcf_core::ids::UnitId;
use xcf_core::route::Layer;

use crate::machine::{Effect, Emit, Illegal, Input, Outcome, Owed, Run, Stamped, UnitRun, UnitState, Verdict, Wait};
use xcf_core::ports::runner::Inspection;

/// A broken invariant. Never a user's mistake: the machine is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invariant {name} is broken: {what}")]
pub struct Violation {
    /// `I1` … `I15`.
    pub name: &'static str,
    /// What was seen.
    pub what: String,
}

/// Why a checked step was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The input does not fit.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// The step would break an invariant.
    #[error(transparent)]
    Broken(#[from] Violation),
}

/// A run together with its auditor.
#[derive(Debug, Clone)]
pub struct Checked {
    run: Run,
    auditor: Auditor,
}

impl Checked {
    /// Begins a run.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn begin(first: &Stamped) -> Result<(Self, Vec<Emit>), Refused> {
        let (run, emits) = Run::begin(first)?;
        Self::audited(run, first, emits)
    }
    pub(crate) fn audited(run: Run, first: &Stamped, emits: Vec<Emit>) -> Result<(Self, Vec<Emit>), Refused> {
        let mut auditor = Auditor::default();
        auditor.check(None, &first.input, &run, &emits)?;
        Ok((Self { run, auditor }, emits))
    }
    /// The run.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }
    /// The run after an input; `self` is as it was.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn after(&self, input: &Stamped) -> Result<(Self, Vec<Emit>), Refused> {
        let (run, emits) = self.run.after(input)?;
        let mut auditor = self.auditor.clone();
        auditor.check(Some(&self.run), &input.input, &run, &emits)?;
        Ok((Self { run, auditor }, emits))
    }
}

/// The auditor's own books.
#[derive(Debug, Clone, Default)]
pub struct Auditor {
    /// Units that were applied and neither planned nor inspected since.
    unexamined: BTreeSet<UnitId>,
    recorded: BTreeSet<UnitId>,
    begun: BTreeSet<UnitId>,
    locks: BTreeSet<String>,
}

impl Auditor {
    /// Judges one step.
    ///
    /// # Errors
    /// The first broken invariant.
    pub fn check(&mut self, before: Option<&Run>, input: &Input, after: &Run, emits: &[Emit]) -> Result<(), Violation> {
        self.book_answer(before, input);
        self.book_withdrawn(before, input, after);
        self.book_events(emits);
        let fresh: Vec<&Owed> = after.owed().filter(|o| before.is_none_or(|b| b.owed_effect(o.id).is_none())).collect();
        for owed in fresh {
            self.check_new_effect(before, after, owed)?;
        }
        check_owed(after)?;
        check_waits(after)?;
        self.check_states(before, after)?;
        self.check_end(before, input, after)?;
        check_intents(before, after)?;
        check_not_silent(after)
    }

    fn book_answer(&mut self, before: Option<&Run>, input: &Input) {
        let Input::EffectFinished { id, outcome } = input else { return };
        let Some(unit) = before.and_then(|b| b.owed_effect(*id)).and_then(|o| o.unit.clone()) else { return };
        match outcome {
            Outcome::Planned { verdict, .. } if !matches!(verdict, Verdict::Waits { .. }) => {
                self.unexamined.remove(&unit);
            }
            Outcome::Stale { .. } | Outcome::Inspected { found: Inspection::NotStarted } => {
                self.unexamined.remove(&unit);
            }
            Outcome::Admitted { locks } => self.locks.extend(locks.iter().cloned()),
            _ => {}
        }
    }

    /// An apply that was owed and taken back before anybody began it did not happen.
    fn book_withdrawn(&mut self, before: Option<&Run>, input: &Input, after: &Run) {
        if !matches!(input, Input::Control { .. }) {
            return;
        }
        for owed in before.into_iter().flat_map(Run::owed) {
            if owed.issued == 0
                && matches!(owed.effect, Effect::Apply { .. })
                && after.owed_effect(owed.id).is_none()
                && let Some(unit) = &owed.unit
            {
                self.unexamined.remove(unit);
            }
        }
    }

    fn book_events(&mut self, emits: &[Emit]) {
        for event in emits {
            let Some(unit) = &event.unit else { continue };
            match event.kind {
                EventKind::UnitApplied | EventKind::UnitDestroyed | EventKind::UnitMoved => {
                    self.recorded.insert(unit.clone());
                }
                EventKind::LockReleased => {
                    let ended: Locks = serde_json::from_value(event.data.clone()).unwrap_or_default();
                    self.locks.retain(|lock| !ended.locks.contains(lock));
                }
                _ => {}
            }
        }
    }

    fn check_new_effect(&mut self, before: Option<&Run>, after: &Run, owed: &Owed) -> Result<(), Violation> {
        let was = |test: fn(&Run) -> bool| before.is_some_and(test);
        if was(|b| b.cancel.is_some()) && !owed.effect.is_bookkeeping() {
            return broken("I7", format!("{} is owed after the cancel", owed.effect.name()));
        }
        let reads = owed.effect.is_bookkeeping() || owed.effect == Effect::ReadGates;
        if was(|b| b.paused) && after.paused && !reads {
            return broken("I11", format!("{} is owed while the run is paused", owed.effect.name()));
        }
        let Some(id) = &owed.unit else { return Ok(()) };
        let Some(unit) = after.unit(id) else { return broken("I4", format!("{id} is no unit of the run")) };
        match owed.effect {
            Effect::Admit { reverse: false } | Effect::Rekey | Effect::Backup => {
                self.check_order(after, id, unit)?;
                self.check_first_step(after, id, &owed.effect)
            }
            Effect::Apply { .. } => {
                self.check_order(after, id, unit)?;
                self.check_first_step(after, id, &owed.effect)?;
                self.check_apply(after, id, unit)
            }
            Effect::Reverse => check_reverse(after, id),
            _ => Ok(()),
        }
    }

    fn check_order(&self, after: &Run, id: &UnitId, unit: &UnitRun) -> Result<(), Violation> {
        for (before, state) in unit.after.iter().filter_map(|&i| after.unit_at(i)) {
            let free = match state.state {
                UnitState::Done | UnitState::Skipped { .. } => true,
                UnitState::Observing => state.facts.layer != Layer::Foundation,
                _ => false,
            };
            if !free {
                return broken("I2", format!("{id} begins while {before} is {}", state.state.name()));
            }
        }
        Ok(())
    }

    /// `dsl §10`: no unit starts before all gates known at planning are met; deferred or re-asked units wait alone.
    fn check_first_step(&mut self, after: &Run, id: &UnitId, effect: &Effect) -> Result<(), Violation> {
        if matches!(effect, Effect::Admit { .. }) || !self.begun.insert(id.clone()) {
            return Ok(());
        }
        let met = after.gates.as_ref().map(|g| &g.met);
        let open = after.units().find(|(other, u)| {
            let known = matches!(u.facts.action, UnitAction::Apply | UnitAction::Destroy | UnitAction::Move);
            known
                && !u.waits_alone
                && !self.begun.contains(*other)
                && !u.state.is_settled()
                && met.and_then(|m| m.get(*other)) != Some(&u.facts.digest)
        });
        match open {
            Some((other, _)) => broken("I3", format!("{id} starts while the gate of {other} is open")),
            None => Ok(()),
        }
    }

    fn check_apply(&mut self, after: &Run, id: &UnitId, unit: &UnitRun) -> Result<(), Violation> {
        if let Some(lock) = unit.locks.iter().find(|lock| !self.locks.contains(*lock)) {
            return broken("I15", format!("{id} is applied and the run has given up {lock}"));
        }
        if !self.unexamined.insert(id.clone()) {
            return broken("I1", format!("{id} is applied again and nobody looked in between"));
        }
        let gates = after.gates.as_ref();
        if gates.and_then(|g| g.met.get(id)) != Some(&unit.facts.digest) {
            return broken("I3", format!("{id} is applied and its gate is open"));
        }
        if unit.facts.removal && gates.and_then(|g| g.consented.get(id)) != Some(&unit.facts.digest) {
            return broken("I8", format!("{id} is destroyed and nobody agreed to it"));
        }
        Ok(())
    }

    fn check_states(&self, before: Option<&Run>, after: &Run) -> Result<(), Violation> {
        for (id, unit) in after.units() {
            if unit.state == UnitState::Done && !self.recorded.contains(id) {
                return broken("I10", format!("{id} is Done and nothing of it is recorded"));
            }
            let Some(was) = before.and_then(|b| b.unit(id)) else { continue };
            let left = was.state != unit.state;
            let final_left = left && matches!(was.state, UnitState::Skipped { .. } | UnitState::Reversed);
            if final_left || (left && was.state == UnitState::Done && !after.rolling_back) {
                return broken("I12", format!("{id} left {} for {}", was.state.name(), unit.state.name()));
            }
        }
        Ok(())
    }

    fn check_end(&self, before: Option<&Run>, input: &Input, after: &Run) -> Result<(), Violation> {
        let Some(outcome) = after.finished else { return Ok(()) };
        let answered = if let Input::EffectFinished { id, .. } = input { Some(*id) } else { None };
        let open = |o: &&Owed| o.issued > 0 && Some(o.id) != answered;
        if let Some(owed) = before.and_then(|b| b.owed().find(open)).or_else(|| after.owed().next()) {
            return broken("I6", format!("the run ends and {} was never answered", owed.id));
        }
        if let Some(lock) = self.locks.first() {
            return broken("I6", format!("the run ends and still holds {lock}"));
        }
        if outcome == RunOutcome::Done
            && let Some((id, unit)) = after.units().find(|(_, u)| !u.state.is_settled())
        {
            return broken("I6", format!("the run ends as done and {id} is {}", unit.state.name()));
        }
        Ok(())
    }
}

fn check_owed(after: &Run) -> Result<(), Violation> {
    let mut seen: BTreeSet<&UnitId> = BTreeSet::new();
    for owed in after.owed() {
        if let Some(unit) = &owed.unit
            && !seen.insert(unit)
        {
            return broken("I4", format!("two effects are owed for {unit}"));
        }
    }
    let engines = after.owed().filter(|o| o.effect.uses_engine()).count();
    if engines > usize::try_from(after.concurrency).unwrap_or(usize::MAX) {
        return broken("I9", format!("{engines} effects for {} places", after.concurrency));
    }
    Ok(())
}

/// A unit that says "upstream failed" has a failed unit above it, and one with a failed unit above it does not go on.
fn check_waits(after: &Run) -> Result<(), Violation> {
    let units: Vec<(&UnitId, &UnitRun)> = after.units().collect();
    for (id, unit) in &units {
        if !matches!(unit.state, UnitState::Waiting { why: Wait::UpstreamFailed { .. } }) {
            continue;
        }
        let mut todo: Vec<usize> = unit.after.clone();
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut found = false;
        while let Some(index) = todo.pop() {
            if found || !seen.insert(index) {
                continue;
            }
            let Some((_, above)) = units.get(index) else { continue };
            found = matches!(
                above.state,
                UnitState::Failed { .. } | UnitState::Stuck { .. } | UnitState::Reversing | UnitState::Reversed
            );
            todo.extend(&above.after);
        }
        if !found && !after.is_halted() {
            return broken("I5", format!("{id} waits for a failed upstream and has none"));
        }
    }
    Ok(())
}

/// No intent after the cancel.
fn check_intents(before: Option<&Run>, after: &Run) -> Result<(), Violation> {
    let Some(before) = before.filter(|b| b.cancel.is_some()) else { return Ok(()) };
    let begun =
        |o: &&Owed| !o.effect.is_bookkeeping() && before.owed_effect(o.id).is_some_and(|was| was.issued < o.issued);
    match after.owed().find(begun) {
        Some(owed) => broken("I7", format!("{} begins after the cancel", owed.id)),
        None => Ok(()),
    }
}

fn check_reverse(after: &Run, id: &UnitId) -> Result<(), Violation> {
    let Some(index) = after.units().position(|(other, _)| other == id) else { return Ok(()) };
    let standing = after.units().find(|(_, u)| {
        let changed = u.is_touched() && u.facts.action != UnitAction::Move;
        changed && u.after.contains(&index) && !matches!(u.state, UnitState::Reversed | UnitState::Skipped { .. })
    });
    match standing {
        Some((other, _)) => broken("I14", format!("{id} is taken back while {other} stands on it")),
        None => Ok(()),
    }
}

fn check_not_silent(after: &Run) -> Result<(), Violation> {
    if after.finished.is_some() || after.owed().next().is_some() || after.next_wake().is_some() {
        return Ok(());
    }
    if after.paused && after.cancel.is_none() {
        return Ok(());
    }
    let speaks = |u: &UnitRun| match &u.state {
        UnitState::Stuck { .. } => after.cancel.is_none(),
        UnitState::Failed { .. } | UnitState::Observing => !after.is_halted(),
        UnitState::Waiting { why } => {
            !after.is_halted() && (why.is_for_a_person() || matches!(why, Wait::UpstreamFailed { .. }))
        }
        _ => false,
    };
    if after.units().any(|(_, u)| speaks(u)) {
        Ok(())
    } else {
        broken("I13", "the run stopped and says nothing".to_owned())
    }
}

fn broken(name: &'static str, what: String) -> Result<(), Violation> {
    Err(Violation { name, what })
}
