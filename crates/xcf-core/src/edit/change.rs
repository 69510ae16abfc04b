//! Edits taken apart into changes of one node each, and what each does to the data.

use super::lists::Fragment;
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
    /// The key or item at `pointer` goes; its comments too if `comments`.
    Remove { pointer: String, comments: bool },
    /// The key at `pointer` gets another name.
    Rename { pointer: String, to: String },
    /// Item `from` of the list at `pointer` comes to stand at `to`.
    Move { pointer: String, from: usize, to: usize },
    /// An item from elsewhere, before item `index` of the list at `pointer`.
    Put { pointer: String, index: usize, item: Fragment },
}

impl Change {
    pub(super) fn pointer(&self) -> &str {
        match self {
            Self::Replace { pointer, .. }
            | Self::AddKey { pointer, .. }
            | Self::AddItem { pointer, .. }
            | Self::Remove { pointer, .. }
            | Self::Rename { pointer, .. }
            | Self::Move { pointer, .. }
            | Self::Put { pointer, .. } => pointer,
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
        Edit::Remove { pointer } | Edit::Delete { pointer } => {
            exists(open, pointer)?;
            let comments = matches!(edit, Edit::Delete { .. });
            out.push(Change::Remove { pointer: pointer.clone(), comments });
        }
        Edit::Insert { pointer, value } => {
            let (list, index) = slot(open, pointer)?;
            out.push(Change::AddItem { pointer: list, index, value: value.clone() });
        }
        Edit::Move { pointer, to } => {
            exists(open, pointer)?;
            let (list, from) = slot(open, pointer)?;
            let count = open.model.pointer(&list).and_then(Value::as_array).map_or(0, Vec::len);
            if *to >= count {
                return Err(nowhere(pointer, "the list is not that long"));
            }
            if from != *to {
                out.push(Change::Move { pointer: list, from, to: *to });
            }
        }
        Edit::Rename { pointer, to } => {
            exists(open, pointer)?;
            let (map, key) = pointer.rsplit_once('/').unwrap_or_default();
            let Some(Value::Object(map)) = open.model.pointer(map) else {
                return Err(nowhere(pointer, "only keys of maps have names"));
            };
            if key == escape(to) {
                return Ok(out);
            }
            if map.contains_key(to) {
                return Err(nowhere(pointer, "there is a key of this name"));
            }
            out.push(Change::Rename { pointer: pointer.clone(), to: to.clone() });
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

fn exists(open: &Open, pointer: &str) -> Result<(), EditError> {
    let found = !pointer.is_empty() && open.tree.find(pointer).is_some();
    found.then_some(()).ok_or_else(|| nowhere(pointer, "no such key or item"))
}

/// The list and index a pointer to an item, or behind the last one, names.
pub(super) fn slot(open: &Open, pointer: &str) -> Result<(String, usize), EditError> {
    let (list, last) = pointer.rsplit_once('/').ok_or_else(|| nowhere(pointer, "no such list"))?;
    let Some(Value::Array(items)) = open.model.pointer(list) else {
        return Err(nowhere(pointer, "it is no item of a list"));
    };
    let index = if last == "-" { Some(items.len()) } else { last.parse().ok().filter(|i| *i <= items.len()) };
    let index = index.ok_or_else(|| nowhere(pointer, "the list is not that long"))?;
    Ok((list.to_owned(), index))
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
            out.extend(gone.map(|k| gone_at(format!("{pointer}/{}", escape(k)))));
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
        out.push(gone_at(format!("{pointer}/{index}")));
    }
}

fn gone_at(pointer: String) -> Change {
    Change::Remove { pointer, comments: false }
}

/// The name a pointer ends with.
fn last_name(pointer: &str) -> Option<(&str, String)> {
    let (parent, last) = pointer.rsplit_once('/')?;
    Some((parent, last.replace("~1", "/").replace("~0", "~")))
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
        Change::AddItem { pointer, index, value } | Change::Put { pointer, index, item: Fragment { value, .. } } => {
            match model.pointer_mut(pointer) {
                Some(Value::Array(items)) if *index <= items.len() => items.insert(*index, value.clone()),
                _ => return Err(missing()),
            }
        }
        Change::Remove { pointer, .. } => {
            let (parent, key) = last_name(pointer).ok_or_else(missing)?;
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
        Change::Rename { pointer, to } => {
            let (parent, key) = last_name(pointer).ok_or_else(missing)?;
            let Some(Value::Object(map)) = model.pointer_mut(parent) else { return Err(missing()) };
            let renamed = std::mem::take(map).into_iter();
            *map = renamed.map(|(k, v)| if k == key { (to.clone(), v) } else { (k, v) }).collect();
        }
        Change::Move { pointer, from, to } => match model.pointer_mut(pointer) {
            Some(Value::Array(items)) if *from < items.len() && *to < items.len() => {
                let item = items.remove(*from);
                items.insert(*to, item);
            }
            _ => return Err(missing()),
        },
    }
    Ok(())
}
