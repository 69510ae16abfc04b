//! The decisions of a route, compared one by one. Values count, not where they are written: a rule that only moved to
//! another line changes nothing.

use super::lattice::{self, BoundWindow, Turn};
use crate::router::words;
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use xcf_core::diag::Place;
use xcf_core::docs::rules::WindowSpec;
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;
use xcf_core::route::{Because, Drift, Origin};

/// A decision of a route, in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Gate.
    Gate,
    /// Backup kinds.
    Backup,
    /// Drift policy.
    Drift,
    /// Bound windows.
    Window,
    /// What a breach does.
    Rollback,
    /// Engine.
    Engine,
    /// Reconcile strategy and interval.
    Reconcile,
}

impl Field {
    /// The word the Inspector and the matrix use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Backup => "backup",
            Self::Drift => "drift",
            Self::Window => "window",
            Self::Rollback => "rollback",
            Self::Engine => "engine",
            Self::Reconcile => "reconcile",
        }
    }
}

/// Which rule gives a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Which layer.
    pub origin: Origin,
    /// The rule in words.
    pub rule: String,
    /// Where it stands; none for built-in rows.
    pub place: Option<Place>,
}

/// One decision that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Which.
    pub field: Field,
    /// Value before, in words.
    pub from: String,
    /// Value after.
    pub to: String,
    /// Which way.
    pub turn: Turn,
    /// Rule that gave the old value.
    pub before: Why,
    /// Rule that gives the new one.
    pub after: Why,
    /// The value a ChangeSet that carries the edit is judged by: the stricter of both sides (`dsl §7`). None where the
    /// sides are not compared: an engine has no stricter side.
    pub judged_by: Option<String>,
}

/// A unit whose route differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitImpact {
    /// The unit, as it is called after the edit.
    pub unit: UnitId,
    /// Its former id, if it was moved.
    pub was: Option<UnitId>,
    /// The gravest of its changes.
    pub turn: Turn,
    /// What differs, the gravest first.
    pub fields: Vec<FieldChange>,
}

/// What the window names of a model stand for.
#[derive(Default)]
pub(super) struct Bindings<'m> {
    windows: BTreeMap<&'m str, &'m WindowSpec>,
}

impl<'m> Bindings<'m> {
    pub(super) fn of(model: &'m Workspace) -> Self {
        Self { windows: model.windows.iter().map(|doc| (doc.name(), &doc.spec)).collect() }
    }
    fn bound<'b>(&'b self, names: &'b [String]) -> Vec<BoundWindow<'b>> {
        names.iter().map(|n| BoundWindow { name: n, spec: self.windows.get(n.as_str()).copied() }).collect()
    }
}

/// Compares the routes of one unit in two models.
#[must_use]
pub fn unit_impact(before: &Workspace, was: &Unit, after: &Workspace, unit: &Unit) -> Option<UnitImpact> {
    between(was, unit, &Bindings::of(before), &Bindings::of(after))
}

pub(super) fn between(was: &Unit, unit: &Unit, old: &Bindings<'_>, new: &Bindings<'_>) -> Option<UnitImpact> {
    let (a, b) = (&was.route, &unit.route);
    let mut fields = Vec::new();
    let mut differs = |change: Option<FieldChange>| fields.extend(change);
    let gate = change(Field::Gate, &a.gate, &b.gate, |g| g.to_string(), |x, y| lattice::gate(*x, *y));
    let stricter = a.gate.value.max(b.gate.value).to_string();
    differs(gate.map(|c| FieldChange { judged_by: Some(stricter), ..c }));
    let backup = change(Field::Backup, &a.backup, &b.backup, words::backup, lattice::backup);
    let union = a.backup.value.union(&b.backup.value).copied().collect();
    differs(backup.map(|c| FieldChange { judged_by: Some(words::backup(&union)), ..c }));
    let drift = change(Field::Drift, &a.drift, &b.drift, |d| d.to_string(), |x, y| lattice::drift(*x, *y));
    differs(drift.map(|c| FieldChange { judged_by: Some(Drift::Alert.to_string()), ..c }));
    differs(windows(&a.windows, &b.windows, old, new));
    differs(change(Field::Rollback, &a.rollback, &b.rollback, |r| r.to_string(), |x, y| lattice::rollback(*x, *y)));
    differs(change(Field::Engine, &a.engine, &b.engine, |e| e.to_string(), |_, _| Turn::Neutral));
    differs(change(Field::Reconcile, &a.reconcile, &b.reconcile, words::reconcile, |_, _| Turn::Neutral));
    fields.sort_by_key(|c| (c.turn, c.field));
    let turn = fields.iter().map(|c| c.turn).reduce(Turn::graver)?;
    let was = (was.id != unit.id).then(|| was.id.clone());
    Some(UnitImpact { unit: unit.id.clone(), was, turn, fields })
}

/// True if anything a policy sees of the route differs.
pub(super) fn differ(was: &Unit, now: &Unit) -> bool {
    let (a, b) = (&was.route, &now.route);
    a.engine.value != b.engine.value
        || a.reconcile.value != b.reconcile.value
        || a.drift.value != b.drift.value
        || a.gate.value != b.gate.value
        || a.backup.value != b.backup.value
        || a.windows.value != b.windows.value
        || a.rollback.value != b.rollback.value
}

fn change<T: PartialEq>(
    field: Field,
    a: &Because<T>,
    b: &Because<T>,
    text: impl Fn(&T) -> String,
    turn: impl Fn(&T, &T) -> Turn,
) -> Option<FieldChange> {
    (a.value != b.value).then(|| FieldChange {
        field,
        from: text(&a.value),
        to: text(&b.value),
        turn: turn(&a.value, &b.value),
        before: why(a),
        after: why(b),
        judged_by: None,
    })
}

fn why<T>(because: &Because<T>) -> Why {
    Why { origin: because.origin, rule: because.rule.clone(), place: because.place.clone() }
}

/// Names, and what they stand for: a window whose hours moved is another window.
fn windows(
    a: &Because<Vec<String>>,
    b: &Because<Vec<String>>,
    old: &Bindings<'_>,
    new: &Bindings<'_>,
) -> Option<FieldChange> {
    let (from, to) = (old.bound(&a.value), new.bound(&b.value));
    let same = from.len() == to.len() && from.iter().all(|w| to.contains(w));
    (!same).then(|| {
        let to_text = match a.value == b.value {
            true => format!("{} (edited)", words::windows(&b.value)),
            false => words::windows(&b.value),
        };
        FieldChange {
            field: Field::Window,
            from: words::windows(&a.value),
            to: to_text,
            turn: lattice::windows(&from, &to),
            before: why(a),
            after: why(b),
            judged_by: None,
        }
    })
}
