//! The single verbs and their exit codes (`D15`).

use crate::holding::GATED;
use crate::kit::{Sample, composition, needs, only_set};
use serde_json::Value;
use std::process::Command;

#[test]
fn d15_usage_is_64_and_help_is_0() {
    let sample = Sample::of(&GATED.files("one"));
    for wrong in [
        &[][..],
        &["no-such-verb"],
        &["plan", "--no-such-option"],
        &["plan", "--head", "main", "--worktree"],
        &["plan", "not-a-unit"],
        &["show", "not-an-id"],
        &["completions", "no-such-shell"],
        &["schema", "NoSuchKind"],
        &["-o", "no-such-format", "graph"],
        &["unlock"],
    ] {
        let ran = sample.xcf(wrong).exits(64);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{wrong:?}: {} {}", ran.out, ran.err);
    }
    for right in [&["--help"][..], &["--version"], &["plan", "--help"]] {
        assert!(!sample.xcf(right).exits(0).out.is_empty(), "{right:?}");
    }
    // No such thing is an error, not a usage error; nothing on stdout.
    for missing in [
        &["show", "CS-9"][..],
        &["apply", "CS-9"],
        &["watch", "CS-9"],
        &["reject", "CS-9"],
        &["logs", "CS-9", "dev/base/left"],
        &["output", "dev/base/none"],
        &["route", "dev/base/none"],
        &["plan", "dev/base/none"],
        &["plan", "--env", "none"],
        &["plan", "--head", "no-such-revision"],
    ] {
        let ran = sample.xcf(missing).exits(1);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{missing:?}: {} {}", ran.out, ran.err);
    }
}

#[test]
fn d15_a_folder_without_a_workspace_is_an_error_that_says_what_to_do() {
    let sample = Sample::of(&GATED.files("one"));
    let empty = sample.home.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    for verb in ["validate", "graph", "plan", "status", "locks"] {
        let ran = sample.bare(&["-C", empty.to_str().unwrap(), "--no-input", verb]).exits(1);
        assert!(
            ran.out.is_empty() && ran.err.contains("not-a-repository") && ran.err.contains("git init"),
            "{verb}: {} {}",
            ran.out,
            ran.err
        );
    }
    sample.bare(&["-C", empty.to_str().unwrap(), "-o", "json", "doctor"]).json();
}

#[test]
fn d15_every_kind_has_a_schema() {
    let sample = Sample::of(&[]);
    let kinds = sample.xcf(&["schema"]).exits(0).out;
    assert_eq!(kinds.lines().count(), 12, "{kinds}");
    for kind in kinds.lines() {
        let schema = sample.xcf(&["schema", kind]).exits(0).json();
        assert!(schema["$schema"].as_str().unwrap().contains("json-schema.org"), "{kind}");
        assert!(schema["properties"]["spec"].is_object(), "{kind}: {schema:#}");
        assert!(schema["properties"]["kind"].to_string().contains(kind), "{kind}: {schema:#}");
    }
}

#[test]
fn d15_completions_of_every_shell_know_every_verb() {
    let sample = Sample::of(&[]);
    let help = sample.xcf(&["--help"]).exits(0).out;
    let (_, verbs) = help.split_once("Commands:\n").unwrap();
    let verbs = verbs.lines().take_while(|l| l.starts_with("  ")).filter(|l| !l.starts_with("   "));
    let verbs: Vec<&str> = verbs.filter_map(|l| l.split_whitespace().next()).collect();
    assert!(verbs.len() >= 25 && verbs.contains(&"sign-off"), "{verbs:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = sample.xcf(&["completions", shell]).exits(0).out;
        for verb in &verbs {
            assert!(script.contains(*verb), "{shell}: {verb}");
        }
        let file = sample.home.path().join(format!("completion.{shell}"));
        std::fs::write(&file, script).unwrap();
        // The shells of this machine must be able to read it; bash is everywhere we run.
        let read = Command::new(shell).arg("-n").arg(&file).output();
        let Ok(read) = read else { continue };
        assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr));
    }
    let bash = sample.home.path().join("completion.bash");
    let asks = format!(
        "source {}; COMP_WORDS=(xcf sig); COMP_CWORD=1; _xcf xcf sig xcf; echo ${{COMPREPLY[@]}}",
        bash.display()
    );
    let answer = Command::new("bash").args(["-c", &asks]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "sign-off");
}

#[test]
fn dsl10_a_made_key_is_listed_private_and_its_people_entry_lets_it_approve() {
    if !needs("terraform") {
        return;
    }
    let sample = Sample::of(&GATED.files("one"));
    let made = sample.xcf(&["key", "add", "Ada: \"L\""]).exits(0);
    let entry = made.out.replace("roles: []", "roles: [ops]");
    assert!(made.err.contains("policies/people.yaml"), "{}", made.err);
    let listed = sample.xcf(&["-o", "json", "key", "list"]).exits(0).json();
    let key = &listed["keys"][0];
    assert_eq!(key["name"], "Ada: \"L\"");
    assert!(entry.contains(key["public"].as_str().unwrap()) && key["public"].as_str().unwrap().starts_with("ed25519:"));
    assert!(sample.xcf(&["key", "list"]).exits(0).out.contains(key["public"].as_str().unwrap()));
    let file = key["keptIn"].as_str().unwrap().split(" (").next().unwrap().to_owned();
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    // A second key of the same name does not take the place of the first.
    let again = sample.xcf(&["key", "add", "Ada: \"L\""]);
    let now = sample.xcf(&["-o", "json", "key", "list"]).exits(0).json();
    assert!(now["keys"].as_array().unwrap().contains(key), "{} {now:#}", again.err);
    // Vouched for in People, it approves; a name whose key is not here can't.
    sample.write(
        "policies/people.yaml",
        &format!(
            "apiVersion: xcloudflow.io/v1alpha1\nkind: People\nmetadata:\n  name: people\nspec:\n  people:\n{entry}"
        ),
    );
    sample.replace("envs/dev.yaml", "spec:\n", "spec:\n  protection: {approval: approve}\n  approvers: {ops: 1}\n");
    sample.commit("Somebody must agree");
    let planned = sample.plan(&[], 2);
    let cs = only_set(&planned)["id"].as_str().unwrap();
    sample.xcf(&["apply", cs]).exits(4);
    sample.xcf(&["--as", "Grace", "approve", cs]).exits(1);
    sample.xcf(&["--as", "Ada: \"L\"", "approve", cs]).exits(0);
    sample.xcf(&["apply", cs]).exits(0);
}

#[test]
fn d15_reject_and_cancel_end_a_change_before_it_runs() {
    if !needs("terraform") {
        return;
    }
    let sample = Sample::of(&GATED.files("one"));
    for (verb, status) in [("reject", "Rejected"), ("cancel", "Cancelled")] {
        let planned = sample.plan(&[], 2);
        let cs = only_set(&planned)["id"].as_str().unwrap();
        // Nothing runs yet: nothing to steer.
        for steer in ["pause", "resume", "sign-off"] {
            assert!(sample.xcf(&[steer, cs]).exits(1).err.contains("no-run"), "{steer}");
        }
        sample.xcf(&["logs", cs, "dev/base/left"]).exits(1);
        let ended = sample.xcf(&["-o", "json", verb, cs, "--reason", "not this week"]).exits(0);
        ended.json();
        let now = sample.status(cs);
        assert_eq!(now["changeSet"]["status"], status);
        assert!(now["changeSet"]["why"].as_str().unwrap().contains("not this week"), "{now:#}");
        // A final one never reopens.
        for after in ["apply", "approve", "reject", "cancel"] {
            assert!(sample.xcf(&[after, cs]).exits(1).err.contains(status), "{after}");
        }
        sample.xcf(&["watch", cs]).exits(1);
        assert_eq!(sample.made(), Vec::<String>::new());
    }
    let list = sample.xcf(&["-o", "json", "status"]).exits(0).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[test]
fn d15_looking_at_what_was_applied() {
    if !needs("terraform") {
        return;
    }
    let sample = Sample::of(&GATED.files("one"));
    sample.bring_up_dev();
    let json = |args: &[&str]| sample.xcf(&[&["-o", "json"], args].concat()).exits(0).json();
    let outputs = json(&["output", "dev/base/left"]);
    assert_eq!(outputs["outputs"][0]["name"], "made");
    let one = sample.xcf(&["output", "dev/base/left", "made"]).exits(0).out;
    assert_eq!(outputs["outputs"][0]["value"], one.trim());
    sample.xcf(&["output", "dev/base/left", "none"]).exits(1);
    assert_eq!(json(&["status", "CS-1"])["run"]["units"][0]["state"], "Done");
    assert_eq!(json(&["show", "CS-1"])["status"], "Closed");
    assert!(sample.xcf(&["-o", "markdown", "show", "CS-1"]).exits(0).out.contains("CS-1"));
    sample.xcf(&["watch", "CS-1"]).exits(0);
    // By ChangeSet and by run, as text and as JSON lines.
    let log = sample.xcf(&["logs", "CS-1", "dev/base/left"]).exits(0).out;
    assert!(log.contains("terraform_data.this: Creation complete"), "{log}");
    assert_eq!(sample.xcf(&["logs", "R-1", "dev/base/left"]).exits(0).out, log);
    let lines = sample.xcf(&["-o", "json", "logs", "CS-1", "dev/base/left"]).exits(0).out;
    let lines: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), log.lines().count());
    assert!(lines.iter().all(|l| l["text"].is_string() && l["at"].is_string()));
    sample.xcf(&["logs", "CS-1", "dev/base/none"]).exits(1);
    // Two of the same change: nothing to wait for, nothing to sign off.
    sample.xcf(&["sign-off", "CS-1"]).exits(1);
    let doctor = json(&["doctor"]);
    assert!(doctor["checks"].as_array().unwrap().iter().any(|c| c["name"].as_str().unwrap().contains("erraform")));
    // Quiet says only data; data is never mixed with talk.
    let quiet = sample.xcf(&["--quiet", "plan"]).exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
}

#[test]
fn d15_validate_is_1_with_errors_and_0_with_warnings() {
    let sample = Sample::of(&GATED.files("one"));
    sample.xcf(&["validate"]).exits(0);
    sample.write("compositions/none.yaml", &composition("none", "PaaS", &["{name: a, ref: modules/absent}"]));
    let ran = sample.xcf(&["validate"]).exits(1);
    assert!(ran.out.contains("compositions/none.yaml:8:"), "{}", ran.out);
    let found = sample.xcf(&["-o", "json", "validate"]).exits(1).json();
    assert_eq!(found["diagnostics"][0]["file"], "compositions/none.yaml");
    sample.xcf(&["graph"]).exits(1);
}

#[test]
fn r4_3_a_price_sheet_tells_what_a_change_costs_and_a_rule_about_it_binds() {
    if !needs("terraform") {
        return;
    }
    let sample = Sample::of(&GATED.files("one"));
    let told = |planned: &Value| {
        let id = only_set(planned)["id"].as_str().unwrap().to_owned();
        (sample.xcf(&["-o", "json", "show", &id]).exits(0).json(), sample.xcf(&["show", &id]).exits(0).out)
    };
    let (change, text) = told(&sample.plan(&[], 2));
    assert!(change["cost"].is_null() && text.contains("cost: not configured"), "{text}");
    sample.write(".xcf/prices.yaml", "version: a\ncurrency: EUR\nprices: {terraform_data: [{monthly: 7.25}]}\n");
    sample.write(
        "policies/cost.rego",
        "package main\n\ndeny contains msg if {\n\tsome u in input.units\n\tu.cost.monthly > 7\n\tmsg := sprintf(\"%v a month\", [u.cost.monthly])\n}\n",
    );
    sample.commit("Prices");
    let (change, text) = told(&sample.plan(&[], 3));
    assert_eq!((&change["cost"]["monthly"], &change["cost"]["currency"]), (&7.25.into(), &"EUR".into()), "{change:#}");
    assert!(text.contains("+7.25 EUR a month") && text.contains("7.25 a month (policies/cost.rego"), "{text}");
    // A sheet that can't be used: said, and nothing is taken for cheap.
    sample.write(".xcf/prices.yaml", "version: a\ncurrency: EUR\nprices: {terraform_data: [{monthly: cheap}]}\n");
    let ran = sample.xcf(&["validate"]).exits(1);
    assert!(ran.err.contains("bad-prices") || ran.out.contains("bad-prices"), "{} {}", ran.out, ran.err);
}
