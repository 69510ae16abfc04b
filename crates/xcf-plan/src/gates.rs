//! Gates (`R6.9`, `D6`, `dsl §10`): which level a unit needs, which roles fill it, and whether approvals do.

mod approvals;
mod matching;
mod refusal;
mod side;

pub use approvals::{
    Circle, Filled, GateCheck, GateReport, Given, Missing, evaluate, evaluate_unit, missing_consents, unsatisfiable,
};
pub use refusal::refuse;
pub use side::{GateRule, Side};

use crate::cost::estimate;
use std::collections::BTreeMap;
use xcf_core::changeset::{Need, UnitAction, UnitGate};
use xcf_core::diag::Place;
use xcf_core::docs::rules::{ApprovalMatch, CostMatch};
use xcf_core::docs::shapes::OneOrMany;
use xcf_core::ids::{Role, UnitId};
use xcf_core::plan::UnitPlan;
use xcf_core::route::{Because, Gate, Lifecycle};
use xcf_core::said::Said;

/// What is known about the unit whose gate is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The unit.
    pub id: &'a UnitId,
    /// Its lifecycle.
    pub lifecycle: Lifecycle,
    /// What is done with it.
    pub action: UnitAction,
    /// True for a removal: always strong (`dsl §7`).
    pub removal: bool,
    /// Its plan, if there is one.
    pub plan: Option<&'a UnitPlan>,
    /// True if the plan is not complete: what a rule asks about may still come.
    pub incomplete: bool,
}

/// Judged by base and head: the stricter counts (`dsl §7`).
#[derive(Debug, Clone, Copy)]
pub struct Judges<'a> {
    /// Head's rules.
    pub head: &'a Side,
    /// Base's rules, if base could be loaded.
    pub base: Option<&'a Side>,
    /// Head's routed gate of the unit (for a removal: the last one known).
    pub head_gate: &'a Because<Gate>,
    /// Base's routed gate, if the unit was there.
    pub base_gate: Option<&'a Because<Gate>>,
    /// True if the ChangeSet has nothing but moves: gate `auto` (`dsl §2`).
    pub only_moves: bool,
}

/// The gate of a unit with everything it takes to pass it.
#[must_use]
pub fn unit_gate(subject: &Subject<'_>, judges: &Judges<'_>) -> UnitGate {
    let Reason { level, why, said, place } = level(subject, judges);
    if level == Gate::Auto {
        return UnitGate { level, needs: Vec::new(), exclude_authors: false, distinct_people: 0, why, said, place };
    }
    let sides = [Some(judges.head), judges.base];
    let mut needs = Needs::default();
    for side in sides.into_iter().flatten() {
        needs.add_side(subject, side);
    }
    let strong = level == Gate::Strong;
    let exclude_authors = strong || needs.exclude_author;
    UnitGate {
        level,
        needs: needs.finish(strong),
        exclude_authors,
        distinct_people: if strong { 2 } else { 1 },
        why,
        said,
        place,
    }
}

/// A level and where it comes from.
struct Reason {
    level: Gate,
    why: String,
    said: Said,
    place: Option<Place>,
}

fn level(subject: &Subject<'_>, judges: &Judges<'_>) -> Reason {
    let rule = |level, why: &str, code| Reason { level, why: why.to_owned(), said: Said::new(code), place: None };
    if judges.only_moves && subject.action == UnitAction::Move {
        return rule(Gate::Auto, "only moves, no resource changes (dsl §2)", "gate-only-moves");
    }
    if subject.removal {
        return rule(Gate::Strong, "a removal is always strong (dsl §7)", "gate-removal");
    }
    let strictest = match judges.base_gate {
        Some(base) if base.value > judges.head_gate.value => (base, " at base, which is stricter", "gate-says-base"),
        _ => (judges.head_gate, "", "gate-says"),
    };
    let (because, side, code) = strictest;
    Reason {
        level: because.value,
        why: format!("{} says {}{side}", because.rule, because.value),
        said: Said::new(code).with("rule", &because.rule).with("gate", because.value),
        place: because.place.clone(),
    }
}

/// Needed roles while they are gathered: per role the highest count.
#[derive(Default)]
struct Needs {
    roles: BTreeMap<Role, (u32, Option<Place>)>,
    exclude_author: bool,
}

impl Needs {
    /// Per role the highest count over matching rules; none match: the Environment's approvers.
    fn add_side(&mut self, subject: &Subject<'_>, side: &Side) {
        let mut asked = false;
        for rule in side.rules.iter().filter(|rule| matches(&rule.spec.matches, subject, side)) {
            self.exclude_author |= rule.spec.exclude_author == Some(true);
            for require in &rule.spec.require {
                asked = true;
                self.add(Role::new(require.role.clone()), require.count.unwrap_or(1), Some(&rule.place));
            }
        }
        if !asked {
            for (role, count) in &side.approvers {
                self.add(role.clone(), *count, side.approvers_place.as_ref());
            }
        }
    }

    fn add(&mut self, role: Role, count: u32, place: Option<&Place>) {
        if count == 0 {
            return;
        }
        let entry = self.roles.entry(role).or_insert((0, None));
        if count > entry.0 {
            *entry = (count, place.cloned());
        }
    }

    /// Nothing asked for: one person with any role. `strong`: two people in two roles, so that a gate with a single role
    /// gets a second one of any other role.
    fn finish(self, strong: bool) -> Vec<Need> {
        let named = self.roles.len();
        let need = |(role, (count, place))| Need { role: Some(role), count, place };
        let mut needs: Vec<Need> = self.roles.into_iter().map(need).collect();
        let extra = match (named, strong) {
            (0, false) => 1,
            (0, true) => 2,
            (1, true) => 1,
            _ => 0,
        };
        if extra > 0 {
            needs.push(Need { role: None, count: extra, place: None });
        }
        needs
    }
}

/// True if a rule is about the unit. Keys are and'ed, lists or'ed. Where the answer is not known yet (no complete plan, no
/// price), the rule counts: a gate may turn out too strict, never too loose.
fn matches(wanted: &ApprovalMatch, subject: &Subject<'_>, side: &Side) -> bool {
    let environment = one_of(wanted.environment.as_ref(), |e| e == subject.id.environment.as_str());
    let lifecycle = one_of(wanted.lifecycle.as_ref(), |l| l.normalised() == subject.lifecycle);
    let unknown = subject.incomplete || subject.plan.is_none();
    let changes = || subject.plan.into_iter().flat_map(|plan| &plan.changes);
    let types = unknown || one_of(wanted.resource_types.as_ref(), |t| changes().any(|c| &c.resource_type == t));
    let actions = unknown || one_of(wanted.actions.as_ref(), |a| changes().any(|c| c.action == *a));
    environment && lifecycle && types && actions && wanted.cost.as_ref().is_none_or(|bound| dear(bound, subject, side))
}

/// True if the unit costs more than the bound, by the prices of the side whose rule it is, or if that is not known.
fn dear(bound: &CostMatch, subject: &Subject<'_>, side: &Side) -> bool {
    let cost = estimate(subject.plan, !subject.incomplete, [side.prices.as_ref(), None]);
    let comparable = cost.filter(|c| c.currency == bound.currency).and_then(|c| c.monthly());
    comparable.is_none_or(|monthly| monthly > bound.above)
}

fn one_of<T>(wanted: Option<&OneOrMany<T>>, is_it: impl Fn(&T) -> bool) -> bool {
    wanted.is_none_or(|list| list.as_slice().iter().any(is_it))
}

#[cfg(test)]
mod tests;
