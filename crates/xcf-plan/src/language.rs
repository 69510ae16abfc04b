//! What an editor asks about a text while somebody types (`D5`, `D12`): completion, hover, diagnostics, definitions,
//! references, symbols, quick fixes. Pure functions over a [`Snapshot`]: a tree with the open texts laid over it.
//!
//! Two readings work together. The strict one (`workspace::load`) says what is wrong and what routes are; the tolerant
//! [`outline`] says what stands at the cursor, also while the text is no YAML.

mod actions;
mod completion;
mod diagnose;
mod hover;
mod jump;
mod mention;
mod modules;
mod names;
pub mod outline;
mod overlay;
mod rename;
mod schema;
mod symbols;
mod text;

pub use actions::{Action, actions};
pub use completion::{Suggestion, SuggestionKind, complete};
pub use diagnose::{Found, diagnose};
pub use hover::{Hover, hover};
pub use jump::{Target, definition, references};
pub use mention::Symbol;
pub use names::{Source, Spot};
pub use overlay::Overlay;
pub use rename::{RenameError, TextChange, renamable, rename};
pub use symbols::{DocumentSymbol, symbols};
pub use text::{Lines, Position};

use crate::content::ModuleContent;
use crate::workspace::Workspace;
use crate::workspace::refs::Links;
use names::Names;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use xcf_core::ports::tree::Tree;

/// Start and end as editors count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// First position.
    pub start: Position,
    /// Position behind the last.
    pub end: Position,
}

/// The repository as it would be with the open texts saved.
pub struct Snapshot {
    tree: Arc<dyn Tree>,
    links: Links,
    sources: BTreeMap<String, Arc<Source>>,
    names: Names,
    model: OnceLock<Arc<Workspace>>,
}

impl Snapshot {
    /// Reads the document files of `tree`; those that `before` had with the same content are taken from it.
    #[must_use]
    pub fn new(tree: Arc<dyn Tree>, before: Option<&Self>) -> Self {
        let links = Links::of(tree.as_ref());
        let sources = names::sources(tree.as_ref(), before.map(|b| &b.sources));
        let names = Names::of(tree.as_ref(), &links, &sources);
        Self { tree, links, sources, names, model: OnceLock::new() }
    }
    /// The files.
    #[must_use]
    pub fn tree(&self) -> &dyn Tree {
        self.tree.as_ref()
    }
    /// The document files by path.
    #[must_use]
    pub fn sources(&self) -> &BTreeMap<String, Arc<Source>> {
        &self.sources
    }
    /// The workspace by the strict reading; loaded when first asked for.
    #[must_use]
    pub fn model(&self) -> &Workspace {
        self.model.get_or_init(|| Arc::new(crate::workspace::load(self.tree.as_ref())))
    }
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }
    pub(crate) fn links(&self) -> &Links {
        &self.links
    }
    /// A module's ports. The model's reading is used if there is one; otherwise the module's files are read.
    pub(crate) fn interface(&self, path: &str, is_file: bool) -> Option<Arc<ModuleContent>> {
        if let Some(known) = self.model.get().and_then(|m| m.modules.get(path)) {
            return Some(Arc::clone(known));
        }
        Some(Arc::new(ModuleContent::read(self.tree.as_ref(), path, is_file)))
    }
    /// Text of any file of the tree.
    pub(crate) fn text(&self, path: &str) -> Option<Arc<str>> {
        if let Some(source) = self.sources.get(path) {
            return Some(Arc::clone(&source.text));
        }
        let bytes = self.tree.read(path, crate::content::SOURCE_LIMIT).ok()?;
        Some(Arc::from(String::from_utf8_lossy(&bytes)))
    }
}

fn span(lines: &Lines<'_>, range: &std::ops::Range<usize>) -> Span {
    let (start, end) = lines.range(range);
    Span { start, end }
}

#[cfg(test)]
mod tests;
