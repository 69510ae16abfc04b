//! Several texts edited together, to one patch.

use super::change::{Change, slot};
use super::patch::{Edited, Fate, FilePatch, Patch, Splice};
use super::site::{How, Site};
use super::{Edit, EditError, Open, change_text, documents, run};
use serde_json::Value;
use std::collections::BTreeMap;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Repository-relative path.
    pub file: String,
    /// Number of the document in the file, from 0.
    pub document: usize,
    /// JSON pointer from the document root.
    pub pointer: String,
}

impl Spot {
    /// A place in a file.
    #[must_use]
    pub fn new(file: impl Into<String>, document: usize, pointer: impl Into<String>) -> Self {
        Self { file: file.into(), document, pointer: pointer.into() }
    }
}

#[derive(Debug, Clone)]
struct Text {
    /// What was there before; none: no file.
    before: Option<Edited>,
    now: Option<Edited>,
}

/// Texts that are edited together. An edit that is refused leaves everything as it was before that edit.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    texts: BTreeMap<String, Text>,
}

impl Draft {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a file in; one that is already in stays as it is now.
    pub fn open(&mut self, file: &str, text: &str) {
        let fresh = || {
            let edited = Edited::new(text);
            Text { before: Some(edited.clone()), now: Some(edited) }
        };
        self.texts.entry(file.to_owned()).or_insert_with(fresh);
    }

    /// Text of a file as it is now; none if it is not in, or deleted.
    #[must_use]
    pub fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file)?.now.as_ref().map(Edited::text)
    }

    /// Every file with its text as it is now; none for a deleted one.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.texts.iter().map(|(file, t)| (file.as_str(), t.now.as_ref().map(Edited::text)))
    }

    fn edited(&mut self, file: &str) -> Result<&mut Edited, EditError> {
        let found = self.texts.get_mut(file).and_then(|t| t.now.as_mut());
        found.ok_or_else(|| EditError::Broken(format!("{file} is not there")))
    }

    /// Edits of one document, in order; all or none.
    ///
    /// # Errors
    /// The first edit that can't be made exactly.
    pub fn edit(&mut self, file: &str, document: usize, edits: &[Edit]) -> Result<(), EditError> {
        let target = self.edited(file)?;
        let mut trial = target.clone();
        run(&mut trial, document, edits)?;
        *target = trial;
        Ok(())
    }

    /// Moves a list item with its comments to before the item that `to` names (an index, or `-` for the end), in this or
    /// another document or file. Missing lists are made. Indents follow the place it comes to.
    ///
    /// # Errors
    /// The item is shared through an anchor, is no list item, or would lose comments; nothing is changed then.
    pub fn move_item(&mut self, from: &Spot, to: &Spot) -> Result<(), EditError> {
        let mut trial = self.clone();
        trial.copy_item(from, to)?;
        let from = trial.shifted(from, to);
        trial.edit(&from.file, from.document, &[Edit::Delete { pointer: from.pointer.clone() }])?;
        *self = trial;
        Ok(())
    }

    /// Where `from` stands after something was put at `to`.
    fn shifted(&self, from: &Spot, to: &Spot) -> Spot {
        let (Some((list, index)), Some((other, at))) = (from.pointer.rsplit_once('/'), to.pointer.rsplit_once('/'))
        else {
            return from.clone();
        };
        let here = from.file == to.file && from.document == to.document && list == other;
        match (index.parse::<usize>(), at.parse::<usize>()) {
            (Ok(index), Ok(at)) if here && at <= index => {
                Spot { pointer: format!("{list}/{}", index + 1), ..from.clone() }
            }
            _ => from.clone(),
        }
    }

    /// As `move_item`, but the item stays where it was too.
    ///
    /// # Errors
    /// As `move_item`.
    pub fn copy_item(&mut self, from: &Spot, to: &Spot) -> Result<(), EditError> {
        let source = self.edited(&from.file)?.text().to_owned();
        let open = Open::read(&source, from.document)?;
        if open.tree.find(&from.pointer).is_none() {
            return Err(EditError::Pointer { pointer: from.pointer.clone(), why: "no such item" });
        }
        let item = Site::new(&source, &open.tree, How { text_blocks: true, tidy: true }).take(&from.pointer)?;
        let target = self.edited(&to.file)?;
        let mut trial = target.clone();
        let list = to.pointer.rsplit_once('/').map_or("", |(list, _)| list).to_owned();
        let open = Open::read(trial.text(), to.document)?;
        if open.model.pointer(&list).is_none_or(Value::is_null) {
            run(&mut trial, to.document, &[Edit::Set { pointer: list, value: Value::Array(Vec::new()) }])?;
        }
        let (pointer, index) = slot(&Open::read(trial.text(), to.document)?, &to.pointer)?;
        change_text(&mut trial, to.document, &Change::Put { pointer, index, item })?;
        *target = trial;
        Ok(())
    }

    /// Adds a document at the end of a file.
    ///
    /// # Errors
    /// It is not one document, or the file's end does not allow it.
    pub fn append_document(&mut self, file: &str, document: &str) -> Result<(), EditError> {
        let target = self.edited(file)?;
        let (raws, after) = documents::append(target.text(), document)?;
        target.replace(raws, after);
        Ok(())
    }

    /// Deletes one of several documents of a file, with the comments around it.
    ///
    /// # Errors
    /// There is no such document, or it is the only one.
    pub fn delete_document(&mut self, file: &str, document: usize) -> Result<(), EditError> {
        let target = self.edited(file)?;
        let (raws, after) = documents::delete(target.text(), document)?;
        target.replace(raws, after);
        Ok(())
    }

    /// Deletes a document with the comments around it; the file goes with its only one.
    ///
    /// # Errors
    /// There is no such document.
    pub fn drop_document(&mut self, file: &str, document: usize) -> Result<(), EditError> {
        match documents::count(self.edited(file)?.text()) {
            1 if document == 0 => self.delete(file),
            _ => self.delete_document(file, document),
        }
    }

    /// A new file.
    ///
    /// # Errors
    /// It is there already.
    pub fn create(&mut self, file: &str, text: &str) -> Result<(), EditError> {
        let slot = self.texts.entry(file.to_owned()).or_insert(Text { before: None, now: None });
        if slot.now.is_some() {
            return Err(EditError::Broken(format!("{file} is there already")));
        }
        slot.now = Some(Edited::new(text));
        Ok(())
    }

    /// Deletes a file that is in.
    ///
    /// # Errors
    /// It is not there.
    pub fn delete(&mut self, file: &str) -> Result<(), EditError> {
        self.edited(file)?;
        if let Some(text) = self.texts.get_mut(file) {
            text.now = None;
        }
        Ok(())
    }

    /// Gives a file another path.
    ///
    /// # Errors
    /// It is not there, or another file is.
    pub fn rename(&mut self, file: &str, to: &str) -> Result<(), EditError> {
        let text = self.edited(file)?.text().to_owned();
        self.create(to, &text)?;
        self.delete(file)
    }

    /// What all edits together change.
    #[must_use]
    pub fn patch(&self) -> Patch {
        Patch { files: self.texts.iter().filter_map(|(file, text)| file_patch(file, text)).collect() }
    }
}

fn file_patch(file: &str, text: &Text) -> Option<FilePatch> {
    let whole = |at: &Edited, gone: bool| {
        let (old, new) = if gone { (at.text(), "") } else { ("", at.text()) };
        vec![Splice { at: 0, old: old.to_owned(), new: new.to_owned() }]
    };
    let (fate, splices) = match (&text.before, &text.now) {
        (None, None) => return None,
        (None, Some(now)) => (Fate::Created, whole(now, false)),
        (Some(before), None) => (Fate::Deleted, whole(before, true)),
        (Some(_), Some(now)) => (Fate::Edited, now.splices()),
    };
    let changes = fate != Fate::Edited || !splices.is_empty();
    changes.then(|| FilePatch { file: file.to_owned(), fate, splices })
}
