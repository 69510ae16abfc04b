//! Environments assemble Compositions into units (`dsl §3`, `§4`).

use super::IMPLICIT_ENVIRONMENT;
use super::finding::Finding;
use super::modules::PreparedModule;
use super::refs::choices;
use super::unit::OneUnit;
use super::values::{escape, takes};
use crate::matrix::{Rows, Tie};
use crate::router::{EngineChoice, RouteInput, Routed, route};
use std::collections::{BTreeMap, HashMap};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::Doc;
use xcf_core::docs::check::NotYet;
use xcf_core::docs::composition::{CompositionSpec, Module};
use xcf_core::docs::environment::{Entry, EnvironmentSpec};
use xcf_core::graph::{Unassembled, Unit};
use xcf_core::ids::{CompName, ModName};
use xcf_core::route::{Layer, Lifecycle};

/// What every assembly needs.
pub(super) struct Context<'w> {
    pub rows: &'w Rows<'w>,
    pub engines: &'w EngineChoice,
    pub accounts: Option<&'w BTreeMap<String, xcf_core::docs::config::AccountConfig>>,
    pub not_yet: &'w HashMap<(String, usize), Vec<NotYet>>,
}

/// One Composition in one Environment.
#[derive(Clone, Copy)]
pub(super) struct Instance<'w> {
    pub composition_index: usize,
    pub composition: &'w Doc<CompositionSpec>,
    pub modules: &'w [PreparedModule],
    /// Environment document with the entry's index; none: the implicit Environment.
    pub environment: Option<(usize, &'w Doc<EnvironmentSpec>, usize, &'w Entry)>,
    /// First error of the Composition's or Environment's document: its units are shown, not planned.
    pub faulty: Option<&'w Place>,
}

/// A unit with where it came from.
pub(super) struct Built {
    pub unit: Unit,
    pub composition: usize,
    pub environment: Option<usize>,
    pub module: usize,
    /// First error of its document.
    pub faulty: Option<Place>,
}

/// Layer an Ephemeral Composition counts as, or the lifecycle's own. Without `layer` it counts as Applications.
pub(super) fn layer_of(spec: &CompositionSpec) -> Layer {
    match spec.lifecycle.normalised() {
        Lifecycle::Foundation => Layer::Foundation,
        Lifecycle::K8s => Layer::K8s,
        Lifecycle::PaaS => Layer::PaaS,
        Lifecycle::Applications => Layer::Applications,
        Lifecycle::Config => Layer::Config,
        Lifecycle::Ephemeral => spec.layer.unwrap_or(Layer::Applications),
    }
}

impl<'w> Instance<'w> {
    pub(super) fn environment_name(&self) -> &'w str {
        self.environment.map_or(IMPLICIT_ENVIRONMENT, |(_, doc, _, _)| doc.name())
    }

    /// Builds the units of this instance.
    pub(super) fn build(&self, cx: &Context<'_>) -> (Vec<Built>, Vec<Finding>) {
        let mut found = self.check_entry();
        let labels = self.labels();
        let modules = self.composition.spec.modules.iter().zip(self.modules).enumerate();
        let built = modules.filter_map(|(index, (module, prepared))| {
            let name = prepared.name.as_deref()?;
            Some(OneUnit { instance: self, index, module, prepared, name }.build(cx, &labels, &mut found))
        });
        (built.collect(), found)
    }

    fn labels(&self) -> BTreeMap<String, String> {
        let mut labels = self.composition.metadata.labels.clone();
        if let Some((_, doc, _, _)) = self.environment {
            labels.extend(doc.metadata.labels.clone());
        }
        labels
    }

    /// Entry inputs that no module declares, and overrides of modules that are not there.
    fn check_entry(&self) -> Vec<Finding> {
        let Some((_, doc, index, entry)) = self.environment else { return Vec::new() };
        let finding = |d: Diagnostic| Finding::new(d).environment(doc.name()).composition(self.composition.name());
        let mut found = Vec::new();
        let all = || self.composition.spec.modules.iter().zip(self.modules);
        for name in entry.inputs.keys() {
            let taker = |(m, p): (&Module, &PreparedModule)| {
                let over = p.name.as_ref().and_then(|n| entry.modules.get(n));
                takes(p.content.as_deref(), m, over, name)
            };
            if !all().any(taker) {
                let declared = all().filter_map(|(_, p)| p.content.as_deref()).flat_map(|c| c.interface.inputs.keys());
                let mut declared: Vec<&str> = declared.map(String::as_str).collect();
                declared.sort_unstable();
                declared.dedup();
                let place = doc.place(&format!("/spec/compositions/{index}/inputs/{}", escape(name)));
                let message = format!("No module of `{}` declares the variable `{name}`.", self.composition.name());
                let hint = choices(name, declared.iter().copied());
                found.push(finding(Diagnostic::error("unknown-input", message, place).hint(hint)));
            }
        }
        let names: Vec<&str> = self.modules.iter().filter_map(|m| m.name.as_deref()).collect();
        for name in entry.modules.keys().filter(|n| !names.contains(&n.as_str())) {
            let place = doc.place(&format!("/spec/compositions/{index}/modules/{}", escape(name)));
            let message = format!("`{}` has no module `{name}`.", self.composition.name());
            found.push(finding(
                Diagnostic::error("unknown-module", message, place).hint(choices(name, names.iter().copied())),
            ));
        }
        found
    }
}

pub(super) fn tie_errors(tie: &Tie) -> Vec<Diagnostic> {
    let one = |this: usize, other: usize| {
        let (Some(name), Some(rival)) = (tie.names.get(this), tie.names.get(other)) else { return None };
        let message = format!(
            "The rows `{name}` and `{rival}` match with equally many keys and set `{}` differently.",
            tie.field
        );
        Some(
            Diagnostic::error("matrix-tie", message, tie.places.get(this)?.clone())
                .hint("Add a match key to one of them, or give them the same value.")
                .related(tie.places.get(other).cloned()),
        )
    };
    [one(0, 1), one(1, 0)].into_iter().flatten().collect()
}

/// The modules of a Composition that no Environment assembles, routed for display (`dsl §3`).
pub(super) fn unassembled(
    doc: &Doc<CompositionSpec>,
    modules: &[PreparedModule],
    cx: &Context<'_>,
) -> (Vec<Unassembled>, Vec<Finding>) {
    let mut found = Vec::new();
    let spec = &doc.spec;
    let one = |(index, (module, prepared)): (usize, (&Module, &PreparedModule))| {
        let name = prepared.name.as_deref()?;
        let input = RouteInput {
            composition: doc,
            module_index: index,
            module,
            module_name: name,
            lifecycle: spec.lifecycle.normalised(),
            layer: layer_of(spec),
            environment_name: None,
            environment: None,
            content: prepared.content.as_deref(),
            labels: &doc.metadata.labels,
            rows: cx.rows,
            engines: cx.engines,
        };
        let Routed { route, diagnostics, ties, .. } = route(&input);
        let all = prepared.errors.iter().cloned().chain(diagnostics).chain(ties.iter().flat_map(tie_errors));
        found.extend(all.map(|d| Finding::new(d).composition(doc.name())));
        Some(Unassembled {
            composition: CompName::from(doc.name()),
            module: ModName::from(name),
            lifecycle: input.lifecycle,
            layer: input.layer,
            route,
            place: doc.place(&format!("/spec/modules/{index}")),
        })
    };
    let list = spec.modules.iter().zip(modules).enumerate().filter_map(one).collect();
    (list, found)
}
