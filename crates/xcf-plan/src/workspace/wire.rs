//! References and dependencies become edges (`dsl §3`, `§5`, `§6`).

use super::assemble::Built;
use super::catalog::CompositionIndex;
use super::finding::Finding;
use super::refs::{choices, normalise};
use super::{CrossRead, Unreadable};
use crate::content::ModuleContent;
use crate::graph::{Join, RawEdge};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::Doc;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::docs::environment::EnvironmentSpec;
use xcf_core::graph::{BoundRef, EdgeKind, InputSource, Unit, Wire};
use xcf_core::route::Origin;
use xcf_core::value::{OutputRef, Shape, visit_shapes};

/// Environment (by index; none: the implicit one) and Composition.
pub(super) type InstanceKey = (Option<usize>, usize);

/// Everything wiring looks things up in.
pub(super) struct Wiring<'w> {
    pub built: &'w [Built],
    pub compositions: &'w [Doc<CompositionSpec>],
    pub environments: &'w [Doc<EnvironmentSpec>],
    pub index: &'w CompositionIndex,
    pub contents: &'w BTreeMap<String, Arc<ModuleContent>>,
    pub unreadable: &'w [Unreadable],
    /// Units of an instance by module index.
    pub instances: &'w HashMap<InstanceKey, Vec<(usize, usize)>>,
}

#[derive(Default)]
pub(super) struct Wired {
    pub references: Vec<Vec<BoundRef>>,
    pub edges: Vec<RawEdge>,
    pub joins: Vec<Join>,
    pub reads: Vec<CrossRead>,
    pub findings: Vec<Finding>,
}

#[derive(Default)]
struct OfUnit {
    references: Vec<BoundRef>,
    edges: Vec<RawEdge>,
    reads: Vec<CrossRead>,
    findings: Vec<Finding>,
}

impl Wiring<'_> {
    pub(super) fn wire(&self) -> Wired {
        let per_unit: Vec<OfUnit> = (0..self.built.len()).into_par_iter().map(|i| self.of_unit(i)).collect();
        let mut all = Wired::default();
        for one in per_unit {
            all.references.push(one.references);
            all.edges.extend(one.edges);
            all.reads.extend(one.reads);
            all.findings.extend(one.findings);
        }
        self.join(&mut all);
        self.warn_higher_layers(&mut all);
        all
    }

    pub(super) fn unit(&self, position: usize) -> Option<&Unit> {
        self.built.get(position).map(|b| &b.unit)
    }

    fn of_unit(&self, position: usize) -> OfUnit {
        let mut out = OfUnit::default();
        let Some(built) = self.built.get(position) else { return out };
        let Some(composition) = self.compositions.get(built.composition) else { return out };
        self.depends_on(position, built, composition, &mut out);
        for (input, source) in &built.unit.inputs {
            visit_shapes(&source.value, &mut |pointer, shape| {
                if let Shape::Output(reference) = shape {
                    self.bind(position, built, (input, source, pointer), reference, &mut out);
                }
            });
        }
        out
    }

    fn depends_on(&self, position: usize, built: &Built, doc: &Doc<CompositionSpec>, out: &mut OfUnit) {
        let Some(module) = doc.spec.modules.get(built.module) else { return };
        for (index, before) in module.depends_on.iter().enumerate() {
            // A name that is no module was told when the document was read.
            let Some(from) = self.module_of((built.environment, built.composition), Some(before)) else { continue };
            let place = doc.place(&format!("/spec/modules/{}/dependsOn/{index}", built.module));
            out.edges.push(RawEdge { from, to: position, kind: EdgeKind::Declared, wire: None, place });
        }
    }

    /// The unit of `module` in an instance; without a name the only module there is.
    fn module_of(&self, key: InstanceKey, module: Option<&str>) -> Option<usize> {
        let units = self.instances.get(&key)?;
        match module {
            Some(name) => {
                units.iter().map(|(_, u)| *u).find(|u| self.unit(*u).is_some_and(|x| x.id.module.as_str() == name))
            }
            None => match units.as_slice() {
                [(_, only)] => Some(*only),
                _ => None,
            },
        }
    }

    fn bind(
        &self,
        position: usize,
        built: &Built,
        at: (&str, &InputSource, &str),
        reference: &OutputRef,
        out: &mut OfUnit,
    ) {
        let (input, source, pointer) = at;
        let place = self.place_in(built, source, pointer);
        let id = &built.unit.id;
        let target = match self.target(built, reference, &place) {
            Ok(target) => target,
            Err(diagnostic) => return out.findings.push(Finding::new(diagnostic).unit(id)),
        };
        let Some(upstream) = self.unit(target) else { return };
        let cross_environment = upstream.id.environment != id.environment;
        if let Some(diagnostic) = self.check_output(built, upstream, input, pointer, reference, &place) {
            out.findings.push(Finding::new(diagnostic).unit(id));
        }
        let wire = Wire { output: reference.output.clone(), input: input.to_owned() };
        out.references.push(BoundRef {
            input: input.to_owned(),
            pointer: pointer.to_owned(),
            reference: reference.clone(),
            target: upstream.id.clone(),
            cross_environment,
        });
        if cross_environment {
            out.reads.push(CrossRead { unit: id.clone(), target: upstream.id.clone(), wire: Some(wire), place });
        } else {
            out.edges.push(RawEdge { from: target, to: position, kind: EdgeKind::Wired, wire: Some(wire), place });
        }
    }

    fn place_in(&self, built: &Built, source: &InputSource, pointer: &str) -> Place {
        let full = format!("{}{pointer}", source.pointer);
        let of_environment = || Some(self.environments.get(built.environment?)?.place(&full));
        match source.origin {
            Origin::EnvironmentEntry => of_environment().unwrap_or_else(|| source.place.clone()),
            _ => self.compositions.get(built.composition).map_or_else(|| source.place.clone(), |d| d.place(&full)),
        }
    }

    /// The unit a reference reads.
    fn target(&self, built: &Built, reference: &OutputRef, place: &Place) -> Result<usize, Diagnostic> {
        let composition = match &reference.from {
            None => built.composition,
            Some(from) => self.composition(from, place)?,
        };
        let environment = self.environment_of(built, reference.environment.as_ref().map(|e| e.as_str()), place)?;
        let key = (environment, composition);
        let name = self.compositions.get(composition).map_or("", |d| d.name());
        let Some(units) = self.instances.get(&key) else {
            return Err(self.not_assembled(built, composition, environment, place));
        };
        if let Some(target) = self.module_of(key, reference.module.as_ref().map(|m| m.as_str())) {
            return Ok(target);
        }
        let modules: Vec<&str> =
            units.iter().filter_map(|(_, u)| self.unit(*u)).map(|u| u.id.module.as_str()).collect();
        Err(match &reference.module {
            Some(module) => {
                let message = format!("`{name}` has no module `{module}`.");
                Diagnostic::error("unknown-module", message, place.clone())
                    .hint(choices(module.as_str(), modules.iter().copied()))
            }
            None => {
                let message = format!("`{name}` has {} modules: the reference must say which.", modules.len());
                let hint = format!("Add `module:`, one of {}.", modules.join(", "));
                Diagnostic::error("ambiguous-module", message, place.clone()).hint(hint)
            }
        })
    }

    /// A Composition by name, else by ref.
    fn composition(&self, from: &str, place: &Place) -> Result<usize, Diagnostic> {
        let by_path = || normalise(from).ok().and_then(|p| self.index.by_path(&p));
        if let Some(found) = self.index.by_name(from).or_else(by_path) {
            return Ok(found);
        }
        Err(self.no_composition(from, place))
    }

    pub(super) fn no_composition(&self, from: &str, place: &Place) -> Diagnostic {
        let is = |u: &&Unreadable| {
            let named = u.known.as_ref().and_then(|k| k.name.as_deref()) == Some(from);
            named || u.file == from || u.file.rsplit_once('.').is_some_and(|(stem, _)| stem == from)
        };
        if let Some(broken) = self.unreadable.iter().find(is) {
            let message = format!("The Composition `{from}` can't be read.");
            let hint = format!("Mend {} first.", broken.file);
            return Diagnostic::error("broken-composition", message, place.clone())
                .hint(hint)
                .related([Place::file(&broken.file)]);
        }
        let message = format!("There is no Composition `{from}`.");
        Diagnostic::error("missing-composition", message, place.clone()).hint(self.index.hint(from))
    }

    pub(super) fn environment_of(
        &self,
        built: &Built,
        wanted: Option<&str>,
        place: &Place,
    ) -> Result<Option<usize>, Diagnostic> {
        let Some(name) = wanted else { return Ok(built.environment) };
        if built.unit.id.environment.as_str() == name {
            return Ok(built.environment);
        }
        self.environments.iter().position(|d| d.name() == name).map(Some).ok_or_else(|| {
            let hint = choices(name, self.environments.iter().map(|d| d.name()));
            Diagnostic::error("unknown-environment", format!("There is no Environment `{name}`."), place.clone())
                .hint(hint)
        })
    }

    pub(super) fn not_assembled(
        &self,
        built: &Built,
        composition: usize,
        environment: Option<usize>,
        place: &Place,
    ) -> Diagnostic {
        let name = self.compositions.get(composition).map_or("", |d| d.name());
        let here =
            environment.and_then(|e| self.environments.get(e)).map_or(built.unit.id.environment.as_str(), |d| d.name());
        let mut others: Vec<&str> = self
            .instances
            .keys()
            .filter(|(_, c)| *c == composition)
            .filter_map(|(e, _)| self.environments.get((*e)?).map(|d| d.name()))
            .collect();
        others.sort_unstable();
        let message = format!("The Environment {here} does not assemble `{name}`.");
        let hint = match others.first() {
            Some(other) => format!("Add it to {here}, or read another Environment: `environment: {other}`."),
            None => format!("Add it to {here}: no Environment assembles it, so `environment:` can't help."),
        };
        Diagnostic::error("not-assembled", message, place.clone()).hint(hint)
    }

    fn check_output(
        &self,
        built: &Built,
        upstream: &Unit,
        input: &str,
        pointer: &str,
        reference: &OutputRef,
        place: &Place,
    ) -> Option<Diagnostic> {
        let interface = &self.contents.get(upstream.module_ref.as_str())?.interface;
        let Some(output) = interface.outputs.get(&reference.output) else {
            let message = format!("{} has no output `{}`.", upstream.module_ref, reference.output);
            let hint = choices(&reference.output, interface.outputs.keys().map(String::as_str));
            return interface
                .outputs_known
                .then(|| Diagnostic::error("unknown-output", message, place.clone()).hint(hint));
        };
        let takes = self.contents.get(built.unit.module_ref.as_str())?.interface.inputs.get(input)?;
        if !pointer.is_empty() || reference.path.is_some() {
            return None;
        }
        let why = takes.input_type.rejects(&output.output_type)?;
        let message =
            format!("The output `{}` of {} does not fit the input `{input}`: {why}.", reference.output, upstream.id);
        Some(
            Diagnostic::error("type-mismatch", message, place.clone())
                .related([takes.place.clone(), output.place.clone()]),
        )
    }

    fn warn_higher_layers(&self, all: &mut Wired) {
        let mut found = Vec::new();
        let mut check = |from: usize, to: usize, place: &Place| {
            let (Some(before), Some(after)) = (self.unit(from), self.unit(to)) else { return };
            if before.layer > after.layer {
                let message = format!(
                    "{} ({}) depends on {} of the higher layer {}.",
                    after.id, after.layer, before.id, before.layer
                );
                let hint = "Inside a ChangeSet it runs with that layer; consider moving it or the dependency.";
                found.push(Finding::new(Diagnostic::warning("higher-layer", message, place.clone()).hint(hint)));
            }
        };
        for edge in &all.edges {
            check(edge.from, edge.to, &edge.place);
        }
        for join in &all.joins {
            // One pair tells it: the layer belongs to the Composition.
            if let (Some(from), Some(to)) = (join.lasts.first(), join.firsts.first()) {
                check(*from, *to, &join.place);
            }
        }
        all.findings.extend(found);
    }
}
