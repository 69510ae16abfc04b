//! Quick fixes: only where a diagnostic's hint says exactly what the text should be.

use super::{Found, Snapshot, Span, diagnose};
use super::{Lines, span};

/// A change of one file that mends one diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What it does.
    pub title: String,
    /// The diagnostic it mends.
    pub code: String,
    /// What is replaced.
    pub span: Span,
    /// With what.
    pub insert: String,
}

/// Quick fixes of the diagnostics that touch `asked`.
#[must_use]
pub fn actions(snapshot: &Snapshot, file: &str, asked: Span) -> Vec<Action> {
    let text = snapshot.text(file).unwrap_or_default();
    let lines = Lines::new(&text);
    diagnose(snapshot, file)
        .iter()
        .filter(|f| f.span.start <= asked.end && asked.start <= f.span.end)
        .filter_map(|f| replacement(&text, &lines, f).or_else(|| other_environment(&text, &lines, f)))
        .collect()
}

/// The word in backticks behind `before`.
fn quoted<'h>(hint: &'h str, before: &str) -> Option<&'h str> {
    let rest = hint.get(hint.find(before)? + before.len()..)?;
    let rest = rest.strip_prefix('`')?;
    rest.get(..rest.find('`')?)
}

/// `Did you mean …?`: the word there becomes the word meant.
fn replacement(text: &str, lines: &Lines<'_>, found: &Found) -> Option<Action> {
    let hint = &found.diagnostic.hint;
    let meant = quoted(hint, "id you mean ")?;
    let range = lines.offset(found.span.start)..lines.offset(found.span.end);
    let written = text.get(range.clone())?;
    let bare = written.trim_matches(['"', '\'']);
    // The diagnostic names what stands there, so nothing else can be hit.
    if bare.is_empty() || bare.contains([' ', ':', '{', '\n']) || !found.diagnostic.message.contains(bare) {
        return None;
    }
    let offset = written.find(bare)?;
    let start = range.start + offset;
    Some(Action {
        title: format!("Replace `{bare}` by `{meant}`"),
        code: found.diagnostic.code.clone(),
        span: span(lines, &(start..start + bare.len())),
        insert: meant.to_owned(),
    })
}

/// `environment: NAME` of a reference to what this Environment does not assemble, where the reference is one line.
fn other_environment(text: &str, lines: &Lines<'_>, found: &Found) -> Option<Action> {
    if found.diagnostic.code != "not-assembled" {
        return None;
    }
    let name = found.diagnostic.hint.split("`environment: ").nth(1)?.split('`').next()?;
    let at = lines.offset(found.span.start);
    let line = lines.line(found.span.start.line)?;
    let line_start = lines.offset(super::Position { line: found.span.start.line, character: 0 });
    let open = line.find('{')?;
    let close = line.rfind('}').filter(|c| *c > open)?;
    let inside = (line_start + open..=line_start + close).contains(&at) || at < line_start + open;
    let end = line_start + open + text.get(line_start + open..line_start + close)?.trim_end().len();
    inside.then(|| Action {
        title: format!("Read the Environment {name}"),
        code: found.diagnostic.code.clone(),
        span: span(lines, &(end..end)),
        insert: format!(", environment: {name}"),
    })
}
