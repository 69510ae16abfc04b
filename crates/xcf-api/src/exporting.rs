//! Export to Git (issue point 6): a look at what would go out, a commit on a branch, the push, the pull request. The
//! repository's remote is spoken to only when a person asked for it; what can't go out now waits in the outbox.

mod checking;
mod outbox;
mod sending;
mod wording;

use crate::dto::{ExportDto, ExportFileDto, ExportPreviewDto, ExportRequest, ForgeDto, PlanRequest, ProblemDto};
use crate::error::{Answer, Kind, Problem};
use crate::http::Acting;
use crate::open::{Workspace, blocking};
use outbox::Intent;
use std::sync::Arc;
use xcf_core::ids::CommitId;
use xcf_core::ports::forge::{Forge, ForgeError};
use xcf_core::ports::secrets::{SecretError, SecretSource};
use xcf_core::secret::Secret;
use xcf_git::forge::{Site, TokenSource};
use xcf_git::{ChangeKind, FileDiff, Remote, Repo};
use xcf_plan::workspace::Workspace as Model;

/// Most commits listed in a preview.
const MOST_COMMITS: usize = 50;

impl From<ForgeError> for Problem {
    fn from(error: ForgeError) -> Self {
        let hint = match &error {
            ForgeError::NoToken { host } => format!(
                "Store one: `xcf pr login {host}`, or set XCF_FORGE_TOKEN. It needs to write pull requests and commit statuses."
            ),
            ForgeError::ForeignHost { host, .. } => {
                format!("If that is meant, say so where it runs: XCF_FORGE_HOST={host}")
            }
            ForgeError::Unauthorized(_) | ForgeError::Refused(_) => {
                "Check forge.project, and what the token may do: pull requests, comments, commit statuses.".to_owned()
            }
            _ => String::new(),
        };
        Self::new(Kind::Conflict, error.code(), error.to_string()).hint(hint)
    }
}

/// No keyring: for questions in the background, where nobody is there to unlock it.
struct NoKeyring;

#[async_trait::async_trait]
impl SecretSource for NoKeyring {
    async fn resolve(&self, reference: &str) -> Result<Secret, SecretError> {
        Err(SecretError::Missing(reference.to_owned()))
    }
    async fn version(&self, _: &str) -> Result<Option<String>, SecretError> {
        Ok(None)
    }
}

/// What is going to be exported, made complete.
struct Parcel {
    branch: String,
    new_branch: bool,
    base: String,
    title: String,
    remote: String,
    files: Vec<String>,
    units: Vec<String>,
    commits: Vec<String>,
    head: Option<CommitId>,
}

impl Workspace {
    /// Where a model's project is; the remote tells what `.xcf.yaml` does not.
    fn site(&self, model: &Model, remote: &Remote) -> Result<Site, ForgeError> {
        Site::detect(model.config.as_ref().and_then(|c| c.spec.forge.as_ref()), remote)
    }
    /// The token for a site. `asking`: a person waits, so the keyring may ask them.
    async fn forge_token(
        &self,
        site: &Site,
        remote: &Remote,
        asking: bool,
    ) -> Result<(Secret, TokenSource), ForgeError> {
        let keyring = asking && !std::env::var("XCF_KEYRING").is_ok_and(|v| v == "off");
        let secrets: &dyn SecretSource = if keyring { self.secrets.as_ref() } else { &NoKeyring };
        xcf_git::forge::token(site, remote, |name| std::env::var(name).ok(), secrets).await
    }
    /// The forge of a model's project.
    ///
    /// # Errors
    /// No remote, an unknown forge, no token.
    pub(crate) async fn forge(&self, model: &Model, remote: &str, asking: bool) -> Answer<Arc<dyn Forge>> {
        let remote = self.repo.remote(remote)?;
        let site = self.site(model, &remote)?;
        let (token, _) = self.forge_token(&site, &remote, asking).await?;
        Ok(site.connect(&token)?)
    }

    /// Use case: what an export would do. Writes nothing and speaks to nobody.
    ///
    /// # Errors
    /// The repository can't be read.
    pub(crate) async fn export_preview(&self, request: &ExportRequest) -> Answer<ExportPreviewDto> {
        let mut problems: Vec<ProblemDto> = Vec::new();
        let parcel = self.parcel(request).await?;
        let (repo, files) = (self.repo.clone(), parcel.files.clone());
        let diffs = match files.is_empty() {
            true => Vec::new(),
            false => blocking(move || Ok(repo.work_diffs(&files)?)).await?,
        };
        if parcel.files.is_empty() && parcel.commits.is_empty() {
            problems.push(nothing(&parcel).dto());
        }
        let model = self.at_worktree().await?.model;
        let remote = self.repo.remote(&parcel.remote);
        let (remote, forge) = match remote {
            Ok(remote) => {
                let forge = match self.site(&model, &remote) {
                    Ok(site) => {
                        if let Err(error) = self.forge_token(&site, &remote, false).await {
                            // The keyring is not looked into just for a look.
                            let known = matches!(error, ForgeError::NoToken { .. });
                            problems.extend((!known).then(|| Problem::from(error).dto()));
                        }
                        Some(forge_dto(&site))
                    }
                    Err(error) => {
                        problems.push(Problem::from(error).dto());
                        None
                    }
                };
                (Some(remote.address), forge)
            }
            Err(error) => {
                problems.push(Problem::from(error).dto());
                (None, None)
            }
        };
        let author = self.author().await.map_err(|problem| problems.push(problem.dto())).ok();
        let body = self.body(&parcel, request.message.as_deref(), wording::PREVIEWED).await?;
        Ok(ExportPreviewDto {
            branch: parcel.branch,
            new_branch: parcel.new_branch,
            base: parcel.base,
            title: parcel.title,
            body,
            files: diffs.into_iter().map(file_dto).collect(),
            commits: parcel.commits,
            units: parcel.units,
            remote,
            forge,
            author: author.map(|a| a.to_string()),
            problems,
        })
    }

    /// Use case: commits on the branch, pushes, opens or updates the pull request. What can't go out now is queued; what
    /// needs a person first stays in the queue, stopped, and is the error of this call.
    ///
    /// # Errors
    /// Nothing to export, nobody agreed to run this repository's hooks, Git refused the commit or the push, the forge
    /// refused.
    pub(crate) async fn export(&self, request: &ExportRequest, acting: &Acting) -> Answer<ExportDto> {
        // A push runs what this repository's own Git is set up to run.
        self.demand_trust()?;
        let mut parcel = self.parcel(request).await?;
        if parcel.files.is_empty() && parcel.commits.is_empty() {
            return Err(nothing(&parcel));
        }
        if parcel.branch == parcel.base {
            let message =
                format!("{} is the branch everything is merged into; an export goes to one of its own", parcel.base);
            return Err(Problem::new(Kind::Usage, "export-to-base", message).hint("Name another branch: --branch NAME"));
        }
        let mut notes = Vec::new();
        let committed = !parcel.files.is_empty();
        self.commit_parcel(&parcel, request, &mut notes).await?;
        parcel.head = Some(self.repo.head_commit()?);
        if request.plan {
            let base = Some(self.fork_of(&parcel.base).await?.to_string());
            let asked = PlanRequest { base, ..PlanRequest::default() };
            if let Err(problem) = self.plan(&asked, acting).await {
                notes.push(format!("not planned: {}", problem.message));
            }
        }
        let body = self.body(&parcel, request.message.as_deref(), wording::EXPORTED).await?;
        let commit = self.repo.head_commit()?;
        let intent = Intent::new(&parcel, &commit, body, self.clock.now());
        self.outbox().put(&intent).await?;
        if request.queue {
            notes.push("It goes out with the next `xcf plan` or `xcf pr` command that finds the network.".to_owned());
            return Ok(queued(&intent, committed, notes));
        }
        let _sending = self.outbox().lock().await?;
        let mut sent = match self.send(&intent).await {
            Ok(sent) => sent,
            Err(trouble) => {
                let intent = self.outbox().failed(intent, &trouble, self.clock.now()).await?;
                if !trouble.passes {
                    return Err(trouble.problem);
                }
                notes.push(format!("It waits for the network: {}", trouble.problem.message));
                return Ok(queued(&intent, committed, notes));
            }
        };
        sent.committed = committed;
        sent.notes.splice(0..0, notes);
        Ok(sent)
    }

    async fn commit_parcel(&self, parcel: &Parcel, request: &ExportRequest, notes: &mut Vec<String>) -> Answer<()> {
        let (repo, branch, files) = (self.repo.clone(), parcel.branch.clone(), parcel.files.clone());
        if files.is_empty() {
            return blocking(move || Ok(repo.begin_branch(&branch)?)).await;
        }
        let author = self.author().await?;
        let message = match request.message.as_deref().map(str::trim).filter(|m| !m.is_empty()) {
            Some(message) => format!("{}\n\n{message}\n", parcel.title),
            None => format!("{}\n", parcel.title),
        };
        let made = blocking(move || Ok(repo.commit_on(&branch, &files, &message, &author)?)).await?;
        notes.extend(made.notes);
        Ok(())
    }

    async fn parcel(&self, request: &ExportRequest) -> Answer<Parcel> {
        let draft = self.draft().await?;
        let head = self.repo.head()?;
        let model = self.at_worktree().await?.model;
        let configured = model.config.as_ref().and_then(|c| c.spec.branch.clone());
        let base = request.base.clone().or(configured).unwrap_or_else(|| "main".to_owned());
        let wanted = |path: &String| request.files.is_empty() || request.files.contains(path);
        let files: Vec<String> = draft.files.iter().map(|f| f.path.clone()).filter(wanted).collect();
        if let Some(absent) = request.files.iter().find(|f| !files.contains(f)) {
            return Err(Problem::new(Kind::NotFound, "not-changed", format!("{absent} is as it is in HEAD")));
        }
        let commits = match (&head.commit, self.fork_of(&base).await) {
            (Some(head), Ok(fork)) if &fork != head => {
                let (repo, head) = (self.repo.clone(), head.clone());
                blocking(move || Ok(repo.ahead(&fork, &head, MOST_COMMITS)?)).await?.titles
            }
            _ => Vec::new(),
        };
        let given = request.title.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let title = given.unwrap_or_else(|| wording::title(&files, &draft.units, &commits));
        let current = head.branch.clone().filter(|b| *b != base);
        let branch = match (&request.branch, &current) {
            (Some(branch), _) => branch.clone(),
            (None, Some(current)) => current.clone(),
            (None, None) => self.free_branch(&wording::branch(&title))?,
        };
        if !Repo::is_branch_name(&branch) {
            return Err(xcf_git::GitError::BadBranch(branch).into());
        }
        Ok(Parcel {
            new_branch: head.branch.as_deref() != Some(branch.as_str()),
            remote: request.remote.clone().unwrap_or_else(|| "origin".to_owned()),
            units: draft.units,
            head: head.commit,
            branch,
            base,
            title,
            files,
            commits,
        })
    }

    /// Where HEAD left `branch`.
    async fn fork_of(&self, branch: &str) -> Answer<CommitId> {
        let (repo, branch) = (self.repo.clone(), branch.to_owned());
        blocking(move || {
            let head = repo.head_commit()?;
            let base = repo.branch_commit(&branch)?.ok_or(xcf_git::GitError::UnknownRevision(branch))?;
            Ok(repo.merge_base(&base, &head)?.unwrap_or(base))
        })
        .await
    }

    /// `name`, or with a number behind it where that is taken.
    fn free_branch(&self, name: &str) -> Answer<String> {
        for number in 1..1000 {
            let candidate = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            if self.repo.branch_commit(&candidate)?.is_none() {
                return Ok(candidate);
            }
        }
        Err(Problem::new(Kind::Conflict, "branch-exists", format!("{name} and its successors are taken")))
    }
}

fn nothing(parcel: &Parcel) -> Problem {
    let message = format!("no file is changed, and HEAD has no commit that {} has not", parcel.base);
    Problem::new(Kind::Conflict, "nothing-to-export", message)
}

fn queued(intent: &Intent, committed: bool, notes: Vec<String>) -> ExportDto {
    ExportDto {
        branch: intent.branch.clone(),
        commit: intent.commit.clone(),
        committed,
        pushed: false,
        pull_request: None,
        queued: Some(intent.dto()),
        notes,
    }
}

fn forge_dto(site: &Site) -> ForgeDto {
    ForgeDto {
        kind: site.kind_name().to_owned(),
        host: site.host.clone(),
        project: site.project.clone(),
        preview: site.is_preview(),
    }
}

fn file_dto(diff: FileDiff) -> ExportFileDto {
    let status = match diff.file.kind {
        ChangeKind::Added => "added",
        ChangeKind::Deleted => "deleted",
        _ => "modified",
    };
    ExportFileDto { path: diff.file.path, status: status.to_owned(), diff: diff.text, binary: diff.binary }
}
