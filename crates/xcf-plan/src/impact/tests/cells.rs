//! Every cell of the matrix (lifecycle × change frequency × kind of Environment) with every pair of values of every
//! decision that has an order. The expected direction is computed here, from the specification's table alone.

use super::super::*;
use crate::testkit::Files;
use crate::workspace::Workspace;
use crate::workspace::tests::{doc, ws};
use std::collections::BTreeMap;
use xcf_core::route::Lifecycle;

const FREQUENCIES: [&str; 4] = ["low", "low-medium", "medium", "high"];
/// Environments by name, with `protection.approval` and whether protection adds a git-tag.
const ENVIRONMENTS: [(&str, Option<&str>, bool); 5] = [
    ("bare", None, false),
    ("free", Some("auto"), false),
    ("asks", Some("approve"), true),
    ("locked", Some("strong"), false),
    ("tagged", None, true),
];
/// Lifecycle, `approval`, `backup` (bits as in `KINDS`), `drift`, `rollback` of the built-in rows (spec R1).
const TABLE: [(&str, &str, u8, &str, &str); 6] = [
    ("Foundation", "strong", 0b0001, "alert", "ask"),
    ("K8s", "approve", 0b0010, "alert", "ask"),
    ("PaaS", "environment", 0b0100, "correct", "ask"),
    ("Applications", "auto", 0, "correct", "auto"),
    ("Config", "auto", 0, "correct", "ask"),
    ("Ephemeral", "auto", 0, "correct", "ask"),
];
const KINDS: [&str; 4] = ["config-snapshot", "cluster-snapshot", "pre-change", "git-tag"];

fn workspace(row: &str) -> Workspace {
    let mut files = Files::new()
        .with(".xcf.yaml", crate::workspace::tests::config("  branch: main\n"))
        .with("modules/m/main.tf", "output \"id\" {\n  value = \"x\"\n}\n");
    if !row.is_empty() {
        let rows = format!("  rows:\n    - name: all\n      {row}\n");
        files = files.with("policies/matrix.yaml", doc("DecisionMatrix", "m", &rows));
    }
    let mut entries = String::new();
    for (lifecycle, ..) in TABLE {
        for frequency in FREQUENCIES {
            let name = format!("{}-{frequency}", lifecycle.to_lowercase());
            let short = if lifecycle == "Ephemeral" { "  layer: PaaS\n  ttl: 1d\n" } else { "" };
            let spec = format!(
                "  lifecycle: {lifecycle}\n{short}  changeFrequency: {frequency}\n  modules:\n    - ref: modules/m\n"
            );
            files = files.with(&format!("compositions/{name}.yaml"), doc("Composition", &name, &spec));
            entries.push_str(&format!("    - ref: compositions/{name}\n"));
        }
    }
    for (name, approval, tag) in ENVIRONMENTS {
        let mut protection = String::new();
        if approval.is_some() || tag {
            protection.push_str("  protection:\n");
        }
        if let Some(word) = approval {
            protection.push_str(&format!("    approval: {word}\n"));
        }
        if tag {
            protection.push_str("    backup: git-tag\n");
        }
        let spec = format!("{protection}  compositions:\n{entries}");
        files = files.with(&format!("envs/{name}.yaml"), doc("Environment", name, &spec));
    }
    let model = ws(&files);
    let errors: Vec<_> = model.diagnostics.iter().filter(|d| d.is_error()).map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(model.units.len(), TABLE.len() * FREQUENCIES.len() * ENVIRONMENTS.len());
    model
}

fn built_in(lifecycle: Lifecycle) -> (&'static str, u8, &'static str, &'static str) {
    let row = TABLE.iter().find(|row| row.0 == lifecycle.as_str()).unwrap();
    (row.1, row.2, row.3, row.4)
}

fn environment(unit: &xcf_core::graph::Unit) -> (Option<&'static str>, bool) {
    let found = ENVIRONMENTS.iter().find(|e| e.0 == unit.id.environment.as_str()).unwrap();
    (found.1, found.2)
}

/// People that must agree, by the specification: the row's word, `environment` resolved, protection as a floor.
fn people(word: Option<&str>, unit: &xcf_core::graph::Unit) -> u32 {
    let rank = |word: &str| match word {
        "auto" => 0,
        "approve" => 1,
        "strong" => 2,
        other => panic!("{other}"),
    };
    let protection = environment(unit).0;
    let word = word.unwrap_or(built_in(unit.lifecycle).0);
    let own = if word == "environment" { rank(protection.unwrap_or("approve")) } else { rank(word) };
    own.max(protection.map_or(0, rank))
}

fn direction(stricter: std::cmp::Ordering) -> Option<Turn> {
    match stricter {
        std::cmp::Ordering::Less => Some(Turn::Loosening),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(Turn::Tightening),
    }
}

/// Compares every pair of `values` in every cell with what `expect` says; gives how many comparisons that were.
fn every<V: Copy>(
    field: Field,
    values: &[V],
    row: impl Fn(V) -> String,
    expect: impl Fn(V, V, &xcf_core::graph::Unit) -> Option<Turn>,
) -> usize {
    let models: Vec<Workspace> = values.iter().map(|v| workspace(&row(*v))).collect();
    let mut compared = 0;
    for (from, before) in values.iter().zip(&models) {
        for (to, after) in values.iter().zip(&models) {
            let found = impact(before, after, &[]);
            let by_unit: BTreeMap<_, _> = found.units.iter().map(|u| (&u.unit, u)).collect();
            for unit in &after.units {
                let changed = by_unit.get(&unit.id);
                let turn = changed.and_then(|u| u.fields.iter().find(|f| f.field == field)).map(|f| f.turn);
                let wanted = expect(*from, *to, unit);
                assert_eq!(turn, wanted, "{} {:?}: {} -> {}", unit.id, field, row(*from), row(*to));
                assert_eq!(changed.map(|u| u.turn), wanted, "nothing else of {} moved", unit.id);
                compared += 1;
            }
            let loosened = found.units.iter().position(|u| u.turn != Turn::Loosening).unwrap_or(found.units.len());
            assert_eq!(loosened, found.count(Turn::Loosening), "loosened units come first");
        }
    }
    compared
}

#[test]
fn d6_every_gate_in_every_cell() {
    let values = [None, Some("auto"), Some("approve"), Some("strong"), Some("environment")];
    let row = |v: Option<&str>| v.map_or(String::new(), |w| format!("approval: {w}"));
    let compared = every(Field::Gate, &values, row, |a, b, unit| direction(people(b, unit).cmp(&people(a, unit))));
    assert_eq!(compared, 25 * 120);
}

#[test]
fn d6_every_backup_in_every_cell() {
    let mut values: Vec<Option<u8>> = (0..16).map(Some).collect();
    values.push(None);
    let row = |v: Option<u8>| match v {
        None => String::new(),
        Some(0) => "backup: none".to_owned(),
        Some(bits) => {
            let names: Vec<&str> =
                KINDS.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0).map(|(_, k)| *k).collect();
            format!("backup: [{}]", names.join(", "))
        }
    };
    let set = |v: Option<u8>, unit: &xcf_core::graph::Unit| {
        v.unwrap_or(built_in(unit.lifecycle).1) | if environment(unit).1 { 0b1000 } else { 0 }
    };
    let compared = every(Field::Backup, &values, row, |a, b, unit| {
        let (a, b) = (set(a, unit), set(b, unit));
        match (a == b, a & !b != 0) {
            (true, _) => None,
            (false, true) => Some(Turn::Loosening),
            (false, false) => Some(Turn::Tightening),
        }
    });
    assert_eq!(compared, 17 * 17 * 120);
}

#[test]
fn d6_every_drift_and_rollback_in_every_cell() {
    let drift = |v: Option<&str>| v.map_or(String::new(), |w| format!("drift: {w}"));
    let asks = |v: Option<&str>, unit: &xcf_core::graph::Unit| v.unwrap_or(built_in(unit.lifecycle).2) == "alert";
    let values = [None, Some("alert"), Some("correct")];
    let compared = every(Field::Drift, &values, drift, |a, b, unit| direction(asks(b, unit).cmp(&asks(a, unit))));
    assert_eq!(compared, 9 * 120);
    let rollback = |v: Option<&str>| v.map_or(String::new(), |w| format!("rollback: {w}"));
    let asks = |v: Option<&str>, unit: &xcf_core::graph::Unit| v.unwrap_or(built_in(unit.lifecycle).3) == "ask";
    let values = [None, Some("ask"), Some("auto")];
    let compared = every(Field::Rollback, &values, rollback, |a, b, unit| direction(asks(b, unit).cmp(&asks(a, unit))));
    assert_eq!(compared, 9 * 120);
}

#[test]
fn d6_engines_and_cadence_have_no_stricter_side() {
    let values = [None, Some("engines: [opentofu]"), Some("engines: [terraform]")];
    let row = |v: Option<&str>| v.map_or(String::new(), str::to_owned);
    let expect = |a: Option<&str>, b: Option<&str>, _: &xcf_core::graph::Unit| {
        // Content says terraform before opentofu wherever no row says otherwise.
        let tofu = |v: Option<&str>| v == Some("engines: [opentofu]");
        (tofu(a) != tofu(b)).then_some(Turn::Neutral)
    };
    assert_eq!(every(Field::Engine, &values, row, expect), 9 * 120);
    let values =
        [Some("reconcile: {strategy: periodic, interval: 7m}"), Some("reconcile: {strategy: on_drift, interval: 7m}")];
    let expect = |a: Option<&str>, b: Option<&str>, _: &xcf_core::graph::Unit| (a != b).then_some(Turn::Neutral);
    assert_eq!(every(Field::Reconcile, &values, row, expect), 4 * 120);
}
