//! Reading documents: envelopes, structure, places, limits, several documents in a file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

use xcf_core::docs::{AnyDoc, FileDocs, Kind, Limits, read_documents};

const PAYMENTS: &str = r#"apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: payments-prod
spec:
  lifecycle: PaaS
  changeFrequency: medium
  modules:
    - ref: modules/aws/rds-cluster
      engine: terraform
      inputs:
        engineVersion: "15"
      policies:
        approval: environment
        backup: pre-change
  dependencies:
    - ref: compositions/foundation/network-prod
  reconcile:
    strategy: periodic
    interval: 6h
"#;

fn read(text: &str) -> FileDocs {
    read_documents("compositions/a.yaml", text.as_bytes(), &Limits::default())
}

fn codes(docs: &FileDocs) -> Vec<(&str, u32, u32)> {
    docs.diagnostics.iter().filter(|d| d.is_error()).map(|d| (d.code.as_str(), d.place.line, d.place.column)).collect()
}

#[test]
fn r3_the_example_reads_and_knows_its_places() {
    let docs = read(PAYMENTS);
    assert!(!docs.broken && !docs.has_errors(), "{:#?}", docs.diagnostics);
    let [AnyDoc::Composition(doc)] = docs.docs.as_slice() else { panic!("{docs:?}") };
    assert_eq!(doc.name(), "payments-prod");
    assert_eq!(doc.spec.modules[0].inputs["engineVersion"], "15");
    let at = |p: &str| (doc.place(p).line, doc.place(p).column);
    assert_eq!(at("/spec/modules/0/inputs/engineVersion"), (12, 24));
    assert_eq!(at("/spec/modules/0/inputs"), (11, 7));
    assert_eq!(at("/spec/modules/0"), (9, 7));
    assert_eq!(at("/spec/modules/0/nothing/here"), (9, 7));
    assert_eq!(at("/spec/modules/7"), (8, 3));
    assert_eq!(at("/metadata/name"), (4, 9));
    assert_eq!(at(""), (1, 1));
    let range = doc.spans.range("/spec/modules/0/inputs/engineVersion").unwrap();
    assert_eq!(&PAYMENTS[range], "\"15\"");
}

#[test]
fn d5_all_structural_errors_come_at_once() {
    let text = PAYMENTS
        .replace("lifecycle: PaaS", "lifecycel: PaaS")
        .replace("medium", "medum")
        .replace("6h", "6 hours")
        .replace("engine: terraform", "engine: [terraform]")
        .replace("payments-prod", "Payments");
    let docs = read(&text);
    assert!(docs.broken && docs.docs.is_empty());
    let mut got = codes(&docs);
    got.sort_unstable();
    assert_eq!(
        got,
        [
            ("bad-duration", 20, 15),
            ("bad-name", 4, 9),
            ("missing-field", 5, 1),
            ("unknown-field", 6, 3),
            ("unknown-value", 7, 20),
            ("wrong-type", 10, 7),
        ]
    );
    let hints: Vec<&str> = docs.diagnostics.iter().map(|d| d.hint.as_str()).collect();
    assert!(hints.contains(&"did you mean `lifecycle`?") && hints.contains(&"did you mean `medium`?"), "{hints:?}");
    assert_eq!(docs.broken_names.len(), 1);
    assert_eq!(
        (docs.broken_names[0].kind, docs.broken_names[0].name.as_deref()),
        (Some(Kind::Composition), Some("Payments"))
    );
}

#[test]
fn dsl7_a_broken_document_hides_no_other_and_keeps_its_name() {
    let window = |name: &str| {
        format!(
            "apiVersion: xcloudflow.io/v1alpha1\nkind: Window\nmetadata:\n  name: {name}\nspec:\n  kind: allow\n  schedule: '0 22 * * 1-5'\n  duration: 6h\n  timeZone: Asia/Shanghai\n"
        )
    };
    let broken = "kind: Window\nmetadata:\n  labels: {a: b}\n  name: bad # here\nspec: {kind: [\n";
    let text = format!("{}---\n{broken}---\n{}", window("one"), window("two"));
    let docs = read_documents("policies/w.yaml", text.as_bytes(), &Limits::default());
    assert_eq!(docs.docs.iter().map(AnyDoc::name).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(docs.docs.iter().map(AnyDoc::index).collect::<Vec<_>>(), [0, 2]);
    assert!(docs.broken);
    assert_eq!(docs.broken_names[0].name.as_deref(), Some("bad"));
    assert_eq!(docs.broken_names[0].index, 1);
    assert_eq!(docs.docs[1].place("/spec/kind").line, 6 + 9 + 6 + 1);
    assert_eq!(&text[docs.docs[1].spans().range("/metadata/name").unwrap()], "two");
}

#[test]
fn dsl_an_unreadable_header_still_tells() {
    for (text, code) in [
        ("kind: Compositon\n", "unknown-kind"),
        ("a: 1\n", "missing-field"),
        ("- a\n", "not-a-document"),
        ("", "empty-file"),
        ("# nothing\n", "empty-file"),
        ("---\n---\n", "empty-file"),
        ("just text\n", "not-a-document"),
    ] {
        let docs = read(text);
        assert!(docs.broken, "{text:?}");
        assert_eq!(codes(&docs)[0].0, code, "{text:?}");
    }
}
