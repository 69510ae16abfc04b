//! JSON Schemas of whole documents (draft 2020-12), made from the Rust types (`D5`).

use super::composition::CompositionSpec;
use super::config::ConfigSpec;
use super::doc::Kind;
use super::environment::EnvironmentSpec;
use super::matrix::DecisionMatrixSpec;
use super::playbook::{NativeResourceSpec, PlaybookSpec};
use super::rules::{ApprovalRuleSpec, BudgetSpec, PeopleSpec, RateLimitSpec, WaiverSpec, WindowSpec};
use super::{API_VERSION, Metadata};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

/// `metadata.name`: a DNS label.
pub(crate) const NAME_PATTERN: &str = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

/// A whole document.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct Document<T> {
    /// Version of the document format.
    api_version: String,
    /// Kind of document.
    kind: String,
    /// Name and labels.
    metadata: Metadata,
    /// Content.
    spec: T,
}

/// JSON Schema of a whole document of `kind` (`Composition`, …); `None` if there is no such kind.
#[must_use]
pub fn schema(kind: &str) -> Option<Value> {
    kind.parse().ok().map(of)
}

/// JSON Schema of a whole document of a kind.
#[must_use]
pub fn of(kind: Kind) -> Value {
    let mut schema = match kind {
        Kind::Config => generate::<ConfigSpec>(),
        Kind::Composition => generate::<CompositionSpec>(),
        Kind::Environment => generate::<EnvironmentSpec>(),
        Kind::DecisionMatrix => generate::<DecisionMatrixSpec>(),
        Kind::Window => generate::<WindowSpec>(),
        Kind::Budget => generate::<BudgetSpec>(),
        Kind::RateLimit => generate::<RateLimitSpec>(),
        Kind::ApprovalRule => generate::<ApprovalRuleSpec>(),
        Kind::Waiver => generate::<WaiverSpec>(),
        Kind::People => generate::<PeopleSpec>(),
        Kind::Playbook => generate::<PlaybookSpec>(),
        Kind::NativeResource => generate::<NativeResourceSpec>(),
    };
    tighten(&mut schema, kind);
    schema
}

fn generate<T: JsonSchema>() -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    generator.into_root_schema_for::<Document<T>>().to_value()
}

/// What the types alone do not say: constants, name shape, and required fields whose absence must never read as
/// "nothing" (an Environment without `compositions` would remove everything).
fn tighten(schema: &mut Value, kind: Kind) {
    set(schema, "/title", json!(kind.as_str()));
    set(schema, "/description", json!(format!("XCloudFlow document, kind {kind}")));
    set(
        schema,
        "/properties/apiVersion",
        json!({"const": API_VERSION, "description": "Version of the document format."}),
    );
    set(schema, "/properties/kind", json!({"const": kind.as_str(), "description": "Kind of document."}));
    set(schema, "/$defs/Metadata/properties/name/pattern", json!(NAME_PATTERN));
    match kind {
        Kind::Config => {
            require(schema, "/$defs/Metadata", "uid");
            set(
                schema,
                "/$defs/Metadata/properties/uid",
                json!({"type": "string", "minLength": 1, "description": "Workspace id; made by `xcf init`."}),
            );
            if let Some(required) = schema.pointer_mut("/required").and_then(Value::as_array_mut) {
                required.retain(|r| r != "spec");
            }
        }
        Kind::Environment => {
            require(schema, "/$defs/EnvironmentSpec", "compositions");
            set(schema, "/$defs/Host/additionalProperties", json!(false));
        }
        _ => {}
    }
    unset_defaults(schema);
}

fn set(schema: &mut Value, pointer: &str, value: Value) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    if let Some(map) = schema.pointer_mut(parent).and_then(Value::as_object_mut) {
        map.insert(key.to_owned(), value);
    }
}

fn require(schema: &mut Value, pointer: &str, field: &str) {
    let Some(map) = schema.pointer_mut(pointer).and_then(Value::as_object_mut) else { return };
    let required = map.entry("required").or_insert_with(|| json!([]));
    if let Some(list) = required.as_array_mut()
        && !list.iter().any(|f| f == field)
    {
        list.push(json!(field));
    }
}

/// Defaults of the types are empty values; forms would write them into documents.
fn unset_defaults(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if !map.get("default").is_some_and(|d| d.get("type").is_some() || d.get("$ref").is_some()) {
                map.shift_remove("default");
            }
            map.values_mut().for_each(unset_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(unset_defaults),
        _ => {}
    }
}
