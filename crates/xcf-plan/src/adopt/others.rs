//! kustomize and Helm folders and playbooks that nothing else of the repository uses.

use crate::content::{documents, is_yaml};
use crate::workspace::refs::{join, parent};
use std::collections::BTreeSet;
use xcf_core::ports::tree::{EntryKind, Tree};
use xcf_core::route::Lifecycle;

const LOOK_AT: u64 = 1024 * 1024;
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Folders whose YAML is part of a playbook and none itself, or not the repository's own.
const PARTS: [&str; 16] = [
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
    "node_modules",
    "vendor",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Kustomize,
    Helm,
    Playbook,
}

impl What {
    pub fn word(self) -> &'static str {
        match self {
            Self::Kustomize => "kustomize",
            Self::Helm => "helm",
            Self::Playbook => "playbook",
        }
    }
}

pub(super) struct Other {
    pub path: String,
    pub what: What,
}

impl Other {
    pub fn lifecycle(&self) -> Lifecycle {
        match self.what {
            What::Kustomize | What::Helm => Lifecycle::Applications,
            What::Playbook => Lifecycle::Config,
        }
    }
}

pub(super) fn find(tree: &dyn Tree) -> Vec<Other> {
    let mut found = kustomizations(tree);
    found.extend(charts(tree));
    found.extend(playbooks(tree));
    // What can't be written as a ref can't be a module.
    found.retain(|other| xcf_core::docs::check::ref_fault(&other.path).is_none());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn is_hidden(path: &str) -> bool {
    path.split('/')
        .any(|part| part.starts_with('.') || matches!(part, "examples" | "test" | "tests" | "vendor" | "node_modules"))
}

fn files<'t>(tree: &'t dyn Tree, wanted: impl Fn(&str) -> bool + 't) -> impl Iterator<Item = &'t str> + 't {
    let own = tree.entries().iter().filter(|e| e.kind == EntryKind::File && e.size <= LOOK_AT);
    own.map(|e| e.path.as_str()).filter(move |p| wanted(p.rsplit('/').next().unwrap_or(p)) && !is_hidden(p))
}

/// Kustomizations that no other one builds on.
fn kustomizations(tree: &dyn Tree) -> Vec<Other> {
    let mut folders = BTreeSet::new();
    let mut used = BTreeSet::new();
    for file in files(tree, |name| KUSTOMIZATIONS.contains(&name)) {
        let folder = parent(file);
        folders.insert(folder);
        let Ok(bytes) = tree.read(file, LOOK_AT) else { continue };
        for document in documents(&bytes).into_iter().flatten() {
            let lists =
                ["resources", "bases", "components"].into_iter().filter_map(|key| document.get(key)?.as_sequence());
            let paths = lists.flatten().filter_map(|item| item.as_str());
            used.extend(paths.filter_map(|path| join(folder, path)));
        }
    }
    let free = folders.into_iter().filter(|f| !f.is_empty() && !used.contains(*f));
    free.map(|f| Other { path: f.to_owned(), what: What::Kustomize }).collect()
}

/// Charts that are no part of another chart.
fn charts(tree: &dyn Tree) -> Vec<Other> {
    let folders: BTreeSet<&str> =
        files(tree, |name| name == "Chart.yaml").map(parent).filter(|f| !f.is_empty()).collect();
    let inside = |folder: &str| folders.iter().any(|f| folder.strip_prefix(f).is_some_and(|r| r.starts_with('/')));
    let free = folders.iter().filter(|f| !inside(f));
    free.map(|f| Other { path: (*f).to_owned(), what: What::Helm }).collect()
}

/// Playbooks, where a repository keeps them, that no other one imports.
fn playbooks(tree: &dyn Tree) -> Vec<Other> {
    let kept = |file: &str| {
        let folder = parent(file);
        let word = folder.split('/').any(|part| matches!(part, "playbooks" | "ansible"));
        let beside = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let part = folder.split('/').any(|p| PARTS.contains(&p));
        !part && (word || tree.entry(&beside("ansible.cfg")).is_some() || !tree.under(&beside("roles")).is_empty())
    };
    let mut plays = Vec::new();
    let mut imported = BTreeSet::new();
    for file in files(tree, is_yaml).filter(|f| kept(f)) {
        let Ok(bytes) = tree.read(file, LOOK_AT) else { continue };
        for document in documents(&bytes).into_iter().flatten() {
            let Some(list) = document.as_sequence() else { continue };
            let imports = list.iter().filter_map(|p| {
                p.get("import_playbook").or_else(|| p.get("ansible.builtin.import_playbook"))?.as_str()
            });
            imported.extend(imports.filter_map(|path| join(parent(file), path)));
            if list.iter().any(|p| p.get("hosts").is_some() || p.get("import_playbook").is_some()) {
                plays.push(file);
            }
        }
    }
    let free = plays.into_iter().filter(|p| !imported.contains(*p));
    free.map(|p| Other { path: p.to_owned(), what: What::Playbook }).collect()
}
