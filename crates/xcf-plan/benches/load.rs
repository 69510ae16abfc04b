//! Loading, validating, routing and graphing a workspace of 1k, 10k and 100k Compositions, beside a floor that only
//! reads the same files. Prints times and ratios; nothing is asserted (`D14`).
//!
//! `cargo bench -p xcf-plan --features testkit --bench load [-- N…]`
//!
//! Wall time is what a person waits; CPU time tells the work where the machine is busy with other things.

use rayon::prelude::*;
use std::time::Instant;
use xcf_core::docs::{Limits, read_documents};
use xcf_core::ports::tree::Tree;
use xcf_plan::testkit::synthetic;

const REPEATS: usize = 3;

/// Milliseconds of one measured step.
#[derive(Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
}

/// CPU milliseconds of all threads so far (user and system; clock ticks of 10 ms).
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: u64 = after_name.split(' ').skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
    ticks as f64 * 10.0
}

/// The shortest wall time of some runs and their mean CPU time; what a run makes is dropped outside the measured time.
fn best<T>(run: impl Fn() -> T) -> Cost {
    let mut cost = Cost { wall: f64::MAX, cpu: 0.0 };
    for _ in 0..REPEATS {
        let (start, cpu) = (Instant::now(), cpu_ms());
        let made = std::hint::black_box(run());
        cost.wall = cost.wall.min(start.elapsed().as_secs_f64() * 1000.0);
        cost.cpu += (cpu_ms() - cpu) / REPEATS as f64;
        drop(made);
    }
    cost
}

/// Reads every file and looks at every byte once, as any loader must.
fn floor(tree: &dyn Tree) -> u64 {
    let fold = |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    let read = |path: &str| tree.read(path, u64::MAX).map_or(0, |b| fold(&b));
    tree.entries().par_iter().map(|e| read(&e.path)).reduce(|| 0, u64::wrapping_add)
}

/// Parses and checks every document on its own, and nothing between documents.
fn documents(tree: &dyn Tree) -> usize {
    let limits = Limits::default();
    let read = |path: &str| tree.read(path, u64::MAX).map_or(0, |b| read_documents(path, &b, &limits).docs.len());
    tree.entries().par_iter().filter(|e| e.path.ends_with(".yaml")).map(|e| read(&e.path)).sum()
}

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![1_000, 10_000, 100_000] } else { asked };
    println!("cores: {}; milliseconds as wall/CPU, best of {REPEATS}", rayon::current_num_threads());
    println!(
        "{:>7} {:>7} {:>7} {:>7} {:>13} {:>13} {:>13} {:>13}",
        "comps", "files", "units", "edges", "floor", "documents", "load", "pending"
    );
    let mut last: Option<(usize, f64)> = None;
    for n in sizes {
        let tree = synthetic(n).tree();
        let floor = best(|| floor(&tree));
        let documents = best(|| documents(&tree));
        let load = best(|| xcf_plan::workspace::load(&tree));
        let workspace = xcf_plan::workspace::load(&tree);
        let records = xcf_plan::pending::Records::new();
        let ask = xcf_plan::pending::Ask::default();
        let pending = best(|| xcf_plan::pending::pending(&workspace, &tree, &records, &ask, &|_: &str| None));
        let cell = |c: Cost| format!("{:.0}/{:.0}", c.wall, c.cpu);
        let (units, edges) = (workspace.units.len(), workspace.edges().len());
        println!(
            "{n:>7} {:>7} {units:>7} {edges:>7} {:>13} {:>13} {:>13} {:>13}",
            tree.entries().len(),
            cell(floor),
            cell(documents),
            cell(load),
            cell(pending),
        );
        let per = load.wall * 1000.0 / n as f64;
        println!("        load is {:.0}x the floor, {per:.0} us a Composition", load.wall / floor.wall.max(0.001));
        let errors = workspace.diagnostics.iter().filter(|d| d.is_error()).count();
        if errors > 0 {
            println!("        the synthetic workspace has {errors} errors");
        }
        if let Some((before, cost)) = last {
            println!("        growth from {before}: {:.2}x a Composition", per / cost);
        }
        last = Some((n, per));
    }
}
