//! The JSON Schemas compiled to a form that is walked over a span tree, so that *every* structural problem of a
//! document is found in one pass, at its place, with a suggestion.

use super::doc::Kind;
use super::schema::{self, NAME_PATTERN};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) type RuleId = usize;

/// What a text must look like besides being text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextShape {
    Any,
    Duration,
    Name,
}

#[derive(Debug)]
pub(crate) enum Rule {
    Any,
    Null,
    Bool,
    Integer { min: Option<f64>, max: Option<f64> },
    Number,
    Text(TextShape),
    Words(Vec<String>),
    List(RuleId),
    Map(MapRule),
    OneOf(Vec<RuleId>),
}

#[derive(Debug)]
pub(crate) struct MapRule {
    pub fields: HashMap<String, RuleId>,
    pub required: Vec<String>,
    /// Rule of values under other keys; `None`: there are no other keys.
    pub rest: Option<RuleId>,
}

/// All rules of one kind of document.
#[derive(Debug)]
pub(crate) struct Shape {
    rules: Vec<Rule>,
    pub root: RuleId,
}

impl Shape {
    pub(crate) fn rule(&self, id: RuleId) -> &Rule {
        self.rules.get(id).unwrap_or(&Rule::Any)
    }

    /// The shape of a kind's documents.
    pub(crate) fn of(kind: Kind) -> Option<&'static Self> {
        static SHAPES: LazyLock<Vec<Shape>> =
            LazyLock::new(|| Kind::ALL.iter().map(|k| Shape::compile(&schema::of(*k))).collect());
        SHAPES.get(Kind::ALL.iter().position(|k| *k == kind)?)
    }

    fn compile(schema: &Value) -> Self {
        let mut compiler = Compiler { schema, rules: Vec::new(), named: HashMap::new() };
        let root = compiler.rule(schema);
        Self { rules: compiler.rules, root }
    }
}

struct Compiler<'s> {
    schema: &'s Value,
    rules: Vec<Rule>,
    named: HashMap<String, RuleId>,
}

impl Compiler<'_> {
    fn rule(&mut self, schema: &Value) -> RuleId {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            return self.named_rule(reference);
        }
        let rule = self.compile(schema);
        self.add(rule)
    }

    fn add(&mut self, rule: Rule) -> RuleId {
        self.rules.push(rule);
        self.rules.len() - 1
    }

    fn named_rule(&mut self, reference: &str) -> RuleId {
        if let Some(id) = self.named.get(reference) {
            return *id;
        }
        let id = self.add(Rule::Any);
        self.named.insert(reference.to_owned(), id);
        let target =
            reference.strip_prefix('#').and_then(|p| self.schema.pointer(p)).cloned().unwrap_or(Value::Bool(true));
        let rule = self.compile(&target);
        if let Some(slot) = self.rules.get_mut(id) {
            *slot = rule;
        }
        id
    }

    fn compile(&mut self, schema: &Value) -> Rule {
        if let Some(words) = words(schema) {
            return Rule::Words(words);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(options) = schema.get(key).and_then(Value::as_array) {
                return Rule::OneOf(options.iter().map(|o| self.rule(o)).collect());
            }
        }
        match schema.get("type") {
            Some(Value::String(kind)) => self.typed(kind, schema),
            Some(Value::Array(kinds)) => {
                let rules: Vec<Rule> = kinds.iter().filter_map(Value::as_str).map(|k| self.typed(k, schema)).collect();
                Rule::OneOf(rules.into_iter().map(|r| self.add(r)).collect())
            }
            _ => Rule::Any,
        }
    }

    fn typed(&mut self, kind: &str, schema: &Value) -> Rule {
        match kind {
            "null" => Rule::Null,
            "boolean" => Rule::Bool,
            "integer" => {
                let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
                Rule::Integer { min: bound("minimum"), max: bound("maximum") }
            }
            "number" => Rule::Number,
            "string" => Rule::Text(match schema.get("pattern").and_then(Value::as_str) {
                Some(NAME_PATTERN) => TextShape::Name,
                Some(_) => TextShape::Duration,
                None => TextShape::Any,
            }),
            "array" => Rule::List(self.rule(schema.get("items").unwrap_or(&Value::Bool(true)))),
            "object" => Rule::Map(self.map(schema)),
            _ => Rule::Any,
        }
    }

    fn map(&mut self, schema: &Value) -> MapRule {
        let mut fields = HashMap::new();
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                fields.insert(name.clone(), self.rule(property));
            }
        }
        let texts = |v: &Value| v.as_array().map(|l| l.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let required = schema.get("required").and_then(texts).unwrap_or_default();
        let rest = match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            Some(other) => Some(self.rule(other)),
            None => Some(self.add(Rule::Any)),
        };
        MapRule { fields, required, rest }
    }
}

/// The words of an enumeration, however it is written: `enum`, `const`, or `oneOf` of such.
fn words(schema: &Value) -> Option<Vec<String>> {
    if let Some(word) = schema.get("const").and_then(Value::as_str) {
        return Some(vec![word.to_owned()]);
    }
    if let Some(list) = schema.get("enum").and_then(Value::as_array) {
        return list.iter().map(|w| w.as_str().map(str::to_owned)).collect();
    }
    let options = schema.get("oneOf").and_then(Value::as_array)?;
    let parts: Option<Vec<Vec<String>>> = options.iter().map(words).collect();
    parts.map(|p| p.into_iter().flatten().collect())
}
