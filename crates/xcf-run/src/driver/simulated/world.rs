//! The world's own truth: what is real of each unit, which engine processes live, what people have signed.

use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::changeset::UnitAction;
use xcf_core::event::{UnitApplied, UnitReversed};
use xcf_core::ids::{BlobId, Digest, EffectId, UnitId};
use xcf_core::ports::runner::{Inspection, RunnerError};
use xcf_core::route::{Engine, Gate, Layer};
use xcf_core::said::Said;

use super::dice::Dice;
use super::scenario::{Faults, digest};
use crate::machine::{Effect, EffectName, Gates, Outcome, Run, UnitFacts, Verdict};

/// How much of a unit's change is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Real {
    Nothing,
    Part,
    Whole,
}

/// One engine process.
#[derive(Debug, Clone)]
pub(super) struct Process {
    pub unit: UnitId,
    pub effect: Effect,
    pub ends: Timestamp,
    /// Exit status, once it has ended.
    pub status: Option<Outcome>,
}

/// The world.
#[derive(Debug)]
pub(super) struct World {
    pub faults: Faults,
    pub dice: Dice,
    pub real: BTreeMap<UnitId, Real>,
    pub processes: BTreeMap<EffectId, Process>,
    /// Effects whose engine ever began.
    pub begun: BTreeSet<EffectId>,
    pub signed: BTreeMap<UnitId, Digest>,
    pub consented: BTreeMap<UnitId, Digest>,
    /// Lines an apply of each unit left in its own file.
    pub lines: BTreeMap<UnitId, u32>,
    digests: u64,
}

impl World {
    pub fn new(faults: Faults, dice: Dice) -> Self {
        Self {
            faults,
            dice,
            real: BTreeMap::new(),
            processes: BTreeMap::new(),
            begun: BTreeSet::new(),
            signed: BTreeMap::new(),
            consented: BTreeMap::new(),
            lines: BTreeMap::new(),
            digests: 5000,
        }
    }
    pub fn real(&self, unit: &UnitId) -> Real {
        self.real.get(unit).copied().unwrap_or(Real::Nothing)
    }
    fn fails(&mut self) -> bool {
        self.dice.percent(self.faults.failure)
    }
    fn failure(&mut self, code: &str) -> Outcome {
        let mut error = RunnerError::new(code, "the script says so");
        error.retryable = self.dice.percent(self.faults.retryable);
        Outcome::Failed { error }
    }

    /// Answers an effect that needs no process of its own. `run` is what the driver gave along.
    pub fn answer(&mut self, effect: &Effect, unit: Option<&UnitId>, run: &Run, now: Timestamp) -> Outcome {
        let Some(id) = unit else { return self.read_gates(run) };
        let Some(unit) = run.unit(id) else { return self.failure("unknown-unit") };
        match effect {
            _ if self.fails() => self.failure("scripted"),
            Effect::Admit { .. } => self.admit(id, unit.facts.layer, now),
            Effect::Plan => self.plan(id, &unit.facts.clone(), unit.attempts),
            Effect::Rekey => Outcome::Rekeyed,
            Effect::Backup => Outcome::BackedUp { references: vec!["backup".to_owned()] },
            Effect::Inspect => self.inspect(id),
            Effect::CollectOutputs => self.collect(id, &unit.facts),
            Effect::Verify => self.verify(id),
            Effect::ReadGates | Effect::Apply { .. } | Effect::Reverse => self.failure("no-such-answer"),
        }
    }

    fn read_gates(&mut self, run: &Run) -> Outcome {
        if self.fails() {
            return self.failure("scripted");
        }
        let mut gates = Gates { met: self.signed.clone(), consented: self.consented.clone(), held: None };
        for (id, unit) in run.units() {
            if unit.facts.gate == Gate::Auto {
                gates.met.insert(id.clone(), unit.facts.digest.clone());
            }
        }
        Outcome::Gates { gates }
    }

    fn admit(&mut self, id: &UnitId, layer: Layer, now: Timestamp) -> Outcome {
        if self.dice.percent(self.faults.not_admitted) {
            let seconds = i64::try_from(1 + self.dice.below(600)).unwrap_or(1);
            let until = self.dice.percent(50).then(|| now + jiff::SignedDuration::from_secs(seconds));
            return Outcome::NotAdmitted {
                code: "window".to_owned(),
                why: "the window is closed".to_owned(),
                said: Said::default(),
                until,
            };
        }
        let mut locks = vec![format!("unit:{id}")];
        if layer == Layer::Foundation {
            locks.push("foundation:sim".to_owned());
        }
        Outcome::Admitted { locks }
    }

    fn plan(&mut self, id: &UnitId, old: &UnitFacts, attempts: u32) -> Outcome {
        let mut facts = old.clone();
        if !facts.is_runnable() {
            facts.action = UnitAction::Apply;
        }
        let verdict = match self.real(id) {
            Real::Whole => Verdict::Unchanged,
            _ if attempts > 0 && self.dice.percent(75) => Verdict::Covered,
            _ => self.throw_verdict(old.is_runnable()),
        };
        if matches!(verdict, Verdict::Different | Verdict::Covered | Verdict::Unchanged) {
            self.digests += 1;
            facts.digest = digest(self.digests);
        }
        if verdict == Verdict::Unchanged && facts.action == UnitAction::Destroy {
            self.real.insert(id.clone(), Real::Whole);
        }
        Outcome::Planned { facts: Box::new(facts), plan: BlobId::from("plan"), verdict }
    }

    fn throw_verdict(&mut self, was_planned: bool) -> Verdict {
        match self.dice.below(100) {
            0..=4 => Verdict::Denied { reason: "a policy says no".to_owned() },
            5..=9 => Verdict::Waits { reason: "an output is missing".to_owned() },
            10..=17 => Verdict::Unchanged,
            18..=59 if was_planned => Verdict::Same,
            _ => Verdict::Different,
        }
    }

    fn inspect(&mut self, id: &UnitId) -> Outcome {
        let found = match self.real(id) {
            _ if self.dice.percent(self.faults.unknown) => Inspection::Unknown { reason: "nobody can tell".to_owned() },
            Real::Nothing => Inspection::NotStarted,
            Real::Part => Inspection::Partial { found: "a part".to_owned() },
            Real::Whole => Inspection::Finished,
        };
        Outcome::Inspected { found }
    }

    fn collect(&mut self, id: &UnitId, facts: &UnitFacts) -> Outcome {
        if self.real(id) == Real::Whole { done(facts) } else { self.failure("nothing-there") }
    }

    fn verify(&mut self, id: &UnitId) -> Outcome {
        // What differs keeps differing: an answer that was lost in a crash must not turn into a better one.
        if self.real(id) != Real::Whole || self.dice.percent(self.faults.verify_differs) {
            self.real.insert(id.clone(), Real::Part);
            return Outcome::Verified { differs: vec!["thing.a".to_owned()] };
        }
        Outcome::Verified { differs: Vec::new() }
    }

    /// An engine begins; what it does shows when it ends.
    pub fn start(&mut self, id: EffectId, unit: &UnitId, effect: &Effect, ends: Timestamp) {
        let process = Process { unit: unit.clone(), effect: effect.clone(), ends, status: None };
        self.begun.insert(id);
        self.processes.insert(id, process);
    }

    /// The engine ends by itself: it did its work, or failed somewhere in it.
    pub fn end(&mut self, id: EffectId, facts: &UnitFacts) -> Option<Outcome> {
        let process = self.processes.get(&id)?.clone();
        let failed = self.fails();
        let outcome = match (process.effect.name(), failed) {
            (EffectName::Reverse, false) => {
                self.real.insert(process.unit.clone(), Real::Nothing);
                Outcome::Reversed { record: UnitReversed { commit: None, reason: "rolled back".to_owned() } }
            }
            (_, false) => {
                self.finish(&process.unit);
                done(facts)
            }
            (_, true) => {
                self.spoil(&process.unit);
                self.failure("engine-failed")
            }
        };
        self.processes.get_mut(&id)?.status = Some(outcome.clone());
        Some(outcome)
    }

    /// The engine was asked to stop.
    pub fn stop(&mut self, id: EffectId) -> Option<Outcome> {
        let unit = self.processes.get(&id)?.unit.clone();
        self.spoil(&unit);
        let mut error = RunnerError::new("engine-cancelled", "stopped");
        "a part".clone_into(&mut error.left_behind);
        let outcome = Outcome::Failed { error };
        self.processes.get_mut(&id)?.status = Some(outcome.clone());
        Some(outcome)
    }

    /// The process is gone without an exit status.
    pub fn lose(&mut self, id: EffectId) {
        let Some(process) = self.processes.remove(&id) else { return };
        if process.effect.name() == EffectName::Reverse {
            return;
        }
        match self.dice.below(3) {
            0 => {}
            1 => self.spoil(&process.unit),
            _ => self.finish(&process.unit),
        }
    }

    fn finish(&mut self, unit: &UnitId) {
        if self.real(unit) != Real::Whole {
            *self.lines.entry(unit.clone()).or_default() += 1;
        }
        self.real.insert(unit.clone(), Real::Whole);
    }

    fn spoil(&mut self, unit: &UnitId) {
        if self.dice.percent(60) {
            self.real.insert(unit.clone(), Real::Part);
        }
    }
}

/// The record of a success.
fn done(facts: &UnitFacts) -> Outcome {
    if facts.action == UnitAction::Destroy {
        return Outcome::Destroyed;
    }
    let record = UnitApplied {
        engine: Engine::Terraform,
        engine_version: "simulated".to_owned(),
        commit: facts.commit.clone(),
        inputs_digest: facts.inputs_digest.clone(),
        unit_digest: facts.digest.clone(),
        outputs: BlobId::from("outputs"),
        output_digests: BTreeMap::new(),
        sensitive_outputs: Vec::new(),
        inputs: BlobId::from("inputs"),
        recipe: serde_json::Value::Null,
        way_back: None,
        state_serial: None,
        attempt: 1,
    };
    Outcome::Applied { record: Box::new(record) }
}
