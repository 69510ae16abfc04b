//! `kind: Config` (`.xcf.yaml`, `dsl §1`).

use super::shapes::DurationText;
use crate::ports::runner::EngineSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where the Store is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateConfig {
    /// `sqlite:` (default), `postgres://`, `s3://`, `https://`.
    pub url: String,
}

/// Which driver runs things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Driver {
    /// In process.
    Embedded,
    /// Temporal.
    Temporal,
}

/// `runtime`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuntimeConfig {
    /// Driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<Driver>,
    /// Temporal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Temporal namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// `order` (`dsl §5`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Lower layers first.
    #[default]
    Layers,
    /// Only declared and wired edges.
    Dependencies,
}

/// Forge kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ForgeKind {
    /// GitHub.
    Github,
    /// GitLab.
    Gitlab,
    /// Gitea.
    Gitea,
}

/// `forge`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgeConfig {
    /// Kind.
    pub kind: ForgeKind,
    /// API address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `owner/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// `secrets`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SecretsConfig {
    /// Vault or OpenBao.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault: Option<VaultConfig>,
    /// KMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms: Option<KmsConfig>,
    /// SOPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sops: Option<BTreeMap<String, Value>>,
}

/// `secrets.vault`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VaultConfig {
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How to log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Value>,
}

/// `secrets.kms`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KmsConfig {
    /// Keys by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Value>,
}

/// `accounts.NAME`: how to get short-lived credentials.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccountConfig {
    /// AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws: Option<Value>,
    /// Google Cloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gcp: Option<Value>,
    /// Azure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure: Option<Value>,
    /// Alibaba Cloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aliyun: Option<Value>,
    /// Account id that must be found before any plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<String>,
}

/// `observability`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ObservabilityConfig {
    /// OTLP/HTTP endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp: Option<String>,
    /// Prometheus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prometheus: Option<PrometheusConfig>,
}

/// `observability.prometheus`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrometheusConfig {
    /// Address.
    pub url: String,
}

/// `retention`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionConfig {
    /// Life of an unapproved plan (default 12 h).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<DurationText>,
    /// Life of an approval (default 7 d).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<DurationText>,
    /// Life of blobs nothing names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blobs: Option<DurationText>,
    /// Life of logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs: Option<DurationText>,
}

/// `spec` of Config.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigSpec {
    /// Store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateConfig>,
    /// Driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<RuntimeConfig>,
    /// Default branch (`main`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Forge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forge: Option<ForgeConfig>,
    /// Secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<SecretsConfig>,
    /// Accounts by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, AccountConfig>,
    /// Engines by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub engines: BTreeMap<String, EngineSettings>,
    /// Telemetry and metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observability: Option<ObservabilityConfig>,
    /// Retention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<RetentionConfig>,
}
