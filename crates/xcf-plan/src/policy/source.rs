//! Reading policy files: their rules with places, and what they call.
//!
//! Each `deny`, `warn` and `violation` rule is copied under a name of its own below the file's text. The copies are what
//! is evaluated; the originals stay for rules that refer to them, with their lines untouched.

use super::{PolicyFile, place};
use regorus::Engine;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::changeset::PolicyOutcome;
use xcf_core::diag::{Diagnostic, Place};

/// A rule under a name of its own.
#[derive(Debug, Clone)]
pub(super) struct RuleCopy {
    pub name: String,
    pub outcome: PolicyOutcome,
    pub place: Place,
}

/// A call of a function: its name and place.
#[derive(Debug, Clone)]
struct Call {
    name: String,
    place: Place,
}

/// A policy file that parses.
#[derive(Debug, Clone)]
pub(super) struct Parsed {
    pub path: String,
    pub stem: String,
    /// The text with copies of the rules below it.
    pub text: String,
    pub rules: Vec<RuleCopy>,
    package: String,
    package_place: Place,
    calls: Vec<Call>,
    functions: BTreeSet<String>,
    aliases: BTreeMap<String, String>,
    /// First line of each copy, with the line it was copied from.
    copied_lines: Vec<(u32, u32)>,
}

impl Parsed {
    /// True if its rules judge: only `package main` does.
    pub fn is_main(&self) -> bool {
        self.package == "main"
    }
    /// The line of the file that a line of the text with copies comes from.
    fn original_line(&self, line: u32) -> u32 {
        let copy = self.copied_lines.iter().rev().find(|(first, _)| *first <= line);
        copy.map_or(line, |(first, original)| original + (line - first))
    }
}

/// File name without folder and extension.
pub(super) fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".rego").unwrap_or(name).to_owned()
}

const JUDGING: [(&str, PolicyOutcome); 3] =
    [("deny", PolicyOutcome::Deny), ("violation", PolicyOutcome::Deny), ("warn", PolicyOutcome::Warn)];

/// Functions whose answer is not in their arguments.
const IMPURE: [&str; 5] = ["time.now_ns", "rand.intn", "uuid.rfc4122", "opa.runtime", "http.send"];

/// Parses one file. The error is a located diagnostic.
pub(super) fn parse(file: &PolicyFile, index: usize) -> Result<Parsed, Box<Diagnostic>> {
    let unreadable = |message: String| Box::new(Diagnostic::error("policy-invalid", message, Place::file(&file.path)));
    let mut engine = Engine::new();
    if let Err(error) = engine.add_policy(file.path.clone(), file.text.clone()) {
        let (at, text) = read_error(&error.to_string());
        let place = at.map_or_else(|| Place::file(&file.path), |(path, line, column)| place(&path, line, column));
        return Err(Box::new(Diagnostic::error("policy-invalid", text, place)));
    }
    let ast = engine.get_ast_as_json().map_err(|e| unreadable(e.to_string()))?;
    let ast: Value = serde_json::from_str(&ast).map_err(|e| unreadable(e.to_string()))?;
    let module = ast.pointer("/0/ast").ok_or_else(|| unreadable("it holds no module".to_owned()))?;
    Ok(Reader { file, module }.read(index))
}

struct Reader<'a> {
    file: &'a PolicyFile,
    module: &'a Value,
}

impl Reader<'_> {
    fn read(&self, index: usize) -> Parsed {
        let package = self.module.pointer("/package/refr").map(|r| self.text(r)).unwrap_or_default();
        let mut parsed = Parsed {
            path: self.file.path.clone(),
            stem: stem(&self.file.path),
            text: self.file.text.clone(),
            rules: Vec::new(),
            package_place: self
                .module
                .pointer("/package")
                .map_or_else(|| Place::file(&self.file.path), |p| self.place(p)),
            package: package.to_owned(),
            calls: Vec::new(),
            functions: BTreeSet::new(),
            aliases: self.aliases(),
            copied_lines: Vec::new(),
        };
        let rules: Vec<&Value> = self.module.get("rules").and_then(Value::as_array).into_iter().flatten().collect();
        let start = |rule: &Value| rule.as_object()?.values().next().and_then(|r| bound(span_of(r)?, "start"));
        let starts: Vec<usize> = rules.iter().filter_map(|rule| start(rule)).collect();
        for rule in rules {
            // A rule reaches to the next one: its own span leaves out the closing quote of a text at its end.
            let next = start(rule).and_then(|own| starts.iter().copied().filter(|s| *s > own).min());
            self.rule(rule, next.unwrap_or(self.file.text.len()), index, &mut parsed);
        }
        self.calls(self.module, &mut parsed.calls);
        parsed
    }

    fn rule(&self, rule: &Value, end: usize, index: usize, parsed: &mut Parsed) {
        let Some(spec) = rule.get("Spec") else { return };
        if let Some(function) = spec.pointer("/head/Func/refr") {
            parsed.functions.insert(self.text(function).to_owned());
            return;
        }
        let start = span_of(spec).and_then(|span| bound(span, "start")).unwrap_or(end);
        let text = self.file.text.get(start..end).unwrap_or_default().trim_end();
        let after = |word: &str| text.strip_prefix(word).filter(|rest| !rest.starts_with(is_word));
        let Some((outcome, rest)) = JUDGING.iter().find_map(|(word, outcome)| Some((*outcome, after(word)?))) else {
            return;
        };
        let name = format!("xcf__{index}_{}", parsed.rules.len());
        let place = self.place(spec);
        if !parsed.text.ends_with('\n') {
            parsed.text.push('\n');
        }
        let first = u32::try_from(parsed.text.matches('\n').count() + 1).unwrap_or(u32::MAX);
        parsed.copied_lines.push((first, place.line));
        parsed.text.push_str(&name);
        parsed.text.push_str(rest);
        parsed.text.push('\n');
        parsed.rules.push(RuleCopy { name, outcome, place });
    }

    /// `import data.lib.net as n` → `n` = `data.lib.net`.
    fn aliases(&self) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for import in self.module.get("imports").and_then(Value::as_array).into_iter().flatten() {
            let path = import.get("refr").map(|r| self.text(r)).unwrap_or_default();
            let alias = import.get("as").filter(|a| !a.is_null()).map(|a| self.slice(a));
            let last = path.rsplit('.').next().unwrap_or(path);
            out.insert(alias.unwrap_or(last).to_owned(), path.to_owned());
        }
        out
    }

    fn calls(&self, node: &Value, out: &mut Vec<Call>) {
        match node {
            Value::Object(map) => {
                if let Some(function) = map.get("Call").and_then(|call| call.get("fcn")) {
                    out.push(Call { name: self.text(function).to_owned(), place: self.place(function) });
                }
                map.values().for_each(|inner| self.calls(inner, out));
            }
            Value::Array(items) => items.iter().for_each(|inner| self.calls(inner, out)),
            _ => {}
        }
    }

    /// The source text of a node: of its own span, or of the first span in it.
    fn text(&self, node: &Value) -> &str {
        span_of(node).map(|span| self.slice(span)).unwrap_or_default()
    }
    fn slice(&self, span: &Value) -> &str {
        let range = bound(span, "start").zip(bound(span, "end"));
        range.and_then(|(start, end)| self.file.text.get(start..end)).unwrap_or_default()
    }
    fn place(&self, node: &Value) -> Place {
        let span = span_of(node);
        let at = |key: &str| span.and_then(|s| s.get(key)?.as_u64()).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        place(&self.file.path, at("line"), at("col"))
    }
}

/// A span is an object with `start` and `end`; nodes hold theirs as `span`, as the first of a pair, or one level down.
fn span_of(node: &Value) -> Option<&Value> {
    match node {
        Value::Object(map) if map.contains_key("start") && map.contains_key("end") => Some(node),
        Value::Object(map) => map
            .get("span")
            .and_then(span_of)
            .or_else(|| map.values().next().filter(|_| map.len() == 1).and_then(span_of)),
        Value::Array(items) => items.first().and_then(span_of),
        _ => None,
    }
}

fn bound(span: &Value, key: &str) -> Option<usize> {
    span.get(key)?.as_u64().and_then(|n| usize::try_from(n).ok())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Calls of functions nobody defines, or that are not pure; and judging rules in a package that does not judge.
pub(super) fn lint(parsed: &[Parsed]) -> Vec<Diagnostic> {
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    let functions: BTreeSet<String> =
        parsed.iter().flat_map(|f| f.functions.iter().map(|name| format!("data.{}.{name}", f.package))).collect();
    let mut found = Vec::new();
    for file in parsed {
        if !file.is_main() && !file.rules.is_empty() {
            let message = format!(
                "it has deny, warn or violation rules in package {}, and only package main judges",
                file.package
            );
            let hint = "write `package main`, or give helper rules other names";
            found.push(Diagnostic::error("policy-package", message, file.package_place.clone()).hint(hint));
        }
        for call in &file.calls {
            if IMPURE.contains(&call.name.as_str()) {
                let message = format!("`{}` is not available: a policy decides by its input alone", call.name);
                found.push(Diagnostic::error("policy-impure", message, call.place.clone()));
                continue;
            }
            if is_defined(file, &call.name, &functions)
                || *known.entry(call.name.clone()).or_insert_with(|| is_builtin(&call.name))
            {
                continue;
            }
            let message = format!("`{}` is no function of this policy and no builtin here", call.name);
            found.push(Diagnostic::error("policy-unknown-builtin", message, call.place.clone()));
        }
    }
    found
}

fn is_defined(file: &Parsed, name: &str, functions: &BTreeSet<String>) -> bool {
    let (head, rest) = name.split_once('.').map_or((name, None), |(head, rest)| (head, Some(rest)));
    let through = file.aliases.get(head).map(|path| rest.map_or_else(|| path.clone(), |rest| format!("{path}.{rest}")));
    functions.contains(&format!("data.{}.{name}", file.package))
        || functions.contains(name)
        || through.is_some_and(|full| functions.contains(&full))
}

/// Asks the engine itself: there is no list of its builtins.
fn is_builtin(name: &str) -> bool {
    if !name.chars().all(|c| is_word(c) || c == '.') {
        return false;
    }
    if name == "print" {
        return true;
    }
    let asked = Engine::new().eval_query(format!("{name}(1)"), false);
    asked.map_or_else(|error| !error.to_string().contains("could not find function"), |_| true)
}

/// Splits `--> FILE:LINE:COL … error: TEXT` into place and text.
fn read_error(message: &str) -> (Option<(String, u32, u32)>, String) {
    let text = message.rsplit_once("error: ").map_or(message, |(_, text)| text);
    let text = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ");
    let at = message.lines().find_map(|line| line.trim().strip_prefix("--> ")).and_then(|at| {
        let mut parts = at.rsplitn(3, ':');
        let column = parts.next()?.trim().parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        Some((parts.next()?.to_owned(), line, column))
    });
    (at, text)
}

/// A compile error as a diagnostic, with the index of the file it names.
pub(super) fn located(parsed: &[Parsed], message: &str) -> (Diagnostic, Option<usize>) {
    let (at, text) = read_error(message);
    let culprit = at.as_ref().and_then(|(path, ..)| parsed.iter().position(|f| &f.path == path));
    let place = match (at, culprit.and_then(|i| parsed.get(i))) {
        (Some((path, line, column)), Some(file)) => place(&path, file.original_line(line), column),
        _ => Place::file(parsed.first().map_or("policies", |f| f.path.as_str())),
    };
    (Diagnostic::error("policy-invalid", text, place), culprit)
}

/// An evaluation error of a rule of `file`: its place, if it is in this file, and its text.
pub(super) fn reason(file: &Parsed, message: &str) -> (Option<Place>, String) {
    let (at, text) = read_error(message);
    let own = at.filter(|(path, ..)| path == &file.path);
    (own.map(|(path, line, column)| place(&path, file.original_line(line), column)), text)
}
