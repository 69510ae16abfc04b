//! Trees for tests and benchmarks: small ones by hand, large ones by rule, and ones whose files can't be read.

mod synthetic;

pub use synthetic::synthetic;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xcf_core::ports::tree::{EntryKind, Tree, TreeEntry, TreeError};

/// Files of a repository, built up one by one.
#[derive(Debug, Clone, Default)]
pub struct Files {
    files: BTreeMap<String, (EntryKind, Vec<u8>)>,
    unreadable: BTreeSet<String>,
}

impl Files {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// With a file (replaces one of the same path).
    #[must_use]
    pub fn with(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.files.insert(path.to_owned(), (EntryKind::File, content.as_ref().to_vec()));
        self
    }
    /// With a symbolic link.
    #[must_use]
    pub fn link(mut self, path: &str, target: &str) -> Self {
        self.files.insert(path.to_owned(), (EntryKind::Symlink, target.as_bytes().to_vec()));
        self
    }
    /// Without a file.
    #[must_use]
    pub fn without(mut self, path: &str) -> Self {
        self.files.remove(path);
        self
    }
    /// With a file that is listed but can't be read.
    #[must_use]
    pub fn unreadable(mut self, path: &str) -> Self {
        self.unreadable.insert(path.to_owned());
        self
    }
    /// With `old` replaced by `new` in the file at `path`, which must hold it.
    ///
    /// # Panics
    /// If it does not.
    #[must_use]
    #[allow(clippy::panic)]
    pub fn replace(&self, path: &str, old: &str, new: &str) -> Self {
        let text = self.text(path);
        if !text.contains(old) {
            panic!("{path} does not hold {old:?}");
        }
        self.clone().with(path, text.replace(old, new))
    }
    /// Content of a file as text (empty if there is none).
    #[must_use]
    pub fn text(&self, path: &str) -> String {
        self.files.get(path).map(|(_, c)| String::from_utf8_lossy(c).into_owned()).unwrap_or_default()
    }
    /// Content of a file.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        self.files.get(path).map(|(_, c)| c.clone()).unwrap_or_default()
    }
    /// Paths, sorted.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }
    /// The tree of these files.
    #[must_use]
    pub fn tree(&self) -> FilesTree {
        let entry = |(path, (kind, content)): (&String, &(EntryKind, Vec<u8>))| TreeEntry {
            path: path.clone(),
            kind: *kind,
            size: content.len() as u64,
            content_id: xcf_core::digest::sha256(content).to_string(),
        };
        FilesTree {
            entries: self.files.iter().map(entry).collect(),
            contents: self.files.values().map(|(_, c)| Arc::from(c.as_slice())).collect(),
            unreadable: self.unreadable.clone(),
        }
    }
}

/// A tree of [`Files`].
#[derive(Debug, Clone)]
pub struct FilesTree {
    entries: Vec<TreeEntry>,
    contents: Vec<Arc<[u8]>>,
    unreadable: BTreeSet<String>,
}

impl Tree for FilesTree {
    fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }
    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError> {
        if self.unreadable.contains(path) {
            return Err(TreeError::Unreadable { path: path.to_owned(), reason: "permission denied".to_owned() });
        }
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
