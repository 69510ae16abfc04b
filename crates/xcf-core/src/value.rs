//! Input values: literals, references, secrets, unknowns (`dsl §6`).

use crate::ids::{EnvName, ModName};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a reference reads from: `{from, environment, module, output, path}` (`dsl §6`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputRef {
    /// `metadata.name` or ref of a Composition; none: the own one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Another Environment, whose *applied* outputs are read; no ordering edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvName>,
    /// Module of that Composition; may be left out if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<ModName>,
    /// Output name.
    pub output: String,
    /// JSON Pointer into the output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// What a map in `inputs` turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Plain data.
    Data,
    /// A reference to an output.
    Output(OutputRef),
    /// `{secret: REF}`.
    Secret(String),
    /// `{literal: …}`: the inner value, taken as it is.
    Literal(Value),
    /// A map with `from`, `output` or `secret` beside other keys: error `looks-like-reference`.
    LooksLikeReference,
}

const REFERENCE_KEYS: [&str; 5] = ["from", "environment", "module", "output", "path"];

/// Classifies one value by the rules of `dsl §6`.
#[must_use]
pub fn shape(value: &Value) -> Shape {
    let Value::Object(map) = value else { return Shape::Data };
    if let (1, Some(inner)) = (map.len(), map.get("literal")) {
        return Shape::Literal(inner.clone());
    }
    if let Some(reference) = map.get("secret") {
        return match (map.len(), reference) {
            (1, Value::String(text)) => Shape::Secret(text.clone()),
            _ => Shape::LooksLikeReference,
        };
    }
    let only_reference_keys = map.keys().all(|k| REFERENCE_KEYS.contains(&k.as_str()));
    if map.contains_key("output") && only_reference_keys {
        return serde_json::from_value(value.clone()).map_or(Shape::LooksLikeReference, Shape::Output);
    }
    if map.contains_key("from") || map.contains_key("output") {
        return Shape::LooksLikeReference;
    }
    Shape::Data
}

/// Calls `see` with the JSON Pointer and shape of every map that is not plain data, at any depth.
pub fn visit_shapes(value: &Value, see: &mut dyn FnMut(&str, &Shape)) {
    fn walk(value: &Value, pointer: &mut String, see: &mut dyn FnMut(&str, &Shape)) {
        let found = shape(value);
        if found != Shape::Data {
            see(pointer, &found);
            return;
        }
        let here = pointer.len();
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    pointer.push('/');
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    walk(inner, pointer, see);
                    pointer.truncate(here);
                }
            }
            Value::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    walk(inner, pointer, see);
                    pointer.truncate(here);
                }
            }
            _ => {}
        }
    }
    walk(value, &mut String::new(), see);
}

/// Rebuilds a value. `replace` gets the JSON Pointer, shape and value of every map that is not plain data, at any depth, and
/// says what stands in its place; none: it is walked like data.
pub fn map_shapes(value: &Value, replace: &mut dyn FnMut(&str, &Shape, &Value) -> Option<Value>) -> Value {
    fn walk(
        value: &Value,
        pointer: &mut String,
        replace: &mut dyn FnMut(&str, &Shape, &Value) -> Option<Value>,
    ) -> Value {
        let found = shape(value);
        if found != Shape::Data
            && let Some(instead) = replace(pointer, &found, value)
        {
            return instead;
        }
        let here = pointer.len();
        match value {
            Value::Object(map) => {
                let mut out = serde_json::Map::new();
                for (key, inner) in map {
                    pointer.push('/');
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    out.insert(key.clone(), walk(inner, pointer, replace));
                    pointer.truncate(here);
                }
                Value::Object(out)
            }
            Value::Array(items) => {
                let mut out = Vec::with_capacity(items.len());
                for (index, inner) in items.iter().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    out.push(walk(inner, pointer, replace));
                    pointer.truncate(here);
                }
                Value::Array(out)
            }
            other => other.clone(),
        }
    }
    walk(value, &mut String::new(), replace)
}

/// An input as it goes to an engine: data, secret, or truly unknown – never a mock (`D6`).
#[derive(Debug, Clone, PartialEq)]
pub enum Resolved {
    /// Known data.
    Known(Value),
    /// Known data that must be masked everywhere.
    Sensitive(SecretValue),
    /// Not known before an upstream unit applies; the text says which output.
    Unknown(String),
}

/// A JSON value that must never be printed.
#[derive(Clone, PartialEq)]
pub struct SecretValue(Value);

impl SecretValue {
    /// Marks a value as secret.
    #[must_use]
    pub fn new(value: Value) -> Self {
        Self(value)
    }
    /// A secret text as a value.
    #[must_use]
    pub fn from_secret(secret: &Secret) -> Self {
        Self(Value::String(secret.expose().to_owned()))
    }
    /// The plain value. Only for handing it to an engine, a cipher or the redactor.
    #[must_use]
    pub fn expose(&self) -> &Value {
        &self.0
    }
}

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(crate::secret::MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dsl6_what_is_not_data_is_replaced_in_place_or_walked_like_data() {
        let value =
            json!({"a/b": [1, {"secret": "env:X"}], "odd": {"from": 1, "x": {"output": "o"}}, "l": {"literal": 2}});
        let mut seen = Vec::new();
        let mapped = map_shapes(&value, &mut |pointer, shape, whole| {
            seen.push(pointer.to_owned());
            match shape {
                Shape::Secret(text) => Some(json!(text)),
                Shape::Output(_) => Some(Value::Null),
                Shape::Literal(_) => Some(whole.clone()),
                _ => None,
            }
        });
        let wanted = json!({"a/b": [1, "env:X"], "odd": {"from": 1, "x": null}, "l": {"literal": 2}});
        assert_eq!(mapped, wanted);
        seen.sort();
        assert_eq!(seen, ["/a~1b/1", "/l", "/odd", "/odd/x"]);
    }

    #[test]
    fn dsl6_reference_shapes() {
        assert!(matches!(shape(&json!({"output": "id"})), Shape::Output(_)));
        assert!(matches!(shape(&json!({"from": "net", "output": "id", "path": "/0"})), Shape::Output(_)));
        assert!(matches!(shape(&json!({"secret": "env:X"})), Shape::Secret(_)));
        assert_eq!(shape(&json!({"literal": {"output": 1}})), Shape::Literal(json!({"output": 1})));
        for bad in [
            json!({"from": "net"}),
            json!({"output": "x", "other": 1}),
            json!({"secret": "a", "b": 1}),
            json!({"secret": 3}),
            json!({"output": 3}),
        ] {
            assert_eq!(shape(&bad), Shape::LooksLikeReference, "{bad}");
        }
        assert_eq!(shape(&json!({"module": "a"})), Shape::Data);
    }

    #[test]
    fn dsl6_shapes_are_found_at_any_depth() {
        let mut seen = Vec::new();
        visit_shapes(&json!({"a": [{"b/c": {"output": "x"}}]}), &mut |p, _| seen.push(p.to_owned()));
        assert_eq!(seen, ["/a/0/b~1c"]);
    }
}
