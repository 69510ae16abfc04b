//! Changes inside braces and brackets.

use super::EditError;
use super::patch::Raw;
use super::render::{inline, key};
use super::site::{Entry, Located, Site};
use crate::docs::spans::{NodeId, NodeKind, Style};
use serde_json::Value;

impl Site<'_> {
    /// The style of a scalar that is to be replaced.
    pub(super) fn style_of(&self, id: NodeId) -> Option<Style> {
        match self.tree.node(id).map(|n| &n.kind) {
            Some(NodeKind::Scalar { style, .. }) => Some(*style),
            _ => None,
        }
    }

    pub(super) fn flow_replace(&self, entry: &Entry, value: &Value) -> Vec<Raw> {
        let shown = inline(value, self.style_of(entry.value), true);
        let shown = match entry.mark_end {
            None => format!(": {shown}"),
            Some(mark) if mark == entry.end && entry.start != mark => format!(" {shown}"),
            Some(_) => shown,
        };
        vec![Raw::replace(entry.value_start..entry.end, shown)]
    }

    /// Adds a key or an item to a flow map or list.
    pub(super) fn flow_add(
        &self,
        container: NodeId,
        index: usize,
        name: Option<&str>,
        value: &Value,
    ) -> Result<Vec<Raw>, EditError> {
        let shown = inline(value, None, true);
        let shown = name.map_or(shown.clone(), |n| format!("{}: {shown}", key(n, true)));
        let count = self.count(container);
        if count == 0 {
            return Ok(vec![Raw::insert(self.content_start(container) + 1, shown)]);
        }
        if index == 0 {
            let first = self.entry(container, 0, true)?;
            return Ok(vec![Raw::insert(first.start, format!("{shown}, "))]);
        }
        let before = self.entry(container, index - 1, true)?;
        let break_before = if self.begins_line(before.start) && before.start != self.line_start(before.start) {
            let indent = self.text.get(self.line_start(before.start)..before.start).unwrap_or_default();
            format!("{}{indent}", self.layout.line_break)
        } else {
            " ".to_owned()
        };
        let comma = self.comma_after(before.end);
        match comma {
            Some(comma) if index == count && break_before != " " => {
                Ok(vec![Raw::insert(self.line_end(comma), format!("{break_before}{shown},"))])
            }
            Some(comma) if index == count => Ok(vec![Raw::insert(comma, format!(" {shown},"))]),
            _ => Ok(vec![Raw::insert(before.end, format!(",{break_before}{shown}"))]),
        }
    }

    /// After the comma that follows `at`, if only blanks stand between on the same line.
    fn comma_after(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        (rest.as_bytes().get(gap) == Some(&b',')).then_some(at + gap + 1)
    }

    pub(super) fn flow_remove(&self, at: &Located) -> Result<Vec<Raw>, EditError> {
        let entry = self.entry(at.container, at.index, true)?;
        let has_next = at.index + 1 < self.count(at.container);
        if has_next {
            let next = self.entry(at.container, at.index + 1, true)?;
            let between = self.text.get(entry.end..next.start).unwrap_or_default();
            let until = if between.contains(['#', '\n']) {
                self.comma_after(entry.end).ok_or_else(|| self.unsupported("a comma on a line of its own"))?
            } else {
                next.start
            };
            return Ok(vec![Raw::remove(entry.start..until)]);
        }
        if at.index > 0 {
            let before = self.entry(at.container, at.index - 1, true)?;
            let between = self.text.get(before.end..entry.start).unwrap_or_default();
            if !between.contains('#') {
                return Ok(vec![Raw::remove(before.end..entry.end)]);
            }
        }
        if self.count(at.container) == 1 {
            let whole = self.tree.node(at.container).map_or(0..0, |n| n.range());
            let inside = self.content_start(at.container) + 1..whole.end.saturating_sub(1);
            if self.text.get(inside.clone()).is_some_and(|t| !t.contains('#')) {
                return Ok(vec![Raw::remove(inside)]);
            }
        }
        let until = self.comma_after(entry.end).unwrap_or(entry.end);
        Ok(vec![Raw::remove(entry.start..until)])
    }
}
