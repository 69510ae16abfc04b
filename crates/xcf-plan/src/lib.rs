//! (root doc)
pub mod gates;
pub mod ledger;
pub mod meaning;
pub mod admission;
pub mod covered;
pub mod wayback;
pub mod policy;
pub mod content;
pub mod graph;
pub mod matrix;
pub mod router;
pub mod workspace;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
pub mod assemble;
pub mod render;
pub mod standing;
