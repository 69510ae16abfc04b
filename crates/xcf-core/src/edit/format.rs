//! `xcf fmt`: a document as a careful person leaves it, by whitespace alone.
//!
//! What it does, and nothing else:
//! - line breaks are `\n`, a byte order mark goes, the text ends with exactly one line break;
//! - blanks at the end of a line go, tabs included; not inside texts that go over several lines;
//! - of several blank lines in a row one stays; none opens the text; not inside texts that go over several lines.
//!
//! Indents, key order, quotes, comments and every value stay. The result is read again by two parsers: a text whose
//! meaning would change (a `|+` block keeps its blank lines) stays as it is in that part, or wholly.

use crate::diag::Diagnostic;
use crate::docs::spans::{NodeKind, Style};
use crate::docs::{Limits, model, parse};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// `text` in its normal form; formatting that again changes nothing.
///
/// # Errors
/// What keeps the text from being read, each with its place in `file`. It is to be left alone.
pub fn format(file: &str, text: &str) -> Result<String, Vec<Diagnostic>> {
    let name: Arc<str> = Arc::from(file);
    let docs = parse::parse(&name, text, &Limits::default());
    let errors: Vec<Diagnostic> = docs.iter().flat_map(|d| d.errors.iter().cloned()).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let starts = line_starts(text);
    let line_of = |byte: usize| starts.partition_point(|start| *start <= byte) - 1;
    let mut inside = BTreeSet::new();
    for tree in docs.iter().filter_map(|d| d.tree.as_ref()) {
        for node in &tree.nodes {
            let NodeKind::Scalar { style, .. } = &node.kind else { continue };
            let first = line_of(node.start as usize);
            let last = line_of(node.end as usize);
            // A quoted text ends on a line whose rest is not its own; a block's last line is.
            let end = if matches!(style, Style::Literal | Style::Folded) { last + 1 } else { last };
            let start = if matches!(style, Style::Literal | Style::Folded) { first + 1 } else { first };
            inside.extend(start..end);
        }
    }
    let formatted = layout(text, &inside);
    let result = if same(text, &formatted) { formatted } else { text.to_owned() };
    Ok(result)
}

/// Byte at which each line begins.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

fn layout(text: &str, inside: &BTreeSet<usize>) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for (number, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if inside.contains(&number) {
            out.push_str(line);
            blank = false;
        } else {
            let line = line.trim_end_matches([' ', '\t', '\r']);
            if line.is_empty() && blank {
                continue;
            }
            blank = line.is_empty();
            out.push_str(line);
        }
        out.push('\n');
    }
    let ends_inside = inside.contains(&text.matches('\n').count().saturating_sub(usize::from(text.ends_with('\n'))));
    let end = if ends_inside { out.trim_end_matches('\n').len() } else { out.trim_end().len() };
    out.truncate(end);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Both parsers read the same from both texts, and no comment is lost.
fn same(before: &str, after: &str) -> bool {
    let ours = |text: &str| {
        let docs = parse::parse(&Arc::from(""), text, &Limits::default());
        docs.iter().map(|d| d.tree.as_ref().map(|t| model::value(t, t.root))).collect::<Vec<Option<Value>>>()
    };
    let second = |text: &str| {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let read = serde_yaml::Deserializer::from_str(text).map(serde_yaml::Value::deserialize);
        read.map(|v| v.map_err(|e| e.to_string().split(" at ").next().unwrap_or_default().to_owned()))
            .collect::<Vec<_>>()
    };
    let comments = |text: &str| text.matches('#').count();
    ours(before) == ours(after) && second(before) == second(after) && comments(before) == comments(after)
}
