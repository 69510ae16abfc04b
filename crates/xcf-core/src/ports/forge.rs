//! Forges: where a branch becomes a pull request, and a plan a comment and a check (`D6`, `D15`).
//!
//! Every operation may be repeated: what is there already is found and left or updated, never made twice. That is what
//! lets an intent wait in a queue and go out when there is a network again.

use crate::secret::Secret;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An open pull request (GitLab: merge request).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// Number.
    pub number: u64,
    /// Login of who opened it, if the forge says.
    pub author: Option<String>,
    /// Page for people.
    pub url: Option<String>,
    /// Title.
    pub title: String,
    /// Text below the title.
    #[serde(default)]
    pub body: String,
    /// Branch it is to be merged into, if the forge says.
    #[serde(default)]
    pub base: Option<String>,
}

/// A pull request to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPullRequest {
    /// Branch with the commits.
    pub branch: String,
    /// Branch they are to be merged into.
    pub base: String,
    /// Title.
    pub title: String,
    /// Text, Markdown.
    pub body: String,
}

/// What became of something that may have been there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was made.
    Created,
    /// It was there and was changed.
    Updated,
    /// It was there and says so already.
    Unchanged,
}

/// The one comment of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// What became of it.
    pub outcome: Outcome,
    /// Page for people, if the forge says.
    pub url: Option<String>,
}

/// State of the check on a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// Somebody or something is still awaited.
    Pending,
    /// It may be merged as far as we are concerned.
    Success,
    /// A policy refused it.
    Failure,
    /// It could not be told.
    Error,
}

/// A check on a commit; branch protection that requires it gates the merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Name, for example `xcloudflow/plan`.
    pub context: String,
    /// State.
    pub state: CheckState,
    /// One line.
    pub description: String,
    /// Page for people.
    pub url: Option<String>,
}

/// What a forge takes. In bytes, which is never more than the characters the forges count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeLimits {
    /// Longest text of a pull request.
    pub body: usize,
    /// Longest comment.
    pub comment: usize,
    /// Longest description of a check.
    pub description: usize,
}

/// Why a forge did not do it. Messages hold no token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ForgeError {
    /// No forge can be made out from the remote's address, and none is configured.
    #[error("the remote `{0}` does not tell which forge it is; say `forge: {{kind, url, project}}` in .xcf.yaml")]
    Unknown(String),
    /// The address is none, or no client can be made.
    #[error("the forge at `{url}` can't be used: {reason}")]
    Unusable {
        /// As configured.
        url: String,
        /// Why.
        reason: String,
    },
    /// Not `owner/name`.
    #[error("`{0}` is not a project of the form owner/name (forge.project)")]
    BadProject(String),
    /// There is no token for it.
    #[error("there is no token for {host}")]
    NoToken {
        /// Host.
        host: String,
    },
    /// A token of the environment may go only to the host of the remote.
    #[error(
        "the token in {variable} is not sent to {host}: the remote is on {remote}, and a repository may not choose where a token goes"
    )]
    ForeignHost {
        /// Host that `forge.url` names.
        host: String,
        /// Host of the remote.
        remote: String,
        /// Variable the token is in.
        variable: &'static str,
    },
    /// The token is not accepted.
    #[error("the forge does not accept the token: {0}")]
    Unauthorized(String),
    /// The token may not do that, or knows no such project.
    #[error("the forge refused: {0}")]
    Refused(String),
    /// The forge says that the request makes no sense.
    #[error("the forge found fault with it: {0}")]
    Invalid(String),
    /// The forge wants us to wait.
    #[error("the forge asks to wait: {0}")]
    RateLimited(String),
    /// Network, timeout, or the server's own trouble: worth another try later.
    #[error("the forge could not be asked: {0}")]
    Unreachable(String),
    /// It answered with something that can't be read.
    #[error("the forge's answer can't be read: {0}")]
    Garbled(String),
}

impl ForgeError {
    /// Stable code, kebab-case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "forge-unknown",
            Self::Unusable { .. } => "forge-unusable",
            Self::BadProject(_) => "forge-bad-project",
            Self::NoToken { .. } => "forge-no-token",
            Self::ForeignHost { .. } => "forge-foreign-host",
            Self::Unauthorized(_) => "forge-unauthorized",
            Self::Refused(_) => "forge-refused",
            Self::Invalid(_) => "forge-invalid",
            Self::RateLimited(_) => "forge-rate-limited",
            Self::Unreachable(_) => "forge-unreachable",
            Self::Garbled(_) => "forge-garbled",
        }
    }
    /// True if the same request may well work later, without a person doing anything.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::RateLimited(_))
    }
}

/// One project on one forge.
#[async_trait]
pub trait Forge: Send + Sync {
    /// What it takes.
    fn limits(&self) -> SizeLimits;
    /// Everything that must not be shown of this client.
    fn token(&self) -> &Secret;
    /// The open pull request of `branch`; the oldest, if there are several.
    async fn find(&self, branch: &str) -> Result<Option<PullRequest>, ForgeError>;
    /// The pull request `number`, whatever its state.
    async fn get(&self, number: u64) -> Result<PullRequest, ForgeError>;
    /// Opens one. Call `find` first: a second one for the same branch is an error.
    async fn open(&self, new: &NewPullRequest) -> Result<PullRequest, ForgeError>;
    /// Gives it another title and text.
    async fn update(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError>;
    /// Writes the one comment that begins with `marker` (and is part of `text`), making it if it is not there.
    async fn comment(&self, number: u64, marker: &str, text: &str) -> Result<Posted, ForgeError>;
    /// Sets the check `context` of a commit.
    async fn check(&self, commit: &str, check: &Check) -> Result<(), ForgeError>;
}
