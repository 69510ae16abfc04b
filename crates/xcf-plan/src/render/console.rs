//! Plain console text: no colour codes, the shell adds them.

use super::{
    Size, attribute_words, attributes, by_section, change_set_risk, cost_words, counts_words, headline, limit,
    output_words, policy_words, sign, sorted_changes, total_counts,
};
use std::fmt::Write as _;
use xcf_core::changeset::{ChangeSet, ChangeUnit};
use xcf_core::plan::Fidelity;

/// A ChangeSet as console text.
#[must_use]
pub fn console(change_set: &ChangeSet, size: Size) -> String {
    let mut out = String::new();
    let total = total_counts(change_set);
    let risk = change_set_risk(change_set);
    let _ =
        writeln!(out, "{} r{} · {} · {}", change_set.id, change_set.revision, change_set.environment, change_set.title);
    let _ = writeln!(out, "{} units: {}", change_set.units.len(), counts_words(total));
    let (policies, cost) = (policy_words(change_set), cost_words([change_set]));
    let _ = writeln!(out, "risk {} · policies: {policies} · cost: {cost}", risk.level.as_str());
    for result in &change_set.policies {
        let unit = result.unit.as_ref().map(|u| format!(" [{u}]")).unwrap_or_default();
        let _ = writeln!(out, "  {} {}{unit}: {} ({})", result.outcome, result.rule, result.message, result.place);
    }
    for (section, units) in by_section(change_set) {
        let _ = writeln!(out, "\n== {} ({}) ==", section.title(), units.len());
        units.into_iter().for_each(|unit| write_unit(&mut out, unit, size));
    }
    for diagnostic in &change_set.diagnostics {
        let _ = writeln!(out, "{diagnostic}");
    }
    limit(out, size.bytes)
}

/// One unit as console text.
#[must_use]
pub fn unit_console(unit: &ChangeUnit, size: Size) -> String {
    let mut out = String::new();
    write_unit(&mut out, unit, size);
    limit(out, size.bytes)
}

fn write_unit(out: &mut String, unit: &ChangeUnit, size: Size) {
    let _ = writeln!(out, "{}  {}", unit.id, headline(unit));
    if let Some(deferred) = &unit.deferred {
        let waits: Vec<String> = deferred.waits_for.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "  waits for {}: {}", waits.join(", "), deferred.reason);
    }
    let changes = sorted_changes(unit);
    for change in changes.iter().take(size.changes) {
        let fidelity =
            if change.fidelity == Fidelity::Exact { String::new() } else { format!(" ({})", change.fidelity) };
        let _ = writeln!(out, "  {:<3} {} {}{fidelity}", sign(change.action), change.action, change.address);
        let shown = attributes(change);
        for attribute in shown.iter().take(size.attributes) {
            let _ = writeln!(out, "        {}: {}", attribute.path, attribute_words(attribute));
            attribute.lines.iter().for_each(|line| {
                let _ = writeln!(out, "          {line}");
            });
        }
        more(out, "        ", shown.len(), size.attributes, "attributes");
        for reason in &change.replace_reasons {
            let _ = writeln!(out, "        replaced because of {reason}");
        }
    }
    more(out, "  ", changes.len(), size.changes, "changes");
    for output in unit.plan.iter().flat_map(|p| &p.outputs) {
        let _ = writeln!(out, "  output {}: {}", output.name, output_words(output));
    }
    if let Some(way_back) = &unit.way_back {
        let _ = writeln!(out, "  way back: {} – {}", way_back.grade, way_back.note);
    }
    if unit.is_runnable() {
        let _ = writeln!(out, "  gate: {} – {}", unit.gate.level, unit.gate.why);
    }
    for diagnostic in &unit.diagnostics {
        let _ = writeln!(out, "  {}", diagnostic.to_string().replace('\n', "\n  "));
    }
    for restriction in &unit.not_yet_effective {
        let _ = writeln!(out, "  not yet effective: {restriction}");
    }
}

fn more(out: &mut String, indent: &str, all: usize, shown: usize, what: &str) {
    if all > shown {
        let _ = writeln!(out, "{indent}… {} more {what}", all - shown);
    }
}
