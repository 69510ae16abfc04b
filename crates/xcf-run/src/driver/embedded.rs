//! The embedded driver (`D7`): tokio, one task per run, its own journal in the Store.
//!
//! Order of every step: the machine says what an input means → input and events are appended, fenced by the driver lease →
//! only then the new Run counts and its effects are issued. A crash at any point loses nothing: what is owed is owed again.

mod control;
mod lease;
mod open;
mod performer;
mod pump;
mod settings;
mod tail;
#[cfg(test)]
mod tests;

pub use control::{control_event, control_of};
pub use lease::{LEASE_TTL, lease_name};
pub use performer::{Announcer, Job, Performer};
pub use pump::Driver;
pub use settings::{DriveEnd, DriveError, Settings, WhenIdle};
