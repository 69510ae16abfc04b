//! What kind of content a module path holds (`dsl §4`). Nothing of it is run.

use super::{ContentKind, terraform};
use serde_yaml::Value;
use std::collections::BTreeSet;
use xcf_core::diag::Diagnostic;
use xcf_core::ports::tree::{EntryKind, Tree};

/// Files of a folder that are looked at for objects and plays; a folder of thousands of manifests is told by its first.
const LOOK_AT: usize = 64;

pub(super) struct Found {
    pub kinds: BTreeSet<ContentKind>,
    pub diagnostics: Vec<Diagnostic>,
}

pub(super) fn detect(tree: &dyn Tree, path: &str, is_file: bool) -> Found {
    let mut found = Found { kinds: BTreeSet::new(), diagnostics: Vec::new() };
    if is_file {
        found.look(tree, path);
        return found;
    }
    let mut yaml = Vec::new();
    for entry in tree.under(path).iter().filter(|e| e.kind != EntryKind::Submodule) {
        let Some(name) = entry.path.get(path.len() + 1..).filter(|n| !n.contains('/')) else { continue };
        match name {
            "Pulumi.yaml" | "Pulumi.yml" => {
                found.kinds.insert(ContentKind::Pulumi);
            }
            // A chart renders to objects; the same engines apply them.
            "kustomization.yaml" | "kustomization.yml" | "Kustomization" | "Chart.yaml" => {
                found.kinds.insert(ContentKind::Kubernetes);
            }
            _ if terraform::is_terraform_file(name) => {
                found.kinds.insert(ContentKind::Terraform);
            }
            _ if is_yaml(name) && !is_side_file(name) && !name.starts_with("Pulumi.") => yaml.push(entry.path.clone()),
            _ => {}
        }
    }
    // The marker files decide; loose YAML beside Terraform or Pulumi is data of those.
    if found.kinds.is_empty() {
        for file in yaml.iter().take(LOOK_AT) {
            found.look(tree, file);
        }
    }
    found
}

impl Found {
    fn look(&mut self, tree: &dyn Tree, path: &str) {
        if terraform::is_terraform_file(path) || !is_yaml(path) {
            return;
        }
        let bytes = match super::read_bytes(tree, path) {
            Ok(bytes) => bytes,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        for document in documents(&bytes) {
            match document {
                Ok(value) => self.kinds.extend(kind_of(&value)),
                Err(error) => {
                    let place = error.location().map_or_else(
                        || xcf_core::diag::Place::file(path),
                        |at| xcf_core::diag::Place::new(path, small(at.line()), small(at.column())),
                    );
                    return self.diagnostics.push(
                        Diagnostic::error("invalid-module", format!("{path} is not valid YAML: {error}."), place)
                            .hint("Mend the file, or take it out of the module's folder."),
                    );
                }
            }
        }
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

/// The documents of a YAML stream; custom tags (`!vault`) are kept as tagged values.
pub(crate) fn documents(bytes: &[u8]) -> Vec<Result<Value, serde_yaml::Error>> {
    use serde::Deserialize;
    use serde::de::Error;
    if super::is_too_deep(bytes) {
        return vec![Err(serde_yaml::Error::custom("brackets nest too deep"))];
    }
    let mut all = Vec::new();
    for document in serde_yaml::Deserializer::from_slice(bytes) {
        let value = Value::deserialize(document);
        let failed = value.is_err();
        all.push(value);
        // After a syntax error the rest of the stream has no meaning.
        if failed {
            break;
        }
    }
    all
}

fn kind_of(value: &Value) -> Option<ContentKind> {
    if let Some(list) = value.as_sequence() {
        let play = |item: &Value| item.get("hosts").is_some() || item.get("import_playbook").is_some();
        return (!list.is_empty() && list.iter().any(play)).then_some(ContentKind::Ansible);
    }
    let api = value.get("apiVersion")?.as_str()?;
    let kind = value.get("kind")?.as_str()?;
    match (api == xcf_core::docs::API_VERSION, kind) {
        (true, "Playbook") => Some(ContentKind::Ssh),
        (true, "NativeResource") => Some(ContentKind::Native),
        (true, _) => None,
        (false, _) => Some(ContentKind::Kubernetes),
    }
}

pub(crate) fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

fn is_side_file(name: &str) -> bool {
    name.ends_with(".xcf.yaml")
        || name.ends_with(".xcf.yml")
        || name == "requirements.yml"
        || name == "requirements.yaml"
}
