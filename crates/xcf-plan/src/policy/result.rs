//! What a rule's value says: a text, `{msg, id, unit}`, or several of them.

use super::source::{Parsed, RuleCopy};
use serde_json::Value;
use xcf_core::changeset::{PolicyOutcome, PolicyResult};

/// Ids of the units in a policy input.
pub(super) fn unit_ids(input: &Value) -> Vec<String> {
    let units = input.get("units").and_then(Value::as_array).into_iter().flatten();
    units.filter_map(|u| Some(u.get("id")?.as_str()?.to_owned())).collect()
}

/// Reads the value of one rule. Sets and lists hold results; a partial object is `{id: msg}`, or `{msg: true}` as Conftest's
/// older form gives it; `true` and a text are one result. Anything else can't be understood, and denies.
pub(super) fn read(value: &Value, file: &Parsed, rule: &RuleCopy, units: &[String]) -> Vec<PolicyResult> {
    let reader = Reading { file, rule, units };
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Bool(true) => vec![reader.plain("the rule is true")],
        Value::Array(items) => items.iter().map(|item| reader.one(item)).collect(),
        Value::Object(map) if map.contains_key("msg") => vec![reader.one(value)],
        Value::Object(map) => map.iter().map(|(key, value)| reader.entry(key, value)).collect(),
        other => vec![reader.one(other)],
    }
}

struct Reading<'a> {
    file: &'a Parsed,
    rule: &'a RuleCopy,
    units: &'a [String],
}

impl Reading<'_> {
    fn entry(&self, key: &str, value: &Value) -> PolicyResult {
        match value {
            Value::Bool(true) => self.plain(key),
            Value::String(text) => self.result(Some(key), text, None),
            _ => self.not_understood(value),
        }
    }

    fn one(&self, value: &Value) -> PolicyResult {
        let Value::Object(map) = value else {
            return value.as_str().map_or_else(|| self.not_understood(value), |text| self.plain(text));
        };
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        match text("msg") {
            Some(message) => self.result(text("id"), message, text("unit")),
            None => self.not_understood(value),
        }
    }

    fn plain(&self, message: &str) -> PolicyResult {
        self.result(None, message, None)
    }

    fn not_understood(&self, value: &Value) -> PolicyResult {
        let what = match value {
            Value::Object(_) => "an object without `msg`",
            Value::Array(_) => "a list inside the results",
            Value::Number(_) => "a number",
            _ => "something else",
        };
        let message = format!("the rule gives {what}, where a text or {{msg, id, unit}} is understood; so it denies");
        PolicyResult { outcome: PolicyOutcome::Deny, ..self.plain(&message) }
    }

    fn result(&self, id: Option<&str>, message: &str, unit: Option<&str>) -> PolicyResult {
        let known = unit.filter(|unit| self.units.iter().any(|u| u == unit));
        let message = match (unit, known) {
            (Some(unit), None) => format!("{message} (about `{unit}`, which is not a unit of this ChangeSet)"),
            _ => message.to_owned(),
        };
        PolicyResult {
            rule: id.map_or_else(|| self.file.stem.clone(), |id| format!("{}/{id}", self.file.stem)),
            outcome: self.rule.outcome,
            message,
            unit: known.and_then(|unit| unit.parse().ok()),
            place: self.rule.place.clone(),
        }
    }
}
