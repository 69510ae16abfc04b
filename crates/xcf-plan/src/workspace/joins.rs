//! Dependencies between Compositions (`dsl §5`): lasts × firsts of each pair, one join each.

use super::CrossRead;
use super::assemble::Built;
use super::finding::Finding;
use super::refs::normalise;
use super::wire::{InstanceKey, Wired, Wiring};
use crate::graph::{Join, RawEdge};
use std::collections::{HashMap, HashSet};
use xcf_core::diag::{Diagnostic, Place};

impl Wiring<'_> {
    /// Dependencies between Compositions: lasts × firsts, one join each.
    pub(super) fn join(&self, all: &mut Wired) {
        let mut keys: Vec<&InstanceKey> = self.instances.keys().collect();
        keys.sort_unstable();
        let ends = self.ends(&all.edges);
        for key in keys {
            let Some(doc) = self.compositions.get(key.1) else { continue };
            let Some(first_unit) = self.instances.get(key).and_then(|u| u.first()) else { continue };
            let Some(built) = self.built.get(first_unit.1) else { continue };
            for (index, dependency) in doc.spec.dependencies.iter().enumerate() {
                let place = doc.place(&format!("/spec/dependencies/{index}/ref"));
                match self.dependency(built, dependency, &place) {
                    Ok(target) => self.add_join(*key, target, place, &ends, all),
                    Err(diagnostic) => {
                        let units = self.instances.get(key).into_iter().flatten().filter_map(|(_, u)| self.unit(*u));
                        all.findings.extend(units.map(|u| Finding::new(diagnostic.clone()).unit(&u.id)));
                    }
                }
            }
        }
    }

    fn dependency(
        &self,
        built: &Built,
        dependency: &xcf_core::docs::composition::Dependency,
        place: &Place,
    ) -> Result<InstanceKey, Diagnostic> {
        let path = normalise(&dependency.reference).ok();
        let composition = path
            .and_then(|p| self.index.by_path(&p))
            .ok_or_else(|| self.no_composition(&dependency.reference, place))?;
        let environment = self.environment_of(built, dependency.environment.as_deref(), place)?;
        let key = (environment, composition);
        if self.instances.contains_key(&key) {
            Ok(key)
        } else {
            Err(self.not_assembled(built, composition, environment, place))
        }
    }

    fn add_join(&self, from: InstanceKey, on: InstanceKey, place: Place, ends: &Ends, all: &mut Wired) {
        let (Some(firsts), Some(lasts)) = (ends.firsts.get(&from), ends.lasts.get(&on)) else { return };
        if from.0 == on.0 {
            all.joins.push(Join { lasts: lasts.clone(), firsts: firsts.clone(), place });
            return;
        }
        for (reader, read) in firsts.iter().flat_map(|f| lasts.iter().map(move |l| (*f, *l))) {
            if let (Some(unit), Some(target)) = (self.unit(reader), self.unit(read)) {
                let read =
                    CrossRead { unit: unit.id.clone(), target: target.id.clone(), wire: None, place: place.clone() };
                all.reads.push(read);
            }
        }
    }

    /// Units of each instance without a predecessor, and without a successor, inside it. Units on an inner cycle count
    /// as both, so that whatever depends on the Composition depends on them.
    fn ends(&self, edges: &[RawEdge]) -> Ends {
        let key_of = |u: usize| self.built.get(u).map(|b| (b.environment, b.composition));
        let mut inner: HashMap<InstanceKey, Vec<(usize, usize)>> = HashMap::new();
        for edge in edges.iter().filter(|e| e.from != e.to) {
            if let (Some(a), Some(b)) = (key_of(edge.from), key_of(edge.to))
                && a == b
            {
                inner.entry(a).or_default().push((edge.from, edge.to));
            }
        }
        let mut ends = Ends::default();
        for (key, units) in self.instances {
            let all: Vec<usize> = units.iter().map(|(_, u)| *u).collect();
            let edges = inner.get(key).map_or(&[][..], Vec::as_slice);
            let stuck = stuck(&all, edges);
            let is_first = |u: &usize| stuck.contains(u) || !edges.iter().any(|(_, to)| to == u);
            let is_last = |u: &usize| stuck.contains(u) || !edges.iter().any(|(from, _)| from == u);
            ends.firsts.insert(*key, all.iter().copied().filter(is_first).collect());
            ends.lasts.insert(*key, all.iter().copied().filter(is_last).collect());
        }
        ends
    }
}

#[derive(Default)]
struct Ends {
    firsts: HashMap<InstanceKey, Vec<usize>>,
    lasts: HashMap<InstanceKey, Vec<usize>>,
}

/// Nodes that can't be put into an order: those on a cycle, and those between cycles.
fn stuck(nodes: &[usize], edges: &[(usize, usize)]) -> HashSet<usize> {
    let mut waiting: HashMap<usize, usize> = HashMap::new();
    let mut after: HashMap<usize, Vec<usize>> = HashMap::new();
    for (from, to) in edges {
        *waiting.entry(*to).or_default() += 1;
        after.entry(*from).or_default().push(*to);
    }
    if edges.is_empty() {
        return HashSet::new();
    }
    let mut ready: Vec<usize> = nodes.iter().copied().filter(|n| !waiting.contains_key(n)).collect();
    let mut left: HashSet<usize> = nodes.iter().copied().collect();
    while let Some(node) = ready.pop() {
        left.remove(&node);
        for next in after.get(&node).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    ready.push(*next);
                }
            }
        }
    }
    left
}
