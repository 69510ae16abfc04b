//! Recorded ChangeSets, judged again: by the model before the edit and by the model after it, so that only what the edit
//! does shows. Plans and authors are the recorded ones; routes, rules and policies come from the models.

use super::former;
use crate::gates::{Judges, Side, Subject, unit_gate};
use crate::policy::{self, PolicyFile};
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::changeset::{ChangeSet, ChangeSetState, ChangeUnit, PolicyOutcome, PolicyResult, UnitAction, UnitGate};
use xcf_core::graph::Unit;
use xcf_core::ids::{ChangeSetId, EnvName, Role, UnitId};
use xcf_core::route::Engine;

/// A ChangeSet of the log: its newest revision.
#[derive(Debug, Clone, Copy)]
pub struct RecordedChange<'a> {
    /// The revision.
    pub set: &'a ChangeSet,
    /// Where it stands.
    pub state: ChangeSetState,
}

/// How a judgement differs; what asks fewer people comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// A gate asks fewer or fewer different people.
    FewerApprovals,
    /// A policy that denied does not any more.
    NoLongerDenied,
    /// A policy would deny it.
    NowDenied,
    /// A gate asks more people.
    MoreApprovals,
    /// Another engine would run a unit.
    EngineChanged,
}

impl Effect {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FewerApprovals => "fewer-approvals",
            Self::NoLongerDenied => "no-longer-denied",
            Self::NowDenied => "now-denied",
            Self::MoreApprovals => "more-approvals",
            Self::EngineChanged => "engine-changed",
        }
    }
}

/// A unit of a recorded ChangeSet that would be judged differently.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its gate by the model before, and after.
    pub gates: (UnitGate, UnitGate),
    /// Its engine by the model before, and after.
    pub engines: (Engine, Engine),
    /// What differs.
    pub effects: BTreeSet<Effect>,
}

/// A recorded ChangeSet that would be judged differently.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedImpact {
    /// Which.
    pub id: ChangeSetId,
    /// Its Environment.
    pub environment: EnvName,
    /// Its headline.
    pub title: String,
    /// Where it stands.
    pub state: ChangeSetState,
    /// True if it is not final: planned again with the edit, it is judged by the stricter side.
    pub open: bool,
    /// What differs, the gravest first.
    pub effects: BTreeSet<Effect>,
    /// Its units that differ.
    pub units: Vec<RecordedUnit>,
    /// Fewest people it takes, before and after.
    pub people: (u32, u32),
    /// Policy results that appear.
    pub denials: Vec<PolicyResult>,
    /// Units that one of the models does not have: nothing can be said about them.
    pub unknown: Vec<UnitId>,
}

/// One model with what judging by it takes, per Environment.
struct Bench<'m> {
    model: &'m Workspace,
    policies: Vec<PolicyFile>,
    sides: BTreeMap<EnvName, Side>,
}

impl<'m> Bench<'m> {
    fn of(model: &'m Workspace) -> Self {
        Self { model, policies: policy::files(model), sides: BTreeMap::new() }
    }
    fn side(&mut self, environment: &EnvName) -> &Side {
        let model = self.model;
        self.sides.entry(environment.clone()).or_insert_with(|| Side::of(model, environment))
    }
}

/// Judges each change by both models and keeps what differs.
pub(super) fn replay(before: &Workspace, after: &Workspace, all: &[RecordedChange<'_>]) -> Vec<RecordedImpact> {
    let (mut old, mut new) = (Bench::of(before), Bench::of(after));
    all.iter().filter_map(|change| judge_again(change, &mut old, &mut new)).collect()
}

fn judge_again(change: &RecordedChange<'_>, old: &mut Bench<'_>, new: &mut Bench<'_>) -> Option<RecordedImpact> {
    let set = change.set;
    let (old_side, new_side) = (old.side(&set.environment).clone(), new.side(&set.environment).clone());
    let only_moves = set.units.iter().all(|u| u.action == UnitAction::Move);
    let (mut units, mut unknown) = (Vec::new(), Vec::new());
    let mut people = (0, 0);
    let mut routes: Vec<(UnitId, &Unit, &Unit)> = Vec::new();
    for recorded in set.units.iter().filter(|u| u.is_runnable()) {
        let found = new.model.unit(&recorded.id).and_then(|n| Some((former(old.model, n)?, n)));
        let Some((was, now)) = found else {
            // A removed unit is strong whatever the matrix says (dsl §7): there is nothing to tell.
            if !recorded.removal {
                unknown.push(recorded.id.clone());
            }
            continue;
        };
        let gates = (gate(recorded, was, &old_side, only_moves), gate(recorded, now, &new_side, only_moves));
        people.0 = people.0.max(fewest(&gates.0));
        people.1 = people.1.max(fewest(&gates.1));
        let engines = (was.route.engine.value, now.route.engine.value);
        let effects = effects(&gates, engines);
        if !effects.is_empty() {
            units.push(RecordedUnit { unit: recorded.id.clone(), gates, engines, effects });
        }
        if super::fields::differ(was, now) {
            routes.push((recorded.id.clone(), was, now));
        }
    }
    let mut all: BTreeSet<Effect> = units.iter().flat_map(|u| &u.effects).copied().collect();
    let denials = denials(set, &routes, old, new, &mut all);
    (!all.is_empty()).then(|| RecordedImpact {
        id: set.id,
        environment: set.environment.clone(),
        title: set.title.clone(),
        state: change.state,
        open: !change.state.is_final(),
        effects: all,
        units,
        people,
        denials,
        unknown,
    })
}

fn gate(recorded: &ChangeUnit, unit: &Unit, side: &Side, only_moves: bool) -> UnitGate {
    let incomplete =
        recorded.deferred.is_some() || recorded.plan.as_ref().is_some_and(|p| !p.unknown_inputs.is_empty());
    let subject = Subject {
        id: &recorded.id,
        lifecycle: unit.lifecycle,
        action: recorded.action,
        removal: recorded.removal,
        plan: recorded.plan.as_ref(),
        incomplete,
    };
    unit_gate(&subject, &Judges { head: side, base: None, head_gate: &unit.route.gate, base_gate: None, only_moves })
}

/// Fewest people that can meet a gate: one person fills one role (`dsl §10`).
fn fewest(gate: &UnitGate) -> u32 {
    if gate.needs.is_empty() {
        return 0;
    }
    gate.needs.iter().map(|n| n.count).sum::<u32>().max(gate.distinct_people)
}

fn effects((old, new): &(UnitGate, UnitGate), engines: (Engine, Engine)) -> BTreeSet<Effect> {
    let mut found = BTreeSet::new();
    if asks_more(old, new) {
        found.insert(Effect::MoreApprovals);
    }
    if asks_more(new, old) {
        found.insert(Effect::FewerApprovals);
    }
    if engines.0 != engines.1 {
        found.insert(Effect::EngineChanged);
    }
    found
}

/// True if `new` asks for anything that `old` does not: a higher level, more people, a role named, no authors.
fn asks_more(old: &UnitGate, new: &UnitGate) -> bool {
    let counts = |gate: &UnitGate| -> BTreeMap<Role, u32> {
        gate.needs.iter().filter_map(|n| Some((n.role.clone()?, n.count))).collect()
    };
    let had = counts(old);
    let role = counts(new).iter().any(|(role, count)| *count > had.get(role).copied().unwrap_or(0));
    new.level > old.level || fewest(new) > fewest(old) || role || (new.exclude_authors && !old.exclude_authors)
}

/// Policies see the route: judged again only where it, or a policy, differs.
fn denials(
    set: &ChangeSet,
    routes: &[(UnitId, &Unit, &Unit)],
    old: &Bench<'_>,
    new: &Bench<'_>,
    effects: &mut BTreeSet<Effect>,
) -> Vec<PolicyResult> {
    if (routes.is_empty() && old.policies == new.policies) || (old.policies.is_empty() && new.policies.is_empty()) {
        return Vec::new();
    }
    let with = |pick: fn(&(UnitId, &Unit, &Unit)) -> xcf_core::route::Route| {
        let mut set = set.clone();
        for entry in routes {
            if let Some(unit) = set.units.iter_mut().find(|u| u.id == entry.0) {
                unit.route = pick(entry);
                unit.engine = unit.route.engine.value;
            }
        }
        policy::input(&set)
    };
    let refused = |policies: &[PolicyFile], input| -> Vec<PolicyResult> {
        let results = policy::evaluate(policies, &input).results;
        results.into_iter().filter(|r| r.outcome == PolicyOutcome::Deny).collect()
    };
    let before = refused(&old.policies, with(|(_, was, _)| was.route.clone()));
    let after = refused(&new.policies, with(|(_, _, now)| now.route.clone()));
    let same = |a: &PolicyResult, b: &PolicyResult| (&a.rule, &a.unit, &a.message) == (&b.rule, &b.unit, &b.message);
    if before.iter().any(|b| !after.iter().any(|a| same(a, b))) {
        effects.insert(Effect::NoLongerDenied);
    }
    let fresh: Vec<PolicyResult> = after.into_iter().filter(|a| !before.iter().any(|b| same(a, b))).collect();
    if !fresh.is_empty() {
        effects.insert(Effect::NowDenied);
    }
    fresh
}
