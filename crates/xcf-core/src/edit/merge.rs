//! Node-level three-way merge: the canvas is dirty, and the file changed on disk. What nobody touched comes from the
//! disk byte by byte, our edits are put in, and where both changed the same node a person chooses: nothing is decided
//! silently.

mod align;
mod lines;
mod node;

use super::{Draft, Edit, Open};
use crate::docs::{Limits, model, parse};
use node::Walk;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// One version of a node in conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// JSON pointer in this version: lists may have grown or shrunk.
    pub pointer: String,
    /// Its value.
    pub value: Value,
    /// Bytes in this version's text.
    pub range: Range<usize>,
}

/// What kind of choice is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConflictKind {
    /// A node was changed on both sides, or changed on one and removed on the other. The merged text has theirs.
    Node,
    /// A comment we wrote has no place any more. `ours` holds it.
    Comment,
    /// The texts could not be merged as documents: one of them is broken, or documents came and went on both sides. The
    /// sides hold whole texts; the merged text is theirs.
    Text,
}

/// A choice for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// Kind.
    pub kind: ConflictKind,
    /// Number of the document, from 0.
    pub document: usize,
    /// JSON pointer in the merged text; where `theirs` is none, where it would stand.
    pub pointer: String,
    /// Before; none: it was not there.
    pub base: Option<Side>,
    /// In our text; none: we removed it.
    pub ours: Option<Side>,
    /// On disk; none: it was removed there.
    pub theirs: Option<Side>,
    /// The edit of the merged text that chooses ours; none where only the text editor can.
    pub take_ours: Option<Edit>,
}

/// A merge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merged {
    /// The text: theirs, with every edit of ours that is not in conflict.
    pub text: String,
    /// What is left to choose; with none the merge is complete.
    pub conflicts: Vec<Conflict>,
}

impl Merged {
    fn clean(text: &str) -> Self {
        Self { text: text.to_owned(), conflicts: Vec::new() }
    }
}

/// Merges `ours` (made from `base`) into `theirs` (on disk, made from `base` too).
#[must_use]
pub fn merge(base: &str, ours: &str, theirs: &str) -> Merged {
    if ours == base || ours == theirs {
        return Merged::clean(theirs);
    }
    if theirs == base {
        return Merged::clean(ours);
    }
    let by_nodes = || {
        let (b, o, t) = (read(base)?, read(ours)?, read(theirs)?);
        if b.len() == o.len() && o.len() == t.len() {
            return nodes((base, ours, theirs), (&b, &o, &t));
        }
        let text = lines::merge(base, ours, theirs, false)?;
        let count = read(&text)?.len() + b.len();
        (count == o.len() + t.len()).then(|| Merged { conflicts: lost_comments(base, ours, &text), text })
    };
    by_nodes().unwrap_or_else(|| whole(base, ours, theirs))
}

/// Sound documents of a text; none if one is not.
fn read(text: &str) -> Option<Vec<Open>> {
    let file: Arc<str> = Arc::from("");
    let docs = parse::parse(&file, text, &Limits::default());
    let open = |doc: parse::ParsedDoc| {
        let tree = doc.tree.filter(|_| doc.errors.is_empty())?;
        let faults = model::faults(&tree).len();
        Some(Open { model: model::value(&tree, tree.root), tree, others: Vec::new(), faults })
    };
    docs.into_iter().map(open).collect()
}

type Texts<'a> = (&'a str, &'a str, &'a str);
type Opens<'a> = (&'a [Open], &'a [Open], &'a [Open]);

fn nodes(texts: Texts<'_>, docs: Opens<'_>) -> Option<Merged> {
    let (mut models, mut conflicts) = (Vec::new(), Vec::new());
    for (document, ((b, o), t)) in docs.0.iter().zip(docs.1).zip(docs.2).enumerate() {
        let mut walk = Walk { document, opens: [b, o, t], conflicts: Vec::new() };
        models.push(walk.merged());
        conflicts.append(&mut walk.conflicts);
    }
    let (base, ours, theirs) = texts;
    let by_lines = lines::merge(base, ours, theirs, true);
    let text = by_lines.and_then(|t| put(&t, &models)).or_else(|| put(theirs, &models))?;
    conflicts.extend(lost_comments(base, ours, &text));
    Some(Merged { text, conflicts })
}

/// `text` with its documents changed to `models`, where they are not that already.
fn put(text: &str, models: &[Value]) -> Option<String> {
    if read(text)?.len() != models.len() {
        return None;
    }
    let mut draft = Draft::new();
    draft.open("", text);
    for (document, model) in models.iter().enumerate() {
        draft.edit("", document, &[Edit::Set { pointer: String::new(), value: model.clone() }]).ok()?;
    }
    let text = draft.text("")?.to_owned();
    let now: Vec<Value> = read(&text)?.into_iter().map(|o| o.model).collect();
    (now == models).then_some(text)
}

/// Comments, each from its `#` to the end of its line, with where it stands. Lines of text blocks may look like some.
fn comments(text: &str) -> Vec<(&str, usize)> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let hash = if line.trim_start().starts_with('#') { line.find('#') } else { line.find(" #").map(|i| i + 1) };
        if let Some(comment) = hash.and_then(|h| Some((line.get(h..)?.trim_end(), at + h))) {
            found.push(comment);
        }
        at += line.len();
    }
    found
}

/// Comments that we wrote and the merged text does not have.
fn lost_comments(base: &str, ours: &str, merged: &str) -> Vec<Conflict> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (comment, _) in comments(base).into_iter().chain(comments(merged)) {
        *known.entry(comment).or_default() += 1;
    }
    let mut lost = Vec::new();
    for (comment, at) in comments(ours) {
        match known.get_mut(comment) {
            Some(count) if *count > 0 => *count -= 1,
            _ => lost.push(Conflict {
                kind: ConflictKind::Comment,
                document: 0,
                pointer: String::new(),
                base: None,
                ours: Some(Side { pointer: String::new(), value: comment.into(), range: at..at + comment.len() }),
                theirs: None,
                take_ours: None,
            }),
        }
    }
    lost
}

fn whole(base: &str, ours: &str, theirs: &str) -> Merged {
    let side = |text: &str| Some(Side { pointer: String::new(), value: text.into(), range: 0..text.len() });
    let conflict = Conflict {
        kind: ConflictKind::Text,
        document: 0,
        pointer: String::new(),
        base: side(base),
        ours: side(ours),
        theirs: side(theirs),
        take_ours: None,
    };
    Merged { text: theirs.to_owned(), conflicts: vec![conflict] }
}
