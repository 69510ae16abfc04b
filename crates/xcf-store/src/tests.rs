//! Tests of the back ends: the conformance suite on both, and what only a real folder can show.

mod crash;
mod damage;
mod folder;
mod full_disk;
mod suites;

use crate::SqliteStore;
use crate::conformance::event;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use xcf_core::ports::store::EventLog;

/// Runs the named test of this binary again as another process, with `role` telling it which part to play.
/// `wrap` is a shell line that must end in `"$@"`.
fn play(test: &str, role: &str, dir: &Path, wrap: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", wrap, "sh"]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command.env(ROLE, role).env(ROLE_DIR, dir).stdout(Stdio::piped());
    command
}

const ROLE: &str = "XCF_STORE_TEST_ROLE";
const ROLE_DIR: &str = "XCF_STORE_TEST_DIR";
const PLAIN: &str = r#"exec "$@""#;

/// The part this process plays, if it was started by [`play`].
fn role() -> Option<(String, std::path::PathBuf)> {
    Some((std::env::var(ROLE).ok()?, std::env::var_os(ROLE_DIR)?.into()))
}

/// A Store in `dir` with `events` events.
async fn filled(dir: &Path, events: u64) -> SqliteStore {
    let store = SqliteStore::open(dir).await.unwrap();
    for n in 1..=events {
        store.append(vec![event(n % 3, json!({"n": n}))], None).await.unwrap();
    }
    store
}
