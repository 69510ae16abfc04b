//! Branches to commit on: a new one at HEAD, or the one that is checked out.

use crate::commit::Committed;
use crate::error::{GitError, failed};
use crate::history::Author;
use crate::repo::{Repo, find_commit, head, in_progress};
use git2::{Reference, Repository};
use xcf_core::ids::CommitId;

/// Commits of a branch that another has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ahead {
    /// Newest first; first lines of their messages.
    pub titles: Vec<String>,
}

impl Repo {
    /// Commits the present content of `paths` on `branch`, as [`Repo::commit_paths`] does. If `branch` is not checked out
    /// it is made at HEAD and checked out first, which changes no file; if the commit then fails, everything is as before.
    ///
    /// # Errors
    /// `bad-branch`, `branch-exists` (with other commits than HEAD), and those of [`Repo::commit_paths`].
    pub fn commit_on(
        &self,
        branch: &str,
        paths: &[String],
        message: &str,
        author: &Author,
    ) -> Result<Committed, GitError> {
        let switched = self.handles.with(|repo| switch(repo, branch))?;
        let done = self.commit_paths(paths, message, author);
        if done.is_err() {
            self.handles.with(|repo| switched.undo(repo))?;
        }
        done
    }

    /// Checks `branch` out, made at HEAD; nothing to do if it is checked out. No file changes.
    ///
    /// # Errors
    /// As [`Repo::commit_on`].
    pub fn begin_branch(&self, branch: &str) -> Result<(), GitError> {
        self.handles.with(|repo| switch(repo, branch).map(|_| ()))
    }

    /// True if `name` can be the name of a branch.
    #[must_use]
    pub fn is_branch_name(name: &str) -> bool {
        // A leading dash would be read as an option by somebody sooner or later.
        !name.starts_with('-') && name != "HEAD" && Reference::is_valid_name(&format!("refs/heads/{name}"))
    }

    /// Commits of `head` that `base` has not, newest first, at most `most`.
    ///
    /// # Errors
    /// `unknown-revision`, `git-failed`.
    pub fn ahead(&self, base: &CommitId, head: &CommitId, most: usize) -> Result<Ahead, GitError> {
        self.handles.with(|repo| {
            let (base, head) = (find_commit(repo, base.as_str())?.id(), find_commit(repo, head.as_str())?.id());
            let mut walk = repo.revwalk().map_err(failed("walk the history"))?;
            walk.push(head).and_then(|()| walk.hide(base)).map_err(failed("walk the history"))?;
            let mut ahead = Ahead::default();
            for oid in walk.take(most) {
                let commit = oid.and_then(|o| repo.find_commit(o)).map_err(failed("walk the history"))?;
                let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
                ahead.titles.push(message.lines().next().unwrap_or_default().trim().to_owned());
            }
            Ok(ahead)
        })
    }
}

/// What has to be taken back if the commit fails.
enum Switched {
    Nothing,
    /// HEAD's target before; the branch if it was made.
    From {
        before: String,
        made: Option<String>,
    },
}

impl Switched {
    fn undo(self, repo: &Repository) -> Result<(), GitError> {
        let Self::From { before, made } = self else { return Ok(()) };
        repo.set_head(&before).map_err(failed("go back to the former branch"))?;
        if let Some(made) = made {
            let mut branch = repo.find_reference(&made).map_err(failed("take the new branch back"))?;
            branch.delete().map_err(failed("take the new branch back"))?;
        }
        Ok(())
    }
}

fn switch(repo: &Repository, branch: &str) -> Result<Switched, GitError> {
    if !Repo::is_branch_name(branch) {
        return Err(GitError::BadBranch(branch.to_owned()));
    }
    if let Some(what) = in_progress(repo) {
        return Err(GitError::InProgress(what.to_owned()));
    }
    let now = head(repo)?;
    if now.branch.as_deref() == Some(branch) {
        return Ok(Switched::Nothing);
    }
    let Some(before) = now.branch else { return Err(GitError::Detached) };
    let commit = now.commit.ok_or_else(|| GitError::Unborn(before.clone()))?;
    let full = format!("refs/heads/{branch}");
    let commit = find_commit(repo, commit.as_str())?.id();
    let made = match repo.find_reference(&full) {
        // A branch at the very same commit may be checked out without changing a file.
        Ok(found) if found.target() == Some(commit) => None,
        Ok(_) => return Err(GitError::BranchExists(branch.to_owned())),
        Err(_) => {
            repo.reference(&full, commit, false, "made for an export").map_err(failed("make the branch"))?;
            Some(full.clone())
        }
    };
    repo.set_head(&full).map_err(failed("check the branch out"))?;
    Ok(Switched::From { before: format!("refs/heads/{before}"), made })
}
