//! Byte-exact edits of documents: text is the model (`D12`). Each edit splices only its own node into the text; comments,
//! order, quotes, line breaks and everything else stay as they are. The result is read again, and an edit that would
//! change anything but what was asked is refused.

mod block;
mod change;
mod flow;
mod render;
mod site;
#[cfg(test)]
mod tests;

use crate::docs::Limits;
use crate::docs::{model, parse, spans};
use crate::ids::Digest;
use change::{Change, expand, to_model};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use site::{Site, Splice};
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
    /// Removes a key or a list item. A map or list that loses its last one is left empty.
    Remove {
        /// JSON pointer from the document root.
        pointer: String,
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
    let mut text = text.to_owned();
    for edit in edits {
        let open = Open::read(&text, doc_index)?;
        for change in expand(&open, edit)? {
            text = apply_one(&text, doc_index, &change)?;
        }
    }
    Ok(text)
}

fn apply_one(text: &str, doc_index: usize, change: &Change) -> Result<String, EditError> {
    let open = Open::read(text, doc_index)?;
    let mut expected = open.model.clone();
    to_model(&mut expected, change)?;
    let result = attempt(text, doc_index, change, &open, &expected, true);
    match result {
        Err(EditError::Unsafe { .. }) => attempt(text, doc_index, change, &open, &expected, false),
        other => other,
    }
}

/// Makes the change and reads the result again. A text block that swallows a comment behind it fails here; the next
/// attempt writes the text in quotes.
fn attempt(
    text: &str,
    doc_index: usize,
    change: &Change,
    open: &Open,
    expected: &Value,
    text_blocks: bool,
) -> Result<String, EditError> {
    let unsafe_edit = || EditError::Unsafe { pointer: change.pointer().to_owned() };
    let splices = Site::new(text, &open.tree, text_blocks).splices(change)?;
    let edited = splice(text, splices).ok_or_else(unsafe_edit)?;
    let again = Open::read(&edited, doc_index).map_err(|_| unsafe_edit())?;
    if again.model != *expected || again.others != open.others || again.faults > open.faults {
        return Err(unsafe_edit());
    }
    Ok(edited)
}

fn splice(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|s| s.range.start);
    let mut out = String::with_capacity(text.len() + splices.iter().map(|s| s.with.len()).sum::<usize>());
    let mut at = 0;
    for splice in splices {
        out.push_str(text.get(at..splice.range.start)?);
        out.push_str(&splice.with);
        at = splice.range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
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
