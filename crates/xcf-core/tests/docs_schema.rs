//! The published schemas, the reader and a JSON Schema validator agree about every document.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use xcf_core::docs::schema::schema;
use xcf_core::docs::{Kind, Limits, read_documents};

fn fixtures(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("tests/fixtures").join(folder);
    let mut open: Vec<PathBuf> = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                let name = if name == "config.yaml" { ".xcf.yaml".to_owned() } else { name };
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn documents(text: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(text)
        .map(|d| serde_json::to_value(serde_yaml::Value::deserialize(d).unwrap()).unwrap())
        .collect()
}

static VALIDATORS: LazyLock<BTreeMap<&'static str, jsonschema::Validator>> = LazyLock::new(|| {
    Kind::ALL
        .iter()
        .map(|k| (k.as_str(), jsonschema::draft202012::new(&schema(k.as_str()).unwrap()).unwrap()))
        .collect()
});

fn validator_accepts(doc: &Value) -> bool {
    VALIDATORS[doc["kind"].as_str().unwrap()].is_valid(doc)
}

#[test]
fn dsl1_every_fixture_reads_and_validates() {
    let mut kinds: Vec<Kind> = Vec::new();
    for (name, text) in fixtures("valid") {
        let read = read_documents(&name, text.as_bytes(), &Limits::default());
        let errors: Vec<_> = read.diagnostics.iter().filter(|d| d.is_error()).collect();
        assert!(errors.is_empty() && !read.broken, "{name}: {errors:#?}");
        kinds.extend(read.docs.iter().map(|d| d.kind()));
        for doc in documents(&text) {
            let errors: Vec<String> =
                VALIDATORS[doc["kind"].as_str().unwrap()].iter_errors(&doc).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:#?}");
        }
    }
    for kind in Kind::ALL {
        assert!(kinds.contains(kind), "no fixture of {kind}");
    }
}

/// Every field any schema names occurs in some fixture, so that the test above speaks of all of them.
#[test]
fn dsl1_the_fixtures_use_every_field() {
    fn keys(value: &Value, into: &mut std::collections::BTreeSet<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(k, v)| {
                into.insert(k.clone());
                keys(v, into);
            }),
            Value::Array(items) => items.iter().for_each(|v| keys(v, into)),
            _ => {}
        }
    }
    fn fields(schema: &Value, into: &mut std::collections::BTreeSet<String>) {
        match schema {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    into.extend(properties.keys().cloned());
                    properties.values().for_each(|v| fields(v, into));
                }
                map.iter().filter(|(k, _)| *k != "properties").for_each(|(_, v)| fields(v, into));
            }
            Value::Array(items) => items.iter().for_each(|v| fields(v, into)),
            _ => {}
        }
    }
    let (mut used, mut known) = Default::default();
    fixtures("valid").iter().flat_map(|(_, text)| documents(text)).for_each(|d| keys(&d, &mut used));
    Kind::ALL.iter().for_each(|k| fields(&schema(k.as_str()).unwrap(), &mut known));
    // One account shows the shape of all of them.
    let missing: Vec<&String> =
        known.difference(&used).filter(|f| !["gcp", "azure", "aliyun"].contains(&f.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn d5_schemas_say_what_they_are() {
    for kind in Kind::ALL {
        let schema = schema(kind.as_str()).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["title"], kind.as_str());
        assert_eq!(schema["properties"]["kind"]["const"], kind.as_str());
        assert_eq!(schema["additionalProperties"], false);
        undescribed(&schema, "", kind.as_str());
    }
    assert_eq!(schema("Compositon"), None);
}

fn undescribed(schema: &Value, at: &str, kind: &str) {
    let Value::Object(map) = schema else { return };
    if let Some(Value::Object(properties)) = map.get("properties") {
        for (name, property) in properties {
            assert!(property.get("description").is_some(), "{kind}: {at}/{name} has no description");
            undescribed(property, &format!("{at}/{name}"), kind);
        }
    }
    for (key, inner) in map.iter().filter(|(k, _)| *k != "properties") {
        undescribed(inner, &format!("{at}/{key}"), kind);
    }
}

fn descend<'a>(value: &'a mut Value, path: &[usize]) -> &'a mut Value {
    let Some((step, rest)) = path.split_first() else { return value };
    let count = match value {
        Value::Object(map) => map.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    if count == 0 {
        return value;
    }
    let child = match value {
        Value::Object(map) => map.values_mut().nth(step % count),
        Value::Array(items) => items.get_mut(step % count),
        _ => None,
    };
    descend(child.unwrap(), rest)
}

/// One random change of a sound document: drop a key, misspell one, or put another value somewhere.
fn mutate(doc: &mut Value, path: &[usize], what: usize) {
    let values = [
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(2.5),
        json!("word"),
        json!("6h"),
        json!([]),
        json!({}),
        json!(["a"]),
        json!({"a": 1}),
        json!("strong"),
        json!(["none", "x"]),
    ];
    match (descend(doc, path), what % 16) {
        (Value::Object(map), 13) if !map.is_empty() => {
            let key = map.keys().next().cloned().unwrap();
            map.shift_remove(&key);
        }
        (Value::Object(map), 14) if !map.is_empty() => {
            let key = map.keys().next_back().cloned().unwrap();
            let value = map.shift_remove(&key).unwrap();
            map.insert(format!("{key}x"), value);
        }
        (Value::Array(items), 15) => items.push(json!({"name": "x"})),
        (slot, n) => *slot = values[n % values.len()].clone(),
    }
}

static SOUND: LazyLock<Vec<Value>> =
    LazyLock::new(|| fixtures("valid").iter().flat_map(|(_, t)| documents(t)).collect());

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The reader's own walk, the JSON Schema validator and serde accept the same documents. A schema's pattern does
    /// not know how long a duration may be, nothing else may differ.
    #[test]
    fn d5_reader_and_schema_agree(pick in 0usize..100, path in proptest::collection::vec(0usize..12, 1..7), what in 0usize..16) {
        let mut doc = SOUND[pick % SOUND.len()].clone();
        let kind = doc["kind"].clone();
        mutate(&mut doc, &path, what);
        prop_assume!(doc.get("kind") == Some(&kind));
        let text = serde_yaml::to_string(&doc).unwrap();
        let read = read_documents("x.yaml", text.as_bytes(), &Limits::default());
        let accepted = read.docs.len() == 1;
        let codes: Vec<&str> = read.diagnostics.iter().map(|d| d.code.as_str()).collect();
        prop_assert!(!codes.contains(&"bad-value"), "the walk let something through: {text}\n{:#?}", read.diagnostics);
        prop_assert_eq!(accepted, validator_accepts(&doc), "{}\n{:#?}", text, read.diagnostics);
    }
}
