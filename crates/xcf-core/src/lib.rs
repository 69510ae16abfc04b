//! The vocabulary of XCloudFlow: ids, documents, diagnostics, routes, plans, ChangeSets, events and the port traits.
//!
//! Every other crate speaks these words. This crate must never know a clock, a file system, a process, a network,
//! a database, or which adapter stands behind a port; time and ids come in as arguments (`D4`).

pub mod actor;
pub mod changeset;
pub mod cost;
pub mod diag;
pub mod digest;
pub mod docs;
pub mod edit;
pub mod event;
pub mod graph;
pub mod ids;
pub mod plan;
pub mod ports;
pub mod route;
pub mod said;
pub mod secret;
pub mod value;
