//! Names are unique (`dsl §2`): two documents of one kind with one name are an error at both, and neither is used.

use super::finding::Finding;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::Doc;

/// Indices of `docs` whose name stands twice, with the errors.
pub(super) fn duplicates<T>(kind: &str, docs: &[Doc<T>]) -> (BTreeSet<usize>, Vec<Diagnostic>) {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, doc) in docs.iter().enumerate() {
        by_name.entry(doc.name()).or_default().push(index);
    }
    let (mut twice, mut found) = (BTreeSet::new(), Vec::new());
    for (name, indices) in by_name.into_iter().filter(|(_, i)| i.len() > 1) {
        let places: Vec<Place> =
            indices.iter().filter_map(|i| docs.get(*i)).map(|d| d.place("/metadata/name")).collect();
        for (at, place) in places.iter().enumerate() {
            let others = places.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, p)| p.clone());
            let message = format!("The {kind} name `{name}` is given more than once.");
            found.push(
                Diagnostic::error("duplicate-name", message, place.clone())
                    .hint("Unit ids hang on names: give each document its own.")
                    .related(others),
            );
        }
        twice.extend(indices);
    }
    (twice, found)
}

/// The errors as findings that touch nothing but their place.
pub(super) fn plain(kind: &str, docs: &[Doc<impl Sized>], into: &mut Vec<Finding>) {
    into.extend(duplicates(kind, docs).1.into_iter().map(Finding::new));
}
