//! Where a Terraform module says its state is: its own backend, as far as its text tells (`dsl §8`).
//!
//! Two units whose modules say the same place share a state. What does not tell the place – a backend whose settings come
//! from the command line, a path relative to where the engine runs – can't be compared, and is never taken for a unit's own.

use super::literal::json;
use hcl_edit::structure::{Block, Body};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use xcf_core::diag::Place;

/// Settings that say where, over all backends; the others say how to get there.
const LOCATING: [&str; 18] = [
    "address",
    "bucket",
    "conn_str",
    "container",
    "container_name",
    "endpoint",
    "hostname",
    "key",
    "name",
    "namespace",
    "organization",
    "path",
    "prefix",
    "schema_name",
    "secret_suffix",
    "storage_account_name",
    "tags",
    "workspace_key_prefix",
];
/// At least one of these must be said: a bucket alone is no state.
const NAMING: [&str; 11] = [
    "address",
    "key",
    "name",
    "path",
    "prefix",
    "schema_name",
    "secret_suffix",
    "tags",
    "conn_str",
    "organization",
    "workspace_key_prefix",
];

/// A module's own backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateHome {
    /// `s3`, `local`, …; `cloud` for a cloud block.
    pub kind: String,
    /// The place in one text, equal for equal places; none if the module's text does not tell it.
    pub identity: Option<String>,
    /// `path` of a local backend that is relative to the module.
    pub relative: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// The backend or cloud block of `terraform { … }` blocks; the last one wins, as overrides do.
pub(super) fn of_body(body: &Body, place: &dyn Fn(&Block) -> Place) -> Option<StateHome> {
    let settings = body.blocks().filter(|b| b.ident.as_str() == "terraform");
    let homes = settings.flat_map(|b| b.body.blocks()).filter_map(|block| {
        let kind = match block.ident.as_str() {
            "backend" => block.labels.first()?.as_str().to_owned(),
            "cloud" => "cloud".to_owned(),
            _ => return None,
        };
        let mut found = BTreeMap::new();
        collect(&block.body, "", &mut found);
        Some(home(kind, found, place(block)))
    });
    homes.last()
}

fn collect(body: &Body, above: &str, found: &mut BTreeMap<String, Option<Value>>) {
    for attribute in body.attributes() {
        found.insert(format!("{above}{}", attribute.key.as_str()), json(&attribute.value));
    }
    for block in body.blocks() {
        collect(&block.body, &format!("{above}{}.", block.ident.as_str()), found);
    }
}

/// The same from `{"terraform": {"backend": {KIND: {…}}}}`.
pub(super) fn of_json(json: &Value, place: Place) -> Option<StateHome> {
    let first =
        |value: &Value| value.as_array().map_or_else(|| value.clone(), |a| a.first().cloned().unwrap_or_default());
    let settings = first(json.get("terraform")?);
    let (kind, body) = match settings.get("backend") {
        Some(backend) => {
            let backend = first(backend);
            let (kind, body) = backend.as_object()?.iter().next()?;
            (kind.clone(), first(body))
        }
        None => ("cloud".to_owned(), first(settings.get("cloud")?)),
    };
    let mut found = BTreeMap::new();
    flatten(&body, "", &mut found);
    Some(home(kind, found, place))
}

fn flatten(body: &Value, above: &str, found: &mut BTreeMap<String, Option<Value>>) {
    for (key, value) in body.as_object().into_iter().flatten() {
        match value {
            Value::Object(_) => flatten(value, &format!("{above}{key}."), found),
            Value::String(text) if text.contains("${") => {
                found.insert(format!("{above}{key}"), None);
            }
            _ => {
                found.insert(format!("{above}{key}"), Some(value.clone()));
            }
        }
    }
}

fn home(kind: String, found: BTreeMap<String, Option<Value>>, place: Place) -> StateHome {
    let last = |key: &str| key.rsplit('.').next().unwrap_or(key).to_owned();
    let locating: Vec<(&String, &Option<Value>)> =
        found.iter().filter(|(key, _)| LOCATING.contains(&last(key).as_str())).collect();
    let named = locating.iter().any(|(key, _)| NAMING.contains(&last(key).as_str()));
    let path = found.get("path").and_then(|v| v.as_ref()?.as_str().map(str::to_owned));
    let relative = (kind == "local").then(|| path.unwrap_or_default()).filter(|p| !p.starts_with('/'));
    let known: Option<Vec<String>> =
        locating.iter().map(|(key, value)| Some(format!("{key}={}", value.as_ref()?))).collect();
    let identity = known.filter(|_| named && relative.is_none()).map(|parts| format!("{kind} {}", parts.join(" ")));
    StateHome { kind, identity, relative: relative.filter(|p| !p.is_empty()), place }
}
