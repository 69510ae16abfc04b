//! The event stream over a Channel: the router's own server-sent events, frame by frame (`D11`).

use crate::bridge::Bridge;
use axum::body::Body;
use axum::http::Request;
use futures::StreamExt;
use serde::Serialize;
use serde_json::Value;
use tauri::State;
use tauri::ipc::Channel;
use tower::ServiceExt;

/// What goes over the Channel.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Message {
    /// Events in order.
    Batch {
        /// Each with its number.
        events: Vec<Numbered>,
    },
    /// Events were left out: fetch again.
    Gap,
    /// The stream ended.
    Closed,
}

/// One event with its number.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Numbered {
    seq: u64,
    kind: String,
    data: Value,
}

/// Follows `path` (an SSE route) from `since` until aborted.
#[tauri::command(rename_all = "camelCase")]
pub(crate) async fn stream(
    bridge: State<'_, Bridge>,
    path: String,
    since: u64,
    request_id: u64,
    on_event: Channel<Message>,
) -> Result<(), String> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let request =
        Request::builder().uri(format!("{path}{joint}since={since}")).body(Body::empty()).map_err(|e| e.to_string())?;
    let response = bridge.router().oneshot(request).await.unwrap_or_else(|never| match never {});
    if !response.status().is_success() {
        return Err(format!("the stream answered {}", response.status().as_u16()));
    }
    let task = tokio::spawn(async move {
        let mut body = response.into_body().into_data_stream();
        let mut rest = Vec::new();
        while let Some(Ok(chunk)) = body.next().await {
            rest.extend_from_slice(&chunk);
            while let Some(end) = rest.windows(2).position(|w| w == b"\n\n") {
                let frame: Vec<u8> = rest.drain(..end + 2).collect();
                // A send fails only when the page is gone; the task is then of no use to anybody.
                if message(&String::from_utf8_lossy(&frame)).is_some_and(|m| on_event.send(m).is_err()) {
                    return;
                }
            }
        }
        // The page may be gone already.
        let _ = on_event.send(Message::Closed);
    });
    bridge.running().begin(request_id, task.abort_handle());
    Ok(())
}

fn message(frame: &str) -> Option<Message> {
    let field = |name: &str| {
        frame.lines().filter_map(move |l| l.strip_prefix(name)).map(str::trim_start).collect::<Vec<_>>().join("\n")
    };
    match field("event:").as_str() {
        "gap" => Some(Message::Gap),
        "batch" => {
            let events: Vec<Value> = serde_json::from_str(&field("data:")).ok()?;
            let numbered = events.into_iter().map(|data| Numbered {
                seq: data.get("position").and_then(Value::as_u64).unwrap_or_default(),
                kind: data.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned(),
                data,
            });
            Some(Message::Batch { events: numbered.collect() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d11_frames_become_numbered_messages() {
        let batch = "event: batch\nid: 7\ndata: [{\"position\":6,\"kind\":\"run.started\"},{\"position\":7,\"kind\":\"unit.applied\"}]\n\n";
        let Some(Message::Batch { events }) = message(batch) else { panic!("no batch") };
        assert_eq!(events.iter().map(|e| e.seq).collect::<Vec<_>>(), [6, 7]);
        assert_eq!(events[1].kind, "unit.applied");
        assert!(matches!(message("event: gap\ndata: {\"position\":9}\n\n"), Some(Message::Gap)));
        assert!(message(": keep-alive\n\n").is_none());
        assert!(message("event: batch\ndata: garbage\n\n").is_none());
    }
}
