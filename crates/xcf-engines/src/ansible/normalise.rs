//! From what a playbook run told to the one plan format: one change per host and task.

use super::events::{TaskResult, Told};
use crate::masking::Masker;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use xcf_core::plan::{Action, Fidelity, ResourceChange};
use xcf_core::secret::MASK;

/// Changes in the order of the run, what check mode could not see first (`D6`). `fidelity`: of the others.
pub fn changes(told: &Told, fidelity: Fidelity, masker: &Masker) -> Vec<ResourceChange> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for result in &told.results {
        let name = format!("{}: {}", result.host, result.name);
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        // The same task name again on the same host (loops over roles, copies of a task) must stay apart.
        let address = if *count == 1 { name } else { format!("{name} (#{count})") };
        let failed = result.status == "failed" || result.status == "unreachable";
        if (result.changed || result.blind) && !failed {
            all.push(change(address, result, fidelity, masker));
        }
    }
    all.sort_by_key(|change| change.fidelity != Fidelity::Blind);
    all
}

fn change(address: String, result: &TaskResult, fidelity: Fidelity, masker: &Masker) -> ResourceChange {
    let (action, mut before, mut after) = match (result.blind, result.diff.as_slice()) {
        (true, _) | (false, []) => (Action::Update, json!({}), json!({})),
        (false, [one]) => single(one),
        (false, many) => several(many),
    };
    let mut masked = masker.mask_texts(&mut before, &mut after);
    if result.hidden {
        // `no_log` hides the values from us too. They come from the inputs, so a changed secret input changes the meaning.
        after = json!({"hidden": MASK});
        masked.pointers.push("/hidden".to_owned());
        masked.marks.insert("/hidden".to_owned(), [None, masker.all_secrets_mark()]);
    }
    ResourceChange {
        address,
        resource_type: result.action.clone(),
        action,
        before,
        after,
        unknown: Vec::new(),
        sensitive: masked.pointers,
        sensitive_marks: masked.marks,
        replace_reasons: Vec::new(),
        previous_address: None,
        fidelity: if result.blind { Fidelity::Blind } else { fidelity },
    }
}

fn several(diffs: &[Value]) -> (Action, Value, Value) {
    let parts: Vec<(Action, Value, Value)> = diffs.iter().map(single).collect();
    let action = match parts.first() {
        Some((first, ..)) if parts.iter().all(|(a, ..)| a == first) => *first,
        _ => Action::Update,
    };
    let side = |pick: fn(&(Action, Value, Value)) -> &Value| {
        let values = parts.iter().enumerate().map(|(index, part)| (index.to_string(), pick(part).clone()));
        Value::Object(values.collect::<Map<_, _>>())
    };
    let (before, after) = (side(|p| &p.1), side(|p| &p.2));
    match action {
        Action::Create => (action, Value::Null, after),
        Action::Delete => (action, before, Value::Null),
        _ => (action, before, after),
    }
}

/// One `{before, after}` or `{prepared}` of a module.
fn single(diff: &Value) -> (Action, Value, Value) {
    if let Some(text) = diff.get("prepared") {
        return (Action::Update, json!({}), json!({"diff": text}));
    }
    let (before, after) = (diff.get("before").unwrap_or(&Value::Null), diff.get("after").unwrap_or(&Value::Null));
    let absent = |value: &Value| value.is_null() || value.get("state").is_some_and(|s| s == "absent");
    let wrapped = |value: &Value| match value {
        Value::Object(_) | Value::Null => value.clone(),
        other => json!({"content": other}),
    };
    let made = absent(before) || before.as_str() == Some("");
    match (made, absent(after)) {
        (true, false) => (Action::Create, Value::Null, wrapped(after)),
        (false, true) => (Action::Delete, wrapped(before), Value::Null),
        _ => (Action::Update, wrapped(before), wrapped(after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d10_diffs_tell_creation_change_and_removal() {
        assert_eq!(
            single(&json!({"before": "", "after": "x"})),
            (Action::Create, Value::Null, json!({"content": "x"}))
        );
        assert_eq!(single(&json!({"before": "a", "after": "b"})).0, Action::Update);
        assert_eq!(single(&json!({"before": {"state": "file"}, "after": {"state": "absent"}})).0, Action::Delete);
        assert_eq!(single(&json!({"before": {"state": "absent"}, "after": {"state": "directory"}})).0, Action::Create);
        assert_eq!(single(&json!({"prepared": "+x"})).0, Action::Update);
        assert_eq!(
            single(&json!({"before": "a", "after": ""})).0,
            Action::Update,
            "an emptied file is not a removed one"
        );
    }
}
