//! Environments on their own: `after`, names they bind, protection (`dsl §1`, `§3`).

use super::IMPLICIT_ENVIRONMENT;
use super::catalog::Catalog;
use super::finding::Finding;
use super::refs::choices;
use crate::router::level;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::Doc;
use xcf_core::docs::environment::{AllowDestroy, EnvironmentSpec};
use xcf_core::graph::EnvironmentInfo;
use xcf_core::ids::EnvName;
use xcf_core::route::Gate;

/// Names that nothing bears, `after` cycles, rows that match no Environment.
pub(super) fn check(catalog: &Catalog) -> Vec<Finding> {
    let mut found = Vec::new();
    let known: BTreeSet<&str> = catalog.environments.iter().map(|d| d.name()).collect();
    let windows: BTreeSet<&str> = catalog.windows.iter().map(|d| d.name()).collect();
    let budgets: BTreeSet<&str> = catalog.budgets.iter().map(|d| d.name()).collect();
    let rates: BTreeSet<&str> = catalog.rate_limits.iter().map(|d| d.name()).collect();
    for doc in &catalog.environments {
        let spec = &doc.spec;
        let lists = [
            ("after", &spec.after, &known, "unknown-environment", "Environment"),
            ("windows", &spec.windows, &windows, "unknown-window", "Window"),
            ("budgets", &spec.budgets, &budgets, "unknown-budget", "Budget"),
            ("rateLimits", &spec.rate_limits, &rates, "unknown-rate-limit", "RateLimit"),
        ];
        for (field, names, known, code, kind) in lists {
            for (index, name) in names.iter().enumerate().filter(|(_, n)| !known.contains(n.as_str())) {
                let place = doc.place(&format!("/spec/{field}/{index}"));
                let diagnostic = Diagnostic::error(code, format!("There is no {kind} `{name}`."), place)
                    .hint(choices(name, known.iter().copied()));
                found.push(Finding::new(diagnostic).environment(doc.name()));
            }
        }
    }
    found.extend(after_cycles(&catalog.environments));
    found.extend(rows_without_environment(catalog, &known));
    found
}

fn after_cycles(docs: &[Doc<EnvironmentSpec>]) -> Vec<Finding> {
    let by_name: BTreeMap<&str, usize> = docs.iter().enumerate().map(|(i, d)| (d.name(), i)).collect();
    let mut graph: petgraph::graph::DiGraph<(), ()> = petgraph::graph::DiGraph::new();
    let nodes: Vec<_> = docs.iter().map(|_| graph.add_node(())).collect();
    for (index, doc) in docs.iter().enumerate() {
        for before in doc.spec.after.iter().filter_map(|a| by_name.get(a.as_str())).filter(|b| **b != index) {
            if let (Some(a), Some(b)) = (nodes.get(*before), nodes.get(index)) {
                graph.add_edge(*a, *b, ());
            }
        }
    }
    let mut found = Vec::new();
    for group in petgraph::algo::kosaraju_scc(&graph).into_iter().filter(|g| g.len() > 1) {
        let mut members: Vec<&Doc<EnvironmentSpec>> = group.iter().filter_map(|n| docs.get(n.index())).collect();
        members.sort_by_key(|d| d.name());
        let names: Vec<&str> = members.iter().map(|d| d.name()).collect();
        let places: Vec<Place> = members.iter().map(|d| d.place("/spec/after")).collect();
        let told: Vec<String> = places.iter().map(ToString::to_string).collect();
        for (doc, place) in members.iter().zip(&places) {
            let message = format!("The Environments {} wait for each other ({}).", names.join(", "), told.join("; "));
            let others = places.iter().filter(|p| *p != place).cloned();
            let diagnostic =
                Diagnostic::error("cycle", message, place.clone()).hint("Remove one `after`.").related(others);
            found.push(Finding::new(diagnostic).environment(doc.name()));
        }
    }
    found
}

/// A row for an Environment that does not exist would silently never hold.
fn rows_without_environment(catalog: &Catalog, known: &BTreeSet<&str>) -> Vec<Finding> {
    if known.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for doc in &catalog.matrices {
        for (index, row) in doc.spec.rows.iter().enumerate() {
            let named = row.matches.environment.iter().flat_map(|e| e.as_slice());
            for name in named.filter(|n| !known.contains(n.as_str())) {
                let place = doc.place(&format!("/spec/rows/{index}/match/environment"));
                let message = format!("The row `{}` is for the Environment `{name}`, which does not exist.", row.name);
                let diagnostic = Diagnostic::warning("unknown-environment", message, place)
                    .hint(choices(name, known.iter().copied()));
                found.push(Finding::new(diagnostic));
            }
        }
    }
    found
}

/// Environments by name; those whose name stands twice are left out.
pub(super) fn infos(docs: &[Doc<EnvironmentSpec>], skip: &BTreeSet<usize>) -> Vec<EnvironmentInfo> {
    let info = |doc: &Doc<EnvironmentSpec>| EnvironmentInfo {
        name: EnvName::from(doc.name()),
        protection: doc.spec.protection.as_ref().and_then(|p| p.approval).map(level),
        destroy_never: doc.spec.protection.as_ref().and_then(|p| p.allow_destroy) == Some(AllowDestroy::Never),
        after: doc.spec.after.iter().map(|a| EnvName::from(a.as_str())).collect(),
        approvers: doc.spec.approvers.clone(),
        place: Some(doc.place("")),
    };
    let mut all: Vec<EnvironmentInfo> =
        docs.iter().enumerate().filter(|(i, _)| !skip.contains(i)).map(|(_, d)| info(d)).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The Environment of a workspace without any Environment document: gate `approve` (`dsl §3`).
pub(super) fn implicit() -> EnvironmentInfo {
    EnvironmentInfo {
        name: EnvName::from(IMPLICIT_ENVIRONMENT),
        protection: Some(Gate::Approve),
        destroy_never: false,
        after: Vec::new(),
        approvers: BTreeMap::new(),
        place: None,
    }
}
