//! What a module is: which engines can run it, which inputs it takes, which outputs it gives (`dsl §4`, `dsl §6`).
//! Read once per module path, however many Compositions name it.

mod ansible;
mod detect;
mod fit;
mod literal;
mod pulumi;
mod state;
mod terraform;
pub mod types;
mod validation;

pub(crate) use ansible::side_file_path;
pub(crate) use detect::{documents, is_yaml};
pub use fit::Misfit;
pub(crate) use literal::json as literal_json;
pub use state::StateHome;
pub(crate) use terraform::{files as terraform_files, is_terraform_file};
pub use validation::Validation;

use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use types::InputType;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ids::RepoPath;
use xcf_core::ports::tree::Tree;
use xcf_core::route::Engine;

/// Largest source file of a module that is read for its interface, bytes.
pub(crate) const SOURCE_LIMIT: u64 = 4 * 1024 * 1024;

/// Deepest nesting of brackets in a source that is parsed: beyond it parsers take quadratic time.
const MAX_NESTING: usize = 1000;

/// True if brackets outside double quotes nest deeper than any real source does.
pub(crate) fn is_too_deep(text: &[u8]) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'\n' => quoted = false,
            b'(' | b'[' | b'{' if !quoted => depth += 1,
            b')' | b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return true;
        }
    }
    false
}

/// What a module's files say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    /// `Pulumi.yaml`.
    Pulumi,
    /// `*.tf` or `*.tf.json`.
    Terraform,
    /// A kustomization, or objects with `apiVersion` and `kind`.
    Kubernetes,
    /// An Ansible play.
    Ansible,
    /// `kind: Playbook`.
    Ssh,
    /// `kind: NativeResource`.
    Native,
}

impl ContentKind {
    /// Engines that can run it (`dsl §4`), best known first.
    #[must_use]
    pub fn engines(self) -> &'static [Engine] {
        match self {
            Self::Pulumi => &[Engine::Pulumi],
            Self::Terraform => &[Engine::Terraform, Engine::Opentofu],
            Self::Kubernetes => &[Engine::K8s, Engine::Argocd, Engine::Flux],
            Self::Ansible => &[Engine::Ansible],
            Self::Ssh => &[Engine::Ssh],
            Self::Native => &[Engine::Native],
        }
    }
}

/// An input a module declares.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// Type as written; none if not written.
    #[serde(rename = "type")]
    pub type_text: Option<String>,
    /// The type, read.
    #[serde(skip)]
    pub input_type: InputType,
    /// True without a default.
    pub required: bool,
    /// Default as written; none without one, or if the variable is sensitive.
    pub default: Option<String>,
    /// The default as data; none if it is no literal, or if the variable is sensitive.
    pub default_value: Option<Value>,
    /// What the module checks of a value, in its order.
    pub validations: Vec<Validation>,
    /// True if its value must be masked.
    pub sensitive: bool,
    /// False if null is refused.
    pub nullable: bool,
    /// Description.
    pub description: String,
    /// Where it is declared.
    pub place: Place,
}

/// Whether an input must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputNeed {
    /// It must.
    Required,
    /// The module has a value of its own.
    Optional,
}

impl Variable {
    /// Whether it must be given.
    #[must_use]
    pub fn need(&self) -> InputNeed {
        if self.required { InputNeed::Required } else { InputNeed::Optional }
    }

    /// The values the module allows, where one of its validations lists them all.
    #[must_use]
    pub fn choices(&self) -> Option<&[Value]> {
        self.validations.iter().find_map(|v| v.allowed.as_deref())
    }
}

/// An output a module declares.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputDecl {
    /// Type, where the module says it.
    #[serde(skip)]
    pub output_type: InputType,
    /// True if its value must be masked.
    pub sensitive: bool,
    /// Description.
    pub description: String,
    /// Where it is declared.
    pub place: Place,
}

/// The ports of a module.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interface {
    /// Inputs by name.
    pub inputs: BTreeMap<String, Variable>,
    /// Outputs by name.
    pub outputs: BTreeMap<String, OutputDecl>,
    /// True if `inputs` is complete: an input that is not listed has no taker.
    pub inputs_known: bool,
    /// True if `outputs` is complete.
    pub outputs_known: bool,
}

/// A module, read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleContent {
    /// Where it is: a folder, or a file.
    pub path: RepoPath,
    /// True for a file (a playbook).
    pub is_file: bool,
    /// What it is; empty if nothing known was found.
    pub kinds: BTreeSet<ContentKind>,
    /// Its ports.
    pub interface: Interface,
    /// Terraform: its own backend, if its text names one.
    pub state: Option<StateHome>,
    /// What is wrong with its files.
    #[serde(skip)]
    pub diagnostics: Vec<Diagnostic>,
}

impl ModuleContent {
    /// Reads the module at `path` (an existing folder or file of `tree`).
    #[must_use]
    pub fn read(tree: &dyn Tree, path: &str, is_file: bool) -> Self {
        let found = detect::detect(tree, path, is_file);
        let mut content = Self {
            path: RepoPath::new(path),
            is_file,
            kinds: found.kinds,
            interface: Interface::default(),
            state: None,
            diagnostics: found.diagnostics,
        };
        if content.kinds.contains(&ContentKind::Terraform) {
            let read = terraform::interface(tree, path);
            content.interface = read.interface;
            content.state = read.state;
            content.diagnostics.extend(read.diagnostics);
        }
        if content.kinds.contains(&ContentKind::Pulumi) {
            let (interface, diagnostics) = pulumi::interface(tree, path);
            content.merge(interface);
            content.diagnostics.extend(diagnostics);
        }
        if let Some((interface, diagnostics)) = ansible::side_file(tree, path, is_file) {
            content.merge(interface);
            content.diagnostics.extend(diagnostics);
        }
        content
    }

    /// A side file completes a Terraform module's own declarations and never replaces them.
    fn merge(&mut self, side: Interface) {
        for (name, variable) in side.inputs {
            self.interface.inputs.entry(name).or_insert(variable);
        }
        for (name, output) in side.outputs {
            self.interface.outputs.entry(name).or_insert(output);
        }
        self.interface.inputs_known |= side.inputs_known;
        self.interface.outputs_known |= side.outputs_known;
    }

    /// Engines that can run this content, in the order of [`ContentKind`].
    #[must_use]
    pub fn engines(&self) -> Vec<Engine> {
        self.kinds.iter().flat_map(|k| k.engines().iter().copied()).collect()
    }

    /// True if an error makes it unusable.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Line and column (from 1, in characters) of byte `offset` in `text`.
pub(crate) fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// Reads a file, through symlinks inside the repository, or says why not.
pub(crate) fn read_bytes(tree: &dyn Tree, path: &str) -> Result<std::sync::Arc<[u8]>, Diagnostic> {
    let real = crate::workspace::refs::real_path(tree, path)
        .map_err(|e| e.diagnostic(path, "unreadable-file", Place::file(path)))?;
    tree.read(&real, SOURCE_LIMIT).map_err(|e| unreadable(path, &e.to_string()))
}

/// Reads a file as text, or says why not.
pub(crate) fn read_text(tree: &dyn Tree, path: &str) -> Result<String, Diagnostic> {
    let bytes = read_bytes(tree, path)?;
    if is_too_deep(&bytes) {
        let message = format!("{path} nests deeper than {MAX_NESTING} brackets.");
        return Err(Diagnostic::error("invalid-module", message, Place::file(path)));
    }
    String::from_utf8(bytes.to_vec()).map_err(|_| {
        Diagnostic::error("not-utf8", format!("{path} is not UTF-8 text."), Place::file(path))
            .hint("Save the file as UTF-8.")
    })
}

fn unreadable(path: &str, why: &str) -> Diagnostic {
    Diagnostic::error("unreadable-file", format!("{path} can't be read: {why}."), Place::file(path))
}

#[cfg(test)]
mod state_tests;
#[cfg(test)]
mod tests;
