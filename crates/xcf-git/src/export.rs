//! A private copy of a whole tree, for engines to run in (`dsl §8`): complete or not there at all.

use crate::commit_tree::leaves;
use crate::error::{GitError, failed};
use crate::links::Links;
use crate::repo::Repo;
use crate::{nofollow, paths};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xcf_core::ids::CommitId;
use xcf_core::ports::tree::EntryKind;

/// A finished export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its root, mode 0700.
    pub root: PathBuf,
    /// Files and links written.
    pub files: u64,
    /// Bytes written.
    pub bytes: u64,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

impl Repo {
    /// Writes the whole tree of `commit` to `destination`, which must not exist. Bytes are the blobs' own: no filter
    /// and no line-end conversion runs. Executable bits are kept, submodules are left out with a note.
    ///
    /// # Errors
    /// `symlink-escapes`, `unsafe-tree`, `destination-exists`, `unknown-revision`, `io-failed`, `git-failed`; then
    /// nothing stands at `destination`.
    pub fn export(&self, commit: &CommitId, destination: &Path) -> Result<Exported, GitError> {
        self.handles.with(|repo| {
            let mut stage = Stage::new(destination)?;
            for leaf in leaves(repo, commit)? {
                let blob = || repo.find_blob(leaf.oid).map_err(failed(format!("read `{}`", paths::text(&leaf.path))));
                match leaf.kind {
                    EntryKind::File => stage.file(&leaf.path, leaf.executable, &mut blob()?.content())?,
                    EntryKind::Symlink => stage.links.insert(leaf.path.clone(), blob()?.content().to_vec()),
                    EntryKind::Submodule => stage.leave_out(&leaf.path),
                }
            }
            stage.finish(destination)
        })
    }

    /// Writes the working tree as it is on disk to `destination`, which must not exist: what [`Repo::work_tree`] lists.
    ///
    /// # Errors
    /// As [`Repo::export`], and `bare-repository`.
    pub fn export_work_tree(&self, destination: &Path) -> Result<Exported, GitError> {
        let tree = self.work_tree()?;
        let mut stage = Stage::new(destination)?;
        for (entry, place) in tree.places() {
            let fail = |e: io::Error| GitError::io("read", &tree.root().join(place), &e);
            let path = paths::bytes(place);
            match entry.kind {
                EntryKind::File => {
                    let mut file = nofollow::open_file(tree.root(), place).map_err(fail)?;
                    let executable = file.metadata().map_err(fail)?.permissions().mode() & 0o100 != 0;
                    stage.file(path, executable, &mut file)?;
                }
                EntryKind::Symlink => {
                    let target = nofollow::read_link(tree.root(), place).map_err(fail)?;
                    stage.links.insert(path.to_vec(), target);
                }
                EntryKind::Submodule => stage.leave_out(path),
            }
        }
        stage.finish(destination)
    }
}

/// An export being written, beside its destination and renamed to it at the end.
struct Stage {
    dir: TempDir,
    /// Made last: while files are written there is no link to write through.
    links: Links,
    files: u64,
    bytes: u64,
    notes: Vec<String>,
}

impl Stage {
    fn new(destination: &Path) -> Result<Self, GitError> {
        if fs::symlink_metadata(destination).is_ok() {
            return Err(GitError::DestinationExists(destination.to_owned()));
        }
        let parent = destination.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        private_folder(parent)?;
        let builder =
            tempfile::Builder::new().prefix(".export-").permissions(Permissions::from_mode(0o700)).tempdir_in(parent);
        let dir = builder.map_err(|e| GitError::io("write below", parent, &e))?;
        Ok(Self { dir, links: Links::default(), files: 0, bytes: 0, notes: Vec::new() })
    }

    /// Place of `path` in the stage; its folder exists.
    fn place(&self, path: &[u8]) -> Result<PathBuf, GitError> {
        let place = self.dir.path().join(paths::path(path));
        place.parent().map_or(Ok(()), private_folder)?;
        Ok(place)
    }

    fn file(&mut self, path: &[u8], executable: bool, content: &mut dyn Read) -> Result<(), GitError> {
        let place = self.place(path)?;
        let fail = |e: io::Error| GitError::io("write", &place, &e);
        let mode = if executable { 0o700 } else { 0o600 };
        let mut file: File = OpenOptions::new().write(true).create_new(true).mode(mode).open(&place).map_err(fail)?;
        self.bytes += io::copy(content, &mut file).map_err(fail)?;
        file.flush().map_err(fail)?;
        self.files += 1;
        Ok(())
    }

    fn leave_out(&mut self, path: &[u8]) {
        self.notes.push(format!("`{}` is a repository of its own and was left out", paths::text(path)));
    }

    fn finish(mut self, destination: &Path) -> Result<Exported, GitError> {
        for (path, target) in self.links.iter() {
            if !self.links.stays_inside(path) {
                return Err(GitError::SymlinkEscapes { path: paths::text(path), target: paths::text(target) });
            }
        }
        for (path, target) in self.links.iter() {
            let place = self.place(path)?;
            symlink(paths::path(target), &place).map_err(|e| GitError::io("link", &place, &e))?;
        }
        self.files += self.links.iter().count() as u64;
        self.notes.sort();
        // Renaming onto an existing empty folder would succeed: look again.
        if fs::symlink_metadata(destination).is_ok() {
            return Err(GitError::DestinationExists(destination.to_owned()));
        }
        fs::rename(self.dir.path(), destination).map_err(|e| GitError::io("move the export to", destination, &e))?;
        // Nothing is left for the guard to remove.
        let _moved = self.dir.keep();
        Ok(Exported { root: destination.to_owned(), files: self.files, bytes: self.bytes, notes: self.notes })
    }
}

fn private_folder(path: &Path) -> Result<(), GitError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| GitError::io("create", path, &e))
}
