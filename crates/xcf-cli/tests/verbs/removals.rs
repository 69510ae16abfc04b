//! Removals (`D6`, `dsl §7`): their own consent, dependants first, never where the Environment says never.

use crate::kit::{FREE, Sample, composition, environment, needs, only_set, unit};

const KEEP: &str = "{name: keep, ref: modules/thing, inputs: {name: keep}}";
const LEFT: &str = "{name: left, ref: modules/thing, inputs: {name: left}}";
const OTHER: &str = "{name: other, ref: modules/thing, inputs: {name: other}}";
const APP: &str =
    "{name: app, ref: modules/thing, inputs: {name: app, after: {from: base, module: left, output: made}}}";

/// Two Compositions, `app` of the upper fed by `left` of the lower, applied.
fn applied(more: &str) -> Sample {
    let sample = Sample::of(&[
        ("policies/free.yaml", FREE),
        ("envs/dev.yaml", &environment("dev", &["base", "top"], more)),
        // A workspace without any Environment document would have the implicit one (dsl §3).
        ("envs/later.yaml", &environment("later", &["base"], "")),
        ("compositions/base.yaml", &composition("base", "Foundation", &[KEEP, LEFT])),
        ("compositions/top.yaml", &composition("top", "PaaS", &[OTHER, APP])),
    ]);
    sample.bring_up_dev();
    assert_eq!(sample.made(), ["app", "keep", "left", "other"]);
    sample
}

/// Takes `left` and `app` out of their Compositions.
fn remove_two(sample: &Sample) {
    sample.write("compositions/base.yaml", &composition("base", "Foundation", &[KEEP]));
    sample.write("compositions/top.yaml", &composition("top", "PaaS", &[OTHER]));
    sample.commit("Two are not needed any more");
}

#[test]
fn dsl7_a_removed_module_goes_only_with_consent_by_name_and_dependants_first() {
    if !needs("terraform") {
        return;
    }
    let sample = applied("");
    remove_two(&sample);
    let planned = sample.plan(&["--env", "dev"], 2);
    let set = only_set(&planned);
    let cs = set["id"].as_str().unwrap();
    assert_eq!((set["units"].as_array().unwrap().len(), &set["counts"]["delete"]), (2, &2.into()));
    for id in ["dev/base/left", "dev/top/app"] {
        let gone = unit(set, id);
        assert_eq!(gone["action"], "destroy");
        // Strong, although the matrix says auto here.
        assert_eq!(gone["gate"], "strong", "{gone:#}");
    }
    // Neither approval: awaited. A strong gate in a workspace without People: twice, with a typed reason.
    sample.xcf(&["apply", cs]).exits(4);
    sample.xcf(&["approve", cs]).exits(64);
    sample.xcf(&["approve", cs, "--reason", "nobody uses them"]).exits(0);
    sample.xcf(&["apply", cs]).exits(4);
    sample.xcf(&["approve", cs, "--reason", "nobody uses them, looked again"]).exits(0);
    // Approved is not agreed to: each destroy is agreed to by its unit's name.
    sample.xcf(&["apply", cs]).exits(4);
    let status = sample.status(cs);
    assert!(unit(&status["run"], "dev/top/app")["why"].as_str().unwrap().contains("nobody has agreed"), "{status:#}");
    sample.xcf(&["apply", cs, "--allow-destroy", "dev/base/keep"]).exits(1);
    // The lower one alone can't go: what depends on it stands.
    sample.xcf(&["apply", cs, "--allow-destroy", "dev/base/left"]).exits(4);
    assert_eq!((sample.made().len(), sample.gone().len()), (4, 0), "nothing is gone yet");
    sample.xcf(&["apply", cs, "--allow-destroy", "dev/top/app"]).exits(0);
    assert_eq!(sample.made(), ["keep", "other"]);
    assert_eq!(sample.gone(), ["app", "left"], "dependants first");
    // It is over: nothing pending, no output, no lock.
    sample.plan(&["--env", "dev"], 0);
    sample.xcf(&["output", "dev/base/left"]).exits(1);
    assert_eq!(sample.xcf(&["-o", "json", "locks"]).exits(0).json()["locks"].as_array().unwrap().len(), 0);
}

#[test]
fn dsl7_consent_to_something_that_is_not_destroyed_is_a_usage_error() {
    if !needs("terraform") {
        return;
    }
    let sample = applied("");
    sample.replace("compositions/base.yaml", "inputs: {name: keep}", "inputs: {name: keep, after: now}");
    sample.commit("Change one");
    let planned = sample.plan(&["--env", "dev"], 2);
    let cs = only_set(&planned)["id"].as_str().unwrap();
    sample.xcf(&["apply", cs, "--allow-destroy", "dev/base/keep"]).exits(64);
    assert_eq!(sample.gone(), Vec::<String>::new());
}

#[test]
fn dsl7_allow_destroy_never_never_destroys() {
    if !needs("terraform") {
        return;
    }
    let sample = applied("  protection:\n    allowDestroy: never\n");
    remove_two(&sample);
    let refused = |sample: &Sample| {
        let planned = sample.plan(&["--env", "dev"], 1);
        let set = only_set(&planned);
        for id in ["dev/base/left", "dev/top/app"] {
            let gone = unit(set, id);
            assert_eq!(gone["action"], "cannot-run", "{gone:#}");
            let said: Vec<_> =
                gone["diagnostics"].as_array().unwrap().iter().filter(|d| d["code"] == "destroy-never").collect();
            assert_eq!(said.len(), 1, "said once: {gone:#}");
            assert_eq!((&said[0]["file"], said[0]["line"].as_u64() > Some(1)), (&"envs/dev.yaml".into(), true));
        }
        let cs = set["id"].as_str().unwrap();
        sample.xcf(&["apply", cs]).exits(1);
        for id in ["dev/base/left", "dev/top/app"] {
            assert_ne!(sample.xcf(&["apply", cs, "--allow-destroy", id]).code, 0);
        }
        assert_eq!((sample.made().len(), sample.gone().len()), (4, 0));
    };
    refused(&sample);
    // Nobody loosens the rule that judges their own change: head says confirm, base says never (D6).
    sample.replace("envs/dev.yaml", "allowDestroy: never", "allowDestroy: confirm");
    sample.git(&["add", "-A"]);
    sample.git(&["commit", "-q", "--amend", "--no-edit"]);
    refused(&sample);
    // Nor by deleting the Environment's document.
    std::fs::remove_file(sample.dir.join("envs/dev.yaml")).unwrap();
    sample.commit("Away with it");
    let planned = sample.plan(&["--env", "dev"], 1);
    let set = only_set(&planned);
    assert!(set["units"].as_array().unwrap().iter().all(|u| u["action"] == "cannot-run"), "{set:#}");
    sample.xcf(&["apply", set["id"].as_str().unwrap()]).exits(1);
    assert_eq!((sample.made().len(), sample.gone().len()), (4, 0));
}

#[test]
fn dsl7_a_deleted_environment_is_a_removal_judged_by_its_document_at_base() {
    if !needs("terraform") {
        return;
    }
    let sample = applied("");
    std::fs::remove_file(sample.dir.join("envs/dev.yaml")).unwrap();
    sample.commit("Away with dev");
    let planned = sample.plan(&["--env", "dev"], 2);
    let set = only_set(&planned);
    let cs = set["id"].as_str().unwrap();
    assert_eq!(set["counts"]["delete"], 4, "{set:#}");
    sample.xcf(&["approve", cs, "--reason", "dev is not needed"]).exits(0);
    sample.xcf(&["approve", cs, "--reason", "dev is not needed, sure"]).exits(0);
    let mut apply = vec!["apply", cs];
    for id in ["dev/base/keep", "dev/base/left", "dev/top/app", "dev/top/other"] {
        apply.extend(["--allow-destroy", id]);
    }
    sample.xcf(&apply).exits(0);
    assert_eq!(sample.made(), Vec::<String>::new());
    let order = sample.gone();
    let at = |name: &str| order.iter().position(|n| n == name).unwrap();
    assert!(at("app") < at("left") && at("other") < at("keep"), "the upper layer first: {order:?}");
}

#[test]
fn dsl2_a_rename_without_moved_blocks_the_destroy_until_answered() {
    if !needs("terraform") {
        return;
    }
    let sample = applied("");
    sample.replace("compositions/top.yaml", "name: other, ref", "name: another, ref");
    sample.commit("Is it the same?");
    let planned = sample.plan(&["--env", "dev"], 1);
    assert!(planned.to_string().contains("possible-rename"), "{planned:#}");
    let set = only_set(&planned);
    assert_eq!(set["counts"]["delete"], 0);
    assert_eq!(unit(set, "dev/top/other")["action"], "unresolved");
    // The answer: it is.
    sample.replace(
        "compositions/top.yaml",
        "  modules:\n",
        "  moved:\n    - {from: top/other, to: another}\n  modules:\n",
    );
    sample.commit("It is");
    let planned = sample.plan(&["--env", "dev"], 2);
    let set = only_set(&planned);
    assert_eq!((&set["counts"]["delete"], &set["counts"]["create"]), (&0.into(), &0.into()), "{set:#}");
    sample.xcf(&["apply", set["id"].as_str().unwrap()]).exits(0);
    assert_eq!((sample.made().len(), sample.gone().len()), (4, 0));
    sample.plan(&["--env", "dev"], 0);
}

#[test]
fn d6_a_removal_asks_the_people_of_base() {
    if !needs("terraform") || !needs("ansible-playbook") {
        return;
    }
    let sample = Sample::new();
    sample.bring_up_dev();
    let text = sample.read("compositions/apps/shop.yaml");
    let (kept, _) = text.split_once("    - name: dns\n").unwrap();
    sample.write("compositions/apps/shop.yaml", kept);
    // Whoever removes may not also decide who is asked.
    sample.replace("policies/people.yaml", "roles: [security]", "roles: [platform]");
    sample.commit("No name for the shop");
    let planned = sample.plan(&["--env", "dev"], 2);
    let set = only_set(&planned);
    let cs = set["id"].as_str().unwrap();
    assert_eq!((set["units"].as_array().unwrap().len(), &unit(set, "dev/shop/dns")["action"]), (1, &"destroy".into()));
    sample.xcf(&["--as", "ada", "apply", cs, "--allow-destroy", "dev/shop/dns"]).exits(4);
    sample.xcf(&["--as", "ada", "approve", cs]).exits(0);
    sample.xcf(&["apply", cs]).exits(4);
    sample.xcf(&["--as", "grace", "approve", cs]).exits(0);
    sample.xcf(&["apply", cs]).exits(0);
    sample.xcf(&["output", "dev/shop/dns"]).exits(1);
    sample.plan(&["--env", "dev"], 0);
}
