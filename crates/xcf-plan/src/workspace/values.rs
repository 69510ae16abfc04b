//! The inputs of a unit: who writes each, and whether the module takes it (`dsl §1`, `§6`).

use super::finding::Finding;
use super::refs::choices;
use crate::content::{ContentKind, ModuleContent, Variable};
use serde_json::Value;
use std::collections::BTreeMap;
use xcf_core::diag::Diagnostic;
use xcf_core::docs::Doc;
use xcf_core::docs::composition::{CompositionSpec, Module};
use xcf_core::docs::environment::{Entry, EnvironmentSpec, ModuleOverride};
use xcf_core::graph::InputSource;
use xcf_core::ids::UnitId;
use xcf_core::route::Origin;

/// One pointer token, escaped.
pub(crate) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// Where a unit's inputs may come from.
pub(super) struct Sources<'w> {
    pub composition: &'w Doc<CompositionSpec>,
    pub module_index: usize,
    pub module: &'w Module,
    pub module_name: &'w str,
    pub environment: Option<(&'w Doc<EnvironmentSpec>, usize, &'w Entry)>,
    pub over: Option<&'w ModuleOverride>,
    pub content: Option<&'w ModuleContent>,
}

/// True if the module takes an entry input called `name`: it declares the variable, or – where its variables can't be
/// known – the Composition already gives it one of that name.
pub(super) fn takes(
    content: Option<&ModuleContent>,
    module: &Module,
    over: Option<&ModuleOverride>,
    name: &str,
) -> bool {
    let declared = content.is_some_and(|c| c.interface.inputs.contains_key(name));
    let open = content.is_none_or(|c| !c.interface.inputs_known);
    declared || open && (module.inputs.contains_key(name) || over.is_some_and(|o| o.inputs.contains_key(name)))
}

impl Sources<'_> {
    /// Merges: module < entry < `modules.NAME`; each input replaces whole.
    pub(super) fn merge(&self) -> BTreeMap<String, InputSource> {
        let mut all = BTreeMap::new();
        let mut put = |name: &String, value: &Value, origin, doc_place: &dyn Fn(&str) -> _, base: String| {
            let pointer = format!("{base}/inputs/{}", escape(name));
            let place = doc_place(&pointer);
            all.insert(name.clone(), InputSource { value: value.clone(), origin, place, pointer });
        };
        for (name, value) in &self.module.inputs {
            let base = format!("/spec/modules/{}", self.module_index);
            put(name, value, Origin::Module, &|p| self.composition.place(p), base);
        }
        if let Some((doc, index, entry)) = self.environment {
            for (name, value) in entry.inputs.iter().filter(|(n, _)| takes(self.content, self.module, self.over, n)) {
                put(name, value, Origin::EnvironmentEntry, &|p| doc.place(p), format!("/spec/compositions/{index}"));
            }
            for (name, value) in self.over.iter().flat_map(|o| &o.inputs) {
                let base = format!("/spec/compositions/{index}/modules/{}", escape(self.module_name));
                put(name, value, Origin::EnvironmentEntry, &|p| doc.place(p), base);
            }
        }
        all
    }

    /// What the module says about the merged inputs.
    pub(super) fn check(&self, id: &UnitId, inputs: &BTreeMap<String, InputSource>) -> Vec<Finding> {
        let Some(content) = self.content else { return Vec::new() };
        let declared = &content.interface.inputs;
        let strict = content.kinds.contains(&ContentKind::Terraform);
        let mut found = Vec::new();
        for (name, source) in inputs {
            match declared.get(name) {
                Some(variable) => found.extend(misfit(name, variable, source, &self.module.reference)),
                None if content.interface.inputs_known => {
                    let message = format!("{} has no input `{name}`.", self.module.reference);
                    let place = source.place.clone();
                    let diagnostic = match strict {
                        true => Diagnostic::error("unknown-input", message, place),
                        false => Diagnostic::warning("unknown-input", message, place),
                    };
                    found.push(diagnostic.hint(choices(name, declared.keys().map(String::as_str))));
                }
                None => {}
            }
        }
        let place = || self.composition.place(&format!("/spec/modules/{}", self.module_index));
        for (name, variable) in declared.iter().filter(|(n, v)| v.required && !inputs.contains_key(*n)) {
            let message = format!("{} needs the input `{name}` in {}.", self.module.reference, id.environment);
            let hint = format!("Add `inputs: {{{name}: …}}` to the module, or to its entry in the Environment.");
            found.push(
                Diagnostic::error("missing-input", message, place()).hint(hint).related([variable.place.clone()]),
            );
        }
        found.into_iter().map(|d| Finding::new(d).unit(id)).collect()
    }
}

fn misfit(name: &str, variable: &Variable, source: &InputSource, module: &str) -> Option<Diagnostic> {
    let misfit = variable.misfit(&source.value)?;
    let message = format!("The input `{name}` does not fit {module}: {}.", misfit.why);
    Some(
        Diagnostic::error(misfit.code, message, source.place.clone())
            .hint(misfit.hint)
            .related([variable.place.clone()]),
    )
}
