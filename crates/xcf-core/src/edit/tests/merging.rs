//! Merging: byte-exact where one side is silent, edits of both sides where they are apart, a choice where they meet.

use super::super::{ConflictKind, Edit, Open, apply, merge};
use super::corpus::CORPUS;
use super::kinds::{second, thousand};
use super::nasty::{Dice, text};
use super::property::pointers;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

fn set(pointer: &str, value: Value) -> Edit {
    Edit::Set { pointer: pointer.into(), value }
}

fn pick(dice: &mut Dice) -> (String, Value, Vec<String>) {
    let base = if dice.chance(15) { (*dice.pick(CORPUS)).to_owned() } else { text(dice) };
    let model = Open::read(&base, 0).unwrap().model;
    let mut all = Vec::new();
    pointers(&model, "", &mut all);
    (base, model, all)
}

fn reject(_: impl std::fmt::Debug) -> TestCaseError {
    TestCaseError::reject("refused")
}

/// A random edit of document 0.
fn edit(dice: &mut Dice, model: &Value, all: &[String], serial: usize) -> Edit {
    let pointer = dice.pick(all).clone();
    let new = json!(format!("new {serial}"));
    match model.pointer(&pointer) {
        Some(Value::Object(_)) => set(&format!("{pointer}/added{serial}"), new),
        Some(Value::Array(_)) if !pointer.is_empty() && dice.chance(30) => {
            Edit::Insert { pointer: format!("{pointer}/0"), value: new }
        }
        _ if dice.chance(25) && !pointer.is_empty() => Edit::Delete { pointer },
        _ => set(&pointer, new),
    }
}

#[test]
fn d12_a_silent_side_leaves_every_byte() {
    thousand("merge with one silent side", |dice| {
        let (base, model, all) = pick(dice);
        let mut other = base.clone();
        for serial in 0..1 + dice.below(4) {
            let e = edit(dice, &model, &all, serial);
            other = apply(&other, 0, &[e]).unwrap_or(other);
        }
        for (b, o, t, want) in
            [(&base, &other, &base, &other), (&base, &base, &other, &other), (&base, &other, &other, &other)]
        {
            let merged = merge(b, o, t);
            prop_assert_eq!(&merged.text, want);
            prop_assert!(merged.conflicts.is_empty());
        }
        Ok(())
    });
}

fn is_at_or_below(pointer: &str, above: &str) -> bool {
    pointer == above || pointer.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

/// An item is who its name says: an edit of that is one of the whole item.
fn identity(pointer: &str) -> bool {
    ["/name", "/ref", "/from"].iter().any(|end| pointer.ends_with(end))
}

/// Scalars in place that no list order depends on.
fn scalars<'p>(model: &Value, all: &'p [String]) -> Vec<&'p String> {
    let plain = |p: &&String| !identity(p) && model.pointer(p).is_some_and(|v| !v.is_object() && !v.is_array());
    all.iter().filter(|p| !p.is_empty()).filter(plain).collect()
}

#[test]
fn d12_edits_apart_commute_and_edits_of_one_node_are_a_choice() {
    thousand("merge of two edits", |dice| {
        let (base, model, all) = pick(dice);
        let places = scalars(&model, &all);
        if places.is_empty() {
            return Err(reject(0));
        }
        let (p, q) = ((*dice.pick(&places)).clone(), (*dice.pick(&places)).clone());
        let (a, b) = (set(&p, json!("from us")), set(&q, json!("from them")));
        let ours = apply(&base, 0, std::slice::from_ref(&a)).map_err(reject)?;
        let theirs = apply(&base, 0, std::slice::from_ref(&b)).map_err(reject)?;
        let merged = merge(&base, &ours, &theirs);
        let shown = || format!("{p} {q}\n{base}\n=====\n{}\n{:?}", merged.text, merged.conflicts);
        if p == q {
            prop_assert_eq!(&merged.text, &theirs, "the disk's stays until somebody chooses");
            prop_assert_eq!(merged.conflicts.len(), 1, "{}", shown());
            let conflict = &merged.conflicts[0];
            prop_assert_eq!(&conflict.pointer, &p);
            prop_assert_eq!(&conflict.ours.as_ref().unwrap().value, &json!("from us"));
            prop_assert_eq!(&conflict.theirs.as_ref().unwrap().value, &json!("from them"));
            prop_assert_eq!(Some(&conflict.base.as_ref().unwrap().value), model.pointer(&p));
            let chosen = apply(&merged.text, 0, &[conflict.take_ours.clone().unwrap()]).unwrap();
            prop_assert_eq!(second(&chosen), second(&ours));
            return Ok(());
        }
        prop_assert!(merged.conflicts.is_empty(), "{}", shown());
        let mut want = second(&base);
        *want[0].pointer_mut(&p).unwrap() = json!("from us");
        *want[0].pointer_mut(&q).unwrap() = json!("from them");
        prop_assert_eq!(second(&merged.text), want.clone(), "{}", shown());
        prop_assert_eq!(second(&merge(&base, &theirs, &ours).text), want, "the other way round");
        Ok(())
    });
}

#[test]
fn d12_an_edit_in_what_the_other_removed_is_a_choice() {
    thousand("merge of an edit and a removal", |dice| {
        let (base, model, all) = pick(dice);
        let places = scalars(&model, &all);
        let maps =
            |p: &&String| p.rsplit_once('/').is_some_and(|(m, _)| model.pointer(m).is_some_and(Value::is_object));
        let keys: Vec<&String> = all.iter().filter(|p| !identity(p)).filter(maps).collect();
        if places.is_empty() || keys.is_empty() {
            return Err(reject(0));
        }
        let (p, gone) = ((*dice.pick(&places)).clone(), (*dice.pick(&keys)).clone());
        let edited = apply(&base, 0, &[set(&p, json!("edited"))]).map_err(reject)?;
        let removed = apply(&base, 0, &[Edit::Delete { pointer: gone.clone() }]).map_err(reject)?;
        let meets = is_at_or_below(&p, &gone);
        for (ours, theirs) in [(&edited, &removed), (&removed, &edited)] {
            let merged = merge(&base, ours, theirs);
            let nodes = merged.conflicts.iter().filter(|c| c.kind == ConflictKind::Node).count();
            prop_assert_eq!(
                nodes,
                usize::from(meets),
                "{} {}\n{}\n====\n{}\n{:?}",
                &p,
                &gone,
                &base,
                &merged.text,
                &merged.conflicts
            );
            if meets {
                prop_assert_eq!(second(&merged.text), second(theirs));
                let chosen = merged.conflicts.iter().find_map(|c| c.take_ours.clone()).unwrap();
                if let Ok(chosen) = apply(&merged.text, 0, &[chosen]) {
                    prop_assert_eq!(second(&chosen), second(ours));
                }
            } else {
                let both = apply(&edited, 0, &[Edit::Delete { pointer: gone.clone() }]).map_err(reject)?;
                prop_assert_eq!(second(&merged.text), second(&both), "{} {}\n{}", &p, &gone, &base);
            }
        }
        Ok(())
    });
}

const BASE: &str = "spec:\n  modules:\n    - name: net\n      size: 1 # small\n    - name: db\n      inputs: {id: {from: net, output: id}}\n  list: [a, b]\n";

#[test]
fn d12_named_items_merge_wherever_they_went() {
    let ours = BASE
        .replace("    - name: net\n      size: 1 # small\n", "")
        .replace("  list", "    - name: net\n      size: 1 # small\n    - name: ours\n  list");
    let theirs = BASE
        .replace("size: 1 # small", "size: 2 # small\n      # theirs\n      zone: a")
        .replace("    - name: db", "    - name: new\n    - name: db");
    let merged = merge(BASE, &ours, &theirs);
    assert!(merged.conflicts.is_empty(), "{merged:#?}");
    let names: Vec<Value> = second(&merged.text)[0]["spec"]["modules"].as_array().unwrap().clone();
    let of = |n: &str| names.iter().find(|m| m["name"] == n).cloned();
    assert_eq!(names.len(), 4, "{}", merged.text);
    assert_eq!(of("net"), Some(json!({"name": "net", "size": 2, "zone": "a"})));
    assert!(of("ours").is_some() && of("new").is_some());
}

#[test]
fn d12_half_a_reference_is_never_mixed_with_another() {
    let ours = BASE.replace("from: net", "from: vpc");
    let theirs = BASE.replace("output: id", "output: arn");
    let merged = merge(BASE, &ours, &theirs);
    assert_eq!(merged.text, theirs);
    assert_eq!(merged.conflicts[0].pointer, "/spec/modules/1/inputs/id");
}

#[test]
fn d12_comments_of_both_sides_stay_or_are_told() {
    let ours = BASE.replace("# small", "# small, for now").replace("  list", "  # ours\n  list");
    let theirs = BASE.replace("[a, b]", "[a, b, c]").replace("name: db", "name: db # theirs");
    let merged = merge(BASE, &ours, &theirs);
    assert!(merged.conflicts.is_empty(), "{merged:#?}");
    assert!(
        merged.text.contains("# small, for now")
            && merged.text.contains("# ours\n  list: [a, b, c]")
            && merged.text.contains("# theirs")
    );
    let theirs = BASE.replace("size: 1 # small", "size: 9");
    let merged = merge(BASE, &ours, &theirs);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(
        (merged.conflicts[0].kind, merged.conflicts[0].ours.clone().unwrap().value),
        (ConflictKind::Comment, json!("# small, for now"))
    );
}

#[test]
fn d12_broken_texts_are_a_choice_of_texts() {
    let theirs = BASE.replace("[a, b]", "[a, b");
    let merged = merge(BASE, &BASE.replace("size: 1", "size: 3"), &theirs);
    assert_eq!(
        (merged.text.as_str(), merged.conflicts.len(), merged.conflicts[0].kind),
        (theirs.as_str(), 1, ConflictKind::Text)
    );
    let more = format!("{BASE}---\nx: 1\n");
    let merged = merge(BASE, &BASE.replace("size: 1", "size: 3"), &more);
    assert!(merged.conflicts.is_empty());
    assert_eq!(merged.text, more.replace("size: 1", "size: 3"));
}

#[test]
fn d12_lists_whose_order_both_changed_are_a_choice() {
    let base = "l: [a, b, c]\n";
    let merged = merge(base, "l: [b, a, c]\n", "l: [a, b, d]\n");
    assert_eq!((merged.text.as_str(), merged.conflicts[0].pointer.as_str()), ("l: [a, b, d]\n", "/l"));
    let merged = merge(base, "l: [x, a, b, c]\n", "l: [a, b, c, d]\n");
    assert_eq!(merged.text, "l: [x, a, b, c, d]\n");
}
