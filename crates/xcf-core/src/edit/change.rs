//! Edits taken apart into changes of one node each, and what each does to the data.

use super::{Edit, EditError, Open};
use crate::docs::spans::{NodeId, NodeKind, SpanTree, escape, tokens};
use serde_json::{Map, Value};

/// A change of one node.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// The whole value at `pointer` becomes `value`.
    Replace { pointer: String, value: Value },
    /// A new key at the end of the map at `pointer`.
    AddKey { pointer: String, key: String, value: Value },
    /// A new item before item `index` of the list at `pointer`; the length appends.
    AddItem { pointer: String, index: usize, value: Value },
    /// The key or item at `pointer` goes.
    Remove { pointer: String },
}

impl Change {
    pub(super) fn pointer(&self) -> &str {
        match self {
            Self::Replace { pointer, .. }
            | Self::AddKey { pointer, .. }
            | Self::AddItem { pointer, .. }
            | Self::Remove { pointer } => pointer,
        }
    }
}

fn nowhere(pointer: &str, why: &'static str) -> EditError {
    EditError::Pointer { pointer: pointer.to_owned(), why }
}

/// The changes that make up an edit; none if it would change nothing.
pub(super) fn expand(open: &Open, edit: &Edit) -> Result<Vec<Change>, EditError> {
    let mut out = Vec::new();
    match edit {
        Edit::Remove { pointer } => {
            if pointer.is_empty() || open.tree.find(pointer).is_none() {
                return Err(nowhere(pointer, "no such key or item"));
            }
            out.push(Change::Remove { pointer: pointer.clone() });
        }
        Edit::Set { pointer, value } => match open.tree.find(pointer) {
            Some(step) => {
                let old = open.model.pointer(pointer).ok_or_else(|| nowhere(pointer, "two keys have this name"))?;
                differences(&open.tree, step.value, old, value, pointer, &mut out);
            }
            None => out.push(add(open, pointer, value)?),
        },
    }
    Ok(out)
}

/// Adds what a pointer names that leads beyond what exists.
fn add(open: &Open, pointer: &str, value: &Value) -> Result<Change, EditError> {
    if !pointer.starts_with('/') {
        return Err(nowhere(pointer, "a pointer starts with `/`"));
    }
    let names: Vec<String> = tokens(pointer).collect();
    let mut at = String::new();
    let mut depth = 0;
    for name in &names {
        let next = format!("{at}/{}", escape(name));
        if !open.tree.contains(&next) {
            break;
        }
        at = next;
        depth += 1;
    }
    let missing = names.get(depth).ok_or_else(|| nowhere(pointer, "no such place"))?;
    let mut inner = value.clone();
    for name in names.iter().skip(depth + 1).rev() {
        if name == "-" || name.parse::<usize>().is_ok() {
            return Err(nowhere(pointer, "the list it names does not exist"));
        }
        inner = Value::Object(Map::from_iter([(name.clone(), inner)]));
    }
    match open.model.pointer(&at) {
        Some(Value::Object(_)) => Ok(Change::AddKey { pointer: at, key: missing.clone(), value: inner }),
        Some(Value::Array(items)) if missing == "-" || missing.parse() == Ok(items.len()) => {
            Ok(Change::AddItem { pointer: at, index: items.len(), value: inner })
        }
        Some(Value::Null) => {
            Ok(Change::Replace { pointer: at, value: Value::Object(Map::from_iter([(missing.clone(), inner)])) })
        }
        _ => Err(nowhere(pointer, "the value it goes through is no map or list")),
    }
}

/// Changes that turn `old` into `new`, as deep down as possible, so that what stays the same keeps its text.
fn differences(tree: &SpanTree, id: NodeId, old: &Value, new: &Value, pointer: &str, out: &mut Vec<Change>) {
    if old == new {
        return;
    }
    let replace = || Change::Replace { pointer: pointer.to_owned(), value: new.clone() };
    match (tree.node(id).map(|n| &n.kind), old, new) {
        (Some(NodeKind::Map(_)), Value::Object(before), Value::Object(after)) => {
            for (key, value) in after {
                let here = format!("{pointer}/{}", escape(key));
                match before.get(key).zip(tree.child(id, key)) {
                    Some((old, step)) => differences(tree, step.value, old, value, &here, out),
                    None => {
                        out.push(Change::AddKey { pointer: pointer.to_owned(), key: key.clone(), value: value.clone() })
                    }
                }
            }
            let gone = before.keys().filter(|k| !after.contains_key(*k));
            out.extend(gone.map(|k| Change::Remove { pointer: format!("{pointer}/{}", escape(k)) }));
        }
        (Some(NodeKind::List(items)), Value::Array(before), Value::Array(after)) if !before.is_empty() => {
            list_differences(tree, items, (before, after), pointer, out);
        }
        _ => out.push(replace()),
    }
}

fn list_differences(
    tree: &SpanTree,
    items: &[NodeId],
    lists: (&[Value], &[Value]),
    pointer: &str,
    out: &mut Vec<Change>,
) {
    let (before, after) = lists;
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let most = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (old_end, new_end) = (before.len() - tail, after.len() - tail);
    let shared = old_end.min(new_end);
    for index in head..shared {
        if let (Some(id), Some(old), Some(new)) = (items.get(index), before.get(index), after.get(index)) {
            differences(tree, *id, old, new, &format!("{pointer}/{index}"), out);
        }
    }
    for index in shared..new_end {
        if let Some(value) = after.get(index) {
            out.push(Change::AddItem { pointer: pointer.to_owned(), index, value: value.clone() });
        }
    }
    for index in (shared..old_end).rev() {
        out.push(Change::Remove { pointer: format!("{pointer}/{index}") });
    }
}

/// Does to the data what the change must do to the text.
pub(super) fn to_model(model: &mut Value, change: &Change) -> Result<(), EditError> {
    let missing = || nowhere(change.pointer(), "no such place");
    match change {
        Change::Replace { pointer, value } => *model.pointer_mut(pointer).ok_or_else(missing)? = value.clone(),
        Change::AddKey { pointer, key, value } => match model.pointer_mut(pointer) {
            Some(Value::Object(map)) => {
                map.insert(key.clone(), value.clone());
            }
            _ => return Err(missing()),
        },
        Change::AddItem { pointer, index, value } => match model.pointer_mut(pointer) {
            Some(Value::Array(items)) if *index <= items.len() => items.insert(*index, value.clone()),
            _ => return Err(missing()),
        },
        Change::Remove { pointer } => {
            let (parent, last) = pointer.rsplit_once('/').ok_or_else(missing)?;
            let key = last.replace("~1", "/").replace("~0", "~");
            match model.pointer_mut(parent) {
                Some(Value::Object(map)) => {
                    map.shift_remove(&key).ok_or_else(missing)?;
                }
                Some(Value::Array(items)) => {
                    let index: usize = key.parse().map_err(|_| missing())?;
                    if index >= items.len() {
                        return Err(missing());
                    }
                    items.remove(index);
                }
                _ => return Err(missing()),
            }
        }
    }
    Ok(())
}
