//! The conformance suite on every back end.

use crate::SqliteStore;
use crate::conformance::Harness;
use crate::memory::{ManualClock, MemoryStore};
use async_trait::async_trait;
use std::sync::Arc;
use tempfile::TempDir;
use xcf_core::ports::store::{Store, StoreError};

struct OnSqlite {
    dir: TempDir,
    clock: ManualClock,
}

#[async_trait]
impl Harness for OnSqlite {
    async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        let store = SqliteStore::open_with(self.dir.path(), Arc::new(self.clock.clone())).await?;
        Ok(Arc::new(store))
    }
    fn clock(&self) -> &ManualClock {
        &self.clock
    }
}

struct InMemory {
    store: MemoryStore,
    clock: ManualClock,
}

#[async_trait]
impl Harness for InMemory {
    async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(self.store.clone()))
    }
    fn clock(&self) -> &ManualClock {
        &self.clock
    }
}

mod d9_sqlite {
    use super::*;
    crate::store_conformance!(OnSqlite { dir: TempDir::new().unwrap(), clock: ManualClock::default() });
}

mod d9_memory {
    use super::*;
    crate::store_conformance!({
        let clock = ManualClock::default();
        InMemory { store: MemoryStore::with_clock(Arc::new(clock.clone())), clock }
    });
}
