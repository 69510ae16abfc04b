//! What a sentence for people says, apart from its language (`ui.md` §7): screens choose their words by the code; the
//! English text beside it is for logs, the command line and codes that a screen does not know.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Display;

/// A sentence as a code and its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Said {
    /// Stable kebab-case code; empty: there is only the text.
    pub code: String,
    /// Values by name: ids, DSL words, numbers, places; times in RFC 3339.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl Said {
    /// The sentence with this code and no values yet.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), params: BTreeMap::new() }
    }
    /// With one more value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
    /// True if there is no code, only a text.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.code.is_empty()
    }
}

/// A list of ids or names as one value.
#[must_use]
pub fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|i| i.to_string()).collect::<Vec<_>>().join(", ")
}
