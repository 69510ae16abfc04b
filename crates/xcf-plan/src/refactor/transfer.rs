//! A module goes to another Composition.

use super::copy::json;
use super::delete::drop_override;
use super::refs::{self, Written};
use super::rename::belongs_to;
use super::{Desk, Outcome, RefactorError, moved, set};
use crate::workspace::modules::module_name;
use crate::workspace::values::escape;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::docs::Doc;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::edit::{Edit, EditError, Spot};
use xcf_core::ids::UnitId;
use xcf_core::route::Origin;

/// A move, looked up.
struct Move<'a> {
    from: &'a Doc<CompositionSpec>,
    to: &'a Doc<CompositionSpec>,
    from_at: usize,
    to_at: usize,
    index: usize,
    module: &'a str,
}

/// Moves a module; returns what to select.
pub(super) fn module(
    desk: &mut Desk<'_>,
    composition: &str,
    module: &str,
    to: &str,
    index: Option<usize>,
) -> Outcome<String> {
    let (from_doc, to_doc) = (desk.composition(composition)?, desk.composition(to)?);
    let (at, _) = desk.module(from_doc, module)?;
    if composition == to {
        return Err(RefactorError::Taken { what: "the module", name: format!("{to}/{module}") });
    }
    desk.is_free(to_doc, module)?;
    let position = |name: &str| refs::composition_of(desk.model, name).unwrap_or_default();
    let (from_at, to_at) = (position(composition), position(to));
    let plan = Move { from: from_doc, to: to_doc, from_at, to_at, index: at, module };
    plan.same_environments(desk)?;
    plan.no_order_lost(desk)?;
    // Back to front: pointers into the texts stay right until the item itself goes.
    plan.references(desk)?;
    plan.overrides(desk)?;
    plan.item(desk, index)?;
    Ok(format!("{to}/{module}"))
}

impl Move<'_> {
    /// Every Environment assembles both, or neither.
    fn same_environments(&self, desk: &Desk<'_>) -> Outcome<()> {
        let of = |position| refs::entries(desk.model, position).iter().map(|(d, _, _)| d.name().to_owned()).collect();
        let (from, to): (BTreeSet<String>, BTreeSet<String>) = (of(self.from_at), of(self.to_at));
        let only = |environment: &String, what| RefactorError::Assembly {
            environment: environment.clone(),
            from: self.from.name().to_owned(),
            to: self.to.name().to_owned(),
            what,
        };
        if let Some(environment) = from.difference(&to).next() {
            return Err(only(environment, "vanish"));
        }
        match to.difference(&from).next() {
            Some(environment) => Err(only(environment, "appear")),
            None => Ok(()),
        }
    }

    /// `dependsOn` between the module and a sibling is given up only where a wire says the same.
    fn no_order_lost(&self, desk: &mut Desk<'_>) -> Outcome<()> {
        let doc = self.from;
        let mut edits = Vec::new();
        for (index, other) in doc.spec.modules.iter().enumerate() {
            let own = index == self.index;
            let count = other.depends_on.len();
            let mut gone = Vec::new();
            for (i, name) in other.depends_on.iter().enumerate() {
                if !own && name != self.module {
                    continue;
                }
                let (before, after) =
                    if own { (name.as_str(), self.module) } else { (self.module, module_name(other)) };
                if !self.is_wired(desk, before, after) {
                    let sibling = if own { name.clone() } else { module_name(other).to_owned() };
                    let place = doc.place(&format!("/spec/modules/{index}/dependsOn/{i}"));
                    return Err(RefactorError::Order { module: self.module.to_owned(), sibling, place });
                }
                gone.push(i);
            }
            let base = format!("/spec/modules/{index}/dependsOn");
            match gone.len() == count {
                true if count > 0 => edits.push(Edit::Delete { pointer: base }),
                _ => edits.extend(gone.into_iter().rev().map(|i| Edit::Delete { pointer: format!("{base}/{i}") })),
            }
        }
        desk.edit(&doc.file, doc.index, &edits)
    }

    fn is_wired(&self, desk: &Desk<'_>, before: &str, after: &str) -> bool {
        let id = |unit: &UnitId, module: &str| {
            unit.composition.as_str() == self.from.name() && unit.module.as_str() == module
        };
        let mut instances = desk.model.units.iter().filter(|u| id(&u.id, after)).peekable();
        instances.peek().is_some()
            && instances.all(|u| u.references.iter().any(|r| !r.cross_environment && id(&r.target, before)))
    }

    /// Everything that read the module reads it at its new place; what it reads itself stays the same.
    fn references(&self, desk: &mut Desk<'_>) -> Outcome<()> {
        let was_lone = self.to.spec.modules.len() == 1;
        for written in refs::all(desk.model) {
            let own = belongs_to(&written.holder, self.from_at, self.index, self.module);
            let target = desk.model.compositions.get(written.target);
            let means = target.and_then(|d| refs::module_of(d, &written.reference)).map(str::to_owned);
            let reads_it = written.target == self.from_at && means.as_deref() == Some(self.module);
            let edits = match (reads_it, own, written.target) {
                // Its own outputs, or those of siblings that are siblings no more.
                (true, true, _) => Vec::new(),
                (true, false, _) => self.now_at(&written, self.to.name(), Some(self.module)),
                (false, true, t) if t == self.from_at && written.reference.from.is_none() => {
                    self.now_at(&written, self.from.name(), means.as_deref())
                }
                // It was the only module there, now it has a neighbour.
                (false, _, t) if t == self.to_at && was_lone && written.reference.module.is_none() => {
                    self.now_at(&written, "", means.as_deref())
                }
                _ => Vec::new(),
            };
            desk.edit(&written.file, written.document, &edits)?;
        }
        Ok(())
    }

    /// Edits of one reference: from this Composition (empty: as it is), this module.
    fn now_at(&self, written: &Written, from: &str, module: Option<&str>) -> Vec<Edit> {
        let mut edits = Vec::new();
        if !from.is_empty() {
            edits.push(set(format!("{}/from", written.pointer), from));
        }
        edits.extend(module.map(|m| set(format!("{}/module", written.pointer), m)));
        edits
    }

    /// Overrides go along; inputs that an entry gave to all modules are kept for this one.
    fn overrides(&self, desk: &mut Desk<'_>) -> Outcome<()> {
        let model = desk.model;
        let targets = refs::entries(model, self.to_at);
        for (environment, from_index, from_entry) in refs::entries(model, self.from_at) {
            let Some((_, to_index, _)) = targets.iter().find(|(d, _, _)| d.file == environment.file) else { continue };
            let mut edits = Vec::new();
            let base = format!("/spec/compositions/{to_index}/modules/{}", escape(self.module));
            self.no_comment_lost(desk, environment, from_index)?;
            let mut over = from_entry.modules.get(self.module).map(json).unwrap_or_default();
            let kept = self.entry_inputs(desk, environment.name(), from_index);
            if !kept.is_empty() {
                if over.is_null() {
                    over = serde_json::json!({});
                }
                let inputs = over.as_object_mut().map(|o| o.entry("inputs").or_insert_with(|| serde_json::json!({})));
                if let Some(inputs) = inputs.and_then(|i| i.as_object_mut()) {
                    inputs.extend(kept);
                }
            }
            if !over.is_null() {
                edits.push(set(base, self.seen_from_there(model, over)));
            }
            if from_entry.modules.contains_key(self.module) {
                edits.push(drop_override(from_index, from_entry.modules.len(), self.module));
            }
            edits.extend(self.unread_inputs(desk, environment.name(), from_index, from_entry));
            desk.edit(&environment.file, environment.index, &edits)?;
        }
        Ok(())
    }

    /// An override is written anew at its new place: comments in it would be lost.
    fn no_comment_lost(
        &self,
        desk: &mut Desk<'_>,
        environment: &Doc<xcf_core::docs::environment::EnvironmentSpec>,
        entry: usize,
    ) -> Outcome<()> {
        let pointer = format!("/spec/compositions/{entry}/modules/{}", escape(self.module));
        let Some(range) = environment.spans.range(&pointer) else { return Ok(()) };
        let text = desk.tree.read(&environment.file, super::LARGEST).ok();
        let commented =
            text.is_some_and(|t| t.get(range).is_some_and(|b| b.windows(2).any(|w| w == b" #" || w == b"\n#")));
        let error = EditError::Unsupported { pointer, what: "an override with comments, which would be lost" };
        if commented { Err(RefactorError::Edit { file: environment.file.clone(), error }) } else { Ok(()) }
    }

    /// References in an override that meant the Composition it leaves say so now.
    fn seen_from_there(&self, model: &crate::workspace::Workspace, mut over: serde_json::Value) -> serde_json::Value {
        let mut own = Vec::new();
        let inputs = over.get("inputs").cloned().unwrap_or_default();
        xcf_core::value::visit_shapes(&inputs, &mut |pointer, shape| {
            if let xcf_core::value::Shape::Output(reference) = shape {
                let target = reference.from.as_deref().map_or(Some(self.from_at), |f| refs::composition_of(model, f));
                let doc = target.and_then(|t| model.compositions.get(t));
                let means = doc.and_then(|d| refs::module_of(d, reference)).map(str::to_owned);
                own.push((pointer.to_owned(), reference.from.is_none(), target, means));
            }
        });
        for (pointer, without_from, target, means) in own {
            let is_itself = target == Some(self.from_at) && means.as_deref() == Some(self.module);
            let slot = over.get_mut("inputs").and_then(|i| i.pointer_mut(&pointer)).and_then(|v| v.as_object_mut());
            let (Some(slot), false) = (slot, is_itself) else { continue };
            if without_from {
                slot.insert("from".to_owned(), self.from.name().into());
            }
            if let Some(module) = means.filter(|_| without_from || target == Some(self.to_at)) {
                slot.insert("module".to_owned(), module.into());
            }
        }
        over
    }

    fn unit<'m>(&self, desk: &Desk<'m>, environment: &str) -> Option<&'m xcf_core::graph::Unit> {
        let id = UnitId::new(environment.into(), self.from.name().into(), self.module.into());
        desk.model.unit(&id)
    }

    /// Inputs of the module that its entry gives to all modules.
    fn entry_inputs(&self, desk: &Desk<'_>, environment: &str, entry: usize) -> BTreeMap<String, serde_json::Value> {
        let base = format!("/spec/compositions/{entry}/inputs/");
        let own =
            |s: &xcf_core::graph::InputSource| s.origin == Origin::EnvironmentEntry && s.pointer.starts_with(&base);
        let inputs = self.unit(desk, environment).map(|u| &u.inputs);
        inputs.into_iter().flatten().filter(|(_, s)| own(s)).map(|(n, s)| (n.clone(), s.value.clone())).collect()
    }

    /// Inputs of the entry that no module takes once this one is gone: an error if they stayed.
    fn unread_inputs(
        &self,
        desk: &Desk<'_>,
        environment: &str,
        entry_index: usize,
        entry: &xcf_core::docs::environment::Entry,
    ) -> Vec<Edit> {
        let base = format!("/spec/compositions/{entry_index}/inputs");
        let pointer = |name: &str| format!("{base}/{}", escape(name));
        let stays = |name: &&String| {
            desk.model.units.iter().any(|u| {
                let sibling = u.id.environment.as_str() == environment
                    && u.id.composition.as_str() == self.from.name()
                    && u.id.module.as_str() != self.module;
                sibling && u.inputs.get(name.as_str()).is_some_and(|s| s.pointer == pointer(name))
            })
        };
        let gone: Vec<&String> = entry.inputs.keys().filter(|n| !stays(n)).collect();
        match gone.len() == entry.inputs.len() && !gone.is_empty() {
            true => vec![Edit::Delete { pointer: base }],
            false => gone.into_iter().map(|n| Edit::Delete { pointer: pointer(n) }).collect(),
        }
    }

    fn item(&self, desk: &mut Desk<'_>, index: Option<usize>) -> Outcome<()> {
        let former = moved::take(desk, self.from, self.module)?;
        desk.open(&self.to.file)?;
        let slot = index.filter(|i| *i < self.to.spec.modules.len()).map_or_else(|| "-".to_owned(), |i| i.to_string());
        let from = Spot::new(&*self.from.file, self.from.index, format!("/spec/modules/{}", self.index));
        let to = Spot::new(&*self.to.file, self.to.index, format!("/spec/modules/{slot}"));
        let refused = |error| RefactorError::Edit { file: self.from.file.clone(), error };
        desk.draft.move_item(&from, &to).map_err(refused)?;
        let mut first = self.to.spec.moved.is_empty();
        let own = format!("{}/{}", self.from.name(), self.module);
        let again = format!("{}/{}", self.to.name(), self.module);
        let known = |f: &str| self.to.spec.moved.iter().any(|m| m.from == f);
        let mut edits = Vec::new();
        for from in former.into_iter().chain([own]).filter(|f| *f != again && !known(f)) {
            edits.push(moved::add(first, &from, self.module));
            first = false;
        }
        desk.edit(&self.to.file, self.to.index, &edits)
    }
}
