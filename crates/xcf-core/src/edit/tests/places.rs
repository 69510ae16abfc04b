//! Items and keys that come, go and move with their comments; documents; several files at once.

use super::super::{Draft, Edit, Fate, Spot, apply, invert, splice, splices};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn delete(pointer: &str) -> Edit {
    Edit::Delete { pointer: pointer.into() }
}
fn insert(pointer: &str, value: Value) -> Edit {
    Edit::Insert { pointer: pointer.into(), value }
}
fn shift(pointer: &str, to: usize) -> Edit {
    Edit::Move { pointer: pointer.into(), to }
}
fn rename(pointer: &str, to: &str) -> Edit {
    Edit::Rename { pointer: pointer.into(), to: to.into() }
}

#[track_caller]
fn check(before: &str, edit: Edit, after: &str) {
    let edited = apply(before, 0, std::slice::from_ref(&edit)).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
    assert_eq!(edited, after, "{edit:?}");
    let found = splices(before, 0, &[edit]).unwrap();
    assert_eq!(splice(before, &found).as_deref(), Some(after));
    assert_eq!(splice(after, &invert(&found)).as_deref(), Some(before), "undo");
}

const MODULES: &str = "# head\nspec:\n  modules:\n    # the network\n    - ref: net # n\n      # inside\n      x: 1\n\n    # the\n    # base\n    - ref: db\n\n    - ref: app\n# tail\n";

#[test]
fn d12_what_goes_takes_its_comments() {
    check(
        MODULES,
        delete("/spec/modules/1"),
        "# head\nspec:\n  modules:\n    # the network\n    - ref: net # n\n      # inside\n      x: 1\n\n    - ref: app\n# tail\n",
    );
    check(
        MODULES,
        delete("/spec/modules/0"),
        "# head\nspec:\n  modules:\n\n    # the\n    # base\n    - ref: db\n\n    - ref: app\n# tail\n",
    );
    check(
        MODULES,
        delete("/spec/modules/2"),
        "# head\nspec:\n  modules:\n    # the network\n    - ref: net # n\n      # inside\n      x: 1\n\n    # the\n    # base\n    - ref: db\n\n# tail\n",
    );
    check("a: 1\n# b is\nb: 2\n  # in b\n# c is\nc: 3", delete("/b"), "a: 1\n# c is\nc: 3");
    check("# licence\na: 1\nb: 2\n", delete("/a"), "# licence\nb: 2\n");
    check("# licence\n\n# of a\na: 1\nb: 2\n", delete("/a"), "# licence\n\nb: 2\n");
    check("a:\n  # only\n  b: 1\nc: 2\n", delete("/a/b"), "a: {}\nc: 2\n");
    check("l:\r\n  # x\r\n  - a\r\n  - b\r\n", delete("/l/0"), "l:\r\n  - b\r\n");
    check("t: |+\n  x\n\nb: 1\n", delete("/b"), "t: |+\n  x\n\n");
}

#[test]
fn d12_items_come_between_comments() {
    check(
        MODULES,
        insert("/spec/modules/1", json!({"ref": "new"})),
        "# head\nspec:\n  modules:\n    # the network\n    - ref: net # n\n      # inside\n      x: 1\n\n    - ref: new\n\n    # the\n    # base\n    - ref: db\n\n    - ref: app\n# tail\n",
    );
    check("l:\n  # of a\n  - a\n", insert("/l/0", json!("z")), "l:\n  - z\n  # of a\n  - a\n");
    check("l: []\n", insert("/l/-", json!({"a": 1})), "l:\n  - a: 1\n");
    check("l: [a, b]\n", insert("/l/1", json!("z")), "l: [a, z, b]\n");
    check("l:\n- a\n  # in\n- b", insert("/l/2", json!(1)), "l:\n- a\n  # in\n- b\n- 1");
}

#[test]
fn d12_items_move_with_their_comments() {
    check("l:\n  # a\n  - a\n  # b\n  - b # bb\n  - c", shift("/l/1", 0), "l:\n  # b\n  - b # bb\n  # a\n  - a\n  - c");
    check("l:\n  # a\n  - a\n  # b\n  - b # bb\n  - c", shift("/l/0", 2), "l:\n  # b\n  - b # bb\n  - c\n  # a\n  - a");
    check("l:\n  - a\n  - b\n  - c", shift("/l/2", 0), "l:\n  - c\n  - a\n  - b");
    check("l: [a, {b: 1}, c] # x\n", shift("/l/2", 0), "l: [c, a, {b: 1}] # x\n");
}

#[test]
fn d12_keys_are_renamed_in_place() {
    check("a:\n  'b c': 1 # x\n  d: 2\n", rename("/a/b c", "it's"), "a:\n  'it''s': 1 # x\n  d: 2\n");
    check("a: {b: 1, \"c\": 2}\n", rename("/a/c", "x"), "a: {b: 1, \"x\": 2}\n");
    check("a: 1\n", rename("/a", "no"), "\"no\": 1\n");
    check("\u{feff}a: 1\nb: 2\n", rename("/a", "c"), "\u{feff}c: 1\nb: 2\n");
    let code = |text: &str, edit: Edit| apply(text, 0, &[edit]).map_err(|e| e.code());
    assert_eq!(code("a: 1\nb: 2\n", rename("/a", "b")), Err("edit-pointer"));
    assert_eq!(code("l: [1]\n", rename("/l/0", "b")), Err("edit-pointer"));
    assert_eq!(code("l: &x [{a: 1}]\nm: *x\n", rename("/l/0/a", "b")), Err("edit-alias"));
    assert_eq!(code("l: &x [1, 2]\nm: *x\n", shift("/l/0", 1)), Err("edit-alias"));
    assert_eq!(code("l: [1]\n", shift("/l/0", 1)), Err("edit-pointer"));
}

#[test]
fn d12_a_byte_order_mark_is_no_column() {
    check("\u{feff}a: 1\n", Edit::Set { pointer: "/b".into(), value: json!(2) }, "\u{feff}a: 1\nb: 2\n");
    check("\u{feff}a: 1\nb: 2\n", delete("/a"), "\u{feff}b: 2\n");
}

fn draft(files: &[(&str, &str)]) -> Draft {
    let mut draft = Draft::new();
    files.iter().for_each(|(file, text)| draft.open(file, text));
    draft
}

#[track_caller]
fn undo_restores(draft: &Draft, files: &[(&str, &str)]) {
    let before: BTreeMap<String, String> = files.iter().map(|(f, t)| ((*f).to_owned(), (*t).to_owned())).collect();
    let mut texts = before.clone();
    let patch = draft.patch();
    patch.apply(&mut texts).unwrap();
    for (file, text) in draft.texts() {
        assert_eq!(texts.get(file).map(String::as_str), text, "{file}");
    }
    patch.invert().apply(&mut texts).unwrap();
    assert_eq!(texts, before);
}

#[test]
fn d12_a_module_moves_between_files() {
    let files = [
        (
            "a",
            "spec:\n  modules:\n    - ref: x\n    # moves\n    - ref: y # why\n      text: |\n        one\n\n          two\n      # last\n    - ref: z\n",
        ),
        ("b", "spec:\r\n    modules:\r\n    - ref: k\r\n"),
    ];
    let mut d = draft(&files);
    d.move_item(&Spot::new("a", 0, "/spec/modules/1"), &Spot::new("b", 0, "/spec/modules/-")).unwrap();
    assert_eq!(d.text("a"), Some("spec:\n  modules:\n    - ref: x\n    - ref: z\n"));
    assert_eq!(
        d.text("b"),
        Some(
            "spec:\r\n    modules:\r\n    - ref: k\r\n    # moves\r\n    - ref: y # why\r\n      text: |\r\n        one\r\n\r\n          two\r\n      # last\r\n"
        )
    );
    undo_restores(&d, &files);
    let mut d = draft(&files);
    d.move_item(&Spot::new("b", 0, "/spec/modules/0"), &Spot::new("a", 0, "/spec/modules/0")).unwrap();
    assert_eq!(d.text("b"), Some("spec:\r\n    modules: []\r\n"));
    assert!(d.text("a").unwrap().starts_with("spec:\n  modules:\n    - ref: k\n    - ref: x\n"));
    d.move_item(&Spot::new("a", 0, "/spec/modules/2"), &Spot::new("b", 0, "/spec/modules/0")).unwrap();
    assert!(
        d.text("b").unwrap().starts_with("spec:\r\n    modules:\r\n        # moves\r\n        - ref: y # why\r\n"),
        "{:?}",
        d.text("b")
    );
    undo_restores(&d, &files);
}

#[test]
fn d12_moves_between_documents_and_absent_lists() {
    let files = [("a", "l:\n  # c\n  - a: 1\n  - b\n---\nother: x\n")];
    let mut d = draft(&files);
    d.move_item(&Spot::new("a", 0, "/l/0"), &Spot::new("a", 1, "/new/-")).unwrap();
    assert_eq!(d.text("a"), Some("l:\n  - b\n---\nother: x\nnew:\n  # c\n  - a: 1\n"));
    undo_restores(&d, &files);
    let mut d = draft(&[("a", "l: [1, {x: 2}]\nm:\n  - y # c\nk: &k [1]\nn: *k\n")]);
    d.move_item(&Spot::new("a", 0, "/l/1"), &Spot::new("a", 0, "/m/0")).unwrap();
    assert_eq!(d.text("a"), Some("l: [1]\nm:\n  - x: 2\n  - y # c\nk: &k [1]\nn: *k\n"));
    let refused = d.move_item(&Spot::new("a", 0, "/m/1"), &Spot::new("a", 0, "/l/0"));
    assert_eq!(refused.unwrap_err().code(), "edit-unsupported", "the comment would be lost");
    let refused = d.move_item(&Spot::new("a", 0, "/l/0"), &Spot::new("a", 0, "/k/0"));
    assert_eq!(refused.unwrap_err().code(), "edit-alias");
}

#[test]
fn d12_documents_come_and_go() {
    let files = [("m", "# one\na: 1\n---\n# two\nb: 2\n# end of two\n---\nc: 3"), ("n", "")];
    let mut d = draft(&files);
    d.append_document("m", "d: 4\n").unwrap();
    assert_eq!(d.text("m"), Some("# one\na: 1\n---\n# two\nb: 2\n# end of two\n---\nc: 3\n---\nd: 4\n"));
    d.delete_document("m", 1).unwrap();
    assert_eq!(d.text("m"), Some("# one\na: 1\n---\nc: 3\n---\nd: 4\n"));
    d.delete_document("m", 0).unwrap();
    assert_eq!(d.text("m"), Some("c: 3\n---\nd: 4\n"));
    d.append_document("n", "---\nx: 1\n").unwrap();
    assert_eq!(d.text("n"), Some("x: 1\n"));
    undo_restores(&d, &files);
    d.delete_document("m", 1).unwrap();
    assert_eq!(d.delete_document("m", 0).unwrap_err().code(), "edit-pointer");
    assert_eq!(d.append_document("m", "a: 1\n---\nb: 1\n").unwrap_err().code(), "edit-broken");
    d.delete("m").unwrap();
    d.create("k", "z: 1\n").unwrap();
    d.rename("n", "o").unwrap();
    let fates: Vec<(String, Fate)> = d.patch().files.into_iter().map(|f| (f.file, f.fate)).collect();
    let want = [("k", Fate::Created), ("m", Fate::Deleted), ("n", Fate::Deleted), ("o", Fate::Created)];
    assert_eq!(fates, want.map(|(f, t)| (f.to_owned(), t)));
    undo_restores(&d, &files);
}

#[test]
fn d12_a_patch_for_another_text_is_refused() {
    let mut d = draft(&[("m", "a: 1\nb: 2\n")]);
    d.edit("m", 0, &[Edit::Set { pointer: "/b".into(), value: json!(3) }]).unwrap();
    let patch = d.patch();
    assert_eq!(patch.files[0].splices.len(), 1);
    assert_eq!((patch.files[0].splices[0].range(), patch.files[0].splices[0].new.as_str()), (8..9, "3"));
    let mut texts = BTreeMap::from([("m".to_owned(), "a: 1\nb: 9\n".to_owned())]);
    assert_eq!(patch.apply(&mut texts).unwrap_err().code(), "edit-stale");
    assert_eq!(texts["m"], "a: 1\nb: 9\n");
}

#[test]
fn d12_ten_thousand_lines_take_linear_time() {
    let item = |i: usize| {
        format!("    # module {i}\n    - ref: modules/m{i}\n      name: m{i}\n      inputs:\n        size: \"{i}\"\n")
    };
    let text: String = std::iter::once("spec:\n  modules:\n".to_owned()).chain((0..2_000).map(item)).collect();
    assert!(text.lines().count() > 10_000);
    let sizes: Vec<Value> = (0..2_000).map(|i| json!({"ref": format!("modules/m{i}"), "name": format!("m{i}"), "inputs": {"size": format!("{}", i + 1)}})).collect();
    let found = splices(&text, 0, &[Edit::Set { pointer: "/spec/modules".into(), value: sizes.into() }]).unwrap();
    assert_eq!(found.len(), 2_000, "each its own splice, all in one go");
    let found =
        splices(&text, 0, &[shift("/spec/modules/1999", 0), delete("/spec/modules/1000"), rename("/spec", "x")])
            .unwrap();
    let after = splice(&text, &found).unwrap();
    assert!(after.starts_with("x:\n  modules:\n    # module 1999\n") && !after.contains("# module 999\n"));
    assert_eq!(splice(&after, &invert(&found)).unwrap(), text);
}

#[test]
fn d12_empty_values_at_an_end() {
    for (before, pointer, after) in [
        ("k1:\n\n    - - k3: x\n        k4: # c5\n", "/k1/0/0", "k1:\n\n    - [] # c5\n"),
        ("k23: # c24\n  k27: # c28\n", "/k23", "{} # c28\n"),
        ("a: 1\nk: # c\n-\n", "/k", "a: 1\n"),
        ("a: 1\n---\nk23: # c24\n  k27: # c28", "/a", "{}\n---\nk23: # c24\n  k27: # c28"),
    ] {
        check(before, delete(pointer), after);
    }
}
