//! The loop: one input at a time, journalled, then issued.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use xcf_core::event::EventKind;
use xcf_core::ids::{EffectId, RunId};
use xcf_core::ports::clock::Clock;
use xcf_core::ports::runner::{CancelFlag, ChildIdentity, RunnerError, Stop};
use xcf_core::ports::store::{Store, StoreError};

use super::lease::{Hold, Keeper, lease_name};
use super::open::{append, driver_event, give_back, read_or_begin};
use super::performer::{Announcer, Job, Performer};
use super::settings::{DriveEnd, DriveError, Settings, WhenIdle};
use super::tail::{self, News};
use crate::driver::journal;
use crate::invariants::{Checked, Refused};
use crate::machine::{Effect, Held, Input, Outcome, Owed, Run, RunSpec, Stamped, StopLevel};

/// Every queue is bounded: performers wait for the driver, not the other way round.
const QUEUE: usize = 64;

/// What performers tell the loop.
pub(super) enum Message {
    /// An engine parent exists; `reply` is told once that is durable.
    Started { id: EffectId, issue: u32, child: ChildIdentity, reply: tokio::sync::oneshot::Sender<Result<(), String>> },
}

type Ended = Result<(tokio::task::Id, Outcome), JoinError>;

/// One run, driven by this process.
pub struct Driver<S: Store + ?Sized, P: Performer> {
    store: Arc<S>,
    clock: Arc<dyn Clock>,
    performer: Arc<P>,
    settings: Settings,
    keeper: Keeper,
    checked: Checked,
    flying: BTreeMap<EffectId, CancelFlag>,
    tasks: JoinSet<Outcome>,
    /// Which effect a task performs.
    doors: HashMap<tokio::task::Id, EffectId>,
    tell: mpsc::Sender<Message>,
    hear: mpsc::Receiver<Message>,
    caught_up: bool,
}

impl<S: Store + ?Sized, P: Performer> fmt::Debug for Driver<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("run", &self.checked.run().id).finish_non_exhaustive()
    }
}

enum Next {
    Go,
    End(DriveEnd),
}

impl<S: Store + ?Sized + 'static, P: Performer> Driver<S, P> {
    /// Takes the driver lease of `run`, then begins it from `spec`, or continues it from its journal (`spec` is not looked at
    /// then). Nothing is started yet.
    ///
    /// # Errors
    /// [`DriveError`]; the lease is given back.
    pub async fn open(
        store: Arc<S>,
        clock: Arc<dyn Clock>,
        performer: Arc<P>,
        settings: Settings,
        run: RunId,
        spec: Option<RunSpec>,
    ) -> Result<Self, DriveError> {
        let asked = Instant::now();
        let name = lease_name(run);
        let is_dead = Arc::clone(&settings.is_dead);
        let taken = store.acquire(&name, &settings.holder, settings.ttl, &move |holder: &str| is_dead(holder)).await;
        let lease = taken.map_err(|error| match error {
            StoreError::LeaseHeld { holder, .. } => DriveError::Driven { run, holder },
            error => DriveError::Store { run, error },
        })?;
        let keeper = Keeper::start(Arc::clone(&store), lease, settings.ttl, asked);
        let checked = match read_or_begin(&*store, &*clock, &keeper, run, spec).await {
            Ok(checked) => checked,
            Err(error) => {
                give_back(&*store, &keeper).await;
                return Err(error);
            }
        };
        let (tell, hear) = mpsc::channel(QUEUE);
        let (flying, tasks, doors) = (BTreeMap::new(), JoinSet::new(), HashMap::new());
        Ok(Self {
            store,
            clock,
            performer,
            settings,
            keeper,
            checked,
            flying,
            tasks,
            doors,
            tell,
            hear,
            caught_up: false,
        })
    }

    /// The run as it stands.
    #[must_use]
    pub fn run(&self) -> &Run {
        self.checked.run()
    }

    /// Drives until the run is over, idle (see [`WhenIdle`]), left or fenced off.
    ///
    /// # Errors
    /// [`DriveError`]. Engines that run go on; what is owed stays owed.
    pub async fn drive(mut self) -> Result<DriveEnd, DriveError> {
        let (tell, mut news) = mpsc::channel(QUEUE);
        let (id, set, seen) = (self.run().id, self.run().change_set, self.run().seen);
        let tail = tokio::spawn(tail::follow(Arc::clone(&self.store), id, set, seen, tell));
        let end = self.pump(&mut news).await;
        tail.abort();
        // Tasks only watch engine processes: those go on and are adopted.
        self.tasks.abort_all();
        match &end {
            Ok(DriveEnd::Fenced) => return end,
            Ok(DriveEnd::Finished(_)) => {}
            Ok(_) => self.say_farewell("left".to_owned()).await,
            Err(error) => self.say_farewell(error.to_string()).await,
        }
        give_back(&*self.store, &self.keeper).await;
        end
    }

    async fn pump(&mut self, news: &mut mpsc::Receiver<News>) -> Result<DriveEnd, DriveError> {
        loop {
            if let Next::End(end) = self.issue_owed().await? {
                return Ok(end);
            }
            if let Some(end) = self.rest() {
                return Ok(end);
            }
            let wake = self.until_wake();
            let next = tokio::select! {
                // Fixed order: who may drive, what happened, what people ask, time.
                biased;
                () = self.settings.leave.cancelled() => Next::End(DriveEnd::Left(self.run().status())),
                hold = self.keeper.changed() => match hold {
                    Hold::Lost => Next::End(DriveEnd::Fenced),
                    Hold::Since(_) => Next::Go,
                },
                Some(message) = self.hear.recv() => self.on_message(message).await?,
                Some(ended) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => self.on_task(ended).await?,
                Some(news) = news.recv() => self.on_news(news).await?,
                () = tokio::time::sleep(wake.unwrap_or_default()), if wake.is_some() => self.take(Input::Tick).await?,
            };
            if let Next::End(end) = next {
                return Ok(end);
            }
        }
    }

    /// Over, or nothing left that this process should stay for. Never before everything people asked for so far is heard.
    fn rest(&self) -> Option<DriveEnd> {
        if let Some(outcome) = self.run().finished {
            return Some(DriveEnd::Finished(outcome));
        }
        let held = self.run().held();
        let leaves = match self.settings.when_idle {
            WhenIdle::Stay => false,
            WhenIdle::LeaveToPeople => matches!(held, Held::Person | Held::Trouble),
            WhenIdle::Leave => held != Held::Nothing,
        };
        let idle = leaves && self.caught_up && self.flying.is_empty();
        idle.then(|| DriveEnd::Idle(self.run().status(), held))
    }

    fn until_wake(&self) -> Option<Duration> {
        let at = self.run().next_wake()?;
        let wait = at.duration_since(self.clock.now()).max(jiff::SignedDuration::ZERO);
        // A whole millisecond more: a wake-up must not come before its time by rounding.
        Some(Duration::try_from(wait).unwrap_or_default() + Duration::from_millis(1))
    }

    /// Issues everything owed that is not in flight.
    async fn issue_owed(&mut self) -> Result<Next, DriveError> {
        self.pass_on_cancel();
        loop {
            let due = self.run().owed().find(|o| !self.flying.contains_key(&o.id)).cloned();
            let Some(owed) = due else { return Ok(Next::Go) };
            if !self.keeper.is_fresh() {
                tracing::warn!(run = %self.run().id, "nothing is started until the driver lease is renewed");
                return Ok(Next::Go);
            }
            if let Next::End(end) = self.issue(owed).await? {
                return Ok(Next::End(end));
            }
        }
    }

    async fn issue(&mut self, owed: Owed) -> Result<Next, DriveError> {
        let mut issue = owed.issued;
        if owed.effect.uses_engine() && owed.child.is_none() {
            if self.run().cancel.is_some() && !owed.effect.is_bookkeeping() {
                // Intended before the cancel, and its engine never began.
                let error = RunnerError::new("engine-cancelled", "it was cancelled before its engine began");
                return self.take(Input::EffectFinished { id: owed.id, outcome: Outcome::Failed { error } }).await;
            }
            issue += 1;
            let next = self.take(Input::EffectIntended { id: owed.id, issue }).await?;
            if matches!(next, Next::End(_)) {
                return Ok(next);
            }
        }
        let job = self.job(&owed, issue);
        let announce = Announcer::new(owed.id, issue, self.tell.clone());
        let flag = CancelFlag::default();
        let (performer, cancel) = (Arc::clone(&self.performer), flag.clone());
        let task = self.tasks.spawn(async move { performer.perform(job, announce, cancel).await });
        self.doors.insert(task.id(), owed.id);
        self.flying.insert(owed.id, flag);
        self.pass_on_cancel();
        Ok(Next::Go)
    }

    fn job(&self, owed: &Owed, issue: u32) -> Job {
        let run = self.run();
        let unit = owed.unit.as_ref().and_then(|id| run.unit(id));
        let units = match owed.effect {
            Effect::ReadGates => {
                run.units().map(|(id, u)| (id.clone(), (u.facts.digest.clone(), u.plan.clone()))).collect()
            }
            _ => BTreeMap::new(),
        };
        Job {
            run: run.id,
            change_set: run.change_set,
            revision: run.change_set_revision,
            environment: run.environment.clone(),
            effect: owed.id,
            kind: owed.effect.clone(),
            issue,
            unit: owed.unit.clone(),
            plan: unit.and_then(|u| u.plan.clone()),
            digest: unit.map(|u| u.facts.digest.clone()),
            attempts: unit.map_or(0, |u| u.attempts),
            resume: owed.child.clone(),
            lost: unit.and_then(|u| u.lost_child.clone()),
            units,
        }
    }

    fn pass_on_cancel(&self) {
        let stop = match self.run().cancel {
            None => return,
            Some(StopLevel::Soft) => Stop::Soft,
            Some(StopLevel::Kill) => Stop::Kill,
        };
        for (id, flag) in &self.flying {
            // What only records is to be finished: it says what is left behind.
            if self.run().owed_effect(*id).is_some_and(|o| !o.effect.is_bookkeeping()) {
                flag.ask(stop);
            }
        }
    }

    async fn on_message(&mut self, message: Message) -> Result<Next, DriveError> {
        let Message::Started { id, issue, child, reply } = message;
        let owed = self.run().owed_effect(id).filter(|o| o.issued == issue && o.child.is_none());
        let cancelled = self.run().cancel.is_some() && owed.is_some_and(|o| !o.effect.is_bookkeeping());
        let refusal = match owed {
            None => Some("it is not owed any more"),
            Some(_) if !self.keeper.is_fresh() => Some("the driver lease was not renewed in time"),
            Some(_) if cancelled => Some("the run is being cancelled"),
            Some(_) => None,
        };
        if let Some(why) = refusal {
            // A performer that is gone needs no answer.
            let _ = reply.send(Err(why.to_owned()));
            return Ok(Next::Go);
        }
        let next = self.take(Input::EffectStarted { id, child }).await?;
        if matches!(next, Next::Go) {
            // Otherwise dropping `reply` tells the performer to run nothing.
            let _ = reply.send(Ok(()));
        }
        Ok(next)
    }

    async fn on_task(&mut self, ended: Ended) -> Result<Next, DriveError> {
        let (task, outcome) = ended.unwrap_or_else(|error| {
            tracing::error!(run = %self.run().id, %error, "an effect ended without an answer");
            (error.id(), Outcome::Lost)
        });
        let Some(id) = self.doors.remove(&task) else { return Ok(Next::Go) };
        self.flying.remove(&id);
        let Some(owed) = self.run().owed_effect(id) else { return Ok(Next::Go) };
        let outcome = match outcome {
            Outcome::Lost if !owed.effect.uses_engine() => Outcome::Failed { error: no_answer() },
            // Its journalled process was never let go by the driver that died, and a second one can't take its place:
            // who looks finds that nothing was run, and it is issued again.
            Outcome::Failed { error } if error.code == "not-journalled" && owed.child.is_some() => Outcome::NotBegun,
            // Nothing began, because this driver could not journal or was not sure of its lease: still owed.
            Outcome::Failed { error } if error.code == "not-journalled" && self.run().cancel.is_none() => {
                return Ok(Next::Go);
            }
            outcome => outcome,
        };
        self.take(Input::EffectFinished { id, outcome }).await
    }

    async fn on_news(&mut self, news: News) -> Result<Next, DriveError> {
        let (position, input) = match news {
            News::Control(position, Ok(control)) => (position, Input::Control { position, control }),
            News::Control(position, Err(why)) => (position, Input::ControlRefused { position, why }),
            News::Changed(position) if self.run().wants_news() => (position, Input::Recheck { position }),
            News::Changed(_) => return Ok(Next::Go),
            News::CaughtUp(position) => {
                self.caught_up = true;
                self.settings.heard.send_replace(position);
                return Ok(Next::Go);
            }
        };
        if position <= self.run().seen {
            return Ok(Next::Go);
        }
        self.take(input).await
    }

    /// Steps, journals, and only then lets the step count.
    async fn take(&mut self, input: Input) -> Result<Next, DriveError> {
        let run = self.run().id;
        let mut stamped = Stamped { at: self.clock.now(), input };
        let mut stepped = self.checked.after(&stamped);
        // A control that does not fit is recorded as refused; any other refusal is a mistake of ours.
        if let (Err(Refused::Illegal(illegal)), Input::Control { position, .. }) = (&stepped, &stamped.input) {
            stamped.input = Input::ControlRefused { position: *position, why: illegal.to_string() };
            stepped = self.checked.after(&stamped);
        }
        let (next, emits) = stepped.map_err(|refused| match refused {
            Refused::Broken(violation) => DriveError::Invariant { run, violation },
            Refused::Illegal(illegal) => DriveError::Refused { run, what: illegal.to_string() },
        })?;
        let events = journal::entry(Some(self.checked.run()), next.run(), &stamped, &emits);
        match append(&*self.store, &self.keeper, events).await {
            Ok(()) => {
                self.checked = next;
                Ok(Next::Go)
            }
            Err(StoreError::LeaseHeld { .. }) => Ok(Next::End(DriveEnd::Fenced)),
            Err(error) => Err(DriveError::Store { run, error }),
        }
    }

    async fn say_farewell(&self, reason: String) {
        let event = driver_event(self.run(), &self.keeper, EventKind::DriverLost, reason, &*self.clock);
        if let Err(error) = append(&*self.store, &self.keeper, vec![event]).await {
            tracing::warn!(run = %self.run().id, %error, "leaving the run could not be recorded");
        }
    }
}

fn no_answer() -> RunnerError {
    let mut error = RunnerError::new("internal", "it ended without an answer");
    error.retryable = true;
    error
}
