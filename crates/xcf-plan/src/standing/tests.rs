use super::*;
use crate::assemble::samples::now;
use crate::ledger::{AppliedRecord, Hold};
use xcf_core::actor::Actor;
use xcf_core::digest::sha256;
use xcf_core::event::{UnitApplied, UnitFailed, UnitWaiting};
use xcf_core::route::Engine;

fn applied() -> UnitRecord {
    let record = UnitApplied {
        engine: Engine::Terraform,
        engine_version: "1".to_owned(),
        commit: "c".into(),
        inputs_digest: sha256(b"i"),
        unit_digest: sha256(b"u"),
        outputs: "o".into(),
        output_digests: Default::default(),
        sensitive_outputs: Vec::new(),
        inputs: "i".into(),
        recipe: serde_json::Value::Null,
        way_back: None,
        state_serial: None,
        attempt: 1,
    };
    UnitRecord {
        applied: Some(AppliedRecord { record, position: 1, at: now(), run: None, change_set: None }),
        ..UnitRecord::default()
    }
}

fn in_run(state: S, code: &str) -> RunUnitRecord {
    let waiting = Some(UnitWaiting { code: code.to_owned(), ..UnitWaiting::default() });
    RunUnitRecord { state, since: now(), waiting, attempt: 0, planned: None, failure: None, note: String::new() }
}

fn of(facts: StandingFacts<'_>) -> Standing {
    standing(&facts)
}

#[test]
fn ui4_standing_is_the_first_match() {
    let mut record = applied();
    let mut facts = StandingFacts { pending: Some(false), ..StandingFacts::default() };
    assert_eq!(of(StandingFacts { unassembled: true, ..facts }), Standing::Unassembled);
    facts.record = Some(&record);
    assert_eq!(of(facts), Standing::Healthy);
    assert_eq!(of(StandingFacts { pending: Some(true), ..facts }), Standing::PendingChange);
    assert_eq!(of(StandingFacts { expired: true, ..facts }), Standing::Expired);
    assert_eq!(of(StandingFacts { draft: true, pending: Some(true), ..facts }), Standing::DraftChange);
    assert_eq!(
        of(StandingFacts { change_set: Some(ChangeSetState::AwaitingApproval), ..facts }),
        Standing::AwaitingApproval
    );
    assert_eq!(of(StandingFacts { change_set: Some(ChangeSetState::Queued), ..facts }), Standing::Queued);
    for (state, code, expected) in [
        (S::Waiting, "approval", Standing::AwaitingApproval),
        (S::Waiting, "lock", Standing::Queued),
        (S::Pending, "", Standing::Queued),
        (S::Applying, "", Standing::Applying),
        (S::Verifying, "", Standing::Applying),
        (S::Observing, "", Standing::Observing),
        (S::Failed, "", Standing::Failed),
        (S::Stuck, "", Standing::Stuck),
        (S::Done, "", Standing::Healthy),
    ] {
        let run = in_run(state, code);
        let change_set = Some(ChangeSetState::Applying);
        assert_eq!(of(StandingFacts { in_run: Some(&run), change_set, ..facts }), expected, "{state}");
    }
    record.drift = Some(DriftMark::Found { at: now() });
    assert_eq!(
        of(StandingFacts { record: Some(&record), pending: Some(true), ..StandingFacts::default() }),
        Standing::Drift
    );
    record.drift = Some(DriftMark::Corrected { at: now() });
    assert_eq!(
        of(StandingFacts { record: Some(&record), pending: Some(false), ..StandingFacts::default() }),
        Standing::Corrected
    );
    record.hold = Some(Hold { since: now(), by: Actor::system("x"), reason: String::new() });
    let run = in_run(S::Applying, "");
    assert_eq!(
        of(StandingFacts { record: Some(&record), in_run: Some(&run), ..StandingFacts::default() }),
        Standing::OnHold
    );
    (record.failure, record.dirty) = (Some(UnitFailed::default()), true);
    assert_eq!(of(StandingFacts { record: Some(&record), ..StandingFacts::default() }), Standing::Failed);
    record.stuck = Some("x".to_owned());
    assert_eq!(of(StandingFacts { record: Some(&record), ..StandingFacts::default() }), Standing::Stuck);
    assert_eq!(
        of(StandingFacts { record: Some(&record), unresolved: true, ..StandingFacts::default() }),
        Standing::Unresolved
    );
    assert_eq!(
        of(StandingFacts { record: Some(&record), unresolved: true, broken: true, ..StandingFacts::default() }),
        Standing::BrokenFile
    );
}

#[test]
fn d2_8_nothing_is_claimed_without_a_look() {
    let record = applied();
    assert_eq!(of(StandingFacts::default()), Standing::Unknown);
    assert_eq!(of(StandingFacts { pending: Some(false), ..StandingFacts::default() }), Standing::Unknown);
    assert_eq!(of(StandingFacts { record: Some(&record), ..StandingFacts::default() }), Standing::Unknown);
}
