//! The texts of the proposed documents: what a careful person would write, with the reasons as comments.

use super::naming::{Named, label};
use super::others::{Other, What};
use super::roots::{Judged, Root};
use super::{Facts, Proposal, ProposedFile, StateKeep};
use crate::workspace::Workspace;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::API_VERSION;
use xcf_core::docs::check::default_module_name;
use xcf_core::edit::{Edit, apply};
use xcf_core::ports::tree::Tree;
use xcf_core::route::Lifecycle;

const LARGEST: u64 = 2 << 20;

/// For the `spec` of `.xcf.yaml`: named there, OpenTofu comes before Terraform (`dsl §1` Config).
pub const ONLY_OPENTOFU: &str =
    "  # Only OpenTofu was found on the machine this was made on.\n  engines:\n    opentofu: {}\n";

/// A path for a Composition that is not taken.
pub(super) fn composition_path(tree: &dyn Tree, lifecycle: Lifecycle, name: &str) -> String {
    let folder = match lifecycle {
        Lifecycle::Foundation => "foundation",
        Lifecycle::K8s => "platform",
        Lifecycle::PaaS => "data",
        Lifecycle::Applications => "apps",
        Lifecycle::Config => "config",
        Lifecycle::Ephemeral => "ephemeral",
    };
    let path = |n: usize| match n {
        1 => format!("compositions/{folder}/{name}.yaml"),
        _ => format!("compositions/{folder}/{name}-{n}.yaml"),
    };
    (1..).map(path).find(|p| tree.entry(p).is_none()).unwrap_or_default()
}

pub(super) fn config(facts: &Facts) -> String {
    let (uid, name, branch) = (quoted(&facts.uid), label(&facts.name), quoted(&facts.branch));
    format!(
        "apiVersion: {API_VERSION}\nkind: Config\nmetadata:\n  name: {name}\n  # It, not the path, identifies this workspace and its state.\n  uid: {uid}\nspec:\n  branch: {branch}\n{}",
        if facts.only_opentofu { ONLY_OPENTOFU } else { "" }
    )
}

pub(super) fn terraform(root: &Root, judged: &Judged, named: &Named) -> String {
    let mut text = String::new();
    let state = match &judged.state {
        StateKeep::Backend { backend } => format!("its state stays in its own backend ({backend})"),
        StateKeep::Copied { file } => format!("its state was taken over from {file}"),
        StateKeep::None => "no state was found: its first plan makes it new".to_owned(),
    };
    head(&mut text, &format!("The Terraform root {}; {state}.", root.path), &named.composition);
    let lifecycle = judged.lifecycle;
    line(
        &mut text,
        &format!(
            "  # A guess from its resources: Foundation, K8s, PaaS, Applications or Config.\n  lifecycle: {lifecycle}\n  modules:"
        ),
    );
    module(&mut text, &root.path, &named.module);
    if !judged.inputs.is_empty() {
        line(&mut text, "      inputs:");
    }
    for (name, value) in &judged.inputs {
        match value {
            Some(value) => line(&mut text, &format!("        {}: {}", quoted(name), flow(value))),
            None => line(
                &mut text,
                &format!("        # {}: … has no default and no file gives it: write its value here", quoted(name)),
            ),
        }
    }
    // `inputs:` with comments only would be null.
    if !judged.inputs.is_empty() && judged.inputs.values().all(Option::is_none) {
        text = text.replace("      inputs:\n", "      # inputs:\n");
    }
    text
}

pub(super) fn other(other: &Other, composition: &str, module_name: &str) -> String {
    let mut text = String::new();
    let (what, missing) = match other.what {
        What::Kustomize => ("kustomization", "a cluster"),
        What::Helm => ("Helm chart", "a cluster"),
        What::Playbook => ("playbook", "hosts"),
    };
    let note = format!(
        "The {what} {}. No Environment assembles it yet, so nothing of it is planned:\nname it in an Environment that has {missing} for it.",
        other.path
    );
    head(&mut text, &note, composition);
    line(&mut text, &format!("  lifecycle: {}\n  modules:", other.lifecycle()));
    module(&mut text, &other.path, module_name);
    text
}

fn head(text: &mut String, comment: &str, name: &str) {
    // A name from the repository never ends the comment it stands in.
    let clean =
        |l: &str| l.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect::<String>();
    let lines: Vec<String> = comment.lines().map(|l| format!("# {}", clean(l))).collect();
    let comment = lines.join("\n");
    line(
        text,
        &format!("{comment}\napiVersion: {API_VERSION}\nkind: Composition\nmetadata:\n  name: {}\nspec:", quoted(name)),
    );
}

fn module(text: &mut String, path: &str, name: &str) {
    line(text, &format!("    - ref: {}", quoted(path)));
    if default_module_name(path) != name {
        line(text, &format!("      name: {}", quoted(name)));
    }
}

fn line(text: &mut String, added: &str) {
    // Writing to a text can't fail.
    let _ = writeln!(text, "{added}");
}

/// A scalar that every YAML reader takes for this text: plain where that is certain.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'))
        && !matches!(
            text.to_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "nan"
        );
    if plain { text.to_owned() } else { Value::String(text.to_owned()).to_string() }
}

/// A value on one line: JSON is YAML.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// New Environment documents, and entries in those that are there.
pub(super) fn environments(
    tree: &dyn Tree,
    workspace: &Workspace,
    entries: &BTreeMap<String, Vec<String>>,
    proposal: &mut Proposal,
) {
    for (name, files) in entries {
        let refs: Vec<String> = files.iter().map(|f| f.trim_end_matches(".yaml").to_owned()).collect();
        let existing = workspace.environment_doc(name);
        let file = existing.map_or_else(|| free_path(tree, name), |doc| doc.file.clone());
        let text = match existing {
            None => Ok(environment(name, &refs)),
            Some(doc) => {
                let edits: Vec<Edit> = refs
                    .iter()
                    .map(|r| Edit::Set {
                        pointer: "/spec/compositions/-".to_owned(),
                        value: serde_json::json!({ "ref": r }),
                    })
                    .collect();
                let bytes =
                    tree.read(&file, LARGEST).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
                apply(&bytes, doc.index, &edits)
            }
        };
        match text {
            Ok(text) => proposal.files.push(ProposedFile { path: file, text }),
            Err(error) => {
                let why = format!("{file} can't be edited: {error}.");
                let hint = format!("Add these to its `compositions` by hand: {}.", refs.join(", "));
                proposal.diagnostics.push(Diagnostic::warning("adopt-by-hand", why, Place::file(&file)).hint(hint));
            }
        }
    }
}

fn free_path(tree: &dyn Tree, name: &str) -> String {
    let path = |n: usize| if n == 1 { format!("envs/{name}.yaml") } else { format!("envs/{name}-{n}.yaml") };
    (1..).map(path).find(|p| tree.entry(p).is_none()).unwrap_or_default()
}

fn environment(name: &str, refs: &[String]) -> String {
    let mut text = format!(
        "apiVersion: {API_VERSION}\nkind: Environment\nmetadata:\n  name: {}\nspec:\n  protection:\n    approval: approve\n    # Nothing that was there before is destroyed until this says `confirm`.\n    allowDestroy: never\n  compositions:\n",
        quoted(name)
    );
    for reference in refs {
        line(&mut text, &format!("    - ref: {}", quoted(reference)));
    }
    text
}
