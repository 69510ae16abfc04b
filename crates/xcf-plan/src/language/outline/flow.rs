//! Flow style: braces and brackets, closed or not.

use super::block::{Reader, close_of};
use super::{Holds, NodeId, Word};

/// Deeper nesting is not looked into.
const DEEPEST: usize = 64;

impl Reader<'_> {
    /// Reads the collection that opens at byte `at` as the value of `owner`; gives the byte behind the line it ends on.
    /// One that is not closed ends before the first line that is not indented deeper than `indent`.
    pub(super) fn flow(&mut self, owner: NodeId, at: usize, indent: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut open: Vec<(NodeId, bool)> = Vec::new();
        let mut slot = Some(owner);
        let mut i = at;
        while let Some(byte) = bytes.get(i).copied() {
            match byte {
                b'{' | b'[' => {
                    let node = slot.take().unwrap_or_else(|| self.anonymous(&open, i, indent, owner));
                    if let Some(node) = self.outline.nodes.get_mut(node) {
                        node.holds = if byte == b'{' { Holds::Map } else { Holds::List };
                    }
                    open.push((node, byte == b'{'));
                    if open.len() > DEEPEST {
                        return self.line_end(i);
                    }
                }
                b'}' | b']' => {
                    if let Some((node, _)) = open.pop()
                        && let Some(node) = self.outline.nodes.get_mut(node)
                    {
                        node.range.end = node.range.end.max(i + 1);
                    }
                    slot = None;
                    if open.is_empty() {
                        return self.line_end(i);
                    }
                }
                b',' => slot = None,
                b'\n' => {
                    if self.leaves(i + 1, indent) {
                        return i + 1;
                    }
                }
                b' ' | b'\t' | b'\r' | b':' => {}
                b'#' if i.checked_sub(1).and_then(|p| bytes.get(p)).is_some_and(u8::is_ascii_whitespace) => {
                    i = self.line_end(i).saturating_sub(2).max(i);
                }
                _ => {
                    i = self.scalar(&open, &mut slot, i, indent);
                    continue;
                }
            }
            i += 1;
        }
        self.text.len()
    }
    fn anonymous(&mut self, open: &[(NodeId, bool)], at: usize, indent: usize, owner: NodeId) -> NodeId {
        let parent = open.last().map_or(owner, |(n, _)| *n);
        self.outline.add_child(parent, None, at, indent, true)
    }
    /// A scalar in a collection; gives the byte behind it (behind its colon, if it is a key).
    fn scalar(&mut self, open: &[(NodeId, bool)], slot: &mut Option<NodeId>, at: usize, indent: usize) -> usize {
        let (word, mut next) = self.word_at(at);
        if let Some(node) = slot.take() {
            self.set(node, word);
            return next;
        }
        let Some((parent, is_map)) = open.last().copied() else { return next };
        if !is_map {
            let item = self.outline.add_child(parent, None, at, indent, true);
            self.set(item, word);
            return next;
        }
        let node = self.outline.add_child(parent, Some(word), at, indent, true);
        let rest = self.slice(next..self.text.len());
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        if rest.trim_start_matches(' ').starts_with(':') {
            next += spaces + 1;
            if let Some(node) = self.outline.nodes.get_mut(node) {
                node.has_colon = true;
            }
            *slot = Some(node);
        }
        next
    }
    fn word_at(&self, at: usize) -> (Word, usize) {
        let rest = self.slice(at..self.text.len());
        let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len())).unwrap_or_default();
        let first = line.chars().next().unwrap_or(' ');
        if first == '"' || first == '\'' {
            let inside = line.get(1..).unwrap_or_default();
            let length = close_of(inside, first);
            let end = length.unwrap_or(inside.len());
            let text = inside.get(..end).unwrap_or_default().to_owned();
            let word = Word { text, range: at + 1..at + 1 + end, quoted: true };
            return (word, at + 1 + end + usize::from(length.is_some()));
        }
        let mut end = line.len();
        for (i, c) in line.char_indices() {
            let after = line.get(i + c.len_utf8()..).and_then(|r| r.chars().next());
            let ends = matches!(c, ',' | '{' | '}' | '[' | ']')
                || (c == ':' && after.is_none_or(|n| matches!(n, ' ' | ',' | '}' | ']' | '\t')))
                || (matches!(c, ' ' | '\t') && after == Some('#'));
            if ends {
                end = i;
                break;
            }
        }
        let text = line.get(..end).unwrap_or_default().trim_end();
        // Something was there, so something is taken: never an empty word at the same place again.
        let length = text.len().max(first.len_utf8().min(line.len().max(1)));
        (Word { text: text.to_owned(), range: at..at + text.len(), quoted: false }, at + length)
    }
    /// True if the line at `start` belongs to what stands around the collection.
    fn leaves(&self, start: usize, indent: usize) -> bool {
        let rest = self.slice(start..self.text.len());
        let line = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or_default();
        let content = line.trim_start_matches([' ', '\t']);
        let depth = line.len() - content.len();
        !content.trim_end().is_empty() && depth <= indent && !content.starts_with(['}', ']', '#'])
    }
    fn line_end(&self, at: usize) -> usize {
        let rest = self.slice(at..self.text.len());
        rest.find('\n').map_or(self.text.len(), |n| at + n + 1)
    }
}
