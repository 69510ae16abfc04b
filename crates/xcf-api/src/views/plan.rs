//! Plans attribute by attribute. Values under sensitive pointers are masked by the Runner already; the marks only
//! tell the reader so.

use crate::dto::{AttributeChangeDto, CountsDto, DiagnosticDto, ResourceChangeDto, UnitPlanDto};
use serde_json::Value;
use xcf_core::plan::{Counts, Fidelity, OutputChange, ResourceChange, UnitPlan};
use xcf_plan::render::AttributeChange;

/// Longer values are cut in lists; the console rendering and the blob keep them.
const LONGEST_VALUE: usize = 2_000;

impl From<Counts> for CountsDto {
    fn from(c: Counts) -> Self {
        Self { create: c.create, update: c.update, replace: c.replace, delete: c.delete, other: c.other }
    }
}

/// A plan for the wire, blind changes first (`ui.md` §1.1).
pub(crate) fn unit_plan(plan: &UnitPlan) -> UnitPlanDto {
    let mut changes: Vec<&ResourceChange> = plan.changes.iter().collect();
    changes.sort_by_key(|c| c.fidelity != Fidelity::Blind);
    UnitPlanDto {
        engine: plan.engine.to_string(),
        engine_version: plan.engine_version.clone(),
        counts: plan.counts().into(),
        changes: changes.into_iter().map(resource).collect(),
        outputs: plan.outputs.iter().map(output).collect(),
        unknown_inputs: plan.unknown_inputs.clone(),
        warnings: plan.warnings.iter().map(DiagnosticDto::from).collect(),
    }
}

fn resource(change: &ResourceChange) -> ResourceChangeDto {
    ResourceChangeDto {
        address: change.address.clone(),
        resource_type: change.resource_type.clone(),
        action: change.action.to_string(),
        attributes: attributes(change),
        replace_reasons: change.replace_reasons.clone(),
        previous_address: change.previous_address.clone(),
        fidelity: change.fidelity.to_string(),
    }
}

fn output(change: &OutputChange) -> AttributeChangeDto {
    let text = |v: &Value| (!v.is_null()).then(|| shorten(v));
    AttributeChangeDto {
        path: change.name.clone(),
        before: text(&change.before),
        after: if change.unknown { None } else { text(&change.after) },
        unknown: change.unknown,
        sensitive: change.sensitive,
    }
}

/// The attributes a change touches; the rendering's own list, with dots for people.
fn attributes(change: &ResourceChange) -> Vec<AttributeChangeDto> {
    let dto = |a: AttributeChange| AttributeChangeDto {
        path: a.path.replace('/', "."),
        before: a.before,
        after: a.after,
        unknown: a.unknown,
        sensitive: a.sensitive,
    };
    xcf_plan::render::attributes(change).into_iter().map(dto).collect()
}

fn shorten(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}… ({} characters)", text.get(..end).unwrap_or_default(), text.chars().count()),
        None => text,
    }
}
