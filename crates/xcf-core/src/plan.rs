//! The one plan format of every engine (`R5`, `D10`).

use crate::diag::Diagnostic;
use crate::route::{Engine, word_enum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

word_enum!(
    /// What happens to one resource.
    Action {
        /// Made new.
        Create = "create",
        /// Changed in place.
        Update = "update",
        /// Destroyed and made again.
        Replace = "replace",
        /// Destroyed.
        Delete = "delete",
        /// Address changed, nothing else.
        Move = "move",
        /// Taken under management.
        Import = "import",
        /// Dropped from management, left alone.
        Forget = "forget",
    }
);

word_enum!(
    /// How far a planned change can be trusted (`D6`).
    Fidelity {
        /// The engine will do exactly this.
        Exact = "exact",
        /// The engine said it would, without having tried.
        Predicted = "predicted",
        /// The engine can't say: shown at the top.
        Blind = "blind",
    }
);

word_enum!(
    /// How far a change can be taken back (`D6`), best first.
    Reversibility {
        /// In place, known values.
        Exact = "exact",
        /// Identity changes.
        Recreate = "recreate",
        /// Only from a backup.
        NeedsBackup = "needs-backup",
        /// No way back.
        Irreversible = "irreversible",
    }
);

/// One resource change. Values under `sensitive` paths are already masked; their meaning is in `sensitive_marks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceChange {
    /// Engine address, for example `terraform_data.vpc[0]` or `web1: Install nginx`.
    pub address: String,
    /// Resource type, for example `aws_vpc` or `ansible.builtin.copy`.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// What happens.
    pub action: Action,
    /// Before, changed attributes and what is needed to read them; null if it did not exist.
    pub before: Value,
    /// After; null if it will not exist. Unknown leaves are left out and listed in `unknown`.
    pub after: Value,
    /// JSON Pointers into `after` that are not known before apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// JSON Pointers (into before and after) whose values are masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<String>,
    /// For each masked pointer that changes: keyed digests (HMAC with the workspace key) of before and after, so that
    /// the digest of meaning sees a changed secret without holding it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sensitive_marks: BTreeMap<String, [Option<String>; 2]>,
    /// Why it must be replaced (attribute pointers or engine's words).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replace_reasons: Vec<String>,
    /// Previous address for `move`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_address: Option<String>,
    /// How far this can be trusted.
    pub fidelity: Fidelity,
}

/// One changed output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutputChange {
    /// Output name.
    pub name: String,
    /// Value before (masked if sensitive); null if there was none.
    pub before: Value,
    /// Value after (masked if sensitive); null if unknown or gone.
    pub after: Value,
    /// True if the value is only known after apply.
    pub unknown: bool,
    /// True if it is masked.
    pub sensitive: bool,
    /// Keyed digests of before and after where masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive_mark: Option<[Option<String>; 2]>,
}

/// Counts by action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Creates.
    pub create: u32,
    /// Updates.
    pub update: u32,
    /// Replaces.
    pub replace: u32,
    /// Deletes.
    pub delete: u32,
    /// Moves, imports and forgets.
    pub other: u32,
}

/// The normalised plan of one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitPlan {
    /// Format version.
    pub v: u16,
    /// Which engine made it.
    pub engine: Engine,
    /// Engine version, for example `1.11.4`.
    pub engine_version: String,
    /// Provider, collection or plugin versions by name.
    #[serde(default)]
    pub components: BTreeMap<String, String>,
    /// Changes only; unchanged resources are not listed.
    pub changes: Vec<ResourceChange>,
    /// Changed outputs.
    pub outputs: Vec<OutputChange>,
    /// Names of inputs that were unknown when this was made (a partial plan, never applicable) (`D6`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_inputs: Vec<String>,
    /// Changes the engine saw outside (drift), informational.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<ResourceChange>,
    /// State serial (or its equivalent) the plan was made against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_serial: Option<String>,
    /// Warnings of the engine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Diagnostic>,
}

impl UnitPlan {
    /// True if applying it would change nothing, output values included.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.outputs.is_empty()
    }
    /// Counts by action.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            match change.action {
                Action::Create => counts.create += 1,
                Action::Update => counts.update += 1,
                Action::Replace => counts.replace += 1,
                Action::Delete => counts.delete += 1,
                Action::Move | Action::Import | Action::Forget => counts.other += 1,
            }
        }
        counts
    }
}
