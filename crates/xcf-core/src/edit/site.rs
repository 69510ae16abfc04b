//! Where in the text a change goes: entries, colons, dashes, line ends, and whether the place may be edited at all.

use super::change::Change;
use super::patch::Raw;
use super::render::{Layout, inline};
use super::{EditError, SpanTree};
use crate::docs::spans::{NodeId, NodeKind, Style, tokens};

/// One key or item as it stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The key, or the dash of a block item, or a flow item's value.
    pub start: usize,
    /// Right after the colon or dash; in a flow list where the value begins. `None`: a flow key without a colon.
    pub mark_end: Option<usize>,
    /// Where the value begins, its anchor and tag skipped; `mark_end` if it is empty.
    pub value_start: usize,
    /// End of the whole entry, trailing comment excluded.
    pub end: usize,
    pub value: NodeId,
}

/// What an attempt may do beyond the plain.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    /// Texts of several lines may become `|` blocks.
    pub text_blocks: bool,
    /// Blank lines beside the entry may come and go with it.
    pub tidy: bool,
}

/// The text around one change.
pub(super) struct Site<'a> {
    pub text: &'a str,
    pub tree: &'a SpanTree,
    pub layout: Layout,
    /// Blank lines are kept as a careful person would; without, nothing but the entry's own lines is touched.
    pub tidy: bool,
    pub pointer: std::cell::RefCell<String>,
}

impl<'a> Site<'a> {
    pub(super) fn new(text: &'a str, tree: &'a SpanTree, how: How) -> Self {
        let layout = Layout {
            line_break: line_break(text),
            unit: 2,
            flush_lists: false,
            final_break: text.ends_with('\n'),
            text_blocks: how.text_blocks,
        };
        let mut site = Self { text, tree, layout, tidy: how.tidy, pointer: std::cell::RefCell::default() };
        site.measure();
        site
    }

    /// Takes indents from what is there.
    fn measure(&mut self) {
        let mut unit: Option<usize> = None;
        let mut flush = None;
        for node in &self.tree.nodes {
            let NodeKind::Map(pairs) = &node.kind else { continue };
            for (key, value) in pairs {
                let (Some(key), Some(value)) = (self.tree.node(*key), self.tree.node(*value)) else { continue };
                if value.line <= key.line {
                    continue;
                }
                let first = match &value.kind {
                    NodeKind::Map(inner) => inner.first().and_then(|(k, _)| self.tree.node(*k)).map(|k| k.column),
                    NodeKind::List(items) => {
                        let item = items.first().and_then(|i| self.tree.node(*i));
                        item.and_then(|i| self.dash_before(i.start as usize)).map(|d| self.column(d) + 1)
                    }
                    _ => None,
                };
                let Some(first) = first else { continue };
                if matches!(value.kind, NodeKind::List(_)) {
                    flush.get_or_insert(first == key.column);
                }
                if first > key.column {
                    let step = (first - key.column) as usize;
                    unit = Some(unit.map_or(step, |u| u.min(step)));
                }
            }
        }
        self.layout.unit = unit.unwrap_or(2);
        self.layout.flush_lists = flush.unwrap_or(false);
    }

    pub(super) fn splices(&self, change: &Change) -> Result<Vec<Raw>, EditError> {
        let pointer = change.pointer();
        self.pointer.replace(pointer.to_owned());
        self.guard(change)?;
        match change {
            Change::Replace { pointer, value } => self.replace(&self.locate(pointer)?, value),
            Change::AddKey { pointer, key, value } => self.add_key(pointer, key, value),
            Change::AddItem { pointer, index, value } => self.add_item(pointer, *index, value),
            Change::Remove { pointer, comments } => self.remove(&self.locate(pointer)?, *comments),
            Change::Rename { to, .. } => self.rename_key(pointer, to),
            Change::Move { from, to, .. } => self.move_item(pointer, *from, *to),
            Change::Put { index, item, .. } => self.put(pointer, *index, item),
        }
    }

    pub(super) fn unsupported(&self, what: &'static str) -> EditError {
        EditError::Unsupported { pointer: self.pointer.borrow().clone(), what }
    }

    pub(super) fn unsafe_edit(&self) -> EditError {
        EditError::Unsafe { pointer: self.pointer.borrow().clone() }
    }

    /// Refuses a way through an alias, or through what an anchor shares.
    pub(super) fn way_to(&self, pointer: &str) -> Result<NodeId, EditError> {
        let shared = |id: NodeId| {
            let line = self.tree.node(id).map_or(0, |n| n.line);
            EditError::Alias { pointer: pointer.to_owned(), line }
        };
        let mut at = self.tree.root;
        for name in tokens(pointer) {
            if self.is_shared(at) {
                return Err(shared(at));
            }
            let step = self.tree.child(at, &name).ok_or_else(|| self.unsafe_edit())?;
            if let Some(key) = step.key.filter(|k| self.is_shared(*k)) {
                return Err(shared(key));
            }
            at = step.value;
        }
        Ok(at)
    }

    fn is_shared(&self, id: NodeId) -> bool {
        self.tree.node(id).is_some_and(|n| n.anchored || matches!(n.kind, NodeKind::Alias(_)))
    }

    /// Refuses what anchors share: a way through an alias, an anchor that is used above, at or below the node.
    fn guard(&self, change: &Change) -> Result<(), EditError> {
        let pointer = change.pointer();
        let shared = |id: NodeId| {
            let line = self.tree.node(id).map_or(0, |n| n.line);
            EditError::Alias { pointer: pointer.to_owned(), line }
        };
        let at = self.way_to(pointer)?;
        let is_anchored = |id: NodeId| self.tree.node(id).is_some_and(|n| n.anchored);
        let whole = matches!(change, Change::Replace { .. } | Change::Remove { .. });
        let named = matches!(change, Change::Rename { .. });
        if !whole && !named && self.is_shared(at) {
            return Err(shared(at));
        }
        let mut below = if whole { vec![at] } else { Vec::new() };
        while let Some(id) = below.pop() {
            if is_anchored(id) {
                return Err(shared(id));
            }
            match self.tree.node(id).map(|n| &n.kind) {
                Some(NodeKind::Scalar { tag: Some(_), .. }) if id == at && matches!(change, Change::Replace { .. }) => {
                    return Err(self.unsupported("a tag"));
                }
                Some(NodeKind::Map(pairs)) => below.extend(pairs.iter().flat_map(|(k, v)| [*k, *v])),
                Some(NodeKind::List(items)) => below.extend(items),
                _ => {}
            }
        }
        Ok(())
    }

    /// The containers on the way and the entry a pointer names.
    pub(super) fn locate(&self, pointer: &str) -> Result<Located, EditError> {
        let mut at = self.tree.root;
        let mut found = None;
        let mut in_flow = false;
        for name in tokens(pointer) {
            in_flow |= self.is_flow(at);
            let index = self.index_of(at, &name).ok_or_else(|| self.unsafe_edit())?;
            let outer = found.take().map(Box::new);
            found = Some(Located { outer, container: at, index, in_flow });
            at = self.tree.child(at, &name).ok_or_else(|| self.unsafe_edit())?.value;
        }
        found.ok_or_else(|| self.unsupported("the whole document"))
    }

    /// The key's text alone is replaced; its quotes stay.
    fn rename_key(&self, pointer: &str, to: &str) -> Result<Vec<Raw>, EditError> {
        let at = self.locate(pointer)?;
        let key = self.tree.find(pointer).and_then(|s| s.key).ok_or_else(|| self.unsafe_edit())?;
        let end = self.tree.node(key).map_or(0, |n| n.end as usize);
        let style = self.style_of(key);
        if matches!(style, Some(Style::Literal | Style::Folded)) {
            return Err(self.unsupported("a text block as a key"));
        }
        let text = inline(&serde_json::Value::from(to), style, at.in_flow);
        Ok(vec![Raw::replace(self.content_start(key)..end, text)])
    }

    fn index_of(&self, id: NodeId, name: &str) -> Option<usize> {
        match &self.tree.node(id)?.kind {
            NodeKind::Map(pairs) => pairs.iter().position(|(k, _)| self.tree.scalar_text(*k) == Some(name)),
            NodeKind::List(items) => name.parse().ok().filter(|i| *i < items.len()),
            _ => None,
        }
    }

    /// True if a map or list is written with braces or brackets.
    pub(super) fn is_flow(&self, id: NodeId) -> bool {
        self.tree.node(id).is_some_and(|n| n.flow)
    }

    pub(super) fn count(&self, id: NodeId) -> usize {
        match self.tree.node(id).map(|n| &n.kind) {
            Some(NodeKind::Map(pairs)) => pairs.len(),
            Some(NodeKind::List(items)) => items.len(),
            _ => 0,
        }
    }

    /// Start of a node without its anchor and tag.
    pub(super) fn content_start(&self, id: NodeId) -> usize {
        let Some(node) = self.tree.node(id) else { return 0 };
        let (mut at, end) = (node.start as usize, node.end as usize);
        if matches!(node.kind, NodeKind::Alias(_)) {
            return at;
        }
        while let Some(rest) = self.text.get(at..end).filter(|r| r.starts_with(['&', '!'])) {
            let word = rest.find([' ', '\t', '\r', '\n']).unwrap_or(rest.len());
            let gap = rest.get(word..).map_or(0, |r| r.len() - r.trim_start().len());
            at += word + gap;
        }
        at
    }

    /// Entry `index` of a map or list.
    pub(super) fn entry(&self, container: NodeId, index: usize, in_flow: bool) -> Result<Entry, EditError> {
        if in_flow && !self.is_flow(container) {
            return Err(self.unsupported("a pair without braces in brackets"));
        }
        match self.tree.node(container).map(|n| &n.kind) {
            Some(NodeKind::Map(pairs)) => {
                let (key, value) = pairs.get(index).copied().ok_or_else(|| self.unsafe_edit())?;
                let before = index.checked_sub(1).and_then(|i| pairs.get(i)).map_or(container, |(_, v)| *v);
                if self.is_explicit(key, before, index == 0) {
                    return Err(self.unsupported("a key with `?`"));
                }
                self.pair(key, value, in_flow)
            }
            Some(NodeKind::List(items)) => {
                let value = items.get(index).copied().ok_or_else(|| self.unsafe_edit())?;
                self.item(value, in_flow)
            }
            _ => Err(self.unsafe_edit()),
        }
    }

    /// True if a `?` stands before the key: behind the value before it, or behind the start of the map.
    fn is_explicit(&self, key: NodeId, before: NodeId, first: bool) -> bool {
        let (Some(key), Some(before)) = (self.tree.node(key), self.tree.node(before)) else { return true };
        let start = key.start as usize;
        let bound = if first { before.start } else { before.end } as usize;
        let bound = if bound < start { bound } else { self.line_start(start) };
        let gap = self.text.get(bound..start).unwrap_or_default();
        gap.lines().any(|line| line.split('#').next().is_some_and(|code| code.contains('?')))
    }

    fn pair(&self, key: NodeId, value: NodeId, in_flow: bool) -> Result<Entry, EditError> {
        let (Some(k), Some(v)) = (self.tree.node(key), self.tree.node(value)) else { return Err(self.unsafe_edit()) };
        let key_end = k.end as usize;
        let rest = self.text.get(key_end..).unwrap_or_default();
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let colon = self.text.as_bytes().get(key_end + gap) == Some(&b':');
        if !colon && !in_flow {
            return Err(self.unsupported("a key with `?`"));
        }
        let mark_end = colon.then_some(key_end + gap + 1);
        let after = mark_end.unwrap_or(key_end);
        let real_end = self.end_of(value);
        // The parser lets a list at its key's indent begin behind its first dash.
        let empty = self.count(value) == 0 && (v.start as usize == real_end || real_end <= after);
        let (value_start, end) = if empty { (after, after) } else { (self.content_start(value), self.end_of(value)) };
        Ok(Entry { start: k.start as usize, mark_end, value_start, end, value })
    }

    fn item(&self, value: NodeId, in_flow: bool) -> Result<Entry, EditError> {
        let v = self.tree.node(value).ok_or_else(|| self.unsafe_edit())?;
        let range = v.range();
        if in_flow {
            return Ok(Entry {
                start: range.start,
                mark_end: Some(range.start),
                value_start: self.content_start(value),
                end: range.end,
                value,
            });
        }
        let dash =
            self.dash_before(range.start).ok_or_else(|| self.unsupported("a list item without a dash of its own"))?;
        let empty = self.count(value) == 0 && range.start == self.end_of(value);
        let after = dash + 1;
        let (value_start, end) = if empty { (after, after) } else { (self.content_start(value), self.end_of(value)) };
        Ok(Entry { start: dash, mark_end: Some(after), value_start, end, value })
    }
}

/// An entry by the containers that lead to it.
#[derive(Debug, Clone)]
pub(super) struct Located {
    pub outer: Option<Box<Located>>,
    pub container: NodeId,
    pub index: usize,
    /// The container, or one around it, is in flow style.
    pub in_flow: bool,
}

fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if at > 0 && text.as_bytes().get(at - 1) == Some(&b'\r') => "\r\n",
        _ => "\n",
    }
}
