//! The router: engine, reconcile, drift, gate, backup, windows and rollback of one unit, each with its why (`R4.4`,
//! `dsl §4`). Later wins: built-in < DecisionMatrix < Composition < module < Environment spec < Environment entry;
//! then `Environment.protection` is a floor. Routing never looks at the machine.

mod engine;
mod fields;
mod json;
mod layers;
pub mod words;

pub use engine::EngineChoice;
pub(crate) use fields::{Routed, level, route};
pub use json::{RouteJson, RouteUnit, UnassembledRoute, json};
pub(crate) use layers::{EnvironmentPart, RouteInput};
