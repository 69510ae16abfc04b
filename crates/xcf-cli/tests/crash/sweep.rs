//! SIGKILL at every append of one run; what the engines really did is counted outside the product.

use crate::world::{Ended, World};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

const SIGKILL: i32 = 9;

/// What must be there at the end: units and the resources in the state of each.
pub struct Wanted {
    pub units: &'static [&'static str],
    pub resource: &'static str,
}

/// Kills a run at one point and brings it to its end. False: the run was over before the point.
pub fn crash_at(world: &World, wanted: &Wanted, point: &str) -> bool {
    let first = world.dying(point, &["apply", "CS-1"]);
    if first.signal != Some(SIGKILL) {
        first.exits(0);
        complete(world, wanted, point);
        return false;
    }
    let left = world.status();
    if left["changeSet"]["run"].is_null() {
        // Killed before the run was asked for: it is asked for now.
        world.xcf(&["apply", "CS-1"]).exits(0);
    } else if left["changeSet"]["status"] != "Closed" {
        // One resume, without a retry, is all it takes.
        let resumed = world.xcf(&["resume", "CS-1"]);
        assert_eq!(resumed.code, Some(0), "{point}: {}{}\n{:#}", resumed.out, resumed.err, world.status()["run"]);
    }
    complete(world, wanted, point);
    true
}

/// Every driver lives for `appends` appends only, until the run is over; gives how many drivers it took.
pub fn short_lives(template: &World, wanted: &Wanted, appends: u64) -> u32 {
    let world = template.copy();
    let point = format!("after:{appends}");
    let mut last: Ended = world.dying(&point, &["apply", "CS-1"]);
    let mut drivers = 1;
    while last.signal == Some(SIGKILL) {
        assert!(drivers < 300, "no progress with {appends} appends a life: {:#}", world.status()["run"]);
        last = world.dying(&point, &["resume", "CS-1"]);
        drivers += 1;
    }
    // A run whose last append was its end is over although its driver was killed at it.
    assert!(last.code == Some(0) || last.err.contains("no-run"), "{last:?}");
    complete(&world, wanted, &point);
    drivers
}

/// In a world for each, `planned`, sweeps points from `first` on, `step` apart, on `threads` threads, until the run outlives the point.
pub fn sweep(
    planned: &(dyn Fn() -> World + Sync),
    wanted: &Wanted,
    when: &str,
    first: u64,
    step: u64,
    threads: usize,
) -> u64 {
    let (next, end) = (AtomicU64::new(first), AtomicU64::new(u64::MAX));
    let swept = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(step, Ordering::SeqCst);
                    if at >= end.load(Ordering::SeqCst) {
                        return;
                    }
                    if crash_at(&planned(), wanted, &format!("{when}:{at}")) {
                        swept.fetch_add(1, Ordering::SeqCst);
                    } else {
                        end.fetch_min(at, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let (swept, end) = (swept.into_inner(), end.into_inner());
    println!("{swept} points swept ({when} each append, every {step}), a run makes fewer than {end} appends");
    swept
}

/// The run is over, and each thing was made exactly once.
fn complete(world: &World, wanted: &Wanted, point: &str) {
    let status = world.status();
    assert_eq!(status["changeSet"]["status"], "Closed", "{point}: {status:#}");
    let once: BTreeMap<String, usize> = wanted.units.iter().map(|u| ((*u).to_owned(), 1)).collect();
    assert_eq!(world.lines("lines"), once, "{point}: each unit's own file has one line");
    for unit in wanted.units {
        assert_eq!(world.resources(unit), [wanted.resource], "{point}: state of {unit}");
    }
    assert_eq!(world.json(&["locks"])["locks"].as_array().map(Vec::len), Some(0), "{point}: no lock is left");
    let doctor = world.json(&["doctor"]);
    let check =
        |id: &str| doctor["checks"].as_array().unwrap().iter().find(|c| c["id"] == id).unwrap()["status"].clone();
    assert_eq!(check("store-chain"), "ok", "{point}: {doctor:#}");
    assert_eq!(check("log-history"), "ok", "{point}: {doctor:#}");
    assert_eq!(world.left_running(), Vec::<String>::new(), "{point}: nothing is left running");
}
