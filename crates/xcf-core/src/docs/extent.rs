//! Where a scalar really begins and ends. The parser's span of a block scalar starts at its content and runs on to the
//! next token; that of a quoted one can include what follows it on the line.

use super::spans::Style;
use std::ops::Range;

/// A block scalar from its `|` or `>` to the end of its last line, line break excluded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Bytes.
    pub range: Range<usize>,
    /// How many lines above the content the header stands.
    pub lines_up: u32,
    /// Column of the header in characters, from 1; `None` if the content's start already was the header's.
    pub column: Option<u32>,
}

/// Finds the header of the content at `start..end`, not before byte `after` (the end of the key). With an anchor or tag
/// (`prefixed`) the span starts there, before the header.
pub(crate) fn block_scalar(text: &str, start: usize, end: usize, after: usize, prefixed: bool) -> Extent {
    let plain = Extent { range: start..end, lines_up: 0, column: None };
    if prefixed {
        let own = text.get(start..end).unwrap_or_default();
        let keep = header_at(own).is_some_and(|(_, keep)| keep);
        return Extent { range: start..trimmed_end(text, start, end, keep), ..plain };
    }
    let mut line_end = start;
    loop {
        let Some(before) = text.get(after..line_end) else { return plain };
        let line_start = before.rfind('\n').map_or(after, |i| after + i + 1);
        let line = text.get(line_start..line_end).unwrap_or_default();
        if let Some((at, keep)) = header_at(line) {
            let header = line_start + at;
            let above = text.get(header..start).unwrap_or_default().matches('\n').count();
            let from = text.get(..header).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
            let column = text.get(from..header).map_or(0, |t| t.chars().count()) + 1;
            return Extent {
                range: header..trimmed_end(text, header, end, keep),
                lines_up: u32::try_from(above).unwrap_or(0),
                column: u32::try_from(column).ok(),
            };
        }
        if line_start <= after {
            return plain;
        }
        line_end = line_start - 1;
    }
}

/// A block scalar header in one line: where its indicator stands, and whether it keeps trailing blank lines.
fn header_at(line: &str) -> Option<(usize, bool)> {
    let line = line.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    line.char_indices().filter(|(_, c)| matches!(c, '|' | '>')).find_map(|(at, _)| {
        let free = line.get(..at).is_none_or(|b| b.is_empty() || b.ends_with([' ', '\t', ':', '-']));
        let rest = line.get(at + 1..)?;
        let marks = rest.find(|c: char| !matches!(c, '+' | '-' | '0'..='9')).unwrap_or(rest.len());
        let tail = rest.get(marks..)?;
        let comment = tail.starts_with([' ', '\t']) && tail.trim_start().starts_with('#');
        (free && (tail.trim().is_empty() || comment)).then(|| (at, rest.get(..marks).is_some_and(|m| m.contains('+'))))
    })
}

fn trimmed_end(text: &str, start: usize, end: usize, keep: bool) -> usize {
    let own = text.get(start..end).unwrap_or_default();
    let trimmed = if keep {
        let lines = own.trim_end_matches([' ', '\t']);
        let lines = lines.strip_suffix('\n').unwrap_or(lines);
        lines.strip_suffix('\r').unwrap_or(lines)
    } else {
        own.trim_end()
    };
    start + trimmed.len()
}

/// End of the quoted scalar in `start..end`: after its closing quote.
pub(crate) fn quoted_end(text: &str, start: usize, end: usize) -> usize {
    let own = text.get(start..end).unwrap_or_default();
    let mut at = 0;
    while let Some(rest) = own.get(at..).filter(|r| r.starts_with(['&', '!'])) {
        let word = rest.find([' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        at += word + rest.get(word..).map_or(0, |r| r.len() - r.trim_start().len());
    }
    let mut bytes = own.bytes().enumerate().skip(at);
    let Some((_, quote @ (b'"' | b'\''))) = bytes.next() else { return end };
    let mut bytes = bytes.peekable();
    while let Some((index, byte)) = bytes.next() {
        if byte == b'\\' && quote == b'"' {
            bytes.next();
        } else if byte == quote {
            if quote == b'\'' && bytes.next_if(|(_, b)| *b == quote).is_some() {
                continue;
            }
            return start + index + 1;
        }
    }
    end
}

/// The text of a block scalar whose last line ends with the file: that line has no break, so the text has none. (The
/// parser adds one; other readers do not.)
pub(crate) fn unfinished_line<'s>(text: &str, end: usize, style: Style, scalar: &'s str) -> Option<&'s str> {
    let block = matches!(style, Style::Literal | Style::Folded);
    let unfinished = end >= text.len() && !text.ends_with(['\n', '\r']);
    (block && unfinished).then(|| scalar.strip_suffix('\n')).flatten()
}
