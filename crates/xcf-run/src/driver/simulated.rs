//! The simulated driver (`D7`): the machine in a scripted world with a clock of its own.
//!
//! Everything follows from a seed: how long effects take, what fails, when the driver dies and is replaced, when processes
//! are lost, what people do and when. The world keeps its own truth about every unit, and a simulation ends in a [`Report`]
//! or in the first thing that is wrong. The same seed gives the same story, so a failing one can be kept.

mod dice;
mod people;
mod scenario;
mod story;
#[cfg(test)]
mod tests;
mod world;

pub use dice::Dice;
pub use scenario::{Faults, Scenario};
pub use story::{Coverage, Report, Simulation, Wrong};
