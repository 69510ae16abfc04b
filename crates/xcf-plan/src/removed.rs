//! What is removed (`dsl §7`, `D6`): nothing is destroyed because text went missing, is broken or was renamed.
//!
//! A unit that has state and is not in the head workspace counts as removed only if base and head both load, the
//! document or entry that made it is absent at head, and nothing at that path, in its Environment or in its
//! Composition has an error. Everything else is *unresolved*: shown, never planned.

use crate::pending::{AppliedRecord, Records};
use crate::workspace::{Health, IMPLICIT_ENVIRONMENT, Unreadable, Workspace};
use std::collections::BTreeSet;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::Kind;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::docs::environment::AllowDestroy;
use xcf_core::graph::Unit;
use xcf_core::ids::{CommitId, UnitId};

/// What is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// The Environment's document.
    Environment,
    /// The Environment's entry for the Composition.
    Entry,
    /// The Composition's document.
    Composition,
    /// The module's entry in the Composition.
    Module,
}

/// What became of a unit that has state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is in head.
    Present,
    /// Its text was removed on purpose: a step of its own, gate `strong`, with consent by name.
    Removed {
        /// What is gone.
        gone: Gone,
        /// Where it stood at base.
        place: Place,
    },
    /// A `moved` entry says what it is now.
    Moved {
        /// The unit it is now.
        to: UnitId,
    },
    /// Units with the same engine and ref were added and no `moved` says that they are it: blocks the destroy.
    PossibleRename {
        /// The added units.
        candidates: Vec<UnitId>,
        /// Where it stood at base.
        place: Place,
    },
    /// It can't be told: shown, never planned, blocks its dependants.
    Unresolved {
        /// Why.
        reason: String,
        /// Where to look.
        place: Place,
    },
    /// Its text is gone or can't be read, and it was never applied, but an attempt began and did not end: shown with what
    /// that may have left, never planned, never forgotten.
    Abandoned {
        /// What it may have left, in words.
        left: String,
        /// Where it stood.
        place: Place,
    },
}

/// A unit with state that head does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vanished {
    /// The unit.
    pub id: UnitId,
    /// Commit it was last applied at.
    pub commit: CommitId,
    /// Commit it is judged and shown by: `commit`, or the one it was re-keyed at since.
    pub known_at: CommitId,
    /// What became of it.
    pub fate: Fate,
}

/// Every unit with state that head does not have. `base` gives the workspace of a commit; none if it can't be loaded.
///
/// Each is judged by the commit it was last applied at; one that was re-keyed since bears another id there, and is judged by
/// the commit it was re-keyed at. One that was never applied is never removed: nothing says what would have to be destroyed.
#[must_use]
pub fn vanished<'b>(
    records: &Records,
    head: &Workspace,
    base: &dyn Fn(&CommitId) -> Option<&'b Workspace>,
) -> Vec<Vanished> {
    let has_state = |id: &UnitId| records.contains_key(id);
    let one = |(id, record): (&UnitId, &AppliedRecord)| {
        let holds = |commit: &&CommitId| base(commit).is_some_and(|b| b.unit(id).is_some());
        let known_at = [Some(&record.commit), record.rekeyed.as_ref()].into_iter().flatten().find(holds);
        let known_at = known_at.unwrap_or(&record.commit).clone();
        let fate = judge(id, base(&known_at), head, &has_state);
        Vanished { id: id.clone(), commit: record.commit.clone(), known_at, fate: abandoned(record, fate) }
    };
    records.iter().filter(|(id, record)| !record.expired && head.unit(id).is_none()).map(one).collect()
}

/// Without a record of an apply a removal has nothing to go by, and nothing may be forgotten either.
fn abandoned(record: &AppliedRecord, fate: Fate) -> Fate {
    match (&record.attempted, fate) {
        (Some(left), Fate::Removed { place, .. } | Fate::Unresolved { place, .. }) => {
            Fate::Abandoned { left: left.clone(), place }
        }
        (_, fate) => fate,
    }
}

/// What became of `id`. `has_state` says of any unit whether the log knows state of it.
#[must_use]
pub fn judge(id: &UnitId, base: Option<&Workspace>, head: &Workspace, has_state: &dyn Fn(&UnitId) -> bool) -> Fate {
    if head.unit(id).is_some() {
        return Fate::Present;
    }
    let unresolved = |reason: String, place: Place| Fate::Unresolved { reason, place };
    if let Some(moved) = head.moved.iter().find(|m| &m.from == id) {
        return match has_state(&moved.to) {
            false => Fate::Moved { to: moved.to.clone() },
            true => unresolved(format!("{id} and {} both have state (moved-conflict).", moved.to), moved.place.clone()),
        };
    }
    if !head.health.loaded {
        return unresolved(".xcf.yaml has an error.".to_owned(), Place::file(".xcf.yaml"));
    }
    let Some(base) = base.filter(|b| b.health.loaded) else {
        return unresolved("The commit it was last applied at can't be loaded.".to_owned(), Place::file(".xcf.yaml"));
    };
    let Some(unit) = base.unit(id) else {
        return unresolved("The commit it was last applied at does not hold it.".to_owned(), Place::file(".xcf.yaml"));
    };
    if let Some((reason, place)) = in_the_way(unit, base, head) {
        return unresolved(reason, place);
    }
    let candidates = renamed(unit, base, head, has_state);
    if !candidates.is_empty() {
        return Fate::PossibleRename { candidates, place: unit.place.clone() };
    }
    match gone(unit, base, head) {
        Some((gone, place)) => Fate::Removed { gone, place },
        None => unresolved("Its text is still there, but makes no such unit.".to_owned(), unit.place.clone()),
    }
}

/// An error at its paths, in its Environment or Composition, or a document that can't be read and may be one of them.
fn in_the_way(unit: &Unit, base: &Workspace, head: &Workspace) -> Option<(String, Place)> {
    let (environment, composition) = (unit.id.environment.as_str(), unit.id.composition.as_str());
    let base_environment = base.environment_doc(environment).map(|d| d.file.clone());
    let base_composition = base.composition(composition).map(|d| d.file.clone());
    let mut paths: Vec<String> = Vec::new();
    paths.extend(base_environment);
    paths.extend(base_composition);
    paths.push(unit.module_ref.as_str().to_owned());
    paths.extend(head.environment_docs.iter().filter(|d| d.name() == environment).map(|d| d.file.clone()));
    paths.extend(head.compositions.iter().filter(|d| d.name() == composition).map(|d| d.file.clone()));
    if let Some(path) = paths.into_iter().find(|p| head.health.is_touched(p)) {
        return Some((format!("{path} has an error."), Place::file(path)));
    }
    if head.health.environments.contains(&unit.id.environment) {
        return Some((format!("The Environment {environment} has an error."), error_place(head, environment)));
    }
    if head.health.compositions.contains(&unit.id.composition) {
        return Some((format!("The Composition {composition} has an error."), unit.place.clone()));
    }
    let no_environment = unit.entry_place.is_none() || head.environment_doc(environment).is_none();
    let no_composition = head.composition(composition).is_none();
    let hidden_environment = || hidden(&head.health, base, Kind::Environment, "envs/", environment);
    let hidden_composition = || hidden(&head.health, base, Kind::Composition, "compositions/", composition);
    let hiding =
        no_environment.then(hidden_environment).flatten().or_else(|| no_composition.then(hidden_composition).flatten());
    hiding.map(|u| (format!("{} can't be read and may hold it.", u.file), Place::file(&u.file)))
}

fn error_place(head: &Workspace, environment: &str) -> Place {
    head.environment_doc(environment).map_or_else(|| Place::file("envs"), |d| d.place(""))
}

/// A document that can't be read and may be the one called `name`. One that base knows under another name at the same
/// place in the same file is not.
fn hidden<'h>(health: &'h Health, base: &Workspace, kind: Kind, folder: &'h str, name: &str) -> Option<&'h Unreadable> {
    let is_another = |u: &&Unreadable| match kind {
        Kind::Environment => base.environment_docs.iter().any(|d| d.file == u.file && d.name() != name),
        _ => base.compositions.iter().any(|d| d.file == u.file && d.name() != name),
    };
    health.hidden(kind, folder).find(|u| !is_another(u))
}

/// Added units with the same engine and ref (`dsl §2`): in its Environment, or in one that is new or took its place.
fn renamed(unit: &Unit, base: &Workspace, head: &Workspace, has_state: &dyn Fn(&UnitId) -> bool) -> Vec<UnitId> {
    let environment_gone = head.environment(&unit.id.environment).is_none();
    let fits = |other: &&Unit| {
        let near = other.id.environment == unit.id.environment
            || environment_gone
            || base.environment(&other.id.environment).is_none();
        let same = other.route.engine.value == unit.route.engine.value && other.module_ref == unit.module_ref;
        near && same && base.unit(&other.id).is_none() && !has_state(&other.id) && other.moved_from.is_empty()
    };
    head.units.iter().filter(fits).map(|u| u.id.clone()).collect()
}

/// Which text is absent at head; none if all of it is still there.
fn gone(unit: &Unit, base: &Workspace, head: &Workspace) -> Option<(Gone, Place)> {
    let composition = unit.id.composition.as_str();
    let of_composition = || match head.composition(composition) {
        None => Some((Gone::Composition, unit.place.clone())),
        Some(doc) => {
            let kept = has_module(&doc.spec, unit.id.module.as_str());
            (!kept).then(|| (Gone::Module, unit.place.clone()))
        }
    };
    let Some(entry_place) = &unit.entry_place else {
        // The implicit Environment has no text of its own: only the Composition can be gone.
        return of_composition();
    };
    let name = unit.id.environment.as_str();
    if name == IMPLICIT_ENVIRONMENT && head.environment_docs.is_empty() {
        return of_composition();
    }
    let Some(doc) = head.environment_doc(name) else { return Some((Gone::Environment, entry_place.clone())) };
    let at_base = base.composition(composition).map(|d| stem(&d.file).to_owned());
    let at_head = head.composition(composition).map(|d| stem(&d.file).to_owned());
    let names_it = |reference: &str| {
        let written = Some(stem(reference.trim_start_matches("./")).to_owned());
        written == at_base || written == at_head
    };
    if doc.spec.compositions.iter().any(|e| names_it(&e.reference)) {
        return of_composition();
    }
    Some((Gone::Entry, entry_place.clone()))
}

fn has_module(spec: &CompositionSpec, name: &str) -> bool {
    spec.modules
        .iter()
        .any(|m| m.name.as_deref().unwrap_or_else(|| xcf_core::docs::check::default_module_name(&m.reference)) == name)
}

fn stem(path: &str) -> &str {
    path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml")).unwrap_or(path)
}

/// Where `allowDestroy: never` stands, at base or head (the stricter counts); none if the unit may be destroyed.
#[must_use]
pub fn removal_refused(id: &UnitId, base: &Workspace, head: &Workspace) -> Option<Place> {
    let refused = |workspace: &Workspace| {
        let doc = workspace.environment_doc(id.environment.as_str())?;
        let never = doc.spec.protection.as_ref()?.allow_destroy == Some(AllowDestroy::Never);
        never.then(|| doc.place("/spec/protection/allowDestroy"))
    };
    refused(head).or_else(|| refused(base))
}

/// Units of head that depended, at base, on units that can't be resolved: they are held back with them.
#[must_use]
pub fn held_by_unresolved(vanished: &[Vanished], base: &Workspace, head: &Workspace) -> BTreeSet<UnitId> {
    let is_lost =
        |fate: &Fate| matches!(fate, Fate::Unresolved { .. } | Fate::PossibleRename { .. } | Fate::Abandoned { .. });
    let lost = vanished.iter().filter(|v| is_lost(&v.fate));
    let mut todo: Vec<UnitId> = lost.map(|v| v.id.clone()).collect();
    let mut seen: BTreeSet<UnitId> = todo.iter().cloned().collect();
    let mut held = BTreeSet::new();
    while let Some(id) = todo.pop() {
        for dependant in base.dependants(&id) {
            if seen.insert(dependant.clone()) {
                if head.unit(&dependant).is_some() {
                    held.insert(dependant.clone());
                }
                todo.push(dependant);
            }
        }
    }
    held
}

/// Hosts that a playbook unit had at base and has no more (`dsl §1`): nothing is undone on them, and that is said.
#[must_use]
pub fn hosts_left(base: &Workspace, head: &Workspace) -> Vec<Diagnostic> {
    let of_unit = |unit: &Unit| {
        let before = base.unit(&unit.id)?;
        let left: Vec<&str> = before
            .hosts
            .iter()
            .filter(|h| !unit.hosts.iter().any(|n| n.name == h.name))
            .map(|h| h.name.as_str())
            .collect();
        let place = unit.entry_place.clone().unwrap_or_else(|| unit.place.clone());
        let message = format!("{} does not run on {} any more: nothing is undone there.", unit.id, left.join(", "));
        let hint = "Undo it by hand, or apply the declared rollback there first.";
        (!left.is_empty()).then(|| Diagnostic::warning("host-left", message, place).hint(hint))
    };
    head.units.iter().filter_map(of_unit).collect()
}

/// What a person is told about a vanished unit; none for one that is present, moved or cleanly removed.
#[must_use]
pub fn diagnostic(vanished: &Vanished) -> Option<Diagnostic> {
    let id = &vanished.id;
    match &vanished.fate {
        Fate::Present | Fate::Moved { .. } | Fate::Removed { .. } => None,
        Fate::PossibleRename { candidates, place } => {
            let list = candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let message = format!("{id} is gone and {list} is new, with the same engine and ref.");
            let from = format!("{}/{}", id.composition, id.module);
            let hint = format!(
                "If it was renamed, add `moved: [{{from: {from}, to: …}}]`; if not, remove the old one in a change of its own."
            );
            Some(Diagnostic::error("possible-rename", message, place.clone()).hint(hint))
        }
        Fate::Unresolved { reason, place } => {
            let message = format!("It can't be told whether {id} was removed: {reason}");
            let hint = "Mend the file, or restore the entry. Nothing of this unit is planned until then.";
            Some(Diagnostic::warning("unresolved", message, place.clone()).hint(hint))
        }
        Fate::Abandoned { left, place } => {
            let message = format!("{id} is gone and was never applied, but something of it may be there: {left}");
            let hint =
                "Put its text back and apply it, then remove it; or look at what is there. Nothing of it is destroyed.";
            Some(Diagnostic::warning("left-behind", message, place.clone()).hint(hint))
        }
    }
}

#[cfg(test)]
mod tests;
