//! Cycles (`dsl §5`): one error per knot, naming where each edge of one way round is written.

use super::Graph;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::graph::Unit;

/// A knot: units that wait for each other.
pub(crate) struct Knot {
    pub units: Vec<usize>,
    pub diagnostic: Diagnostic,
}

/// Every knot of the graph, given its strongly connected groups.
pub(crate) fn cycles(graph: &Graph, units: &[Unit], groups: &[Vec<usize>]) -> Vec<Knot> {
    let is_loop = |node: usize| graph.node_after(node).iter().any(|n| *n as usize == node);
    let knotted = |g: &&Vec<usize>| g.len() > 1 || g.first().is_some_and(|n| is_loop(*n));
    let groups: Vec<&Vec<usize>> = groups.iter().filter(knotted).collect();
    if groups.is_empty() {
        return Vec::new();
    }
    let direct = direct_places(graph);
    groups.into_iter().map(|group| knot(graph, units, group, &direct)).collect()
}

type Places<'g> = HashMap<(usize, usize), &'g Place>;

fn direct_places(graph: &Graph) -> Places<'_> {
    let mut places = HashMap::new();
    for edge in graph.direct() {
        places.entry((edge.from, edge.to)).or_insert(&edge.place);
    }
    places
}

fn knot(graph: &Graph, units: &[Unit], group: &[usize], direct: &Places<'_>) -> Knot {
    let members: BTreeSet<usize> = group.iter().copied().collect();
    let mut in_units: Vec<usize> = members.iter().copied().filter(|n| *n < graph.unit_count()).collect();
    in_units.sort_unstable();
    let start = in_units.first().copied().unwrap_or_default();
    let way = shortest_way_round(graph, start, &members);
    let mut steps: Vec<(usize, usize, Place)> = Vec::new();
    let mut last_unit = start;
    let mut through: Option<Place> = None;
    for pair in way.windows(2) {
        let [a, b] = pair else { continue };
        if *b >= graph.unit_count() {
            through = graph.joins().get(b - graph.unit_count()).map(|j| j.place.clone());
            continue;
        }
        let place = through.take().or_else(|| direct.get(&(*a, *b)).map(|p| (*p).clone()));
        steps.push((last_unit, *b, place.unwrap_or_else(|| Place::file(""))));
        last_unit = *b;
    }
    let name = |i: usize| units.get(i).map(|u| u.id.to_string()).unwrap_or_default();
    let told: Vec<String> =
        steps.iter().map(|(from, to, place)| format!("{} waits for {} ({place})", name(*to), name(*from))).collect();
    let mut places: Vec<Place> = steps.into_iter().map(|(_, _, place)| place).collect();
    places.dedup();
    let more = in_units.len().saturating_sub(told.len());
    let rest = if more > 0 { format!(" {more} more units are in this knot.") } else { String::new() };
    let message = format!("Units wait for each other: {}.{rest}", told.join("; "));
    let first = if places.is_empty() { Place::file("") } else { places.remove(0) };
    let diagnostic = Diagnostic::error("cycle", message, first)
        .hint("Remove one of these dependencies or wires. Until then these units and what depends on them are not planned.")
        .related(places);
    Knot { units: in_units, diagnostic }
}

/// Nodes from `start` back to `start`, staying inside the group.
fn shortest_way_round(graph: &Graph, start: usize, members: &BTreeSet<usize>) -> Vec<usize> {
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for next in graph.node_after(node).iter().map(|n| *n as usize).filter(|n| members.contains(n)) {
            if next == start {
                let mut way = vec![start, node];
                let mut at = node;
                while at != start {
                    let Some(previous) = came_from.get(&at) else { break };
                    at = *previous;
                    way.push(at);
                }
                way.reverse();
                // A self-loop is start → start.
                if node == start {
                    return vec![start, start];
                }
                return way;
            }
            if next != start && !came_from.contains_key(&next) {
                came_from.insert(next, node);
                queue.push_back(next);
            }
        }
    }
    vec![start]
}
