//! Many seeds, and a seeded mistake for each named invariant.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Coverage, Scenario, Simulation};
use crate::driver::journal;
use crate::invariants::Checked;
use crate::machine::bugs::Bug;
use xcf_core::changeset::UnitRunState;
use xcf_core::event::Event;

const SEEDS: u64 = 2400;

/// Seeds that once failed stay here for ever.
fn kept_seeds() -> Vec<u64> {
    let text = include_str!("../../../tests/seeds.txt");
    let lines = text.lines().map(|l| l.split('#').next().unwrap_or_default().trim());
    lines.filter(|l| !l.is_empty()).map(|l| l.parse().unwrap()).collect()
}

#[test]
fn d7_thousands_of_simulated_runs_break_no_invariant() {
    let mut coverage = Coverage::new();
    let (mut inputs, mut crashes, mut outcomes, mut failed) = (0, 0, std::collections::BTreeMap::new(), Vec::new());
    // A longer search: `XCF_SEEDS=20000 cargo test -p xcf-run thousands -- --nocapture`.
    let seeds = std::env::var("XCF_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(SEEDS);
    for seed in kept_seeds().into_iter().chain(0..seeds) {
        match Simulation::new(Scenario::of(seed)).and_then(Simulation::tell) {
            Ok(report) => {
                inputs += report.inputs;
                crashes += report.crashes;
                *outcomes.entry(report.outcome).or_insert(0) += 1;
                for (cell, count) in report.coverage {
                    *coverage.entry(cell).or_default() += count;
                }
            }
            Err(wrong) => failed.push(wrong.to_string()),
        }
    }
    println!("{seeds} seeds, {inputs} inputs, {crashes} crashes, ends: {outcomes:?}");
    println!("{}", table(&coverage));
    assert!(failed.is_empty(), "add these seeds to tests/seeds.txt:\n{}", failed.join("\n"));
    for state in UnitRunState::ALL {
        let met = coverage.keys().filter(|(s, _)| s == state).count();
        assert!(met > 0, "no simulated unit was ever {state}");
    }
    assert!(crashes > 500, "the seeds hardly crash: {crashes}");
}

/// State × input: how often each pair was met.
fn table(coverage: &Coverage) -> String {
    let inputs: BTreeSet<&String> = coverage.keys().map(|(_, input)| input).collect();
    let mut text = format!("state × input: {} pairs met\n", coverage.len());
    for input in inputs {
        let met: Vec<String> = UnitRunState::ALL
            .iter()
            .filter_map(|state| Some(format!("{state} {}", coverage.get(&(*state, input.clone()))?)))
            .collect();
        let _ = writeln!(text, "  {input:<28} {}", met.join(" · "));
    }
    text
}

#[test]
fn d7_every_named_invariant_catches_its_seeded_mistake() {
    for (bug, name) in Bug::ALL {
        let caught = (0..SEEDS).find_map(|seed| {
            let told = Simulation::with_bug(Scenario::of(seed), bug).and_then(Simulation::tell);
            told.err().filter(|wrong| wrong.name == name)
        });
        let caught = caught.unwrap_or_else(|| panic!("{bug:?} was not caught by {name}"));
        println!("{bug:?}: {caught}");
    }
}

/// `XCF_SEED=n cargo test -p xcf-run one_seed -- --nocapture` tells what happened.
#[test]
fn d7_the_story_of_one_seed_can_be_told() {
    let seed = std::env::var("XCF_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let scenario = Scenario::of(seed);
    println!(
        "{:#?}\n{:?}",
        scenario
            .spec
            .units
            .iter()
            .map(|(id, u)| (id.to_string(), u.facts.action, u.facts.gate, u.after.clone()))
            .collect::<Vec<_>>(),
        scenario.faults
    );
    let mut story = Simulation::new(scenario).unwrap();
    let mut told = 0;
    let end = story.tell_by(&mut |journal, run| {
        for entry in journal.iter().skip(told).take(400) {
            println!(
                "{} {}",
                entry.at,
                serde_json::to_string(&entry.input).unwrap().chars().take(260).collect::<String>()
            );
        }
        told = journal.len();
        let states: Vec<String> = run.units().map(|(id, u)| format!("{}={}", id.module, u.state.name())).collect();
        println!("    {}", states.join(" "));
    });
    println!("{end:?}");
    assert!(told > 0);
}

#[test]
fn d7_same_seed_same_story() {
    for seed in [3, 77, 1234] {
        let tell = || Simulation::new(Scenario::of(seed)).and_then(Simulation::tell).unwrap();
        let (one, two) = (tell(), tell());
        assert_eq!(one.journal, two.journal);
        assert_eq!(one.run, two.run);
    }
}

#[test]
fn d9_a_written_journal_reads_back_after_every_entry() {
    for seed in 0..40 {
        let report = Simulation::new(Scenario::of(seed)).and_then(Simulation::tell).unwrap();
        let mut replay = journal::Replay::new(report.run.id);
        let mut checked: Option<Checked> = None;
        let mut position = 0;
        for stamped in &report.journal {
            let stepped = checked.as_ref().map_or_else(|| Checked::begin(stamped), |c| c.after(stamped));
            let (next, emits) = stepped.unwrap();
            let events = journal::entry(checked.as_ref().map(Checked::run), next.run(), stamped, &emits);
            for event in events {
                position += 1;
                // Through text, as a Store keeps it.
                let text = serde_json::to_string(&Event { position, hash: String::new(), event }).unwrap();
                let event: Event = serde_json::from_str(&text).unwrap();
                if event.event.stream.as_str() == "R-1" {
                    replay.take(&event).unwrap();
                }
            }
            checked = Some(next);
        }
        let read = replay.finish().unwrap().unwrap();
        assert_eq!(read.run(), &report.run);
    }
}
