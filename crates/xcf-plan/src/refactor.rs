//! Renaming and moving with everything that refers to it (`dsl §2`, `D2.1`): the former id is written as `moved`, every
//! reference, order and override follows, and the result is looked at before it is handed out. Nothing is created or
//! destroyed by it, whatever the texts look like; a change that can't promise that is refused.

mod copy;
mod delete;
mod judge;
mod moved;
mod policies;
mod refs;
mod rename;
#[cfg(test)]
pub(crate) mod tests;
mod transfer;

pub use judge::Effects;
pub(crate) use judge::same_route;

use crate::author::{FileEdit, Overlay};
use crate::workspace::modules::module_name;
use crate::workspace::{Workspace, load};
use std::sync::Arc;
use xcf_core::diag::Place;
use xcf_core::docs::Doc;
use xcf_core::docs::composition::{CompositionSpec, Module};
use xcf_core::edit::{Draft, Edit, EditError, Patch};
use xcf_core::ids::is_dns_label;
use xcf_core::ports::tree::Tree;

/// Documents are far smaller (`dsl` limits).
const LARGEST: u64 = 2 << 20;

/// One refactoring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refactor {
    /// A module, and with it its unit in every Environment, gets another name.
    RenameModule {
        /// `metadata.name` of its Composition.
        composition: String,
        /// Its name.
        module: String,
        /// Its new name.
        to: String,
    },
    /// A Composition gets another name, and another file if asked.
    RenameComposition {
        /// `metadata.name`.
        composition: String,
        /// The new name.
        to: String,
        /// The new repository-relative path with extension; none: the file stays where it is.
        file: Option<String>,
    },
    /// An Environment gets another name; its file stays.
    RenameEnvironment {
        /// `metadata.name`.
        environment: String,
        /// The new name.
        to: String,
    },
    /// A module goes to another Composition, with its comments and its overrides.
    MoveModule {
        /// `metadata.name` of its Composition.
        composition: String,
        /// Its name.
        module: String,
        /// `metadata.name` of the Composition it goes to.
        to: String,
        /// Index among the modules there; none: the end.
        index: Option<usize>,
    },
    /// A copy of a module right behind it, with its comments, under a new name. Nothing refers to it yet.
    DuplicateModule {
        /// `metadata.name` of its Composition.
        composition: String,
        /// Its name.
        module: String,
        /// Name of the copy.
        name: String,
    },
    /// A copy of a module at the end of another Composition, with its comments: it reads what the module reads. Nothing
    /// refers to it yet; overrides stay with the module.
    CopyModule {
        /// `metadata.name` of its Composition.
        composition: String,
        /// Its name.
        module: String,
        /// `metadata.name` of the Composition the copy goes to.
        to: String,
        /// Name of the copy.
        name: String,
    },
    /// A Composition goes with its document, and from the Environments that assemble it and the Compositions that wait for
    /// it: its units become removals, which need consent (`dsl §7`).
    DeleteComposition {
        /// `metadata.name`.
        composition: String,
    },
    /// A module goes with its comments and its overrides: its units become removals, which need consent (`dsl §7`).
    DeleteModule {
        /// `metadata.name` of its Composition.
        composition: String,
        /// Its name.
        module: String,
    },
}

/// Why a refactoring was refused. Nothing is to be written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RefactorError {
    /// Something named is not there.
    #[error("there is no {what} `{name}`, or its file can't be read")]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name is taken.
    #[error("{what} `{name}` exists already")]
    Taken {
        /// What kind of thing.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name is no DNS label.
    #[error(
        "`{0}` is no name: lower-case letters, digits and `-`, at most 63, starting and ending with a letter or digit"
    )]
    BadName(String),
    /// While a file can't be read, not every reference can be found.
    #[error("{file} can't be read, so what it refers to can't follow")]
    Unreadable {
        /// The file.
        file: String,
    },
    /// An Environment assembles only one of the two Compositions: units would appear or vanish there.
    #[error("{environment} assembles only one of `{from}` and `{to}`: a unit would {what} there")]
    Assembly {
        /// The Environment.
        environment: String,
        /// The Composition it leaves.
        from: String,
        /// The Composition it comes to.
        to: String,
        /// `appear` or `vanish`.
        what: &'static str,
    },
    /// An order without data (`dependsOn`) holds between the module and its siblings; there is no such order across
    /// Compositions.
    #[error("`{module}` and `{sibling}` are ordered by `dependsOn`, which can't cross Compositions ({place})")]
    Order {
        /// The module that goes.
        module: String,
        /// The one that stays.
        sibling: String,
        /// Where the order is written.
        place: Place,
    },
    /// The result would not be the same infrastructure.
    #[error("the result would not be the same: {why}")]
    Changes {
        /// What differs.
        why: String,
    },
    /// The text can't take the edit.
    #[error("{file}: {error}")]
    Edit {
        /// File.
        file: String,
        /// Why.
        error: EditError,
    },
}

impl RefactorError {
    /// Stable kebab-case code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "refactor-unknown",
            Self::Taken { .. } => "refactor-name-taken",
            Self::BadName(_) => "refactor-bad-name",
            Self::Unreadable { .. } => "refactor-unreadable",
            Self::Assembly { .. } => "refactor-assembly",
            Self::Order { .. } => "refactor-order",
            Self::Changes { .. } => "refactor-changes",
            Self::Edit { error, .. } => error.code(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "Choose one that is shown.",
            Self::Taken { .. } | Self::BadName(_) => "Choose another name.",
            Self::Unreadable { .. } => "Mend the file first.",
            Self::Assembly { .. } => "Assemble both Compositions there, or neither.",
            Self::Order { .. } => "Take that order away first, or wire an output instead.",
            Self::Changes { .. } => "Nothing was written. Make the change in smaller steps.",
            Self::Edit { .. } => "Edit the text in the YAML tab.",
        }
    }
}

/// What a refactoring writes, and what comes of it.
#[derive(Debug, Clone)]
pub struct Refactored {
    /// Splices per file; inverted, they restore every byte.
    pub patch: Patch,
    /// The same as whole texts.
    pub files: Vec<FileEdit>,
    /// What a screen should select now: a Composition, an Environment, or `composition/module`.
    pub target: String,
    /// What it means for units and edges.
    pub effects: Effects,
}

type Outcome<T> = Result<T, RefactorError>;

/// Works out what `refactor` writes. `model` must be what `tree` loads to.
///
/// # Errors
/// It can't be meant, or units would be created, destroyed or changed by it; nothing is to be written then.
pub fn refactor(model: &Workspace, tree: &Arc<dyn Tree>, refactor: &Refactor) -> Outcome<Refactored> {
    if let Some(broken) = model.health.unreadable.first() {
        return Err(RefactorError::Unreadable { file: broken.file.clone() });
    }
    let mut desk = Desk { model, tree: tree.as_ref(), draft: Draft::new() };
    let target = match refactor {
        Refactor::RenameModule { composition, module, to } => rename::module(&mut desk, composition, module, to)?,
        Refactor::RenameComposition { composition, to, file } => {
            rename::composition(&mut desk, composition, to, file.as_deref())?
        }
        Refactor::RenameEnvironment { environment, to } => rename::environment(&mut desk, environment, to)?,
        Refactor::MoveModule { composition, module, to, index } => {
            transfer::module(&mut desk, composition, module, to, *index)?
        }
        Refactor::DuplicateModule { composition, module, name } => {
            copy::duplicate(&mut desk, composition, module, name)?
        }
        Refactor::CopyModule { composition, module, to, name } if composition == to => {
            copy::duplicate(&mut desk, composition, module, name)?
        }
        Refactor::CopyModule { composition, module, to, name } => {
            copy::paste(&mut desk, composition, module, to, name)?
        }
        Refactor::DeleteModule { composition, module } => delete::module(&mut desk, composition, module)?,
        Refactor::DeleteComposition { composition } => delete::composition(&mut desk, composition)?,
    };
    let patch = desk.draft.patch();
    let before = |file: &str| tree.read(file, LARGEST).ok().and_then(|b| String::from_utf8(b.to_vec()).ok());
    let after = |file: &str| desk.draft.text(file).map(str::to_owned);
    let files: Vec<FileEdit> = patch
        .files
        .iter()
        .map(|f| FileEdit { file: f.file.clone(), before: before(&f.file), after: after(&f.file) })
        .collect();
    let result = load(&Overlay::new(Arc::clone(tree), &files));
    let effects = judge::judge(model, &result, refactor)?;
    Ok(Refactored { patch, files, target, effects })
}

/// A refactoring at work.
struct Desk<'a> {
    model: &'a Workspace,
    tree: &'a dyn Tree,
    draft: Draft,
}

impl<'a> Desk<'a> {
    fn composition(&self, name: &str) -> Outcome<&'a Doc<CompositionSpec>> {
        self.model
            .composition(name)
            .ok_or_else(|| RefactorError::Unknown { what: "Composition", name: name.to_owned() })
    }

    /// Index and entry of a module.
    fn module(&self, doc: &'a Doc<CompositionSpec>, name: &str) -> Outcome<(usize, &'a Module)> {
        let mut all = doc.spec.modules.iter().enumerate();
        let unknown = || RefactorError::Unknown { what: "module", name: format!("{}/{name}", doc.name()) };
        all.find(|(_, m)| module_name(m) == name).ok_or_else(unknown)
    }

    fn is_free(&self, doc: &Doc<CompositionSpec>, name: &str) -> Outcome<()> {
        if !is_dns_label(name) {
            return Err(RefactorError::BadName(name.to_owned()));
        }
        match doc.spec.modules.iter().any(|m| module_name(m) == name) {
            true => Err(RefactorError::Taken { what: "the module", name: format!("{}/{name}", doc.name()) }),
            false => Ok(()),
        }
    }

    /// Takes a file into the draft.
    fn open(&mut self, file: &str) -> Outcome<()> {
        let unreadable = || RefactorError::Unreadable { file: file.to_owned() };
        if self.draft.text(file).is_none() {
            let bytes = self.tree.read(file, LARGEST).map_err(|_| unreadable())?;
            let text = std::str::from_utf8(&bytes).map_err(|_| unreadable())?;
            self.draft.open(file, text);
        }
        Ok(())
    }

    fn edit(&mut self, file: &str, document: usize, edits: &[Edit]) -> Outcome<()> {
        self.open(file)?;
        let refused = |error| RefactorError::Edit { file: file.to_owned(), error };
        self.draft.edit(file, document, edits).map_err(refused)
    }
}

fn set(pointer: impl Into<String>, value: impl Into<serde_json::Value>) -> Edit {
    Edit::Set { pointer: pointer.into(), value: value.into() }
}
