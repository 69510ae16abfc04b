//! A node tree's plain data, with every value checked on the way: keys, duplicates, ambiguous and unsupported values.

use super::scalar::{Typed, disagreement, is_surely_text, typed};
use super::spans::Style;
use super::spans::{NodeId, NodeKind, SpanTree};
use crate::diag::Diagnostic;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Problems of keys and scalars anywhere in the document, each at its place. Every written node is looked at once,
/// aliases are not followed.
pub(crate) fn faults(tree: &SpanTree) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, node) in tree.nodes.iter().enumerate() {
        match &node.kind {
            NodeKind::Scalar { text, style, tag } => {
                if is_surely_text(text, *style, *tag) && (*style != Style::Plain || disagreement(text).is_none()) {
                    continue;
                }
                let id = NodeId::try_from(index).unwrap_or(NodeId::MAX);
                match typed(text, *style, *tag) {
                    Typed::Value(_) => {}
                    Typed::Ambiguous(how) => found.push(
                        Diagnostic::error("ambiguous-yaml", format!("`{text}` is {how}"), tree.node_place(id))
                            .hint(ambiguous_hint(text)),
                    ),
                    Typed::Unsupported(why) => found.push(
                        Diagnostic::error(
                            "unsupported-value",
                            format!("`{}`: {why}", shorten(text)),
                            tree.node_place(id),
                        )
                        .hint("quote it if a text is meant"),
                    ),
                }
            }
            NodeKind::Map(pairs) => key_faults(tree, pairs, &mut found),
            NodeKind::List(_) | NodeKind::Alias(_) => {}
        }
    }
    found
}

fn ambiguous_hint(text: &str) -> String {
    match text {
        "<<" => "write the keys out: merge keys are not read here".to_owned(),
        t if t.len() <= 3 && t.bytes().all(|b| b.is_ascii_alphabetic()) => {
            let truth = matches!(t.to_ascii_lowercase().as_str(), "yes" | "on");
            format!("write `{truth}` if a truth value is meant, `\"{t}\"` if a text is")
        }
        t => format!("write `\"{t}\"` if a text is meant, else the plain decimal number"),
    }
}

fn key_faults(tree: &SpanTree, pairs: &[(NodeId, NodeId)], found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, NodeId> = HashMap::with_capacity(pairs.len());
    for (key, _) in pairs {
        let text = match tree.target(*key).map(|n| &n.kind) {
            Some(NodeKind::Scalar { text, style, tag }) if is_surely_text(text, *style, *tag) => Some(&**text),
            Some(NodeKind::Scalar { text, style, tag }) => match typed(text, *style, *tag) {
                Typed::Value(Value::Null | Value::Bool(_)) => None,
                _ => Some(&**text),
            },
            _ => None,
        };
        let Some(text) = text else {
            let message = "a key must be a text, not a map, a list, nothing or a truth value";
            found.push(Diagnostic::error("bad-key", message, tree.node_place(*key)).hint("quote it"));
            continue;
        };
        if let Some(first) = seen.insert(text, *key) {
            let message = format!("`{text}` stands twice in this map");
            found.push(
                Diagnostic::error("duplicate-key", message, tree.node_place(*key))
                    .hint("keep one of them")
                    .related([tree.node_place(first)]),
            );
        }
    }
}

/// The value of a node, aliases followed. The tree must have no `faults`; what one could still hide reads as null.
pub(crate) fn value(tree: &SpanTree, id: NodeId) -> Value {
    let Some(node) = tree.target(id) else { return Value::Null };
    match &node.kind {
        NodeKind::Scalar { text, style, tag } => match typed(text, *style, *tag) {
            Typed::Value(value) => value,
            Typed::Ambiguous(_) | Typed::Unsupported(_) => Value::Null,
        },
        NodeKind::List(items) => Value::Array(items.iter().map(|i| value(tree, *i)).collect()),
        NodeKind::Map(pairs) => {
            let mut map = Map::with_capacity(pairs.len());
            for (key, item) in pairs {
                map.insert(tree.scalar_text(*key).unwrap_or_default().to_owned(), value(tree, *item));
            }
            Value::Object(map)
        }
        NodeKind::Alias(_) => Value::Null,
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}
