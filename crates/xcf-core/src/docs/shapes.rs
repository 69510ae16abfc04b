//! Small shapes of fields: durations, schedules, approval words, one-or-many lists.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// `90s 30m 6h 14d`, kept in seconds and as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DurationText {
    text: String,
    seconds: u64,
}

impl DurationText {
    /// Length in seconds.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.seconds
    }
}

impl FromStr for DurationText {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a duration: a whole number and s, m, h or d, for example `30m`");
        let unit = text.chars().last().ok_or_else(wrong)?;
        let factor: u64 = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return Err(wrong()),
        };
        let digits = text.strip_suffix(unit).filter(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()));
        let count: u64 = digits.and_then(|d| d.parse().ok()).ok_or_else(wrong)?;
        let seconds = count.checked_mul(factor).filter(|s| *s <= 3_660 * 86_400).ok_or_else(wrong)?;
        Ok(Self { text: text.to_owned(), seconds })
    }
}

impl fmt::Display for DurationText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for DurationText {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for DurationText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for DurationText {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-9]+[smhd]$", "description": "Duration: 90s 30m 6h 14d"})
    }
}

/// One value or a list of them; a list is or'ed in `match` (`dsl` head).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// Several.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The values as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// `approval` as written: a level, or `environment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// Automatic.
    Auto,
    /// Approval.
    Approve,
    /// Approval and countersign.
    Strong,
    /// Whatever `protection.approval` of the Environment says (absent: `approve`).
    Environment,
}

/// `backup` as written: one kind, `none`, or a list of kinds.
pub type BackupSpec = OneOrMany<BackupWord>;

/// One backup word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BackupWord {
    /// Empty set.
    None,
    /// State snapshot / CMDB.
    ConfigSnapshot,
    /// Cluster snapshot.
    ClusterSnapshot,
    /// Snapshot before the change.
    PreChange,
    /// Git tag.
    GitTag,
}

/// Lifecycle word as written (`IaaS` is the alias of `Foundation`; the text is kept).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LifecycleWord {
    /// Foundation.
    Foundation,
    /// Alias of Foundation.
    IaaS,
    /// Cluster base.
    K8s,
    /// Platform services.
    PaaS,
    /// Applications.
    Applications,
    /// Config / Ops.
    Config,
    /// Short-lived.
    Ephemeral,
}

impl LifecycleWord {
    /// The normalised lifecycle.
    #[must_use]
    pub fn normalised(self) -> crate::route::Lifecycle {
        use crate::route::Lifecycle as L;
        match self {
            Self::Foundation | Self::IaaS => L::Foundation,
            Self::K8s => L::K8s,
            Self::PaaS => L::PaaS,
            Self::Applications => L::Applications,
            Self::Config => L::Config,
            Self::Ephemeral => L::Ephemeral,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsl_durations() {
        assert_eq!("90s".parse::<DurationText>().unwrap().seconds(), 90);
        assert_eq!("14d".parse::<DurationText>().unwrap().seconds(), 14 * 86_400);
        for bad in ["", "6", "h", "-1h", "1.5h", "6 h", "99999999999999999999d", "9999999d", "６h"] {
            assert!(bad.parse::<DurationText>().is_err(), "{bad}");
        }
    }
}
