//! List items that change places: inside their list, or from one text to another.

use super::EditError;
use super::patch::Raw;
use super::render::child_indent;
use super::site::{Entry, Located, Site};
use crate::docs::model;
use crate::docs::spans::{NodeId, NodeKind};
use serde_json::Value;

/// A list item on its way: its lines with its comments, moved to the left edge.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fragment {
    /// Lines without line breaks, the dash in the first column; none if it comes out of brackets.
    lines: Vec<String>,
    pub value: Value,
    commented: bool,
}

impl Fragment {
    fn indented(&self, indent: usize) -> Vec<String> {
        let pad = " ".repeat(indent);
        let line = |l: &String| if l.is_empty() { String::new() } else { format!("{pad}{l}") };
        self.lines.iter().map(line).collect()
    }
}

impl Site<'_> {
    /// The item at a pointer, to be put elsewhere.
    pub(super) fn take(&self, pointer: &str) -> Result<Fragment, EditError> {
        self.pointer.replace(pointer.to_owned());
        self.way_to(pointer)?;
        let at = self.locate(pointer)?;
        if !self.is_list(at.container) {
            return Err(self.unsupported("a key, not a list item"));
        }
        let entry = self.entry(at.container, at.index, at.in_flow)?;
        if let Some(line) = self.shared_line(entry.value) {
            return Err(EditError::Alias { pointer: pointer.to_owned(), line });
        }
        let value = model::value(self.tree, entry.value);
        if at.in_flow {
            return Ok(Fragment { lines: Vec::new(), value, commented: false });
        }
        if !self.begins_line(entry.start) {
            return Err(self.unsupported("an item beside another dash"));
        }
        let extent = self.block_extent(&at, &entry)?;
        let column = entry.start - self.line_start(entry.start);
        let text = self.text.get(extent).unwrap_or_default();
        let dedent = |line: &str| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let blanks = line.len() - line.trim_start_matches(' ').len();
            line.get(blanks.min(column)..).unwrap_or_default().to_owned()
        };
        let lines: Vec<String> = text.split('\n').map(dedent).collect();
        let commented = text.contains('#');
        Ok(Fragment { lines, value, commented })
    }

    /// Line of an anchor or alias at or below a node.
    pub(super) fn shared_line(&self, id: NodeId) -> Option<u32> {
        let mut below = vec![id];
        while let Some(id) = below.pop() {
            let node = self.tree.node(id)?;
            match &node.kind {
                NodeKind::Alias(_) => return Some(node.line),
                _ if node.anchored => return Some(node.line),
                NodeKind::Map(pairs) => below.extend(pairs.iter().flat_map(|(k, v)| [*k, *v])),
                NodeKind::List(items) => below.extend(items),
                NodeKind::Scalar { .. } => {}
            }
        }
        None
    }

    /// Puts an item before item `index` of the list at `pointer`; the length appends.
    pub(super) fn put(&self, pointer: &str, index: usize, item: &Fragment) -> Result<Vec<Raw>, EditError> {
        let (container, in_flow) = self.container(pointer)?;
        let empty_block = in_flow && self.becomes_block(container, pointer)?;
        if item.lines.is_empty() || (in_flow && !empty_block) {
            if item.commented {
                return Err(self.unsupported("comments that would come into brackets"));
            }
            return self.add_item(pointer, index, &item.value);
        }
        if empty_block {
            return self.put_first(pointer, item);
        }
        self.put_lines(container, pointer, index, &|indent| item.indented(indent), item.commented)
    }

    /// The first item of an empty list.
    fn put_first(&self, pointer: &str, item: &Fragment) -> Result<Vec<Raw>, EditError> {
        let at = self.locate(pointer)?;
        let entry = self.entry(at.container, at.index, false)?;
        let mark = entry.mark_end.ok_or_else(|| self.unsafe_edit())?;
        if self.is_list(at.container) {
            return Err(self.unsupported("an empty list as a list item"));
        }
        let indent = child_indent(&Value::Array(Vec::new()), self.column(entry.start) as usize, self.layout);
        let gap = self.text.get(mark..entry.value_start).unwrap_or_default();
        let from = if gap.trim().is_empty() && !gap.contains('\n') { mark } else { entry.value_start };
        Ok(vec![Raw::remove(from..entry.end), self.below(entry.end, &item.indented(indent))])
    }

    /// New lines of a list item, `lines_at` an indent, into a block list that has items.
    pub(super) fn put_lines(
        &self,
        container: NodeId,
        pointer: &str,
        index: usize,
        lines_at: &dyn Fn(usize) -> Vec<String>,
        commented: bool,
    ) -> Result<Vec<Raw>, EditError> {
        let first = self.entry(container, 0, false)?;
        let lines = lines_at(self.column(first.start) as usize);
        let located = |index: usize| self.item_at(container, pointer, index);
        let first_at = located(0)?;
        let blank = if self.tidy && self.is_spaced(container, &first_at)? { self.layout.line_break } else { "" };
        let line_break = self.layout.line_break;
        if let Some(before) = index.checked_sub(1) {
            let entry = self.entry(container, before, false)?;
            let end = match self.begins_line(entry.start) {
                true => self.block_extent(&located(before)?, &entry)?.end,
                false => self.line_end(entry.end),
            };
            return Ok(vec![Raw::insert(end, format!("{blank}{line_break}{}", self.joined(&lines)))]);
        }
        if self.begins_line(first.start) {
            let start = self.block_extent(&first_at, &first)?.start;
            return Ok(vec![Raw::insert(start, format!("{}{line_break}{blank}", self.joined(&lines)))]);
        }
        if commented {
            return Err(self.unsupported("an item beside another dash"));
        }
        let pad = " ".repeat(self.column(first.start) as usize);
        Ok(vec![Raw::insert(first.start, format!("{}{line_break}{pad}", self.joined(&lines).trim_start()))])
    }

    fn item_at(&self, container: NodeId, pointer: &str, index: usize) -> Result<Located, EditError> {
        let outer = if pointer.is_empty() { None } else { Some(Box::new(self.locate(pointer)?)) };
        Ok(Located { outer, container, index, in_flow: false })
    }

    /// Moves item `from` of a list to where item `to` stands.
    pub(super) fn move_item(&self, pointer: &str, from: usize, to: usize) -> Result<Vec<Raw>, EditError> {
        let (container, in_flow) = self.container(pointer)?;
        if in_flow {
            return self.rotate(container, from, to);
        }
        let (moved, target) = (self.entry(container, from, false)?, self.entry(container, to, false)?);
        if !self.begins_line(moved.start) || !self.begins_line(target.start) {
            return Err(self.unsupported("an item beside another dash"));
        }
        let extent = self.block_extent(&self.item_at(container, pointer, from)?, &moved)?;
        let place = self.block_extent(&self.item_at(container, pointer, to)?, &target)?;
        let text = self.text.get(extent.clone()).unwrap_or_default();
        let line_break = self.layout.line_break;
        let insert = match to < from {
            true => Raw::insert(place.start, format!("{text}{line_break}")),
            false => Raw::insert(place.end, format!("{line_break}{text}")),
        };
        Ok(vec![insert, Raw::remove(self.whole_lines(extent))])
    }

    /// In brackets the items' texts change slots; commas and comments stay.
    fn rotate(&self, container: NodeId, from: usize, to: usize) -> Result<Vec<Raw>, EditError> {
        let (low, high) = (from.min(to), from.max(to));
        let slots: Vec<Entry> = (low..=high).map(|i| self.entry(container, i, true)).collect::<Result<_, _>>()?;
        let mut texts: Vec<&str> = slots.iter().map(|e| self.text.get(e.start..e.end).unwrap_or_default()).collect();
        match from < to {
            true => texts.rotate_left(1),
            false => texts.rotate_right(1),
        }
        Ok(slots.iter().zip(texts).map(|(slot, text)| Raw::replace(slot.start..slot.end, text)).collect())
    }
}
