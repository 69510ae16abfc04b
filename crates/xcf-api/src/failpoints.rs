//! Only with the feature `failpoints`, which no shipped binary has: the process kills itself at a chosen append, so that
//! tests can show what a crash at any moment leaves (`D7`).
//!
//! `XCF_FAILPOINT=after:N`: right after this process's N-th append is durable. `before:N`: when the N-th is about to be
//! made, so that whatever it would have recorded has happened and nobody knows.

use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use xcf_core::event::{Event, NewEvent, StreamId};
use xcf_core::ids::BlobId;
use xcf_core::ports::store::{Blobs, EventLog, Lease, Leases, Store, StoreError};

/// The store, or the same store that ends this process where `XCF_FAILPOINT` says.
pub(crate) fn wrap(store: Arc<dyn Store>) -> Arc<dyn Store> {
    let asked = std::env::var("XCF_FAILPOINT").unwrap_or_default();
    let Some((when, at)) = asked.split_once(':') else { return store };
    match (when, at.parse()) {
        ("after", Ok(at)) => Arc::new(Dying { store, at, before: false, made: AtomicU64::new(0) }),
        ("before", Ok(at)) => Arc::new(Dying { store, at, before: true, made: AtomicU64::new(0) }),
        _ => store,
    }
}

struct Dying {
    store: Arc<dyn Store>,
    at: u64,
    before: bool,
    made: AtomicU64,
}

impl Dying {
    fn begin(&self) {
        if self.before && self.made.load(Ordering::SeqCst) + 1 >= self.at {
            die();
        }
    }
    /// A refused append changed nothing and does not count.
    fn end<T>(&self, appended: Result<T, StoreError>) -> Result<T, StoreError> {
        if appended.is_ok() && self.made.fetch_add(1, Ordering::SeqCst) + 1 >= self.at && !self.before {
            die();
        }
        appended
    }
}

/// SIGKILL to this very process: no destructor, no signal handler, no flush.
fn die() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

#[async_trait]
impl EventLog for Dying {
    async fn append(&self, events: Vec<NewEvent>, expected: Option<u64>) -> Result<u64, StoreError> {
        self.begin();
        self.end(self.store.append(events, expected).await)
    }
    async fn append_fenced(&self, events: Vec<NewEvent>, name: &str, fence: u64) -> Result<u64, StoreError> {
        self.begin();
        self.end(self.store.append_fenced(events, name, fence).await)
    }
    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.store.read(after, limit).await
    }
    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.store.read_stream(stream, after, limit).await
    }
    async fn head(&self) -> Result<u64, StoreError> {
        self.store.head().await
    }
    async fn wait_beyond(&self, position: u64, at_most: Duration) -> Result<u64, StoreError> {
        self.store.wait_beyond(position, at_most).await
    }
    async fn next_number(&self, counter: &str) -> Result<u64, StoreError> {
        self.store.next_number(counter).await
    }
    async fn verify_chain(&self) -> Result<u64, StoreError> {
        self.store.verify_chain().await
    }
}

#[async_trait]
impl Blobs for Dying {
    async fn put(&self, bytes: &[u8]) -> Result<BlobId, StoreError> {
        self.store.put(bytes).await
    }
    async fn get(&self, id: &BlobId) -> Result<Vec<u8>, StoreError> {
        self.store.get(id).await
    }
    async fn has(&self, id: &BlobId) -> Result<bool, StoreError> {
        self.store.has(id).await
    }
}

#[async_trait]
impl Leases for Dying {
    async fn acquire(
        &self,
        name: &str,
        holder: &str,
        ttl: Duration,
        take_over: &(dyn for<'h> Fn(&'h str) -> bool + Send + Sync),
    ) -> Result<Lease, StoreError> {
        self.store.acquire(name, holder, ttl, take_over).await
    }
    async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<Lease, StoreError> {
        self.store.renew(lease, ttl).await
    }
    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.store.release(lease).await
    }
    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        self.store.list().await
    }
}

impl Store for Dying {
    fn workspace_key(&self) -> &[u8] {
        self.store.workspace_key()
    }
    fn location(&self) -> String {
        self.store.location()
    }
}
