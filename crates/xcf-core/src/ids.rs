//! Typed ids (`dsl §2`). A `UnitId` is not a `RunId`: mixing them up does not compile.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not a valid id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text breaks the shape asked for; the message says which.
    #[error("`{text}` is not {expected}")]
    Shape {
        /// The text as given.
        text: String,
        /// The shape that was expected, in words.
        expected: &'static str,
    },
}

/// True if `text` is a DNS label (RFC 1123): 1–63 of `a-z 0-9 -`, not starting or ending with `-`.
#[must_use]
pub fn is_dns_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(inner)
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text that is already known to have the right shape (from a validated document or our own store).
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id!(
    /// `metadata.name` of an Environment (or `default`, `dsl §3`).
    EnvName
);
text_id!(
    /// `metadata.name` of a Composition.
    CompName
);
text_id!(
    /// Name of a module inside its Composition.
    ModName
);
text_id!(
    /// Workspace id: `metadata.uid` of `.xcf.yaml`. It, not the path, identifies the workspace and its Store.
    WorkspaceUid
);
text_id!(
    /// Change id of a ChangeSet: PR, else branch, else commit (`dsl §9`).
    ChangeId
);
text_id!(
    /// A Git commit (40 hex digits) or the tree id of a working tree export.
    CommitId
);
text_id!(
    /// Content address of a blob: lower-case hex SHA-256 of the plain bytes.
    BlobId
);
text_id!(
    /// A role of `ApprovalRule`, `People`, `Environment.approvers`.
    Role
);
text_id!(
    /// Name of a person in `People`, or the local identity in solo mode.
    PersonName
);
text_id!(
    /// Repository-relative path with `/`, never absolute, never containing `..`.
    RepoPath
);

/// Unit id: `environment/composition/module` – exactly two slashes (`dsl §2`). State, locks and approvals hang on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId {
    /// The Environment part.
    pub environment: EnvName,
    /// The Composition part.
    pub composition: CompName,
    /// The module part.
    pub module: ModName,
}

impl UnitId {
    /// Puts the three parts together.
    #[must_use]
    pub fn new(environment: EnvName, composition: CompName, module: ModName) -> Self {
        Self { environment, composition, module }
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.environment, self.composition, self.module)
    }
}

impl FromStr for UnitId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(e), Some(c), Some(m), None) if [e, c, m].iter().all(|p| is_dns_label(p)) => {
                Ok(Self::new(e.into(), c.into(), m.into()))
            }
            _ => Err(IdError::Shape { text: text.to_owned(), expected: "a unit id (environment/composition/module)" }),
        }
    }
}

impl Serialize for UnitId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnitId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! counter_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let wrong = || IdError::Shape { text: text.to_owned(), expected: $expected };
                let digits = text.strip_prefix($prefix).ok_or_else(wrong)?;
                digits.parse().map(Self).map_err(|_| wrong())
            }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

counter_id!(
    /// `CS-n`, a counter of the workspace (`D15`).
    ChangeSetId, "CS-", "a ChangeSet id (CS-n)"
);
counter_id!(
    /// `R-n`, a counter of the workspace (`D15`).
    RunId, "R-", "a run id (R-n)"
);

/// Id of an owed effect inside one run: counts up from 1 in the order the machine owed them (`D7`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(pub u64);

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{}", self.0)
    }
}

/// SHA-256 as `sha256:HEX` text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Wraps 32 digest bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(format!("sha256:{}", hex::encode(bytes)))
    }
    /// `sha256:HEX`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsl2_unit_id_has_exactly_two_slashes() {
        assert!("prod/net/vpc".parse::<UnitId>().is_ok());
        for bad in ["prod/net", "prod/net/vpc/x", "prod//vpc", "Prod/net/vpc", "../net/vpc", ""] {
            assert!(bad.parse::<UnitId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn d15_counters_round_trip() {
        assert_eq!("CS-12".parse::<ChangeSetId>().unwrap().to_string(), "CS-12");
        assert!("CS-".parse::<ChangeSetId>().is_err());
        assert!("R-x".parse::<RunId>().is_err());
    }
}
