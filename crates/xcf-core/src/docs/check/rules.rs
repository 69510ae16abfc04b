//! The policy kinds, Playbook and NativeResource on their own.

use super::Findings;
use super::parts;
use super::text::{cron_fault, currency_fault, key_fault, name_fault, time_zone_fault, until_fault};
use crate::docs::matrix::DecisionMatrixSpec;
use crate::docs::playbook::{Command, NativeResourceSpec, PlaybookSpec};
use crate::docs::rules::{
    ApprovalMatch, ApprovalRuleSpec, BudgetSpec, PeopleSpec, RateLimitSpec, WaiverSpec, WindowSpec,
};

pub(super) fn matrix(spec: &DecisionMatrixSpec, found: &mut Findings<'_>) {
    found.unique("duplicate-name", "the row", spec.rows.iter().map(|r| r.name.as_str()), |i| {
        format!("/spec/rows/{i}/name")
    });
    for (index, row) in spec.rows.iter().enumerate() {
        let at = format!("/spec/rows/{index}");
        parts::not_blank(&row.name, "name", &format!("{at}/name"), found);
        parts::unit_match(&row.matches, &format!("{at}/match"), found);
        if row.matches.engine.is_some() && row.engines.is_some() {
            let message = "a row that matches on `engine` applies after the engine is chosen and can't set `engines`";
            found.error(
                "matrix-engine",
                &format!("{at}/engines"),
                message,
                "remove `engines`, or `engine` from `match`",
            );
        }
        if row.engines.as_ref().is_some_and(Vec::is_empty) {
            found.error(
                "missing-field",
                &format!("{at}/engines"),
                "`engines` is empty",
                "name an engine, or remove the key",
            );
        }
        parts::backup(row.backup.as_ref(), &format!("{at}/backup"), found);
        parts::reconcile(row.reconcile.as_ref(), &format!("{at}/reconcile"), found);
        if let Some(window) = &row.window {
            found.fault("bad-name", &format!("{at}/window"), name_fault(window));
        }
    }
}

pub(super) fn window(spec: &WindowSpec, found: &mut Findings<'_>) {
    found.fault("bad-schedule", "/spec/schedule", cron_fault(&spec.schedule));
    found.fault("bad-time-zone", "/spec/timeZone", time_zone_fault(&spec.time_zone));
    parts::positive(Some(&spec.duration), "/spec/duration", found);
    parts::unit_match(&spec.matches, "/spec/match", found);
}

pub(super) fn budget(spec: &BudgetSpec, found: &mut Findings<'_>) {
    if spec.amount < 0.0 {
        found.error("out-of-range", "/spec/amount", "an amount can't be negative", "");
    }
    found.fault("bad-currency", "/spec/currency", currency_fault(&spec.currency));
    parts::unit_match(&spec.matches, "/spec/match", found);
}

pub(super) fn rate_limit(spec: &RateLimitSpec, found: &mut Findings<'_>) {
    parts::at_least_one(Some(spec.max), "/spec/max", found);
    parts::positive(Some(&spec.per), "/spec/per", found);
    parts::unit_match(&spec.matches, "/spec/match", found);
}

pub(super) fn approval_rule(spec: &ApprovalRuleSpec, found: &mut Findings<'_>) {
    approval_match(&spec.matches, found);
    found.unique("duplicate-name", "the role", spec.require.iter().map(|r| r.role.as_str()), |i| {
        format!("/spec/require/{i}/role")
    });
    for (index, require) in spec.require.iter().enumerate() {
        parts::not_blank(&require.role, "role", &format!("/spec/require/{index}/role"), found);
        parts::at_least_one(require.count, &format!("/spec/require/{index}/count"), found);
    }
    found.unique("duplicate-name", "the check", spec.checks.iter().map(|c| c.name.as_str()), |i| {
        format!("/spec/checks/{i}/name")
    });
    for (index, check) in spec.checks.iter().enumerate() {
        let given = [check.command.is_some(), check.forge.is_some()];
        parts::exactly_one("a check", "command, forge", &given, &format!("/spec/checks/{index}"), found);
    }
}

fn approval_match(matches: &ApprovalMatch, found: &mut Findings<'_>) {
    parts::never(matches.environment.as_ref(), "/spec/match/environment", found);
    parts::never(matches.lifecycle.as_ref(), "/spec/match/lifecycle", found);
    parts::never(matches.resource_types.as_ref(), "/spec/match/resourceTypes", found);
    parts::never(matches.actions.as_ref(), "/spec/match/actions", found);
    if let Some(cost) = &matches.cost {
        found.fault("bad-currency", "/spec/match/cost/currency", currency_fault(&cost.currency));
    }
}

pub(super) fn waiver(spec: &WaiverSpec, found: &mut Findings<'_>) {
    approval_match(&spec.matches, found);
    found.fault("bad-until", "/spec/until", until_fault(&spec.until));
    for (text, what) in [(&spec.rule, "rule"), (&spec.reason, "reason"), (&spec.by, "by")] {
        parts::not_blank(text, what, &format!("/spec/{what}"), found);
    }
}

/// People: a key or an address that two people share would let one person count as two (`dsl §10`).
pub(super) fn people(spec: &PeopleSpec, found: &mut Findings<'_>) {
    let people = &spec.people;
    found.unique("duplicate-name", "the person", people.iter().map(|p| p.name.as_str()), |i| {
        format!("/spec/people/{i}/name")
    });
    let (mut emails, mut keys) = (Vec::new(), Vec::new());
    for (index, person) in people.iter().enumerate() {
        let at = format!("/spec/people/{index}");
        parts::not_blank(&person.name, "name", &format!("{at}/name"), found);
        for (number, email) in person.emails.iter().enumerate() {
            let here = format!("{at}/emails/{number}");
            if !email.split_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()) {
                found.error("bad-email", &here, format!("`{email}` is no e-mail address"), "");
            }
            emails.push((email.to_ascii_lowercase(), here));
        }
        for (number, key) in person.keys.iter().enumerate() {
            let here = format!("{at}/keys/{number}");
            found.fault("bad-key-text", &here, key_fault(key));
            keys.push((key.clone(), here));
        }
    }
    for (what, list) in [("the e-mail address", emails), ("the key", keys)] {
        let pointer = |i: usize| list.get(i).map(|(_, p)| p.clone()).unwrap_or_default();
        found.unique("shared-identity", what, list.iter().map(|(text, _)| text.as_str()), pointer);
    }
}

pub(super) fn playbook(spec: &PlaybookSpec, found: &mut Findings<'_>) {
    parts::at_least_one(spec.serial, "/spec/serial", found);
    found.unique("duplicate-name", "the step", spec.steps.iter().map(|s| s.name.as_str()), |i| {
        format!("/spec/steps/{i}/name")
    });
    for (index, step) in spec.steps.iter().enumerate() {
        let at = format!("/spec/steps/{index}");
        let given = [
            step.file.is_some(),
            step.template.is_some(),
            step.package.is_some(),
            step.service.is_some(),
            step.command.is_some(),
            step.check.is_some(),
        ];
        parts::exactly_one("a step", "file, template, package, service, command, check", &given, &at, found);
        match &step.command {
            Some(Command::Line(line)) => parts::not_blank(line, "command", &format!("{at}/command"), found),
            Some(Command::Guarded(g)) => parts::not_blank(&g.run, "run", &format!("{at}/command/run"), found),
            None => {}
        }
    }
}

pub(super) fn native_resource(spec: &NativeResourceSpec, found: &mut Findings<'_>) {
    parts::not_blank(&spec.service, "service", "/spec/service", found);
    if spec.name.is_none() && spec.external_id.is_none() {
        let message = "a NativeResource needs `name` or `externalId`: without one a retry could make it twice";
        found.error("missing-field", "/spec", message, "add `name:`");
    }
}
