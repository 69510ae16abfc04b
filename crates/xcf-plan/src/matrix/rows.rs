//! DecisionMatrix rows and their per-field resolution (`dsl §4`): most match keys win; equal counts with different
//! values are a tie.

use std::collections::BTreeMap;
use xcf_core::diag::Place;
use xcf_core::docs::Doc;
use xcf_core::docs::matrix::{DecisionMatrixSpec, Row, UnitMatch};
use xcf_core::docs::shapes::OneOrMany;
use xcf_core::route::{ChangeFrequency, Engine, Lifecycle};

/// What rows are matched against.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Lifecycle.
    pub lifecycle: Lifecycle,
    /// Change frequency in force.
    pub change_frequency: ChangeFrequency,
    /// Environment; none for an unassembled module, which no row with `environment` matches.
    pub environment: Option<&'a str>,
    /// Labels.
    pub labels: &'a BTreeMap<String, String>,
    /// Engine; none before it is chosen: rows with `engine` do not match yet.
    pub engine: Option<Engine>,
}

/// One row with where it stands.
#[derive(Debug, Clone)]
pub struct MatrixRow<'w> {
    /// The document.
    pub doc: &'w Doc<DecisionMatrixSpec>,
    /// Index in the document.
    pub index: usize,
    /// The row.
    pub row: &'w Row,
    /// Number of match keys.
    pub keys: usize,
}

impl MatrixRow<'_> {
    /// Place of one field of the row (`""`: the row).
    #[must_use]
    pub fn place(&self, field: &str) -> Place {
        let row = format!("/spec/rows/{}", self.index);
        if field.is_empty() { self.doc.place(&row) } else { self.doc.place(&format!("{row}/{field}")) }
    }
    /// `row NAME`.
    #[must_use]
    pub fn rule(&self) -> String {
        format!("row {}", self.row.name)
    }
}

/// All rows of all DecisionMatrix documents, in file order.
#[derive(Debug, Clone, Default)]
pub struct Rows<'w> {
    rows: Vec<MatrixRow<'w>>,
}

/// The row that gives a field its value, and those that wanted to.
#[derive(Debug, Clone)]
pub struct Winner<'r, 'w, T> {
    /// The winning row.
    pub row: &'r MatrixRow<'w>,
    /// Its value.
    pub value: T,
    /// Rows that set the field and lost, loosest match first.
    pub losers: Vec<(&'r MatrixRow<'w>, T)>,
    /// A row with equally many keys and another value: error `matrix-tie`.
    pub tie: Option<Tie>,
}

/// Two rows that can't be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The field.
    pub field: &'static str,
    /// Names of the rows.
    pub names: [String; 2],
    /// Where the values stand.
    pub places: [Place; 2],
}

impl<'w> Rows<'w> {
    /// The rows of `docs`.
    #[must_use]
    pub fn of(docs: &'w [Doc<DecisionMatrixSpec>]) -> Self {
        let rows = docs.iter().flat_map(|doc| {
            let row =
                move |(index, row): (usize, &'w Row)| MatrixRow { doc, index, row, keys: key_count(&row.matches) };
            doc.spec.rows.iter().enumerate().map(row)
        });
        Self { rows: rows.collect() }
    }

    /// All rows.
    #[must_use]
    pub fn all(&self) -> &[MatrixRow<'w>] {
        &self.rows
    }

    /// Rows that match `subject`.
    #[must_use]
    pub fn matching(&self, subject: &Subject<'_>) -> Vec<&MatrixRow<'w>> {
        self.rows.iter().filter(|r| mismatches(&r.row.matches, subject).is_empty()).collect()
    }
}

/// Which of the `matching` rows gives `field`.
#[must_use]
pub fn winner<'r, 'w, T: PartialEq + Clone>(
    matching: &[&'r MatrixRow<'w>],
    field: &'static str,
    get: impl Fn(&'w Row) -> Option<T>,
) -> Option<Winner<'r, 'w, T>> {
    let mut setting: Vec<(&'r MatrixRow<'w>, T)> = matching.iter().filter_map(|r| Some((*r, get(r.row)?))).collect();
    // Stable: among equals the first in file order comes last, so that it wins where values agree.
    setting.reverse();
    setting.sort_by_key(|(r, _)| r.keys);
    let (row, value) = setting.pop()?;
    let rival = setting.iter().rev().find(|(r, v)| r.keys == row.keys && *v != value);
    let tie = rival.map(|(other, _)| Tie {
        field,
        names: [row.row.name.clone(), other.row.name.clone()],
        places: [row.place(field), other.place(field)],
    });
    Some(Winner { row, value, losers: setting, tie })
}

/// Number of match keys: each label counts one, a list one (`dsl §4`).
#[must_use]
pub fn key_count(matches: &UnitMatch) -> usize {
    usize::from(matches.lifecycle.is_some())
        + usize::from(matches.change_frequency.is_some())
        + usize::from(matches.engine.is_some())
        + usize::from(matches.environment.is_some())
        + matches.labels.len()
}

/// The keys of `matches` that keep it from matching; empty if it matches.
#[must_use]
pub fn mismatches(matches: &UnitMatch, subject: &Subject<'_>) -> Vec<String> {
    let mut missed = Vec::new();
    let mut need = |key: &str, fits: bool| {
        if !fits {
            missed.push(key.to_owned());
        }
    };
    if let Some(wanted) = &matches.lifecycle {
        need("lifecycle", wanted.as_slice().iter().any(|w| w.normalised() == subject.lifecycle));
    }
    if let Some(wanted) = &matches.change_frequency {
        need("changeFrequency", wanted.as_slice().contains(&subject.change_frequency));
    }
    if let Some(wanted) = &matches.engine {
        need("engine", subject.engine.is_some_and(|e| wanted.as_slice().contains(&e)));
    }
    if let Some(wanted) = &matches.environment {
        need("environment", subject.environment.is_some_and(|e| wanted.as_slice().iter().any(|w| w == e)));
    }
    for (label, wanted) in &matches.labels {
        need(&format!("labels.{label}"), subject.labels.get(label).is_some_and(|have| has(wanted, have)));
    }
    missed
}

fn has(wanted: &OneOrMany<String>, have: &str) -> bool {
    wanted.as_slice().iter().any(|w| w == have)
}
