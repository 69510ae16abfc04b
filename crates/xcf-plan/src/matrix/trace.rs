//! Which rows were looked at for one unit, why they matched or not, and which won per field (Matrix screen, `xcf route`).

use super::rows::{MatrixRow, Rows, Subject, mismatches, winner};
use super::{approval_word, backup_set, builtin};
use serde::Serialize;
use xcf_core::diag::Place;
use xcf_core::docs::matrix::Row;
use xcf_core::graph::Unit;
use xcf_core::route::{Backup, Strategy};

/// One field of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldTrace {
    /// `engines`, `reconcile`, `drift`, `approval`, `backup`, `window`, `rollback`.
    pub field: &'static str,
    /// Its value as text.
    pub value: String,
    /// True if this row gives the matrix' value of the field (a Composition, module or Environment may still overrule it).
    pub wins: bool,
    /// True if another row matches as well with another value: `matrix-tie`.
    pub tie: bool,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RowTrace {
    /// `R1.3` or the row's name.
    pub name: String,
    /// True for the built-in row.
    pub built_in: bool,
    /// True if it matches the unit.
    pub matches: bool,
    /// Match keys that do not fit.
    pub missed: Vec<String>,
    /// Number of match keys: most wins.
    pub keys: usize,
    /// Fields it sets.
    pub fields: Vec<FieldTrace>,
    /// Where it stands; none for the built-in row.
    pub place: Option<Place>,
}

/// The rows looked at for one unit: the built-in row, then the others in file order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// Rows.
    pub rows: Vec<RowTrace>,
}

pub(super) const FIELDS: [&str; 7] = ["engines", "reconcile", "drift", "approval", "backup", "window", "rollback"];

/// Traces the matrix for `unit`.
#[must_use]
pub fn trace(unit: &Unit, rows: &Rows<'_>) -> Trace {
    let subject = super::subject(unit);
    let before_engine = Subject { engine: None, ..subject };
    let matching = rows.matching(&subject);
    let for_engines = rows.matching(&before_engine);
    let winners: Vec<Option<(*const Row, bool)>> = FIELDS
        .iter()
        .map(|field| {
            let list = if *field == "engines" { &for_engines } else { &matching };
            let won = winner(list, field, |row| text(row, field))?;
            Some((std::ptr::from_ref(won.row.row), won.tie.is_some()))
        })
        .collect();
    let one = |row: &MatrixRow<'_>| {
        let missed = mismatches(&row.row.matches, &subject);
        let fields = FIELDS.iter().zip(&winners).filter_map(|(field, won)| {
            let value = text(row.row, field)?;
            let wins = won.is_some_and(|(winner, _)| std::ptr::eq(winner, row.row));
            Some(FieldTrace { field, value, wins, tie: wins && won.is_some_and(|(_, tie)| tie) })
        });
        RowTrace {
            name: row.row.name.clone(),
            built_in: false,
            matches: missed.is_empty(),
            fields: fields.collect(),
            missed,
            keys: row.keys,
            place: Some(row.place("")),
        }
    };
    let taken: Vec<&str> = FIELDS.iter().zip(&winners).filter(|(_, w)| w.is_some()).map(|(f, _)| *f).collect();
    let mut all = vec![built_in(unit, &taken)];
    all.extend(rows.all().iter().map(one));
    Trace { rows: all }
}

fn built_in(unit: &Unit, taken: &[&str]) -> RowTrace {
    let row = builtin(unit.lifecycle, unit.layer);
    let words = |list: Vec<&str>| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let values = [
        ("engines", words(row.engines.iter().map(|e| e.as_str()).collect())),
        ("reconcile", row.strategy.to_string()),
        ("drift", row.drift.to_string()),
        ("approval", approval_word(row.approval).to_owned()),
        ("backup", words(row.backup.iter().map(|b| b.as_str()).collect())),
        ("window", "none".to_owned()),
        ("rollback", row.rollback.to_string()),
    ];
    let field =
        |(field, value): (&'static str, String)| FieldTrace { field, value, wins: !taken.contains(&field), tie: false };
    RowTrace {
        name: row.rule.to_owned(),
        built_in: true,
        matches: true,
        missed: Vec::new(),
        keys: 0,
        fields: values.into_iter().map(field).collect(),
        place: None,
    }
}

/// A field's value in words; equal words mean equal values.
pub(super) fn text(row: &Row, field: &str) -> Option<String> {
    let joined = |list: Vec<&str>| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    match field {
        "engines" => row.engines.as_ref().map(|e| joined(e.iter().map(|e| e.as_str()).collect())),
        "reconcile" => row.reconcile.as_ref().map(|r| {
            let strategy = r.strategy.map_or("", Strategy::as_str);
            let interval = r.interval.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{strategy} {interval}").trim().to_owned()
        }),
        "drift" => row.drift.map(|d| d.to_string()),
        "approval" => row.approval.map(|a| approval_word(a).to_owned()),
        "backup" => row.backup.as_ref().map(|b| joined(backup_set(b).into_iter().map(Backup::as_str).collect())),
        "window" => row.window.clone(),
        "rollback" => row.rollback.map(|r| r.to_string()),
        _ => None,
    }
}

/// The built-in rows for the Matrix screen, one per lifecycle (Ephemeral: counted as Applications).
#[must_use]
pub fn built_in_rows() -> Vec<super::BuiltinRow> {
    use xcf_core::route::{Layer, Lifecycle};
    let layer = |l: Lifecycle| match l {
        Lifecycle::Foundation => Layer::Foundation,
        Lifecycle::K8s => Layer::K8s,
        Lifecycle::PaaS => Layer::PaaS,
        Lifecycle::Applications | Lifecycle::Ephemeral => Layer::Applications,
        Lifecycle::Config => Layer::Config,
    };
    Lifecycle::ALL.iter().map(|l| builtin(*l, layer(*l))).collect()
}
