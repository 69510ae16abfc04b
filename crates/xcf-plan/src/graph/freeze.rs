//! The execution graph of one ChangeSet (`D6`, `dsl §5`): declared and wired edges among its units, the order of
//! layers, and destroys in reverse.

use super::Order;
use crate::workspace::Workspace;
use std::collections::{BTreeSet, HashMap, HashSet};
use xcf_core::changeset::{FrozenEdge, FrozenEdgeKind};
use xcf_core::graph::EdgeKind;
use xcf_core::ids::UnitId;
use xcf_core::route::Layer;

/// Most layer edges that are spelled out. Above it a unit waits only for the nearest lower layer of each region, which
/// waits for the next: the same order of a whole run in fewer edges.
const SPELLED_OUT: usize = 200_000;

/// One changing unit of a ChangeSet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The unit.
    pub id: UnitId,
    /// True if it is destroyed: its edges and layer come from the base workspace.
    pub destroy: bool,
}

#[derive(Clone)]
struct Node<'a> {
    id: &'a UnitId,
    destroy: bool,
    layer: Layer,
    region: Option<&'a str>,
}

/// Edges among `members`, never a cycle among units that are not on one in the documents.
///
/// An applied unit waits for the applied units it depends on, and for all of lower effective layer in its region. A
/// destroyed unit waits for its dependants, changed or destroyed. An applied unit waits for a destroyed dependant
/// only where that can't make a cycle.
#[must_use]
pub fn freeze(members: &[Member], head: &Workspace, base: Option<&Workspace>) -> Vec<FrozenEdge> {
    let nodes: HashMap<&UnitId, Node<'_>> =
        members.iter().filter_map(|m| Some((&m.id, node(m, head, base)?))).collect();
    let mut edges: BTreeSet<FrozenEdge> = BTreeSet::new();
    let mut weak: BTreeSet<FrozenEdge> = BTreeSet::new();
    for workspace in std::iter::once(head).chain(base) {
        let of_head = std::ptr::eq(workspace, head);
        for (from, to, kind) in declared(workspace, &nodes) {
            let (Some(a), Some(b)) = (nodes.get(&from), nodes.get(&to)) else { continue };
            let edge = |from: UnitId, to: UnitId| FrozenEdge { from, to, kind };
            // What is destroyed stands to the others as it did when it was applied.
            let in_base = |n: &Node<'_>| n.destroy && base.is_some_and(|b| b.unit(n.id).is_some());
            if of_head && (in_base(a) || in_base(b)) {
                continue;
            }
            match (a.destroy, b.destroy) {
                (false, false) if of_head => {
                    edges.insert(edge(from, to));
                }
                // Only the workspace of head says how applied units stand to each other.
                (false, false) => {}
                (true, _) => {
                    edges.insert(edge(to, from));
                }
                (false, true) => {
                    weak.insert(edge(to, from));
                }
            }
        }
    }
    if head.order == Order::Layers {
        layers(&nodes, &mut edges);
    }
    let mut known = Reach::of(&edges);
    for edge in weak {
        if !known.reaches(&edge.to, &edge.from) {
            known.add(&edge);
            edges.insert(edge);
        }
    }
    edges.into_iter().collect()
}

fn node<'a>(member: &'a Member, head: &'a Workspace, base: Option<&'a Workspace>) -> Option<Node<'a>> {
    let unit = if member.destroy {
        base.and_then(|b| b.unit(&member.id)).or_else(|| head.unit(&member.id))
    } else {
        head.unit(&member.id)
    };
    let unit = unit?;
    Some(Node { id: &member.id, destroy: member.destroy, layer: unit.effective_layer, region: unit.region.as_deref() })
}

/// Declared and wired edges of `workspace` whose ends are both members.
fn declared<'a>(workspace: &'a Workspace, nodes: &HashMap<&UnitId, Node<'_>>) -> Vec<(UnitId, UnitId, FrozenEdgeKind)> {
    let member = |i: usize| workspace.units.get(i).map(|u| &u.id).filter(|id| nodes.contains_key(id));
    let mut all = Vec::new();
    for edge in workspace.graph.direct() {
        if let (Some(from), Some(to)) = (member(edge.from), member(edge.to)) {
            all.push((from.clone(), to.clone(), edge.kind.into()));
        }
    }
    for join in workspace.graph.joins() {
        let lasts: Vec<&'a UnitId> = join.lasts.iter().filter_map(|l| member(*l)).collect();
        for first in join.firsts.iter().filter_map(|f| member(*f)) {
            all.extend(lasts.iter().map(|last| ((*last).clone(), first.clone(), EdgeKind::Declared.into())));
        }
    }
    // An unchanged unit between two changing ones keeps their order: what waits for it waits for what it waits for.
    all.extend(bridged(workspace, nodes));
    all
}

/// Edges between members that are connected only through units that do not change.
fn bridged(workspace: &Workspace, nodes: &HashMap<&UnitId, Node<'_>>) -> Vec<(UnitId, UnitId, FrozenEdgeKind)> {
    let graph = &workspace.graph;
    let is_member = |n: usize| workspace.units.get(n).is_some_and(|u| nodes.contains_key(&u.id));
    let is_unit = |n: usize| n < graph.unit_count();
    let mut all = Vec::new();
    for (start, unit) in workspace.units.iter().enumerate().filter(|(n, _)| is_member(*n)) {
        let mut seen: HashSet<usize> = HashSet::from([start]);
        // (node, true once an unchanged unit lies between)
        let mut stack: Vec<(usize, bool)> = graph.node_after(start).iter().map(|n| (*n as usize, false)).collect();
        while let Some((node, indirect)) = stack.pop() {
            if is_unit(node) && is_member(node) {
                if let (true, Some(to)) = (indirect && node != start, workspace.units.get(node)) {
                    all.push((unit.id.clone(), to.id.clone(), FrozenEdgeKind::Declared));
                }
                continue;
            }
            if seen.insert(node) {
                let beyond = indirect || is_unit(node);
                stack.extend(graph.node_after(node).iter().map(|n| (*n as usize, beyond)));
            }
        }
    }
    all
}

/// True if a unit of region `of` waits for one of region `other`: no region means all.
fn meets(of: Option<&str>, other: Option<&str>) -> bool {
    of.is_none() || other.is_none() || of == other
}

fn layers(nodes: &HashMap<&UnitId, Node<'_>>, edges: &mut BTreeSet<FrozenEdge>) {
    let mut all: Vec<&Node<'_>> = nodes.values().collect();
    all.sort_by_key(|n| (n.layer, n.id));
    let mut by_layer: Vec<Vec<&Node<'_>>> = Vec::new();
    for node in all {
        match by_layer.last_mut() {
            Some(group) if group.first().is_some_and(|g| g.layer == node.layer) => group.push(node),
            _ => by_layer.push(vec![node]),
        }
    }
    let sizes: Vec<usize> = by_layer.iter().map(Vec::len).collect();
    let pairs: usize = sizes.iter().enumerate().map(|(i, n)| n * sizes.iter().take(i).sum::<usize>()).sum();
    for (level, upper) in by_layer.iter().enumerate() {
        for high in upper {
            let mut covered: HashSet<Option<&str>> = HashSet::new();
            for lower in by_layer.iter().take(level).rev() {
                let met: Vec<&&Node<'_>> = lower.iter().filter(|low| meets(high.region, low.region)).collect();
                let fresh: Vec<&&&Node<'_>> =
                    met.iter().filter(|low| pairs <= SPELLED_OUT || !covered.contains(&low.region)).collect();
                for low in fresh {
                    edges.extend(layer_edge(low, high));
                }
                covered.extend(met.iter().filter(|n| !n.destroy && !high.destroy).map(|n| n.region));
            }
        }
    }
}

/// Lower first; a destroy of the lower one waits for whatever happens above it. A destroy above and a change below do
/// not wait for each other by layer alone.
fn layer_edge(low: &Node<'_>, high: &Node<'_>) -> Option<FrozenEdge> {
    let edge = |from: &Node<'_>, to: &Node<'_>| FrozenEdge {
        from: from.id.clone(),
        to: to.id.clone(),
        kind: FrozenEdgeKind::Layer,
    };
    match (low.destroy, high.destroy) {
        (false, false) => Some(edge(low, high)),
        (true, _) => Some(edge(high, low)),
        (false, true) => None,
    }
}

/// Which unit comes before which.
struct Reach {
    after: HashMap<UnitId, Vec<UnitId>>,
}

impl Reach {
    fn of(edges: &BTreeSet<FrozenEdge>) -> Self {
        let mut reach = Self { after: HashMap::new() };
        for edge in edges {
            reach.add(edge);
        }
        reach
    }
    fn add(&mut self, edge: &FrozenEdge) {
        self.after.entry(edge.from.clone()).or_default().push(edge.to.clone());
    }
    fn reaches(&self, from: &UnitId, to: &UnitId) -> bool {
        let mut stack = vec![from];
        let mut seen = HashSet::new();
        while let Some(at) = stack.pop() {
            if at == to {
                return true;
            }
            if seen.insert(at) {
                stack.extend(self.after.get(at).into_iter().flatten());
            }
        }
        false
    }
}
