//! Edits change their own node and nothing else: examples, then a nasty corpus with every place and many values.

mod corpus;
mod formatting;
mod kinds;
mod merging;
mod nasty;
mod places;
mod property;

use super::{Edit, EditError, apply};
use serde_json::{Value, json};

fn set(pointer: &str, value: Value) -> Edit {
    Edit::Set { pointer: pointer.into(), value }
}

fn remove(pointer: &str) -> Edit {
    Edit::Remove { pointer: pointer.into() }
}

#[track_caller]
fn check(before: &str, edit: Edit, after: &str) {
    let edited = apply(before, 0, std::slice::from_ref(&edit)).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
    assert_eq!(edited, after, "{edit:?}");
}

#[test]
fn d12_scalars_keep_their_quotes() {
    check("v: \"15\" # pin\n", set("/v", json!("16")), "v: \"16\" # pin\n");
    check("v: '15'\n", set("/v", json!("it's")), "v: 'it''s'\n");
    check("v: 15\n", set("/v", json!(16)), "v: 16\n");
    check("v: 15\n", set("/v", json!("15")), "v: \"15\"\n");
    check("v: \"15\"\n", set("/v", json!(15)), "v: 15\n");
    check("v: plain word\r\nw: x", set("/v", json!("other word")), "v: other word\r\nw: x");
    check("v: plain\n", set("/v", json!("yes")), "v: \"yes\"\n");
    check("v: plain\n", set("/v", json!("a: b # c")), "v: \"a: b # c\"\n");
    check("v: plain\n", set("/v", json!(null)), "v: null\n");
    check("v:\n", set("/v", json!(3)), "v: 3\n");
    check("v: # todo later\n", set("/v", json!("x")), "v: x # todo later\n");
    check("v: \"a\"\n", set("/v", json!("a\tb\n\u{7f}\u{2028}中")), "v: \"a\\tb\\n\\u007f\\u2028中\"\n");
    check("v: same # c\n", set("/v", json!("same")), "v: same # c\n");
}

#[test]
fn d12_text_blocks_may_look_like_anything() {
    for first in [">", "|", "&a |", "!x", "- |", "# no", "k: |+"] {
        check(&format!("l:\n  - |-\n    {first}\n    0\n  - b\n"), set("/l/0", json!("c")), "l:\n  - c\n  - b\n");
        check(&format!("k: &u |\n\n  {first}\nb: 1\n"), set("/k", json!("c")), "k: &u c\nb: 1\n");
    }
}

#[test]
fn d12_a_question_is_no_explicit_key() {
    check("a: why?\nb: 1\n", set("/b", json!(2)), "a: why?\nb: 2\n");
    check("a: |\n  x\n  ?\nb: 1\n", set("/b", json!(2)), "a: |\n  x\n  ?\nb: 2\n");
    check("a: 1 # ok?\n# or?\nb: 1\n", set("/b", json!(2)), "a: 1 # ok?\n# or?\nb: 2\n");
}

#[test]
fn d12_keys_are_added_where_they_belong() {
    check(
        "a:\n    b: 1 # one\n    # tail\nc: 2\n",
        set("/a/d", json!(3)),
        "a:\n    b: 1 # one\n    d: 3\n    # tail\nc: 2\n",
    );
    check("a: {b: 1}\n", set("/a/c", json!("x y")), "a: {b: 1, c: x y}\n");
    check("a: {b: 1,}\n", set("/a/c", json!(2)), "a: {b: 1, c: 2,}\n");
    check("a: {\n  b: 1, # one\n  }\n", set("/a/c", json!(2)), "a: {\n  b: 1, # one\n  c: 2,\n  }\n");
    check("a: {} # none\n", set("/a/c", json!(2)), "a: # none\n  c: 2\n");
    check("a: {b: {}}\n", set("/a/b/c", json!(2)), "a: {b: {c: 2}}\n");
    check("- {}\n", set("/0/c", json!(2)), "- c: 2\n");
    check("a: # none\nb: 1", set("/a/c", json!(2)), "a: # none\n  c: 2\nb: 1");
    check("a:", set("/a/c/d", json!(2)), "a:\n  c:\n    d: 2");
    check("a: ~\n", set("/a/c", json!(2)), "a:\n  c: 2\n");
    check(
        "a: 1",
        set("/b", json!({"c": [1, {"d": 2, "e": []}], "f": {"output": "id"}})),
        "a: 1\nb:\n  c:\n    - 1\n    - d: 2\n      e: []\n  f: {output: id}",
    );
    check("m:\n- ref: a\n", set("/m/0/inputs/x", json!("15")), "m:\n- ref: a\n  inputs:\n    x: \"15\"\n");
    check("m:\n- ref: a\n", set("/m/0/list", json!(["a"])), "m:\n- ref: a\n  list:\n  - a\n");
    check("a: 1\r\nb: 2\r\n", set("/c", json!({"d": 1})), "a: 1\r\nb: 2\r\nc:\r\n  d: 1\r\n");
    check("a: 1\n", set("/t", json!("one\ntwo\n")), "a: 1\nt: |\n  one\n  two\n");
    check("a: |\n  x\n\nb: 1\n", set("/a", json!("p\nq")), "a: |-\n  p\n  q\n\nb: 1\n");
    check("a: | # why\n  x\nb: 1\n", set("/a", json!("p")), "a: p # why\nb: 1\n");
}

#[test]
fn d12_items_and_removals() {
    check("l:\n  - a # x\n  # y\n  - b\n", remove("/l/0"), "l:\n  # y\n  - b\n");
    check("l:\n  - a\n  - b", remove("/l/1"), "l:\n  - a");
    check("l:\n  - a\n", remove("/l/0"), "l: []\n");
    check("l: # c\n  - a\n  # d\nx: 1\n", remove("/l/0"), "l: [] # c\n  # d\nx: 1\n");
    check("m:\n- a: 1\n  b: 2\n- c: 3\n", remove("/m/0/a"), "m:\n- b: 2\n- c: 3\n");
    check("m:\n- a: 1 # gone\n  # stays\n  b: 2\n", remove("/m/0/a"), "m:\n- \n  # stays\n  b: 2\n");
    check("m: {a: 1, b: 2, c: 3}\n", remove("/m/b"), "m: {a: 1, c: 3}\n");
    check("m: {a: 1, b: 2}\n", remove("/m/b"), "m: {a: 1}\n");
    check("m: {a: 1,}\n", remove("/m/a"), "m: {}\n");
    check("m: [a, b]\n", set("/m/-", json!("c")), "m: [a, b, c]\n");
    check("l:\n  - a\n  - c\n", set("/l", json!(["a", "b", "c"])), "l:\n  - a\n  - b\n  - c\n");
    check("l:\n  - a # 1\n  - b # 2\n  - c # 3\n", set("/l", json!(["a", "c"])), "l:\n  - a # 1\n  - c # 3\n");
    check("l:\n  - b\n", set("/l", json!(["a", "b"])), "l:\n  - a\n  - b\n");
    check("a:\n  b: 1\n  c: 2\n", set("/a", json!("x")), "a: x\n");
    check("a: # why\n  b: 1\nc: 2\n", set("/a", json!(["x"])), "a: # why\n  - x\nc: 2\n");
    check(
        "a:\n  b: 1 # one\n  c: 2 # two\n",
        set("/a", json!({"b": 1, "c": 3, "d": 4})),
        "a:\n  b: 1 # one\n  c: 3 # two\n  d: 4\n",
    );
    check(
        "s:\n    l:\n    - a\nnew:\n- []\n# end",
        set("/new", json!({"a": [[]]})),
        "s:\n    l:\n    - a\nnew:\n    a:\n    - []\n# end",
    );
    check("- - a\n  - b\n- c\n", remove("/0/0"), "- - b\n- c\n");
}

#[test]
fn d12_other_documents_stay() {
    let text = "a: 1\n---\na: 2 # two\n...\n---\n- x\n";
    assert_eq!(
        apply(text, 1, &[set("/a", json!(3)), set("/b", json!([1]))]).unwrap(),
        "a: 1\n---\na: 3 # two\nb:\n  - 1\n...\n---\n- x\n"
    );
    assert_eq!(apply(text, 2, &[set("/-", json!("z"))]).unwrap(), "a: 1\n---\na: 2 # two\n...\n---\n- x\n- z\n");
    let broken = "a: [\n---\nb: 1\n";
    assert_eq!(
        apply(broken, 1, &[set("/b", json!(2))]).unwrap(),
        "a: [\n---\nb: 2\n",
        "a broken neighbour stays as it is"
    );
}

#[test]
fn d12_refusals_change_nothing_and_say_why() {
    let code = |text: &str, edit: Edit| apply(text, 0, &[edit]).map_err(|e| e.code());
    let shared = "a: &x {b: 1}\nc: *x\nd: 1\n";
    for edit in [
        set("/a/b", json!(2)),
        set("/a", json!(2)),
        remove("/a"),
        set("/c/b", json!(2)),
        set("/a/z", json!(1)),
        set("", json!({"d": 2})),
    ] {
        assert_eq!(code(shared, edit.clone()), Err("edit-alias"), "{edit:?}");
    }
    assert_eq!(code(shared, set("/c", json!(2))), Ok("a: &x {b: 1}\nc: 2\nd: 1\n".into()));
    assert_eq!(code(shared, remove("/c")), Ok("a: &x {b: 1}\nd: 1\n".into()));
    assert_eq!(code("a: 1\n", set("/a/b", json!(1))), Err("edit-pointer"));
    assert_eq!(code("a: 1\n", set("b", json!(1))), Err("edit-pointer"));
    assert_eq!(code("a: [1]\n", set("/a/5", json!(1))), Err("edit-pointer"));
    assert_eq!(code("a: 1\n", remove("/b")), Err("edit-pointer"));
    assert_eq!(code("a: [\n", set("/a", json!(1))), Err("edit-broken"));
    assert_eq!(code("? a\n: 1\n", set("/a", json!(2))), Err("edit-unsupported"));
    assert_eq!(code("{? a : 1, b: 2}\n", set("/a", json!(2))), Err("edit-unsupported"));
    assert_eq!(code("a: 1\na: 2\n", set("/a", json!(3))), Err("edit-unsafe"));
    let later = apply("a: 1\n", 0, &[set("/a", json!(2)), remove("/zzz")]);
    assert!(matches!(later, Err(EditError::Pointer { .. })), "one refused edit refuses all");
}
