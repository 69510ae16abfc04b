//! Use cases, the axum router with its OpenAPI document, the event stream, telemetry set-up, and the wiring of
//! adapters to ports. The only crate that names adapters. It must never know Tauri, a terminal, or argument parsing.

mod adopting;
mod app;
mod arranging;
mod authoring;
mod buffers;
mod doctor;
mod drafting;
mod drivers;
mod driving;
pub mod dto;
mod engine_room;
mod error;
mod executing;
mod exporting;
#[cfg(feature = "failpoints")]
mod failpoints;
mod family;
mod forming;
mod history;
pub mod http;
mod identity;
mod impacting;
mod inspecting;
pub mod keys;
mod language;
mod logbook;
mod looking;
pub mod lsp;
mod matrix_editing;
mod merging;
mod open;
mod overlay;
mod paths;
mod performing;
mod planning;
mod process;
mod recipe;
mod reviewing;
pub mod sample;
mod seeing;
pub mod serve;
mod standing;
mod streaming;
pub mod telemetry;
mod texts;
mod trusting;
mod views;
mod wall;
mod watching;
mod what_if;

pub use app::App;
pub use error::{Answer, Kind, Problem};
pub use open::Workspace;
pub use paths::Paths;

/// Body of the hidden verb `__child`: the engines' parent process (`D7`). Must be called before any runtime exists.
#[must_use]
pub fn child_main(words: Vec<std::ffi::OsString>) -> std::process::ExitCode {
    xcf_engines::process::child::main(words)
}
