//! Copies.

use super::{Desk, Outcome, RefactorError, refs, set};
use crate::workspace::modules::module_name;
use crate::workspace::values::escape;
use serde_json::Value;
use xcf_core::docs::Doc;
use xcf_core::docs::composition::CompositionSpec;
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
        let own_file = position
            .and_then(|p| desk.model.compositions.get(p))
            .is_some_and(|d| d.file == written.file && d.index == written.document);
        if let Some(rest) = in_copy.filter(|_| own_file) {
            let pointer = format!("/spec/modules/{copied}/{rest}/module");
            desk.edit(&written.file, written.document, &[set(pointer, module)])?;
        }
    }
    Ok(())
}

/// A copy at the end of another Composition; returns what to select.
pub(super) fn paste(desk: &mut Desk<'_>, composition: &str, module: &str, to: &str, name: &str) -> Outcome<String> {
    let (from_doc, to_doc) = (desk.composition(composition)?, desk.composition(to)?);
    let (index, source) = desk.module(from_doc, module)?;
    desk.is_free(to_doc, name)?;
    let (from_at, to_at) = (refs::composition_of(desk.model, composition), refs::composition_of(desk.model, to));
    let new = to_doc.spec.modules.len();
    let refused = |error| RefactorError::Edit { file: to_doc.file.clone(), error };
    desk.open(&from_doc.file)?;
    desk.open(&to_doc.file)?;
    let spot = |doc: &Doc<CompositionSpec>, pointer: String| Spot::new(&*doc.file, doc.index, pointer);
    let (here, there) = (spot(from_doc, format!("/spec/modules/{index}")), spot(to_doc, "/spec/modules/-".to_owned()));
    desk.draft.copy_item(&here, &there).map_err(refused)?;
    let mut edits = vec![set(format!("/spec/modules/{new}/name"), name)];
    if !source.depends_on.is_empty() {
        // Names of siblings it has no more.
        edits.push(Edit::Delete { pointer: format!("/spec/modules/{new}/dependsOn") });
    }
    let own =
        |holder: &refs::Holder| matches!(holder, refs::Holder::Module(c, m) if Some(*c) == from_at && *m == index);
    for written in refs::all(desk.model).iter().filter(|w| own(&w.holder)) {
        let Some(rest) = written.pointer.strip_prefix(&format!("/spec/modules/{index}/")) else { continue };
        let pointer = format!("/spec/modules/{new}/{rest}");
        let means = desk.model.compositions.get(written.target).and_then(|d| refs::module_of(d, &written.reference));
        if written.reference.from.is_none() {
            edits.push(set(format!("{pointer}/from"), composition));
        }
        let lone_no_more = Some(written.target) == to_at && written.reference.module.is_none();
        edits.extend(means.filter(|_| lone_no_more).map(|m| set(format!("{pointer}/module"), m)));
    }
    desk.edit(&to_doc.file, to_doc.index, &edits)?;
    if let [lone] = to_doc.spec.modules.as_slice() {
        name_the_only(desk, to_at, module_name(lone), new)?;
    }
    Ok(format!("{to}/{name}"))
}

/// A value as JSON.
pub(super) fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
