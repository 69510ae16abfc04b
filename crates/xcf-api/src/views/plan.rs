//! Plans attribute by attribute. Values under sensitive pointers are masked by the Runner already; the marks only
//! tell the reader so.

use crate::dto::{AttributeChangeDto, CountsDto, DiagnosticDto, ResourceChangeDto, UnitPlanDto};
use serde_json::Value;
use std::collections::BTreeMap;
use xcf_core::plan::{Counts, Fidelity, OutputChange, ResourceChange, UnitPlan};

/// Longer values are cut in lists; the console rendering and the blob keep them.
const LONGEST_VALUE: usize = 2_000;

impl From<Counts> for CountsDto {
    fn from(c: Counts) -> Self {
        Self { create: c.create, update: c.update, replace: c.replace, delete: c.delete, other: c.other }
    }
}

/// A plan for the wire, blind changes first (`ui.md` §1.1).
pub(crate) fn unit_plan(plan: &UnitPlan) -> UnitPlanDto {
    let mut changes: Vec<&ResourceChange> = plan.changes.iter().collect();
    changes.sort_by_key(|c| c.fidelity != Fidelity::Blind);
    UnitPlanDto {
        engine: plan.engine.to_string(),
        engine_version: plan.engine_version.clone(),
        counts: plan.counts().into(),
        changes: changes.into_iter().map(resource).collect(),
        outputs: plan.outputs.iter().map(output).collect(),
        unknown_inputs: plan.unknown_inputs.clone(),
        warnings: plan.warnings.iter().map(DiagnosticDto::from).collect(),
    }
}

fn resource(change: &ResourceChange) -> ResourceChangeDto {
    ResourceChangeDto {
        address: change.address.clone(),
        resource_type: change.resource_type.clone(),
        action: change.action.to_string(),
        attributes: attributes(change),
        replace_reasons: change.replace_reasons.clone(),
        previous_address: change.previous_address.clone(),
        fidelity: change.fidelity.to_string(),
    }
}

fn output(change: &OutputChange) -> AttributeChangeDto {
    let text = |v: &Value| (!v.is_null()).then(|| shorten(v));
    AttributeChangeDto {
        path: change.name.clone(),
        before: text(&change.before),
        after: if change.unknown { None } else { text(&change.after) },
        unknown: change.unknown,
        sensitive: change.sensitive,
    }
}

/// Leaves of before and after that differ, with the unknown ones.
fn attributes(change: &ResourceChange) -> Vec<AttributeChangeDto> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    leaves(&change.before, &mut String::new(), &mut before);
    leaves(&change.after, &mut String::new(), &mut after);
    let under = |list: &[String], pointer: &str| list.iter().any(|p| pointer == p || pointer.strip_prefix(p.as_str()).is_some_and(|r| r.starts_with('/')));
    let mut pointers: Vec<&String> = before.keys().chain(after.keys()).chain(change.unknown.iter()).collect();
    pointers.sort();
    pointers.dedup();
    let mut found = Vec::new();
    for pointer in pointers {
        let (old, new) = (before.get(pointer), after.get(pointer));
        let unknown = under(&change.unknown, pointer);
        let sensitive = under(&change.sensitive, pointer);
        let marked = change.sensitive_marks.get(pointer).is_some_and(|[a, b]| a != b);
        if old == new && !unknown && !marked {
            continue;
        }
        found.push(AttributeChangeDto {
            path: pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~"),
            before: old.map(|v| shorten(v)),
            after: if unknown { None } else { new.map(|v| shorten(v)) },
            unknown,
            sensitive,
        });
    }
    found
}

fn leaves<'a>(value: &'a Value, pointer: &mut String, into: &mut BTreeMap<String, &'a Value>) {
    let here = pointer.len();
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, inner) in map {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                leaves(inner, pointer, into);
                pointer.truncate(here);
            }
        }
        Value::Array(items) if items.iter().any(|i| i.is_object() || i.is_array()) => {
            for (index, inner) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                leaves(inner, pointer, into);
                pointer.truncate(here);
            }
        }
        Value::Null => {}
        other => {
            into.insert(pointer.clone(), other);
        }
    }
}

fn shorten(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}… ({} characters)", text.get(..end).unwrap_or_default(), text.chars().count()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use xcf_core::plan::Action;

    fn change(before: Value, after: Value) -> ResourceChange {
        ResourceChange {
            address: "a.b".into(),
            resource_type: "a".into(),
            action: Action::Update,
            before,
            after,
            unknown: vec!["/id".into()],
            sensitive: vec!["/password".into()],
            sensitive_marks: BTreeMap::from([("/password".to_owned(), [Some("x".to_owned()), Some("y".to_owned())])]),
            replace_reasons: Vec::new(),
            previous_address: None,
            fidelity: Fidelity::Exact,
        }
    }

    #[test]
    fn ui_only_changed_attributes_are_listed_and_a_changed_secret_is_seen_masked() {
        let c = change(json!({"same": 1, "size": 1, "password": "<secret>", "id": "i-1"}), json!({"same": 1, "size": 2, "password": "<secret>"}));
        let listed = attributes(&c);
        let paths: Vec<_> = listed.iter().map(|a| a.path.as_str()).collect();
        assert_eq!(paths, ["id", "password", "size"]);
        assert!(listed[0].unknown && listed[0].after.is_none());
        assert!(listed[1].sensitive);
        assert_eq!(listed[2].after.as_deref(), Some("2"));
    }
}
