//! Port traits: what the middle crates offer and only `xcf-api` wires together (`D4`, `D9`, `D10`).

pub mod clock;
pub mod forge;
pub mod runner;
pub mod secrets;
pub mod store;
pub mod tree;
