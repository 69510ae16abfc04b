//! Markdown for pull request comments and `-o markdown`. Values stand in code spans, so that nothing in them is markup.

use super::{
    Size, attribute_words, attributes, by_section, change_set_risk, cost_words, counts_words, headline, limit,
    output_words, policy_words, sign, sorted_changes, total_counts,
};
use std::fmt::Write as _;
use xcf_core::changeset::{ChangeSet, ChangeUnit};
use xcf_core::plan::{Fidelity, ResourceChange};

/// A ChangeSet as Markdown.
#[must_use]
pub fn markdown(change_set: &ChangeSet, size: Size) -> String {
    let mut out = String::new();
    let total = total_counts(change_set);
    let risk = change_set_risk(change_set);
    let _ = writeln!(out, "## {} · {} · {}\n", change_set.id, change_set.environment, escape(&change_set.title));
    let _ = writeln!(
        out,
        "**{} units: {}.** Risk **{}**.\n",
        change_set.units.len(),
        counts_words(total),
        risk.level.as_str()
    );
    let _ = writeln!(out, "Policies: {}. Cost: {}.\n", policy_words(change_set), cost_words([change_set]));
    for result in &change_set.policies {
        let unit = result.unit.as_ref().map(|u| format!(" `{u}`")).unwrap_or_default();
        let _ = writeln!(
            out,
            "- **{}** {}{unit}: {} (`{}`)",
            result.outcome,
            code(&result.rule),
            escape(&result.message),
            result.place
        );
    }
    if !change_set.policies.is_empty() {
        out.push('\n');
    }
    for (section, units) in by_section(change_set) {
        let _ = writeln!(out, "### {} ({})\n", section.title(), units.len());
        units.into_iter().for_each(|unit| write_unit(&mut out, unit, size));
    }
    for diagnostic in &change_set.diagnostics {
        let _ = writeln!(out, "- {}", escape(&diagnostic.to_string().replace("\n  ", " – ")));
    }
    let _ = writeln!(out, "Revision {}, digest `{}`.", change_set.revision, change_set.digest);
    limit(out, size.bytes)
}

/// One unit as Markdown.
#[must_use]
pub fn unit_markdown(unit: &ChangeUnit, size: Size) -> String {
    let mut out = String::new();
    write_unit(&mut out, unit, size);
    limit(out, size.bytes)
}

fn write_unit(out: &mut String, unit: &ChangeUnit, size: Size) {
    let _ = writeln!(out, "#### `{}`\n\n{}", unit.id, headline(unit));
    if let Some(deferred) = &unit.deferred {
        let waits: Vec<String> = deferred.waits_for.iter().map(|u| format!("`{u}`")).collect();
        let _ = writeln!(out, "\nWaits for {}: {}", waits.join(", "), escape(&deferred.reason));
    }
    out.push('\n');
    let changes = sorted_changes(unit);
    for change in changes.iter().take(size.changes) {
        out.push_str(&change_line("", change));
        out.push_str(&change_full("  ", change, size.attributes));
    }
    more(out, "- ", changes.len(), size.changes, "changes");
    out.push_str(&unit_facts("", unit));
    out.push('\n');
}

/// One line about a change of a resource.
pub(super) fn change_line(indent: &str, change: &ResourceChange) -> String {
    let fidelity = if change.fidelity == Fidelity::Exact { String::new() } else { format!(" ({})", change.fidelity) };
    format!("{indent}- `{}` {} {}{fidelity}\n", sign(change.action), change.action, code(&change.address))
}

/// What of it changes, attribute by attribute, and why it is replaced.
pub(super) fn change_full(indent: &str, change: &ResourceChange, most: usize) -> String {
    let mut out = String::new();
    let shown = attributes(change);
    for attribute in shown.iter().take(most) {
        let _ = writeln!(out, "{indent}- {}: {}", code(&attribute.path), code(&attribute_words(attribute)));
        if !attribute.lines.is_empty() {
            let fence = "`".repeat(longest_run(&attribute.lines.join("\n")).max(2) + 1);
            let body = attribute.lines.join(&format!("\n{indent}  "));
            let _ = writeln!(out, "{indent}  {fence}diff\n{indent}  {body}\n{indent}  {fence}");
        }
    }
    more(&mut out, &format!("{indent}- "), shown.len(), most, "attributes");
    for reason in &change.replace_reasons {
        let _ = writeln!(out, "{indent}- replaced because of {}", code(reason));
    }
    out
}

/// What else there is to say of a unit: outputs, way back, gate, problems.
pub(super) fn unit_facts(indent: &str, unit: &ChangeUnit) -> String {
    let mut out = String::new();
    for output in unit.plan.iter().flat_map(|p| &p.outputs) {
        let _ = writeln!(out, "{indent}- output {}: {}", code(&output.name), code(&output_words(output)));
    }
    if let Some(way_back) = &unit.way_back {
        let _ = writeln!(out, "{indent}- way back: **{}** – {}", way_back.grade, escape(&way_back.note));
    }
    if unit.is_runnable() {
        let _ = writeln!(out, "{indent}- gate: **{}** – {}", unit.gate.level, escape(&unit.gate.why));
    }
    for diagnostic in &unit.diagnostics {
        let _ = writeln!(out, "{indent}- {}", escape(&diagnostic.to_string().replace("\n  ", " – ")));
    }
    for restriction in &unit.not_yet_effective {
        let _ = writeln!(out, "{indent}- not yet effective: {}", escape(restriction));
    }
    out
}

fn more(out: &mut String, indent: &str, all: usize, shown: usize, what: &str) {
    if all > shown {
        let _ = writeln!(out, "{indent}… {} more {what}", all - shown);
    }
}

/// A code span whose fence is longer than any run of backticks inside.
pub(super) fn code(text: &str) -> String {
    let flat = text.replace(['\n', '\r'], " ");
    let fence = "`".repeat(longest_run(&flat) + 1);
    let pad = if flat.starts_with('`') || flat.ends_with('`') || flat.is_empty() { " " } else { "" };
    format!("{fence}{pad}{flat}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Words of other people as plain text: no links, mentions, markup or HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            // A zero-width space keeps a name from notifying anybody.
            '@' => out.push_str("@\u{200b}"),
            '\n' | '\r' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}
