//! Who did it (`dsl §10`).

use crate::ids::PersonName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who stands behind an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Actor {
    /// A person: from `People`, or the local Git identity in solo mode.
    Person {
        /// Name in `People`, or the Git user name.
        name: PersonName,
        /// E-mail addresses the identity is known by.
        #[serde(default)]
        email: String,
        /// True if no `People` document vouches for the name (`solo, not verified`).
        #[serde(default)]
        solo: bool,
    },
    /// The product itself: a driver, a timer, an expiry.
    System {
        /// Which part, for example `driver`.
        part: String,
    },
}

impl Actor {
    /// The product's own part `part`.
    #[must_use]
    pub fn system(part: &str) -> Self {
        Self::System { part: part.to_owned() }
    }
    /// A short name for lists.
    #[must_use]
    pub fn display_name(&self) -> &str {
        match self {
            Self::Person { name, .. } => name.as_str(),
            Self::System { part } => part,
        }
    }
}
