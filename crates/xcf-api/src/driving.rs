//! Starting, steering and resuming runs (`D6` who starts it, `D7` drivers).

use crate::dto::{ApplyRequest, DoneDto, ReasonRequest, ResumeRequest, UnitsRequest, UnlockRequest};
use crate::error::{Answer, Kind, Problem};
use crate::http::Acting;
use crate::open::Workspace;
use crate::performing::Hands;
use crate::reviewing::{Case, named_units};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use xcf_core::changeset::{ChangeSetState as S, UnitAction};
use xcf_core::event::{
    EventKind, LockForced, NewEvent, PAYLOAD_VERSION, Reason, RemovalConsent, RunRequested, StreamId,
};
use xcf_core::ids::{ChangeSetId, RunId, UnitId};
use xcf_plan::admission::DEFAULT_CONCURRENCY;
use xcf_plan::ledger::RunRecord;
use xcf_run::driver::embedded::{DriveEnd, DriveError, Driver, LEASE_TTL, Settings, WhenIdle, control_event};
use xcf_run::machine::{Control, RunSpec};

/// Planning takes minutes; a scratch folder that is older belongs to nobody.
const OLDEST_SCRATCH: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

impl Workspace {
    /// Use case: asks for the run and drives it in this process.
    ///
    /// # Errors
    /// Draft, denied, final, restrictions that are not effective yet, or driven by somebody else.
    pub(crate) async fn apply(
        self: &Arc<Self>,
        id: ChangeSetId,
        request: &ApplyRequest,
        acting: &Acting,
    ) -> Answer<DoneDto> {
        self.demand_trust()?;
        self.expire_old().await?;
        let ledger = self.ledger().await?;
        let case = self.case(&ledger, id, &[]).await?;
        applicable(&case, request)?;
        let actor = self.actor(acting).await?;
        let mut events = Vec::new();
        for unit in named_units(&case.set, &request.allow_destroy)? {
            let Some(planned) = case.set.unit(&unit).filter(|u| u.removal) else {
                return Err(Problem::new(Kind::Usage, "not-a-removal", format!("{unit} is not destroyed by {id}")));
            };
            events.push(self.event(
                id,
                EventKind::RemovalConsented,
                actor.clone(),
                &RemovalConsent { unit: unit.clone(), unit_digest: planned.unit_digest.clone() },
            )?);
        }
        let unfinished = case.run.as_ref().filter(|r| r.finished.is_none()).map(|r| r.id);
        let run = match unfinished {
            Some(run) => run,
            None => {
                let run = RunId(self.store.next_number("R").await?);
                let asked =
                    RunRequested { run, change_set: id, accept_not_yet_effective: request.accept_not_yet_effective };
                let mut event = self.event(id, EventKind::RunRequested, actor, &asked)?;
                event.run = Some(run);
                events.push(event);
                run
            }
        };
        if !events.is_empty() {
            self.store.append(events, None).await?;
        }
        if !request.detach {
            self.drive(run, request.leave_when_idle).await?;
        }
        Ok(DoneDto { run: Some(run.to_string()), message: format!("{id}: run {run}") })
    }
    /// Use case: goes on – after a pause, a crash, or with failed units retried or skipped.
    ///
    /// # Errors
    /// There is no run that is not over.
    pub(crate) async fn resume(
        self: &Arc<Self>,
        id: ChangeSetId,
        request: &ResumeRequest,
        acting: &Acting,
    ) -> Answer<DoneDto> {
        self.demand_trust()?;
        let (case, run) = self.live_run(id).await?;
        let mut controls = Vec::new();
        for unit in named_units(&case.set, &request.retry)? {
            controls.push(Control::Retry { unit });
        }
        for unit in named_units(&case.set, &request.skip)? {
            controls.push(Control::Skip { unit, reason: request.reason.clone() });
        }
        if run.paused {
            controls.push(Control::Resume);
        }
        self.control(&run, &controls, acting).await?;
        if !request.detach {
            self.drive(run.id, request.leave_when_idle).await?;
        }
        Ok(DoneDto { run: Some(run.id.to_string()), message: format!("{id}: run {} goes on", run.id) })
    }
    /// Use case: cancels; what is in flight stops softly first.
    ///
    /// # Errors
    /// It is over.
    pub(crate) async fn cancel(
        self: &Arc<Self>,
        id: ChangeSetId,
        request: &ReasonRequest,
        acting: &Acting,
    ) -> Answer<DoneDto> {
        let ledger = self.ledger().await?;
        let case = self.case(&ledger, id, &[]).await?;
        if case.state.is_final() {
            return Err(Problem::new(Kind::Conflict, "is-final", format!("{id} is {}", case.state)));
        }
        let Some(run) = case.run.filter(|r| r.finished.is_none()) else {
            let actor = self.actor(acting).await?;
            let event =
                self.event(id, EventKind::ChangeSetCancelled, actor, &Reason { reason: request.reason.clone() })?;
            self.store.append(vec![event], Some(ledger.position)).await?;
            return Ok(DoneDto { run: None, message: format!("{id} cancelled") });
        };
        // Asked twice it kills.
        let kill = run.cancelling;
        self.control(&run, &[Control::Cancel { kill }], acting).await?;
        self.drive(run.id, false).await?;
        let how = if kill { "engines are killed" } else { "engines finish what they are at; ask again to kill them" };
        Ok(DoneDto { run: Some(run.id.to_string()), message: format!("{id} is being cancelled: {how}") })
    }
    /// Use case: starts nothing new.
    ///
    /// # Errors
    /// There is no run that is not over.
    pub(crate) async fn pause(&self, id: ChangeSetId, acting: &Acting) -> Answer<DoneDto> {
        let (_, run) = self.live_run(id).await?;
        self.control(&run, &[Control::Pause], acting).await?;
        Ok(DoneDto {
            run: Some(run.id.to_string()),
            message: format!("{id} is paused: what runs ends, nothing new starts"),
        })
    }
    /// Use case: signs off units that wait for it.
    ///
    /// # Errors
    /// Nothing waits for it.
    pub(crate) async fn sign_off(
        self: &Arc<Self>,
        id: ChangeSetId,
        request: &UnitsRequest,
        acting: &Acting,
    ) -> Answer<DoneDto> {
        let (case, run) = self.live_run(id).await?;
        let units = named_units(&case.set, &request.units)?;
        if !run.units.values().any(|u| u.state == xcf_core::changeset::UnitRunState::Observing) {
            return Err(Problem::new(
                Kind::Conflict,
                "nothing-to-sign-off",
                format!("no unit of {id} waits for sign-off"),
            ));
        }
        self.control(&run, &[Control::SignOff { units }], acting).await?;
        Ok(DoneDto { run: Some(run.id.to_string()), message: format!("{id} signed off") })
    }
    /// Use case: ends a lock by hand.
    ///
    /// # Errors
    /// No reason, no such lock, or its run is driven by a living process.
    pub(crate) async fn unlock(&self, request: &UnlockRequest, acting: &Acting) -> Answer<DoneDto> {
        if request.reason.trim().is_empty() {
            return Err(Problem::new(Kind::Usage, "reason-needed", "ending a lock by hand needs a reason"));
        }
        let ledger = self.ledger().await?;
        let lock =
            ledger.locks.get(&request.lock).ok_or_else(|| Problem::not_found(format!("lock {}", request.lock)))?;
        let driven = ledger
            .runs
            .get(&lock.run)
            .and_then(|r| r.driver.as_ref())
            .is_some_and(|d| !crate::process::is_dead(&d.holder));
        if driven {
            return Err(Problem::new(
                Kind::Held,
                "held",
                format!("{} is held by {}, whose driver is alive", request.lock, lock.run),
            )
            .hint("cancel the run, or end its driver, first"));
        }
        let event = NewEvent {
            stream: StreamId::workspace(),
            kind: EventKind::LockForced,
            version: PAYLOAD_VERSION,
            at: self.clock.now(),
            actor: self.actor(acting).await?,
            change_set: None,
            run: Some(lock.run),
            unit: lock.unit.clone(),
            data: serde_json::to_value(LockForced { lock: request.lock.clone(), reason: request.reason.clone() })
                .map_err(|e| Problem::internal("not-json", e))?,
        };
        self.store.append(vec![event], Some(ledger.position)).await?;
        Ok(DoneDto { run: None, message: format!("{} ended", request.lock) })
    }
    /// The newest run of a ChangeSet, if it is not over.
    async fn live_run(&self, id: ChangeSetId) -> Answer<(Case, RunRecord)> {
        let ledger = self.ledger().await?;
        let case = self.case(&ledger, id, &[]).await?;
        match case.run.clone().filter(|r| r.finished.is_none()) {
            Some(run) => Ok((case, run)),
            None => Err(Problem::new(Kind::Conflict, "no-run", format!("{id} has no run that is not over"))
                .hint("xcf apply starts one")),
        }
    }
    async fn control(&self, run: &RunRecord, controls: &[Control], acting: &Acting) -> Answer<()> {
        if controls.is_empty() {
            return Ok(());
        }
        let actor = self.actor(acting).await?;
        let now = self.clock.now();
        let events = controls.iter().map(|c| control_event(run.id, run.change_set, c, actor.clone(), now)).collect();
        self.store.append(events, None).await?;
        Ok(())
    }
    /// Drives a run in this process; returns once the driver has begun, or one that was there has heard everything that was
    /// asked before. A driver that was just leaving is waited for and followed by another: it may not have heard.
    pub(crate) async fn drive(self: &Arc<Self>, run: RunId, leave_when_idle: bool) -> Answer<()> {
        let asked = self.ledger().await?.position;
        let Some(seat) = self.drivers.sit(run, asked).await else { return Ok(()) };
        let spec = self.spec_of(run).await?;
        let settings = Settings {
            holder: crate::process::holder(),
            is_dead: Arc::new(crate::process::is_dead),
            ttl: LEASE_TTL,
            when_idle: if leave_when_idle { WhenIdle::Leave } else { WhenIdle::Stay },
            leave: CancellationToken::new(),
            heard: seat.heard(),
        };
        let hands = Arc::new(Hands { workspace: Arc::clone(self) });
        let opened = Driver::open(Arc::clone(&self.store), Arc::clone(&self.clock), hands, settings, run, spec).await;
        let driver = match opened {
            Ok(driver) => driver,
            // Somebody else does it: that is what was wanted.
            Err(DriveError::Driven { .. }) => return Ok(()),
            Err(error) => return Err(Problem::internal("not-driven", error)),
        };
        let workspace = Arc::clone(self);
        tokio::spawn(async move {
            let end = driver.drive().await;
            match end {
                Ok(DriveEnd::Finished(outcome)) => {
                    tracing::info!(%run, ?outcome, "the run is over");
                    workspace.sweep(run);
                }
                Ok(end) => tracing::info!(%run, ?end, "the run is not driven here any more"),
                Err(error) => tracing::error!(%run, %error, "the run can't be driven"),
            }
            drop(seat);
            workspace.settled.notify_waiters();
        });
        Ok(())
    }
    /// What a run that has not begun runs; none if its journal tells it already.
    async fn spec_of(&self, run: RunId) -> Answer<Option<RunSpec>> {
        let ledger = self.ledger().await?;
        let record = ledger.runs.get(&run).ok_or_else(|| Problem::not_found(run))?;
        if record.started_at.is_some() {
            return Ok(None);
        }
        let set = self.revision(record.change_set, record.revision).await?;
        let spec = RunSpec::of(&set, run, DEFAULT_CONCURRENCY, record.requested_position);
        spec.map(Some).map_err(|e| Problem::internal("damaged-change-set", e))
    }
    /// Waits until no run is driven by this process any more, so that what they leave behind is swept; at most `at_most`.
    pub async fn settle(&self, at_most: std::time::Duration) {
        let quiet = async {
            loop {
                let told = self.settled.notified();
                if self.drivers.is_idle() {
                    return;
                }
                told.await;
            }
        };
        // A driver that stays busy is left to the next process: everything it needs is in the Store.
        let _ = tokio::time::timeout(at_most, quiet).await;
    }
    /// Work folders that crashed processes left: of runs that are over, and of planning that nobody does any more.
    pub(crate) async fn sweep_leftovers(&self) -> Answer<()> {
        let ledger = self.ledger().await?;
        let over: Vec<RunId> = ledger.runs.values().filter(|r| r.finished.is_some()).map(|r| r.id).collect();
        over.into_iter().filter(|run| self.run_folder(*run).exists()).for_each(|run| self.sweep(run));
        let work = self.paths.work(self.uid.as_str());
        for entry in std::fs::read_dir(&work).into_iter().flatten().flatten() {
            let is_plan = entry.file_name().to_string_lossy().starts_with("plan-");
            let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|t| t.elapsed().ok());
            if is_plan && age.is_some_and(|a| a > OLDEST_SCRATCH) {
                // Another process may be faster; either way it is gone.
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        Ok(())
    }
    /// Work folders of a finished run: exports and engine files are of no use any more.
    fn sweep(&self, run: RunId) {
        let folder = self.run_folder(run);
        if let Err(error) = std::fs::remove_dir_all(&folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, folder = %folder.display(), "a work folder could not be removed");
        }
    }
}

fn applicable(case: &Case, request: &ApplyRequest) -> Answer<()> {
    let id = case.set.id;
    match case.state {
        S::Draft => {
            return Err(Problem::new(
                Kind::Conflict,
                "draft",
                format!("{id} is a draft of the working tree and never applicable"),
            )
            .hint("Commit, then plan."));
        }
        S::Denied => {
            return Err(Problem::new(Kind::Denied, "policy-denied", format!("{id} is denied by policy"))
                .hint("`xcf show` names the rule and its place."));
        }
        S::Expired => {
            return Err(Problem::new(Kind::Conflict, "expired", format!("the plan of {id} grew too old"))
                .hint("xcf plan makes a new one"));
        }
        state if state.is_final() => return Err(Problem::new(Kind::Conflict, "is-final", format!("{id} is {state}"))),
        _ => {}
    }
    let bound: Vec<&UnitId> = case
        .set
        .units
        .iter()
        .filter(|u| u.is_runnable() && u.action != UnitAction::Move && !u.not_yet_effective.is_empty())
        .map(|u| &u.id)
        .collect();
    if let (Some(first), false) = (bound.first(), request.accept_not_yet_effective) {
        let fields = case.set.unit(first).map(|u| u.not_yet_effective.join(", ")).unwrap_or_default();
        return Err(Problem::new(
            Kind::Held,
            "not-yet-effective",
            format!("{first} is bound by {fields}, which this version does not enforce yet ({} units)", bound.len()),
        )
        .hint("--accept-not-yet-effective goes on without it, and records that"));
    }
    if !case.set.units.iter().any(|u| u.is_runnable()) {
        return Err(Problem::new(Kind::Conflict, "nothing-runnable", format!("no unit of {id} can run"))
            .hint("`xcf show` says why for each"));
    }
    Ok(())
}
