//! Sentences for people, apart from their language (`ui.md` §7).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Display;
use utoipa::ToSchema;
use xcf_core::said::Said;

/// A sentence: screens choose their words by `code` and fall back to `text`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SaidDto {
    /// Stable kebab-case code; empty: there is only the text, as a person, an engine or a policy wrote it.
    pub code: String,
    /// Values by name: ids, words of the documents, numbers, places; times in RFC 3339.
    pub params: BTreeMap<String, String>,
    /// The unit it is about; none: what the answer as a whole is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The same in English.
    pub text: String,
}

impl SaidDto {
    /// A sentence with its English text.
    pub(crate) fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: text.into(), ..Self::default() }
    }
    /// What somebody else wrote.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new("", text)
    }
    /// A sentence of the domain with its English text.
    pub(crate) fn of(said: &Said, text: impl Into<String>) -> Self {
        Self { code: said.code.clone(), params: said.params.clone(), unit: None, text: text.into() }
    }
    /// With one more value.
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
    /// About one unit.
    pub(crate) fn about(mut self, unit: impl Display) -> Self {
        self.unit = Some(unit.to_string());
        self
    }
    /// None if nothing is said.
    pub(crate) fn some(self) -> Option<Self> {
        (!self.text.is_empty()).then_some(self)
    }
}

/// The sentences in English, one line.
pub(crate) fn line(said: &[SaidDto]) -> String {
    let one = |s: &SaidDto| match &s.unit {
        Some(unit) => format!("{unit}: {}", s.text),
        None => s.text.clone(),
    };
    said.iter().map(one).collect::<Vec<_>>().join("; ")
}
