//! Engines that misbehave, each through the command line: a clear error with a code, nothing lost, and the way on works.

use crate::world::{Ended, World, ended};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Child, Command};

/// `O_NONBLOCK` of Linux: opening a pipe nobody reads fails instead of waiting.
const NONBLOCK: i32 = 0o4000;

/// A unit whose engine shows faults, and one that depends on it; `more` goes into the first module.
fn world(more: &str) -> World {
    let base = format!(
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: base\nspec:\n  lifecycle: Foundation\n  modules:\n    - name: left\n      ref: modules/thing\n{more}"
    );
    let world = World::new(
        &[
            ("envs/dev.yaml", super::ENVIRONMENT),
            ("compositions/base.yaml", &base),
            ("compositions/top.yaml", super::TOP),
            ("modules/thing/main.tf", super::THING),
        ],
        true,
    );
    let gate = world.engine().join("gate");
    assert!(Command::new("mkfifo").arg(gate).status().unwrap().success());
    world
}

/// Waits until the engine stands at its gate; it goes on when the file is dropped.
fn engine_at_gate(world: &World, driver: &mut Child) -> File {
    loop {
        match OpenOptions::new().write(true).custom_flags(NONBLOCK).open(world.engine().join("gate")) {
            Ok(gate) => return gate,
            Err(_) => assert!(driver.try_wait().unwrap().is_none(), "the run ended before its engine was at work"),
        }
        std::thread::yield_now();
    }
}

fn unit<'a>(status: &'a Value, id: &str) -> &'a Value {
    status["run"]["units"].as_array().unwrap().iter().find(|u| u["id"] == id).unwrap()
}

/// The way on: the fault is mended, the unit retried, everything made once.
fn mend_and_retry(world: &World) {
    world.mode("none");
    let resumed = world.xcf(&["resume", "CS-1", "--retry", "dev/base/left"]);
    assert_eq!(resumed.code, Some(0), "{resumed:?} {:#}", world.status()["run"]);
    made_once(world);
}

fn made_once(world: &World) {
    let once = ["dev/base/left", "dev/top/app"].map(|u| (u.to_owned(), 1));
    assert_eq!(world.lines("lines"), BTreeMap::from(once));
    assert_eq!(world.json(&["locks"])["locks"].as_array().map(Vec::len), Some(0));
    assert_eq!(world.left_running(), Vec::<String>::new());
}

/// Applies under a fault; the unit must have failed with `code`, its dependant must not have begun.
fn apply_fails(world: &World, fault: &str, code: &str) -> Value {
    world.plan();
    world.mode(fault);
    let failed: Ended = world.xcf(&["apply", "CS-1"]).exits(1);
    let status = world.status();
    let left = unit(&status, "dev/base/left");
    assert_eq!(left["state"], "Failed", "{failed:?} {left:#}");
    assert!(left.to_string().contains(code), "{code}: {left:#}");
    assert!(!world.lines("starts").contains_key("dev/top/app"), "what depends on it has not begun");
    assert_eq!(world.left_running(), Vec::<String>::new());
    status
}

#[test]
fn d7_engine_that_exits_with_1_fails_its_unit_and_can_be_retried() {
    let world = world("");
    apply_fails(&world, "apply-exit", "no such luck");
    mend_and_retry(&world);
}

#[test]
fn d7_engine_that_prints_garbage_is_not_taken_for_done() {
    let world = world("");
    apply_fails(&world, "apply-garbage", "engine-garbage");
    mend_and_retry(&world);
}

#[test]
fn d7_engine_that_floods_is_stopped() {
    let world = world("");
    apply_fails(&world, "apply-deluge", "engine-output-too-large");
    mend_and_retry(&world);
}

#[test]
fn d7_engine_that_hangs_is_stopped_at_its_time_limit() {
    let world = world("      execution: {timeout: 8s}\n");
    apply_fails(&world, "apply-gate", "engine-timeout");
    mend_and_retry(&world);
}

#[test]
fn d10_a_plan_that_could_not_be_made_is_never_nothing_to_do() {
    let world = world("");
    for (fault, code) in [
        ("plan-exit", "no such luck"),
        ("show-garbage", "engine-garbage"),
        ("plan-flood", "engine-garbage"),
        ("init-garbage", "engine-garbage"),
    ] {
        world.mode(fault);
        let planned = world.xcf(&["-o", "json", "plan", "--env", "dev"]);
        assert!(!matches!(planned.code, Some(0)), "{fault}: {planned:?}");
        assert!(planned.out.contains(code) || planned.err.contains(code), "{fault}: {planned:?}");
        assert_eq!(world.lines("lines"), BTreeMap::new());
    }
    world.mode("none");
    world.plan();
}

#[test]
fn d7_cancel_stops_a_hanging_engine_softly() {
    let world = world("");
    world.plan();
    world.mode("apply-gate");
    let mut driver = world.command(&["apply", "CS-1"]).spawn().unwrap();
    let gate = engine_at_gate(&world, &mut driver);
    world.xcf(&["cancel", "CS-1", "--reason", "it hangs"]).exits(0);
    let end = ended(driver).exits(1);
    let status = world.status();
    assert_eq!(status["changeSet"]["status"], "Cancelled", "{end:?}");
    assert_eq!(world.lines("lines"), BTreeMap::new());
    assert_eq!(world.left_running(), Vec::<String>::new());
    drop(gate);
}

#[test]
fn d7_cancel_asked_twice_kills_and_says_what_is_left_behind() {
    let world = world("");
    world.plan();
    world.mode("apply-gate-deaf");
    let mut driver = world.command(&["apply", "CS-1"]).spawn().unwrap();
    let gate = engine_at_gate(&world, &mut driver);
    world.xcf(&["cancel", "CS-1", "--reason", "it hangs"]).exits(0);
    assert!(driver.try_wait().unwrap().is_none(), "the engine does not hear the soft stop");
    world.xcf(&["cancel", "CS-1", "--reason", "now"]).exits(0);
    let end = ended(driver).exits(1);
    let status = world.status();
    let left = unit(&status, "dev/base/left");
    assert_eq!(status["changeSet"]["status"], "Cancelled", "{end:?}");
    let behind = left["leftBehind"].as_str().unwrap();
    assert!(behind.contains("scripted_thing.this") && behind.contains("had to be killed"), "{left:#}");
    assert_eq!(world.lines("lines"), BTreeMap::new());
    assert_eq!(world.left_running(), Vec::<String>::new());
    drop(gate);
}

#[test]
fn d7_a_killed_drivers_engine_is_adopted_and_not_started_again() {
    let world = world("");
    world.plan();
    world.mode("apply-gate");
    let mut first = world.command(&["apply", "CS-1"]).spawn().unwrap();
    let gate = engine_at_gate(&world, &mut first);
    first.kill().unwrap();
    assert_eq!(ended(first).signal, Some(9));
    world.mode("none");
    let mut second = world.command(&["resume", "CS-1"]).spawn().unwrap();
    let sign = format!("process {} ", second.id());
    while !world.status()["run"]["driver"]["holder"].as_str().is_some_and(|h| h.contains(&sign)) {
        assert!(second.try_wait().unwrap().is_none(), "{:?}", ended(second));
    }
    assert_eq!(world.lines("lines"), BTreeMap::new(), "the engine stands at its gate still");
    drop(gate);
    ended(second).exits(0);
    assert_eq!(world.lines("starts")["dev/base/left"], 1, "the engine was started once");
    made_once(&world);
}
