//! People to roles: one person fills one role per unit (`dsl §10`). A maximum bipartite matching.

use petgraph::algo::maximum_matching;
use petgraph::graph::{NodeIndex, UnGraph};
use std::collections::BTreeSet;
use xcf_core::changeset::Need;
use xcf_core::ids::{PersonName, Role};

/// A person with the roles they may fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub name: PersonName,
    pub roles: BTreeSet<Role>,
}

/// One place to be filled by one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// The role; none: any.
    pub role: Option<Role>,
    /// For `strong`: a role that does not count here, because another place has it already.
    pub other_than: Option<Role>,
    /// Index of the need it comes from.
    pub need: usize,
}

impl Slot {
    /// The role `candidate` would fill here.
    pub fn role_of(&self, candidate: &Candidate) -> Option<Role> {
        match &self.role {
            Some(role) => candidate.roles.get(role).cloned(),
            None => candidate.roles.iter().find(|r| self.other_than.as_ref() != Some(*r)).cloned(),
        }
    }
}

/// Slots with who fills them.
#[derive(Debug, Clone, Default)]
pub(super) struct Filling {
    /// (slot, index of the candidate).
    pub slots: Vec<(Slot, Option<usize>)>,
}

impl Filling {
    fn filled(&self) -> usize {
        self.slots.iter().filter(|(_, who)| who.is_some()).count()
    }
}

/// Fills as many places as can be filled. With `two_roles` the people must stand in at least two roles.
pub(super) fn fill(needs: &[Need], candidates: &[Candidate], two_roles: bool) -> Filling {
    let named: BTreeSet<&Role> = needs.iter().filter_map(|n| n.role.as_ref()).collect();
    match (two_roles, named.len()) {
        (true, 0) => {
            // Any two roles will do: try each as the first one.
            let roles: BTreeSet<&Role> = candidates.iter().flat_map(|c| &c.roles).collect();
            let tries = roles.into_iter().map(|first| assign(slots(needs, Some(first), true), candidates));
            let best = tries.reduce(|a, b| if b.filled() > a.filled() { b } else { a });
            best.unwrap_or_else(|| assign(slots(needs, None, false), candidates))
        }
        (true, 1) => assign(slots(needs, named.into_iter().next(), false), candidates),
        _ => assign(slots(needs, None, false), candidates),
    }
}

/// One slot per head. Open slots exclude `taken`; with `open_first` the first of them stands for `taken` itself.
fn slots(needs: &[Need], taken: Option<&Role>, open_first: bool) -> Vec<Slot> {
    let mut out = Vec::new();
    let mut first = open_first;
    for (index, need) in needs.iter().enumerate() {
        for _ in 0..need.count {
            let open = need.role.is_none();
            let stands_in = open && std::mem::take(&mut first);
            let role = if stands_in { taken.cloned() } else { need.role.clone() };
            let other_than = if open && !stands_in { taken.cloned() } else { None };
            out.push(Slot { role, other_than, need: index });
        }
    }
    out
}

fn assign(slots: Vec<Slot>, candidates: &[Candidate]) -> Filling {
    let mut graph = UnGraph::<(), ()>::new_undirected();
    let people: Vec<NodeIndex> = candidates.iter().map(|_| graph.add_node(())).collect();
    let places: Vec<NodeIndex> = slots.iter().map(|_| graph.add_node(())).collect();
    for (slot, place) in slots.iter().zip(&places) {
        for (candidate, person) in candidates.iter().zip(&people) {
            if slot.role_of(candidate).is_some() {
                graph.add_edge(*person, *place, ());
            }
        }
    }
    let matching = maximum_matching(&graph);
    let who = |place: &NodeIndex| matching.mate(*place).and_then(|node| people.iter().position(|p| *p == node));
    Filling { slots: slots.into_iter().zip(places.iter().map(who)).collect() }
}
