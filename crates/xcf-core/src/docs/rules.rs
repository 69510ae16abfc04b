//! Windows, budgets, rate limits, approval rules, waivers, people (`dsl §1`).

use super::matrix::UnitMatch;
use super::shapes::{DurationText, LifecycleWord, OneOrMany};
use crate::plan::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Opens or closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WindowKind {
    /// Open while it lasts.
    Allow,
    /// Closed while it lasts.
    Deny,
}

/// What happens to admitted units when a window closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Overrun {
    /// Let them end.
    Finish,
    /// Wait at the next safe point.
    Pause,
    /// Stop.
    Cancel,
}

/// `spec` of a Window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowSpec {
    /// Opens or closes.
    pub kind: WindowKind,
    /// Five-field cron.
    pub schedule: String,
    /// How long.
    pub duration: DurationText,
    /// IANA time zone.
    pub time_zone: String,
    /// Admitted units at closing time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrun: Option<Overrun>,
    /// Which units.
    #[serde(rename = "match", default)]
    pub matches: UnitMatch,
}

/// Budget period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// Day.
    Day,
    /// Week.
    Week,
    /// Month.
    Month,
    /// Year.
    Year,
}

/// What an unknown cost does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknownCost {
    /// Refuse.
    Deny,
    /// Ask.
    Ask,
}

/// `spec` of a Budget (money).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BudgetSpec {
    /// Amount.
    pub amount: f64,
    /// ISO 4217.
    pub currency: String,
    /// Period.
    pub period: Period,
    /// Which units.
    #[serde(rename = "match", default)]
    pub matches: UnitMatch,
    /// Unknown cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_unknown_cost: Option<OnUnknownCost>,
}

/// `spec` of a RateLimit: counts resources created, replaced or changed, not units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimitSpec {
    /// At most.
    pub max: u32,
    /// Per.
    pub per: DurationText,
    /// Resource types; none = all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_types: Vec<String>,
    /// Which units.
    #[serde(rename = "match", default)]
    pub matches: UnitMatch,
}

/// Cost bound of a match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostMatch {
    /// More than this a month.
    pub above: f64,
    /// ISO 4217.
    pub currency: String,
}

/// Which units an ApprovalRule or Waiver is about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ApprovalMatch {
    /// Environment name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<OneOrMany<String>>,
    /// Lifecycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<OneOrMany<LifecycleWord>>,
    /// Types of changed resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_types: Option<OneOrMany<String>>,
    /// Cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostMatch>,
    /// Actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<OneOrMany<Action>>,
}

/// One required role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Require {
    /// Role.
    pub role: String,
    /// How many; default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// A required check: a command or a forge check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Name.
    pub name: String,
    /// Command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<OneOrMany<String>>,
    /// Name of a forge check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forge: Option<String>,
}

/// `spec` of an ApprovalRule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ApprovalRuleSpec {
    /// Which units.
    #[serde(rename = "match")]
    pub matches: ApprovalMatch,
    /// Roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<Require>,
    /// No author may fill a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_author: Option<bool>,
    /// Checks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// `spec` of a Waiver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverSpec {
    /// Rule id waived.
    pub rule: String,
    /// Which units.
    #[serde(rename = "match")]
    pub matches: ApprovalMatch,
    /// Last day.
    pub until: String,
    /// Why.
    pub reason: String,
    /// Who granted it.
    pub by: String,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name.
    pub name: String,
    /// E-mail addresses, matched with commit authors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// Roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// `ed25519:BASE64` public keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

/// `spec` of People.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleSpec {
    /// Everybody.
    pub people: Vec<Person>,
}
