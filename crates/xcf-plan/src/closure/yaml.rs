//! Reading YAML sources for the files they name.

use super::Walk;
use crate::content::{documents, is_yaml, read_bytes};
use serde_yaml::Value;
use xcf_core::diag::Place;

impl Walk<'_> {
    /// Documents of a YAML file; what can't be read widens.
    pub(super) fn yaml(&mut self, path: &str) -> Vec<Value> {
        if !self.read.insert(path.to_owned()) {
            return Vec::new();
        }
        let Ok(bytes) = read_bytes(self.tree, path) else {
            self.unresolved(Place::file(path), format!("{path} can't be read"));
            return Vec::new();
        };
        let mut good = Vec::new();
        for document in documents(&bytes) {
            match document {
                Ok(value) => good.push(value),
                Err(_) => self.unresolved(Place::file(path), format!("{path} can't be read")),
            }
        }
        good
    }

    /// YAML files directly in the module's folder, or the module's own file.
    pub(super) fn own_yaml(&self, module: &str) -> Vec<String> {
        if self.is_file(module) {
            return vec![module.to_owned()];
        }
        let direct = |path: &str| path.get(module.len() + 1..).is_some_and(|n| !n.contains('/') && is_yaml(n));
        self.tree.under(module).iter().map(|e| e.path.clone()).filter(|p| direct(p)).collect()
    }

    /// Native playbooks and resources: every text that is the path of a file, beside the document or from the root.
    pub(super) fn named_files(&mut self, module: &str) {
        for file in self.own_yaml(module) {
            let base = crate::workspace::refs::parent(&file).to_owned();
            for document in self.yaml(&file) {
                let mut texts = Vec::new();
                strings(&document, &mut texts);
                for text in texts.into_iter().filter(|t| !t.is_empty() && t.len() < 1024 && !t.starts_with('/')) {
                    let places = [self.join_in(&base, &text), self.join_in("", &text)];
                    if let Some(found) = places.into_iter().flatten().find(|p| self.is_file(p)) {
                        self.add(&found);
                    }
                }
            }
        }
    }
}

/// Every text of a value, at any depth.
pub(super) fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Sequence(items) => items.iter().for_each(|i| strings(i, into)),
        Value::Mapping(map) => map.values().for_each(|v| strings(v, into)),
        Value::Tagged(tagged) => strings(&tagged.value, into),
        _ => {}
    }
}
