//! Changes of texts as data: what was there, what stands there now. They can be checked, sent, and taken back exactly.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// One replaced stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Splice {
    /// Byte at which it begins, in the text before any splice of its file.
    pub at: usize,
    /// What stands there.
    pub old: String,
    /// What takes its place.
    pub new: String,
}

impl Splice {
    /// The bytes it replaces, in the text before.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.at..self.at + self.old.len()
    }
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It is there before and after.
    Edited,
    /// It must not be there before.
    Created,
    /// It is not there after.
    Deleted,
}

/// The change of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilePatch {
    /// Repository-relative path.
    pub file: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Sorted, not overlapping. A created or deleted file has one, of its whole text.
    pub splices: Vec<Splice>,
}

/// Changes of several files that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Per file, sorted by path; no file twice.
    pub files: Vec<FilePatch>,
}

/// A text is not the one a patch was made for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} is not as it was when the change was made")]
pub struct Stale {
    /// The file.
    pub file: String,
}

impl Stale {
    /// Stable kebab-case code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "edit-stale"
    }
}

/// `text` after `splices`; `None` if one of them does not find what it replaces.
#[must_use]
pub fn splice(text: &str, splices: &[Splice]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + splices.iter().map(|s| s.new.len()).sum::<usize>());
    let mut at = 0;
    for splice in splices {
        out.push_str(text.get(at..splice.at)?);
        if text.get(splice.range())? != splice.old {
            return None;
        }
        out.push_str(&splice.new);
        at = splice.range().end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// The splices that take `splices` back.
#[must_use]
pub fn invert(splices: &[Splice]) -> Vec<Splice> {
    let (mut grown, mut shrunk) = (0, 0);
    let back = |s: &Splice| {
        let at = s.at + grown - shrunk;
        grown += s.new.len();
        shrunk += s.old.len();
        Splice { at, old: s.new.clone(), new: s.old.clone() }
    };
    splices.iter().map(back).collect()
}

impl FilePatch {
    /// The file's text after the patch; `None`: there is no file then.
    ///
    /// # Errors
    /// The text is not the one the patch was made for.
    pub fn apply(&self, text: Option<&str>) -> Result<Option<String>, Stale> {
        let stale = || Stale { file: self.file.clone() };
        if text.is_some() == (self.fate == Fate::Created) {
            return Err(stale());
        }
        let after = splice(text.unwrap_or_default(), &self.splices).ok_or_else(stale)?;
        match self.fate {
            Fate::Deleted if !after.is_empty() => Err(stale()),
            Fate::Deleted => Ok(None),
            Fate::Edited | Fate::Created => Ok(Some(after)),
        }
    }

    /// The patch that takes this one back.
    #[must_use]
    pub fn invert(&self) -> Self {
        let fate = match self.fate {
            Fate::Edited => Fate::Edited,
            Fate::Created => Fate::Deleted,
            Fate::Deleted => Fate::Created,
        };
        Self { file: self.file.clone(), fate, splices: invert(&self.splices) }
    }
}

impl Patch {
    /// True if it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Applies it to texts by path. All or nothing.
    ///
    /// # Errors
    /// A text is not the one the patch was made for.
    pub fn apply(&self, texts: &mut BTreeMap<String, String>) -> Result<(), Stale> {
        let after = |f: &FilePatch| Ok((f.file.clone(), f.apply(texts.get(&f.file).map(String::as_str))?));
        let all: Vec<(String, Option<String>)> = self.files.iter().map(after).collect::<Result<_, Stale>>()?;
        for (file, text) in all {
            match text {
                Some(text) => texts.insert(file, text),
                None => texts.remove(&file),
            };
        }
        Ok(())
    }

    /// The patch that takes this one back: applied after it, every byte is as before.
    #[must_use]
    pub fn invert(&self) -> Self {
        Self { files: self.files.iter().map(FilePatch::invert).collect() }
    }
}

/// Bytes to be replaced in a text that is at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raw {
    pub range: Range<usize>,
    pub with: String,
}

impl Raw {
    pub(super) fn insert(at: usize, with: impl Into<String>) -> Self {
        Self { range: at..at, with: with.into() }
    }
    pub(super) fn replace(range: Range<usize>, with: impl Into<String>) -> Self {
        Self { range, with: with.into() }
    }
    pub(super) fn remove(range: Range<usize>) -> Self {
        Self { range, with: String::new() }
    }
}

#[derive(Debug, Clone)]
enum Piece {
    /// Bytes of the original text.
    Kept(Range<usize>),
    New(String),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Kept(range) => range.len(),
            Self::New(text) => text.len(),
        }
    }

    fn cut(self, at: usize) -> (Self, Self) {
        match self {
            Self::Kept(r) => (Self::Kept(r.start..r.start + at), Self::Kept(r.start + at..r.end)),
            Self::New(mut text) => {
                let rest = text.split_off(at);
                (Self::New(text), Self::New(rest))
            }
        }
    }
}

/// A text while it is edited in several steps; knows at the end what changed since the beginning.
#[derive(Debug, Clone)]
pub(super) struct Edited {
    original: String,
    text: String,
    pieces: Vec<Piece>,
}

impl Edited {
    pub(super) fn new(text: &str) -> Self {
        let whole = Piece::Kept(0..text.len());
        Self { original: text.to_owned(), text: text.to_owned(), pieces: vec![whole] }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What the text would be after `raws` (sorted, not overlapping).
    pub(super) fn preview(text: &str, raws: &[Raw]) -> Option<String> {
        let mut out = String::with_capacity(text.len() + raws.iter().map(|r| r.with.len()).sum::<usize>());
        let mut at = 0;
        for raw in raws {
            out.push_str(text.get(at..raw.range.start)?);
            out.push_str(&raw.with);
            at = raw.range.end;
        }
        out.push_str(text.get(at..)?);
        Some(out)
    }

    /// Replaces stretches of the present text (sorted, not overlapping); `after` is what `preview` gave.
    pub(super) fn replace(&mut self, raws: Vec<Raw>, after: String) {
        let mut rest = std::mem::take(&mut self.pieces).into_iter();
        let mut next = rest.next();
        let mut at = 0;
        for raw in raws {
            self.take(&mut rest, &mut next, raw.range.start - at, true);
            self.take(&mut rest, &mut next, raw.range.len(), false);
            if !raw.with.is_empty() {
                self.pieces.push(Piece::New(raw.with));
            }
            at = raw.range.end;
        }
        self.pieces.extend(next);
        self.pieces.extend(rest);
        self.text = after;
    }

    fn take(&mut self, rest: &mut dyn Iterator<Item = Piece>, next: &mut Option<Piece>, mut bytes: usize, keep: bool) {
        while bytes > 0 {
            let Some(piece) = next.take() else { return };
            let (head, tail) = match piece.len() <= bytes {
                true => (piece, None),
                false => {
                    let (head, tail) = piece.cut(bytes);
                    (head, Some(tail))
                }
            };
            bytes -= head.len();
            if keep {
                self.pieces.push(head);
            }
            *next = tail.or_else(|| rest.next());
        }
    }

    /// What changed since the beginning, each splice as small as it can be.
    pub(super) fn splices(&self) -> Vec<Splice> {
        let mut out = Vec::new();
        let (mut at, mut new) = (0, String::new());
        for piece in self.pieces.iter().chain([&Piece::Kept(self.original.len()..self.original.len())]) {
            match piece {
                Piece::New(text) => new.push_str(text),
                Piece::Kept(range) if range.start == at && new.is_empty() => at = range.end,
                Piece::Kept(range) => {
                    let old = self.original.get(at..range.start).unwrap_or_default();
                    out.extend(trimmed(at, old, &new));
                    new.clear();
                    at = range.end;
                }
            }
        }
        out
    }
}

/// A splice without what its ends have in common; none if nothing is left.
pub(super) fn trimmed(at: usize, old: &str, new: &str) -> Option<Splice> {
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| {
        a.zip(b).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum::<usize>()
    };
    let head = same(&mut old.chars(), &mut new.chars());
    let (old, new) = (old.get(head..)?, new.get(head..)?);
    let tail = same(&mut old.chars().rev(), &mut new.chars().rev());
    let (old, new) = (old.get(..old.len() - tail)?, new.get(..new.len() - tail)?);
    (!old.is_empty() || !new.is_empty()).then(|| Splice { at: at + head, old: old.to_owned(), new: new.to_owned() })
}
