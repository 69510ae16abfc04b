//! Values as new text: scalars that read back as themselves in every reader, flow style, block style.

use crate::docs::scalar::{Typed, core, disagreement};
use crate::docs::spans::Style;
use crate::value::{Shape, shape};
use serde_json::Value;

/// How new lines are laid out: taken from the text they go into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Line break.
    pub line_break: &'static str,
    /// Spaces per level.
    pub unit: usize,
    /// Lists in maps stand as far left as their key.
    pub flush_lists: bool,
    /// The text ends with a line break. Without one a text block may become the end of the text, where it can't end
    /// with a line break of its own.
    pub final_break: bool,
    /// Texts of several lines may be written as `|` blocks. Not where a comment follows that the block would swallow.
    pub text_blocks: bool,
}

/// True if the value is best written on one line: scalars, empty maps and lists, references and secrets.
pub(super) fn is_inline(value: &Value, layout: Layout) -> bool {
    match value {
        Value::Object(map) => map.is_empty() || matches!(shape(value), Shape::Output(_) | Shape::Secret(_)),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => !is_block_text(text, layout),
        _ => true,
    }
}

/// True if a text is written as a `|` block: several lines that a block gives back exactly.
pub(super) fn is_block_text(text: &str, layout: Layout) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let plain = |c: char| c == '\n' || c == '\t' || !is_special(c);
    layout.text_blocks
        && body.contains('\n')
        && (layout.final_break || body.len() == text.len())
        && body.lines().all(|l| l.trim_end() == l)
        && !body.starts_with([' ', '\t', '\n'])
        && !body.ends_with('\n')
        && text.chars().all(plain)
}

/// Header and content lines of a `|` block.
pub(super) fn block_text(text: &str, indent: usize) -> (&'static str, Vec<String>) {
    let (header, body) = match text.strip_suffix('\n') {
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    let line = |l: &str| if l.is_empty() { String::new() } else { format!("{}{l}", " ".repeat(indent)) };
    (header, body.split('\n').map(line).collect())
}

/// A value on one line; `style` is how the text it replaces was written.
pub(super) fn inline(value: &Value, style: Option<Style>, in_flow: bool) -> String {
    match value {
        Value::String(text) => match style {
            Some(Style::Double) => double_quoted(text),
            Some(Style::Single) if !text.chars().any(is_special) => format!("'{}'", text.replace('\'', "''")),
            _ => text_or_quoted(text, in_flow),
        },
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(|i| inline(i, None, true)).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Object(map) => {
            let pair = |(k, v): (&String, &Value)| format!("{}: {}", text_or_quoted(k, true), inline(v, None, true));
            let parts: Vec<String> = map.iter().map(pair).collect();
            format!("{{{}}}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

/// A key as it stands before its colon.
pub(super) fn key(text: &str, in_flow: bool) -> String {
    text_or_quoted(text, in_flow)
}

/// Lines of a map or list in block style, each with its indent.
pub(super) fn lines(value: &Value, indent: usize, layout: Layout) -> Vec<String> {
    let pad = " ".repeat(indent);
    let mut out = Vec::new();
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                out.extend(entry_lines(&format!("{pad}{}:", key(name, false)), inner, indent, layout));
            }
        }
        Value::Array(items) => {
            for item in items {
                out.extend(item_lines(item, indent, layout));
            }
        }
        other => out.push(format!("{pad}{}", inline(other, None, false))),
    }
    out
}

fn entry_lines(head: &str, value: &Value, indent: usize, layout: Layout) -> Vec<String> {
    if is_inline(value, layout) {
        return vec![format!("{head} {}", inline(value, None, false))];
    }
    if let Value::String(text) = value {
        let (header, content) = block_text(text, indent + layout.unit);
        return std::iter::once(format!("{head} {header}")).chain(content).collect();
    }
    let inner = child_indent(value, indent, layout);
    std::iter::once(head.to_owned()).chain(lines(value, inner, layout)).collect()
}

/// Indent of a map or list under a key that stands at `indent`.
pub(super) fn child_indent(value: &Value, indent: usize, layout: Layout) -> usize {
    if value.is_array() && layout.flush_lists { indent } else { indent + layout.unit }
}

/// Lines of one list item whose dash stands at `indent`.
pub(super) fn item_lines(value: &Value, indent: usize, layout: Layout) -> Vec<String> {
    let pad = " ".repeat(indent);
    if is_inline(value, layout) {
        return vec![format!("{pad}- {}", inline(value, None, false))];
    }
    if let Value::String(text) = value {
        let (header, content) = block_text(text, indent + 2);
        return std::iter::once(format!("{pad}- {header}")).chain(content).collect();
    }
    let mut inner = lines(value, indent + 2, layout);
    if let Some(first) = inner.first_mut() {
        *first = format!("{pad}- {}", first.trim_start());
    }
    inner
}

fn text_or_quoted(text: &str, in_flow: bool) -> String {
    if is_plain(text, in_flow) { text.to_owned() } else { double_quoted(text) }
}

/// True if a text can stand without quotes and every reader takes it as this text.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let starts = first.is_alphanumeric() || matches!(first, '_' | '/' | '.');
    let allowed = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '_' | '-' | '.' | '/' | '@' | '+' | '~' | ' ' | ':' | '=' | '*' | '$' | '(' | ')')
    };
    let colon = text.contains(": ") || text.ends_with(':') || (in_flow && text.contains(':'));
    let tame = text.chars().all(allowed) && !text.ends_with(' ') && !colon;
    let word = matches!(text, "y" | "Y" | "n" | "N" | "=" | "...") || text.starts_with("...");
    // Dates, times and versions: other readers may type them.
    let number_like = first.is_ascii_digit()
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ':' | '-' | '+' | '_' | 'e' | 'E' | 'T' | 'Z' | ' '));
    starts
        && tame
        && !word
        && !number_like
        && disagreement(text).is_none()
        && core(text) == Typed::Value(Value::String(text.to_owned()))
}

/// Characters that only a double-quoted text can hold.
fn is_special(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
        || ('\u{fff0}'..='\u{ffff}').contains(&c)
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_special(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
