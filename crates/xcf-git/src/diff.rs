//! What differs: between two commits, and between HEAD and the working tree.

use crate::error::{GitError, failed};
use crate::paths;
use crate::repo::{Repo, find_commit, head};
use git2::{Delta, Diff, DiffOptions, Patch, Repository, Tree};
use xcf_core::ids::CommitId;

/// How a file differs. A rename is a removal and an addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// New.
    Added,
    /// Other content or mode.
    Modified,
    /// Gone.
    Deleted,
    /// A file became a link, or the like.
    TypeChanged,
    /// Unmerged.
    Conflicted,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedFile {
    /// Repository-relative path.
    pub path: String,
    /// How.
    pub kind: ChangeKind,
}

/// A file that differs, with its unified diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDiff {
    /// The file.
    pub file: ChangedFile,
    /// Unified diff with headers; empty for binary or very large files.
    pub text: String,
    /// True if it is not shown as text.
    pub binary: bool,
}

/// Files larger than this are not shown as text.
const SHOW_UP_TO: i64 = 2 << 20;

impl Repo {
    /// Files that differ between two commits, sorted by path.
    ///
    /// # Errors
    /// `unknown-revision`, `git-failed`.
    pub fn changed_files(&self, base: &CommitId, head: &CommitId) -> Result<Vec<ChangedFile>, GitError> {
        self.handles.with(|repo| {
            let tree = |id: &CommitId| find_commit(repo, id.as_str())?.tree().map_err(failed("read a tree"));
            let diff = repo.diff_tree_to_tree(Some(&tree(base)?), Some(&tree(head)?), Some(&mut options(&[])));
            Ok(changed(&diff.map_err(failed("compare two commits"))?))
        })
    }

    /// Files whose state on disk or in the index differs from HEAD, sorted by path; new files that `.gitignore` names
    /// are left out. Empty: the working tree is clean.
    ///
    /// # Errors
    /// `bare-repository`, `git-failed`.
    pub fn dirty(&self) -> Result<Vec<ChangedFile>, GitError> {
        self.workdir()?;
        self.handles.with(|repo| {
            let tree = head_tree(repo)?;
            Ok(changed(&work_diff(repo, tree.as_ref(), &[])?))
        })
    }

    /// Unified diffs HEAD → working tree of `paths` (of everything, if empty), new files included.
    ///
    /// # Errors
    /// `bad-path`, `bare-repository`, `git-failed`.
    pub fn work_diffs(&self, paths: &[String]) -> Result<Vec<FileDiff>, GitError> {
        self.workdir()?;
        paths.iter().try_for_each(|p| crate::paths::check(p))?;
        self.handles.with(|repo| {
            let tree = head_tree(repo)?;
            shown(&work_diff(repo, tree.as_ref(), paths)?)
        })
    }

    /// Unified diffs between two commits of `paths` (of everything, if empty).
    ///
    /// # Errors
    /// `bad-path`, `unknown-revision`, `git-failed`.
    pub fn commit_diffs(&self, base: &CommitId, head: &CommitId, paths: &[String]) -> Result<Vec<FileDiff>, GitError> {
        paths.iter().try_for_each(|p| crate::paths::check(p))?;
        self.handles.with(|repo| {
            let tree = |id: &CommitId| find_commit(repo, id.as_str())?.tree().map_err(failed("read a tree"));
            let diff = repo.diff_tree_to_tree(Some(&tree(base)?), Some(&tree(head)?), Some(&mut options(paths)));
            shown(&diff.map_err(failed("compare two commits"))?)
        })
    }
}

pub(crate) fn head_tree(repo: &Repository) -> Result<Option<Tree<'_>>, GitError> {
    let Some(commit) = head(repo)?.commit else { return Ok(None) };
    find_commit(repo, commit.as_str())?.tree().map(Some).map_err(failed("read HEAD's tree"))
}

fn options(paths: &[String]) -> DiffOptions {
    let mut options = DiffOptions::new();
    options.disable_pathspec_match(true).max_size(SHOW_UP_TO).include_typechange(true).ignore_submodules(true);
    for path in paths {
        options.pathspec(path);
    }
    options
}

fn work_diff<'r>(repo: &'r Repository, tree: Option<&Tree<'_>>, paths: &[String]) -> Result<Diff<'r>, GitError> {
    let mut options = options(paths);
    options.include_untracked(true).recurse_untracked_dirs(true).show_untracked_content(true);
    repo.index().and_then(|mut i| i.read(false)).map_err(failed("read the index"))?;
    repo.diff_tree_to_workdir_with_index(tree, Some(&mut options)).map_err(failed("compare the working tree with HEAD"))
}

fn changed_file(delta: &git2::DiffDelta<'_>) -> Option<ChangedFile> {
    let kind = match delta.status() {
        Delta::Added | Delta::Untracked | Delta::Copied => ChangeKind::Added,
        Delta::Deleted => ChangeKind::Deleted,
        Delta::Modified | Delta::Renamed | Delta::Unreadable => ChangeKind::Modified,
        Delta::Typechange => ChangeKind::TypeChanged,
        Delta::Conflicted => ChangeKind::Conflicted,
        Delta::Unmodified | Delta::Ignored => return None,
    };
    let path = delta.new_file().path_bytes().or_else(|| delta.old_file().path_bytes())?;
    Some(ChangedFile { path: paths::text(path), kind })
}

fn changed(diff: &Diff<'_>) -> Vec<ChangedFile> {
    let mut files: Vec<_> = diff.deltas().filter_map(|d| changed_file(&d)).collect();
    files.sort();
    files.dedup_by(|a, b| a.path == b.path);
    files
}

fn shown(diff: &Diff<'_>) -> Result<Vec<FileDiff>, GitError> {
    let mut all = Vec::new();
    for index in 0..diff.deltas().len() {
        let Some(file) = diff.get_delta(index).as_ref().and_then(changed_file) else { continue };
        let patch = Patch::from_diff(diff, index).map_err(failed(format!("show `{}`", file.path)))?;
        // The delta knows whether it is binary only after the patch was made.
        let binary = diff.get_delta(index).is_some_and(|d| d.flags().is_binary()) || patch.is_none();
        let text = match patch {
            Some(mut patch) if !binary => {
                let buffer = patch.to_buf().map_err(failed(format!("show `{}`", file.path)))?;
                String::from_utf8_lossy(&buffer).into_owned()
            }
            _ => String::new(),
        };
        all.push(FileDiff { file, text, binary });
    }
    all.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(all)
}
