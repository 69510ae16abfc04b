//! The impact preview over 500 and 5,000 units: two models compared, and recorded ChangeSets judged again. Prints times
//! and the ratio per unit beside a floor that only loads the edited model; nothing is asserted (`D14`).
//!
//! `cargo bench -p xcf-plan --features testkit --bench impact`

use std::time::Instant;
use xcf_plan::impact::{Turn, impact};
use xcf_plan::testkit::synthetic;
use xcf_plan::workspace::{Workspace, load};

const REPEATS: usize = 5;

/// The shortest wall time of some runs, in milliseconds.
fn best<T>(run: impl Fn() -> T) -> f64 {
    let once = || {
        let start = Instant::now();
        let made = std::hint::black_box(run());
        let took = start.elapsed().as_secs_f64() * 1000.0;
        drop(made);
        took
    };
    (0..REPEATS).map(|_| once()).fold(f64::MAX, f64::min)
}

/// Compositions that make about `units` units: each makes 1.2 modules in 1.75 Environments.
fn compositions(units: usize) -> usize {
    units * 100 / 210
}

fn main() {
    println!("milliseconds, best of {REPEATS}");
    println!("{:>7} {:>9} {:>9} {:>9} {:>9}", "units", "changed", "load", "impact", "us/unit");
    let mut last: Option<f64> = None;
    for wanted in [500, 5_000] {
        let files = synthetic(compositions(wanted));
        let edited = files.replace("policies/matrix.yaml", "approval: auto", "approval: strong");
        let tree = edited.tree();
        let (before, after): (Workspace, Workspace) = (load(&files.tree()), load(&tree));
        let loading = best(|| load(&tree));
        let comparing = best(|| impact(&before, &after, &[]));
        let found = impact(&before, &after, &[]);
        let per = comparing * 1000.0 / after.units.len() as f64;
        println!(
            "{:>7} {:>9} {loading:>9.1} {comparing:>9.2} {per:>9.2}",
            after.units.len(),
            found.count(Turn::Tightening)
        );
        if let Some(before) = last {
            println!("        growth from 500 to 5,000 units: {:.2}x a unit", per / before);
        }
        last = Some(per);
    }
}
