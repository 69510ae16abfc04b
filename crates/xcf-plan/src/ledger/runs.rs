//! Folding runs: their life, their driver, their journal's head, and the locks they end.

use super::{Entry, FinishMark, Ledger, LedgerError, RunRecord, RunUnitRecord};
use serde::Deserialize;
use std::collections::BTreeMap;
use xcf_core::changeset::{ChangeSetState, RunOutcome, UnitRunState};
use xcf_core::event::{EffectMark, EventKind, LockForced, Locks, RunFinished, RunRequested};
use xcf_core::ids::{RunId, UnitId};

/// The part of a journal entry the ledger reads: inputs may be large and are typed elsewhere.
#[derive(Deserialize)]
struct Step {
    seq: Option<u64>,
}

impl Ledger {
    pub(super) fn fold_run(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        match entry.kind() {
            EventKind::RunRequested => self.request(entry),
            EventKind::RunFinished => self.finish(entry),
            EventKind::LockReleased => self.release(entry),
            EventKind::LockForced => {
                let forced: LockForced = entry.data()?;
                if self.locks.remove(&forced.lock).is_none() {
                    self.note(entry.position(), format!("lock {} was forced open, but nobody held it", forced.lock));
                }
                Ok(())
            }
            _ => self.step(entry),
        }
    }

    fn request(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        let asked: RunRequested = entry.data()?;
        let record = self.change_sets.get_mut(&asked.change_set).ok_or_else(|| entry.unknown(asked.change_set))?;
        let run = RunRecord {
            id: asked.run,
            change_set: asked.change_set,
            revision: record.current().map_or(0, |r| r.planned.revision),
            requested_by: entry.0.event.actor.clone(),
            requested_at: entry.at(),
            requested_position: entry.position(),
            accept_not_yet_effective: asked.accept_not_yet_effective,
            started_at: None,
            paused: false,
            cancelling: false,
            finished: None,
            driver: None,
            journal_head: 0,
            units: BTreeMap::new(),
        };
        if self.runs.contains_key(&asked.run) {
            self.note(entry.position(), format!("{} was asked for twice; the first stands", asked.run));
            return Ok(());
        }
        record.runs.push(asked.run);
        self.runs.insert(asked.run, run);
        Ok(())
    }

    /// A finished run holds nothing any more (`D8`), and ends its ChangeSet unless something failed.
    fn finish(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        let id = entry.run()?;
        let finished: RunFinished = entry.data()?;
        let run = self.runs.get_mut(&id).ok_or_else(|| entry.unknown(id))?;
        run.finished = Some(FinishMark { outcome: finished.outcome, at: entry.at(), note: finished.note.clone() });
        run.driver = None;
        let change_set = run.change_set;
        self.locks.retain(|_, lock| lock.run != id);
        match finished.outcome {
            RunOutcome::Done => self.end(change_set, ChangeSetState::Closed, finished.note, entry),
            RunOutcome::Cancelled => self.end(change_set, ChangeSetState::Cancelled, finished.note, entry),
            RunOutcome::RolledBack => self.end(change_set, ChangeSetState::RolledBack, finished.note, entry),
            RunOutcome::Failed => Ok(()),
        }
    }

    fn release(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        let id = entry.run()?;
        let released: Locks = entry.data()?;
        for name in released.locks {
            match self.locks.get(&name) {
                Some(lock) if lock.run == id => {
                    self.locks.remove(&name);
                }
                // Forced open before, perhaps taken by another run since: that one keeps it.
                _ => self.note(entry.position(), format!("{id} released {name}, which it did not hold")),
            }
        }
        Ok(())
    }

    fn step(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        let id = entry.run()?;
        let seq = Step::deserialize(&entry.0.event.data).ok().and_then(|s| s.seq);
        let mark: Option<EffectMark> = match entry.kind() {
            EventKind::EffectIntended | EventKind::EffectStarted => EffectMark::deserialize(&entry.0.event.data).ok(),
            _ => None,
        };
        let driver = match entry.kind() {
            EventKind::DriverTaken => Some(entry.data()?),
            _ => None,
        };
        let run = self.runs.get_mut(&id).ok_or_else(|| entry.unknown(id))?;
        if let Some(seq) = seq {
            run.journal_head = run.journal_head.max(seq);
        } else if entry.kind() == EventKind::RunStepped {
            return Err(entry.malformed("it has no step number"));
        }
        match entry.kind() {
            EventKind::RunStarted => run.started_at = run.started_at.or(Some(entry.at())),
            EventKind::RunPaused => run.paused = true,
            EventKind::RunResumed => run.paused = false,
            EventKind::RunCancelling => run.cancelling = true,
            EventKind::DriverTaken => run.driver = driver,
            EventKind::DriverLost => run.driver = None,
            _ => {}
        }
        if let (Some(mark), Some(unit)) = (mark, entry.0.event.unit.clone()) {
            run.effect(unit.clone(), &mark, entry);
            self.units.entry(unit).or_default().intend(&mark.action);
        }
        Ok(())
    }

    pub(super) fn take_locks(&mut self, run: RunId, unit: &UnitId, locks: Vec<String>, entry: &Entry<'_>) {
        for name in locks {
            match self.locks.get(&name).map(|lock| lock.run) {
                Some(holder) if holder != run => {
                    self.note(
                        entry.position(),
                        format!("{run} took {name}, which {holder} holds; the first holder keeps it"),
                    );
                }
                Some(_) => {}
                None => {
                    let lock = super::LockRecord { run, unit: Some(unit.clone()), since: entry.at() };
                    self.locks.insert(name, lock);
                }
            }
        }
    }
}

impl RunRecord {
    /// The record of a unit, made if it is not there.
    pub(super) fn unit_mut(&mut self, unit: UnitId, entry: &Entry<'_>) -> &mut RunUnitRecord {
        self.units.entry(unit).or_insert_with(|| RunUnitRecord {
            state: UnitRunState::Pending,
            since: entry.at(),
            waiting: None,
            attempt: 0,
            planned: None,
            failure: None,
            note: String::new(),
        })
    }

    fn effect(&mut self, unit: UnitId, mark: &EffectMark, entry: &Entry<'_>) {
        let state = match mark.action.as_str() {
            "backup" => UnitRunState::BackingUp,
            "apply" | "destroy" => UnitRunState::Applying,
            "verify" => UnitRunState::Verifying,
            "observe" => UnitRunState::Observing,
            "reverse" => UnitRunState::Reversing,
            _ => return,
        };
        let record = self.unit_mut(unit, entry);
        record.attempt = record.attempt.max(mark.attempt);
        record.enter(state, entry);
    }
}

impl RunUnitRecord {
    pub(super) fn enter(&mut self, state: UnitRunState, entry: &Entry<'_>) {
        if self.state != state {
            self.since = entry.at();
        }
        self.state = state;
        if state != UnitRunState::Waiting {
            self.waiting = None;
        }
    }
}
