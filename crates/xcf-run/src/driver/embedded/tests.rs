//! The embedded driver itself, over a Store and a Performer that can be made to fail at every append.

mod kit;

use kit::{Fault, Made, Rig};
use std::sync::Arc;
use xcf_core::actor::Actor;
use xcf_core::changeset::{ChangeSetState, RunOutcome};
use xcf_core::event::EventKind;
use xcf_core::ids::{ChangeSetId, RunId};
use xcf_core::ports::store::EventLog;

use super::{DriveEnd, DriveError, WhenIdle, control_event};
use crate::driver::journal::{self, JournalError};
use crate::machine::tests::kit::{facts, id, spec};
use crate::machine::{Control, Held, RunSpec, UnitFacts};
use xcf_core::route::Gate;

fn auto(name: &str) -> UnitFacts {
    UnitFacts { gate: Gate::Auto, retries: 0, backoff_seconds: 0, ..facts(name) }
}

fn diamond() -> RunSpec {
    let mut spec = spec(&[
        ("a", UnitFacts { backup: crate::machine::tests::kit::backup(), ..auto("a") }, &[]),
        ("b", auto("b"), &["a"]),
        ("c", auto("c"), &["a"]),
        ("d", auto("d"), &["b", "c"]),
    ]);
    spec.requested_at = 0;
    spec
}

#[tokio::test]
async fn d7_a_run_is_driven_to_its_end_and_its_journal_tells_the_same() {
    let rig = Rig::new();
    let end = rig.drive(Some(diamond()), WhenIdle::Stay).await.unwrap();
    assert_eq!(end, DriveEnd::Finished(RunOutcome::Done));
    assert_eq!(rig.world.lines(), ["a", "b", "c", "d"].map(|u| (id(u), 1)).into());
    let read = journal::load(&*rig.store, RunId(1)).await.unwrap().unwrap();
    assert_eq!(read.run().finished, Some(RunOutcome::Done));
    assert!(rig.store.holders().is_empty(), "the lease is given back");
}

/// Kills the driver after (or right before) every single append, lets another one take over, and looks at the units' own lines.
#[tokio::test]
async fn d7_a_crash_at_any_append_applies_nothing_twice_and_loses_nothing() {
    let appends = {
        let rig = Rig::new();
        rig.drive(Some(diamond()), WhenIdle::Stay).await.unwrap();
        rig.store.appends()
    };
    assert!(appends >= 29, "{appends}");
    for at in 1..=appends {
        for durable in [false, true] {
            for process in [Made::Survives, Made::DiesBefore, Made::DiesHalfway, Made::DiesAfter] {
                let rig = Rig::new();
                rig.world.on_crash(process);
                rig.store.fail_at(at, Fault::Io { durable });
                let died = rig.drive(Some(diamond()), WhenIdle::Stay).await;
                rig.world.crash();
                if let Err(error) = died {
                    assert!(matches!(error, DriveError::Store { .. }), "append {at}: {error}");
                }
                let end = rig.drive(Some(diamond()), WhenIdle::Stay).await;
                let told = format!("append {at}, durable {durable}, process {process:?}");
                match end {
                    Ok(end) => assert_eq!(end, DriveEnd::Finished(RunOutcome::Done), "{told}"),
                    Err(error) => panic!("{told}: {error}"),
                }
                assert_eq!(rig.world.lines(), ["a", "b", "c", "d"].map(|u| (id(u), 1)).into(), "{told}");
                assert_eq!(rig.world.most_at_once(), 1, "{told}: two engines on one unit");
            }
        }
    }
}

/// However many drivers die right after they journalled the engine's parent: nothing began, and nobody needs to be asked.
#[tokio::test]
async fn d7_drivers_that_die_before_the_go_never_make_a_unit_stuck() {
    let rig = Rig::new();
    rig.world.on_crash(Made::DiesBefore);
    let mut one = spec(&[("a", auto("a"), &[])]);
    one.requested_at = 0;
    rig.world.panic_after("nobody");
    for life in 0..45 {
        rig.store.fail_at(usize::MAX, Fault::After(EventKind::EffectStarted));
        let died = rig.drive(Some(one.clone()), WhenIdle::Leave).await;
        assert!(matches!(died, Err(DriveError::Store { .. })), "life {life}: {died:?}");
        rig.world.crash();
    }
    assert_eq!(rig.world.lines(), [].into());
    assert_eq!(rig.drive(None, WhenIdle::Leave).await.unwrap(), DriveEnd::Finished(RunOutcome::Done));
    assert_eq!(rig.world.lines(), [(id("a"), 1)].into());
}

#[tokio::test]
async fn d8_a_fenced_driver_stops_and_journals_nothing_more() {
    for at in [3, 9, 15] {
        let rig = Rig::new();
        rig.store.fail_at(at, Fault::Fenced);
        let end = rig.drive(Some(diamond()), WhenIdle::Stay).await.unwrap();
        assert_eq!(end, DriveEnd::Fenced);
        assert_eq!(rig.store.appends(), at, "nothing was appended after the fence");
    }
}

#[tokio::test]
async fn d8_one_process_drives_a_run() {
    let rig = Rig::new();
    let first = rig.open(Some(diamond()), WhenIdle::Stay).await.unwrap();
    let second = rig.open_as("other", Some(diamond()), WhenIdle::Stay).await;
    assert!(matches!(second, Err(DriveError::Driven { .. })));
    drop(first);
}

#[tokio::test]
async fn d7_controls_and_approvals_from_other_processes_are_heard() {
    let rig = Rig::new();
    let mut gated = spec(&[("a", UnitFacts { gate: Gate::Strong, ..auto("a") }, &[])]);
    gated.requested_at = 0;
    let end = rig.drive(Some(gated), WhenIdle::LeaveToPeople).await.unwrap();
    assert_eq!(end, DriveEnd::Idle(ChangeSetState::AwaitingApproval, Held::Person));
    // While nobody drives, somebody approves, and somebody asks for a pause and goes on again.
    rig.world.approve("a");
    rig.approved().await;
    for control in [Control::Pause, Control::Resume, Control::Retry { unit: id("a") }] {
        rig.ask(control).await;
    }
    let asked = rig.store.text().lines().count() as u64;
    let end = rig.drive(None, WhenIdle::LeaveToPeople).await.unwrap();
    assert_eq!(end, DriveEnd::Idle(ChangeSetState::Observing, Held::Person));
    assert!(*rig.heard.borrow() >= asked, "it tells that it has heard what was asked before it came");
    rig.ask(Control::SignOff { units: vec![] }).await;
    assert_eq!(rig.drive(None, WhenIdle::LeaveToPeople).await.unwrap(), DriveEnd::Finished(RunOutcome::Done));
    // The retry did not fit: it is recorded as refused, and never taken later.
    let text = rig.store.text();
    assert_eq!(text.matches("control-refused").count(), 1, "{text}");
}

#[tokio::test]
async fn d7_a_cancel_reaches_the_engines_and_the_run_ends() {
    let rig = Rig::new();
    rig.world.hang("a");
    let mut one = spec(&[("a", auto("a"), &[]), ("b", auto("b"), &["a"])]);
    one.requested_at = 0;
    let driving = rig.spawn(Some(one), WhenIdle::Stay).await;
    rig.world.until_hanging("a").await;
    rig.ask(Control::Cancel { kill: false }).await;
    assert_eq!(driving.await.unwrap().unwrap(), DriveEnd::Finished(RunOutcome::Cancelled));
    assert!(rig.store.text().contains("half of it"), "what is left behind stands in the log");
}

#[tokio::test]
async fn d7_leaving_keeps_the_engine_and_the_next_driver_adopts_it() {
    let rig = Rig::new();
    rig.world.hang("a");
    let mut one = spec(&[("a", auto("a"), &[])]);
    one.requested_at = 0;
    let driving = rig.spawn(Some(one), WhenIdle::Stay).await;
    rig.world.until_hanging("a").await;
    rig.leave.cancel();
    assert_eq!(driving.await.unwrap().unwrap(), DriveEnd::Left(ChangeSetState::Applying));
    rig.world.let_go("a");
    let rig = rig.again();
    assert_eq!(rig.drive(None, WhenIdle::Stay).await.unwrap(), DriveEnd::Finished(RunOutcome::Done));
    assert_eq!(rig.world.lines(), [(id("a"), 1)].into());
}

#[tokio::test]
async fn d7_a_panicking_performer_is_inspected_not_repeated() {
    let rig = Rig::new();
    rig.world.panic_after("a");
    let mut one = spec(&[("a", auto("a"), &[])]);
    one.requested_at = 0;
    assert_eq!(rig.drive(Some(one), WhenIdle::Stay).await.unwrap(), DriveEnd::Finished(RunOutcome::Done));
    assert_eq!(rig.world.lines(), [(id("a"), 1)].into());
}

#[tokio::test]
async fn d9_a_damaged_or_newer_journal_starts_nothing() {
    type Harm = fn(&mut Vec<xcf_core::event::Event>);
    let harms: [(&str, Harm); 6] = [
        ("an entry is missing", |log| {
            let at = log.iter().position(|e| e.event.kind.as_str() == "run.started").unwrap();
            log.remove(at);
        }),
        ("an entry can't be read", |log| {
            let found = log.iter_mut().rfind(|e| e.event.data.get("seq").is_some());
            found.unwrap().event.data["input"]["input"] = "what".into();
        }),
        ("the end is cut off", |log| drop(log.pop())),
        ("an event was changed", |log| {
            let found = log.iter_mut().find(|e| e.event.kind.as_str() == "unit.waiting");
            found.unwrap().event.kind = xcf_core::event::EventKind::UnitDone;
        }),
        ("a newer entry", |log| log.last_mut().unwrap().event.version = 99),
        ("a newer run", |log| log[0].event.data["input"]["spec"]["revision"] = 99.into()),
    ];
    for (name, harm) in harms {
        let rig = Rig::new();
        let mut gated = spec(&[("a", facts("a"), &[])]);
        gated.requested_at = 0;
        rig.drive(Some(gated), WhenIdle::LeaveToPeople).await.unwrap();
        rig.store.harm(|log| {
            log.retain(|e| !e.event.kind.as_str().starts_with("driver."));
            harm(log);
        });
        let before = rig.store.appends();
        let refused = rig.drive(None, WhenIdle::LeaveToPeople).await;
        assert!(
            matches!(&refused, Err(DriveError::Journal(JournalError::Damaged { .. } | JournalError::TooNew { .. }))),
            "{name}: {refused:?}"
        );
        assert_eq!(rig.store.appends(), before, "{name}");
    }
    let rig = Rig::new();
    assert!(matches!(rig.drive(None, WhenIdle::Stay).await, Err(DriveError::NeverBegun(_))));
}

#[tokio::test]
async fn d7_without_a_renewed_lease_nothing_is_started() {
    let rig = Rig::new();
    // A lease so short that it is stale before anything can be issued; renewals come at a sixth of it, and fail.
    rig.store.fail_renewals();
    let driving = rig.spawn_with_ttl(Some(diamond()), std::time::Duration::from_nanos(3)).await;
    let log = Arc::clone(&rig.store);
    // The control is journalled (that is fenced), but no effect is intended.
    log.append(vec![control_event(RunId(1), ChangeSetId(1), &Control::Pause, Actor::system("test"), rig.now())], None)
        .await
        .unwrap();
    rig.store.until("run.stepped").await;
    rig.leave.cancel();
    assert!(matches!(driving.await.unwrap().unwrap(), DriveEnd::Left(_)));
    assert!(!rig.store.text().contains("effect.intended"));
    assert_eq!(rig.world.lines(), [].into());
}
