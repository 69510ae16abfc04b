//! What `terraform show -json PLAN` prints, as far as we read it. Unknown fields are ignored; the major format version is checked.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

/// A plan.
#[derive(Debug, Deserialize)]
pub struct PlanJson {
    pub format_version: String,
    #[serde(default)]
    pub terraform_version: String,
    #[serde(default)]
    pub resource_changes: Vec<ChangedResource>,
    #[serde(default)]
    pub resource_drift: Vec<ChangedResource>,
    #[serde(default)]
    pub output_changes: IndexMap<String, Change>,
}

/// One resource of a plan.
#[derive(Debug, Deserialize)]
pub struct ChangedResource {
    pub address: String,
    #[serde(default)]
    pub previous_address: Option<String>,
    #[serde(default)]
    pub mode: String,
    #[serde(rename = "type", default)]
    pub resource_type: String,
    #[serde(default)]
    pub deposed: Option<String>,
    #[serde(default)]
    pub action_reason: Option<String>,
    pub change: Change,
}

/// What happens to it.
#[derive(Debug, Deserialize)]
pub struct Change {
    pub actions: Vec<String>,
    #[serde(default)]
    pub before: Value,
    #[serde(default)]
    pub after: Value,
    #[serde(default)]
    pub after_unknown: Value,
    #[serde(default)]
    pub before_sensitive: Value,
    #[serde(default)]
    pub after_sensitive: Value,
    #[serde(default)]
    pub replace_paths: Vec<Vec<Value>>,
    #[serde(default)]
    pub importing: Option<Value>,
}
