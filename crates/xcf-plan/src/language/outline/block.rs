//! Block style: indentation decides what stands in what.

use super::{Document, Holds, Node, NodeId, Outline, Word};
use std::ops::Range;

/// A container that lines at `indent` go into.
struct Frame {
    indent: usize,
    node: NodeId,
    list: bool,
}

/// Reads a whole file.
pub(super) fn read(text: &str) -> Outline {
    let mut reader = Reader { text, outline: Outline::default(), frames: Vec::new(), literal: None };
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let end = text.get(at..).and_then(|t| t.find('\n')).map_or(text.len(), |n| at + n);
        let next = reader.line(at, end);
        // Progress whatever happens.
        at = next.max(end + 1);
    }
    reader.close_document(text.len());
    reader.outline.extend_ranges();
    reader.outline
}

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) outline: Outline,
    frames: Vec<Frame>,
    /// Indentation of the node that owns the open literal (`|`, `>`).
    literal: Option<usize>,
}

impl Reader<'_> {
    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
    /// Reads one line; gives the byte to go on from if values reached beyond it.
    fn line(&mut self, start: usize, end: usize) -> usize {
        let line = self.slice(start..end).trim_end_matches('\r');
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let content = line.get(indent..).unwrap_or_default().to_owned();
        let end = start + line.len();
        if let Some(owner) = self.literal {
            if content.is_empty() || indent > owner {
                return 0;
            }
            self.literal = None;
        }
        if content.is_empty() || content.starts_with('#') {
            return 0;
        }
        if indent == 0 && (content == "---" || content.starts_with("--- ")) {
            self.close_document(start);
            return 0;
        }
        if indent == 0 && (content == "..." || content.starts_with('%')) {
            return 0;
        }
        if self.frames.is_empty() {
            let root = self.outline.add(Node { range: start..end, ..Node::default() });
            self.outline.documents.push(Document { root, range: start..end });
            self.frames.push(Frame { indent: 0, node: root, list: false });
        }
        self.entry(start + indent, indent, end)
    }
    fn close_document(&mut self, end: usize) {
        if !self.frames.is_empty()
            && let Some(document) = self.outline.documents.last_mut()
        {
            document.range.end = end;
        }
        self.frames.clear();
        self.literal = None;
    }
    fn entry(&mut self, mut at: usize, mut column: usize, end: usize) -> usize {
        let mut inside: Option<NodeId> = None;
        loop {
            let rest = self.slice(at..end);
            if rest != "-" && !rest.starts_with("- ") {
                break;
            }
            let gap = 1 + rest.get(1..).map_or(0, |r| r.len() - r.trim_start_matches(' ').len());
            let item = self.item(column, at, inside);
            inside = Some(item);
            at += gap;
            column += gap;
            if at >= end || self.slice(at..end).starts_with('#') {
                return 0;
            }
        }
        match key_at(self.slice(at..end)) {
            Some((key, after)) => {
                let parent = self.map_for(column, inside);
                let key = Word { range: at + key.range.start..at + key.range.end, ..key };
                let node = self.outline.add_child(parent, Some(key), at, column, false);
                if let Some(node) = self.outline.nodes.get_mut(node) {
                    node.has_colon = true;
                }
                self.value(node, at + after, end)
            }
            None => match inside {
                Some(item) => self.value(item, at, end),
                None => self.half(at, column, end),
            },
        }
    }
    /// A new item for a dash at `column`.
    fn item(&mut self, column: usize, at: usize, inside: Option<NodeId>) -> NodeId {
        let list = match inside {
            Some(item) => self.open(column, item, true),
            None => {
                self.frames.retain_from_end(column);
                match self.frames.last() {
                    Some(top) if top.list && top.indent == column => top.node,
                    Some(top) => {
                        let owner = self.last_child(top.node).unwrap_or(top.node);
                        self.open(column, owner, true)
                    }
                    None => return 0,
                }
            }
        };
        self.outline.add_child(list, None, at, column, false)
    }
    /// The map that a key at `column` goes into.
    fn map_for(&mut self, column: usize, inside: Option<NodeId>) -> NodeId {
        if let Some(item) = inside {
            return self.open(column, item, false);
        }
        self.frames.retain_from_end(column);
        while self.frames.len() > 1 && self.frames.last().is_some_and(|t| t.list && t.indent == column) {
            self.frames.pop();
        }
        match self.frames.last() {
            Some(top) if top.indent == column && !top.list => top.node,
            Some(top) => {
                let owner = self.last_child(top.node).unwrap_or(top.node);
                self.open(column, owner, false)
            }
            None => 0,
        }
    }
    fn open(&mut self, indent: usize, node: NodeId, list: bool) -> NodeId {
        self.frames.push(Frame { indent, node, list });
        if let Some(node) = self.outline.nodes.get_mut(node) {
            node.holds = if list { Holds::List } else { Holds::Map };
        }
        node
    }
    fn last_child(&self, node: NodeId) -> Option<NodeId> {
        self.outline.node(node)?.children.last().copied()
    }
    /// Text that is no key yet: a word being typed, or the next line of a long scalar.
    fn half(&mut self, at: usize, column: usize, end: usize) -> usize {
        let word = plain(self.slice(at..end)).to_owned();
        if word.starts_with(['{', '[']) {
            // A flow collection on the line below its key.
            if let Some(owner) = self.frames.last().and_then(|f| self.last_child(f.node)) {
                return self.value(owner, at, end);
            }
        }
        let deeper = self.frames.iter().rev().find(|f| f.indent < column || (f.indent == column && !f.list));
        if let Some(frame) = deeper.filter(|f| f.indent < column)
            && let Some(owner) = self.last_child(frame.node)
            && self.outline.node(owner).is_some_and(|n| n.value.is_some())
        {
            return 0;
        }
        let parent = self.map_for(column, None);
        let range = at..at + word.len();
        let quoted = word.starts_with(['"', '\'']);
        self.outline.add_child(parent, Some(Word { text: word, range, quoted }), at, column, false);
        0
    }
    /// The value after a colon or a dash.
    fn value(&mut self, node: NodeId, from: usize, end: usize) -> usize {
        let mut at = from;
        loop {
            let rest = self.slice(at..end);
            let trimmed = rest.trim_start_matches([' ', '\t']);
            at += rest.len() - trimmed.len();
            // Anchors and tags stand before the value.
            let property = trimmed.starts_with(['&', '!']);
            if !property {
                break;
            }
            at += trimmed.find(' ').unwrap_or(trimmed.len());
        }
        let rest = self.slice(at..end).to_owned();
        let indent = self.outline.node(node).map_or(0, |n| n.indent);
        let Some(first) = rest.chars().next() else { return 0 };
        match first {
            '#' => 0,
            '|' | '>' => {
                self.literal = Some(indent);
                0
            }
            '{' | '[' => self.flow(node, at, indent),
            '"' | '\'' => self.quoted(node, at, end, first),
            '*' => 0,
            _ => {
                let text = plain(&rest).to_owned();
                let range = at..at + text.len();
                self.set(node, Word { text, range, quoted: false });
                0
            }
        }
    }
    fn quoted(&mut self, node: NodeId, at: usize, end: usize, quote: char) -> usize {
        let rest = self.slice(at + 1..end).to_owned();
        let closed = close_of(&rest, quote);
        let length = closed.unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default().to_owned();
        self.set(node, Word { text, range: at + 1..at + 1 + length, quoted: true });
        0
    }
    pub(super) fn set(&mut self, node: NodeId, word: Word) {
        if let Some(node) = self.outline.nodes.get_mut(node) {
            node.range.end = node.range.end.max(word.range.end);
            node.value = Some(word);
        }
    }
}

trait Frames {
    /// Closes every container deeper than `column`; the document itself stays.
    fn retain_from_end(&mut self, column: usize);
}

impl Frames for Vec<Frame> {
    fn retain_from_end(&mut self, column: usize) {
        while self.len() > 1 && self.last().is_some_and(|f| f.indent > column) {
            self.pop();
        }
    }
}

/// Byte length of a quoted text's inside, if it ends in `rest`.
pub(super) fn close_of(rest: &str, quote: char) -> Option<usize> {
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if quote == '"' => drop(chars.next()),
            c if c == quote && quote == '\'' && chars.peek().is_some_and(|(_, n)| *n == '\'') => drop(chars.next()),
            c if c == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// A plain scalar: up to a comment.
fn plain(rest: &str) -> &str {
    let end = rest.find(" #").or_else(|| rest.find("\t#")).unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest).trim_end()
}

/// The key at the start of `rest` with the byte after its colon.
fn key_at(rest: &str) -> Option<(Word, usize)> {
    let first = rest.chars().next()?;
    if first == '"' || first == '\'' {
        let inner = close_of(rest.get(1..)?, first)?;
        let after = inner + 2;
        let colon = rest.get(after..)?.trim_start();
        if !colon.starts_with(':') {
            return None;
        }
        let at = rest.len() - colon.len() + 1;
        let text = rest.get(1..=inner)?.to_owned();
        return Some((Word { text, range: 1..1 + inner, quoted: true }, at));
    }
    if matches!(first, '{' | '[' | '#' | '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`') {
        return None;
    }
    let body = plain(rest);
    let colon = match body.find(": ").or_else(|| body.find(":\t")) {
        Some(at) => at,
        None => body.strip_suffix(':')?.len(),
    };
    let text = body.get(..colon)?.trim_end();
    Some((Word { text: text.to_owned(), range: 0..text.len(), quoted: false }, colon + 1))
}

impl Outline {
    pub(super) fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }
    pub(super) fn add_child(
        &mut self,
        parent: NodeId,
        key: Option<Word>,
        at: usize,
        indent: usize,
        flow: bool,
    ) -> NodeId {
        let index = self.node(parent).map_or(0, |p| p.children.len());
        let end = key.as_ref().map_or(at + 1, |k| k.range.end);
        let id = self.add(Node { parent: Some(parent), key, index, indent, flow, range: at..end, ..Node::default() });
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.push(id);
        }
        id
    }
    /// A node reaches to the end of its last child; children come after their parents.
    fn extend_ranges(&mut self) {
        for id in (0..self.nodes.len()).rev() {
            let Some((parent, end)) = self.node(id).and_then(|n| Some((n.parent?, n.range.end))) else { continue };
            if let Some(parent) = self.nodes.get_mut(parent) {
                parent.range.end = parent.range.end.max(end);
            }
        }
    }
}
