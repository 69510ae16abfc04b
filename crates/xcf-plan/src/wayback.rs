//! The way back (`D6`, `R6.7`): derived by inverting the forward plan, graded, in doubt for the worse. The derived grade is
//! a prediction; after the apply the previous meaning is really planned.

mod stateless;

pub use stateless::holds_no_data;

use std::collections::BTreeSet;
use xcf_core::changeset::WayBack;
use xcf_core::ids::RepoPath;
use xcf_core::plan::{Action, Fidelity, ResourceChange, Reversibility, UnitPlan};
use xcf_core::route::Backup;
use xcf_core::said::Said;

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

/// Grade of one change, with one sentence in words and apart from its language.
#[must_use]
pub fn grade(change: &ResourceChange, facts: &ReverseFacts<'_>) -> (Reversibility, String, Said) {
    if !facts.engine_reverses {
        return match facts.rollback_fragment {
            Some(fragment) => (
                Reversibility::Recreate,
                format!("runs the declared rollback fragment {fragment}"),
                Said::new("way-fragment").with("file", fragment),
            ),
            None => graded(
                Reversibility::Irreversible,
                "no rollback fragment is declared, and the engine can't undo it",
                "way-no-fragment",
            ),
        };
    }
    if change.fidelity == Fidelity::Blind {
        return graded(Reversibility::Irreversible, "what it does is not known before it runs", "way-blind");
    }
    match change.action {
        Action::Create => graded(Reversibility::Exact, "destroys what it made", "way-destroys"),
        Action::Move => graded(Reversibility::Exact, "moves the address back", "way-moves-back"),
        Action::Import => {
            graded(Reversibility::Exact, "drops it from management again and leaves it alone", "way-drops")
        }
        Action::Forget => graded(Reversibility::Recreate, "has to be imported again", "way-imports"),
        Action::Update => update(change),
        Action::Replace | Action::Delete => loss(change, facts.backup),
    }
}

fn graded(grade: Reversibility, note: &str, code: &str) -> (Reversibility, String, Said) {
    (grade, note.to_owned(), Said::new(code))
}

fn update(change: &ResourceChange) -> (Reversibility, String, Said) {
    let marked = change.sensitive_marks.values().any(|[before, after]| before != after);
    let plain = |p: &String| change.before.pointer(p).zip(change.after.pointer(p)).is_some_and(|(a, b)| a != b);
    let secret = marked || change.sensitive.iter().any(plain);
    if secret {
        let note = "a sensitive value changes, and the plan does not hold the former one";
        return graded(Reversibility::NeedsBackup, note, "way-secret");
    }
    if change.before.is_null() {
        return graded(Reversibility::Irreversible, "the former values are not known", "way-unknown");
    }
    graded(Reversibility::Exact, "sets the former values in place", "way-sets-back")
}

/// An object ends. What it held is lost unless its type is known to hold nothing of its own.
fn loss(change: &ResourceChange, backup: &BTreeSet<Backup>) -> (Reversibility, String, Said) {
    if holds_no_data(&change.resource_type) {
        let note = "made again from the former text, with a new identity";
        return graded(Reversibility::Recreate, note, "way-made-again");
    }
    let data = [Backup::PreChange, Backup::ClusterSnapshot].into_iter().find(|kind| backup.contains(kind));
    match data {
        Some(kind) => (
            Reversibility::NeedsBackup,
            format!("what it holds comes back only from the {kind} backup"),
            Said::new("way-backup").with("backup", kind),
        ),
        None => {
            graded(Reversibility::Irreversible, "what it holds is lost: no backup of its data is taken", "way-lost")
        }
    }
}

/// The way back of a whole unit: its worst change decides. None if nothing is known about what it does.
#[must_use]
pub fn derive(plan: Option<&UnitPlan>, facts: &ReverseFacts<'_>) -> Option<WayBack> {
    let plan = plan?;
    let mut worst: Option<(Reversibility, String, Said, &str)> = None;
    for change in &plan.changes {
        let (grade, note, said) = grade(change, facts);
        if worst.as_ref().is_none_or(|(known, ..)| grade > *known) {
            worst = Some((grade, note, said, &change.address));
        }
    }
    let partial = if plan.unknown_inputs.is_empty() { "" } else { " (as far as it is known)" };
    let way_back = match worst {
        Some((grade, note, said, address)) => {
            WayBack { grade, note: format!("{address}: {note}{partial}"), said: said.with("address", address) }
        }
        None => WayBack {
            grade: Reversibility::Exact,
            note: format!("no resource changes{partial}"),
            said: Said::new("way-nothing"),
        },
    };
    Some(way_back)
}

#[cfg(test)]
mod tests;
