//! The documents of a workspace, sorted into kinds.

use super::read::Documents;
use super::refs::choices;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::docs::config::ConfigSpec;
use xcf_core::docs::environment::EnvironmentSpec;
use xcf_core::docs::matrix::DecisionMatrixSpec;
use xcf_core::docs::rules::{ApprovalRuleSpec, BudgetSpec, PeopleSpec, RateLimitSpec, WaiverSpec, WindowSpec};
use xcf_core::docs::{AnyDoc, Doc};

/// Documents by kind, each in file order.
#[derive(Default)]
pub(super) struct Catalog {
    pub config: Option<Doc<ConfigSpec>>,
    pub compositions: Vec<Doc<CompositionSpec>>,
    pub environments: Vec<Doc<EnvironmentSpec>>,
    pub matrices: Vec<Doc<DecisionMatrixSpec>>,
    pub windows: Vec<Doc<WindowSpec>>,
    pub budgets: Vec<Doc<BudgetSpec>>,
    pub rate_limits: Vec<Doc<RateLimitSpec>>,
    pub approval_rules: Vec<Doc<ApprovalRuleSpec>>,
    pub waivers: Vec<Doc<WaiverSpec>>,
    pub people: Vec<Doc<PeopleSpec>>,
}

impl Catalog {
    pub(super) fn sort(documents: &mut Documents) -> Self {
        let mut all = Self::default();
        for doc in std::mem::take(&mut documents.docs) {
            match doc {
                AnyDoc::Config(d) => all.config = all.config.or(Some(d)),
                AnyDoc::Composition(d) => all.compositions.push(d),
                AnyDoc::Environment(d) => all.environments.push(d),
                AnyDoc::DecisionMatrix(d) => all.matrices.push(d),
                AnyDoc::Window(d) => all.windows.push(d),
                AnyDoc::Budget(d) => all.budgets.push(d),
                AnyDoc::RateLimit(d) => all.rate_limits.push(d),
                AnyDoc::ApprovalRule(d) => all.approval_rules.push(d),
                AnyDoc::Waiver(d) => all.waivers.push(d),
                AnyDoc::People(d) => all.people.push(d),
                AnyDoc::Playbook(_) | AnyDoc::NativeResource(_) => {}
            }
        }
        all
    }
}

/// Compositions by name and by ref.
pub(super) struct CompositionIndex {
    by_name: BTreeMap<String, usize>,
    by_path: BTreeMap<String, usize>,
    /// Hints already found: one missing Composition is often named thousands of times.
    hints: Mutex<HashMap<String, String>>,
}

impl CompositionIndex {
    /// Indexes the Compositions whose name is theirs alone.
    pub(super) fn of(compositions: &[Doc<CompositionSpec>], usable: impl Fn(usize) -> bool) -> Self {
        let mut index = Self { by_name: BTreeMap::new(), by_path: BTreeMap::new(), hints: Mutex::default() };
        for (position, doc) in compositions.iter().enumerate().filter(|(i, _)| usable(*i)) {
            index.by_name.insert(doc.name().to_owned(), position);
            index.by_path.insert(doc.file.clone(), position);
            let stem = doc.file.rsplit_once('.').map_or(doc.file.as_str(), |(stem, _)| stem);
            index.by_path.entry(stem.to_owned()).or_insert(position);
        }
        index
    }
    pub(super) fn by_name(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
    /// By repository-relative path, extension optional.
    pub(super) fn by_path(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }
    /// What `text` may have meant: a name, or a ref if it has a `/`.
    pub(super) fn hint(&self, text: &str) -> String {
        let known = self.hints.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        if let Some(hint) = known {
            return hint;
        }
        let list = if text.contains('/') { &self.by_path } else { &self.by_name };
        let hint = choices(text, list.keys().map(String::as_str));
        self.hints.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned(), hint.clone());
        hint
    }
}
