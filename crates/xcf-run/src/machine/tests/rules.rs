//! The rules one by one.

use super::kit::*;
use crate::machine::{Control, Effect, Gates, Held, Input, Outcome, UnitFacts, UnitState, Verdict, Wait};
use xcf_core::changeset::{ChangeSetState, RunOutcome, UnitAction};
use xcf_core::ports::runner::Inspection;
use xcf_core::route::{Gate, Layer};
use xcf_core::said::Said;

fn auto(name: &str) -> UnitFacts {
    UnitFacts { gate: Gate::Auto, ..facts(name) }
}

#[test]
fn dsl9_a_chain_runs_in_order_and_closes() {
    let mut led = Led::begin(spec(&[("a", facts("a"), &[]), ("b", facts("b"), &["a"])]));
    assert_eq!(led.checked.run().status(), ChangeSetState::Queued);
    led.approve(&["a", "b"], &[]);
    assert_eq!((led.effect("a").map(|e| e.to_string()).as_deref(), led.effect("b")), (Some("Admit"), None));
    led.run_through("a");
    led.run_through("b");
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Done));
    assert_eq!(led.checked.run().status(), ChangeSetState::Closed);
    let released = led.kinds().iter().filter(|k| **k == "lock.released").count();
    assert_eq!(released, 2);
    assert_eq!(led.kinds().last(), Some(&"changeset.closed"));
}

#[test]
fn dsl10_no_unit_starts_before_all_gates_known_at_planning_are_met() {
    let mut led = Led::begin(spec(&[("a", auto("a"), &[]), ("b", facts("b"), &["a"])]));
    led.approve(&["a"], &[]);
    assert_eq!(led.state("a"), "Waiting");
    assert!(matches!(
        &led.checked.run().unit(&id("a")).unwrap().state,
        UnitState::Waiting { why: Wait::Gates { open: 1, first } } if *first == id("b")
    ));
    assert_eq!(led.checked.run().status(), ChangeSetState::AwaitingApproval);
    assert_eq!(led.checked.run().held(), Held::Person);
    led.approve(&["a", "b"], &[]);
    assert_eq!(led.state("a"), "Waiting · Admit");
}

#[test]
fn dsl10_a_deferred_unit_waits_alone() {
    let deferred = UnitFacts { action: UnitAction::Deferred, ..facts("b") };
    let mut led = Led::begin(spec(&[("a", auto("a"), &[]), ("b", deferred, &["a"])]));
    led.approve(&["a"], &[]);
    led.run_through("a");
    assert_eq!(led.state("b"), "Deferred · Plan");
    led.answer("b", planned(facts("new"), Verdict::Different));
    led.approve(&["a"], &[]);
    assert_eq!(led.state("b"), "Waiting");
    assert_eq!(led.checked.run().status(), ChangeSetState::AwaitingApproval);
    led.approve(&["a", "b"], &[]);
    led.run_through("b");
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Done));
}

#[test]
fn d6_a_plan_that_refines_an_approved_partial_one_asks_nobody_again() {
    let partial = UnitFacts { action: UnitAction::Deferred, partial: true, ..facts("b") };
    let mut led = Led::begin(spec(&[("a", auto("a"), &[]), ("b", partial.clone(), &["a"])]));
    led.approve(&["a", "b"], &[]);
    led.run_through("a");
    led.answer("b", planned(facts("new"), Verdict::Covered));
    led.run_through("b");
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Done));
    // Not approved as it was, or stricter now: the gate asks.
    let stricter = UnitFacts { gate: xcf_core::route::Gate::Strong, ..facts("new") };
    let mut led = Led::begin(spec(&[("a", auto("a"), &[]), ("b", partial, &["a"])]));
    led.approve(&["a", "b"], &[]);
    led.run_through("a");
    led.answer("b", planned(stricter, Verdict::Covered));
    assert_eq!(led.state("b"), "Waiting");
}

#[test]
fn d6_an_approval_of_an_older_plan_opens_nothing() {
    let mut led = Led::begin(spec(&[("a", facts("a"), &[])]));
    led.approve(&["a"], &[]);
    led.admit("a");
    led.answer("a", Outcome::Stale { reason: "moved".to_owned() });
    led.answer("a", planned(facts("new"), Verdict::Different));
    // The approvals are read again, and still name the old digest.
    let owed = led.checked.run().owed().find(|o| o.effect == Effect::ReadGates).unwrap().id;
    let met = [(id("a"), digest("a"))].into();
    let gates = Gates { met, ..Gates::default() };
    led.give(Input::EffectFinished { id: owed, outcome: Outcome::Gates { gates } });
    assert_eq!(led.state("a"), "Waiting");
    led.approve(&["a"], &[]);
    assert_eq!(led.state("a"), "Waiting · Admit");
}

#[test]
fn d6_equal_meaning_is_applied_without_asking() {
    let mut led = Led::begin(spec(&[("a", facts("a"), &[])]));
    led.approve(&["a"], &[]);
    led.admit("a");
    led.answer("a", Outcome::Stale { reason: "moved".to_owned() });
    led.answer("a", planned(facts("a"), Verdict::Same));
    assert_eq!(led.state("a"), "Applying · Apply");
}

#[test]
fn d6_same_or_covered_is_not_believed_against_the_facts() {
    for (facts, verdict) in [
        (facts("other"), Verdict::Same),
        (facts("a"), Verdict::Covered),
        (UnitFacts { action: UnitAction::Destroy, ..facts("a") }, Verdict::Same),
        (UnitFacts { gate: Gate::Strong, ..facts("a") }, Verdict::Same),
    ] {
        let mut led = Led::begin(spec(&[("a", super::kit::facts("a"), &[])]));
        led.approve(&["a"], &[]);
        led.admit("a");
        led.answer("a", Outcome::Stale { reason: "moved".to_owned() });
        led.answer("a", planned(facts, verdict));
        assert!(led.checked.run().unit(&id("a")).unwrap().waits_alone);
        led.approve(&[], &[]);
        assert_eq!(led.state("a"), "Waiting");
    }
}

#[test]
fn d6_a_retry_after_a_started_attempt_needs_no_new_approval() {
    let mut led = Led::begin(spec(&[("a", facts("a"), &[])]));
    led.approve(&["a"], &[]);
    led.admit("a");
    led.answer("a", failed(false));
    assert_eq!((led.state("a").as_str(), led.checked.run().status()), ("Failed", ChangeSetState::Failed));
    led.ask(Control::Retry { unit: id("a") });
    assert_eq!(led.state("a"), "Waiting · Plan");
    led.answer("a", planned(facts("rest"), Verdict::Covered));
    led.run_through("a");
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Done));
}

#[test]
fn d7_a_failed_unit_stops_its_dependants_and_nothing_else() {
    let units = [("a", auto("a"), &[][..]), ("b", auto("b"), &["a"]), ("c", auto("c"), &["b"]), ("d", auto("d"), &[])];
    let mut led = Led::begin(spec(&units));
    led.approve(&["a", "b", "c", "d"], &[]);
    led.admit("a");
    led.answer("a", failed(false));
    for unit in ["b", "c"] {
        let state = &led.checked.run().unit(&id(unit)).unwrap().state;
        assert_eq!(*state, UnitState::Waiting { why: Wait::UpstreamFailed { units: vec![id("a")] } });
    }
    led.run_through("d");
    assert_eq!(led.state("d"), "Done");
    assert_eq!(led.checked.run().held(), Held::Trouble);
    led.ask(Control::Skip { unit: id("a"), reason: "done by hand".to_owned() });
    assert_eq!(led.state("b"), "Waiting · Admit");
}

#[test]
fn dsl9_backoff_doubles_and_counts() {
    let patient = UnitFacts { retries: 3, ..auto("a") };
    let mut led = Led::begin(spec(&[("a", patient.clone(), &[])]));
    led.approve(&["a"], &[]);
    led.admit("a");
    for (attempt, seconds) in [(2, 10), (3, 20), (4, 40)] {
        led.answer("a", failed(true));
        let until = led.now + jiff::SignedDuration::from_secs(seconds);
        let state = led.checked.run().unit(&id("a")).unwrap().state.clone();
        assert_eq!(state, UnitState::Waiting { why: Wait::Backoff { until, attempt, of: 4 } });
        assert_eq!(led.checked.run().next_wake(), Some(until));
        assert_eq!(led.checked.run().held(), Held::TimeOrLock);
        led.wait(seconds - 1);
        assert_eq!(led.state("a"), "Waiting");
        led.wait(1);
        led.answer("a", planned(patient.clone(), Verdict::Covered));
        assert_eq!(led.state("a"), "Applying · Apply");
    }
    led.answer("a", failed(true));
    assert_eq!(led.state("a"), "Failed");
}

#[test]
fn dsl9_foundation_frees_its_dependants_only_at_done() {
    for (layer, free) in [(Layer::Foundation, false), (Layer::K8s, true)] {
        let strong = UnitFacts { gate: Gate::Strong, layer, ..facts("a") };
        let mut led = Led::begin(spec(&[("a", strong, &[]), ("b", auto("b"), &["a"])]));
        led.approve(&["a", "b"], &[]);
        led.run_through("a");
        assert_eq!(led.state("a"), "Observing");
        assert_eq!(led.effect("b").is_some(), free, "{layer}");
        assert!(!led.kinds().contains(&"lock.released"), "the lock is kept until the sign-off");
        led.ask(Control::SignOff { units: vec![] });
        assert_eq!(led.state("a"), "Done");
        assert!(led.effect("b").is_some());
    }
}

#[test]
fn dsl7_a_removal_needs_its_own_consent_to_exactly_that_plan() {
    let removal = UnitFacts { action: UnitAction::Destroy, removal: true, gate: Gate::Strong, ..facts("a") };
    let mut led = Led::begin(spec(&[("a", removal, &[])]));
    led.approve(&["a"], &[]);
    assert_eq!(led.checked.run().unit(&id("a")).unwrap().state, UnitState::Waiting { why: Wait::Consent });
    led.approve(&["a"], &["a"]);
    led.admit("a");
    led.answer("a", Outcome::Destroyed);
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Done));
    assert!(led.kinds().contains(&"unit.destroyed"));
}

#[test]
fn dsl7_a_destroy_can_not_be_answered_as_an_apply_nor_the_other_way_round() {
    let mut led = Led::begin(spec(&[("a", auto("a"), &[])]));
    led.approve(&["a"], &[]);
    led.admit("a");
    led.intend("a");
    let (owed, _, _) = led.owed("a").unwrap();
    assert!(led.try_give(Input::EffectFinished { id: owed, outcome: Outcome::Destroyed }).is_err());
}

#[test]
fn dsl2_a_pure_move_changes_no_resource() {
    let moved = UnitFacts { action: UnitAction::Move, moved_from: Some(id("old")), backup: backup(), ..auto("a") };
    let mut led = Led::begin(spec(&[("a", moved, &[])]));
    led.approve(&["a"], &[]);
    led.admit("a");
    assert_eq!(led.state("a"), "BackingUp · Rekey");
    led.answer("a", Outcome::Rekeyed);
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Done));
    assert!(led.kinds().contains(&"unit.moved"));
}

#[test]
fn d7_a_lost_apply_is_inspected_before_anything_else() {
    for (inspection, then) in [
        (Inspection::NotStarted, "Applying · Apply"),
        (Inspection::Finished, "Applying · CollectOutputs"),
        (Inspection::Partial { found: "half".to_owned() }, "Waiting · Plan"),
        (Inspection::Unknown { reason: "no state".to_owned() }, "Stuck"),
    ] {
        let mut led = Led::begin(spec(&[("a", auto("a"), &[])]));
        led.approve(&["a"], &[]);
        led.admit("a");
        led.answer("a", Outcome::Lost);
        assert_eq!(led.state("a"), "Applying · Inspect");
        led.answer("a", found(inspection));
        assert_eq!(led.state("a"), then);
    }
}

/// One attempt whose process is gone, and somebody who finds that nothing happened.
fn gone(led: &mut Led, outcome: Outcome) {
    assert_eq!(led.state("a"), "Applying · Apply");
    led.answer("a", outcome);
    if led.state("a") == "Applying · Inspect" {
        led.answer("a", found(Inspection::NotStarted));
    }
}

#[test]
fn d7_only_losses_after_the_engine_could_begin_count_against_the_unit() {
    let begin = || {
        let mut led = Led::begin(spec(&[("a", auto("a"), &[])]));
        led.approve(&["a"], &[]);
        led.admit("a");
        led
    };
    let mut led = begin();
    for _ in 0..50 {
        gone(&mut led, Outcome::NotBegun);
    }
    led.answer("a", applied());
    led.answer("a", Outcome::Verified { differs: vec![] });
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Done));
    let mut led = begin();
    for _ in 0..21 {
        gone(&mut led, Outcome::Lost);
    }
    assert_eq!(led.state("a"), "Stuck");
}

#[test]
fn d7_what_turns_out_real_already_is_recorded_not_skipped() {
    let mut led = Led::begin(spec(&[("a", auto("a"), &[])]));
    led.approve(&["a"], &[]);
    led.admit("a");
    led.answer("a", Outcome::Lost);
    led.answer("a", found(Inspection::Partial { found: "half".to_owned() }));
    led.answer("a", planned(auto("a"), Verdict::Unchanged));
    assert_eq!(led.state("a"), "Applying · CollectOutputs");
    led.answer("a", applied());
    led.answer("a", Outcome::Verified { differs: vec![] });
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Done));
}

#[test]
fn dsl7_an_input_that_turned_out_equal_is_skipped() {
    let deferred = UnitFacts { action: UnitAction::Deferred, ..facts("a") };
    let mut led = Led::begin(spec(&[("a", deferred, &[])]));
    led.answer("a", planned(facts("same"), Verdict::Unchanged));
    assert_eq!(led.state("a"), "Skipped");
    assert!(led.kinds().contains(&"unit.unchanged"));
}

#[test]
fn d7_cancel_starts_nothing_new_and_says_what_is_left_behind() {
    let units = [("a", auto("a"), &[][..]), ("b", auto("b"), &["a"]), ("c", auto("c"), &[])];
    let mut led = Led::begin(spec(&units));
    led.approve(&["a", "b", "c"], &[]);
    led.admit("a");
    led.admit("c");
    led.intend("a");
    // c's apply is owed and nobody began it: it is withdrawn.
    led.ask(Control::Cancel { kill: false });
    assert_eq!((led.effect("c"), led.checked.run().status()), (None, ChangeSetState::Cancelling));
    let mut stopped = xcf_core::ports::runner::RunnerError::new("engine-cancelled", "stopped");
    stopped.left_behind = "two of three instances".to_owned();
    led.answer("a", Outcome::Failed { error: stopped });
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Cancelled));
    let states: Vec<String> = ["a", "b", "c"].iter().map(|u| led.state(u)).collect();
    assert_eq!(states, ["Failed", "Skipped", "Skipped"]);
    let finished = led.said.iter().find(|e| e.kind.as_str() == "run.finished").unwrap();
    assert_eq!(finished.data["note"], "test/stack/a: two of three instances");
}

#[test]
fn d7_a_second_cancel_kills() {
    let mut led = Led::begin(spec(&[("a", auto("a"), &[])]));
    led.approve(&["a"], &[]);
    led.admit("a");
    led.intend("a");
    led.ask(Control::Cancel { kill: false });
    assert!(led.try_ask(Control::Cancel { kill: false }).is_err());
    led.ask(Control::Cancel { kill: true });
    led.answer("a", Outcome::Lost);
    assert_eq!(led.state("a"), "Applying · Inspect", "what is left behind is found out even now");
    led.answer("a", found(Inspection::Partial { found: "half".to_owned() }));
    assert_eq!(led.checked.run().finished, Some(RunOutcome::Cancelled));
    assert_eq!(led.state("a"), "Failed");
}

#[test]
fn d7_pause_lets_what_runs_end_and_starts_nothing() {
    let with_backup = UnitFacts { backup: backup(), ..auto("a") };
    let mut led = Led::begin(spec(&[("a", with_backup, &[]), ("b", auto("b"), &[])]));
    led.approve(&["a", "b"], &[]);
    led.admit("a");
    led.intend("a");
    led.ask(Control::Pause);
    led.answer("a", Outcome::BackedUp { references: vec!["b1".to_owned()] });
    led.answer("b", Outcome::Admitted { locks: vec![] });
    assert_eq!((led.effect("a"), led.effect("b")), (None, None));
    assert_eq!(led.checked.run().status(), ChangeSetState::Paused);
    led.ask(Control::Resume);
    assert_eq!((led.state("a").as_str(), led.state("b").as_str()), ("Applying · Apply", "Applying · Apply"));
}

#[test]
fn d6_a_rollback_goes_back_in_reverse_order_and_ends_the_run() {
    let units = [("a", auto("a"), &[][..]), ("b", auto("b"), &["a"]), ("c", auto("c"), &[])];
    let mut led = Led::begin(spec(&units));
    led.approve(&["a", "b", "c"], &[]);
    led.run_through("a");
    led.run_through("c");
    led.admit("b");
    led.answer("b", failed(false));
    led.ask(Control::RollBack { units: vec![id("a")], all: false });
    assert_eq!((led.effect("a"), led.state("b").as_str()), (None, "Reversing · Admit"));
    led.admit("b");
    led.answer("b", reversed());
    led.admit("a");
    led.answer("a", reversed());
    assert_eq!(led.checked.run().finished, Some(RunOutcome::RolledBack));
    assert_eq!(led.state("c"), "Done", "an independent sibling stays");
}

#[test]
fn d2_a_failed_undo_is_stuck_and_asks_a_human() {
    let mut led = Led::begin(spec(&[("a", auto("a"), &[]), ("b", auto("b"), &["a"])]));
    led.approve(&["a", "b"], &[]);
    led.run_through("a");
    led.ask(Control::RollBack { units: vec![], all: true });
    led.admit("b");
    led.admit("a");
    led.answer("a", failed(false));
    assert_eq!(led.checked.run().status(), ChangeSetState::Stuck);
    led.ask(Control::MarkReversed { unit: id("a"), reason: "by hand".to_owned(), commit: None });
    assert_eq!(led.checked.run().finished, Some(RunOutcome::RolledBack));
}

#[test]
fn d8_not_admitted_waits_until_its_time_or_news() {
    let mut led = Led::begin(spec(&[("a", auto("a"), &[])]));
    led.approve(&["a"], &[]);
    let until = led.now + jiff::SignedDuration::from_hours(2);
    let closed = Outcome::NotAdmitted {
        code: "window".to_owned(),
        why: "nights".to_owned(),
        said: Said::default(),
        until: Some(until),
    };
    led.answer("a", closed.clone());
    assert_eq!(led.checked.run().next_wake(), Some(until));
    led.give(Input::Recheck { position: 99 });
    led.answer("a", closed);
    led.wait(7200);
    assert_eq!(led.state("a"), "Waiting · Admit");
    let waiting = led.said.iter().find(|e| e.kind.as_str() == "unit.waiting").unwrap();
    assert_eq!(waiting.data["code"], "window");
}

#[test]
fn d6_a_revoked_approval_stops_what_has_not_begun() {
    let mut led = Led::begin(spec(&[("a", facts("a"), &[]), ("b", facts("b"), &["a"])]));
    led.approve(&["a", "b"], &[]);
    led.run_through("a");
    led.admit("b");
    led.answer("b", Outcome::Stale { reason: "moved".to_owned() });
    led.position += 1;
    led.approve(&["a"], &[]);
    led.answer("b", planned(facts("b"), Verdict::Same));
    assert_eq!(led.state("b"), "Waiting");
}

#[test]
fn dsl7_what_cannot_run_fails_at_once_and_stops_only_its_dependants() {
    let unresolved = UnitFacts { action: UnitAction::Unresolved, note: "its file is broken".to_owned(), ..facts("a") };
    let mut led = Led::begin(spec(&[("a", unresolved, &[]), ("b", auto("b"), &["a"]), ("c", auto("c"), &[])]));
    assert_eq!(led.state("a"), "Failed");
    led.approve(&["b", "c"], &[]);
    assert_eq!((led.effect("b"), led.state("c").as_str()), (None, "Waiting · Admit"));
    assert!(led.try_ask(Control::Retry { unit: id("a") }).is_err());
}

#[test]
fn d7_a_control_is_taken_once() {
    let mut led = Led::begin(spec(&[("a", auto("a"), &[])]));
    led.give(Input::Control { position: 50, control: Control::Pause });
    let again = Input::Control { position: 50, control: Control::Resume };
    assert!(led.try_give(again).is_err());
    assert!(led.checked.run().paused);
}

#[test]
fn d7_a_run_survives_being_written_down() {
    let mut led = Led::begin(spec(&[("a", facts("a"), &[]), ("b", facts("b"), &["a"])]));
    led.approve(&["a", "b"], &[]);
    led.admit("a");
    led.answer("a", failed(true));
    let text = serde_json::to_string(led.checked.run()).unwrap();
    let back: crate::machine::Run = serde_json::from_str(&text).unwrap();
    assert_eq!(&back, led.checked.run());
}

#[test]
fn d6_a_circle_is_not_run() {
    let spec = spec(&[("a", auto("a"), &["b"]), ("b", auto("b"), &["a"])]);
    let first = crate::machine::Stamped { at: start_time(), input: Input::Begin { spec: Box::new(spec) } };
    assert!(crate::machine::Run::begin(&first).is_err());
}

#[test]
fn d9_a_spec_survives_a_log_that_sorts_object_keys() {
    // `b` comes first and has no predecessor; sorted by name its position would be another one.
    let spec = spec(&[("b", facts("b"), &[]), ("a", facts("a"), &["b"]), ("c", facts("c"), &["a", "b"])]);
    let json = serde_json::to_value(&spec).unwrap();
    let sorted = xcf_core::digest::canonical(&json);
    let back: crate::machine::RunSpec = serde_json::from_str(&sorted).unwrap();
    assert_eq!(back, spec);
    assert!(back.units.keys().eq(spec.units.keys()), "the order is part of the spec");
}
