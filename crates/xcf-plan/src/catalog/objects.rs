//! The objects of Kubernetes manifests, as far as they are written out in the module's own folder.

use super::ObjectCard;
use crate::content::{documents, is_yaml};
use serde_yaml::Value;
use xcf_core::diag::Place;
use xcf_core::ports::tree::{EntryKind, Tree};

/// Files looked at, bytes of one, and objects kept: a card is a summary.
const MOST_FILES: usize = 200;
const LOOK_AT: u64 = 1024 * 1024;
const MOST_OBJECTS: usize = 500;

/// Objects in the order of their files. Templates of charts are not YAML before they are rendered: they are left out.
pub(super) fn of(tree: &dyn Tree, path: &str, is_file: bool) -> Vec<ObjectCard> {
    let files: Vec<&str> = if is_file {
        vec![path]
    } else {
        let own =
            tree.under(path).iter().filter(|e| e.kind == EntryKind::File && e.size <= LOOK_AT && is_yaml(&e.path));
        own.map(|e| e.path.as_str()).filter(|p| !p.contains("/templates/")).take(MOST_FILES).collect()
    };
    let mut found = Vec::new();
    for file in files {
        let Ok(bytes) = tree.read(file, LOOK_AT) else { continue };
        for document in documents(&bytes).into_iter().flatten() {
            found.extend(object(&document, file));
        }
        if found.len() >= MOST_OBJECTS {
            break;
        }
    }
    found.truncate(MOST_OBJECTS);
    found
}

fn object(document: &Value, file: &str) -> Option<ObjectCard> {
    let api = document.get("apiVersion")?.as_str()?;
    let kind = document.get("kind")?.as_str()?;
    let ours = api == xcf_core::docs::API_VERSION || api.starts_with("kustomize.config.k8s.io/");
    let metadata = document.get("metadata");
    let word = |key: &str| metadata.and_then(|m| m.get(key)?.as_str()).unwrap_or_default().to_owned();
    (!ours).then(|| ObjectCard {
        kind: kind.to_owned(),
        name: word("name"),
        namespace: word("namespace"),
        place: Place::file(file),
    })
}
