//! Loading, validating, routing and graphing a workspace of 1k, 10k and 100k Compositions, beside a floor that only
//! reads the same files. Prints times and ratios; nothing is asserted (`D14`).
//!
//! `cargo bench -p xcf-plan --features testkit --bench load [-- N…]`

use rayon::prelude::*;
use std::time::{Duration, Instant};
use xcf_core::ports::tree::Tree;
use xcf_plan::testkit::synthetic;

const REPEATS: usize = 3;

fn best(mut run: impl FnMut()) -> Duration {
    let once = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..REPEATS).map(|_| once(&mut run)).min().unwrap_or_default()
}

/// Reads every file and looks at every byte once, as any loader must.
fn floor(tree: &dyn Tree) -> u64 {
    let read = |path: &str| {
        tree.read(path, u64::MAX)
            .map_or(0, |b| b.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte))))
    };
    tree.entries().par_iter().map(|e| read(&e.path)).reduce(|| 0, u64::wrapping_add)
}

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![1_000, 10_000, 100_000] } else { asked };
    println!(
        "{:>8} {:>8} {:>8} {:>8} {:>10} {:>10} {:>8} {:>10} {:>10}",
        "comps", "files", "units", "edges", "floor ms", "load ms", "ratio", "digest ms", "us/comp"
    );
    let mut last: Option<(usize, f64)> = None;
    for n in sizes {
        let tree = synthetic(n).tree();
        let floor_time = best(|| {
            std::hint::black_box(floor(&tree));
        });
        let load_time = best(|| {
            std::hint::black_box(xcf_plan::workspace::load(&tree));
        });
        let workspace = xcf_plan::workspace::load(&tree);
        let errors = workspace.diagnostics.iter().filter(|d| d.is_error()).count();
        let records = xcf_plan::pending::Records::new();
        let ask = xcf_plan::pending::Ask::default();
        let digest_time = best(|| {
            std::hint::black_box(xcf_plan::pending::pending(&workspace, &tree, &records, &ask, &|_: &str| None));
        });
        let ms = |d: Duration| d.as_secs_f64() * 1000.0;
        let per = ms(load_time) * 1000.0 / n as f64;
        println!(
            "{n:>8} {:>8} {:>8} {:>8} {:>10.1} {:>10.1} {:>8.1} {:>10.1} {per:>10.2}",
            tree.entries().len(),
            workspace.units.len(),
            workspace.edges().len(),
            ms(floor_time),
            ms(load_time),
            ms(load_time) / ms(floor_time).max(0.001),
            ms(digest_time),
        );
        if errors > 0 {
            println!("         the synthetic workspace has {errors} errors");
        }
        if let Some((before, cost)) = last {
            println!("         growth from {before}: {:.2}x per Composition", per / cost);
        }
        last = Some((n, per));
    }
}
