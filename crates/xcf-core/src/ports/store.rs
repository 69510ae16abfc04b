//! The Store port (`D9`): one event log per workspace, blobs, and leases.

use crate::event::{Event, NewEvent, StreamId};
use crate::ids::BlobId;
use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;

/// What can go wrong with a Store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody appended in between: rebuild the world and decide again.
    #[error("the log is at position {actual}, not {expected}")]
    Conflict {
        /// Position the caller expected.
        expected: u64,
        /// Position found.
        actual: u64,
    },
    /// The lease is not (or no longer) the caller's.
    #[error("lease {name} is held by {holder}")]
    LeaseHeld {
        /// Lease name.
        name: String,
        /// Who holds it.
        holder: String,
    },
    /// A blob that a record names is not there.
    #[error("blob {0} is not in the store")]
    BlobMissing(String),
    /// A blob or row is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Written by a newer version.
    #[error("the store was written by a newer version (format {found}, this one reads {known})")]
    TooNew {
        /// Format found.
        found: u32,
        /// Newest known.
        known: u32,
    },
    /// Disk full, permission, network …
    #[error("the store failed: {0}")]
    Io(String),
}

/// The append-only log. Positions count from 1 without gaps.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Appends all events at once, in order; returns the position of the last one. With `expected`, only if the log's
    /// head is exactly there (compare-and-set); the hash chain is extended in the same transaction.
    async fn append(&self, events: Vec<NewEvent>, expected: Option<u64>) -> Result<u64, StoreError>;
    /// As `append`, but refused with `LeaseHeld` unless `fence` is the newest fencing number of lease `name`.
    async fn append_fenced(&self, events: Vec<NewEvent>, name: &str, fence: u64) -> Result<u64, StoreError>;
    /// Up to `limit` events after `position`.
    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError>;
    /// Up to `limit` events of one stream after `position`.
    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Event>, StoreError>;
    /// Position of the last event (0: empty).
    async fn head(&self) -> Result<u64, StoreError>;
    /// Waits until the head is beyond `position` or `at_most` has passed; sees appends of other processes too.
    async fn wait_beyond(&self, position: u64, at_most: Duration) -> Result<u64, StoreError>;
    /// Takes the next number of a workspace counter (`CS`, `R`), from 1.
    async fn next_number(&self, counter: &str) -> Result<u64, StoreError>;
    /// Walks the hash chain; `Ok(head)` or the first position that breaks.
    async fn verify_chain(&self) -> Result<u64, StoreError>;
}

/// Content-addressed blobs: plans, outputs, logs, snapshots.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Stores bytes; encrypted at rest, file mode 0600. Returns the address of the plain bytes.
    async fn put(&self, bytes: &[u8]) -> Result<BlobId, StoreError>;
    /// Reads back; checks the address.
    async fn get(&self, id: &BlobId) -> Result<Vec<u8>, StoreError>;
    /// True if it is there.
    async fn has(&self, id: &BlobId) -> Result<bool, StoreError>;
}

/// A held lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Name, for example `run:R-3`.
    pub name: String,
    /// Holder: host, process id, process start.
    pub holder: String,
    /// Fencing number: grows with each new holder.
    pub fence: u64,
    /// When it ends unless renewed.
    pub until: Timestamp,
}

/// Leases of processes (`D8`: the driver lease).
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes the lease, if free, expired, or `take_over(current holder)` says the holder is dead.
    async fn acquire(
        &self,
        name: &str,
        holder: &str,
        ttl: Duration,
        take_over: &(dyn for<'h> Fn(&'h str) -> bool + Send + Sync),
    ) -> Result<Lease, StoreError>;
    /// Renews; `LeaseHeld` if somebody else has it now.
    async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<Lease, StoreError>;
    /// Gives it back; the fencing number is kept.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;
    /// Every lease that has a holder.
    async fn list(&self) -> Result<Vec<Lease>, StoreError>;
}

/// A whole Store.
pub trait Store: EventLog + Blobs + Leases {
    /// Key for HMACs over sensitive values, kept in the Store, 32 bytes.
    fn workspace_key(&self) -> &[u8];
    /// Where it is, for people: `sqlite:PATH`.
    fn location(&self) -> String;
}
