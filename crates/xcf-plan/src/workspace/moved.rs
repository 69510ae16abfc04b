//! Former ids of units (`dsl §2`): `Composition.moved`, which holds in every Environment, and `Environment.moved`.

use super::MovedStatement;
use super::finding::Finding;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::Doc;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::docs::environment::EnvironmentSpec;
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;

/// Longest chain that is followed: names do not change more often than that.
const MAX_FORMER: usize = 64;

/// Composition and module.
type Names = (String, String);

/// The statements by what they lead to.
struct Moves {
    /// Former names by present ones.
    modules: BTreeMap<Names, Vec<(Names, Place)>>,
    /// environment ← environment.
    environments: BTreeMap<String, Vec<(String, Place)>>,
}

/// Fills `Unit::moved_from`; returns the statements and what is wrong with them.
pub(super) fn apply(
    units: &mut [Unit],
    compositions: &[Doc<CompositionSpec>],
    environments: &[Doc<EnvironmentSpec>],
) -> (Vec<MovedStatement>, Vec<Finding>) {
    let moves = Moves::of(compositions, environments);
    if moves.modules.is_empty() && moves.environments.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut statements = Vec::new();
    for unit in units.iter_mut() {
        unit.moved_from = moves.former(&unit.id);
        let statement = |(from, place): &(UnitId, Place)| MovedStatement {
            from: from.clone(),
            to: unit.id.clone(),
            place: place.clone(),
        };
        statements.extend(unit.moved_from.iter().map(statement));
    }
    let findings = conflicts(&statements, units);
    (statements, findings)
}

impl Moves {
    fn of(compositions: &[Doc<CompositionSpec>], environments: &[Doc<EnvironmentSpec>]) -> Self {
        let mut modules: BTreeMap<Names, Vec<(Names, Place)>> = BTreeMap::new();
        for doc in compositions {
            for (index, moved) in doc.spec.moved.iter().enumerate() {
                if let Some((composition, module)) = moved.from.split_once('/') {
                    let place = doc.place(&format!("/spec/moved/{index}/from"));
                    let to = (doc.name().to_owned(), moved.to.clone());
                    modules.entry(to).or_default().push(((composition.to_owned(), module.to_owned()), place));
                }
            }
        }
        let mut of_environments: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for doc in environments {
            for (index, moved) in doc.spec.moved.iter().enumerate() {
                let place = doc.place(&format!("/spec/moved/{index}/from"));
                of_environments.entry(doc.name().to_owned()).or_default().push((moved.from.clone(), place));
            }
        }
        Self { modules, environments: of_environments }
    }

    /// Former ids, nearest first.
    fn former(&self, id: &UnitId) -> Vec<(UnitId, Place)> {
        let mut found: Vec<(UnitId, Place)> = Vec::new();
        let mut seen = BTreeSet::from([id.clone()]);
        let mut queue = VecDeque::from([id.clone()]);
        while let Some(at) = queue.pop_front() {
            let key = (at.composition.as_str().to_owned(), at.module.as_str().to_owned());
            let by_module = self.modules.get(&key).into_iter().flatten().map(|((c, m), place)| {
                (UnitId::new(at.environment.clone(), c.as_str().into(), m.as_str().into()), place.clone())
            });
            let by_environment =
                self.environments.get(at.environment.as_str()).into_iter().flatten().map(|(e, place)| {
                    (UnitId::new(e.as_str().into(), at.composition.clone(), at.module.clone()), place.clone())
                });
            for (former, place) in by_module.chain(by_environment).collect::<Vec<_>>() {
                if found.len() < MAX_FORMER && seen.insert(former.clone()) {
                    queue.push_back(former.clone());
                    found.push((former, place));
                }
            }
        }
        found
    }
}

/// A former id that is still a unit, or that two units claim: neither may take the state.
fn conflicts(statements: &[MovedStatement], units: &[Unit]) -> Vec<Finding> {
    let mut claims: BTreeMap<&UnitId, Vec<&MovedStatement>> = BTreeMap::new();
    for statement in statements {
        claims.entry(&statement.from).or_default().push(statement);
    }
    let mut found = Vec::new();
    for (from, by) in claims {
        let is_present = units.binary_search_by(|u| u.id.cmp(from)).is_ok();
        for statement in &by {
            if is_present {
                let message = format!("{} can't have been {from}: that unit still exists.", statement.to);
                let hint = "Remove the `moved` entry, or the old module.";
                let diagnostic = Diagnostic::error("moved-source-exists", message, statement.place.clone()).hint(hint);
                found.push(Finding::new(diagnostic).unit(&statement.to));
            }
            if by.len() > 1 {
                let others = by.iter().filter(|o| o.to != statement.to).map(|o| o.place.clone());
                let message = format!("{} units say that they were {from}.", by.len());
                let diagnostic = Diagnostic::error("moved-ambiguous", message, statement.place.clone())
                    .hint("State belongs to one unit: keep one `moved` entry.")
                    .related(others);
                found.push(Finding::new(diagnostic).unit(&statement.to));
            }
        }
    }
    found
}
