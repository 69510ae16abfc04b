//! The result against the beginning: the same units under other ids, the same wires, nothing created or destroyed.

use super::{Outcome, Refactor, RefactorError};
use crate::workspace::Workspace;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::diag::Diagnostic;
use xcf_core::graph::{EdgeKind, Unit};
use xcf_core::ids::UnitId;
use xcf_core::value::{Shape, shape};

/// What a refactoring means for units and edges.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// Former and new id of each unit that has another one.
    pub moved: Vec<(UnitId, UnitId)>,
    /// Declared order (`dependencies` between Compositions joins their ends) that is gone, in new ids.
    pub order_lost: Vec<(UnitId, UnitId)>,
    /// Declared order that is new, in new ids.
    pub order_gained: Vec<(UnitId, UnitId)>,
    /// Units whose route (engine, gate, window, drift, backup) is another in the new Composition, in new ids.
    pub routes_changed: Vec<UnitId>,
    /// Errors that were not there before: what still refers to a deleted module, what a copy lacks.
    pub errors: Vec<Diagnostic>,
}

/// Judges the result.
///
/// # Errors
/// A rename or move that would create, destroy or change something.
pub(super) fn judge(before: &Workspace, after: &Workspace, refactor: &Refactor) -> Outcome<Effects> {
    let ids: BTreeMap<UnitId, UnitId> = before.units.iter().map(|u| (u.id.clone(), renamed(&u.id, refactor))).collect();
    let mut effects = Effects { errors: new_errors(before, after), ..Effects::default() };
    let refused = |why: String| RefactorError::Changes { why };
    if let Some(goes) = deleted(refactor) {
        only(before, after, goes).map_err(refused)?;
        return Ok(effects);
    }
    if let Some(error) = effects.errors.first() {
        return Err(refused(format!("{}: {}", error.place, error.message)));
    }
    let now: BTreeSet<&UnitId> = after.units.iter().map(|u| &u.id).collect();
    let expected: BTreeSet<&UnitId> = ids.values().collect();
    if let Some(lost) = expected.difference(&now).next() {
        return Err(refused(format!("{lost} would be destroyed")));
    }
    if let Some(new) = now.difference(&expected).next() {
        return Err(refused(format!("{new} would be created")));
    }
    for unit in &before.units {
        let Some((id, new)) = ids.get(&unit.id).and_then(|id| Some((id, after.unit(id)?))) else { continue };
        same_unit(unit, new, &ids).map_err(|why| refused(format!("{id}: {why}")))?;
        if *id != unit.id {
            let known = new.moved_from.iter().any(|(former, _)| former == &unit.id);
            if !known {
                return Err(refused(format!("{id} would not be known as the former {}", unit.id)));
            }
            effects.moved.push((unit.id.clone(), id.clone()));
        }
        if !same_route(unit, new) {
            effects.routes_changed.push(id.clone());
        }
    }
    let (wired_before, order_before) = edges(before, |id| ids.get(id).unwrap_or(id).clone());
    let (wired_after, order_after) = edges(after, Clone::clone);
    if wired_before != wired_after {
        let odd = wired_before.symmetric_difference(&wired_after).next();
        return Err(refused(odd.map_or_else(String::new, |(from, to)| format!("the wire from {from} to {to}"))));
    }
    effects.order_lost = order_before.difference(&order_after).cloned().collect();
    effects.order_gained = order_after.difference(&order_before).cloned().collect();
    Ok(effects)
}

/// Which units a copy or deletion takes away; none for what must keep all.
fn deleted(refactor: &Refactor) -> Option<impl Fn(&UnitId) -> bool> {
    let (whole, part) = match refactor {
        Refactor::DuplicateModule { .. } | Refactor::CopyModule { .. } => (None, None),
        Refactor::DeleteModule { composition, module } => (Some(composition), Some(module)),
        Refactor::DeleteComposition { composition } => (Some(composition), None),
        _ => return None,
    };
    Some(move |id: &UnitId| {
        whole.is_some_and(|c| id.composition.as_str() == c) && part.is_none_or(|m| id.module.as_str() == m)
    })
}

/// Every other unit stays.
fn only(before: &Workspace, after: &Workspace, goes: impl Fn(&UnitId) -> bool) -> Result<(), String> {
    let now: BTreeSet<&UnitId> = after.units.iter().map(|u| &u.id).collect();
    match before.units.iter().find(|u| !goes(&u.id) && !now.contains(&u.id)) {
        Some(lost) => Err(format!("{} would be destroyed", lost.id)),
        None => Ok(()),
    }
}

fn renamed(id: &UnitId, refactor: &Refactor) -> UnitId {
    let is = |composition: &str, module: &str| id.composition.as_str() == composition && id.module.as_str() == module;
    let mut new = id.clone();
    match refactor {
        Refactor::RenameModule { composition, module, to } if is(composition, module) => {
            new.module = to.as_str().into()
        }
        Refactor::MoveModule { composition, module, to, .. } if is(composition, module) => {
            new.composition = to.as_str().into();
        }
        Refactor::RenameComposition { composition, to, .. } if id.composition.as_str() == composition => {
            new.composition = to.as_str().into();
        }
        Refactor::RenameEnvironment { environment, to } if id.environment.as_str() == environment => {
            new.environment = to.as_str().into();
        }
        _ => {}
    }
    new
}

fn new_errors(before: &Workspace, after: &Workspace) -> Vec<Diagnostic> {
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for d in before.diagnostics.iter().filter(|d| d.is_error()) {
        *known.entry((d.code.as_str(), d.message.as_str())).or_default() += 1;
    }
    let mut new = Vec::new();
    for d in after.diagnostics.iter().filter(|d| d.is_error()) {
        match known.get_mut(&(d.code.as_str(), d.message.as_str())) {
            Some(count) if *count > 0 => *count -= 1,
            _ => new.push(d.clone()),
        }
    }
    new
}

type Pairs = BTreeSet<(UnitId, UnitId)>;

fn edges(workspace: &Workspace, named: impl Fn(&UnitId) -> UnitId) -> (Pairs, Pairs) {
    let (mut wired, mut declared) = (Pairs::new(), Pairs::new());
    for edge in workspace.edges() {
        let pair = (named(&edge.from), named(&edge.to));
        match edge.kind {
            EdgeKind::Wired => wired.insert(pair),
            EdgeKind::Declared => declared.insert(pair),
        };
    }
    // What a wire says needs no order of its own.
    declared.retain(|pair| !wired.contains(pair));
    (wired, declared)
}

fn same_unit(before: &Unit, after: &Unit, ids: &BTreeMap<UnitId, UnitId>) -> Result<(), String> {
    let names = |u: &Unit| u.inputs.keys().cloned().collect::<BTreeSet<_>>();
    if let Some(name) = names(before).symmetric_difference(&names(after)).next() {
        return Err(format!("the input `{name}` would come or go"));
    }
    for (name, source) in &before.inputs {
        let new = after.inputs.get(name).map(|s| plain(&s.value));
        if new != Some(plain(&source.value)) {
            return Err(format!("the input `{name}` would be another"));
        }
    }
    let reads = |u: &Unit, map: bool| {
        let target = |id: &UnitId| if map { ids.get(id).unwrap_or(id).clone() } else { id.clone() };
        let one = |r: &xcf_core::graph::BoundRef| {
            (
                r.input.clone(),
                r.pointer.clone(),
                target(&r.target),
                r.reference.output.clone(),
                r.reference.path.clone(),
            )
        };
        u.references.iter().map(one).collect::<Vec<_>>()
    };
    let (was, is): (Vec<_>, Vec<_>) = (reads(before, true), reads(after, false));
    if was.len() != is.len() || was.iter().any(|r| !is.contains(r)) {
        return Err("it would read other outputs".to_owned());
    }
    let same = before.module_ref == after.module_ref
        && before.route.engine.value == after.route.engine.value
        && before.hosts == after.hosts
        && before.account == after.account
        && before.region == after.region
        && before.cluster == after.cluster
        && before.namespace == after.namespace;
    if same { Ok(()) } else { Err("its module, engine, hosts, account, region or cluster would be another".to_owned()) }
}

/// A value with its references blanked: they are compared by what they read.
fn plain(value: &Value) -> Value {
    match (shape(value), value) {
        (Shape::Output(_), _) => Value::from("→"),
        (_, Value::Object(map)) => Value::Object(map.iter().map(|(k, v)| (k.clone(), plain(v))).collect()),
        (_, Value::Array(items)) => Value::Array(items.iter().map(plain).collect()),
        _ => value.clone(),
    }
}

/// True if engine, gate, window, drift and backup are the same.
pub(crate) fn same_route(before: &Unit, after: &Unit) -> bool {
    let (a, b) = (&before.route, &after.route);
    a.gate.value == b.gate.value
        && a.drift.value == b.drift.value
        && a.windows.value == b.windows.value
        && a.backup.value == b.backup.value
        && a.reconcile.value == b.reconcile.value
}
