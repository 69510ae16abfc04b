//! Units that must not be planned, and why: an error of their own, a cycle, a faulty document, something upstream – or
//! a file whose rules bind every unit and can't be read (`D2.6`: fail closed, say why).

use super::Blocked;
use super::finding::{Finding, unit_errors};
use super::health::Health;
use super::read::CONFIG_FILE;
use crate::graph::Graph;
use std::collections::BTreeMap;
use xcf_core::diag::Place;
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;
use xcf_core::said::Said;

/// Why a unit is kept back: in words, apart from their language, and where.
pub(super) type Cause = (String, Said, Place);

/// What keeps units back.
pub(super) struct Causes<'w> {
    pub findings: &'w [Finding],
    /// Units on a cycle, by position.
    pub knotted: &'w BTreeMap<usize, Place>,
    /// Units of a document with an error.
    pub faulty: &'w BTreeMap<UnitId, Place>,
    /// Keeps every unit back.
    pub everywhere: Option<Cause>,
}

/// An error that leaves open what binds the units: in `.xcf.yaml` (which engines, which order), or in a document below
/// `policies/` (which gate, who must agree). Rego files judge for themselves; a `matrix-tie` names its units.
pub(super) fn everywhere(health: &Health, findings: &[Finding]) -> Option<Cause> {
    let told = |place: &Place| {
        let (what, code) = match place.file == CONFIG_FILE {
            true => ("what it says of engines and order", "blocked-config"),
            false => ("what it requires", "blocked-rules"),
        };
        (format!("{place} has an error: {what} is not known."), Said::new(code).with("place", place), place.clone())
    };
    if let Some(hidden) = health.unreadable.iter().find(|u| u.file == CONFIG_FILE || u.file.starts_with("policies/")) {
        return Some(told(&hidden.known.as_ref().map_or_else(|| Place::file(&hidden.file), |k| k.place.clone())));
    }
    let binds = |f: &&Finding| {
        let (file, code) = (f.diagnostic.place.file.as_str(), f.diagnostic.code.as_str());
        let rules =
            file.starts_with("policies/") && !file.ends_with(".rego") && f.unit.is_none() && code != "matrix-tie";
        f.diagnostic.is_error() && (file == CONFIG_FILE || rules)
    };
    findings.iter().find(binds).map(|f| told(&f.diagnostic.place))
}

impl Causes<'_> {
    /// Every unit that is kept back. `groups`: dependencies first.
    pub(super) fn spread(&self, graph: &Graph, units: &[Unit], groups: &[Vec<usize>]) -> BTreeMap<UnitId, Blocked> {
        let own = unit_errors(self.findings);
        let mut roots: Vec<Option<usize>> = vec![None; graph.nodes()];
        let mut blocked = BTreeMap::new();
        for node in groups.iter().flatten().copied() {
            let upstream = graph.node_before(node).iter().find_map(|n| roots.get(*n as usize).copied().flatten());
            let unit = units.get(node);
            let here = unit.and_then(|u| {
                self.cause(u, node, own.get(&u.id).map(|d| (d.message.clone(), Said::default(), d.place.clone())))
            });
            let root = if here.is_some() { Some(node) } else { upstream };
            if let Some(slot) = roots.get_mut(node) {
                *slot = root;
            }
            let Some(unit) = unit else { continue };
            let entry = match (here, upstream.and_then(|u| units.get(u))) {
                (Some((reason, said, place)), _) => Blocked { reason, said, place, upstream: None },
                (None, Some(up)) => Blocked {
                    reason: format!("{} upstream has an error.", up.id),
                    said: Said::new("blocked-upstream").with("unit", &up.id),
                    place: up.place.clone(),
                    upstream: Some(up.id.clone()),
                },
                (None, None) => continue,
            };
            blocked.insert(unit.id.clone(), entry);
        }
        blocked
    }

    fn cause(&self, unit: &Unit, position: usize, own: Option<Cause>) -> Option<Cause> {
        let knot = |p: &Place| ("It is part of a cycle.".to_owned(), Said::new("blocked-cycle"), p.clone());
        let fault =
            |p: &Place| (format!("Its document has an error at {p}."), Said::new("blocked-document"), p.clone());
        let on_cycle = || self.knotted.get(&position).map(knot);
        let faulty = || self.faulty.get(&unit.id).map(fault);
        own.or_else(on_cycle).or_else(faulty).or_else(|| self.everywhere.clone())
    }
}
