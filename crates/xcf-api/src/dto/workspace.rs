//! Workspace, draft, commit.

use super::DiagnosticDto;
use super::PlaceDto;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where am I and what would I hit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceDto {
    /// Name (`metadata.name` of `.xcf.yaml`, else the folder's name).
    pub name: String,
    /// Workspace id.
    pub uid: String,
    /// Absolute path of the checkout.
    pub path: String,
    /// Current branch; empty when detached.
    pub branch: String,
    /// Head commit; empty on an unborn branch.
    pub commit: String,
    /// Commits ahead of the default branch.
    pub ahead: u32,
    /// Files that differ from the head commit.
    pub dirty: u32,
    /// Environments in order of `after`, then name.
    pub environments: Vec<EnvironmentDto>,
    /// State store.
    pub store: StoreDto,
    /// True if no People document exists: approvals are `solo, not verified`.
    pub solo: bool,
    /// False until a person agreed to run engines on this repository on this machine (`D13`).
    pub trusted: bool,
    /// True if the workspace is the generated sample.
    pub sample: bool,
    /// Acting identity.
    pub you: IdentityDto,
    /// Identities whose keys are on this machine (choose with `--as`).
    pub identities: Vec<IdentityDto>,
    /// Figures of the status bar.
    pub counts: StatusCountsDto,
    /// Position of the newest event.
    pub position: u64,
    /// Product version.
    pub version: String,
}

/// An Environment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentDto {
    /// Name.
    pub name: String,
    /// True if its floor is approve or strong, or removals are refused.
    pub protected: bool,
    /// `auto`, `approve`, `strong`, or empty.
    pub approval: String,
    /// Environments that come first.
    pub after: Vec<String>,
    /// Number of units.
    pub units: u32,
    /// Where it is written.
    pub place: Option<PlaceDto>,
}

/// State store health.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoreDto {
    /// `sqlite`.
    pub kind: String,
    /// Where.
    pub location: String,
    /// True if the last use worked.
    pub ok: bool,
    /// What is wrong; empty if ok.
    pub problem: String,
}

/// A person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityDto {
    /// Name in People, or the Git user name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Roles of People.
    pub roles: Vec<String>,
    /// True if a signing key of theirs is on this machine.
    pub has_key: bool,
}

/// Figures of the status bar.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusCountsDto {
    /// Error diagnostics.
    pub errors: u32,
    /// Warning diagnostics.
    pub warnings: u32,
    /// Units.
    pub units: u32,
    /// Units applying.
    pub applying: u32,
    /// Units queued.
    pub queued: u32,
    /// Units observing.
    pub observing: u32,
    /// Units failed or stuck.
    pub failed: u32,
    /// ChangeSets that wait for a person.
    pub awaiting: u32,
    /// Runs that are not over.
    pub running: u32,
    /// Locks held.
    pub locks: u32,
}

/// One changed file of the working tree.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftFileDto {
    /// Path.
    pub path: String,
    /// `added`, `modified`, `deleted`, `renamed`.
    pub status: String,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
    /// Text in the head commit; none if new or not text.
    pub old_text: Option<String>,
    /// Text now; none if deleted or not text.
    pub new_text: Option<String>,
}

/// The working tree against the head commit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftDto {
    /// Branch.
    pub branch: String,
    /// Changed files.
    pub files: Vec<DraftFileDto>,
    /// Units whose inputs, route or module content differ.
    pub units: Vec<String>,
    /// True if there is an edit of this session to undo.
    pub can_undo: bool,
    /// What undo would take back.
    pub undo: Option<StepDto>,
    /// What redo would do again.
    pub redo: Option<StepDto>,
}

/// One step of this session's undo stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepDto {
    /// What was done, as a stable kebab-case word: `edit`, `text` …
    pub code: String,
    /// What it was done to: a file, a unit, a Composition.
    pub target: String,
    /// Files it touched.
    pub files: Vec<String>,
}

/// A visual edit: one value at one place of one document.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditRequest {
    /// File.
    pub file: String,
    /// Which document of the file, from 0.
    pub document: usize,
    /// JSON Pointer from the document root.
    pub pointer: String,
    /// New value; absent together with `remove: true`.
    pub value: Option<serde_json::Value>,
    /// Remove the key instead.
    #[serde(default)]
    pub remove: bool,
    /// Content digest of the file the edit was made on; a mismatch is refused (`edit-conflict`).
    pub base_digest: Option<String>,
}

/// Result of an edit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditResponse {
    /// File.
    pub file: String,
    /// Text before.
    pub old_text: String,
    /// Text now.
    pub new_text: String,
    /// Digest of the new text.
    pub digest: String,
    /// Diagnostics of the workspace with the edit.
    pub diagnostics: Vec<DiagnosticDto>,
}

/// Whole new text of one file (YAML tab).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SaveTextRequest {
    /// File.
    pub file: String,
    /// New text.
    pub text: String,
    /// Digest of the text it was edited from.
    pub base_digest: Option<String>,
}

/// Text of one file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileTextDto {
    /// File.
    pub file: String,
    /// Text in the working tree.
    pub text: String,
    /// Its digest.
    pub digest: String,
}

/// Commit of chosen files on the current branch.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommitRequest {
    /// Message.
    pub message: String,
    /// Files; empty = every changed file.
    #[serde(default)]
    pub files: Vec<String>,
}

/// A made commit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommitResponse {
    /// Commit id.
    pub commit: String,
    /// Branch it is on.
    pub branch: String,
}

/// All diagnostics of the workspace.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemsDto {
    /// Sorted by file, line, column.
    pub diagnostics: Vec<DiagnosticDto>,
    /// Files that do not load.
    pub broken_files: u32,
    /// Units that can't be planned because of it.
    pub affected_units: Vec<String>,
}
