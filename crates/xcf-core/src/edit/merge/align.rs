//! Which item of a list is which item of the list before.
//!
//! Items are known by `name`, `ref` or `from`; lists without such names by their place while they keep their length, else
//! by their content.

use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::{HashMap, HashSet};

/// The name an item is known by.
pub(super) fn name(value: &Value) -> Option<&str> {
    let map = value.as_object()?;
    ["name", "ref", "from"].iter().find_map(|key| map.get(*key)?.as_str())
}

fn unique_names(list: &[Value]) -> Option<Vec<&str>> {
    let names: Vec<&str> = list.iter().map(name).collect::<Option<_>>()?;
    let distinct: HashSet<&str> = names.iter().copied().collect();
    (distinct.len() == names.len()).then_some(names)
}

/// True if the items of both lists are known by names of their own.
pub(super) fn are_named(base: &[Value], list: &[Value]) -> bool {
    unique_names(base).is_some() && unique_names(list).is_some()
}

/// For each item of `list` its index in `base`, if it was there.
pub(super) fn align(base: &[Value], list: &[Value]) -> Vec<Option<usize>> {
    match (unique_names(base), unique_names(list)) {
        (Some(before), Some(now)) => by_name(&before, &now),
        _ if base.len() == list.len() => (0..list.len()).map(Some).collect(),
        _ => {
            let texts = |l: &[Value]| l.iter().map(Value::to_string).collect::<Vec<_>>();
            by_content(&texts(base), &texts(list))
        }
    }
}

fn by_name(base: &[&str], list: &[&str]) -> Vec<Option<usize>> {
    let at: HashMap<&str, usize> = base.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let mut found: Vec<Option<usize>> = list.iter().map(|n| at.get(n).copied()).collect();
    let taken: HashSet<usize> = found.iter().flatten().copied().collect();
    // What took the place of an item is that item under another name.
    for (slot, guess) in found.iter_mut().zip(by_content(base, list)) {
        *slot = slot.or(guess.filter(|g| !taken.contains(g)));
    }
    found
}

fn by_content<T: Ord + std::hash::Hash>(base: &[T], list: &[T]) -> Vec<Option<usize>> {
    let mut found = vec![None; list.len()];
    for op in capture_diff_slices(Algorithm::Myers, base, list) {
        let (old, new) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) || old.len() == new.len() {
            for (from, to) in old.zip(new) {
                if let Some(slot) = found.get_mut(to) {
                    *slot = Some(from);
                }
            }
        }
    }
    found
}

/// True if items without names seem to have changed places: what stands where is then not to be told.
pub(super) fn is_shuffled(base: &[Value], list: &[Value]) -> bool {
    base.len() == list.len()
        && !are_named(base, list)
        && (0..list.len()).any(|i| {
            let other = |j: usize| j != i && list.get(i) == base.get(j) && list.get(j) != base.get(j);
            list.get(i) != base.get(i) && (0..base.len()).any(other)
        })
}
