//! Values side by side: what a change does to each attribute, masked and short.

use crate::meaning::changed_attributes;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;
use xcf_core::plan::ResourceChange;
use xcf_core::secret::MASK;

/// Longest value on one line, in characters.
const LONGEST_VALUE: usize = 96;
/// Most lines of one text diff.
const MOST_DIFF_LINES: usize = 40;

/// One attribute of a change.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AttributeChange {
    /// JSON Pointer without the leading slash, `a/b/0`.
    pub path: String,
    /// Text before; none if it was not there.
    pub before: Option<String>,
    /// Text after; none if it will not be there.
    pub after: Option<String>,
    /// True if the value after is only known after apply.
    pub unknown: bool,
    /// True if it is masked.
    pub sensitive: bool,
    /// For texts of several lines: the lines that differ, with `+`, `-` or blank in front.
    pub lines: Vec<String>,
}

/// The attributes a change touches, in the order of their paths. Sensitive values are never in it.
#[must_use]
pub fn attributes(change: &ResourceChange) -> Vec<AttributeChange> {
    let (before, after) = changed_attributes(change);
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    leaves(&before, String::new(), &mut old);
    leaves(&after, String::new(), &mut new);
    let unknown: Vec<String> = change.unknown.iter().map(|p| plain(p)).collect();
    let sensitive: Vec<String> = change.sensitive.iter().map(|p| plain(p)).collect();
    let mut paths: Vec<&String> = old.keys().chain(new.keys()).chain(&unknown).collect();
    // A masked attribute whose value changes looks equal on both sides: its mark tells.
    let marked: Vec<String> =
        change.sensitive_marks.iter().filter(|(_, [b, a])| a != b).map(|(p, _)| plain(p)).collect();
    paths.extend(&marked);
    paths.sort();
    paths.dedup();
    let mut out = Vec::new();
    for path in paths {
        let masked = sensitive.iter().chain(&marked).any(|p| p == path);
        let not_known = unknown.iter().any(|p| p == path);
        let (was, is) = (old.get(path), new.get(path));
        if was == is && !not_known && !marked.contains(path) {
            continue;
        }
        let shown = |value: &Value| if masked { MASK.to_owned() } else { short(value) };
        let of_mark =
            |side: Option<&&Value>| side.map(|v| shown(v)).or_else(|| marked.contains(path).then(|| MASK.to_owned()));
        let lines = if masked { Vec::new() } else { text_lines(was.copied(), is.copied()) };
        let after = if not_known { None } else { of_mark(is) };
        out.push(AttributeChange {
            path: path.clone(),
            before: of_mark(was),
            after,
            unknown: not_known,
            sensitive: masked,
            lines,
        });
    }
    out
}

fn plain(pointer: &str) -> String {
    pointer.trim_start_matches('/').to_owned()
}

fn leaves<'a>(value: &'a Value, path: String, out: &mut BTreeMap<String, &'a Value>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") };
    match value {
        Value::Null => {}
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, inner)| leaves(inner, below(&key.replace('~', "~0").replace('/', "~1")), out));
        }
        Value::Array(items) if items.iter().any(|i| i.is_object() || i.is_array()) => {
            items.iter().enumerate().for_each(|(index, inner)| leaves(inner, below(&index.to_string()), out));
        }
        leaf => {
            out.insert(path, leaf);
        }
    }
}

/// A value on one line, cut where it gets long.
#[must_use]
pub fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    };
    cut(&text, LONGEST_VALUE)
}

/// `text` with at most `most` characters, and a sign where it was cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn text_lines(before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let (Some(Value::String(before)), Some(Value::String(after))) = (before, after) else { return Vec::new() };
    if !before.contains('\n') && !after.contains('\n') {
        return Vec::new();
    }
    text_diff(before, after)
}

/// A small line diff of two texts: three lines of context, at most forty lines.
#[must_use]
pub fn text_diff(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    let mut out = Vec::new();
    for (index, group) in diff.grouped_ops(3).iter().enumerate() {
        if index > 0 {
            out.push("…".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            out.push(cut(&format!("{sign}{}", change.value().trim_end_matches(['\n', '\r'])), LONGEST_VALUE));
        }
    }
    if out.len() > MOST_DIFF_LINES {
        let more = out.len() - MOST_DIFF_LINES;
        out.truncate(MOST_DIFF_LINES);
        out.push(format!("… {more} more lines"));
    }
    out
}
