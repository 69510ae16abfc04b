//! The driver lease (`D8`): one process drives a run; who can't renew starts nothing (`D7` self-fencing).

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use xcf_core::ids::RunId;
use xcf_core::ports::store::{Lease, Leases, StoreError};

/// How long a lease holds without a renewal.
pub const LEASE_TTL: Duration = Duration::from_secs(30);

/// Name of the lease of a run: `run:R-n`.
#[must_use]
pub fn lease_name(run: RunId) -> String {
    format!("run:{run}")
}

/// What the renewal task knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// Renewed at this instant (taken before the Store was asked, so never too late).
    Since(Instant),
    /// Somebody else has it.
    Lost,
}

/// A held lease that renews itself until it is dropped.
pub(super) struct Keeper {
    lease: Lease,
    ttl: Duration,
    hold: watch::Receiver<Hold>,
    task: JoinHandle<()>,
}

impl Keeper {
    pub(super) fn start<S>(store: Arc<S>, lease: Lease, ttl: Duration, taken: Instant) -> Self
    where
        S: Leases + ?Sized + 'static,
    {
        let (tell, hold) = watch::channel(Hold::Since(taken));
        let held = lease.clone();
        let task = tokio::spawn(async move { renew(&*store, held, ttl, &tell).await });
        Self { lease, ttl, hold, task }
    }
    pub(super) fn lease(&self) -> &Lease {
        &self.lease
    }
    /// True while new things may be started: at most a third of the TTL since the last renewal.
    pub(super) fn is_fresh(&self) -> bool {
        match *self.hold.borrow() {
            Hold::Since(at) => at.elapsed() <= self.ttl / 3,
            Hold::Lost => false,
        }
    }
    /// Resolves when the hold was renewed or lost.
    pub(super) async fn changed(&mut self) -> Hold {
        if self.hold.changed().await.is_err() {
            return Hold::Lost;
        }
        *self.hold.borrow_and_update()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn renew<S: Leases + ?Sized>(store: &S, mut lease: Lease, ttl: Duration, tell: &watch::Sender<Hold>) {
    loop {
        tokio::time::sleep(ttl / 6).await;
        let asked = Instant::now();
        match store.renew(&lease, ttl).await {
            Ok(renewed) => {
                lease = renewed;
                tell.send_replace(Hold::Since(asked));
            }
            Err(StoreError::LeaseHeld { holder, .. }) => {
                tracing::warn!(lease = %lease.name, %holder, "the driver lease is somebody else's now");
                tell.send_replace(Hold::Lost);
                return;
            }
            // The Store may come back; until then the hold grows stale and nothing is started.
            Err(error) => tracing::warn!(lease = %lease.name, %error, "the driver lease could not be renewed"),
        }
    }
}
