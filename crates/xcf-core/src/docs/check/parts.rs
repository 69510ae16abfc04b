//! Checks of the parts several kinds share: inputs, policies, observation, execution, matches.

use super::Findings;
use super::text::{name_fault, pass_fault, ref_fault, secret_fault};
use crate::docs::composition::{Execution, Observe, Policies, ReconcileSpec};
use crate::docs::matrix::UnitMatch;
use crate::docs::shapes::{BackupSpec, BackupWord, DurationText, OneOrMany};
use crate::docs::spans::escape;
use crate::value::{OutputRef, Shape, visit_shapes};
use serde_json::Value;
use std::collections::BTreeMap;

/// Inputs: references and secrets at any depth have their exact shape (`dsl §6`).
pub(super) fn inputs(inputs: &BTreeMap<String, Value>, at: &str, found: &mut Findings<'_>) {
    for (name, value) in inputs {
        let base = format!("{at}/{}", escape(name));
        visit_shapes(value, &mut |inner, shape| input_shape(&format!("{base}{inner}"), shape, found));
    }
}

fn input_shape(pointer: &str, shape: &Shape, found: &mut Findings<'_>) {
    match shape {
        Shape::LooksLikeReference => found.error(
            "looks-like-reference",
            pointer,
            "this map looks like a reference but is none: `from` or `output` go with from, environment, module, output and path only, `secret` stands alone",
            "complete it, or write {literal: …} around it if plain data is meant",
        ),
        Shape::Secret(reference) => found.fault("bad-secret-ref", pointer, secret_fault(reference)),
        Shape::Output(reference) => output_ref(pointer, reference, found),
        Shape::Literal(_) | Shape::Data => {}
    }
}

fn output_ref(pointer: &str, reference: &OutputRef, found: &mut Findings<'_>) {
    let at = |key: &str| format!("{pointer}/{key}");
    if let Some(from) = &reference.from {
        found.fault("bad-ref", &at("from"), ref_fault(from));
    }
    if let Some(environment) = &reference.environment {
        found.fault("bad-name", &at("environment"), name_fault(environment.as_str()));
    }
    if let Some(module) = &reference.module {
        found.fault("bad-name", &at("module"), name_fault(module.as_str()));
    }
    if reference.output.is_empty() {
        found.error("looks-like-reference", &at("output"), "`output` is empty", "name the output that is read");
    }
    if let Some(path) = &reference.path
        && !path.is_empty()
        && !path.starts_with('/')
    {
        found.error("bad-pointer", &at("path"), format!("`{path}` is no JSON Pointer"), format!("write `/{path}`"));
    }
}

pub(super) fn policies(policies: Option<&Policies>, at: &str, found: &mut Findings<'_>) {
    let Some(policies) = policies else { return };
    backup(policies.backup.as_ref(), &format!("{at}/backup"), found);
    if let Some(window) = &policies.window {
        found.fault("bad-name", &format!("{at}/window"), name_fault(window));
    }
}

pub(super) fn backup(backup: Option<&BackupSpec>, at: &str, found: &mut Findings<'_>) {
    let Some(words) = backup.map(OneOrMany::as_slice) else { return };
    if words.len() > 1 && words.contains(&BackupWord::None) {
        found.error(
            "contradiction",
            at,
            "`none` stands beside other kinds of backup",
            "remove `none`, or everything else",
        );
    }
}

pub(super) fn reconcile(reconcile: Option<&ReconcileSpec>, at: &str, found: &mut Findings<'_>) {
    positive(reconcile.and_then(|r| r.interval.as_ref()), &format!("{at}/interval"), found);
}

pub(super) fn execution(execution: Option<&Execution>, at: &str, found: &mut Findings<'_>) {
    positive(execution.and_then(|e| e.timeout.as_ref()), &format!("{at}/timeout"), found);
}

pub(super) fn observe(observe: Option<&Observe>, at: &str, found: &mut Findings<'_>) {
    let Some(observe) = observe else { return };
    positive(observe.duration.as_ref(), &format!("{at}/for"), found);
    positive(observe.remind_after.as_ref(), &format!("{at}/remindAfter"), found);
    let names = observe.probes.iter().map(|p| p.name.as_str());
    found.unique("duplicate-name", "the probe", names, |i| format!("{at}/probes/{i}/name"));
    for (index, probe) in observe.probes.iter().enumerate() {
        let here = format!("{at}/probes/{index}");
        let sources = [probe.prometheus.is_some(), probe.http.is_some(), probe.command.is_some()];
        exactly_one("a probe", "prometheus, http, command", &sources, &here, found);
        found.fault("bad-comparison", &format!("{here}/pass"), pass_fault(&probe.pass));
        positive(probe.every.as_ref(), &format!("{here}/every"), found);
        at_least_one(probe.fail_after, &format!("{here}/failAfter"), found);
    }
}

pub(super) fn unit_match(matches: &UnitMatch, at: &str, found: &mut Findings<'_>) {
    never(matches.lifecycle.as_ref(), &format!("{at}/lifecycle"), found);
    never(matches.change_frequency.as_ref(), &format!("{at}/changeFrequency"), found);
    never(matches.engine.as_ref(), &format!("{at}/engine"), found);
    never(matches.environment.as_ref(), &format!("{at}/environment"), found);
    for (label, values) in &matches.labels {
        never(Some(values), &format!("{at}/labels/{}", escape(label)), found);
    }
}

/// An empty list in a match matches nothing: a rule that can't bind is a mistake.
pub(super) fn never<T>(values: Option<&OneOrMany<T>>, at: &str, found: &mut Findings<'_>) {
    if values.is_some_and(|v| v.as_slice().is_empty()) {
        found.error(
            "never-matches",
            at,
            "an empty list matches nothing",
            "name a value, or remove the key to match everything",
        );
    }
}

pub(super) fn exactly_one(what: &str, of: &str, given: &[bool], at: &str, found: &mut Findings<'_>) {
    let count = given.iter().filter(|g| **g).count();
    if count != 1 {
        found.error("exactly-one", at, format!("{what} has exactly one of {of}, this one has {count}"), "");
    }
}

pub(super) fn positive(duration: Option<&DurationText>, at: &str, found: &mut Findings<'_>) {
    if duration.is_some_and(|d| d.seconds() == 0) {
        found.error("bad-duration", at, "this duration must be longer than nothing", "");
    }
}

pub(super) fn at_least_one(count: Option<u32>, at: &str, found: &mut Findings<'_>) {
    if count == Some(0) {
        found.error("out-of-range", at, "this must be at least 1", "");
    }
}

pub(super) fn not_blank(text: &str, what: &str, at: &str, found: &mut Findings<'_>) {
    if text.trim().is_empty() {
        found.error("missing-field", at, format!("`{what}` is empty"), "");
    }
}
