//! The run: from an approved ChangeSet to a finished one, as a pure state machine with drivers around it (`D7`).
//!
//! - [`machine`] decides. `Run::step` takes an input and says what it caused; `Run::owed` says what is to be done. No I/O, no
//!   clock, no randomness: time is part of every input, ids count up, and the same inputs give the same Run everywhere.
//! - [`invariants`] checks every step by books of its own; a step that would break one is refused before it is journalled.
//! - [`driver::journal`] writes inputs and what they caused into the run's stream, and reads a run back from it.
//! - [`driver::embedded`] performs what is owed, through a `Performer` that knows the engines.
//! - [`driver::simulated`] runs the same machine in a scripted world with a clock of its own.
//!
//! This crate must never know an engine, a document, a policy, a plan's content, a file, a database or a screen. It sees
//! digests, blob names, lock names and words; what they stand for is the business of the Performer and of the Store port.
//!
//! Timers are not owed effects: [`machine::Run::next_wake`] derives the next moment at which time alone changes something, so
//! none can be lost. Locks are released by events in the very append that makes them needless (`D8`), so none can leak.
//!
//! # Transitions of a unit (`dsl §9`)
//!
//! Compared with the machine cell by cell by a test. An input that a row does not name is refused and changes nothing; after an
//! answer the unit may go on in the same step, so the table shows where it comes to rest. *Pause*, *Cancel* and *RollBack* are
//! shown for an effect that no driver has begun: it is withdrawn. One that has begun goes on until it is answered.
//!
#![doc = include_str!("transitions.md")]

pub mod driver;
pub mod invariants;
pub mod machine;
