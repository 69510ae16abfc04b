//! A tree with texts laid over it: what the working tree would be with an edit that is not made.

use std::collections::BTreeMap;
use std::sync::Arc;
use xcf_core::ports::tree::{EntryKind, Tree, TreeEntry, TreeError};

/// The tree.
pub(crate) struct Overlaid {
    below: Arc<dyn Tree>,
    entries: Vec<TreeEntry>,
    texts: BTreeMap<String, Option<Arc<[u8]>>>,
}

impl Overlaid {
    /// `below` with `texts` on it; no text: the file is not there.
    pub(crate) fn new(below: Arc<dyn Tree>, texts: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        let texts: BTreeMap<String, Option<Arc<[u8]>>> =
            texts.into_iter().map(|(path, text)| (path, text.map(|t| Arc::from(t.into_bytes())))).collect();
        let mut entries: Vec<TreeEntry> =
            below.entries().iter().filter(|e| !texts.contains_key(&e.path)).cloned().collect();
        entries.extend(texts.iter().filter_map(|(path, text)| {
            let text = text.as_ref()?;
            Some(TreeEntry {
                path: path.clone(),
                kind: EntryKind::File,
                size: text.len() as u64,
                content_id: xcf_core::digest::sha256(text).to_string(),
            })
        }));
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Self { below, entries, texts }
    }
}

impl Tree for Overlaid {
    fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }
    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError> {
        let Some(text) = self.texts.get(path) else { return self.below.read(path, limit) };
        let text = text.as_ref().ok_or_else(|| TreeError::Missing(path.to_owned()))?;
        let size = text.len() as u64;
        if size > limit {
            return Err(TreeError::TooLarge { path: path.to_owned(), size, limit });
        }
        Ok(Arc::clone(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xcf_core::ports::tree::MemoryTree;

    #[test]
    fn d12_texts_replace_add_and_take_away() {
        let below: Arc<dyn Tree> =
            Arc::new(MemoryTree::new([("a", b"1".as_slice()), ("b", b"2".as_slice()), ("d", b"4".as_slice())]));
        let texts =
            [("b".to_owned(), Some("two".to_owned())), ("c".to_owned(), Some("3".to_owned())), ("d".to_owned(), None)];
        let tree = Overlaid::new(below, texts);
        let paths: Vec<&str> = tree.entries().iter().map(|e| e.path.as_str()).collect();
        assert_eq!(paths, ["a", "b", "c"]);
        assert_eq!(&*tree.read("a", 9).unwrap(), b"1");
        assert_eq!(&*tree.read("b", 9).unwrap(), b"two");
        assert!(matches!(tree.read("b", 2), Err(TreeError::TooLarge { .. })));
        assert!(matches!(tree.read("d", 9), Err(TreeError::Missing(_))));
        assert_eq!(tree.entry("c").unwrap().size, 1);
    }
}
