//! Starting from what exists: Compositions for the Terraform roots, kustomize and Helm folders and playbooks that a
//! repository already has (`D15` `xcf init --adopt`). A proposal only: the texts of files, nothing is written here.
//!
//! Terraform roots are assembled into Environments and keep their state where it is, so that their first plan changes
//! nothing. Everything else is proposed *unassembled* (`dsl §3`): what is real on hosts and in clusters is not known
//! before somebody looks, so nothing of it is planned until a person adds it to an Environment. Nothing adopted may be
//! destroyed before a person says so in the Environment.

mod naming;
mod others;
mod roots;
mod writing;

pub use roots::{Root, roots};
pub use writing::ONLY_OPENTOFU;

use crate::workspace::Workspace;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::diag::Diagnostic;
use xcf_core::ports::tree::Tree;

/// What the tree does not tell.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// `metadata.uid` of a new `.xcf.yaml`.
    pub uid: String,
    /// Name of the workspace.
    pub name: String,
    /// Default branch.
    pub branch: String,
    /// True where OpenTofu is the only one of its family: the router prefers Terraform until the workspace names another.
    pub only_opentofu: bool,
    /// State files beside the roots' text (they are seldom committed), by root.
    pub states: BTreeMap<String, LocalState>,
}

/// A state that lies beside a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalState {
    /// The file, repository-relative.
    pub file: String,
    /// True if there are states of other engine workspaces too.
    pub several: bool,
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposedFile {
    /// Path.
    pub path: String,
    /// Text.
    pub text: String,
}

/// What happens to the state of a root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum StateKeep {
    /// It stays in the module's own backend.
    Backend {
        /// Type of the backend.
        backend: String,
    },
    /// It lies in a file beside the module and is copied into the unit's own state; the file stays.
    Copied {
        /// The file.
        file: String,
    },
    /// There is none yet, or none is needed.
    None,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Folder or file.
    pub path: String,
    /// `terraform`, `kustomize`, `helm`, `playbook`.
    pub what: &'static str,
    /// Composition proposed for it.
    pub composition: String,
    /// Environment that assembles it; none: unassembled.
    pub environment: Option<String>,
    /// Module name.
    pub module: String,
    /// Its state.
    pub state: StateKeep,
}

/// Files to be written and why.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Proposal {
    /// Files, by path. One that exists is an Environment that gets entries.
    pub files: Vec<ProposedFile>,
    /// What they are for.
    pub found: Vec<Found>,
    /// What was left out, and what a person has to add.
    pub diagnostics: Vec<Diagnostic>,
}

/// Proposes files for everything of `tree` that no Composition of `workspace` (of the same tree) names yet.
#[must_use]
pub fn propose(tree: &dyn Tree, workspace: &Workspace, facts: &Facts) -> Proposal {
    let mut proposal = Proposal::default();
    let mut names = naming::Names::of(workspace);
    let taken: BTreeSet<&str> = workspace.modules.keys().map(String::as_str).collect();
    let mut entries: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for root in roots(tree).into_iter().filter(|r| !taken.contains(r.path.as_str())) {
        let state = facts.states.get(&root.path);
        if !roots::is_root(&root, state.is_some()) {
            continue;
        }
        match roots::judge(tree, &root, state) {
            Err(diagnostic) => proposal.diagnostics.push(diagnostic),
            Ok(judged) => {
                let named = names.terraform(&root.path);
                let file = writing::composition_path(tree, judged.lifecycle, &named.composition);
                entries.entry(named.environment.clone()).or_default().push(file.clone());
                proposal.diagnostics.extend(judged.diagnostics.iter().cloned());
                let text = writing::terraform(&root, &judged, &named);
                proposal.files.push(ProposedFile { path: file, text });
                proposal.found.push(Found {
                    path: root.path.clone(),
                    what: "terraform",
                    composition: named.composition,
                    environment: Some(named.environment),
                    module: named.module,
                    state: judged.state,
                });
            }
        }
    }
    for other in others::find(tree).into_iter().filter(|o| !taken.contains(o.path.as_str())) {
        let (composition, module) = names.other(&other.path);
        let file = writing::composition_path(tree, other.lifecycle(), &composition);
        proposal.files.push(ProposedFile { path: file, text: writing::other(&other, &composition, &module) });
        proposal.found.push(Found {
            path: other.path.clone(),
            what: other.what.word(),
            composition,
            environment: None,
            module,
            state: StateKeep::None,
        });
    }
    writing::environments(tree, workspace, &entries, &mut proposal);
    if tree.entry(".xcf.yaml").is_none() && !proposal.files.is_empty() {
        let path = ".xcf.yaml".to_owned();
        proposal.files.push(ProposedFile { path, text: writing::config(facts) });
    }
    proposal.files.sort_by(|a, b| a.path.cmp(&b.path));
    proposal.found.sort_by(|a, b| a.path.cmp(&b.path));
    proposal
}

#[cfg(test)]
mod tests;
