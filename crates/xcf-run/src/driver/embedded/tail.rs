//! News from the log: controls for this run, and what may free a waiting unit.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use xcf_core::event::{Event, EventKind, StreamId};
use xcf_core::ids::{ChangeSetId, RunId};
use xcf_core::ports::store::EventLog;

use super::control::control_of;
use crate::machine::Control;

/// How long one wait for the log may take.
const WAIT: Duration = Duration::from_secs(5);
/// How many events one read asks for.
const PAGE: usize = 500;

/// Something the driver should know.
#[derive(Debug)]
pub(super) enum News {
    /// A control, or why it can't be read.
    Control(u64, Result<Control, String>),
    /// Approvals, locks or holds changed.
    Changed(u64),
    /// Everything up to this position is told, and nothing was after it when it was looked.
    CaughtUp(u64),
}

/// Follows the log from `position` until the receiver is gone.
pub(super) async fn follow<L: EventLog + ?Sized>(
    log: Arc<L>,
    run: RunId,
    change_set: ChangeSetId,
    mut position: u64,
    tell: mpsc::Sender<News>,
) {
    let streams = Streams { run, own: StreamId::run(run), set: StreamId::change_set(change_set) };
    let mut caught_up = None;
    while !tell.is_closed() {
        let page = match log.read(position, PAGE).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%run, %error, "the log could not be read; trying again");
                tokio::time::sleep(WAIT).await;
                continue;
            }
        };
        for event in &page {
            position = event.position;
            if let Some(news) = streams.news_of(event)
                && tell.send(news).await.is_err()
            {
                return;
            }
        }
        if !page.is_empty() {
            continue;
        }
        if caught_up != Some(position) && tell.send(News::CaughtUp(position)).await.is_err() {
            return;
        }
        caught_up = Some(position);
        if let Err(error) = log.wait_beyond(position, WAIT).await {
            tracing::warn!(%run, %error, "the log could not be watched; trying again");
            tokio::time::sleep(WAIT).await;
        }
    }
}

struct Streams {
    run: RunId,
    own: StreamId,
    set: StreamId,
}

impl Streams {
    fn news_of(&self, event: &Event) -> Option<News> {
        let stream = &event.event.stream;
        if (*stream == self.own || *stream == self.set)
            && event.event.run.is_none_or(|run| run == self.run)
            && let Some(control) = control_of(event)
        {
            return Some(News::Control(event.position, control));
        }
        let of_others = event.event.run != Some(self.run);
        let frees = match event.event.kind {
            EventKind::ApprovalGiven
            | EventKind::ApprovalRevoked
            | EventKind::ApprovalExpired
            | EventKind::RemovalConsented
            | EventKind::ChangeSetApproved
            | EventKind::ChangeSetDenied
            | EventKind::ChangeSetRejected
            | EventKind::ChangeSetSuperseded
            | EventKind::ChangeSetExpired => *stream == self.set,
            EventKind::LockReleased
            | EventKind::RunFinished
            | EventKind::UnitDone
            | EventKind::HoldCleared
            | EventKind::ExecRan
            | EventKind::MoneyReleased => of_others,
            EventKind::LockForced => true,
            _ => false,
        };
        frees.then_some(News::Changed(event.position))
    }
}
