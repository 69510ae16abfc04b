//! Where a workspace speaks of a module, a Composition, an Environment.

use crate::workspace::Workspace;
use crate::workspace::refs::normalise;
use crate::workspace::values::escape;
use serde_json::Value;
use std::collections::BTreeMap;
use xcf_core::docs::Doc;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::docs::environment::Entry;
use xcf_core::value::{OutputRef, Shape, visit_shapes};

/// A reference to an output, as written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub file: String,
    pub document: usize,
    /// Of the reference itself.
    pub pointer: String,
    /// Where it is written.
    pub holder: Holder,
    pub reference: OutputRef,
    /// Position of the Composition it reads.
    pub target: usize,
}

/// Who a reference belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// Module of a Composition, by positions.
    Module(usize, usize),
    /// Entry of an Environment that assembles the Composition at this position, its override of one module, or the
    /// inputs of all.
    Entry { composition: usize, module: Option<String> },
}

/// Position of the Composition that a name or ref means.
pub(super) fn composition_of(model: &Workspace, written: &str) -> Option<usize> {
    let by_name = model.compositions.iter().position(|d| d.name() == written);
    by_name.or_else(|| by_path(model, written))
}

/// Position of the Composition that a ref means.
pub(super) fn by_path(model: &Workspace, written: &str) -> Option<usize> {
    let path = normalise(written).ok()?;
    model.compositions.iter().position(|d| d.file == path || stem(&d.file) == path)
}

/// A path without its YAML extension.
pub(super) fn stem(path: &str) -> &str {
    path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml")).unwrap_or(path)
}

/// Every reference of the workspace that leads to a Composition.
pub(super) fn all(model: &Workspace) -> Vec<Written> {
    let mut found = Vec::new();
    for (position, doc) in model.compositions.iter().enumerate() {
        for (index, module) in doc.spec.modules.iter().enumerate() {
            let at = Source { model, file: &doc.file, document: doc.index, own: Some(position) };
            at.inputs(&module.inputs, &format!("/spec/modules/{index}"), &Holder::Module(position, index), &mut found);
        }
    }
    for doc in &model.environment_docs {
        for (index, entry) in doc.spec.compositions.iter().enumerate() {
            let Some(own) = by_path(model, &entry.reference) else { continue };
            let at = Source { model, file: &doc.file, document: doc.index, own: Some(own) };
            at.entry(entry, own, &format!("/spec/compositions/{index}"), &mut found);
        }
    }
    found
}

struct Source<'a> {
    model: &'a Workspace,
    file: &'a str,
    document: usize,
    /// The Composition that a reference without `from` means.
    own: Option<usize>,
}

impl Source<'_> {
    fn entry(&self, entry: &Entry, composition: usize, base: &str, found: &mut Vec<Written>) {
        self.inputs(&entry.inputs, base, &Holder::Entry { composition, module: None }, found);
        for (name, over) in &entry.modules {
            let holder = Holder::Entry { composition, module: Some(name.clone()) };
            self.inputs(&over.inputs, &format!("{base}/modules/{}", escape(name)), &holder, found);
        }
    }

    fn inputs(&self, inputs: &BTreeMap<String, Value>, base: &str, holder: &Holder, found: &mut Vec<Written>) {
        for (name, value) in inputs {
            let input = format!("{base}/inputs/{}", escape(name));
            visit_shapes(value, &mut |inner, shape| {
                let Shape::Output(reference) = shape else { return };
                let target = reference.from.as_deref().map_or(self.own, |f| composition_of(self.model, f));
                if let Some(target) = target {
                    found.push(Written {
                        file: self.file.to_owned(),
                        document: self.document,
                        pointer: format!("{input}{inner}"),
                        holder: holder.clone(),
                        reference: reference.clone(),
                        target,
                    });
                }
            });
        }
    }
}

/// The module a reference means: its own word, or the only one there is.
pub(super) fn module_of<'d>(doc: &'d Doc<CompositionSpec>, reference: &'d OutputRef) -> Option<&'d str> {
    match (&reference.module, doc.spec.modules.as_slice()) {
        (Some(name), _) => Some(name.as_str()),
        (None, [only]) => Some(crate::workspace::modules::module_name(only)),
        _ => None,
    }
}

/// Entries of Environments that assemble the Composition at `position`: document, index, entry.
pub(super) fn entries(
    model: &Workspace,
    position: usize,
) -> Vec<(&Doc<xcf_core::docs::environment::EnvironmentSpec>, usize, &Entry)> {
    let of = |doc| entries_of(doc).filter(|(_, _, e)| by_path(model, &e.reference) == Some(position));
    model.environment_docs.iter().flat_map(of).collect()
}

fn entries_of(
    doc: &Doc<xcf_core::docs::environment::EnvironmentSpec>,
) -> impl Iterator<Item = (&Doc<xcf_core::docs::environment::EnvironmentSpec>, usize, &Entry)> {
    doc.spec.compositions.iter().enumerate().map(move |(i, e)| (doc, i, e))
}
