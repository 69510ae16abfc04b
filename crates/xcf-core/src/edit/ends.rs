//! Lines, columns and dashes: where things begin and end in the text.

use super::site::Site;
use crate::docs::spans::{NodeId, NodeKind};

/// Bytes of a byte order mark: it is no part of the first line.
const BOM: usize = 3;

impl Site<'_> {
    /// End of a node, with the colon or dash of an empty last value, which has no bytes of its own.
    pub(super) fn end_of(&self, id: NodeId) -> usize {
        let Some(node) = self.tree.node(id) else { return 0 };
        let end = node.end as usize;
        let is_empty = |id: NodeId| self.tree.node(id).is_none_or(|n| n.start == n.end);
        match &node.kind {
            NodeKind::Map(pairs) if !node.flow => match pairs.last() {
                Some((key, value)) if is_empty(*value) => {
                    let key_end = self.tree.node(*key).map_or(end, |k| k.end as usize);
                    let rest = self.text.get(key_end..).unwrap_or_default();
                    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                    if rest.get(gap..).is_some_and(|r| r.starts_with(':')) { end.max(key_end + gap + 1) } else { end }
                }
                Some((_, value)) => end.max(self.end_of(*value)),
                None => end,
            },
            NodeKind::List(items) if !node.flow => match items.last() {
                Some(item) if is_empty(*item) => {
                    let start = self.tree.node(*item).map_or(end, |n| n.start as usize);
                    let own = self.text.get(start..).is_some_and(|t| t.starts_with('-')).then_some(start);
                    end.max(own.or_else(|| self.dash_before(start)).map_or(end, |dash| dash + 1))
                }
                Some(item) => end.max(self.end_of(*item)),
                None => end,
            },
            _ => end,
        }
    }

    /// The dash of the block item whose value starts at `at`; only blanks and comments may stand between them.
    pub(super) fn dash_before(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut end = at;
        loop {
            let line_start = self.line_start(end);
            let line = self.text.get(line_start..end)?;
            let code = match line.find('#') {
                Some(hash)
                    if end != at && line.get(..hash).is_none_or(|l| l.is_empty() || l.ends_with([' ', '\t'])) =>
                {
                    line.get(..hash)?
                }
                _ => line,
            };
            let trimmed = code.trim_end();
            if trimmed.ends_with('-') {
                let dash = line_start + trimmed.len() - 1;
                let free = dash == line_start || matches!(bytes.get(dash - 1), Some(b' ' | b'\t'));
                return free.then_some(dash);
            }
            if !trimmed.is_empty() || line_start == 0 {
                return None;
            }
            end = line_start - 1;
        }
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|t| t.rfind('\n')).map_or(self.first_byte().min(at), |i| i + 1)
    }

    pub(super) fn first_byte(&self) -> usize {
        if self.text.starts_with('\u{feff}') { BOM } else { 0 }
    }

    /// Where the line break after `at` begins, or the end of the text.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = at + rest.find('\n').unwrap_or(rest.len());
        if end > at && self.text.as_bytes().get(end - 1) == Some(&b'\r') && end < self.text.len() {
            end - 1
        } else {
            end
        }
    }

    /// After the line break that begins at `end`.
    pub(super) fn next_line(&self, end: usize) -> usize {
        match self.text.get(end..).unwrap_or_default() {
            r if r.starts_with("\r\n") => end + 2,
            r if r.starts_with('\n') => end + 1,
            _ => end,
        }
    }

    /// True if only spaces stand before `at` on its line.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.text.get(self.line_start(at)..at).is_some_and(|t| t.bytes().all(|b| b == b' '))
    }

    /// Characters before `at` on its line.
    pub(super) fn column(&self, at: usize) -> u32 {
        let count = self.text.get(self.line_start(at)..at).map_or(0, |t| t.chars().count());
        u32::try_from(count).unwrap_or(0)
    }
}
