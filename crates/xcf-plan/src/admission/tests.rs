use super::*;
use crate::assemble::samples::{change_set, id, now, unit};
use crate::ledger::{Hold, RunRecord, UnitRecord};
use xcf_core::actor::Actor;
use xcf_core::route::Gate;

fn made(name: &str, lifecycle: Lifecycle, region: Option<&str>) -> ChangeUnit {
    let mut unit = unit(name, lifecycle, Gate::Auto);
    unit.region = region.map(str::to_owned);
    change_set(&[unit]).units.remove(0)
}

fn run(id: u64, change_set: u64) -> (RunId, RunRecord) {
    let record = RunRecord {
        id: RunId(id),
        change_set: ChangeSetId(change_set),
        revision: 1,
        requested_by: Actor::system("test"),
        requested_at: now(),
        requested_position: 1,
        accept_not_yet_effective: false,
        started_at: None,
        paused: false,
        cancelling: false,
        finished: None,
        driver: None,
        journal_head: 0,
        units: BTreeMap::new(),
    };
    (RunId(id), record)
}

fn ledger(locks: &[(&str, u64)]) -> Ledger {
    let lock =
        |(name, run): &(&str, u64)| ((*name).to_owned(), LockRecord { run: RunId(*run), unit: None, since: now() });
    // Run 1 and 3 are of the same ChangeSet, 2 is of another.
    Ledger {
        locks: locks.iter().map(lock).collect(),
        runs: [run(1, 1), run(2, 2), run(3, 1)].into(),
        ..Ledger::default()
    }
}

fn ask(unit: &ChangeUnit, ledger: &Ledger, edit: impl FnOnce(&mut World<'_>)) -> Admission {
    let (at_work, limits) = (BTreeMap::new(), Limits::default());
    let mut world = World {
        ledger,
        run: RunId(1),
        change_set: ChangeSetId(1),
        at_work: &at_work,
        limits: &limits,
        not_before: None,
        rolling_back: false,
    };
    edit(&mut world);
    admit(now(), unit, &world)
}

fn code(answer: &Admission) -> &str {
    match answer {
        Admission::Admit { .. } => "admit",
        Admission::WaitUntil { why, .. } | Admission::Blocked { why } => &why.code,
    }
}

#[test]
fn d8_locks_are_the_units_its_former_ids_and_foundations() {
    let mut vpc = made("prod/net/vpc", Lifecycle::Foundation, Some("eu"));
    vpc.moved_from = Some(id("prod/old/vpc"));
    let locks = vec!["unit:prod/net/vpc".to_owned(), "unit:prod/old/vpc".to_owned(), "foundation:prod:eu".to_owned()];
    assert_eq!(ask(&vpc, &ledger(&[]), |_| ()), Admission::Admit { locks });
    let own = ledger(&[("unit:prod/net/vpc", 1), ("foundation:prod:eu", 1)]);
    assert_eq!(code(&ask(&vpc, &own, |_| ())), "admit", "its own run's locks");
}

#[test]
fn d8_a_unit_lock_of_another_run_blocks_even_within_the_change_set() {
    let app = made("prod/app/api", Lifecycle::Applications, None);
    for other in [2, 3] {
        let Admission::Blocked { why } = ask(&app, &ledger(&[("unit:prod/app/api", other)]), |_| ()) else { panic!() };
        assert_eq!((why.code.as_str(), why.run), ("lock", Some(RunId(other))));
        assert!(why.words.contains("unit:prod/app/api"));
    }
    let mut moving = app.clone();
    moving.moved_from = Some(id("prod/old/api"));
    assert_eq!(code(&ask(&moving, &ledger(&[("unit:prod/old/api", 2)]), |_| ())), "lock");
}

#[test]
fn r6_2_a_foundation_lock_blocks_its_environment_and_region_but_not_its_change_set() {
    let app = |region| made("prod/app/api", Lifecycle::Applications, region);
    for (lock, region, expected) in [
        ("foundation:prod", None, "foundation-lock"),
        ("foundation:prod", Some("eu"), "foundation-lock"),
        ("foundation:prod:eu", Some("eu"), "foundation-lock"),
        ("foundation:prod:eu", None, "foundation-lock"),
        ("foundation:prod:us", Some("eu"), "admit"),
        ("foundation:prod-eu", None, "admit"),
        ("foundation:dev", Some("eu"), "admit"),
    ] {
        assert_eq!(code(&ask(&app(region), &ledger(&[(lock, 2)]), |_| ())), expected, "{lock} {region:?}");
        assert_eq!(code(&ask(&app(region), &ledger(&[(lock, 3)]), |_| ())), "admit", "same ChangeSet");
    }
    let vpc = made("prod/net/vpc", Lifecycle::Foundation, None);
    assert_eq!(code(&ask(&vpc, &ledger(&[("foundation:prod:us", 2)]), |_| ())), "foundation-lock");
}

#[test]
fn d8_concurrency_counts_the_run_and_the_engine() {
    let app = made("prod/app/api", Lifecycle::Applications, None);
    let ledger = ledger(&[]);
    let with = |busy: &[(Engine, u32)], per: &[(Engine, u32)]| {
        let (at_work, limits) =
            (busy.iter().copied().collect(), Limits { per_engine: per.iter().copied().collect(), ..Limits::default() });
        let world = World {
            ledger: &ledger,
            run: RunId(1),
            change_set: ChangeSetId(1),
            at_work: &at_work,
            limits: &limits,
            not_before: None,
            rolling_back: false,
        };
        code(&admit(now(), &app, &world)).to_owned()
    };
    assert_eq!(with(&[(Engine::Ansible, 3)], &[]), "admit");
    assert_eq!(with(&[(Engine::Ansible, 3), (Engine::Terraform, 1)], &[]), "concurrency");
    assert_eq!(with(&[(Engine::Terraform, 1)], &[(Engine::Terraform, 1)]), "concurrency");
    assert_eq!(with(&[(Engine::Ansible, 1)], &[(Engine::Terraform, 1)]), "admit");
}

#[test]
fn d6_holds_stop_everything_but_a_rollback_and_backoff_waits_for_its_time() {
    let app = made("prod/app/api", Lifecycle::Applications, None);
    let mut held = ledger(&[]);
    let hold = Hold { since: now(), by: Actor::system("rollback"), reason: "rolled back".to_owned() };
    held.units.insert(app.id.clone(), UnitRecord { hold: Some(hold), ..UnitRecord::default() });
    assert_eq!(code(&ask(&app, &held, |_| ())), "hold");
    assert_eq!(code(&ask(&app, &held, |w| w.rolling_back = true)), "admit");
    let later = now() + jiff::SignedDuration::from_secs(30);
    let free = ledger(&[]);
    let answer = ask(&app, &free, |w| w.not_before = Some(later));
    assert!(matches!(&answer, Admission::WaitUntil { at, .. } if *at == later));
    assert_eq!(code(&ask(&app, &free, |w| w.not_before = Some(now()))), "admit");
}
