//! Requests the page may still abort.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use tokio::task::AbortHandle;

/// Aborts that arrived before their request; more than this many at once means a page that does not listen any more.
const MOST_EARLY: usize = 256;

#[derive(Debug, Default)]
struct Table {
    running: HashMap<u64, AbortHandle>,
    early: VecDeque<u64>,
}

/// The running requests of one page by the numbers it gave them.
#[derive(Debug, Default)]
pub(crate) struct Running {
    table: Mutex<Table>,
}

impl Running {
    /// Remembers a request; one that the page gave up meanwhile ends at once.
    pub(crate) fn begin(&self, request: u64, handle: AbortHandle) {
        let Ok(mut table) = self.table.lock() else { return };
        if let Some(at) = table.early.iter().position(|r| *r == request) {
            table.early.remove(at);
            handle.abort();
            return;
        }
        table.running.retain(|_, h| !h.is_finished());
        if let Some(former) = table.running.insert(request, handle) {
            former.abort();
        }
    }
    /// Forgets a request that answered.
    pub(crate) fn end(&self, request: u64) {
        if let Ok(mut table) = self.table.lock() {
            table.running.remove(&request);
        }
    }
    /// Ends a request. Commands run side by side, so the abort may overtake what it aborts: it is then kept.
    pub(crate) fn abort(&self, request: u64) {
        let Ok(mut table) = self.table.lock() else { return };
        match table.running.remove(&request) {
            Some(handle) => handle.abort(),
            None => {
                table.early.push_back(request);
                if table.early.len() > MOST_EARLY {
                    table.early.pop_front();
                }
            }
        }
    }
    /// Ends everything: the page that asked is gone, and the next one counts from one again.
    pub(crate) fn abort_all(&self) {
        let Ok(mut table) = self.table.lock() else { return };
        table.early.clear();
        for (_, handle) in table.running.drain() {
            handle.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn aborted(task: tokio::task::JoinHandle<()>) -> bool {
        task.await.is_err_and(|e| e.is_cancelled())
    }

    #[tokio::test]
    async fn d11_an_abort_ends_its_request_even_when_it_came_first() {
        let running = Running::default();
        let forever = || tokio::spawn(std::future::pending::<()>());
        let (first, second, third) = (forever(), forever(), forever());
        running.begin(1, first.abort_handle());
        running.abort(1);
        assert!(aborted(first).await);
        running.abort(2);
        running.begin(2, second.abort_handle());
        assert!(aborted(second).await);
        running.begin(2, third.abort_handle());
        assert!(!third.is_finished(), "an early abort counts once");
        running.abort_all();
        assert!(aborted(third).await);
    }

    #[tokio::test]
    async fn d11_a_new_page_inherits_no_aborts() {
        let running = Running::default();
        running.abort(1);
        running.abort_all();
        let task = tokio::spawn(std::future::pending::<()>());
        running.begin(1, task.abort_handle());
        running.end(1);
        running.abort_all();
        assert!(!task.is_finished());
        task.abort();
    }

    #[test]
    fn early_aborts_are_bounded() {
        let running = Running::default();
        for request in 0..10_000 {
            running.abort(request);
        }
        assert_eq!(running.table.lock().unwrap().early.len(), MOST_EARLY);
    }
}
