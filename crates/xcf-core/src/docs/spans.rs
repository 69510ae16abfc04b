//! One document as a tree of nodes that know where they stand in the text.

use crate::diag::Place;
use std::ops::Range;
use std::sync::Arc;

/// Index of a node in its tree.
pub(crate) type NodeId = u32;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

/// A tag of the core schema that forces a scalar's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CoreTag {
    Text,
    Int,
    Float,
    Bool,
    Null,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Scalar { text: Box<str>, style: Style, tag: Option<CoreTag> },
    Map(Vec<(NodeId, NodeId)>),
    List(Vec<NodeId>),
    Alias(NodeId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub kind: NodeKind,
    /// Bytes of the whole file; the end of a block collection is the end of its last node.
    pub start: u32,
    pub end: u32,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// A map or list in braces or brackets.
    pub flow: bool,
    /// It carries an anchor that some alias names.
    pub anchored: bool,
}

impl Node {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The node tree of one document: JSON pointers to places and byte ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanTree {
    pub(crate) file: Arc<str>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: NodeId,
}

/// One step on the way of a pointer: the key's node (none in a list) and the value's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub key: Option<NodeId>,
    pub value: NodeId,
}

impl SpanTree {
    /// Place of a JSON pointer from the document root, for example `/spec/modules/0/inputs/x`. A scalar's place is
    /// where its value stands, a map's or list's where its key stands. A pointer that leads nowhere gives the
    /// nearest ancestor that exists.
    #[must_use]
    pub fn place(&self, pointer: &str) -> Place {
        let mut at = Step { key: None, value: self.root };
        for token in tokens(pointer) {
            let Some(next) = self.child(at.value, &token) else { break };
            at = next;
        }
        self.step_place(at)
    }

    /// Bytes of the value at a JSON pointer; `None` if it leads nowhere.
    #[must_use]
    pub fn range(&self, pointer: &str) -> Option<Range<usize>> {
        Some(self.node(self.find(pointer)?.value)?.range())
    }

    /// True if the pointer leads to a value written in this document.
    #[must_use]
    pub fn contains(&self, pointer: &str) -> bool {
        self.find(pointer).is_some()
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    /// The node with aliases followed (a target is never an alias).
    pub(crate) fn target(&self, id: NodeId) -> Option<&Node> {
        match self.node(id)? {
            Node { kind: NodeKind::Alias(to), .. } => self.node(*to),
            node => Some(node),
        }
    }

    pub(crate) fn find(&self, pointer: &str) -> Option<Step> {
        let mut at = Step { key: None, value: self.root };
        for token in tokens(pointer) {
            at = self.child(at.value, &token)?;
        }
        Some(at)
    }

    pub(crate) fn child(&self, id: NodeId, token: &str) -> Option<Step> {
        match &self.target(id)?.kind {
            NodeKind::Map(pairs) => pairs
                .iter()
                .find(|(key, _)| self.scalar_text(*key) == Some(token))
                .map(|(key, value)| Step { key: Some(*key), value: *value }),
            NodeKind::List(items) => {
                let value = *items.get(token.parse::<usize>().ok()?)?;
                Some(Step { key: None, value })
            }
            _ => None,
        }
    }

    pub(crate) fn scalar_text(&self, id: NodeId) -> Option<&str> {
        match &self.target(id)?.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(crate) fn node_place(&self, id: NodeId) -> Place {
        match self.node(id) {
            Some(node) => Place::new(&*self.file, node.line, node.column),
            None => Place::file(&*self.file),
        }
    }

    pub(crate) fn step_place(&self, step: Step) -> Place {
        let scalar = self.node(step.value).is_some_and(|n| match &n.kind {
            NodeKind::Scalar { .. } => n.start != n.end,
            NodeKind::Alias(_) => true,
            _ => false,
        });
        match step.key {
            Some(key) if !scalar => self.node_place(key),
            _ => self.node_place(step.value),
        }
    }
}

/// The unescaped tokens of a JSON pointer; the empty pointer has none.
pub(crate) fn tokens(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|t| t.replace("~1", "/").replace("~0", "~"))
}

/// One pointer token, escaped.
pub(crate) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}
