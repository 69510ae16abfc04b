//! GitLab: merge requests, notes, commit statuses. **Preview**: written from its documentation, not exercised against a
//! GitLab.

use super::ForgeError;
use super::http::{Api, Method, cut, encoded, query};
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use xcf_core::ports::forge::{Check, CheckState, Forge, NewPullRequest, Outcome, Posted, PullRequest, SizeLimits};
use xcf_core::secret::Secret;

const PER_PAGE: usize = 100;

/// A project on a GitLab.
#[derive(Clone)]
pub struct GitLab {
    api: Api,
    /// `group/name`, percent-encoded: GitLab takes it for the id.
    project: String,
}

#[derive(Deserialize)]
struct MergeRequestAnswer {
    iid: u64,
    web_url: Option<String>,
    title: Option<String>,
    description: Option<String>,
    author: Option<AuthorAnswer>,
    source_branch: Option<String>,
    target_branch: Option<String>,
}

#[derive(Deserialize)]
struct AuthorAnswer {
    username: String,
}

#[derive(Deserialize)]
struct NoteAnswer {
    id: u64,
    body: Option<String>,
    #[serde(default)]
    system: bool,
}

impl From<MergeRequestAnswer> for PullRequest {
    fn from(answer: MergeRequestAnswer) -> Self {
        Self {
            number: answer.iid,
            author: answer.author.map(|a| a.username),
            url: answer.web_url,
            title: answer.title.unwrap_or_default(),
            body: answer.description.unwrap_or_default(),
            base: answer.target_branch,
        }
    }
}

impl GitLab {
    /// `project` (`group/name`, groups may be nested) on the GitLab at `url`, with or without `/api/v4`. Call it inside a
    /// tokio runtime.
    ///
    /// # Errors
    /// `forge-unusable` if `url` is no address, `forge-bad-project`.
    pub fn new(url: &str, project: &str, token: &Secret) -> Result<Self, ForgeError> {
        let plain = project.contains('/') && project.split('/').all(super::is_plain);
        if !plain {
            return Err(ForgeError::BadProject(project.to_owned()));
        }
        let url = url.trim_end_matches('/');
        let base = if url.ends_with("/api/v4") { url.to_owned() } else { format!("{url}/api/v4") };
        Ok(Self { api: Api::new(&base, token)?, project: encoded(project) })
    }

    fn route(&self, rest: &str) -> String {
        format!("/projects/{}{rest}", self.project)
    }

    async fn send(&self, method: Method, rest: &str, body: &Value) -> Result<super::http::Answer, ForgeError> {
        self.api.call(method, &self.route(rest), Some(body)).await
    }
}

#[async_trait]
impl Forge for GitLab {
    fn limits(&self) -> SizeLimits {
        SizeLimits { body: 1_000_000, comment: 1_000_000, description: 255 }
    }

    fn token(&self) -> &Secret {
        &self.api.token
    }

    async fn find(&self, branch: &str) -> Result<Option<PullRequest>, ForgeError> {
        let asked = query(&[("state", "opened"), ("source_branch", branch), ("per_page", "100")]);
        let found: Vec<MergeRequestAnswer> = self.api.get(&self.route(&format!("/merge_requests?{asked}"))).await?;
        let of_branch = found.into_iter().filter(|mr| mr.source_branch.as_deref() == Some(branch));
        Ok(of_branch.min_by_key(|mr| mr.iid).map(PullRequest::from))
    }

    async fn get(&self, number: u64) -> Result<PullRequest, ForgeError> {
        let answer: MergeRequestAnswer = self.api.get(&self.route(&format!("/merge_requests/{number}"))).await?;
        Ok(answer.into())
    }

    async fn open(&self, new: &NewPullRequest) -> Result<PullRequest, ForgeError> {
        let body = json!({
            "source_branch": new.branch, "target_branch": new.base, "title": new.title, "description": new.body,
        });
        let answer = self.send(Method::Post, "/merge_requests", &body).await?;
        match answer.read::<MergeRequestAnswer>() {
            Ok(made) => Ok(made.into()),
            Err(garbled) => self.find(&new.branch).await?.ok_or(garbled),
        }
    }

    async fn update(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        let body = json!({ "title": title, "description": body });
        self.send(Method::Put, &format!("/merge_requests/{number}"), &body).await?;
        Ok(())
    }

    async fn comment(&self, number: u64, marker: &str, text: &str) -> Result<Posted, ForgeError> {
        let page = |n: usize| {
            let n = n.to_string();
            let asked = query(&[("sort", "asc"), ("per_page", "100"), ("page", &n)]);
            self.route(&format!("/merge_requests/{number}/notes?{asked}"))
        };
        let notes: Vec<NoteAnswer> = self.api.list(PER_PAGE, page).await?;
        let ours = notes.into_iter().filter(|n| !n.system && n.body.as_deref().is_some_and(|b| b.starts_with(marker)));
        let body = json!({ "body": text });
        if let Some(old) = ours.min_by_key(|n| n.id) {
            if old.body.as_deref().is_some_and(|b| b.trim_end() == text.trim_end()) {
                return Ok(Posted { outcome: Outcome::Unchanged, url: None });
            }
            match self.send(Method::Put, &format!("/merge_requests/{number}/notes/{}", old.id), &body).await {
                Ok(_) => return Ok(Posted { outcome: Outcome::Updated, url: None }),
                Err(ForgeError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.send(Method::Post, &format!("/merge_requests/{number}/notes"), &body).await?;
        Ok(Posted { outcome: Outcome::Created, url: None })
    }

    async fn check(&self, commit: &str, check: &Check) -> Result<(), ForgeError> {
        let state = match check.state {
            CheckState::Pending => "pending",
            CheckState::Success => "success",
            CheckState::Failure | CheckState::Error => "failed",
        };
        let mut body = json!({
            "state": state, "name": check.context, "description": cut(&check.description, self.limits().description),
        });
        if let (Some(url), Some(map)) = (&check.url, body.as_object_mut()) {
            map.insert("target_url".to_owned(), Value::String(url.clone()));
        }
        match self.send(Method::Post, &format!("/statuses/{commit}"), &body).await {
            // GitLab refuses a status that is as it was.
            Err(ForgeError::Invalid(why)) if why.contains("Cannot transition status") => Ok(()),
            other => other.map(|_| ()),
        }
    }
}
