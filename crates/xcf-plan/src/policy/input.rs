//! The input of policies, exactly as `dsl §1` documents it.

use serde_json::{Map, Value, json};
use xcf_core::changeset::{ChangeSet, ChangeUnit};
use xcf_core::plan::ResourceChange;
use xcf_core::route::Route;
use xcf_core::secret::MASK;

/// The policy input of a ChangeSet revision.
#[must_use]
pub fn input(change_set: &ChangeSet) -> Value {
    json!({
        "v": 1,
        "changeSet": {
            "id": change_set.id.to_string(),
            "environment": change_set.environment.as_str(),
            "commit": change_set.commit.as_str(),
            "authors": change_set.authors,
            "kind": change_set.kind.as_str(),
        },
        "units": change_set.units.iter().map(unit).collect::<Vec<_>>(),
    })
}

fn unit(unit: &ChangeUnit) -> Value {
    let changes = unit.plan.as_ref().map(|plan| plan.changes.iter().map(change).collect::<Vec<_>>());
    json!({
        "id": unit.id.to_string(),
        "environment": unit.id.environment.as_str(),
        "composition": unit.id.composition.as_str(),
        "module": unit.id.module.as_str(),
        "labels": unit.labels,
        "lifecycle": unit.lifecycle.as_str(),
        "layer": unit.layer.as_str(),
        "changeFrequency": unit.change_frequency.as_str(),
        "engine": unit.engine.as_str(),
        "route": route(&unit.route),
        "inputs": unit.inputs,
        "changes": changes,
        "cost": unit.cost.as_ref().and_then(|c| Some(json!({"monthly": c.monthly()?, "currency": c.currency}))),
    })
}

fn route(route: &Route) -> Value {
    json!({
        "engine": route.engine.value.as_str(),
        "reconcile": {
            "strategy": route.reconcile.value.strategy.as_str(),
            "intervalSeconds": route.reconcile.value.interval_seconds,
        },
        "drift": route.drift.value.as_str(),
        "gate": route.gate.value.as_str(),
        "backup": route.backup.value.iter().map(|b| b.as_str()).collect::<Vec<_>>(),
        "windows": route.windows.value,
        "rollback": route.rollback.value.as_str(),
    })
}

fn change(change: &ResourceChange) -> Value {
    let (mut before, mut after) = (change.before.clone(), change.after.clone());
    for pointer in &change.unknown {
        put(&mut after, pointer, unknown());
    }
    for pointer in &change.sensitive {
        for side in [&mut before, &mut after] {
            if let Some(place) = side.pointer_mut(pointer) {
                *place = json!(MASK);
            }
        }
    }
    json!({
        "address": change.address,
        "type": change.resource_type,
        "action": change.action.as_str(),
        "before": before,
        "after": after,
        "unknown": change.unknown,
        "sensitive": change.sensitive,
        "replaceReasons": change.replace_reasons,
    })
}

fn unknown() -> Value {
    json!({"unknown": true})
}

/// Sets the value at a JSON Pointer; objects on the way are made. A place that can't be reached is left alone.
fn put(root: &mut Value, pointer: &str, value: Value) {
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        *root = value;
        return;
    };
    let last = last.replace("~1", "/").replace("~0", "~");
    if root.pointer(parent).is_none_or(Value::is_null) {
        put(root, parent, Value::Object(Map::new()));
    }
    match root.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.insert(last, value);
        }
        Some(Value::Array(items)) => {
            let index = last.parse().unwrap_or(usize::MAX);
            if index == items.len() {
                items.push(value);
            } else if let Some(item) = items.get_mut(index) {
                *item = value;
            }
        }
        _ => {}
    }
}
