//! Rules of a single document that its shape does not say (`dsl §1`).

use super::doc::AnyDoc;
use crate::diag::Diagnostic;

/// Everything wrong, or worth a warning, in one document on its own.
#[must_use]
pub fn document(_doc: &AnyDoc) -> Vec<Diagnostic> {
    Vec::new()
}
