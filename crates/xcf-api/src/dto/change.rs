//! ChangeSets: list and review.

use super::{DiagnosticDto, PlaceDto, SaidDto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks for a plan.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PlanRequest {
    /// Environments; empty = every affected one.
    pub environments: Vec<String>,
    /// Units; empty = every pending one.
    pub units: Vec<String>,
    /// Plan every unit.
    pub all: bool,
    /// Of the working tree: stays Draft, never applicable.
    pub worktree: bool,
    /// Base revision.
    pub base: Option<String>,
    /// Head revision.
    pub head: Option<String>,
    /// Look at the real world too (units that are not pending by text).
    pub refresh: bool,
}

/// What planning made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanResponse {
    /// One per affected Environment; empty = nothing to change.
    pub change_sets: Vec<ChangeDetailDto>,
    /// Diagnostics of the workspace and of planning.
    pub diagnostics: Vec<DiagnosticDto>,
    /// Units looked at and found unchanged.
    pub unchanged: Vec<String>,
}

/// Counts by action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountsDto {
    /// Creates.
    pub create: u32,
    /// Updates.
    pub update: u32,
    /// Replaces.
    pub replace: u32,
    /// Deletes.
    pub delete: u32,
    /// Moves, imports, forgets.
    pub other: u32,
}

/// A row of the list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeSummaryDto {
    /// `CS-n`.
    pub id: String,
    /// Environment.
    pub environment: String,
    /// Headline.
    pub title: String,
    /// State word of `dsl §9`, for example `AwaitingApproval`.
    pub status: String,
    /// Why it stands there, one line with rule and place where there is one.
    pub why: String,
    /// The same, sentence by sentence, apart from its language.
    #[serde(default)]
    pub why_said: Vec<SaidDto>,
    /// `your-turn`, `waiting`, `moving`, `done`.
    pub group: String,
    /// `low`, `moderate`, `high`, `critical`.
    pub risk: String,
    /// Counts.
    pub counts: CountsDto,
    /// Number of units.
    pub unit_count: u32,
    /// Who made it.
    pub created_by: String,
    /// When it was planned (RFC 3339).
    pub planned_at: String,
    /// When the unapproved plan expires (RFC 3339).
    pub expires_at: String,
    /// Change id: PR, branch or commit.
    pub change_id: String,
    /// Newest run.
    pub run: Option<String>,
    /// True if requested but nobody drives it.
    pub waiting_for_driver: bool,
}

/// The list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeListDto {
    /// Newest first.
    pub items: Vec<ChangeSummaryDto>,
    /// Event position it is a projection of.
    pub position: u64,
}

/// One resource change; masked values read `<secret>`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceChangeDto {
    /// Address.
    pub address: String,
    /// Type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// `create`, `update`, `replace`, `delete`, `move`, `import`, `forget`.
    pub action: String,
    /// Attribute by attribute: only changed ones.
    pub attributes: Vec<AttributeChangeDto>,
    /// Why it is replaced.
    pub replace_reasons: Vec<String>,
    /// Former address of a move.
    pub previous_address: Option<String>,
    /// `exact`, `predicted`, `blind`.
    pub fidelity: String,
}

/// One changed attribute.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttributeChangeDto {
    /// Path, dotted.
    pub path: String,
    /// Before as JSON text; none if absent.
    pub before: Option<String>,
    /// After as JSON text; none if absent or unknown.
    pub after: Option<String>,
    /// Known only after apply.
    pub unknown: bool,
    /// Masked.
    pub sensitive: bool,
}

/// A normalised plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitPlanDto {
    /// Engine.
    pub engine: String,
    /// Engine version.
    pub engine_version: String,
    /// Counts.
    pub counts: CountsDto,
    /// Changes, blind ones first.
    pub changes: Vec<ResourceChangeDto>,
    /// Changed outputs.
    pub outputs: Vec<AttributeChangeDto>,
    /// Inputs that were unknown: a partial plan.
    pub unknown_inputs: Vec<String>,
    /// Engine warnings.
    pub warnings: Vec<DiagnosticDto>,
}

/// A unit of a ChangeSet.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeUnitDto {
    /// Unit id.
    pub id: String,
    /// `apply`, `destroy`, `move`, `deferred`, `unresolved`, `cannot-run`, `plan-failed`.
    pub action: String,
    /// Lifecycle.
    pub lifecycle: String,
    /// Layer.
    pub layer: String,
    /// Engine.
    pub engine: String,
    /// Plan; none if there is none (the reason stands in `deferredReason` or `diagnostics`).
    pub plan: Option<UnitPlanDto>,
    /// Why the plan is not complete.
    pub deferred_reason: Option<String>,
    /// The same, apart from its language.
    #[serde(default)]
    pub deferred_said: Option<SaidDto>,
    /// Units whose outputs it waits for.
    pub waits_for: Vec<String>,
    /// Why it can't run or be planned here.
    pub diagnostics: Vec<DiagnosticDto>,
    /// `auto`, `approve`, `strong`.
    pub gate: String,
    /// Rule of the gate in words.
    pub gate_why: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub gate_said: Option<SaidDto>,
    /// Where that rule stands.
    pub gate_place: Option<PlaceDto>,
    /// `exact`, `recreate`, `needs-backup`, `irreversible`; none if nothing is known yet.
    pub way_back: Option<String>,
    /// What the reverse does or why there is none.
    pub way_back_note: String,
    /// The same, sentence by sentence, apart from its language.
    #[serde(default)]
    pub way_back_said: Vec<SaidDto>,
    /// Backups taken first.
    pub backup: Vec<String>,
    /// Digest of meaning.
    pub unit_digest: String,
    /// True if it is removed: needs consent by name.
    pub removal: bool,
    /// True if that consent is recorded.
    pub consented: bool,
    /// Former id of a move.
    pub moved_from: Option<String>,
    /// Restrictions that bind it but are not effective yet.
    pub not_yet_effective: Vec<String>,
    /// Risk group: `irreversible`, `blind`, `recreate`, `needs-backup`, `unknown`, `exact`, `not-runnable`.
    pub risk_group: String,
}

/// A policy result.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyResultDto {
    /// Rule id.
    pub rule: String,
    /// `deny` or `warn`.
    pub outcome: String,
    /// Message.
    pub message: String,
    /// Unit it names.
    pub unit: Option<String>,
    /// Where.
    pub place: PlaceDto,
}

/// One needed or given approval.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalSlotDto {
    /// Role; empty = any person.
    pub role: String,
    /// Units it is for.
    pub units: Vec<String>,
    /// `approved`, `your-turn`, `waiting`.
    pub state: String,
    /// Who filled it.
    pub person: Option<String>,
    /// When (RFC 3339).
    pub at: Option<String>,
    /// `solo, not verified`, the reason, or why you may not.
    pub note: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub note_said: Option<SaidDto>,
    /// Where the rule stands.
    pub place: Option<PlaceDto>,
}

/// What the acting person may do now, and why not.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllowedDto {
    /// `approve`, `reject`, `apply`, `cancel`, `resume`, `sign-off`, `replan`.
    pub action: String,
    /// True if it can be done now.
    pub allowed: bool,
    /// Why not; empty if allowed.
    pub why_not: String,
    /// The same, sentence by sentence, apart from its language.
    #[serde(default)]
    pub why_not_said: Vec<SaidDto>,
    /// Roles that could be filled (approve).
    pub roles: Vec<String>,
}

/// The review.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeDetailDto {
    /// The row.
    #[serde(flatten)]
    pub summary: ChangeSummaryDto,
    /// Revision, from 1.
    pub revision: u32,
    /// Digest of meaning.
    pub digest: String,
    /// Head commit.
    pub commit: String,
    /// Base commit.
    pub base: String,
    /// Authors.
    pub authors: Vec<String>,
    /// Units, risk first.
    pub units: Vec<ChangeUnitDto>,
    /// Frozen edges: `to` waits for `from`.
    pub edges: Vec<FrozenEdgeDto>,
    /// Policy results.
    pub policies: Vec<PolicyResultDto>,
    /// How many policy files said nothing.
    pub policies_passed: u32,
    /// Approvals needed and given.
    pub approvals: Vec<ApprovalSlotDto>,
    /// True if approvals are `solo, not verified`.
    pub solo: bool,
    /// What the acting person may do.
    pub allowed: Vec<AllowedDto>,
    /// Diagnostics that matter for it.
    pub diagnostics: Vec<DiagnosticDto>,
    /// True if nothing moves before a person acts (approval, sign-off).
    pub awaits_person: bool,
    /// True if only time or a lock holds it.
    pub held: bool,
    /// What it makes a month cost; none where no prices are configured.
    pub cost: Option<CostDto>,
    /// Markdown rendering.
    pub markdown: String,
    /// Console rendering.
    pub console: String,
}

/// A difference to what a month costs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostDto {
    /// In whole currency, negative where it gets cheaper; none if it is not known.
    pub monthly: Option<f64>,
    /// ISO 4217.
    pub currency: String,
    /// Changed resources without a known price.
    pub unpriced: u32,
}

/// A frozen edge.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FrozenEdgeDto {
    /// Runs first.
    pub from: String,
    /// Waits.
    pub to: String,
    /// `declared`, `wired`, `layer`.
    pub kind: String,
}

/// Approve.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ApproveRequest {
    /// Digest of meaning that was seen; a mismatch is refused (`stale-digest`).
    pub digest: String,
    /// Role to fill; none = the first that fits.
    pub role: Option<String>,
    /// Reason (solo `strong` needs one).
    pub reason: String,
    /// Identity to act as (own keys only).
    pub as_person: Option<String>,
}

/// Reject or cancel.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ReasonRequest {
    /// Why.
    pub reason: String,
}

/// Apply.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplyRequest {
    /// Units whose destroy is agreed to, by name.
    pub allow_destroy: Vec<String>,
    /// Accept restrictions that are not effective yet (recorded).
    pub accept_not_yet_effective: bool,
    /// Only ask for the run; another process drives it.
    pub detach: bool,
    /// Stop driving when nothing moves without a person, time or a lock.
    pub leave_when_idle: bool,
}

/// Sign-off, retry, skip of units.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UnitsRequest {
    /// Units; empty = all that wait for it.
    pub units: Vec<String>,
    /// Why.
    pub reason: String,
}

/// Resume a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResumeRequest {
    /// Failed units to try again.
    pub retry: Vec<String>,
    /// Failed units to skip.
    pub skip: Vec<String>,
    /// Why.
    pub reason: String,
    /// Only record it; another process drives the run.
    pub detach: bool,
    /// Stop driving when nothing moves without a person, time or a lock.
    pub leave_when_idle: bool,
}
