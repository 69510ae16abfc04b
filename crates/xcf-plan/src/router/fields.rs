//! The fields of a route, resolved layer by layer.

use super::engine::choose;
use super::layers::{LayerOf, RouteInput};
use crate::matrix::rows::{MatrixRow, Subject, Tie, winner};
use crate::matrix::{approval_word, backup_set, builtin, cadence_seconds};
use std::collections::BTreeSet;
use std::fmt::Display;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::composition::ReconcileSpec;
use xcf_core::docs::matrix::Row;
use xcf_core::docs::shapes::Approval;
use xcf_core::ids::EnvName;
use xcf_core::route::{Backup, Because, ChangeFrequency, Gate, Origin, Overruled, Reconcile, Route, Strategy};

/// A route and what was found on the way.
pub(crate) struct Routed {
    pub route: Route,
    pub change_frequency: ChangeFrequency,
    pub diagnostics: Vec<Diagnostic>,
    pub ties: Vec<Tie>,
}

/// One field on its way through the layers.
struct Fold<T> {
    now: Because<T>,
    text: fn(&T) -> String,
}

impl<T> Fold<T> {
    fn built_in(value: T, rule: &str, text: fn(&T) -> String) -> Self {
        let now = Because { value, origin: Origin::BuiltIn, rule: rule.to_owned(), place: None, overruled: Vec::new() };
        Self { now, text }
    }

    fn set(&mut self, value: T, origin: Origin, rule: String, place: Option<Place>) {
        let text = (self.text)(&self.now.value);
        let old = std::mem::replace(&mut self.now, Because { value, origin, rule, place, overruled: Vec::new() });
        self.now.overruled = old.overruled;
        self.now.overruled.push(Overruled { origin: old.origin, rule: old.rule, value: text, place: old.place });
    }

    /// Lets the matrix speak: losers stand between the built-in value and the winner.
    fn matrix(
        &mut self,
        matching: &[&MatrixRow<'_>],
        field: &'static str,
        get: impl Fn(&Row) -> Option<T>,
        ties: &mut Vec<Tie>,
    ) where
        T: PartialEq + Clone,
    {
        let Some(won) = winner(matching, field, get) else { return };
        for (row, value) in won.losers {
            self.set(value, Origin::Matrix, row.rule(), Some(row.place(field)));
        }
        self.set(won.value, Origin::Matrix, won.row.rule(), Some(won.row.place(field)));
        ties.extend(won.tie);
    }

    fn layers<'l, 'w: 'l>(&mut self, layers: &'l [LayerOf<'w>], get: impl Fn(&'l LayerOf<'w>) -> Option<(T, Place)>) {
        for layer in layers {
            if let Some((value, place)) = get(layer) {
                self.set(value, layer.origin, layer.rule.clone(), Some(place));
            }
        }
    }
}

fn shown<T: Display>(value: &T) -> String {
    value.to_string()
}

fn backup_text(set: &BTreeSet<Backup>) -> String {
    if set.is_empty() { "none".to_owned() } else { set.iter().map(|b| b.as_str()).collect::<Vec<_>>().join(", ") }
}

/// Resolves the route of one unit or unassembled module.
pub(crate) fn route(input: &RouteInput<'_>) -> Routed {
    let row = builtin(input.lifecycle, input.layer);
    let change_frequency = input.composition.spec.change_frequency.unwrap_or(row.change_frequency);
    let layers = input.layers();
    let mut ties = Vec::new();
    let mut subject = Subject {
        lifecycle: input.lifecycle,
        change_frequency,
        environment: input.environment_name,
        labels: input.labels,
        engine: None,
    };
    let before = input.rows.matching(&subject);
    let chosen = choose(input, &layers, &row, &before);
    ties.extend(chosen.tie);
    subject.engine = Some(chosen.engine.value);
    let matching = input.rows.matching(&subject);

    let mut drift = Fold::built_in(row.drift, row.rule, shown);
    drift.matrix(&matching, "drift", |r| r.drift, &mut ties);
    drift.layers(&layers, |l| l.says.drift.clone());
    let mut rollback = Fold::built_in(row.rollback, row.rule, shown);
    rollback.matrix(&matching, "rollback", |r| r.rollback, &mut ties);
    rollback.layers(&layers, |l| l.says.rollback.clone());
    let mut approval = Fold::built_in(row.approval, row.rule, |a| approval_word(*a).to_owned());
    approval.matrix(&matching, "approval", |r| r.approval, &mut ties);
    approval.layers(&layers, |l| l.says.approval.clone());
    let mut backup = Fold::built_in(row.backup.clone(), row.rule, backup_text);
    backup.matrix(&matching, "backup", |r| r.backup.as_ref().map(backup_set), &mut ties);
    backup.layers(&layers, |l| l.says.backup.as_ref().map(|(b, p)| (backup_set(b), p.clone())));

    let route = Route {
        engine: chosen.engine,
        reconcile: reconcile(row.strategy, row.rule, change_frequency, &matching, &layers, &mut ties),
        drift: drift.now,
        gate: gate(input, approval.now),
        backup: with_protection(input, backup.now),
        windows: windows(input, row.rule, &matching, &layers, &mut ties),
        rollback: rollback.now,
    };
    Routed { route, change_frequency, diagnostics: chosen.diagnostic.into_iter().collect(), ties }
}

/// `environment` becomes what the Environment protects with (absent: approve); then protection is a floor.
fn gate(input: &RouteInput<'_>, approval: Because<Approval>) -> Because<Gate> {
    let protection = input.environment.as_ref().and_then(|e| e.doc.spec.protection.as_ref()?.approval);
    let floor = protection.map(level).or_else(|| is_implicit(input).then_some(Gate::Approve));
    let value = match approval.value {
        Approval::Environment => floor.unwrap_or(Gate::Approve),
        other => level(other),
    };
    let rule = match approval.value {
        Approval::Environment => format!("{}: environment → {value}", approval.rule),
        _ => approval.rule,
    };
    let now = Because { value, origin: approval.origin, rule, place: approval.place, overruled: approval.overruled };
    let mut fold = Fold { now, text: shown };
    if let Some(floor) = floor.filter(|f| *f > value) {
        let (rule, place) = match &input.environment {
            Some(part) => {
                (format!("protection of {}", part.doc.name()), Some(part.doc.place("/spec/protection/approval")))
            }
            None => ("implicit environment".to_owned(), None),
        };
        fold.set(floor, Origin::Protection, rule, place);
    }
    fold.now
}

/// True for a unit of the implicit environment `default` (`dsl §3`: gate `approve`).
fn is_implicit(input: &RouteInput<'_>) -> bool {
    input.environment.is_none() && input.environment_name.is_some()
}

/// The gate level of a word; `environment` inside `protection` can only mean the default, approve.
pub(crate) fn level(approval: Approval) -> Gate {
    match approval {
        Approval::Auto => Gate::Auto,
        Approval::Approve | Approval::Environment => Gate::Approve,
        Approval::Strong => Gate::Strong,
    }
}

fn with_protection(input: &RouteInput<'_>, backup: Because<BTreeSet<Backup>>) -> Because<BTreeSet<Backup>> {
    let Some(part) = &input.environment else { return backup };
    let Some(added) = part.doc.spec.protection.as_ref().and_then(|p| p.backup.as_ref()).map(backup_set) else {
        return backup;
    };
    if added.is_subset(&backup.value) {
        return backup;
    }
    let all = backup.value.union(&added).copied().collect();
    let mut fold = Fold { now: backup, text: backup_text };
    fold.set(
        all,
        Origin::Protection,
        format!("protection of {}", part.doc.name()),
        Some(part.doc.place("/spec/protection/backup")),
    );
    fold.now
}

fn reconcile_text(spec: &ReconcileSpec) -> String {
    let strategy = spec.strategy.map_or("", Strategy::as_str);
    match &spec.interval {
        Some(interval) => format!("{strategy} {interval}").trim().to_owned(),
        None => strategy.to_owned(),
    }
}

/// A later `reconcile` replaces the earlier one; without a strategy it keeps the strategy and sets the interval.
fn reconcile(
    strategy: Strategy,
    rule: &str,
    frequency: ChangeFrequency,
    matching: &[&MatrixRow<'_>],
    layers: &[LayerOf<'_>],
    ties: &mut Vec<Tie>,
) -> Because<Reconcile> {
    let mut fold = Fold::built_in(ReconcileSpec { strategy: Some(strategy), interval: None }, rule, reconcile_text);
    let over = |fold: &mut Fold<ReconcileSpec>, next: &ReconcileSpec, origin, rule: String, place| {
        let strategy = next.strategy.or(fold.now.value.strategy);
        fold.set(ReconcileSpec { strategy, interval: next.interval.clone() }, origin, rule, Some(place));
    };
    if let Some(won) = winner(matching, "reconcile", |r| r.reconcile.clone()) {
        over(&mut fold, &won.value, Origin::Matrix, won.row.rule(), won.row.place("reconcile"));
        ties.extend(won.tie);
    }
    for layer in layers {
        if let Some((spec, place)) = &layer.says.reconcile {
            over(&mut fold, spec, layer.origin, layer.rule.clone(), place.clone());
        }
    }
    let ReconcileSpec { strategy: resolved, interval } = fold.now.value;
    let strategy = resolved.unwrap_or(strategy);
    let untimed = matches!(strategy, Strategy::Continuous | Strategy::OnChange) && frequency == ChangeFrequency::High;
    let by_cadence = (!untimed).then(|| cadence_seconds(frequency));
    let interval_seconds = interval.map(|i| i.seconds()).or(by_cadence);
    Because {
        value: Reconcile { strategy, interval_seconds },
        origin: fold.now.origin,
        rule: fold.now.rule,
        place: fold.now.place,
        overruled: fold.now.overruled,
    }
}

/// `policies.window` follows the layers; `Environment.windows` are added: bound windows are united (`dsl §1`).
fn windows(
    input: &RouteInput<'_>,
    rule: &str,
    matching: &[&MatrixRow<'_>],
    layers: &[LayerOf<'_>],
    ties: &mut Vec<Tie>,
) -> Because<Vec<String>> {
    let text = |v: &Vec<String>| if v.is_empty() { "none".to_owned() } else { v.join(", ") };
    let mut fold = Fold::built_in(Vec::new(), rule, text);
    fold.matrix(matching, "window", |r| r.window.clone().map(|w| vec![w]), ties);
    fold.layers(layers, |l| l.says.window.as_ref().map(|(w, p)| (vec![(*w).to_owned()], p.clone())));
    if let Some(part) = input.environment.as_ref().filter(|p| !p.doc.spec.windows.is_empty()) {
        let mut all: BTreeSet<String> = fold.now.value.iter().cloned().collect();
        all.extend(part.doc.spec.windows.iter().cloned());
        let rule = format!("windows of {}, united", EnvName::from(part.doc.name()));
        fold.set(all.into_iter().collect(), Origin::Environment, rule, Some(part.doc.place("/spec/windows")));
    }
    fold.now
}
