//! Copies and deletions.

use super::{Desk, Outcome, RefactorError, refs, set};
use crate::workspace::values::escape;
use serde_json::Value;
use xcf_core::edit::{Edit, Spot};

/// A copy right behind the module; returns what to select.
pub(super) fn duplicate(desk: &mut Desk<'_>, composition: &str, module: &str, name: &str) -> Outcome<String> {
    let doc = desk.composition(composition)?;
    let (index, _) = desk.module(doc, module)?;
    desk.is_free(doc, name)?;
    let lone = doc.spec.modules.len() == 1;
    let position = refs::composition_of(desk.model, composition);
    desk.open(&doc.file)?;
    let spot = |index: usize| Spot::new(&*doc.file, doc.index, format!("/spec/modules/{index}"));
    let refused = |error| RefactorError::Edit { file: doc.file.clone(), error };
    desk.draft.copy_item(&spot(index), &spot(index + 1)).map_err(refused)?;
    desk.edit(&doc.file, doc.index, &[set(format!("/spec/modules/{}/name", index + 1), name)])?;
    if lone {
        name_the_only(desk, position, module, index + 1)?;
    }
    for (environment, entry_index, entry) in position.map(|p| refs::entries(desk.model, p)).unwrap_or_default() {
        if let Some(over) = entry.modules.get(module).and_then(|o| serde_json::to_value(o).ok()) {
            let pointer = format!("/spec/compositions/{entry_index}/modules/{}", escape(name));
            desk.edit(&environment.file, environment.index, &[set(pointer, over)])?;
        }
    }
    Ok(format!("{composition}/{name}"))
}

/// References that could leave out the module's name, because there was one, say it from now on. `copied` is where the
/// copy stands: its own references mean the first one too.
fn name_the_only(desk: &mut Desk<'_>, position: Option<usize>, module: &str, copied: usize) -> Outcome<()> {
    for written in refs::all(desk.model) {
        if Some(written.target) != position || written.reference.module.is_some() {
            continue;
        }
        desk.edit(&written.file, written.document, &[set(format!("{}/module", written.pointer), module)])?;
        let in_copy = written.pointer.strip_prefix(&format!("/spec/modules/{}/", copied - 1));
        let own_file = position.and_then(|p| desk.model.compositions.get(p)).is_some_and(|d| d.file == written.file);
        if let Some(rest) = in_copy.filter(|_| own_file) {
            let pointer = format!("/spec/modules/{copied}/{rest}/module");
            desk.edit(&written.file, written.document, &[set(pointer, module)])?;
        }
    }
    Ok(())
}

/// Deletes a module with its overrides and former names. What still refers to it is told, not touched.
pub(super) fn delete(desk: &mut Desk<'_>, composition: &str, module: &str) -> Outcome<String> {
    let doc = desk.composition(composition)?;
    let (index, _) = desk.module(doc, module)?;
    let position = refs::composition_of(desk.model, composition);
    desk.edit(&doc.file, doc.index, &[Edit::Delete { pointer: format!("/spec/modules/{index}") }])?;
    super::moved::take(desk, doc, module)?;
    for (environment, entry_index, entry) in position.map(|p| refs::entries(desk.model, p)).unwrap_or_default() {
        if entry.modules.contains_key(module) {
            let edit = drop_override(entry_index, entry.modules.len(), module);
            desk.edit(&environment.file, environment.index, &[edit])?;
        }
    }
    Ok(composition.to_owned())
}

/// Takes an override away; with the last one goes the map.
pub(super) fn drop_override(entry: usize, count: usize, module: &str) -> Edit {
    let base = format!("/spec/compositions/{entry}/modules");
    Edit::Delete { pointer: if count == 1 { base } else { format!("{base}/{}", escape(module)) } }
}

/// A value as JSON.
pub(super) fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
