//! `xcf exec` (`D15`): folder, environment and state of the unit's engine, under the unit's lock, recorded.

use crate::holding::{GATED, open_gate, waits_at_gate};
use crate::kit::{FREE, Sample, composition, environment, needs, only_set, terraform};
use crate::remote::Server;

#[test]
fn d15_exec_has_the_units_folder_state_inputs_and_nothing_else() {
    if !needs("terraform") {
        return;
    }
    let left = "{name: left, ref: modules/thing, inputs: {name: left}}";
    let sample = Sample::of(&[
        ("policies/free.yaml", FREE),
        ("envs/dev.yaml", &environment("dev", &["base"], "")),
        ("compositions/base.yaml", &composition("base", "Foundation", &[left])),
    ]);
    sample.bring_up_dev();
    let exec = |command: &[&str]| sample.xcf(&[&["exec", "dev/base/left", "--"], command].concat());
    // The unit's own state, which is not in the module's folder.
    assert_eq!(exec(&[terraform(), "state", "list"]).exits(0).out.trim(), "terraform_data.this");
    let made = sample.xcf(&["output", "dev/base/left", "made"]).exits(0).out;
    assert_eq!(exec(&[terraform(), "output", "-raw", "made"]).exits(0).out.trim(), made.trim());
    // With the inputs it was applied with there is nothing to change (0 of -detailed-exitcode).
    exec(&[terraform(), "plan", "-input=false", "-no-color", "-detailed-exitcode"]).exits(0);
    let seen = exec(&["sh", "-c", "basename $PWD; echo $XCF_UNIT; echo ${STRANGE:-nothing}"]).exits(0);
    assert_eq!(seen.out.lines().collect::<Vec<_>>(), ["thing", "dev/base/left", "nothing"]);
    // The command's own failure is an error, and says what it was.
    let failed = exec(&["sh", "-c", "echo out; exit 7"]).exits(1);
    assert_eq!(failed.out, "out\n");
    assert!(failed.err.contains('7'), "{}", failed.err);
    exec(&["no-such-program"]).exits(1);
    sample.xcf(&["exec", "dev/base/none", "--", "true"]).exits(1);
    sample.xcf(&["exec", "dev", "--", "true"]).exits(64);
    sample.xcf(&["exec", "dev/base/left"]).exits(64);
    // The checkout is as it was; nothing stays held; begin and end are in the log, without arguments.
    assert_eq!(sample.git(&["status", "--porcelain", "--ignored"]).trim(), "");
    assert_eq!(sample.xcf(&["-o", "json", "locks"]).exits(0).json()["locks"].as_array().unwrap().len(), 0);
    exec(&["sh", "-c", "true pass-phrase"]).exits(0);
    let log = Server::start(&sample).events_until("ran a command in dev/base/left");
    assert!(log.contains("Edith began a command in dev/base/left") && log.contains("exec.ran"), "{log}");
    assert!(!log.contains("pass-phrase"), "{log}");
}

#[test]
fn d15_exec_in_a_playbooks_unit_has_its_inventory() {
    if !needs("terraform") || !needs("ansible-playbook") || !needs("ansible-inventory") {
        return;
    }
    let sample = Sample::new();
    let ran = sample.xcf(&["exec", "dev/fleet/node-agent", "--", "ansible-inventory", "--list"]).exits(0);
    let inventory = ran.json();
    assert_eq!(inventory["role_node"]["hosts"][0], "localhost", "{inventory:#}");
    assert_eq!(sample.git(&["status", "--porcelain", "--ignored"]).trim(), "");
}

#[test]
fn d8_exec_and_a_run_never_work_on_a_unit_at_the_same_time() {
    if !needs("terraform") {
        return;
    }
    let sample = Sample::of(&GATED.files("one"));
    sample.bring_up_dev();
    GATED.make_gate(&sample);
    let mut busy = sample.start(&["exec", "dev/base/left", "--", "sh", "-c", "cat $HOME/gate"]);
    let gate = waits_at_gate(&sample, &mut busy);
    let held = sample.xcf(&["-o", "json", "locks"]).exits(0).json();
    let lease = held["locks"].as_array().unwrap().iter().find(|l| l["name"] == "unit:dev/base/left").unwrap();
    assert!(lease["alive"] == true && lease["kind"] == "lease", "{held:#}");
    assert!(lease["holder"].as_str().unwrap().contains(&format!("process {} ", busy.id())), "{held:#}");
    // Another command is refused, and so is a run: only time holds it (5).
    assert!(sample.xcf(&["exec", "dev/base/left", "--", "true"]).exits(5).err.contains("held"));
    sample.replace("compositions/base.yaml", "after: one", "after: two");
    sample.commit("Two");
    let planned = sample.plan(&[], 2);
    let cs = only_set(&planned)["id"].as_str().unwrap();
    let waits = sample.xcf(&["apply", cs]).exits(5);
    assert!(waits.err.contains("xcf exec"), "{}", waits.err);
    open_gate(gate);
    assert!(busy.wait().unwrap().success());
    sample.xcf(&["resume", cs]).exits(0);
}
