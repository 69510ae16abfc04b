//! What a unit of a run can be (`dsl §9`), and why it waits.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xcf_core::changeset::UnitRunState;
use xcf_core::event::UnitWaiting;
use xcf_core::ids::UnitId;
use xcf_core::ports::runner::RunnerError;
use xcf_core::route::Gate;
use xcf_core::said::{Said, list};

/// State of one unit inside a run (`dsl §9`), in the words the log and the screens use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum UnitState {
    /// Only the order holds it: an upstream unit has not come far enough.
    Pending,
    /// Something else holds it; the run says what.
    Waiting {
        /// What it waits for.
        why: Wait,
    },
    /// Its plan is not known yet: an upstream output is missing (`D6`).
    Deferred {
        /// What it waits for, in words.
        reason: String,
    },
    /// Preparation: state is re-keyed (`moved`), backups are taken.
    BackingUp,
    /// The engine works, or what became of its work is being found out.
    Applying,
    /// The result is checked.
    Verifying,
    /// Applied and verified; a person has to sign it off.
    Observing,
    /// Done. Only a rollback leaves it.
    Done,
    /// Left out, and why. Final.
    Skipped {
        /// Why.
        reason: String,
    },
    /// Failed; its dependants wait, a person decides (retry, skip, mark reversed, roll back, cancel).
    Failed {
        /// What happened.
        failure: Failure,
    },
    /// Being taken back.
    Reversing,
    /// Taken back. Final.
    Reversed,
    /// Nobody can tell what is there, or an undo failed: a person must look (`D2.8`).
    Stuck {
        /// Why.
        failure: Failure,
    },
}

impl UnitState {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> UnitRunState {
        match self {
            Self::Pending => UnitRunState::Pending,
            Self::Waiting { .. } => UnitRunState::Waiting,
            Self::Deferred { .. } => UnitRunState::Deferred,
            Self::BackingUp => UnitRunState::BackingUp,
            Self::Applying => UnitRunState::Applying,
            Self::Verifying => UnitRunState::Verifying,
            Self::Observing => UnitRunState::Observing,
            Self::Done => UnitRunState::Done,
            Self::Skipped { .. } => UnitRunState::Skipped,
            Self::Failed { .. } => UnitRunState::Failed,
            Self::Reversing => UnitRunState::Reversing,
            Self::Reversed => UnitRunState::Reversed,
            Self::Stuck { .. } => UnitRunState::Stuck,
        }
    }
    /// True if the run has nothing left to do with it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Done | Self::Skipped { .. } | Self::Reversed)
    }
    /// True while it occupies one of the run's places (`R6`: concurrency).
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::BackingUp | Self::Applying | Self::Verifying | Self::Reversing)
    }
}

/// Why a unit waits. Every one names what would free it (`D2.6`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Wait {
    /// A unit it needs failed, is stuck, or was taken back.
    UpstreamFailed {
        /// The units to mend.
        units: Vec<UnitId>,
    },
    /// The ChangeSet as a whole may not go on.
    Held {
        /// Why, in words.
        why: String,
    },
    /// A gate known at planning is open: no unit starts before all are met (`dsl §10`).
    Gates {
        /// How many units' gates are open.
        open: u32,
        /// The first of them.
        first: UnitId,
    },
    /// Its own gate is open.
    Gate {
        /// Level of that gate.
        level: Gate,
    },
    /// It is a removal and nobody has agreed to it (`dsl §7`).
    Consent,
    /// The run is paused.
    Paused,
    /// A lock, window, budget, rate or place holds it (`D8`).
    Admission {
        /// Machine word: `lock`, `foundation-lock`, `concurrency`, `window`, `budget`, `rate`, `hold` …
        code: String,
        /// Which, in words.
        why: String,
        /// The words, apart from their language.
        #[serde(default)]
        said: Said,
        /// Earliest start, if known.
        until: Option<Timestamp>,
    },
    /// It failed and is tried again.
    Backoff {
        /// When.
        until: Timestamp,
        /// Number of the coming attempt, from 2.
        attempt: u32,
        /// Attempts in all.
        of: u32,
    },
    /// All places are taken by other units.
    Slot,
    /// Asking to be admitted.
    Admitting,
    /// Being planned again.
    Planning,
}

impl Wait {
    /// True if a person is awaited.
    #[must_use]
    pub fn is_for_a_person(&self) -> bool {
        matches!(self, Self::Held { .. } | Self::Gates { .. } | Self::Gate { .. } | Self::Consent | Self::Paused)
    }
    /// Payload of `unit.waiting`, or none if it passes by itself within the same breath.
    #[must_use]
    pub fn news(&self) -> Option<UnitWaiting> {
        let plain = |code: &str, why: String, said: Said| {
            Some(UnitWaiting { why, code: code.to_owned(), said, ..UnitWaiting::default() })
        };
        match self {
            Self::UpstreamFailed { units } => {
                let names = list(units);
                let said = Said::new("wait-upstream").with("units", &names);
                plain("upstream-failed", format!("needs {names}, which did not end well"), said)
            }
            Self::Held { why } => plain("hold", why.clone(), Said::default()),
            Self::Gates { open, first } => plain(
                "approval",
                format!("nothing starts before every gate known at planning is met: {open} open, the first is {first}"),
                Said::new("wait-gates").with("open", open).with("first", first),
            ),
            Self::Gate { level } => {
                plain("approval", format!("its own gate ({level}) is open"), Said::new("wait-gate").with("gate", level))
            }
            Self::Consent => plain(
                "approval",
                "it is a removal and nobody has agreed to the destroy".to_owned(),
                Said::new("wait-consent"),
            ),
            Self::Admission { code, why, said, until } => Some(UnitWaiting {
                why: why.clone(),
                code: code.clone(),
                said: said.clone(),
                until: *until,
                ..UnitWaiting::default()
            }),
            Self::Backoff { until, attempt, of } => Some(UnitWaiting {
                why: "it failed and is tried again".to_owned(),
                code: "backoff".to_owned(),
                until: Some(*until),
                attempt: Some(*attempt),
                of: Some(*of),
                said: Said::new("wait-again").with("attempt", attempt).with("of", of),
            }),
            Self::Paused | Self::Slot | Self::Admitting | Self::Planning => None,
        }
    }
}

/// What went wrong with a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The runner's or the machine's refusal, with a stable code.
    #[serde(flatten)]
    pub error: RunnerError,
    /// Which effect failed, as its name.
    pub during: String,
}

/// How urgently a run is being cancelled. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopLevel {
    /// Engines are asked to stop by themselves.
    Soft,
    /// Engines are killed.
    Kill,
}
