//! The steps of loading, in order.

use super::assemble::{Built, Context, Instance, unassembled};
use super::blocked::{Causes, everywhere};
use super::catalog::{Catalog, CompositionIndex};
use super::finding::{Finding, sorted};
use super::health::Health;
use super::modules::{ModuleUse, Prepared, prepare};
use super::read::{self, Documents, Unreadable};
use super::refs::{Links, choices, normalise};
use super::wire::{InstanceKey, Wiring};
use super::{Workspace, environments, moved, names};
use crate::cost::{self, PriceSheet};
use crate::graph::{Graph, cycles, effective_layers};
use crate::matrix::Rows;
use crate::router::EngineChoice;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::{Doc, Kind};
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;
use xcf_core::ports::tree::Tree;

pub(super) fn build(tree: &dyn Tree) -> Workspace {
    let links = Links::of(tree);
    let mut documents = read::read(tree, &links);
    let catalog = Catalog::sort(&mut documents);
    let mut findings = std::mem::take(&mut documents.findings);
    let (twice_compositions, twice_environments) = unique_names(&catalog, &mut findings);
    let prepared = prepare(tree, &links, &catalog.compositions);
    let Prepared { compositions: modules, contents, findings: of_modules } = prepared;
    findings.extend(of_modules);
    let index = CompositionIndex::of(&catalog.compositions, |i| !twice_compositions.contains(&i));
    findings.extend(environments::check(&catalog));
    let prices = cost::prices(tree).unwrap_or_else(|diagnostic| {
        findings.push(Finding::new(*diagnostic));
        Some(PriceSheet::default())
    });

    let faults = faulty_places(&documents, &findings);
    let rows = Rows::of(&catalog.matrices);
    let config = catalog.config.as_ref().map(|d| &d.spec);
    let engines = EngineChoice::of(config);
    let cx =
        Context { rows: &rows, engines: &engines, accounts: config.map(|c| &c.accounts), not_yet: &documents.not_yet };
    let implicit = is_implicit(&catalog, &documents);
    let instances = {
        let part =
            Assembly { catalog: &catalog, modules: &modules, index: &index, links: &links, tree, faults: &faults };
        if implicit {
            part.implicit(&twice_compositions)
        } else {
            part.entries(&twice_environments, &documents.unreadable, &mut findings)
        }
    };
    let built: Vec<(Vec<Built>, Vec<Finding>)> = instances.par_iter().map(|i| i.build(&cx)).collect();
    let mut units: Vec<Built> = Vec::new();
    for (some, found) in built {
        units.extend(some);
        findings.extend(found);
    }
    let units = by_id(units);
    let assembled: BTreeSet<usize> = instances.iter().map(|i| i.composition_index).collect();
    let mut apart = Vec::new();
    for (position, doc) in catalog.compositions.iter().enumerate().filter(|(i, _)| !assembled.contains(i)) {
        let (list, found) = unassembled(doc, modules.get(position).map_or(&[], Vec::as_slice), &cx);
        apart.extend(list);
        findings.extend(found);
    }

    let by_instance = by_instance(&units);
    let wiring = Wiring {
        built: &units,
        compositions: &catalog.compositions,
        environments: &catalog.environments,
        index: &index,
        contents: &contents,
        unreadable: &documents.unreadable,
        instances: &by_instance,
    };
    let wired = wiring.wire();
    findings.extend(wired.findings);
    let faulty_units: BTreeMap<UnitId, Place> =
        units.iter().filter_map(|b| Some((b.unit.id.clone(), b.faulty.clone()?))).collect();
    let mut units: Vec<Unit> = units.into_iter().map(|b| b.unit).collect();
    for (unit, references) in units.iter_mut().zip(wired.references) {
        unit.references = references;
    }
    let graph = Graph::new(units.len(), wired.edges, wired.joins);
    let groups = graph.components();
    let layers = effective_layers(&graph, &units, &groups);
    for (unit, layer) in units.iter_mut().zip(layers) {
        unit.effective_layer = layer;
    }
    let knotted = knots(&graph, &units, &groups, &mut findings);
    let (moved, found) = moved::apply(&mut units, &catalog.compositions, &catalog.environments);
    findings.extend(found);
    findings.extend(unknown_windows(&units, &catalog));
    let health = Health::of(&findings, documents.unreadable);
    let causes = Causes {
        findings: &findings,
        knotted: &knotted,
        faulty: &faulty_units,
        everywhere: everywhere(&health, &findings),
    };
    let blocked = causes.spread(&graph, &units, &groups);
    let order = config.and_then(|c| c.order).unwrap_or_default();
    let module_uses = module_uses(&catalog, &modules);
    let mut all_environments = environments::infos(&catalog.environments, &twice_environments);
    if implicit && !catalog.compositions.is_empty() {
        all_environments.push(environments::implicit());
    }
    let Catalog {
        config,
        compositions,
        environments,
        matrices,
        windows,
        budgets,
        rate_limits,
        approval_rules,
        waivers,
        people,
    } = catalog;
    Workspace {
        config,
        compositions,
        environment_docs: environments,
        matrices,
        windows,
        budgets,
        rate_limits,
        approval_rules,
        waivers,
        people,
        prices,
        rego: documents.rego,
        environments: all_environments,
        units,
        unassembled: apart,
        reads: wired.reads,
        modules: contents,
        module_uses,
        graph,
        blocked,
        moved,
        diagnostics: sorted(&findings),
        health,
        order,
    }
}

fn unique_names(catalog: &Catalog, findings: &mut Vec<Finding>) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let (compositions, found) = names::duplicates("Composition", &catalog.compositions);
    let touched = compositions.iter().filter_map(|i| catalog.compositions.get(*i)).map(|d| d.name());
    let touched: Vec<&str> = touched.collect();
    findings.extend(found.into_iter().map(Finding::new));
    for name in touched {
        // The error touches every unit that either document made, wherever that was.
        mark(
            findings,
            |f| f.composition(name),
            catalog.compositions.iter().filter(|d| d.name() == name).map(|d| &d.file),
        );
    }
    let (environments, found) = names::duplicates("Environment", &catalog.environments);
    findings.extend(found.into_iter().map(Finding::new));
    for doc in environments.iter().filter_map(|i| catalog.environments.get(*i)) {
        mark(findings, |f| f.environment(doc.name()), std::iter::once(&doc.file));
    }
    names::plain("DecisionMatrix", &catalog.matrices, findings);
    names::plain("Window", &catalog.windows, findings);
    names::plain("Budget", &catalog.budgets, findings);
    names::plain("RateLimit", &catalog.rate_limits, findings);
    names::plain("ApprovalRule", &catalog.approval_rules, findings);
    names::plain("Waiver", &catalog.waivers, findings);
    names::plain("People", &catalog.people, findings);
    (compositions, environments)
}

fn mark<'f>(findings: &mut [Finding], with: impl Fn(Finding) -> Finding, files: impl Iterator<Item = &'f String>) {
    let files: Vec<&String> = files.collect();
    for finding in findings
        .iter_mut()
        .filter(|f| f.diagnostic.code == "duplicate-name" && files.contains(&&f.diagnostic.place.file))
    {
        *finding = with(finding.clone());
    }
}

/// First error of each document that was read but has one: its units are shown, not planned.
fn faulty_places(documents: &Documents, findings: &[Finding]) -> HashMap<(String, usize), Place> {
    let place = |file: &str| {
        let own = findings.iter().map(|f| &f.diagnostic).find(|d| d.is_error() && d.place.file == file);
        own.map_or_else(|| Place::file(file), |d| d.place.clone())
    };
    documents.faulty.iter().map(|key| (key.clone(), place(&key.0))).collect()
}

/// Only a workspace without any Environment document has the implicit one (`dsl §3`); a broken one is there, too.
fn is_implicit(catalog: &Catalog, documents: &Documents) -> bool {
    let broken = |u: &Unreadable| u.known.as_ref().is_none_or(|k| k.kind.is_none_or(|k| k == Kind::Environment));
    catalog.environments.is_empty() && !documents.has_environment_files && !documents.unreadable.iter().any(broken)
}

struct Assembly<'w> {
    catalog: &'w Catalog,
    modules: &'w [Vec<super::modules::PreparedModule>],
    index: &'w CompositionIndex,
    links: &'w Links,
    tree: &'w dyn Tree,
    faults: &'w HashMap<(String, usize), Place>,
}

impl<'w> Assembly<'w> {
    fn fault<T>(&self, doc: &Doc<T>) -> Option<&'w Place> {
        self.faults.get(&(doc.file.clone(), doc.index))
    }

    fn implicit(&self, skip: &BTreeSet<usize>) -> Vec<Instance<'w>> {
        let all = self.catalog.compositions.iter().enumerate().filter(|(i, _)| !skip.contains(i));
        let one = |(composition_index, composition): (usize, &'w _)| {
            let modules = self.modules.get(composition_index).map_or(&[][..], Vec::as_slice);
            Instance { composition_index, composition, modules, environment: None, faulty: self.fault(composition) }
        };
        all.map(one).collect()
    }

    fn entries(
        &self,
        skip: &BTreeSet<usize>,
        unreadable: &[Unreadable],
        findings: &mut Vec<Finding>,
    ) -> Vec<Instance<'w>> {
        let mut all = Vec::new();
        for (number, doc) in self.catalog.environments.iter().enumerate().filter(|(i, _)| !skip.contains(i)) {
            let mut taken = BTreeSet::new();
            for (position, entry) in doc.spec.compositions.iter().enumerate() {
                let place = doc.place(&format!("/spec/compositions/{position}/ref"));
                let Some(composition_index) = self.find(&entry.reference) else {
                    findings.extend(
                        self.missing(&entry.reference, place, unreadable)
                            .map(|d| Finding::new(d).environment(doc.name())),
                    );
                    continue;
                };
                let Some(composition) = self.catalog.compositions.get(composition_index) else { continue };
                if !taken.insert(composition_index) {
                    let message = format!("{} assembles `{}` twice.", doc.name(), composition.name());
                    let diagnostic =
                        Diagnostic::error("duplicate-entry", message, place).hint("Keep one of the entries.");
                    findings.push(Finding::new(diagnostic).environment(doc.name()).composition(composition.name()));
                    continue;
                }
                let modules = self.modules.get(composition_index).map_or(&[][..], Vec::as_slice);
                let environment = Some((number, doc, position, entry));
                let faulty = self.fault(composition).or_else(|| self.fault(doc));
                all.push(Instance { composition_index, composition, modules, environment, faulty });
            }
        }
        all
    }

    fn find(&self, written: &str) -> Option<usize> {
        let path = normalise(written).ok()?;
        self.index.by_path(&path).or_else(|| self.index.by_path(&self.links.resolve(self.tree, &path).ok()?))
    }

    /// Nothing to say if the text itself is no ref: that was told when the document was read.
    fn missing(&self, written: &str, place: Place, unreadable: &[Unreadable]) -> Option<Diagnostic> {
        let path = normalise(written).ok()?;
        let same = |file: &str| file == path || file.rsplit_once('.').is_some_and(|(stem, _)| stem == path);
        if unreadable.iter().any(|u| same(&u.file)) {
            let message = format!("The Composition `{written}` can't be read.");
            return Some(Diagnostic::error("broken-composition", message, place).hint("Mend it first."));
        }
        if self.catalog.compositions.iter().any(|d| same(&d.file)) {
            let message = format!("The Composition `{written}` shares its name with another.");
            return Some(Diagnostic::error("broken-composition", message, place).hint("Give each its own name."));
        }
        let message = format!("There is no Composition at `{written}`.");
        Some(Diagnostic::error("missing-composition", message, place).hint(self.index.hint(written)))
    }
}

/// Units sorted by id. A unit is a large value: positions are sorted, then each is moved once.
fn by_id(units: Vec<Built>) -> Vec<Built> {
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.par_sort_unstable_by_key(|i| units.get(*i).map(|b| &b.unit.id));
    let mut slots: Vec<Option<Built>> = units.into_iter().map(Some).collect();
    order.into_iter().filter_map(|i| slots.get_mut(i).and_then(Option::take)).collect()
}

/// Units of each instance with their module index.
fn by_instance(units: &[Built]) -> HashMap<InstanceKey, Vec<(usize, usize)>> {
    let mut all: HashMap<InstanceKey, Vec<(usize, usize)>> = HashMap::new();
    for (position, built) in units.iter().enumerate() {
        all.entry((built.environment, built.composition)).or_default().push((built.module, position));
    }
    all
}

fn knots(graph: &Graph, units: &[Unit], groups: &[Vec<usize>], findings: &mut Vec<Finding>) -> BTreeMap<usize, Place> {
    let mut knotted = BTreeMap::new();
    for knot in cycles(graph, units, groups) {
        for unit in &knot.units {
            knotted.insert(*unit, knot.diagnostic.place.clone());
        }
        let ids = knot.units.iter().filter_map(|u| units.get(*u)).map(|u| &u.id);
        findings.extend(ids.map(|id| Finding::new(knot.diagnostic.clone()).unit(id)));
    }
    knotted
}

fn unknown_windows(units: &[Unit], catalog: &Catalog) -> Vec<Finding> {
    let known: BTreeSet<&str> = catalog.windows.iter().map(|w| w.name()).collect();
    let mut found = Vec::new();
    for unit in units {
        for window in unit.route.windows.value.iter().filter(|w| !known.contains(w.as_str())) {
            let place = unit.route.windows.place.clone().unwrap_or_else(|| unit.place.clone());
            let message = format!("There is no Window `{window}`.");
            let diagnostic =
                Diagnostic::error("unknown-window", message, place).hint(choices(window, known.iter().copied()));
            found.push(Finding::new(diagnostic).unit(&unit.id));
        }
    }
    found
}

fn module_uses(catalog: &Catalog, modules: &[Vec<super::modules::PreparedModule>]) -> BTreeMap<String, Vec<ModuleUse>> {
    let of = |(doc, prepared): (
        &Doc<xcf_core::docs::composition::CompositionSpec>,
        &Vec<super::modules::PreparedModule>,
    )| {
        let one = |(module, p): (&xcf_core::docs::composition::Module, &super::modules::PreparedModule)| ModuleUse {
            name: super::modules::module_name(module).to_owned(),
            reference: module.reference.clone(),
            path: p.content.as_ref().map(|c| c.path.to_string()),
        };
        (doc.name().to_owned(), doc.spec.modules.iter().zip(prepared).map(one).collect())
    };
    catalog.compositions.iter().zip(modules).map(of).collect()
}
