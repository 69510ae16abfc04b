//! Which runs this process drives, one driver each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use xcf_core::ids::RunId;

/// A driver that can't read the log keeps nobody waiting longer than this; it goes on trying.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Runs that this process drives.
#[derive(Clone, Default)]
pub(crate) struct Drivers(Arc<Mutex<BTreeMap<RunId, watch::Receiver<u64>>>>);

impl Drivers {
    /// A seat to drive `run` from; none if somebody sits there who has heard the log up to `asked`. Waits while that is
    /// open: who leaves without having heard makes room.
    pub(crate) async fn sit(&self, run: RunId, asked: u64) -> Option<Seat> {
        loop {
            let mut there = {
                let mut map = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                match map.get(&run) {
                    Some(there) => there.clone(),
                    None => {
                        let heard = Arc::new(watch::Sender::new(0));
                        map.insert(run, heard.subscribe());
                        return Some(Seat { drivers: self.clone(), run, heard: Some(heard) });
                    }
                }
            };
            match tokio::time::timeout(LONGEST_WAIT, there.wait_for(|heard| *heard >= asked)).await {
                Ok(Err(_left)) => {}
                Ok(Ok(_)) | Err(_) => return None,
            }
        }
    }
    /// True if this process drives nothing.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_empty()
    }
}

/// The right to drive one run in this process, until it is dropped.
pub(crate) struct Seat {
    drivers: Drivers,
    run: RunId,
    heard: Option<Arc<watch::Sender<u64>>>,
}

impl Seat {
    /// Where the driver tells how far it has heard.
    pub(crate) fn heard(&self) -> Arc<watch::Sender<u64>> {
        self.heard.clone().unwrap_or_default()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.drivers.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&self.run);
        // Only now: who waits for this to end must find the seat free.
        self.heard = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    const RUN: RunId = RunId(7);

    #[tokio::test]
    async fn d7_who_asks_waits_until_the_driver_has_heard() {
        let drivers = Drivers::default();
        let seat = drivers.sit(RUN, 3).await.unwrap();
        assert!(!drivers.is_idle());
        let mut second = Box::pin(drivers.sit(RUN, 5));
        assert!((&mut second).now_or_never().is_none());
        seat.heard().send_replace(4);
        assert!((&mut second).now_or_never().is_none(), "what was asked at 5 is not heard yet");
        seat.heard().send_replace(5);
        assert!(second.await.is_none(), "it is driven already");
        assert!(drivers.sit(RunId(8), 5).await.is_some(), "another run has a seat of its own");
    }

    #[tokio::test]
    async fn d7_a_request_while_a_driver_leaves_is_not_lost() {
        let drivers = Drivers::default();
        let leaving = drivers.sit(RUN, 3).await.unwrap();
        let mut second = Box::pin(drivers.sit(RUN, 5));
        assert!((&mut second).now_or_never().is_none());
        drop(leaving);
        let seat = second.await.expect("the seat is free");
        drop(seat);
        assert!(drivers.is_idle());
    }
}
