//! Waking readers: at once for appends of this process, within [`POLL`] for those of others.

use super::error::store_error;
use super::ops::unsigned;
use sqlx::SqliteConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use xcf_core::ports::store::StoreError;

/// How often the file is asked whether another process wrote (`PRAGMA data_version`: no disk access if not).
const POLL: Duration = Duration::from_millis(50);

/// The newest head anybody in this process knows.
pub(crate) struct Tail {
    head: watch::Sender<u64>,
    wake: Notify,
}

impl Tail {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { head: watch::Sender::new(0), wake: Notify::new() })
    }

    /// Tells waiters; an older head than known is ignored.
    pub(crate) fn publish(&self, head: u64) {
        self.head.send_if_modified(|known| {
            let newer = head > *known;
            *known = (*known).max(head);
            newer
        });
    }

    /// Waits until a head beyond `position` is known or `at_most` has passed.
    pub(crate) async fn beyond(&self, position: u64, at_most: Duration) {
        let mut head = self.head.subscribe();
        self.wake.notify_one();
        // Both ends of it are fine: the caller asks the file for the head afterwards.
        drop(tokio::time::timeout(at_most, head.wait_for(|h| *h > position)).await);
    }
}

/// Watches for other processes' appends while somebody waits; stops on drop.
pub(crate) struct Poller(AbortHandle);

impl Poller {
    pub(crate) fn start(db: SqliteConnection, tail: Arc<Tail>) -> Self {
        Self(tokio::spawn(poll(db, tail)).abort_handle())
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn poll(mut db: SqliteConnection, tail: Arc<Tail>) {
    let mut seen = None;
    loop {
        if tail.head.receiver_count() == 0 {
            tail.wake.notified().await;
        }
        match look(&mut db, seen).await {
            Ok((version, head)) => {
                seen = Some(version);
                if let Some(head) = head {
                    tail.publish(head);
                }
            }
            // The waiter's own look at the head reports it; here it only means: try again.
            Err(error) => tracing::debug!(%error, "asking for the log's head"),
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The data version, and the head if the version is not the one `seen`.
async fn look(db: &mut SqliteConnection, seen: Option<i64>) -> Result<(i64, Option<u64>), StoreError> {
    let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *db).await.map_err(|e| store_error(&e))?;
    if seen == Some(version) {
        return Ok((version, None));
    }
    let head: i64 = sqlx::query_scalar("SELECT position FROM head").fetch_one(db).await.map_err(|e| store_error(&e))?;
    Ok((version, Some(unsigned(head))))
}
