//! Diagnostics: what is wrong, where, why, and what to do (`D2.5`, `D15` JSON shape).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where something stands in a file of the repository. `line` and `column` count from 1; 0 means "the whole file".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Repository-relative path.
    pub file: String,
    /// Line, from 1 (0: the whole file).
    pub line: u32,
    /// Column in characters, from 1 (0: the whole line).
    pub column: u32,
}

impl Place {
    /// A place at a line and column of `file`.
    #[must_use]
    pub fn new(file: impl Into<String>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line, column }
    }
    /// The whole file.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self::new(file, 0, 0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => f.write_str(&self.file),
            (l, 0) => write!(f, "{}:{l}", self.file),
            (l, c) => write!(f, "{}:{l}:{c}", self.file),
        }
    }
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The thing it stands at can't be used.
    Error,
    /// It works, but probably not as meant.
    Warning,
    /// Worth knowing.
    Info,
}

/// One located finding. `code` is stable kebab-case (`dsl` names most of them).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable kebab-case code, for example `matrix-tie`.
    pub code: String,
    /// What happened and why, one sentence.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What to do about it; empty if there is nothing better than the message.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// Other places that belong to it (the other side of a tie, the edges of a cycle).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Place>,
}

impl Diagnostic {
    /// An error at `place`.
    #[must_use]
    pub fn error(code: &str, message: impl Into<String>, place: Place) -> Self {
        Self::new(Severity::Error, code, message, place)
    }
    /// A warning at `place`.
    #[must_use]
    pub fn warning(code: &str, message: impl Into<String>, place: Place) -> Self {
        Self::new(Severity::Warning, code, message, place)
    }
    /// An info at `place`.
    #[must_use]
    pub fn info(code: &str, message: impl Into<String>, place: Place) -> Self {
        Self::new(Severity::Info, code, message, place)
    }
    fn new(severity: Severity, code: &str, message: impl Into<String>, place: Place) -> Self {
        Self {
            severity,
            code: code.to_owned(),
            message: message.into(),
            place,
            hint: String::new(),
            related: Vec::new(),
        }
    }
    /// The same diagnostic with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
    /// The same diagnostic with further places.
    #[must_use]
    pub fn related(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        self.related.extend(places);
        self
    }
    /// True for `Severity::Error`.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        write!(f, "{}: {word}[{}]: {}", self.place, self.code, self.message)?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}
