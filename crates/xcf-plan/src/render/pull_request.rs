//! What a pull request says about its plan: one text for body and comment, risk first, folded, never larger than the place
//! it goes to. Totals, denials and destroys stay whatever the size; details give way first (complaints about plan comments
//! are about exactly that: too long to post, or the one destroy cut off).

use super::budget::{Group, Item, fit};
use super::markdown::{change_full, change_line, code, escape, unit_facts};
use super::{
    by_section, change_set_risk, cost_words, counts_words, headline, not_fully_known, sorted_changes, total_counts,
};
use std::collections::BTreeMap;
use xcf_core::changeset::{ChangeSet, ChangeUnit, PolicyOutcome, UnitAction};
use xcf_core::plan::Action;

/// An approval that a ChangeSet needs or has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalNeed {
    /// Role; empty = any person.
    pub role: String,
    /// Who gave it; none = still needed.
    pub given_by: Option<String>,
}

/// A ChangeSet and where it stands.
#[derive(Debug, Clone)]
pub struct Reviewed<'a> {
    /// The ChangeSet.
    pub change_set: &'a ChangeSet,
    /// State word (`dsl §9`).
    pub status: String,
    /// Approvals needed and given.
    pub approvals: Vec<ApprovalNeed>,
}

/// Everything a pull request is told.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// Hidden first line by which the comment is found again.
    pub marker: String,
    /// Commit that was planned, short.
    pub commit: String,
    /// One per Environment.
    pub changes: Vec<Reviewed<'a>>,
    /// Problems that kept something from being planned.
    pub problems: Vec<String>,
}

/// Longest title that is shown whole.
const LONGEST_WORDS: usize = 160;
/// Most attributes of one change.
const MOST_ATTRIBUTES: usize = 20;
/// Units of one shape from which on they are told together.
const SAME_SHAPE: usize = 4;

/// The text, in at most `limit` bytes. Below about a kilobyte it may be cut to its totals.
#[must_use]
pub fn pull_request(report: &Report<'_>, limit: usize) -> String {
    let head = head(report);
    let foot = foot(report);
    let text = fit(&head, &groups(report), &foot, limit);
    if text.len() <= limit {
        return text;
    }
    // No place for lists at all: the totals, and if even they are too long, as much of them as fits.
    let mut end = limit.min(head.len());
    while !head.is_char_boundary(end) {
        end -= 1;
    }
    head.get(..end).unwrap_or_default().to_owned()
}

/// One line for the check on the commit.
#[must_use]
pub fn check_line(report: &Report<'_>) -> String {
    if report.changes.is_empty() {
        return if report.problems.is_empty() { "Nothing to change" } else { "Could not be planned" }.to_owned();
    }
    let denied = policies(report, PolicyOutcome::Deny);
    let denied = if denied > 0 { format!("; {denied} denied") } else { String::new() };
    let open = open_approvals(report);
    let open = if open > 0 { format!("; {open} approvals needed") } else { String::new() };
    format!("{}{denied}{open}", what(report.changes.iter().map(|r| r.change_set)))
}

/// What is done to resources, and how many units nothing is known of yet: those are never "no change".
fn what<'a>(sets: impl Iterator<Item = &'a ChangeSet>) -> String {
    let (mut total, mut unknown, mut stuck) = ([0; 5], 0, 0);
    for set in sets {
        total.iter_mut().zip(total_counts(set)).for_each(|(sum, n)| *sum += n);
        unknown += set.units.iter().filter(|u| u.is_runnable() && not_fully_known(u)).count();
        stuck += set.units.iter().filter(|u| !u.is_runnable()).count();
    }
    let mut parts = Vec::new();
    if total.iter().any(|n| *n > 0) || unknown + stuck == 0 {
        parts.push(counts_words(total));
    }
    if unknown > 0 {
        parts.push(format!("{unknown} known only after an upstream applies"));
    }
    if stuck > 0 {
        parts.push(format!("{stuck} that can't run"));
    }
    parts.join(", ")
}

fn policies(report: &Report<'_>, outcome: PolicyOutcome) -> usize {
    report.changes.iter().flat_map(|r| &r.change_set.policies).filter(|p| p.outcome == outcome).count()
}

fn open_approvals(report: &Report<'_>) -> usize {
    report.changes.iter().flat_map(|r| &r.approvals).filter(|a| a.given_by.is_none()).count()
}

fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

fn head(report: &Report<'_>) -> String {
    let units: usize = report.changes.iter().map(|r| r.change_set.units.len()).sum();
    let mut out = format!("{}\n## XCloudFlow plan\n\n", report.marker);
    if report.changes.is_empty() {
        out.push_str(if report.problems.is_empty() { "**Nothing to change.**\n\n" } else { "**Not planned.**\n\n" });
        return out;
    }
    let risk = report.changes.iter().map(|r| change_set_risk(r.change_set).level).max();
    let passed: u32 = report.changes.iter().map(|r| r.change_set.policies_passed).sum();
    out.push_str(&format!(
        "**{}** in {} of {}. Risk **{}**.\n\n",
        what(report.changes.iter().map(|r| r.change_set)),
        counted(units, "unit"),
        counted(report.changes.len(), "environment"),
        risk.map_or("low", |r| r.as_str()),
    ));
    out.push_str(&format!(
        "Policies: {} denied, {} warned, {passed} passed. Cost: {}. Approvals: {} open.\n\n",
        policies(report, PolicyOutcome::Deny),
        policies(report, PolicyOutcome::Warn),
        cost_words(report.changes.iter().map(|r| r.change_set)),
        open_approvals(report),
    ));
    out
}

fn foot(report: &Report<'_>) -> String {
    format!("\n<sub>Planned at {}. `xcf show CS` has all of it.</sub>\n", code(&report.commit))
}

fn groups(report: &Report<'_>) -> Vec<Group> {
    let mut groups = vec![
        denials(report),
        destroys(report),
        problems(report),
        environments(report),
        approvals(report),
        warnings(report),
    ];
    groups.retain(|g| !g.items.is_empty());
    for reviewed in &report.changes {
        groups.extend(units(reviewed, report.changes.len() > 1));
    }
    groups
}

fn list(rank: u8, vital: bool, title: &str, what: &'static str, items: Vec<Item>) -> Group {
    Group { rank, open: format!("### {title} ({})\n\n", items.len()), items, close: "\n".to_owned(), what, vital }
}

fn denials(report: &Report<'_>) -> Group {
    list(0, true, "Denied by policy", "denials", policy_items(report, PolicyOutcome::Deny))
}

fn warnings(report: &Report<'_>) -> Group {
    list(5, false, "Policy warnings", "warnings", policy_items(report, PolicyOutcome::Warn))
}

fn policy_items(report: &Report<'_>, outcome: PolicyOutcome) -> Vec<Item> {
    let results = report.changes.iter().flat_map(|r| &r.change_set.policies).filter(|p| p.outcome == outcome);
    let line = |p: &xcf_core::changeset::PolicyResult| {
        let unit = p.unit.as_ref().map(|u| format!(" {}", code(&u.to_string()))).unwrap_or_default();
        let brief = format!("- **{}** {}{unit}: {}\n", p.outcome, code(&p.rule), escape(&short(&p.message)));
        let full = format!(
            "- **{}** {}{unit}: {} ({})\n",
            p.outcome,
            code(&p.rule),
            escape(&p.message),
            code(&p.place.to_string())
        );
        Item { brief, full: Some(full) }
    };
    results.map(line).collect()
}

/// Whatever is destroyed, also on the way to a replacement, and units that are removed.
fn destroys(report: &Report<'_>) -> Group {
    let mut items = Vec::new();
    for unit in report.changes.iter().flat_map(|r| &r.change_set.units) {
        let destroys = |c: &&xcf_core::plan::ResourceChange| matches!(c.action, Action::Delete | Action::Replace);
        let changes: Vec<_> = sorted_changes(unit).into_iter().filter(destroys).collect();
        if unit.action == UnitAction::Destroy && changes.is_empty() {
            items.push(Item::line(format!("- **destroy** {}\n", code(&unit.id.to_string()))));
        }
        for change in changes {
            let line = format!("- **{}** {} in {}\n", change.action, code(&change.address), code(&unit.id.to_string()));
            items.push(Item::line(line));
        }
    }
    list(1, true, "Destroyed or replaced", "destroyed or replaced", items)
}

fn problems(report: &Report<'_>) -> Group {
    let items = report.problems.iter().map(|p| Item::line(format!("- {}\n", escape(&short(p))))).collect();
    list(2, true, "Not planned", "problems", items)
}

fn environments(report: &Report<'_>) -> Group {
    let row = |reviewed: &Reviewed<'_>| {
        let set = reviewed.change_set;
        let risk = change_set_risk(set).level.as_str();
        let counts = what(std::iter::once(set));
        Item::line(format!(
            "- **{}** {} · {} units: {counts} · risk {risk} · {}\n",
            escape(set.environment.as_str()),
            code(&set.id.to_string()),
            set.units.len(),
            escape(&reviewed.status)
        ))
    };
    list(3, false, "Environments", "environments", report.changes.iter().map(row).collect())
}

fn approvals(report: &Report<'_>) -> Group {
    let mut items = Vec::new();
    for reviewed in &report.changes {
        for need in &reviewed.approvals {
            let role = if need.role.is_empty() { "any person".to_owned() } else { escape(&need.role) };
            let state = need.given_by.as_ref().map_or("needed".to_owned(), |p| format!("by {}", escape(p)));
            let place = escape(reviewed.change_set.environment.as_str());
            items.push(Item::line(format!("- {place}: {role} – {state}\n")));
        }
    }
    list(4, false, "Approvals", "approvals", items)
}

/// A unit's shape: what is done to which attributes, whatever the values. Hundreds of units often differ in nothing else.
fn shape(unit: &ChangeUnit) -> Vec<String> {
    let of = |c: &xcf_core::plan::ResourceChange| {
        let paths: Vec<String> = super::attributes(c).into_iter().map(|a| a.path).collect();
        format!("{} {} {}", c.action, c.resource_type, paths.join(","))
    };
    let mut shape: Vec<String> = unit.plan.iter().flat_map(|p| &p.changes).map(of).collect();
    shape.sort();
    shape.insert(0, format!("{} {} {}", unit.id.module, unit.engine, unit.gate.level));
    shape
}

/// Units of one ChangeSet, section by section, each folded away; those of one shape together.
fn units(reviewed: &Reviewed<'_>, named: bool) -> Vec<Group> {
    let mut groups = Vec::new();
    for (order, (section, units)) in by_section(reviewed.change_set).into_iter().enumerate() {
        let rank = 10_u8.saturating_add(u8::try_from(order).unwrap_or(u8::MAX));
        let environment = if named { format!("{} · ", reviewed.change_set.environment) } else { String::new() };
        let mut alike: BTreeMap<Vec<String>, Vec<&ChangeUnit>> = BTreeMap::new();
        units.iter().for_each(|unit| alike.entry(shape(unit)).or_default().push(unit));
        let mut items = Vec::new();
        for same in alike.into_values() {
            let Some(first) = same.first() else { continue };
            let at = units.iter().position(|u| u.id == first.id);
            match same.len() {
                n if n >= SAME_SHAPE => items.push((at, unit_item(first, Some(&same)))),
                _ => items.extend(same.iter().map(|u| (units.iter().position(|o| o.id == u.id), unit_item(u, None)))),
            }
        }
        items.sort_by_key(|(at, _)| *at);
        let items = items.into_iter().map(|(_, item)| item).collect();
        let open = format!(
            "<details><summary>{}{} ({})</summary>\n\n",
            html(&environment),
            html(section.title()),
            units.len()
        );
        groups.push(Group { rank, open, items, close: "\n</details>\n\n".to_owned(), what: "units", vital: false });
    }
    groups
}

fn unit_item(unit: &ChangeUnit, alike: Option<&[&ChangeUnit]>) -> Item {
    let name = code(&unit.id.to_string());
    let brief = match alike {
        None => format!("- {name} – {}\n", escape(&headline(unit))),
        Some(all) => format!("- {name} and {} more alike – {}\n", all.len() - 1, escape(&headline(unit))),
    };
    let mut full = brief.clone();
    if let Some(all) = alike {
        let names: Vec<String> = all.iter().skip(1).take(50).map(|u| code(&u.id.to_string())).collect();
        full.push_str(&format!("  - also {}\n", names.join(", ")));
    }
    for change in sorted_changes(unit) {
        full.push_str(&change_line("  ", change));
        full.push_str(&change_full("    ", change, MOST_ATTRIBUTES));
    }
    full.push_str(&unit_facts("  ", unit));
    Item { brief, full: Some(full) }
}

fn short(text: &str) -> String {
    super::values::cut(&text.replace(['\n', '\r'], " "), LONGEST_WORDS)
}

/// Words of other people inside HTML.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@\u{200b}")
}

#[cfg(test)]
mod tests;
