//! The files by which a driver and `xcf __child` talk: names, shapes and how they are written.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

pub const SPEC: &str = "spec.json";
pub const SECRET_ENV: &str = "env.secret";
pub const IDENTITY: &str = "identity.json";
pub const GO: &str = "go";
pub const STOP: &str = "stop";
pub const KILL: &str = "kill";
pub const STATUS: &str = "status.json";
pub const STDOUT: &str = "stdout";
pub const STDERR: &str = "stderr";
pub const CHILD_LOG: &str = "child.log";

/// What the child is to run. Holds no secret: those stand in `env.secret`, which the child deletes once read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Spec {
    pub program: PathBuf,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub cwd: PathBuf,
    pub timeout_ms: u64,
    pub stop_timeout_ms: u64,
    /// Bytes of stdout and stderr together.
    pub max_output: u64,
    /// Who must live until `go` is there.
    pub driver: Process,
    /// True for steps nobody would adopt (read-only ones): the engine is stopped if its driver dies.
    pub needs_driver: bool,
}

/// A process, told apart from a later one with the same pid, also across reboots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub pid: u32,
    pub start_ticks: u64,
    pub boot_id: String,
}

/// Why the child stopped its engine before it ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// Asked for by the driver.
    Cancelled,
    /// Took longer than its time limit.
    Timeout,
    /// Wrote more than its output limit.
    OutputTooLarge,
    /// A read-only step whose driver is gone.
    DriverGone,
}

/// How the engine ended, as `xcf __child` saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// False: the engine was never started, because the driver died before `go`.
    pub ran: bool,
    /// Exit code, if it exited.
    pub code: Option<i32>,
    /// Signal, if one ended it.
    pub signal: Option<i32>,
    /// Why it was stopped, if it was.
    pub stopped: Option<StopReason>,
    /// True if SIGKILL was needed.
    pub killed: bool,
    /// Why it could not be started.
    pub spawn_error: Option<String>,
    /// The disk of the work folder was full when it ended.
    pub disk_full: bool,
}

/// Writes a file that only we can read, durably and whole: a reader sees the old one or the new one.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary_of(path);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}

/// Where `write_private` and the reserved status file keep the bytes before the rename.
pub fn temporary_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, ToOwned::to_owned);
    name.push(".tmp");
    path.with_file_name(name)
}

/// Writes a JSON file by rename.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    write_private(path, &serde_json::to_vec(value)?)
}

/// Reads a JSON file; `None` if it is not there.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    read_if_there(path)?.map(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::from)).transpose()
}

/// Reads a file; `None` if it is not there.
pub fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a file; it may already be gone.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A folder only we can enter; it may exist.
pub fn private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// An empty file as a sign.
pub fn touch(path: &Path) -> io::Result<()> {
    File::create(path)?.sync_all()
}
