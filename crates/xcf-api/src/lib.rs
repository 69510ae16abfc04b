//! Use cases, the axum router with its OpenAPI document, the event stream, telemetry set-up, and the wiring of
//! adapters to ports. The only crate that names adapters. It must never know Tauri, a terminal, or argument parsing.

pub mod dto;
