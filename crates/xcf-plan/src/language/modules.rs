//! Folders and files of a repository that could be modules, whether a Composition names them or not.

use std::collections::BTreeSet;
use xcf_core::ports::tree::{EntryKind, Tree};

/// Most candidates that are offered.
const MOST: usize = 2_000;

/// Paths that a module's `ref` may name: Terraform roots, Pulumi and kustomize folders, playbooks.
pub(super) fn candidates(tree: &dyn Tree) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for entry in tree.entries().iter().filter(|e| e.kind == EntryKind::File) {
        if found.len() >= MOST {
            break;
        }
        let path = entry.path.as_str();
        if crate::workspace::is_document_file(path) || path.split('/').any(|p| p.starts_with('.')) {
            continue;
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_root = name.ends_with(".tf")
            || name.ends_with(".tf.json")
            || matches!(name, "Pulumi.yaml" | "kustomization.yaml" | "kustomization.yml");
        if is_root && !folder.is_empty() {
            found.insert(folder);
        } else if is_playbook(path, folder) {
            found.insert(path);
        }
    }
    found
}

/// Playbooks are told by where they stand; their parts (roles, tasks, side files) are none.
fn is_playbook(path: &str, folder: &str) -> bool {
    let parts = ["roles", "tasks", "handlers", "templates", "files", "vars", "group_vars", "host_vars", "meta"];
    let yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    yaml && !path.ends_with(".xcf.yaml")
        && folder.split('/').any(|p| p == "playbooks")
        && !folder.split('/').any(|p| parts.contains(&p))
}
