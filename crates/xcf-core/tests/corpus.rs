//! Round trips over files that nobody here wrote: YAML out of published packages, fetched at test time into the cache
//! (`scripts/setup.sh corpus`) and never committed. A refusal with a code is allowed, a wrong byte never is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use xcf_core::edit::{Edit, format, invert, splice, splices};

/// Files that are edited; chosen by a hash of their content, so that every run takes the same ones.
const FILES: usize = 700;
/// Larger ones cost too much in a debug build.
const LARGEST: usize = 64 * 1024;

fn folder() -> Option<PathBuf> {
    let cache = std::env::var("XCF_CACHE").ok()?;
    Some(Path::new(&cache).join("corpus"))
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for package in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let named = !package.file_name().to_string_lossy().starts_with('.');
        if named && let Ok(files) = std::fs::read_dir(package.path()) {
            found.extend(files.flatten().map(|f| f.path()));
        }
    }
    found.sort();
    found
}

/// Fetches the packages if that was not done yet. Says why there are none.
fn corpus() -> Result<Vec<PathBuf>, String> {
    let folder = folder().ok_or("XCF_CACHE is not set (source scripts/env.sh)")?;
    if yaml_files(&folder).is_empty() {
        let script = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../scripts/setup.sh");
        let done = Command::new(script).arg("corpus").output().map_err(|e| e.to_string())?;
        if !done.status.success() {
            return Err(format!("the packages can't be fetched: {}", String::from_utf8_lossy(&done.stderr).trim()));
        }
    }
    let files = yaml_files(&folder);
    if files.is_empty() { Err("the package registries are not reachable".to_owned()) } else { Ok(files) }
}

fn to_json(value: serde_yaml::Value) -> Option<Value> {
    use serde_yaml::Value as Y;
    Some(match value {
        Y::Mapping(map) => {
            let mut out = serde_json::Map::new();
            for (key, value) in map {
                let Y::String(key) = key else { return None };
                out.insert(key, to_json(value)?);
            }
            Value::Object(out)
        }
        Y::Sequence(items) => Value::Array(items.into_iter().map(to_json).collect::<Option<_>>()?),
        Y::Tagged(_) => return None,
        other => serde_json::to_value(other).ok()?,
    })
}

/// What the second parser reads; none if it can't, or reads what JSON can't say.
fn second(text: &str) -> Option<Vec<Value>> {
    let text = text.trim_start_matches('\u{feff}');
    serde_yaml::Deserializer::from_str(text).map(|d| to_json(serde_yaml::Value::deserialize(d).ok()?)).collect()
}

fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| pointers(v, &format!("{at}/{}", escape(k)), into)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, v)| pointers(v, &format!("{at}/{i}"), into)),
        _ => {}
    }
}

fn hash(text: &str) -> u64 {
    let digest = xcf_core::digest::sha256(text.as_bytes()).to_string();
    let hex: String = digest.chars().filter(char::is_ascii_hexdigit).rev().take(15).collect();
    u64::from_str_radix(&hex, 16).unwrap()
}

#[derive(Debug, Default)]
struct Counts {
    files: usize,
    bytes: usize,
    documents: usize,
    unread: usize,
    untouched: usize,
    ambiguous: usize,
    edits: usize,
    formatted: usize,
    refused: BTreeMap<String, usize>,
}

/// The edits tried on one document: a scalar, a new key, a new item, a removal.
fn edits(model: &Value, seed: u64) -> Vec<(Edit, Value)> {
    let mut all = Vec::new();
    pointers(model, "", &mut all);
    let mut out = Vec::new();
    let pick = |fits: &dyn Fn(&Value) -> bool, salt: u64| {
        let fitting: Vec<&String> =
            all.iter().filter(|p| !p.is_empty() && model.pointer(p).is_some_and(fits)).collect();
        let at = (seed.rotate_left(salt as u32) % fitting.len().max(1) as u64) as usize;
        fitting.get(at).map(|p| (*p).clone())
    };
    let change = |pointer: &str, how: &dyn Fn(&mut Value)| {
        let mut new = model.clone();
        new.pointer_mut(pointer).map(how);
        new
    };
    if let Some(p) = pick(&|v| !v.is_object() && !v.is_array(), 3) {
        let new = change(&p, &|v| *v = json!("new: value"));
        out.push((Edit::Set { pointer: p, value: json!("new: value") }, new));
    }
    if let Some(p) = pick(&Value::is_object, 7) {
        let new = change(&p, &|v| drop(v.as_object_mut().unwrap().insert("xcf-new".into(), json!({"a": [1]}))));
        out.push((Edit::Set { pointer: format!("{p}/xcf-new"), value: json!({"a": [1]}) }, new));
    }
    if let Some(p) = pick(&Value::is_array, 13) {
        let new = change(&p, &|v| v.as_array_mut().unwrap().insert(0, json!({"k": "v"})));
        out.push((Edit::Insert { pointer: format!("{p}/0"), value: json!({"k": "v"}) }, new));
    }
    if let Some(p) = pick(&|_| true, 29) {
        let (parent, name) = p.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/").replace("~0", "~");
        let new = change(parent, &|v| match v {
            Value::Object(map) => drop(map.shift_remove(&name)),
            Value::Array(items) => drop(items.remove(name.parse().unwrap())),
            _ => {}
        });
        out.push((Edit::Delete { pointer: p.clone() }, new));
    }
    out
}

fn judge(file: &Path, text: &str, counts: &mut Counts) {
    counts.files += 1;
    counts.bytes += text.len();
    let Some(models) = second(text) else {
        counts.unread += 1;
        return;
    };
    let before: Vec<Value> = models;
    for (document, model) in before.iter().enumerate() {
        counts.documents += 1;
        let same = Edit::Set { pointer: String::new(), value: model.clone() };
        match splices(text, document, &[same]) {
            Ok(found) if found.is_empty() => counts.untouched += 1,
            // `yes` is a text to one reader and none to us: giving it the text it had puts quotes around it.
            Ok(found) => {
                let quoted =
                    found.iter().all(|s| s.new == format!("\"{}\"", s.old) || s.old.is_empty() && s.new == "\"");
                assert!(quoted, "{}: nothing was asked: {found:?}", file.display());
                counts.ambiguous += 1;
            }
            Err(error) => {
                *counts.refused.entry(format!("open {}", error.code())).or_default() += 1;
                continue;
            }
        }
        for (edit, intended) in edits(model, hash(text).wrapping_add(document as u64)) {
            let found = match splices(text, document, std::slice::from_ref(&edit)) {
                Ok(found) => found,
                Err(error) => {
                    *counts.refused.entry(error.code().to_owned()).or_default() += 1;
                    continue;
                }
            };
            let after = splice(text, &found).unwrap();
            let mut want = before.clone();
            want[document] = intended;
            assert_eq!(second(&after), Some(want), "{} {edit:?}\n{after}", file.display());
            assert_eq!(splice(&after, &invert(&found)).as_deref(), Some(text), "{} {edit:?}", file.display());
            counts.edits += 1;
        }
    }
    if let Ok(formatted) = format("f", text) {
        assert_eq!(second(&formatted).as_ref(), Some(&before), "{}", file.display());
        assert_eq!(format("f", &formatted).unwrap(), formatted, "{}", file.display());
        counts.formatted += usize::from(formatted != text);
    }
}

#[test]
fn d12_files_that_nobody_here_wrote() {
    let files = match corpus() {
        Ok(files) => files,
        Err(why) => return println!("skipped: {why}"),
    };
    let texts = files.into_iter().filter_map(|f| Some((std::fs::read_to_string(&f).ok()?, f)));
    let mut texts: Vec<(u64, String, PathBuf)> =
        texts.filter(|(t, _)| t.len() <= LARGEST).map(|(t, f)| (hash(&t), t, f)).collect();
    texts.sort();
    texts.dedup_by(|a, b| a.1 == b.1);
    let all = texts.len();
    let mut counts = Counts::default();
    for (_, text, file) in texts.into_iter().take(FILES) {
        judge(&file, &text, &mut counts);
    }
    println!("{all} files in the corpus, of them {counts:?}");
    assert!(counts.edits > counts.files, "most files take edits: {counts:?}");
}
