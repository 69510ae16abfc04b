//! Export to Git: what would go out, what went, what waits.

use super::{ChangeDetailDto, DiagnosticDto, ProblemDto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to export. Everything may be left out: the draft, a branch and a title of our making.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ExportRequest {
    /// Changed files to commit; empty = every changed one.
    pub files: Vec<String>,
    /// Branch to commit on: the checked out one, or a new one.
    pub branch: Option<String>,
    /// Branch to be merged into; none = the workspace's default branch.
    pub base: Option<String>,
    /// Title of the commit and the pull request.
    pub title: Option<String>,
    /// Text below it, for people.
    pub message: Option<String>,
    /// Remote (default `origin`).
    pub remote: Option<String>,
    /// Plan the commit first and put the plan into the pull request.
    pub plan: bool,
    /// Only commit and queue; it goes out later.
    pub queue: bool,
}

/// Where it would go.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForgeDto {
    /// `github`, `gitea`, `gitlab`.
    pub kind: String,
    /// Host of its API.
    pub host: String,
    /// `owner/name`.
    pub project: String,
    /// True for an adapter that was never run against the real thing.
    pub preview: bool,
}

/// A file of the export with its unified diff.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportFileDto {
    /// Path.
    pub path: String,
    /// `added`, `modified`, `deleted`.
    pub status: String,
    /// Unified diff; empty for binary or very large files.
    pub diff: String,
    /// True if it is not shown as text.
    pub binary: bool,
}

/// Everything to look at before it goes out. Nothing was written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportPreviewDto {
    /// Branch it would be committed on.
    pub branch: String,
    /// True if the branch would be made.
    pub new_branch: bool,
    /// Branch to be merged into.
    pub base: String,
    /// Title.
    pub title: String,
    /// Text of the pull request, Markdown.
    pub body: String,
    /// Changed files that would be committed.
    pub files: Vec<ExportFileDto>,
    /// Commits of the branch that the base has not, newest first.
    pub commits: Vec<String>,
    /// Units whose inputs, route or module content differ.
    pub units: Vec<String>,
    /// Address of the remote, without a password; none if there is no remote.
    pub remote: Option<String>,
    /// The forge; none if it can't be made out.
    pub forge: Option<ForgeDto>,
    /// Who the commit is by, `Name <mail>`.
    pub author: Option<String>,
    /// What stands in the way, or is worth knowing.
    pub problems: Vec<ProblemDto>,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PullRequestDto {
    /// Number.
    pub number: u64,
    /// Page for people.
    pub url: Option<String>,
    /// Title.
    pub title: String,
    /// `created`, `updated`, `unchanged`.
    pub outcome: String,
}

/// An intent that has not gone out yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueuedDto {
    /// Id.
    pub id: String,
    /// Branch.
    pub branch: String,
    /// Branch to be merged into.
    pub base: String,
    /// Commit.
    pub commit: String,
    /// Title of the pull request.
    pub title: String,
    /// Since when (RFC 3339).
    pub since: String,
    /// How often it was tried.
    pub attempts: u32,
    /// `waiting` for the network, or `stopped` until a person does something.
    pub state: String,
    /// Code of the last failure; empty = not tried yet.
    pub code: String,
    /// What the last try said.
    pub why: String,
}

/// Intents that wait.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueDto {
    /// Oldest first.
    pub items: Vec<QueuedDto>,
}

/// What an export did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportDto {
    /// Branch.
    pub branch: String,
    /// Commit that is (to be) there.
    pub commit: String,
    /// True if this export made the commit.
    pub committed: bool,
    /// True if the branch is on the server now.
    pub pushed: bool,
    /// The pull request, if the forge has it.
    pub pull_request: Option<PullRequestDto>,
    /// Set if it waits to go out.
    pub queued: Option<QueuedDto>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

/// What sending the queue did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlushDto {
    /// What went out.
    pub sent: Vec<ExportDto>,
    /// What still waits.
    pub items: Vec<QueuedDto>,
}

/// Asks for a plan against a base, told to the pull request.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PrCheckRequest {
    /// Base revision; none = where the branch left the default branch.
    pub base: Option<String>,
    /// Revision to plan; none = HEAD.
    pub head: Option<String>,
    /// Number of the pull request; none = the open one of the branch.
    pub pull_request: Option<u64>,
    /// Environments; empty = every affected one.
    pub environments: Vec<String>,
    /// Only plan and render: tell the forge nothing.
    pub silent: bool,
}

/// What a check found and told.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrCheckDto {
    /// The plan.
    pub change_sets: Vec<ChangeDetailDto>,
    /// Diagnostics of the workspace and of planning.
    pub diagnostics: Vec<DiagnosticDto>,
    /// Commit that was planned.
    pub commit: String,
    /// `pending`, `success`, `failure`, `error`.
    pub state: String,
    /// One line: what the check says.
    pub summary: String,
    /// The comment, Markdown.
    pub markdown: String,
    /// Pull request it was told to.
    pub pull_request: Option<PullRequestDto>,
    /// `created`, `updated`, `unchanged`; none if no comment was written.
    pub comment: Option<String>,
    /// Page of the comment.
    pub comment_url: Option<String>,
    /// True if the check stands on the commit.
    pub checked: bool,
    /// Why the forge was not (wholly) told.
    pub problem: Option<ProblemDto>,
}
