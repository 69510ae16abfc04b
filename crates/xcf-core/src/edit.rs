//! Byte-exact edits of documents: text is the model (`D12`). Each edit splices only its own node into the text; comments,
//! order, quotes, line breaks and everything else stay as they are. The result is read again, and an edit that would
//! change anything but what was asked is refused.

mod block;
mod change;
mod comments;
mod documents;
mod draft;
mod ends;
mod flow;
mod format;
mod lists;
mod merge;
mod patch;
mod render;
mod site;
#[cfg(test)]
mod tests;

use crate::docs::Limits;
use crate::docs::{model, parse, spans};
use crate::ids::Digest;
use change::{Change, expand, to_model};
pub use draft::{Draft, Spot};
pub use format::format;
pub use merge::{Conflict, ConflictKind, Merged, Side, merge};
use patch::{Edited, Raw};
pub use patch::{Fate, FilePatch, Patch, Splice, Stale, invert, splice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use site::{How, Site};
use spans::SpanTree;
use std::sync::Arc;

/// One edit of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "lowercase", deny_unknown_fields)]
pub enum Edit {
    /// Makes the value at `pointer` be `value`. Missing maps on the way are made; an index equal to the length of a
    /// list, or `-`, appends. A map or list is changed only where it differs.
    Set {
        /// JSON pointer from the document root.
        pointer: String,
        /// The value.
        value: Value,
    },
    /// Removes a key or a list item; comments above it stay. A map or list that loses its last one is left empty.
    Remove {
        /// JSON pointer from the document root.
        pointer: String,
    },
    /// Removes a key or a list item with its comments: those right above it in its column, those inside it.
    Delete {
        /// JSON pointer from the document root.
        pointer: String,
    },
    /// Puts a new item into a list, before the item `pointer` names; the length, or `-`, appends.
    Insert {
        /// JSON pointer of a list item.
        pointer: String,
        /// The item.
        value: Value,
    },
    /// Moves a list item with its comments inside its list.
    Move {
        /// JSON pointer of the item.
        pointer: String,
        /// Its index afterwards.
        to: usize,
    },
    /// Gives a key another name; its quotes, place, value and comments stay.
    Rename {
        /// JSON pointer of the key.
        pointer: String,
        /// The name.
        to: String,
    },
}

/// Why an edit was refused. The text is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text can't be read, so nothing in it can be found.
    #[error("the text can't be edited here before it is mended: {0}")]
    Broken(String),
    /// The pointer leads nowhere an edit could go.
    #[error("there is nothing to edit at `{pointer}`: {why}")]
    Pointer {
        /// The pointer.
        pointer: String,
        /// Why.
        why: &'static str,
    },
    /// The node is shared by an anchor: the edit would change another place too.
    #[error("`{pointer}` (line {line}) is shared through an anchor or alias: edit the text by hand")]
    Alias {
        /// The pointer.
        pointer: String,
        /// Line of the anchor or alias.
        line: u32,
    },
    /// The way it is written is not one edits understand.
    #[error("`{pointer}` is written in a way that can't be edited here ({what}): edit the text by hand")]
    Unsupported {
        /// The pointer.
        pointer: String,
        /// What is unusual.
        what: &'static str,
    },
    /// The result would not read as intended.
    #[error("editing `{pointer}` here would change more than that: edit the text by hand")]
    Unsafe {
        /// The pointer.
        pointer: String,
    },
}

impl EditError {
    /// Stable kebab-case code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Broken(_) => "edit-broken",
            Self::Pointer { .. } => "edit-pointer",
            Self::Alias { .. } => "edit-alias",
            Self::Unsupported { .. } => "edit-unsupported",
            Self::Unsafe { .. } => "edit-unsafe",
        }
    }
}

/// Digest of a text, so that an edit made against an older text can be refused.
#[must_use]
pub fn text_digest(text: &str) -> Digest {
    use sha2::Digest as _;
    Digest::from_bytes(&sha2::Sha256::digest(text.as_bytes()))
}

/// Applies `edits` in order to document `doc_index` (from 0) of `text`. Other documents of the text are untouched.
///
/// # Errors
/// The first edit that can't be made exactly; nothing is changed then.
pub fn apply(text: &str, doc_index: usize, edits: &[Edit]) -> Result<String, EditError> {
    let mut edited = Edited::new(text);
    run(&mut edited, doc_index, edits)?;
    Ok(edited.text().to_owned())
}

/// As [`apply`], but gives the smallest splices that make the edits.
///
/// # Errors
/// As [`apply`].
pub fn splices(text: &str, doc_index: usize, edits: &[Edit]) -> Result<Vec<Splice>, EditError> {
    let mut edited = Edited::new(text);
    run(&mut edited, doc_index, edits)?;
    Ok(edited.splices())
}

fn run(text: &mut Edited, doc_index: usize, edits: &[Edit]) -> Result<(), EditError> {
    for edit in edits {
        let open = Open::read(text.text(), doc_index)?;
        let (scalars, others) = expand(&open, edit)?.into_iter().partition(|c| replaces_scalar(&open, c));
        change_scalars(text, doc_index, scalars)?;
        for change in others {
            change_text(text, doc_index, &change)?;
        }
    }
    Ok(())
}

/// A scalar for a scalar: moves nothing else, so that many of them can be made in one go.
fn replaces_scalar(open: &Open, change: &Change) -> bool {
    let Change::Replace { pointer, value } = change else { return false };
    let was = open.model.pointer(pointer);
    !value.is_object() && !value.is_array() && was.is_some_and(|w| !w.is_object() && !w.is_array())
}

fn change_scalars(text: &mut Edited, doc_index: usize, changes: Vec<Change>) -> Result<(), EditError> {
    if let [_, _, ..] = changes.as_slice()
        && let Ok((raws, after)) = attempt(text.text(), doc_index, &changes, PLAIN)
    {
        text.replace(raws, after);
        return Ok(());
    }
    changes.iter().try_for_each(|change| change_text(text, doc_index, change))
}

/// Ways to write a change, best first. A text block can swallow a comment behind it, a blank line can be part of a text:
/// such an attempt is not what was asked, and the next one is plainer.
const ATTEMPTS: [How; 3] = [How { text_blocks: true, tidy: true }, How { text_blocks: true, tidy: false }, PLAIN];

const PLAIN: How = How { text_blocks: false, tidy: false };

fn change_text(text: &mut Edited, doc_index: usize, change: &Change) -> Result<(), EditError> {
    let mut last = EditError::Unsafe { pointer: change.pointer().to_owned() };
    for how in ATTEMPTS {
        match attempt(text.text(), doc_index, std::slice::from_ref(change), how) {
            Ok((raws, after)) => {
                text.replace(raws, after);
                return Ok(());
            }
            Err(error @ EditError::Unsafe { .. }) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(behind_its_anchor(text.text(), doc_index, change).unwrap_or(last))
}

/// An alias can't come to stand before its anchor: why a list with some can't be put into another order.
fn behind_its_anchor(text: &str, doc_index: usize, change: &Change) -> Option<EditError> {
    let Change::Move { pointer, .. } = change else { return None };
    let open = Open::read(text, doc_index).ok()?;
    let list = open.tree.find(pointer)?.value;
    let line = Site::new(text, &open.tree, PLAIN).shared_line(list)?;
    Some(EditError::Alias { pointer: pointer.clone(), line })
}

/// Makes the changes and reads the result again.
fn attempt(text: &str, doc_index: usize, changes: &[Change], how: How) -> Result<(Vec<Raw>, String), EditError> {
    let pointer = changes.first().map(Change::pointer).unwrap_or_default();
    let unsafe_edit = || EditError::Unsafe { pointer: pointer.to_owned() };
    let open = Open::read(text, doc_index)?;
    let mut expected = open.model.clone();
    let site = Site::new(text, &open.tree, how);
    let mut raws = Vec::new();
    for change in changes {
        to_model(&mut expected, change)?;
        raws.extend(site.splices(change)?);
    }
    raws.sort_by_key(|r| r.range.start);
    let edited = Edited::preview(text, &raws).ok_or_else(unsafe_edit)?;
    let again = Open::read(&edited, doc_index).map_err(|_| unsafe_edit())?;
    if again.model != expected || again.others != open.others || again.faults > open.faults {
        return Err(unsafe_edit());
    }
    Ok((raws, edited))
}

/// A text opened for an edit of one document.
struct Open {
    tree: SpanTree,
    model: Value,
    others: Vec<Option<Value>>,
    /// Keys and scalars that do not read the same everywhere: an edit must not add one.
    faults: usize,
}

impl Open {
    fn read(text: &str, doc_index: usize) -> Result<Self, EditError> {
        let file: Arc<str> = Arc::from("");
        let limits = Limits::default();
        let (mut found, mut others) = (None, Vec::new());
        for doc in parse::parse(&file, text, &limits) {
            let value = doc.tree.as_ref().map(|t| model::value(t, t.root));
            if doc.index != doc_index {
                others.push(value);
                continue;
            }
            if let Some(error) = doc.errors.first() {
                return Err(EditError::Broken(format!("line {}: {}", error.place.line, error.message)));
            }
            found = doc.tree.zip(value);
        }
        let (tree, model) = found.ok_or_else(|| EditError::Broken(format!("there is no document {doc_index}")))?;
        let faults = model::faults(&tree).len();
        Ok(Self { tree, model, others, faults })
    }
}
