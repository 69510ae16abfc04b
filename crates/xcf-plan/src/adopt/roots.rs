//! Terraform roots: folders that are applied by themselves, not as a module of another folder.

use super::{LocalState, StateKeep};
use crate::content::{InputNeed, ModuleContent, literal_json, read_text, terraform_files};
use crate::workspace::refs::{join, parent};
use hcl_edit::structure::Body;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::check::ref_fault;
use xcf_core::ports::tree::{EntryKind, Tree};
use xcf_core::route::Lifecycle;

/// Folders whose Terraform is not the repository's own to apply.
const SKIPPED: [&str; 7] = ["examples", "example", "test", "tests", "fixtures", "vendor", "node_modules"];

/// A folder with Terraform files that may be a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The folder.
    pub path: String,
    /// `path` of a local backend that is relative to the folder.
    pub local_path: Option<String>,
    /// It names a backend of its own.
    has_backend: bool,
    /// It configures a provider.
    has_provider: bool,
    /// It holds resources, data or module calls.
    has_content: bool,
    /// Another folder uses it as a module.
    is_used: bool,
    /// Resource types.
    types: BTreeSet<String>,
}

/// Every folder with Terraform files, by path.
#[must_use]
pub fn roots(tree: &dyn Tree) -> Vec<Root> {
    let files =
        tree.entries().iter().filter(|e| e.kind == EntryKind::File && crate::content::is_terraform_file(&e.path));
    let folders: BTreeSet<&str> = files.map(|e| parent(&e.path)).filter(|f| !is_skipped(f)).collect();
    let mut used = BTreeSet::new();
    let mut all: Vec<Root> = folders.into_iter().map(|folder| look(tree, folder, &mut used)).collect();
    for root in &mut all {
        root.is_used = used.contains(&root.path);
    }
    all
}

fn is_skipped(folder: &str) -> bool {
    folder.split('/').any(|part| part.starts_with('.') || SKIPPED.contains(&part))
}

/// A folder is a root if something says that it is applied: a backend or a state; else if nothing uses it, it is no
/// library of modules, and there is something in it to apply.
pub(super) fn is_root(root: &Root, has_state: bool) -> bool {
    let library = root.path.split('/').any(|part| part == "modules");
    root.has_backend || has_state || (!root.is_used && !library && (root.has_provider || root.has_content))
}

fn look(tree: &dyn Tree, folder: &str, used: &mut BTreeSet<String>) -> Root {
    let mut root = Root {
        path: folder.to_owned(),
        local_path: None,
        has_backend: false,
        has_provider: false,
        has_content: false,
        is_used: false,
        types: BTreeSet::new(),
    };
    for file in terraform_files(tree, folder) {
        let Ok(text) = read_text(tree, &file) else { continue };
        if file.ends_with(".json") {
            take_json(&mut root, &serde_json::from_str(&text).unwrap_or_default(), used);
        } else if let Ok(body) = hcl_edit::parser::parse_body(&text) {
            take(&mut root, &body, used);
        }
    }
    let content = ModuleContent::read(tree, folder, false);
    root.has_backend = content.state.is_some();
    root.local_path = content.state.and_then(|s| s.relative);
    root
}

fn take(root: &mut Root, body: &Body, used: &mut BTreeSet<String>) {
    for block in body.blocks() {
        match block.ident.as_str() {
            "provider" => root.has_provider = true,
            "resource" => {
                root.has_content = true;
                root.types.extend(block.labels.first().map(|l| l.as_str().to_owned()));
            }
            "module" => {
                root.has_content = true;
                let source = block.body.get_attribute("source").and_then(|a| a.value.as_str());
                uses(&root.path, source, used);
            }
            "data" => root.has_content = true,
            _ => {}
        }
    }
}

fn take_json(root: &mut Root, json: &Value, used: &mut BTreeSet<String>) {
    root.has_provider |= json.get("provider").is_some();
    root.has_content |= ["resource", "module", "data"].iter().any(|k| json.get(k).is_some());
    root.types.extend(json.get("resource").and_then(Value::as_object).into_iter().flat_map(|m| m.keys().cloned()));
    for body in json.get("module").and_then(Value::as_object).into_iter().flat_map(|m| m.values()) {
        let body = body.as_array().and_then(|a| a.first()).unwrap_or(body);
        uses(&root.path, body.get("source").and_then(Value::as_str), used);
    }
}

fn uses(folder: &str, source: Option<&str>, used: &mut BTreeSet<String>) {
    let local = source.filter(|s| s.starts_with("./") || s.starts_with("../"));
    used.extend(local.and_then(|s| join(folder, s)));
}

/// A root with what its Composition has to say.
#[derive(Debug)]
pub(super) struct Judged {
    pub state: StateKeep,
    pub lifecycle: Lifecycle,
    /// Inputs by name; none: a person has to give it.
    pub inputs: BTreeMap<String, Option<Value>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// What to propose for a root, or why nothing can be.
pub(super) fn judge(tree: &dyn Tree, root: &Root, state: Option<&LocalState>) -> Result<Judged, Diagnostic> {
    let path = root.path.as_str();
    let skip = |why: String, hint: &str, place: Place| Err(Diagnostic::warning("adopt-skipped", why, place).hint(hint));
    if path.is_empty() {
        let hint = "Move its files into a folder of their own; the state does not change by that.";
        return skip("Terraform at the root of the repository can't be a module.".to_owned(), hint, Place::file("."));
    }
    if let Some(fault) = ref_fault(path) {
        return skip(format!("{fault}."), "Give the folder another name.", Place::file(path));
    }
    let content = ModuleContent::read(tree, path, false);
    if let Some(error) = content.diagnostics.iter().find(|d| d.is_error()) {
        let why = format!("{path} can't be read: {}", error.message);
        return skip(why, "Mend it, then run this again.", error.place.clone());
    }
    let vars = var_files(tree, path);
    if vars.len() > 1 || state.is_some_and(|s| s.several) {
        let why = format!("{path} is applied more than once, with several variable files or engine workspaces.");
        let hint = "A unit has one state: give each its own root folder and backend, or write its Composition by hand.";
        return skip(why, hint, Place::file(path));
    }
    let keep = match (&content.state, state) {
        (Some(home), _) if home.identity.is_some() => StateKeep::Backend { backend: home.kind.clone() },
        (Some(home), _) if home.kind != "local" => {
            let why = format!("The backend \"{}\" of {path} does not say where its state is.", home.kind);
            let hint = "Its settings come from the command line (-backend-config): write key and bucket into the block, then run this again.";
            return skip(why, hint, home.place.clone());
        }
        (_, Some(local)) => StateKeep::Copied { file: local.file.clone() },
        _ => StateKeep::None,
    };
    let mut diagnostics = Vec::new();
    if keep == StateKeep::None {
        let why = format!("No state was found for {path}: its first plan will want to make everything in it.");
        let hint =
            "If it is applied already, put its terraform.tfstate beside it or name its backend before you adopt it.";
        diagnostics.push(Diagnostic::warning("adopt-no-state", why, Place::file(path)).hint(hint));
    }
    let inputs = inputs(tree, &content, vars.first(), &mut diagnostics);
    Ok(Judged { state: keep, lifecycle: lifecycle(&root.types), inputs, diagnostics })
}

/// Variable files that the engine does not load by itself.
fn var_files(tree: &dyn Tree, path: &str) -> Vec<String> {
    let own = tree.under(path).iter().filter(|e| e.kind == EntryKind::File);
    let named = own.filter_map(|e| Some((e.path.as_str(), e.path.get(path.len() + 1..)?)));
    let manual = |name: &str| {
        let stem = name.strip_suffix(".json").unwrap_or(name);
        stem.ends_with(".tfvars") && stem != "terraform.tfvars" && !stem.ends_with(".auto.tfvars")
    };
    named.filter(|(_, name)| manual(name)).map(|(path, _)| path.to_owned()).collect()
}

fn inputs(
    tree: &dyn Tree,
    content: &ModuleContent,
    var_file: Option<&String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Option<Value>> {
    let written = var_file.map(|file| values(tree, file)).unwrap_or_default();
    let mut inputs = BTreeMap::new();
    for (name, variable) in &content.interface.inputs {
        let value = match (written.get(name), variable.need()) {
            // A secret is not copied into a document: it comes from where `terraform` would take it.
            (Some(_), _) | (None, InputNeed::Required) if variable.sensitive => {
                Some(serde_json::json!({"secret": format!("env:TF_VAR_{name}")}))
            }
            (Some(value), _) => Some(escaped(value.clone())),
            (None, InputNeed::Required) => {
                let why = format!("{} needs the input `{name}`, which no file gives.", content.path);
                let hint = "Write its value into the proposed Composition.";
                diagnostics.push(Diagnostic::warning("adopt-needs-input", why, variable.place.clone()).hint(hint));
                None
            }
            (None, InputNeed::Optional) => continue,
        };
        inputs.insert(name.clone(), value);
    }
    inputs
}

/// A value that would read as a reference is wrapped.
fn escaped(value: Value) -> Value {
    let mut odd = false;
    xcf_core::value::visit_shapes(&value, &mut |_, _| odd = true);
    if odd { serde_json::json!({ "literal": value }) } else { value }
}

fn values(tree: &dyn Tree, file: &str) -> BTreeMap<String, Value> {
    let Ok(text) = read_text(tree, file) else { return BTreeMap::new() };
    if file.ends_with(".json") {
        return serde_json::from_str(&text).unwrap_or_default();
    }
    let Ok(body) = hcl_edit::parser::parse_body(&text) else { return BTreeMap::new() };
    body.attributes().filter_map(|a| Some((a.key.as_str().to_owned(), literal_json(&a.value)?))).collect()
}

/// A guess from the resource types; what can't be told is Foundation, whose rules are the strictest.
fn lifecycle(types: &BTreeSet<String>) -> Lifecycle {
    let any = |words: &[&str]| types.iter().any(|t| words.iter().any(|w| t.contains(w)));
    if any(&["_vpc", "_subnet", "_network", "_iam_", "_route", "_firewall", "_security_group", "_dns_", "_project"]) {
        return Lifecycle::Foundation;
    }
    if any(&["_eks_", "_container_cluster", "_kubernetes_cluster", "_cs_kubernetes", "_cs_managed"]) {
        return Lifecycle::K8s;
    }
    if any(&["_db_", "_rds_", "_sql_", "_redis", "_elasticache", "_kafka", "_queue", "_sqs_", "_bucket", "_database"]) {
        return Lifecycle::PaaS;
    }
    if any(&["helm_release", "kubernetes_", "_lambda_", "_cloud_run", "_app_service", "_function"]) {
        return Lifecycle::Applications;
    }
    Lifecycle::Foundation
}
