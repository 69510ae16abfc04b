//! The side file that declares the ports of a playbook or of Kubernetes objects (`dsl §6`).

use super::types::InputType;
use super::{Interface, OutputDecl, Variable, read_text};
use serde::Deserialize;
use std::collections::BTreeMap;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ports::tree::Tree;

/// `meta/xcf.yaml` or `FILE.xcf.yaml`: inputs, outputs, sensitive.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SideFile {
    inputs: Option<Ports>,
    outputs: Option<Ports>,
    sensitive: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Ports {
    Names(Vec<String>),
    Described(BTreeMap<String, Option<Port>>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Port {
    Type(String),
    Full(FullPort),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FullPort {
    #[serde(rename = "type")]
    type_text: Option<String>,
    description: String,
    default: Option<serde_json::Value>,
    required: Option<bool>,
    sensitive: bool,
}

/// Path of the side file of a module, if there is one.
pub(crate) fn side_file_path(tree: &dyn Tree, path: &str, is_file: bool) -> Option<String> {
    let candidates: Vec<String> = if is_file {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let folder = path.rsplit_once('/').map_or(String::new(), |(dir, _)| format!("{dir}/"));
        vec![format!("{path}.xcf.yaml"), format!("{stem}.xcf.yaml"), format!("{folder}meta/xcf.yaml")]
    } else {
        vec![format!("{path}/meta/xcf.yaml"), format!("{path}/meta/xcf.yml")]
    };
    candidates.into_iter().find(|c| tree.entry(c).is_some())
}

/// Reads the side file of the module at `path`; `None` if there is none.
pub(super) fn side_file(tree: &dyn Tree, path: &str, is_file: bool) -> Option<(Interface, Vec<Diagnostic>)> {
    let file = side_file_path(tree, path, is_file)?;
    let text = match read_text(tree, &file) {
        Ok(text) => text,
        Err(diagnostic) => return Some((Interface::default(), vec![diagnostic])),
    };
    if text.trim().is_empty() {
        return Some((Interface::default(), Vec::new()));
    }
    Some(match serde_yaml::from_str::<SideFile>(&text) {
        Ok(side) => (interface(&side, &file, &text), Vec::new()),
        Err(error) => {
            let place = error.location().map_or_else(
                || Place::file(&file),
                |at| Place::new(&file, u32::try_from(at.line()).unwrap_or(0), u32::try_from(at.column()).unwrap_or(0)),
            );
            let message = format!("{file} does not declare ports: {error}.");
            let hint = "Write `inputs:`, `outputs:` (names, or a map of name to type or {type, description, default, required, sensitive}) and `sensitive:`.";
            (Interface::default(), vec![Diagnostic::error("invalid-side-file", message, place).hint(hint)])
        }
    })
}

fn interface(side: &SideFile, file: &str, text: &str) -> Interface {
    let place = |name: &str| Place::new(file, line_of(text, name), 0);
    let mut result = Interface {
        inputs_known: side.inputs.is_some(),
        outputs_known: side.outputs.is_some(),
        ..Interface::default()
    };
    for (name, port) in named(side.inputs.as_ref()) {
        let sensitive = port.sensitive || side.sensitive.contains(&name);
        let variable = Variable {
            input_type: port.type_text.as_deref().map(InputType::of_text).unwrap_or_default(),
            type_text: port.type_text,
            // A playbook has its own defaults: only `required: true` makes an input necessary.
            required: port.required.unwrap_or(false) && port.default.is_none(),
            default: port.default.as_ref().filter(|_| !sensitive).map(ToString::to_string),
            default_value: port.default.filter(|_| !sensitive),
            validations: Vec::new(),
            sensitive,
            nullable: true,
            description: port.description,
            place: place(&name),
        };
        result.inputs.insert(name, variable);
    }
    for (name, port) in named(side.outputs.as_ref()) {
        let output = OutputDecl {
            output_type: port.type_text.as_deref().map(InputType::of_text).unwrap_or_default(),
            sensitive: port.sensitive || side.sensitive.contains(&name),
            description: port.description,
            place: place(&name),
        };
        result.outputs.insert(name, output);
    }
    result
}

fn named(ports: Option<&Ports>) -> Vec<(String, FullPort)> {
    let full = |port: &Option<Port>| match port {
        None => FullPort::default(),
        Some(Port::Type(text)) => FullPort { type_text: Some(text.clone()), ..FullPort::default() },
        Some(Port::Full(f)) => FullPort {
            type_text: f.type_text.clone(),
            description: f.description.clone(),
            default: f.default.clone(),
            required: f.required,
            sensitive: f.sensitive,
        },
    };
    match ports {
        None => Vec::new(),
        Some(Ports::Names(names)) => names.iter().map(|n| (n.clone(), FullPort::default())).collect(),
        Some(Ports::Described(map)) => map.iter().map(|(n, p)| (n.clone(), full(p))).collect(),
    }
}

fn line_of(text: &str, name: &str) -> u32 {
    let names = |line: &str| {
        let key = line.trim().trim_start_matches("- ");
        key == name || key.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'))
    };
    text.lines().position(names).map_or(0, |i| u32::try_from(i + 1).unwrap_or(0))
}
