//! Order between units (`dsl §5`): declared and wired edges as they are written, in linear space.
//!
//! A dependency between Compositions means lasts × firsts. It is kept as one *join* node between them, so that two
//! Compositions of a thousand modules cost two thousand edges, not a million; the edges are spelled out on demand.

mod cycle;
mod freeze;
mod json;
mod layer;

pub(crate) use cycle::cycles;
pub use freeze::{Member, freeze};
pub use json::{DiagnosticJson, GraphJson, GraphUnit, ReadJson, UnassembledUnit, diagnostics, json};
pub(crate) use layer::effective_layers;
pub use xcf_core::docs::config::Order;

use petgraph::graph::DiGraph;
use std::collections::BTreeSet;
use xcf_core::diag::Place;
use xcf_core::graph::{Edge, EdgeKind, Unit, Wire};

/// An edge between two units, by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEdge {
    /// Comes first.
    pub from: usize,
    /// Waits.
    pub to: usize,
    /// Why.
    pub kind: EdgeKind,
    /// Ports of a wired edge.
    pub wire: Option<Wire>,
    /// Where it is written.
    pub place: Place,
}

/// A dependency between two Compositions of one Environment: every last waits before every first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// Units of the Composition depended on that nothing of it waits for.
    pub lasts: Vec<usize>,
    /// Units of the dependent Composition that wait for nothing of it.
    pub firsts: Vec<usize>,
    /// Where the dependency is written.
    pub place: Place,
}

/// The graph over the units of a workspace, by their index in `Workspace::units`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    units: usize,
    edges: Vec<RawEdge>,
    joins: Vec<Join>,
    /// Per node (units, then joins): edges into it and out of it, as node numbers.
    before: Vec<Vec<u32>>,
    after: Vec<Vec<u32>>,
}

impl Graph {
    /// Builds it over `units` nodes.
    #[must_use]
    pub fn new(units: usize, edges: Vec<RawEdge>, joins: Vec<Join>) -> Self {
        let nodes = units + joins.len();
        let mut graph = Self { units, edges, joins, before: vec![Vec::new(); nodes], after: vec![Vec::new(); nodes] };
        let direct: Vec<(usize, usize)> = graph.edges.iter().map(|e| (e.from, e.to)).collect();
        let through: Vec<(usize, usize)> = graph
            .joins
            .iter()
            .enumerate()
            .flat_map(|(i, join)| {
                let node = units + i;
                let into = join.lasts.iter().map(move |l| (*l, node));
                let out = join.firsts.iter().map(move |f| (node, *f));
                into.chain(out).collect::<Vec<_>>()
            })
            .collect();
        for (from, to) in direct.into_iter().chain(through) {
            graph.link(from, to);
        }
        graph
    }

    fn link(&mut self, from: usize, to: usize) {
        let (Ok(a), Ok(b)) = (u32::try_from(from), u32::try_from(to)) else { return };
        if let (Some(out), true) = (self.after.get_mut(from), to < self.before.len()) {
            out.push(b);
            if let Some(into) = self.before.get_mut(to) {
                into.push(a);
            }
        }
    }

    /// Number of units.
    #[must_use]
    pub fn unit_count(&self) -> usize {
        self.units
    }
    /// Direct edges (wired, `dependsOn`).
    #[must_use]
    pub fn direct(&self) -> &[RawEdge] {
        &self.edges
    }
    /// Dependencies between Compositions.
    #[must_use]
    pub fn joins(&self) -> &[Join] {
        &self.joins
    }
    /// Number of nodes: units and joins.
    pub(crate) fn nodes(&self) -> usize {
        self.before.len()
    }
    pub(crate) fn node_before(&self, node: usize) -> &[u32] {
        self.before.get(node).map_or(&[], Vec::as_slice)
    }
    pub(crate) fn node_after(&self, node: usize) -> &[u32] {
        self.after.get(node).map_or(&[], Vec::as_slice)
    }

    /// Units that unit `index` waits for directly, sorted.
    #[must_use]
    pub fn depends_on(&self, index: usize) -> Vec<usize> {
        self.neighbours(self.node_before(index), |node| self.node_before(node))
    }
    /// Units that wait for unit `index` directly, sorted.
    #[must_use]
    pub fn dependants(&self, index: usize) -> Vec<usize> {
        self.neighbours(self.node_after(index), |node| self.node_after(node))
    }
    fn neighbours<'g>(&self, near: &[u32], beyond: impl Fn(usize) -> &'g [u32]) -> Vec<usize> {
        let mut found = BTreeSet::new();
        for node in near.iter().map(|n| *n as usize) {
            if node < self.units {
                found.insert(node);
            } else {
                found.extend(beyond(node).iter().map(|n| *n as usize));
            }
        }
        found.into_iter().collect()
    }

    /// Every edge, joins spelled out as lasts × firsts.
    #[must_use]
    pub fn edges(&self, units: &[Unit]) -> Vec<Edge> {
        let edge = |from: usize, to: usize, kind, wire: Option<Wire>, place: &Place| {
            let (from, to) = (units.get(from)?.id.clone(), units.get(to)?.id.clone());
            Some(Edge { from, to, kind, wire, place: place.clone() })
        };
        let direct = self.edges.iter().filter_map(|e| edge(e.from, e.to, e.kind, e.wire.clone(), &e.place));
        let joined = self.joins.iter().flat_map(|join| {
            let pairs = join.lasts.iter().flat_map(|l| join.firsts.iter().map(move |f| (*l, *f)));
            pairs.filter_map(|(l, f)| edge(l, f, EdgeKind::Declared, None, &join.place)).collect::<Vec<_>>()
        });
        direct.chain(joined).collect()
    }

    /// Nodes in groups that reach each other, dependencies first.
    pub(crate) fn components(&self) -> Vec<Vec<usize>> {
        let mut graph: DiGraph<(), (), u32> = DiGraph::with_capacity(self.nodes(), self.edges.len());
        for _ in 0..self.nodes() {
            graph.add_node(());
        }
        for (from, out) in self.after.iter().enumerate() {
            for to in out {
                let from = u32::try_from(from).unwrap_or(u32::MAX);
                graph.add_edge(from.into(), (*to).into(), ());
            }
        }
        // Kosaraju walks without recursion: a chain of a hundred thousand units must not use up the stack.
        let mut groups: Vec<Vec<usize>> = petgraph::algo::kosaraju_scc(&graph)
            .into_iter()
            .map(|g| g.into_iter().map(|n| n.index()).collect())
            .collect();
        groups.reverse();
        groups
    }
}

#[cfg(test)]
mod tests;
