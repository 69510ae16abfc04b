//! Why Git could not do it.

use std::path::{Path, PathBuf};

/// Each has a stable code ([`GitError::code`]) and says what to do where that is not obvious.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// Neither the folder nor one above it is a repository.
    #[error("{} is not in a Git repository; run `git init` or choose another folder", .0.display())]
    NotARepository(PathBuf),
    /// The repository belongs to another user.
    #[error("{} belongs to another user; if you trust it: git config --global --add safe.directory PATH", .0.display())]
    NotOwned(PathBuf),
    /// A repository without a working tree.
    #[error("{} is a bare repository: it has no working tree", .0.display())]
    Bare(PathBuf),
    /// No commit of that name.
    #[error("`{0}` names no commit in this repository")]
    UnknownRevision(String),
    /// The branch has no commit yet.
    #[error("branch {0} has no commit yet; make one first")]
    Unborn(String),
    /// HEAD is on no branch.
    #[error("HEAD is on no branch, so a commit made here would be lost; check a branch out first")]
    Detached,
    /// A merge, rebase or the like is not finished.
    #[error("a {0} is not finished in this repository; finish or abort it first")]
    InProgress(String),
    /// The index holds conflicts.
    #[error("the index holds conflicts; resolve them first")]
    Conflicts,
    /// Another Git process is writing.
    #[error("another Git process is writing the index ({} exists); try again when it is done", .0.display())]
    IndexLocked(PathBuf),
    /// Chosen files are as they are in HEAD.
    #[error("the chosen files are as they are in HEAD: there is nothing to commit")]
    NothingToCommit,
    /// A commit needs a message.
    #[error("the commit message is empty")]
    EmptyMessage,
    /// A path that is not one of the repository.
    #[error("`{path}` can't be used: {reason}")]
    BadPath {
        /// As given.
        path: String,
        /// Why.
        reason: &'static str,
    },
    /// Nothing of that path in HEAD to go back to; removing a new file is the user's own decision.
    #[error("`{0}` is not in HEAD, so there is nothing to go back to")]
    NotInHead(String),
    /// A tree that no Git would write and no export may hold.
    #[error("the tree holds `{path}`, which is refused: {reason}")]
    UnsafeTree {
        /// Path in the tree.
        path: String,
        /// Why.
        reason: &'static str,
    },
    /// A symbolic link that leads out of the tree.
    #[error(
        "symbolic link `{path}` → `{target}` leads out of the repository; engines run in a copy of it, so it can't be kept"
    )]
    SymlinkEscapes {
        /// Path of the link.
        path: String,
        /// Its target.
        target: String,
    },
    /// Something stands where the export should go.
    #[error("{} exists already", .0.display())]
    DestinationExists(PathBuf),
    /// No such remote, or one without an address.
    #[error("there is no remote `{0}`; add it: git remote add {0} ADDRESS")]
    NoRemote(String),
    /// A name no branch can have.
    #[error("`{0}` can't be the name of a branch")]
    BadBranch(String),
    /// Another branch of that name, with other commits.
    #[error("there is a branch {0} already; check it out to commit on it, or choose another name")]
    BranchExists(String),
    /// Git's program is not there.
    #[error("`git` is not on PATH; the network is left to it")]
    GitMissing,
    /// A push did not go through; masked already.
    #[error("{what}{}", spoken(said))]
    Push {
        /// Code.
        code: &'static str,
        /// What happened and what to do.
        what: String,
        /// What the server or Git said.
        said: Vec<String>,
    },
    /// It took too long.
    #[error("the push was stopped after {0} s without an end")]
    PushTimeout(u64),
    /// Somebody stopped it.
    #[error("the push was cancelled")]
    PushCancelled,
    /// A commit is to be signed and can't be.
    #[error("the commit can't be signed: {0}; nothing was committed")]
    Signing(String),
    /// libgit2 failed.
    #[error("can't {doing}: {reason}")]
    Git {
        /// What was tried.
        doing: String,
        /// Why it failed.
        reason: String,
    },
    /// The file system failed.
    #[error("can't {doing} {}: {reason}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Why it failed.
        reason: String,
    },
}

impl GitError {
    /// Stable code, kebab-case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotARepository(_) => "not-a-repository",
            Self::NotOwned(_) => "repository-not-owned",
            Self::Bare(_) => "bare-repository",
            Self::UnknownRevision(_) => "unknown-revision",
            Self::Unborn(_) => "unborn-branch",
            Self::Detached => "detached-head",
            Self::InProgress(_) => "git-in-progress",
            Self::Conflicts => "git-conflicts",
            Self::IndexLocked(_) => "git-index-locked",
            Self::NothingToCommit => "nothing-to-commit",
            Self::EmptyMessage => "empty-commit-message",
            Self::BadPath { .. } => "bad-path",
            Self::NotInHead(_) => "not-in-head",
            Self::UnsafeTree { .. } => "unsafe-tree",
            Self::SymlinkEscapes { .. } => "symlink-escapes",
            Self::DestinationExists(_) => "destination-exists",
            Self::NoRemote(_) => "no-remote",
            Self::BadBranch(_) => "bad-branch",
            Self::BranchExists(_) => "branch-exists",
            Self::GitMissing => "git-missing",
            Self::Push { code, .. } => code,
            Self::PushTimeout(_) => "push-timeout",
            Self::PushCancelled => "push-cancelled",
            Self::Signing(_) => "signing-failed",
            Self::Git { .. } => "git-failed",
            Self::Io { .. } => "io-failed",
        }
    }

    /// True if the same may well work later, without a person doing anything: there is no network, or the server is down.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self.code(), "remote-unreachable" | "push-timeout")
    }

    pub(crate) fn io(doing: &'static str, path: &Path, error: &std::io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), reason: error.to_string() }
    }
}

fn spoken(said: &[String]) -> String {
    if said.is_empty() { String::new() } else { format!(". It says: {}", said.join(" | ")) }
}

/// Maps libgit2's errors: `.map_err(failed("read the tree"))`.
pub(crate) fn failed(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> GitError {
    let doing = doing.into();
    move |error| GitError::Git { doing, reason: error.message().to_owned() }
}
