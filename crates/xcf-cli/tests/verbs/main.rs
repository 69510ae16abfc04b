//! Every way of the command line besides the main path (`D15`): removals, engines that are not here, single verbs, what
//! holds a run back, another machine's server. The real binary, real engines, a home of its own per test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod absent;
mod executing;
mod holding;
#[path = "../kit/mod.rs"]
mod kit;
mod remote;
mod removals;
mod small;
