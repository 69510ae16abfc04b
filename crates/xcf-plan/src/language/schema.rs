//! Walking the JSON Schemas of the kinds along a path of a document (`D5`: one schema feeds forms, editors and docs).

use super::outline::Segment;
use serde_json::Value;
use std::sync::OnceLock;
use xcf_core::docs::Kind;

/// Deeper chains of `$ref` and `anyOf` than any schema here has.
const DEEPEST: usize = 24;

/// A key a map may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDoc {
    /// Its name.
    pub name: String,
    /// Its description.
    pub docs: String,
    /// What its value is, in a word: `text`, `number`, `map`, `list`, or its words.
    pub holds: &'static str,
    /// True if it must be there.
    pub required: bool,
}

/// A word a scalar may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordDoc {
    /// The word.
    pub word: String,
    /// Its description.
    pub docs: String,
}

/// The schemas that hold at one place of a document; several where alternatives are allowed.
#[derive(Debug, Clone)]
pub struct Spot<'s> {
    root: &'s Value,
    schemas: Vec<&'s Value>,
    /// Description at the place that led here, which is nearer than the type's own.
    docs: &'s str,
}

fn root_of(kind: Kind) -> Option<&'static Value> {
    static ALL: OnceLock<Vec<(Kind, Value)>> = OnceLock::new();
    let all = ALL.get_or_init(|| Kind::ALL.iter().map(|k| (*k, xcf_core::docs::schema::of(*k))).collect());
    all.iter().find(|(k, _)| *k == kind).map(|(_, schema)| schema)
}

/// The spot at `path` of a document of `kind`; `None` if nothing is known there.
#[must_use]
pub fn at(kind: Kind, path: &[Segment]) -> Option<Spot<'static>> {
    let root = root_of(kind)?;
    let mut spot = Spot { root, schemas: Vec::new(), docs: "" };
    spot.add(root, 0);
    for segment in path {
        spot = spot.step(segment)?;
    }
    Some(spot)
}

fn text<'s>(schema: &'s Value, key: &str) -> &'s str {
    schema.get(key).and_then(Value::as_str).unwrap_or_default()
}

impl<'s> Spot<'s> {
    /// Adds a schema with references followed and alternatives spread out.
    fn add(&mut self, schema: &'s Value, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        if self.docs.is_empty() {
            self.docs = text(schema, "description");
        }
        if let Some(target) =
            text(schema, "$ref").strip_prefix('#').filter(|p| !p.is_empty()).and_then(|p| self.root.pointer(p))
        {
            self.add(target, depth + 1);
        }
        let mut branched = false;
        for key in ["anyOf", "allOf", "oneOf"] {
            for branch in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
                branched = true;
                self.add(branch, depth + 1);
            }
        }
        if !branched && schema.get("$ref").is_none() {
            self.schemas.push(schema);
        }
    }
    fn step(&self, segment: &Segment) -> Option<Self> {
        let mut next = Self { root: self.root, schemas: Vec::new(), docs: "" };
        for schema in &self.schemas {
            let inner = match segment {
                Segment::Key(key) => schema
                    .get("properties")
                    .and_then(|p| p.get(key))
                    .or_else(|| schema.get("additionalProperties").filter(|a| a.is_object())),
                Segment::Item(_) => schema.get("items"),
            };
            if let Some(inner) = inner {
                next.add(inner, 0);
            }
        }
        (!next.schemas.is_empty()).then_some(next)
    }
    /// What is said about this place.
    #[must_use]
    pub fn docs(&self) -> &'s str {
        self.docs
    }
    /// Keys that a map here may have, in the schema's order.
    #[must_use]
    pub fn keys(&self) -> Vec<KeyDoc> {
        let mut keys: Vec<KeyDoc> = Vec::new();
        for schema in &self.schemas {
            let required: Vec<&str> = schema
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if keys.iter().any(|k| k.name == *name) {
                    continue;
                }
                let mut spot = Spot { root: self.root, schemas: Vec::new(), docs: "" };
                spot.add(inner, 0);
                keys.push(KeyDoc {
                    name: name.clone(),
                    docs: spot.docs.to_owned(),
                    holds: spot.holds(),
                    required: required.contains(&name.as_str()),
                });
            }
        }
        keys
    }
    /// Words that a scalar here may be; of an item, if a list of them may stand here too.
    #[must_use]
    pub fn words(&self) -> Vec<WordDoc> {
        let mut words: Vec<WordDoc> = Vec::new();
        let mut add = |word: &Value, docs: &str| {
            let word = match word {
                Value::String(text) => text.clone(),
                Value::Null => return,
                other => other.to_string(),
            };
            if !words.iter().any(|w| w.word == word) {
                words.push(WordDoc { word, docs: docs.to_owned() });
            }
        };
        for schema in &self.schemas {
            if let Some(word) = schema.get("const") {
                add(word, text(schema, "description"));
            }
            for word in schema.get("enum").and_then(Value::as_array).into_iter().flatten() {
                add(word, "");
            }
            if self.is(schema, "boolean") {
                add(&Value::Bool(true), "");
                add(&Value::Bool(false), "");
            }
        }
        words
    }
    fn is(&self, schema: &Value, kind: &str) -> bool {
        match schema.get("type") {
            Some(Value::String(one)) => one == kind,
            Some(Value::Array(several)) => several.iter().any(|t| t == kind),
            _ => false,
        }
    }
    /// What a value here is, in a word.
    #[must_use]
    pub fn holds(&self) -> &'static str {
        let any = |kind: &str| self.schemas.iter().any(|s| self.is(s, kind));
        if !self.words().is_empty() {
            return if any("boolean") { "true or false" } else { "one of its words" };
        }
        [("object", "map"), ("array", "list"), ("string", "text"), ("integer", "number"), ("number", "number")]
            .iter()
            .find(|(kind, _)| any(kind))
            .map_or("value", |(_, word)| word)
    }
    /// True if a map may stand here.
    #[must_use]
    pub fn takes_map(&self) -> bool {
        self.schemas.iter().any(|s| self.is(s, "object"))
    }
    /// True if a list may stand here.
    #[must_use]
    pub fn takes_list(&self) -> bool {
        self.schemas.iter().any(|s| self.is(s, "array"))
    }
}
