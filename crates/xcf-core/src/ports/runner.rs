//! The Runner port (`D10`): every engine, no exceptions.

use crate::graph::Host;
use crate::ids::UnitId;
use crate::plan::UnitPlan;
use crate::route::{Backup, Engine};
use crate::secret::Secret;
use crate::value::{Resolved, SecretValue};
use async_trait::async_trait;
pub use cancel::{CancelFlag, Stop};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A cancellation flag without a runtime: core knows no async executor.
pub mod cancel {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// How urgently to stop.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Stop {
        /// Go on.
        No,
        /// Let the engine finish what it is at and stop (soft: SIGINT).
        Soft,
        /// Kill it.
        Kill,
    }

    /// Shared, only ever more urgent.
    #[derive(Debug, Clone, Default)]
    pub struct CancelFlag(Arc<AtomicU8>);

    impl CancelFlag {
        /// Asks for a stop; never weakens an earlier ask.
        pub fn ask(&self, stop: Stop) {
            self.0.fetch_max(stop as u8, Ordering::SeqCst);
        }
        /// What is asked for.
        #[must_use]
        pub fn asked(&self) -> Stop {
            match self.0.load(Ordering::SeqCst) {
                0 => Stop::No,
                1 => Stop::Soft,
                _ => Stop::Kill,
            }
        }
    }
}

/// What an engine can do; what it can't, the router and the UI show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Capabilities {
    /// Can show what is known while an input is unknown (`D6`).
    pub plans_unknowns: bool,
    /// A saved plan is applied exactly.
    pub exact_plan: bool,
    /// Can look without changing anything and say what differs.
    pub detects_drift: bool,
    /// Can undo by itself (from state); else only by a declared fragment.
    pub reverses: bool,
    /// Backup kinds it can take.
    pub backups: BTreeSet<Backup>,
    /// Where a second writer is stopped.
    pub fenced: Fenced,
    /// Keeps state of its own.
    pub keeps_state: bool,
}

/// Who stops a second writer (`D7`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fenced {
    /// Our Store.
    Store,
    /// The engine's own lock.
    EngineLock,
    /// Nobody.
    None,
}

/// What a look for the engine's binary found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probe {
    /// Engine.
    pub engine: Engine,
    /// Version, if found and runnable.
    pub version: Option<String>,
    /// Path, if found.
    pub path: Option<String>,
    /// What is wrong, if anything.
    pub problem: Option<String>,
    /// The one command or step that mends it.
    pub fix: Option<String>,
}

/// Identity of a started engine parent (`D7`): survives pid reuse and reboots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildIdentity {
    /// Process id of `xcf __child`.
    pub pid: u32,
    /// Kernel start time of that process, clock ticks since boot.
    pub start_ticks: u64,
    /// Boot id.
    pub boot_id: String,
    /// Work folder with its files.
    pub work_dir: PathBuf,
}

/// What a runner tells while it works. `started` returns only after the identity is journalled; the engine begins then.
#[async_trait]
pub trait EffectIo: Send + Sync {
    /// The parent process exists and waits. An error means: do not go on, run nothing.
    async fn started(&self, child: ChildIdentity) -> Result<(), RunnerError>;
    /// One line of engine output, as read (the sink redacts).
    fn line(&self, stream: LogStream, text: &str);
    /// Something happened to a resource.
    fn progress(&self, progress: ResourceProgress);
}

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogStream {
    /// The engine's standard output.
    Stdout,
    /// The engine's standard error.
    Stderr,
    /// Our own words.
    Xcf,
}

/// Progress of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceProgress {
    /// Address.
    pub address: String,
    /// Engine's word: `creating`, `created`, `ok`, `changed`, `failed` …
    pub state: String,
}

/// Everything a runner needs for one unit. Paths are absolute.
#[derive(Clone)]
pub struct UnitContext {
    /// Unit.
    pub unit: UnitId,
    /// Engine asked for.
    pub engine: Engine,
    /// Root of the private export of the whole tree at the unit's commit.
    pub export: PathBuf,
    /// Module path inside it (a folder, or a playbook file).
    pub module: String,
    /// Inputs.
    pub inputs: BTreeMap<String, Resolved>,
    /// Hosts (playbooks).
    pub hosts: Vec<Host>,
    /// Folder of the unit's state; exists, mode 0700.
    pub state_dir: PathBuf,
    /// Scratch folder of this effect and attempt; exists, mode 0700; survives a crash of the driver.
    pub work_dir: PathBuf,
    /// Shared caches (providers, collections).
    pub cache_dir: PathBuf,
    /// Environment of the child besides PATH, HOME, locale and proxy (`dsl §6`).
    pub env: BTreeMap<String, Secret>,
    /// Engine settings of `.xcf.yaml` (`engines.NAME`): binary, version, backend.
    pub settings: EngineSettings,
    /// Declared rollback fragment, repository-relative.
    pub rollback_fragment: Option<String>,
    /// Time limit of one engine step.
    pub timeout: Duration,
    /// How long a soft stop may take before the kill.
    pub stop_timeout: Duration,
    /// Cancellation.
    pub cancel: CancelFlag,
    /// Where news go.
    pub io: Arc<dyn EffectIo>,
    /// Set when an earlier attempt of *this* effect was journalled as started: adopt or inspect, never blindly start again.
    pub resume: Option<ChildIdentity>,
    /// Key for HMACs over sensitive values.
    pub workspace_key: Vec<u8>,
    /// True if the unit is to be destroyed.
    pub destroy: bool,
    /// Refresh against the real world while planning.
    pub refresh: bool,
}

/// `engines.NAME` of `.xcf.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EngineSettings {
    /// Path or name of the binary.
    pub binary: Option<String>,
    /// Version that must be found.
    pub version: Option<String>,
    /// State backend configuration (`{env} {composition} {module}` are filled in).
    pub backend: Option<serde_json::Value>,
    /// Child environment variables this engine may see by name (values come from the driver's environment).
    pub env: Vec<String>,
    /// Ansible: tasks with `check_mode: false` may run at plan (`D10`).
    pub allow_check_mode_false: bool,
}

/// A plan: normalised, and the engine's own artefact if there is one.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Normalised.
    pub plan: UnitPlan,
    /// The engine's plan file, to be applied exactly; kept encrypted.
    pub artifact: Option<Vec<u8>>,
}

/// Values of a unit after apply.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    /// Plain outputs.
    pub values: BTreeMap<String, serde_json::Value>,
    /// Sensitive outputs.
    pub sensitive: BTreeMap<String, SecretValue>,
}

/// Result of an apply or reverse.
#[derive(Debug, Clone)]
pub struct Applied {
    /// Outputs as the engine reports them now.
    pub outputs: Outputs,
    /// State serial after it.
    pub state_serial: Option<String>,
    /// Engine version used.
    pub engine_version: String,
    /// Changes that really happened, for predicted vs actual (empty where the engine can't tell).
    pub actual: Vec<crate::plan::ResourceChange>,
}

/// What `inspect` found about an earlier attempt whose process is gone (`D7`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Inspection {
    /// Nothing of it happened: safe to start again.
    NotStarted,
    /// It finished: outputs can be collected.
    Finished,
    /// Part of it happened: plan again and apply the rest.
    Partial {
        /// What was found, in words.
        found: String,
    },
    /// Can't be told: a human must look.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// Where a person's own command for a unit runs (`xcf exec`, `D15`), just as the engine would run there.
#[derive(Debug, Clone)]
pub struct Workplace {
    /// Folder the engine works in, with its backend set up.
    pub folder: PathBuf,
    /// Environment on top of nothing.
    pub env: BTreeMap<String, String>,
    /// The secret part of it.
    pub secret_env: BTreeMap<String, Secret>,
}

/// A runner's refusal or failure. `code` is stable kebab-case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct RunnerError {
    /// `engine-missing`, `engine-version`, `engine-failed`, `engine-timeout`, `engine-garbage`, `engine-output-too-large`,
    /// `engine-cancelled`, `engine-lock`, `invalid-module`, `unknown-input`, `stale-plan`, `not-supported`, `not-journalled`, `disk-full`, `io`.
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// What to do.
    #[serde(default)]
    pub hint: String,
    /// Worth another try without a change (network, throttling).
    pub retryable: bool,
    /// Located findings of the engine (file:line inside the repository).
    #[serde(default)]
    pub diagnostics: Vec<crate::diag::Diagnostic>,
    /// What is left behind (half-made resources, a held engine lock), in words; empty if nothing.
    #[serde(default)]
    pub left_behind: String,
}

impl RunnerError {
    /// An error that another try won't mend.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            hint: String::new(),
            retryable: false,
            diagnostics: Vec::new(),
            left_behind: String::new(),
        }
    }
    /// With a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// One engine behind one contract. Calls never change the caller's checkout; they write only below `state_dir`,
/// `work_dir`, `cache_dir`, and what the engine itself manages.
#[async_trait]
pub trait Runner: Send + Sync {
    /// Which engine.
    fn engine(&self) -> Engine;
    /// What it can do.
    fn capabilities(&self) -> Capabilities;
    /// Looks for the binary; never fails.
    async fn probe(&self, settings: &EngineSettings) -> Probe;
    /// Warms caches, checks versions and the module; idempotent.
    async fn prepare(&self, cx: &UnitContext) -> Result<(), RunnerError>;
    /// Plans (read-only). With unknown inputs only if `plans_unknowns`; such a plan has no artefact.
    async fn plan(&self, cx: &UnitContext) -> Result<Planned, RunnerError>;
    /// After a crash: what became of the attempt in `cx.work_dir`.
    async fn inspect(&self, cx: &UnitContext) -> Result<Inspection, RunnerError>;
    /// Takes a backup of `kind`; returns a reference that `restore` takes.
    async fn backup(&self, cx: &UnitContext, kind: Backup) -> Result<String, RunnerError>;
    /// Restores a backup.
    async fn restore(&self, cx: &UnitContext, reference: &str) -> Result<(), RunnerError>;
    /// Applies exactly `artifact` (or, without `exact_plan`, the unit as planned). `stale-plan` if it does not fit any more.
    async fn apply(&self, cx: &UnitContext, artifact: Option<&[u8]>) -> Result<Applied, RunnerError>;
    /// Checks that the result is there: a plan now is empty (blind changes are counted, not judged). Returns what is left.
    async fn verify(&self, cx: &UnitContext) -> Result<Vec<crate::plan::ResourceChange>, RunnerError>;
    /// Plans the way back to what `cx` describes (the former meaning); the caller applies it with `apply`.
    async fn reverse(&self, cx: &UnitContext) -> Result<Planned, RunnerError>;
    /// Looks at the real world: what differs from the last applied meaning.
    async fn detect_drift(&self, cx: &UnitContext) -> Result<UnitPlan, RunnerError>;
    /// Outputs as the engine holds them now.
    async fn outputs(&self, cx: &UnitContext) -> Result<Outputs, RunnerError>;
    /// Sets the unit up in `cx.work_dir` for commands of a person; runs nothing that changes it.
    async fn workplace(&self, cx: &UnitContext) -> Result<Workplace, RunnerError>;
    /// Re-keys engine state from a former unit's state folder to this one (`moved`); no resource changes.
    async fn rekey(&self, cx: &UnitContext, from_state_dir: &std::path::Path) -> Result<(), RunnerError>;
}
