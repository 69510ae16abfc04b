//! Rules of a single document that its shape does not say (`dsl §1`). Rules between documents live with the graph.

mod composition;
mod config;
mod effective;
mod environment;
mod parts;
mod rules;
mod text;

pub use effective::{NotYet, not_yet_effective};
pub use text::{default_module_name, ref_fault};

use super::doc::AnyDoc;
use super::spans::SpanTree;
use crate::diag::{Diagnostic, Place};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Everything wrong, or worth a warning, in one document on its own.
#[must_use]
pub fn document(doc: &AnyDoc) -> Vec<Diagnostic> {
    let mut found = Findings { spans: doc.spans(), list: Vec::new() };
    if doc.metadata().uid.is_some() && !matches!(doc, AnyDoc::Config(_)) {
        let hint = "only Config has a uid; remove it";
        found.error("unknown-field", "/metadata/uid", "`uid` is no field of this `metadata`", hint);
    }
    match doc {
        AnyDoc::Config(d) => config::check(d, &mut found),
        AnyDoc::Composition(d) => composition::check(&d.spec, &mut found),
        AnyDoc::Environment(d) => environment::check(d, &mut found),
        AnyDoc::DecisionMatrix(d) => rules::matrix(&d.spec, &mut found),
        AnyDoc::Window(d) => rules::window(&d.spec, &mut found),
        AnyDoc::Budget(d) => rules::budget(&d.spec, &mut found),
        AnyDoc::RateLimit(d) => rules::rate_limit(&d.spec, &mut found),
        AnyDoc::ApprovalRule(d) => rules::approval_rule(&d.spec, &mut found),
        AnyDoc::Waiver(d) => rules::waiver(&d.spec, &mut found),
        AnyDoc::People(d) => rules::people(&d.spec, &mut found),
        AnyDoc::Playbook(d) => rules::playbook(&d.spec, &mut found),
        AnyDoc::NativeResource(d) => rules::native_resource(&d.spec, &mut found),
    }
    effective::warn(doc, &mut found);
    found.list
}

/// What was found so far, and where things stand.
pub(crate) struct Findings<'a> {
    spans: &'a SpanTree,
    list: Vec<Diagnostic>,
}

impl Findings<'_> {
    fn place(&self, pointer: &str) -> Place {
        self.spans.place(pointer)
    }

    fn error(&mut self, code: &str, pointer: &str, message: impl Into<String>, hint: impl Into<String>) {
        let diagnostic = Diagnostic::error(code, message, self.place(pointer)).hint(hint);
        self.list.push(diagnostic);
    }

    fn warning(&mut self, code: &str, pointer: &str, message: impl Into<String>, hint: impl Into<String>) {
        let diagnostic = Diagnostic::warning(code, message, self.place(pointer)).hint(hint);
        self.list.push(diagnostic);
    }

    /// Adds an error if there is a reason.
    fn fault(&mut self, code: &str, pointer: &str, fault: Option<String>) {
        if let Some(message) = fault {
            self.error(code, pointer, message, "");
        }
    }

    /// Each text once; `pointer(i)` is where the i-th stands.
    fn unique<T: Ord + Display>(
        &mut self,
        code: &str,
        what: &str,
        items: impl IntoIterator<Item = T>,
        pointer: impl Fn(usize) -> String,
    ) {
        let mut first: BTreeMap<T, usize> = BTreeMap::new();
        for (index, item) in items.into_iter().enumerate() {
            if let Some(before) = first.get(&item) {
                let other = self.place(&pointer(*before));
                let place = self.place(&pointer(index));
                let message = format!("{what} `{item}` stands twice");
                self.list.push(Diagnostic::error(code, message, place).related([other]));
            } else {
                first.insert(item, index);
            }
        }
    }
}
