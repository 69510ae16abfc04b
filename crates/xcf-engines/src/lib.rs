//! Engines behind the one Runner port of `xcf-core` (`D10`): real binaries, supervised as processes of their own (`D7`).
//!
//! Knows: how to start an engine so that it survives us, how to read what it says, how to turn that into a `UnitPlan`.
//! Must never know: which unit comes next, who approved it, where events are kept (`D4`: neither plan, run, store nor git).

pub mod ansible;
mod binary;
mod error;
mod masking;
pub mod process;
pub mod registry;
pub mod terraform;
