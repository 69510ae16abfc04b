//! The files of a commit; contents are read when asked for.

use crate::error::{GitError, failed};
use crate::handles::Handles;
use crate::paths;
use crate::repo::find_commit;
use git2::{ObjectType, Oid, Repository};
use std::sync::Arc;
use xcf_core::ids::CommitId;
use xcf_core::ports::tree::{EntryKind, Tree, TreeEntry, TreeError};

/// One leaf of a Git tree, as Git has it.
pub(crate) struct Leaf {
    pub(crate) path: Vec<u8>,
    pub(crate) oid: Oid,
    pub(crate) kind: EntryKind,
    pub(crate) executable: bool,
}

/// All leaves of a commit's tree; folders are walked with a list of our own, so depth costs no stack.
pub(crate) fn leaves(repo: &Repository, commit: &CommitId) -> Result<Vec<Leaf>, GitError> {
    let root = find_commit(repo, commit.as_str())?.tree_id();
    let mut open = vec![(Vec::new(), root)];
    let mut found = Vec::new();
    while let Some((folder, oid)) = open.pop() {
        let tree = repo.find_tree(oid).map_err(failed(format!("read folder `{}`", paths::text(&folder))))?;
        for entry in &tree {
            let mut path = folder.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(entry.name_bytes());
            paths::check_name(entry.name_bytes())
                .map_err(|reason| GitError::UnsafeTree { path: paths::text(&path), reason })?;
            let kind = match (entry.kind(), entry.filemode()) {
                (Some(ObjectType::Tree), _) => {
                    open.push((path, entry.id()));
                    continue;
                }
                (Some(ObjectType::Commit), _) => EntryKind::Submodule,
                (_, 0o120_000) => EntryKind::Symlink,
                _ => EntryKind::File,
            };
            let executable = kind == EntryKind::File && entry.filemode() & 0o100 != 0;
            found.push(Leaf { path, oid: entry.id(), kind, executable });
        }
    }
    Ok(found)
}

/// The files of one commit. Safe to read from many threads at once.
pub struct CommitTree {
    handles: Arc<Handles>,
    entries: Vec<TreeEntry>,
    /// Blob of each entry.
    oids: Vec<Oid>,
}

impl CommitTree {
    pub(crate) fn read(handles: Arc<Handles>, commit: &CommitId) -> Result<Self, GitError> {
        let mut listed = handles.with(|repo| {
            let odb = repo.odb().map_err(failed("open the object store"))?;
            let mut listed = Vec::new();
            for leaf in leaves(repo, commit)? {
                let size = match leaf.kind {
                    EntryKind::Submodule => 0,
                    _ => odb.read_header(leaf.oid).map_err(failed(format!("read `{}`", paths::text(&leaf.path))))?.0,
                };
                let content_id = leaf.oid.to_string();
                let entry = TreeEntry { path: paths::text(&leaf.path), kind: leaf.kind, size: size as u64, content_id };
                listed.push((entry, leaf.oid));
            }
            Ok(listed)
        })?;
        listed.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        let (entries, oids) = listed.into_iter().unzip();
        Ok(Self { handles, entries, oids })
    }
}

impl Tree for CommitTree {
    fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }

    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError> {
        let missing = || TreeError::Missing(path.to_owned());
        let index = self.entries.binary_search_by(|e| e.path.as_str().cmp(path)).map_err(|_| missing())?;
        let (entry, oid) = self.entries.get(index).zip(self.oids.get(index)).ok_or_else(missing)?;
        let unreadable = |reason: String| TreeError::Unreadable { path: path.to_owned(), reason };
        if entry.kind == EntryKind::Submodule {
            return Err(unreadable("it is a submodule".to_owned()));
        }
        if entry.size > limit {
            return Err(TreeError::TooLarge { path: path.to_owned(), size: entry.size, limit });
        }
        let content = self.handles.with(|repo| {
            let blob = repo.find_blob(*oid).map_err(failed(format!("read `{path}`")))?;
            Ok(Arc::from(blob.content()))
        });
        content.map_err(|e| unreadable(e.to_string()))
    }
}
