//! The decision matrix: built-in rows (spec R1), DecisionMatrix rows, and which of them wins per field (`dsl §4`).

mod builtin;
mod check;
pub(crate) mod rows;
mod trace;

pub use builtin::{BuiltinRow, builtin, cadence_seconds};
pub use check::{RowFault, RowFinding, check};
pub use rows::{MatrixRow, Rows, Subject, Tie, Winner, key_count, mismatches, winner};
pub use trace::{FieldTrace, RowTrace, Trace, built_in_rows, trace};

use xcf_core::docs::shapes::{Approval, BackupSpec, BackupWord};
use xcf_core::route::Backup;

/// What rows are matched against for a routed unit.
#[must_use]
pub fn subject(unit: &xcf_core::graph::Unit) -> Subject<'_> {
    Subject {
        lifecycle: unit.lifecycle,
        change_frequency: unit.change_frequency,
        environment: Some(unit.id.environment.as_str()),
        labels: &unit.labels,
        engine: Some(unit.route.engine.value),
    }
}

/// The kinds of a `backup` as a set; `none` is the empty set.
#[must_use]
pub fn backup_set(spec: &BackupSpec) -> std::collections::BTreeSet<Backup> {
    let kind = |word: &BackupWord| match word {
        BackupWord::None => None,
        BackupWord::ConfigSnapshot => Some(Backup::ConfigSnapshot),
        BackupWord::ClusterSnapshot => Some(Backup::ClusterSnapshot),
        BackupWord::PreChange => Some(Backup::PreChange),
        BackupWord::GitTag => Some(Backup::GitTag),
    };
    spec.as_slice().iter().filter_map(kind).collect()
}

/// The word of an approval as documents write it.
#[must_use]
pub fn approval_word(approval: Approval) -> &'static str {
    match approval {
        Approval::Auto => "auto",
        Approval::Approve => "approve",
        Approval::Strong => "strong",
        Approval::Environment => "environment",
    }
}
