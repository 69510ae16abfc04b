//! `moved`: which former ids a module had (`dsl §2`).

use super::{Desk, Outcome, set};
use serde_json::json;
use xcf_core::docs::Doc;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::edit::Edit;

/// The edits of `doc` that say: its module `to` was `from` (`composition/module`). Former names of the module so far
/// (`was`) become former names of `to`; one that is its name again is no former name any more.
pub(super) fn renamed(doc: &Doc<CompositionSpec>, from: &str, was: &str, to: &str) -> Vec<Edit> {
    let present = format!("{}/{to}", doc.name());
    let mut edits = Vec::new();
    let mut gone = Vec::new();
    let mut known = false;
    for (index, entry) in doc.spec.moved.iter().enumerate() {
        if entry.to != was {
            continue;
        }
        known |= entry.from == from;
        match entry.from == present {
            true => gone.push(index),
            false => edits.push(set(format!("/spec/moved/{index}/to"), to)),
        }
    }
    edits.extend(gone.into_iter().rev().map(|index| Edit::Delete { pointer: format!("/spec/moved/{index}") }));
    if !known {
        edits.push(add(doc.spec.moved.is_empty(), from, to));
    }
    edits
}

/// One more statement.
pub(super) fn add(is_first: bool, from: &str, to: &str) -> Edit {
    let entry = json!({"from": from, "to": to});
    match is_first {
        true => set("/spec/moved", json!([entry])),
        false => set("/spec/moved/-", entry),
    }
}

/// Takes the former names of a module that leaves `doc`; they go where it goes.
pub(super) fn take(desk: &mut Desk<'_>, doc: &Doc<CompositionSpec>, module: &str) -> Outcome<Vec<String>> {
    let mut former = Vec::new();
    let mut edits = Vec::new();
    for (index, entry) in doc.spec.moved.iter().enumerate().filter(|(_, e)| e.to == module) {
        former.push(entry.from.clone());
        edits.push(Edit::Delete { pointer: format!("/spec/moved/{index}") });
    }
    edits.reverse();
    if former.len() == doc.spec.moved.len() && !edits.is_empty() {
        edits = vec![Edit::Delete { pointer: "/spec/moved".to_owned() }];
    }
    desk.edit(&doc.file, doc.index, &edits)?;
    Ok(former)
}
