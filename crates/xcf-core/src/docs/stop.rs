//! Why the reading of a document stops, in words.

use super::limits::Limits;
use super::spans::Style;
use crate::diag::{Diagnostic, Place};
use saphyr_parser::{ScalarStyle, Tag};

pub(super) fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

/// What stops the reading of a document.
pub(super) fn fault(code: &str, message: impl Into<String>, place: Place) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(code, message, place))
}

pub(super) fn too_deep(limits: &Limits, place: Place) -> Box<Diagnostic> {
    fault("too-deep", format!("maps and lists are nested more than {} deep", limits.depth), place)
}

pub(super) fn alias_limit(limits: &Limits, place: Place) -> Box<Diagnostic> {
    let message = format!(
        "aliases blow this document up: more than {} aliases, or more than {} values with every alias followed",
        limits.aliases, limits.expanded
    );
    Box::new(Diagnostic::error("alias-limit", message, place).hint("write the values out, or split the document"))
}

pub(super) fn unsupported_tag(tag: Option<&Tag>, place: Place) -> Diagnostic {
    let shown = tag.map(ToString::to_string).unwrap_or_default();
    Diagnostic::error("unsupported-tag", format!("the tag `{shown}` means nothing here"), place)
        .hint("remove it; quote a text, and write a secret as {secret: REF}")
}
