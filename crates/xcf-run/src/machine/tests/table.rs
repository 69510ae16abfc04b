//! Every state × every input, compared with the table in the crate's documentation (`dsl §9`).
//!
//! `XCF_BLESS=1 cargo test -p xcf-run table` writes the table anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::kit::*;
use crate::machine::{Control, Effect, Gates, Input, Outcome, UnitFacts, Verdict};
use xcf_core::changeset::{UnitAction, UnitRunState};
use xcf_core::ports::runner::Inspection;
use xcf_core::route::Gate;
use xcf_core::said::Said;

/// Unit `a` is looked at; `z` is being planned by somebody slow, so that no run ends under a test.
fn lead(subject: UnitFacts, upstream: bool) -> Led {
    let slow = UnitFacts { action: UnitAction::Deferred, ..facts("z") };
    let units: Vec<(&str, UnitFacts, &[&str])> = if upstream {
        vec![("z", slow, &[]), ("up", facts("up"), &[]), ("a", subject, &["up"])]
    } else {
        vec![("z", slow, &[]), ("a", subject, &[])]
    };
    let mut led = Led::begin(spec(&units));
    led.intend("z");
    led
}

fn approved(subject: UnitFacts) -> Led {
    let mut led = lead(subject, false);
    led.approve(&["a"], &["a"]);
    led
}

fn admitted(subject: UnitFacts) -> Led {
    let mut led = approved(subject);
    led.admit("a");
    led
}

fn lost() -> Led {
    let mut led = admitted(facts("a"));
    led.answer("a", Outcome::Lost);
    led
}

fn done() -> Led {
    let mut led = admitted(facts("a"));
    led.answer("a", applied());
    led.answer("a", Outcome::Verified { differs: vec![] });
    led
}

fn rolling_back() -> Led {
    let mut led = done();
    led.ask(Control::RollBack { units: vec![id("a")], all: false });
    led
}

/// Every place a unit can be in, by the shortest way there.
fn places() -> Vec<(&'static str, Led)> {
    let strong = UnitFacts { gate: Gate::Strong, ..facts("a") };
    let moved = UnitFacts { moved_from: Some(id("old")), backup: backup(), ..facts("a") };
    let deferred = UnitFacts { action: UnitAction::Deferred, ..facts("a") };
    let then = |mut led: Led, outcomes: Vec<Outcome>| {
        for outcome in outcomes {
            led.answer("a", outcome);
        }
        led
    };
    let verified = || Outcome::Verified { differs: vec![] };
    let skip = |mut led: Led| {
        led.ask(Control::Skip { unit: id("a"), reason: "not now".to_owned() });
        led
    };
    let not_yet = Outcome::NotAdmitted {
        code: "window".to_owned(),
        why: "closed".to_owned(),
        said: Said::default(),
        until: None,
    };
    vec![
        ("Pending (upstream not done)", lead(facts("a"), true)),
        ("Waiting (its gate is open)", lead_gated()),
        ("Waiting (removal nobody agreed to)", removal_unagreed()),
        ("Waiting · Admit", approved(facts("a"))),
        ("Waiting (not admitted yet)", then(approved(facts("a")), vec![not_yet])),
        ("Waiting · Plan (the saved plan was stale)", then(admitted(facts("a")), vec![stale()])),
        ("Waiting (back-off after a failed apply)", then(admitted(facts("a")), vec![failed(true)])),
        ("Waiting · Plan (next attempt)", next_attempt()),
        ("Deferred (upstream not done)", lead(deferred.clone(), true)),
        ("Deferred · Plan", approved_deferred(deferred)),
        ("BackingUp · Rekey", admitted(moved.clone())),
        ("BackingUp · Backup", then(admitted(moved), vec![Outcome::Rekeyed])),
        ("Applying · Apply", admitted(facts("a"))),
        ("Applying · Apply (a destroy)", destroying()),
        ("Applying · Inspect", lost()),
        ("Applying · CollectOutputs", then(lost(), vec![found(Inspection::Finished)])),
        ("Verifying · Verify", then(admitted(facts("a")), vec![applied()])),
        ("Verifying · Verify (strong gate)", then(admitted(strong.clone()), vec![applied()])),
        ("Observing", then(admitted(strong), vec![applied(), verified()])),
        ("Done", done()),
        ("Skipped", skip(lead(facts("a"), true))),
        ("Failed", then(admitted(facts("a")), vec![failed(false)])),
        ("Reversing · Admit", rolling_back()),
        ("Reversing · Reverse", then(rolling_back(), vec![admission()])),
        ("Reversed", then(rolling_back(), vec![admission(), reversed()])),
        ("Stuck (outcome unknown)", then(lost(), vec![found(unknown())])),
        ("Stuck (failed undo)", then(rolling_back(), vec![admission(), failed(false)])),
    ]
}

fn lead_gated() -> Led {
    let mut led = lead(facts("a"), false);
    led.approve(&[], &[]);
    led
}

fn removal() -> UnitFacts {
    UnitFacts { action: UnitAction::Destroy, removal: true, gate: Gate::Strong, ..facts("a") }
}

fn removal_unagreed() -> Led {
    let mut led = lead(removal(), false);
    led.approve(&["a"], &[]);
    led
}

fn destroying() -> Led {
    admitted(removal())
}

fn next_attempt() -> Led {
    let mut led = admitted(facts("a"));
    led.answer("a", failed(true));
    led.wait(60);
    led
}

fn approved_deferred(deferred: UnitFacts) -> Led {
    let mut led = lead(deferred, false);
    led.approve(&[], &[]);
    led
}

fn admission() -> Outcome {
    Outcome::Admitted { locks: vec!["unit:test/stack/a".to_owned()] }
}

fn stale() -> Outcome {
    Outcome::Stale { reason: "the state moved on".to_owned() }
}

fn unknown() -> Inspection {
    Inspection::Unknown { reason: "the state file is gone".to_owned() }
}

/// Every input, as far as it concerns one unit.
enum Given {
    Answer(Outcome),
    Ask(Control),
    Intend,
    Start,
    Later,
    News,
}

fn inputs() -> Vec<(&'static str, Given)> {
    let unit = || id("a");
    let reason = || "because".to_owned();
    let new_plan = || UnitFacts { digest: digest("new"), ..facts("a") };
    let answer = Given::Answer;
    let ask = Given::Ask;
    vec![
        ("intended", Given::Intend),
        ("started", Given::Start),
        ("time passes", Given::Later),
        ("news", Given::News),
        ("Gates", answer(Outcome::Gates { gates: Gates::default() })),
        ("Admitted", answer(admission())),
        (
            "NotAdmitted",
            answer(Outcome::NotAdmitted {
                code: "lock".into(),
                why: "held".into(),
                said: Said::default(),
                until: None,
            }),
        ),
        ("Planned Same", answer(planned(facts("a"), Verdict::Same))),
        ("Planned Covered", answer(planned(new_plan(), Verdict::Covered))),
        ("Planned Different", answer(planned(new_plan(), Verdict::Different))),
        ("Planned Unchanged", answer(planned(new_plan(), Verdict::Unchanged))),
        ("Planned Denied", answer(planned(new_plan(), Verdict::Denied { reason: reason() }))),
        ("Planned Waits", answer(planned(new_plan(), Verdict::Waits { reason: reason() }))),
        ("Rekeyed", answer(Outcome::Rekeyed)),
        ("BackedUp", answer(Outcome::BackedUp { references: vec![] })),
        ("Applied", answer(applied())),
        ("Destroyed", answer(Outcome::Destroyed)),
        ("Stale", answer(stale())),
        ("Inspected NotStarted", answer(found(Inspection::NotStarted))),
        ("Inspected Finished", answer(found(Inspection::Finished))),
        ("Inspected Partial", answer(found(Inspection::Partial { found: "half".to_owned() }))),
        ("Inspected Unknown", answer(found(unknown()))),
        ("Verified", answer(Outcome::Verified { differs: vec![] })),
        ("Verified, differs", answer(Outcome::Verified { differs: vec!["x".to_owned()] })),
        ("Reversed", answer(reversed())),
        ("Failed, retryable", answer(failed(true))),
        ("Failed", answer(failed(false))),
        ("Lost", answer(Outcome::Lost)),
        ("NotBegun", answer(Outcome::NotBegun)),
        ("Pause", ask(Control::Pause)),
        ("Resume", ask(Control::Resume)),
        ("Cancel", ask(Control::Cancel { kill: false })),
        ("SignOff", ask(Control::SignOff { units: vec![unit()] })),
        ("Retry", ask(Control::Retry { unit: unit() })),
        ("Skip", ask(Control::Skip { unit: unit(), reason: reason() })),
        ("MarkReversed", ask(Control::MarkReversed { unit: unit(), reason: reason(), commit: None })),
        ("RollBack", ask(Control::RollBack { units: vec![unit()], all: false })),
    ]
}

/// What a unit in a place does with an input; none: refused.
fn cell(place: &str, given: &Given) -> Option<String> {
    let mut led = places().into_iter().find(|(name, _)| *name == place)?.1;
    let accepted = match given {
        Given::Answer(outcome) => {
            led.intend("a");
            let (id, _, _) = led.owed("a")?;
            led.try_give(Input::EffectFinished { id, outcome: outcome.clone() })
        }
        Given::Ask(control) => led.try_ask(control.clone()),
        Given::Intend => {
            let (id, _, issued) = led.owed("a")?;
            led.try_give(Input::EffectIntended { id, issue: issued + 1 })
        }
        Given::Start => {
            led.intend("a");
            let (id, _, _) = led.owed("a")?;
            led.try_give(Input::EffectStarted { id, child: child() })
        }
        Given::Later => {
            led.now += jiff::SignedDuration::from_hours(1);
            led.try_give(Input::Tick)
        }
        Given::News => {
            led.position += 1;
            led.try_give(Input::Recheck { position: led.position })
        }
    };
    accepted.ok().map(|()| led.state("a"))
}

fn table() -> String {
    let mut text =
        String::from("| unit is (· owed effect) | input → unit is | taken, unit stays |\n| --- | --- | --- |\n");
    for (place, led) in places() {
        let here = led.state("a");
        let (mut moves, mut stays) = (Vec::new(), Vec::new());
        for (name, given) in inputs() {
            match cell(place, &given) {
                Some(next) if next != here => moves.push(format!("{name} → **{next}**")),
                Some(_) => stays.push(name),
                None => {}
            }
        }
        let _ = writeln!(text, "| {place} | {} | {} |", moves.join("<br>"), stays.join(", "));
    }
    text
}

#[test]
fn dsl9_every_state_and_input_is_in_the_table() {
    let names: BTreeSet<String> = places().iter().map(|(place, _)| (*place).to_owned()).collect();
    assert_eq!(names.len(), places().len(), "two places with one name");
    for (place, led) in places() {
        assert!(place.starts_with(&led.state("a")), "{place} is really {}", led.state("a"));
    }
    for state in UnitRunState::ALL {
        assert!(names.iter().any(|n| n.starts_with(state.as_str())), "no place shows {state}");
    }
    let file = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("src/transitions.md");
    let now = table();
    if std::env::var_os("XCF_BLESS").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, now, "the table in src/transitions.md is not what the machine does");
    println!("{} places × {} inputs = {} cells", names.len(), inputs().len(), names.len() * inputs().len());
}

#[test]
fn d7_effects_without_engine_take_no_place_and_need_no_intent() {
    let led = approved(facts("a"));
    let (id, effect, _) = led.owed("a").unwrap();
    assert_eq!(effect, Effect::Admit { reverse: false });
    let mut led = led;
    assert!(led.try_give(Input::EffectIntended { id, issue: 1 }).is_err());
}
