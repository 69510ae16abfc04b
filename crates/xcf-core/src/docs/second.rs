//! The second reader: where another YAML parser sees other data, the text is ambiguous (`D5`).

use super::model;
use super::scalar::{Typed, core, is_surely_text};
use super::spans::{NodeKind, SpanTree, Style, escape};
use crate::diag::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

/// Differences between our reading and the second parser's. It only runs over text that could hold one: numbers not
/// written plainly, anchors, tags.
pub(crate) fn disagreements(tree: &SpanTree, text: &str) -> Vec<Diagnostic> {
    if !is_suspicious(tree) {
        return Vec::new();
    }
    let mine = model::value(tree, tree.root);
    let read = serde_yaml::Deserializer::from_str(text).next().map(serde_yaml::Value::deserialize);
    match read {
        Some(Ok(theirs)) => {
            let mut found = Vec::new();
            compare(tree, &mine, &theirs, &mut String::new(), &mut found);
            found
        }
        Some(Err(error)) => {
            let message = format!("another YAML reader refuses this document: {error}");
            vec![Diagnostic::error("ambiguous-yaml", message, tree.node_place(tree.root))]
        }
        None => Vec::new(),
    }
}

fn is_suspicious(tree: &SpanTree) -> bool {
    tree.nodes.iter().any(|node| match &node.kind {
        NodeKind::Alias(_) => true,
        NodeKind::Scalar { tag: Some(_), .. } => true,
        NodeKind::Scalar { text, style: Style::Plain, .. } => {
            if is_surely_text(text, Style::Plain, None) {
                return false;
            }
            let plain = text.bytes().all(|b| b.is_ascii_digit());
            !plain && matches!(core(text), Typed::Value(Value::Number(_)))
        }
        _ => node.anchored,
    })
}

fn compare(tree: &SpanTree, mine: &Value, theirs: &serde_yaml::Value, at: &mut String, found: &mut Vec<Diagnostic>) {
    let here = at.len();
    match (mine, theirs) {
        (Value::Object(map), serde_yaml::Value::Mapping(other)) if map.len() == other.len() => {
            for (key, value) in map {
                at.push('/');
                at.push_str(&escape(key));
                let second = other.iter().find(|(k, _)| key_text(k).as_deref() == Some(key)).map(|(_, v)| v);
                match second {
                    Some(second) => compare(tree, value, second, at, found),
                    None => found.push(difference(tree, at)),
                }
                at.truncate(here);
            }
        }
        (Value::Array(list), serde_yaml::Value::Sequence(other)) if list.len() == other.len() => {
            for (index, (value, second)) in list.iter().zip(other).enumerate() {
                at.push_str(&format!("/{index}"));
                compare(tree, value, second, at, found);
                at.truncate(here);
            }
        }
        (Value::Object(_) | Value::Array(_), _) => found.push(difference(tree, at)),
        (scalar, other) => {
            if !same_scalar(scalar, other) {
                found.push(difference(tree, at));
            }
        }
    }
}

fn key_text(key: &serde_yaml::Value) -> Option<String> {
    match key {
        serde_yaml::Value::String(text) => Some(text.clone()),
        serde_yaml::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn same_scalar(mine: &Value, theirs: &serde_yaml::Value) -> bool {
    match (mine, theirs) {
        (Value::Null, serde_yaml::Value::Null) => true,
        (Value::Bool(a), serde_yaml::Value::Bool(b)) => a == b,
        (Value::String(a), serde_yaml::Value::String(b)) => a == b,
        (Value::Number(a), serde_yaml::Value::Number(b)) => {
            a.as_u64() == b.as_u64() && a.as_i64() == b.as_i64() && a.as_f64() == b.as_f64()
        }
        _ => false,
    }
}

fn difference(tree: &SpanTree, pointer: &str) -> Diagnostic {
    let message = "readers of YAML disagree about this value";
    Diagnostic::error("ambiguous-yaml", message, tree.place(pointer))
        .hint("quote it if a text is meant, else write it plainly")
}
