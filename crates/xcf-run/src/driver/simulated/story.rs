//! One simulated run from begin to end.

use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use xcf_core::changeset::{RunOutcome, UnitAction, UnitRunState};
use xcf_core::ids::{EffectId, UnitId};
use xcf_core::ports::runner::{ChildIdentity, RunnerError};

use super::dice::Dice;
use super::people::{self, Deed};
use super::scenario::Scenario;
use super::world::{Real, World};
use crate::invariants::{Checked, Refused};
use crate::machine::{Effect, EffectName, Emit, Input, Outcome, Owed, Run, Stamped, UnitState};

/// A story that is not over after so many inputs never ends.
const MOST_INPUTS: usize = 6000;

/// What went wrong: the seed is to be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}: {what}")]
pub struct Wrong {
    /// Seed.
    pub seed: u64,
    /// Name of the invariant (`I…` of the machine, `W…` of the world).
    pub name: String,
    /// What was seen.
    pub what: String,
}

/// Which input met a unit in which state, and how often.
pub type Coverage = BTreeMap<(UnitRunState, String), u64>;

/// How a story went.
#[derive(Debug, Clone)]
pub struct Report {
    /// How the run ended.
    pub outcome: RunOutcome,
    /// Inputs taken.
    pub inputs: usize,
    /// Times the driver died or lost its lease.
    pub crashes: u32,
    /// Cells met.
    pub coverage: Coverage,
    /// Simulated time it took, in seconds.
    pub seconds: i64,
    /// The journal.
    pub journal: Vec<Stamped>,
    /// The run at its end.
    pub run: Run,
}

#[derive(Debug, Clone)]
enum Next {
    Announce { id: EffectId, issue: u32 },
    Answer { id: EffectId, outcome: Option<Outcome> },
    ProcessEnds { id: EffectId },
    Whim,
}

/// A run in a scripted world.
#[derive(Debug)]
pub struct Simulation {
    scenario: Scenario,
    world: World,
    now: Timestamp,
    /// What is durable.
    journal: Vec<Stamped>,
    checked: Checked,
    /// Effects in flight with this driver; a crash empties it.
    flying: BTreeSet<EffectId>,
    /// Which driver: what an earlier one had scheduled for itself does not happen.
    life: u32,
    queue: BTreeMap<(Timestamp, u64), (u32, Next)>,
    scheduled: u64,
    position: u64,
    crashes: u32,
    tries: u32,
    coverage: Coverage,
    cancel_seen: bool,
    #[cfg(test)]
    bug: Option<crate::machine::bugs::Bug>,
}

enum Stop {
    Crash,
    Wrong(Wrong),
}

impl Simulation {
    /// A story about to begin.
    ///
    /// # Errors
    /// [`Wrong`] if the run can't even begin.
    pub fn new(scenario: Scenario) -> Result<Self, Wrong> {
        Self::with(
            scenario,
            #[cfg(test)]
            None,
        )
    }

    /// A story about a machine with a seeded mistake.
    #[cfg(test)]
    pub(crate) fn with_bug(scenario: Scenario, bug: crate::machine::bugs::Bug) -> Result<Self, Wrong> {
        Self::with(scenario, Some(bug))
    }

    fn with(scenario: Scenario, #[cfg(test)] bug: Option<crate::machine::bugs::Bug>) -> Result<Self, Wrong> {
        let mut dice = Dice::new(scenario.seed ^ 0x5EED);
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(400_000);
        let first = Stamped { at: now, input: Input::Begin { spec: Box::new(scenario.spec.clone()) } };
        let begun = begin(
            &first,
            #[cfg(test)]
            bug,
        );
        let checked = begun.map_err(|refused| wrong(scenario.seed, &refused))?.0;
        let whims = scenario.faults.whims;
        let times: Vec<u64> = (0..whims).map(|_| dice.below(scenario.faults.slowest_seconds * 6)).collect();
        let mut story = Self {
            world: World::new(scenario.faults.clone(), dice),
            scenario,
            now,
            journal: vec![first],
            checked,
            flying: BTreeSet::new(),
            life: 0,
            queue: BTreeMap::new(),
            scheduled: 0,
            position: 1,
            crashes: 0,
            tries: 0,
            coverage: Coverage::new(),
            cancel_seen: false,
            #[cfg(test)]
            bug,
        };
        for seconds in times {
            story.schedule(seconds, Next::Whim);
        }
        Ok(story)
    }

    fn run(&self) -> &Run {
        self.checked.run()
    }

    /// Tells the story to its end.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn tell(mut self) -> Result<Report, Wrong> {
        self.tell_by(&mut |_, _| {})?;
        let outcome = self.run().finished.unwrap_or(RunOutcome::Failed);
        let start = self.journal.first().map_or(self.now, |s| s.at);
        Ok(Report {
            outcome,
            inputs: self.journal.len(),
            crashes: self.crashes,
            seconds: self.now.duration_since(start).as_secs(),
            run: self.checked.run().clone(),
            coverage: self.coverage,
            journal: self.journal,
        })
    }

    /// Tells the story, and lets somebody look at journal and run after each turn.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn tell_by(&mut self, look: &mut dyn FnMut(&[Stamped], &Run)) -> Result<(), Wrong> {
        while self.run().finished.is_none() {
            match self.turn() {
                Ok(()) => {}
                Err(Stop::Wrong(wrong)) => return Err(wrong),
                Err(Stop::Crash) => self.recover()?,
            }
            look(&self.journal, self.checked.run());
            if self.journal.len() > MOST_INPUTS {
                return Err(self.wrong("W7", format!("the run does not end; it is {:?}", self.run().status())));
            }
        }
        self.check_world()
    }

    fn turn(&mut self) -> Result<(), Stop> {
        self.issue_owed()?;
        if self.run().finished.is_some() {
            return Ok(());
        }
        let wake = self.run().next_wake();
        let queued = self.queue.keys().next().copied();
        match (queued, wake) {
            (Some(key), wake) if wake.is_none_or(|w| key.0 <= w) => {
                self.now = self.now.max(key.0);
                let Some((life, next)) = self.queue.remove(&key) else { return Ok(()) };
                self.happen(life, next)
            }
            (_, Some(wake)) => {
                self.now = self.now.max(wake);
                self.take(Input::Tick)
            }
            _ => {
                self.tries += 1;
                self.now += SignedDuration::from_secs(60);
                let run = self.run().clone();
                let deed = people::help(&mut self.world, &run, self.tries);
                self.act(deed)
            }
        }
    }

    fn happen(&mut self, life: u32, next: Next) -> Result<(), Stop> {
        match next {
            Next::Whim => {
                let run = self.run().clone();
                let deed = people::whim(&mut self.world, &run);
                self.act(deed)
            }
            Next::ProcessEnds { id } => self.process_ends(id),
            Next::Announce { .. } | Next::Answer { .. } if life != self.life => Ok(()),
            Next::Announce { id, issue } => self.announce(id, issue),
            Next::Answer { id, outcome } => {
                let Some(owed) = self.run().owed_effect(id).cloned() else { return Ok(()) };
                let run = self.run().clone();
                let answer =
                    outcome.unwrap_or_else(|| self.world.answer(&owed.effect, owed.unit.as_ref(), &run, self.now));
                self.finish(id, answer)
            }
        }
    }

    fn act(&mut self, deed: Deed) -> Result<(), Stop> {
        self.position += 1;
        let position = self.position;
        match deed {
            Deed::Signed if self.run().wants_news() => self.take(Input::Recheck { position }),
            Deed::Signed => Ok(()),
            Deed::Ask(control) => {
                let input = Input::Control { position, control };
                match self.checked.run().after(&Stamped { at: self.now, input: input.clone() }) {
                    Ok(_) => self.take(input),
                    Err(why) => self.take(Input::ControlRefused { position, why: why.to_string() }),
                }
            }
        }
    }

    fn finish(&mut self, id: EffectId, outcome: Outcome) -> Result<(), Stop> {
        self.flying.remove(&id);
        self.take(Input::EffectFinished { id, outcome })?;
        self.world.processes.remove(&id);
        Ok(())
    }

    fn issue_owed(&mut self) -> Result<(), Stop> {
        self.stop_engines()?;
        loop {
            let due = self.run().owed().find(|o| !self.flying.contains(&o.id)).cloned();
            let Some(owed) = due else { return Ok(()) };
            self.issue(&owed)?;
        }
    }

    fn issue(&mut self, owed: &Owed) -> Result<(), Stop> {
        let id = owed.id;
        let mut issue = owed.issued;
        if owed.effect.uses_engine() && owed.child.is_none() {
            if self.run().cancel.is_some() && !owed.effect.is_bookkeeping() {
                let error = RunnerError::new("engine-cancelled", "cancelled before it began");
                return self.take(Input::EffectFinished { id, outcome: Outcome::Failed { error } });
            }
            issue += 1;
            self.take(Input::EffectIntended { id, issue })?;
        }
        self.flying.insert(id);
        if owed.child.is_some() {
            return self.adopt(owed);
        }
        let has_process = matches!(owed.effect.name(), EffectName::Apply | EffectName::Reverse);
        let stale = owed.effect.name() == EffectName::Apply && self.world.dice.percent(self.world.faults.stale);
        let seconds = self.world.dice.below(1 + self.scenario.faults.slowest_seconds);
        if stale {
            let outcome = Some(Outcome::Stale { reason: "the state moved on".to_owned() });
            self.schedule(seconds, Next::Answer { id, outcome });
        } else if has_process || (owed.effect.uses_engine() && self.world.dice.percent(30)) {
            self.schedule(seconds.min(3), Next::Announce { id, issue });
        } else {
            self.schedule(seconds, Next::Answer { id, outcome: None });
        }
        Ok(())
    }

    /// After a crash: an exit status is taken, a living process is adopted, otherwise it is lost (`D7`).
    fn adopt(&mut self, owed: &Owed) -> Result<(), Stop> {
        let id = owed.id;
        let keeps_process = matches!(owed.effect.name(), EffectName::Apply | EffectName::Reverse);
        let outcome = match self.world.processes.get(&id) {
            Some(process) if process.status.is_none() => return Ok(()),
            Some(process) => process.status.clone(),
            None if keeps_process && !self.world.begun.contains(&id) => Some(Outcome::NotBegun),
            None if keeps_process || self.world.dice.percent(self.world.faults.process_lost) => Some(Outcome::Lost),
            None => None,
        };
        self.schedule(1, Next::Answer { id, outcome });
        Ok(())
    }

    fn announce(&mut self, id: EffectId, issue: u32) -> Result<(), Stop> {
        let Some(owed) = self.run().owed_effect(id).cloned() else { return Ok(()) };
        if owed.issued != issue || owed.child.is_some() {
            return Ok(());
        }
        if self.run().cancel.is_some() && !owed.effect.is_bookkeeping() {
            let error = RunnerError::new("engine-cancelled", "it was not let to begin");
            return self.finish(id, Outcome::Failed { error });
        }
        let child = ChildIdentity {
            pid: u32::try_from(id.0).unwrap_or(1),
            start_ticks: u64::from(issue),
            boot_id: "simulated".to_owned(),
            work_dir: PathBuf::from("work"),
        };
        self.take(Input::EffectStarted { id, child })?;
        let seconds = 1 + self.world.dice.below(self.scenario.faults.slowest_seconds);
        let Some(unit) = owed.unit.filter(|_| is_long(&owed.effect)) else {
            self.schedule(seconds, Next::Answer { id, outcome: None });
            return Ok(());
        };
        self.check_start(&unit, &owed.effect)?;
        let ends = self.now + SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(1));
        self.world.start(id, &unit, &owed.effect, ends);
        self.schedule(seconds, Next::ProcessEnds { id });
        Ok(())
    }

    /// The engine begins only now: is it right to?
    fn check_start(&self, unit: &UnitId, effect: &Effect) -> Result<(), Stop> {
        if effect.name() == EffectName::Apply && self.world.real(unit) == Real::Whole {
            let what = format!("{unit} is applied again though all of it is real");
            return Err(Stop::Wrong(self.wrong("W1", what)));
        }
        if self.world.processes.values().any(|p| p.unit == *unit && p.status.is_none()) {
            return Err(Stop::Wrong(self.wrong("W2", format!("two engines work on {unit}"))));
        }
        Ok(())
    }

    fn process_ends(&mut self, id: EffectId) -> Result<(), Stop> {
        let alive = self.world.processes.get(&id).is_some_and(|p| p.status.is_none() && p.ends <= self.now);
        let Some(unit) = self.world.processes.get(&id).filter(|_| alive).map(|p| p.unit.clone()) else { return Ok(()) };
        let Some(facts) = self.run().unit(&unit).map(|u| u.facts.clone()) else { return Ok(()) };
        let Some(outcome) = self.world.end(id, &facts) else { return Ok(()) };
        if self.flying.contains(&id) { self.finish(id, outcome) } else { Ok(()) }
    }

    /// A cancel reaches the engines: most obey, some come to their own end first.
    fn stop_engines(&mut self) -> Result<(), Stop> {
        if self.run().cancel.is_none() || self.cancel_seen {
            return Ok(());
        }
        self.cancel_seen = true;
        let alive: Vec<EffectId> =
            self.world.processes.iter().filter(|(_, p)| p.status.is_none()).map(|(id, _)| *id).collect();
        for id in alive {
            if self.world.dice.percent(70)
                && self.flying.contains(&id)
                && let Some(outcome) = self.world.stop(id)
            {
                self.finish(id, outcome)?;
            }
        }
        Ok(())
    }

    /// Steps, makes it durable, lets it count; the driver may die in between.
    fn take(&mut self, input: Input) -> Result<(), Stop> {
        let stamped = Stamped { at: self.now, input };
        self.cover(&stamped.input);
        let next = self.checked.after(&stamped);
        let (next, _) = next.map_err(|refused| Stop::Wrong(wrong(self.scenario.seed, &refused)))?;
        let dies = self.world.dice.per_mille(self.scenario.faults.crash_per_mille);
        if dies && self.world.dice.percent(50) {
            return Err(Stop::Crash);
        }
        self.journal.push(stamped);
        self.checked = next;
        if dies { Err(Stop::Crash) } else { Ok(()) }
    }

    /// Another driver takes over: it knows the journal and nothing else.
    fn recover(&mut self) -> Result<(), Wrong> {
        self.crashes += 1;
        self.life += 1;
        self.flying.clear();
        let alive: Vec<EffectId> =
            self.world.processes.iter().filter(|(_, p)| p.status.is_none()).map(|(id, _)| *id).collect();
        for id in alive {
            // A child whose record did not become durable has run nothing and is gone.
            let journalled = self.run().owed_effect(id).is_some_and(|o| o.child.is_some());
            if !journalled || self.world.dice.percent(self.world.faults.process_lost) {
                self.world.lose(id);
            }
        }
        let read = self.read_journal().map_err(|refused| wrong(self.scenario.seed, &refused))?;
        if read.run() != self.run() {
            return Err(self.wrong("W3", "the journal tells another run than the one that was driven".to_owned()));
        }
        self.checked = read;
        self.now += SignedDuration::from_secs(1);
        Ok(())
    }

    fn read_journal(&self) -> Result<Checked, Refused> {
        let mut entries = self.journal.iter();
        let Some(first) = entries.next() else { return Ok(self.checked.clone()) };
        let (mut checked, _) = begin(
            first,
            #[cfg(test)]
            self.bug,
        )?;
        for entry in entries {
            checked = checked.after(entry)?.0;
        }
        Ok(checked)
    }

    /// The end, as the world sees it.
    fn check_world(&self) -> Result<(), Wrong> {
        if let Some((id, _)) = self.world.processes.iter().find(|(_, p)| p.status.is_none()) {
            return Err(self.wrong("W4", format!("the run is over and the engine of {id} still works")));
        }
        for (id, unit) in self.run().units() {
            let real = self.world.real(id);
            let changes = matches!(unit.facts.action, UnitAction::Apply | UnitAction::Destroy);
            let lie = match unit.state {
                UnitState::Done => changes && real != Real::Whole,
                UnitState::Reversed => real != Real::Nothing,
                UnitState::Skipped { .. } => unit.attempts == 0 && self.world.lines.contains_key(id),
                _ => false,
            };
            if lie {
                return Err(self.wrong("W5", format!("{id} is {} and {real:?} of it is real", unit.state.name())));
            }
            if unit.facts.removal && self.world.lines.contains_key(id) && unit.attempts == 0 {
                return Err(self.wrong("W6", format!("{id} was destroyed by nobody")));
            }
        }
        Ok(())
    }

    fn schedule(&mut self, seconds: u64, next: Next) {
        self.scheduled += 1;
        let at = self.now + SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(1));
        self.queue.insert((at, self.scheduled), (self.life, next));
    }

    fn cover(&mut self, input: &Input) {
        let effect = match input {
            Input::EffectIntended { id, .. } | Input::EffectStarted { id, .. } | Input::EffectFinished { id, .. } => {
                self.checked.run().owed_effect(*id)
            }
            _ => None,
        };
        let label = match (input, effect) {
            (Input::EffectFinished { outcome, .. }, Some(_)) => format!("{:?}", outcome.name()),
            (Input::Control { .. }, _) | (_, None) => format!("{:?}", input.name()),
            (_, Some(owed)) => format!("{:?} {}", input.name(), owed.effect.name()),
        };
        let only = effect.and_then(|o| o.unit.clone());
        let cells: Vec<UnitRunState> = self
            .checked
            .run()
            .units()
            .filter(|(id, _)| only.as_ref().is_none_or(|o| o == *id))
            .map(|(_, u)| u.state.name())
            .collect();
        for state in cells {
            *self.coverage.entry((state, label.clone())).or_default() += 1;
        }
    }

    fn wrong(&self, name: &str, what: String) -> Wrong {
        Wrong { seed: self.scenario.seed, name: name.to_owned(), what: format!("{name}: {what}") }
    }
}

fn is_long(effect: &Effect) -> bool {
    matches!(effect.name(), EffectName::Apply | EffectName::Reverse)
}

fn wrong(seed: u64, refused: &Refused) -> Wrong {
    let name = match refused {
        Refused::Broken(violation) => violation.name.to_owned(),
        Refused::Illegal(_) => "illegal".to_owned(),
    };
    Wrong { seed, name, what: refused.to_string() }
}

#[cfg(not(test))]
fn begin(first: &Stamped) -> Result<(Checked, Vec<Emit>), Refused> {
    Checked::begin(first)
}

#[cfg(test)]
fn begin(first: &Stamped, bug: Option<crate::machine::bugs::Bug>) -> Result<(Checked, Vec<Emit>), Refused> {
    let Input::Begin { spec } = &first.input else { return Checked::begin(first) };
    let (run, emits) = Run::begin_with(spec, first, |run| run.bug = bug).map_err(Refused::Illegal)?;
    Checked::audited(run, first, emits)
}
