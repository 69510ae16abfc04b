//! The numbered, resumable event stream (`D11`).

use super::Shared;
use crate::dto::EventDto;
use crate::error::Answer;
use crate::seeing::GATHER;
use axum::extract::{Query, State};
use axum::response::sse::{Event as Frame, KeepAlive, Sse};
use futures::Stream;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use utoipa::IntoParams;

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Since {
    /// Last position the reader has; it gets what follows. None: from now on.
    since: Option<u64>,
    /// True: also tell when files of the working tree changed, as an event `tree.changed` that is none of the log.
    #[serde(default)]
    tree: bool,
}

/// A reader that is further behind than this gets a gap marker and refetches, instead of a flood.
const MOST_BACKLOG: u64 = 5_000;
/// Events are batched for this long at most (`D11`).
const BATCH: Duration = Duration::from_millis(50);

/// Events as they are appended: `batch` frames of `EventDto[]`, or `gap` when the reader is too far behind.
#[utoipa::path(get, path = "/api/events", tag = "events", params(Since), responses((status = 200, body = [EventDto], content_type = "text/event-stream")))]
pub(super) async fn events(
    State(app): State<Shared>,
    Query(query): Query<Since>,
) -> Answer<Sse<impl Stream<Item = Result<Frame, Infallible>>>> {
    let workspace = app.workspace().await?;
    let head = workspace.head_position().await?;
    let begin = query.since.unwrap_or(head);
    let gap = begin > head || head - begin > MOST_BACKLOG;
    let start = if gap { head } else { begin };
    let eyes = if query.tree { workspace.eyes().await } else { None };
    let begin = (workspace, start, gap, eyes);
    let stream = futures::stream::unfold(begin, |(workspace, position, gap, mut eyes)| async move {
        if gap {
            return Some((
                Ok(frame("gap", position, &serde_json::json!({ "position": position }))),
                (workspace, position, false, eyes),
            ));
        }
        let batch = tokio::select! {
            batch = workspace.events_beyond(position, BATCH) => batch,
            () = changed(&mut eyes) => vec![workspace.tree_changed(position)],
        };
        let last = batch.last().map_or(position, |e| e.position);
        let frame = frame("batch", last, &serde_json::to_value(&batch).unwrap_or_default());
        Some((Ok(frame), (workspace, last, false, eyes)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// Waits for changed files, and gathers what comes with them; for ever where nobody watches.
async fn changed(eyes: &mut Option<tokio::sync::watch::Receiver<u64>>) {
    if let Some(number) = eyes
        && number.changed().await.is_ok()
    {
        tokio::time::sleep(GATHER).await;
        number.mark_unchanged();
        return;
    }
    futures::future::pending().await
}

fn frame(kind: &str, position: u64, data: &serde_json::Value) -> Frame {
    Frame::default().event(kind).id(position.to_string()).data(data.to_string())
}
