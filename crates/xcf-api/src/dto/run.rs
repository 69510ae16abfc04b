//! Runs: live DAG, timeline, logs, locks.

use super::{DiagnosticDto, FrozenEdgeDto, SaidDto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A row of the list of runs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunSummaryDto {
    /// `R-n`.
    pub id: String,
    /// `CS-n`.
    pub change_set: String,
    /// Environment.
    pub environment: String,
    /// Headline.
    pub title: String,
    /// State word.
    pub status: String,
    /// Risk of its ChangeSet as it is planned now, the same word as in the review: `low`, `moderate`, `high`, `critical`.
    pub risk: String,
    /// When it was asked for (RFC 3339).
    pub requested_at: String,
    /// Who asked.
    pub requested_by: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// Units done.
    pub done: u32,
    /// Units in all.
    pub total: u32,
}

/// The list of runs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunListDto {
    /// Newest first.
    pub items: Vec<RunSummaryDto>,
}

/// A run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunDto {
    /// The row.
    #[serde(flatten)]
    pub summary: RunSummaryDto,
    /// Who drives it.
    pub driver: Option<DriverDto>,
    /// True if requested but nobody drives it.
    pub waiting_for_driver: bool,
    /// Units in execution order.
    pub units: Vec<RunUnitDto>,
    /// Frozen edges.
    pub edges: Vec<FrozenEdgeDto>,
    /// What waits and why, one line each.
    pub waits: Vec<WaitDto>,
    /// What is left behind if cancelled now, one line each.
    pub if_cancelled: Vec<String>,
    /// The same, sentence by sentence, apart from its language.
    #[serde(default)]
    pub if_cancelled_said: Vec<SaidDto>,
    /// Event position it is a projection of.
    pub position: u64,
}

/// The process that drives a run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriverDto {
    /// Host, process.
    pub holder: String,
    /// True if its process is alive (or its lease has not ended).
    pub alive: bool,
    /// When its lease ends (RFC 3339).
    pub until: String,
}

/// Why a unit waits.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitDto {
    /// Unit.
    pub unit: String,
    /// Why.
    pub why: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub why_said: Option<SaidDto>,
    /// Earliest end, if known (RFC 3339).
    pub until: Option<String>,
}

/// One unit of a run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunUnitDto {
    /// Unit id.
    pub id: String,
    /// Layer.
    pub layer: String,
    /// Lifecycle.
    pub lifecycle: String,
    /// Engine.
    pub engine: String,
    /// State word of `dsl §9`, for example `Applying`.
    pub state: String,
    /// Why; may be empty.
    pub why: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub why_said: Option<SaidDto>,
    /// Attempt, from 1; 0 = not tried.
    pub attempt: u32,
    /// Attempts allowed.
    pub max_attempts: u32,
    /// First start (RFC 3339).
    pub started_at: Option<String>,
    /// End (RFC 3339).
    pub ended_at: Option<String>,
    /// Phases in time order.
    pub phases: Vec<PhaseDto>,
    /// Error of the last attempt.
    pub error: Option<DiagnosticDto>,
    /// What is left behind by a failed or cancelled attempt.
    pub left_behind: String,
    /// True if it waits for sign-off.
    pub needs_sign_off: bool,
}

/// A bar on the timeline.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhaseDto {
    /// `waiting`, `planning`, `backing-up`, `applying`, `verifying`, `observing`, `reversing`.
    pub phase: String,
    /// Attempt it belongs to.
    pub attempt: u32,
    /// Start (RFC 3339).
    pub started_at: String,
    /// End; none while it lasts.
    pub ended_at: Option<String>,
    /// `running`, `ok`, `failed`.
    pub outcome: String,
}

/// A piece of a log.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogDto {
    /// Lines.
    pub lines: Vec<LogLineDto>,
    /// Ask with this as `from` for what follows.
    pub next: u64,
    /// True if nothing will follow.
    pub ended: bool,
}

/// One line, already redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogLineDto {
    /// Number, from 1.
    pub n: u64,
    /// When (RFC 3339).
    pub at: String,
    /// `stdout`, `stderr`, `xcf`.
    pub stream: String,
    /// Phase word.
    pub phase: String,
    /// Text.
    pub text: String,
}

/// A lock or driver lease.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LockDto {
    /// `unit:ID`, `foundation:ENV`, `run:R-n`.
    pub name: String,
    /// `lock` or `lease`.
    pub kind: String,
    /// Run it belongs to.
    pub run: Option<String>,
    /// ChangeSet it belongs to.
    pub change_set: Option<String>,
    /// Since (RFC 3339); for leases when it ends.
    pub since: String,
    /// Process that drives the run.
    pub holder: String,
    /// True if that process is alive.
    pub alive: bool,
}

/// Locks and leases.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocksDto {
    /// By name.
    pub locks: Vec<LockDto>,
}

/// Ends a lock by hand.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnlockRequest {
    /// Lock name.
    pub lock: String,
    /// Why; must not be empty.
    pub reason: String,
}

/// One event in the numbered, resumable stream (`D11`).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventDto {
    /// Position.
    pub position: u64,
    /// When (RFC 3339).
    pub at: String,
    /// Kind.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// ChangeSet.
    pub change_set: Option<String>,
    /// Run.
    pub run: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// One line for people.
    pub text: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub said: Option<SaidDto>,
    /// Query keys this makes stale: `workspace`, `graph`, `changes`, `change:CS-n`, `run:R-n`, `unit:ID`, `locks`.
    pub stales: Vec<String>,
}

/// Applied outputs of a unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutputsDto {
    /// Unit.
    pub unit: String,
    /// By name.
    pub outputs: Vec<super::OutputValueDto>,
}
