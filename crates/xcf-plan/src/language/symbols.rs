//! The outline of a file: documents, and in them what has a name.

use super::names::{kind_of, module_name};
use super::outline::{Holds, NodeId, Outline};
use super::{Lines, Span, span};

/// One line of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSymbol {
    /// Name.
    pub name: String,
    /// Kind or value beside it.
    pub detail: String,
    /// Whole reach.
    pub span: Span,
    /// The name itself.
    pub name_span: Span,
    /// True for a document, false for a part of one.
    pub is_document: bool,
    /// Parts.
    pub children: Vec<DocumentSymbol>,
}

/// Deepest level of parts that is listed.
const DEEPEST: usize = 4;

/// The outline of `text`.
#[must_use]
pub fn symbols(text: &str) -> Vec<DocumentSymbol> {
    let outline = Outline::of(text);
    let lines = Lines::new(text);
    let documents = outline.documents().iter();
    documents
        .map(|document| {
            let root = document.root;
            let name = outline.word(root, &["metadata", "name"]);
            let kind = kind_of(&outline, root).map_or("document", |k| k.as_str());
            let range = outline.node(root).map(|n| n.range.clone()).unwrap_or_default();
            let whole = span(&lines, &range);
            let spec = outline.child(root, "spec");
            DocumentSymbol {
                name: name.map_or(kind, |n| n.text.as_str()).to_owned(),
                detail: kind.to_owned(),
                span: whole,
                name_span: name.map_or(Span { start: whole.start, end: whole.start }, |n| span(&lines, &n.range)),
                is_document: true,
                children: spec.map(|s| parts(&outline, &lines, s, 0)).unwrap_or_default(),
            }
        })
        .collect()
}

fn parts(outline: &Outline, lines: &Lines<'_>, id: NodeId, depth: usize) -> Vec<DocumentSymbol> {
    if depth >= DEEPEST {
        return Vec::new();
    }
    let children = outline.node(id).into_iter().flat_map(|n| &n.children);
    children.filter_map(|c| part(outline, lines, *c, depth)).collect()
}

fn part(outline: &Outline, lines: &Lines<'_>, id: NodeId, depth: usize) -> Option<DocumentSymbol> {
    let node = outline.node(id)?;
    let item = || module_name(outline, id).map(|(name, word)| (name, word.range.clone()));
    let (name, at) = match &node.key {
        Some(key) => (key.text.clone(), key.range.clone()),
        None => item().or_else(|| node.value.as_ref().map(|v| (v.text.clone(), v.range.clone())))?,
    };
    let detail = match (&node.value, node.holds) {
        (Some(value), _) if node.key.is_some() => value.text.clone(),
        (_, Holds::List) => format!("{}", node.children.len()),
        _ => String::new(),
    };
    // A name is inside its reach, whatever stood between.
    let reach = node.range.start.min(at.start)..node.range.end.max(at.end);
    Some(DocumentSymbol {
        name,
        detail,
        span: span(lines, &reach),
        name_span: span(lines, &at),
        is_document: false,
        children: parts(outline, lines, id, depth + 1),
    })
}
