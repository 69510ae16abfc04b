//! Rules of single documents (`dsl §1`): each case changes one thing of a sound document and names the error it makes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

use xcf_core::docs::check::not_yet_effective;
use xcf_core::docs::{AnyDoc, FileDocs, Limits, read_documents};

fn read(file: &str, text: &str) -> FileDocs {
    read_documents(file, text.as_bytes(), &Limits::default())
}

fn doc(kind: &str, name: &str, spec: &str) -> String {
    let indented: String = spec.trim_end().lines().map(|l| format!("  {l}\n")).collect();
    format!("apiVersion: xcloudflow.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{indented}")
}

/// The first line of `spec` stands at line 6.
fn errors(docs: &FileDocs) -> Vec<(String, u32)> {
    docs.diagnostics.iter().filter(|d| d.is_error()).map(|d| (d.code.clone(), d.place.line)).collect()
}

#[track_caller]
fn expect(kind: &str, spec: &str, wanted: &[(&str, u32)]) {
    let docs = read("policies/x.yaml", &doc(kind, "a", spec));
    let got = errors(&docs);
    let got: Vec<(&str, u32)> = got.iter().map(|(c, l)| (c.as_str(), *l)).collect();
    assert_eq!(got, wanted, "{spec}\n{:#?}", docs.diagnostics);
    assert_eq!(docs.faulty.is_empty(), wanted.is_empty(), "semantic errors mark the document");
    assert_eq!(docs.docs.len(), 1, "semantic errors keep the document");
}

#[test]
fn dsl1_composition_rules() {
    let base = "lifecycle: PaaS\nmodules:\n  - ref: modules/db\n";
    expect("Composition", base, &[]);
    let cases: &[(&str, &[(&str, u32)])] = &[
        ("lifecycle: Ephemeral\nmodules: []\n", &[("missing-field", 6)]),
        ("lifecycle: Ephemeral\nttl: 0d\nlayer: PaaS\nmodules: []\n", &[("bad-duration", 7)]),
        ("lifecycle: PaaS\nlayer: PaaS\nttl: 1d\nmodules: []\n", &[("only-ephemeral", 7), ("only-ephemeral", 8)]),
        ("lifecycle: K8s\napprovalPolicy: auto\npolicies: {approval: strong}\nmodules: []\n", &[("both-forms", 7)]),
        (
            "lifecycle: K8s\nreconcileStrategy: periodic\nreconcile: {strategy: on_drift}\nbackupPolicy: none\npolicies:\n  backup: none\nmodules: []\n",
            &[("both-forms", 7), ("both-forms", 9)],
        ),
        ("lifecycle: K8s\nmodules:\n  - ref: a/x\n  - ref: b/x.yaml\n", &[("duplicate-module", 9)]),
        (
            "lifecycle: K8s\nmodules:\n  - ref: a/x\n  - ref: b/x\n    name: y\n    dependsOn: [x, z]\n  - {ref: b/v_1}\n",
            &[("unknown-module", 11), ("bad-name", 12)],
        ),
        (
            "lifecycle: K8s\nmodules:\n  - ref: ../x\n  - ref: /etc/passwd\n  - ref: a\\b\n    name: c\n    rollback: ../y\n    watch: [/x/**]\n",
            &[("bad-ref", 8), ("bad-ref", 9), ("bad-ref", 10), ("bad-ref", 12), ("bad-ref", 13)],
        ),
        (
            "lifecycle: K8s\ndependencies:\n  - ref: ../../etc/passwd\n    environment: Prod\nmodules: []\n",
            &[("bad-ref", 8), ("bad-name", 9)],
        ),
        (
            "lifecycle: K8s\nmodules:\n  - ref: a/x\nmoved:\n  - {from: a, to: x}\n  - {from: a/b, to: q}\n  - {from: a/b, to: x}\n",
            &[("bad-moved", 10), ("unknown-module", 11), ("duplicate-moved", 12)],
        ),
        (
            "lifecycle: K8s\nmodules:\n  - ref: a/x\n    dependsOn: [x]\n    policies: {backup: [none, git-tag]}\n    batch: {size: 0}\n    execution: {timeout: 0s}\n",
            &[("cycle", 9), ("contradiction", 10), ("out-of-range", 11), ("bad-duration", 12)],
        ),
        (
            "lifecycle: K8s\nmodules: []\ndriftIgnore:\n  - {address: a.b, until: soon, reason: x}\n  - {address: '', until: 2027-01-01, reason: ' '}\n",
            &[("bad-until", 9), ("missing-field", 10), ("missing-field", 10)],
        ),
        (
            "lifecycle: K8s\nmodules: []\nobserve:\n  for: 30m\n  probes:\n    - {name: a, pass: '< 1', http: {url: u}, command: c}\n    - {name: a, pass: fine, http: {url: u}}\n    - {name: b, pass: '> 1', failAfter: 0}\n",
            &[
                ("exactly-one", 11),
                ("duplicate-name", 12),
                ("bad-comparison", 12),
                ("exactly-one", 13),
                ("out-of-range", 13),
            ],
        ),
    ];
    for (spec, wanted) in cases {
        expect("Composition", spec, wanted);
    }
}

#[test]
fn dsl6_inputs_at_any_depth() {
    let spec = "lifecycle: K8s\nmodules:\n  - ref: a/x\n    inputs:\n      ok: {from: net, output: id, path: /0}\n      own: {output: id}\n      plain: {module: x, environment: y}\n      escaped: {literal: {output: 1, other: 2}}\n      bad: [1, {deep: {from: net}}]\n      mixed: {output: id, default: 3}\n      secret: {secret: hunter2}\n      pointer: {output: id, path: a}\n      outside: {from: ../net, output: id}\n";
    expect(
        "Composition",
        spec,
        &[
            ("looks-like-reference", 14),
            ("looks-like-reference", 15),
            ("bad-secret-ref", 16),
            ("bad-pointer", 17),
            ("bad-ref", 18),
        ],
    );
    let docs = read("compositions/x.yaml", &doc("Composition", "a", spec));
    assert!(!format!("{:?}", docs.diagnostics).contains("hunter2"), "a misplaced secret is not repeated");
    let deep = docs.diagnostics.iter().find(|d| d.code == "looks-like-reference").unwrap();
    assert_eq!((deep.place.line, deep.place.column), (14, 19), "the place is the map itself");
}

#[test]
fn dsl1_environment_rules() {
    let cases: &[(&str, &[(&str, u32)])] = &[
        ("compositions: []\n", &[]),
        ("after: [a, B]\ncompositions: []\n", &[("cycle", 6), ("bad-name", 6)]),
        ("protection: {approval: environment}\ncompositions: []\n", &[("unknown-value", 6)]),
        (
            "compositions:\n  - ref: compositions/a\n  - ref: compositions/a.yaml\n  - ref: ../a\n    modules:\n      m: {inputs: {x: {from: y}}}\n",
            &[("duplicate-entry", 8), ("bad-ref", 9), ("looks-like-reference", 11)],
        ),
        (
            "approvers: {sre: 0}\nhosts:\n  - {name: a, address: 1.2.3.4}\n  - {name: a, address: ''}\nregions: [{name: r}, {name: r}]\nmoved: [{from: a}, {from: A}]\ncompositions: []\n",
            &[
                ("out-of-range", 6),
                ("duplicate-name", 9),
                ("missing-field", 9),
                ("duplicate-name", 10),
                ("bad-moved", 11),
                ("bad-moved", 11),
            ],
        ),
    ];
    for (spec, wanted) in cases {
        expect("Environment", spec, wanted);
    }
}

#[test]
fn dsl3_an_environment_without_compositions_is_broken_not_empty() {
    for spec in ["after: [dev]\n", "compositions:\n", "compositions: {}\n"] {
        let docs = read("envs/prod.yaml", &doc("Environment", "prod", spec));
        assert!(docs.broken && docs.docs.is_empty(), "{spec}");
        assert_eq!(docs.broken_names[0].name.as_deref(), Some("prod"));
    }
}

#[test]
fn dsl1_policy_kinds() {
    expect(
        "DecisionMatrix",
        "rows:\n  - {name: a, match: {engine: terraform}, engines: [terraform]}\n  - {name: a, match: {environment: []}, engines: []}\n",
        &[("matrix-engine", 7), ("duplicate-name", 8), ("never-matches", 8), ("missing-field", 8)],
    );
    let window = "kind: allow\nschedule: '0 22 * * 1-5'\nduration: 6h\ntimeZone: Asia/Shanghai\n";
    expect("Window", window, &[]);
    expect("Window", &window.replace("0 22", "0 25"), &[("bad-schedule", 7)]);
    expect("Window", &window.replace("6h", "0h"), &[("bad-duration", 8)]);
    expect("Window", &window.replace("Shanghai", "Shangri-La"), &[("bad-time-zone", 9)]);
    expect("Budget", "amount: -1\ncurrency: usd\nperiod: month\n", &[("out-of-range", 6), ("bad-currency", 7)]);
    expect("RateLimit", "max: 0\nper: 0m\n", &[("out-of-range", 6), ("bad-duration", 7)]);
    expect(
        "ApprovalRule",
        "require: [{role: sre, count: 0}, {role: sre}]\nchecks: [{name: a}, {name: b, forge: ci, command: make}]\n",
        &[("out-of-range", 6), ("duplicate-name", 6), ("exactly-one", 7), ("exactly-one", 7)],
    );
    expect(
        "Waiver",
        "rule: no-public\nmatch: {}\nuntil: never\nreason: ''\nby: mei\n",
        &[("bad-until", 8), ("missing-field", 9)],
    );
    expect(
        "Playbook",
        "steps:\n  - {name: a, file: {path: /x}}\n  - {name: b, command: ls, check: {}}\n  - {name: a}\n",
        &[("exactly-one", 8), ("exactly-one", 9), ("duplicate-name", 9)],
    );
    expect("NativeResource", "service: aws.s3.bucket\n", &[("missing-field", 5)]);
}

#[test]
fn dsl10_people_share_no_key_and_no_address() {
    let key = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let spec = format!(
        "people:\n  - {{name: mei, emails: [mei@x.io], keys: ['{key}']}}\n  - {{name: bo, emails: [MEI@x.io, nope], keys: ['{key}', 'ed25519:AAAA']}}\n"
    );
    let docs = read("policies/people.yaml", &doc("People", "people", &spec));
    let mut codes: Vec<String> = errors(&docs).into_iter().map(|(c, _)| c).collect();
    codes.sort();
    assert_eq!(codes, ["bad-email", "bad-key-text", "shared-identity", "shared-identity"]);
}

#[test]
fn dsl1_config_stands_in_its_file_and_its_uid_names_no_other_folder() {
    let config = |uid: &str, spec: &str| {
        format!("apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata:\n  name: ws\n  uid: {uid}\n{spec}")
    };
    let docs = read(".xcf.yaml", &config("3f1c2d4e-aaaa", ""));
    assert!(errors(&docs).is_empty(), "{docs:#?}");
    assert_eq!(errors(&read(".xcf.yaml", &config("../../x", "")))[0].0, "bad-uid");
    assert_eq!(errors(&read("policies/x.yaml", &config("3f1c2d4e-aaaa", "")))[0].0, "wrong-file");
    assert_eq!(
        errors(&read(".xcf.yaml", &doc("Waiver", "w", "rule: a\nmatch: {}\nuntil: 2027-01-01\nreason: r\nby: b\n")))[0]
            .0,
        "wrong-file"
    );
    let missing = config("x", "").replace("  uid: x\n", "");
    assert!(read(".xcf.yaml", &missing).broken);
    let bad = read(
        ".xcf.yaml",
        &config("3f1c2d4e-aaaa", "spec:\n  engines: {terrafrom: {binary: tofu}}\n  state: {url: 'mysql://u:pw@h/x'}\n"),
    );
    assert_eq!(errors(&bad), [("unknown-value".to_owned(), 7), ("bad-url".to_owned(), 8)]);
    assert!(!format!("{:?}", bad.diagnostics).contains("pw@"));
}

#[test]
fn dsl_one_composition_per_file() {
    let one = doc("Composition", "a", "lifecycle: K8s\nmodules: []\n");
    let two = read("compositions/a.yaml", &format!("{one}---\n{}", one.replace("name: a", "name: b")));
    assert_eq!(errors(&two), [("one-per-file".to_owned(), 1), ("one-per-file".to_owned(), 9)]);
    assert_eq!(two.faulty, [0, 1]);
}

#[test]
fn dsl_not_yet_effective_says_what_would_restrict() {
    let text = doc(
        "Composition",
        "a",
        "lifecycle: K8s\npolicies: {window: nights, backup: [config-snapshot], drift: alert}\nmodules:\n  - ref: m/a\n    backupPolicy: pre-change\n    driftIgnore: []\n    namespace: x\n",
    );
    let docs = read("compositions/a.yaml", &text);
    let found = not_yet_effective(&docs.docs[0]);
    let short: Vec<(&str, u32, bool)> = found.iter().map(|f| (f.pointer.as_str(), f.place.line, f.restricts)).collect();
    assert_eq!(
        short,
        [
            ("/spec/policies/window", 7, true),
            ("/spec/modules/0/backupPolicy", 10, true),
            ("/spec/modules/0/namespace", 12, false)
        ]
    );
    let warned = docs.diagnostics.iter().filter(|d| d.code == "not-yet-effective").count();
    assert_eq!(warned, 3);
    assert!(!docs.has_errors() && matches!(docs.docs[0], AnyDoc::Composition(_)));
}
