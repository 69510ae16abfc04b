//! What is simulated: a run, and how unkind the world is.

use indexmap::IndexMap;
use std::collections::BTreeSet;
use xcf_core::changeset::UnitAction;
use xcf_core::ids::{ChangeSetId, CommitId, Digest, EnvName, RunId, UnitId};
use xcf_core::route::{Backup, Gate, Layer};

use super::dice::Dice;
use crate::machine::{REVISION, RunSpec, SpecUnit, UnitFacts};

/// How often things go wrong. Percent unless said otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// The driver dies at an append (per mille): half of the time the append is lost, half of the time only what follows.
    pub crash_per_mille: u64,
    /// A process is gone after a crash, leaving nothing, a part or the whole.
    pub process_lost: u64,
    /// An effect fails.
    pub failure: u64,
    /// … and says that another try may help.
    pub retryable: u64,
    /// A saved plan does not fit when it is to be applied.
    pub stale: u64,
    /// Admission says not yet.
    pub not_admitted: u64,
    /// The result differs when it is verified.
    pub verify_differs: u64,
    /// Nobody can tell what a lost process left.
    pub unknown: u64,
    /// How many wishes of people come out of the blue.
    pub whims: u64,
    /// Slowest effect in seconds.
    pub slowest_seconds: u64,
}

impl Faults {
    /// A kind world: everything works, nobody interferes.
    #[must_use]
    pub fn none() -> Self {
        Self { slowest_seconds: 30, ..Self::default() }
    }
    fn thrown(dice: &mut Dice) -> Self {
        // Some stories are calm, so that the long ways are walked to their end, too.
        let unkind = dice.below(4);
        Self {
            crash_per_mille: unkind * dice.below(16),
            process_lost: 40,
            failure: unkind * dice.below(7),
            retryable: 60,
            stale: unkind * dice.below(10),
            not_admitted: unkind * dice.below(10),
            verify_differs: unkind * dice.below(5),
            unknown: 8,
            whims: dice.below(2) * dice.below(6),
            slowest_seconds: 1 + dice.below(300),
        }
    }
}

/// A run and its world.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What is run.
    pub spec: RunSpec,
    /// What goes wrong.
    pub faults: Faults,
    /// Where chance starts.
    pub seed: u64,
}

impl Scenario {
    /// The scenario of a seed: up to nine units of every kind in a random order, random places, random faults.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let count = 1 + usize::try_from(dice.below(9)).unwrap_or(0);
        let mut units = IndexMap::new();
        for index in 0..count {
            let after = (0..index).filter(|_| dice.percent(35)).collect();
            let facts = throw_facts(&mut dice, index, count);
            units.insert(unit_id(index), SpecUnit { facts, after });
        }
        let spec = RunSpec {
            revision: REVISION,
            run: RunId(1),
            change_set: ChangeSetId(1),
            change_set_revision: 1,
            environment: EnvName::from("sim"),
            concurrency: 1 + u32::try_from(dice.below(4)).unwrap_or(0),
            requested_at: 0,
            units,
        };
        let faults = Faults::thrown(&mut dice);
        Self { spec, faults, seed }
    }
}

fn unit_id(index: usize) -> UnitId {
    UnitId::new("sim".into(), "stack".into(), format!("u{index}").as_str().into())
}

/// A digest nobody else has.
pub(super) fn digest(number: u64) -> Digest {
    Digest::from_bytes(&number.to_be_bytes())
}

fn throw_facts(dice: &mut Dice, index: usize, count: usize) -> UnitFacts {
    let layer = match index * 5 / count {
        0 => Layer::Foundation,
        1 => Layer::K8s,
        2 => Layer::PaaS,
        3 => Layer::Applications,
        _ => Layer::Config,
    };
    let action = match dice.below(100) {
        0..=62 => UnitAction::Apply,
        63..=77 => UnitAction::Deferred,
        78..=87 => UnitAction::Destroy,
        88..=93 => UnitAction::Move,
        94..=95 => UnitAction::PlanFailed,
        96..=97 => UnitAction::CannotRun,
        _ => UnitAction::Unresolved,
    };
    let removal = action == UnitAction::Destroy && dice.percent(80);
    let gate = match dice.below(100) {
        _ if removal => Gate::Strong,
        0..=39 => Gate::Auto,
        40..=74 => Gate::Approve,
        _ => Gate::Strong,
    };
    let moved = action == UnitAction::Move || (action == UnitAction::Apply && dice.percent(6));
    let former = UnitId::new("sim".into(), "stack".into(), format!("old{index}").as_str().into());
    UnitFacts {
        action,
        layer,
        gate,
        removal,
        backup: if dice.percent(30) { BTreeSet::from([Backup::PreChange]) } else { BTreeSet::new() },
        moved_from: moved.then_some(former),
        digest: digest(index as u64),
        inputs_digest: digest(1000 + index as u64),
        commit: CommitId::from("c0ffee"),
        retries: u32::try_from(dice.below(4)).unwrap_or(0),
        backoff_seconds: 1 + dice.below(60),
        observe: dice.percent(20),
        partial: false,
        note: String::new(),
    }
}
