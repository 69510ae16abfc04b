//! Rows against each other and against the workspace, whether or not a unit meets them today: ties, overlaps, gaps.

use super::rows::{MatrixRow, Rows};
use super::trace::{FIELDS, text};
use crate::router::EngineChoice;
use crate::workspace::Workspace;
use std::collections::BTreeSet;
use xcf_core::diag::Place;
use xcf_core::docs::matrix::UnitMatch;
use xcf_core::docs::shapes::OneOrMany;
use xcf_core::said::Said;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowFault {
    /// Two rows match a unit with equally many keys and disagree: error `matrix-tie` (`dsl §4`).
    Tie,
    /// Two rows would tie on a unit that is not there yet.
    Overlap,
    /// What a row says reaches nothing: no such Environment, no such Window, no engine that may run here.
    Gap,
}

impl RowFault {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tie => "tie",
            Self::Overlap => "overlap",
            Self::Gap => "gap",
        }
    }
}

/// One finding with every row it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFinding {
    /// What.
    pub fault: RowFault,
    /// The column: `approval`, `match.environment` …
    pub field: String,
    /// Names and places of the rows, one or two.
    pub rows: Vec<(String, Place)>,
    /// In words.
    pub message: String,
    /// The same, apart from its language.
    pub said: Said,
    /// How many units are hit now.
    pub units: usize,
}

/// Checks every row.
#[must_use]
pub fn check(model: &Workspace) -> Vec<RowFinding> {
    let rows = model.rows();
    let mut found = pairs(model, &rows);
    for row in rows.all() {
        found.extend(gaps(model, row));
    }
    found.sort_by(|a, b| (a.fault, &a.field, &a.rows).cmp(&(b.fault, &b.field, &b.rows)));
    found
}

fn pairs(model: &Workspace, rows: &Rows<'_>) -> Vec<RowFinding> {
    let mut found = Vec::new();
    for (index, a) in rows.all().iter().enumerate() {
        for b in rows.all().iter().skip(index + 1).filter(|b| b.keys == a.keys && can_meet(a, b)) {
            for field in FIELDS {
                let (Some(x), Some(y)) = (text(a.row, field), text(b.row, field)) else { continue };
                if x != y {
                    found.push(pair(model, field, (a, x), (b, y)));
                }
            }
        }
    }
    found
}

fn pair(
    model: &Workspace,
    field: &'static str,
    (a, x): (&MatrixRow<'_>, String),
    (b, y): (&MatrixRow<'_>, String),
) -> RowFinding {
    let places = [a.place(field), b.place(field)];
    // The router decides whether a more specific row settles it for every unit: its diagnostic is the truth.
    let is_this = |d: &&xcf_core::diag::Diagnostic| {
        d.code == "matrix-tie" && places.contains(&d.place) && d.related.iter().any(|p| places.contains(p))
    };
    let tied = model.diagnostics.iter().any(|d| is_this(&d));
    let meets = |row: &MatrixRow<'_>, unit: &xcf_core::graph::Unit| {
        super::rows::mismatches(&row.row.matches, &super::subject(unit)).is_empty()
    };
    let units = if tied { model.units.iter().filter(|u| meets(a, u) && meets(b, u)).count() } else { 0 };
    let (fault, code, when) = match tied {
        true => (RowFault::Tie, "row-tie", "match with equally many keys"),
        false => (
            RowFault::Overlap,
            "row-overlap",
            "could match the same unit with equally many keys, though none does today,",
        ),
    };
    let (left, right) = (&a.row.name, &b.row.name);
    let message = format!("The rows `{left}` and `{right}` {when} and set `{field}` differently: {x} and {y}.");
    let said = Said::new(code).with("row", left).with("other", right).with("field", field);
    let said = said.with("value", &x).with("otherValue", &y);
    let [at, other] = places;
    let rows = vec![(left.clone(), at), (right.clone(), other)];
    RowFinding { fault, field: field.to_owned(), rows, message, said, units }
}

/// True if one unit could match both rows.
fn can_meet(a: &MatrixRow<'_>, b: &MatrixRow<'_>) -> bool {
    let (a, b): (&UnitMatch, &UnitMatch) = (&a.row.matches, &b.row.matches);
    let lifecycles = |m: &UnitMatch| -> Option<BTreeSet<_>> {
        m.lifecycle.as_ref().map(|l| l.as_slice().iter().map(|w| w.normalised()).collect())
    };
    let lifecycle = match (lifecycles(a), lifecycles(b)) {
        (Some(x), Some(y)) => !x.is_disjoint(&y),
        _ => true,
    };
    let labels = a.labels.iter().all(|(key, x)| b.labels.get(key).is_none_or(|y| share(Some(x), Some(y))));
    lifecycle
        && share(a.change_frequency.as_ref(), b.change_frequency.as_ref())
        && share(a.engine.as_ref(), b.engine.as_ref())
        && share(a.environment.as_ref(), b.environment.as_ref())
        && labels
}

fn share<T: PartialEq>(a: Option<&OneOrMany<T>>, b: Option<&OneOrMany<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.as_slice().iter().any(|x| b.as_slice().contains(x)),
        _ => true,
    }
}

fn gaps(model: &Workspace, row: &MatrixRow<'_>) -> Vec<RowFinding> {
    let name = &row.row.name;
    let gap = |field: &str, code: &str, what: &str, message: String| RowFinding {
        fault: RowFault::Gap,
        field: field.to_owned(),
        rows: vec![(name.clone(), row.place(&field.replace('.', "/")))],
        message,
        said: Said::new(code).with("row", name).with("what", what),
        units: 0,
    };
    let mut found = Vec::new();
    let environments = row.row.matches.environment.iter().flat_map(|e| e.as_slice());
    for missing in environments.filter(|e| !model.environments.iter().any(|known| known.name.as_str() == **e)) {
        let message = format!("The row `{name}` is about the Environment `{missing}`, which is not there.");
        found.push(gap("match.environment", "row-gap-environment", missing, message));
    }
    if let Some(window) = row.row.window.as_ref().filter(|w| !model.windows.iter().any(|d| d.name() == w.as_str())) {
        let message = format!("The row `{name}` binds to the Window `{window}`, which is not there.");
        found.push(gap("window", "row-gap-window", window, message));
    }
    let choice = EngineChoice::of(model.config.as_ref().map(|c| &c.spec));
    if let Some(engines) = row.row.engines.as_ref().filter(|list| !list.iter().any(|e| choice.allows(*e))) {
        let words = engines.iter().map(|e| e.as_str()).collect::<Vec<_>>().join(", ");
        let message = format!("The row `{name}` allows only {words}, and .xcf.yaml does not name it under `engines`.");
        found.push(gap("engines", "row-gap-engines", &words, message));
    }
    found
}

#[cfg(test)]
mod tests;
