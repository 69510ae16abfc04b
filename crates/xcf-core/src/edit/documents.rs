//! Whole documents of a text: where each begins, one more, one less.

use super::EditError;
use super::patch::{Edited, Raw};
use crate::docs::{Limits, model, parse};
use serde_json::Value;
use std::sync::Arc;

const MARK: &str = "---";

/// Models of all documents, with the byte each begins at.
struct All {
    starts: Vec<usize>,
    models: Vec<Option<Value>>,
    errors: usize,
}

fn read(text: &str) -> All {
    let file: Arc<str> = Arc::from("");
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut all = All { starts: Vec::new(), models: Vec::new(), errors: 0 };
    for doc in parse::parse(&file, text, &Limits::default()) {
        all.starts.push(if doc.index == 0 { bom } else { doc.range.start });
        all.models.push(doc.tree.as_ref().map(|t| model::value(t, t.root)));
        all.errors += doc.errors.len();
    }
    all
}

fn nowhere(why: &'static str) -> EditError {
    EditError::Pointer { pointer: String::new(), why }
}

fn changed(
    text: &str,
    raws: Vec<Raw>,
    expected: &[Option<Value>],
    errors: usize,
) -> Result<(Vec<Raw>, String), EditError> {
    let unsafe_edit = || EditError::Unsafe { pointer: String::new() };
    let after = Edited::preview(text, &raws).ok_or_else(unsafe_edit)?;
    let again = read(&after);
    if again.models != expected || again.errors > errors {
        return Err(unsafe_edit());
    }
    Ok((raws, after))
}

/// `document` (a text of its own, without `---`) as the last document.
pub(super) fn append(text: &str, document: &str) -> Result<(Vec<Raw>, String), EditError> {
    let all = read(text);
    let mut added = read(document);
    if added.models.len() != 1 || added.errors > 0 {
        return Err(EditError::Broken("what is to be added is not one document".to_owned()));
    }
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let body = document.strip_prefix('\u{feff}').unwrap_or(document);
    let body = body.strip_prefix(MARK).map_or(body, |b| b.trim_start_matches(['\r', '\n']));
    let mut lines: String = body.lines().flat_map(|l| [l, line_break]).collect();
    if !body.ends_with('\n') {
        lines.truncate(lines.len() - line_break.len());
    }
    let is_empty = all.models.iter().all(|m| m.as_ref().is_some_and(Value::is_null)) && all.errors == 0;
    let end_break = if text.is_empty() || text.ends_with('\n') { "" } else { line_break };
    let marked = text.trim_end().ends_with("\n---");
    let (mark, mut expected) = match is_empty {
        true => (String::new(), Vec::new()),
        false if marked => (String::new(), all.models.get(..all.models.len() - 1).unwrap_or_default().to_vec()),
        false => (format!("{MARK}{line_break}"), all.models),
    };
    expected.append(&mut added.models);
    changed(text, vec![Raw::insert(text.len(), format!("{end_break}{mark}{lines}"))], &expected, all.errors)
}

/// Document `index` goes, with the `---` that begins it and the comments around it.
/// How many documents a text has.
pub(super) fn count(text: &str) -> usize {
    read(text).starts.len()
}

pub(super) fn delete(text: &str, index: usize) -> Result<(Vec<Raw>, String), EditError> {
    let all = read(text);
    let Some(start) = all.starts.get(index).copied() else { return Err(nowhere("there is no such document")) };
    if all.starts.len() == 1 {
        return Err(nowhere("it is the only document: delete the file"));
    }
    let mut end = all.starts.get(index + 1).copied().unwrap_or(text.len());
    let first_is_marked = text.get(start..end).is_some_and(|t| t.lines().any(|l| l == MARK || l.starts_with("--- ")));
    if index == 0 && !first_is_marked {
        let rest = text.get(end..).unwrap_or_default();
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        end += if line.trim_end() == MARK { line.len() } else { 0 };
    }
    let mut expected = all.models;
    expected.remove(index);
    changed(text, vec![Raw::remove(start..end)], &expected, all.errors)
}
