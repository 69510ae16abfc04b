//! Every structural problem of one document in one pass: unknown and missing fields, wrong types, unknown words.

use super::model;
use super::scalar::is_surely_text;
use super::shape::{MapRule, Rule, RuleId, Shape, TextShape};
use super::shapes::DurationText;
use super::spans::{NodeId, NodeKind, SpanTree, Step};
use crate::diag::Diagnostic;
use crate::ids::is_dns_label;
use serde_json::Value;

/// Everything in which the document differs from the shape of its kind.
pub(crate) fn problems(tree: &SpanTree, shape: &Shape) -> Vec<Diagnostic> {
    let mut walk = Walk { tree, shape, found: Vec::new() };
    walk.node(Step { key: None, value: tree.root }, shape.root, "the document");
    walk.found
}

struct Walk<'a> {
    tree: &'a SpanTree,
    shape: &'a Shape,
    found: Vec<Diagnostic>,
}

/// The JSON type of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Null,
    Bool,
    Integer,
    Number,
    Text,
    List,
    Map,
}

impl Type {
    fn words(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool => "true or false",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Map => "a map",
        }
    }
}

impl Walk<'_> {
    fn scalar(&self, id: NodeId) -> Option<Value> {
        match self.tree.target(id)?.kind {
            NodeKind::Scalar { .. } => Some(model::value(self.tree, id)),
            _ => None,
        }
    }

    fn type_of(&self, id: NodeId) -> Type {
        match self.tree.target(id).map(|n| &n.kind) {
            Some(NodeKind::Map(_)) => Type::Map,
            Some(NodeKind::List(_)) => Type::List,
            Some(NodeKind::Scalar { text, style, tag }) if is_surely_text(text, *style, *tag) => Type::Text,
            _ => match self.scalar(id) {
                Some(Value::Bool(_)) => Type::Bool,
                Some(Value::Number(n)) if n.is_f64() => Type::Number,
                Some(Value::Number(_)) => Type::Integer,
                Some(Value::String(_)) => Type::Text,
                _ => Type::Null,
            },
        }
    }

    fn accepts(&self, rule: RuleId, found: Type) -> bool {
        match self.shape.rule(rule) {
            Rule::Any => true,
            Rule::Null => found == Type::Null,
            Rule::Bool => found == Type::Bool,
            Rule::Integer { .. } => found == Type::Integer,
            Rule::Number => matches!(found, Type::Number | Type::Integer),
            Rule::Text(_) | Rule::Words(_) => found == Type::Text,
            Rule::List(_) => found == Type::List,
            Rule::Map(_) => found == Type::Map,
            Rule::OneOf(options) => options.iter().any(|o| self.accepts(*o, found)),
        }
    }

    fn node(&mut self, at: Step, rule: RuleId, name: &str) {
        let found = self.type_of(at.value);
        if !self.accepts(rule, found) {
            self.wrong_type(at, rule, found, name);
            return;
        }
        self.content(at, rule, found, name);
    }

    fn content(&mut self, at: Step, rule: RuleId, found: Type, name: &str) {
        let shape = self.shape;
        match shape.rule(rule) {
            Rule::OneOf(options) => {
                let fitting: Vec<RuleId> = options.iter().copied().filter(|o| self.accepts(*o, found)).collect();
                self.best(at, &fitting, found, name);
            }
            Rule::Map(map) => self.map(at, map, name),
            Rule::List(item) => self.list(at, *item, name),
            Rule::Words(words) => self.word(at, words, name),
            Rule::Text(text) => self.text(at, *text, name),
            Rule::Integer { min, max } => self.range(at, *min, *max, name),
            Rule::Any | Rule::Null | Rule::Bool | Rule::Number => {}
        }
    }

    /// The alternative with the fewest problems; its problems are the ones told.
    fn best(&mut self, at: Step, options: &[RuleId], found: Type, name: &str) {
        let mut least: Option<Vec<Diagnostic>> = None;
        for option in options {
            let mut trial = Walk { tree: self.tree, shape: self.shape, found: Vec::new() };
            trial.content(at, *option, found, name);
            if least.as_ref().is_none_or(|l| trial.found.len() < l.len()) {
                least = Some(trial.found);
            }
        }
        self.found.extend(least.unwrap_or_default());
    }

    fn map(&mut self, at: Step, rule: &MapRule, name: &str) {
        let Some(NodeKind::Map(pairs)) = self.tree.target(at.value).map(|n| &n.kind) else { return };
        for (key, value) in pairs {
            let text = self.tree.scalar_text(*key).unwrap_or_default();
            let step = Step { key: Some(*key), value: *value };
            match (rule.fields.get(text), rule.rest) {
                (Some(field), _) => self.node(step, *field, text),
                (None, Some(rest)) => self.node(step, rest, text),
                (None, None) => self.unknown_field(*key, text, rule, name),
            }
        }
        for field in &rule.required {
            if !pairs.iter().any(|(key, _)| self.tree.scalar_text(*key) == Some(field)) {
                let message = format!("`{field}` is missing in {}", quoted(name));
                self.found.push(
                    Diagnostic::error("missing-field", message, self.tree.step_place(at))
                        .hint(format!("add `{field}:`")),
                );
            }
        }
    }

    fn unknown_field(&mut self, key: NodeId, text: &str, rule: &MapRule, name: &str) {
        let mut known: Vec<&str> = rule.fields.keys().map(String::as_str).collect();
        known.sort_unstable();
        let message = format!("`{text}` is no field of {}", quoted(name));
        self.found.push(
            Diagnostic::error("unknown-field", message, self.tree.node_place(key)).hint(did_you_mean(text, &known)),
        );
    }

    fn list(&mut self, at: Step, item: RuleId, name: &str) {
        let Some(NodeKind::List(items)) = self.tree.target(at.value).map(|n| &n.kind) else { return };
        for value in items {
            self.node(Step { key: None, value: *value }, item, name);
        }
    }

    fn word(&mut self, at: Step, words: &[String], name: &str) {
        let text = self.tree.scalar_text(at.value).unwrap_or_default();
        if words.iter().any(|w| w == text) {
            return;
        }
        let known: Vec<&str> = words.iter().map(String::as_str).collect();
        let message = format!("`{text}` is not a value of `{name}`");
        self.found.push(
            Diagnostic::error("unknown-value", message, self.tree.node_place(at.value))
                .hint(did_you_mean(text, &known)),
        );
    }

    fn text(&mut self, at: Step, shape: TextShape, name: &str) {
        let text = self.tree.scalar_text(at.value).unwrap_or_default();
        let place = self.tree.node_place(at.value);
        match shape {
            TextShape::Any => {}
            TextShape::Duration => {
                if let Err(why) = text.parse::<DurationText>() {
                    self.found.push(Diagnostic::error("bad-duration", format!("`{name}`: {why}"), place));
                }
            }
            TextShape::Name if is_dns_label(text) => {}
            TextShape::Name => {
                let message =
                    format!("`{text}` is not a name: 1 to 63 of a-z, 0-9 and `-`, not starting or ending with `-`");
                self.found.push(Diagnostic::error("bad-name", message, place));
            }
        }
    }

    fn range(&mut self, at: Step, min: Option<f64>, max: Option<f64>, name: &str) {
        let Some(number) = self.scalar(at.value).and_then(|v| v.as_f64()) else { return };
        let low = min.is_some_and(|m| number < m);
        if low || max.is_some_and(|m| number > m) {
            let bound = if low {
                format!("at least {}", min.unwrap_or(0.0))
            } else {
                format!("at most {}", max.unwrap_or(0.0))
            };
            let message = format!("`{name}` is {number}, it must be {bound}");
            self.found.push(Diagnostic::error("out-of-range", message, self.tree.node_place(at.value)));
        }
    }

    fn wrong_type(&mut self, at: Step, rule: RuleId, found: Type, name: &str) {
        let mut expected = Vec::new();
        self.expected(rule, &mut expected);
        let message = format!("{} must be {}, not {}", quoted(name), expected.join(" or "), found.words());
        let hint = match found {
            Type::Null => "give it a value, or remove the line".to_owned(),
            Type::Integer | Type::Number | Type::Bool if expected.contains(&Type::Text.words()) => {
                format!("quote it: \"{}\"", self.tree.scalar_text(at.value).unwrap_or_default())
            }
            _ => String::new(),
        };
        self.found.push(Diagnostic::error("wrong-type", message, self.tree.step_place(at)).hint(hint));
    }

    fn expected(&self, rule: RuleId, into: &mut Vec<&'static str>) {
        let word = match self.shape.rule(rule) {
            Rule::OneOf(options) => return options.iter().for_each(|o| self.expected(*o, into)),
            Rule::Null | Rule::Any => return,
            Rule::Bool => Type::Bool,
            Rule::Integer { .. } => Type::Integer,
            Rule::Number => Type::Number,
            Rule::Text(_) | Rule::Words(_) => Type::Text,
            Rule::List(_) => Type::List,
            Rule::Map(_) => Type::Map,
        };
        if !into.contains(&word.words()) {
            into.push(word.words());
        }
    }
}

fn quoted(name: &str) -> String {
    if name == "the document" { name.to_owned() } else { format!("`{name}`") }
}

/// The nearest known word if one is near, else all of them.
pub(crate) fn did_you_mean(text: &str, known: &[&str]) -> String {
    let lower = text.to_ascii_lowercase();
    let near = known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(&lower, &k.to_ascii_lowercase()), *k))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, k)| *distance <= 1 + k.len() / 3);
    match near {
        Some((_, word)) => format!("did you mean `{word}`?"),
        None if known.is_empty() => String::new(),
        None => format!("known: {}", known.join(", ")),
    }
}
