//! One unit in the Inspector: inputs with origin, policies, route with why, plan, outputs, history (`D12`).

use crate::dto::{
    DiagnosticDto, EditTargetDto, HistoryDto, InputDto, OutputValueDto, OutputsDto, PlaceDto, PolicyFieldDto,
    UnitDetailDto, UnitYamlDto,
};
use crate::error::{Answer, Problem};
use crate::open::{Loaded, Workspace};
use crate::recipe::RecordedOutputs;
use crate::views::event::{said, text};
use crate::views::plan::unit_plan;
use crate::views::planned::if_planned;
use crate::views::route::{backup_words, origin_word, rows};
use serde_json::Value;
use std::collections::BTreeMap;
use xcf_core::docs::composition::Module;
use xcf_core::graph::{InputSource, Unit};
use xcf_core::ids::UnitId;
use xcf_core::route::{Drift, Engine, Gate, Origin, Rollback};
use xcf_core::value::{Shape, shape};
use xcf_plan::content::Variable;
use xcf_plan::workspace::Workspace as Model;

/// Newest events shown.
const MOST_HISTORY: usize = 50;
/// Events looked through for them.
const HISTORY_WINDOW: u64 = 20_000;

/// Where the module entry of a unit stands: its Composition's file and index.
struct Home<'a> {
    file: &'a str,
    document: usize,
    index: usize,
    module: &'a Module,
}

impl Home<'_> {
    fn target(&self, tail: &str, digest: &str) -> EditTargetDto {
        EditTargetDto {
            file: self.file.to_owned(),
            document: self.document,
            pointer: format!("/spec/modules/{}{tail}", self.index),
            digest: digest.to_owned(),
        }
    }
}

fn home<'a>(model: &'a Model, unit: &Unit) -> Option<Home<'a>> {
    let doc = model.composition(unit.id.composition.as_str())?;
    let named = |m: &Module| {
        m.name.clone().unwrap_or_else(|| xcf_core::docs::check::default_module_name(&m.reference).to_owned())
            == unit.id.module.as_str()
    };
    let index = doc.spec.modules.iter().position(named)?;
    Some(Home { file: &doc.file, document: doc.index, index, module: doc.spec.modules.get(index)? })
}

impl Workspace {
    /// Use case: everything the Inspector shows.
    ///
    /// # Errors
    /// No such unit in the working tree.
    pub(crate) async fn unit_detail(&self, id: &UnitId) -> Answer<UnitDetailDto> {
        let now = self.at_worktree().await?;
        let unit = now.model.unit(id).ok_or_else(|| Problem::not_found(id))?;
        let home = home(&now.model, unit).ok_or_else(|| Problem::not_found(format!("the document of {id}")))?;
        let head = self.at_head().await?;
        let text = self.text_of(home.file).await?.unwrap_or_default();
        let digests = self.digests_of(&now, unit).await?;
        let ledger = self.ledger().await?;
        self.refresh_pending(&now, &ledger).await?;
        let draft = self.changed_in(&head, &now).await?.contains(id);
        let planned = if_planned(&now.model, unit);
        let file_digest = xcf_core::digest::sha256(text.as_bytes()).to_string();
        Ok(UnitDetailDto {
            node: self.node(&now.model, &ledger, unit, draft, self.clock.now()),
            module_ref: unit.module_ref.to_string(),
            inputs: inputs(&now, &head.model, unit, &home, &digests),
            policies: policies(unit, &home, &file_digest),
            yaml: UnitYamlDto { file: home.file.to_owned(), digest: file_digest, text, start_line: unit.place.line },
            route: rows(&unit.route),
            plan: self.newest_plan(id).await?,
            outputs: self.outputs(id).await?.outputs,
            history: self.history(id).await?,
            diagnostics: diagnostics(&now.model, unit, home.file),
            depends_on: now.model.depends_on(id).iter().map(ToString::to_string).collect(),
            dependants: now.model.dependants(id).iter().map(ToString::to_string).collect(),
            if_planned: planned.iter().map(|p| p.text.clone()).collect(),
            if_planned_said: planned,
        })
    }
    /// Digests of every file an edit of this unit's inputs may go to.
    async fn digests_of(&self, now: &Loaded, unit: &Unit) -> Answer<BTreeMap<String, String>> {
        let mut digests = BTreeMap::new();
        let files = unit.inputs.values().map(|s| s.place.file.clone()).chain([unit.place.file.clone()]);
        for file in files {
            if let std::collections::btree_map::Entry::Vacant(entry) = digests.entry(file) {
                let bytes = now.tree.read(entry.key(), u64::MAX).map_err(|e| Problem::internal("io", e))?;
                entry.insert(xcf_core::digest::sha256(&bytes).to_string());
            }
        }
        Ok(digests)
    }
    async fn newest_plan(&self, id: &UnitId) -> Answer<Option<crate::dto::UnitPlanDto>> {
        let ledger = self.ledger().await?;
        let open =
            ledger.change_sets.values().rev().find(|c| {
                c.ended.is_none() && c.current().is_some_and(|r| r.planned.units.contains_key(&id.to_string()))
            });
        let Some(revision) = open.and_then(|c| c.current()) else { return Ok(None) };
        let set = self.change_set_of(&revision.planned.blob).await?;
        Ok(set.unit(id).and_then(|u| u.plan.as_ref()).map(unit_plan))
    }
    /// Use case: applied outputs; sensitive ones masked.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn outputs(&self, id: &UnitId) -> Answer<OutputsDto> {
        let model = self.at_worktree().await?.model;
        let recorded = self.recorded_outputs(id).await?;
        if recorded.is_none() && model.unit(id).is_none() {
            return Err(Problem::not_found(id));
        }
        let recorded = recorded.unwrap_or_default();
        let declared = model.unit(id).and_then(|u| model.content(u)).map(|c| &c.interface.outputs);
        let mut names: Vec<&String> = recorded
            .values
            .keys()
            .chain(recorded.sensitive.keys())
            .chain(declared.into_iter().flat_map(|d| d.keys()))
            .collect();
        names.sort();
        names.dedup();
        let readers = |name: &str| -> Vec<String> {
            let reads = |u: &&Unit| u.references.iter().any(|r| &r.target == id && r.reference.output == name);
            model.units.iter().filter(reads).map(|u| u.id.to_string()).collect()
        };
        let value = |name: &str| match recorded.get(name) {
            Some((_, true)) => (Some(Value::String(xcf_core::secret::MASK.to_owned())), true),
            Some((value, false)) => (Some(value.clone()), false),
            None => (None, declared.and_then(|d| d.get(name)).is_some_and(|d| d.sensitive)),
        };
        let outputs = names.into_iter().map(|name| {
            let (value, sensitive) = value(name);
            OutputValueDto { name: name.clone(), value, sensitive, readers: readers(name) }
        });
        Ok(OutputsDto { unit: id.to_string(), outputs: outputs.collect() })
    }
    /// Outputs recorded by the last apply; none if never applied.
    pub(crate) async fn recorded_outputs(&self, id: &UnitId) -> Answer<Option<RecordedOutputs>> {
        let ledger = self.ledger().await?;
        let Some(applied) = ledger.units.get(id).and_then(|u| u.applied.as_ref()) else { return Ok(None) };
        Ok(Some(self.blob_json(&applied.record.outputs).await?))
    }
    /// Reads a JSON blob.
    pub(crate) async fn blob_json<T: serde::de::DeserializeOwned>(&self, id: &xcf_core::ids::BlobId) -> Answer<T> {
        let bytes = self.store.get(id).await?;
        serde_json::from_slice(&bytes)
            .map_err(|e| Problem::internal("store-damaged", format!("blob {id} is not what was written: {e}")))
    }
    /// Writes a JSON blob.
    pub(crate) async fn put_json(&self, value: &impl serde::Serialize) -> Answer<xcf_core::ids::BlobId> {
        let bytes = serde_json::to_vec(value).map_err(|e| Problem::internal("not-json", e))?;
        Ok(self.store.put(&bytes).await?)
    }
    async fn history(&self, id: &UnitId) -> Answer<Vec<HistoryDto>> {
        let head = self.store.head().await?;
        let mut position = head.saturating_sub(HISTORY_WINDOW);
        let mut found = Vec::new();
        loop {
            let events = self.store.read(position, 2_000).await?;
            let Some(last) = events.last() else { break };
            position = last.position;
            for event in events.iter().filter(|e| e.event.unit.as_ref() == Some(id)) {
                let line = text(event);
                if line.is_empty() {
                    continue;
                }
                let e = &event.event;
                found.push(HistoryDto {
                    position: event.position,
                    at: e.at.to_string(),
                    kind: e.kind.to_string(),
                    actor: e.actor.display_name().to_owned(),
                    change_set: e.change_set.map(|c| c.to_string()),
                    said: said(event),
                    text: line,
                });
            }
        }
        found.reverse();
        found.truncate(MOST_HISTORY);
        Ok(found)
    }
}

fn inputs(
    now: &Loaded,
    head: &Model,
    unit: &Unit,
    home: &Home<'_>,
    digests: &BTreeMap<String, String>,
) -> Vec<InputDto> {
    let content = now.model.content(unit);
    let declared = content.map(|c| &c.interface.inputs);
    let was = head.unit(&unit.id);
    let mut names: Vec<&String> = declared.into_iter().flat_map(|d| d.keys()).collect();
    names.extend(unit.inputs.keys().filter(|n| declared.is_none_or(|d| !d.contains_key(*n))));
    names
        .into_iter()
        .map(|name| input(now, unit, home, digests, name, declared.and_then(|d| d.get(name)), was))
        .collect()
}

fn input(
    now: &Loaded,
    unit: &Unit,
    home: &Home<'_>,
    digests: &BTreeMap<String, String>,
    name: &str,
    variable: Option<&Variable>,
    was: Option<&Unit>,
) -> InputDto {
    let source = unit.inputs.get(name);
    let before = was.and_then(|u| u.inputs.get(name));
    let reference = unit.references.iter().find(|r| r.input == name);
    let changed = was.is_some() && before.map(|b| &b.value) != source.map(|s| &s.value);
    let kind = match (source.map(|s| shape(&s.value)), reference) {
        (None, _) => "unset",
        (Some(Shape::Secret(_)), _) => "secret",
        (Some(_), Some(_)) => "reference",
        (Some(_), None) => "literal",
    };
    InputDto {
        name: name.to_owned(),
        type_text: variable.and_then(|v| v.type_text.clone()).unwrap_or_default(),
        description: variable.map(|v| v.description.clone()).unwrap_or_default(),
        required: variable.is_some_and(|v| v.required),
        sensitive: variable.is_some_and(|v| v.sensitive),
        default: variable
            .and_then(|v| v.default.as_deref())
            .map(|t| serde_json::from_str(t).unwrap_or_else(|_| Value::String(t.to_owned()))),
        kind: kind.to_owned(),
        value: source.map(|s| s.value.clone()),
        was: if changed { before.map(|b| b.value.clone()) } else { None },
        reference: reference.map(|r| format!("{}.{}.{}", r.target.composition, r.target.module, r.reference.output)),
        reference_unit: reference.map(|r| r.target.to_string()),
        origin: source.map_or("default", |s| origin_word(s.origin)).to_owned(),
        place: source.map(|s| PlaceDto::from(&s.place)),
        edit: edit_target(now, unit, home, digests, name, source),
        diagnostics: source.map(|s| at_place(&now.model, s)).unwrap_or_default(),
    }
}

fn edit_target(
    now: &Loaded,
    unit: &Unit,
    home: &Home<'_>,
    digests: &BTreeMap<String, String>,
    name: &str,
    source: Option<&InputSource>,
) -> EditTargetDto {
    let digest = |file: &str| digests.get(file).cloned().unwrap_or_default();
    match source {
        // An entry's input is edited in the Environment's file: that is where it is written.
        Some(s) if s.origin == Origin::EnvironmentEntry => {
            let document = now.model.environment_doc(unit.id.environment.as_str()).map_or(0, |d| d.index);
            EditTargetDto {
                file: s.place.file.clone(),
                document,
                pointer: s.pointer.clone(),
                digest: digest(&s.place.file),
            }
        }
        Some(s) => EditTargetDto {
            file: s.place.file.clone(),
            document: home.document,
            pointer: s.pointer.clone(),
            digest: digest(&s.place.file),
        },
        None => home.target(&format!("/inputs/{}", name.replace('~', "~0").replace('/', "~1")), &digest(home.file)),
    }
}

fn at_place(model: &Model, source: &InputSource) -> Vec<DiagnosticDto> {
    model
        .diagnostics
        .iter()
        .filter(|d| d.place.file == source.place.file && d.place.line == source.place.line)
        .map(DiagnosticDto::from)
        .collect()
}

fn policies(unit: &Unit, home: &Home<'_>, digest: &str) -> Vec<PolicyFieldDto> {
    let written = home.module.policies.clone().unwrap_or_default();
    let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let route = &unit.route;
    let field =
        |name: &str, tail: &str, choices: Vec<String>, value: Option<String>, effective: String, origin: Origin| {
            PolicyFieldDto {
                field: name.to_owned(),
                choices,
                value,
                effective,
                origin: origin_word(origin).to_owned(),
                edit: home.target(tail, digest),
            }
        };
    let mut gates: Vec<String> = Gate::ALL.iter().map(ToString::to_string).collect();
    gates.push("environment".to_owned());
    vec![
        field(
            "engine",
            "/engine",
            Engine::ALL.iter().map(ToString::to_string).collect(),
            home.module.engine.map(|e| e.to_string()),
            route.engine.value.to_string(),
            route.engine.origin,
        ),
        field(
            "approval",
            "/policies/approval",
            gates,
            written.approval.map(|a| xcf_plan::matrix::approval_word(a).to_owned()),
            route.gate.value.to_string(),
            route.gate.origin,
        ),
        field(
            "drift",
            "/policies/drift",
            Drift::ALL.iter().map(ToString::to_string).collect(),
            written.drift.map(|d| d.to_string()),
            route.drift.value.to_string(),
            route.drift.origin,
        ),
        field(
            "backup",
            "/policies/backup",
            words(&["none", "config-snapshot", "cluster-snapshot", "pre-change", "git-tag"]),
            written.backup.as_ref().map(|b| backup_words(&xcf_plan::matrix::backup_set(b))),
            backup_words(&route.backup.value),
            route.backup.origin,
        ),
        field(
            "rollback",
            "/policies/rollback",
            Rollback::ALL.iter().map(ToString::to_string).collect(),
            written.rollback.map(|r| r.to_string()),
            route.rollback.value.to_string(),
            route.rollback.origin,
        ),
    ]
}

fn diagnostics(model: &Model, unit: &Unit, file: &str) -> Vec<DiagnosticDto> {
    let environment = unit.entry_place.as_ref().map(|p| p.file.as_str());
    let module = unit.module_ref.as_str();
    let ours = |f: &str| {
        f == file || Some(f) == environment || f == module || f.strip_prefix(module).is_some_and(|r| r.starts_with('/'))
    };
    model.diagnostics.iter().filter(|d| ours(&d.place.file)).map(DiagnosticDto::from).collect()
}
