//! A tolerant reading of YAML text: keys, values and where they stand, also while a line is half typed. It never fails
//! and never decides what a document means: meaning comes from the strict reader, this only answers "what is at the
//! cursor?".

mod block;
mod flow;

use std::ops::Range;

/// Number of a node in its outline.
pub type NodeId = usize;

/// A piece of text with the bytes it stands at (quotes not included).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text as written, escapes untouched.
    pub text: String,
    /// Bytes in the file.
    pub range: Range<usize>,
    /// True if it stands in quotes.
    pub quoted: bool,
}

/// What a node holds, as far as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Holds {
    /// Nothing yet, or a scalar.
    #[default]
    Scalar,
    /// Keys.
    Map,
    /// Items.
    List,
}

/// A key with its value, or an item of a list.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// The node it stands in; none for a document's root.
    pub parent: Option<NodeId>,
    /// Its key; none for an item or a root.
    pub key: Option<Word>,
    /// True if a colon follows the key.
    pub has_colon: bool,
    /// Its number among its siblings.
    pub index: usize,
    /// A scalar value.
    pub value: Option<Word>,
    /// What it holds.
    pub holds: Holds,
    /// Nodes inside, in order.
    pub children: Vec<NodeId>,
    /// Column of its key or dash, in bytes from 0.
    pub indent: usize,
    /// True inside braces or brackets.
    pub flow: bool,
    /// Bytes from its key (or dash) to the end of its last part.
    pub range: Range<usize>,
}

/// One step of a path from a document's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Into a key.
    Key(String),
    /// Into an item.
    Item(usize),
}

/// One document of a file.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its root.
    pub root: NodeId,
    /// Its bytes.
    pub range: Range<usize>,
}

/// The nodes of a file.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    nodes: Vec<Node>,
    documents: Vec<Document>,
}

impl Outline {
    /// Reads `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        block::read(text)
    }
    /// The documents, in order; a file of comments only has none.
    #[must_use]
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }
    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }
    /// Every node with its number, in order of text.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate()
    }
    /// The child of `id` under `key`; the first, if the key stands twice.
    #[must_use]
    pub fn child(&self, id: NodeId, key: &str) -> Option<NodeId> {
        let is = |c: &&NodeId| self.node(**c).and_then(|n| n.key.as_ref()).is_some_and(|k| k.text == key);
        self.node(id)?.children.iter().find(is).copied()
    }
    /// The node at a way of keys below `id`.
    #[must_use]
    pub fn at(&self, id: NodeId, keys: &[&str]) -> Option<NodeId> {
        keys.iter().try_fold(id, |node, key| self.child(node, key))
    }
    /// The scalar at a way of keys below `id`.
    #[must_use]
    pub fn word(&self, id: NodeId, keys: &[&str]) -> Option<&Word> {
        self.node(self.at(id, keys)?)?.value.as_ref()
    }
    /// Items of the list at a way of keys below `id`.
    pub fn items(&self, id: NodeId, keys: &[&str]) -> impl Iterator<Item = NodeId> + '_ {
        let list = self.at(id, keys).and_then(|n| self.node(n)).filter(|n| n.holds == Holds::List);
        list.into_iter().flat_map(|n| n.children.iter().copied())
    }
    /// The document that holds a node.
    #[must_use]
    pub fn document_of(&self, id: NodeId) -> Option<&Document> {
        let mut root = id;
        while let Some(parent) = self.node(root)?.parent {
            root = parent;
        }
        self.documents.iter().find(|d| d.root == root)
    }
    /// The way from the root to a node.
    #[must_use]
    pub fn path(&self, id: NodeId) -> Vec<Segment> {
        let mut path = Vec::new();
        let mut at = id;
        while let Some(node) = self.node(at) {
            let Some(parent) = node.parent else { break };
            path.push(match &node.key {
                Some(key) => Segment::Key(key.text.clone()),
                None => Segment::Item(node.index),
            });
            at = parent;
        }
        path.reverse();
        path
    }
    /// The node whose key or scalar stands at byte `offset` (its end counts), with the part that was hit.
    #[must_use]
    pub fn hit(&self, offset: usize) -> Option<(NodeId, Part)> {
        let within = |w: &Word| w.range.start <= offset && offset <= w.range.end;
        self.nodes().find_map(|(id, node)| {
            if node.key.as_ref().is_some_and(within) {
                return Some((id, Part::Key));
            }
            node.value.as_ref().is_some_and(within).then_some((id, Part::Value))
        })
    }
}

/// Which part of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its key.
    Key,
    /// Its scalar.
    Value,
}

/// A path as text for matching: items are `*`.
#[must_use]
pub fn pattern(path: &[Segment]) -> Vec<&str> {
    path.iter()
        .map(|s| match s {
            Segment::Key(key) => key.as_str(),
            Segment::Item(_) => "*",
        })
        .collect()
}
