//! Is a new plan within what was approved (`D6`)? Two questions: does it *refine* the approved plan (before the unit has
//! started), and is it *covered* by it (after an attempt of this unit in this run has started).

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::plan::{Action, OutputChange, ResourceChange, UnitPlan};

/// One way in which a new plan goes beyond the approved one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Difference {
    /// Address of the resource, or `output NAME`.
    pub address: String,
    /// What differs, in words. Holds no values: they may be sensitive.
    pub what: String,
}

impl Difference {
    fn new(address: &str, what: impl Into<String>) -> Self {
        Self { address: address.to_owned(), what: what.into() }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.address, self.what)
    }
}

/// What keeps `new` from refining `approved`; empty: it does. Refinement = same addresses and actions, and every value
/// that was known is equal; only what was unknown may have become known.
#[must_use]
pub fn refinement(approved: &UnitPlan, new: &UnitPlan) -> Vec<Difference> {
    let mut found = Vec::new();
    if approved.engine != new.engine {
        found.push(Difference::new("engine", format!("was {}, is {}", approved.engine, new.engine)));
    }
    let mut left: Vec<&ResourceChange> = approved.changes.iter().collect();
    for change in &new.changes {
        match best(&left, change, |old| old.action == change.action, |old| change_refines(old, change)) {
            Ok(index) => {
                left.remove(index);
            }
            Err(mut why) => found.append(&mut why),
        }
    }
    for old in left {
        if !found.iter().any(|d| d.address == old.address) {
            found.push(Difference::new(&old.address, format!("the approved {} is not in the new plan", old.action)));
        }
    }
    outputs(approved, new, true, &mut found);
    found.sort();
    found
}

/// What keeps `new` from being covered by `approved` after an attempt has started; empty: it is. Each new change must be
/// an approved change of that address, action and after-values, or a replace or delete of an object that this run created
/// and did not finish (`made_here`: addresses the journal or the engine's state shows). Approved changes that are already
/// real may be missing; so may the first half of an approved replace.
#[must_use]
pub fn uncovered(approved: &UnitPlan, new: &UnitPlan, made_here: &BTreeSet<String>) -> Vec<Difference> {
    let mut found = Vec::new();
    if approved.engine != new.engine {
        found.push(Difference::new("engine", format!("was {}, is {}", approved.engine, new.engine)));
    }
    let mut left: Vec<&ResourceChange> = approved.changes.iter().collect();
    for change in &new.changes {
        let ours = made_here.contains(&change.address);
        if ours && change.action == Action::Delete {
            continue;
        }
        let fits = |old: &ResourceChange| may_stand_for(old.action, change.action, ours);
        match best(&left, change, fits, |old| after_covered(old, change)) {
            Ok(index) => {
                left.remove(index);
            }
            Err(mut why) => found.append(&mut why),
        }
    }
    outputs(approved, new, false, &mut found);
    found.sort();
    found
}

/// Addresses that engine state shows this run created and did not finish: approved as a creation, so nothing was there, and
/// now there is an object that the engine itself calls unfinished (Terraform: tainted) and wants to make anew.
#[must_use]
pub fn made_here(approved: &UnitPlan, new: &UnitPlan) -> BTreeSet<String> {
    let created = |address: &str, kind: &str| {
        let is_it = |old: &ResourceChange| old.address == address && old.resource_type == kind;
        approved.changes.iter().any(|old| is_it(old) && old.action == Action::Create)
    };
    let unfinished = |change: &&ResourceChange| {
        change.action == Action::Replace && change.replace_reasons.iter().any(|r| r == TAINTED)
    };
    let ours = new.changes.iter().filter(unfinished).filter(|c| created(&c.address, &c.resource_type));
    ours.map(|c| c.address.clone()).collect()
}

/// Terraform's and `OpenTofu`'s word for an object whose creation did not end well.
const TAINTED: &str = "replace_because_tainted";

/// True if a change of kind `new` carries out what was approved as `old`.
fn may_stand_for(old: Action, new: Action, made_here: bool) -> bool {
    old == new
        // The delete half is already real; nothing is destroyed by the rest.
        || (old == Action::Replace && new == Action::Create)
        // Half-made by this run: the engine starts it over.
        || (made_here && new == Action::Replace && matches!(old, Action::Create | Action::Replace))
}

/// The first of `left` at the same address and type that `fits` and that `check` finds nothing against; else why not.
fn best(
    left: &[&ResourceChange],
    change: &ResourceChange,
    fits: impl Fn(&ResourceChange) -> bool,
    check: impl Fn(&ResourceChange) -> Vec<Difference>,
) -> Result<usize, Vec<Difference>> {
    let mut why: Option<Vec<Difference>> = None;
    for (index, old) in left.iter().enumerate() {
        if old.address != change.address || old.resource_type != change.resource_type || !fits(old) {
            continue;
        }
        let found = check(old);
        if found.is_empty() {
            return Ok(index);
        }
        why.get_or_insert(found);
    }
    Err(why.unwrap_or_else(|| vec![Difference::new(&change.address, format!("{} was not approved", change.action))]))
}

fn change_refines(old: &ResourceChange, new: &ResourceChange) -> Vec<Difference> {
    let mut found = Vec::new();
    if old.previous_address != new.previous_address {
        found.push(Difference::new(&new.address, "it moves from another address"));
    }
    let (was, is) = (leaves(&old.before), leaves(&new.before));
    for pointer in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        if was.get(pointer) != is.get(pointer) {
            found.push(Difference::new(&new.address, format!("{pointer} has another value before the change")));
        }
    }
    after(old, new, true, &mut found);
    found
}

fn after_covered(old: &ResourceChange, new: &ResourceChange) -> Vec<Difference> {
    let mut found = Vec::new();
    if old.previous_address != new.previous_address && new.previous_address.is_some() {
        found.push(Difference::new(&new.address, "it moves from another address"));
    }
    after(old, new, false, &mut found);
    found
}

/// Compares the values after the change. With `whole`, what was approved must still be there; without, what the new plan
/// does not change may be missing, because it is already real.
fn after(old: &ResourceChange, new: &ResourceChange, whole: bool, found: &mut Vec<Difference>) {
    let (was, is) = (leaves(&old.after), leaves(&new.after));
    let real = leaves(&new.before);
    let mut differs =
        |pointer: &str, what: &str| found.push(Difference::new(&new.address, format!("{pointer} {what}")));
    for (pointer, value) in &is {
        if below(pointer, &old.unknown) {
            continue;
        }
        match was.get(pointer) {
            Some(approved) if approved == value => {}
            None if !whole && real.get(pointer) == Some(value) => {}
            _ => differs(pointer, "gets another value than approved"),
        }
    }
    for pointer in &new.unknown {
        if !below(pointer, &old.unknown) {
            differs(pointer, "is not known any more");
        }
    }
    for pointer in was.keys().filter(|p| whole && !is.contains_key(*p) && !below(p, &new.unknown)) {
        differs(pointer, "is not set any more");
    }
    marks(old, new, whole, &mut differs);
}

/// Sensitive values are compared by their keyed marks.
fn marks(old: &ResourceChange, new: &ResourceChange, whole: bool, differs: &mut dyn FnMut(&str, &str)) {
    for (pointer, [before, after]) in &new.sensitive_marks {
        if below(pointer, &old.unknown) {
            continue;
        }
        match old.sensitive_marks.get(pointer) {
            Some([_, approved]) if approved == after => {}
            None if !whole && before == after => {}
            _ => differs(pointer, "gets another sensitive value than approved"),
        }
    }
    for pointer in old.sensitive_marks.keys().filter(|p| whole && !new.sensitive_marks.contains_key(*p)) {
        differs(pointer, "does not get its sensitive value any more");
    }
}

fn outputs(approved: &UnitPlan, new: &UnitPlan, whole: bool, found: &mut Vec<Difference>) {
    let old: BTreeMap<&str, &OutputChange> = approved.outputs.iter().map(|o| (o.name.as_str(), o)).collect();
    for output in &new.outputs {
        let address = format!("output {}", output.name);
        let what = match old.get(output.name.as_str()) {
            None => "changes, which was not approved",
            Some(was) if was.unknown => continue,
            Some(_) if output.unknown => "is not known any more",
            Some(was) if was.sensitive != output.sensitive => "is not as sensitive as approved",
            Some(was) if was.sensitive && mark(was) == mark(output) => continue,
            Some(was) if !was.sensitive && was.after == output.after => continue,
            Some(_) => "gets another value than approved",
        };
        found.push(Difference::new(&address, what));
    }
    let there: BTreeSet<&str> = new.outputs.iter().map(|o| o.name.as_str()).collect();
    // An output that was unknown may turn out to stay as it is.
    for was in approved.outputs.iter().filter(|o| whole && !o.unknown && !there.contains(o.name.as_str())) {
        found.push(Difference::new(&format!("output {}", was.name), "does not change any more"));
    }
}

fn mark(output: &OutputChange) -> Option<&String> {
    output.sensitive_mark.as_ref().and_then(|[_, after]| after.as_ref())
}

/// True if `pointer` is one of `roots`, stands below one, or is the length of a list that has one below it.
fn below(pointer: &str, roots: &[String]) -> bool {
    let under = |pointer: &str, root: &str| {
        pointer.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let list = pointer
        .rsplit_once("/-")
        .filter(|(_, length)| length.bytes().all(|b| b.is_ascii_digit()))
        .map(|(list, _)| list);
    roots.iter().any(|root| under(pointer, root) || list.is_some_and(|list| under(root, list)))
}

/// Every leaf by its JSON Pointer. Null counts as absent: engines write either.
fn leaves(value: &Value) -> BTreeMap<String, &Value> {
    fn walk<'a>(value: &'a Value, pointer: &mut String, out: &mut BTreeMap<String, &'a Value>) {
        let here = pointer.len();
        match value {
            Value::Null => {}
            // Nothing about the object itself changes.
            Value::Object(map) if map.is_empty() && pointer.is_empty() => {}
            Value::Object(map) if !map.is_empty() => {
                for (key, inner) in map {
                    pointer.push('/');
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    walk(inner, pointer, out);
                    pointer.truncate(here);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (index, inner) in items.iter().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    walk(inner, pointer, out);
                    pointer.truncate(here);
                }
                // A list that grows or shrinks is another list, even if what is left agrees.
                out.insert(format!("{pointer}/-{}", items.len()), &Value::Null);
            }
            leaf => {
                out.insert(pointer.clone(), leaf);
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(value, &mut String::new(), &mut out);
    out
}

#[cfg(test)]
mod tests;
