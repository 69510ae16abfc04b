//! The machine's clock, for lease ends.

use jiff::Timestamp;
use xcf_core::ports::clock::Clock;

/// The system clock. Processes that share a local Store share it too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
