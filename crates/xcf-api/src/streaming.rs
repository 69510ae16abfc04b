//! Events for readers, batch by batch (`D11`).

use crate::dto::EventDto;
use crate::open::Workspace;
use crate::views::event::event;
use std::time::Duration;

/// Events of one batch at most.
const MOST_EVENTS: usize = 500;
/// A reader hears at least this often, if only that nothing happened.
const LONGEST_SILENCE: Duration = Duration::from_secs(20);
/// After a failure of the store the next look waits this long.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

impl Workspace {
    /// Waits for events after `position`, gathers what follows within `batch`, and gives them; empty after a long
    /// silence or when the store can't be read at the moment.
    pub(crate) async fn events_beyond(&self, position: u64, batch: Duration) -> Vec<EventDto> {
        let waited = self.store.wait_beyond(position, LONGEST_SILENCE).await;
        match waited {
            Ok(head) if head > position => {}
            Ok(_) => return Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "the event stream can't read the store");
                tokio::time::sleep(AFTER_FAILURE).await;
                return Vec::new();
            }
        }
        tokio::time::sleep(batch).await;
        match self.store.read(position, MOST_EVENTS).await {
            Ok(events) => events.iter().map(event).collect(),
            Err(error) => {
                tracing::warn!(%error, "the event stream can't read the store");
                Vec::new()
            }
        }
    }
}
