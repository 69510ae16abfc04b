//! Hover: what a key means, what a name leads to, and what the matrix decides here and why.

use super::completion::variable_docs;
use super::jump::at;
use super::mention::{Mention, Symbol, in_outline};
use super::names::{kind_of, module_name};
use super::outline::{NodeId, Outline, Part, Segment, pattern};
use super::schema;
use super::{Lines, Position, Snapshot, Span, span};
use serde::Serialize;
use std::fmt::{Display, Write};
use xcf_core::docs::Kind;
use xcf_core::graph::Unit;
use xcf_core::route::{Because, Route};

/// An answer to "what is this?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The word it is about.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// What is known of the word at a position of an open text; `None` where nothing is.
#[must_use]
pub fn hover(snapshot: &Snapshot, text: &str, position: Position) -> Option<Hover> {
    let (outline, node, part) = at(text, position)?;
    let document = outline.document_of(node)?;
    let kind = kind_of(&outline, document.root)?;
    let found = outline.node(node)?;
    let word = if part == Part::Key { found.key.as_ref()? } else { found.value.as_ref()? };
    let path = outline.path(node);
    let mut parts: Vec<String> = Vec::new();
    for mention in in_outline(snapshot, &outline, node, part) {
        parts.extend(about(snapshot, &mention));
    }
    if let Some(spot) = schema::at(kind, &path) {
        let meaning = (part == Part::Value)
            .then(|| spot.words().into_iter().find(|w| w.word == word.text))
            .flatten()
            .filter(|w| !w.docs.is_empty())
            .map(|w| format!("`{}`: {}", w.word, w.docs));
        parts.extend(meaning);
        let title = match path.last() {
            Some(Segment::Key(key)) => format!("**{key}** ({}) ", spot.holds()),
            _ => String::new(),
        };
        if !spot.docs().is_empty() {
            parts.push(format!("{title}{}", spot.docs()));
        }
    }
    parts.extend(decided(snapshot, &outline, kind, document.root, node, &path));
    parts.dedup();
    (!parts.is_empty()).then(|| Hover { span: span(&Lines::new(text), &word.range), text: parts.join("\n\n") })
}

fn about(snapshot: &Snapshot, mention: &Mention) -> Option<String> {
    let names = snapshot.names();
    match &mention.symbol {
        Symbol::Document(Kind::Composition, name) => {
            let entry = names.compositions.get(name)?;
            let modules: Vec<&str> = entry.modules.iter().map(|m| m.name.as_str()).collect();
            Some(format!("Composition **{name}** · {} · modules: {}", entry.spot.file, modules.join(", ")))
        }
        Symbol::Document(kind, name) => {
            let spot = names.document_spot(*kind, name)?;
            Some(format!("{kind} **{name}** · {}", spot.file))
        }
        Symbol::Module(composition, module) => {
            let entry = names.module(composition, Some(module))?;
            Some(format!("Module **{composition}/{module}** · `{}`", entry.reference))
        }
        Symbol::ModulePath(path) => module(snapshot, path),
        Symbol::Input(path, name) => {
            let content = content(snapshot, path)?;
            let variable = content.interface.inputs.get(name)?;
            Some(format!("Input **{name}** of `{path}`\n\n{}\n\n{}", variable_docs(variable), variable.place))
        }
        Symbol::Output(path, name) => {
            let content = content(snapshot, path)?;
            let output = content.interface.outputs.get(name)?;
            let sensitive = if output.sensitive { " · sensitive" } else { "" };
            Some(format!("Output **{name}** of `{path}`{sensitive}\n\n{}\n\n{}", output.description, output.place))
        }
        _ => None,
    }
}

fn content(snapshot: &Snapshot, path: &str) -> Option<std::sync::Arc<crate::content::ModuleContent>> {
    snapshot.interface(path, snapshot.tree().entry(path).is_some())
}

fn module(snapshot: &Snapshot, path: &str) -> Option<String> {
    let content = content(snapshot, path)?;
    let engines: Vec<&str> = content.engines().iter().map(|e| e.as_str()).collect();
    let ports = |names: Vec<&String>| match names.is_empty() {
        true => "none known".to_owned(),
        false => names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "),
    };
    Some(format!(
        "Module `{path}` · {}\n\nInputs: {}\n\nOutputs: {}",
        if engines.is_empty() { "no engine knows it".to_owned() } else { engines.join(", ") },
        ports(content.interface.inputs.keys().collect()),
        ports(content.interface.outputs.keys().collect())
    ))
}

/// Which fields of the route a key decides.
fn fields(pattern: &[&str]) -> &'static [&'static str] {
    match pattern {
        ["spec", "lifecycle"] | ["spec", "modules", "*", "ref" | "name"] => {
            &["engine", "reconcile", "drift", "gate", "backup", "window", "rollback"]
        }
        [.., "engine"] => &["engine"],
        [.., "changeFrequency" | "reconcileStrategy"] | [.., "reconcile", "strategy" | "interval"] => &["reconcile"],
        [.., "policies", "approval"] | [.., "approvalPolicy"] => &["gate"],
        [.., "policies", "backup"] | [.., "backupPolicy"] => &["backup"],
        [.., "policies", "drift"] => &["drift"],
        [.., "policies", "window"] => &["window"],
        [.., "policies", "rollback"] => &["rollback"],
        _ => &[],
    }
}

/// What is decided for the units of the entry at the cursor, with why (`R1`).
fn decided(
    snapshot: &Snapshot,
    outline: &Outline,
    kind: Kind,
    root: NodeId,
    node: NodeId,
    path: &[Segment],
) -> Option<String> {
    let pattern = pattern(path);
    let fields = fields(&pattern);
    if fields.is_empty() || !matches!(kind, Kind::Composition | Kind::Environment) {
        return None;
    }
    let name = outline.word(root, &["metadata", "name"])?.text.clone();
    let entry = path.len().checked_sub(3).and_then(|up| (0..up).try_fold(node, |at, _| outline.node(at)?.parent));
    let wanted = |unit: &&Unit| match kind {
        Kind::Composition => {
            let module =
                pattern.starts_with(&["spec", "modules", "*"]).then(|| entry.and_then(|e| module_name(outline, e)));
            let fits = module.flatten().is_none_or(|(module, _)| unit.id.module.as_str() == module);
            unit.id.composition.as_str() == name && fits
        }
        _ => {
            let written = entry.and_then(|e| outline.word(e, &["ref"])).map(|w| w.text.as_str());
            let composition = written.and_then(|w| snapshot.names().composition(w)).map(|(n, _)| n);
            let module = match pattern.as_slice() {
                ["spec", "compositions", "*", "modules", module, ..] => Some(*module),
                _ => None,
            };
            unit.id.environment.as_str() == name
                && composition == Some(unit.id.composition.as_str())
                && module.is_none_or(|m| unit.id.module.as_str() == m)
        }
    };
    let units: Vec<&Unit> = snapshot.model().units.iter().filter(wanted).take(6).collect();
    let text: Vec<String> = units.iter().map(|u| rows(u, fields)).collect();
    (!text.is_empty()).then(|| text.join("\n\n"))
}

fn rows(unit: &Unit, fields: &[&str]) -> String {
    let mut text = format!("**{}**", unit.id);
    for field in fields {
        let _ = write!(text, "\n- {}", row(&unit.route, field));
    }
    text
}

fn row(route: &Route, field: &str) -> String {
    let list = |all: Vec<String>, none: &str| if all.is_empty() { none.to_owned() } else { all.join(" + ") };
    match field {
        "engine" => why(field, &route.engine, &route.engine.value),
        "drift" => why(field, &route.drift, &route.drift.value),
        "gate" => why(field, &route.gate, &route.gate.value),
        "rollback" => why(field, &route.rollback, &route.rollback.value),
        "backup" => {
            let kinds = route.backup.value.iter().map(ToString::to_string).collect();
            why(field, &route.backup, &list(kinds, "none"))
        }
        "window" => why(field, &route.windows, &list(route.windows.value.clone(), "always open")),
        _ => {
            let reconcile = &route.reconcile.value;
            let every = reconcile.interval_seconds.map(|s| format!(", every {s} s")).unwrap_or_default();
            why(field, &route.reconcile, &format!("{}{every}", reconcile.strategy))
        }
    }
}

fn why<T: Serialize>(field: &str, because: &Because<T>, value: &dyn Display) -> String {
    let origin = serde_json::to_value(because.origin).ok();
    let origin = origin.as_ref().and_then(|o| o.as_str()).unwrap_or_default().replace('-', " ");
    let place = because.place.as_ref().map(|p| format!(", {p}")).unwrap_or_default();
    format!("{field}: `{value}` – {origin}, {}{place}", because.rule)
}
