//! Doctor, settings, first run.

use super::SaidDto;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Doctor's findings, failures first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DoctorDto {
    /// Checks.
    pub checks: Vec<CheckDto>,
    /// Paths in use.
    pub paths: Vec<PathDto>,
}

/// One check.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckDto {
    /// Stable id, for example `engine-terraform`.
    pub id: String,
    /// What is looked at.
    pub name: String,
    /// `ok`, `warning`, `failed`, `not-needed`.
    pub status: String,
    /// What was found.
    pub found: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub found_said: Option<SaidDto>,
    /// What is needed.
    pub need: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub need_said: Option<SaidDto>,
    /// The one command or step that mends it; may be empty.
    pub fix: String,
    /// The same, apart from its language.
    #[serde(default)]
    pub fix_said: Option<SaidDto>,
}

/// A path in use.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PathDto {
    /// What it is for.
    pub name: String,
    /// Where.
    pub path: String,
}

/// Opens a repository, or makes the sample.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenRequest {
    /// Folder of the repository.
    pub path: String,
    /// Make the sample monorepo there first.
    #[serde(default)]
    pub sample: bool,
}

/// What the first-run screen knows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionDto {
    /// True if a workspace is open.
    pub open: bool,
    /// Recently opened folders.
    pub recent: Vec<String>,
    /// Where a sample would be made.
    pub sample_path: String,
    /// Why the last open failed; empty if it did not.
    pub problem: String,
    /// Product version.
    pub version: String,
}

/// Result of an action that starts or steers something.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DoneDto {
    /// Run it belongs to, if any.
    pub run: Option<String>,
    /// One line for people.
    pub message: String,
}
