//! Which units an edit touches, and by what: everything that may make a unit pending, before anything is planned.

use super::fields::{Bindings, Field, between};
use super::former;
use crate::closure::Closures;
use crate::workspace::Workspace;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;
use xcf_core::ports::tree::Tree;

/// Why a unit is affected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It was not there.
    Appeared,
    /// It is not there any more. Whether it was removed is not judged here.
    Gone,
    /// It was moved from another id: no resource changes by that.
    Moved(UnitId),
    /// An input is another one.
    Input(String),
    /// A decision of its route differs.
    Route(Field),
    /// Another module.
    Module(String),
    /// A file it reads differs.
    Content(String),
    /// Hosts, account, region, cluster or namespace.
    Target(&'static str),
    /// It reads an output of an affected unit: known when that one has applied.
    Reads {
        /// The unit upstream.
        unit: UnitId,
        /// The output.
        output: String,
    },
}

/// An affected unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The unit.
    pub unit: UnitId,
    /// Why, without repetition.
    pub causes: Vec<Cause>,
}

/// A model with its files.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The model.
    pub model: &'a Workspace,
    /// The tree it was loaded from.
    pub tree: &'a dyn Tree,
}

/// Units that differ between two trees, by id; then what reads their outputs, on and on.
#[must_use]
pub fn affected(before: Side<'_>, after: Side<'_>) -> Vec<Affected> {
    let (old, new) = (Bindings::of(before.model), Bindings::of(after.model));
    let (were, are) = (Closures::new(before.tree), Closures::new(after.tree));
    let one = |unit: &Unit| {
        let causes = match former(before.model, unit) {
            None => vec![Cause::Appeared],
            Some(was) => {
                let mut causes = of_documents(was, unit);
                causes.extend(
                    between(was, unit, &old, &new).into_iter().flat_map(|i| i.fields).map(|f| Cause::Route(f.field)),
                );
                causes.extend(of_content(&were.of(was), &are.of(unit)));
                causes
            }
        };
        (!causes.is_empty()).then(|| (unit.id.clone(), causes))
    };
    let mut found: BTreeMap<UnitId, Vec<Cause>> = after.model.units.par_iter().filter_map(one).collect();
    spread(after.model, &mut found);
    for id in super::vanished(before.model, after.model) {
        found.insert(id, vec![Cause::Gone]);
    }
    found.into_iter().map(|(unit, causes)| Affected { unit, causes }).collect()
}

fn of_documents(was: &Unit, unit: &Unit) -> Vec<Cause> {
    let mut causes = Vec::new();
    if was.id != unit.id {
        causes.push(Cause::Moved(was.id.clone()));
    }
    if was.module_ref != unit.module_ref {
        causes.push(Cause::Module(unit.module_ref.to_string()));
    }
    let names: BTreeSet<&String> = was.inputs.keys().chain(unit.inputs.keys()).collect();
    let differs = |name: &&String| was.inputs.get(*name).map(|i| &i.value) != unit.inputs.get(*name).map(|i| &i.value);
    causes.extend(names.into_iter().filter(differs).map(|n| Cause::Input(n.clone())));
    let mut target = |what, differs: bool| {
        if differs {
            causes.push(Cause::Target(what));
        }
    };
    target("hosts", was.hosts != unit.hosts);
    target("account", was.account != unit.account);
    target("region", was.region != unit.region);
    target("cluster", was.cluster != unit.cluster);
    target("namespace", was.namespace != unit.namespace);
    causes
}

/// The first file that differs stands for all: one is enough to plan the unit.
fn of_content(was: &crate::closure::Closure, now: &crate::closure::Closure) -> Option<Cause> {
    if was.digest == now.digest {
        return None;
    }
    let differs = |list: &[(String, String)], other: &[(String, String)]| {
        list.iter().find(|entry| other.binary_search(entry).is_err()).map(|(path, _)| path.clone())
    };
    differs(&now.entries, &was.entries).or_else(|| differs(&was.entries, &now.entries)).map(Cause::Content)
}

/// A route alone changes no resource, so it changes no output either.
fn spread(model: &Workspace, found: &mut BTreeMap<UnitId, Vec<Cause>>) {
    let mut readers: BTreeMap<&UnitId, Vec<(&UnitId, &str)>> = BTreeMap::new();
    for unit in &model.units {
        for reference in &unit.references {
            readers.entry(&reference.target).or_default().push((&unit.id, &reference.reference.output));
        }
    }
    let moves = |causes: &[Cause]| {
        let still = |c: &Cause| matches!(c, Cause::Route(f) if *f != Field::Engine) || matches!(c, Cause::Moved(_));
        !causes.iter().all(still)
    };
    let mut open: Vec<UnitId> = found.iter().filter(|(_, causes)| moves(causes)).map(|(id, _)| id.clone()).collect();
    let mut seen: BTreeSet<UnitId> = open.iter().cloned().collect();
    while let Some(id) = open.pop() {
        for (reader, output) in readers.get(&id).into_iter().flatten() {
            let cause = Cause::Reads { unit: id.clone(), output: (*output).to_owned() };
            let causes = found.entry((*reader).clone()).or_default();
            if !causes.contains(&cause) {
                causes.push(cause);
            }
            if seen.insert((*reader).clone()) {
                open.push((*reader).clone());
            }
        }
    }
}
