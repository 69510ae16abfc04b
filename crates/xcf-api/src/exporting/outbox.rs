//! What is to go out and has not yet: one file per branch in the workspace's store, whole or not there, so that an intent
//! outlives the process and a machine without a network. Sending one twice does no harm.

use super::Parcel;
use crate::dto::QueuedDto;
use crate::error::{Answer, Problem};
use crate::open::{Workspace, blocking};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use xcf_core::ids::CommitId;

/// One push and its pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    v: u16,
    pub(super) id: String,
    pub(super) remote: String,
    pub(super) branch: String,
    pub(super) base: String,
    pub(super) commit: String,
    pub(super) title: String,
    pub(super) body: String,
    since: Timestamp,
    attempts: u32,
    last: Option<Last>,
}

/// How the last try ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Last {
    code: String,
    why: String,
    passes: bool,
    at: Timestamp,
}

/// Why sending failed, and whether time alone may mend it.
pub(super) struct Trouble {
    pub(super) problem: Problem,
    pub(super) passes: bool,
}

impl Intent {
    /// One per branch and remote: a newer one takes the place of the older.
    pub(super) fn new(parcel: &Parcel, commit: &CommitId, body: String, now: Timestamp) -> Self {
        let name = format!("{}\0{}", parcel.remote, parcel.branch);
        let digest = xcf_core::digest::sha256(name.as_bytes()).to_string();
        let hex = digest.rsplit(':').next().unwrap_or_default();
        Self {
            v: 1,
            id: hex.chars().take(12).collect(),
            remote: parcel.remote.clone(),
            branch: parcel.branch.clone(),
            base: parcel.base.clone(),
            commit: commit.to_string(),
            title: parcel.title.clone(),
            body,
            since: now,
            attempts: 0,
            last: None,
        }
    }
    /// False for one that waits for a person.
    pub(super) fn may_go(&self) -> bool {
        self.last.as_ref().is_none_or(|l| l.passes)
    }
    pub(super) fn dto(&self) -> QueuedDto {
        QueuedDto {
            id: self.id.clone(),
            branch: self.branch.clone(),
            base: self.base.clone(),
            commit: self.commit.clone(),
            title: self.title.clone(),
            since: self.since.to_string(),
            attempts: self.attempts,
            state: if self.may_go() { "waiting" } else { "stopped" }.to_owned(),
            code: self.last.as_ref().map(|l| l.code.clone()).unwrap_or_default(),
            why: self.last.as_ref().map(|l| l.why.clone()).unwrap_or_default(),
        }
    }
}

/// The folder of intents.
pub(super) struct Outbox {
    folder: PathBuf,
}

impl Workspace {
    pub(super) fn outbox(&self) -> Outbox {
        Outbox { folder: self.paths.store(self.uid.as_str()).join("outbox") }
    }
}

impl Outbox {
    /// Intents, oldest first. One that can't be read is not silently lost: it is an error that names the file.
    pub(super) async fn list(&self) -> Answer<Vec<Intent>> {
        let folder = self.folder.clone();
        blocking(move || {
            let mut found: Vec<Intent> = Vec::new();
            for file in files(&folder)? {
                let text = match fs::read(&file) {
                    // Sent by another process since it was listed.
                    Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                    read => read.map_err(|e| failed("read", &file, &e))?,
                };
                found.push(serde_json::from_slice(&text).map_err(|e| failed("read", &file, &e))?);
            }
            found.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
            Ok(found)
        })
        .await
    }
    /// Writes an intent, whole and on disk before this returns.
    pub(super) async fn put(&self, intent: &Intent) -> Answer<()> {
        let (folder, intent) = (self.folder.clone(), intent.clone());
        blocking(move || {
            crate::engine_room::private_folder(&folder)?;
            let file = place(&folder, &intent.id);
            let text = serde_json::to_vec_pretty(&intent).map_err(|e| failed("write", &file, &e))?;
            let mut part = tempfile::NamedTempFile::new_in(&folder).map_err(|e| failed("write", &file, &e))?;
            let written = part.write_all(&text).and_then(|()| part.as_file().sync_all());
            written.map_err(|e| failed("write", &file, &e))?;
            part.persist(&file).map_err(|e| failed("write", &file, &e.error))?;
            File::open(&folder).and_then(|f| f.sync_all()).map_err(|e| failed("write", &file, &e))
        })
        .await
    }
    /// Notes that a try failed.
    pub(super) async fn failed(&self, mut intent: Intent, trouble: &Trouble, now: Timestamp) -> Answer<Intent> {
        intent.attempts += 1;
        let (code, why) = (trouble.problem.code.to_owned(), trouble.problem.message.clone());
        intent.last = Some(Last { code, why, passes: trouble.passes, at: now });
        self.put(&intent).await?;
        Ok(intent)
    }
    /// Takes an intent out, if it is still the one that was sent: a newer one of the branch stays.
    pub(super) async fn remove(&self, sent: &Intent) -> Answer<()> {
        let now = self.list().await?.into_iter().find(|i| i.id == sent.id);
        if now.is_some_and(|i| (i.since, &i.commit, &i.body) != (sent.since, &sent.commit, &sent.body)) {
            return Ok(());
        }
        self.drop_one(&sent.id).await.map(|_| ())
    }
    /// Takes the intent `id` out; false if there is none.
    pub(super) async fn drop_one(&self, id: &str) -> Answer<bool> {
        let plain = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
        let file = place(&self.folder, id);
        if !plain {
            return Ok(false);
        }
        blocking(move || match fs::remove_file(&file) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(failed("remove", &file, &e)),
        })
        .await
    }
    /// One process sends at a time; the lock ends with the value or the process.
    pub(super) async fn lock(&self) -> Answer<File> {
        let folder = self.folder.clone();
        blocking(move || {
            crate::engine_room::private_folder(&folder)?;
            let file = folder.join("lock");
            let lock = File::create(&file).map_err(|e| failed("open", &file, &e))?;
            lock.lock().map_err(|e| failed("lock", &file, &e))?;
            Ok(lock)
        })
        .await
    }
}

fn place(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}

fn files(folder: &Path) -> Answer<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|e| failed("read", folder, &e))?,
    };
    let paths = entries.filter_map(Result::ok).map(|e| e.path());
    Ok(paths.filter(|p| p.extension().is_some_and(|e| e == "json")).collect())
}

fn failed(doing: &str, file: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::internal("outbox-failed", format!("can't {doing} {}: {error}", file.display()))
}
