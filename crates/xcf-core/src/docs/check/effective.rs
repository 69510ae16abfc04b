//! Fields that parse but have no behaviour yet (`dsl` head): a warning each, and whether leaving them out could let
//! something through that they would have held back.

use super::Findings;
use crate::diag::Place;
use crate::docs::doc::{AnyDoc, Kind};
use crate::docs::model;
use crate::docs::spans::{NodeKind, SpanTree, Step, escape};
use serde_json::Value;

/// A field without behaviour in this release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYet {
    /// JSON pointer from the document root.
    pub pointer: String,
    /// Where it stands.
    pub place: Place,
    /// It only restricts: `apply` of the units it binds stops with exit 5 unless accepted.
    pub restricts: bool,
}

/// When a field counts as used.
#[derive(Clone, Copy)]
enum When {
    /// It has a value.
    Set,
    /// It is exactly this word.
    Is(&'static str),
    /// It asks for backups that can't be made.
    Backup,
    /// It does not start like this.
    NotPrefix(&'static str),
}

struct Field {
    kind: Kind,
    /// `*` stands for every key or item.
    pointer: &'static str,
    when: When,
    restricts: bool,
}

const fn field(kind: Kind, pointer: &'static str, when: When, restricts: bool) -> Field {
    Field { kind, pointer, when, restricts }
}

const FIELDS: &[Field] = &[
    field(Kind::Config, "/spec/state/url", When::NotPrefix("sqlite:"), true),
    field(Kind::Config, "/spec/runtime/driver", When::Is("temporal"), false),
    field(Kind::Config, "/spec/accounts", When::Set, false),
    field(Kind::Config, "/spec/observability/prometheus", When::Set, false),
    field(Kind::Composition, "/spec/ttl", When::Set, false),
    field(Kind::Composition, "/spec/policies/window", When::Set, true),
    field(Kind::Composition, "/spec/policies/rollback", When::Set, false),
    field(Kind::Composition, "/spec/policies/backup", When::Backup, true),
    field(Kind::Composition, "/spec/backupPolicy", When::Backup, true),
    field(Kind::Composition, "/spec/observe", When::Set, true),
    field(Kind::Composition, "/spec/driftIgnore", When::Set, false),
    field(Kind::Composition, "/spec/modules/*/policies/window", When::Set, true),
    field(Kind::Composition, "/spec/modules/*/policies/rollback", When::Set, false),
    field(Kind::Composition, "/spec/modules/*/policies/backup", When::Backup, true),
    field(Kind::Composition, "/spec/modules/*/backupPolicy", When::Backup, true),
    field(Kind::Composition, "/spec/modules/*/observe", When::Set, true),
    field(Kind::Composition, "/spec/modules/*/driftIgnore", When::Set, false),
    field(Kind::Composition, "/spec/modules/*/batch", When::Set, true),
    field(Kind::Composition, "/spec/modules/*/account", When::Set, true),
    field(Kind::Composition, "/spec/modules/*/cluster", When::Set, false),
    field(Kind::Composition, "/spec/modules/*/namespace", When::Set, false),
    field(Kind::Environment, "/spec/after", When::Set, true),
    field(Kind::Environment, "/spec/protection/backup", When::Backup, true),
    field(Kind::Environment, "/spec/protection/corrections", When::Set, false),
    field(Kind::Environment, "/spec/protection/applyFrom", When::Is("main"), true),
    field(Kind::Environment, "/spec/account", When::Set, true),
    field(Kind::Environment, "/spec/regions/*/faultDomain", When::Set, false),
    field(Kind::Environment, "/spec/windows", When::Set, true),
    field(Kind::Environment, "/spec/budgets", When::Set, true),
    field(Kind::Environment, "/spec/rateLimits", When::Set, true),
    field(Kind::Environment, "/spec/observe", When::Set, true),
    field(Kind::Environment, "/spec/compositions/*/policies/window", When::Set, true),
    field(Kind::Environment, "/spec/compositions/*/policies/rollback", When::Set, false),
    field(Kind::Environment, "/spec/compositions/*/policies/backup", When::Backup, true),
    field(Kind::Environment, "/spec/compositions/*/observe", When::Set, true),
    field(Kind::Environment, "/spec/compositions/*/modules/*/policies/window", When::Set, true),
    field(Kind::Environment, "/spec/compositions/*/modules/*/policies/rollback", When::Set, false),
    field(Kind::Environment, "/spec/compositions/*/modules/*/policies/backup", When::Backup, true),
    field(Kind::Environment, "/spec/compositions/*/modules/*/observe", When::Set, true),
    field(Kind::Environment, "/spec/compositions/*/modules/*/account", When::Set, true),
    field(Kind::Environment, "/spec/compositions/*/modules/*/cluster", When::Set, false),
    field(Kind::Environment, "/spec/compositions/*/modules/*/namespace", When::Set, false),
    field(Kind::DecisionMatrix, "/spec/rows/*/window", When::Set, true),
    field(Kind::DecisionMatrix, "/spec/rows/*/rollback", When::Set, false),
    field(Kind::DecisionMatrix, "/spec/rows/*/backup", When::Backup, true),
    // These bind nothing by themselves; what names them is restricted.
    field(Kind::Window, "/spec", When::Set, false),
    field(Kind::Budget, "/spec", When::Set, false),
    field(Kind::RateLimit, "/spec", When::Set, false),
    field(Kind::Waiver, "/spec", When::Set, false),
    field(Kind::ApprovalRule, "/spec/checks", When::Set, true),
    field(Kind::Playbook, "/spec/rateLimit", When::Set, true),
];

/// Every field of the document that has a value but no behaviour yet, in the order of the list above.
#[must_use]
pub fn not_yet_effective(doc: &AnyDoc) -> Vec<NotYet> {
    let spans = doc.spans();
    let mut list = Vec::new();
    let root = Step { key: None, value: spans.root };
    for field in FIELDS.iter().filter(|f| f.kind == doc.kind()) {
        let pattern = field.pointer.strip_prefix('/').unwrap_or_default();
        expand(spans, root, pattern, &mut String::new(), &mut |pointer, step| {
            if applies(spans, step, field.when) {
                let place = spans.step_place(step);
                list.push(NotYet { pointer: pointer.to_owned(), place, restricts: field.restricts });
            }
        });
    }
    list
}

pub(super) fn warn(doc: &AnyDoc, found: &mut Findings<'_>) {
    for field in not_yet_effective(doc) {
        let name = field.pointer.trim_start_matches("/spec/").replace('/', ".");
        let message = match field.pointer.as_str() {
            "/spec" => format!("{} documents are read and checked, but have no effect yet", doc.kind()),
            _ => format!("`{name}` is read and checked, but has no effect yet"),
        };
        let hint =
            if field.restricts { "`apply` of what it binds stops unless given --accept-not-yet-effective" } else { "" };
        found.warning("not-yet-effective", &field.pointer, message, hint);
    }
}

/// Calls `see` with every place a pattern names.
fn expand(spans: &SpanTree, at: Step, pattern: &str, pointer: &mut String, see: &mut dyn FnMut(&str, Step)) {
    if pattern.is_empty() {
        return see(pointer, at);
    }
    let (name, rest) = pattern.split_once('/').unwrap_or((pattern, ""));
    let here = pointer.len();
    let mut down = |name: &str, step: Step| {
        pointer.push('/');
        pointer.push_str(name);
        expand(spans, step, rest, pointer, see);
        pointer.truncate(here);
    };
    if name != "*" {
        if let Some(step) = spans.child(at.value, name) {
            down(name, step);
        }
        return;
    }
    match spans.target(at.value).map(|n| &n.kind) {
        Some(NodeKind::Map(pairs)) => {
            for (key, value) in pairs {
                down(&escape(spans.scalar_text(*key).unwrap_or_default()), Step { key: Some(*key), value: *value });
            }
        }
        Some(NodeKind::List(items)) => {
            for (index, value) in items.iter().enumerate() {
                down(&index.to_string(), Step { key: None, value: *value });
            }
        }
        _ => {}
    }
}

fn applies(spans: &SpanTree, step: Step, when: When) -> bool {
    let value = model::value(spans, step.value);
    match when {
        When::Set => match &value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            Value::Object(map) => !map.is_empty(),
            _ => true,
        },
        When::Is(word) => value == word,
        When::NotPrefix(prefix) => value.as_str().is_some_and(|t| !t.starts_with(prefix)),
        When::Backup => match &value {
            Value::String(word) => later_backup(word),
            Value::Array(words) => words.iter().filter_map(Value::as_str).any(later_backup),
            _ => false,
        },
    }
}

fn later_backup(word: &str) -> bool {
    !matches!(word, "none" | "config-snapshot")
}
