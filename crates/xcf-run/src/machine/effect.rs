//! What the machine owes the world, and what the world answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use xcf_core::event::{UnitApplied, UnitReversed};
use xcf_core::ids::{BlobId, Digest, EffectId, UnitId};
use xcf_core::ports::runner::{ChildIdentity, Inspection, RunnerError};
use xcf_core::said::Said;

use super::facts::UnitFacts;

/// One thing to be done outside. Which unit it is for stands in [`Owed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "kebab-case")]
pub enum Effect {
    /// Read the approvals: which unit digests have their gate met, which removals are agreed to. No unit.
    ReadGates,
    /// Plan the unit, judge it by policy and gate, and say how it relates to what was approved.
    Plan,
    /// Ask admission (`D8`): locks, windows, budgets, rates, places.
    Admit {
        /// True for a rollback: only locks count.
        reverse: bool,
    },
    /// Re-key engine state from the former id (`moved`); changes no resource.
    Rekey,
    /// Take every backup the route asks for.
    Backup,
    /// Apply. The number counts this unit's attempts in this run, from 1; with run and unit it is the idempotency key.
    Apply {
        /// Attempt.
        attempt: u32,
    },
    /// After a lost process: find out what became of the apply.
    Inspect,
    /// The engine had finished: record what it left (outputs, or that nothing is left).
    CollectOutputs,
    /// Check that the result is there.
    Verify,
    /// Take the unit back to its former meaning.
    Reverse,
}

/// Names of [`Effect`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectName {
    /// See [`Effect::ReadGates`].
    ReadGates,
    /// See [`Effect::Plan`].
    Plan,
    /// See [`Effect::Admit`].
    Admit,
    /// See [`Effect::Rekey`].
    Rekey,
    /// See [`Effect::Backup`].
    Backup,
    /// See [`Effect::Apply`].
    Apply,
    /// See [`Effect::Inspect`].
    Inspect,
    /// See [`Effect::CollectOutputs`].
    CollectOutputs,
    /// See [`Effect::Verify`].
    Verify,
    /// See [`Effect::Reverse`].
    Reverse,
}

impl fmt::Display for EffectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Effect {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> EffectName {
        match self {
            Self::ReadGates => EffectName::ReadGates,
            Self::Plan => EffectName::Plan,
            Self::Admit { .. } => EffectName::Admit,
            Self::Rekey => EffectName::Rekey,
            Self::Backup => EffectName::Backup,
            Self::Apply { .. } => EffectName::Apply,
            Self::Inspect => EffectName::Inspect,
            Self::CollectOutputs => EffectName::CollectOutputs,
            Self::Verify => EffectName::Verify,
            Self::Reverse => EffectName::Reverse,
        }
    }
    /// True if it works with an engine: it takes one of the run's places, and its intent is journalled before it begins.
    #[must_use]
    pub fn uses_engine(&self) -> bool {
        !matches!(self, Self::ReadGates | Self::Admit { .. })
    }
    /// True if it only records what already happened; these still run while a run is being cancelled.
    #[must_use]
    pub fn is_bookkeeping(&self) -> bool {
        matches!(self, Self::Inspect | Self::CollectOutputs)
    }
}

/// An effect that no input has answered yet. Drivers issue it, and issue it again after a crash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    /// Its id: counts up in the order the machine owed them, so every replay gives the same.
    pub id: EffectId,
    /// The unit; none for [`Effect::ReadGates`].
    pub unit: Option<UnitId>,
    /// What to do.
    pub effect: Effect,
    /// How often a driver journalled its intent; 0: nothing began.
    pub issued: u32,
    /// The engine parent that was journalled as started for the newest intent.
    pub child: Option<ChildIdentity>,
}

/// What the approvals say (`D6`): signatures name unit digests, so an answer for an older plan opens nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gates {
    /// Unit → digest at which its gate is met (`auto` gates are met by themselves).
    pub met: BTreeMap<UnitId, Digest>,
    /// Removal → digest at which it was agreed to (`dsl §7`).
    pub consented: BTreeMap<UnitId, Digest>,
    /// Why nothing of the ChangeSet may start (denied, rejected, superseded …).
    pub held: Option<String>,
}

/// How a plan made inside the run relates to the approved one (`D6` freshness).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// Equal meaning: the same digest.
    Same,
    /// The approval covers it: an attempt of this run had begun and every change was approved, or the approved plan was only
    /// partly known and this one refines it.
    Covered,
    /// It means something else (or was never approved): its gate asks again.
    Different,
    /// It changes nothing.
    Unchanged,
    /// A policy refuses it.
    Denied {
        /// Rule and message.
        reason: String,
    },
    /// It still can't be planned: an output it needs is missing.
    Waits {
        /// Which.
        reason: String,
    },
}

/// Answer to an effect. One closed list, so that the journal can be read back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// To [`Effect::ReadGates`].
    Gates {
        /// What was found.
        gates: Gates,
    },
    /// To [`Effect::Admit`]: the admission event is in the log; these locks are the run's now.
    Admitted {
        /// Names of the locks, all that this unit holds.
        locks: Vec<String>,
    },
    /// To [`Effect::Admit`]: not yet.
    NotAdmitted {
        /// Machine word, as in `unit.waiting`: `lock`, `foundation-lock`, `concurrency`, `hold`, `window`, `budget`, `rate`.
        code: String,
        /// Why, in words.
        why: String,
        /// The words, apart from their language.
        #[serde(default)]
        said: Said,
        /// Earliest start, if known.
        until: Option<Timestamp>,
    },
    /// To [`Effect::Plan`].
    Planned {
        /// What the machine needs of the new plan.
        facts: Box<UnitFacts>,
        /// The whole `ChangeUnit` as an encrypted blob.
        plan: BlobId,
        /// How it relates to what was approved.
        #[serde(flatten)]
        verdict: Verdict,
    },
    /// To [`Effect::Rekey`].
    Rekeyed,
    /// To [`Effect::Backup`].
    BackedUp {
        /// References that a restore takes.
        references: Vec<String>,
    },
    /// To [`Effect::Apply`] and [`Effect::CollectOutputs`]: the engine succeeded *and* outputs are recorded.
    Applied {
        /// The record.
        record: Box<UnitApplied>,
    },
    /// To [`Effect::Apply`] and [`Effect::CollectOutputs`] of a destroy: nothing is left.
    Destroyed,
    /// To [`Effect::Apply`]: the saved plan does not fit any more; nothing was started.
    Stale {
        /// What moved.
        reason: String,
    },
    /// To [`Effect::Inspect`].
    Inspected {
        /// What was found.
        found: Inspection,
    },
    /// To [`Effect::Verify`].
    Verified {
        /// Addresses that still differ; empty: verified.
        differs: Vec<String>,
    },
    /// To [`Effect::Reverse`].
    Reversed {
        /// The record.
        record: UnitReversed,
    },
    /// To any: it failed. Code `engine-cancelled` is never tried again; `stale-plan` of an apply means [`Outcome::Stale`].
    Failed {
        /// What happened.
        error: RunnerError,
    },
    /// To any with an engine: neither an exit status nor a living process (`D7`). The machine inspects before it acts again.
    Lost,
    /// To any with an engine: its process was journalled, but its driver died before it let it go, so no engine began. Looked at
    /// like [`Outcome::Lost`]; it says nothing against the unit.
    NotBegun,
}

/// Names of [`Outcome`]s, with inspection and verdict told apart, for tables and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the outcome of the same name")]
pub enum OutcomeName {
    Gates,
    Admitted,
    NotAdmitted,
    PlannedSame,
    PlannedCovered,
    PlannedDifferent,
    PlannedUnchanged,
    PlannedDenied,
    PlannedWaits,
    Rekeyed,
    BackedUp,
    Applied,
    Destroyed,
    Stale,
    InspectedNotStarted,
    InspectedFinished,
    InspectedPartial,
    InspectedUnknown,
    Verified,
    VerifiedDiffers,
    Reversed,
    FailedRetryable,
    Failed,
    Lost,
    NotBegun,
}

impl Outcome {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> OutcomeName {
        match self {
            Self::Gates { .. } => OutcomeName::Gates,
            Self::Admitted { .. } => OutcomeName::Admitted,
            Self::NotAdmitted { .. } => OutcomeName::NotAdmitted,
            Self::Planned { verdict, .. } => match verdict {
                Verdict::Same => OutcomeName::PlannedSame,
                Verdict::Covered => OutcomeName::PlannedCovered,
                Verdict::Different => OutcomeName::PlannedDifferent,
                Verdict::Unchanged => OutcomeName::PlannedUnchanged,
                Verdict::Denied { .. } => OutcomeName::PlannedDenied,
                Verdict::Waits { .. } => OutcomeName::PlannedWaits,
            },
            Self::Rekeyed => OutcomeName::Rekeyed,
            Self::BackedUp { .. } => OutcomeName::BackedUp,
            Self::Applied { .. } => OutcomeName::Applied,
            Self::Destroyed => OutcomeName::Destroyed,
            Self::Stale { .. } => OutcomeName::Stale,
            Self::Inspected { found } => match found {
                Inspection::NotStarted => OutcomeName::InspectedNotStarted,
                Inspection::Finished => OutcomeName::InspectedFinished,
                Inspection::Partial { .. } => OutcomeName::InspectedPartial,
                Inspection::Unknown { .. } => OutcomeName::InspectedUnknown,
            },
            Self::Verified { differs } if differs.is_empty() => OutcomeName::Verified,
            Self::Verified { .. } => OutcomeName::VerifiedDiffers,
            Self::Reversed { .. } => OutcomeName::Reversed,
            Self::Failed { error } if error.retryable => OutcomeName::FailedRetryable,
            Self::Failed { .. } => OutcomeName::Failed,
            Self::Lost => OutcomeName::Lost,
            Self::NotBegun => OutcomeName::NotBegun,
        }
    }
}
