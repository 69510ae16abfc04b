//! What holds a run back, who holds it, and how it ends by hand: locks, `unlock`, interrupt, `--detach` (`D8`, `D15`).

use crate::kit::{FREE, Ran, Sample, composition, environment, needs, only_set, unit};
use crate::remote::Server;
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Child, Command};

/// `O_NONBLOCK` of Linux: opening a pipe nobody reads fails instead of waiting.
const NONBLOCK: i32 = 0o4000;

/// One unit `dev/base/left` whose apply waits at a gate, where there is one.
pub struct Gated;
pub const GATED: Gated = Gated;

impl Gated {
    pub fn files(&self, after: &str) -> [(&'static str, &'static str); 3] {
        let text = |text: String| -> &'static str { text.leak() };
        let left = format!("{{name: left, ref: modules/thing, inputs: {{name: left, after: {after}}}}}");
        [
            ("policies/free.yaml", FREE),
            ("envs/dev.yaml", text(environment("dev", &["base"], ""))),
            ("compositions/base.yaml", text(composition("base", "Foundation", &[&left]))),
        ]
    }
    pub fn make_gate(&self, sample: &Sample) {
        assert!(Command::new("mkfifo").arg(sample.home.path().join("gate")).status().unwrap().success());
    }
    /// The sample with an apply that waits at its gate.
    fn applying(&self) -> (Sample, String, Child, File) {
        let sample = Sample::of(&self.files("one"));
        sample.replace("compositions/base.yaml", "after: one", "after: one, gate: $HOME/gate");
        sample.commit("Wait");
        self.make_gate(&sample);
        let planned = sample.plan(&[], 2);
        let cs = only_set(&planned)["id"].as_str().unwrap().to_owned();
        let mut driver = sample.start(&["apply", &cs]);
        let gate = waits_at_gate(&sample, &mut driver);
        (sample, cs, driver, gate)
    }
}

/// Waits until somebody reads the gate; they go on when it is opened.
pub fn waits_at_gate(sample: &Sample, process: &mut Child) -> File {
    loop {
        match OpenOptions::new().write(true).custom_flags(NONBLOCK).open(sample.home.path().join("gate")) {
            Ok(gate) => return gate,
            Err(_) => assert!(process.try_wait().unwrap().is_none(), "it ended before it came to the gate"),
        }
        std::thread::yield_now();
    }
}

pub fn open_gate(gate: File) {
    drop(gate);
}

fn lock<'a>(locks: &'a Value, name: &str) -> Option<&'a Value> {
    locks["locks"].as_array().unwrap().iter().find(|l| l["name"] == name)
}

#[test]
fn d15_a_dead_holders_lock_ends_by_hand_with_a_reason() {
    if !needs("terraform") {
        return;
    }
    let (sample, cs, mut driver, gate) = GATED.applying();
    let locks = || sample.xcf(&["-o", "json", "locks"]).exits(0).json();
    const NAME: &str = "unit:dev/base/left";
    let held = locks();
    let (alive, lease) = (lock(&held, NAME).unwrap(), lock(&held, "run:R-1").unwrap());
    let sign = format!("process {} ", driver.id());
    for one in [alive, lease] {
        assert!(one["alive"] == true && one["holder"].as_str().unwrap().contains(&sign), "{held:#}");
        assert_eq!((&one["run"], &one["changeSet"]), (&"R-1".into(), &Value::from(cs.clone())));
    }
    // Of a living holder nothing is taken, for no reason.
    assert!(sample.xcf(&["unlock", NAME, "--reason", "I want it"]).exits(5).err.contains("alive"));
    sample.xcf(&["exec", "dev/base/left", "--", "true"]).exits(5);
    driver.kill().unwrap();
    driver.wait().unwrap();
    let held = locks();
    assert_eq!(lock(&held, NAME).unwrap()["alive"], false, "{held:#}");
    let table = sample.xcf(&["locks"]).exits(0).out;
    assert!(table.lines().any(|l| l.starts_with(NAME) && l.contains(&sign) && l.ends_with("dead")), "{table}");
    // A run waits for a driver and holds what it holds, until somebody says why not.
    sample.xcf(&["exec", "dev/base/left", "--", "true"]).exits(5);
    sample.xcf(&["unlock", NAME]).exits(64);
    sample.xcf(&["unlock", NAME, "--reason", " "]).exits(64);
    sample.xcf(&["unlock", "unit:dev/base/none", "--reason", "x"]).exits(1);
    sample.xcf(&["unlock", NAME, "--reason", "its machine burnt"]).exits(0);
    assert_eq!(lock(&locks(), NAME), None);
    let log = Server::start(&sample).events_until("its machine burnt");
    assert!(log.contains("Lock unit:dev/base/left ended by Edith"), "{log}");
    // The run can still be taken up: its engine lived on and is adopted.
    open_gate(gate);
    sample.xcf(&["resume", &cs]).exits(0);
    assert_eq!(sample.made(), ["left"]);
    sample.plan(&[], 0);
}

#[test]
fn d15_an_interrupted_apply_cancels_and_is_130() {
    if !needs("terraform") {
        return;
    }
    let (sample, cs, driver, gate) = GATED.applying();
    assert!(Command::new("kill").args(["-INT", &driver.id().to_string()]).status().unwrap().success());
    let ended = Ran::of(driver.wait_with_output().unwrap()).exits(130);
    assert!(ended.err.contains("Cancelling"), "{}", ended.err);
    let status = sample.status(&cs);
    assert_eq!(status["changeSet"]["status"], "Cancelled", "{status:#}");
    assert_eq!(sample.made(), Vec::<String>::new());
    sample.xcf(&["watch", &cs]).exits(1);
    drop(gate);
}

#[test]
fn d8_a_unit_that_another_change_holds_is_5_until_that_ends() {
    if !needs("terraform") {
        return;
    }
    let sample = Sample::of(&GATED.files("one"));
    sample.replace("compositions/base.yaml", "after: one", "after: one, gate: /no/such/file");
    sample.commit("Fail");
    let planned = sample.plan(&[], 2);
    let first = only_set(&planned)["id"].as_str().unwrap().to_owned();
    sample.xcf(&["apply", &first]).exits(1);
    assert_eq!(unit(&sample.status(&first)["run"], "dev/base/left")["state"], "Failed");
    // Another change of the same unit: a failed unit stays locked by its run.
    sample.git(&["switch", "-q", "-c", "mend"]);
    sample.replace("compositions/base.yaml", "/no/such/file", "/dev/null");
    sample.commit("Mend");
    let planned = sample.plan(&[], 2);
    let second = only_set(&planned)["id"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let held = sample.xcf(&["apply", &second]).exits(5);
    assert!(held.err.contains("R-1"), "it says who holds it: {}", held.err);
    sample.xcf(&["cancel", &first, "--reason", "the other one mends it"]).exits(0);
    sample.xcf(&["resume", &second]).exits(0);
    assert_eq!(sample.made(), ["left"]);
}

#[test]
fn d7_a_detached_driver_does_the_work_and_watch_follows_it() {
    if !needs("terraform") {
        return;
    }
    let sample = Sample::of(&GATED.files("one"));
    sample.replace("compositions/base.yaml", "after: one", "after: one, gate: $HOME/gate");
    sample.commit("Wait");
    GATED.make_gate(&sample);
    let planned = sample.plan(&[], 2);
    let cs = only_set(&planned)["id"].as_str().unwrap();
    let asked = sample.xcf(&["apply", cs, "--detach"]).exits(0);
    assert!(asked.err.contains("background") && asked.out.is_empty(), "{} {}", asked.out, asked.err);
    let mut watch = sample.start(&["watch", cs]);
    let gate = waits_at_gate(&sample, &mut watch);
    open_gate(gate);
    let watched = Ran::of(watch.wait_with_output().unwrap()).exits(0);
    assert!(watched.out.contains("applied") && watched.err.contains("Closed"), "{} {}", watched.out, watched.err);
    assert_eq!(sample.made(), ["left"]);
}
