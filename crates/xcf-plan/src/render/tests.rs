use super::*;
use crate::assemble::samples::{change, draft, frame, id, plan, unit, update};
use crate::assemble::{UnitDraft, assemble};
use crate::gates::Side;
use crate::policy::{PolicyFile, evaluate, input};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xcf_core::changeset::Deferred;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::route::{Gate, Lifecycle};

/// One ChangeSet with something in every section.
fn sample() -> ChangeSet {
    let topics = unit("prod/payments/topics", Lifecycle::PaaS, Gate::Strong);
    let mut topic = change("kafka_topic.legacy", Action::Delete, json!({"name": "payments.legacy.v1"}), Value::Null);
    topic.resource_type = "kafka_topic".to_owned();
    let vpc = unit("prod/network/vpc", Lifecycle::Foundation, Gate::Strong);
    let mut subnet = change("terraform_data.subnet", Action::Replace, json!({"input": "a"}), json!({"input": "b"}));
    subnet.replace_reasons = vec!["/input".to_owned()];
    let mut tags = change("terraform_data.tags", Action::Create, Value::Null, json!({"input": {"owner": "core"}}));
    tags.unknown = vec!["/id".to_owned()];
    let agent = unit("prod/ops/agent", Lifecycle::Config, Gate::Auto);
    let mut task = change("web1: Restart `agent`", Action::Update, json!({}), json!({}));
    task.fidelity = Fidelity::Blind;
    let api = unit("prod/app/api", Lifecycle::Applications, Gate::Auto);
    let deferred =
        Deferred { waits_for: vec![id("prod/network/vpc")], reason: "input subnet needs its output id".to_owned() };
    let waiting =
        UnitDraft { action: UnitAction::Deferred, plan: None, deferred: Some(deferred), ..draft(&api, update()) };
    let dns = unit("prod/app/dns", Lifecycle::Applications, Gate::Auto);
    let mut secret = change(
        "terraform_data.dns",
        Action::Update,
        json!({"input": "one\ntwo\nthree\n", "password": "hunter1"}),
        json!({"input": "one\n2\nthree\n", "password": "hunter2"}),
    );
    secret.sensitive = vec!["/password".to_owned()];
    let mut dns_plan = plan(vec![secret]);
    dns_plan.outputs = vec![OutputChange {
        name: "zone".to_owned(),
        before: Value::Null,
        after: json!("z1"),
        unknown: false,
        sensitive: false,
        sensitive_mark: None,
    }];
    let cache = unit("prod/app/cache", Lifecycle::Applications, Gate::Auto);
    let broken = unit("prod/app/web", Lifecycle::Applications, Gate::Auto);
    let error =
        Diagnostic::error("engine-missing", "no `pulumi` on this machine", Place::new("compositions/web.yaml", 9, 5))
            .hint("install it");
    let cannot =
        UnitDraft { action: UnitAction::CannotRun, plan: None, diagnostics: vec![error], ..draft(&broken, update()) };
    let side = Side::default();
    let drafts = vec![
        draft(&topics, plan(vec![topic])),
        draft(&vpc, plan(vec![tags, subnet])),
        draft(&agent, plan(vec![task])),
        waiting,
        draft(&dns, dns_plan),
        draft(&cache, update()),
        cannot,
    ];
    let mut set = assemble(frame(&side), drafts).change_set.unwrap();
    set.title = "Drop the legacy topic <!-- @all -->".to_owned();
    let policy = PolicyFile { path: "policies/kafka.rego".to_owned(), text: "package main\n\nwarn contains {\"msg\": \"deletes a *topic*\", \"id\": \"export\", \"unit\": u.id} if {\n\tsome u in input.units\n\tu.module == \"topics\"\n}\n".to_owned() };
    evaluate(&[policy], &input(&set)).put_into(&mut set);
    set
}

/// Compares with a file beside the tests; `XCF_BLESS=1` writes it anew.
fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("src/render/golden").join(name);
    if std::env::var_os("XCF_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{name} differs; XCF_BLESS=1 accepts");
}

#[test]
fn r5_console_rendering() {
    golden("sample.txt", &console(&sample(), Size::default()));
}

#[test]
fn r5_markdown_rendering() {
    golden("sample.md", &markdown(&sample(), Size::default()));
}

#[test]
fn ui1_risk_first_order() {
    let set = sample();
    let sections: Vec<Section> = by_section(&set).into_iter().map(|(s, _)| s).collect();
    assert_eq!(sections, Section::ALL);
    let units: BTreeSet<_> = by_section(&set).into_iter().flat_map(|(_, u)| u).map(|u| &u.id).collect();
    assert_eq!(units.len(), set.units.len(), "every unit stands in exactly one section");
}

#[test]
fn d2_7_sensitive_values_are_in_no_rendering() {
    let set = sample();
    for text in [console(&set, Size::default()), markdown(&set, Size::default())] {
        assert!(!text.contains("hunter"), "{text}");
    }
}

#[test]
fn d2_7_words_of_others_are_no_markup() {
    let text = markdown(&sample(), Size::default());
    assert!(!text.contains("<!--") && !text.contains("@all") && text.contains("\\*topic\\*"));
    assert!(text.contains("`` web1: Restart `agent` ``"), "{text}");
}

#[test]
fn ui6_renderings_are_limited_in_size_and_say_so() {
    let big = (0..200)
        .map(|n| change(&format!("terraform_data.r{n:03}"), Action::Create, Value::Null, json!({"input": n})))
        .collect();
    let unit = unit("prod/net/big", Lifecycle::PaaS, Gate::Auto);
    let side = Side::default();
    let set = assemble(frame(&side), vec![draft(&unit, plan(big))]).change_set.unwrap();
    let text = console(&set, Size { changes: 3, ..Size::default() });
    assert!(text.contains("… 197 more changes"), "{text}");
    for bytes in [0, 1, 50, 400, 2_000] {
        for text in
            [console(&set, Size { bytes, ..Size::default() }), markdown(&set, Size { bytes, ..Size::default() })]
        {
            assert!(text.len() <= bytes + 80 && text.contains("more lines"), "{bytes}: {text}");
        }
    }
}

#[test]
fn ui4_risk_levels_have_reasons() {
    let set = sample();
    let risk = change_set_risk(&set);
    assert_eq!(risk.level, RiskLevel::Critical);
    assert_eq!(risk.reasons[0].1, "prod/payments/topics has no way back");
    assert!(risk.reasons.is_sorted_by(|a, b| a.0 >= b.0));
    let calm = unit("prod/app/calm", Lifecycle::Applications, Gate::Auto);
    let side = Side::default();
    let calm = assemble(frame(&side), vec![draft(&calm, update())]).change_set.unwrap();
    assert_eq!((change_set_risk(&calm).level, change_set_risk(&calm).reasons.len()), (RiskLevel::Low, 0));
    assert_eq!(
        facts(&set),
        Facts { irreversible: 1, replaces: 1, deletes: 1, not_fully_known: 1, foundation: 1, blind: 1 }
    );
}

#[test]
fn ui6_attribute_changes_show_what_differs() {
    let mut c = change(
        "a.b",
        Action::Update,
        json!({"x": {"y": 1, "z": 2}, "l": ["a"], "s": "p1", "gone": 1}),
        json!({"x": {"y": 1, "z": 3}, "l": ["a", "b"], "s": "p2"}),
    );
    c.unknown = vec!["/id".to_owned()];
    c.sensitive = vec!["/s".to_owned()];
    c.sensitive_marks.insert("/s".to_owned(), [Some("1".to_owned()), Some("2".to_owned())]);
    let shown: Vec<String> = attributes(&c).iter().map(|a| format!("{}: {}", a.path, attribute_words(a))).collect();
    assert_eq!(
        shown,
        [
            "gone: 1 → nothing",
            "id: known after apply",
            "l: [\"a\"] → [\"a\",\"b\"]",
            "s: <secret> → <secret>",
            "x/z: 2 → 3"
        ]
    );
}

#[test]
fn ui6_text_diffs_are_small() {
    assert_eq!(text_diff("a\nb\nc\n", "a\nB\nc\n"), [" a", "-b", "+B", " c"]);
    let (old, new): (String, String) =
        ((0..100).map(|n| format!("{n}\n")).collect(), (100..200).map(|n| format!("{n}\n")).collect());
    assert_eq!(text_diff(&old, &new).last().unwrap(), "… 160 more lines");
    assert_eq!(short(&json!("é".repeat(300))).chars().count(), 97);
}
