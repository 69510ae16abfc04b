//! The main job on the command line (issue "The main job, end to end"): init → validate → plan → approve → apply.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod kit;

use kit::{Sample, files, has};
use serde_json::Value;
use std::collections::BTreeSet;

fn units(planned: &Value) -> BTreeSet<String> {
    let sets = planned["changeSets"].as_array().unwrap();
    sets.iter().flat_map(|c| c["units"].as_array().unwrap()).map(|u| u["id"].as_str().unwrap().to_owned()).collect()
}

fn id(planned: &Value) -> String {
    planned["changeSets"][0]["id"].as_str().unwrap().to_owned()
}

fn tools() -> bool {
    let there = has("terraform") && has("ansible-playbook");
    if !there {
        println!("skipped: terraform and ansible-playbook are needed on PATH or in XCF_TOOLS");
    }
    there
}

#[test]
fn r2_init_makes_a_valid_workspace_in_one_commit() {
    let sample = Sample::new();
    assert_eq!(sample.git(&["log", "--format=%an: %s"]).trim().lines().count(), 1);
    assert!(sample.git(&["log", "--format=%an"]).contains("XCloudFlow sample"));
    assert_eq!(sample.git(&["status", "--porcelain"]).trim(), "");
    sample.xcf(&["validate"]).exits(0);
    let graph = sample.xcf(&["-o", "json", "graph"]).exits(0).json();
    assert_eq!(graph["units"].as_array().unwrap().len(), 12);
    for key in ["id", "environment", "composition", "module", "lifecycle", "changeFrequency", "engine", "dependsOn"] {
        assert!(graph["units"][0].get(key).is_some(), "D15: {key}");
    }
}

#[test]
fn r2_main_path_plan_refuse_approve_apply_nothing() {
    if !tools() {
        return;
    }
    let sample = Sample::new();
    let planned = sample.plan(&["--env", "prod"], 2);
    assert_eq!(planned["changeSets"].as_array().unwrap().len(), 1);
    assert_eq!(units(&planned).len(), 6);
    let cs = id(&planned);
    // Refused without approval: 4, and nothing was applied.
    sample.xcf(&["apply", &cs]).exits(4);
    let status = sample.xcf(&["-o", "json", "status", &cs]).exits(0).json();
    assert_eq!(status["changeSet"]["status"], "AwaitingApproval");
    // One of two is not enough; the author may not; both roles are.
    sample.xcf(&["--as", "ada", "approve", &cs]).exits(0);
    sample.xcf(&["apply", &cs]).exits(4);
    sample.xcf(&["--as", "grace", "approve", &cs]).exits(0);
    // The foundation asks for sign-off; then everything whose approved plan was only refined goes on by itself (D6), up to
    // the first unit that nobody could have looked at.
    sample.xcf(&["apply", &cs]).exits(4);
    sample.xcf(&["--as", "ada", "sign-off", &cs, "--reason", "looked at it"]).exits(0);
    let mut applied = sample.xcf(&["resume", &cs]).exits(4);
    let status = sample.xcf(&["-o", "json", "status", &cs]).exits(0).json();
    let run_units = status["run"]["units"].as_array().unwrap();
    let state = |id: &str| run_units.iter().find(|u| u["id"] == id).unwrap()["state"].as_str().unwrap().to_owned();
    assert_eq!(state("prod/network/network"), "Done");
    assert_eq!(state("prod/cluster/cluster"), "Done");
    assert_eq!(state("prod/orders-db/database"), "Done");
    assert_eq!(state("prod/shop/deploy"), "Waiting");
    // Deferred units pass their own gate again when they are planned.
    for _ in 0..6 {
        if applied.code == 0 {
            break;
        }
        assert!(applied.code == 4, "{} {}", applied.out, applied.err);
        sample.xcf(&["--as", "ada", "approve", &cs]);
        sample.xcf(&["--as", "grace", "approve", &cs]);
        sample.xcf(&["--as", "ada", "sign-off", &cs, "--reason", "looked at it"]);
        applied = sample.xcf(&["resume", &cs]);
    }
    applied.exits(0);
    // Second plan: nothing, exit 0, also with all caches deleted.
    sample.plan(&["--env", "prod"], 0);
    let _ = std::fs::remove_dir_all(sample.home.path().join(".cache"));
    assert!(units(&sample.plan(&["--env", "prod"], 0)).is_empty());
    // Outputs of each engine fed inputs of the other.
    let address = sample.xcf(&["output", "prod/shop/deploy", "address"]).exits(0).out;
    assert_eq!(address.trim(), "shop-3.apps.sample.internal");
}

#[test]
fn dsl7_one_input_changed_plans_only_what_it_touches() {
    if !tools() {
        return;
    }
    let mut sample = Sample::new();
    sample.bring_up_dev();
    sample.plan(&["--env", "dev"], 0);
    sample.replace("compositions/config/fleet.yaml", "log_level: info", "log_level: debug   # louder");
    sample.commit("Say more");
    sample.count_engines();
    let planned = sample.plan(&["--env", "dev"], 2);
    assert_eq!(units(&planned), BTreeSet::from(["dev/fleet/node-agent".to_owned()]));
    let starts = sample.engine_starts();
    assert!(!starts.is_empty(), "the counter counts");
    assert!(
        starts.iter().all(|s| s.starts_with("ansible-playbook")),
        "only the affected unit's engine was started: {starts:?}"
    );
    sample.xcf(&["apply", &id(&planned)]).exits(0);
    sample.plan(&["--env", "dev"], 0);
}

#[test]
fn r4_3_policy_denies_the_public_database() {
    if !tools() {
        return;
    }
    let sample = Sample::new();
    sample.replace("compositions/data/orders-db.yaml", "public: false", "public: true");
    sample.commit("Open the database");
    let planned = sample.plan(&["--env", "dev"], 3);
    assert_eq!(planned["changeSets"][0]["status"], "Denied");
    let policy = &planned["changeSets"][0]["policies"][0];
    assert_eq!(policy["rule"], "database/public-database");
    assert!(policy["place"]["file"].as_str().unwrap().ends_with("database.rego"));
    sample.xcf(&["apply", &id(&planned)]).exits(3);
}

#[test]
fn dsl2_rename_of_every_unit_creates_and_destroys_nothing() {
    if !tools() {
        return;
    }
    let sample = Sample::new();
    sample.bring_up_dev();
    // Every Composition gets another name, with `moved` saying so and every reference following.
    for (file, name, modules) in [
        ("compositions/foundation/network.yaml", "network", &["network"][..]),
        ("compositions/platform/cluster.yaml", "cluster", &["cluster"]),
        ("compositions/data/orders-db.yaml", "orders-db", &["database"]),
        ("compositions/apps/shop.yaml", "shop", &["deploy", "dns"]),
        ("compositions/config/fleet.yaml", "fleet", &["node-agent"]),
    ] {
        let moved: String = modules.iter().map(|m| format!("    - from: {name}/{m}\n      to: {m}\n")).collect();
        sample.replace(file, &format!("  name: {name}\n"), &format!("  name: {name}-two\n"));
        sample.replace(file, "  modules:\n", &format!("  moved:\n{moved}  modules:\n"));
    }
    for file in [
        "compositions/platform/cluster.yaml",
        "compositions/data/orders-db.yaml",
        "compositions/apps/shop.yaml",
        "compositions/config/fleet.yaml",
    ] {
        for name in ["network", "orders-db", "cluster"] {
            let text = sample.read(file);
            sample.write(file, &text.replace(&format!("from: {name},"), &format!("from: {name}-two,")));
        }
    }
    sample.commit("Rename everything");
    let planned = sample.plan(&["--env", "dev"], 2);
    let set = &planned["changeSets"][0];
    assert_eq!(set["counts"]["create"], 0, "{set:#}");
    assert_eq!(set["counts"]["delete"], 0);
    assert_eq!(set["counts"]["replace"], 0);
    assert_eq!(units(&planned).len(), 6);
    sample.xcf(&["apply", set["id"].as_str().unwrap()]).exits(0);
    sample.plan(&["--env", "dev"], 0);
}

#[test]
fn dsl7_a_broken_file_destroys_nothing() {
    if !tools() {
        return;
    }
    let sample = Sample::new();
    sample.bring_up_dev();
    for (file, breakage) in [
        ("compositions/apps/shop.yaml", "spec: [unclosed\n"),
        ("envs/dev.yaml", "\u{0}\u{1}binary"),
        ("modules/network/main.tf", "resource {"),
    ] {
        let good = sample.read(file);
        sample.write(file, breakage);
        sample.commit("Break a file");
        let ran = sample.xcf(&["-o", "json", "plan", "--env", "dev"]);
        let planned: Value = serde_json::from_str(&ran.out).unwrap_or(Value::Null);
        for set in planned["changeSets"].as_array().into_iter().flatten() {
            assert_eq!(set["counts"]["delete"], 0, "{file}: {set:#}");
            assert!(set["units"].as_array().unwrap().iter().all(|u| u["action"] != "destroy"), "{file}");
        }
        assert_ne!(ran.code, 0, "{file}: a plan that could not be made is never `no change`: {}", ran.err);
        sample.write(file, &good);
        sample.commit("Mend it");
    }
    sample.plan(&["--env", "dev"], 0);
}

#[test]
fn d6_a_change_by_hand_is_seen_under_refresh() {
    if !tools() {
        return;
    }
    let sample = Sample::new();
    sample.bring_up_dev();
    let agent = files(&sample.home.path().join(".local/share"))
        .into_iter()
        .find(|f| f.ends_with("dev/nodes/localhost/agent.conf"))
        .expect("the agent's file is there");
    std::fs::write(&agent, "edited by hand\n").unwrap();
    sample.plan(&["--env", "dev"], 0);
    let planned = sample.plan(&["--env", "dev", "--refresh"], 2);
    assert!(units(&planned).contains("dev/fleet/node-agent"));
}

#[test]
fn r5_no_sensitive_value_is_shown_or_kept_in_clear() {
    if !tools() {
        return;
    }
    let sample = Sample::new();
    sample.bring_up_dev();
    let secret = "sample-only-not-a-secret";
    let shown = sample.xcf(&["-o", "json", "show", "CS-1"]).exits(0);
    assert!(!shown.out.contains(secret) && !shown.err.contains(secret));
    let output = sample.xcf(&["output", "dev/orders-db/database"]).exits(0);
    assert!(output.out.contains("<secret>") && !output.out.contains(secret));
    let logs = sample.xcf(&["logs", "CS-1", "dev/orders-db/database"]).exits(0);
    assert!(!logs.out.contains(secret) && !logs.out.trim().is_empty());
    // In the Store and in what is left of work folders nothing holds it; engine state is the engine's own file, 0600.
    for file in files(&sample.data()) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let holds = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
        let is_state = file.to_string_lossy().contains("/units/");
        let is_target = file.ends_with("shop.conf");
        assert!(!holds || is_state || is_target, "{} holds a sensitive value", file.display());
        if holds && is_state {
            // The engine makes its own file; nobody else can reach it, because its folder is ours alone.
            use std::os::unix::fs::PermissionsExt;
            let private = |f: &std::path::Path| std::fs::metadata(f).unwrap().permissions().mode() & 0o077 == 0;
            assert!(file.ancestors().skip(1).any(private), "{} can be reached by others", file.display());
        }
    }
}

#[test]
fn d7_one_failing_unit_stops_its_dependants_only_and_a_retry_needs_no_new_approval() {
    if !tools() {
        return;
    }
    let sample = Sample::new();
    // The shop's folder can't be made: a file stands where it should be.
    let root = sample
        .read("envs/dev.yaml")
        .lines()
        .find_map(|l| l.trim().strip_prefix("root: ").map(|r| r.trim_matches('"').to_owned()))
        .unwrap();
    let shop = root.clone();
    std::fs::create_dir_all(std::path::Path::new(&shop).parent().unwrap()).unwrap();
    std::fs::write(&shop, "in the way").unwrap();
    let planned = sample.plan(&["--env", "dev"], 2);
    let cs = id(&planned);
    sample.xcf(&["apply", &cs]).exits(1);
    let status = sample.xcf(&["-o", "json", "status", &cs]).exits(0).json();
    let state = |unit: &str| {
        status["run"]["units"].as_array().unwrap().iter().find(|u| u["id"] == unit).unwrap()["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(state("dev/shop/deploy"), "Failed");
    assert_eq!(state("dev/orders-db/database"), "Done");
    assert_ne!(state("dev/shop/dns"), "Done");
    std::fs::remove_file(&shop).unwrap();
    sample.xcf(&["resume", &cs, "--retry", "dev/shop/deploy"]).exits(0);
    sample.plan(&["--env", "dev"], 0);
}

#[test]
fn d15_a_reader_that_leaves_is_no_panic() {
    use std::process::Stdio;
    let sample = Sample::new();
    for verb in [&["completions", "bash"][..], &["schema", "Composition"], &["-o", "json", "graph"]] {
        let dir = sample.dir.to_str().unwrap();
        let all: Vec<&str> = ["-C", dir].into_iter().chain(verb.iter().copied()).collect();
        let mut child = sample.command(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{verb:?}");
    }
}
