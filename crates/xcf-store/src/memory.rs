//! A Store in memory for the tests of other crates: the same rules, judged by the same conformance suite.

use crate::blobs::address;
use crate::chain::{self, GENESIS, Walk};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use xcf_core::event::{Event, NewEvent, StreamId};
use xcf_core::ids::BlobId;
use xcf_core::ports::clock::Clock;
use xcf_core::ports::store::{Blobs, EventLog, Lease, Leases, Store, StoreError};

/// A clock that stands until it is moved.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// Stands at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }
    /// Moves it on; a step beyond the calendar is ignored.
    pub fn advance(&self, by: Duration) {
        let mut now = locked(&self.0);
        *now = now.checked_add(by).unwrap_or(*now);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::at(Timestamp::UNIX_EPOCH)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *locked(&self.0)
    }
}

/// Tests that panic while holding a lock must not hide their own message behind a poisoned one.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Default)]
struct Inner {
    log: Vec<Event>,
    counters: BTreeMap<String, u64>,
    leases: BTreeMap<String, (Option<String>, u64, Timestamp)>,
    blobs: HashMap<BlobId, Vec<u8>>,
}

struct Shared {
    inner: Mutex<Inner>,
    head: watch::Sender<u64>,
    clock: Arc<dyn Clock>,
}

/// Clones share one Store, as processes share a folder.
#[derive(Clone)]
pub struct MemoryStore(Arc<Shared>);

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_clock(Arc::new(crate::clock::WallClock))
    }
}

impl MemoryStore {
    /// An empty Store whose lease ends are reckoned by `clock`.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared { inner: Mutex::default(), head: watch::Sender::new(0), clock }))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        locked(&self.0.inner)
    }

    fn append_if(
        &self,
        events: Vec<NewEvent>,
        allowed: impl FnOnce(&Inner) -> Result<(), StoreError>,
    ) -> Result<u64, StoreError> {
        let mut inner = self.inner();
        allowed(&inner)?;
        let mut previous = inner.log.last().map_or(GENESIS.to_owned(), |e| e.hash.clone());
        let mut linked = Vec::with_capacity(events.len());
        for (position, event) in (inner.log.len() as u64 + 1..).zip(events) {
            let body = chain::body(&event)?;
            previous = chain::link(&previous, &body);
            linked.push(chain::event(position, previous.clone(), &body)?);
        }
        inner.log.extend(linked);
        let head = inner.log.len() as u64;
        self.0.head.send_replace(head);
        Ok(head)
    }

    fn held(inner: &Inner, lease: &Lease) -> Result<(), StoreError> {
        let current = inner.leases.get(&lease.name);
        match current {
            Some((Some(holder), fence, _)) if *holder == lease.holder && *fence == lease.fence => Ok(()),
            _ => Err(lease_held(&lease.name, current.and_then(|c| c.0.clone()))),
        }
    }

    fn until(&self, ttl: Duration) -> Result<(Timestamp, Timestamp), StoreError> {
        let now = self.0.clock.now();
        let until = now.checked_add(ttl).map_err(|e| StoreError::Io(e.to_string()))?;
        Ok((now, until))
    }
}

fn lease_held(name: &str, holder: Option<String>) -> StoreError {
    StoreError::LeaseHeld { name: name.to_owned(), holder: holder.unwrap_or_else(|| "nobody".to_owned()) }
}

#[async_trait]
impl EventLog for MemoryStore {
    async fn append(&self, events: Vec<NewEvent>, expected: Option<u64>) -> Result<u64, StoreError> {
        self.append_if(events, |inner| match (expected, inner.log.len() as u64) {
            (Some(expected), actual) if expected != actual => Err(StoreError::Conflict { expected, actual }),
            _ => Ok(()),
        })
    }

    async fn append_fenced(&self, events: Vec<NewEvent>, name: &str, fence: u64) -> Result<u64, StoreError> {
        self.append_if(events, |inner| match inner.leases.get(name) {
            Some((_, newest, _)) if *newest == fence => Ok(()),
            other => Err(lease_held(name, other.and_then(|l| l.0.clone()))),
        })
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        Ok(self.inner().log.iter().filter(|e| e.position > after).take(limit).cloned().collect())
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let inner = self.inner();
        let of_stream = inner.log.iter().filter(|e| e.position > after && &e.event.stream == stream);
        Ok(of_stream.take(limit).cloned().collect())
    }

    async fn head(&self) -> Result<u64, StoreError> {
        Ok(self.inner().log.len() as u64)
    }

    async fn wait_beyond(&self, position: u64, at_most: Duration) -> Result<u64, StoreError> {
        let mut head = self.0.head.subscribe();
        // Both ends are fine: the head is looked up afterwards.
        drop(tokio::time::timeout(at_most, head.wait_for(|h| *h > position)).await);
        self.head().await
    }

    async fn next_number(&self, counter: &str) -> Result<u64, StoreError> {
        let mut inner = self.inner();
        let number = inner.counters.entry(counter.to_owned()).or_default();
        *number += 1;
        Ok(*number)
    }

    async fn verify_chain(&self) -> Result<u64, StoreError> {
        let inner = self.inner();
        let mut walk = Walk::default();
        for event in &inner.log {
            walk.next(event.position, &event.hash, &chain::body(&event.event)?)?;
        }
        Ok(walk.position())
    }
}

#[async_trait]
impl Blobs for MemoryStore {
    async fn put(&self, bytes: &[u8]) -> Result<BlobId, StoreError> {
        let id = address(bytes);
        self.inner().blobs.insert(id.clone(), bytes.to_vec());
        Ok(id)
    }

    async fn get(&self, id: &BlobId) -> Result<Vec<u8>, StoreError> {
        self.inner().blobs.get(id).cloned().ok_or_else(|| StoreError::BlobMissing(id.to_string()))
    }

    async fn has(&self, id: &BlobId) -> Result<bool, StoreError> {
        Ok(self.inner().blobs.contains_key(id))
    }
}

#[async_trait]
impl Leases for MemoryStore {
    async fn acquire(
        &self,
        name: &str,
        holder: &str,
        ttl: Duration,
        take_over: &(dyn for<'h> Fn(&'h str) -> bool + Send + Sync),
    ) -> Result<Lease, StoreError> {
        let (now, until) = self.until(ttl)?;
        let mut inner = self.inner();
        let (current, fence, ends) = inner.leases.get(name).cloned().unwrap_or((None, 0, Timestamp::MIN));
        if let Some(current) = current
            && ends > now
            && !take_over(&current)
        {
            return Err(lease_held(name, Some(current)));
        }
        inner.leases.insert(name.to_owned(), (Some(holder.to_owned()), fence + 1, until));
        Ok(Lease { name: name.to_owned(), holder: holder.to_owned(), fence: fence + 1, until })
    }

    async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<Lease, StoreError> {
        let (_, until) = self.until(ttl)?;
        let mut inner = self.inner();
        Self::held(&inner, lease)?;
        inner.leases.insert(lease.name.clone(), (Some(lease.holder.clone()), lease.fence, until));
        Ok(Lease { until, ..lease.clone() })
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let mut inner = self.inner();
        Self::held(&inner, lease)?;
        inner.leases.insert(lease.name.clone(), (None, lease.fence, Timestamp::MIN));
        Ok(())
    }

    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        let inner = self.inner();
        let held = inner.leases.iter().filter_map(|(name, (holder, fence, until))| {
            let holder = holder.clone()?;
            Some(Lease { name: name.clone(), holder, fence: *fence, until: *until })
        });
        Ok(held.collect())
    }
}

impl Store for MemoryStore {
    fn workspace_key(&self) -> &[u8] {
        b"memory-store-workspace-key-32-by"
    }

    fn location(&self) -> String {
        "memory".to_owned()
    }
}
