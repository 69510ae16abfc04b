//! Effective layers (`dsl §5`): a unit counts as the highest layer among itself and all it reaches, so that the order
//! of layers inside a ChangeSet can't make a cycle with declared and wired edges.

use super::Graph;
use xcf_core::graph::Unit;
use xcf_core::route::Layer;

/// The effective layer of every unit. `groups` are the strongly connected groups, dependencies first.
pub(crate) fn effective_layers(graph: &Graph, units: &[Unit], groups: &[Vec<usize>]) -> Vec<Layer> {
    let mut layers = vec![Layer::Foundation; graph.nodes()];
    for group in groups {
        let own = group.iter().filter_map(|n| units.get(*n)).map(|u| u.layer);
        let reached = group.iter().flat_map(|n| graph.node_before(*n)).filter_map(|n| layers.get(*n as usize).copied());
        let highest = own.chain(reached).max().unwrap_or(Layer::Foundation);
        for node in group {
            if let Some(slot) = layers.get_mut(*node) {
                *slot = highest;
            }
        }
    }
    layers.truncate(graph.unit_count());
    layers
}
