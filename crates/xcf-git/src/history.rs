//! Commits and who made them.

use crate::error::{GitError, failed};
use crate::repo::{Repo, commit_id, find_commit};
use jiff::Timestamp;
use std::fmt;
use xcf_core::ids::CommitId;

/// A person as Git knows them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Author {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

impl From<&git2::Signature<'_>> for Author {
    fn from(signature: &git2::Signature<'_>) -> Self {
        let lossy = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { name: lossy(signature.name_bytes()), email: lossy(signature.email_bytes()) }
    }
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitInfo {
    /// Id.
    pub id: CommitId,
    /// Parents, first one first.
    pub parents: Vec<CommitId>,
    /// Author.
    pub author: Author,
    /// When it was authored.
    pub at: Timestamp,
    /// First line of the message.
    pub title: String,
    /// The whole message.
    pub message: String,
}

impl Repo {
    /// What commit `id` says.
    ///
    /// # Errors
    /// `unknown-revision`.
    pub fn commit_info(&self, id: &CommitId) -> Result<CommitInfo, GitError> {
        self.handles.with(|repo| {
            let commit = find_commit(repo, id.as_str())?;
            let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
            Ok(CommitInfo {
                id: commit_id(commit.id()),
                parents: commit.parent_ids().map(commit_id).collect(),
                author: Author::from(&commit.author()),
                at: Timestamp::from_second(commit.author().when().seconds()).unwrap_or(Timestamp::UNIX_EPOCH),
                title: message.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().trim().to_owned(),
                message,
            })
        })
    }

    /// Everybody who authored a commit that `head` has and `base` has not (`dsl §10`), sorted, each once. Without a
    /// base: of the whole history. If both are the same commit: its author.
    ///
    /// # Errors
    /// `unknown-revision`, `git-failed`.
    pub fn authors(&self, base: Option<&CommitId>, head: &CommitId) -> Result<Vec<Author>, GitError> {
        self.handles.with(|repo| {
            let head = find_commit(repo, head.as_str())?;
            let base = base.map(|b| find_commit(repo, b.as_str())).transpose()?;
            let mut found = std::collections::BTreeSet::new();
            let mut walk = repo.revwalk().map_err(failed("walk the history"))?;
            walk.push(head.id()).map_err(failed("walk the history"))?;
            match &base {
                Some(base) if base.id() == head.id() => {
                    found.insert(Author::from(&head.author()));
                }
                _ => {}
            }
            if let Some(base) = base {
                walk.hide(base.id()).map_err(failed("walk the history"))?;
            }
            for oid in walk {
                let commit = oid.and_then(|o| repo.find_commit(o)).map_err(failed("walk the history"))?;
                found.insert(Author::from(&commit.author()));
            }
            Ok(found.into_iter().collect())
        })
    }

    /// Who Git says the user is (`user.name`, `user.email`); none if one is not set.
    ///
    /// # Errors
    /// `git-failed`.
    pub fn identity(&self) -> Result<Option<Author>, GitError> {
        self.handles.with(|repo| match repo.signature() {
            Ok(signature) => Ok(Some(Author::from(&signature))),
            Err(e) if e.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(e) => Err(failed("read user.name and user.email")(e)),
        })
    }
}
