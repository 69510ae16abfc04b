//! What an edit of the decision matrix, or of anything else that routes units, would change (`D12` impact preview): per
//! unit which decision moves, from what to what and why; which recorded ChangeSets would be judged differently; and
//! whether each change loosens or tightens. Whoever loosens a gate is judged by the stricter side all the same (`D6`).

mod affected;
mod fields;
pub mod lattice;
mod recorded;

pub use affected::{Affected, Cause, Side, affected};
pub use fields::{Field, FieldChange, UnitImpact, Why, unit_impact};
pub use lattice::Turn;
pub use recorded::{Effect, RecordedChange, RecordedImpact, RecordedUnit};

use crate::workspace::Workspace;
use fields::Bindings;
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;

/// What lies between two models.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// How many units of the model after the edit were looked at.
    pub looked_at: usize,
    /// Units whose route differs: those that something loosens first, then by id.
    pub units: Vec<UnitImpact>,
    /// Units only the model after the edit has, sorted.
    pub appeared: Vec<UnitId>,
    /// Units only the model before the edit has, sorted. Whether they were removed is not judged here (`dsl §7`).
    pub gone: Vec<UnitId>,
    /// How many recorded ChangeSets were judged again.
    pub replayed: usize,
    /// Recorded ChangeSets that would be judged differently: what asks fewer people first, then by id.
    pub recorded: Vec<RecordedImpact>,
}

impl Impact {
    /// How many units have `turn` as their gravest change.
    #[must_use]
    pub fn count(&self, turn: Turn) -> usize {
        self.units.iter().filter(|u| u.turn == turn).count()
    }
    /// True if nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty() && self.appeared.is_empty() && self.gone.is_empty() && self.recorded.is_empty()
    }
}

/// Compares every unit of two models and judges recorded ChangeSets by each.
#[must_use]
pub fn impact(before: &Workspace, after: &Workspace, recorded: &[RecordedChange<'_>]) -> Impact {
    let (old, new) = (Bindings::of(before), Bindings::of(after));
    let mut units = Vec::new();
    let mut appeared = Vec::new();
    for unit in &after.units {
        match former(before, unit) {
            Some(was) => units.extend(fields::between(was, unit, &old, &new)),
            None => appeared.push(unit.id.clone()),
        }
    }
    units.sort_by(|a, b| (a.turn, &a.unit).cmp(&(b.turn, &b.unit)));
    let gone = vanished(before, after);
    let mut judged: Vec<RecordedImpact> = recorded::replay(before, after, recorded);
    judged.sort_by(|a, b| (a.effects.first(), a.id).cmp(&(b.effects.first(), b.id)));
    Impact { looked_at: after.units.len(), units, appeared, gone, replayed: recorded.len(), recorded: judged }
}

/// The unit as the earlier model had it, by its own id or by the nearest one it was moved from.
pub(crate) fn former<'m>(before: &'m Workspace, unit: &Unit) -> Option<&'m Unit> {
    before.unit(&unit.id).or_else(|| unit.moved_from.iter().find_map(|(id, _)| before.unit(id)))
}

fn vanished(before: &Workspace, after: &Workspace) -> Vec<UnitId> {
    let moved: std::collections::BTreeSet<&UnitId> =
        after.units.iter().flat_map(|u| &u.moved_from).map(|(id, _)| id).collect();
    let gone = |u: &&Unit| after.unit(&u.id).is_none() && !moved.contains(&u.id);
    before.units.iter().filter(gone).map(|u| u.id.clone()).collect()
}

#[cfg(test)]
mod tests;
