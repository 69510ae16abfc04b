//! The decisions: a tree of files in, values out.
//!
//! What a repository says (workspace, units, routes, order), what of it is pending or removed, what a plan means, who
//! must agree, when it may run and how to get back are pure functions from snapshots to values (`D2.2`). This crate
//! must never know a file system, a process, a clock, a network, a store or an engine: files come through the `Tree`
//! port, time and ids as arguments (`D4`).

pub mod admission;
pub mod adopt;
pub mod assemble;
pub mod author;
pub mod canvas;
pub mod catalog;
pub mod closure;
pub mod content;
pub mod cost;
pub mod covered;
pub mod form;
pub mod gates;
pub mod graph;
pub mod impact;
pub mod inputs;
pub mod language;
pub mod ledger;
pub mod matrix;
pub mod meaning;
pub mod pending;
pub mod policy;
pub mod refactor;
pub mod removed;
pub mod render;
pub mod router;
pub mod standing;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
pub mod wayback;
pub mod workspace;
