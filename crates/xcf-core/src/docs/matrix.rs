//! `kind: DecisionMatrix` (`dsl §1`, `§4`).

use super::composition::ReconcileSpec;
use super::shapes::{Approval, BackupSpec, LifecycleWord, OneOrMany};
use crate::route::{ChangeFrequency, Drift, Engine, Rollback};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which units a row, window, budget or rate limit is about; keys are and'ed, lists or'ed, no globs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct UnitMatch {
    /// Lifecycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<OneOrMany<LifecycleWord>>,
    /// Change frequency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_frequency: Option<OneOrMany<ChangeFrequency>>,
    /// Engine, after engine choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<OneOrMany<Engine>>,
    /// Environment name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<OneOrMany<String>>,
    /// Labels; each counts as one key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, OneOrMany<String>>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Row {
    /// Name, shown as the rule.
    pub name: String,
    /// Which units.
    #[serde(rename = "match", default)]
    pub matches: UnitMatch,
    /// Engine candidates, best first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engines: Option<Vec<Engine>>,
    /// Reconcile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconcile: Option<ReconcileSpec>,
    /// Drift policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// Gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// Backups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupSpec>,
    /// Window name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// What a breach does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
}

/// `spec` of a DecisionMatrix.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionMatrixSpec {
    /// Rows; resolved per field.
    pub rows: Vec<Row>,
}
