//! Keeps secrets out of what a runner tells (`D2.7`, `D6`): values by where they came from, texts by what they hold.

use crate::error::off_runtime;
use crate::process::{read_if_there, write_private};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use xcf_core::digest::keyed;
use xcf_core::plan::UnitPlan;
use xcf_core::ports::runner::{RunnerError, UnitContext};
use xcf_core::secret::{MASK, Redactor, Secret};
use xcf_core::value::Resolved;

/// Knows the secrets of one unit and the workspace's key for digests over them.
#[derive(Debug, Clone)]
pub struct Masker {
    key: Vec<u8>,
    values: Redactor,
    /// As `values`, and everything else of the child's environment that came by name.
    texts: Redactor,
    /// Secrets too short (or not text) to be looked for inside other texts: only a whole equal leaf is masked.
    whole: Vec<Value>,
    /// Keyed digest over all sensitive inputs.
    inputs_mark: Option<String>,
}

/// What masking found in one pair of values.
#[derive(Debug, Default, PartialEq)]
pub struct Masked {
    /// JSON Pointers of masked leaves.
    pub pointers: Vec<String>,
    /// Keyed digests where before and after differ.
    pub marks: BTreeMap<String, [Option<String>; 2]>,
}

const SHORT: usize = 4;

impl Masker {
    /// From the unit's sensitive inputs and its child environment.
    pub fn new(cx: &UnitContext) -> Self {
        let mut masker = Self {
            key: cx.workspace_key.clone(),
            values: Redactor::default(),
            texts: Redactor::default(),
            whole: Vec::new(),
            inputs_mark: None,
        };
        let mut secrets = serde_json::Map::new();
        for (name, input) in &cx.inputs {
            if let Resolved::Sensitive(secret) = input {
                masker.learn(secret.expose());
                secrets.insert(name.clone(), secret.expose().clone());
            }
        }
        if !secrets.is_empty() {
            masker.inputs_mark = masker.mark(Some(&Value::Object(secrets)));
        }
        for secret in cx.env.values() {
            masker.learn(&Value::String(secret.expose().to_owned()));
        }
        for (_, secret) in crate::binary::named_environment(&cx.settings) {
            masker.texts.learn(&secret);
        }
        masker
    }

    /// Learns every leaf of a secret value.
    pub fn learn(&mut self, value: &Value) {
        match value {
            Value::String(text) if text.len() >= SHORT => {
                let secret = Secret::new(text.clone());
                self.values.learn(&secret);
                self.texts.learn(&secret);
            }
            Value::String(text) if text.is_empty() => {}
            Value::String(_) | Value::Number(_) => self.whole.push(value.clone()),
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(map) => map.values().for_each(|item| self.learn(item)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A text without any known secret.
    pub fn text(&self, text: &str) -> String {
        self.texts.redact(text)
    }

    /// Keyed digest of a value; none for "not there".
    pub fn mark(&self, value: Option<&Value>) -> Option<String> {
        value.filter(|v| !v.is_null()).map(|v| keyed(&self.key, v))
    }

    /// True if a leaf is or holds a known secret.
    fn is_secret(&self, leaf: &Value) -> bool {
        match leaf {
            Value::String(text) => self.values.redact(text) != *text || self.whole.contains(leaf),
            Value::Number(_) => self.whole.contains(leaf),
            _ => false,
        }
    }

    /// Masks `before` and `after` at `declared` pointers (the engine's own marks) and wherever a known secret stands.
    pub fn mask(&self, before: &mut Value, after: &mut Value, declared: BTreeSet<String>) -> Masked {
        let mut pointers = declared;
        for value in [&*before, &*after] {
            leaves(value, &mut String::new(), &mut |pointer, leaf| {
                if self.is_secret(leaf) {
                    pointers.insert(pointer.to_owned());
                }
            });
        }
        let mut masked = Masked::default();
        for pointer in pointers {
            let (was, is) = (before.pointer(&pointer).cloned(), after.pointer(&pointer).cloned());
            let under_masked = masked.pointers.iter().any(|p| pointer.starts_with(&format!("{p}/")));
            if (was.is_none() && is.is_none()) || under_masked {
                continue;
            }
            if was != is {
                masked.marks.insert(pointer.clone(), [self.mark(was.as_ref()), self.mark(is.as_ref())]);
            }
            for value in [&mut *before, &mut *after] {
                if let Some(leaf) = value.pointer_mut(&pointer).filter(|leaf| !leaf.is_null()) {
                    *leaf = Value::String(MASK.to_owned());
                }
            }
            masked.pointers.push(pointer);
        }
        masked
    }

    /// True if a value is or holds a known secret.
    pub fn holds_secret(&self, value: &Value) -> bool {
        let mut found = false;
        leaves(value, &mut String::new(), &mut |_, leaf| found |= self.is_secret(leaf));
        found
    }

    /// Masks known secrets inside texts, leaving the rest readable (a file's difference is useless as one mask).
    pub fn mask_texts(&self, before: &mut Value, after: &mut Value) -> Masked {
        let mut pointers = BTreeSet::new();
        for value in [&*before, &*after] {
            leaves(value, &mut String::new(), &mut |pointer, leaf| {
                if self.is_secret(leaf) {
                    pointers.insert(pointer.to_owned());
                }
            });
        }
        let mut masked = Masked::default();
        for pointer in pointers {
            let (was, is) = (before.pointer(&pointer).cloned(), after.pointer(&pointer).cloned());
            if was != is {
                masked.marks.insert(pointer.clone(), [self.mark(was.as_ref()), self.mark(is.as_ref())]);
            }
            for value in [&mut *before, &mut *after] {
                if let Some(leaf) = value.pointer_mut(&pointer).filter(|leaf| !leaf.is_null()) {
                    let partly =
                        leaf.as_str().filter(|_| !self.whole.contains(leaf)).map(|text| self.values.redact(text));
                    *leaf = Value::String(partly.unwrap_or_else(|| MASK.to_owned()));
                }
            }
            masked.pointers.push(pointer);
        }
        masked
    }

    /// One keyed digest over all sensitive inputs; none without any.
    pub fn all_secrets_mark(&self) -> Option<String> {
        self.inputs_mark.clone()
    }

    /// Last line of defence: no text of the plan (addresses, keys, warnings) holds a known secret.
    pub fn seal(&self, plan: UnitPlan) -> Result<UnitPlan, RunnerError> {
        let sealed = serde_json::to_value(&plan).map(|value| self.redacted(value)).and_then(serde_json::from_value);
        sealed.map_err(|e| {
            RunnerError::new("engine-garbage", format!("the plan can't be written down: {}", self.text(&e.to_string())))
        })
    }

    fn redacted(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.values.redact(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.redacted(item)).collect(),
            Value::Object(map) => {
                map.into_iter().map(|(key, item)| (self.values.redact(&key), self.redacted(item))).collect()
            }
            other => other,
        }
    }

    /// Takes known secrets out of files an engine wrote (a provisioner or a task may print them). Files that are not there are fine.
    pub async fn scrub(&self, paths: Vec<PathBuf>) -> Result<(), RunnerError> {
        let masker = self.clone();
        off_runtime("cannot take secrets out of the run's files", move || {
            for path in paths {
                let Some(bytes) = read_if_there(&path)? else { continue };
                let text = String::from_utf8_lossy(&bytes);
                let clean = masker.text(&text);
                if clean != text {
                    write_private(&path, clean.as_bytes())?;
                }
            }
            Ok(())
        })
        .await
    }

    /// An error whose texts hold no known secret.
    pub fn error(&self, mut error: RunnerError) -> RunnerError {
        for text in [&mut error.message, &mut error.hint, &mut error.left_behind] {
            *text = self.text(text);
        }
        for diagnostic in &mut error.diagnostics {
            diagnostic.message = self.text(&diagnostic.message);
            diagnostic.hint = self.text(&diagnostic.hint);
        }
        error
    }
}

/// Calls `see` with pointer and value of every leaf (neither object nor array).
pub fn leaves<'a>(value: &'a Value, pointer: &mut String, see: &mut dyn FnMut(&str, &'a Value)) {
    let here = pointer.len();
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                leaves(inner, pointer, see);
                pointer.truncate(here);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                leaves(inner, pointer, see);
                pointer.truncate(here);
            }
        }
        leaf => see(pointer, leaf),
    }
}

/// Pointers of the `true` leaves: the shape in which Terraform tells what is unknown or sensitive.
pub fn true_leaves(shape: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    leaves(shape, &mut String::new(), &mut |pointer, leaf| {
        if *leaf == Value::Bool(true) {
            found.insert(pointer.to_owned());
        }
    });
    found
}
