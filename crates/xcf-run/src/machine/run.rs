//! The Run value: everything the machine remembers, and the questions one can ask it.

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xcf_core::changeset::{RunOutcome, UnitAction};
use xcf_core::ids::{BlobId, ChangeSetId, EffectId, EnvName, RunId, UnitId};
use xcf_core::ports::runner::ChildIdentity;
use xcf_core::route::Layer;

#[cfg(test)]
use super::bugs::Bug;
use super::effect::{Effect, Gates, Owed};
use super::facts::{RunSpec, SpecError, UnitFacts};
use super::state::{StopLevel, UnitState};

/// One unit of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitRun {
    /// What it is; replaced when it is planned again with a different meaning.
    pub facts: UnitFacts,
    /// Units that come first, as indexes.
    pub after: Vec<usize>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: UnitState,
    /// Plan made inside this run (`ChangeUnit` as an encrypted blob); none: the ChangeSet's.
    pub plan: Option<BlobId>,
    /// Attempts to apply it in this run.
    pub attempts: u32,
    /// Locks it holds.
    pub locks: Vec<String>,
    /// The process of the last apply that was lost.
    pub lost_child: Option<ChildIdentity>,
    /// Its gate was not known at planning, or its plan changed since: it waits alone (`dsl §10`).
    pub waits_alone: bool,
    /// The outputs are recorded (or it is destroyed).
    pub applied: bool,
    /// Verified since it was applied.
    pub verified: bool,
    /// In the scope of a rollback.
    pub unwind: bool,
    pub(crate) needs_plan: bool,
    pub(crate) admitted: bool,
    pub(crate) reverse_admitted: bool,
    pub(crate) started: bool,
    pub(crate) rekeyed: bool,
    pub(crate) backed_up: bool,
    pub(crate) inspect: bool,
    pub(crate) collect: bool,
    pub(crate) failures: u32,
    pub(crate) stale: u32,
    pub(crate) lost: u32,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) owed: Option<EffectId>,
}

impl UnitRun {
    fn new(facts: UnitFacts, after: Vec<usize>) -> Self {
        let deferred = facts.action == UnitAction::Deferred;
        let state = if deferred { UnitState::Deferred { reason: facts.note.clone() } } else { UnitState::Pending };
        Self {
            facts,
            after,
            state,
            plan: None,
            attempts: 0,
            locks: Vec::new(),
            lost_child: None,
            waits_alone: deferred,
            applied: false,
            verified: false,
            unwind: false,
            needs_plan: deferred,
            admitted: false,
            reverse_admitted: false,
            started: false,
            rekeyed: false,
            backed_up: false,
            inspect: false,
            collect: false,
            failures: 0,
            stale: 0,
            lost: 0,
            not_before: None,
            owed: None,
        }
    }
    /// True if this run tried to change it and the attempt did not end applied or reversed (`dsl §7` *dirty*).
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.attempts > 0 && !self.applied && !matches!(self.state, UnitState::Reversed)
    }
    /// True if this run changed, or may have changed, something real of it.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.applied || self.attempts > 0
    }
    /// True if an apply happened whose result is not known or not recorded yet.
    #[must_use]
    pub fn is_unrecorded(&self) -> bool {
        self.inspect || (self.collect && self.attempts > 0)
    }
    /// True if a dependant may start (`dsl §9`): at Observing or Done; after a Foundation unit only at Done.
    #[must_use]
    pub fn frees_dependants(&self) -> bool {
        match self.state {
            UnitState::Done | UnitState::Skipped { .. } => true,
            UnitState::Observing => self.facts.layer != Layer::Foundation,
            _ => false,
        }
    }
}

/// A run (`D7`). A value: it can be cloned, written down and compared. Same inputs, same Run, on every machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Behaviour it was begun with.
    pub revision: u32,
    /// Run.
    pub id: RunId,
    /// ChangeSet.
    pub change_set: ChangeSetId,
    /// Its revision.
    pub change_set_revision: u32,
    /// Environment.
    pub environment: EnvName,
    /// Most effects with an engine at one time.
    pub concurrency: u32,
    /// Newest time seen.
    pub now: Timestamp,
    /// Inputs taken, `Begin` included.
    pub seq: u64,
    /// Log position up to which controls and news were taken.
    pub seen: u64,
    /// What the approvals said last; none: not read yet.
    pub gates: Option<Gates>,
    /// Paused by a person.
    pub paused: bool,
    /// Being cancelled.
    pub cancel: Option<StopLevel>,
    /// Being rolled back.
    pub rolling_back: bool,
    /// How it ended.
    pub finished: Option<RunOutcome>,
    /// When approvals are read again after a failed try.
    pub(crate) gates_not_before: Option<Timestamp>,
    pub(crate) wants_gates: bool,
    pub(crate) next_effect: u64,
    pub(crate) owed: BTreeMap<EffectId, Owed>,
    #[serde(with = "indexmap::map::serde_seq")]
    pub(crate) units: IndexMap<UnitId, UnitRun>,
    /// A seeded mistake, for the tests that show the invariants catch it.
    #[cfg(test)]
    #[serde(skip)]
    pub(crate) bug: Option<Bug>,
}

impl Run {
    /// A run that has seen nothing yet; `Begin` starts it.
    ///
    /// # Errors
    /// [`SpecError`] if the order goes in a circle.
    pub(crate) fn new(spec: &RunSpec, at: Timestamp) -> Result<Self, SpecError> {
        spec.check_order()?;
        let units =
            spec.units.iter().map(|(id, u)| (id.clone(), UnitRun::new(u.facts.clone(), u.after.clone()))).collect();
        Ok(Self {
            revision: spec.revision,
            id: spec.run,
            change_set: spec.change_set,
            change_set_revision: spec.change_set_revision,
            environment: spec.environment.clone(),
            concurrency: spec.concurrency,
            now: at,
            seq: 0,
            seen: spec.requested_at,
            gates: None,
            paused: false,
            cancel: None,
            rolling_back: false,
            finished: None,
            gates_not_before: None,
            wants_gates: true,
            next_effect: 1,
            owed: BTreeMap::new(),
            units,
            #[cfg(test)]
            bug: None,
        })
    }

    /// Units in the run's order.
    pub fn units(&self) -> impl Iterator<Item = (&UnitId, &UnitRun)> {
        self.units.iter()
    }
    /// One unit.
    #[must_use]
    pub fn unit(&self, id: &UnitId) -> Option<&UnitRun> {
        self.units.get(id)
    }
    /// The unit at an index, as [`UnitRun::after`] counts them.
    #[must_use]
    pub fn unit_at(&self, index: usize) -> Option<(&UnitId, &UnitRun)> {
        self.units.get_index(index)
    }
    /// Effects that no input has answered, oldest first.
    pub fn owed(&self) -> impl Iterator<Item = &Owed> {
        self.owed.values()
    }
    /// One owed effect; none once it is answered.
    #[must_use]
    pub fn owed_effect(&self, id: EffectId) -> Option<&Owed> {
        self.owed.get(&id)
    }
    /// The effect owed for a unit, if any.
    #[must_use]
    pub fn effect_of(&self, unit: &UnitRun) -> Option<&Effect> {
        unit.owed.and_then(|id| self.owed.get(&id)).map(|owed| &owed.effect)
    }
    /// When time alone changes something, if ever: a driver sends `Tick` then. Derived, so no timer can be lost.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        if self.finished.is_some() {
            return None;
        }
        #[cfg(test)]
        if self.has(Bug::SleepThrough) {
            return None;
        }
        let gates = self.gates_not_before.filter(|_| self.wants_gates);
        self.units
            .values()
            .filter(|u| u.owed.is_none())
            .filter_map(|u| u.not_before)
            .chain(gates)
            .filter(|t| *t > self.now)
            .min()
    }
    /// Units that come before the unit at `index`.
    pub(crate) fn upstream(&self, index: usize) -> impl Iterator<Item = (&UnitId, &UnitRun)> {
        let after = self.units.get_index(index).map(|(_, u)| u.after.as_slice()).unwrap_or_default();
        after.iter().filter_map(|&i| self.units.get_index(i))
    }
    /// True if cancelling, rolling back or over: no unit goes forward.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.cancel.is_some() || self.rolling_back || self.finished.is_some()
    }
    /// How many of the run's places are taken.
    #[must_use]
    pub fn busy(&self) -> usize {
        self.units.values().filter(|u| self.takes_place(u)).count()
    }
    /// True if the unit takes one of the run's places: its engine works, or it waits between two steps of its own.
    pub(crate) fn takes_place(&self, unit: &UnitRun) -> bool {
        unit.owed.is_some() || (unit.state.is_busy() && !self.is_halted())
    }
    /// True if this test build carries the seeded mistake.
    #[cfg(test)]
    pub(crate) fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }
}
