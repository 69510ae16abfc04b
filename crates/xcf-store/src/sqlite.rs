//! The SQLite back end: one folder with the log file, the blobs and two keys, shared live by several processes.

mod error;
mod ops;
mod schema;
mod tail;
mod writer;

use crate::blobs::FileBlobs;
use crate::chain::{self, Walk};
use crate::cipher::{BlobCipher, KEY_LENGTH, key_file};
use crate::clock::WallClock;
use crate::files::{io_error, private_dir, private_file};
use async_trait::async_trait;
use error::store_error;
use jiff::Timestamp;
use ops::{Encoded, Guard, Op, Outcome, from_millis, signed, unsigned};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{ConnectOptions, SqlitePool};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tail::{Poller, Tail};
use writer::Writer;
use xcf_core::event::{Event, NewEvent, StreamId};
use xcf_core::ids::BlobId;
use xcf_core::ports::clock::Clock;
use xcf_core::ports::store::{Blobs, EventLog, Lease, Leases, Store, StoreError};

/// Name of the log file in the Store's folder.
const LOG_FILE: &str = "log.sqlite";
/// Held while the folder is set up or migrated, so that two first starts do not cross.
const SETUP_LOCK: &str = "setup.lock";
const DATA_KEY: &str = "data.key";
const WORKSPACE_KEY: &str = "workspace.key";
const READERS: u32 = 4;
/// Rows per step of a chain walk: bounded memory for any length of log.
const WALK_PAGE: i64 = 1000;

/// A Store in a folder (`sqlite:`).
pub struct SqliteStore {
    dir: PathBuf,
    readers: SqlitePool,
    writer: Writer,
    tail: Arc<Tail>,
    /// Lives as long as the Store.
    _poller: Poller,
    blobs: FileBlobs,
    workspace_key: [u8; KEY_LENGTH],
    clock: Arc<dyn Clock>,
}

impl SqliteStore {
    /// Opens the Store in `dir`, made and migrated if need be. Call it inside a tokio runtime that outlives the Store.
    ///
    /// # Errors
    /// `TooNew`, `Damaged` (not a Store, unreadable, keys missing), or `Io` (permission, space, read-only).
    pub async fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(dir, Arc::new(WallClock)).await
    }

    /// As [`Self::open`], with the clock that lease ends are reckoned by.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let at = dir.to_owned();
        let setup = off_runtime(move || SetupLock::take(&at)).await?;
        let file = dir.join(LOG_FILE);
        let options = schema::options(&file);
        let mut db = options.connect().await.map_err(|e| store_error(&e))?;
        let format = schema::check(&mut db).await?;
        let (at, fresh) = (dir.to_owned(), format == 0);
        let (blobs, workspace_key) = off_runtime(move || open_files(&at, fresh)).await?;
        schema::migrate(&mut db, format).await?;
        drop(setup);

        let reading = options.clone().pragma("query_only", "ON");
        let poll_db = reading.connect().await.map_err(|e| store_error(&e))?;
        let readers = SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(reading);
        let tail = Tail::new();
        let writer = Writer::start(db, Arc::clone(&tail));
        let poller = Poller::start(poll_db, Arc::clone(&tail));
        Ok(Self { dir: dir.to_owned(), readers, writer, tail, _poller: poller, blobs, workspace_key, clock })
    }

    async fn append_if(&self, events: Vec<NewEvent>, guard: Guard) -> Result<u64, StoreError> {
        let events = events.iter().map(Encoded::new).collect::<Result<_, _>>()?;
        match self.writer.submit(Op::Append { events, guard }).await? {
            Outcome::Position(position) => Ok(position),
            _ => Err(crossed()),
        }
    }

    fn ends(&self, ttl: Duration) -> Result<(Timestamp, Timestamp), StoreError> {
        let now = self.clock.now();
        let until = now.checked_add(ttl).map_err(|e| StoreError::Io(format!("a lease can't last {ttl:?}: {e}")))?;
        Ok((now, until))
    }
}

/// The folder's set-up lock; given back when dropped, also by a crash.
struct SetupLock(#[expect(dead_code, reason = "closing the file ends the lock")] File);

impl SetupLock {
    fn take(dir: &Path) -> Result<Self, StoreError> {
        private_dir(dir)?;
        let path = dir.join(SETUP_LOCK);
        let file = private_file(&path)?;
        file.lock().map_err(|e| io_error("lock", &path, &e))?;
        // SQLite gives its side files the mode of the log file, so it must be 0600 before they exist.
        private_file(&dir.join(LOG_FILE))?;
        Ok(Self(file))
    }
}

fn open_files(dir: &Path, fresh: bool) -> Result<(FileBlobs, [u8; KEY_LENGTH]), StoreError> {
    let data_key = key_file(&dir.join(DATA_KEY), fresh)?;
    let workspace_key = key_file(&dir.join(WORKSPACE_KEY), fresh)?;
    let blobs = FileBlobs::open(dir.join("blobs"), BlobCipher::new(&data_key))?;
    Ok((blobs, workspace_key))
}

/// Runs blocking file work on the pool made for it.
async fn off_runtime<T, F>(work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, StoreError> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| StoreError::Io(format!("the Store's file work broke off: {e}")))?
}

/// The writer answered another question than was asked: a programming error, told and not acted on.
fn crossed() -> StoreError {
    StoreError::Io("the Store's writer gave an answer of the wrong kind".to_owned())
}

/// Raw access for tests that damage a Store.
#[cfg(test)]
pub(crate) fn options_for_tests(dir: &Path) -> sqlx::sqlite::SqliteConnectOptions {
    schema::options(&dir.join(LOG_FILE))
}

type Row = (i64, String, String);

fn decode(rows: Vec<Row>) -> Result<Vec<Event>, StoreError> {
    rows.into_iter().map(|(position, hash, body)| chain::event(unsigned(position), hash, &body)).collect()
}

fn row_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[async_trait]
impl EventLog for SqliteStore {
    async fn append(&self, events: Vec<NewEvent>, expected: Option<u64>) -> Result<u64, StoreError> {
        self.append_if(events, expected.map_or(Guard::None, Guard::Head)).await
    }

    async fn append_fenced(&self, events: Vec<NewEvent>, name: &str, fence: u64) -> Result<u64, StoreError> {
        self.append_if(events, Guard::Fence { name: name.to_owned(), fence }).await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let query = "SELECT position, hash, body FROM events WHERE position > ? ORDER BY position LIMIT ?";
        let rows = sqlx::query_as::<_, Row>(query).bind(signed(after)).bind(row_limit(limit)).fetch_all(&self.readers);
        decode(rows.await.map_err(|e| store_error(&e))?)
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let query =
            "SELECT position, hash, body FROM events WHERE stream = ? AND position > ? ORDER BY position LIMIT ?";
        let rows = sqlx::query_as::<_, Row>(query).bind(stream.as_str()).bind(signed(after)).bind(row_limit(limit));
        decode(rows.fetch_all(&self.readers).await.map_err(|e| store_error(&e))?)
    }

    async fn head(&self) -> Result<u64, StoreError> {
        let head: i64 = sqlx::query_scalar("SELECT position FROM head")
            .fetch_one(&self.readers)
            .await
            .map_err(|e| store_error(&e))?;
        Ok(unsigned(head))
    }

    async fn wait_beyond(&self, position: u64, at_most: Duration) -> Result<u64, StoreError> {
        let head = self.head().await?;
        if head > position {
            return Ok(head);
        }
        self.tail.beyond(position, at_most).await;
        self.head().await
    }

    async fn next_number(&self, counter: &str) -> Result<u64, StoreError> {
        match self.writer.submit(Op::Number { counter: counter.to_owned() }).await? {
            Outcome::Number(number) => Ok(number),
            _ => Err(crossed()),
        }
    }

    async fn verify_chain(&self) -> Result<u64, StoreError> {
        let query = "SELECT h.position, h.hash, (SELECT coalesce(max(position), 0) FROM events) FROM head h";
        let (head, head_hash, last) = sqlx::query_as::<_, (i64, String, i64)>(query)
            .fetch_one(&self.readers)
            .await
            .map_err(|e| store_error(&e))?;
        if last > head {
            return Err(StoreError::Damaged(format!("the log goes on to position {last} behind its head {head}")));
        }
        let mut walk = Walk::default();
        while walk.position() < unsigned(head) {
            let query = "SELECT position, hash, stream, kind, body FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?";
            let page = sqlx::query_as::<_, (i64, String, String, String, String)>(query)
                .bind(signed(walk.position()))
                .bind(head)
                .bind(WALK_PAGE)
                .fetch_all(&self.readers)
                .await
                .map_err(|e| store_error(&e))?;
            if page.is_empty() {
                let missing = walk.position() + 1;
                return Err(StoreError::Damaged(format!(
                    "position {missing} of the log is missing (its head is {head})"
                )));
            }
            for (position, hash, stream, kind, body) in page {
                walk.next(unsigned(position), &hash, &body)?;
                let event = chain::event(walk.position(), hash, &body)?.event;
                if event.stream.as_str() != stream || event.kind.as_str() != kind {
                    return Err(StoreError::Damaged(format!(
                        "position {position} of the log is filed under the wrong stream or kind"
                    )));
                }
            }
        }
        if walk.hash() != head_hash {
            return Err(StoreError::Damaged(format!("the log's head does not hold the hash of position {head}")));
        }
        Ok(walk.position())
    }
}

#[async_trait]
impl Blobs for SqliteStore {
    async fn put(&self, bytes: &[u8]) -> Result<BlobId, StoreError> {
        let (blobs, bytes) = (self.blobs.clone(), bytes.to_vec());
        off_runtime(move || blobs.put(&bytes)).await
    }

    async fn get(&self, id: &BlobId) -> Result<Vec<u8>, StoreError> {
        let (blobs, id) = (self.blobs.clone(), id.clone());
        off_runtime(move || blobs.get(&id)).await
    }

    async fn has(&self, id: &BlobId) -> Result<bool, StoreError> {
        let (blobs, id) = (self.blobs.clone(), id.clone());
        off_runtime(move || blobs.has(&id)).await
    }
}

#[async_trait]
impl Leases for SqliteStore {
    async fn acquire(
        &self,
        name: &str,
        holder: &str,
        ttl: Duration,
        take_over: &(dyn for<'h> Fn(&'h str) -> bool + Send + Sync),
    ) -> Result<Lease, StoreError> {
        let mut dead = None;
        loop {
            let (now, until) = self.ends(ttl)?;
            let op = Op::Take { name: name.to_owned(), holder: holder.to_owned(), now, until, dead };
            match self.writer.submit(op).await? {
                Outcome::Lease(lease) => return Ok(lease),
                // Judged outside the transaction; it counts only for this holder with this fencing number.
                Outcome::Held { holder, fence } if take_over(&holder) => dead = Some((holder, fence)),
                Outcome::Held { holder, .. } => return Err(StoreError::LeaseHeld { name: name.to_owned(), holder }),
                _ => return Err(crossed()),
            }
        }
    }

    async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<Lease, StoreError> {
        let (_, until) = self.ends(ttl)?;
        match self.writer.submit(Op::Renew { lease: lease.clone(), until }).await? {
            Outcome::Lease(lease) => Ok(lease),
            _ => Err(crossed()),
        }
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.writer.submit(Op::Release { lease: lease.clone() }).await.map(|_| ())
    }

    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        let query = "SELECT name, holder, fence, until_ms FROM leases WHERE holder IS NOT NULL ORDER BY name";
        let rows = sqlx::query_as::<_, (String, String, i64, i64)>(query).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| store_error(&e))?.into_iter();
        let lease =
            |(name, holder, fence, until)| Lease { name, holder, fence: unsigned(fence), until: from_millis(until) };
        Ok(rows.map(lease).collect())
    }
}

impl Store for SqliteStore {
    fn workspace_key(&self) -> &[u8] {
        &self.workspace_key
    }

    fn location(&self) -> String {
        format!("sqlite:{}", self.dir.display())
    }
}
