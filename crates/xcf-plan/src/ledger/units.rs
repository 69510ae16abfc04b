//! Folding units: what is applied, dirty, held, moved, destroyed – and their state inside a run.

use super::{AppliedRecord, DriftMark, Entry, Hold, Ledger, LedgerError, OpenAttempt, UnitRecord};
use xcf_core::changeset::UnitRunState as S;
use xcf_core::event::{
    EventKind, Locks, Reason, UnitApplied, UnitDeferred, UnitFailed, UnitMoved, UnitPlanned, UnitReversed,
    UnitUnchanged, UnitWaiting,
};
use xcf_core::ids::UnitId;

impl Ledger {
    pub(super) fn fold_unit(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        if entry.kind() == EventKind::UnitMoved {
            return self.rekey(&entry.data()?, entry);
        }
        let id = entry.unit()?.clone();
        if let Some(run) = entry.0.event.run {
            self.fold_run_unit(run, &id, entry)?;
            if entry.kind() == EventKind::UnitAdmitted {
                let locks: Locks = entry.data()?;
                self.take_locks(run, &id, locks.locks, entry);
            }
        }
        let record = self.units.entry(id).or_default();
        record.last_run = entry.0.event.run.or(record.last_run);
        record.take(entry)
    }

    /// Re-keys a unit's record (`dsl §2`). Two records can't become one: then both stay and the oddity is listed.
    fn rekey(&mut self, moved: &UnitMoved, entry: &Entry<'_>) -> Result<(), LedgerError> {
        if let Some(run) = entry.0.event.run.and_then(|run| self.runs.get_mut(&run)) {
            run.unit_mut(moved.to.clone(), entry);
        }
        if self.units.get(&moved.to).is_some_and(UnitRecord::existed_before) {
            self.note(
                entry.position(),
                format!("{} was moved to {}, which has state of its own", moved.from, moved.to),
            );
            return Ok(());
        }
        let Some(mut record) = self.units.remove(&moved.from) else {
            self.note(
                entry.position(),
                format!("{} was moved to {}, but nothing is known of it", moved.from, moved.to),
            );
            return Ok(());
        };
        // The step's own admission was noted at the new id: the attempt goes on under it.
        if let Some(open) = self.units.remove(&moved.to) {
            record.hold = record.hold.or(open.hold);
            record.last_run = open.last_run;
            if let Some(attempt) = open.attempt {
                record.attempt = Some(OpenAttempt { dirty_before: record.dirty, ..attempt });
                record.dirty = true;
            }
        }
        record.former_ids.push(moved.from.clone());
        record.rekeyed = entry.0.event.run.or(record.rekeyed);
        self.units.insert(moved.to.clone(), record);
        Ok(())
    }

    fn fold_run_unit(&mut self, run: xcf_core::ids::RunId, id: &UnitId, entry: &Entry<'_>) -> Result<(), LedgerError> {
        let run = self.runs.get_mut(&run).ok_or_else(|| entry.unknown(run))?;
        let unit = run.unit_mut(id.clone(), entry);
        match entry.kind() {
            EventKind::UnitPlanned => {
                unit.planned = Some(entry.data::<UnitPlanned>()?);
                unit.enter(S::Pending, entry);
            }
            EventKind::UnitDeferred => {
                unit.note = entry.data::<UnitDeferred>()?.reason;
                unit.enter(S::Deferred, entry);
            }
            EventKind::UnitWaiting => {
                let waiting: UnitWaiting = entry.data()?;
                unit.enter(S::Waiting, entry);
                unit.waiting = Some(waiting);
            }
            EventKind::UnitAdmitted | EventKind::UnitBackedUp => unit.enter(S::Applying, entry),
            EventKind::UnitApplied => {
                unit.failure = None;
                unit.enter(S::Verifying, entry);
            }
            EventKind::ObservationStarted => unit.enter(S::Observing, entry),
            EventKind::UnitDone => unit.enter(S::Done, entry),
            EventKind::UnitUnchanged => unit.enter(S::Skipped, entry),
            EventKind::UnitSkipped => {
                unit.note = entry.data::<Reason>()?.reason;
                unit.enter(S::Skipped, entry);
            }
            EventKind::UnitFailed => {
                let failure: UnitFailed = entry.data()?;
                unit.attempt = unit.attempt.max(failure.attempt);
                unit.failure = Some(failure);
                unit.enter(S::Failed, entry);
            }
            EventKind::UnitReversed => unit.enter(S::Reversed, entry),
            EventKind::UnitStuck => {
                unit.note = entry.data::<Reason>()?.reason;
                unit.enter(S::Stuck, entry);
            }
            _ => {}
        }
        Ok(())
    }
}

impl UnitRecord {
    fn take(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        match entry.kind() {
            EventKind::UnitAdmitted => self.begin(entry),
            EventKind::UnitApplied => self.applied(entry.data()?, entry),
            EventKind::UnitReversed => self.reversed(&entry.data()?),
            EventKind::UnitDestroyed => self.destroyed(entry),
            EventKind::UnitUnchanged => {
                self.unchanged = Some(entry.data::<UnitUnchanged>()?);
                self.never_mind();
            }
            EventKind::UnitSkipped => self.never_mind(),
            EventKind::UnitDone => {
                if let Some(open) = self.attempt.take() {
                    self.dirty = open.dirty_before;
                }
            }
            EventKind::UnitFailed => self.failed(entry)?,
            EventKind::UnitStuck => {
                self.stuck = Some(entry.data::<Reason>()?.reason);
                self.dirty = true;
                self.attempt = None;
            }
            EventKind::HoldSet => {
                let reason = entry.data::<Reason>()?.reason;
                self.hold = Some(Hold { since: entry.at(), by: entry.0.event.actor.clone(), reason });
            }
            EventKind::HoldCleared => self.hold = None,
            EventKind::DriftFound => self.drift = Some(DriftMark::Found { at: entry.at() }),
            EventKind::DriftCorrected => self.drift = Some(DriftMark::Corrected { at: entry.at() }),
            _ => {}
        }
        Ok(())
    }

    /// True if it held something before the attempt under way.
    fn existed_before(&self) -> bool {
        self.applied.is_some() || self.attempt.as_ref().map_or(self.dirty, |open| open.dirty_before)
    }

    /// A failure after the admission leaves the unit dirty as the admission set it; one after the apply (the check of its
    /// result) makes it dirty again; one before the admission has changed nothing.
    fn failed(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        self.failure = Some(entry.data()?);
        self.attempt = None;
        let run = entry.0.event.run;
        if run.is_some() && self.applied.as_ref().is_some_and(|a| a.run == run) {
            self.dirty = true;
        }
        Ok(())
    }

    fn begin(&mut self, entry: &Entry<'_>) {
        let open = self.attempt.as_ref();
        let dirty_before = open.map_or(self.dirty, |open| open.dirty_before);
        let begun = open.is_some_and(|open| open.begun);
        self.attempt = Some(OpenAttempt { run: entry.0.event.run, dirty_before, begun });
        self.dirty = true;
    }

    /// Nothing was tried after all: what was so before the admission is so again. If something was, the unit stays dirty:
    /// what it did may not be recorded.
    fn never_mind(&mut self) {
        if let Some(open) = self.attempt.take() {
            self.dirty = open.dirty_before || open.begun;
        }
    }

    /// An effect is about to be tried. One of an unknown kind counts as one that changes something.
    pub(super) fn intend(&mut self, action: &str) {
        const HARMLESS: [&str; 10] =
            ["gates", "plan", "policy", "admit", "inspect", "backup", "verify", "outputs", "observe", "rekey"];
        let harmless = HARMLESS.contains(&action);
        if let Some(open) = self.attempt.as_mut().filter(|_| !harmless) {
            open.begun = true;
        }
    }

    fn settle(&mut self) {
        self.dirty = false;
        self.attempt = None;
        self.failure = None;
        self.stuck = None;
        self.drift = None;
    }

    fn applied(&mut self, record: UnitApplied, entry: &Entry<'_>) {
        self.settle();
        self.unchanged = None;
        self.destroyed = None;
        self.first_applied = self.first_applied.or(Some(entry.at()));
        self.previous = self.applied.take();
        self.applied = Some(AppliedRecord {
            record,
            position: entry.position(),
            at: entry.at(),
            run: entry.0.event.run,
            change_set: entry.0.event.change_set,
        });
    }

    /// After a reverse the former meaning runs again; if the record of it is not the one named, only the commit is known,
    /// so the unit stays pending (no inputs digest can match).
    fn reversed(&mut self, reversed: &UnitReversed) {
        self.settle();
        self.unchanged = None;
        let Some(commit) = &reversed.commit else {
            self.applied = None;
            self.previous = None;
            self.first_applied = None;
            return;
        };
        let is_it = |a: &AppliedRecord| &a.record.commit == commit;
        if self.previous.as_ref().is_some_and(is_it) {
            self.applied = self.previous.take();
        } else if !self.applied.as_ref().is_some_and(is_it) {
            self.dirty = true;
        }
    }

    fn destroyed(&mut self, entry: &Entry<'_>) {
        self.settle();
        self.unchanged = None;
        self.applied = None;
        self.previous = None;
        self.first_applied = None;
        self.destroyed = Some(entry.at());
    }
}
