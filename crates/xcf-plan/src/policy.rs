//! Policies (`R4.3`, `dsl §1` Rego): `policies/*.rego`, Rego v1, `package main`, Conftest's `deny` / `warn` / `violation`.
//!
//! Each rule is evaluated on its own, so that every result carries the file and line of the rule that said it. Whatever
//! can't be read or evaluated is a deny: a policy that does not run must not let anything through. Policies are pure:
//! functions that read the clock, chance or the host are refused like unknown ones.

mod input;
mod result;
mod source;

pub use input::{input, masked_inputs};

use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, Value as Rego};
use serde_json::Value;
use source::{Parsed, RuleCopy, located, parse};
use std::num::NonZeroU32;
use std::time::Duration;
use xcf_core::changeset::{ChangeSet, PolicyOutcome, PolicyResult};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::digest;
use xcf_core::ids::Digest;

/// One policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// Repository-relative path.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The policies of a model.
#[must_use]
pub fn files(model: &crate::workspace::Workspace) -> Vec<PolicyFile> {
    model.rego.iter().map(|f| PolicyFile { path: f.path.to_string(), text: f.text.to_string() }).collect()
}

/// What all policies said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyReport {
    /// Denies and warnings, in a stable order.
    pub results: Vec<PolicyResult>,
    /// How many policy files said nothing.
    pub passed: u32,
    /// Digest of the results, without their places.
    pub digest: Digest,
}

impl PolicyReport {
    /// True if something is refused.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.results.iter().any(|r| r.outcome == PolicyOutcome::Deny)
    }
    /// Puts the report into a ChangeSet.
    pub fn put_into(self, change_set: &mut ChangeSet) {
        change_set.policies = self.results;
        change_set.policies_passed = self.passed;
        change_set.policy_digest = self.digest;
    }
}

/// Longest time one rule may take. Only a guard against rules that never end: it decides nothing but the deny.
const RULE_TIME: Duration = Duration::from_secs(5);
/// Work units between two looks at that limit.
const TIME_CHECK: NonZeroU32 = NonZeroU32::MIN.saturating_add(4_095);

/// Judges `input` by the policies of head and base: a result of either counts (`dsl §7`: the stricter).
#[must_use]
pub fn judge(head: &[PolicyFile], base: Option<&[PolicyFile]>, input: &Value) -> PolicyReport {
    let mut report = evaluate(head, input);
    let Some(base) = base.filter(|base| *base != head) else { return report };
    for mut result in evaluate(base, input).results {
        let same = |r: &PolicyResult| key(r) == key(&result);
        if !report.results.iter().any(same) {
            result.message.push_str(" (policy at base)");
            report.results.push(result);
        }
    }
    finish(report.results, report.passed)
}

/// Evaluates every policy against `input` (see [`input()`]).
#[must_use]
pub fn evaluate(files: &[PolicyFile], input: &Value) -> PolicyReport {
    evaluate_within(files, input, RULE_TIME)
}

fn evaluate_within(files: &[PolicyFile], input: &Value, limit: Duration) -> PolicyReport {
    let mut results = Vec::new();
    let mut parsed = Vec::new();
    for (index, file) in files.iter().enumerate() {
        match parse(file, index) {
            Ok(one) => parsed.push(one),
            Err(diagnostic) => results.push(refused(&diagnostic)),
        }
    }
    for problem in source::lint(&parsed) {
        results.push(refused(&problem));
    }
    let engine = loop {
        match compile(&parsed) {
            Ok(engine) => break engine,
            Err(message) => drop_culprit(&mut parsed, &message, &mut results),
        }
    };
    let mut engine = engine;
    engine.set_execution_timer_config(ExecutionTimerConfig { limit, check_interval: TIME_CHECK });
    let units = result::unit_ids(input);
    let data = Rego::from(input.clone());
    for file in parsed.iter().filter(|f| f.is_main()) {
        for rule in &file.rules {
            results.extend(run(&engine, &data, file, rule, &units));
        }
    }
    let silent = |f: &&PolicyFile| !results.iter().any(|r| r.place.file == f.path);
    let passed = files.iter().filter(silent).count();
    finish(results, u32::try_from(passed).unwrap_or(u32::MAX))
}

/// Everything that would keep a policy from being evaluated, located (`validate`).
#[must_use]
pub fn rego_diagnostics(files: &[PolicyFile]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut parsed = Vec::new();
    for (index, file) in files.iter().enumerate() {
        match parse(file, index) {
            Ok(one) => parsed.push(one),
            Err(diagnostic) => found.push(*diagnostic),
        }
    }
    found.extend(source::lint(&parsed));
    while let Err(message) = compile(&parsed) {
        let (diagnostic, culprit) = located(&parsed, &message);
        found.push(diagnostic);
        match culprit {
            Some(index) => drop(parsed.remove(index)),
            None => break,
        }
    }
    found
}

fn compile(parsed: &[Parsed]) -> Result<Engine, String> {
    let mut engine = Engine::new();
    engine.set_gather_prints(true);
    for file in parsed {
        engine.add_policy(file.path.clone(), file.text.clone()).map_err(|e| e.to_string())?;
    }
    // Compiles everything without running a rule of anybody's.
    engine.set_input(Rego::new_object());
    engine.eval_query("true".to_owned(), false).map_err(|e| e.to_string())?;
    Ok(engine)
}

/// Files only compile together. The one the error names is refused and the others go on; an error that names none refuses all.
fn drop_culprit(parsed: &mut Vec<Parsed>, message: &str, results: &mut Vec<PolicyResult>) {
    let (diagnostic, culprit) = located(parsed, message);
    results.push(refused(&diagnostic));
    match culprit {
        Some(index) => drop(parsed.remove(index)),
        None => parsed.clear(),
    }
}

fn run(engine: &Engine, data: &Rego, file: &Parsed, rule: &RuleCopy, units: &[String]) -> Vec<PolicyResult> {
    // A fresh copy: one rule's failure or time must not touch the next.
    let mut engine = engine.clone();
    engine.set_input(data.clone());
    match engine.eval_rule(format!("data.main.{}", rule.name)) {
        Ok(Rego::Undefined) => Vec::new(),
        Ok(value) => match serde_json::to_value(&value) {
            Ok(json) => result::read(&json, file, rule, units),
            Err(error) => vec![failed(file, rule, &error.to_string())],
        },
        Err(error) => vec![failed(file, rule, &error.to_string())],
    }
}

/// A rule that could not be evaluated denies.
fn failed(file: &Parsed, rule: &RuleCopy, message: &str) -> PolicyResult {
    let (line, text) = source::reason(file, message);
    PolicyResult {
        rule: file.stem.clone(),
        outcome: PolicyOutcome::Deny,
        message: format!("the rule can't be evaluated, so it denies: {text}"),
        unit: None,
        place: line.unwrap_or_else(|| rule.place.clone()),
    }
}

fn refused(diagnostic: &Diagnostic) -> PolicyResult {
    PolicyResult {
        rule: source::stem(&diagnostic.place.file),
        outcome: PolicyOutcome::Deny,
        message: format!("the policy can't be evaluated, so it denies: {}", diagnostic.message),
        unit: None,
        place: diagnostic.place.clone(),
    }
}

type Key = (String, PolicyOutcome, Option<String>, String);

fn key(result: &PolicyResult) -> Key {
    (result.rule.clone(), result.outcome, result.unit.as_ref().map(ToString::to_string), result.message.clone())
}

fn finish(mut results: Vec<PolicyResult>, passed: u32) -> PolicyReport {
    results.sort_by_cached_key(|r| (key(r), r.place.clone()));
    results.dedup();
    let meaning: Vec<Key> = results.iter().map(key).collect();
    let digest = digest::of_json(&serde_json::to_value(&meaning).unwrap_or(Value::Null));
    PolicyReport { results, passed, digest }
}

/// A place in a policy file.
pub(super) fn place(path: &str, line: u32, column: u32) -> Place {
    Place::new(path, line, column)
}

#[cfg(test)]
mod tests;
