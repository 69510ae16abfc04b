//! What is pending (`dsl §7`): units whose inputs digest differs from the last applied one, dirty units, moved units,
//! and units wired to pending ones.

mod records;

pub use records::{AppliedRecord, Records, Standing, standings};

use crate::closure::Closures;
use crate::inputs::{Facts, engine_pin, inputs_digest};
use crate::workspace::{Blocked, Workspace};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::diag::Diagnostic;
use xcf_core::graph::{EdgeKind, Unit};
use xcf_core::ids::{Digest, EnvName, UnitId};
use xcf_core::ports::tree::Tree;

/// Why a unit is pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Never applied.
    NeverApplied,
    /// Its inputs digest differs from the last applied one.
    InputsChanged,
    /// Its last attempt did not end applied or reversed.
    Dirty,
    /// Its state stands under a former id and must be re-keyed.
    Moved(UnitId),
    /// It was asked for with `--all`.
    Asked,
    /// It reads outputs of these pending units: it is pending if their plans change, or can't know, what it reads.
    Upstream(Vec<UnitId>),
}

/// One pending unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingUnit {
    /// The unit.
    pub id: UnitId,
    /// Every reason, strongest first.
    pub why: Vec<Why>,
    /// True if `Upstream` is the only reason: it drops out if what it reads turns out equal.
    pub maybe: bool,
    /// Its inputs digest with the outputs applied so far.
    pub inputs_digest: Digest,
    /// Digest of its content closure.
    pub closure_digest: Digest,
    /// Outputs it reads that were never applied.
    pub missing: Vec<(UnitId, String)>,
    /// Former id that holds its state.
    pub moved_from: Option<UnitId>,
    /// True if re-keying is all there is to do.
    pub only_moved: bool,
}

/// What to look at.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Only these Environments; empty: all.
    pub environments: Vec<EnvName>,
    /// Only these units; empty: all.
    pub units: Vec<UnitId>,
    /// Every unit, changed or not.
    pub all: bool,
    /// Only units that a change touches (`--base`); none: all.
    pub touched: Option<BTreeSet<UnitId>>,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct PendingSet {
    /// Pending units per Environment, dependencies before dependants.
    pub units: BTreeMap<EnvName, Vec<PendingUnit>>,
    /// Units that would be pending, or might be, but must not be planned.
    pub held: Vec<(UnitId, Blocked)>,
    /// `moved-conflict`, `moved-unknown`, `closure-widened`.
    pub diagnostics: Vec<Diagnostic>,
}

/// Digests of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitDigests {
    /// Of everything that goes in.
    pub inputs: Digest,
    /// Of the files.
    pub closure: Digest,
    /// Outputs it reads that were never applied.
    pub missing: Vec<(UnitId, String)>,
    /// Set if its closure had to be widened.
    pub widened: Option<Diagnostic>,
}

/// Digests of every unit of `workspace`, by position. `tree` must be the tree it was loaded from.
#[must_use]
pub fn digests(
    workspace: &Workspace,
    tree: &dyn Tree,
    standings: &[Standing<'_>],
    secret_version: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Vec<UnitDigests> {
    let closures = Closures::new(tree);
    let output = |id: &UnitId, name: &str| {
        let position = workspace.position(id)?;
        standings.get(position)?.record?.output_digests.get(name).cloned()
    };
    let one = |unit: &Unit| {
        let closure = closures.of(unit);
        let pin = engine_pin(workspace, unit.route.engine.value);
        let found = inputs_digest(unit, &Facts { closure: &closure.digest, pin, output: &output, secret_version });
        UnitDigests {
            inputs: found.digest,
            closure: closure.digest.clone(),
            missing: found.missing,
            widened: closure.widened.clone(),
        }
    };
    workspace.units.par_iter().map(one).collect()
}

/// Units whose inputs digest differs between two workspaces, or that only one of them has: what a change touches.
#[must_use]
pub fn touched(base: &BTreeMap<UnitId, Digest>, head: &BTreeMap<UnitId, Digest>) -> BTreeSet<UnitId> {
    head.iter().filter(|(id, digest)| base.get(*id) != Some(digest)).map(|(id, _)| id.clone()).collect()
}

/// The pending units of `head`.
#[must_use]
pub fn pending(
    head: &Workspace,
    tree: &dyn Tree,
    records: &Records,
    ask: &Ask,
    secret_version: &(dyn Fn(&str) -> Option<String> + Sync),
) -> PendingSet {
    let (standings, mut diagnostics) = standings(head, records);
    let digests = digests(head, tree, &standings, secret_version);
    let mut widened: Vec<Diagnostic> = digests.iter().filter_map(|d| d.widened.clone()).collect();
    widened.sort_by(|a, b| (&a.place, &a.message).cmp(&(&b.place, &b.message)));
    widened.dedup();
    diagnostics.extend(widened);
    let mut why: Vec<Vec<Why>> =
        head.units.iter().zip(&standings).zip(&digests).map(|((u, s), d)| own_reasons(u, s, d, ask)).collect();
    propagate(head, &mut why, ask);
    let mut set = PendingSet { diagnostics, ..PendingSet::default() };
    for position in order(head) {
        let (Some(unit), Some(reasons), Some(standing), Some(digests)) =
            (head.units.get(position), why.get_mut(position), standings.get(position), digests.get(position))
        else {
            continue;
        };
        if reasons.is_empty() {
            continue;
        }
        let hold = head.blocked.get(&unit.id).cloned().or_else(|| standing.conflict.clone());
        if let Some(blocked) = hold {
            set.held.push((unit.id.clone(), blocked));
            continue;
        }
        let reasons = std::mem::take(reasons);
        let pending = PendingUnit {
            id: unit.id.clone(),
            maybe: matches!(reasons.as_slice(), [Why::Upstream(_)]),
            only_moved: matches!(reasons.as_slice(), [Why::Moved(_)]),
            why: reasons,
            inputs_digest: digests.inputs.clone(),
            closure_digest: digests.closure.clone(),
            missing: digests.missing.clone(),
            moved_from: standing.moved_from.clone(),
        };
        set.units.entry(unit.id.environment.clone()).or_default().push(pending);
    }
    set
}

fn selected(unit: &Unit, ask: &Ask) -> bool {
    (ask.environments.is_empty() || ask.environments.contains(&unit.id.environment))
        && (ask.units.is_empty() || ask.units.contains(&unit.id))
}

fn own_reasons(unit: &Unit, standing: &Standing<'_>, digests: &UnitDigests, ask: &Ask) -> Vec<Why> {
    let mut why = Vec::new();
    let narrowed = ask.touched.as_ref().is_some_and(|t| !t.contains(&unit.id));
    if !selected(unit, ask) || narrowed {
        return why;
    }
    match standing.record {
        None => why.push(Why::NeverApplied),
        Some(record) => {
            if record.attempted.is_some() {
                why.push(Why::NeverApplied);
            } else if record.inputs_digest != digests.inputs {
                why.push(Why::InputsChanged);
            }
            // An expired unit was taken down on purpose: only a change brings it back.
            if record.dirty && !record.expired {
                why.push(Why::Dirty);
            }
        }
    }
    if let Some(from) = &standing.moved_from {
        why.push(Why::Moved(from.clone()));
    }
    if ask.all && why.iter().all(|w| matches!(w, Why::Moved(_))) {
        why.push(Why::Asked);
    }
    why
}

/// Wires carry: a unit that reads an output of a pending unit may have to change with it, and so on down.
fn propagate(head: &Workspace, why: &mut [Vec<Why>], ask: &Ask) {
    let mut readers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for edge in head.graph.direct().iter().filter(|e| e.kind == EdgeKind::Wired && e.from != e.to) {
        readers.entry(edge.from).or_default().push(edge.to);
    }
    let changes = |reasons: &[Why]| reasons.iter().any(|w| !matches!(w, Why::Moved(_)));
    let mut upstream: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut todo: Vec<usize> = (0..why.len()).filter(|i| why.get(*i).is_some_and(|r| changes(r))).collect();
    let mut seen: BTreeSet<usize> = todo.iter().copied().collect();
    while let Some(from) = todo.pop() {
        for reader in readers.get(&from).into_iter().flatten() {
            if head.units.get(*reader).is_none_or(|u| !selected(u, ask)) {
                continue;
            }
            upstream.entry(*reader).or_default().insert(from);
            if seen.insert(*reader) {
                todo.push(*reader);
            }
        }
    }
    for (reader, from) in upstream {
        let ids = from.into_iter().filter_map(|f| head.units.get(f)).map(|u| u.id.clone()).collect();
        if let Some(reasons) = why.get_mut(reader) {
            reasons.push(Why::Upstream(ids));
        }
    }
}

/// Positions of all units, dependencies first; ties by layer, then id.
fn order(head: &Workspace) -> Vec<usize> {
    let mut depth = vec![0_usize; head.graph.nodes()];
    for group in head.graph.components() {
        let deepest =
            group.iter().flat_map(|n| head.graph.node_before(*n)).filter_map(|n| depth.get(*n as usize)).max();
        let here = deepest.map_or(0, |d| d + 1);
        for node in &group {
            if let Some(slot) = depth.get_mut(*node) {
                *slot = here;
            }
        }
    }
    let mut all: Vec<usize> = (0..head.units.len()).collect();
    let key = |i: &usize| (depth.get(*i).copied(), head.units.get(*i).map(|u| (u.effective_layer, &u.id)));
    all.sort_by(|a, b| key(a).cmp(&key(b)));
    all
}

#[cfg(test)]
pub(crate) mod tests;
