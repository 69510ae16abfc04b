//! New names.

use super::refs::{self, Holder};
use super::{Desk, Outcome, RefactorError, moved, set};
use crate::workspace::modules::module_name;
use crate::workspace::refs::normalise;
use crate::workspace::values::escape;
use xcf_core::edit::Edit;
use xcf_core::ids::is_dns_label;

/// Renames a module; returns what to select.
pub(super) fn module(desk: &mut Desk<'_>, composition: &str, module: &str, to: &str) -> Outcome<String> {
    let doc = desk.composition(composition)?;
    let (index, _) = desk.module(doc, module)?;
    desk.is_free(doc, to)?;
    let mut edits = vec![set(format!("/spec/modules/{index}/name"), to)];
    for (sibling, other) in doc.spec.modules.iter().enumerate() {
        let after = other.depends_on.iter().enumerate().filter(|(_, name)| *name == module);
        edits.extend(after.map(|(i, _)| set(format!("/spec/modules/{sibling}/dependsOn/{i}"), to)));
    }
    // The key comes after `ref`: pointers into lists stay right.
    edits.extend(moved::renamed(doc, &format!("{composition}/{module}"), module, to));
    desk.edit(&doc.file, doc.index, &edits)?;
    let position = refs::composition_of(desk.model, composition);
    for written in refs::all(desk.model) {
        let names = written.reference.module.as_ref().is_some_and(|m| m.as_str() == module);
        if names && Some(written.target) == position {
            desk.edit(&written.file, written.document, &[set(format!("{}/module", written.pointer), to)])?;
        }
    }
    for (environment, index, entry) in position.map(|p| refs::entries(desk.model, p)).unwrap_or_default() {
        if entry.modules.contains_key(module) {
            let pointer = format!("/spec/compositions/{index}/modules/{}", escape(module));
            desk.edit(&environment.file, environment.index, &[Edit::Rename { pointer, to: to.to_owned() }])?;
        }
    }
    Ok(format!("{composition}/{to}"))
}

/// Renames a Composition; returns what to select.
pub(super) fn composition(desk: &mut Desk<'_>, name: &str, to: &str, file: Option<&str>) -> Outcome<String> {
    let doc = desk.composition(name)?;
    free_document(to, desk.model.composition(to).is_some() && to != name, "the Composition")?;
    let position = refs::composition_of(desk.model, name);
    let mut edits = Vec::new();
    if to != name {
        edits.push(set("/metadata/name", to));
        let mut first = doc.spec.moved.is_empty();
        for module in doc.spec.modules.iter().map(module_name) {
            let former = format!("{name}/{module}");
            let known = doc.spec.moved.iter().any(|m| m.from == former && m.to == module);
            if !known {
                edits.push(moved::add(first, &former, module));
                first = false;
            }
        }
        // A former name that is its name again is no former name.
        let again = |m: &xcf_core::docs::composition::Moved| m.from == format!("{to}/{}", m.to);
        let gone: Vec<usize> = doc.spec.moved.iter().enumerate().filter(|(_, m)| again(m)).map(|(i, _)| i).collect();
        edits.extend(gone.into_iter().rev().map(|i| Edit::Delete { pointer: format!("/spec/moved/{i}") }));
    }
    desk.edit(&doc.file, doc.index, &edits)?;
    let path = file.map(str::to_owned);
    for written in refs::all(desk.model).into_iter().filter(|w| Some(w.target) == position) {
        let new = written.reference.from.as_deref().and_then(|from| match from == name {
            true => (to != name).then(|| to.to_owned()),
            false => path.as_deref().map(|p| like(from, p)),
        });
        if let Some(new) = new {
            desk.edit(&written.file, written.document, &[set(format!("{}/from", written.pointer), new)])?;
        }
    }
    if let Some(path) = path {
        rename_file(desk, &doc.file, &path, position)?;
    }
    Ok(to.to_owned())
}

/// A ref to `path` written as `old` was: with or without extension.
fn like(old: &str, path: &str) -> String {
    let bare = refs::stem(old) == old;
    if bare { refs::stem(path).to_owned() } else { path.to_owned() }
}

fn rename_file(desk: &mut Desk<'_>, file: &str, path: &str, position: Option<usize>) -> Outcome<()> {
    let clean = normalise(path).ok().filter(|p| p == path && p.starts_with("compositions/") && refs::stem(p) != p);
    let Some(path) = clean else { return Err(RefactorError::BadName(path.to_owned())) };
    if path != file && desk.tree.entry(&path).is_some() {
        return Err(RefactorError::Taken { what: "the file", name: path });
    }
    let model = desk.model;
    for doc in &model.compositions {
        for (index, dependency) in doc.spec.dependencies.iter().enumerate() {
            if refs::by_path(model, &dependency.reference) == position {
                let pointer = format!("/spec/dependencies/{index}/ref");
                desk.edit(&doc.file, doc.index, &[set(pointer, like(&dependency.reference, &path))])?;
            }
        }
    }
    for (doc, index, entry) in position.map(|p| refs::entries(model, p)).unwrap_or_default() {
        let pointer = format!("/spec/compositions/{index}/ref");
        desk.edit(&doc.file, doc.index, &[set(pointer, like(&entry.reference, &path))])?;
    }
    desk.open(file)?;
    let refused = |error| RefactorError::Edit { file: file.to_owned(), error };
    if path == file { Ok(()) } else { desk.draft.rename(file, &path).map_err(refused) }
}

fn free_document(name: &str, taken: bool, what: &'static str) -> Outcome<()> {
    if !is_dns_label(name) {
        return Err(RefactorError::BadName(name.to_owned()));
    }
    if taken { Err(RefactorError::Taken { what, name: name.to_owned() }) } else { Ok(()) }
}

/// Renames an Environment; returns what to select.
pub(super) fn environment(desk: &mut Desk<'_>, name: &str, to: &str) -> Outcome<String> {
    let model = desk.model;
    let unknown = || RefactorError::Unknown { what: "Environment", name: name.to_owned() };
    let doc = model.environment_doc(name).ok_or_else(unknown)?;
    free_document(to, model.environment_doc(to).is_some(), "the Environment")?;
    let mut edits = vec![set("/metadata/name", to)];
    let again = doc.spec.moved.iter().position(|m| m.from == to);
    edits.extend(again.map(|i| Edit::Delete { pointer: format!("/spec/moved/{i}") }));
    if doc.spec.moved.iter().all(|m| m.from != name) {
        let entry = serde_json::json!({"from": name});
        let edit = match doc.spec.moved.is_empty() {
            true => set("/spec/moved", serde_json::json!([entry])),
            false => set("/spec/moved/-", entry),
        };
        edits.push(edit);
    }
    desk.edit(&doc.file, doc.index, &edits)?;
    for other in &model.environment_docs {
        let after = other.spec.after.iter().enumerate().filter(|(_, n)| *n == name);
        let edits: Vec<Edit> = after.map(|(i, _)| set(format!("/spec/after/{i}"), to)).collect();
        desk.edit(&other.file, other.index, &edits)?;
    }
    for other in &model.compositions {
        let named = |(_, d): &(usize, &xcf_core::docs::composition::Dependency)| d.environment.as_deref() == Some(name);
        let list = other.spec.dependencies.iter().enumerate().filter(named);
        let edits: Vec<Edit> = list.map(|(i, _)| set(format!("/spec/dependencies/{i}/environment"), to)).collect();
        desk.edit(&other.file, other.index, &edits)?;
    }
    for written in refs::all(model) {
        if written.reference.environment.as_ref().is_some_and(|e| e.as_str() == name) {
            desk.edit(&written.file, written.document, &[set(format!("{}/environment", written.pointer), to)])?;
        }
    }
    super::policies::rename_environment(desk, name, to)?;
    Ok(to.to_owned())
}

/// True if a reference is written in the module itself or in an override of it.
pub(super) fn belongs_to(holder: &Holder, composition: usize, index: usize, module: &str) -> bool {
    match holder {
        Holder::Module(c, m) => *c == composition && *m == index,
        Holder::Entry { composition: c, module: Some(m) } => *c == composition && m == module,
        Holder::Entry { module: None, .. } => false,
    }
}
