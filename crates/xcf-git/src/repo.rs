//! A repository: where it is and what its names mean.

use crate::commit_tree::CommitTree;
use crate::error::{GitError, failed};
use crate::handles::Handles;
use crate::work_tree::WorkTree;
use git2::{ErrorCode, Oid, Repository, RepositoryState};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xcf_core::ids::CommitId;

/// Where HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Short name of the branch; none if HEAD is detached.
    pub branch: Option<String>,
    /// The commit; none if the branch has none yet.
    pub commit: Option<CommitId>,
}

/// A local repository. Cheap to clone; may be used from several threads.
#[derive(Clone)]
pub struct Repo {
    pub(crate) handles: Arc<Handles>,
    workdir: Option<PathBuf>,
    git_dir: PathBuf,
}

impl Repo {
    /// The repository that `path` lies in: the folder itself or the nearest one above it. Linked worktrees count as
    /// themselves.
    ///
    /// # Errors
    /// `not-a-repository`, `repository-not-owned`, `git-failed`.
    pub fn discover(path: &Path) -> Result<Self, GitError> {
        let repo = Repository::discover(path).map_err(|e| match e.code() {
            ErrorCode::NotFound => GitError::NotARepository(path.to_owned()),
            ErrorCode::Owner => GitError::NotOwned(path.to_owned()),
            _ => failed(format!("open the repository at {}", path.display()))(e),
        })?;
        let (workdir, git_dir) = (repo.workdir().map(Path::to_owned), repo.path().to_owned());
        Ok(Self { handles: Arc::new(Handles::new(repo)), workdir, git_dir })
    }

    /// Root of the checkout.
    ///
    /// # Errors
    /// `bare-repository`.
    pub fn workdir(&self) -> Result<&Path, GitError> {
        self.workdir.as_deref().ok_or_else(|| GitError::Bare(self.git_dir.clone()))
    }

    /// Git's own folder (of a linked worktree: its part of it).
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Branch and commit of HEAD.
    ///
    /// # Errors
    /// `git-failed`.
    pub fn head(&self) -> Result<Head, GitError> {
        self.handles.with(head)
    }

    /// The commit of HEAD.
    ///
    /// # Errors
    /// `unborn-branch`, `git-failed`.
    pub fn head_commit(&self) -> Result<CommitId, GitError> {
        let Head { branch, commit } = self.head()?;
        commit.ok_or_else(|| GitError::Unborn(branch.unwrap_or_else(|| "HEAD".to_owned())))
    }

    /// The commit `revision` names: an id, a branch, a tag, `HEAD~2` …
    ///
    /// # Errors
    /// `unknown-revision`.
    pub fn resolve(&self, revision: &str) -> Result<CommitId, GitError> {
        self.handles.with(|repo| Ok(commit_id(find_commit(repo, revision)?.id())))
    }

    /// The commit of branch `name`: the local branch, else the same branch of remote `origin`; none if neither is there.
    ///
    /// # Errors
    /// `git-failed`.
    pub fn branch_commit(&self, name: &str) -> Result<Option<CommitId>, GitError> {
        self.handles.with(|repo| {
            for full in [format!("refs/heads/{name}"), format!("refs/remotes/origin/{name}")] {
                match repo.find_reference(&full) {
                    Ok(found) => {
                        let commit = found.peel_to_commit().map_err(failed(format!("read branch {name}")))?;
                        return Ok(Some(commit_id(commit.id())));
                    }
                    Err(e) if matches!(e.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {}
                    Err(e) => return Err(failed(format!("read branch {name}"))(e)),
                }
            }
            Ok(None)
        })
    }

    /// Best common ancestor of two commits; none if they share none.
    ///
    /// # Errors
    /// `unknown-revision`, `git-failed`.
    pub fn merge_base(&self, one: &CommitId, two: &CommitId) -> Result<Option<CommitId>, GitError> {
        self.handles.with(|repo| {
            let (a, b) = (find_commit(repo, one.as_str())?.id(), find_commit(repo, two.as_str())?.id());
            match repo.merge_base(a, b) {
                Ok(base) => Ok(Some(commit_id(base))),
                Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
                Err(e) => Err(failed("find the common ancestor")(e)),
            }
        })
    }

    /// The merge, rebase or the like that is not finished, in a word; none if there is none.
    ///
    /// # Errors
    /// `git-failed`.
    pub fn in_progress(&self) -> Result<Option<&'static str>, GitError> {
        self.handles.with(|repo| Ok(in_progress(repo)))
    }

    /// Address of remote `origin`, if there is one.
    ///
    /// # Errors
    /// `git-failed`.
    pub fn origin(&self) -> Result<Option<String>, GitError> {
        self.handles.with(|repo| match repo.find_remote("origin") {
            Ok(remote) => Ok(remote.url().ok().map(str::to_owned)),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(failed("read remote origin")(e)),
        })
    }

    /// The files of a commit.
    ///
    /// # Errors
    /// `unknown-revision`, `unsafe-tree`, `git-failed`.
    pub fn tree(&self, commit: &CommitId) -> Result<CommitTree, GitError> {
        CommitTree::read(Arc::clone(&self.handles), commit)
    }

    /// The files of the working tree as they are now: tracked ones, and new ones that `.gitignore` does not name.
    ///
    /// # Errors
    /// `bare-repository`, `git-failed`.
    pub fn work_tree(&self) -> Result<WorkTree, GitError> {
        self.handles.with(|repo| WorkTree::read(repo, self.workdir()?))
    }
}

pub(crate) fn commit_id(oid: Oid) -> CommitId {
    CommitId::new(oid.to_string())
}

pub(crate) fn find_commit<'r>(repo: &'r Repository, revision: &str) -> Result<git2::Commit<'r>, GitError> {
    let unknown = |_| GitError::UnknownRevision(revision.to_owned());
    repo.revparse_single(revision).map_err(unknown)?.peel_to_commit().map_err(unknown)
}

pub(crate) fn head(repo: &Repository) -> Result<Head, GitError> {
    let detached = repo.head_detached().map_err(failed("read HEAD"))?;
    if detached {
        let commit = repo.head().and_then(|h| h.peel_to_commit()).map_err(failed("read HEAD"))?;
        return Ok(Head { branch: None, commit: Some(commit_id(commit.id())) });
    }
    let reference = repo.find_reference("HEAD").map_err(failed("read HEAD"))?;
    let target =
        reference.symbolic_target_bytes().map(|t| crate::paths::text(t.strip_prefix(b"refs/heads/").unwrap_or(t)));
    match repo.head() {
        Ok(head) => {
            let commit = head.peel_to_commit().map_err(failed("read HEAD"))?;
            Ok(Head { branch: target, commit: Some(commit_id(commit.id())) })
        }
        Err(e) if matches!(e.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
            Ok(Head { branch: target, commit: None })
        }
        Err(e) => Err(failed("read HEAD")(e)),
    }
}

pub(crate) fn in_progress(repo: &Repository) -> Option<&'static str> {
    match repo.state() {
        RepositoryState::Clean => None,
        RepositoryState::Merge => Some("merge"),
        RepositoryState::Revert | RepositoryState::RevertSequence => Some("revert"),
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => Some("cherry-pick"),
        RepositoryState::Bisect => Some("bisect"),
        RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => Some("rebase"),
        RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => Some("mailbox patch"),
    }
}
