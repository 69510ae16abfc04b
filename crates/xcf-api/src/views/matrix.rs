//! The decision matrix as a grid, and which row wins for one unit.

use crate::dto::{LaneDto, MatrixRowDto, MatrixRowRefDto, MatrixWordsDto, PlaceDto, SaidDto, TraceStepDto};
use crate::views::route::{backup_words, origin_word};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use xcf_core::docs::composition::ReconcileSpec;
use xcf_core::docs::matrix::UnitMatch;
use xcf_core::docs::shapes::OneOrMany;
use xcf_core::graph::Unit;
use xcf_core::route::{Backup, Because, Layer, Lifecycle, Route, Strategy};
use xcf_core::said::list;
use xcf_plan::matrix::{
    BuiltinRow, MatrixRow, approval_word, backup_set, builtin, cadence_seconds, mismatches, subject,
};
use xcf_plan::workspace::Workspace as Model;

fn default_layer(lifecycle: Lifecycle) -> Layer {
    match lifecycle {
        Lifecycle::Foundation => Layer::Foundation,
        Lifecycle::K8s => Layer::K8s,
        Lifecycle::PaaS => Layer::PaaS,
        Lifecycle::Config => Layer::Config,
        Lifecycle::Applications | Lifecycle::Ephemeral => Layer::Applications,
    }
}

fn words<T: Display>(list: Option<&OneOrMany<T>>) -> Vec<String> {
    list.map(|l| l.as_slice().iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn cadence(row: &BuiltinRow) -> String {
    let interval =
        matches!(row.strategy, Strategy::Periodic | Strategy::OnDrift).then(|| cadence_seconds(row.change_frequency));
    crate::views::route::reconcile_words(&xcf_core::route::Reconcile {
        strategy: row.strategy,
        interval_seconds: interval,
    })
}

/// A lane's header: the built-in row of its lifecycle.
pub(crate) fn lane(lifecycle: Lifecycle) -> LaneDto {
    let row = builtin(lifecycle, default_layer(lifecycle));
    LaneDto {
        lifecycle: lifecycle.to_string(),
        rule: row.rule.to_owned(),
        reconcile: cadence(&row),
        drift: row.drift.to_string(),
        gate: approval_word(row.approval).to_owned(),
    }
}

/// Built-in rows, each followed by the rows that patch it; rows about all lifecycles last.
pub(crate) fn grid(model: &Model) -> Vec<MatrixRowDto> {
    let rows = model.rows();
    let mut grid = Vec::new();
    for lifecycle in Lifecycle::ALL {
        let units = model.units.iter().filter(|u| u.lifecycle == *lifecycle).count();
        grid.push(built_in(*lifecycle, units));
        let patches = rows.all().iter().filter(|r| names(&r.row.matches, *lifecycle));
        grid.extend(patches.map(|r| patch(r, &model.units)));
    }
    grid.extend(rows.all().iter().filter(|r| r.row.matches.lifecycle.is_none()).map(|r| patch(r, &model.units)));
    grid
}

fn names(matches: &UnitMatch, lifecycle: Lifecycle) -> bool {
    matches.lifecycle.as_ref().is_some_and(|l| l.as_slice().iter().any(|w| w.normalised() == lifecycle))
}

fn built_in(lifecycle: Lifecycle, units: usize) -> MatrixRowDto {
    let row = builtin(lifecycle, default_layer(lifecycle));
    MatrixRowDto {
        name: row.rule.to_owned(),
        built_in: true,
        lifecycle: vec![lifecycle.to_string()],
        change_frequency: vec![row.change_frequency.to_string()],
        environment: Vec::new(),
        other_match: Vec::new(),
        engines: row.engines.iter().map(ToString::to_string).collect(),
        reconcile: cadence(&row),
        drift: row.drift.to_string(),
        gate: approval_word(row.approval).to_owned(),
        backup: backup_words(&row.backup),
        window: String::new(),
        rollback: row.rollback.to_string(),
        strategy: row.strategy.to_string(),
        interval: String::new(),
        backups: kinds(&row.backup),
        place: None,
        row: None,
        was: BTreeMap::new(),
        is_new: false,
        units: u32::try_from(units).unwrap_or(u32::MAX),
    }
}

fn patch(row: &MatrixRow<'_>, units: &[Unit]) -> MatrixRowDto {
    let r = row.row;
    let matched = units.iter().filter(|u| mismatches(&r.matches, &subject(u)).is_empty()).count();
    let text = |v: Option<String>| v.unwrap_or_default();
    let mut other: Vec<String> = words(r.matches.engine.as_ref()).into_iter().map(|e| format!("engine: {e}")).collect();
    other.extend(r.matches.labels.iter().map(|(k, v)| format!("{k}: {}", v.as_slice().join(" | "))));
    let lifecycle = r.matches.lifecycle.iter().flat_map(|l| l.as_slice()).map(|w| w.normalised().to_string());
    MatrixRowDto {
        name: r.name.clone(),
        built_in: false,
        lifecycle: lifecycle.collect(),
        change_frequency: words(r.matches.change_frequency.as_ref()),
        environment: words(r.matches.environment.as_ref()),
        other_match: other,
        engines: r.engines.iter().flatten().map(ToString::to_string).collect(),
        reconcile: text(r.reconcile.as_ref().map(reconcile_patch)),
        drift: text(r.drift.map(|d| d.to_string())),
        gate: text(r.approval.map(|a| approval_word(a).to_owned())),
        backup: text(r.backup.as_ref().map(|b| backup_words(&backup_set(b)))),
        window: text(r.window.clone()),
        rollback: text(r.rollback.map(|b| b.to_string())),
        strategy: text(r.reconcile.as_ref().and_then(|s| s.strategy).map(|s| s.to_string())),
        interval: text(r.reconcile.as_ref().and_then(|s| s.interval.as_ref()).map(ToString::to_string)),
        backups: r.backup.as_ref().map(|b| kinds(&backup_set(b))).unwrap_or_default(),
        place: Some(PlaceDto::from(&row.place(""))),
        row: Some(MatrixRowRefDto {
            file: row.doc.file.clone(),
            document: u32::try_from(row.doc.index).unwrap_or(u32::MAX),
            index: u32::try_from(row.index).unwrap_or(u32::MAX),
            name: r.name.clone(),
        }),
        was: BTreeMap::new(),
        is_new: false,
        units: u32::try_from(matched).unwrap_or(u32::MAX),
    }
}

fn kinds(set: &BTreeSet<Backup>) -> Vec<String> {
    if set.is_empty() { vec!["none".to_owned()] } else { set.iter().map(ToString::to_string).collect() }
}

/// What a draft changed in the grid.
pub(crate) struct Edited {
    pub(crate) cells: u32,
    pub(crate) removed: Vec<String>,
}

/// Marks the cells of `now` that differ from `head`. Rows are told apart by name; a row that patches several lifecycles
/// stands in the grid more than once and is counted once.
pub(crate) fn marked(now: &mut [MatrixRowDto], head: &[MatrixRowDto]) -> Edited {
    let own = |rows: &[MatrixRowDto]| -> BTreeSet<String> {
        rows.iter().filter(|r| !r.built_in).map(|r| r.name.clone()).collect()
    };
    let present = own(now);
    let mut counted = BTreeMap::new();
    for row in now.iter_mut().filter(|r| !r.built_in) {
        let cells = cells(row);
        match head.iter().find(|h| !h.built_in && h.name == row.name) {
            None => row.is_new = true,
            Some(old) => {
                let changed = cells.into_iter().zip(self::cells(old)).filter(|(new, old)| new.1 != old.1);
                row.was = changed.map(|((column, _), (_, text))| (column.to_owned(), text)).collect();
            }
        }
        let many = if row.is_new { self::cells(row).iter().filter(|c| !c.1.is_empty()).count() } else { row.was.len() };
        counted.insert(row.name.clone(), many);
    }
    let removed = own(head).into_iter().filter(|name| !present.contains(name)).collect();
    Edited { cells: u32::try_from(counted.values().sum::<usize>()).unwrap_or(u32::MAX), removed }
}

fn cells(row: &MatrixRowDto) -> Vec<(&'static str, String)> {
    vec![
        ("lifecycle", row.lifecycle.join(", ")),
        ("frequency", row.change_frequency.join(", ")),
        ("environment", row.environment.iter().chain(&row.other_match).cloned().collect::<Vec<_>>().join(", ")),
        ("engine", row.engines.join(" / ")),
        ("reconcile", row.reconcile.clone()),
        ("drift", row.drift.clone()),
        ("gate", row.gate.clone()),
        ("backup", row.backup.clone()),
        ("window", row.window.clone()),
        ("rollback", row.rollback.clone()),
    ]
}

/// What cells can hold here.
pub(crate) fn vocabulary(model: &Model) -> MatrixWordsDto {
    use xcf_core::docs::shapes::Approval;
    use xcf_core::route::{ChangeFrequency, Drift, Engine, Rollback};
    fn all<T: ToString>(list: &[T]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }
    let gates = [Approval::Auto, Approval::Approve, Approval::Strong, Approval::Environment];
    MatrixWordsDto {
        gates: gates.into_iter().map(|g| approval_word(g).to_owned()).collect(),
        drifts: all(Drift::ALL),
        backups: all(Backup::ALL),
        strategies: all(Strategy::ALL),
        rollbacks: all(Rollback::ALL),
        engines: all(Engine::ALL),
        windows: model.windows.iter().map(|w| w.name().to_owned()).collect(),
        lifecycles: all(Lifecycle::ALL),
        frequencies: all(ChangeFrequency::ALL),
        environments: model.environments.iter().map(|e| e.name.to_string()).collect(),
    }
}

fn reconcile_patch(spec: &ReconcileSpec) -> String {
    let strategy = spec.strategy.map(|s| s.to_string());
    let interval = spec.interval.as_ref().map(ToString::to_string);
    strategy.into_iter().chain(interval).collect::<Vec<_>>().join(", ")
}

/// Facts the matrix looks at.
pub(crate) fn facts(unit: &Unit) -> Vec<String> {
    let mut facts = vec![
        format!("lifecycle {}", unit.lifecycle),
        format!("changeFrequency {}", unit.change_frequency),
        format!("environment {}", unit.id.environment),
        format!("engine {}", unit.route.engine.value),
    ];
    facts.extend(unit.labels.iter().map(|(k, v)| format!("{k}: {v}")));
    facts
}

/// Every row looked at, in order of precedence, then the documents that had the last word.
pub(crate) fn steps(model: &Model, unit: &Unit) -> Vec<TraceStepDto> {
    let row = builtin(unit.lifecycle, unit.layer);
    let built = TraceStepDto {
        name: row.rule.to_owned(),
        matched: true,
        place: None,
        ..told(given(&unit.route, &|b| b == row.rule))
    };
    let mut rows: Vec<_> = model.rows().all().to_vec();
    rows.sort_by_key(|r| r.keys);
    let looked = rows.iter().map(|r| {
        let why = mismatches(&r.row.matches, &subject(unit));
        let rule = r.rule();
        let said = match why.is_empty() {
            true => given(&unit.route, &|b| b == rule),
            false => vec![SaidDto::new("differs", why.join("; ")).with("fields", list(&why))],
        };
        TraceStepDto {
            name: r.row.name.clone(),
            matched: why.is_empty(),
            place: Some(PlaceDto::from(&r.place(""))),
            ..told(said)
        }
    });
    let mut steps: Vec<TraceStepDto> = std::iter::once(built).chain(looked).collect();
    steps.extend(documents(&unit.route));
    steps
}

/// Which fields the rule gives in the end, or gave until something later replaced it.
fn given(route: &Route, is: &dyn Fn(&str) -> bool) -> Vec<SaidDto> {
    let mut won = Vec::new();
    let mut lost = Vec::new();
    each(route, &mut |field, rule, overruled, _, _| {
        if is(rule) {
            won.push(field.to_owned());
        } else if overruled.iter().any(|r| is(r)) {
            lost.push(field.to_owned());
        }
    });
    let mut parts = Vec::new();
    if !won.is_empty() {
        parts.push(SaidDto::new("gives", format!("gives {}", won.join(", "))).with("fields", list(&won)));
    }
    if !lost.is_empty() {
        parts.push(SaidDto::new("replaced", format!("replaced: {}", lost.join(", "))).with("fields", list(&lost)));
    }
    if parts.is_empty() {
        parts.push(SaidDto::new("gives-nothing", "gives nothing that is in force"));
    }
    parts
}

/// A step that only has its words yet.
fn told(said: Vec<SaidDto>) -> TraceStepDto {
    let text = said.iter().map(|s| s.text.clone()).collect::<Vec<_>>().join(" · ");
    TraceStepDto { name: String::new(), matched: false, text, said, place: None }
}

/// One step per document layer that gives a field.
fn documents(route: &Route) -> Vec<TraceStepDto> {
    let mut found: Vec<(String, Option<PlaceDto>, &'static str, Vec<&'static str>)> = Vec::new();
    each(route, &mut |field, rule, _, origin, place| {
        if matches!(origin, "built-in" | "matrix") {
            return;
        }
        match found.iter_mut().find(|(name, at, ..)| name == rule && *at == place) {
            Some((.., fields)) => fields.push(field),
            None => found.push((rule.to_owned(), place, origin, vec![field])),
        }
    });
    let step = |(name, place, origin, fields): (String, Option<PlaceDto>, &str, Vec<&str>)| {
        let fields = list(&fields);
        let said = SaidDto::new("layer-gives", format!("{origin} gives {fields}"));
        let said = said.with("origin", origin).with("fields", fields);
        TraceStepDto { name, matched: true, place, ..told(vec![said]) }
    };
    found.into_iter().map(step).collect()
}

type See<'s> = &'s mut dyn FnMut(&'static str, &str, &[String], &'static str, Option<PlaceDto>);

fn each(route: &Route, see: See<'_>) {
    fn one<T>(field: &'static str, b: &Because<T>, see: See<'_>) {
        let overruled: Vec<String> = b.overruled.iter().map(|o| o.rule.clone()).collect();
        see(field, &b.rule, &overruled, origin_word(b.origin), b.place.as_ref().map(PlaceDto::from));
    }
    one("engine", &route.engine, see);
    one("reconcile", &route.reconcile, see);
    one("drift", &route.drift, see);
    one("gate", &route.gate, see);
    one("backup", &route.backup, see);
    one("window", &route.windows, see);
    one("rollback", &route.rollback, see);
}
