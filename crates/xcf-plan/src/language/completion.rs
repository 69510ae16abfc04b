//! Completion: keys from the schemas, words, names of what exists, outputs that fit.

mod keys;
mod values;

pub(super) use keys::variable_docs;

use super::names::kind_of;
use super::outline::{Holds, Node, NodeId, Outline, Part, Segment};
use super::schema::{self, Spot};
use super::{Lines, Position, Snapshot, Span, span};
use std::ops::Range;
use xcf_core::docs::Kind;

/// Stands at the cursor while the text is read, so that what is not typed yet has a node. A private-use character: no
/// document means anything by it.
const MARK: char = '\u{E000}';
/// Most suggestions of one answer.
const MOST: usize = 500;

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionKind {
    /// A key of the document.
    Key,
    /// A word of the schema.
    Word,
    /// The name of something that exists.
    Name,
    /// An input of a module.
    Input,
    /// An output of another unit.
    Output,
}

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// A few words beside the label.
    pub detail: String,
    /// Documentation, Markdown.
    pub docs: String,
    /// Text that replaces `span`.
    pub insert: String,
    /// What is replaced: the word at the cursor.
    pub span: Span,
    /// Place in the list, from 0: the product's own order, best first.
    pub rank: u32,
}

/// A suggestion before it knows its place.
#[derive(Debug, Clone)]
struct Offer {
    label: String,
    kind: SuggestionKind,
    detail: String,
    docs: String,
    insert: String,
}

impl Offer {
    fn new(kind: SuggestionKind, label: &str) -> Self {
        let label = label.to_owned();
        Self { insert: label.clone(), label, kind, detail: String::new(), docs: String::new() }
    }
    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
    fn docs(mut self, docs: impl Into<String>) -> Self {
        self.docs = docs.into();
        self
    }
    fn insert(mut self, insert: impl Into<String>) -> Self {
        self.insert = insert.into();
        self
    }
}

/// The cursor, understood.
struct Cursor<'s> {
    snapshot: &'s Snapshot,
    outline: &'s Outline,
    root: NodeId,
    node: NodeId,
    kind: Kind,
    path: Vec<Segment>,
}

/// What could be written at a position of `text`, which is the open text of `file`; best first.
#[must_use]
pub fn complete(snapshot: &Snapshot, file: &str, text: &str, at: Position) -> Vec<Suggestion> {
    let lines = Lines::new(text);
    let offset = lines.offset(at);
    let (Some(head), Some(tail)) = (text.get(..offset), text.get(offset..)) else { return Vec::new() };
    let marked = format!("{head}{MARK}{tail}");
    let outline = Outline::of(&marked);
    let Some((node, part, range)) = find_mark(&outline) else { return Vec::new() };
    let Some(document) = outline.document_of(node) else { return Vec::new() };
    let kind = kind_of(&outline, document.root).or_else(|| kind_by_path(file));
    let offers = match kind {
        Some(kind) => {
            let path = outline.path(node);
            Cursor { snapshot, outline: &outline, root: document.root, node, kind, path }.offers(part)
        }
        None => without_kind(&outline, node, part),
    };
    let span = span(&lines, &range);
    let made = offers.into_iter().take(MOST).enumerate();
    made.map(|(rank, o)| Suggestion {
        label: o.label,
        kind: o.kind,
        detail: o.detail,
        docs: o.docs,
        insert: o.insert,
        span,
        rank: u32::try_from(rank).unwrap_or(u32::MAX),
    })
    .collect()
}

/// The node with the mark, the part it is in, and the word's bytes in the text without the mark.
fn find_mark(outline: &Outline) -> Option<(NodeId, Part, Range<usize>)> {
    outline.nodes().find_map(|(id, node)| {
        let parts = [(Part::Key, &node.key), (Part::Value, &node.value)];
        parts.into_iter().find_map(|(part, word)| {
            let word = word.as_ref().filter(|w| w.text.contains(MARK))?;
            Some((id, part, word.range.start..word.range.end.saturating_sub(MARK.len_utf8())))
        })
    })
}

/// The kind that files of a place are meant to hold.
fn kind_by_path(file: &str) -> Option<Kind> {
    match file {
        ".xcf.yaml" => Some(Kind::Config),
        f if f.starts_with("envs/") => Some(Kind::Environment),
        f if f.starts_with("compositions/") => Some(Kind::Composition),
        _ => None,
    }
}

fn without_kind(outline: &Outline, node: NodeId, part: Part) -> Vec<Offer> {
    let path = outline.path(node);
    match (path.as_slice(), part) {
        ([Segment::Key(key)], Part::Value) if key == "kind" => kinds(),
        ([Segment::Key(_)], Part::Key) => {
            let written =
                |key: &str| outline.child(outline.node(node).and_then(|n| n.parent).unwrap_or(0), key).is_some();
            ["apiVersion", "kind", "metadata", "spec"]
                .iter()
                .filter(|k| !written(k))
                .map(|k| Offer::new(SuggestionKind::Key, k).insert(format!("{k}: ")))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn kinds() -> Vec<Offer> {
    let docs = |k: &Kind| schema::at(*k, &[Segment::Key("spec".to_owned())]).map_or("", |s| s.docs());
    Kind::ALL.iter().map(|k| Offer::new(SuggestionKind::Word, k.as_str()).docs(docs(k))).collect()
}

impl<'s> Cursor<'s> {
    fn here(&self) -> Option<&'s Node> {
        self.outline.node(self.node)
    }
    fn parent(&self) -> Option<NodeId> {
        self.here()?.parent
    }
    fn offers(&self, part: Part) -> Vec<Offer> {
        match part {
            Part::Key => {
                let above = self.path.get(..self.path.len().saturating_sub(1)).unwrap_or_default();
                if self.starts_list(above) {
                    return self.first_item(above);
                }
                self.key_offers(above, self.here().map_or(0, |n| n.indent))
            }
            Part::Value => self.value_offers(),
        }
    }
    /// True on an empty line below a key that takes a list: what is typed becomes its first item.
    fn starts_list(&self, above: &[Segment]) -> bool {
        let only = self.parent().and_then(|p| self.outline.node(p)).is_some_and(|p| p.children.len() == 1);
        let flow = self.here().is_none_or(|n| n.flow);
        let spot = schema::at(self.kind, above);
        only && !flow && spot.is_some_and(|s| s.takes_list() && !s.takes_map())
    }
    fn first_item(&self, above: &[Segment]) -> Vec<Offer> {
        let mut path = above.to_vec();
        path.push(Segment::Item(0));
        let column = self.here().map_or(0, |n| n.indent) + 2;
        let mut offers = self.key_offers(&path, column);
        offers.extend(self.names_at(&path));
        offers.extend(words(schema::at(self.kind, &path)));
        for offer in &mut offers {
            offer.insert = format!("- {}", offer.insert);
        }
        offers
    }
    fn value_offers(&self) -> Vec<Offer> {
        if matches!(self.path.as_slice(), [Segment::Key(key)] if key == "kind") {
            return kinds();
        }
        let mut offers = self.names_at(&self.path);
        offers.extend(words(schema::at(self.kind, &self.path)));
        if let Some(node) = self.here().filter(|n| n.key.is_none()) {
            // The first word after a dash may become a key of a map.
            let column = node.indent + if node.flow { 0 } else { 2 };
            offers.extend(self.key_offers(&self.path, column));
        }
        offers
    }
    /// True inside braces, where a value stays on its line.
    fn is_flow(&self) -> bool {
        self.here().is_some_and(|n| n.flow) || self.parent().and_then(|p| self.outline.node(p)).is_some_and(|p| p.flow)
    }
}

fn words(spot: Option<Spot<'_>>) -> Vec<Offer> {
    let words = spot.map(|s| s.words()).unwrap_or_default();
    words.iter().map(|w| Offer::new(SuggestionKind::Word, &w.word).docs(w.docs.as_str())).collect()
}

fn keys_written(outline: &Outline, map: NodeId) -> Vec<&str> {
    let node = outline.node(map).filter(|n| n.holds == Holds::Map);
    let children = node.into_iter().flat_map(|n| &n.children);
    children.filter_map(|c| outline.node(*c)?.key.as_ref()).map(|k| k.text.as_str()).collect()
}
