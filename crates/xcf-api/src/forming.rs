//! The palette and the form: modules with typed ports, one unit's inputs with every layer, what could be wired, and what
//! an edit would say before it is made (issue points "Canvas authoring" and "Forms").

use crate::dto::{
    CatalogDto, DiagnosticDto, EditCheckDto, EditRequest, EditTargetDto, EngineChoiceDto, FieldDto, FieldLayerDto,
    FieldResetDto, FormDto, ModuleDetailDto, OfferDto, OffersDto, PlaceDto, SecretChoiceDto,
};
use crate::error::{Answer, Problem};
use crate::open::{Loaded, Workspace, blocking};
use crate::views::catalog::{card, validations, value_type};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use xcf_core::diag::Diagnostic;
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;
use xcf_core::ports::tree::{EntryKind, Tree, TreeEntry, TreeError};
use xcf_core::route::Engine;
use xcf_core::value::{Shape, shape};
use xcf_plan::catalog::ModuleCard;
use xcf_plan::content::Variable;
use xcf_plan::content::types::InputType;
use xcf_plan::form::{LayerValue, layers, offers, secrets};
use xcf_plan::workspace::Workspace as Model;

/// Outputs offered at once.
const MOST_OFFERS: usize = 200;
/// Known secrets offered.
const MOST_SECRETS: usize = 200;

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Workspace {
    /// Use case: the palette.
    ///
    /// # Errors
    /// The working tree can't be read.
    pub(crate) async fn catalog(&self) -> Answer<CatalogDto> {
        let (cards, model) = self.cards().await?;
        let users = users(&model);
        let used_by = |c: &ModuleCard| users.get(c.content.path.as_str()).cloned().unwrap_or_default();
        Ok(CatalogDto { modules: cards.iter().map(|c| card(c, used_by(c))).collect() })
    }
    /// Use case: one module with the schema of its inputs.
    ///
    /// # Errors
    /// No such module in the working tree.
    pub(crate) async fn module(&self, reference: &str) -> Answer<ModuleDetailDto> {
        let (cards, model) = self.cards().await?;
        let found = cards.iter().find(|c| c.reference == reference).ok_or_else(|| Problem::not_found(reference))?;
        let used_by = users(&model).remove(found.content.path.as_str()).unwrap_or_default();
        let schema = xcf_plan::catalog::schema::inputs(&found.title, &found.content.interface);
        Ok(ModuleDetailDto { card: card(found, used_by), schema })
    }
    async fn cards(&self) -> Answer<(Vec<Arc<ModuleCard>>, Arc<Model>)> {
        let Loaded { tree, model } = self.at_worktree().await?;
        let (known, shown) = (Arc::clone(&self.cards), Arc::clone(&model));
        let cards = blocking(move || {
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(known.refresh(tree.as_ref(), &shown))
        })
        .await?;
        Ok((cards, model))
    }
    /// Use case: the form over one unit's inputs.
    ///
    /// # Errors
    /// No such unit in the working tree.
    pub(crate) async fn form(&self, id: &UnitId) -> Answer<FormDto> {
        let now = self.at_worktree().await?;
        let head = self.at_head().await?;
        let unit = now.model.unit(id).ok_or_else(|| Problem::not_found(id))?;
        let content = now.model.content(unit);
        let mut digests = Digests { loaded: &now, known: BTreeMap::new() };
        let declared = content.map(|c| &c.interface.inputs);
        let mut names: Vec<&String> = declared.into_iter().flat_map(|d| d.keys()).collect();
        names.extend(unit.inputs.keys().filter(|n| declared.is_none_or(|d| !d.contains_key(*n))));
        let was = head.model.unit(id);
        let fields = names
            .into_iter()
            .map(|name| field(&now.model, unit, was, name, declared.and_then(|d| d.get(name)), &mut digests))
            .collect::<Answer<Vec<_>>>()?;
        let schema = content.map(|c| xcf_plan::catalog::schema::inputs(unit.id.module.as_str(), &c.interface));
        let known = secrets(&now.model).into_iter().take(MOST_SECRETS);
        Ok(FormDto {
            unit: id.to_string(),
            module_ref: unit.module_ref.to_string(),
            fields,
            engines: self.engine_choices(content.map(xcf_plan::content::ModuleContent::engines).unwrap_or_default()),
            secrets: known.map(|s| SecretChoiceDto { reference: s.reference, units: count(s.units) }).collect(),
            schema: schema.unwrap_or(Value::Bool(true)),
        })
    }
    fn engine_choices(&self, possible: Vec<Engine>) -> Vec<EngineChoiceDto> {
        let choice = |engine: &Engine| EngineChoiceDto {
            engine: engine.to_string(),
            possible: possible.contains(engine),
            built: self.runners.contains_key(engine),
        };
        let mut all: Vec<EngineChoiceDto> = Engine::ALL.iter().map(choice).collect();
        all.sort_by_key(|c| !c.possible);
        all
    }
    /// Use case: outputs that could feed an input.
    ///
    /// # Errors
    /// No such unit in the working tree.
    pub(crate) async fn offers(&self, id: &UnitId, input: &str, query: &str) -> Answer<OffersDto> {
        let model = self.at_worktree().await?.model;
        let (id, input, query) = (id.clone(), input.to_owned(), query.to_owned());
        blocking(move || {
            let unit = model.unit(&id).ok_or_else(|| Problem::not_found(&id))?;
            let (found, total) = offers(&model, unit, &input, &query, MOST_OFFERS);
            let offer = |o: xcf_plan::form::Offer| OfferDto {
                unit: o.unit.to_string(),
                output: o.output,
                type_text: o.type_text,
                description: o.description,
                sensitive: o.sensitive,
                reference: o.reference,
                refused: o.refused.unwrap_or_default(),
            };
            Ok(OffersDto { offers: found.into_iter().map(offer).collect(), total: count(total) })
        })
        .await
    }
    /// Use case: what an edit would say, without making it. The whole workspace is read with the edited text, so that the
    /// answer is that of `xcf validate`.
    ///
    /// # Errors
    /// As the edit itself.
    pub(crate) async fn check_edit(&self, request: &EditRequest) -> Answer<EditCheckDto> {
        let text = self.edited(request).await?;
        let now = self.at_worktree().await?;
        let file = request.file.clone();
        blocking(move || {
            let tree = Overlay::new(now.tree, &file, text.into_bytes());
            let then = xcf_plan::workspace::load(&tree);
            Ok(EditCheckDto {
                added: without(&then.diagnostics, &now.model.diagnostics),
                resolved: without(&now.model.diagnostics, &then.diagnostics),
            })
        })
        .await
    }
}

/// Compositions by the module path they use.
fn users(model: &Model) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (composition, uses) in &model.module_uses {
        for path in uses.iter().filter_map(|u| u.path.as_ref()) {
            let list = all.entry(path.clone()).or_default();
            if list.last() != Some(composition) {
                list.push(composition.clone());
            }
        }
    }
    all
}

/// Findings of `these` that are not among `those`; a finding that only moved to another line is the same.
fn without(these: &[Diagnostic], those: &[Diagnostic]) -> Vec<DiagnosticDto> {
    let key = |d: &Diagnostic| (d.severity, d.code.clone(), d.message.clone(), d.place.file.clone());
    let known: std::collections::BTreeSet<_> = those.iter().map(key).collect();
    these.iter().filter(|d| !known.contains(&key(d))).map(DiagnosticDto::from).collect()
}

/// Digests of the files that edits go to, so that an edit made on an older text is refused.
struct Digests<'a> {
    loaded: &'a Loaded,
    known: BTreeMap<String, String>,
}

impl Digests<'_> {
    fn of(&mut self, file: &str) -> Answer<String> {
        if let Some(known) = self.known.get(file) {
            return Ok(known.clone());
        }
        let bytes = self.loaded.tree.read(file, u64::MAX).map_err(|e| Problem::internal("io", e))?;
        let digest = xcf_core::digest::sha256(&bytes).to_string();
        self.known.insert(file.to_owned(), digest.clone());
        Ok(digest)
    }
}

fn field(
    model: &Model,
    unit: &Unit,
    was: Option<&Unit>,
    name: &str,
    variable: Option<&Variable>,
    digests: &mut Digests<'_>,
) -> Answer<FieldDto> {
    let source = unit.inputs.get(name);
    let before = was.and_then(|u| u.inputs.get(name)).map(|s| &s.value);
    let changed = was.is_some() && before != source.map(|s| &s.value);
    let reference = unit.references.iter().find(|r| r.input == name && r.pointer.is_empty());
    let all = layers(model, unit, name);
    let winner = all.iter().rposition(|l| l.value.is_some());
    let mut shown = Vec::new();
    for layer in &all {
        shown.push(layer_dto(layer, digests)?);
    }
    let default = variable.and_then(|v| v.default_value.clone());
    let has_default = variable.is_some_and(|v| !v.required);
    let reset = winner.and_then(|index| {
        let below = all.get(..index)?.iter().rev().find(|l| l.value.is_some());
        let to = match (below, has_default) {
            (Some(layer), _) => layer.layer.as_str(),
            (None, true) => "default",
            (None, false) => "unset",
        };
        let value = below.map_or_else(|| default.clone(), |l| l.value.clone());
        Some(FieldResetDto { edit: shown.get(index)?.edit.clone(), to: to.to_owned(), value })
    });
    let kind = match (source.map(|s| shape(&s.value)), reference) {
        (None, _) => "unset",
        (Some(Shape::Secret(_)), _) => "secret",
        (Some(_), Some(_)) | (Some(Shape::Output(_)), None) => "reference",
        (Some(_), None) => "literal",
    };
    let here = |d: &&Diagnostic| {
        source.is_some_and(|s| d.place.file == s.place.file && d.place.line == s.place.line)
            || (source.is_none() && d.code == "missing-input" && variable.is_some_and(|v| d.related.contains(&v.place)))
    };
    let diagnostics = model.diagnostics.iter().filter(here).map(DiagnosticDto::from).collect();
    Ok(FieldDto {
        name: name.to_owned(),
        value_type: value_type(variable.map_or(&InputType::Unknown, |v| &v.input_type)),
        description: variable.map(|v| v.description.clone()).unwrap_or_default(),
        declared: variable.is_some(),
        declared_at: variable.map(|v| PlaceDto::from(&v.place)),
        required: variable.is_some_and(|v| v.required),
        sensitive: variable.is_some_and(|v| v.sensitive),
        nullable: variable.is_none_or(|v| v.nullable),
        choices: variable.and_then(|v| v.choices().map(<[_]>::to_vec)),
        validations: variable.map(validations).unwrap_or_default(),
        default,
        default_text: variable.and_then(|v| v.default.clone()),
        kind: kind.to_owned(),
        value: source.map(|s| s.value.clone()),
        was: if changed { before.cloned() } else { None },
        reference: reference.map(|r| format!("{}.{}.{}", r.target.composition, r.target.module, r.reference.output)),
        reference_unit: reference.map(|r| r.target.to_string()),
        origin: winner.and_then(|i| all.get(i)).map_or("default", |l| l.layer.as_str()).to_owned(),
        layers: shown,
        reset,
        diagnostics,
    })
}

fn layer_dto(layer: &LayerValue, digests: &mut Digests<'_>) -> Answer<FieldLayerDto> {
    Ok(FieldLayerDto {
        layer: layer.layer.as_str().to_owned(),
        value: layer.value.clone(),
        place: layer.place.as_ref().map(PlaceDto::from),
        edit: EditTargetDto {
            file: layer.file.clone(),
            document: layer.document,
            pointer: layer.pointer.clone(),
            digest: digests.of(&layer.file)?,
        },
    })
}

/// A tree with one file replaced.
struct Overlay {
    base: Arc<dyn Tree>,
    entries: Vec<TreeEntry>,
    path: String,
    bytes: Arc<[u8]>,
}

impl Overlay {
    fn new(base: Arc<dyn Tree>, path: &str, bytes: Vec<u8>) -> Self {
        let mut entries = base.entries().to_vec();
        let entry = TreeEntry {
            path: path.to_owned(),
            kind: EntryKind::File,
            size: bytes.len() as u64,
            content_id: xcf_core::digest::sha256(&bytes).to_string(),
        };
        match entries.binary_search_by(|e| e.path.as_str().cmp(path)) {
            Ok(at) => {
                if let Some(old) = entries.get_mut(at) {
                    *old = entry;
                }
            }
            Err(at) => entries.insert(at, entry),
        }
        Self { base, entries, path: path.to_owned(), bytes: bytes.into() }
    }
}

impl Tree for Overlay {
    fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }
    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError> {
        if path != self.path {
            return self.base.read(path, limit);
        }
        let size = self.bytes.len() as u64;
        if size > limit {
            return Err(TreeError::TooLarge { path: path.to_owned(), size, limit });
        }
        Ok(Arc::clone(&self.bytes))
    }
}
