//! Reads a module's own text: its variables, its backend, whether it needs providers from outside.

use hcl_edit::expr::{Expression, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ports::runner::RunnerError;

/// One declared variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// No default: must be given.
    pub required: bool,
    /// Marked sensitive.
    pub sensitive: bool,
    /// Its value is not kept in a plan file, so apply needs it again.
    pub ephemeral: bool,
}

/// A backend the module itself names: its type, its static settings, and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnBackend {
    /// `s3`, `local`, …; `cloud` for a cloud block.
    pub kind: String,
    /// Every text of the block, nested ones too.
    pub texts: Vec<String>,
    /// `path` of a local backend.
    pub path: Option<String>,
    /// Where.
    pub place: Place,
}

/// What we need to know of a module before its engine runs.
#[derive(Debug, Clone, Default)]
pub struct Module {
    /// Variables by name.
    pub variables: BTreeMap<String, Variable>,
    /// Own backend.
    pub backend: Option<OwnBackend>,
    /// A provider, or a module that may bring one, must be fetched.
    pub fetches: bool,
    /// Some configuration is written as JSON.
    pub has_json: bool,
}

/// Reads the module in `folder`; `path` is its repository path, for places.
///
/// # Errors
/// `invalid-module` with every syntax error located; `io`.
pub fn read(folder: &Path, path: &str) -> Result<Module, RunnerError> {
    let files = configuration_files(folder)
        .map_err(|e| crate::error::io_error(&format!("cannot read the module {path}"), &e))?;
    if files.is_empty() {
        let message = format!("{path} holds no .tf file");
        return Err(RunnerError::new("invalid-module", message).hint("correct the module's `ref`"));
    }
    let (mut module, mut errors) = (Module::default(), Vec::new());
    for (name, text) in files {
        let file = format!("{path}/{name}");
        if name.ends_with(".json") {
            module.has_json = true;
            match serde_json::from_str::<Value>(&text) {
                Ok(json) => module.take_json(&json, &file),
                Err(e) => errors.push(Diagnostic::error(
                    "invalid-module",
                    e.to_string(),
                    Place::new(&file, line_of(e.line()), line_of(e.column())),
                )),
            }
        } else {
            match text.parse::<Body>() {
                Ok(body) => module.take_body(&body, &text, &file),
                Err(e) => {
                    let at = Place::new(&file, line_of(e.location().line()), line_of(e.location().column()));
                    errors.push(Diagnostic::error("invalid-module", format!("not valid HCL: {}", e.message()), at));
                }
            }
        }
    }
    if errors.is_empty() {
        return Ok(module);
    }
    let mut error = RunnerError::new("invalid-module", format!("the module {path} can't be read"))
        .hint("mend the lines named below");
    error.diagnostics = errors;
    Err(error)
}

/// Names and texts of the configuration files of one folder, in order.
pub fn configuration_files(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let wanted = [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|end| name.ends_with(end));
        if wanted && !name.starts_with('.') && fs::metadata(entry.path())?.is_file() {
            let bytes = fs::read(entry.path())?;
            files.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    files.sort();
    Ok(files)
}

fn line_of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn line_at(text: &str, offset: usize) -> u32 {
    line_of(1 + text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count())
}

impl Module {
    fn take_body(&mut self, body: &Body, text: &str, file: &str) {
        for block in body.blocks() {
            match (block.ident.as_str(), label(block, 0)) {
                ("variable", Some(name)) => {
                    let set = |key: &str| block.body.get_attribute(key).is_some_and(|a| is_true(&a.value));
                    let required = !block.body.has_attribute("default");
                    self.variables
                        .insert(name, Variable { required, sensitive: set("sensitive"), ephemeral: set("ephemeral") });
                }
                ("resource" | "data" | "ephemeral", Some(kind)) => self.fetches |= !kind.starts_with("terraform_"),
                ("module", _) => self.fetches = true,
                ("terraform", _) => self.take_settings(block, text, file),
                _ => {}
            }
        }
    }

    fn take_settings(&mut self, settings: &Block, text: &str, file: &str) {
        for block in settings.body.blocks() {
            let kind = match block.ident.as_str() {
                "backend" => label(block, 0).unwrap_or_default(),
                "cloud" => "cloud".to_owned(),
                "required_providers" => {
                    self.fetches |= block.body.attributes().next().is_some();
                    continue;
                }
                _ => continue,
            };
            let mut texts = Vec::new();
            texts_of(&block.body, &mut texts);
            let path = block.body.get_attribute("path").and_then(|a| a.value.as_str()).map(str::to_owned);
            let line = hcl_edit::Span::span(block).map_or(0, |span| line_at(text, span.start));
            self.backend = Some(OwnBackend { kind, texts, path, place: Place::new(file, line, 0) });
        }
    }

    fn take_json(&mut self, json: &Value, file: &str) {
        for (name, variable) in named(json.get("variable")) {
            let set = |key: &str| variable.get(key) == Some(&Value::Bool(true));
            let required = variable.get("default").is_none();
            self.variables.insert(
                name.to_owned(),
                Variable { required, sensitive: set("sensitive"), ephemeral: set("ephemeral") },
            );
        }
        let resources = ["resource", "data", "ephemeral"].iter().flat_map(|section| named(json.get(section)));
        self.fetches |=
            json.get("module").is_some() || resources.into_iter().any(|(kind, _)| !kind.starts_with("terraform_"));
        for (_, settings) in listed(json.get("terraform")) {
            self.fetches |= settings.get("required_providers").is_some();
            let cloud = settings.get("cloud").map(|c| ("cloud", c));
            for (kind, backend) in named(settings.get("backend")).into_iter().chain(cloud) {
                let mut texts = Vec::new();
                crate::masking::leaves(backend, &mut String::new(), &mut |_, leaf| {
                    texts.extend(leaf.as_str().map(str::to_owned))
                });
                let path = backend.get("path").and_then(Value::as_str).map(str::to_owned);
                self.backend = Some(OwnBackend { kind: kind.to_owned(), texts, path, place: Place::file(file) });
            }
        }
    }
}

/// Entries of a JSON block, which may stand as an object or as a list of objects.
fn named(section: Option<&Value>) -> Vec<(&str, &Value)> {
    listed(section).into_iter().flat_map(|(_, map)| map.as_object()).flatten().map(|(k, v)| (k.as_str(), v)).collect()
}

fn listed(section: Option<&Value>) -> Vec<((), &Value)> {
    match section {
        Some(Value::Array(items)) => items.iter().map(|item| ((), item)).collect(),
        Some(one) => vec![((), one)],
        None => Vec::new(),
    }
}

/// A label of a block, as text.
pub fn label(block: &Block, index: usize) -> Option<String> {
    block.labels.get(index).map(|l| l.as_str().to_owned())
}

fn is_true(value: &Expression) -> bool {
    value.as_bool() == Some(true)
}

fn texts_of(body: &Body, texts: &mut Vec<String>) {
    texts.extend(body.attributes().filter_map(|a| a.value.as_str().map(str::to_owned)));
    for block in body.blocks() {
        texts_of(&block.body, texts);
    }
}

/// The variable a traversal reads, if it is `var.NAME…`.
pub fn variable_read<'a>(
    root: &Expression,
    operators: &'a [hcl_edit::Decorated<TraversalOperator>],
) -> Option<&'a str> {
    let is_var = matches!(root, Expression::Variable(name) if name.as_str() == "var");
    match (is_var, operators.first().map(|o| o.value())) {
        (true, Some(TraversalOperator::GetAttr(name))) => Some(name.as_str()),
        _ => None,
    }
}

/// Provider versions of a `.terraform.lock.hcl`.
pub fn locked_providers(text: &str) -> BTreeMap<String, String> {
    let Ok(body) = text.parse::<Body>() else { return BTreeMap::new() };
    let version =
        |block: &Block| Some((label(block, 0)?, block.body.get_attribute("version")?.value.as_str()?.to_owned()));
    body.get_blocks("provider").filter_map(version).collect()
}
