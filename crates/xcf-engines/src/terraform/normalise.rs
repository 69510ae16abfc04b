//! From Terraform's plan to the one plan format (`R5`, `D10`): changes only, changed attributes only, secrets masked.

use super::plan_json::{Change, ChangedResource, PlanJson};
use crate::masking::{Masker, true_leaves};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use xcf_core::plan::{Action, Fidelity, OutputChange, ResourceChange, UnitPlan};
use xcf_core::ports::runner::RunnerError;
use xcf_core::route::Engine;

/// The normalised plan; `components`, `state_serial`, `warnings` and `unknown_inputs` are the caller's to fill.
pub fn unit_plan(engine: Engine, plan: PlanJson, masker: &Masker) -> Result<UnitPlan, RunnerError> {
    if plan.format_version.split('.').next() != Some("1") {
        let message = format!("{engine} writes plans in format {}, this version reads 1.x", plan.format_version);
        return Err(RunnerError::new("engine-version", message).hint("use an engine version that `xcf doctor` accepts"));
    }
    let changed =
        |resources: Vec<ChangedResource>| resources.into_iter().filter_map(|r| resource_change(r, masker)).collect();
    Ok(UnitPlan {
        v: 1,
        engine,
        engine_version: plan.terraform_version,
        components: std::collections::BTreeMap::new(),
        changes: changed(plan.resource_changes),
        outputs: plan
            .output_changes
            .into_iter()
            .filter_map(|(name, change)| output_change(name, change, masker))
            .collect(),
        unknown_inputs: Vec::new(),
        drift: changed(plan.resource_drift),
        state_serial: None,
        warnings: Vec::new(),
    })
}

fn action(resource: &ChangedResource) -> Option<Action> {
    let words: Vec<&str> = resource.change.actions.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["create"] => Some(Action::Create),
        ["update"] => Some(Action::Update),
        ["delete"] => Some(Action::Delete),
        ["delete", "create"] | ["create", "delete"] | ["create", "forget"] | ["forget", "create"] => {
            Some(Action::Replace)
        }
        ["forget"] => Some(Action::Forget),
        ["no-op"] if resource.change.importing.is_some() => Some(Action::Import),
        ["no-op"] if resource.previous_address.is_some() => Some(Action::Move),
        ["no-op" | "read"] => None,
        // A word of a later engine: shown as the action that asks most, never dropped.
        _ => Some(Action::Replace),
    }
}

fn resource_change(resource: ChangedResource, masker: &Masker) -> Option<ResourceChange> {
    if resource.mode == "data" {
        return None;
    }
    let action = action(&resource)?;
    let ChangedResource { address, previous_address, resource_type, deposed, action_reason, change, .. } = resource;
    let replace_reasons = replace_reasons(action, &change, action_reason);
    let (mut before, mut after, unknown) = narrowed(action, change.before, change.after, change.after_unknown);
    let declared =
        true_leaves(&change.before_sensitive).union(&true_leaves(&change.after_sensitive)).cloned().collect();
    let masked = masker.mask(&mut before, &mut after, declared);
    let address = deposed.map_or(address.clone(), |key| format!("{address} (deposed {key})"));
    Some(ResourceChange {
        address,
        resource_type,
        action,
        before,
        after,
        unknown,
        sensitive: masked.pointers,
        sensitive_marks: masked.marks,
        replace_reasons,
        previous_address,
        fidelity: Fidelity::Exact,
    })
}

/// Changed attributes only; for something made or destroyed, all that are set.
fn narrowed(action: Action, before: Value, after: Value, unknown: Value) -> (Value, Value, Vec<String>) {
    let both = matches!((&before, &after), (Value::Object(_), Value::Object(_)));
    let keep = |key: &str| {
        !both || before.get(key) != after.get(key) || unknown.get(key).is_some_and(|u| !true_leaves(u).is_empty())
    };
    let pick = |value: &Value| match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, inner)| keep(key) && (both || !inner.is_null()));
            Value::Object(kept.map(|(key, inner)| (key.clone(), inner.clone())).collect::<Map<_, _>>())
        }
        other => other.clone(),
    };
    match action {
        // Nothing about the object itself changes.
        Action::Move | Action::Forget => (Value::Null, Value::Null, Vec::new()),
        _ => (pick(&before), pick(&after), true_leaves(&unknown).into_iter().collect()),
    }
}

fn replace_reasons(action: Action, change: &Change, reason: Option<String>) -> Vec<String> {
    if action != Action::Replace {
        return Vec::new();
    }
    let paths: BTreeSet<String> = change.replace_paths.iter().map(|path| pointer(path)).collect();
    if paths.is_empty() { reason.into_iter().collect() } else { paths.into_iter().collect() }
}

fn pointer(path: &[Value]) -> String {
    let step =
        |part: &Value| part.as_str().map_or_else(|| part.to_string(), |key| key.replace('~', "~0").replace('/', "~1"));
    path.iter().map(|part| format!("/{}", step(part))).collect()
}

fn output_change(name: String, change: Change, masker: &Masker) -> Option<OutputChange> {
    if change.actions.iter().all(|word| word == "no-op") {
        return None;
    }
    let unknown = !true_leaves(&change.after_unknown).is_empty();
    let declared = [&change.before_sensitive, &change.after_sensitive].iter().any(|s| !true_leaves(s).is_empty());
    let (mut before, mut after) = (change.before, if unknown { Value::Null } else { change.after });
    let whole = declared.then(String::new).into_iter().collect();
    let was = [masker.mark(Some(&before)), masker.mark(Some(&after))];
    let masked = masker.mask(&mut before, &mut after, whole);
    let sensitive = declared || !masked.pointers.is_empty();
    Some(OutputChange { name, before, after, unknown, sensitive, sensitive_mark: sensitive.then_some(was) })
}
