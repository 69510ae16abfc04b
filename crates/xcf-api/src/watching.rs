//! Runs as they go: units, phases, waits, logs, locks.

use crate::dto::{
    DiagnosticDto, DriverDto, FrozenEdgeDto, LockDto, LocksDto, LogDto, PhaseDto, RunDto, RunListDto, RunSummaryDto,
    RunUnitDto, SaidDto, WaitDto,
};
use crate::error::{Answer, Problem};
use crate::open::Workspace;
use crate::reviewing::Case;
use crate::views::change::{deferred, edge_word};
use std::collections::BTreeMap;
use xcf_core::changeset::{ChangeUnit, UnitRunState as U};
use xcf_core::event::{DriverChange, EffectMark, Event, EventKind as K, StreamId};
use xcf_core::ids::{RunId, UnitId};
use xcf_plan::ledger::{Ledger, RunRecord, RunUnitRecord};
use xcf_plan::render::change_set_risk;

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Workspace {
    /// Use case: all runs, newest first.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn runs(&self) -> Answer<RunListDto> {
        let ledger = self.ledger().await?;
        let mut items = Vec::new();
        for run in ledger.runs.values().rev() {
            let case = self.case(&ledger, run.change_set, &[]).await?;
            items.push(summary(&case, run, &ledger, self.clock.now()));
        }
        Ok(RunListDto { items })
    }
    /// Use case: one run.
    ///
    /// # Errors
    /// No such run.
    pub(crate) async fn run(&self, id: RunId) -> Answer<RunDto> {
        let ledger = self.ledger().await?;
        let run = ledger.runs.get(&id).ok_or_else(|| Problem::not_found(id))?;
        let case = self.case(&ledger, run.change_set, &[]).await?;
        let timelines = self.timelines(id).await?;
        let driver = self.driver_of(run).await?;
        let units: Vec<RunUnitDto> = case
            .set
            .units
            .iter()
            .filter(|u| u.is_runnable())
            .map(|u| unit(u, run.units.get(&u.id), timelines.get(&u.id)))
            .collect();
        let cancelled = if_cancelled(&units);
        let waits = run.units.iter().filter(|(_, u)| matches!(u.state, U::Waiting | U::Deferred));
        let waits = waits.map(|(id, u)| {
            let waiting = u.waiting.as_ref().filter(|w| !w.why.is_empty());
            let said = waiting.map(|w| SaidDto::of(&w.said, w.why.clone()));
            let said = said.or_else(|| noted(case.set.unit(id), &u.note));
            (id, u, said)
        });
        let waits = waits.map(|(id, u, said)| WaitDto {
            unit: id.to_string(),
            why: said.as_ref().map(|s| s.text.clone()).unwrap_or_default(),
            why_said: said,
            until: u.waiting.as_ref().and_then(|w| w.until).map(|t| t.to_string()),
        });
        Ok(RunDto {
            summary: summary(&case, run, &ledger, self.clock.now()),
            waiting_for_driver: match run.driver {
                Some(_) => self.driver_died(run).await?,
                None => run.finished.is_none(),
            },
            driver,
            waits: waits.filter(|w| !w.why.is_empty()).collect(),
            if_cancelled: cancelled.iter().map(|s| s.text.clone()).collect(),
            if_cancelled_said: cancelled,
            units,
            edges: case
                .set
                .edges
                .iter()
                .map(|e| FrozenEdgeDto {
                    from: e.from.to_string(),
                    to: e.to.to_string(),
                    kind: edge_word(e.kind).to_owned(),
                })
                .collect(),
            position: ledger.position,
        })
    }
    /// The process that holds the run's lease, and whether it lives; none if nobody does or the run is over.
    pub(crate) async fn driver_of(&self, run: &RunRecord) -> Answer<Option<DriverDto>> {
        if run.finished.is_some() {
            return Ok(None);
        }
        let name = xcf_run::driver::embedded::lease_name(run.id);
        let lease = self.store.list().await?.into_iter().find(|l| l.name == name);
        Ok(lease.map(|l| DriverDto {
            alive: !crate::process::is_dead(&l.holder) && l.until > self.clock.now(),
            holder: l.holder,
            until: l.until.to_string(),
        }))
    }
    /// True if the driver that `run` says it has is gone without a word. Who leaves says so first and ends its lease then,
    /// so a lease that is missing means it only if the log, read after it, still names that driver.
    pub(crate) async fn driver_died(&self, run: &RunRecord) -> Answer<bool> {
        if self.driver_of(run).await?.is_some_and(|d| d.alive) {
            return Ok(false);
        }
        let ledger = self.ledger().await?;
        Ok(ledger
            .runs
            .get(&run.id)
            .is_some_and(|now| died(run.driver.as_ref(), now.driver.as_ref(), now.finished.is_some())))
    }
    /// Phases per unit, from the run's own stream.
    async fn timelines(&self, id: RunId) -> Answer<BTreeMap<UnitId, Timeline>> {
        let mut timelines: BTreeMap<UnitId, Timeline> = BTreeMap::new();
        let mut position = 0;
        loop {
            let events = self.store.read_stream(&StreamId::run(id), position, 2_000).await?;
            let Some(last) = events.last() else { return Ok(timelines) };
            position = last.position;
            for event in &events {
                if let Some(unit) = &event.event.unit {
                    timelines.entry(unit.clone()).or_default().take(event);
                }
            }
        }
    }
    /// Use case: log of one unit in one run.
    ///
    /// # Errors
    /// No such run, no such unit in it, or the log can't be read.
    pub(crate) async fn log(&self, id: RunId, unit: &UnitId, from: u64) -> Answer<LogDto> {
        let ledger = self.ledger().await?;
        let run = ledger.runs.get(&id).ok_or_else(|| Problem::not_found(id))?;
        // A unit that is not part of the run has no log, not an empty one.
        if self.revision(run.change_set, run.revision).await?.unit(unit).is_none() {
            return Err(Problem::not_found(format!("{unit} of {id}")));
        }
        let over = run.finished.is_some()
            || run.units.get(unit).is_some_and(|u| matches!(u.state, U::Done | U::Skipped | U::Reversed));
        let file = crate::logbook::file_of(&self.log_folder(), &id.to_string(), unit);
        let read = crate::open::blocking(move || {
            crate::logbook::read(&file, from, over)
                .map_err(|e| Problem::internal("io", format!("the log can't be read: {e}")))
        });
        read.await
    }
    /// Use case: who holds what.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn locks(&self) -> Answer<LocksDto> {
        let ledger = self.ledger().await?;
        let mut locks = Vec::new();
        for (name, lock) in &ledger.locks {
            let run = ledger.runs.get(&lock.run);
            let holder = run.and_then(|r| r.driver.as_ref()).map(|d| d.holder.clone()).unwrap_or_default();
            locks.push(LockDto {
                name: name.clone(),
                kind: "lock".to_owned(),
                run: Some(lock.run.to_string()),
                change_set: run.map(|r| r.change_set.to_string()),
                since: lock.since.to_string(),
                alive: !holder.is_empty() && !crate::process::is_dead(&holder),
                holder,
            });
        }
        for lease in self.store.list().await? {
            let run: Option<RunId> = lease.name.strip_prefix("run:").and_then(|r| r.parse().ok());
            let alive = !crate::process::is_dead(&lease.holder) && lease.until > self.clock.now();
            // A driver that died right after it had ended its run could not give the lease back; it binds nobody.
            if !alive && run.and_then(|r| ledger.runs.get(&r)).is_some_and(|r| r.finished.is_some()) {
                continue;
            }
            locks.push(LockDto {
                name: lease.name,
                kind: "lease".to_owned(),
                run: run.map(|r| r.to_string()),
                change_set: run.and_then(|r| ledger.runs.get(&r)).map(|r| r.change_set.to_string()),
                since: lease.until.to_string(),
                alive,
                holder: lease.holder,
            });
        }
        Ok(LocksDto { locks })
    }
}

fn summary(case: &Case, run: &RunRecord, ledger: &Ledger, now: jiff::Timestamp) -> RunSummaryDto {
    let newest = case.record.runs.last() == Some(&run.id);
    let status = match (&run.finished, newest) {
        (_, true) => ledger.status(run.change_set, now).map(|s| s.state.to_string()).unwrap_or_default(),
        (Some(end), false) => format!("{:?}", end.outcome),
        (None, false) => "Superseded".to_owned(),
    };
    let total = case.set.units.iter().filter(|u| u.is_runnable()).count();
    RunSummaryDto {
        id: run.id.to_string(),
        change_set: run.change_set.to_string(),
        environment: case.set.environment.to_string(),
        title: case.set.title.clone(),
        status,
        risk: change_set_risk(&case.set).level.as_str().to_owned(),
        requested_at: run.requested_at.to_string(),
        requested_by: run.requested_by.display_name().to_owned(),
        finished_at: run.finished.as_ref().map(|f| f.at.to_string()),
        done: count(run.units.values().filter(|u| matches!(u.state, U::Done | U::Skipped | U::Reversed)).count()),
        total: count(total),
    }
}

/// A note of a unit: why it is deferred if that is what it says, else the note as it is.
fn noted(planned: Option<&ChangeUnit>, note: &str) -> Option<SaidDto> {
    let reason = planned.and_then(deferred).filter(|d| d.text == note);
    reason.or_else(|| SaidDto::plain(note).some())
}

fn unit(planned: &ChangeUnit, record: Option<&RunUnitRecord>, timeline: Option<&Timeline>) -> RunUnitDto {
    let state = record.map_or(U::Pending, |r| r.state);
    let waiting = record.and_then(|r| r.waiting.as_ref()).filter(|_| matches!(state, U::Waiting));
    let failure = record.and_then(|r| r.failure.as_ref());
    let why = match (waiting, failure, state) {
        (Some(w), ..) => SaidDto::of(&w.said, w.why.clone()).some(),
        (_, Some(f), U::Failed) => Some(SaidDto::new("failure", f.message.clone()).with("error", &f.code)),
        (.., U::Deferred) => noted(Some(planned), record.map(|r| r.note.as_str()).unwrap_or_default()),
        _ => record.and_then(|r| SaidDto::plain(r.note.clone()).some()),
    };
    let phases = timeline.map(Timeline::phases).unwrap_or_default();
    let over = matches!(state, U::Done | U::Skipped | U::Failed | U::Reversed | U::Stuck);
    RunUnitDto {
        id: planned.id.to_string(),
        layer: planned.layer.to_string(),
        lifecycle: planned.lifecycle.to_string(),
        engine: planned.engine.to_string(),
        state: state.to_string(),
        why: why.as_ref().map(|w| w.text.clone()).unwrap_or_default(),
        why_said: why,
        attempt: record.map_or(0, |r| r.attempt),
        max_attempts: planned.retries + 1,
        started_at: phases.first().map(|p| p.started_at.clone()),
        ended_at: record.filter(|_| over).map(|r| r.since.to_string()),
        phases,
        error: failure.map(|f| DiagnosticDto {
            severity: "error".to_owned(),
            code: f.code.clone(),
            message: f.message.clone(),
            file: String::new(),
            line: 0,
            column: 0,
            hint: String::new(),
            related: Vec::new(),
        }),
        left_behind: failure.map(|f| f.left_behind.clone()).unwrap_or_default(),
        needs_sign_off: state == U::Observing,
    }
}

fn if_cancelled(units: &[RunUnitDto]) -> Vec<SaidDto> {
    let with = |states: &[&str]| {
        units.iter().filter(|u| states.contains(&u.state.as_str())).map(|u| u.id.clone()).collect::<Vec<_>>()
    };
    let line = |code: &str, what: &str, units: Vec<String>| {
        let units = units.join(", ");
        SaidDto::new(code, format!("{what}: {units}")).with("units", units)
    };
    let mut lines = Vec::new();
    let busy = with(&["Applying", "BackingUp", "Verifying", "Reversing"]);
    if !busy.is_empty() {
        lines.push(line("cancel-stops", "stops at the next safe point", busy));
    }
    let kept = with(&["Done", "Observing"]);
    if !kept.is_empty() {
        lines.push(line("cancel-stays", "stays applied", kept));
    }
    let never = with(&["Pending", "Waiting", "Deferred"]);
    if !never.is_empty() {
        lines.push(line("cancel-not-started", "does not start", never));
    }
    lines
}

/// Phases of one unit, in time order.
#[derive(Default)]
struct Timeline {
    done: Vec<PhaseDto>,
    attempt: u32,
}

impl Timeline {
    fn take(&mut self, event: &Event) {
        let at = event.event.at.to_string();
        match event.event.kind {
            K::EffectIntended => {
                let mark: EffectMark = serde_json::from_value(event.event.data.clone()).unwrap_or_default();
                if let Some(phase) = phase_word(&mark.action) {
                    self.attempt = self.attempt.max(mark.attempt);
                    self.end(&at, "ok");
                    self.begin(phase, &at);
                }
            }
            K::EffectFinished => self.end(&at, "ok"),
            K::UnitFailed => self.fail(&at),
            K::UnitWaiting => {
                self.end(&at, "ok");
                self.begin("waiting", &at);
            }
            K::UnitAdmitted => self.end(&at, "ok"),
            K::ObservationStarted => {
                self.end(&at, "ok");
                self.begin("observing", &at);
            }
            K::UnitDone
            | K::UnitSkipped
            | K::UnitReversed
            | K::UnitStuck
            | K::UnitDestroyed
            | K::ObservationSignedOff => self.end(&at, "ok"),
            _ => {}
        }
    }
    fn begin(&mut self, phase: &str, at: &str) {
        self.done.push(PhaseDto {
            phase: phase.to_owned(),
            attempt: self.attempt,
            started_at: at.to_owned(),
            ended_at: None,
            outcome: "running".to_owned(),
        });
    }
    fn end(&mut self, at: &str, outcome: &str) {
        if let Some(open) = self.done.last_mut().filter(|p| p.ended_at.is_none()) {
            open.ended_at = Some(at.to_owned());
            open.outcome = outcome.to_owned();
        }
    }
    /// The effect ended just before: its bar is the one that failed.
    fn fail(&mut self, at: &str) {
        self.end(at, "failed");
        if let Some(last) = self.done.last_mut() {
            last.outcome = "failed".to_owned();
        }
    }
    fn phases(&self) -> Vec<PhaseDto> {
        self.done.clone()
    }
}

fn phase_word(action: &str) -> Option<&'static str> {
    Some(match action {
        "plan" => "planning",
        "backup" => "backing-up",
        "apply" | "destroy" | "rekey" | "outputs" | "inspect" => "applying",
        "verify" => "verifying",
        "reverse" => "reversing",
        _ => return None,
    })
}

/// Whether the driver `seen`, whose lease was missing after that, died: the log read since must still name it.
fn died(seen: Option<&DriverChange>, named: Option<&DriverChange>, finished: bool) -> bool {
    !finished && seen.is_some() && seen == named
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found as `xcf resume` through a server giving up on a run that was just closing.
    #[test]
    fn d7_a_driver_whose_lease_ended_because_it_finished_or_left_did_not_die() {
        let first = DriverChange { holder: "host:1:1".into(), fence: 1, reason: String::new() };
        let second = DriverChange { fence: 2, ..first.clone() };
        assert!(died(Some(&first), Some(&first), false));
        assert!(!died(Some(&first), Some(&first), true), "it finished the run");
        assert!(!died(Some(&first), None, false), "it said that it leaves");
        assert!(!died(Some(&first), Some(&second), false), "another has it already");
        assert!(!died(None, None, false), "nobody drove it");
    }
}
