//! The machine's clock behind the port.

use jiff::Timestamp;
use xcf_core::ports::clock::Clock;

/// Wall clock.
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
