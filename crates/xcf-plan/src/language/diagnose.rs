//! The diagnostics of `xcf validate`, for the text as it is in the editor.

use super::jump::{Target, target_of_place, word_from};
use super::outline::{Holds, Outline, Word};
use super::{Lines, Snapshot, Span, span};
use crate::policy::{PolicyFile, rego_diagnostics};
use xcf_core::diag::Diagnostic;

/// A diagnostic with its place as editors count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub span: Span,
    /// What.
    pub diagnostic: Diagnostic,
    /// Other places that belong to it.
    pub related: Vec<Target>,
}

/// Everything wrong with the workspace, policies included: what `xcf validate` would say.
pub(super) fn all(snapshot: &Snapshot) -> Vec<Diagnostic> {
    let model = snapshot.model();
    let policies: Vec<PolicyFile> =
        model.rego.iter().map(|f| PolicyFile { path: f.path.clone(), text: f.text.clone() }).collect();
    let mut found = model.diagnostics.clone();
    found.extend(rego_diagnostics(&policies));
    found.sort_by(|a, b| a.place.cmp(&b.place).then(a.code.cmp(&b.code)));
    found.dedup();
    found
}

/// The diagnostics that stand in `file`, in order of place.
#[must_use]
pub fn diagnose(snapshot: &Snapshot, file: &str) -> Vec<Found> {
    let text = snapshot.text(file).unwrap_or_default();
    let lines = Lines::new(&text);
    let outline = Outline::of(&text);
    let here = all(snapshot).into_iter().filter(|d| d.place.file == file);
    here.map(|diagnostic| Found {
        span: span(&lines, &reach(&text, &lines, &outline, &diagnostic)),
        related: diagnostic.related.iter().filter_map(|p| target_of_place(snapshot, p)).collect(),
        diagnostic,
    })
    .collect()
}

/// The word that a diagnostic means: the scalar it quotes, if that stands in what is placed; else the key or scalar
/// there, else the rest of a word, else the line.
fn reach(text: &str, lines: &Lines<'_>, outline: &Outline, diagnostic: &Diagnostic) -> std::ops::Range<usize> {
    let place = &diagnostic.place;
    if place.line > 0 && place.column == 0 {
        let start = lines.place(place.line, 1);
        let length = lines.line(place.line - 1).map_or(0, |l| l.trim_end().len());
        return start..start + length;
    }
    let start = lines.place(place.line, place.column);
    let stands = |w: &Word| w.range.start == start || (w.quoted && w.range.start == start + 1);
    let node = outline.nodes().find_map(|(_, n)| {
        let word = [n.key.as_ref(), n.value.as_ref()].into_iter().flatten().find(|w| stands(w))?;
        Some((n, word))
    });
    let Some((node, word)) = node else { return word_from(text, start) };
    // A map's diagnostic stands at its key, and quotes what is wrong inside.
    let inside = |w: &&Word| node.range.start <= w.range.start && w.range.end <= node.range.end;
    let quoted = |w: &&Word| diagnostic.message.contains(&format!("`{}`", w.text));
    let values = outline.nodes().filter_map(|(_, n)| n.value.as_ref());
    let meant = values.filter(inside).find(quoted).filter(|_| node.holds == Holds::Map);
    match meant {
        Some(meant) => meant.range.clone(),
        None if word.range.is_empty() => word_from(text, start),
        None => start..word.range.end + usize::from(word.quoted),
    }
}
