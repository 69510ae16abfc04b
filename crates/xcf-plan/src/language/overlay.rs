//! A tree with open texts laid over it: what the repository would say if the editor's buffers were saved.

use std::collections::BTreeMap;
use std::sync::Arc;
use xcf_core::ports::tree::{EntryKind, Tree, TreeEntry, TreeError};

/// See the module.
pub struct Overlay {
    base: Arc<dyn Tree>,
    entries: Vec<TreeEntry>,
    open: BTreeMap<String, Arc<[u8]>>,
}

impl Overlay {
    /// `base` with the texts of `open` (path, text) in place of its files. A path that is a link keeps the link: the
    /// text lies behind it.
    #[must_use]
    pub fn new(base: Arc<dyn Tree>, open: &BTreeMap<String, Arc<str>>) -> Self {
        let is_link = |path: &str| base.entry(path).is_some_and(|e| e.kind != EntryKind::File);
        let texts: BTreeMap<String, Arc<[u8]>> = open
            .iter()
            .filter(|(path, _)| !is_link(path))
            .map(|(path, text)| (path.clone(), Arc::from(text.as_bytes())))
            .collect();
        let mut entries: Vec<TreeEntry> =
            base.entries().iter().filter(|e| !texts.contains_key(&e.path)).cloned().collect();
        entries.extend(texts.iter().map(|(path, bytes)| TreeEntry {
            path: path.clone(),
            kind: EntryKind::File,
            size: bytes.len() as u64,
            content_id: format!("open:{}", xcf_core::digest::sha256(bytes)),
        }));
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Self { base, entries, open: texts }
    }
}

impl Tree for Overlay {
    fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }
    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError> {
        let Some(bytes) = self.open.get(path) else { return self.base.read(path, limit) };
        let size = bytes.len() as u64;
        if size > limit {
            return Err(TreeError::TooLarge { path: path.to_owned(), size, limit });
        }
        Ok(Arc::clone(bytes))
    }
}
