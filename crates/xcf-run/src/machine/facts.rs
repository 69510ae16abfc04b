//! What a run is made of: the parts of a ChangeSet the machine decides by, frozen (`D6`).

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use xcf_core::changeset::{ChangeSet, ChangeUnit, UnitAction};
use xcf_core::ids::{ChangeSetId, CommitId, Digest, EnvName, RunId, UnitId};
use xcf_core::route::{Backup, Gate, Layer};

/// What the machine needs to know of one unit. Plans stay in blobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitFacts {
    /// What is done with it.
    pub action: UnitAction,
    /// Layer it counts as; Foundation frees its dependants only at Done.
    pub layer: Layer,
    /// Gate level.
    pub gate: Gate,
    /// A removal needs its own consent.
    pub removal: bool,
    /// Backups to take first.
    pub backup: BTreeSet<Backup>,
    /// Former id whose state is re-keyed first (`moved`).
    pub moved_from: Option<UnitId>,
    /// Digest of meaning; approvals name it.
    pub digest: Digest,
    /// Digest of everything that goes in.
    pub inputs_digest: Digest,
    /// Commit whose export the engine runs in.
    pub commit: CommitId,
    /// Attempts after the first.
    pub retries: u32,
    /// First back-off in seconds; doubles.
    pub backoff_seconds: u64,
    /// True if observation is configured.
    pub observe: bool,
    /// True if it was approved by a plan that is only partly known: a plan that refines it is covered (`D6`).
    #[serde(default)]
    pub partial: bool,
    /// Why it waits or can't run, in words; empty if there is nothing to say.
    pub note: String,
}

impl UnitFacts {
    /// True if the run can do something with it as it is now.
    #[must_use]
    pub fn is_runnable(&self) -> bool {
        matches!(self.action, UnitAction::Apply | UnitAction::Destroy | UnitAction::Move)
    }
    /// The facts of a unit of a ChangeSet, or of one planned again inside the run.
    #[must_use]
    pub fn of(unit: &ChangeUnit) -> Self {
        let note = match (&unit.deferred, unit.diagnostics.iter().find(|d| d.is_error())) {
            (Some(deferred), _) => deferred.reason.clone(),
            (None, Some(error)) => error.to_string(),
            (None, None) => String::new(),
        };
        // A plan that is only partly known is never applied (`D6`), whatever the action says.
        let action = match unit.action {
            UnitAction::Apply if unit.deferred.is_some() => UnitAction::Deferred,
            other => other,
        };
        Self {
            action,
            layer: unit.layer,
            gate: unit.gate.level,
            removal: unit.removal,
            backup: unit.backup.clone(),
            moved_from: unit.moved_from.clone(),
            digest: unit.unit_digest.clone(),
            inputs_digest: unit.inputs_digest.clone(),
            commit: unit.commit.clone(),
            retries: unit.retries,
            backoff_seconds: unit.backoff_seconds,
            observe: unit.observe,
            partial: unit.deferred.is_some() && unit.plan.is_some(),
            note,
        }
    }
}

/// One unit of a run and what it waits for, as indexes into the run's units: a big ChangeSet has many edges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecUnit {
    /// Facts.
    pub facts: UnitFacts,
    /// Units that come first.
    pub after: Vec<usize>,
}

/// Everything a run is built from. Stands in the first journal entry, so that a resume needs nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// Behaviour the run was begun with; changes of behaviour branch on it.
    pub revision: u32,
    /// Run.
    pub run: RunId,
    /// ChangeSet.
    pub change_set: ChangeSetId,
    /// Its revision.
    pub change_set_revision: u32,
    /// Environment.
    pub environment: EnvName,
    /// Most effects with an engine at one time.
    pub concurrency: u32,
    /// Log position of `run.requested`: controls after it are this run's.
    pub requested_at: u64,
    /// Units in a stable order.
    ///
    /// Stored as a list: the log keeps canonical JSON, whose objects are sorted by key, and `after` counts positions.
    #[serde(with = "indexmap::map::serde_seq")]
    pub units: IndexMap<UnitId, SpecUnit>,
}

/// Why a run can't be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// A frozen edge names a unit that is not in the ChangeSet.
    #[error("edge {from} → {to} names a unit that is not in the ChangeSet")]
    UnknownUnit {
        /// First unit of the edge.
        from: UnitId,
        /// Second unit of the edge.
        to: UnitId,
    },
    /// The frozen edges go in a circle.
    #[error("the units wait for each other in a circle, among them {0}")]
    Cycle(UnitId),
    /// Two units with one id.
    #[error("unit {0} stands twice in the ChangeSet")]
    Twice(UnitId),
    /// No place to work.
    #[error("a run needs a concurrency of at least 1")]
    NoPlaces,
}

impl RunSpec {
    /// Builds the spec of run `run` for one revision of a ChangeSet. Refuses cycles and edges to nowhere: the frozen
    /// graph is the program (`D2.2`), so a damaged one is not run.
    ///
    /// # Errors
    /// [`SpecError`].
    pub fn of(set: &ChangeSet, run: RunId, concurrency: u32, requested_at: u64) -> Result<Self, SpecError> {
        if concurrency == 0 {
            return Err(SpecError::NoPlaces);
        }
        let mut units = IndexMap::with_capacity(set.units.len());
        for unit in &set.units {
            let spec = SpecUnit { facts: UnitFacts::of(unit), after: Vec::new() };
            if units.insert(unit.id.clone(), spec).is_some() {
                return Err(SpecError::Twice(unit.id.clone()));
            }
        }
        for edge in &set.edges {
            let unknown = || SpecError::UnknownUnit { from: edge.from.clone(), to: edge.to.clone() };
            let from = units.get_index_of(&edge.from).ok_or_else(unknown)?;
            let to = units.get_mut(&edge.to).ok_or_else(unknown)?;
            to.after.push(from);
        }
        for unit in units.values_mut() {
            unit.after.sort_unstable();
            unit.after.dedup();
        }
        let spec = Self {
            revision: super::REVISION,
            run,
            change_set: set.id,
            change_set_revision: set.revision,
            environment: set.environment.clone(),
            concurrency,
            requested_at,
            units,
        };
        spec.check_order()?;
        Ok(spec)
    }

    /// Kahn's walk: every unit can be reached in some order.
    pub(crate) fn check_order(&self) -> Result<(), SpecError> {
        let mut waiting: Vec<usize> = self.units.values().map(|u| u.after.len()).collect();
        let mut followers: Vec<Vec<usize>> = vec![Vec::new(); self.units.len()];
        for (index, unit) in self.units.values().enumerate() {
            for &first in &unit.after {
                if let Some(list) = followers.get_mut(first) {
                    list.push(index);
                }
            }
        }
        let mut free: Vec<usize> = (0..waiting.len()).filter(|&i| waiting.get(i) == Some(&0)).collect();
        while let Some(done) = free.pop() {
            for &next in followers.get(done).into_iter().flatten() {
                if let Some(count) = waiting.get_mut(next) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        free.push(next);
                    }
                }
            }
        }
        let stuck = waiting.iter().position(|&count| count > 0).and_then(|i| self.units.get_index(i));
        stuck.map_or(Ok(()), |(id, _)| Err(SpecError::Cycle(id.clone())))
    }
}
