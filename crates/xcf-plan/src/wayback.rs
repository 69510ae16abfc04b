//! The way back (`D6`, `R6.7`): derived by inverting the forward plan, graded, in doubt for the worse. The derived grade is
//! a prediction; after the apply the previous meaning is really planned.

mod stateless;

pub use stateless::holds_no_data;

use std::collections::BTreeSet;
use xcf_core::changeset::WayBack;
use xcf_core::ids::RepoPath;
use xcf_core::plan::{Action, Fidelity, ResourceChange, Reversibility, UnitPlan};
use xcf_core::route::Backup;

/// What the way back depends on besides the plan.
#[derive(Debug, Clone, Copy)]
pub struct ReverseFacts<'a> {
    /// The engine can undo by itself (`Capabilities::reverses`).
    pub engine_reverses: bool,
    /// Declared rollback fragment, for engines that can't.
    pub rollback_fragment: Option<&'a RepoPath>,
    /// Backups that are taken before the change.
    pub backup: &'a BTreeSet<Backup>,
}

/// Grade of one change, with one sentence.
#[must_use]
pub fn grade(change: &ResourceChange, facts: &ReverseFacts<'_>) -> (Reversibility, String) {
    if !facts.engine_reverses {
        return match facts.rollback_fragment {
            Some(fragment) => (Reversibility::Recreate, format!("runs the declared rollback fragment {fragment}")),
            None => (
                Reversibility::Irreversible,
                "no rollback fragment is declared, and the engine can't undo it".to_owned(),
            ),
        };
    }
    if change.fidelity == Fidelity::Blind {
        return (Reversibility::Irreversible, "what it does is not known before it runs".to_owned());
    }
    match change.action {
        Action::Create => (Reversibility::Exact, "destroys what it made".to_owned()),
        Action::Move => (Reversibility::Exact, "moves the address back".to_owned()),
        Action::Import => (Reversibility::Exact, "drops it from management again and leaves it alone".to_owned()),
        Action::Forget => (Reversibility::Recreate, "has to be imported again".to_owned()),
        Action::Update => update(change),
        Action::Replace | Action::Delete => loss(change, facts.backup),
    }
}

fn update(change: &ResourceChange) -> (Reversibility, String) {
    let marked = change.sensitive_marks.values().any(|[before, after]| before != after);
    let plain = |p: &String| change.before.pointer(p).zip(change.after.pointer(p)).is_some_and(|(a, b)| a != b);
    let secret = marked || change.sensitive.iter().any(plain);
    if secret {
        let note = "a sensitive value changes, and the plan does not hold the former one";
        return (Reversibility::NeedsBackup, note.to_owned());
    }
    if change.before.is_null() {
        return (Reversibility::Irreversible, "the former values are not known".to_owned());
    }
    (Reversibility::Exact, "sets the former values in place".to_owned())
}

/// An object ends. What it held is lost unless its type is known to hold nothing of its own.
fn loss(change: &ResourceChange, backup: &BTreeSet<Backup>) -> (Reversibility, String) {
    if holds_no_data(&change.resource_type) {
        return (Reversibility::Recreate, "made again from the former text, with a new identity".to_owned());
    }
    let data = [Backup::PreChange, Backup::ClusterSnapshot].into_iter().find(|kind| backup.contains(kind));
    match data {
        Some(kind) => (Reversibility::NeedsBackup, format!("what it holds comes back only from the {kind} backup")),
        None => (Reversibility::Irreversible, "what it holds is lost: no backup of its data is taken".to_owned()),
    }
}

/// The way back of a whole unit: its worst change decides. None if nothing is known about what it does.
#[must_use]
pub fn derive(plan: Option<&UnitPlan>, facts: &ReverseFacts<'_>) -> Option<WayBack> {
    let plan = plan?;
    let mut worst: Option<(Reversibility, String, &str)> = None;
    for change in &plan.changes {
        let (grade, note) = grade(change, facts);
        if worst.as_ref().is_none_or(|(known, ..)| grade > *known) {
            worst = Some((grade, note, &change.address));
        }
    }
    let partial = if plan.unknown_inputs.is_empty() { "" } else { " (as far as it is known)" };
    let way_back = match worst {
        Some((grade, note, address)) => WayBack { grade, note: format!("{address}: {note}{partial}") },
        None => WayBack { grade: Reversibility::Exact, note: format!("no resource changes{partial}") },
    };
    Some(way_back)
}

#[cfg(test)]
mod tests;
