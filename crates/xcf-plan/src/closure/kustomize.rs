//! What a kustomization reads besides its own folder: bases, components, patches and generator files.

use super::Walk;
use super::yaml::strings;
use serde_yaml::Value;

/// Keys whose texts are paths (or remote addresses).
const PATH_KEYS: [&str; 12] = [
    "resources",
    "bases",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "configMapGenerator",
    "secretGenerator",
    "transformers",
    "generators",
    "replacements",
    "crds",
];

impl Walk<'_> {
    pub(super) fn kustomize(&mut self, dir: &str) {
        let mut todo = vec![dir.to_owned()];
        while let Some(dir) = todo.pop() {
            self.add(&dir);
            for name in ["kustomization.yaml", "kustomization.yml", "Kustomization"] {
                let file = format!("{dir}/{name}");
                if !self.is_file(&file) {
                    continue;
                }
                for document in self.yaml(&file) {
                    for text in named(&document) {
                        let Some(path) = self.join_in(&dir, &text) else { continue };
                        if !self.exists(&path) {
                            continue;
                        }
                        if self.is_file(&path) {
                            self.add(&path);
                        } else {
                            todo.push(path);
                        }
                    }
                }
            }
        }
    }
}

/// Texts that may be relative paths; `KEY=PATH` of generators gives its path.
fn named(document: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    for key in PATH_KEYS {
        if let Some(value) = document.get(key) {
            strings(value, &mut texts);
        }
    }
    let local = |t: &String| !t.contains("://") && !t.contains('\n') && t.len() < 1024;
    let path = |t: String| t.rsplit_once('=').map_or(t.clone(), |(_, path)| path.to_owned());
    texts.into_iter().filter(local).map(path).collect()
}
