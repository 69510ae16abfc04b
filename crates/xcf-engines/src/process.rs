//! Supervised engine processes (`D7`, crash safety).
//!
//! ```text
//! driver ── spawns ──> xcf __child DIR ── runs ──> engine
//!   │ spec.json, env.secret   │ identity.json          │ stdout, stderr (files, never pipes)
//!   │ journals identity       │ waits for `go`         │
//!   │ go ───────────────────> │                        │
//!   │ tails stdout, stderr    │ status.json <───────── exits
//! ```
//!
//! A driver may die at any moment: before `go` nothing was run; after it the engine goes on and the next driver adopts it.

pub mod child;
mod environment;
mod files;
mod identity;
mod result;
mod sessions;
mod supervisor;
mod tail;

pub use environment::{base_environment, with_engine_first};
pub use files::{Status, StopReason};
pub use identity::{is_alive, own_identity};
pub use result::{End, ProcessResult};
pub use supervisor::{ChildLauncher, LineSink, MAX_OUTPUT, Step, Supervisor, step_dir};

pub(crate) use supervisor::{Earlier, earlier};

pub(crate) use files::{private_dir, read_if_there, remove_if_there, write_private};
