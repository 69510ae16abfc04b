//! The client's open texts and how its edits change them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;
use xcf_plan::language::Lines;

use super::convert::position;

/// Texts a client may have open.
const MOST_OPEN: usize = 4_096;
/// Largest open text, bytes; a larger file is no document of ours.
const LARGEST_TEXT: usize = 8 << 20;

/// An open text.
pub(super) struct Text {
    /// Repository-relative path; none outside the folder.
    pub(super) path: Option<String>,
    pub(super) text: Arc<str>,
    pub(super) version: i32,
}

/// All open texts by URI.
#[derive(Default)]
pub(super) struct Texts {
    open: BTreeMap<String, Text>,
}

impl Texts {
    /// Opens a text.
    ///
    /// # Errors
    /// Too large or too many, in words.
    pub(super) fn open(&mut self, uri: &str, text: Text) -> Result<(), String> {
        if text.text.len() > LARGEST_TEXT {
            return Err(format!("{uri} has {} bytes, more than the {LARGEST_TEXT} looked at", text.text.len()));
        }
        if self.open.len() >= MOST_OPEN && !self.open.contains_key(uri) {
            return Err(format!("more than {MOST_OPEN} texts are open; {uri} is not looked at"));
        }
        self.open.insert(uri.to_owned(), text);
        Ok(())
    }
    pub(super) fn close(&mut self, uri: &str) -> Option<Text> {
        self.open.remove(uri)
    }
    pub(super) fn get(&self, uri: &str) -> Option<&Text> {
        self.open.get(uri)
    }
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &Text)> {
        self.open.iter()
    }
    /// Texts inside the folder by path.
    pub(super) fn by_path(&self) -> BTreeMap<String, Arc<str>> {
        self.open.values().filter_map(|t| Some((t.path.clone()?, Arc::clone(&t.text)))).collect()
    }
    /// Applies edits in order.
    ///
    /// # Errors
    /// The text is not open, or becomes too large; in words.
    pub(super) fn change(
        &mut self,
        uri: &str,
        version: i32,
        changes: &[lsp_types::TextDocumentContentChangeEvent],
    ) -> Result<(), String> {
        let Some(text) = self.open.get_mut(uri) else { return Err(format!("{uri} is changed but not open")) };
        let mut now = text.text.to_string();
        for change in changes {
            now = match &change.range {
                None => change.text.clone(),
                Some(range) => {
                    let lines = Lines::new(&now);
                    let (start, end) = (lines.offset(position(range.start)), lines.offset(position(range.end)));
                    let (start, end) = (start.min(end), start.max(end));
                    let (head, tail) = (now.get(..start).unwrap_or_default(), now.get(end..).unwrap_or_default());
                    format!("{head}{}{tail}", change.text)
                }
            };
            if now.len() > LARGEST_TEXT {
                self.open.remove(uri);
                return Err(format!("{uri} grew beyond {LARGEST_TEXT} bytes and is not looked at any more"));
            }
        }
        text.text = Arc::from(now);
        text.version = version;
        Ok(())
    }
}

/// The repository-relative path of a `file:` URI; none outside `root`.
pub(super) fn path_in(root: &Path, uri: &str) -> Option<String> {
    let file = Url::parse(uri).ok()?.to_file_path().ok()?;
    let inside = |file: &Path| {
        let relative = file.strip_prefix(root).ok()?;
        let plain = relative.components().all(|c| matches!(c, std::path::Component::Normal(_)));
        let text = relative.to_str().filter(|t| plain && !t.is_empty())?;
        Some(text.replace(std::path::MAIN_SEPARATOR, "/"))
    };
    // The editor may have come through a link.
    inside(&file).or_else(|| inside(&real(&file)?))
}

fn real(file: &Path) -> Option<PathBuf> {
    let folder = file.parent()?.canonicalize().ok()?;
    Some(folder.join(file.file_name()?))
}

/// The `file:` URI of a path of the repository.
pub(super) fn uri_of(root: &Path, path: &str) -> Option<lsp_types::Uri> {
    Url::from_file_path(root.join(path)).ok()?.as_str().parse().ok()
}
