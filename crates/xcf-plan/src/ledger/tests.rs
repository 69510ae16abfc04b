use super::*;
use jiff::{Span, Timestamp};
use serde_json::{Value, json};
use xcf_core::actor::Actor;
use xcf_core::changeset::{ChangeSetState as State, UnitRunState};
use xcf_core::event::{NewEvent, StreamId};
use xcf_core::ids::Digest;

const CS: ChangeSetId = ChangeSetId(1);
const RUN: RunId = RunId(1);

fn t(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap() + Span::new().minutes(minutes)
}

fn unit(name: &str) -> UnitId {
    format!("prod/net/{name}").parse().unwrap()
}

fn digest(text: &str) -> Digest {
    xcf_core::digest::sha256(text.as_bytes())
}

/// A log that is written event by event.
#[derive(Default)]
struct Log {
    events: Vec<Event>,
    minute: i64,
}

impl Log {
    fn push(&mut self, kind: EventKind, id: Option<&UnitId>, run: Option<RunId>, data: Value) -> &mut Self {
        self.minute += 1;
        let event = NewEvent {
            stream: StreamId::workspace(),
            kind,
            version: 1,
            at: t(self.minute),
            actor: Actor::system("test"),
            change_set: Some(CS),
            run,
            unit: id.cloned(),
            data,
        };
        self.events.push(Event { position: self.events.len() as u64 + 1, hash: String::new(), event });
        self
    }
    fn created(&mut self) -> &mut Self {
        let data = json!({"environment": "prod", "change_id": "feature", "kind": "change", "title": "T"});
        self.push(EventKind::ChangeSetCreated, None, None, data)
    }
    fn planned(&mut self, revision: u32, tweak: impl FnOnce(&mut Value)) -> &mut Self {
        let mut summary = json!({"environment": "prod", "change_id": "feature", "kind": "change", "title": "T", "commit": "c1",
            "created_by": "ann", "needs_approval": true, "runnable": 2, "planned_at": t(0), "expires_at": t(720)});
        tweak(&mut summary);
        let data = json!({"blob": "b", "revision": revision, "digest": digest("cs"), "units": {}, "summary": summary});
        self.push(EventKind::ChangeSetPlanned, None, None, data)
    }
    fn approved(&mut self, revision: u32) -> &mut Self {
        self.push(EventKind::ChangeSetApproved, None, None, json!({"revision": revision}))
    }
    fn approval(&mut self, person: &str, expires: Timestamp) -> &mut Self {
        let statement = json!({"v": 1, "workspace": "w", "change_set": "CS-1", "units": {}, "gate": "approve", "role": "dba",
            "policy_digest": digest("p"), "person": person, "at": t(0), "expires": expires});
        let data = json!({"statement": statement, "key": null, "signature": null, "solo": true});
        self.push(EventKind::ApprovalGiven, None, None, data)
    }
    fn running(&mut self) -> &mut Self {
        let asked = json!({"run": "R-1", "change_set": "CS-1", "accept_not_yet_effective": false});
        self.push(EventKind::RunRequested, None, Some(RUN), asked);
        self.push(EventKind::DriverTaken, None, Some(RUN), json!({"holder": "h", "fence": 1}));
        self.push(EventKind::RunStarted, None, Some(RUN), json!({"seq": 1, "input": {}}))
    }
    fn of(&mut self, kind: EventKind, name: &str, data: Value) -> &mut Self {
        self.push(kind, Some(&unit(name)), Some(RUN), data)
    }
    fn admitted(&mut self, name: &str) -> &mut Self {
        self.of(EventKind::UnitAdmitted, name, json!({"locks": [format!("unit:prod/net/{name}")]}))
    }
    fn applied(&mut self, name: &str, commit: &str) -> &mut Self {
        let data = json!({"engine": "terraform", "engine_version": "1", "commit": commit, "inputs_digest": digest(commit),
            "unit_digest": digest("u"), "outputs": "o", "output_digests": {}, "sensitive_outputs": [], "inputs": "i",
            "recipe": {}, "way_back": null, "state_serial": null, "attempt": 1});
        self.of(EventKind::UnitApplied, name, data)
    }
    fn fold(&self) -> Ledger {
        Ledger::fold(&self.events).unwrap()
    }
    fn state(&self) -> State {
        self.fold().status(CS, t(self.minute)).unwrap().state
    }
}

fn start() -> Log {
    let mut log = Log::default();
    log.created().planned(1, |_| {});
    log
}

fn running() -> Log {
    let mut log = start();
    log.approved(1).running();
    log
}

#[test]
fn d9_positions_versions_and_payloads_are_judged_and_an_error_changes_nothing() {
    let log = start();
    let mut ledger = log.fold();
    let before = ledger.clone();
    let mut gap = log.events[0].clone();
    gap.position = 9;
    assert!(matches!(ledger.apply(&gap), Err(LedgerError::Gap { after: 2, found: 9 })));
    let mut newer = log.events[0].clone();
    (newer.position, newer.event.version) = (3, 2);
    assert!(matches!(ledger.apply(&newer), Err(LedgerError::TooNew { position: 3, .. })));
    let mut bad = log.events[1].clone();
    (bad.position, bad.event.data) = (3, json!({"revision": "two"}));
    assert!(matches!(ledger.apply(&bad), Err(LedgerError::Malformed { .. })));
    let mut orphan = log.events[1].clone();
    (orphan.position, orphan.event.change_set) = (3, Some(ChangeSetId(7)));
    assert!(matches!(ledger.apply(&orphan), Err(LedgerError::Unknown { .. })));
    assert_eq!(ledger, before);
}

#[test]
fn d9_ledger_survives_serialisation() {
    let mut log = running();
    log.admitted("a").applied("a", "c1");
    let ledger = log.fold();
    let text = serde_json::to_string(&ledger).unwrap();
    assert_eq!(serde_json::from_str::<Ledger>(&text).unwrap(), ledger);
}

#[test]
fn dsl7_dirty_from_admission_until_applied_or_reversed() {
    let mut log = running();
    log.admitted("a");
    assert!(log.fold().units[&unit("a")].dirty, "an attempt that did not end");
    log.of(EventKind::EffectIntended, "a", json!({"seq": 2, "input": {}, "action": "apply", "attempt": 1}));
    log.of(EventKind::UnitFailed, "a", json!({"code": "engine-failed", "message": "m", "attempt": 1}));
    let record = log.fold().units[&unit("a")].clone();
    assert!(record.dirty && record.is_pending(&digest("any")) && record.failure.is_some());
    log.admitted("a").applied("a", "c1");
    let record = log.fold().units[&unit("a")].clone();
    assert!(!record.dirty && record.failure.is_none());
    assert!(!record.is_pending(&digest("c1")) && record.is_pending(&digest("c2")));
    log.of(EventKind::UnitFailed, "a", json!({"code": "not-verified"}));
    assert!(log.fold().units[&unit("a")].dirty, "its check failed after the apply");
}

#[test]
fn dsl7_admitted_but_never_tried_is_as_before() {
    let mut log = running();
    log.admitted("a").of(EventKind::UnitSkipped, "a", json!({"reason": "equal"}));
    assert!(!log.fold().units[&unit("a")].dirty);
    log.admitted("b").of(EventKind::EffectIntended, "b", json!({"seq": 2, "input": {}, "action": "apply"}));
    log.of(EventKind::UnitSkipped, "b", json!({"reason": "by a person"}));
    assert!(log.fold().units[&unit("b")].dirty, "something was tried");
    log.of(EventKind::UnitFailed, "c", json!({"code": "x"}));
    assert!(!log.fold().units[&unit("c")].dirty, "failed before it was admitted");
}

#[test]
fn dsl7_unchanged_updates_the_digest_but_not_dirty() {
    let mut log = running();
    log.admitted("a").applied("a", "c1");
    log.push(EventKind::UnitUnchanged, Some(&unit("a")), None, json!({"inputs_digest": digest("c2"), "commit": "c2"}));
    let record = log.fold().units[&unit("a")].clone();
    assert!(!record.is_pending(&digest("c2")) && record.is_pending(&digest("c1")));
    log.admitted("b").of(EventKind::UnitFailed, "b", json!({"code": "x", "attempt": 1}));
    log.push(EventKind::UnitUnchanged, Some(&unit("b")), None, json!({"inputs_digest": digest("c2"), "commit": "c2"}));
    assert!(log.fold().units[&unit("b")].is_pending(&digest("c2")));
}

#[test]
fn dsl2_move_rekeys_the_record_and_never_merges_two() {
    let mut log = running();
    log.admitted("a").applied("a", "c1").of(EventKind::UnitDone, "a", json!({}));
    log.admitted("b").of(EventKind::UnitMoved, "b", json!({"from": unit("a"), "to": unit("b")}));
    log.of(EventKind::UnitDone, "b", json!({}));
    let ledger = log.fold();
    assert!(!ledger.units.contains_key(&unit("a")));
    let moved = &ledger.units[&unit("b")];
    assert!(moved.applied.is_some() && !moved.dirty && moved.former_ids == [unit("a")]);
    log.admitted("c").applied("c", "c1");
    log.of(EventKind::UnitMoved, "c", json!({"from": unit("b"), "to": unit("c")}));
    let ledger = log.fold();
    assert!(ledger.units[&unit("b")].applied.is_some() && ledger.units[&unit("c")].applied.is_some());
    assert_eq!(ledger.anomalies.len(), 1);
}

#[test]
fn d6_reverse_brings_the_former_record_back_or_none() {
    let mut log = running();
    log.admitted("a").applied("a", "c1").applied("a", "c2");
    log.of(EventKind::UnitReversed, "a", json!({"commit": "c1", "reason": "breach"}));
    assert_eq!(log.fold().units[&unit("a")].applied.as_ref().unwrap().record.commit, "c1".into());
    log.of(EventKind::UnitReversed, "a", json!({"commit": null, "reason": "breach"}));
    assert!(log.fold().units[&unit("a")].applied.is_none());
    log.admitted("b").applied("b", "c1").of(EventKind::UnitReversed, "b", json!({"commit": "c0", "reason": "r"}));
    assert!(log.fold().units[&unit("b")].dirty, "the record of that meaning is not there");
}

#[test]
fn dsl7_destroyed_units_hold_nothing() {
    let mut log = running();
    log.admitted("a").applied("a", "c1").admitted("a").of(EventKind::UnitDestroyed, "a", json!({}));
    let record = log.fold().units[&unit("a")].clone();
    assert!(!record.may_exist() && record.destroyed.is_some() && record.first_applied.is_none());
}

#[test]
fn d8_locks_belong_to_a_run_and_end_by_its_events_or_by_force() {
    let mut log = running();
    log.admitted("a").admitted("b").admitted("a");
    assert_eq!(log.fold().locks.len(), 2);
    log.of(EventKind::LockReleased, "a", json!({"locks": ["unit:prod/net/a"]}));
    log.push(EventKind::LockForced, None, None, json!({"lock": "unit:prod/net/b", "reason": "dead host"}));
    assert!(log.fold().locks.is_empty());
    log.admitted("c");
    log.push(EventKind::UnitAdmitted, Some(&unit("c")), Some(RUN), json!({"locks": ["unit:prod/net/c"]}));
    log.push(EventKind::RunFinished, None, Some(RUN), json!({"outcome": "cancelled"}));
    let ledger = log.fold();
    assert!(ledger.locks.is_empty() && ledger.anomalies.is_empty());
}

#[test]
fn d8_a_lock_taken_twice_stays_with_its_first_holder() {
    let mut log = running();
    log.admitted("a");
    let asked = json!({"run": "R-2", "change_set": "CS-1", "accept_not_yet_effective": false});
    log.push(EventKind::RunRequested, None, Some(RunId(2)), asked);
    let locks = json!({"locks": ["unit:prod/net/a"]});
    log.push(EventKind::UnitAdmitted, Some(&unit("a")), Some(RunId(2)), locks.clone());
    log.push(EventKind::LockReleased, None, Some(RunId(2)), locks);
    let ledger = log.fold();
    assert_eq!(ledger.locks["unit:prod/net/a"].run, RUN);
    assert_eq!(ledger.anomalies.len(), 2);
}

#[test]
fn dsl9_states_before_a_run() {
    assert_eq!(start().state(), State::AwaitingApproval);
    let with = |tweak: fn(&mut Value)| {
        let mut log = Log::default();
        log.created().planned(1, tweak);
        log.state()
    };
    assert_eq!(with(|s| s["worktree"] = json!(true)), State::Draft);
    assert_eq!(with(|s| s["denied"] = json!(true)), State::Denied);
    assert_eq!(with(|s| s["runnable"] = json!(0)), State::Planned);
    assert_eq!(with(|s| s["needs_approval"] = json!(false)), State::Approved);
    let mut log = start();
    log.approved(1);
    assert_eq!(log.state(), State::Approved);
    log.push(
        EventKind::RunRequested,
        None,
        Some(RUN),
        json!({"run": "R-1", "change_set": "CS-1", "accept_not_yet_effective": false}),
    );
    assert_eq!(log.state(), State::Queued);
    assert!(log.fold().status(CS, t(9)).unwrap().waiting_for_driver);
}

#[test]
fn dsl10_unapproved_plans_expire_and_approvals_lapse() {
    let log = start();
    let at = |log: &Log, now| log.fold().status(CS, now).unwrap().state;
    assert_eq!(at(&log, t(719)), State::AwaitingApproval);
    assert_eq!(at(&log, t(720)), State::Expired);
    let mut log = start();
    log.approval("bob", t(900)).approved(1);
    assert_eq!(at(&log, t(800)), State::Approved, "an approved plan does not expire");
    assert_eq!(at(&log, t(900)), State::Expired, "its approval has lapsed and the plan is old");
    log.push(EventKind::ApprovalRevoked, None, None, json!({"person": "bob", "role": "dba", "reason": "no"}));
    assert_eq!(log.state(), State::AwaitingApproval);
}

#[test]
fn dsl9_a_new_revision_needs_its_own_judgement() {
    let mut log = start();
    log.approved(1).planned(2, |_| {});
    assert_eq!(log.state(), State::AwaitingApproval);
    log.approved(2);
    assert_eq!(log.state(), State::Approved);
}

#[test]
fn dsl9_a_final_state_never_reopens() {
    let mut log = start();
    let ledger = log.fold();
    assert!(ledger.open_change_set(&"prod".into(), &"feature".into()).is_some());
    log.push(EventKind::ChangeSetRejected, None, None, json!({"reason": "no"}));
    log.planned(2, |_| {}).approved(2).push(EventKind::ChangeSetClosed, None, None, json!({}));
    assert_eq!(log.state(), State::Rejected);
    assert!(log.fold().open_change_set(&"prod".into(), &"feature".into()).is_none());
}

#[test]
fn dsl9_running_states_first_match() {
    let mut log = running();
    assert_eq!(log.state(), State::Queued);
    log.of(EventKind::UnitWaiting, "a", json!({"why": "w", "code": "approval"}));
    assert_eq!(log.state(), State::AwaitingApproval);
    log.of(EventKind::UnitFailed, "b", json!({"code": "x", "message": "m"}));
    assert_eq!(log.state(), State::AwaitingApproval, "a gate is open beside a failed unit");
    log.admitted("a");
    assert_eq!(log.state(), State::Applying);
    log.applied("a", "c1").of(EventKind::ObservationStarted, "a", json!({}));
    assert_eq!(log.state(), State::Failed);
    log.of(EventKind::UnitSkipped, "b", json!({}));
    assert_eq!(log.state(), State::Observing);
    log.push(EventKind::RunPaused, None, Some(RUN), json!({}));
    assert_eq!(log.state(), State::Paused);
    log.push(EventKind::RunCancelling, None, Some(RUN), json!({}));
    assert_eq!(log.state(), State::Cancelling);
    log.of(EventKind::EffectIntended, "a", json!({"seq": 5, "input": {}, "action": "reverse"}));
    assert_eq!(log.state(), State::RollingBack);
    log.of(EventKind::UnitStuck, "c", json!({"reason": "unknown"}));
    let status = log.fold().status(CS, t(50)).unwrap();
    assert_eq!((status.state, status.why.as_str()), (State::Stuck, "prod/net/c: unknown"));
}

#[test]
fn dsl9_finished_runs() {
    for (outcome, state) in
        [("done", State::Closed), ("cancelled", State::Cancelled), ("rolled-back", State::RolledBack)]
    {
        let mut log = running();
        log.push(EventKind::RunFinished, None, Some(RUN), json!({"outcome": outcome}));
        assert_eq!(log.state(), state);
        assert!(log.state().is_final());
    }
    let mut log = running();
    log.push(EventKind::RunFinished, None, Some(RUN), json!({"outcome": "failed"}));
    assert_eq!(log.state(), State::Failed);
    log.planned(2, |_| {}).approved(2);
    assert_eq!(log.state(), State::Approved, "the newer plan has not been run");
}

#[test]
fn d9_journal_head_and_unit_states() {
    let mut log = running();
    log.push(EventKind::RunStepped, None, Some(RUN), json!({"seq": 7, "input": {}}));
    log.of(EventKind::UnitWaiting, "a", json!({"why": "w", "code": "backoff", "attempt": 2, "of": 3}));
    let run = &log.fold().runs[&RUN];
    assert_eq!(run.journal_head, 7);
    let record = &run.units[&unit("a")];
    assert_eq!((record.state, record.waiting.as_ref().unwrap().attempt), (UnitRunState::Waiting, Some(2)));
    log.push(EventKind::RunStepped, None, Some(RUN), json!({"input": {}}));
    assert!(matches!(Ledger::fold(&log.events), Err(LedgerError::Malformed { .. })));
}

#[test]
fn d9_what_is_tried_tells_the_state_and_a_second_attempt_ends_the_wait() {
    let mut log = running();
    let tried = |log: &mut Log, action: &str| {
        log.of(EventKind::EffectIntended, "a", json!({"seq": 2, "input": {}, "action": action, "attempt": 2}));
        log.fold().runs[&RUN].units[&unit("a")].state
    };
    log.admitted("a");
    assert_eq!(tried(&mut log, "backup"), UnitRunState::BackingUp);
    assert!(!log.fold().units[&unit("a")].attempt.as_ref().unwrap().begun, "a backup changes nothing");
    log.of(EventKind::UnitWaiting, "a", json!({"why": "w", "code": "backoff"}));
    assert_eq!(tried(&mut log, "plan"), UnitRunState::Waiting);
    assert_eq!(tried(&mut log, "apply"), UnitRunState::Applying);
    let ledger = log.fold();
    assert!(ledger.runs[&RUN].units[&unit("a")].waiting.is_none());
    assert!(ledger.units[&unit("a")].attempt.as_ref().unwrap().begun);
}

#[test]
fn d6_holds_are_kept_until_cleared() {
    let mut log = running();
    log.push(EventKind::HoldSet, Some(&unit("a")), None, json!({"reason": "rolled back"}));
    assert_eq!(log.fold().units[&unit("a")].hold.as_ref().unwrap().reason, "rolled back");
    log.push(EventKind::HoldCleared, Some(&unit("a")), None, json!({}));
    assert!(log.fold().units[&unit("a")].hold.is_none());
}

#[test]
fn d9_a_long_log_folds_to_what_it_names() {
    let mut log = running();
    for step in 0..20_000_u64 {
        let name = format!("u{}", step % 500);
        log.push(EventKind::RunStepped, None, Some(RUN), json!({"seq": step + 2, "input": {"tick": step}}));
        log.of(EventKind::UnitWaiting, &name, json!({"why": "w", "code": "lock"}));
        log.admitted(&name).applied(&name, "c1");
        log.of(EventKind::LockReleased, &name, json!({"locks": [format!("unit:prod/net/{name}")]}));
    }
    let ledger = log.fold();
    assert_eq!(ledger.position, log.events.len() as u64);
    assert_eq!(ledger.units.len(), 500);
    assert!(ledger.locks.is_empty() && ledger.anomalies.is_empty());
}
