//! The unit's state: serial, outputs, snapshots, re-keying. Our own local file is read directly; any other backend through the engine.

use super::backend::{Backend, FORMER_IDS, STATE_FILE};
use super::messages::StateJson;
use super::session::Session;
use crate::error::{io_error, off_runtime};
use crate::process::{read_if_there, write_private};
use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use xcf_core::digest::sha256;
use xcf_core::ports::runner::{Outputs, RunnerError, UnitContext};
use xcf_core::value::SecretValue;

/// Serial of a unit that has no state yet.
pub const NO_STATE: &str = "-/0";
const SNAPSHOTS: &str = "snapshots";

/// The state's bytes; `None` if there is no state yet.
pub async fn bytes(session: &Session<'_>) -> Result<Option<Vec<u8>>, RunnerError> {
    if session.backend == Backend::Local {
        let folder = session.cx.state_dir.clone();
        return off_runtime("cannot read the state", move || local(&folder)).await;
    }
    let bytes = session.document("state-pull", &["state", "pull"]).await?;
    Ok(Some(bytes).filter(|b| !b.trim_ascii().is_empty()))
}

/// The state file in `folder`. OpenTofu makes the file when it takes its lock, so that killed before its first write it
/// leaves it empty: that is no state yet. Where there was one, the engine's backup stands beside it: then it is a loss.
fn local(folder: &Path) -> io::Result<Option<Vec<u8>>> {
    let bytes = read_if_there(&folder.join(STATE_FILE))?;
    let had_one = folder.join(format!("{STATE_FILE}.backup")).exists();
    Ok(bytes.filter(|b| had_one || !b.trim_ascii().is_empty()))
}

/// The state as far as we read it. A state that only the engine can read (encrypted) is asked from the engine.
pub async fn read(session: &Session<'_>) -> Result<Option<StateJson>, RunnerError> {
    let Some(raw) = bytes(session).await? else { return Ok(None) };
    if let Ok(state) = serde_json::from_slice::<StateJson>(&raw)
        && state.version == 4
    {
        return Ok(Some(state));
    }
    let pulled = session.document("state-pull", &["state", "pull"]).await?;
    let state = serde_json::from_slice(&pulled);
    state.map(Some).map_err(|e| {
        RunnerError::new("engine-garbage", format!("the state can't be read: {e}")).hint("restore a snapshot of it")
    })
}

/// `LINEAGE/SERIAL`.
pub fn serial(state: Option<&StateJson>) -> String {
    state.map_or_else(|| NO_STATE.to_owned(), |s| format!("{}/{}", s.lineage, s.serial))
}

/// Outputs of a state.
pub fn outputs(state: Option<StateJson>) -> Outputs {
    let mut outputs = Outputs::default();
    for (name, output) in state.into_iter().flat_map(|s| s.outputs) {
        if output.sensitive {
            outputs.sensitive.insert(name, SecretValue::new(output.value));
        } else {
            outputs.values.insert(name, output.value);
        }
    }
    outputs
}

/// Copies the state aside (0600, named by content) and returns the snapshot's name; `none` if there is no state.
pub async fn snapshot(session: &Session<'_>) -> Result<String, RunnerError> {
    let Some(raw) = bytes(session).await? else { return Ok("none".to_owned()) };
    let dir = session.cx.state_dir.join(SNAPSHOTS);
    off_runtime("cannot write the state snapshot", move || {
        crate::process::private_dir(&dir)?;
        let name = sha256(&raw).to_string().replace(':', "-");
        write_private(&dir.join(&name), &raw)?;
        Ok(name)
    })
    .await
}

/// Puts a snapshot back. The state that is there now is kept as a snapshot first.
pub async fn restore(session: &Session<'_>, reference: &str) -> Result<(), RunnerError> {
    let plain = !reference.is_empty() && reference.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !plain {
        return Err(RunnerError::new("not-supported", format!("{reference:?} names no state snapshot")));
    }
    let Some(path) = (reference != "none").then(|| session.cx.state_dir.join(SNAPSHOTS).join(reference)) else {
        let message = "before that change the unit had no state; going back to it means destroying what was made";
        return Err(RunnerError::new("not-supported", message).hint("reverse the unit instead"));
    };
    let raw = off_runtime("cannot read the state snapshot", move || read_if_there(&path)).await?;
    let raw = raw.ok_or_else(|| RunnerError::new("io", format!("the state snapshot {reference} is gone")))?;
    let now = read(session).await?;
    snapshot(session).await?;
    let raw = newer_than(&raw, now.map_or(0, |s| s.serial))?;
    if session.backend == Backend::Local {
        let path = session.cx.state_dir.join(STATE_FILE);
        return off_runtime("cannot write the state", move || write_private(&path, &raw)).await;
    }
    let file = session.cx.work_dir.join("restore.tfstate");
    write_private(&file, &raw).map_err(|e| io_error("cannot write the state", &e))?;
    let pushed = session.checked("state-push", &["state", "push", &file.to_string_lossy()], true).await;
    crate::process::remove_if_there(&file).map_err(|e| io_error("cannot remove a copy of the state", &e))?;
    pushed.map(|_| ())
}

/// The same state with a serial above `serial`, so that plans made against anything else are stale.
fn newer_than(raw: &[u8], serial: u64) -> Result<Vec<u8>, RunnerError> {
    let broken =
        |e: serde_json::Error| RunnerError::new("engine-garbage", format!("the state snapshot can't be read: {e}"));
    let mut state: Value = serde_json::from_slice(raw).map_err(broken)?;
    if let Some(map) = state.as_object_mut() {
        let own = map.get("serial").and_then(Value::as_u64).unwrap_or(0);
        map.insert("serial".to_owned(), Value::from(own.max(serial) + 1));
    }
    serde_json::to_vec(&state).map_err(broken)
}

/// Moves a former unit's state folder content here. Repeating it after a crash is safe; two states are `moved-conflict`.
pub async fn rekey(cx: &UnitContext, from: &Path) -> Result<(), RunnerError> {
    let (from, to) = (from.to_owned(), cx.state_dir.clone());
    let conflict = (from.join(STATE_FILE), to.join(STATE_FILE));
    let both = off_runtime("cannot look at the states", move || {
        Ok(holds_anything(&conflict.0)? && holds_anything(&conflict.1)?)
    })
    .await?;
    if both {
        let message = format!("both the former unit ({}) and {} have a state", from.display(), cx.unit);
        return Err(
            RunnerError::new("moved-conflict", message).hint("decide which one is right; destroy or forget the other")
        );
    }
    off_runtime("cannot move the state", move || move_state(&from, &to)).await
}

/// True for a state file with resources or outputs; an emptied state may be replaced.
fn holds_anything(path: &Path) -> io::Result<bool> {
    let Some(raw) = read_if_there(path)? else { return Ok(false) };
    let empty = |state: &Value, key: &str| match state.get(key) {
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
        Some(_) => false,
        None => true,
    };
    // One that can't be read is not ours to overwrite.
    let state: Option<Value> = serde_json::from_slice(&raw).ok();
    Ok(state.is_none_or(|s| s.get("version").is_none() || !empty(&s, "resources") || !empty(&s, "outputs")))
}

fn move_state(from: &Path, to: &Path) -> io::Result<()> {
    remember_former_id(from, to)?;
    if from.join(STATE_FILE).exists() && (holds_anything(&from.join(STATE_FILE))? || !to.join(STATE_FILE).exists()) {
        move_file(&from.join(STATE_FILE), &to.join(STATE_FILE))?;
    }
    let snapshots = from.join(SNAPSHOTS);
    if snapshots.exists() {
        crate::process::private_dir(&to.join(SNAPSHOTS))?;
        for entry in fs::read_dir(&snapshots)? {
            let entry = entry?;
            move_file(&entry.path(), &to.join(SNAPSHOTS).join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// The module's own backend may go on naming the former id (`dsl §8`). State folders end in `ENV/COMPOSITION/MODULE`.
fn remember_former_id(from: &Path, to: &Path) -> io::Result<()> {
    let mut parts: Vec<String> = from.iter().rev().take(3).map(|p| p.to_string_lossy().into_owned()).collect();
    parts.reverse();
    let id = parts.join("/");
    let read = |dir: &Path| -> io::Result<String> {
        Ok(read_if_there(&dir.join(FORMER_IDS))?.map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default())
    };
    let mut ids: Vec<String> = [read(from)?, read(to)?, id].iter().flat_map(|t| t.lines()).map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    write_private(&to.join(FORMER_IDS), (ids.join("\n") + "\n").as_bytes())
}

fn move_file(from: &Path, to: &PathBuf) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            write_private(to, &fs::read(from)?)?;
            fs::remove_file(from)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_an_empty_state_file_is_no_state_only_if_there_never_was_one() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(local(dir.path()).unwrap(), None);
        fs::write(dir.path().join(STATE_FILE), "").unwrap();
        assert_eq!(local(dir.path()).unwrap(), None);
        fs::write(dir.path().join("terraform.tfstate.backup"), "{}").unwrap();
        assert_eq!(local(dir.path()).unwrap(), Some(Vec::new()));
        fs::write(dir.path().join(STATE_FILE), "{}").unwrap();
        assert_eq!(local(dir.path()).unwrap(), Some(b"{}".to_vec()));
    }
}
