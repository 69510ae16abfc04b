//! `xcf lsp` as an editor meets it: the real binary, spoken to over its stdin and stdout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod client;
mod hostile;
mod keeping;
#[path = "../kit/mod.rs"]
mod kit;
mod typing;
