//! A thousand random edits of each kind over nasty texts: the second parser reads what was meant, all bytes outside the
//! edited node are the same, undo gives back every byte. A refusal must have a code; it is never counted as a case.

use super::super::{Draft, Edit, EditError, Open, Spot, invert, splice, splices};
use super::corpus::CORPUS;
use super::nasty::{Dice, text};
use super::property::{may_refuse, pointers, to_json};
use crate::docs::spans::NodeKind;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde::Deserialize;
use serde_json::{Value, json};
use std::cell::Cell;

const CASES: u32 = 1_000;

type Case = Result<(), TestCaseError>;

/// Runs `case` until `CASES` of them were not rejected.
pub(super) fn thousand(kind: &str, case: impl Fn(&mut Dice) -> Case) {
    let (tried, made) = (Cell::new(0_u32), Cell::new(0_u32));
    let config =
        Config { cases: CASES, max_global_rejects: CASES * 20, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&any::<u64>(), |seed| {
        tried.set(tried.get() + 1);
        case(&mut Dice(seed)).inspect(|()| made.set(made.get() + 1))
    });
    println!(
        "{kind}: {} edits made, {} texts without a place for one or refused",
        made.get(),
        tried.get() - made.get()
    );
    if let Err(error) = result {
        panic!("{kind}: {error}");
    }
    assert!(made.get() >= CASES);
}

fn nothing_to_do() -> TestCaseError {
    TestCaseError::reject("nothing to edit here")
}

/// A text block that keeps what follows it, or that ends the text without a line break, changes with its neighbours.
fn ends_matter(before: &str) -> bool {
    before.contains("|+") || !before.ends_with('\n')
}

fn refused(error: &EditError, before: &str) -> TestCaseError {
    let by_the_end = matches!(error, EditError::Unsafe { .. }) && ends_matter(before);
    match may_refuse(error) || by_the_end {
        true => TestCaseError::reject(error.code()),
        false => TestCaseError::fail(format!("{error:?}\n{before}")),
    }
}

fn some_text(dice: &mut Dice) -> String {
    if dice.chance(15) { (*dice.pick(CORPUS)).to_owned() } else { text(dice) }
}

/// What another parser reads, document by document.
pub(super) fn second(text: &str) -> Vec<Value> {
    // It takes a byte order mark for a first column.
    serde_yaml::Deserializer::from_str(text.trim_start_matches('\u{feff}'))
        .map(|d| to_json(serde_yaml::Value::deserialize(d).unwrap_or_else(|e| panic!("{e}\n{text}"))))
        .collect()
}

struct Scene {
    before: String,
    document: usize,
    model: Value,
    pointers: Vec<String>,
}

impl Scene {
    fn new(dice: &mut Dice) -> Self {
        let before = some_text(dice);
        let count = second(&before).len();
        let document = dice.below(count);
        let open = Open::read(&before, document).unwrap_or_else(|e| panic!("{e}\n{before}"));
        assert_eq!(open.model, second(&before)[document], "the parsers agree before\n{before}");
        let mut all = Vec::new();
        pointers(&open.model, "", &mut all);
        Self { model: open.model.clone(), pointers: all, before, document }
    }

    fn choose(&self, dice: &mut Dice, fits: impl Fn(&str, &Value) -> bool) -> Result<String, TestCaseError> {
        let value = |p: &str| self.model.pointer(p).cloned().unwrap_or_default();
        let fitting: Vec<&String> = self.pointers.iter().filter(|p| fits(p, &value(p))).collect();
        if fitting.is_empty() { Err(nothing_to_do()) } else { Ok((*dice.pick(&fitting)).clone()) }
    }

    /// The parent of a pointer is a list (or a map).
    fn inside_list(&self, pointer: &str) -> bool {
        parent(pointer).is_some_and(|(p, _)| self.model.pointer(p).is_some_and(Value::is_array))
    }

    fn inside_map(&self, pointer: &str) -> bool {
        parent(pointer).is_some_and(|(p, _)| self.model.pointer(p).is_some_and(Value::is_object))
    }

    /// Makes the edit; checks the model, the other documents and undo.
    fn make(&self, edit: &Edit, intended: Value) -> Result<(String, Vec<super::super::Splice>), TestCaseError> {
        let found =
            splices(&self.before, self.document, std::slice::from_ref(edit)).map_err(|e| refused(&e, &self.before))?;
        let after = splice(&self.before, &found).expect("splices fit");
        let mut want = second(&self.before);
        want[self.document] = intended;
        prop_assert_eq!(second(&after), want, "{:?}\n{}\n=====\n{}", edit, &self.before, &after);
        let undone = splice(&after, &invert(&found));
        prop_assert_eq!(undone.as_deref(), Some(self.before.as_str()), "undo");
        Ok((after, found))
    }

    fn open(&self) -> Open {
        Open::read(&self.before, self.document).unwrap()
    }

    fn in_flow(&self, pointer: &str) -> bool {
        let open = self.open();
        let mut at = String::new();
        let is_flow = |at: &str| open.tree.find(at).and_then(|s| open.tree.node(s.value)).is_some_and(|n| n.flow);
        pointer.split('/').skip(1).any(|token| {
            let flow = is_flow(&at);
            at = format!("{at}/{token}");
            flow
        })
    }

    /// Lines that belong to a block entry, by looking at lines alone: its own, comments above in its column, comments
    /// below further in. Numbers of lines.
    fn own_lines(&self, pointer: &str) -> std::ops::Range<usize> {
        let open = self.open();
        let step = open.tree.find(pointer).unwrap();
        let node = open.tree.node(step.value).unwrap();
        let line_of = |byte: usize| self.before[..byte].matches('\n').count();
        let lines: Vec<&str> = self.before.trim_start_matches('\u{feff}').split('\n').collect();
        let mut last = line_of(node.end as usize);
        let key = step.key.map(|k| open.tree.node(k).unwrap());
        let first_byte = key.map_or(node.start, |k| k.start) as usize;
        let mut first = line_of(first_byte);
        if key.is_none() {
            // A dash can stand on a line of its own, above the value.
            let head = self.before[..first_byte].rsplit('\n').next().unwrap();
            first -= usize::from(head.trim().is_empty() && node.start != node.end);
            while !lines[first].trim_start().starts_with('-') {
                first -= 1;
            }
        }
        if node.start == node.end && matches!(node.kind, NodeKind::Scalar { .. }) {
            last = first;
        }
        let indent = |l: &str| l.len() - l.trim_start_matches(' ').len();
        let column = indent(lines[first]);
        let comment = |l: &str| l.trim_start_matches(' ').starts_with('#');
        let (_, name) = parent(pointer).unwrap();
        let index = name.parse::<usize>().ok().filter(|_| self.inside_list(pointer));
        let bound = self.bound(&open, pointer, index);
        let mut top = first;
        while top > bound && comment(lines[top - 1]) && indent(lines[top - 1]) == column {
            top -= 1;
        }
        let opens = parent(pointer).unwrap().0.is_empty() && top == bound && self.is_first(pointer);
        let top = if opens { first } else { top };
        while lines.get(last + 1).is_some_and(|l| comment(l) && indent(l) > column) {
            last += 1;
        }
        top..last + 1
    }

    fn is_first(&self, pointer: &str) -> bool {
        let (map, name) = parent(pointer).unwrap();
        match self.model.pointer(map) {
            Some(Value::Object(map)) => map.keys().next() == Some(&unescape(name)),
            _ => name == "0",
        }
    }

    /// First line that may hold a comment of the entry.
    fn bound(&self, open: &Open, pointer: &str, index: Option<usize>) -> usize {
        let line_of = |byte: u32| self.before[..byte as usize].matches('\n').count();
        let (container, name) = parent(pointer).unwrap();
        let before = match (index, self.model.pointer(container)) {
            (Some(0), _) => None,
            (Some(i), _) => Some(format!("{container}/{}", i - 1)),
            (None, Some(Value::Object(map))) => {
                let at = map.keys().position(|k| *k == unescape(name)).unwrap();
                let key = at.checked_sub(1).and_then(|i| map.keys().nth(i));
                key.map(|k| format!("{container}/{}", crate::docs::spans::escape(k)))
            }
            _ => None,
        };
        let node = |p: &str| open.tree.find(p).and_then(|s| Some((s, open.tree.node(s.value)?)));
        match before.as_deref().and_then(node) {
            Some((step, n)) if n.start == n.end => {
                let key = step.key.and_then(|k| open.tree.node(k)).map_or(n.start, |k| k.end);
                line_of(key) + 1
            }
            Some((_, n)) => line_of(n.end) + 1,
            None if container.is_empty() => {
                let root = line_of(open.tree.node(open.tree.root).unwrap().start);
                let lines: Vec<&str> = self.before.trim_start_matches('\u{feff}').split('\n').collect();
                (0..root)
                    .rev()
                    .find(|i| lines[*i].starts_with("---") || lines[*i].starts_with("..."))
                    .map_or(0, |i| i + 1)
            }
            None => {
                let step = open.tree.find(container).unwrap();
                step.key.and_then(|k| open.tree.node(k)).map_or(0, |k| line_of(k.end) + 1)
            }
        }
    }
}

fn parent(pointer: &str) -> Option<(&str, &str)> {
    pointer.rsplit_once('/')
}

fn unescape(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

fn scalar(dice: &mut Dice) -> Value {
    let all = [
        json!(null),
        json!(true),
        json!(42),
        json!(-1.5),
        json!(""),
        json!("word"),
        json!("15"),
        json!("no"),
        json!("a: b"),
        json!("it's \"q\" \t"),
        json!("# x"),
        json!("x\ty"),
    ];
    dice.pick(&all).clone()
}

fn any_value(dice: &mut Dice) -> Value {
    let all = [
        json!("w"),
        json!({"ref": "modules/x", "inputs": {"size": 1, "from": {"output": "id", "from": "net"}}}),
        json!(["a", {"b": []}]),
        json!({}),
        json!("one\ntwo\n"),
    ];
    if dice.chance(40) { scalar(dice) } else { dice.pick(&all).clone() }
}

fn lines_without_blanks(text: &str) -> Vec<&str> {
    text.split('\n').map(|l| l.trim_end_matches('\r')).filter(|l| !l.trim().is_empty()).collect()
}

fn comments(text: &str) -> Vec<String> {
    text.match_indices("# c")
        .map(|(at, _)| text[at..].chars().take_while(|c| *c != ':' && *c != '\n').collect())
        .collect()
}

#[test]
fn d12_nothing_asked_changes_nothing() {
    thousand("open and save", |dice| {
        let scene = Scene::new(dice);
        let same = Edit::Set { pointer: String::new(), value: scene.model.clone() };
        let found = splices(&scene.before, scene.document, &[same]).map_err(|e| refused(&e, &scene.before))?;
        prop_assert!(found.is_empty());
        Ok(())
    });
}

#[test]
fn d12_thousand_scalars() {
    thousand("set scalar", |dice| {
        let scene = Scene::new(dice);
        let pointer = scene.choose(dice, |p, v| !p.is_empty() && !v.is_object() && !v.is_array())?;
        let value = scalar(dice);
        let mut want = scene.model.clone();
        *want.pointer_mut(&pointer).unwrap() = value.clone();
        let (after, found) = scene.make(&Edit::Set { pointer: pointer.clone(), value: value.clone() }, want)?;
        let open = scene.open();
        let step = open.tree.find(&pointer).unwrap();
        let node = open.tree.node(step.value).unwrap();
        let key_end = step.key.map_or(0, |k| open.tree.node(k).unwrap().end as usize);
        for s in &found {
            let from =
                if node.start == node.end { key_end.max(s.at.min(node.start as usize)) } else { node.start as usize };
            prop_assert!(
                s.at >= from && s.range().end <= (node.end as usize).max(from + 2),
                "{s:?} outside\n{}",
                scene.before
            );
        }
        let quote = scene.before[node.range()].chars().next().filter(|c| matches!(c, '"' | '\''));
        if let (Some(quote), Value::String(text)) = (quote, &value)
            && (quote == '"' || !text.contains(char::is_control))
        {
            let new = after[node.start as usize..].chars().next();
            prop_assert_eq!(new, Some(quote), "quotes stay: {}", after);
        }
        prop_assert_eq!(comments(&after).len() + lost_header(&scene, node), comments(&scene.before).len());
        Ok(())
    });
}

/// Comments inside a node that is replaced: none, but lines of text blocks that look like some.
fn lost_header(scene: &Scene, node: &crate::docs::spans::Node) -> usize {
    match &node.kind {
        NodeKind::Scalar { .. } => comments(&scene.before[node.range()]).len().saturating_sub(1),
        _ => 0,
    }
}

#[test]
fn d12_thousand_insertions() {
    thousand("insert item", |dice| {
        let scene = Scene::new(dice);
        let list = scene.choose(dice, |_, v| v.is_array())?;
        let count = scene.model.pointer(&list).unwrap().as_array().unwrap().len();
        let (index, value) = (dice.below(count + 1), any_value(dice));
        let mut want = scene.model.clone();
        want.pointer_mut(&list).unwrap().as_array_mut().unwrap().insert(index, value.clone());
        let (after, found) = scene.make(&Edit::Insert { pointer: format!("{list}/{index}"), value }, want)?;
        prop_assert!(
            count == 0 || found.iter().all(|s| s.old.is_empty()),
            "only new bytes: {found:?}\n{}",
            scene.before
        );
        prop_assert_eq!(comments(&after), comments(&scene.before));
        Ok(())
    });
}

#[test]
fn d12_thousand_keys_in_maps() {
    thousand("add key to an empty, absent or full map", |dice| {
        let scene = Scene::new(dice);
        let empties = dice.chance(70);
        let map = scene.choose(dice, |p, v| match v {
            Value::Object(m) => m.is_empty() || !empties,
            Value::Null => !p.is_empty(),
            _ => false,
        })?;
        let full = scene.model.pointer(&map).unwrap().as_object().is_some_and(|m| !m.is_empty());
        let deep = dice.chance(30);
        let value = any_value(dice);
        let added = if deep { json!({"in ner": value}) } else { value.clone() };
        let mut want = scene.model.clone();
        let slot = want.pointer_mut(&map).unwrap();
        if slot.is_null() {
            *slot = json!({});
        }
        slot.as_object_mut().unwrap().insert("new key".into(), added);
        let pointer = format!("{map}/new key{}", if deep { "/in ner" } else { "" });
        let (after, found) = scene.make(&Edit::Set { pointer, value }, want)?;
        prop_assert!(!full || found.iter().all(|s| s.old.is_empty()), "only new bytes: {found:?}\n{}", scene.before);
        prop_assert_eq!(comments(&after), comments(&scene.before));
        Ok(())
    });
}

fn deletes(kind: &'static str, of_list: bool) {
    thousand(kind, |dice| {
        let scene = Scene::new(dice);
        let pointer = scene.choose(dice, |p, _| if of_list { scene.inside_list(p) } else { scene.inside_map(p) })?;
        let mut want = scene.model.clone();
        let (container, name) = parent(&pointer).unwrap();
        let left = match want.pointer_mut(container).unwrap() {
            Value::Object(map) => {
                map.shift_remove(&unescape(name));
                map.len()
            }
            Value::Array(items) => {
                items.remove(name.parse().unwrap());
                items.len()
            }
            _ => unreachable!(),
        };
        let (after, _) = scene.make(&Edit::Delete { pointer: pointer.clone() }, want)?;
        let bare = scene.before.trim_start_matches('\u{feff}');
        let own = if scene.in_flow(&pointer) { 0..0 } else { scene.own_lines(&pointer) };
        let lines: Vec<&str> = bare.split('\n').collect();
        let starts_line = !own.is_empty() && {
            let open = scene.open();
            let step = open.tree.find(&pointer).unwrap();
            let at = step.key.map_or(open.tree.node(step.value).unwrap().start, |k| open.tree.node(k).unwrap().start)
                as usize;
            let head = scene.before[..at].rsplit('\n').next().unwrap().trim_start_matches('\u{feff}').trim();
            let code = |l: &str| l.split(" #").next().unwrap().trim().to_owned();
            let dash = lines[own.clone()].iter().map(|l| code(l)).find(|l| !l.is_empty() && !l.starts_with('#'));
            match (of_list, head.is_empty()) {
                (true, true) => dash.as_deref() == Some("-"),
                (true, false) => head == "-",
                (false, empty) => empty,
            }
        };
        if left > 0 && starts_line {
            let rest = [&lines[..own.start], &lines[own.end.min(lines.len())..]].concat().join("\n");
            let (got, rest) = (lines_without_blanks(after.trim_start_matches('\u{feff}')), lines_without_blanks(&rest));
            let differ = got.iter().zip(&rest).find(|(a, b)| a != b);
            prop_assert!(got == rest, "{}: {:?} of {:?}\n{}\n====\n{}", pointer, differ, own, scene.before, after);
        } else {
            let mut left = comments(&scene.before).into_iter();
            for comment in comments(&after) {
                prop_assert!(left.any(|c| c == comment), "no comment is made up");
            }
        }
        Ok(())
    });
}

#[test]
fn d12_thousand_items_deleted() {
    deletes("delete item", true);
}

#[test]
fn d12_thousand_keys_removed_with_comments() {
    deletes("remove key with its comments", false);
}

#[test]
fn d12_thousand_renames_of_keys() {
    thousand("rename key", |dice| {
        let scene = Scene::new(dice);
        let pointer = scene.choose(dice, |p, _| scene.inside_map(p))?;
        let to = *dice.pick(&["renamed", "no", "a b", "it's", "x: y", "15"]);
        let (container, name) = parent(&pointer).unwrap();
        let mut want = scene.model.clone();
        let Some(Value::Object(map)) = want.pointer_mut(container) else { unreachable!() };
        if map.contains_key(to) {
            return Err(nothing_to_do());
        }
        *map = std::mem::take(map)
            .into_iter()
            .map(|(k, v)| if k == unescape(name) { (to.to_owned(), v) } else { (k, v) })
            .collect();
        let (_, found) = scene.make(&Edit::Rename { pointer: pointer.clone(), to: to.into() }, want)?;
        let open = scene.open();
        let key = open.tree.node(open.tree.find(&pointer).unwrap().key.unwrap()).unwrap().range();
        for s in &found {
            prop_assert!(s.at >= key.start && s.range().end <= key.end, "{s:?} outside the key\n{}", scene.before);
        }
        Ok(())
    });
}

#[test]
fn d12_thousand_reorders() {
    thousand("reorder items", |dice| {
        let scene = Scene::new(dice);
        let pointer = scene.choose(dice, |p, _| scene.inside_list(p))?;
        let (list, name) = parent(&pointer).unwrap();
        let count = scene.model.pointer(list).unwrap().as_array().unwrap().len();
        let (from, to) = (name.parse::<usize>().unwrap(), dice.below(count));
        if from == to {
            return Err(nothing_to_do());
        }
        let mut want = scene.model.clone();
        let items = want.pointer_mut(list).unwrap().as_array_mut().unwrap();
        let item = items.remove(from);
        items.insert(to, item);
        let flow = scene.in_flow(&pointer);
        let (after, _) = scene.make(&Edit::Move { pointer, to }, want)?;
        if !flow {
            let sorted = |text: &str| {
                let mut lines: Vec<String> =
                    lines_without_blanks(text.trim_start_matches('\u{feff}')).into_iter().map(str::to_owned).collect();
                lines.sort();
                lines
            };
            prop_assert_eq!(sorted(&after), sorted(&scene.before), "the same lines in another order");
        }
        Ok(())
    });
}

#[test]
fn d12_thousand_moves_between_files() {
    thousand("move between files", |dice| {
        let (from, to) = (Scene::new(dice), Scene::new(dice));
        let pointer = from.choose(dice, |p, _| from.inside_list(p))?;
        let list = to.choose(dice, |_, v| v.is_array())?;
        let index = dice.below(to.model.pointer(&list).unwrap().as_array().unwrap().len() + 1);
        let mut draft = Draft::new();
        draft.open("a", &from.before);
        draft.open("b", &to.before);
        let target = Spot::new("b", to.document, format!("{list}/{index}"));
        draft
            .move_item(&Spot::new("a", from.document, &*pointer), &target)
            .map_err(|e| refused(&e, if ends_matter(&from.before) { &from.before } else { &to.before }))?;
        let (mut a, mut b) = (second(&from.before), second(&to.before));
        let (source, name) = parent(&pointer).unwrap();
        let moved = a[from.document].pointer_mut(source).unwrap().as_array_mut().unwrap().remove(name.parse().unwrap());
        b[to.document].pointer_mut(&list).unwrap().as_array_mut().unwrap().insert(index, moved);
        let (text_a, text_b) = (draft.text("a").unwrap(), draft.text("b").unwrap());
        prop_assert_eq!(second(text_a), a, "{}\n=====\n{}", &from.before, text_a);
        prop_assert_eq!(second(text_b), b, "{}\n+++++\n{}\n=====\n{}", &from.before, &to.before, text_b);
        let count = |text: &str| comments(text).len();
        if !from.in_flow(&pointer) {
            prop_assert_eq!(
                count(text_a) + count(text_b),
                count(&from.before) + count(&to.before),
                "comments go along"
            );
        }
        let patch = draft.patch();
        let of_b = patch.files.iter().find(|f| f.file == "b").unwrap();
        prop_assert!(
            of_b.splices.iter().all(|s| s.old.trim().is_empty() || s.old.contains("[")),
            "only new bytes in the target: {of_b:?}"
        );
        let mut texts = [("a", text_a), ("b", text_b)].map(|(f, t)| (f.to_owned(), t.to_owned())).into();
        patch.invert().apply(&mut texts).unwrap();
        prop_assert_eq!(&texts["a"], &from.before);
        prop_assert_eq!(&texts["b"], &to.before);
        Ok(())
    });
}
