//! Bytes of a file to typed documents, with every diagnostic of every document at once (`D5`).

use super::bytes::text_of;
use super::check;
use super::doc::{AnyDoc, BrokenDoc, FileDocs, Kind, Parts};
use super::limits::Limits;
use super::parse::{ParsedDoc, parse};
use super::shape::Shape;
use super::spans::{NodeKind, SpanTree};
use super::structure::{did_you_mean, problems};
use super::{API_VERSION, Metadata, model, second};
use crate::diag::{Diagnostic, Place};
use serde_json::Value;
use std::sync::Arc;

/// Reads every document of a file. Never fails: what is wrong is in `diagnostics`, and a document that could not be
/// read is told in `broken_names`, because broken text is not absent text (`dsl §7`).
#[must_use]
pub fn read_documents(file: &str, bytes: &[u8], limits: &Limits) -> FileDocs {
    let mut out = FileDocs { file: file.to_owned(), ..FileDocs::default() };
    let text = match text_of(file, bytes, limits) {
        Ok(text) => text,
        Err(diagnostic) => {
            out.diagnostics.push(*diagnostic);
            out.broken = true;
            return out;
        }
    };
    let name: Arc<str> = Arc::from(file);
    let parsed = parse(&name, text, limits);
    let mut seen_any = false;
    for doc in parsed {
        seen_any |= !is_empty(&doc);
        read_one(file, text, doc, &mut out);
    }
    if !seen_any {
        let diagnostic = Diagnostic::error("empty-file", "the file holds no document", Place::file(file));
        out.diagnostics
            .push(diagnostic.hint("delete the file if its document is meant to go; an empty file changes nothing"));
        out.broken = true;
    }
    one_per_file(&mut out);
    out.diagnostics.sort_by_key(|d| (d.place.line, d.place.column));
    out
}

fn is_empty(doc: &ParsedDoc) -> bool {
    let null = |tree: &SpanTree| match tree.target(tree.root).map(|n| &n.kind) {
        Some(NodeKind::Scalar { .. }) => model::value(tree, tree.root) == Value::Null,
        _ => false,
    };
    doc.errors.is_empty() && doc.tree.as_ref().is_none_or(null)
}

fn read_one(file: &str, text: &str, doc: ParsedDoc, out: &mut FileDocs) {
    if is_empty(&doc) {
        return;
    }
    let ParsedDoc { index, tree, range, errors } = doc;
    let readable = errors.is_empty();
    out.diagnostics.extend(errors);
    let Some(tree) = tree else {
        let place = Place::new(file, line_of(text, range.start), 1);
        let (kind, name) = names_in_text(text.get(range.start..).unwrap_or_default());
        broken(out, BrokenDoc { index, kind, name, place });
        return;
    };
    let place = tree.node_place(tree.root);
    let (kind, name) = names_in_tree(&tree);
    let mut faults = model::faults(&tree);
    if faults.is_empty() {
        faults = second::disagreements(&tree, text.get(range).unwrap_or_default());
    }
    let sound = readable && faults.is_empty();
    out.diagnostics.extend(faults);
    let typed = typed(file, index, tree, kind, sound, &mut out.diagnostics);
    match typed {
        Some(doc) => {
            let found = check::document(&doc);
            if found.iter().any(Diagnostic::is_error) {
                out.faulty.push(index);
            }
            out.diagnostics.extend(found);
            out.docs.push(doc);
        }
        None => broken(out, BrokenDoc { index, kind, name, place }),
    }
}

fn broken(out: &mut FileDocs, doc: BrokenDoc) {
    out.broken = true;
    out.broken_names.push(doc);
}

/// Structure first, over the whole document; types only if nothing is wrong with it.
fn typed(
    file: &str,
    index: usize,
    tree: SpanTree,
    kind: Option<Kind>,
    sound: bool,
    found: &mut Vec<Diagnostic>,
) -> Option<AnyDoc> {
    let kind = envelope(&tree, kind, found)?;
    let wrong = problems(&tree, Shape::of(kind)?);
    let fits = wrong.is_empty();
    found.extend(wrong);
    if !fits || !sound {
        return None;
    }
    let root = model::value(&tree, tree.root);
    let Value::Object(mut root) = root else { return None };
    let spec = root.shift_remove("spec").unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let metadata = root.shift_remove("metadata").unwrap_or_default();
    let place = tree.place("/spec");
    let made = serde_json::from_value::<Metadata>(metadata).and_then(|metadata| {
        AnyDoc::from_parts(kind, Parts { file: file.to_owned(), index, metadata, spans: tree }, spec)
    });
    match made {
        Ok(doc) => Some(doc),
        Err(error) => {
            found.push(Diagnostic::error("bad-value", format!("this {kind} does not fit its type: {error}"), place));
            None
        }
    }
}

/// The kind, or what keeps the document from having one.
fn envelope(tree: &SpanTree, kind: Option<Kind>, found: &mut Vec<Diagnostic>) -> Option<Kind> {
    let root = tree.node_place(tree.root);
    if !matches!(tree.target(tree.root).map(|n| &n.kind), Some(NodeKind::Map(_))) {
        found.push(Diagnostic::error(
            "not-a-document",
            "a document is a map with apiVersion, kind, metadata and spec",
            root,
        ));
        return None;
    }
    if kind.is_some() {
        return kind;
    }
    let known: Vec<&str> = Kind::ALL.iter().map(|k| k.as_str()).collect();
    match tree.find("/kind").and_then(|s| tree.scalar_text(s.value)) {
        Some(text) => {
            let message = format!("`{text}` is not a kind of {API_VERSION}");
            found
                .push(Diagnostic::error("unknown-kind", message, tree.place("/kind")).hint(did_you_mean(text, &known)));
        }
        None => found.push(
            Diagnostic::error("missing-field", "`kind` is missing in the document", root)
                .hint(format!("add `kind:`, one of {}", known.join(", "))),
        ),
    }
    None
}

fn names_in_tree(tree: &SpanTree) -> (Option<Kind>, Option<String>) {
    let text = |pointer: &str| tree.find(pointer).and_then(|s| tree.scalar_text(s.value));
    (text("/kind").and_then(|k| k.parse().ok()), text("/metadata/name").map(str::to_owned))
}

/// Kind and name of a document that is not YAML, by its lines: enough to know what is broken.
fn names_in_text(text: &str) -> (Option<Kind>, Option<String>) {
    let (mut kind, mut name, mut in_metadata) = (None, None, false);
    for (number, line) in text.lines().enumerate() {
        if number > 0 && (line == "---" || line.starts_with("--- ")) {
            break;
        }
        let content = line.split(" #").next().unwrap_or_default().trim_end();
        let value = |rest: &str| rest.trim().trim_matches(['"', '\'']).to_owned();
        if let Some(rest) = content.strip_prefix("kind:") {
            kind = kind.or_else(|| value(rest).parse().ok());
        }
        if let Some(rest) = content.trim_start().strip_prefix("name:")
            && in_metadata
            && content.starts_with([' ', '\t'])
        {
            name = name.or_else(|| Some(value(rest)).filter(|n| crate::ids::is_dns_label(n)));
        }
        if !content.is_empty() && !content.starts_with([' ', '\t', '#']) {
            in_metadata = content.starts_with("metadata:");
        }
    }
    (kind, name)
}

fn line_of(text: &str, byte: usize) -> u32 {
    let before = text.as_bytes().get(..byte).unwrap_or_default();
    u32::try_from(before.iter().filter(|b| **b == b'\n').count() + 1).unwrap_or(0)
}

/// A Composition or Environment has a file of its own; `.xcf.yaml` holds Config only (`dsl` head).
fn one_per_file(out: &mut FileDocs) {
    let is_config_file = out.file == ".xcf.yaml" || out.file.ends_with("/.xcf.yaml");
    let all: Vec<(usize, Kind, Place)> = out.docs.iter().map(|d| (d.index(), d.kind(), d.place(""))).collect();
    let count = all.len() + out.broken_names.len();
    for (index, kind, place) in all {
        let alone = matches!(kind, Kind::Composition | Kind::Environment | Kind::Config);
        let wrong = if is_config_file != (kind == Kind::Config) {
            let message = if is_config_file {
                format!("`.xcf.yaml` holds Config only, not {kind}")
            } else {
                "Config stands in `.xcf.yaml` only".to_owned()
            };
            Some(Diagnostic::error("wrong-file", message, place).hint("move it into a file of its own"))
        } else if alone && count > 1 {
            Some(
                Diagnostic::error(
                    "one-per-file",
                    format!("a {kind} has a file of its own, this one holds {count} documents"),
                    place,
                )
                .hint("split the file"),
            )
        } else {
            None
        };
        if let Some(diagnostic) = wrong {
            out.diagnostics.push(diagnostic);
            out.faulty.push(index);
        }
    }
}
