//! Positions: bytes inside, lines and UTF-16 units at the edges (the protocol's own count), characters in diagnostics.

use std::ops::Range;

/// A position as editors count: line from 0, UTF-16 code units from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Line, from 0.
    pub line: u32,
    /// UTF-16 code units in the line, from 0.
    pub character: u32,
}

/// A text that knows where its lines start.
#[derive(Debug, Clone)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Lines of `text`; `\n`, `\r\n` and a lone `\r` end one, as the protocol says.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let mut starts = vec![0];
        let bytes = text.as_bytes();
        for (i, byte) in bytes.iter().enumerate() {
            let alone = *byte == b'\r' && bytes.get(i + 1) != Some(&b'\n');
            if *byte == b'\n' || alone {
                starts.push(i + 1);
            }
        }
        Self { text, starts }
    }
    /// A line without its end; `None` behind the last.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&'t str> {
        let start = *self.starts.get(line as usize)?;
        let end = self.starts.get(line as usize + 1).copied().unwrap_or(self.text.len());
        Some(self.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }
    /// The byte at a position; one behind a line's end is its end, one behind the text's end the text's.
    #[must_use]
    pub fn offset(&self, at: Position) -> usize {
        let Some(line) = self.line(at.line) else { return self.text.len() };
        let start = self.starts.get(at.line as usize).copied().unwrap_or(self.text.len());
        let mut units = 0_u32;
        for (i, c) in line.char_indices() {
            if units >= at.character {
                return start + i;
            }
            units += u32::try_from(c.len_utf16()).unwrap_or(1);
        }
        start + line.len()
    }
    /// The position of a byte; inside a character it is that of its start.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|s| *s <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let mut end = offset;
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let units: usize = self.text.get(start..end).map_or(0, |t| t.chars().map(char::len_utf16).sum());
        Position { line: count(line), character: count(units) }
    }
    /// Positions of a byte range.
    #[must_use]
    pub fn range(&self, range: &Range<usize>) -> (Position, Position) {
        (self.position(range.start), self.position(range.end))
    }
    /// The byte of a diagnostic's line and column (both from 1, the column in characters); 0 is the start.
    #[must_use]
    pub fn place(&self, line: u32, column: u32) -> usize {
        let Some(index) = line.checked_sub(1) else { return 0 };
        let Some(text) = self.line(index) else { return self.text.len() };
        let start = self.starts.get(index as usize).copied().unwrap_or(self.text.len());
        let skip = column.saturating_sub(1) as usize;
        start + text.char_indices().nth(skip).map_or(text.len(), |(i, _)| i)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
