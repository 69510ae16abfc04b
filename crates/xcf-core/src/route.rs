//! The resolved route of a unit: every field with its *why* (`R1`, `dsl §4`).

use crate::diag::Place;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word used in documents.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text).ok_or(())
            }
        }
    };
}
pub(crate) use word_enum;

word_enum!(
    /// A layer, in execution order (`R6.1`).
    Layer {
        /// IaaS / Foundation.
        Foundation = "Foundation",
        /// Cluster base.
        K8s = "K8s",
        /// Platform services.
        PaaS = "PaaS",
        /// Applications.
        Applications = "Applications",
        /// Config / Ops.
        Config = "Config",
    }
);

word_enum!(
    /// Lifecycle of a Composition. `IaaS` in a document is the alias of `Foundation`.
    Lifecycle {
        /// IaaS / Foundation (`R1.1`).
        Foundation = "Foundation",
        /// Cluster base (`R1.2`).
        K8s = "K8s",
        /// Platform services (`R1.3`).
        PaaS = "PaaS",
        /// Applications (`R1.4`).
        Applications = "Applications",
        /// Config / Ops (`R1.5`).
        Config = "Config",
        /// Short-lived (`R1.6`); counts as the layer its Composition names.
        Ephemeral = "Ephemeral",
    }
);

word_enum!(
    /// How often the things of a Composition change.
    ChangeFrequency {
        /// Daily cadence.
        Low = "low",
        /// Six hours.
        LowMedium = "low-medium",
        /// Thirty minutes.
        Medium = "medium",
        /// Five minutes, or continuous / on change.
        High = "high",
    }
);

word_enum!(
    /// An engine name as documents write it.
    Engine {
        /// HashiCorp Terraform.
        Terraform = "terraform",
        /// OpenTofu.
        Opentofu = "opentofu",
        /// Pulumi.
        Pulumi = "pulumi",
        /// Cloud SDKs called directly.
        Native = "native",
        /// Ansible.
        Ansible = "ansible",
        /// Own SSH executor.
        Ssh = "ssh",
        /// Built-in server-side apply.
        K8s = "k8s",
        /// Argo CD.
        Argocd = "argocd",
        /// Flux.
        Flux = "flux",
    }
);

word_enum!(
    /// Gate level, loosest first (`dsl §4`).
    Gate {
        /// Automatic, policy based.
        Auto = "auto",
        /// Approval.
        Approve = "approve",
        /// Approval and countersign.
        Strong = "strong",
    }
);

word_enum!(
    /// What happens when reality differs from Git.
    Drift {
        /// Alert and a pending ChangeSet.
        Alert = "alert",
        /// Correct and record.
        Correct = "correct",
    }
);

word_enum!(
    /// Reconcile strategy.
    Strategy {
        /// Mostly detection.
        OnDrift = "on_drift",
        /// At an interval.
        Periodic = "periodic",
        /// All the time.
        Continuous = "continuous",
        /// As soon as a change merges.
        OnChange = "on_change",
    }
);

word_enum!(
    /// What a breached observation does.
    Rollback {
        /// Roll back by itself.
        Auto = "auto",
        /// Ask a person.
        Ask = "ask",
    }
);

word_enum!(
    /// One kind of backup.
    Backup {
        /// State snapshot / CMDB.
        ConfigSnapshot = "config-snapshot",
        /// Cluster snapshot.
        ClusterSnapshot = "cluster-snapshot",
        /// Snapshot of the resource before the change.
        PreChange = "pre-change",
        /// Git tag of the applied commit.
        GitTag = "git-tag",
    }
);

/// Reconcile strategy with its interval in seconds (none: not timed).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconcile {
    /// The strategy.
    pub strategy: Strategy,
    /// Seconds between two looks; none for continuous and on change.
    pub interval_seconds: Option<u64>,
}

/// Which layer of overrides gave a value; later wins (`dsl §4`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The built-in matrix (spec R1).
    BuiltIn,
    /// A DecisionMatrix row.
    Matrix,
    /// The Composition.
    Composition,
    /// The module.
    Module,
    /// The Environment's `spec`.
    Environment,
    /// The Environment's entry for the Composition or module.
    EnvironmentEntry,
    /// `Environment.protection`, a floor.
    Protection,
    /// The module's content (engine choice).
    ModuleContent,
}

/// One resolved value with its why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Because<T> {
    /// The value in force.
    pub value: T,
    /// Which layer gave it.
    pub origin: Origin,
    /// The rule in words: `R1.3`, `row prod-paas`, `explicit engine`, `module content`.
    pub rule: String,
    /// Where the rule stands; none for built-in rows.
    pub place: Option<Place>,
    /// Values that lost, loosest layer first: (origin, rule, value as text).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overruled: Vec<Overruled>,
}

/// A value that lost against a later layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overruled {
    /// Which layer had given it.
    pub origin: Origin,
    /// The rule in words.
    pub rule: String,
    /// The value as text.
    pub value: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// Everything the matrix and the overrides decide for one unit (`R4.4`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// Engine.
    pub engine: Because<Engine>,
    /// Reconcile strategy and interval.
    pub reconcile: Because<Reconcile>,
    /// Drift policy.
    pub drift: Because<Drift>,
    /// Gate, `environment` already resolved and the protection floor applied.
    pub gate: Because<Gate>,
    /// Backup kinds; empty = none.
    pub backup: Because<BTreeSet<Backup>>,
    /// Bound windows (names); empty = always open.
    pub windows: Because<Vec<String>>,
    /// Rollback on breach.
    pub rollback: Because<Rollback>,
}
