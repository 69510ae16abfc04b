//! One step: an input is taken or refused; a refused one leaves the run as it was.

use serde::Serialize;
use serde_json::Value;
use xcf_core::event::EventKind;
use xcf_core::ids::{EffectId, UnitId};
use xcf_core::ports::runner::{ChildIdentity, RunnerError};

use super::effect::{Effect, EffectName, OutcomeName, Owed};
use super::facts::{RunSpec, SpecError};
use super::input::{Emit, Input, Stamped};
use super::run::{Run, UnitRun};
use super::state::{Failure, UnitState, Wait};
use xcf_core::changeset::UnitAction;
use xcf_core::event::UnitFailed;

/// Why an input does not fit the run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    /// The first input is not `Begin`, or a later one is.
    #[error("a run begins exactly once, with its first input")]
    Begin,
    /// The frozen graph is damaged.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Begun by a newer program.
    #[error("the run was begun with behaviour {found}; this program knows up to {known}")]
    TooNew {
        /// Number in the run.
        found: u32,
        /// Newest known here.
        known: u32,
    },
    /// A final run takes nothing.
    #[error("the run is over")]
    Over,
    /// No such effect is owed (any more).
    #[error("effect {0} is not owed")]
    NotOwed(EffectId),
    /// The intent does not continue the count, or nothing may begin any more.
    #[error("effect {id} can't begin: {why}")]
    Intent {
        /// Effect.
        id: EffectId,
        /// Why.
        why: &'static str,
    },
    /// An answer that does not belong to the effect.
    #[error("{outcome:?} is no answer to {effect}")]
    DoesNotFit {
        /// Effect.
        effect: EffectName,
        /// Answer.
        outcome: OutcomeName,
    },
    /// The run has no such unit.
    #[error("unit {0} is not part of the run")]
    UnknownUnit(UnitId),
    /// A person's wish that does not fit now.
    #[error("{0}")]
    Control(String),
    /// A control that was already taken.
    #[error("log position {0} was already taken")]
    Taken(u64),
}

impl Run {
    /// Begins a run from its first input.
    ///
    /// # Errors
    /// [`Illegal`] if the input is not `Begin`, or what it carries can't be run.
    pub fn begin(first: &Stamped) -> Result<(Self, Vec<Emit>), Illegal> {
        let Input::Begin { spec } = &first.input else { return Err(Illegal::Begin) };
        Self::begin_with(spec, first, |_| {})
    }

    pub(crate) fn begin_with(
        spec: &RunSpec,
        first: &Stamped,
        adjust: impl FnOnce(&mut Self),
    ) -> Result<(Self, Vec<Emit>), Illegal> {
        if spec.revision > super::REVISION {
            return Err(Illegal::TooNew { found: spec.revision, known: super::REVISION });
        }
        let mut run = Self::new(spec, first.at)?;
        adjust(&mut run);
        let mut out = Vec::new();
        run.seq = 1;
        run.refuse_what_cannot_run(&mut out);
        run.settle(&mut out);
        Ok((run, out))
    }

    /// The run after an input, and what that caused; `self` is as it was. Drivers journal in between.
    ///
    /// # Errors
    /// [`Illegal`] if the input does not fit.
    pub fn after(&self, input: &Stamped) -> Result<(Self, Vec<Emit>), Illegal> {
        let mut next = self.clone();
        let out = next.take(input)?;
        Ok((next, out))
    }

    /// Takes an input; on refusal the run is as it was.
    ///
    /// # Errors
    /// [`Illegal`] if the input does not fit.
    pub fn step(&mut self, input: &Stamped) -> Result<Vec<Emit>, Illegal> {
        let (next, out) = self.after(input)?;
        *self = next;
        Ok(out)
    }

    /// As [`Run::step`], in place: for replays, which give the run up on refusal.
    pub(crate) fn take(&mut self, stamped: &Stamped) -> Result<Vec<Emit>, Illegal> {
        if self.finished.is_some() {
            return Err(Illegal::Over);
        }
        let mut out = Vec::new();
        self.now = self.now.max(stamped.at);
        match &stamped.input {
            Input::Begin { .. } => return Err(Illegal::Begin),
            Input::Tick => {}
            Input::Recheck { position } => self.recheck(*position)?,
            Input::EffectIntended { id, issue } => self.intend(*id, *issue)?,
            Input::EffectStarted { id, child } => self.started(*id, child)?,
            Input::EffectFinished { id, outcome } => self.answer(*id, outcome, &mut out)?,
            Input::Control { position, control } => {
                self.see(*position)?;
                self.steer(control, &mut out)?;
            }
            Input::ControlRefused { position, .. } => self.see(*position)?,
        }
        self.seq += 1;
        self.settle(&mut out);
        Ok(out)
    }

    fn see(&mut self, position: u64) -> Result<(), Illegal> {
        if position <= self.seen {
            return Err(Illegal::Taken(position));
        }
        self.seen = position;
        Ok(())
    }

    fn recheck(&mut self, position: u64) -> Result<(), Illegal> {
        self.see(position)?;
        self.wants_gates = true;
        self.gates_not_before = None;
        for unit in self.units.values_mut() {
            let asks_again = match &unit.state {
                UnitState::Waiting { why: Wait::Admission { .. } } | UnitState::Deferred { .. } => true,
                UnitState::Reversing => unit.failures == 0,
                _ => false,
            };
            if asks_again {
                unit.not_before = None;
            }
        }
        Ok(())
    }

    fn intend(&mut self, id: EffectId, issue: u32) -> Result<(), Illegal> {
        let cancelled = self.cancel.is_some();
        let owed = self.owed.get_mut(&id).ok_or(Illegal::NotOwed(id))?;
        if !owed.effect.uses_engine() {
            return Err(Illegal::Intent { id, why: "it uses no engine" });
        }
        if cancelled && !owed.effect.is_bookkeeping() {
            return Err(Illegal::Intent { id, why: "the run is being cancelled" });
        }
        if owed.issued.checked_add(1) != Some(issue) {
            return Err(Illegal::Intent { id, why: "its number does not continue the count" });
        }
        owed.issued = issue;
        owed.child = None;
        let (unit, effect) = (owed.unit.clone(), owed.effect.clone());
        if let (Some(unit), Effect::Apply { attempt }) = (unit, effect)
            && let Some(unit) = self.units.get_mut(&unit)
        {
            unit.attempts = attempt;
        }
        Ok(())
    }

    fn started(&mut self, id: EffectId, child: &ChildIdentity) -> Result<(), Illegal> {
        let owed = self.owed.get_mut(&id).ok_or(Illegal::NotOwed(id))?;
        if owed.issued == 0 {
            return Err(Illegal::Intent { id, why: "its intent is not journalled" });
        }
        if owed.child.is_some() {
            return Err(Illegal::Intent { id, why: "a process is already recorded for this intent" });
        }
        owed.child = Some(child.clone());
        Ok(())
    }

    fn refuse_what_cannot_run(&mut self, out: &mut Vec<Emit>) {
        for index in 0..self.units.len() {
            let Some((_, unit)) = self.units.get_index(index) else { continue };
            let code = match unit.facts.action {
                UnitAction::Unresolved => "unresolved",
                UnitAction::CannotRun => "cannot-run",
                UnitAction::PlanFailed => "plan-failed",
                UnitAction::Apply | UnitAction::Destroy | UnitAction::Move | UnitAction::Deferred => continue,
            };
            let note = unit.facts.note.clone();
            let error =
                RunnerError::new(code, if note.is_empty() { "it can't run as planned".to_owned() } else { note });
            self.set_failed(index, error, "Plan", out);
        }
    }

    /// Owes a new effect for the unit at `index`.
    pub(crate) fn owe(&mut self, index: usize, effect: Effect) {
        #[cfg(test)]
        if self.has(super::bugs::Bug::TwoAtOnce) {
            self.owe_once(index, effect.clone());
        }
        self.owe_once(index, effect);
    }

    fn owe_once(&mut self, index: usize, effect: Effect) {
        let id = EffectId(self.next_effect);
        let Some((name, unit)) = self.units.get_index_mut(index) else { return };
        unit.owed = Some(id);
        self.next_effect += 1;
        self.owed.insert(id, Owed { id, unit: Some(name.clone()), effect, issued: 0, child: None });
    }

    /// Sets a unit's state; a wait that is news becomes an event.
    pub(crate) fn set_state(&mut self, index: usize, state: UnitState, out: &mut Vec<Emit>) -> bool {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return false };
        if unit.state == state {
            return false;
        }
        if let UnitState::Waiting { why } = &state
            && let Some(news) = why.news()
        {
            out.push(emit(EventKind::UnitWaiting, Some(id), &news));
        }
        unit.state = state;
        true
    }

    /// The unit failed for good (until a person retries it). Its locks stay (`D8`).
    pub(crate) fn set_failed(&mut self, index: usize, error: RunnerError, during: &str, out: &mut Vec<Emit>) {
        self.set_trouble(index, error, during, EventKind::UnitFailed, out);
    }

    /// Nobody can tell what is there: a person must look.
    pub(crate) fn set_stuck(&mut self, index: usize, error: RunnerError, during: &str, out: &mut Vec<Emit>) {
        self.set_trouble(index, error, during, EventKind::UnitStuck, out);
    }

    fn set_trouble(&mut self, index: usize, error: RunnerError, during: &str, kind: EventKind, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        unit.not_before = None;
        out.push(emit(kind, Some(id), &trouble_payload(unit, &error, during)));
        let failure = Failure { error, during: during.to_owned() };
        unit.state =
            if kind == EventKind::UnitStuck { UnitState::Stuck { failure } } else { UnitState::Failed { failure } };
    }

    /// The unit's locks end with this step (`D8`); one that another unit of the run holds too stays the run's.
    pub(crate) fn release_locks(&mut self, index: usize, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        let id = id.clone();
        let mut locks = std::mem::take(&mut unit.locks);
        #[cfg(test)]
        let keeps_shared = !self.has(super::bugs::Bug::ReleaseSharedLock);
        #[cfg(not(test))]
        let keeps_shared = true;
        locks.retain(|lock| !(keeps_shared && self.units.values().any(|other| other.locks.contains(lock))));
        if !locks.is_empty() {
            out.push(emit(EventKind::LockReleased, Some(&id), &xcf_core::event::Locks { locks }));
        }
    }
}

/// `unit.failed` and `unit.stuck` share one payload: `UnitFailed`, plus the reason readers of `unit.stuck` look for.
#[derive(Serialize)]
struct Trouble<'a> {
    #[serde(flatten)]
    failed: UnitFailed,
    reason: &'a str,
    hint: &'a str,
    during: &'a str,
    diagnostics: &'a [xcf_core::diag::Diagnostic],
}

fn trouble_payload<'a>(unit: &UnitRun, error: &'a RunnerError, during: &'a str) -> Trouble<'a> {
    Trouble {
        failed: UnitFailed {
            code: error.code.clone(),
            message: error.message.clone(),
            attempt: unit.attempts,
            left_behind: error.left_behind.clone(),
        },
        reason: &error.message,
        hint: &error.hint,
        during,
        diagnostics: &error.diagnostics,
    }
}

/// An event to be appended with the step. Our payloads are plain structs: they always serialise.
pub(crate) fn emit(kind: EventKind, unit: Option<&UnitId>, data: &impl Serialize) -> Emit {
    Emit { kind, unit: unit.cloned(), data: serde_json::to_value(data).unwrap_or(Value::Null) }
}
