//! Puts planned units and workspace facts together into a revision of a ChangeSet (`D6`): gates, ways back, digests,
//! counts, in a stable order. What changes nothing is left out and reported; what could not be planned never counts as that.

use crate::gates::{Judges, Side, Subject, unit_gate};
use crate::wayback::{self, ReverseFacts};
use crate::{cost, meaning, render};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::changeset::{ChangeSet, ChangeSetKind, ChangeUnit, Deferred, FrozenEdge, FrozenEdgeKind, UnitAction};
use xcf_core::diag::Diagnostic;
use xcf_core::event::{ChangeSetPlanned, ChangeSetSummary, UnitUnchanged};
use xcf_core::graph::Unit;
use xcf_core::ids::{BlobId, ChangeId, ChangeSetId, CommitId, Digest, EnvName, PersonName, UnitId};
use xcf_core::plan::UnitPlan;
use xcf_core::route::{Backup, Because, Gate};

/// Unapproved plans expire after 12 h, unless `retention.plan` says otherwise (`dsl §10`).
pub const DEFAULT_PLAN_LIFE: SignedDuration = SignedDuration::from_hours(12);
/// Approvals lapse after 7 d, unless `retention.approval` says otherwise (`dsl §10`).
pub const DEFAULT_APPROVAL_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Version of the ChangeSet format.
const FORMAT: u16 = 1;

/// One unit with what planning it gave.
#[derive(Debug, Clone)]
pub struct UnitDraft<'a> {
    /// The unit: of head; of a removal, as base had it.
    pub unit: &'a Unit,
    /// What is to be done with it.
    pub action: UnitAction,
    /// Normalised plan.
    pub plan: Option<UnitPlan>,
    /// The engine's own plan artefact.
    pub artifact: Option<BlobId>,
    /// Set if the plan is incomplete.
    pub deferred: Option<Deferred>,
    /// Why it can't run or be planned.
    pub diagnostics: Vec<Diagnostic>,
    /// Inputs as policies see them: secrets as `"<secret>"`, unknown values as `{"unknown": true}`.
    pub inputs: Value,
    /// Digest of everything that goes in.
    pub inputs_digest: Digest,
    /// Commit whose export the engine runs in.
    pub commit: CommitId,
    /// Former id that has the state.
    pub moved_from: Option<UnitId>,
    /// True for a removal (`dsl §7`).
    pub removal: bool,
    /// The gate base routes it to, if it was there.
    pub base_gate: Option<&'a Because<Gate>>,
    /// The backups base asks for, if it was there: the stricter counts, so that they are taken too (`dsl §7`).
    pub base_backup: Option<&'a BTreeSet<Backup>>,
    /// The engine can undo by itself (`Capabilities::reverses`).
    pub engine_reverses: bool,
    /// Its last attempt did not end: even an empty plan is kept, so that its outputs get recorded.
    pub dirty: bool,
}

/// Everything about the ChangeSet that is not a unit.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// Id.
    pub id: ChangeSetId,
    /// Revision, from 1.
    pub revision: u32,
    /// Environment.
    pub environment: EnvName,
    /// Change id.
    pub change_id: ChangeId,
    /// Why it exists.
    pub kind: ChangeSetKind,
    /// Headline.
    pub title: String,
    /// Head commit.
    pub commit: CommitId,
    /// Base commit.
    pub base: CommitId,
    /// True if made of a working tree.
    pub worktree: bool,
    /// Commit authors + PR opener + whoever made it.
    pub authors: Vec<String>,
    /// Who made it.
    pub created_by: PersonName,
    /// True if base has no People.
    pub solo: bool,
    /// Now.
    pub planned_at: Timestamp,
    /// Life of the unapproved plan.
    pub plan_life: SignedDuration,
    /// Frozen edges among the units (destroys already reversed).
    pub edges: Vec<FrozenEdge>,
    /// Workspace diagnostics that matter for it.
    pub diagnostics: Vec<Diagnostic>,
    /// What head says about gates.
    pub head: &'a Side,
    /// What base says about them, if it could be loaded.
    pub base_side: Option<&'a Side>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Assembled {
    /// The revision; none if nothing is left to do, show or explain.
    pub change_set: Option<ChangeSet>,
    /// Units whose plan changes nothing, for `unit.unchanged`.
    pub unchanged: Vec<(UnitId, UnitUnchanged)>,
}

/// Puts a revision together. Policies are judged on the result and put in afterwards
/// ([`crate::policy::judge`], [`crate::policy::PolicyReport::put_into`]).
#[must_use]
pub fn assemble(frame: Frame<'_>, drafts: Vec<UnitDraft<'_>>) -> Assembled {
    let (idle, live): (Vec<_>, Vec<_>) = drafts.into_iter().partition(changes_nothing);
    let unchanged = idle
        .into_iter()
        .map(|d| (d.unit.id.clone(), UnitUnchanged { inputs_digest: d.inputs_digest, commit: d.commit }))
        .collect();
    if live.is_empty() {
        return Assembled { change_set: None, unchanged };
    }
    let only_moves = live.iter().all(|d| d.action == UnitAction::Move);
    let mut units: Vec<ChangeUnit> = live.into_iter().map(|draft| change_unit(draft, &frame, only_moves)).collect();
    units.sort_by(|a, b| (a.layer, &a.id).cmp(&(b.layer, &b.id)));
    let digest = meaning::change_set_digest(units.iter().map(|u| (&u.id, &u.unit_digest)));
    let kept: BTreeSet<&UnitId> = units.iter().map(|u| &u.id).collect();
    let edges = bridge(&frame.edges, &kept);
    let counts = counts(&units);
    let expires_at = frame.planned_at.checked_add(frame.plan_life).unwrap_or(Timestamp::MAX);
    let change_set = ChangeSet {
        v: FORMAT,
        id: frame.id,
        revision: frame.revision,
        environment: frame.environment,
        change_id: frame.change_id,
        kind: frame.kind,
        title: frame.title,
        commit: frame.commit,
        base: frame.base,
        worktree: frame.worktree,
        authors: frame.authors,
        created_by: frame.created_by,
        edges,
        policies: Vec::new(),
        policies_passed: 0,
        policy_digest: xcf_core::digest::sha256(b"not judged"),
        digest,
        diagnostics: frame.diagnostics,
        solo: frame.solo,
        planned_at: frame.planned_at,
        expires_at,
        counts,
        units,
    };
    Assembled { change_set: Some(change_set), unchanged }
}

/// True if a complete plan says that nothing changes and nothing else is to be done.
fn changes_nothing(draft: &UnitDraft<'_>) -> bool {
    let empty = draft.plan.as_ref().is_some_and(|plan| plan.is_empty() && plan.unknown_inputs.is_empty());
    draft.action == UnitAction::Apply
        && empty
        && draft.deferred.is_none()
        && draft.moved_from.is_none()
        && !draft.dirty
        && !draft.diagnostics.iter().any(Diagnostic::is_error)
}

/// Assembles one unit; also used for a unit that is planned again inside a run.
#[must_use]
pub fn change_unit(mut draft: UnitDraft<'_>, frame: &Frame<'_>, only_moves: bool) -> ChangeUnit {
    refuse_destroy(&mut draft, frame);
    let unit = draft.unit;
    let incomplete = draft.deferred.is_some() || draft.plan.as_ref().is_some_and(|p| !p.unknown_inputs.is_empty());
    let subject = Subject {
        id: &unit.id,
        lifecycle: unit.lifecycle,
        action: draft.action,
        removal: draft.removal,
        plan: draft.plan.as_ref(),
        incomplete,
    };
    let judges = Judges {
        head: frame.head,
        base: frame.base_side,
        head_gate: &unit.route.gate,
        base_gate: draft.base_gate,
        only_moves,
    };
    let gate = unit_gate(&subject, &judges);
    let backup: BTreeSet<Backup> =
        unit.route.backup.value.iter().chain(draft.base_backup.into_iter().flatten()).copied().collect();
    let facts = ReverseFacts {
        engine_reverses: draft.engine_reverses,
        rollback_fragment: unit.rollback_fragment.as_ref(),
        backup: &backup,
    };
    let way_back = wayback::derive(draft.plan.as_ref(), &facts);
    let sides = [frame.head.prices.as_ref(), frame.base_side.and_then(|base| base.prices.as_ref())];
    // What only gets another name runs, and costs, as before.
    let cost = match draft.action {
        UnitAction::Move => None,
        _ => cost::estimate(draft.plan.as_ref(), !incomplete, sides),
    };
    let mut made = ChangeUnit {
        id: unit.id.clone(),
        action: draft.action,
        lifecycle: unit.lifecycle,
        layer: unit.layer,
        change_frequency: unit.change_frequency,
        engine: unit.route.engine.value,
        route: unit.route.clone(),
        plan: draft.plan,
        artifact: draft.artifact,
        deferred: draft.deferred,
        diagnostics: draft.diagnostics,
        gate,
        way_back,
        backup,
        inputs_digest: draft.inputs_digest,
        unit_digest: xcf_core::digest::sha256(b""),
        moved_from: draft.moved_from,
        commit: draft.commit,
        removal: draft.removal,
        not_yet_effective: unit.not_yet_effective.iter().map(|(field, place)| format!("{field} ({place})")).collect(),
        retries: unit.retries,
        backoff_seconds: unit.backoff_seconds,
        timeout_seconds: unit.timeout_seconds,
        observe: unit.observe,
        region: unit.region.clone(),
        labels: unit.labels.clone(),
        cost,
        inputs: draft.inputs,
    };
    made.unit_digest = meaning::unit_digest(&made);
    made
}

/// `protection.allowDestroy: never`, of head or base, refuses a removal (`dsl §7`).
fn refuse_destroy(draft: &mut UnitDraft<'_>, frame: &Frame<'_>) {
    let never =
        frame.head.destroy_never.as_ref().or_else(|| frame.base_side.and_then(|base| base.destroy_never.as_ref()));
    let said = draft.diagnostics.iter().any(|d| d.code == "destroy-never");
    let Some(place) = never.filter(|_| draft.removal && !said) else { return };
    let message = format!("{} was removed, and this Environment never allows a destroy", draft.unit.id);
    let hint = "put the unit back, or change protection.allowDestroy first, in a change of its own";
    draft.diagnostics.push(Diagnostic::error("destroy-never", message, place.clone()).hint(hint));
    draft.action = UnitAction::CannotRun;
}

/// Edges among the kept units; an edge through a unit that was left out becomes one around it, so that order is kept.
fn bridge(edges: &[FrozenEdge], kept: &BTreeSet<&UnitId>) -> Vec<FrozenEdge> {
    let mut after: BTreeMap<&UnitId, Vec<(&UnitId, FrozenEdgeKind)>> = BTreeMap::new();
    for edge in edges {
        after.entry(&edge.from).or_default().push((&edge.to, edge.kind));
    }
    let mut out: BTreeSet<FrozenEdge> = BTreeSet::new();
    for from in kept {
        let mut seen: BTreeSet<&UnitId> = BTreeSet::new();
        let mut open: Vec<(&UnitId, FrozenEdgeKind)> = after.get(from).cloned().unwrap_or_default();
        while let Some((to, kind)) = open.pop() {
            if kept.contains(to) {
                out.insert(FrozenEdge { from: (*from).clone(), to: to.clone(), kind });
            } else if seen.insert(to) {
                open.extend(after.get(to).into_iter().flatten().copied());
            }
        }
    }
    out.into_iter().collect()
}

fn counts(units: &[ChangeUnit]) -> BTreeMap<String, u32> {
    let mut total = BTreeMap::new();
    let mut add = |word: &str, count: u32| *total.entry(word.to_owned()).or_insert(0) += count;
    for unit in units {
        let counts = unit.counts();
        add("units", 1);
        add("create", counts.create);
        add("update", counts.update);
        add("replace", counts.replace);
        add("delete", counts.delete);
        add("other", counts.other);
    }
    total
}

/// Summary of a revision for `changeset.planned`.
#[must_use]
pub fn summary(change_set: &ChangeSet) -> ChangeSetSummary {
    let runnable = change_set.units.iter().filter(|u| u.is_runnable());
    let needs_approval = runnable.clone().any(|u| u.gate.level != Gate::Auto && u.gate_known());
    ChangeSetSummary {
        environment: change_set.environment.clone(),
        change_id: change_set.change_id.clone(),
        kind: change_set.kind,
        title: change_set.title.clone(),
        commit: change_set.commit.clone(),
        created_by: change_set.created_by.clone(),
        worktree: change_set.worktree,
        denied: change_set.is_denied(),
        solo: change_set.solo,
        needs_approval,
        runnable: u32::try_from(runnable.count()).unwrap_or(u32::MAX),
        planned_at: change_set.planned_at,
        expires_at: change_set.expires_at,
        counts: change_set.counts.clone(),
        risk: render::change_set_risk(change_set).level.as_str().to_owned(),
    }
}

/// Payload of `changeset.planned` for a revision stored as `blob`.
#[must_use]
pub fn planned_payload(change_set: &ChangeSet, blob: BlobId) -> ChangeSetPlanned {
    ChangeSetPlanned {
        blob,
        revision: change_set.revision,
        digest: change_set.digest.clone(),
        units: change_set.units.iter().map(|u| (u.id.to_string(), u.unit_digest.clone())).collect(),
        summary: serde_json::to_value(summary(change_set)).unwrap_or(Value::Null),
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
