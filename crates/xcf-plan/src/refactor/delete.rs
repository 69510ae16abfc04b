//! Deletions: what still refers to the deleted thing is told by the diagnostics of the result, never touched.

use super::{Desk, Outcome, RefactorError, moved, refs};
use crate::workspace::values::escape;
use xcf_core::edit::Edit;

/// Deletes a module with its overrides and former names.
pub(super) fn module(desk: &mut Desk<'_>, composition: &str, module: &str) -> Outcome<String> {
    let doc = desk.composition(composition)?;
    let (index, _) = desk.module(doc, module)?;
    let position = refs::composition_of(desk.model, composition);
    desk.edit(&doc.file, doc.index, &[Edit::Delete { pointer: format!("/spec/modules/{index}") }])?;
    moved::take(desk, doc, module)?;
    for (environment, entry_index, entry) in position.map(|p| refs::entries(desk.model, p)).unwrap_or_default() {
        if entry.modules.contains_key(module) {
            let edit = drop_override(entry_index, entry.modules.len(), module);
            desk.edit(&environment.file, environment.index, &[edit])?;
        }
    }
    Ok(composition.to_owned())
}

/// Deletes a Composition's document, the entries that assemble it and the orders that name it.
pub(super) fn composition(desk: &mut Desk<'_>, name: &str) -> Outcome<String> {
    let doc = desk.composition(name)?;
    let model = desk.model;
    let position = refs::composition_of(model, name);
    for environment in &model.environment_docs {
        let entries = environment.spec.compositions.iter().map(|e| e.reference.as_str());
        let edits = items(entries, "/spec/compositions", |r| refs::by_path(model, r) == position);
        desk.edit(&environment.file, environment.index, &edits)?;
    }
    for other in model.compositions.iter().filter(|d| d.name() != name) {
        let orders = other.spec.dependencies.iter().map(|d| d.reference.as_str());
        let edits = items(orders, "/spec/dependencies", |r| refs::by_path(model, r) == position);
        desk.edit(&other.file, other.index, &edits)?;
    }
    desk.open(&doc.file)?;
    let refused = |error| RefactorError::Edit { file: doc.file.clone(), error };
    desk.draft.drop_document(&doc.file, doc.index).map_err(refused)?;
    Ok(name.to_owned())
}

/// Deletes the items of a list that `goes` says, last first, so that indices stay right.
fn items<'a>(
    refs: impl DoubleEndedIterator<Item = &'a str> + ExactSizeIterator,
    list: &str,
    goes: impl Fn(&str) -> bool,
) -> Vec<Edit> {
    let gone = refs.enumerate().rev().filter(|(_, r)| goes(r));
    gone.map(|(i, _)| Edit::Delete { pointer: format!("{list}/{i}") }).collect()
}

/// Takes an override away; with the last one goes the map.
pub(super) fn drop_override(entry: usize, count: usize, module: &str) -> Edit {
    let base = format!("/spec/compositions/{entry}/modules");
    Edit::Delete { pointer: if count == 1 { base } else { format!("{base}/{}", escape(module)) } }
}
