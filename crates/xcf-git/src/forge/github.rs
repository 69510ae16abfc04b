//! GitHub and GitHub Enterprise. octocrab is transport, authentication and retry; answers are read into our own small
//! structs, because fields come and go.

use super::{ForgeError, PullRequest, is_plain};
use octocrab::Octocrab;
use octocrab::service::middleware::retry::RetryConfig;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use xcf_core::secret::Secret;

/// The public one.
pub const DEFAULT_URL: &str = "https://api.github.com";
/// One question takes at most this long, retries included: planning must not hang on a forge.
const AT_MOST: Duration = Duration::from_secs(20);
const RETRIES: usize = 2;

/// A client for one GitHub.
#[derive(Clone)]
pub struct GitHub {
    api: Octocrab,
}

#[derive(Deserialize)]
struct PullRequestAnswer {
    number: u64,
    html_url: Option<String>,
    title: Option<String>,
    user: Option<UserAnswer>,
    head: Option<HeadAnswer>,
}

#[derive(Deserialize)]
struct UserAnswer {
    login: String,
}

#[derive(Deserialize)]
struct HeadAnswer {
    #[serde(rename = "ref")]
    branch: String,
}

#[derive(Serialize)]
struct OpenPullRequestsOf<'a> {
    state: &'a str,
    head: &'a str,
    per_page: u8,
}

impl GitHub {
    /// A client for the API at `url` (`forge.url`; none: the public GitHub). Call it inside a tokio runtime.
    ///
    /// # Errors
    /// `Unusable` if `url` is no address.
    pub fn new(url: Option<&str>, token: &Secret) -> Result<Self, ForgeError> {
        let url = url.unwrap_or(DEFAULT_URL).trim_end_matches('/');
        let unusable = |reason: String| ForgeError::Unusable { url: url.to_owned(), reason };
        let api = Octocrab::builder()
            .base_uri(url)
            .map_err(|e| unusable(e.to_string()))?
            .add_retry_config(RetryConfig::Simple(RETRIES))
            .set_connect_timeout(Some(AT_MOST))
            .set_read_timeout(Some(AT_MOST))
            .personal_token(token.expose().to_owned())
            .build()
            .map_err(|e| unusable(e.to_string()))?;
        Ok(Self { api })
    }

    /// The open pull request of `branch` in `project` (`owner/name`); the oldest, if there are several.
    ///
    /// # Errors
    /// `BadProject`, `Refused`, `Failed`.
    pub async fn open_pull_request(&self, project: &str, branch: &str) -> Result<Option<PullRequest>, ForgeError> {
        let bad = || ForgeError::BadProject(project.to_owned());
        let (owner, name) = project.split_once('/').filter(|(o, n)| is_plain(o) && is_plain(n)).ok_or_else(bad)?;
        let head = format!("{owner}:{branch}");
        let asked = OpenPullRequestsOf { state: "open", head: &head, per_page: 100 };
        let route = format!("/repos/{owner}/{name}/pulls");
        let answer =
            tokio::time::timeout(AT_MOST, self.api.get::<Vec<PullRequestAnswer>, _, _>(route, Some(&asked))).await;
        let late = || ForgeError::Failed(format!("no answer within {} s", AT_MOST.as_secs()));
        let found = answer.map_err(|_| late())?.map_err(|e| forge_error(&e))?;
        // A filter that a server does not understand is ignored by it, so every answer is checked.
        let of_branch = found.into_iter().filter(|pr| pr.head.as_ref().is_some_and(|h| h.branch == branch));
        Ok(of_branch.min_by_key(|pr| pr.number).map(|pr| PullRequest {
            number: pr.number,
            author: pr.user.map(|u| u.login),
            url: pr.html_url,
            title: pr.title.unwrap_or_default(),
        }))
    }
}

fn forge_error(error: &octocrab::Error) -> ForgeError {
    match error {
        octocrab::Error::GitHub { source, .. } if source.status_code.is_client_error() => {
            ForgeError::Refused(format!("{} ({})", source.message, source.status_code))
        }
        octocrab::Error::GitHub { source, .. } => {
            ForgeError::Failed(format!("{} ({})", source.message, source.status_code))
        }
        // The outer text alone says only which layer failed.
        other => {
            let mut text = other.to_string();
            let mut cause = std::error::Error::source(other);
            while let Some(inner) = cause {
                let more = inner.to_string();
                if !text.contains(&more) {
                    text = format!("{text}: {more}");
                }
                cause = inner.source();
            }
            ForgeError::Failed(text)
        }
    }
}
