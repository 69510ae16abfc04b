//! Renaming what a word names: the canvas's rename over the open texts, told as changes of text (`dsl §2`, `D12`).

use super::jump::at;
use super::mention::{Symbol, in_outline};
use super::outline::{Part, Word};
use super::{Lines, Position, Snapshot, Span, span};
use crate::refactor::{Refactor, RefactorError, refactor};
use std::collections::BTreeMap;
use xcf_core::docs::Kind;

/// A change of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    /// What is replaced.
    pub span: Span,
    /// With what.
    pub insert: String,
}

/// Why a name could not be changed; nothing is to be written then.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenameError {
    /// No name of a module, Composition or Environment.
    #[error("only names of modules, Compositions and Environments are renamed here")]
    NoName,
    /// The rename can't be meant.
    #[error("{_0}. {hint}", hint = _0.hint())]
    Refused(#[from] RefactorError),
}

/// The name at a position that can be changed, and where it stands there; none where nothing can.
#[must_use]
pub fn renamable(snapshot: &Snapshot, text: &str, position: Position) -> Option<(Span, String)> {
    let (symbol, word) = named(snapshot, text, position)?;
    let (_, name) = renaming(&symbol, String::new())?;
    // A `ref` names a file, which stays where it is; only the name itself is edited.
    if word.text != name {
        return None;
    }
    Some((span(&Lines::new(text), &word.range), name))
}

/// What a new name writes, by file: every reference follows, and `moved` keeps what stands from being destroyed.
///
/// # Errors
/// Nothing there can be renamed, or the name can't be taken.
pub fn rename(
    snapshot: &Snapshot,
    text: &str,
    position: Position,
    to: &str,
) -> Result<BTreeMap<String, Vec<TextChange>>, RenameError> {
    let (symbol, word) = named(snapshot, text, position).ok_or(RenameError::NoName)?;
    let (what, name) = renaming(&symbol, to.to_owned()).ok_or(RenameError::NoName)?;
    if word.text != name {
        return Err(RenameError::NoName);
    }
    let done = refactor(snapshot.model(), &snapshot.tree, &what)?;
    let changed = done.patch.files.into_iter().filter_map(|patch| {
        let text = snapshot.text(&patch.file)?;
        let lines = Lines::new(&text);
        let change = |s: xcf_core::edit::Splice| TextChange { span: span(&lines, &s.range()), insert: s.new };
        Some((patch.file, patch.splices.into_iter().map(change).collect()))
    });
    Ok(changed.collect())
}

/// What the word at a position names: what it declares, if it does.
fn named(snapshot: &Snapshot, text: &str, position: Position) -> Option<(Symbol, Word)> {
    let (outline, node, part) = at(text, position)?;
    let mentions = in_outline(snapshot, &outline, node, part);
    let named = mentions.iter().find(|m| m.declares).or_else(|| mentions.first())?;
    let node = outline.node(node)?;
    let word = match part {
        Part::Key => node.key.as_ref(),
        Part::Value => node.value.as_ref(),
    }?;
    Some((named.symbol.clone(), word.clone()))
}

fn renaming(symbol: &Symbol, to: String) -> Option<(Refactor, String)> {
    match symbol.clone() {
        Symbol::Module(composition, module) => {
            Some((Refactor::RenameModule { composition, module: module.clone(), to }, module))
        }
        Symbol::Document(Kind::Composition, name) => {
            Some((Refactor::RenameComposition { composition: name.clone(), to, file: None }, name))
        }
        Symbol::Document(Kind::Environment, name) => {
            Some((Refactor::RenameEnvironment { environment: name.clone(), to }, name))
        }
        _ => None,
    }
}
