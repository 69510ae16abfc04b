//! One card of the palette.

use super::objects;
use super::places::Candidate;
use super::readme;
use crate::content::{ContentKind, ModuleContent};
use crate::workspace::refs::Links;
use serde::Serialize;
use std::collections::BTreeSet;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ids::RepoPath;
use xcf_core::ports::tree::{EntryKind, Tree};

/// A Kubernetes object of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectCard {
    /// Its kind.
    pub kind: String,
    /// `metadata.name`; empty if it has none.
    pub name: String,
    /// `metadata.namespace`; empty if it has none.
    pub namespace: String,
    /// The file it stands in.
    pub place: Place,
}

/// A module as the palette shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleCard {
    /// What a Composition writes as `ref`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// First heading of its README, or the name it gives itself, or the last part of its path.
    pub title: String,
    /// First paragraph of its README, or what it says of itself; may be empty.
    pub description: String,
    /// What it is, which engines run it, its ports.
    pub content: ModuleContent,
    /// Objects of Kubernetes manifests, as far as they are written out.
    pub objects: Vec<ObjectCard>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl ModuleCard {
    /// Reads the module; none if there is nothing of a module there.
    pub(super) fn read(tree: &dyn Tree, links: &Links, reference: &str, candidate: &Candidate) -> Option<Self> {
        if let Some(problem) = &candidate.problem {
            return Some(Self::broken(reference, candidate, problem.clone()));
        }
        let path = candidate.path.as_str();
        let mut content = ModuleContent::read(tree, path, candidate.is_file);
        if content.kinds.is_empty() && content.diagnostics.is_empty() && !candidate.is_named {
            return None;
        }
        let mut diagnostics = std::mem::take(&mut content.diagnostics);
        diagnostics.extend(escaping(tree, links, path));
        let told = readme::told(tree, path, candidate.is_file, &content.kinds);
        let objects = match content.kinds.contains(&ContentKind::Kubernetes) {
            true => objects::of(tree, path, candidate.is_file),
            false => Vec::new(),
        };
        Some(Self {
            title: told.title.unwrap_or_else(|| last_part(reference)),
            description: told.description,
            reference: reference.to_owned(),
            content,
            objects,
            diagnostics,
        })
    }

    fn broken(reference: &str, candidate: &Candidate, problem: Diagnostic) -> Self {
        let content = ModuleContent {
            path: RepoPath::new(reference),
            is_file: candidate.is_file,
            kinds: BTreeSet::new(),
            interface: crate::content::Interface::default(),
            state: None,
            diagnostics: Vec::new(),
        };
        Self {
            reference: reference.to_owned(),
            title: last_part(reference),
            description: String::new(),
            content,
            objects: Vec::new(),
            diagnostics: vec![problem],
        }
    }

    /// True if an error makes it unusable.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

fn last_part(reference: &str) -> String {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    name.trim_end_matches(".yaml").trim_end_matches(".yml").to_owned()
}

/// Links inside the module that lead out of the repository.
fn escaping(tree: &dyn Tree, links: &Links, path: &str) -> Vec<Diagnostic> {
    let wrong = |link: &str| {
        if tree.entry(link).is_none_or(|e| e.kind != EntryKind::Symlink) {
            return None;
        }
        let error = links.resolve(tree, link).err()?;
        Some(error.diagnostic(link, "missing-module", Place::file(link)))
    };
    links.below(path).filter_map(wrong).collect()
}
