//! Impact of an edit, and what-if: everything a draft would mean, before any commit and without any engine.

use super::{DiagnosticDto, PlaceDto, SaidDto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Text that is not in the working tree (yet).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftTextDto {
    /// Repository-relative path.
    pub file: String,
    /// New text; none: the file is not there.
    pub text: Option<String>,
}

/// What to compare: the working tree, with texts laid over it, against a base.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImpactRequest {
    /// Commit, branch or tag to compare with; none: the head commit.
    pub base: Option<String>,
    /// Texts laid over the working tree; none: the draft as it stands.
    pub edits: Vec<DraftTextDto>,
}

/// Which rule gives a value.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhyDto {
    /// Layer of overrides: `built-in`, `matrix`, `composition` …
    pub origin: String,
    /// The rule in words.
    pub rule: String,
    /// Where it stands; none for built-in rows.
    pub place: Option<PlaceDto>,
}

/// One decision of a unit's route that differs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldImpactDto {
    /// `gate`, `backup`, `drift`, `window`, `rollback`, `engine`, `reconcile`.
    pub field: String,
    /// Value before.
    pub from: String,
    /// Value after.
    pub to: String,
    /// `loosening`, `tightening`, `neutral`.
    pub turn: String,
    /// Rule that gave the old value.
    pub before: WhyDto,
    /// Rule that gives the new one.
    pub after: WhyDto,
    /// Value that judges a ChangeSet which carries the edit: the stricter of both sides (`dsl §7`).
    pub judged_by: Option<String>,
}

/// A unit whose route differs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitImpactDto {
    /// Unit.
    pub unit: String,
    /// Its former id, if it was moved.
    pub was: Option<String>,
    /// The gravest of its changes.
    pub turn: String,
    /// What differs, the gravest first.
    pub fields: Vec<FieldImpactDto>,
    /// Open ChangeSets with this unit that would be judged differently.
    pub open: Vec<String>,
}

/// A unit of a recorded ChangeSet that would be judged differently.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedUnitDto {
    /// Unit.
    pub unit: String,
    /// Gate before.
    pub gate_before: String,
    /// Gate after.
    pub gate_after: String,
    /// Engine before.
    pub engine_before: String,
    /// Engine after.
    pub engine_after: String,
    /// As of the ChangeSet.
    pub effects: Vec<String>,
}

/// A recorded ChangeSet that would be judged differently.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedImpactDto {
    /// `CS-n`.
    pub id: String,
    /// Environment.
    pub environment: String,
    /// Headline.
    pub title: String,
    /// State word.
    pub status: String,
    /// True if it is not final.
    pub open: bool,
    /// `fewer-approvals`, `no-longer-denied`, `now-denied`, `more-approvals`, `engine-changed`.
    pub effects: Vec<String>,
    /// Fewest people it took.
    pub people_before: u32,
    /// Fewest people it would take.
    pub people_after: u32,
    /// Units that differ.
    pub units: Vec<RecordedUnitDto>,
    /// Messages of policies that would refuse it.
    pub denials: Vec<String>,
    /// Units one of the sides does not have: nothing can be said about them.
    pub unknown: Vec<String>,
}

/// A tie, overlap or gap of the matrix' rows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowFindingDto {
    /// `tie`, `overlap`, `gap`.
    pub kind: String,
    /// Column, as documents write it: `approval`, `match.environment` …
    pub field: String,
    /// In words.
    pub message: String,
    /// The same, apart from its language.
    pub said: SaidDto,
    /// The rows, one or two.
    pub rows: Vec<RowPlaceDto>,
    /// Units it hits now.
    pub units: u32,
}

/// A row with its place.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowPlaceDto {
    /// Row name.
    pub name: String,
    /// Where the value stands.
    pub place: PlaceDto,
}

/// What lies between base and draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImpactDto {
    /// Commit compared with.
    pub base: String,
    /// Units looked at.
    pub looked_at: u32,
    /// Units something is loosened for.
    pub loosened: u32,
    /// Units something is tightened for, and nothing loosened.
    pub tightened: u32,
    /// Units that change without a stricter side.
    pub neutral: u32,
    /// Units, loosened first.
    pub units: Vec<UnitImpactDto>,
    /// Units only the draft has.
    pub appeared: Vec<String>,
    /// Units only the base has. Whether they were removed is not judged here.
    pub gone: Vec<String>,
    /// Recorded ChangeSets judged again: open ones and those planned in the last 90 days.
    pub replayed: u32,
    /// Recorded ChangeSets whose plan can't be read any more.
    pub unreadable: u32,
    /// Those that would be judged differently, fewer approvals first.
    pub recorded: Vec<RecordedImpactDto>,
    /// Ties, overlaps and gaps of the draft's rows.
    pub findings: Vec<RowFindingDto>,
    /// Error diagnostics of the draft.
    pub errors: Vec<DiagnosticDto>,
}

/// Why a unit is affected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CauseDto {
    /// `appeared`, `gone`, `moved`, `input`, `route`, `module`, `content`, `target`, `reads`.
    pub kind: String,
    /// What: the input, decision, path or former id; of `reads` the output.
    pub what: String,
    /// Of `reads`: the unit upstream.
    pub unit: Option<String>,
}

/// A unit the draft affects.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AffectedDto {
    /// Unit.
    pub unit: String,
    /// Environment.
    pub environment: String,
    /// Why.
    pub causes: Vec<CauseDto>,
}

/// What a unit's gate would ask for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalNeedDto {
    /// Unit.
    pub unit: String,
    /// `auto`, `approve`, `strong`: the stricter of base and draft.
    pub level: String,
    /// Roles with how many people; an empty role is any.
    pub roles: Vec<RoleCountDto>,
    /// True if no author may fill a role.
    pub exclude_authors: bool,
    /// Fewest people.
    pub people: u32,
    /// Why.
    pub why: String,
    /// The same, apart from its language.
    pub said: SaidDto,
    /// Where the rule stands.
    pub place: Option<PlaceDto>,
}

/// A role and how many people.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleCountDto {
    /// Role; empty: any.
    pub role: String,
    /// People.
    pub count: u32,
}

/// What a policy says about inputs and routes, without a plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhatIfPolicyDto {
    /// Environment judged.
    pub environment: String,
    /// Rule id.
    pub rule: String,
    /// `deny` or `warn`.
    pub outcome: String,
    /// Message.
    pub message: String,
    /// Unit it names.
    pub unit: Option<String>,
    /// Where the rule stands.
    pub place: PlaceDto,
}

/// Everything a draft would mean, without running an engine (`D12` live what-if).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhatIfDto {
    /// Commit compared with.
    pub base: String,
    /// Diagnostics of the draft.
    pub diagnostics: Vec<DiagnosticDto>,
    /// Those that base did not have.
    pub new_diagnostics: Vec<DiagnosticDto>,
    /// Affected units, by id.
    pub units: Vec<AffectedDto>,
    /// Route changes, loosened first.
    pub routes: Vec<UnitImpactDto>,
    /// Policies of draft and base on inputs and routes. Nothing is planned: a rule that looks at `changes` (null) or at a
    /// value only an applied unit knows (`{"unknown": true}`) has not spoken yet.
    pub policies: Vec<WhatIfPolicyDto>,
    /// What each affected unit's gate would ask for.
    pub approvals: Vec<ApprovalNeedDto>,
    /// True if every affected unit stands in a workspace without People.
    pub solo: bool,
}
