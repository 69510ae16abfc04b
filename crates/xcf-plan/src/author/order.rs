//! Order without data: `dependencies` between Compositions, `dependsOn` between modules (`dsl §5`).

use super::texts::Texts;
use super::{AuthorError, Port, compose};
use crate::workspace::Workspace;
use serde_json::json;
use std::collections::BTreeSet;
use xcf_core::docs::Doc;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::edit::Edit;

/// Where a Composition is found from elsewhere: its path without the extension.
pub(super) fn path_of(doc: &Doc<CompositionSpec>) -> &str {
    doc.file.strip_suffix(".yaml").or_else(|| doc.file.strip_suffix(".yml")).unwrap_or(&doc.file)
}

/// Length of a list that may not be written at all.
pub(super) fn written<T>(doc: &Doc<T>, pointer: &str, length: usize) -> Option<usize> {
    doc.spans.contains(pointer).then_some(length)
}

/// Position of the `dependencies` entry of `doc` that names `on`.
fn entry_for(doc: &Doc<CompositionSpec>, on: &Doc<CompositionSpec>) -> Option<usize> {
    let same = |reference: &str| reference == path_of(on) || reference == on.file;
    doc.spec.dependencies.iter().position(|d| d.environment.is_none() && same(&d.reference))
}

pub(super) fn depend(
    model: &Workspace,
    texts: &mut Texts<'_>,
    composition: &str,
    on: &str,
) -> Result<String, AuthorError> {
    let (doc, first) = (compose::find(model, composition)?, compose::find(model, on)?);
    if composition == on {
        return Err(AuthorError::Cycle { from: on.to_owned(), to: composition.to_owned() });
    }
    if entry_for(doc, first).is_some() {
        return Err(AuthorError::Nothing(format!("{composition} comes after {on} already ({})", doc.file)));
    }
    if comes_after(model, on, composition) {
        return Err(AuthorError::Cycle { from: on.to_owned(), to: composition.to_owned() });
    }
    let value = json!({ "ref": path_of(first) });
    let length = written(doc, "/spec/dependencies", doc.spec.dependencies.len());
    texts.append((&doc.file, doc.index), "/spec/dependencies", length, value)?;
    Ok(composition.to_owned())
}

pub(super) fn undepend(
    model: &Workspace,
    texts: &mut Texts<'_>,
    composition: &str,
    on: &str,
) -> Result<String, AuthorError> {
    let (doc, first) = (compose::find(model, composition)?, compose::find(model, on)?);
    let Some(at) = entry_for(doc, first) else {
        return Err(AuthorError::Nothing(format!("{} has no dependency on {on}", doc.file)));
    };
    let pointer = match doc.spec.dependencies.len() {
        1 => "/spec/dependencies".to_owned(),
        _ => format!("/spec/dependencies/{at}"),
    };
    texts.edit(&doc.file, doc.index, &[Edit::Remove { pointer }])?;
    Ok(composition.to_owned())
}

pub(super) fn after(model: &Workspace, texts: &mut Texts<'_>, module: &Port, on: &str) -> Result<String, AuthorError> {
    let doc = compose::find(model, &module.composition)?;
    let at = compose::position(doc, &module.module)?;
    compose::position(doc, on)?;
    let target = format!("{}/{}", module.composition, module.module);
    if doc.spec.modules.get(at).is_some_and(|m| m.depends_on.iter().any(|d| d == on)) {
        return Err(AuthorError::Nothing(format!("{target} comes after {on} already ({})", doc.file)));
    }
    no_circle(model, &Port { composition: module.composition.clone(), module: on.to_owned() }, module)?;
    let pointer = format!("/spec/modules/{at}/dependsOn");
    let length = doc.spec.modules.get(at).and_then(|m| written(doc, &pointer, m.depends_on.len()));
    texts.append((&doc.file, doc.index), &pointer, length, json!(on))?;
    Ok(target)
}

pub(super) fn not_after(
    model: &Workspace,
    texts: &mut Texts<'_>,
    module: &Port,
    on: &str,
) -> Result<String, AuthorError> {
    let doc = compose::find(model, &module.composition)?;
    let at = compose::position(doc, &module.module)?;
    let target = format!("{}/{}", module.composition, module.module);
    let list = doc.spec.modules.get(at).map(|m| m.depends_on.as_slice()).unwrap_or_default();
    let Some(entry) = list.iter().position(|d| d == on) else {
        return Err(AuthorError::Nothing(format!("{target} has no dependsOn {on} in {}", doc.file)));
    };
    let pointer = match list.len() {
        1 => format!("/spec/modules/{at}/dependsOn"),
        _ => format!("/spec/modules/{at}/dependsOn/{entry}"),
    };
    texts.edit(&doc.file, doc.index, &[Edit::Remove { pointer }])?;
    Ok(target)
}

/// Refuses an edge `from` → `to` where `from` already waits for `to`, in any Environment.
pub(super) fn no_circle(model: &Workspace, from: &Port, to: &Port) -> Result<(), AuthorError> {
    let named = |port: &Port| format!("{}/{}", port.composition, port.module);
    let is = |unit: &xcf_core::graph::Unit, port: &Port| {
        unit.id.composition.as_str() == port.composition && unit.id.module.as_str() == port.module
    };
    let refuse = || AuthorError::Cycle { from: named(from), to: named(to) };
    if from == to {
        return Err(refuse());
    }
    for start in model.units.iter().filter(|u| is(u, from)) {
        let (mut seen, mut queue) = (BTreeSet::new(), vec![start.id.clone()]);
        while let Some(id) = queue.pop() {
            if model.unit(&id).is_some_and(|unit| is(unit, to)) {
                return Err(refuse());
            }
            if seen.insert(id.clone()) {
                queue.extend(model.depends_on(&id));
            }
        }
    }
    Ok(())
}

/// True if a unit of `composition` waits, however far, for one of `other`.
fn comes_after(model: &Workspace, composition: &str, other: &str) -> bool {
    let starts = model.units.iter().filter(|u| u.id.composition.as_str() == composition).map(|u| u.id.clone());
    let (mut seen, mut queue) = (BTreeSet::new(), starts.collect::<Vec<_>>());
    while let Some(id) = queue.pop() {
        if id.composition.as_str() == other {
            return true;
        }
        if seen.insert(id.clone()) {
            queue.extend(model.depends_on(&id));
        }
    }
    false
}
