use super::*;
use serde_json::json;

fn file(path: &str, text: &str) -> PolicyFile {
    PolicyFile { path: path.to_owned(), text: text.to_owned() }
}

fn data() -> Value {
    json!({"v": 1, "units": [{"id": "prod/net/vpc", "changes": [{"action": "delete", "address": "a"}]}]})
}

fn lines(report: &PolicyReport) -> Vec<String> {
    report.results.iter().map(|r| format!("{} {} {} @{}", r.outcome, r.rule, r.message, r.place.line)).collect()
}

const GOOD: &str = r#"package main

deny contains msg if {
	some u in input.units
	some c in u.changes
	c.action == "delete"
	msg := sprintf("%s deletes %s", [u.id, c.address])
}

violation contains {"msg": "no tags", "id": "tags", "unit": u.id} if {
	some u in input.units
}

warn contains "careful" if count(input.units) > 0

deny contains "never" if count(input.units) > 9
"#;

#[test]
fn dsl1_rego_results_have_rule_ids_units_and_the_line_of_their_rule() {
    let report = evaluate(&[file("policies/s3.rego", GOOD), file("policies/quiet.rego", "package main\n")], &data());
    assert_eq!(
        lines(&report),
        ["deny s3 prod/net/vpc deletes a @3", "warn s3 careful @14", "deny s3/tags no tags @10"]
    );
    assert_eq!(report.results[2].unit.as_ref().unwrap().to_string(), "prod/net/vpc");
    assert_eq!(report.passed, 1);
    assert!(report.is_denied());
}

#[test]
fn dsl1_rego_rules_may_use_each_other_and_libraries() {
    let lib = "package lib.names\n\nbad(x) if startswith(x, \"prod/\")\n";
    let main = "package main\nimport data.lib.names as n\n\nhelper(x) := concat(\"\", [x, \"!\"])\n\ndeny contains helper(u.id) if {\n\tsome u in input.units\n\tn.bad(u.id)\n}\n\nwarn contains \"also denied\" if count(deny) > 0\n";
    let report = evaluate(&[file("policies/b.rego", main), file("policies/lib/names.rego", lib)], &data());
    assert_eq!(lines(&report), ["deny b prod/net/vpc! @6", "warn b also denied @11"]);
}

#[test]
fn dsl1_rego_complete_and_older_forms_are_understood() {
    for (rule, expected) in [
        ("deny := \"text\"", vec!["deny p text @2"]),
        ("deny := [\"a\", \"b\"]", vec!["deny p a @2", "deny p b @2"]),
        ("deny contains \"last\"", vec!["deny p last @2"]),
        ("deny contains `raw`\n\n# a comment \"with quotes\ndefault other := \"x\"", vec!["deny p raw @2"]),
        ("deny if true", vec!["deny p the rule is true @2"]),
        ("deny := false", vec![]),
        ("deny[msg] if { msg := \"old\" }", vec!["deny p old @2"]),
        ("deny[id] := msg if { id := \"x\"; msg := \"m\" }", vec!["deny p/x m @2"]),
        ("warn := {\"msg\": \"one\"}", vec!["warn p one @2"]),
    ] {
        let report = evaluate(&[file("policies/p.rego", &format!("package main\n{rule}\n"))], &data());
        assert_eq!(lines(&report), expected, "{rule}");
    }
}

#[test]
fn dsl1_rego_what_cannot_be_evaluated_denies() {
    for (text, part) in [
        ("package main\ndeny contains", "can't be evaluated"),
        ("package main\ndeny contains msg if { nosuch(1); msg := \"x\" }", "`nosuch` is no function"),
        ("package main\ndeny contains \"x\" if { false; crypto.sha256(\"a\") == \"\" }", "crypto.sha256"),
        ("package main\nwarn contains \"x\" if time.now_ns() > 0", "decides by its input alone"),
        ("package main\ndeny contains msg if { msg := 1 / 0 }", "can't be evaluated"),
        ("package main\nwarn contains 7 if true", "so it denies"),
        ("package main\nwarn contains {\"text\": 1} if true", "without `msg`"),
        ("package other\ndeny contains \"x\" if false", "only package main judges"),
        ("package main\ndeny contains x if { y }", "can't be evaluated"),
        ("", "can't be evaluated"),
    ] {
        let report = evaluate(
            &[file("policies/p.rego", text), file("policies/ok.rego", "package main\nwarn contains \"w\" if true\n")],
            &data(),
        );
        let denies: Vec<_> = report.results.iter().filter(|r| r.outcome == PolicyOutcome::Deny).collect();
        assert!(!denies.is_empty() && denies.iter().all(|d| d.rule == "p"), "{text:?}: {report:?}");
        assert!(denies.iter().any(|d| d.message.contains(part)), "{text:?}: {report:?}");
        assert!(report.results.iter().any(|r| r.message == "w"), "the other file is still evaluated: {text:?}");
    }
}

#[test]
fn dsl1_rego_errors_name_the_line_of_the_file_not_of_a_copy() {
    let text = "package main\n\nwarn contains \"first\" if true\n\ndeny contains msg if {\n\tmsg := 1 / 0\n}\n";
    let report = evaluate(&[file("policies/p.rego", text)], &data());
    let deny = report.results.iter().find(|r| r.outcome == PolicyOutcome::Deny).unwrap();
    assert_eq!((deny.place.file.as_str(), deny.place.line), ("policies/p.rego", 6), "{deny:?}");
}

#[test]
fn dsl1_rego_a_rule_that_never_ends_denies() {
    let text = "package main\ndeny contains \"x\" if {\n\tn := numbers.range(1, 3000)\n\tcount([1 | some a in n; some b in n; some c in n; a + b + c == 0]) > 0\n}\n";
    let report = evaluate_within(&[file("policies/slow.rego", text)], &data(), Duration::from_millis(50));
    assert!(report.is_denied(), "{report:?}");
    assert!(report.results[0].message.contains("limit"), "{report:?}");
}

#[test]
fn dsl1_rego_unknown_units_are_said() {
    let text = "package main\ndeny contains {\"msg\": \"m\", \"unit\": \"prod/x/y\"} if true\n";
    let report = evaluate(&[file("policies/p.rego", text)], &data());
    assert!(report.results[0].unit.is_none() && report.results[0].message.contains("prod/x/y"));
}

#[test]
fn dsl7_base_policies_judge_too() {
    let base = [file("policies/p.rego", "package main\ndeny contains \"strict\" if true\n")];
    let head = [file("policies/p.rego", "package main\nwarn contains \"loose\" if true\n")];
    let report = judge(&head, Some(&base), &data());
    assert_eq!(lines(&report), ["deny p strict (policy at base) @2", "warn p loose @2"]);
    assert_eq!(lines(&judge(&head, Some(&head), &data())), ["warn p loose @2"]);
}

#[test]
fn d6_policy_digest_ignores_places() {
    let one = evaluate(&[file("policies/p.rego", "package main\nwarn contains \"w\" if true\n")], &data());
    let moved = evaluate(&[file("policies/p.rego", "package main\n\n# moved\nwarn contains \"w\" if true\n")], &data());
    let other = evaluate(&[file("policies/p.rego", "package main\nwarn contains \"v\" if true\n")], &data());
    assert_eq!(one.digest, moved.digest);
    assert_ne!(one.digest, other.digest);
}

#[test]
fn dsl1_rego_diagnostics_are_located() {
    let found = rego_diagnostics(&[
        file("policies/a.rego", "package main\n\ndeny contains msg if {\n\tmsg := nosuch(1)\n}\n"),
        file("policies/b.rego", "package main\ndeny contains if\n"),
        file("policies/c.rego", "package main\ndeny contains x if { y }\n"),
        file("policies/d.rego", GOOD),
    ]);
    let at: Vec<_> = found.iter().map(|d| (d.code.as_str(), d.place.file.as_str(), d.place.line)).collect();
    assert_eq!(
        at,
        [
            ("policy-invalid", "policies/b.rego", 2),
            ("policy-unknown-builtin", "policies/a.rego", 4),
            ("policy-invalid", "policies/c.rego", 2)
        ]
    );
}
