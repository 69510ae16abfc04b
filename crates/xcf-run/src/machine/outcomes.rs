//! What the answers to owed effects mean.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeSet;
use xcf_core::changeset::UnitAction;
use xcf_core::event::{
    EventKind, Reason, UnitApplied, UnitDeferred, UnitMoved, UnitPlanned, UnitReversed, UnitUnchanged,
};
use xcf_core::ids::{BlobId, EffectId};
use xcf_core::ports::runner::{Inspection, RunnerError};
use xcf_core::route::Gate;

#[cfg(test)]
use super::bugs::Bug;
use super::effect::{Effect, Outcome, Owed, Verdict};
use super::facts::UnitFacts;
use super::input::Emit;
use super::run::{Run, UnitRun};
use super::state::{UnitState, Wait};
use super::step::{Illegal, emit};

/// A plan that never fits when it is applied is a sign that something else writes there.
const MOST_STALE: u32 = 5;
/// An effect whose process is lost this often asks a person.
const MOST_LOST: u32 = 20;
/// Longest back-off.
const LONGEST_BACKOFF_SECONDS: u64 = 3600;
/// When an admission or a missing output is asked for again if no news come.
const ASK_AGAIN_SECONDS: i64 = 300;
/// When approvals that could not be read are read again.
const GATES_AGAIN_SECONDS: i64 = 15;

impl Run {
    pub(crate) fn answer(&mut self, id: EffectId, outcome: &Outcome, out: &mut Vec<Emit>) -> Result<(), Illegal> {
        let owed = self.owed.remove(&id).ok_or(Illegal::NotOwed(id))?;
        if owed.effect.uses_engine() && owed.issued == 0 {
            return Err(Illegal::Intent { id, why: "it was answered before its intent was journalled" });
        }
        let misfit = Illegal::DoesNotFit { effect: owed.effect.name(), outcome: outcome.name() };
        let Some(unit) = &owed.unit else { return self.answer_gates(outcome).ok_or(misfit) };
        let Some(index) = self.units.get_index_of(unit) else { return Err(Illegal::UnknownUnit(unit.clone())) };
        if let Some((_, unit)) = self.units.get_index_mut(index) {
            unit.owed = None;
        }
        match (&owed.effect, outcome) {
            (_, Outcome::Failed { error }) if error.code == "stale-plan" && is_apply(&owed.effect) => {
                self.on_stale(index, &error.message, out);
            }
            (effect, Outcome::Failed { error }) => self.on_failed(index, effect, error, out),
            (effect, Outcome::Lost) if effect.uses_engine() => self.on_lost(index, &owed, true, out),
            (effect, Outcome::NotBegun) if effect.uses_engine() => self.on_lost(index, &owed, false, out),
            (Effect::Admit { reverse }, Outcome::Admitted { locks }) => self.on_admitted(index, *reverse, locks, out),
            (Effect::Admit { reverse }, Outcome::NotAdmitted { code, why, said, until }) => {
                let wait = Wait::Admission { code: code.clone(), why: why.clone(), said: said.clone(), until: *until };
                self.on_not_admitted(index, *reverse, wait, *until, out);
            }
            (Effect::Plan, Outcome::Planned { facts, plan, verdict }) => {
                self.on_planned(index, facts, plan, verdict, out);
            }
            (Effect::Rekey, Outcome::Rekeyed) => self.on_rekeyed(index, out),
            (Effect::Backup, Outcome::BackedUp { references }) => self.on_backed_up(index, references, out),
            (Effect::Apply { .. } | Effect::CollectOutputs, Outcome::Applied { record }) if !self.destroys(index) => {
                self.on_applied(index, record, out);
            }
            (Effect::Apply { .. } | Effect::CollectOutputs, Outcome::Destroyed) if self.destroys(index) => {
                self.on_destroyed(index, out);
            }
            (Effect::Apply { .. }, Outcome::Stale { reason }) => self.on_stale(index, reason, out),
            (Effect::Inspect, Outcome::Inspected { found }) => self.on_inspected(index, found, out),
            (Effect::Verify, Outcome::Verified { differs }) => self.on_verified(index, differs, out),
            (Effect::Reverse, Outcome::Reversed { record }) => self.set_reversed(index, record, out),
            _ => return Err(misfit),
        }
        Ok(())
    }

    fn destroys(&self, index: usize) -> bool {
        self.units.get_index(index).is_some_and(|(_, u)| u.facts.action == UnitAction::Destroy)
    }

    fn answer_gates(&mut self, outcome: &Outcome) -> Option<()> {
        match outcome {
            Outcome::Gates { gates } => self.gates = Some(gates.clone()),
            Outcome::Failed { .. } => {
                self.wants_gates = true;
                self.gates_not_before = Some(later(self.now, GATES_AGAIN_SECONDS));
            }
            _ => return None,
        }
        Some(())
    }

    fn on_admitted(&mut self, index: usize, reverse: bool, locks: &[String], out: &mut Vec<Emit>) {
        let Some((_, unit)) = self.units.get_index_mut(index) else { return };
        let held: BTreeSet<String> = unit.locks.iter().chain(locks).cloned().collect();
        unit.locks = held.into_iter().collect();
        if reverse {
            unit.reverse_admitted = true;
        } else {
            unit.admitted = true;
            self.wait(index, Wait::Slot, out);
        }
    }

    fn on_not_admitted(
        &mut self,
        index: usize,
        reverse: bool,
        wait: Wait,
        until: Option<Timestamp>,
        out: &mut Vec<Emit>,
    ) {
        let again = until.filter(|t| *t > self.now).unwrap_or_else(|| later(self.now, ASK_AGAIN_SECONDS));
        let Some((_, unit)) = self.units.get_index_mut(index) else { return };
        unit.not_before = Some(again);
        if !reverse {
            self.wait(index, wait, out);
        }
    }

    fn on_planned(&mut self, index: usize, facts: &UnitFacts, plan: &BlobId, verdict: &Verdict, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        let verdict = judged(unit, facts, verdict);
        match &verdict {
            Verdict::Denied { reason } => {
                let error = RunnerError::new("policy-denied", reason.clone());
                return self.set_failed(index, error.hint("change it, or mend the policy, and retry"), "Plan", out);
            }
            Verdict::Waits { reason } => {
                let reason = reason.clone();
                out.push(emit(
                    EventKind::UnitDeferred,
                    Some(id),
                    &UnitDeferred { waits_for: vec![], reason: reason.clone() },
                ));
                unit.not_before = Some(later(self.now, ASK_AGAIN_SECONDS));
                unit.state = UnitState::Deferred { reason };
                return;
            }
            Verdict::Same | Verdict::Covered | Verdict::Different | Verdict::Unchanged => {}
        }
        unit.needs_plan = false;
        unit.plan = Some(plan.clone());
        let covered = !matches!(verdict, Verdict::Different);
        let record = UnitPlanned { unit_digest: facts.digest.clone(), blob: plan.clone(), covered };
        out.push(emit(EventKind::UnitPlanned, Some(id), &record));
        match verdict {
            Verdict::Unchanged => return self.on_unchanged(index, facts, out),
            Verdict::Different => {
                unit.facts = facts.clone();
                unit.waits_alone = true;
                unit.admitted = false;
                self.wants_gates = true;
                // What was read before this plan existed says nothing about it, even if the meaning is the same.
                let id = id.clone();
                if let Some(gates) = &mut self.gates {
                    gates.met.remove(&id);
                    gates.consented.remove(&id);
                }
            }
            // The approved digest stays the one the gate must be met at; what else was planned anew counts.
            _ => unit.facts = UnitFacts { digest: unit.facts.digest.clone(), gate: unit.facts.gate, ..facts.clone() },
        }
        self.wait(index, Wait::Slot, out);
    }

    fn on_unchanged(&mut self, index: usize, facts: &UnitFacts, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        // Everything is real already, but that was this run's doing (or nothing is left to destroy): it is to be recorded.
        if unit.is_touched() || facts.action == UnitAction::Destroy {
            unit.collect = true;
            self.wait(index, Wait::Slot, out);
            return;
        }
        let record = UnitUnchanged { inputs_digest: facts.inputs_digest.clone(), commit: facts.commit.clone() };
        out.push(emit(EventKind::UnitUnchanged, Some(id), &record));
        let reason = "what goes in turned out equal: nothing to change".to_owned();
        out.push(emit(EventKind::UnitSkipped, Some(id), &Reason { reason: reason.clone() }));
        unit.state = UnitState::Skipped { reason };
        self.release_locks(index, out);
    }

    fn on_rekeyed(&mut self, index: usize, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        unit.rekeyed = true;
        unit.failures = 0;
        if let Some(from) = &unit.facts.moved_from {
            out.push(emit(EventKind::UnitMoved, Some(id), &UnitMoved { from: from.clone(), to: id.clone() }));
        }
        if unit.facts.action == UnitAction::Move {
            self.set_done(index, out);
        }
    }

    fn on_backed_up(&mut self, index: usize, references: &[String], out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        unit.backed_up = true;
        unit.failures = 0;
        out.push(emit(EventKind::UnitBackedUp, Some(id), &BackupTaken { references }));
    }

    fn on_applied(&mut self, index: usize, record: &UnitApplied, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        let recorded = emit(EventKind::UnitApplied, Some(id), record);
        #[cfg(test)]
        let recorded = if self.bug == Some(Bug::DoneWithoutRecord) {
            Emit { kind: EventKind::UnitWaiting, ..recorded }
        } else {
            recorded
        };
        out.push(recorded);
        mark_applied(unit);
        unit.state = UnitState::Verifying;
    }

    fn on_destroyed(&mut self, index: usize, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        out.push(emit(EventKind::UnitDestroyed, Some(id), &Reason::default()));
        mark_applied(unit);
        // Nothing is left that could be verified or observed.
        unit.verified = true;
        self.set_done(index, out);
    }

    fn on_stale(&mut self, index: usize, reason: &str, out: &mut Vec<Emit>) {
        let Some((_, unit)) = self.units.get_index_mut(index) else { return };
        unit.stale += 1;
        // Nothing was started, so this was no attempt: what it changes must still be exactly what was approved (`D6`).
        unit.attempts = unit.attempts.saturating_sub(1);
        unit.needs_plan = true;
        if unit.stale > MOST_STALE {
            let error =
                RunnerError::new("keeps-changing", format!("its plan did not fit {} times: {reason}", unit.stale));
            return self.set_failed(index, error.hint("find out who else changes it, then retry"), "Apply", out);
        }
        self.wait(index, Wait::Slot, out);
    }

    fn on_inspected(&mut self, index: usize, found: &Inspection, out: &mut Vec<Emit>) {
        let Some((_, unit)) = self.units.get_index_mut(index) else { return };
        unit.inspect = false;
        unit.failures = 0;
        match found {
            Inspection::NotStarted => {}
            Inspection::Finished => {
                unit.collect = true;
                return;
            }
            Inspection::Partial { .. } => unit.needs_plan = true,
            Inspection::Unknown { reason } => {
                let error = RunnerError::new("outcome-unknown", format!("the apply was interrupted, and {reason}"));
                let hint = "look at the real resources, then retry, or mark the unit reversed";
                return self.set_stuck(index, error.hint(hint), "Inspect", out);
            }
        }
        self.wait(index, Wait::Slot, out);
    }

    fn on_verified(&mut self, index: usize, differs: &[String], out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        if !differs.is_empty() {
            unit.applied = false;
            unit.needs_plan = true;
            let what = differs.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            let message = format!("after the apply {} resources still differ: {what}", differs.len());
            let error = RunnerError::new("verify-differs", message);
            return self.set_failed(index, error.hint("look at the log, then retry"), "Verify", out);
        }
        unit.verified = true;
        out.push(emit(EventKind::UnitVerified, Some(id), &Reason::default()));
        if unit.facts.gate == Gate::Strong {
            let started = ObservationStarted { asks: "sign-off", configured: unit.facts.observe };
            out.push(emit(EventKind::ObservationStarted, Some(id), &started));
            unit.state = UnitState::Observing;
        } else {
            self.set_done(index, out);
        }
    }

    pub(crate) fn set_done(&mut self, index: usize, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        out.push(emit(EventKind::UnitDone, Some(id), &UnitDone { verified: unit.verified, observed: false }));
        unit.state = UnitState::Done;
        unit.not_before = None;
        self.release_locks(index, out);
    }

    pub(crate) fn set_reversed(&mut self, index: usize, record: &UnitReversed, out: &mut Vec<Emit>) {
        let Some((id, unit)) = self.units.get_index_mut(index) else { return };
        out.push(emit(EventKind::UnitReversed, Some(id), record));
        unit.state = UnitState::Reversed;
        unit.not_before = None;
        // Whatever was still to be found out about an apply is answered: it is gone.
        unit.inspect = false;
        unit.collect = false;
        self.release_locks(index, out);
    }

    /// `begun`: the engine may have begun. A driver's death before that is no sign against the unit, however often it happens.
    fn on_lost(&mut self, index: usize, owed: &Owed, begun: bool, out: &mut Vec<Emit>) {
        let Some((_, unit)) = self.units.get_index_mut(index) else { return };
        unit.lost += u32::from(begun);
        let applies = is_apply(&owed.effect);
        if applies {
            unit.inspect = true;
            unit.lost_child = owed.child.clone();
        }
        if unit.lost > MOST_LOST {
            let error = RunnerError::new("process-lost", format!("its process was lost {} times", unit.lost));
            let during = owed.effect.name().to_string();
            return self.set_stuck(index, error.hint("find out what kills it, then retry"), &during, out);
        }
        #[cfg(test)]
        if self.bug == Some(Bug::ApplyAgainBlindly) {
            unit.inspect = false;
        }
        // Everything but an apply can be done again as it is: it reads, or doing it twice is the same (`D7`).
        if !applies && owed.effect != Effect::Reverse && !unit.applied {
            self.wait(index, Wait::Slot, out);
        }
    }

    fn on_failed(&mut self, index: usize, effect: &Effect, error: &RunnerError, out: &mut Vec<Emit>) {
        let (now, halted) = (self.now, self.is_halted());
        let Some((_, unit)) = self.units.get_index_mut(index) else { return };
        unit.failures += 1;
        if is_apply(effect) {
            unit.needs_plan = true;
        }
        let reverses = matches!(effect, Effect::Reverse | Effect::Admit { reverse: true });
        let may_retry = error.retryable && error.code != "engine-cancelled" && unit.failures <= unit.facts.retries;
        if may_retry && (reverses || !halted || effect.is_bookkeeping()) {
            let until = later(now, backoff_seconds(unit.facts.backoff_seconds, unit.failures));
            unit.not_before = Some(until);
            let (attempt, of) = (unit.failures + 1, unit.facts.retries + 1);
            if !reverses {
                self.wait(index, Wait::Backoff { until, attempt, of }, out);
            }
            return;
        }
        let during = effect.name().to_string();
        // A failed undo, or an outcome that can't be found out, is nothing to be retried into oblivion (`D2.8`).
        if reverses || *effect == Effect::Inspect {
            self.set_stuck(index, error.clone(), &during, out);
        } else {
            self.set_failed(index, error.clone(), &during, out);
        }
    }
}

fn is_apply(effect: &Effect) -> bool {
    matches!(effect, Effect::Apply { .. })
}

fn mark_applied(unit: &mut UnitRun) {
    unit.applied = true;
    unit.verified = false;
    unit.collect = false;
    unit.inspect = false;
    unit.needs_plan = false;
    unit.failures = 0;
    unit.lost_child = None;
}

/// The verdict the machine goes by: doubt means that the gate asks again (`D6`).
fn judged(unit: &UnitRun, facts: &UnitFacts, verdict: &Verdict) -> Verdict {
    let loosened = facts.gate < unit.facts.gate || (unit.facts.removal && !facts.removal);
    let tightened = facts.gate > unit.facts.gate || (facts.removal && !unit.facts.removal);
    // What was unknown when it was approved is known now (`D6` refinement): the performer compared the plans.
    let refines = unit.facts.partial && unit.facts.action == UnitAction::Deferred && facts.action == UnitAction::Apply;
    let other = (facts.action != unit.facts.action && !refines) || loosened || tightened;
    match verdict {
        Verdict::Same if facts.digest != unit.facts.digest || other => Verdict::Different,
        Verdict::Covered if (unit.attempts == 0 && !refines) || other => Verdict::Different,
        // Nothing is left to destroy, but that it was to be destroyed is new.
        Verdict::Unchanged if facts.action == UnitAction::Destroy && unit.facts.action != UnitAction::Destroy => {
            Verdict::Different
        }
        // What can't run is nothing that could be approved or recorded.
        _ if !facts.is_runnable() && matches!(verdict, Verdict::Same | Verdict::Covered | Verdict::Different) => {
            Verdict::Waits { reason: facts.note.clone() }
        }
        other => other.clone(),
    }
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// First back-off, doubled per failure, at most an hour.
fn backoff_seconds(first: u64, failures: u32) -> i64 {
    let factor = 1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX);
    let seconds = first.saturating_mul(factor).min(LONGEST_BACKOFF_SECONDS);
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// Payload of `unit.backed-up`.
#[derive(Serialize)]
struct BackupTaken<'a> {
    references: &'a [String],
}

/// Payload of `observation.started`.
#[derive(Serialize)]
struct ObservationStarted {
    asks: &'static str,
    configured: bool,
}

/// Payload of `unit.done`: never claims a look that did not happen (`D2.8`).
#[derive(Serialize)]
struct UnitDone {
    verified: bool,
    observed: bool,
}
