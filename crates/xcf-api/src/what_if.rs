//! Gates and policies of affected units without a plan: the units stand in a ChangeSet that is never recorded, with
//! `changes: null`. An input is known as far as the text says it; a reference is unknown until its unit has applied.

use crate::dto::{ApprovalNeedDto, PlaceDto, RoleCountDto, SaidDto, WhatIfPolicyDto};
use crate::impacting::Sides;
use crate::recipe::{Known, Recipe, bind, shown};
use jiff::Timestamp;
use std::collections::BTreeMap;
use xcf_core::changeset::{ChangeSetKind, ChangeUnit, Deferred, UnitAction};
use xcf_core::graph::{BoundRef, Unit};
use xcf_core::ids::{ChangeId, ChangeSetId, CommitId, EnvName, PersonName};
use xcf_core::ports::runner::EngineSettings;
use xcf_plan::assemble::{Frame, UnitDraft, assemble};
use xcf_plan::gates::Side;
use xcf_plan::impact::{Affected, Cause};
use xcf_plan::policy;

/// What gates and policies say.
pub(crate) struct Judged {
    pub(crate) policies: Vec<WhatIfPolicyDto>,
    pub(crate) approvals: Vec<ApprovalNeedDto>,
}

/// Judges affected units of the draft, Environment by Environment, by draft and base: the stricter counts.
pub(crate) fn judge(sides: &Sides, affected: &[Affected], now: Timestamp, author: Option<&str>) -> Judged {
    let (before, after) = (&sides.before.model, &sides.after.model);
    let mut by_environment: BTreeMap<&EnvName, Vec<(&Unit, &Affected)>> = BTreeMap::new();
    for found in affected {
        if let Some(unit) = after.unit(&found.unit) {
            by_environment.entry(&unit.id.environment).or_default().push((unit, found));
        }
    }
    let (head_policies, base_policies) = (policy::files(after), policy::files(before));
    let mut judged = Judged { policies: Vec::new(), approvals: Vec::new() };
    for (environment, units) in by_environment {
        let (head, base) = (Side::of(after, environment), Side::of(before, environment));
        let drafts = units.iter().map(|(unit, found)| draft(sides, unit, found)).collect();
        let frame = frame(sides, environment, now, author, &head, &base);
        let Some(set) = assemble(frame, drafts).change_set else { continue };
        judged.approvals.extend(set.units.iter().map(need));
        let report = policy::judge(&head_policies, Some(&base_policies), &policy::input(&set));
        judged.policies.extend(report.results.iter().map(|r| WhatIfPolicyDto {
            environment: environment.to_string(),
            rule: r.rule.clone(),
            outcome: r.outcome.to_string(),
            message: r.message.clone(),
            unit: r.unit.as_ref().map(ToString::to_string),
            place: PlaceDto::from(&r.place),
        }));
    }
    judged
}

/// A unit as it would stand in the ChangeSet: not planned, so every rule about changes counts (`dsl §10`).
fn draft<'a>(sides: &'a Sides, unit: &'a Unit, found: &Affected) -> UnitDraft<'a> {
    let before = &sides.before.model;
    let moved_from = found.causes.iter().find_map(|c| match c {
        Cause::Moved(from) => Some(from.clone()),
        _ => None,
    });
    let base = before.unit(moved_from.as_ref().unwrap_or(&unit.id)).map(|u| &u.route);
    let recipe = Recipe::of(unit, EngineSettings::default());
    let unknown =
        |r: &BoundRef| Known::Unknown(format!("output {} of {} is not read here", r.reference.output, r.target));
    let inputs = shown(&bind(&recipe, &unknown));
    UnitDraft {
        unit,
        action: UnitAction::Deferred,
        plan: None,
        artifact: None,
        deferred: Some(Deferred { waits_for: Vec::new(), reason: "not planned: a what-if".to_owned() }),
        diagnostics: Vec::new(),
        inputs: serde_json::to_value(inputs).unwrap_or_default(),
        inputs_digest: xcf_core::digest::sha256(b"what-if"),
        commit: commit(sides),
        moved_from,
        removal: false,
        base_gate: base.map(|r| &r.gate),
        base_backup: base.map(|r| &r.backup.value),
        engine_reverses: false,
        dirty: false,
    }
}

fn frame<'a>(
    sides: &Sides,
    environment: &EnvName,
    now: Timestamp,
    author: Option<&str>,
    head: &'a Side,
    base: &'a Side,
) -> Frame<'a> {
    Frame {
        id: ChangeSetId(0),
        revision: 1,
        environment: environment.clone(),
        change_id: ChangeId::new("what-if"),
        kind: ChangeSetKind::Change,
        title: "What if".to_owned(),
        commit: commit(sides),
        base: commit(sides),
        worktree: true,
        authors: author.map(str::to_owned).into_iter().collect(),
        created_by: PersonName::new(author.unwrap_or_default()),
        solo: sides.before.model.is_solo(),
        planned_at: now,
        plan_life: xcf_plan::assemble::DEFAULT_PLAN_LIFE,
        edges: Vec::new(),
        diagnostics: Vec::new(),
        head,
        base_side: Some(base),
    }
}

fn commit(sides: &Sides) -> CommitId {
    sides.commit.clone().unwrap_or_else(|| CommitId::from(""))
}

fn need(unit: &ChangeUnit) -> ApprovalNeedDto {
    let gate = &unit.gate;
    let role = |n: &xcf_core::changeset::Need| RoleCountDto {
        role: n.role.as_ref().map(ToString::to_string).unwrap_or_default(),
        count: n.count,
    };
    ApprovalNeedDto {
        unit: unit.id.to_string(),
        level: gate.level.to_string(),
        roles: gate.needs.iter().map(role).collect(),
        exclude_authors: gate.exclude_authors,
        people: gate.needs.iter().map(|n| n.count).sum::<u32>().max(gate.distinct_people),
        why: gate.why.clone(),
        said: SaidDto::of(&gate.said, gate.why.clone()),
        place: gate.place.as_ref().map(PlaceDto::from),
    }
}
