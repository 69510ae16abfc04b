//! One unit: everything its documents say about it, and what is wrong with that (`dsl §1`, `§4`).

use super::assemble::{Built, Context, Instance, layer_of, tie_errors};
use super::finding::Finding;
use super::modules::PreparedModule;
use super::refs::choices;
use super::values::{Sources, escape};
use crate::router::{EnvironmentPart, RouteInput, Routed, route};
use std::collections::BTreeMap;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::composition::{Execution, Module};
use xcf_core::graph::{Host, Unit};
use xcf_core::ids::{CompName, EnvName, ModName, RepoPath, UnitId};
use xcf_core::route::{Engine, Origin};

/// Time limit of one engine step where nothing else is said, seconds.
const DEFAULT_TIMEOUT: u64 = 3600;
/// First back-off where nothing else is said, seconds.
const DEFAULT_BACKOFF: u64 = 10;

/// One module entry on its way to a unit.
pub(super) struct OneUnit<'a, 'w> {
    pub instance: &'a Instance<'w>,
    pub index: usize,
    pub module: &'w Module,
    pub prepared: &'w PreparedModule,
    pub name: &'w str,
}

impl OneUnit<'_, '_> {
    pub(super) fn build(&self, cx: &Context<'_>, labels: &BTreeMap<String, String>, found: &mut Vec<Finding>) -> Built {
        let Instance { composition, environment, .. } = *self.instance;
        let spec = &composition.spec;
        let over = environment.and_then(|(_, _, _, entry)| entry.modules.get(self.name));
        let content = self.prepared.content.as_deref();
        let id = UnitId::new(
            EnvName::from(self.instance.environment_name()),
            CompName::from(composition.name()),
            ModName::from(self.name),
        );
        let place = composition.place(&format!("/spec/modules/{}", self.index));
        let mut errors: Vec<Diagnostic> = self.prepared.errors.clone();
        let input = RouteInput {
            composition,
            module_index: self.index,
            module: self.module,
            module_name: self.name,
            lifecycle: spec.lifecycle.normalised(),
            layer: layer_of(spec),
            environment_name: Some(self.instance.environment_name()),
            environment: environment.map(|(_, doc, entry_index, entry)| EnvironmentPart {
                doc,
                entry_index,
                entry,
                module: over,
            }),
            content,
            labels,
            rows: cx.rows,
            engines: cx.engines,
        };
        let Routed { route, change_frequency, diagnostics, ties } = route(&input);
        errors.extend(diagnostics);
        errors.extend(ties.iter().flat_map(tie_errors));
        let sources = Sources {
            composition,
            module_index: self.index,
            module: self.module,
            module_name: self.name,
            environment: environment.map(|(_, doc, i, entry)| (doc, i, entry)),
            over,
            content,
        };
        let inputs = sources.merge();
        found.extend(sources.check(&id, &inputs));
        let hosts = self.hosts(route.engine.value, &mut errors);
        let (region, fault_domain) = self.region(&mut errors);
        let account = self.account(cx, &mut errors);
        let (timeout_seconds, retries, backoff_seconds) = self.execution();
        let observe = self.observes();
        found.extend(errors.into_iter().map(|d| Finding::new(d).unit(&id)));
        let unit = Unit {
            lifecycle: input.lifecycle,
            layer: input.layer,
            effective_layer: input.layer,
            change_frequency,
            labels: labels.clone(),
            module_ref: content.map_or_else(|| RepoPath::new(self.module.reference.clone()), |c| c.path.clone()),
            route,
            inputs,
            references: Vec::new(),
            hosts,
            account,
            region,
            fault_domain,
            cluster: over.and_then(|o| o.cluster.clone()).or_else(|| self.module.cluster.clone()),
            namespace: over.and_then(|o| o.namespace.clone()).or_else(|| self.module.namespace.clone()),
            watch: self.module.watch.clone(),
            rollback_fragment: self.module.rollback.as_deref().map(RepoPath::new),
            timeout_seconds,
            retries,
            backoff_seconds,
            moved_from: Vec::new(),
            not_yet_effective: Vec::new(),
            observe,
            place,
            entry_place: environment.map(|(_, doc, i, _)| doc.place(&format!("/spec/compositions/{i}"))),
            id,
        };
        let mut built = Built {
            unit,
            composition: self.instance.composition_index,
            environment: environment.map(|(i, _, _, _)| i),
            module: self.index,
            faulty: self.instance.faulty.cloned(),
        };
        built.unit.not_yet_effective = self.not_yet(cx, &built.unit);
        built
    }

    /// Hosts of a playbook: names and labels, both intersect, neither means all (`dsl §1`).
    fn hosts(&self, engine: Engine, errors: &mut Vec<Diagnostic>) -> Vec<Host> {
        if !matches!(engine, Engine::Ansible | Engine::Ssh) {
            return Vec::new();
        }
        let environment = self.instance.environment;
        let over = environment.and_then(|(_, _, _, entry)| entry.modules.get(self.name));
        let all: &[Host] = environment.map_or(&[], |(_, doc, _, _)| doc.spec.hosts.as_slice());
        let module_place =
            |field: &str| self.instance.composition.place(&format!("/spec/modules/{}{field}", self.index));
        let over_place = |field: &str| {
            environment.map(|(_, doc, i, _)| doc.place(&format!("/spec/compositions/{i}/modules/{}{field}", self.name)))
        };
        let (names, names_place) = match over.and_then(|o| o.hosts.as_ref()) {
            Some(names) => (Some(names), over_place("/hosts").unwrap_or_else(|| module_place("/hosts"))),
            None => (self.module.hosts.as_ref(), module_place("/hosts")),
        };
        let labels = over.and_then(|o| o.labels.as_ref()).unwrap_or(&self.module.labels);
        for name in names.into_iter().flatten().filter(|n| !all.iter().any(|h| h.name == **n)) {
            let message = format!("{} has no host `{name}`.", self.instance.environment_name());
            let hint = choices(name, all.iter().map(|h| h.name.as_str()));
            errors.push(Diagnostic::error("unknown-host", message, names_place.clone()).hint(hint));
        }
        let chosen = |h: &&Host| {
            names.is_none_or(|n| n.contains(&h.name)) && labels.iter().all(|(k, v)| h.labels.get(k) == Some(v))
        };
        let hosts: Vec<Host> = all.iter().filter(chosen).cloned().collect();
        if hosts.is_empty() {
            let message =
                format!("No host of {} is chosen for the playbook `{}`.", self.instance.environment_name(), self.name);
            let hint = "Add `hosts` to the Environment, or change `hosts` and `labels` of the module.";
            errors.push(Diagnostic::error("no-hosts", message, module_place("")).hint(hint));
        }
        hosts
    }

    fn region(&self, errors: &mut Vec<Diagnostic>) -> (Option<String>, Option<String>) {
        let environment = self.instance.environment;
        let over = environment.and_then(|(_, _, _, entry)| entry.modules.get(self.name));
        let Some(name) = over.and_then(|o| o.region.clone()).or_else(|| self.module.region.clone()) else {
            return (None, None);
        };
        let regions = environment.map_or(&[][..], |(_, doc, _, _)| doc.spec.regions.as_slice());
        let known = regions.iter().find(|r| r.name == name);
        if known.is_none() && !regions.is_empty() {
            let place = self.instance.composition.place(&format!("/spec/modules/{}/region", self.index));
            let message = format!("{} has no region `{name}`.", self.instance.environment_name());
            let hint = choices(&name, regions.iter().map(|r| r.name.as_str()));
            errors.push(Diagnostic::error("unknown-region", message, place).hint(hint));
        }
        (Some(name), known.and_then(|r| r.fault_domain.clone()))
    }

    fn account(&self, cx: &Context<'_>, errors: &mut Vec<Diagnostic>) -> Option<String> {
        let environment = self.instance.environment;
        let over =
            environment.and_then(|(_, doc, i, entry)| Some((doc, i, entry.modules.get(self.name)?.account.clone()?)));
        let of_environment =
            || environment.and_then(|(_, doc, _, _)| Some((doc.spec.account.clone()?, doc.place("/spec/account"))));
        let of_module = self
            .module
            .account
            .clone()
            .map(|a| (a, self.instance.composition.place(&format!("/spec/modules/{}/account", self.index))));
        let of_entry =
            over.map(|(doc, i, a)| (a, doc.place(&format!("/spec/compositions/{i}/modules/{}/account", self.name))));
        let (name, place) = of_entry.or(of_module).or_else(of_environment)?;
        if let Some(accounts) = cx.accounts.filter(|a| !a.contains_key(&name)) {
            let message = format!("The account `{name}` is not in .xcf.yaml.");
            let hint = choices(&name, accounts.keys().map(String::as_str));
            errors.push(Diagnostic::error("unknown-account", message, place).hint(hint));
        }
        Some(name)
    }

    /// The later layer wins field by field: an entry that sets `retries` keeps the module's `timeout`.
    fn execution(&self) -> (u64, u32, u64) {
        let entry = self.instance.environment.map(|(_, doc, _, entry)| (doc, entry));
        let layers: [Option<&Execution>; 5] = [
            self.instance.composition.spec.execution.as_ref(),
            self.module.execution.as_ref(),
            entry.and_then(|(doc, _)| doc.spec.execution.as_ref()),
            entry.and_then(|(_, e)| e.execution.as_ref()),
            entry.and_then(|(_, e)| e.modules.get(self.name)?.execution.as_ref()),
        ];
        let mut result = (DEFAULT_TIMEOUT, 0, DEFAULT_BACKOFF);
        for layer in layers.into_iter().flatten() {
            result.0 = layer.timeout.as_ref().map_or(result.0, |t| t.seconds());
            result.1 = layer.retries.unwrap_or(result.1);
            result.2 = layer.backoff.as_ref().map_or(result.2, |b| b.seconds());
        }
        result
    }

    fn observes(&self) -> bool {
        let entry = self.instance.environment.map(|(_, doc, _, entry)| (doc, entry));
        self.instance.composition.spec.observe.is_some()
            || self.module.observe.is_some()
            || entry.is_some_and(|(doc, e)| {
                let over = e.modules.get(self.name).is_some_and(|o| o.observe.is_some());
                doc.spec.observe.is_some() || e.observe.is_some() || over
            })
    }

    /// Restricting fields without behaviour that bind this unit: `apply` stops at them (`dsl` head).
    fn not_yet(&self, cx: &Context<'_>, unit: &Unit) -> Vec<(String, Place)> {
        let of = |file: &str, index: usize| cx.not_yet.get(&(file.to_owned(), index)).into_iter().flatten();
        let Instance { composition, environment, .. } = *self.instance;
        let mut all = Vec::new();
        for field in of(&composition.file, composition.index) {
            let other =
                field.pointer.strip_prefix("/spec/modules/").is_some_and(|rest| first(rest) != self.index.to_string());
            if !other {
                all.push((short(&field.pointer), field.place.clone()));
            }
        }
        if let Some((_, doc, entry, _)) = environment {
            for field in of(&doc.file, doc.index) {
                let other = field.pointer.strip_prefix("/spec/compositions/").is_some_and(|rest| {
                    let inner = rest.split_once('/').map_or("", |(_, r)| r);
                    first(rest) != entry.to_string()
                        || inner.strip_prefix("modules/").is_some_and(|r| first(r) != escape(self.name))
                });
                if !other {
                    all.push((short(&field.pointer), field.place.clone()));
                }
            }
        }
        let windows = &unit.route.windows;
        if let (Origin::Matrix, false, Some(place)) = (windows.origin, windows.value.is_empty(), &windows.place) {
            all.push(("window".to_owned(), place.clone()));
        }
        all
    }
}

fn first(rest: &str) -> &str {
    rest.split('/').next().unwrap_or_default()
}

/// The field's own name: what follows the list or map it stands in.
fn short(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or(pointer).to_owned()
}
