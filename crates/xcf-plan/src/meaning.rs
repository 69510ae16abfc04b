//! Digest of meaning (`D6`): what a change does, without how, when or in which order it was found out.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use xcf_core::changeset::{ChangeUnit, UnitAction};
use xcf_core::digest;
use xcf_core::ids::{Digest, UnitId};
use xcf_core::plan::{Action, OutputChange, ResourceChange, UnitPlan};
use xcf_core::route::Engine;
use xcf_core::secret::MASK;

/// Version of what goes in; a new one changes every digest, and so asks every gate again.
const MEANING_VERSION: u64 = 1;

/// Digest of what one plan means for a unit: canonical JSON of version, unit, engine, sorted changes and changed outputs.
/// Times, order, commit, engine version and unchanged attributes do not go in; sensitive values go in by their keyed marks.
#[must_use]
pub fn plan_digest(unit: &UnitId, engine: Engine, plan: &UnitPlan) -> Digest {
    digest::of_json(&plan_meaning(unit, engine, plan))
}

/// Digest of what a ChangeSet does with a unit. A destroy, a move and a unit without a plan each differ from an apply.
#[must_use]
pub fn unit_digest(unit: &ChangeUnit) -> Digest {
    let mut meaning = match &unit.plan {
        Some(plan) => plan_meaning(&unit.id, unit.engine, plan),
        None => {
            json!({"v": MEANING_VERSION, "unit": unit.id.to_string(), "engine": unit.engine.as_str(), "changes": null})
        }
    };
    if let Value::Object(map) = &mut meaning {
        if !matches!(unit.action, UnitAction::Apply | UnitAction::Deferred) {
            map.insert("action".to_owned(), json!(unit.action.as_str()));
        }
        if let Some(from) = &unit.moved_from {
            map.insert("movedFrom".to_owned(), json!(from.to_string()));
        }
    }
    digest::of_json(&meaning)
}

/// Digest of a whole ChangeSet: Merkle root over the unit digests, in the order of unit ids (`D6`).
#[must_use]
pub fn change_set_digest<'a>(units: impl IntoIterator<Item = (&'a UnitId, &'a Digest)>) -> Digest {
    let mut leaves: Vec<_> = units.into_iter().collect();
    leaves.sort();
    // Leaves and inner nodes are told apart, so that no inner node can pass for a unit.
    let mut level: Vec<Digest> =
        leaves.iter().map(|(id, d)| digest::sha256(format!("unit\0{id}\0{d}").as_bytes())).collect();
    if level.is_empty() {
        return digest::sha256(b"empty");
    }
    while level.len() > 1 {
        level = level.chunks(2).map(join).collect();
    }
    level.swap_remove(0)
}

fn join(pair: &[Digest]) -> Digest {
    match pair {
        [left, right] => digest::sha256(format!("node\0{left}\0{right}").as_bytes()),
        [one] => one.clone(),
        _ => digest::sha256(b"empty"),
    }
}

fn plan_meaning(unit: &UnitId, engine: Engine, plan: &UnitPlan) -> Value {
    let mut changes: Vec<Value> = plan.changes.iter().map(change_meaning).collect();
    changes.sort_by_cached_key(digest::canonical);
    let mut outputs: Vec<Value> = plan.outputs.iter().map(output_meaning).collect();
    outputs.sort_by_cached_key(digest::canonical);
    json!({
        "v": MEANING_VERSION,
        "unit": unit.to_string(),
        "engine": engine.as_str(),
        "changes": changes,
        "outputs": outputs,
    })
}

fn change_meaning(change: &ResourceChange) -> Value {
    let (before, after) = changed_attributes(change);
    let unknown: BTreeSet<&String> = change.unknown.iter().collect();
    let reasons: BTreeSet<&String> = change.replace_reasons.iter().collect();
    json!({
        "address": change.address,
        "type": change.resource_type,
        "action": change.action.as_str(),
        "before": before,
        "after": after,
        "unknown": unknown,
        "sensitive": change.sensitive_marks,
        "replaceReasons": reasons,
        "previousAddress": change.previous_address,
    })
}

fn output_meaning(output: &OutputChange) -> Value {
    let shown = |value: &Value| if output.sensitive { json!(MASK) } else { value.clone() };
    json!({
        "name": output.name,
        "before": shown(&output.before),
        "after": shown(&output.after),
        "unknown": output.unknown,
        "sensitive": output.sensitive_mark,
    })
}

/// Before and after of the attributes that change. An update keeps what stays equal out; everything else makes or ends a
/// whole object, so all of it counts. Sensitive places are masked here too: a value must never get into an unkeyed digest.
#[must_use]
pub fn changed_attributes(change: &ResourceChange) -> (Value, Value) {
    let (mut before, mut after) = (change.before.clone(), change.after.clone());
    for pointer in &change.sensitive {
        // An engine that names a sensitive place masks it and gives a mark. If it did not, at least that it changes shows.
        let changes = matches!((before.pointer(pointer), after.pointer(pointer)), (Some(a), Some(b)) if a != b);
        mask(&mut before, pointer, MASK);
        mask(&mut after, pointer, if changes { CHANGED_MASK } else { MASK });
    }
    if change.action == Action::Update { difference(&before, &after) } else { (before, after) }
}

/// Mask of a sensitive value after a change that has no keyed mark.
const CHANGED_MASK: &str = "<secret> (changed)";

fn mask(value: &mut Value, pointer: &str, text: &str) {
    if let Some(place) = value.pointer_mut(pointer) {
        *place = json!(text);
    }
}

/// The parts of two values that differ, with the objects that lead to them. Absent stays absent.
fn difference(before: &Value, after: &Value) -> (Value, Value) {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return (before.clone(), after.clone());
    };
    let (mut left, mut right) = (Map::new(), Map::new());
    for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        match (old.get(key), new.get(key)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => {
                let (a, b) = difference(a, b);
                left.insert(key.clone(), a);
                right.insert(key.clone(), b);
            }
            (a, b) => {
                left.extend(a.map(|a| (key.clone(), a.clone())));
                right.extend(b.map(|b| (key.clone(), b.clone())));
            }
        }
    }
    (Value::Object(left), Value::Object(right))
}

#[cfg(test)]
mod tests;
