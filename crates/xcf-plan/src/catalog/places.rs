//! Where modules may be: conventional folders, and what in them is one module.

use crate::content::{is_terraform_file, is_yaml};
use crate::workspace::refs::{Links, RefError, locate, parent};
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ids::Digest;
use xcf_core::ports::tree::{EntryKind, Tree, TreeEntry};

/// Folders of a repository that hold modules.
const ROOTS: [&str; 7] = ["modules", "playbooks", "manifests", "k8s", "kubernetes", "charts", "components"];
/// Folders below `playbooks/` whose YAML is part of a playbook and none itself.
const PARTS: [&str; 14] = [
    "roles",
    "tasks",
    "handlers",
    "templates",
    "files",
    "vars",
    "defaults",
    "meta",
    "group_vars",
    "host_vars",
    "inventory",
    "inventories",
    "molecule",
    "collections",
];
/// Folders that hold no modules of the repository itself.
const SKIPPED: [&str; 5] = ["node_modules", "vendor", "examples", "test", "tests"];

/// A path that may be a module.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Folder or file, links resolved.
    pub path: String,
    pub is_file: bool,
    /// A Composition names it: it is shown whatever is in it.
    pub is_named: bool,
    /// Why it can't be read at all.
    pub problem: Option<Diagnostic>,
}

impl Candidate {
    fn folder(path: &str) -> Self {
        Self { path: path.to_owned(), is_file: false, is_named: false, problem: None }
    }
    fn file(path: &str) -> Self {
        Self { is_file: true, ..Self::folder(path) }
    }
    /// A module that a Composition names.
    pub fn named(path: String, is_file: bool) -> Self {
        Self { path, is_file, is_named: true, problem: None }
    }
}

/// Candidates by ref.
pub(super) fn candidates(tree: &dyn Tree, links: &Links) -> BTreeMap<String, Candidate> {
    let mut found = Search::default();
    for root in ROOTS {
        for entry in tree.under(root).iter().filter(|e| !is_skipped(root, &e.path)) {
            found.see(tree, links, root, entry);
        }
        // A whole root may be a link.
        if let Some(entry) = tree.entry(root).filter(|e| e.kind == EntryKind::Symlink) {
            found.link(tree, links, entry);
        }
    }
    found.finish()
}

fn is_skipped(root: &str, path: &str) -> bool {
    let inner = path.get(root.len() + 1..).unwrap_or_default();
    let folder = parent(inner);
    folder.split('/').any(|part| part.starts_with('.') || SKIPPED.contains(&part))
}

#[derive(Default)]
struct Search {
    /// Folders that a file of theirs names a module.
    marked: BTreeSet<String>,
    /// Folders with YAML in them.
    loose: BTreeSet<String>,
    files: BTreeSet<String>,
    linked: BTreeMap<String, Candidate>,
}

impl Search {
    fn see(&mut self, tree: &dyn Tree, links: &Links, root: &str, entry: &TreeEntry) {
        let path = entry.path.as_str();
        let folder = parent(path);
        let name = path.get(folder.len() + 1..).unwrap_or(path);
        match name {
            _ if entry.kind == EntryKind::Submodule || name.starts_with('.') => {}
            "Pulumi.yaml" | "Pulumi.yml" | "kustomization.yaml" | "kustomization.yml" | "Kustomization"
            | "Chart.yaml" => {
                self.marked.insert(folder.to_owned());
            }
            _ if is_terraform_file(name) => {
                self.marked.insert(folder.to_owned());
            }
            _ if is_yaml(name) => self.yaml(root, path, folder, name),
            _ if entry.kind == EntryKind::Symlink => self.link(tree, links, entry),
            _ => {}
        }
    }

    fn yaml(&mut self, root: &str, path: &str, folder: &str, name: &str) {
        let side = name.ends_with(".xcf.yaml") || name.ends_with(".xcf.yml") || name.starts_with("requirements.");
        let inner = folder.get(root.len()..).unwrap_or_default();
        if side || inner.split('/').any(|part| PARTS.contains(&part)) {
            return;
        }
        // Directly in a root, or among playbooks, each file is a module of its own.
        if folder == root || root == "playbooks" {
            self.files.insert(path.to_owned());
        } else {
            self.loose.insert(folder.to_owned());
        }
    }

    /// A link to a folder is a module where the folder is; one that leads out is told.
    fn link(&mut self, tree: &dyn Tree, links: &Links, entry: &TreeEntry) {
        let mut candidate = Candidate::folder(&entry.path);
        match locate(tree, links, &entry.path) {
            Ok(found) if found.is_file => return,
            Ok(found) => candidate.path = found.path,
            Err(RefError::Missing) => return,
            Err(error) => {
                let problem: Diagnostic = error.diagnostic(&entry.path, "missing-module", Place::file(&entry.path));
                candidate.problem = Some(problem);
            }
        }
        self.linked.insert(entry.path.clone(), candidate);
    }

    fn finish(self) -> BTreeMap<String, Candidate> {
        let mut all = self.linked;
        let inside_marked =
            |folder: &str| ancestors(folder).any(|above| self.marked.contains(above) && !ROOTS.contains(&above));
        for folder in self.loose.iter().filter(|f| !inside_marked(f)) {
            all.insert(folder.clone(), Candidate::folder(folder));
        }
        for folder in self.marked.iter().filter(|f| !ROOTS.contains(&f.as_str())) {
            all.insert(folder.clone(), Candidate::folder(folder));
        }
        for file in self.files.iter().filter(|f| !inside_marked(parent(f))) {
            all.insert(file.clone(), Candidate::file(file));
        }
        all
    }
}

/// A folder and those above it.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |f| Some(parent(f)).filter(|p| !p.is_empty()))
}

/// Digest of everything a card is read from; none if links make that more than the module's own files.
pub(super) fn mark(tree: &dyn Tree, candidate: &Candidate) -> Option<Digest> {
    if candidate.problem.is_some() {
        return None;
    }
    let path = candidate.path.as_str();
    let folder = parent(path);
    let own: Vec<&TreeEntry> = if candidate.is_file {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let side = [
            path.to_owned(),
            format!("{path}.xcf.yaml"),
            format!("{stem}.xcf.yaml"),
            format!("{folder}/meta/xcf.yaml"),
        ];
        side.iter().filter_map(|p| tree.entry(p)).collect()
    } else {
        tree.under(path).iter().collect()
    };
    if own.iter().any(|e| e.kind == EntryKind::Symlink) {
        return None;
    }
    let mut text = String::from(if candidate.is_named { "named\n" } else { "found\n" });
    for entry in own {
        text.push_str(&entry.path);
        text.push('\0');
        text.push_str(&entry.content_id);
        text.push('\n');
    }
    Some(xcf_core::digest::sha256(text.as_bytes()))
}
