//! JSON Schema (2020-12) of the `inputs` of a unit, built from the ports of its module (`D5`, `dsl §6`).
//!
//! It accepts what the documents accept: a value of the declared type, or – at any depth – a reference to an output, a
//! secret reference, or `{literal: …}`.

use crate::content::types::{Attribute, InputType};
use crate::content::{Interface, Variable};
use serde_json::{Map, Value, json};

/// Types nested deeper are not described.
const DEEPEST: usize = 16;
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Schema of the whole `inputs` map. `title` is the module's.
#[must_use]
pub fn inputs(title: &str, interface: &Interface) -> Value {
    let properties: Map<String, Value> =
        interface.inputs.iter().map(|(name, variable)| (name.clone(), input(name, variable))).collect();
    let required: Vec<&String> = interface.inputs.iter().filter(|(_, v)| v.required).map(|(n, _)| n).collect();
    json!({
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": !interface.inputs_known,
        "$defs": definitions(),
    })
}

/// Schema of one input.
#[must_use]
pub fn input(name: &str, variable: &Variable) -> Value {
    let mut own = of_type(&variable.input_type);
    if let (Some(choices), Some(fields)) = (variable.choices(), own.as_object_mut()) {
        let mut words: Vec<Value> = choices.to_vec();
        words.extend(choices.iter().filter(|c| !c.is_string()).map(|c| Value::String(c.to_string())));
        words.push(Value::Null);
        fields.insert("enum".to_owned(), Value::Array(words));
    }
    let literal = json!({
        "type": "object", "properties": {"literal": own}, "required": ["literal"], "additionalProperties": false,
    });
    let mut schema = either(own, literal);
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("title".to_owned(), json!(name));
        if !variable.description.is_empty() {
            fields.insert("description".to_owned(), json!(variable.description));
        }
        if let Some(default) = &variable.default_value {
            fields.insert("default".to_owned(), default.clone());
        }
        if variable.sensitive {
            fields.insert("writeOnly".to_owned(), json!(true));
        }
        if variable.required && !variable.nullable {
            fields.insert("not".to_owned(), json!({"anyOf": [
                {"type": "null"},
                {"type": "object", "properties": {"literal": {"type": "null"}}, "required": ["literal"], "maxProperties": 1},
            ]}));
        }
    }
    schema
}

/// Schema of plain data of a type; what the engine converts is accepted.
#[must_use]
pub fn of_type(input_type: &InputType) -> Value {
    at_depth(input_type, 0)
}

fn at_depth(input_type: &InputType, depth: usize) -> Value {
    let inner = |t: &InputType| nested(t, depth + 1);
    match input_type {
        InputType::Unknown => json!({}),
        InputType::String => json!({"type": ["string", "number", "boolean", "null"]}),
        InputType::Number => {
            let number = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$";
            json!({"type": ["number", "string", "null"], "pattern": number})
        }
        InputType::Bool => json!({"type": ["boolean", "string", "null"], "pattern": "^(true|false)$"}),
        InputType::List(of) | InputType::Set(of) => json!({"type": ["array", "null"], "items": inner(of)}),
        InputType::Map(of) => json!({"type": ["object", "null"], "additionalProperties": inner(of)}),
        InputType::Tuple(items) => {
            let prefix: Vec<Value> = items.iter().map(inner).collect();
            json!({"type": ["array", "null"], "prefixItems": prefix, "minItems": items.len(), "maxItems": items.len()})
        }
        InputType::Object(fields) => {
            let required: Vec<&String> = fields.iter().filter(|(_, f)| f.required).map(|(n, _)| n).collect();
            let one = |(name, field): (&String, &Attribute)| (name.clone(), attribute(field, depth + 1));
            let properties: Map<String, Value> = fields.iter().map(one).collect();
            json!({"type": ["object", "null"], "properties": properties, "required": required})
        }
    }
}

fn attribute(field: &Attribute, depth: usize) -> Value {
    let mut schema = nested(&field.value, depth);
    if let (Some(default), Some(fields)) = (&field.default, schema.as_object_mut()) {
        fields.insert("default".to_owned(), default.clone());
    }
    schema
}

/// A value inside another one. What a `literal` in there holds is not described again: the schema would double with
/// every level.
fn nested(input_type: &InputType, depth: usize) -> Value {
    if depth > DEEPEST {
        return json!({});
    }
    either(at_depth(input_type, depth), json!({"$ref": "#/$defs/literal"}))
}

fn either(mut own: Value, literal: Value) -> Value {
    let is_map = own.pointer("/type/0").is_some_and(|kind| kind == "object");
    if let (true, Some(fields)) = (is_map, own.as_object_mut()) {
        // `{literal: …}` alone always means what it holds (`dsl §6`), never a map with that key.
        fields.insert("not".to_owned(), json!({"required": ["literal"], "maxProperties": 1, "type": "object"}));
    }
    json!({"anyOf": [own, {"$ref": "#/$defs/output"}, {"$ref": "#/$defs/secret"}, literal]})
}

fn definitions() -> Value {
    json!({
        "literal": {
            "title": "A value taken as it is",
            "type": "object",
            "properties": {"literal": {}},
            "required": ["literal"],
            "additionalProperties": false,
        },
        "output": {
            "title": "Output of another unit",
            "type": "object",
            "properties": {
                "from": {"type": "string", "description": "Name or ref of a Composition; none: the own one."},
                "environment": {"type": "string", "description": "Another Environment, read as applied."},
                "module": {"type": "string", "description": "Module of that Composition; may be left out if it has one."},
                "output": {"type": "string"},
                "path": {"type": "string", "description": "JSON Pointer into the output."},
            },
            "required": ["output"],
            "additionalProperties": false,
        },
        "secret": {
            "title": "Secret, by reference",
            "type": "object",
            "properties": {"secret": {"type": "string", "pattern": "^(vault|sops|kms|keyring|env):"}},
            "required": ["secret"],
            "additionalProperties": false,
        },
    })
}
