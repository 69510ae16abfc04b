//! Texts of a tree with edits on top, and a tree that shows them.

use super::AuthorError;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use xcf_core::edit::{Edit, EditError};
use xcf_core::ports::tree::{EntryKind, Tree, TreeEntry, TreeError};

/// Documents are far smaller (`dsl` limits); a larger file can't be one.
const LARGEST: u64 = 2 << 20;

/// One file of an act: whole texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdit {
    /// Repository-relative path.
    pub file: String,
    /// Text before; none if the file is new.
    pub before: Option<String>,
    /// Text after; none if the file goes.
    pub after: Option<String>,
}

/// Texts being edited.
pub(super) struct Texts<'a> {
    tree: &'a dyn Tree,
    edits: BTreeMap<String, FileEdit>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(tree: &'a dyn Tree) -> Self {
        Self { tree, edits: BTreeMap::new() }
    }
    pub(super) fn tree(&self) -> &'a dyn Tree {
        self.tree
    }
    fn read(&self, file: &str) -> Result<Option<String>, AuthorError> {
        let broken = |what: String| AuthorError::Edit { file: file.to_owned(), error: EditError::Broken(what) };
        match self.tree.read(file, LARGEST) {
            Err(TreeError::Missing(_)) => Ok(None),
            Err(error) => Err(broken(error.to_string())),
            Ok(bytes) => {
                String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| broken("it is not UTF-8 text".to_owned()))
            }
        }
    }
    /// Makes `edits` in document `index` of `file`.
    pub(super) fn edit(&mut self, file: &str, index: usize, edits: &[Edit]) -> Result<(), AuthorError> {
        let now = match self.edits.get(file) {
            Some(edit) => edit.after.clone(),
            None => self.read(file)?,
        };
        let text = now.ok_or_else(|| AuthorError::Unknown { what: "file", name: file.to_owned() })?;
        let new = xcf_core::edit::apply(&text, index, edits)
            .map_err(|error| AuthorError::Edit { file: file.to_owned(), error })?;
        match self.edits.get_mut(file) {
            Some(edit) => edit.after = Some(new),
            None => {
                let edit = FileEdit { file: file.to_owned(), before: Some(text), after: Some(new) };
                self.edits.insert(file.to_owned(), edit);
            }
        }
        Ok(())
    }
    /// Appends `value` to the list at `pointer`, which has `length` items now. An empty list (`[]`, or none) is written
    /// as the block a person would begin it with.
    pub(super) fn append(
        &mut self,
        at: (&str, usize),
        pointer: &str,
        length: Option<usize>,
        value: Value,
    ) -> Result<(), AuthorError> {
        let set = |pointer: String, value: Value| Edit::Set { pointer, value };
        let edits = match length {
            Some(0) => vec![set(pointer.to_owned(), Value::Null), set(pointer.to_owned(), Value::Array(vec![value]))],
            Some(_) => vec![set(format!("{pointer}/-"), value)],
            None => vec![set(pointer.to_owned(), Value::Array(vec![value]))],
        };
        self.edit(at.0, at.1, &edits)
    }
    /// A new file; refused if something stands there.
    pub(super) fn create(&mut self, file: &str, text: String) -> Result<(), AuthorError> {
        if self.tree.entry(file).is_some() || self.edits.contains_key(file) {
            return Err(AuthorError::Taken { what: "file", name: file.to_owned(), file: file.to_owned() });
        }
        let edit = FileEdit { file: file.to_owned(), before: None, after: Some(text) };
        self.edits.insert(file.to_owned(), edit);
        Ok(())
    }
    pub(super) fn into_edits(self) -> Vec<FileEdit> {
        self.edits.into_values().filter(|e| e.before != e.after).collect()
    }
}

/// A tree with edits laid over it: what the workspace would be, before anything is written (what-if).
pub struct Overlay {
    base: Arc<dyn Tree>,
    entries: Vec<TreeEntry>,
    texts: BTreeMap<String, Arc<[u8]>>,
}

impl Overlay {
    /// `base` with `edits`.
    #[must_use]
    pub fn new(base: Arc<dyn Tree>, edits: &[FileEdit]) -> Self {
        let mut entries: BTreeMap<&str, TreeEntry> =
            base.entries().iter().map(|e| (e.path.as_str(), e.clone())).collect();
        let mut texts = BTreeMap::new();
        for edit in edits {
            let Some(text) = &edit.after else {
                entries.remove(edit.file.as_str());
                continue;
            };
            let entry = TreeEntry {
                path: edit.file.clone(),
                kind: EntryKind::File,
                size: text.len() as u64,
                content_id: xcf_core::digest::sha256(text.as_bytes()).to_string(),
            };
            entries.insert(&edit.file, entry);
            texts.insert(edit.file.clone(), Arc::from(text.as_bytes()));
        }
        let entries = entries.into_values().collect();
        Self { base, entries, texts }
    }
}

impl Tree for Overlay {
    fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }
    fn read(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, TreeError> {
        let Some(entry) = self.entry(path) else { return Err(TreeError::Missing(path.to_owned())) };
        let Some(text) = self.texts.get(path) else { return self.base.read(path, limit) };
        if entry.size > limit {
            return Err(TreeError::TooLarge { path: path.to_owned(), size: entry.size, limit });
        }
        Ok(Arc::clone(text))
    }
}
