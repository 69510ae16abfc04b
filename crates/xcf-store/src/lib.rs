//! The Store (`D9`): one hash-chained event log per workspace, encrypted content-addressed blobs, and leases.
//!
//! [`SqliteStore`] is the default back end: one folder, shared live by the desktop and any number of command-line
//! processes. Feature `testkit` adds an in-memory Store and the conformance suite that every back end must pass.
//!
//! This crate must never know what an event means, how a plan is decided, or which engine wrote a blob: it keeps
//! bytes and order. The files it owns are 0600 in a 0700 folder; the blob key is a file beside the blobs, so the
//! encryption protects copies and backups of single files, not against who can read the whole folder.

mod blobs;
pub mod chain;
mod cipher;
mod clock;
mod files;
mod sqlite;

#[cfg(any(test, feature = "testkit"))]
pub mod conformance;
#[cfg(any(test, feature = "testkit"))]
pub mod memory;

pub use sqlite::SqliteStore;
pub use xcf_core::ports::store::StoreError;

#[cfg(test)]
mod tests;
