//! Starting from what a repository already has.

use super::DiagnosticDto;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which repository.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptPreviewRequest {
    /// A folder of it.
    pub path: String,
}

/// What would be written. Nothing is written yet.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptPreviewDto {
    /// Root of the checkout.
    pub path: String,
    /// Identity of the workspace, to be sent back on acceptance.
    pub uid: String,
    /// Digest of this proposal, to be sent back: only what was seen is written.
    pub digest: String,
    /// Files.
    pub files: Vec<AdoptFileDto>,
    /// What they are for.
    pub found: Vec<AdoptFoundDto>,
    /// What was left out, and what a person has to add.
    pub diagnostics: Vec<DiagnosticDto>,
}

/// A file that would be written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptFileDto {
    /// Path.
    pub path: String,
    /// Text then.
    pub text: String,
    /// Text now; none if it is new.
    pub old_text: Option<String>,
}

/// One thing that was found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptFoundDto {
    /// Folder or file.
    pub path: String,
    /// `terraform`, `kustomize`, `helm`, `playbook`.
    pub what: String,
    /// Composition.
    pub composition: String,
    /// Environment that assembles it; none: it is not planned until a person adds it to one.
    pub environment: Option<String>,
    /// Module.
    pub module: String,
    /// `backend` (it stays in its own), `copied` (from a file beside it into the unit's own), `none`.
    pub state: String,
    /// Type of the backend, or the file; empty for `none`.
    pub state_from: String,
}

/// Acceptance of a preview.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptRequest {
    /// A folder of the repository.
    pub path: String,
    /// `uid` of the preview.
    pub uid: String,
    /// `digest` of the preview.
    pub digest: String,
}

/// What was written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptDoneDto {
    /// Root of the checkout.
    pub path: String,
    /// Files.
    pub written: Vec<String>,
    /// Units whose state was copied.
    pub states: Vec<String>,
}
