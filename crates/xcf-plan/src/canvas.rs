//! Acts of a person on the canvas, several as one: what is selected together moves, goes or is pasted together, in one step
//! of undo (`D2.1`, `D12`). Pure: each act is worked out over the texts the acts before it leave.

use crate::author::{Act, AuthorError, FileEdit, Overlay, author};
use crate::refactor::{Refactor, RefactorError, refactor};
use crate::workspace::modules::module_name;
use crate::workspace::{Workspace, load};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xcf_core::ids::UnitId;
use xcf_core::ports::tree::Tree;

/// More at once is no act of a person.
pub const MOST_ACTS: usize = 500;

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Something is drawn.
    Author(Act),
    /// Something gets another name or place, is copied, or goes.
    Refactor(Refactor),
}

/// Why acts were refused. Nothing is to be written, not even those before the refused one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CanvasError {
    /// Drawing.
    #[error(transparent)]
    Author(#[from] AuthorError),
    /// Renaming, moving, copying, deleting.
    #[error(transparent)]
    Refactor(#[from] RefactorError),
    /// Too many, or none.
    #[error("{0} acts at once: 1 to {MOST_ACTS} can be done together")]
    Count(usize),
}

impl CanvasError {
    /// Stable kebab-case code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Author(error) => error.code(),
            Self::Refactor(error) => error.code(),
            Self::Count(_) => "canvas-count",
        }
    }
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Author(error) => error.hint(),
            Self::Refactor(error) => error.hint(),
            Self::Count(_) => "Select fewer.",
        }
    }
}

/// What acts write and mean.
#[derive(Debug)]
pub struct Drawn {
    /// Whole texts before and after, one per file.
    pub files: Vec<FileEdit>,
    /// What a screen should select now: a Composition, an Environment, or `composition/module`.
    pub target: String,
    /// The workspace with them.
    pub after: Workspace,
    /// What it means for units.
    pub units: UnitChanges,
}

/// Units before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitChanges {
    /// Units that come.
    pub added: Vec<UnitId>,
    /// Units that go from the text: what they hold becomes removals, which need consent (`dsl §7`).
    pub removed: Vec<UnitId>,
    /// Units under another id: former, new. Nothing is created or destroyed.
    pub moved: Vec<(UnitId, UnitId)>,
    /// Units whose engine, gate, window, drift or backup is another.
    pub rerouted: Vec<UnitId>,
}

/// Works out what `steps` write, in their order. `model` must be what `tree` loads to.
///
/// # Errors
/// One of them can't be meant, or a text can't take it; nothing is to be written then.
pub fn draw(model: &Workspace, tree: &Arc<dyn Tree>, steps: &[Step]) -> Result<Drawn, CanvasError> {
    if steps.is_empty() || steps.len() > MOST_ACTS {
        return Err(CanvasError::Count(steps.len()));
    }
    let mut files: BTreeMap<String, FileEdit> = BTreeMap::new();
    let mut names: BTreeMap<UnitId, UnitId> = model.units.iter().map(|u| (u.id.clone(), u.id.clone())).collect();
    let mut now: Option<Workspace> = None;
    let mut target = String::new();
    for step in steps {
        let edits: Vec<FileEdit> = files.values().cloned().collect();
        let over: Arc<dyn Tree> = match edits.is_empty() {
            true => Arc::clone(tree),
            false => Arc::new(Overlay::new(Arc::clone(tree), &edits)),
        };
        let here = now.as_ref().unwrap_or(model);
        let made = match step {
            Step::Author(act) => {
                let authored = author(here, over.as_ref(), act)?;
                target = authored.target;
                authored.files
            }
            Step::Refactor(what) => {
                let done = refactor(here, &over, what)?;
                let moved: BTreeMap<_, _> = done.effects.moved.into_iter().collect();
                for current in names.values_mut() {
                    if let Some(new) = moved.get(current) {
                        *current = new.clone();
                    }
                }
                target = done.target;
                done.files
            }
        };
        made.into_iter().for_each(|edit| merge(&mut files, edit));
        let edits: Vec<FileEdit> = files.values().cloned().collect();
        now = Some(load(&Overlay::new(Arc::clone(tree), &edits)));
    }
    let files = files.into_values().filter(|e| e.before != e.after).collect();
    let after = now.ok_or(CanvasError::Count(0))?;
    let units = changes(model, &after, &names);
    Ok(Drawn { files, target, after, units })
}

/// A later edit of a file on top of an earlier one.
fn merge(files: &mut BTreeMap<String, FileEdit>, edit: FileEdit) {
    match files.get_mut(&edit.file) {
        Some(known) => known.after = edit.after,
        None => {
            files.insert(edit.file.clone(), edit);
        }
    }
}

fn changes(before: &Workspace, after: &Workspace, names: &BTreeMap<UnitId, UnitId>) -> UnitChanges {
    let known: BTreeSet<&UnitId> = names.values().collect();
    let added = after.units.iter().map(|u| &u.id).filter(|id| !known.contains(id)).cloned().collect();
    let mut changes = UnitChanges { added, ..UnitChanges::default() };
    for unit in &before.units {
        let id = names.get(&unit.id).unwrap_or(&unit.id);
        let Some(new) = after.unit(id) else {
            changes.removed.push(unit.id.clone());
            continue;
        };
        if *id != unit.id {
            changes.moved.push((unit.id.clone(), id.clone()));
        }
        if !crate::refactor::same_route(unit, new) {
            changes.rerouted.push(id.clone());
        }
    }
    changes
}

/// Names that copies of one request have got already: Composition and module.
pub type Taken = BTreeSet<(String, String)>;

/// The path a renamed Composition gets: where its file has its name, and nothing else stands in it, that is renamed too.
#[must_use]
pub fn file_for(model: &Workspace, composition: &str, to: &str) -> Option<String> {
    let file = &model.composition(composition)?.file;
    let (folder, name) = file.rsplit_once('/').map_or(("", file.as_str()), |(folder, name)| (folder, name));
    let extension = name.strip_prefix(composition).filter(|e| *e == ".yaml" || *e == ".yml")?;
    let lone = model.compositions.iter().filter(|d| d.file == *file).count() == 1;
    (lone && !folder.is_empty()).then(|| format!("{folder}/{to}{extension}"))
}

/// `module`, or that with the first free number.
#[must_use]
pub fn free_name(model: &Workspace, composition: &str, module: &str, taken: &Taken) -> String {
    let known = |name: &str| {
        let there =
            model.composition(composition).is_some_and(|d| d.spec.modules.iter().any(|m| module_name(m) == name));
        there || taken.contains(&(composition.to_owned(), name.to_owned()))
    };
    let mut name = module.to_owned();
    let mut number = 2_u32;
    while known(&name) {
        name = format!("{module}-{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests;
