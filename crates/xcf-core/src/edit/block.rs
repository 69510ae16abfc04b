//! Changes in block style: lines with indents, keys and dashes.

use super::EditError;
use super::patch::Raw;
use super::render::{block_text, child_indent, inline, is_block_text, is_inline, item_lines, lines};
use super::site::{Entry, Located, Site};
use crate::docs::spans::{NodeId, NodeKind, Style};
use serde_json::{Map, Value};

impl Site<'_> {
    pub(super) fn replace(&self, at: &Located, value: &Value) -> Result<Vec<Raw>, EditError> {
        let entry = self.entry(at.container, at.index, at.in_flow)?;
        let node = self.tree.node(entry.value).ok_or_else(|| self.unsafe_edit())?;
        if at.in_flow {
            return Ok(self.flow_replace(&entry, value));
        }
        let block_collection = matches!(node.kind, NodeKind::Map(_) | NodeKind::List(_)) && !self.is_flow(entry.value);
        if block_collection && entry.value_start != node.start as usize {
            return Err(self.unsupported("an anchor or tag before a map or list"));
        }
        match self.style_of(entry.value) {
            Some(Style::Literal | Style::Folded) => self.replace_block_text(at, &entry, value),
            _ if block_collection => self.replace_lines(at, &entry, value),
            style => self.replace_inline(at, &entry, style, value),
        }
    }

    /// Indent of the key or dash an entry begins with.
    fn indent(&self, entry: &Entry) -> usize {
        self.column(entry.start) as usize
    }

    fn is_item(&self, container: NodeId) -> bool {
        matches!(self.tree.node(container).map(|n| &n.kind), Some(NodeKind::List(_)))
    }

    /// Indent of what stands below an entry.
    fn inner_indent(&self, at: &Located, entry: &Entry, value: &Value) -> usize {
        let indent = self.indent(entry);
        if self.is_item(at.container) { indent + 2 } else { child_indent(value, indent, self.layout) }
    }

    pub(super) fn joined(&self, lines: &[String]) -> String {
        lines.join(self.layout.line_break)
    }

    /// Lines put after the line on which `at` stands.
    pub(super) fn below(&self, at: usize, lines: &[String]) -> Raw {
        Raw::insert(self.line_end(at), format!("{}{}", self.layout.line_break, self.joined(lines)))
    }

    /// The old value stands on the line of its key or dash, or is a plain or quoted scalar, an alias, a flow collection.
    fn replace_inline(
        &self,
        at: &Located,
        entry: &Entry,
        style: Option<Style>,
        value: &Value,
    ) -> Result<Vec<Raw>, EditError> {
        let mark = entry.mark_end.ok_or_else(|| self.unsafe_edit())?;
        let empty = entry.value_start == entry.end && entry.end == mark;
        let space = if empty { " " } else { "" };
        let was_flow = self.is_flow(entry.value) && self.count(entry.value) > 0;
        if is_inline(value, self.layout) || (was_flow && !matches!(value, Value::String(_))) {
            return Ok(vec![Raw::replace(
                entry.value_start..entry.end,
                format!("{space}{}", inline(value, style, false)),
            )]);
        }
        if let Some(Style::Single | Style::Double) = style
            && value.is_string()
        {
            return Ok(vec![Raw::replace(entry.value_start..entry.end, inline(value, style, false))]);
        }
        let inner = self.inner_indent(at, entry, value);
        if let Value::String(text) = value {
            let (header, content) = block_text(text, self.text_indent(at, entry));
            return Ok(vec![
                Raw::replace(entry.value_start..entry.end, format!("{space}{header}")),
                self.below(entry.end, &content),
            ]);
        }
        let new = lines(value, inner, self.layout);
        let gap = self.text.get(mark..entry.value_start).unwrap_or_default();
        if self.is_item(at.container) {
            let joined = self.joined(&new);
            // One blank behind the dash: the lines below stand two further in.
            let from = if gap.trim_start_matches(' ').is_empty() { mark } else { entry.value_start };
            let space = if from == mark { " " } else { "" };
            return Ok(vec![Raw::replace(from..entry.end, format!("{space}{}", joined.trim_start()))]);
        }
        let from = if gap.contains('\n') { entry.value_start } else { mark };
        Ok(vec![Raw::remove(from..entry.end), self.below(entry.end, &new)])
    }

    /// Indent of the content of a `|` block under an entry.
    fn text_indent(&self, at: &Located, entry: &Entry) -> usize {
        self.indent(entry) + if self.is_item(at.container) { 2 } else { self.layout.unit }
    }

    /// The old value is a `|` or `>` block; a comment beside its header stays.
    fn replace_block_text(&self, at: &Located, entry: &Entry, value: &Value) -> Result<Vec<Raw>, EditError> {
        let header_end = self.line_end(entry.value_start);
        let header = self.text.get(entry.value_start..header_end.min(entry.end)).unwrap_or_default();
        let comment = header.find(" #").and_then(|i| header.get(i..)).unwrap_or_default();
        let range = entry.value_start..entry.end;
        if let Value::String(text) = value
            && is_block_text(text, self.layout)
        {
            let (mark, content) = block_text(text, self.text_indent(at, entry));
            let new = format!("{mark}{comment}{}{}", self.layout.line_break, self.joined(&content));
            return Ok(vec![Raw::replace(range, new)]);
        }
        if is_inline(value, self.layout) {
            return Ok(vec![Raw::replace(range, format!("{}{comment}", inline(value, None, false)))]);
        }
        if self.is_item(at.container) {
            return Err(self.unsupported("a text block as a list item"));
        }
        let new = lines(value, self.inner_indent(at, entry, value), self.layout);
        Ok(vec![Raw::replace(
            range,
            format!("{}{}{}", comment.trim_start(), self.layout.line_break, self.joined(&new)),
        )])
    }

    /// The old value is a map or list on lines of its own (or begins beside the dash).
    fn replace_lines(&self, at: &Located, entry: &Entry, value: &Value) -> Result<Vec<Raw>, EditError> {
        let mark = entry.mark_end.ok_or_else(|| self.unsafe_edit())?;
        let first = self.entry(entry.value, 0, false)?;
        if !self.begins_line(first.start) {
            let new = item_lines(value, self.indent(entry), self.layout);
            let joined = self.joined(&new);
            let body = joined.trim_start().strip_prefix("- ").unwrap_or_default();
            return Ok(vec![Raw::replace(first.start..entry.end, body)]);
        }
        let body = self.line_start(first.start)..self.line_end(entry.end);
        if is_inline(value, self.layout) {
            let lines = self.whole_lines(body);
            return Ok(vec![Raw::insert(mark, format!(" {}", inline(value, None, false))), Raw::remove(lines)]);
        }
        if let Value::String(text) = value {
            let (header, content) = block_text(text, self.text_indent(at, entry));
            let lines = self.whole_lines(body);
            let at_mark = Raw::insert(mark, format!(" {header}"));
            return Ok(vec![at_mark, self.below(mark, &content), Raw::remove(lines)]);
        }
        let new = lines(value, self.inner_indent(at, entry, value), self.layout);
        Ok(vec![Raw::replace(body, self.joined(&new))])
    }

    /// Lines with the one line break that goes with them: the one before, so that a missing last one stays missing.
    pub(super) fn whole_lines(&self, lines: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let start = lines.start;
        let before = match self.text.get(..start).unwrap_or_default() {
            t if t.ends_with("\r\n") => start - 2,
            t if t.ends_with('\n') => start - 1,
            _ => return start..self.next_line(lines.end),
        };
        before..lines.end
    }

    pub(super) fn add_key(&self, pointer: &str, name: &str, value: &Value) -> Result<Vec<Raw>, EditError> {
        let (container, in_flow) = self.container(pointer)?;
        let pair = || Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
        if in_flow {
            return match self.becomes_block(container, pointer)? {
                true => self.replace(&self.locate(pointer)?, &pair()),
                false => self.flow_add(container, self.count(container), Some(name), value),
            };
        }
        let last = self.count(container).checked_sub(1).ok_or_else(|| self.unsafe_edit())?;
        let first = self.entry(container, 0, false)?;
        let entry = self.entry(container, last, false)?;
        let end = self.extent_end(&entry, self.indent(&first));
        Ok(vec![self.below(end, &lines(&pair(), self.indent(&first), self.layout))])
    }

    pub(super) fn add_item(&self, pointer: &str, index: usize, value: &Value) -> Result<Vec<Raw>, EditError> {
        let (container, in_flow) = self.container(pointer)?;
        if in_flow {
            return match self.becomes_block(container, pointer)? {
                true => self.replace(&self.locate(pointer)?, &Value::Array(vec![value.clone()])),
                false => self.flow_add(container, index, None, value),
            };
        }
        let lines_at = |indent| item_lines(value, indent, self.layout);
        self.put_lines(container, pointer, index, &lines_at, false)
    }

    /// True for a bare `{}` or `[]` beside a key or dash in block style: its first entry is written on lines of its own.
    pub(super) fn becomes_block(&self, container: NodeId, pointer: &str) -> Result<bool, EditError> {
        if pointer.is_empty() || self.count(container) > 0 || self.locate(pointer)?.in_flow {
            return Ok(false);
        }
        let text = self.tree.node(container).and_then(|n| self.text.get(n.range())).unwrap_or_default();
        let bare = text.chars().all(|c| matches!(c, '{' | '}' | '[' | ']' | ' '));
        Ok(bare)
    }

    /// The map or list at a pointer, and whether it is written in flow style.
    pub(super) fn container(&self, pointer: &str) -> Result<(NodeId, bool), EditError> {
        let step = self.tree.find(pointer).ok_or_else(|| self.unsafe_edit())?;
        let outer_flow = !pointer.is_empty() && self.locate(pointer)?.in_flow;
        let own_flow = self.is_flow(step.value);
        if outer_flow && !own_flow {
            return Err(self.unsupported("a pair without braces in brackets"));
        }
        Ok((step.value, own_flow))
    }

    /// Removes an entry; with its comments if `comments`.
    pub(super) fn remove(&self, at: &Located, comments: bool) -> Result<Vec<Raw>, EditError> {
        if at.in_flow {
            return self.flow_remove(at);
        }
        let entry = self.entry(at.container, at.index, false)?;
        let count = self.count(at.container);
        let begins = self.begins_line(entry.start);
        let mut lines = self.line_start(entry.start)..self.line_end(entry.end);
        if comments && begins {
            lines = self.block_extent(at, &entry)?;
        }
        if count == 1 {
            return self.remove_only(at, &entry, lines);
        }
        if begins {
            let lines = if comments && self.tidy { self.with_blank_lines_above(lines) } else { lines };
            return Ok(vec![Raw::remove(self.whole_lines(lines))]);
        }
        // The first key or item beside a dash: the next one takes its place.
        let next = self.entry(at.container, at.index + 1, false)?;
        let end = self.line_end(entry.end);
        let between = self.text.get(end..next.start).unwrap_or_default();
        let until = if between.trim().is_empty() { next.start } else { end };
        Ok(vec![Raw::remove(entry.start..until)])
    }

    /// The only key or item: what is left is `{}` or `[]` beside the key or dash of the map or list.
    fn remove_only(&self, at: &Located, entry: &Entry, lines: std::ops::Range<usize>) -> Result<Vec<Raw>, EditError> {
        let empty = if self.is_item(at.container) { "[]" } else { "{}" };
        if !self.begins_line(entry.start) {
            return Ok(vec![Raw::replace(entry.start..entry.end, empty)]);
        }
        let Some(outer) = &at.outer else {
            return Ok(vec![Raw::replace(entry.start..entry.end, empty)]);
        };
        let parent = self.entry(outer.container, outer.index, false)?;
        let mark = parent.mark_end.ok_or_else(|| self.unsafe_edit())?;
        if parent.value_start != entry.start && self.is_before_entry(&parent, entry) {
            return Err(self.unsupported("an anchor or tag before a map or list"));
        }
        Ok(vec![Raw::insert(mark, format!(" {empty}")), Raw::remove(self.whole_lines(lines))])
    }

    /// True if an anchor or tag stands between the key and the first entry.
    fn is_before_entry(&self, parent: &Entry, entry: &Entry) -> bool {
        let gap = parent.mark_end.and_then(|m| self.text.get(m..entry.start)).unwrap_or_default();
        gap.lines().any(|l| l.trim_start().starts_with(['&', '!']))
    }
}
