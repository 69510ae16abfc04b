//! A run that is easy to lead to any place.

use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use xcf_core::changeset::UnitAction;
use xcf_core::event::{UnitApplied, UnitReversed};
use xcf_core::ids::{BlobId, ChangeSetId, CommitId, Digest, EffectId, EnvName, RunId, UnitId};
use xcf_core::ports::runner::{ChildIdentity, Inspection, RunnerError};
use xcf_core::route::{Backup, Engine, Gate, Layer};

use crate::invariants::{Checked, Refused};
use crate::machine::{
    Control, Effect, EffectName, Emit, Gates, Input, Outcome, RunSpec, SpecUnit, Stamped, UnitFacts, Verdict,
};

pub fn id(name: &str) -> UnitId {
    UnitId::new("test".into(), "stack".into(), name.into())
}

pub fn digest(text: &str) -> Digest {
    Digest::from_bytes(text.as_bytes())
}

pub fn facts(name: &str) -> UnitFacts {
    UnitFacts {
        action: UnitAction::Apply,
        layer: Layer::Applications,
        gate: Gate::Approve,
        removal: false,
        backup: BTreeSet::new(),
        moved_from: None,
        digest: digest(name),
        inputs_digest: digest("inputs"),
        commit: CommitId::from("c0ffee"),
        retries: 1,
        backoff_seconds: 10,
        observe: false,
        partial: false,
        note: String::new(),
    }
}

pub fn backup() -> BTreeSet<Backup> {
    BTreeSet::from([Backup::PreChange])
}

/// Units with their facts and what they wait for.
pub fn spec(units: &[(&str, UnitFacts, &[&str])]) -> RunSpec {
    let index = |name: &str| units.iter().position(|(n, _, _)| *n == name).unwrap();
    let built = units.iter().map(|(name, facts, after)| {
        (id(name), SpecUnit { facts: facts.clone(), after: after.iter().map(|n| index(n)).collect() })
    });
    RunSpec {
        revision: 1,
        run: RunId(1),
        change_set: ChangeSetId(1),
        change_set_revision: 1,
        environment: EnvName::from("test"),
        concurrency: 4,
        requested_at: 10,
        units: built.collect(),
    }
}

pub fn start_time() -> Timestamp {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

/// A run and everything it has said.
pub struct Led {
    pub checked: Checked,
    pub now: Timestamp,
    pub position: u64,
    pub said: Vec<Emit>,
}

impl Led {
    pub fn begin(spec: RunSpec) -> Self {
        let now = start_time();
        let (checked, said) =
            Checked::begin(&Stamped { at: now, input: Input::Begin { spec: Box::new(spec) } }).unwrap();
        Self { checked, now, position: 10, said }
    }
    pub fn try_give(&mut self, input: Input) -> Result<(), Refused> {
        let (next, said) = self.checked.after(&Stamped { at: self.now, input })?;
        self.checked = next;
        self.said.extend(said);
        Ok(())
    }
    pub fn give(&mut self, input: Input) {
        self.try_give(input.clone()).unwrap_or_else(|e| panic!("{input:?}: {e}"));
    }
    pub fn ask(&mut self, control: Control) {
        self.try_ask(control).unwrap();
    }
    pub fn try_ask(&mut self, control: Control) -> Result<(), Refused> {
        self.position += 1;
        self.try_give(Input::Control { position: self.position, control })
    }
    pub fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        self.give(Input::Tick);
    }
    /// The effect owed for a unit.
    pub fn owed(&self, unit: &str) -> Option<(EffectId, Effect, u32)> {
        let owed = self.checked.run().owed().find(|o| o.unit.as_ref() == Some(&id(unit)))?;
        Some((owed.id, owed.effect.clone(), owed.issued))
    }
    pub fn effect(&self, unit: &str) -> Option<EffectName> {
        self.owed(unit).map(|(_, effect, _)| effect.name())
    }
    pub fn state(&self, unit: &str) -> String {
        let state = self.checked.run().unit(&id(unit)).unwrap().state.name().to_string();
        self.effect(unit).map_or(state.clone(), |effect| format!("{state} · {effect}"))
    }
    /// Journals the intent of a unit's owed effect, if it needs one and has none.
    pub fn intend(&mut self, unit: &str) {
        if let Some((id, effect, 0)) = self.owed(unit)
            && effect.uses_engine()
        {
            self.give(Input::EffectIntended { id, issue: 1 });
        }
    }
    pub fn answer(&mut self, unit: &str, outcome: Outcome) {
        self.intend(unit);
        let (id, _, _) = self.owed(unit).unwrap_or_else(|| panic!("nothing is owed for {unit}: {}", self.state(unit)));
        self.give(Input::EffectFinished { id, outcome });
    }
    /// Answers the reading of approvals: these units are met at their digest now, these removals agreed to.
    pub fn approve(&mut self, met: &[&str], consented: &[&str]) {
        self.position += 1;
        if !self.checked.run().owed().any(|o| o.effect == Effect::ReadGates) {
            self.give(Input::Recheck { position: self.position });
        }
        let at = |names: &[&str]| -> BTreeMap<UnitId, Digest> {
            let run = self.checked.run();
            names.iter().map(|n| (id(n), run.unit(&id(n)).unwrap().facts.digest.clone())).collect()
        };
        let gates = Gates { met: at(met), consented: at(consented), held: None };
        let owed = self.checked.run().owed().find(|o| o.effect == Effect::ReadGates).unwrap().id;
        self.give(Input::EffectFinished { id: owed, outcome: Outcome::Gates { gates } });
    }
    pub fn admit(&mut self, unit: &str) {
        self.answer(unit, Outcome::Admitted { locks: vec![format!("unit:{}", id(unit))] });
    }
    /// From admission to applied and verified.
    pub fn run_through(&mut self, unit: &str) {
        self.admit(unit);
        self.answer(unit, applied());
        self.answer(unit, Outcome::Verified { differs: vec![] });
    }
    pub fn kinds(&self) -> Vec<&'static str> {
        self.said.iter().map(|e| e.kind.as_str()).collect()
    }
}

pub fn applied() -> Outcome {
    let record = UnitApplied {
        engine: Engine::Terraform,
        engine_version: "1.0".to_owned(),
        commit: CommitId::from("c0ffee"),
        inputs_digest: digest("inputs"),
        unit_digest: digest("unit"),
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

pub fn planned(facts: UnitFacts, verdict: Verdict) -> Outcome {
    Outcome::Planned { facts: Box::new(facts), plan: BlobId::from("plan"), verdict }
}

pub fn failed(retryable: bool) -> Outcome {
    let mut error = RunnerError::new("engine-failed", "it failed");
    error.retryable = retryable;
    Outcome::Failed { error }
}

pub fn found(found: Inspection) -> Outcome {
    Outcome::Inspected { found }
}

pub fn reversed() -> Outcome {
    Outcome::Reversed { record: UnitReversed { commit: None, reason: "undone".to_owned() } }
}

pub fn child() -> ChildIdentity {
    ChildIdentity { pid: 7, start_ticks: 1, boot_id: "boot".to_owned(), work_dir: PathBuf::from("work") }
}
