//! Writing: a commit of chosen files on the current branch, going back to HEAD, and a first repository.

use crate::diff::head_tree;
use crate::error::{GitError, failed};
use crate::history::Author;
use crate::repo::{Repo, commit_id, find_commit, head, in_progress};
use crate::signing::Signer;
use crate::{nofollow, paths};
use git2::build::CheckoutBuilder;
use git2::{Index, IndexAddOption, Oid, Repository, RepositoryInitOptions, Signature};
use std::fs;
use std::path::Path;
use xcf_core::ids::CommitId;

/// A commit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Its id.
    pub commit: CommitId,
    /// What the user's Git would have done and we did not, in words.
    pub notes: Vec<String>,
}

impl Repo {
    /// Commits the present content of `paths`, and of nothing else, on the current branch. What else is staged stays
    /// staged. Files that are gone are removed by the commit. Hooks do not run: a repository runs nothing (`D13`).
    ///
    /// # Errors
    /// `git-in-progress`, `git-conflicts`, `detached-head`, `git-index-locked`, `bad-path`, `nothing-to-commit`,
    /// `empty-commit-message`, `signing-failed`, `bare-repository`, `git-failed`; then neither branch nor checkout changed.
    pub fn commit_paths(&self, paths: &[String], message: &str, author: &Author) -> Result<Committed, GitError> {
        let root = self.workdir()?;
        check_chosen(root, paths)?;
        if message.trim().is_empty() {
            return Err(GitError::EmptyMessage);
        }
        self.handles.with(|repo| commit_chosen(repo, root, paths, message, author))
    }

    /// Puts `paths` back to what HEAD has, on disk and in the index.
    ///
    /// # Errors
    /// `not-in-head` (a new file is never removed), `bad-path`, `git-in-progress`, `git-index-locked`, `unborn-branch`,
    /// `bare-repository`, `git-failed`.
    pub fn restore(&self, paths: &[String]) -> Result<(), GitError> {
        let root = self.workdir()?;
        check_chosen(root, paths)?;
        self.handles.with(|repo| {
            let tree = head_tree(repo)?.ok_or_else(|| GitError::Unborn("HEAD".to_owned()))?;
            check_writable(repo)?;
            let mut checkout = CheckoutBuilder::new();
            checkout.force().disable_pathspec_match(true).disable_filters(false);
            for path in paths {
                tree.get_path(Path::new(path)).map_err(|_| GitError::NotInHead(path.clone()))?;
                checkout.path(path);
            }
            repo.checkout_tree(tree.as_object(), Some(&mut checkout)).map_err(failed("restore the files"))
        })
    }
}

/// Chosen paths are plain files of this checkout; none chosen would mean "all" to libgit2.
fn check_chosen(root: &Path, chosen: &[String]) -> Result<(), GitError> {
    if chosen.is_empty() {
        return Err(GitError::NothingToCommit);
    }
    for path in chosen {
        paths::check(path)?;
        let bad = |reason| Err(GitError::BadPath { path: path.clone(), reason });
        if !nofollow::has_plain_parents(root, Path::new(path)) {
            return bad("a folder above it is a symbolic link");
        }
        if fs::symlink_metadata(root.join(path)).is_ok_and(|m| m.is_dir()) {
            return bad("it is a folder");
        }
    }
    Ok(())
}

fn check_writable(repo: &Repository) -> Result<(), GitError> {
    if let Some(what) = in_progress(repo) {
        return Err(GitError::InProgress(what.to_owned()));
    }
    let lock = repo.path().join("index.lock");
    if lock.exists() { Err(GitError::IndexLocked(lock)) } else { Ok(()) }
}

fn commit_chosen(
    repo: &Repository,
    root: &Path,
    chosen: &[String],
    message: &str,
    author: &Author,
) -> Result<Committed, GitError> {
    check_writable(repo)?;
    if head(repo)?.branch.is_none() {
        return Err(GitError::Detached);
    }
    let mut index = repo.index().map_err(failed("read the index"))?;
    index.read(true).map_err(failed("read the index"))?;
    if index.has_conflicts() {
        return Err(GitError::Conflicts);
    }
    let before = head_tree(repo)?;
    // The commit's tree is HEAD's with the chosen files on top; the user's index keeps what else is staged.
    let mut only = Index::new().map_err(failed("make an index"))?;
    if let Some(tree) = &before {
        only.read_tree(tree).map_err(failed("read HEAD's tree"))?;
    }
    for path in chosen {
        stage(&mut index, &mut only, root, path)?;
    }
    let tree = only.write_tree_to(repo).map_err(failed("write the tree"))?;
    if before.as_ref().is_some_and(|t| t.id() == tree) || (before.is_none() && only.is_empty()) {
        return Err(GitError::NothingToCommit);
    }
    let signature = Signature::now(&author.name, &author.email).map_err(failed("use that author"))?;
    let parent = head(repo)?.commit.map(|c| find_commit(repo, c.as_str())).transpose()?;
    let tree = repo.find_tree(tree).map_err(failed("read the tree"))?;
    let parents: Vec<_> = parent.iter().collect();
    // Signed before anything is written: a person may refuse.
    let signed = match Signer::of(repo)? {
        Some(signer) => {
            let buffer = repo.commit_create_buffer(&signature, &signature, message, &tree, &parents);
            let buffer = buffer.map_err(failed("prepare the commit"))?;
            let armour = signer.sign(&buffer, &author.to_string())?;
            Some((String::from_utf8_lossy(&buffer).into_owned(), armour))
        }
        None => None,
    };
    // Index first: if the commit fails then, the chosen files are merely staged.
    index.write().map_err(failed("write the index"))?;
    let made = match signed {
        None => {
            repo.commit(Some("HEAD"), &signature, &signature, message, &tree, &parents).map_err(failed("commit"))?
        }
        Some((buffer, armour)) => {
            let made = repo.commit_signed(&buffer, &armour, None).map_err(failed("write the signed commit"))?;
            advance(repo, parent.as_ref(), made, message)?;
            made
        }
    };
    Ok(Committed { commit: commit_id(made), notes: notes(repo) })
}

/// Moves HEAD's branch from `parent` to `made`, if nobody moved it meanwhile.
fn advance(repo: &Repository, parent: Option<&git2::Commit<'_>>, made: Oid, message: &str) -> Result<(), GitError> {
    let reference = repo.find_reference("HEAD").map_err(failed("read HEAD"))?;
    let branch = reference.symbolic_target().ok().flatten().map(str::to_owned).ok_or(GitError::Detached)?;
    let log = format!("commit: {}", message.lines().next().unwrap_or_default());
    let moved = match parent {
        Some(parent) => repo.reference_matching(&branch, made, true, parent.id(), &log),
        None => repo.reference(&branch, made, false, &log),
    };
    moved.map(|_| ()).map_err(failed("move the branch to the commit"))
}

/// Takes the present state of `path` into both indexes.
fn stage(index: &mut Index, only: &mut Index, root: &Path, path: &str) -> Result<(), GitError> {
    let relative = Path::new(path);
    if fs::symlink_metadata(root.join(relative)).is_ok() {
        index.add_path(relative).map_err(failed(format!("stage `{path}`")))?;
        let entry = index.get_path(relative, 0).ok_or_else(|| GitError::Git {
            doing: format!("stage `{path}`"),
            reason: "the index did not take it".to_owned(),
        })?;
        return only.add(&entry).map_err(failed(format!("stage `{path}`")));
    }
    let known = index.get_path(relative, 0).is_some() || only.get_path(relative, 0).is_some();
    if !known {
        return Err(GitError::BadPath { path: path.to_owned(), reason: "there is no such file, here or in HEAD" });
    }
    for index in [index, only] {
        if index.get_path(relative, 0).is_some() {
            index.remove(relative, 0).map_err(failed(format!("stage the removal of `{path}`")))?;
        }
    }
    Ok(())
}

fn notes(repo: &Repository) -> Vec<String> {
    let mut notes = Vec::new();
    let hooks = ["pre-commit", "commit-msg", "post-commit"]
        .into_iter()
        .filter(|h| repo.commondir().join("hooks").join(h).exists());
    for hook in hooks {
        notes.push(format!("hook `{hook}` did not run"));
    }
    notes
}

/// Makes a repository of the files in `dir`, with branch `main` and one commit of everything that `.gitignore` allows.
///
/// # Errors
/// `git-failed` if there is a repository already, or nothing to commit.
pub fn init_repo(dir: &Path, message: &str, author: &Author) -> Result<CommitId, GitError> {
    let mut options = RepositoryInitOptions::new();
    options.no_reinit(true).initial_head("main").mkdir(true);
    let repo =
        Repository::init_opts(dir, &options).map_err(failed(format!("make a repository at {}", dir.display())))?;
    let mut index = repo.index().map_err(failed("read the index"))?;
    index.add_all(["*"], IndexAddOption::DEFAULT, None).map_err(failed("stage the files"))?;
    if index.is_empty() {
        return Err(GitError::NothingToCommit);
    }
    let tree = index.write_tree().and_then(|id| repo.find_tree(id)).map_err(failed("write the tree"))?;
    index.write().map_err(failed("write the index"))?;
    let signature = Signature::now(&author.name, &author.email).map_err(failed("use that author"))?;
    let made = repo.commit(Some("HEAD"), &signature, &signature, message, &tree, &[]);
    Ok(commit_id(made.map_err(failed("commit"))?))
}
