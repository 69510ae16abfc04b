//! The working tree as it is on disk now.

use crate::error::{GitError, failed};
use crate::{nofollow, paths};
use git2::{ObjectType, Oid, Repository, Status, StatusOptions};
use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xcf_core::ports::tree::{EntryKind, Tree, TreeEntry, TreeError};

/// Files up to this size get their Git blob id when they are changed; larger ones a stamp of size and time.
const HASH_UP_TO: u64 = 1 << 20;

/// The working tree, listed once; contents are read from disk when asked for. Symbolic links are never followed.
pub struct WorkTree {
    root: PathBuf,
    entries: Vec<TreeEntry>,
    /// Where each entry really is: differs from its path where that is no UTF-8.
    places: Vec<PathBuf>,
}

impl WorkTree {
    pub(crate) fn read(repo: &Repository, root: &Path) -> Result<Self, GitError> {
        let known = known_ids(repo)?;
        let mut listed = Vec::new();
        let mut options = StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).include_unmodified(true);
        options.include_ignored(false).exclude_submodules(true).renames_head_to_index(false);
        let statuses = repo.statuses(Some(&mut options)).map_err(failed("look at the working tree"))?;
        for status in statuses.iter() {
            let gone = status.status().intersects(Status::WT_DELETED);
            let recreated = status.status().intersects(Status::WT_NEW | Status::WT_TYPECHANGE);
            if gone && !recreated {
                continue;
            }
            let path = status.path_bytes();
            let unchanged = !status
                .status()
                .intersects(Status::WT_MODIFIED | Status::WT_NEW | Status::WT_TYPECHANGE | Status::CONFLICTED);
            let id = if unchanged { known.blobs.get(path).copied() } else { None };
            if let Some(entry) = entry(root, path, id)? {
                listed.push(entry);
            }
        }
        for path in known.submodules {
            let entry = TreeEntry {
                path: paths::text(&path),
                kind: EntryKind::Submodule,
                size: 0,
                content_id: "submodule".to_owned(),
            };
            listed.push((entry, paths::path(&path).to_owned()));
        }
        listed.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        listed.dedup_by(|a, b| a.0.path == b.0.path);
        let (entries, places) = listed.into_iter().unzip();
        Ok(Self { root: root.to_owned(), entries, places })
    }

    /// Root of the checkout.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Each entry with its real place below the root.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&TreeEntry, &Path)> {
        self.entries.iter().zip(self.places.iter().map(PathBuf::as_path))
    }
}

struct Known {
    /// Blob ids of tracked files, if equal ids mean equal bytes on disk.
    blobs: HashMap<Vec<u8>, Oid>,
    submodules: Vec<Vec<u8>>,
}

fn known_ids(repo: &Repository) -> Result<Known, GitError> {
    let mut index = repo.index().map_err(failed("read the index"))?;
    index.read(false).map_err(failed("read the index"))?;
    let plain = bytes_are_blobs(repo, &index);
    let mut known = Known { blobs: HashMap::new(), submodules: Vec::new() };
    for entry in index.iter() {
        if entry.mode & 0o170_000 == 0o160_000 {
            known.submodules.push(entry.path);
        } else if plain {
            known.blobs.insert(entry.path, entry.id);
        }
    }
    Ok(known)
}

/// False if line ends or filters may make the bytes on disk differ from the blob: then nothing is taken for granted.
fn bytes_are_blobs(repo: &Repository, index: &git2::Index) -> bool {
    let Ok(config) = repo.config() else { return false };
    let converts =
        config.get_string("core.autocrlf").is_ok_and(|v| v != "false") || config.get_string("core.eol").is_ok();
    let attributes = index.iter().any(|e| e.path == b".gitattributes" || e.path.ends_with(b"/.gitattributes"))
        || repo.workdir().is_some_and(|w| w.join(".gitattributes").exists())
        || repo.commondir().join("info/attributes").exists()
        || config.get_string("core.attributesfile").is_ok();
    !converts && !attributes
}

fn entry(root: &Path, path: &[u8], known: Option<Oid>) -> Result<Option<(TreeEntry, PathBuf)>, GitError> {
    // A repository inside this one that is no submodule is listed as `folder/`; its files are not ours.
    let (name, nested) = path.strip_suffix(b"/").map_or((path, false), |p| (p, true));
    let place = paths::path(name).to_owned();
    let found = match fs::symlink_metadata(root.join(&place)) {
        Ok(found) => found,
        // Gone since it was listed.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(GitError::io("look at", &root.join(&place), &e)),
    };
    let kind = match found.file_type() {
        _ if nested => EntryKind::Submodule,
        t if t.is_symlink() => EntryKind::Symlink,
        t if t.is_file() => EntryKind::File,
        _ => return Ok(None),
    };
    let content_id = match known {
        Some(oid) => oid.to_string(),
        None => content_id(root, &place, kind, &found),
    };
    let size = if nested { 0 } else { found.size() };
    Ok(Some((TreeEntry { path: paths::text(name), kind, size, content_id }, place)))
}

/// Git blob id of the bytes on disk where that is cheap, else a stamp of everything that changes with the content.
fn content_id(root: &Path, place: &Path, kind: EntryKind, found: &Metadata) -> String {
    let bytes = match kind {
        EntryKind::Symlink => nofollow::read_link(root, place).ok(),
        EntryKind::File if found.size() <= HASH_UP_TO => read_up_to(root, place, HASH_UP_TO).ok().flatten(),
        _ => None,
    };
    let hashed = bytes.and_then(|b| Oid::hash_object(ObjectType::Blob, &b).ok());
    hashed.map_or_else(
        || {
            let text = paths::text(paths::bytes(place));
            format!("stat:{text}:{}:{}:{}.{:09}", found.ino(), found.size(), found.mtime(), found.mtime_nsec())
        },
        |oid| oid.to_string(),
    )
}

/// Content of a file; none if it is larger than `limit`.
fn read_up_to(root: &Path, place: &Path, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let file = nofollow::open_file(root, place)?;
    if file.metadata()?.size() > limit {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

impl Tree for WorkTree {
    fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }

    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError> {
        let missing = || TreeError::Missing(path.to_owned());
        let index = self.entries.binary_search_by(|e| e.path.as_str().cmp(path)).map_err(|_| missing())?;
        let (entry, place) = self.entries.get(index).zip(self.places.get(index)).ok_or_else(missing)?;
        let unreadable = |reason: String| TreeError::Unreadable { path: path.to_owned(), reason };
        let too_large =
            || TreeError::TooLarge { path: path.to_owned(), size: entry.size.max(limit.saturating_add(1)), limit };
        let bytes = match entry.kind {
            EntryKind::Submodule => return Err(unreadable("it is a repository of its own".to_owned())),
            EntryKind::Symlink => nofollow::read_link(&self.root, place).map(Some),
            EntryKind::File => read_up_to(&self.root, place, limit),
        };
        let bytes = bytes.map_err(|e| unreadable(e.to_string()))?.ok_or_else(too_large)?;
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
        Ok(Arc::from(bytes))
    }
}
