//! Every place of every corpus text, edited in many ways: the second parser reads what was meant, the bytes around the
//! node and all comments stay.

use super::super::{Edit, EditError, Open, apply};
use super::corpus::CORPUS;
use super::{remove, set};
use crate::docs::spans::escape;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| pointers(v, &format!("{at}/{}", escape(k)), into)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, v)| pointers(v, &format!("{at}/{i}"), into)),
        _ => {}
    }
}

pub(super) fn second_parser(text: &str) -> Value {
    let first = serde_yaml::Deserializer::from_str(text).next().expect("a document");
    to_json(serde_yaml::Value::deserialize(first).unwrap_or_else(|e| panic!("{e}\n{text}")))
}

pub(super) fn to_json(value: serde_yaml::Value) -> Value {
    use serde_yaml::Value as Y;
    match value {
        Y::Mapping(map) => Value::Object(
            map.into_iter()
                .map(|(k, v)| {
                    let key = match k {
                        Y::String(text) => text,
                        other => serde_yaml::to_string(&other).unwrap().trim().to_owned(),
                    };
                    (key, to_json(v))
                })
                .collect(),
        ),
        Y::Sequence(items) => Value::Array(items.into_iter().map(to_json).collect()),
        Y::Tagged(tagged) => to_json(tagged.value),
        other => serde_json::to_value(other).unwrap(),
    }
}

/// The intended result, by JSON alone.
fn intended(model: &Value, edit: &Edit) -> Value {
    let mut out = model.clone();
    match edit {
        Edit::Set { pointer, value } => match out.pointer_mut(pointer) {
            Some(slot) => *slot = value.clone(),
            None => {
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                match out.pointer_mut(parent).unwrap() {
                    Value::Object(map) => {
                        map.insert(key.to_owned(), value.clone());
                    }
                    Value::Array(items) => items.push(value.clone()),
                    slot => *slot = json!({ key: value }),
                }
            }
        },
        Edit::Remove { pointer } => {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            match out.pointer_mut(parent).unwrap() {
                Value::Object(map) => {
                    map.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
                }
                Value::Array(items) => {
                    items.remove(key.parse().unwrap());
                }
                _ => {}
            }
        }
        other => unreachable!("{other:?} is judged in kinds.rs"),
    }
    out
}

/// Comments outside `skip`, in order.
fn comments(text: &str, skip: std::ops::Range<usize>) -> Vec<&str> {
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let hash = if line.trim_start().starts_with('#') { line.find('#') } else { line.find(" #").map(|i| i + 1) };
        if let Some(hash) = hash
            && !skip.contains(&(at + hash))
        {
            out.push(line[hash..].trim_end());
        }
        at += line.len();
    }
    out
}

/// What an edit may touch: the lines of the node itself, or of the map or list that gains or loses an entry.
fn scope(text: &str, open: &Open, edit: &Edit) -> std::ops::Range<usize> {
    let pointer = match edit {
        Edit::Set { pointer, .. } if open.tree.contains(pointer) => pointer.as_str(),
        Edit::Set { pointer, .. } | Edit::Remove { pointer } => pointer.rsplit_once('/').map_or("", |p| p.0),
        other => unreachable!("{other:?} is judged in kinds.rs"),
    };
    let step = open.tree.find(pointer).unwrap();
    let value = open.tree.node(step.value).unwrap().range();
    let from = step.key.map_or(value.start, |k| open.tree.node(k).unwrap().range().start);
    let start = text[..from].rfind('\n').map_or(0, |i| i + 1);
    let line_end = |at: usize| at + text[at..].find('\n').unwrap_or(text.len() - at);
    let mut end = line_end(value.end.max(from));
    // What is added comes after comments inside the last entry.
    let adds = matches!(edit, Edit::Set { .. });
    while adds && text[end..].trim_start_matches('\n').starts_with(' ') && text[end..].trim_start().starts_with('#') {
        end = line_end(end + 1);
    }
    start..end
}

fn judge(text: &str, edit: &Edit) -> Result<(), EditError> {
    let open = Open::read(text, 0).unwrap();
    let edited = apply(text, 0, std::slice::from_ref(edit))?;
    let want = intended(&open.model, edit);
    assert_eq!(second_parser(&edited), want, "{edit:?}\n--- before\n{text}\n--- after\n{edited}");
    let scope = scope(text, &open, edit);
    // A whole-document edit has no outside; a removal at an end may take the line break beside it.
    let head = text[..scope.start].trim_end();
    assert!(edited.starts_with(head), "before the node: {edit:?}\n{text}\n---\n{edited}");
    assert!(edited.ends_with(&text[scope.end..]), "after the node: {edit:?}\n{text}\n---\n{edited}");
    if !matches!(edit, Edit::Set { pointer, .. } if pointer.is_empty()) {
        let (Edit::Set { pointer, .. } | Edit::Remove { pointer }) = edit else { return Ok(()) };
        let inside = open.tree.find(pointer).map_or(0..0, |step| {
            let value = open.tree.node(step.value).unwrap().range();
            step.key.map_or(value.start, |k| open.tree.node(k).unwrap().range().start)..value.end
        });
        let line_end = inside.end + text[inside.end..].find('\n').unwrap_or(text.len() - inside.end);
        // A comment beside the last line of a block that goes, goes with it.
        let block = matches!(open.model.pointer(pointer), Some(Value::Object(_) | Value::Array(_)));
        let attached = if block || matches!(edit, Edit::Remove { .. }) { inside.start..line_end } else { inside };
        let kept = comments(text, attached);
        let mut left = comments(&edited, 0..0).into_iter();
        for comment in kept {
            assert!(left.any(|c| c == comment), "lost {comment}: {edit:?}\n{text}\n---\n{edited}");
        }
    }
    Ok(())
}

fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(42),
        json!(-1.5),
        json!(""),
        json!("word"),
        json!("15"),
        json!("no"),
        json!("a: b"),
        json!("# x"),
        json!("it's \"q\" \\ \t"),
        json!("one\ntwo\n"),
        json!("one\n\n  two"),
        json!("\n lead\n"),
        json!([]),
        json!({}),
        json!([1, "x", [2], {"k": "v"}]),
        json!({"k": {"n": [1, {"z": null}]}, "a b": "c\nd"}),
        json!({"from": "net", "output": "id"}),
    ]
}

/// Edits that no text of the corpus can take: sharing, explicit keys, tags that force a type.
pub(super) fn may_refuse(error: &EditError) -> bool {
    matches!(error, EditError::Alias { .. } | EditError::Unsupported { .. } | EditError::Pointer { .. })
}

#[test]
fn d12_no_edit_changes_no_byte() {
    for text in CORPUS {
        let open = Open::read(text, 0).unwrap();
        let mut all = Vec::new();
        pointers(&open.model, "", &mut all);
        for pointer in all {
            let same = open.model.pointer(&pointer).unwrap().clone();
            assert_eq!(apply(text, 0, &[set(&pointer, same)]).unwrap(), *text);
        }
        assert_eq!(apply(text, 0, &[]).unwrap(), *text);
    }
}

#[test]
fn d12_every_place_takes_every_value() {
    let (mut done, mut refused, mut unsafe_edits) = (0, 0, Vec::new());
    for text in CORPUS {
        let open = Open::read(text, 0).unwrap();
        let mut all = Vec::new();
        pointers(&open.model, "", &mut all);
        let mut edits: Vec<Edit> = all.iter().filter(|p| !p.is_empty()).map(|p| remove(p)).collect();
        for value in values() {
            for pointer in all.iter().filter(|p| !p.is_empty()) {
                edits.push(set(pointer, value.clone()));
            }
            for pointer in &all {
                match open.model.pointer(pointer) {
                    Some(Value::Object(_) | Value::Null) => {
                        edits.push(set(&format!("{pointer}/added key"), value.clone()))
                    }
                    Some(Value::Array(_)) => edits.push(set(&format!("{pointer}/-"), value.clone())),
                    _ => {}
                }
            }
        }
        for edit in edits {
            match judge(text, &edit) {
                Ok(()) => done += 1,
                Err(error) if may_refuse(&error) => refused += 1,
                Err(error) => unsafe_edits.push(format!("{error:?} {edit:?}\n{text}")),
            }
        }
    }
    println!("{done} edits made, {refused} refused, {} unsafe", unsafe_edits.len());
    assert!(refused * 8 < done, "too many refusals: {refused} of {}", done + refused);
    assert!(unsafe_edits.is_empty(), "{}", unsafe_edits.join("\n----\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Chains of random edits: each leaves a text the next one can work on, and both parsers agree all along.
    #[test]
    fn d12_chains_of_edits(pick in 0usize..100, steps in proptest::collection::vec((0usize..200, 0usize..40), 1..12)) {
        let mut text = CORPUS[pick % CORPUS.len()].to_owned();
        for (place, what) in steps {
            let open = Open::read(&text, 0).unwrap();
            let mut all = Vec::new();
            pointers(&open.model, "", &mut all);
            let pointer = &all[place % all.len()];
            let values = values();
            let edit = match (what, open.model.pointer(pointer)) {
                (0..8, _) if !pointer.is_empty() => remove(pointer),
                (w, Some(Value::Object(_))) => set(&format!("{pointer}/k{w}"), values[w % values.len()].clone()),
                (w, Some(Value::Array(_))) => set(&format!("{pointer}/-"), values[w % values.len()].clone()),
                (w, _) if !pointer.is_empty() => set(pointer, values[w % values.len()].clone()),
                _ => continue,
            };
            if judge(&text, &edit).is_ok() {
                text = apply(&text, 0, &[edit]).unwrap();
            }
        }
    }

    /// Whole new values over old ones, at any depth.
    #[test]
    fn d12_whole_models(pick in 0usize..100, value in any_json()) {
        let text = CORPUS[pick % CORPUS.len()];
        if let Ok(edited) = apply(text, 0, &[set("/new", value.clone())]) {
            let read = second_parser(&edited);
            prop_assert_eq!(&read["new"], &value);
            let again = apply(&edited, 0, &[set("/new", json!({"a": value}))]).unwrap();
            prop_assert_eq!(&second_parser(&again)["new"]["a"], &value);
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e9..1.0e9).prop_map(|f: f64| json!(f)),
        any::<String>().prop_map(Value::from),
        "[ -~\\n]{0,20}".prop_map(Value::from),
        "(yes|no|0[0-7]{1,3}|[0-9]{1,2}:[0-9]{2}|1_000|~|<<|=|---|null|0x1F|[-+]?[0-9.eE]{1,6})".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[a-z #:'\"-]{1,8}|[0-9]{1,3}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}
