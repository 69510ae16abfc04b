//! The palette: every module of a repository with its title, its typed ports and what is wrong with it (`D12` Graph).
//!
//! Modules are found where repositories keep them (`modules/`, `playbooks/`, manifests) and wherever a Composition names
//! one. Reading runs nothing, follows no link out of the repository, and a bad file costs only its own card.

mod card;
mod objects;
mod places;
mod readme;
pub mod schema;

pub use card::{ModuleCard, ObjectCard};

use crate::workspace::Workspace;
use crate::workspace::refs::Links;
use places::Candidate;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use xcf_core::ids::Digest;
use xcf_core::ports::tree::Tree;

/// The content a card was read from, and the card, if the folder is a module.
type Read = (Digest, Option<Arc<ModuleCard>>);

/// Cards that were read, by path and content: the next reading takes what did not change.
#[derive(Debug, Clone, Default)]
pub struct Cards {
    known: BTreeMap<(String, bool), Read>,
}

impl Cards {
    /// Every module of `tree`, sorted by ref. `workspace` (of the same tree) adds the modules that Compositions name
    /// elsewhere. Only what changed since the last call is read.
    pub fn refresh(&mut self, tree: &dyn Tree, workspace: &Workspace) -> Vec<Arc<ModuleCard>> {
        let links = Links::of(tree);
        let mut candidates = places::candidates(tree, &links);
        for content in workspace.modules.values() {
            let path = content.path.to_string();
            candidates.entry(path.clone()).or_insert(Candidate::named(path, content.is_file));
        }
        let fresh: BTreeMap<_, _> = candidates
            .into_par_iter()
            .map(|(reference, candidate)| {
                let key = (reference, candidate.is_file);
                let mark = places::mark(tree, &candidate);
                let old = self.known.get(&key).filter(|(known, _)| Some(known) == mark.as_ref());
                let card = match old {
                    Some((_, card)) => card.clone(),
                    None => ModuleCard::read(tree, &links, &key.0, &candidate).map(Arc::new),
                };
                // Without a mark it is read again each time.
                (key, (mark.unwrap_or_else(|| Digest::from_bytes(&[])), card))
            })
            .collect();
        self.known = fresh;
        self.known.values().filter_map(|(_, card)| card.clone()).collect()
    }
}

#[cfg(test)]
mod tests;
