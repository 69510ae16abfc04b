//! Wire types of the API (`D11`): what every shell sees. Domain types convert into these at the door and never
//! carry them inward. Words (states, actions, layers) are the words of the documents and of `dsl §9`.

mod adopt;
mod author;
mod buffer;
mod catalog;
mod change;
mod export;
mod form;
mod graph;
mod impact;
mod language;
mod layout;
mod matrix;
mod run;
mod said;
mod system;
mod unit;
mod workspace;

pub use adopt::*;
pub use author::*;
pub use buffer::*;
pub use catalog::*;
pub use change::*;
pub use export::*;
pub use form::*;
pub use graph::*;
pub use impact::*;
pub use language::*;
pub use layout::*;
pub use matrix::*;
pub use run::*;
pub use said::SaidDto;
pub(crate) use said::line;
pub use system::*;
pub use unit::*;
pub use workspace::*;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A place in a file; line and column count from 1, 0 means "the whole file".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlaceDto {
    /// Repository-relative path.
    pub file: String,
    /// Line.
    pub line: u32,
    /// Column in characters.
    pub column: u32,
}

impl From<&xcf_core::diag::Place> for PlaceDto {
    fn from(place: &xcf_core::diag::Place) -> Self {
        Self { file: place.file.clone(), line: place.line, column: place.column }
    }
}

/// A located finding (`D15`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiagnosticDto {
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// Stable kebab-case code.
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// Repository-relative path.
    pub file: String,
    /// Line, from 1 (0: whole file).
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// What to do; may be empty.
    pub hint: String,
    /// Other places that belong to it.
    pub related: Vec<PlaceDto>,
}

impl From<&xcf_core::diag::Diagnostic> for DiagnosticDto {
    fn from(d: &xcf_core::diag::Diagnostic) -> Self {
        let severity = match d.severity {
            xcf_core::diag::Severity::Error => "error",
            xcf_core::diag::Severity::Warning => "warning",
            xcf_core::diag::Severity::Info => "info",
        };
        Self {
            severity: severity.to_owned(),
            code: d.code.clone(),
            message: d.message.clone(),
            file: d.place.file.clone(),
            line: d.place.line,
            column: d.place.column,
            hint: d.hint.clone(),
            related: d.related.iter().map(PlaceDto::from).collect(),
        }
    }
}

/// The body of every answer that is not a success: one closed code, words for people, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemDto {
    /// Stable kebab-case code; screens and exit codes read this, never the text.
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
    /// Located findings behind it.
    pub diagnostics: Vec<DiagnosticDto>,
}
