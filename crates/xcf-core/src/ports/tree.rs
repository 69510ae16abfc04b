//! A tree of files at one moment: a commit, or the working tree. Reading is lazy; the set of paths is known.

use std::sync::Arc;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link (its content is the target).
    Symlink,
    /// A submodule.
    Submodule,
}

/// One file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// Repository-relative path with `/`.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Size in bytes (symlink: length of the target).
    pub size: u64,
    /// Content address known without reading (Git blob id, or a digest of path, size and mtime): equal ids mean equal content.
    pub content_id: String,
}

/// Why a file could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TreeError {
    /// No such path in the tree.
    #[error("{0} is not in the tree")]
    Missing(String),
    /// Larger than the caller allows.
    #[error("{path} has {size} bytes, more than the {limit} allowed")]
    TooLarge {
        /// Path.
        path: String,
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// The underlying store failed.
    #[error("{path} can't be read: {reason}")]
    Unreadable {
        /// Path.
        path: String,
        /// Why.
        reason: String,
    },
}

/// A tree of files. Entries are sorted by path.
pub trait Tree: Send + Sync {
    /// All entries, sorted by path. `.git` is never listed.
    fn entries(&self) -> &[TreeEntry];
    /// Content of the file at `path` if it has at most `limit` bytes.
    ///
    /// # Errors
    /// Missing, too large, or unreadable.
    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError>;

    /// The entry at exactly `path`.
    fn entry(&self, path: &str) -> Option<&TreeEntry> {
        let entries = self.entries();
        entries.binary_search_by(|e| e.path.as_str().cmp(path)).ok().and_then(|i| entries.get(i))
    }
    /// Entries below folder `dir` (`""`: all).
    fn under(&self, dir: &str) -> &[TreeEntry] {
        let entries = self.entries();
        if dir.is_empty() {
            return entries;
        }
        let prefix = format!("{dir}/");
        let start = entries.partition_point(|e| e.path < prefix);
        let rest = entries.get(start..).unwrap_or_default();
        let len = rest.partition_point(|e| e.path.starts_with(&prefix));
        rest.get(..len).unwrap_or_default()
    }
}

/// A tree in memory, for tests and drafts.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    entries: Vec<TreeEntry>,
    contents: Vec<Arc<[u8]>>,
}

impl MemoryTree {
    /// A tree of `files` (path, content); a later one with the same path wins.
    #[must_use]
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let sorted: std::collections::BTreeMap<&str, &[u8]> = files.into_iter().collect();
        let mut tree = Self::default();
        for (path, content) in sorted {
            tree.entries.push(TreeEntry {
                path: path.to_owned(),
                kind: EntryKind::File,
                size: content.len() as u64,
                content_id: crate::digest::sha256(content).to_string(),
            });
            tree.contents.push(content.into());
        }
        tree
    }
}

impl Tree for MemoryTree {
    fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }
    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError> {
        let index = self.entries.binary_search_by(|e| e.path.as_str().cmp(path));
        let content =
            index.ok().and_then(|i| self.contents.get(i)).ok_or_else(|| TreeError::Missing(path.to_owned()))?;
        let size = content.len() as u64;
        if size > limit {
            return Err(TreeError::TooLarge { path: path.to_owned(), size, limit });
        }
        Ok(Arc::clone(content))
    }
}
