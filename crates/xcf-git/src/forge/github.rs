//! GitHub and GitHub Enterprise, and what Gitea and Forgejo took over from them: pull requests, issue comments, statuses.

use super::http::{Api, Method, cut, json, query};
use super::{ForgeError, project_parts};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json as value;
use xcf_core::ports::forge::{Check, CheckState, Forge, NewPullRequest, Outcome, Posted, PullRequest, SizeLimits};
use xcf_core::secret::Secret;

/// The public one.
pub const DEFAULT_URL: &str = "https://api.github.com";

/// Where Gitea differs from GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    GitHub,
    Gitea,
}

/// A project on GitHub, Gitea or Forgejo.
#[derive(Clone)]
pub struct GitHub {
    api: Api,
    dialect: Dialect,
    owner: String,
    name: String,
}

#[derive(Deserialize)]
struct PullRequestAnswer {
    number: u64,
    html_url: Option<String>,
    title: Option<String>,
    body: Option<String>,
    user: Option<UserAnswer>,
    head: Option<BranchAnswer>,
    base: Option<BranchAnswer>,
}

#[derive(Deserialize)]
struct UserAnswer {
    login: String,
}

#[derive(Deserialize)]
struct BranchAnswer {
    #[serde(rename = "ref")]
    branch: String,
    repo: Option<RepoAnswer>,
}

#[derive(Deserialize)]
struct RepoAnswer {
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct CommentAnswer {
    id: u64,
    body: Option<String>,
    html_url: Option<String>,
}

#[derive(Serialize)]
struct StatusRequest<'a> {
    state: &'a str,
    context: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_url: Option<&'a str>,
}

impl From<PullRequestAnswer> for PullRequest {
    fn from(answer: PullRequestAnswer) -> Self {
        Self {
            number: answer.number,
            author: answer.user.map(|u| u.login),
            url: answer.html_url,
            title: answer.title.unwrap_or_default(),
            body: answer.body.unwrap_or_default(),
            base: answer.base.map(|b| b.branch),
        }
    }
}

impl GitHub {
    /// `project` (`owner/name`) on GitHub, its API at `url` (none: the public one). Call it inside a tokio runtime.
    ///
    /// # Errors
    /// `forge-unusable` if `url` is no address, `forge-bad-project`.
    pub fn new(url: Option<&str>, project: &str, token: &Secret) -> Result<Self, ForgeError> {
        Self::speaking(Dialect::GitHub, url.unwrap_or(DEFAULT_URL), project, token)
    }

    pub(super) fn speaking(dialect: Dialect, url: &str, project: &str, token: &Secret) -> Result<Self, ForgeError> {
        let (owner, name) = project_parts(project)?;
        Ok(Self { api: Api::new(url, token)?, dialect, owner: owner.to_owned(), name: name.to_owned() })
    }

    fn route(&self, rest: &str) -> String {
        format!("/repos/{}/{}{rest}", self.owner, self.name)
    }

    /// Pages are asked for by another name, and Gitea gives at most fifty.
    fn page(&self, number: usize) -> String {
        let number = number.to_string();
        match self.dialect {
            Dialect::GitHub => query(&[("per_page", "100"), ("page", &number)]),
            Dialect::Gitea => query(&[("limit", "50"), ("page", &number)]),
        }
    }

    fn per_page(&self) -> usize {
        match self.dialect {
            Dialect::GitHub => 100,
            Dialect::Gitea => 50,
        }
    }

    /// True for a pull request from this branch of this project: a filter that a server does not understand is ignored by
    /// it, and a fork may have a branch of the same name.
    fn is_from(&self, answer: &PullRequestAnswer, branch: &str) -> bool {
        let Some(head) = &answer.head else { return false };
        let own = format!("{}/{}", self.owner, self.name);
        let project = head.repo.as_ref().and_then(|r| r.full_name.as_deref());
        head.branch == branch && project.is_none_or(|p| p.eq_ignore_ascii_case(&own))
    }
}

#[async_trait]
impl Forge for GitHub {
    fn limits(&self) -> SizeLimits {
        match self.dialect {
            Dialect::GitHub => SizeLimits { body: 65_536, comment: 65_536, description: 140 },
            // Gitea has no limit of its own; a page of more is not read.
            Dialect::Gitea => SizeLimits { body: 262_144, comment: 262_144, description: 255 },
        }
    }

    fn token(&self) -> &Secret {
        &self.api.token
    }

    async fn find(&self, branch: &str) -> Result<Option<PullRequest>, ForgeError> {
        let head = format!("{}:{branch}", self.owner);
        let found: Vec<PullRequestAnswer> = match self.dialect {
            Dialect::GitHub => {
                let asked = query(&[("state", "open"), ("head", &head), ("per_page", "100")]);
                self.api.get(&self.route(&format!("/pulls?{asked}"))).await?
            }
            Dialect::Gitea => {
                let page = |n| self.route(&format!("/pulls?state=open&{}", self.page(n)));
                self.api.list(self.per_page(), page).await?
            }
        };
        let of_branch = found.into_iter().filter(|pr| self.is_from(pr, branch));
        Ok(of_branch.min_by_key(|pr| pr.number).map(PullRequest::from))
    }

    async fn get(&self, number: u64) -> Result<PullRequest, ForgeError> {
        let answer: PullRequestAnswer = self.api.get(&self.route(&format!("/pulls/{number}"))).await?;
        Ok(answer.into())
    }

    async fn open(&self, new: &NewPullRequest) -> Result<PullRequest, ForgeError> {
        let body = value!({ "title": new.title, "head": new.branch, "base": new.base, "body": new.body });
        let answer = self.api.call(Method::Post, &self.route("/pulls"), Some(&body)).await?;
        match answer.read::<PullRequestAnswer>() {
            Ok(made) => Ok(made.into()),
            // It was made, whatever the answer looks like: find it rather than make another.
            Err(garbled) => self.find(&new.branch).await?.ok_or(garbled),
        }
    }

    async fn update(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        let body = value!({ "title": title, "body": body });
        self.api.call(Method::Patch, &self.route(&format!("/pulls/{number}")), Some(&body)).await?;
        Ok(())
    }

    async fn comment(&self, number: u64, marker: &str, text: &str) -> Result<Posted, ForgeError> {
        let comments: Vec<CommentAnswer> = match self.dialect {
            // Gitea gives all comments of an issue at once and takes no page.
            Dialect::Gitea => self.api.get(&self.route(&format!("/issues/{number}/comments"))).await?,
            Dialect::GitHub => {
                let page = |n| self.route(&format!("/issues/{number}/comments?{}", self.page(n)));
                self.api.list(self.per_page(), page).await?
            }
        };
        let ours = comments.into_iter().filter(|c| c.body.as_deref().is_some_and(|b| b.starts_with(marker)));
        let body = value!({ "body": text });
        if let Some(old) = ours.min_by_key(|c| c.id) {
            // Forges store lines with `\n`, and may trim the end.
            if old.body.as_deref().is_some_and(|b| b.replace("\r\n", "\n").trim_end() == text.trim_end()) {
                return Ok(Posted { outcome: Outcome::Unchanged, url: old.html_url });
            }
            let route = self.route(&format!("/issues/comments/{}", old.id));
            match self.api.call(Method::Patch, &route, Some(&body)).await {
                Ok(_) => return Ok(Posted { outcome: Outcome::Updated, url: old.html_url }),
                // Somebody else's comment that begins like ours, or one deleted meanwhile: ours is made below.
                Err(ForgeError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let answer =
            self.api.call(Method::Post, &self.route(&format!("/issues/{number}/comments")), Some(&body)).await?;
        let url = answer.read::<CommentAnswer>().ok().and_then(|c| c.html_url);
        Ok(Posted { outcome: Outcome::Created, url })
    }

    async fn check(&self, commit: &str, check: &Check) -> Result<(), ForgeError> {
        let state = match check.state {
            CheckState::Pending => "pending",
            CheckState::Success => "success",
            CheckState::Failure => "failure",
            CheckState::Error => "error",
        };
        let description = cut(&check.description, self.limits().description);
        let body = json(&StatusRequest {
            state,
            context: &check.context,
            description: &description,
            target_url: check.url.as_deref(),
        })?;
        self.api.call(Method::Post, &self.route(&format!("/statuses/{commit}")), Some(&body)).await?;
        Ok(())
    }
}
