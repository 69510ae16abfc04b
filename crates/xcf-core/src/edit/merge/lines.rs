//! Lines: the part of a merge that keeps the comments and the layout of both sides.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

/// Lines of the base that were replaced.
struct Hunk<'t> {
    old: Range<usize>,
    new: &'t [&'t str],
}

impl Hunk<'_> {
    fn meets(&self, other: &Self) -> bool {
        let both_insert = self.old.is_empty() && other.old.is_empty() && self.old.start == other.old.start;
        both_insert || self.old.start.max(other.old.start) < self.old.end.min(other.old.end)
    }

    fn is(&self, other: &Self) -> bool {
        self.old == other.old && self.new == other.new
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn hunks<'t>(base: &[&'t str], new: &'t [&'t str]) -> Vec<Hunk<'t>> {
    let changed = |op: &DiffOp| !matches!(op, DiffOp::Equal { .. });
    let hunk = |op: &DiffOp| Hunk { old: op.old_range(), new: new.get(op.new_range()).unwrap_or_default() };
    capture_diff_slices(Algorithm::Myers, base, new).iter().filter(|op| changed(op)).map(hunk).collect()
}

/// `theirs` with our changed lines where they did not change the same ones. With `skip` our other hunks are left out,
/// without it one such hunk means there is no merge by lines.
pub(super) fn merge(base: &str, ours: &str, theirs: &str, skip: bool) -> Option<String> {
    let (base, ours, theirs) = (lines(base), lines(ours), lines(theirs));
    let (our_hunks, mut all) = (hunks(&base, &ours), hunks(&base, &theirs));
    let mut mine = Vec::new();
    for hunk in our_hunks {
        match all.iter().find(|t| t.meets(&hunk)) {
            Some(same) if same.is(&hunk) => {}
            Some(_) if skip => {}
            Some(_) => return None,
            None => mine.push(hunk),
        }
    }
    all.extend(mine);
    all.sort_by_key(|h| (h.old.start, h.old.end));
    let mut out = String::new();
    let mut at = 0;
    for hunk in all {
        base.get(at..hunk.old.start)?.iter().chain(hunk.new).for_each(|l| out.push_str(l));
        at = hunk.old.end;
    }
    base.get(at..)?.iter().for_each(|l| out.push_str(l));
    Some(out)
}
