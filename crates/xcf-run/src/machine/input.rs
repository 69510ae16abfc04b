//! Everything that can happen to a run.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use xcf_core::event::EventKind;
use xcf_core::ids::{CommitId, EffectId, UnitId};
use xcf_core::ports::runner::ChildIdentity;

use super::effect::{Effect, Outcome};
use super::facts::RunSpec;

/// An input with its time. The time is an argument: the machine has no clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// When, by the driver's clock; a time before the newest one seen counts as that one.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub input: Input,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "kebab-case")]
pub enum Input {
    /// The run begins; always the first entry of its journal.
    Begin {
        /// What it runs.
        spec: Box<RunSpec>,
    },
    /// Time passed.
    Tick,
    /// Something a unit waits for may have changed outside: approvals, locks, windows.
    Recheck {
        /// Last log position that was looked at.
        position: u64,
    },
    /// A driver is about to begin this effect.
    EffectIntended {
        /// Which.
        id: EffectId,
        /// How often it was intended, this one counted.
        issue: u32,
    },
    /// Its engine parent exists and waits for this record.
    EffectStarted {
        /// Which.
        id: EffectId,
        /// The process.
        child: ChildIdentity,
    },
    /// It is answered.
    EffectFinished {
        /// Which.
        id: EffectId,
        /// How.
        outcome: Outcome,
    },
    /// A person steers the run.
    Control {
        /// Position of the event in the log; each is taken once.
        position: u64,
        /// What is asked.
        control: Control,
    },
    /// A control that does not fit the run's state: recorded, so that a later replay does not take it either.
    ControlRefused {
        /// Position of the event in the log.
        position: u64,
        /// Why.
        why: String,
    },
}

/// What a person (or the API for them) asks of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "control", rename_all = "kebab-case")]
pub enum Control {
    /// Start nothing new; what runs ends.
    Pause,
    /// Go on.
    Resume,
    /// End it: soft stop, or kill.
    Cancel {
        /// True: kill at once.
        kill: bool,
    },
    /// Free observed units; empty: all that are being observed.
    SignOff {
        /// Units.
        units: Vec<UnitId>,
    },
    /// Try a failed or stuck unit again; needs no new approval as long as the plan is covered (`D6`).
    Retry {
        /// Unit.
        unit: UnitId,
    },
    /// Leave a unit out; its dependants go on.
    Skip {
        /// Unit.
        unit: UnitId,
        /// Why.
        reason: String,
    },
    /// A person took a failed or stuck unit back by hand.
    MarkReversed {
        /// Unit.
        unit: UnitId,
        /// Why.
        reason: String,
        /// Commit whose meaning runs now; none: the unit is gone.
        commit: Option<CommitId>,
    },
    /// Take back: these units and their dependants, or with none named the failed ones; `all`: everything applied.
    RollBack {
        /// Units.
        units: Vec<UnitId>,
        /// Everything this run applied.
        all: bool,
    },
}

impl Control {
    /// True for every way to let a run that stands go on; a paused run is paused no more after it.
    #[must_use]
    pub fn is_resume(&self) -> bool {
        matches!(
            self,
            Self::Resume | Self::Retry { .. } | Self::Skip { .. } | Self::MarkReversed { .. } | Self::RollBack { .. }
        )
    }
}

/// Names of [`Input`]s and [`Control`]s, for tables and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the input or control of the same name")]
pub enum InputName {
    Begin,
    Tick,
    Recheck,
    EffectIntended,
    EffectStarted,
    EffectFinished,
    Pause,
    Resume,
    Cancel,
    SignOff,
    Retry,
    Skip,
    MarkReversed,
    RollBack,
    ControlRefused,
}

impl Input {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> InputName {
        match self {
            Self::Begin { .. } => InputName::Begin,
            Self::Tick => InputName::Tick,
            Self::Recheck { .. } => InputName::Recheck,
            Self::EffectIntended { .. } => InputName::EffectIntended,
            Self::EffectStarted { .. } => InputName::EffectStarted,
            Self::EffectFinished { .. } => InputName::EffectFinished,
            Self::ControlRefused { .. } => InputName::ControlRefused,
            Self::Control { control, .. } => match control {
                Control::Pause => InputName::Pause,
                Control::Resume => InputName::Resume,
                Control::Cancel { .. } => InputName::Cancel,
                Control::SignOff { .. } => InputName::SignOff,
                Control::Retry { .. } => InputName::Retry,
                Control::Skip { .. } => InputName::Skip,
                Control::MarkReversed { .. } => InputName::MarkReversed,
                Control::RollBack { .. } => InputName::RollBack,
            },
        }
    }
    /// Kind of the journal event that carries this input (`D9`: an entry is the input and what it caused).
    #[must_use]
    pub fn journal_kind(&self, effect: Option<&Effect>) -> EventKind {
        match self {
            Self::Begin { .. } => EventKind::RunStarted,
            Self::EffectIntended { .. } => EventKind::EffectIntended,
            Self::EffectStarted { .. } => EventKind::EffectStarted,
            Self::EffectFinished { .. } if effect == Some(&Effect::Inspect) => EventKind::EffectInspected,
            Self::EffectFinished { .. } => EventKind::EffectFinished,
            Self::Tick | Self::Recheck { .. } | Self::Control { .. } | Self::ControlRefused { .. } => {
                EventKind::RunStepped
            }
        }
    }
}

/// An event the step caused; it is appended together with the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Emit {
    /// Kind.
    pub kind: EventKind,
    /// Unit, if it is about one.
    pub unit: Option<UnitId>,
    /// Payload.
    pub data: Value,
}
