//! Renderings of plans for people: Markdown (comments, `-o markdown`) and plain console text. Risk first (`ui.md` §1.1),
//! sensitive values masked, size limited. Deterministic: the same ChangeSet gives the same bytes.

mod budget;
mod console;
mod markdown;
mod pull_request;
mod risk;
mod values;

pub use console::{console, unit_console};
pub use markdown::{markdown, unit_markdown};
pub use pull_request::{ApprovalNeed, Report, Reviewed, check_line, pull_request};
pub use risk::{Facts, Risk, RiskLevel, Section, change_set_risk, facts, not_fully_known, section, unit_risk};
pub use values::{AttributeChange, attributes, short, text_diff};

use xcf_core::changeset::{ChangeSet, ChangeUnit, PolicyOutcome, UnitAction};
use xcf_core::cost::Cost;
use xcf_core::plan::{Action, Fidelity, OutputChange, ResourceChange};
use xcf_core::secret::MASK;

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Most resource changes per unit; the rest is counted.
    pub changes: usize,
    /// Most attributes per change; the rest is counted.
    pub attributes: usize,
    /// Most bytes in all; cut at a line, saying so.
    pub bytes: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { changes: 50, attributes: 20, bytes: 60_000 }
    }
}

/// Plan sign of an action (`ui.md` §4).
#[must_use]
pub fn sign(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Replace => "-/+",
        Action::Delete => "-",
        Action::Move => "→",
        Action::Import => "↓",
        Action::Forget => "○",
    }
}

/// Units of a ChangeSet by section, riskiest first; within a section in the ChangeSet's own order.
#[must_use]
pub fn by_section(change_set: &ChangeSet) -> Vec<(Section, Vec<&ChangeUnit>)> {
    let of = |wanted| change_set.units.iter().filter(|u| section(u) == wanted).collect::<Vec<_>>();
    Section::ALL.into_iter().map(|s| (s, of(s))).filter(|(_, units)| !units.is_empty()).collect()
}

/// Changes of a unit, the gravest first: delete, replace, blind, the rest by address.
#[must_use]
pub fn sorted_changes(unit: &ChangeUnit) -> Vec<&ResourceChange> {
    let mut changes: Vec<&ResourceChange> = unit.plan.iter().flat_map(|p| &p.changes).collect();
    let weight = |c: &ResourceChange| match (c.action, c.fidelity) {
        (Action::Delete, _) => 0,
        (Action::Replace, _) => 1,
        (_, Fidelity::Blind) => 2,
        (Action::Update, _) => 3,
        (Action::Create, _) => 4,
        _ => 5,
    };
    changes.sort_by(|a, b| (weight(a), &a.address).cmp(&(weight(b), &b.address)));
    changes
}

/// `1 to create, 2 to update`; `no resource changes` if there are none.
pub(crate) fn counts_words(counts: [u32; 5]) -> String {
    let words = ["to create", "to update", "to replace", "to delete", "other"];
    let parts: Vec<String> =
        counts.iter().zip(words).filter(|(n, _)| **n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if parts.is_empty() { "no resource changes".to_owned() } else { parts.join(", ") }
}

pub(crate) fn unit_counts(unit: &ChangeUnit) -> [u32; 5] {
    let c = unit.counts();
    [c.create, c.update, c.replace, c.delete, c.other]
}

pub(crate) fn total_counts(change_set: &ChangeSet) -> [u32; 5] {
    let mut total = [0; 5];
    for unit in &change_set.units {
        total.iter_mut().zip(unit_counts(unit)).for_each(|(sum, n)| *sum += n);
    }
    total
}

/// One line about what is done with a unit.
pub(crate) fn headline(unit: &ChangeUnit) -> String {
    let what = match unit.action {
        UnitAction::Apply => counts_words(unit_counts(unit)),
        UnitAction::Destroy => format!("destroy: {}", counts_words(unit_counts(unit))),
        UnitAction::Move => match &unit.moved_from {
            Some(from) => format!("moves from {from}, no resource changes"),
            None => "moves, no resource changes".to_owned(),
        },
        UnitAction::Deferred => "planned when its upstream has applied".to_owned(),
        UnitAction::Unresolved => "can't be told whether it was removed: nothing is done".to_owned(),
        UnitAction::CannotRun => "cannot run here".to_owned(),
        UnitAction::PlanFailed => "could not be planned".to_owned(),
    };
    format!("{} · {} · {what}", unit.layer, unit.engine)
}

/// `before → after` of an output.
pub(crate) fn output_words(output: &OutputChange) -> String {
    let shown = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "nothing".to_owned(),
        _ if output.sensitive => MASK.to_owned(),
        other => short(other),
    };
    let after = if output.unknown { "known after apply".to_owned() } else { shown(&output.after) };
    format!("{} → {after}", shown(&output.before))
}

/// `before → after` of an attribute.
pub(crate) fn attribute_words(attribute: &AttributeChange) -> String {
    if !attribute.lines.is_empty() {
        return "text of several lines".to_owned();
    }
    let after = match (&attribute.after, attribute.unknown) {
        (_, true) => "known after apply",
        (Some(text), _) => text.as_str(),
        (None, _) => "nothing",
    };
    match &attribute.before {
        Some(before) => format!("{before} → {after}"),
        None => after.to_owned(),
    }
}

pub(crate) fn policy_words(change_set: &ChangeSet) -> String {
    let of = |wanted| change_set.policies.iter().filter(|p| p.outcome == wanted).count();
    let (denied, warned) = (of(PolicyOutcome::Deny), of(PolicyOutcome::Warn));
    format!("{denied} denied, {warned} warned, {} passed", change_set.policies_passed)
}

/// What the units that would run make a month cost; none where no prices are configured.
#[must_use]
pub fn total_cost<'a>(change_sets: impl IntoIterator<Item = &'a ChangeSet>) -> Option<Cost> {
    let units = change_sets.into_iter().flat_map(|set| &set.units).filter(|u| u.is_runnable());
    crate::cost::total(units.filter_map(|u| u.cost.as_ref()))
}

/// The cost in words: unknown is not zero, and not configured is not unknown.
pub(crate) fn cost_words<'a>(change_sets: impl IntoIterator<Item = &'a ChangeSet>) -> String {
    match total_cost(change_sets) {
        None => "not configured".to_owned(),
        Some(cost) if cost.unpriced.is_empty() => cost.to_string(),
        Some(cost) => format!("{cost} ({} resources without a price)", cost.unpriced.len()),
    }
}

/// Cuts a rendering at a line, and says so.
pub(crate) fn limit(text: String, bytes: usize) -> String {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or_default();
    let head = head.rsplit_once('\n').map_or(head, |(head, _)| head);
    let left = text.get(head.len()..).map_or(0, |rest| rest.lines().count().saturating_sub(1));
    format!("{head}\n… {left} more lines; `xcf show` has all of it\n")
}

#[cfg(test)]
mod tests;
