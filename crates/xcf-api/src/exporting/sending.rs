//! Sending an intent: push, then find, open or update the pull request. Every step finds what is there already.

use super::outbox::{Intent, Trouble};
use crate::dto::{DoneDto, ExportDto, FlushDto, PullRequestDto, QueueDto};
use crate::error::{Answer, Problem};
use crate::open::Workspace;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use xcf_core::docs::config::ForgeKind;
use xcf_core::ids::CommitId;
use xcf_core::ports::forge::{Forge, ForgeError, NewPullRequest, Outcome};
use xcf_git::{GitError, Push, Remote, token_login};

/// Longest time one push may take.
const PUSH_AT_MOST: Duration = Duration::from_secs(180);

impl From<GitError> for Trouble {
    fn from(error: GitError) -> Self {
        Self { passes: error.passes(), problem: error.into() }
    }
}

impl From<ForgeError> for Trouble {
    fn from(error: ForgeError) -> Self {
        Self { passes: error.passes(), problem: error.into() }
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self { problem, passes: false }
    }
}

/// The word of an outcome.
pub(super) fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Unchanged => "unchanged",
    }
}

impl Workspace {
    /// Use case: what has not gone out yet.
    ///
    /// # Errors
    /// The outbox can't be read.
    pub(crate) async fn export_queue(&self) -> Answer<QueueDto> {
        Ok(QueueDto { items: self.outbox().list().await?.iter().map(Intent::dto).collect() })
    }
    /// Use case: sends what waits for the network; with `all` also what waited for a person.
    ///
    /// # Errors
    /// The outbox can't be read or written. What can't be sent stays, with the reason.
    pub(crate) async fn export_flush(&self, all: bool) -> Answer<FlushDto> {
        let mut sent = Vec::new();
        if !self.outbox().list().await?.is_empty() {
            self.demand_trust()?;
            let _sending = self.outbox().lock().await?;
            for intent in self.outbox().list().await?.into_iter().filter(|i| all || i.may_go()) {
                match self.send(&intent).await {
                    Ok(done) => sent.push(done),
                    Err(trouble) => {
                        self.outbox().failed(intent, &trouble, self.clock.now()).await?;
                    }
                }
            }
        }
        Ok(FlushDto { sent, items: self.export_queue().await?.items })
    }
    /// Use case: takes an intent out of the queue. The commit and the branch stay.
    ///
    /// # Errors
    /// There is none of that id.
    pub(crate) async fn export_drop(&self, id: &str) -> Answer<DoneDto> {
        match self.outbox().drop_one(id).await? {
            true => {
                Ok(DoneDto { run: None, message: format!("{id} will not go out; its commit stays on its branch.") })
            }
            false => Err(Problem::not_found(format!("a queued export {id}"))),
        }
    }

    /// Sends one intent and takes it out of the outbox. Call it with the outbox locked.
    pub(super) async fn send(&self, intent: &Intent) -> Result<ExportDto, Trouble> {
        let remote = self.repo.remote(&intent.remote)?;
        let model = self.at_worktree().await?.model;
        let site = self.site(&model, &remote);
        let token = match &site {
            Ok(site) => self.forge_token(site, &remote, true).await.map(|(token, _)| token),
            Err(error) => Err(error.clone()),
        };
        // Before anything leaves: this repository wants a token sent where it does not belong.
        if let Err(error @ ForgeError::ForeignHost { .. }) = &token {
            return Err(error.clone().into());
        }
        let login =
            token.as_ref().ok().filter(|_| same_host(&site, &remote)).and_then(|token| {
                token_login(&remote, token, site.as_ref().is_ok_and(|s| s.kind == ForgeKind::Gitlab))
            });
        let push = Push {
            remote: intent.remote.clone(),
            commit: CommitId::new(intent.commit.clone()),
            branch: intent.branch.clone(),
            login,
            scratch: self.paths.state.join(self.uid.as_str()),
            at_most: PUSH_AT_MOST,
            cancel: CancellationToken::new(),
        };
        let pushed = self.repo.push(&push).await?;
        let mut done = ExportDto {
            branch: intent.branch.clone(),
            commit: intent.commit.clone(),
            committed: false,
            pushed: true,
            pull_request: None,
            queued: None,
            notes: pushed.said,
        };
        match (site, token) {
            (Ok(site), Ok(token)) => {
                let forge = site.connect(&token)?;
                done.pull_request = Some(pull_request(forge.as_ref(), intent).await?);
                if site.is_preview() {
                    done.notes
                        .push(format!("{} is a preview: this adapter was not exercised against one", site.kind_name()));
                }
            }
            // A plain Git server has no pull requests; the push was all there is to do.
            (Err(error @ ForgeError::Unknown(_)), _) => done.notes.push(format!("no pull request: {error}")),
            (Err(error), _) | (_, Err(error)) => return Err(error.into()),
        }
        self.outbox().remove(intent).await?;
        Ok(done)
    }
}

/// A token is for the forge's host; the remote may be elsewhere (an ssh alias, a mirror).
fn same_host(site: &Result<xcf_git::forge::Site, ForgeError>, remote: &Remote) -> bool {
    let Ok(site) = site else { return false };
    let host = remote.host.as_deref().unwrap_or_default();
    host == site.host || (host == "github.com" && site.host == "api.github.com")
}

async fn pull_request(forge: &dyn Forge, intent: &Intent) -> Result<PullRequestDto, ForgeError> {
    let dto = |pr: &xcf_core::ports::forge::PullRequest, outcome: Outcome| PullRequestDto {
        number: pr.number,
        url: pr.url.clone(),
        title: intent.title.clone(),
        outcome: outcome_word(outcome).to_owned(),
    };
    if let Some(found) = forge.find(&intent.branch).await? {
        let body = super::wording::merged(&found.body, &intent.body);
        if found.title == intent.title && same_text(&found.body, &body) {
            return Ok(dto(&found, Outcome::Unchanged));
        }
        forge.update(found.number, &intent.title, &body).await?;
        return Ok(dto(&found, Outcome::Updated));
    }
    let new = NewPullRequest {
        branch: intent.branch.clone(),
        base: intent.base.clone(),
        title: intent.title.clone(),
        body: intent.body.clone(),
    };
    match forge.open(&new).await {
        Ok(made) => Ok(dto(&made, Outcome::Created)),
        // Somebody was faster, or an answer was lost: then it is there now.
        Err(error @ (ForgeError::Invalid(_) | ForgeError::Unreachable(_))) => match forge.find(&intent.branch).await {
            Ok(Some(found)) => Ok(dto(&found, Outcome::Unchanged)),
            _ => Err(error),
        },
        Err(error) => Err(error),
    }
}

/// Forges change line ends and the blank at the end.
pub(super) fn same_text(one: &str, two: &str) -> bool {
    one.replace("\r\n", "\n").trim_end() == two.replace("\r\n", "\n").trim_end()
}
