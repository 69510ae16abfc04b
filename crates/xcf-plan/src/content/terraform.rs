//! Variables and outputs of a Terraform module, from `*.tf` and `*.tf.json`.

use super::types::InputType;
use super::{Interface, OutputDecl, StateHome, Variable, line_column, read_text};
use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use serde_json::Value;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ports::tree::{EntryKind, Tree};

/// Names of the Terraform files directly in `dir`, overrides last (they win attribute by attribute).
pub(crate) fn files(tree: &dyn Tree, dir: &str) -> Vec<String> {
    let prefix = dir.len() + 1;
    let mut found: Vec<String> = tree
        .under(dir)
        .iter()
        .filter(|e| e.kind != EntryKind::Submodule && is_terraform_file(&e.path))
        .filter(|e| e.path.get(prefix..).is_some_and(|name| !name.contains('/')))
        .map(|e| e.path.clone())
        .collect();
    found.sort_by_key(|path| (is_override(path), path.clone()));
    found
}

/// True for `*.tf` and `*.tf.json`.
pub(crate) fn is_terraform_file(path: &str) -> bool {
    path.ends_with(".tf") || path.ends_with(".tf.json")
}

fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.trim_end_matches(".json").trim_end_matches(".tf");
    stem == "override" || stem.ends_with("_override")
}

/// Reads the interface of the module in `dir`. A file that can't be read makes the interface incomplete.
pub(super) fn interface(tree: &dyn Tree, dir: &str) -> Reading {
    let mut read = Reading {
        interface: Interface { inputs_known: true, outputs_known: true, ..Interface::default() },
        state: None,
        diagnostics: Vec::new(),
    };
    for path in files(tree, dir) {
        let text = match read_text(tree, &path) {
            Ok(text) => text,
            Err(diagnostic) => {
                read.broken(diagnostic);
                continue;
            }
        };
        let overriding = is_override(&path);
        if path.ends_with(".json") {
            match serde_json::from_str::<Value>(&text) {
                Ok(json) => read.json(&path, &json),
                Err(error) => {
                    let place = Place::new(
                        &path,
                        u32::try_from(error.line()).unwrap_or(0),
                        u32::try_from(error.column()).unwrap_or(0),
                    );
                    read.broken(invalid(&path, &error.to_string(), place));
                }
            }
        } else {
            match hcl_edit::parser::parse_body(&text) {
                Ok(body) => read.body(&path, &text, &body, overriding),
                Err(error) => {
                    let at = error.location();
                    let place = Place::new(
                        &path,
                        u32::try_from(at.line()).unwrap_or(0),
                        u32::try_from(at.column()).unwrap_or(0),
                    );
                    read.broken(invalid(&path, error.message(), place));
                }
            }
        }
    }
    for name in tfvars(tree, dir) {
        if let Some(variable) = read.interface.inputs.get_mut(&name) {
            variable.required = false;
        }
    }
    read
}

/// Names that the engine fills in by itself from `terraform.tfvars` and `*.auto.tfvars`: our inputs still win over them.
fn tfvars(tree: &dyn Tree, dir: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in tree.under(dir) {
        let Some(name) = entry.path.get(dir.len() + 1..).filter(|n| !n.contains('/')) else { continue };
        let stem = name.strip_suffix(".json").unwrap_or(name);
        if stem != "terraform.tfvars" && !stem.ends_with(".auto.tfvars") {
            continue;
        }
        let Ok(text) = read_text(tree, &entry.path) else { continue };
        if stem.len() < name.len() {
            let json: Value = serde_json::from_str(&text).unwrap_or_default();
            names.extend(json.as_object().into_iter().flat_map(|m| m.keys().cloned()));
        } else if let Ok(body) = hcl_edit::parser::parse_body(&text) {
            names.extend(body.attributes().map(|a| a.key.as_str().to_owned()));
        }
    }
    names
}

fn invalid(path: &str, why: &str, place: Place) -> Diagnostic {
    Diagnostic::error("invalid-module", format!("{path} is not valid Terraform: {}.", why.trim_end_matches('.')), place)
        .hint("Run `terraform validate` in the module's folder.")
}

/// What the files of a module say.
pub(super) struct Reading {
    pub interface: Interface,
    pub state: Option<StateHome>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    fn broken(&mut self, diagnostic: Diagnostic) {
        self.interface.inputs_known = false;
        self.interface.outputs_known = false;
        self.diagnostics.push(diagnostic);
    }

    fn body(&mut self, path: &str, text: &str, body: &Body, overriding: bool) {
        let at = |block: &Block| {
            let (line, column) = block.span().map_or((0, 0), |span| line_column(text, span.start));
            Place::new(path, line, column)
        };
        self.state = super::state::of_body(body, &at).or_else(|| self.state.take());
        for block in body.blocks() {
            let Some(name) = block.labels.first().map(|l| l.as_str().to_owned()) else { continue };
            let place = || at(block);
            match block.ident.as_str() {
                "variable" if overriding && self.interface.inputs.contains_key(&name) => {
                    if let Some(variable) = self.interface.inputs.get_mut(&name) {
                        overlay(variable, block);
                    }
                }
                "variable" => {
                    let variable = variable(&name, block, place());
                    self.interface.inputs.insert(name, variable);
                }
                "output" => {
                    let output = OutputDecl {
                        output_type: output_type(block),
                        sensitive: flag(block, "sensitive").unwrap_or(false),
                        description: text_of(block, "description").unwrap_or_default(),
                        place: place(),
                    };
                    self.interface.outputs.insert(name, output);
                }
                _ => {}
            }
        }
    }

    fn json(&mut self, path: &str, json: &Value) {
        self.state = super::state::of_json(json, Place::file(path)).or_else(|| self.state.take());
        for (name, declared) in named_blocks(json, "variable") {
            let word = |key: &str| declared.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let yes = |key: &str, otherwise: bool| declared.get(key).and_then(Value::as_bool).unwrap_or(otherwise);
            let type_text = declared.get("type").and_then(Value::as_str).map(str::to_owned);
            let sensitive = yes("sensitive", false);
            let default = declared.get("default");
            let variable = Variable {
                input_type: type_text.as_deref().map(InputType::of_text).unwrap_or_default(),
                type_text,
                required: default.is_none(),
                default: default.filter(|_| !sensitive).map(Value::to_string),
                default_value: default.filter(|_| !sensitive).cloned(),
                validations: super::validation::of_json(&declared, &name),
                sensitive,
                nullable: yes("nullable", true),
                description: word("description"),
                place: Place::file(path),
            };
            self.interface.inputs.insert(name, variable);
        }
        for (name, declared) in named_blocks(json, "output") {
            let output = OutputDecl {
                output_type: InputType::Unknown,
                sensitive: declared.get("sensitive").and_then(Value::as_bool).unwrap_or(false),
                description: declared.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
                place: Place::file(path),
            };
            self.interface.outputs.insert(name, output);
        }
    }
}

/// `{"variable": {NAME: {…}}}`, also in the list form and with a one-element list as body.
fn named_blocks(json: &Value, kind: &str) -> Vec<(String, Value)> {
    let groups: Vec<&Value> = match json.get(kind) {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let body = |value: &Value| match value {
        Value::Array(items) => items.first().cloned().unwrap_or(Value::Null),
        other => other.clone(),
    };
    groups.into_iter().filter_map(Value::as_object).flatten().map(|(k, v)| (k.clone(), body(v))).collect()
}

fn variable(name: &str, block: &Block, place: Place) -> Variable {
    let type_expr = block.body.get_attribute("type").map(|a| &a.value);
    let sensitive = flag(block, "sensitive").unwrap_or(false);
    let written = block.body.get_attribute("default").map(|a| &a.value);
    let default = written.map(|v| v.to_string().trim().to_owned());
    Variable {
        type_text: type_expr.map(|e| e.to_string().trim().to_owned()),
        input_type: type_expr.map(InputType::of).unwrap_or_default(),
        required: default.is_none(),
        default: default.filter(|_| !sensitive),
        default_value: written.filter(|_| !sensitive).and_then(super::literal::json),
        validations: super::validation::of_block(block, name),
        sensitive,
        nullable: flag(block, "nullable").unwrap_or(true),
        description: text_of(block, "description").unwrap_or_default(),
        place,
    }
}

fn overlay(variable: &mut Variable, block: &Block) {
    if let Some(default) = block.body.get_attribute("default") {
        variable.required = false;
        variable.default = Some(default.value.to_string().trim().to_owned());
        variable.default_value = super::literal::json(&default.value);
    }
    if let Some(written) = block.body.get_attribute("type") {
        variable.type_text = Some(written.value.to_string().trim().to_owned());
        variable.input_type = InputType::of(&written.value);
    }
    variable.sensitive = flag(block, "sensitive").unwrap_or(variable.sensitive);
    if block.body.blocks().any(|b| b.ident.as_str() == "validation") {
        let name = block.labels.first().map_or("", |l| l.as_str());
        variable.validations = super::validation::of_block(block, name);
    }
    if variable.sensitive {
        variable.default = None;
        variable.default_value = None;
    }
}

/// Only a literal tells an output's type; everything else is known to the engine alone.
fn output_type(block: &Block) -> InputType {
    match block.body.get_attribute("value").map(|a| &a.value) {
        Some(Expression::Array(_)) => InputType::List(Box::default()),
        Some(Expression::Object(_)) => InputType::Map(Box::default()),
        Some(Expression::String(_) | Expression::StringTemplate(_)) => InputType::String,
        Some(Expression::Number(_)) => InputType::Number,
        Some(Expression::Bool(_)) => InputType::Bool,
        _ => InputType::Unknown,
    }
}

fn flag(block: &Block, key: &str) -> Option<bool> {
    block.body.get_attribute(key)?.value.as_bool()
}

fn text_of(block: &Block, key: &str) -> Option<String> {
    block.body.get_attribute(key)?.value.as_str().map(str::to_owned)
}
