//! The run as a pure state machine: `step` takes an input, `owed` says what is to be done (`D7`).

#[cfg(test)]
pub(crate) mod bugs;
mod effect;
mod facts;
mod input;
mod outcomes;
mod people;
mod run;
mod schedule;
mod state;
mod status;
mod step;
#[cfg(test)]
pub(crate) mod tests;

pub use effect::{Effect, EffectName, Gates, Outcome, OutcomeName, Owed, Verdict};
pub use facts::{RunSpec, SpecError, SpecUnit, UnitFacts};
pub use input::{Control, Emit, Input, InputName, Stamped};
pub use run::{Run, UnitRun};
pub use state::{Failure, StopLevel, UnitState, Wait};
pub use status::Held;
pub use step::Illegal;

/// Behaviour of this build. A run keeps the number it was begun with; a change of behaviour branches on it.
pub const REVISION: u32 = 1;
