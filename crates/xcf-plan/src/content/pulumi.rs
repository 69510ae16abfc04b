//! Ports of a Pulumi project: the typed `config` of `Pulumi.yaml`, the `outputs` of a YAML program, and the package
//! schema (`schema.json`) of a component.
//!
//! A program may read configuration that it does not declare, so the inputs are never known to be complete.

use super::types::InputType;
use super::{Interface, OutputDecl, Variable, read_text};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ports::tree::Tree;

const PROJECTS: [&str; 2] = ["Pulumi.yaml", "Pulumi.yml"];
/// Types within types that are followed; a schema may refer to itself.
const MAX_DEPTH: usize = 12;

/// Reads what the project in `dir` declares.
pub(super) fn interface(tree: &dyn Tree, dir: &str) -> (Interface, Vec<Diagnostic>) {
    let mut interface = Interface::default();
    let mut diagnostics = Vec::new();
    let project = PROJECTS.iter().map(|name| format!("{dir}/{name}")).find(|p| tree.entry(p).is_some());
    if let Some(file) = project {
        match read_text(tree, &file).and_then(|text| yaml(&file, &text)) {
            Ok((text, document)) => take_project(&file, &text, &document, &mut interface),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    let schema = format!("{dir}/schema.json");
    if tree.entry(&schema).is_some() {
        match read_text(tree, &schema).and_then(|text| json(&schema, &text)) {
            Ok(document) => take_schema(&schema, &document, &mut interface),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    (interface, diagnostics)
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

fn yaml(file: &str, text: &str) -> Result<(String, Value), Diagnostic> {
    serde_yaml::from_str::<Value>(text).map(|value| (text.to_owned(), value)).map_err(|error| {
        let place = error
            .location()
            .map_or_else(|| Place::file(file), |at| Place::new(file, small(at.line()), small(at.column())));
        Diagnostic::error("invalid-module", format!("{file} is not a Pulumi project: {error}."), place)
    })
}

fn json(file: &str, text: &str) -> Result<Value, Diagnostic> {
    serde_json::from_str(text).map_err(|error| {
        let place = Place::new(file, small(error.line()), small(error.column()));
        Diagnostic::error("invalid-module", format!("{file} is not JSON: {error}."), place)
    })
}

fn take_project(file: &str, text: &str, document: &Value, interface: &mut Interface) {
    let project = document.get("name").and_then(Value::as_str).unwrap_or_default();
    let at = |name: &str| Place::new(file, line_of(text, name), 0);
    for (key, declared) in map(document.get("config")) {
        // `aws:region` configures a provider; `PROJECT:name` is the project's own.
        let name = key.strip_prefix(project).and_then(|k| k.strip_prefix(':')).unwrap_or(key);
        interface.inputs.insert(name.to_owned(), config(declared, at(key)));
    }
    let runtime = document.get("runtime");
    let runtime = runtime.and_then(Value::as_str).or_else(|| runtime?.get("name")?.as_str());
    if runtime == Some("yaml") {
        interface.outputs_known = true;
        for (name, value) in map(document.get("outputs")) {
            let output_type = literal_type(value);
            let sensitive = value.get("fn::secret").is_some();
            let output = OutputDecl { output_type, sensitive, description: String::new(), place: at(name) };
            interface.outputs.insert(name.clone(), output);
        }
    }
}

fn config(declared: &Value, place: Place) -> Variable {
    let text = |key: &str| declared.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let sensitive = declared.get("secret").and_then(Value::as_bool).unwrap_or(false);
    // A plain value instead of a declaration is the value itself.
    let default = if declared.is_object() {
        declared.get("default").or_else(|| declared.get("value")).cloned()
    } else {
        Some(declared.clone())
    };
    let input_type = type_of(declared, &Value::Null, 0);
    Variable {
        type_text: (input_type != InputType::Unknown).then(|| input_type.text()),
        input_type,
        required: default.is_none(),
        default: default.as_ref().filter(|_| !sensitive).map(ToString::to_string),
        default_value: default.filter(|_| !sensitive),
        validations: Vec::new(),
        sensitive,
        nullable: true,
        description: text("description"),
        place,
    }
}

/// A component package: the inputs and properties of its only component, and `config.variables`.
fn take_schema(file: &str, document: &Value, interface: &mut Interface) {
    let mut declare = |properties: Option<&Value>, required: &BTreeSet<&str>| {
        for (name, property) in map(properties) {
            let mut variable = config(&without_default(property), Place::file(file));
            variable.input_type = type_of(property, document, 0);
            variable.type_text = Some(variable.input_type.text());
            variable.default_value = property.get("default").filter(|_| !variable.sensitive).cloned();
            variable.default = variable.default_value.as_ref().map(ToString::to_string);
            variable.required = required.contains(name.as_str()) && variable.default_value.is_none();
            interface.inputs.entry(name.clone()).or_insert(variable);
        }
    };
    let settings = document.get("config");
    declare(settings.and_then(|c| c.get("variables")), &words(settings.and_then(|c| c.get("required"))));
    let components = map(document.get("resources")).filter(|(_, r)| r.get("isComponent") == Some(&Value::Bool(true)));
    let components: Vec<&Value> = components.map(|(_, r)| r).collect();
    let [component] = components.as_slice() else { return };
    declare(component.get("inputProperties"), &words(component.get("requiredInputs")));
    for (name, property) in map(component.get("properties")) {
        let output = OutputDecl {
            output_type: type_of(property, document, 0),
            sensitive: property.get("secret") == Some(&Value::Bool(true)),
            description: property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
            place: Place::file(file),
        };
        interface.outputs.entry(name.clone()).or_insert(output);
    }
}

fn without_default(property: &Value) -> Value {
    let mut property = property.clone();
    if let Some(fields) = property.as_object_mut() {
        fields.remove("default");
        fields.remove("value");
    }
    property
}

/// Type of a `config` entry or of a property of a package schema; `root` holds its `types`.
fn type_of(declared: &Value, root: &Value, depth: usize) -> InputType {
    let inner = |key: &str| {
        let found = declared.get(key).filter(|_| depth < MAX_DEPTH);
        Box::new(found.map_or(InputType::Unknown, |t| type_of(t, root, depth + 1)))
    };
    if let Some(reference) = declared.get("$ref").and_then(Value::as_str) {
        let name = reference.strip_prefix("#/types/").unwrap_or_default();
        let target = root.get("types").and_then(|t| t.get(name)).filter(|_| depth < MAX_DEPTH);
        return target.map_or(InputType::Unknown, |t| type_of(t, root, depth + 1));
    }
    match declared.get("type").and_then(Value::as_str).unwrap_or_default() {
        "string" => InputType::String,
        "integer" | "number" => InputType::Number,
        "boolean" => InputType::Bool,
        "array" => InputType::List(inner("items")),
        "object" if declared.get("properties").is_some() => {
            let required = words(declared.get("required"));
            let one = |(name, property): (&String, &Value)| {
                let value = if depth < MAX_DEPTH { type_of(property, root, depth + 1) } else { InputType::Unknown };
                let required = required.contains(name.as_str());
                (name.clone(), super::types::Attribute { value, required, default: property.get("default").cloned() })
            };
            InputType::Object(map(declared.get("properties")).map(one).collect())
        }
        "object" => InputType::Map(inner("additionalProperties")),
        _ => InputType::Unknown,
    }
}

fn literal_type(value: &Value) -> InputType {
    match value {
        Value::Bool(_) => InputType::Bool,
        Value::Number(_) => InputType::Number,
        Value::Array(_) => InputType::List(Box::default()),
        // `${x}` alone has the type of x; with text around it, it is text.
        Value::String(text) if !text.starts_with("${") => InputType::String,
        _ => InputType::Unknown,
    }
}

fn map(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn words(value: Option<&Value>) -> BTreeSet<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn line_of(text: &str, key: &str) -> u32 {
    let is = |line: &str| {
        let line = line.trim_start().trim_start_matches(['"', '\'']);
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
    };
    text.lines().position(is).map_or(0, |i| small(i + 1))
}
