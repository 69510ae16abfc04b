//! Which lines belong to an entry in block style: its own, the comment above it, comments inside it.
//!
//! A comment belongs to the entry right below it if it stands in the same column, without a blank line between. One that
//! stands right below an entry and further in belongs to that entry. What opens a document (`# Copyright …`) belongs to
//! the document.

use super::EditError;
use super::site::{Entry, Located, Site};
use crate::docs::spans::{NodeId, NodeKind};
use std::ops::Range;

impl Site<'_> {
    /// The whole lines of an entry that begins its line, with its comments; the last line break excluded.
    pub(super) fn block_extent(&self, at: &Located, entry: &Entry) -> Result<Range<usize>, EditError> {
        let own_start = self.line_start(entry.start);
        let bound = self.comment_bound(at, own_start)?;
        let column = entry.start - own_start;
        let mut start = own_start;
        while start > bound {
            let line = self.line_start(start - 1);
            if line < bound || self.comment_column(line) != Some(column) {
                break;
            }
            start = line;
        }
        let opens_document = at.outer.is_none() && at.index == 0 && start <= bound;
        let start = if opens_document { own_start } else { start };
        Ok(start..self.extent_end(entry, column))
    }

    /// End of an entry with the comments inside it.
    pub(super) fn extent_end(&self, entry: &Entry, column: usize) -> usize {
        let mut end = self.line_end(entry.end);
        loop {
            let next = self.next_line(end);
            if next == end || self.comment_column(next).is_none_or(|c| c <= column) {
                return end;
            }
            end = self.line_end(next);
        }
    }

    /// Start of the first line that can hold a comment of this entry.
    fn comment_bound(&self, at: &Located, own_start: usize) -> Result<usize, EditError> {
        let above = match (at.index.checked_sub(1), &at.outer) {
            (Some(before), _) => self.entry(at.container, before, false)?.end,
            (None, Some(outer)) => {
                let parent = self.entry(outer.container, outer.index, false)?;
                parent.mark_end.unwrap_or(parent.start)
            }
            (None, None) => return Ok(self.document_start(own_start)),
        };
        Ok(self.next_line(self.line_end(above)))
    }

    /// Start of the line after the `---` above `at`, or of the text.
    fn document_start(&self, at: usize) -> usize {
        let mut line = self.line_start(at);
        let first = self.first_byte();
        while line > first {
            let above = self.line_start(line - 1);
            let opens = self.text.get(above..line).is_some_and(|l| l.starts_with("---") || l.starts_with("..."));
            if opens || above == line {
                return line;
            }
            line = above;
        }
        line
    }

    /// Column of a comment that has the line to itself.
    fn comment_column(&self, line_start: usize) -> Option<usize> {
        let line = self.text.get(line_start..self.line_end(line_start))?;
        let text = line.trim_start_matches(' ');
        text.starts_with('#').then(|| line.len() - text.len())
    }

    /// True if blank lines stand between all entries of a block list.
    pub(super) fn is_spaced(&self, container: NodeId, at: &Located) -> Result<bool, EditError> {
        let count = self.count(container);
        if count < 2 {
            return Ok(false);
        }
        let mut end: Option<usize> = None;
        for index in 0..count {
            let entry = self.entry(container, index, false)?;
            let here = Located { outer: at.outer.clone(), container, index, in_flow: false };
            let start =
                if self.begins_line(entry.start) { self.block_extent(&here, &entry)?.start } else { entry.start };
            if end.is_some_and(|e| !self.has_blank_line(e..start)) {
                return Ok(false);
            }
            end = Some(self.extent_end(&entry, self.column(entry.start) as usize));
        }
        Ok(true)
    }

    fn has_blank_line(&self, range: Range<usize>) -> bool {
        let between = self.text.get(range).unwrap_or_default();
        between.split('\n').skip(1).any(|l| l.trim().is_empty() && !l.is_empty()) || between.matches('\n').count() > 1
    }

    /// The extent, and the blank lines above it where blank lines (or nothing) follow it too: what goes leaves no hole.
    pub(super) fn with_blank_lines_above(&self, extent: Range<usize>) -> Range<usize> {
        let is_blank = |line: usize| self.text.get(line..self.line_end(line)).is_some_and(|l| l.trim().is_empty());
        let next = self.next_line(extent.end);
        let nothing_below = next == extent.end || next >= self.text.len() || is_blank(next);
        let mut start = extent.start;
        while nothing_below && start > 0 {
            let above = self.line_start(start - 1);
            if above == start || !is_blank(above) {
                break;
            }
            start = above;
        }
        start..extent.end
    }

    pub(super) fn is_list(&self, id: NodeId) -> bool {
        matches!(self.tree.node(id).map(|n| &n.kind), Some(NodeKind::List(_)))
    }
}
