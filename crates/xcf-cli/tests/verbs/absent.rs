//! An engine that is routed to but not built or not installed (`dsl §4`): said where, marked, never "no change".

use crate::kit::{FREE, Sample, composition, environment, needs, only_set, terraform, unit};

const PULUMI: &str = "{name: stack, ref: modules/stack}";

fn says_where(cannot: &serde_json::Value, file: &str) {
    assert_eq!(cannot["action"], "cannot-run", "{cannot:#}");
    let said = &cannot["diagnostics"][0];
    assert_eq!((&said["code"], &said["severity"]), (&"cannot-run-here".into(), &"error".into()), "{cannot:#}");
    assert_eq!(said["file"], file);
    assert!(said["line"].as_u64() > Some(1) && !said["hint"].as_str().unwrap().is_empty(), "{said:#}");
}

#[test]
fn d10_an_engine_that_is_not_built_cannot_run_here() {
    let sample = Sample::of(&[
        ("policies/free.yaml", FREE),
        ("envs/dev.yaml", &environment("dev", &["base"], "")),
        ("compositions/base.yaml", &composition("base", "Foundation", &[PULUMI])),
        ("modules/stack/Pulumi.yaml", "name: stack\nruntime: yaml\n"),
    ]);
    // Routing never looks at the machine.
    sample.xcf(&["validate"]).exits(0);
    let route = sample.xcf(&["-o", "json", "route", "dev/base/stack"]).exits(0).json();
    assert!(route.to_string().contains("pulumi"), "{route:#}");
    let planned = sample.plan(&[], 1);
    let set = only_set(&planned);
    says_where(unit(set, "dev/base/stack"), "compositions/base.yaml");
    let cs = set["id"].as_str().unwrap();
    let shown = sample.xcf(&["show", cs]).exits(0);
    assert!(shown.out.contains("cannot run here") && shown.out.contains("compositions/base.yaml:8"), "{}", shown.out);
    let refused = sample.xcf(&["apply", cs]).exits(1);
    assert!(refused.err.contains("nothing-runnable") && refused.out.is_empty(), "{} {}", refused.out, refused.err);
    // Said again, never forgotten.
    assert_eq!(only_set(&sample.plan(&[], 1))["id"], cs);
}

#[test]
fn d7_what_depends_on_it_is_not_applied_and_what_does_not_is() {
    if !needs("terraform") {
        return;
    }
    let fed = "{name: fed, ref: modules/thing, dependsOn: [stack], inputs: {name: fed}}";
    let after = "{name: after, ref: modules/thing, dependsOn: [fed], inputs: {name: after}}";
    let free = "{name: free, ref: modules/thing, inputs: {name: free}}";
    let sample = Sample::of(&[
        ("policies/free.yaml", FREE),
        ("envs/dev.yaml", &environment("dev", &["base"], "")),
        ("compositions/base.yaml", &composition("base", "Foundation", &[PULUMI, fed, after, free])),
        ("modules/stack/Pulumi.yaml", "name: stack\nruntime: yaml\n"),
    ]);
    let planned = sample.plan(&[], 1);
    let set = only_set(&planned);
    says_where(unit(set, "dev/base/stack"), "compositions/base.yaml");
    let cs = set["id"].as_str().unwrap();
    let ran = sample.xcf(&["apply", cs]).exits(1);
    assert!(ran.err.contains("cannot-run-here"), "{}", ran.err);
    assert_eq!(sample.made(), ["free"]);
    let status = sample.status(cs);
    assert_eq!(status["changeSet"]["status"], "Failed");
    assert!(unit(&status["run"], "dev/base/fed")["why"].as_str().unwrap().contains("dev/base/stack"), "{status:#}");
}

#[test]
fn d10_an_engine_that_is_not_installed_cannot_run_here_until_it_is() {
    if !needs("terraform") || !needs("ansible-playbook") {
        return;
    }
    let mut sample = Sample::new();
    sample.only(&[terraform(), "git", "sh"]);
    let planned = sample.plan(&["--env", "dev"], 1);
    let set = only_set(&planned);
    says_where(unit(set, "dev/shop/deploy"), "compositions/apps/shop.yaml");
    let missing = &unit(set, "dev/shop/deploy")["diagnostics"][0];
    assert!(missing["message"].as_str().unwrap().contains("ansible-playbook"), "{missing:#}");
    assert_eq!(unit(set, "dev/network/network")["action"], "apply", "the other engine is here");
    let doctor = sample.xcf(&["doctor"]);
    assert!(doctor.out.contains("ansible"), "{}", doctor.out);
    // Installed: the same change can run.
    sample.wrappers = None;
    sample.alone = false;
    sample.bring_up_dev();
    // Gone again: what is applied is not said to have changed, and a look at the real world is refused, not empty.
    sample.wrappers = Some(sample.home.path().join("only"));
    sample.alone = true;
    let planned = sample.plan(&["--env", "dev", "--refresh"], 1);
    says_where(unit(only_set(&planned), "dev/fleet/node-agent"), "compositions/config/fleet.yaml");
}
