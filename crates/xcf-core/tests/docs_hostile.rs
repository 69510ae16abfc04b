//! Foreign bytes: every file gives a located, coded answer, at a bounded cost, and none a panic.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

use proptest::prelude::*;
use xcf_core::docs::{AnyDoc, FileDocs, Kind, Limits, read_documents};

fn read(bytes: &[u8]) -> FileDocs {
    read_documents("policies/x.yaml", bytes, &Limits::default())
}

#[track_caller]
fn expect(bytes: &[u8], code: &str, line: u32) {
    let docs = read(bytes);
    assert!(docs.broken, "{code}");
    let found: Vec<(&str, u32)> = docs.diagnostics.iter().map(|d| (d.code.as_str(), d.place.line)).collect();
    assert!(found.contains(&(code, line)), "{code} at {line}: {found:?}");
}

const WAIVER: &str = "apiVersion: xcloudflow.io/v1alpha1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: a, match: {}, until: 2027-01-01, reason: r, by: b}\n";

#[test]
fn dsl3_binary_is_not_text() {
    expect(b"\x7fELF\x02\x01\x01\0\0\0", "not-text", 1);
    expect(b"a: 1\nb: \xff\xfe\n", "not-text", 2);
    expect(b"a: 1\n\nb: \0\n", "not-text", 3);
    expect("a: 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>().as_slice(), "not-text", 1);
}

#[test]
fn dsl3_a_hundred_megabytes_are_not_read() {
    let mut bytes = b"a: ".to_vec();
    bytes.resize(100 * 1024 * 1024, 0xff);
    // The limit answers before the text check, which would say `not-text`.
    expect(&bytes, "file-too-large", 0);
    assert_eq!(read(&bytes).diagnostics.len(), 1);
}

#[test]
fn dsl3_deep_nesting_stops_early() {
    for opener in ["[", "{a: ", "- ", "? ", "[{a: ", "- - ", "!!seq [", "&a ["] {
        let limits = Limits { bytes: 16 << 20, ..Limits::default() };
        let docs = read_documents("policies/x.yaml", opener.repeat(200_000).as_bytes(), &limits);
        let found: Vec<(&str, u32)> = docs.diagnostics.iter().map(|d| (d.code.as_str(), d.place.line)).collect();
        assert_eq!(found, [("too-deep", 1)], "{opener}");
    }
    let blocks: String = (0..1_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    expect(blocks.as_bytes(), "too-deep", 65);
    let fits = format!("{}1{}", "[".repeat(60), "]".repeat(60));
    assert!(read(fits.as_bytes()).diagnostics.iter().all(|d| d.code != "too-deep"));
}

#[test]
fn dsl3_alias_bombs_do_not_go_off() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let uses = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{uses}]\n"));
    }
    expect(bomb.as_bytes(), "alias-limit", 6);
    let many = format!("a: &a 1\nl:\n{}", "  - *a\n".repeat(1_001));
    expect(many.as_bytes(), "alias-limit", 1_003);
    let deep: String = (1..70).map(|i| format!("a{i}: &a{i} [*a{}]\n", i - 1)).collect();
    expect(format!("a0: &a0 [x]\n{deep}").as_bytes(), "too-deep", 64);
    expect(b"a: &a [*a]\n", "alias-limit", 1);
    expect(b"a: &a 1\n---\nb: *a\n", "unknown-anchor", 3);
}

#[test]
fn dsl3_too_much_of_anything() {
    let wide = format!("[{}]", "1,".repeat(250_000));
    expect(wide.as_bytes(), "too-many-nodes", 1);
    let broken = "--- [ü\n".repeat(100_000);
    assert_eq!(read(broken.as_bytes()).broken_names.len(), 1_001);
    let documents = "--- {}\n".repeat(1_001);
    expect(documents.as_bytes(), "too-many-documents", 1_001);
}

#[test]
fn dsl3_keys_and_values_that_readers_differ_about() {
    let composition = |inputs: &str| {
        format!(
            "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata: {{name: a}}\nspec:\n  lifecycle: PaaS\n  modules:\n    - ref: m/a\n      inputs:\n{inputs}"
        )
    };
    for (inputs, code, column) in [
        ("        on: 1\n", "ambiguous-yaml", 9),
        ("        a: yes\n", "ambiguous-yaml", 12),
        ("        account: 012345678901\n", "ambiguous-yaml", 18),
        ("        mode: 0o644\n", "ambiguous-yaml", 15),
        ("        at: 22:30\n", "ambiguous-yaml", 13),
        ("        n: 1_000\n", "ambiguous-yaml", 12),
        ("        b: 0b11\n", "ambiguous-yaml", 12),
        ("        d: &d {x: 1}\n        <<: *d\n", "ambiguous-yaml", 9),
        ("        a: 1\n        b: 2\n        a: 3\n", "duplicate-key", 9),
        ("        a: 1\n        \"a\": 3\n", "duplicate-key", 9),
        ("        true: 1\n", "bad-key", 9),
        ("        [a]: 1\n", "bad-key", 9),
        ("        a: .inf\n", "unsupported-value", 12),
        ("        a: 123456789012345678901234567890\n", "unsupported-value", 12),
        ("        a: !vault x\n", "unsupported-tag", 12),
        ("        a: !!binary aGk=\n", "unsupported-tag", 12),
    ] {
        let text = composition(inputs);
        let docs = read_documents("compositions/a.yaml", text.as_bytes(), &Limits::default());
        let found: Vec<(&str, u32)> = docs.diagnostics.iter().map(|d| (d.code.as_str(), d.place.column)).collect();
        assert_eq!(found, [(code, column)], "{inputs}");
        assert!(docs.broken);
        assert_eq!(
            (docs.broken_names[0].kind, docs.broken_names[0].name.as_deref()),
            (Some(Kind::Composition), Some("a"))
        );
    }
    for fine in [
        "        a: 0x1F\n",
        "        a: 1.5\n",
        "        a: 1e3\n",
        "        a: \"yes\"\n",
        "        a: -7\n",
        "        a: &x [1]\n        b: *x\n",
        "        a: !!str 15\n",
        "        a: 10.0.0.0/8\n",
        "        8080: x\n",
    ] {
        let text = composition(fine);
        let docs = read_documents("compositions/a.yaml", text.as_bytes(), &Limits::default());
        assert!(!docs.has_errors(), "{fine}: {:#?}", docs.diagnostics);
    }
}

#[test]
fn dsl3_line_breaks_marks_and_tabs() {
    for text in [
        WAIVER.replace('\n', "\r\n"),
        format!("\u{feff}{WAIVER}"),
        format!("# c\n---\n{WAIVER}...\n"),
        format!("%YAML 1.2\n---\n{WAIVER}"),
        WAIVER.trim_end().to_owned(),
        format!("---\n---\n{WAIVER}---\n"),
    ] {
        let docs = read(text.as_bytes());
        assert!(!docs.has_errors(), "{text:?}: {:#?}", docs.diagnostics);
        assert_eq!(docs.docs.len(), 1, "{text:?}");
        let doc = &docs.docs[0];
        assert_eq!(&text[doc.spans().range("/spec/by").unwrap()], "b");
        let line = text[..text.find("until").unwrap()].matches('\n').count() + 1;
        assert_eq!(doc.place("/spec/until").line as usize, line);
    }
    let wide = WAIVER.replace("reason: r", "reason: '理由 ü'");
    let docs = read(wide.as_bytes());
    let AnyDoc::Waiver(waiver) = &docs.docs[0] else { panic!() };
    assert_eq!(waiver.spec.reason, "理由 ü");
    assert_eq!(&wide[waiver.spans.range("/spec/by").unwrap()], "b");
    let before: String = wide.lines().nth(3).unwrap().chars().take_while(|c| *c != 'y').collect();
    assert_eq!(waiver.place("/spec/by").column as usize, before.chars().count() + 4);
    expect(b"kind: Waiver\n\tmetadata: {}\n", "yaml-syntax", 2);
}

#[test]
fn dsl3_a_syntax_error_never_moves_the_numbers_of_other_documents() {
    let text = format!("{WAIVER}---\n\"open\n---\n{WAIVER}---\n[a\n---\n{WAIVER}");
    let docs = read(text.as_bytes());
    assert_eq!(docs.docs.iter().map(AnyDoc::index).collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(docs.broken_names.iter().map(|b| b.index).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(docs.broken_names.iter().map(|b| b.place.line).collect::<Vec<_>>(), [5, 12]);
    for doc in &docs.docs {
        assert_eq!(&text[doc.spans().range("/metadata/name").unwrap()], "w");
    }
}

const TOKENS: &[&str] = &[
    "a: ",
    "- ",
    "? ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "'",
    "\"",
    "|",
    ">",
    "|+\n",
    "#c",
    "\n",
    "\n  ",
    "\n    ",
    "---\n",
    "\n---\n",
    "\n...\n",
    "%YAML 1.2",
    "\t",
    "\r\n",
    "ü",
    "<<: ",
    "~",
    "1",
    "yes",
    "\u{feff}",
    "kind: Waiver\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dsl3_random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let docs = read(&bytes);
        prop_assert!(docs.docs.is_empty() && docs.broken);
    }

    #[test]
    fn dsl3_random_yaml_never_panics(picks in proptest::collection::vec(0..TOKENS.len(), 0..40)) {
        let text: String = picks.iter().map(|p| TOKENS[*p]).collect();
        let docs = read(text.as_bytes());
        for diagnostic in &docs.diagnostics {
            prop_assert!(!diagnostic.code.is_empty() && !diagnostic.message.is_empty());
        }
        let empty = docs.diagnostics.iter().any(|d| d.code == "empty-file");
        prop_assert_eq!(docs.broken, empty || !docs.broken_names.is_empty());
    }

    /// A document with some bytes changed reads or is reported, and its places stay inside the text.
    #[test]
    fn dsl3_damaged_documents(at in 0usize..160, with in "[ -~\n]{0,6}", cut in 0usize..8) {
        let at = at.min(WAIVER.len());
        let end = (at + cut).min(WAIVER.len());
        let text = format!("{}{with}{}", &WAIVER[..at], &WAIVER[end..]);
        let docs = read(text.as_bytes());
        prop_assert!(docs.has_errors() == docs.diagnostics.iter().any(|d| d.is_error()));
        prop_assert!(!docs.docs.is_empty() || docs.broken);
        for doc in &docs.docs {
            for pointer in ["", "/spec", "/spec/by", "/spec/match", "/metadata/name"] {
                if let Some(range) = doc.spans().range(pointer) {
                    prop_assert!(text.get(range).is_some());
                }
            }
        }
    }
}
