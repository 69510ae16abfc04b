//! `xcf lsp`: the Language Server Protocol 3.17 over a byte stream, for any editor. One folder, UTF-16 positions,
//! incremental texts, diagnostics pushed when typing pauses. It opens no store and runs nothing from the repository.

mod convert;
mod frame;
mod requests;
mod server;
mod texts;

use frame::{Frame, Frames};
use lsp_server::{Message, RequestId};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Messages that may wait; a client that sends more is held back by its own pipe.
const MOST_WAITING: usize = 256;
/// Cancelled requests that are remembered.
const MOST_CANCELLED: usize = 1024;
/// Typing has paused when nothing came for so long.
const PAUSE: Duration = Duration::from_millis(120);

/// What the reading thread hands on.
enum Incoming {
    Message(Message),
    /// Not a message: why, with the protocol's error code.
    Unreadable(i32, String),
}

/// Requests whose answer nobody waits for any more; filled ahead of the queue.
#[derive(Clone, Default)]
struct Cancelled(Arc<Mutex<BTreeSet<RequestId>>>);

impl Cancelled {
    fn add(&self, id: RequestId) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.len() < MOST_CANCELLED {
            ids.insert(id);
        }
    }
    fn take(&self, id: &RequestId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Serves one client until it says `exit` or goes away. `folder` is used if the client names none. True if the client
/// shut it down in order (exit code 0 by the protocol, else 1).
pub fn serve(input: impl Read + Send + 'static, output: impl Write, folder: PathBuf) -> bool {
    let (sender, receiver) = sync_channel(MOST_WAITING);
    let cancelled = Cancelled::default();
    let early = cancelled.clone();
    std::thread::spawn(move || read(Frames::new(input), &sender, &early));
    let mut server = server::Server::new(output, folder);
    loop {
        let next = match server.is_settled() {
            true => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => receiver.recv_timeout(PAUSE),
        };
        let written = match next {
            Ok(Incoming::Message(Message::Request(request))) if cancelled.take(&request.id) => {
                server.answer_cancelled(request.id)
            }
            Ok(Incoming::Message(message)) => server.take(message),
            Ok(Incoming::Unreadable(code, why)) => server.refuse_unread(code, &why),
            Err(RecvTimeoutError::Timeout) => {
                cancelled.clear();
                server.settle()
            }
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        if written.is_err() {
            // The client's end of the pipe is closed: nobody is left to tell.
            return false;
        }
        if let Some(in_order) = server.exited() {
            return in_order;
        }
    }
}

fn read(mut frames: Frames<impl Read>, sender: &SyncSender<Incoming>, cancelled: &Cancelled) {
    loop {
        let incoming = match frames.next() {
            Ok(Frame::Body(body)) => parsed(&body, cancelled),
            Ok(Frame::Refused(why)) => Some(Incoming::Unreadable(PARSE_ERROR, why)),
            Ok(Frame::End) | Err(_) => return,
        };
        if let Some(incoming) = incoming
            && sender.send(incoming).is_err()
        {
            return;
        }
    }
}

const PARSE_ERROR: i32 = lsp_server::ErrorCode::ParseError as i32;
const INVALID_REQUEST: i32 = lsp_server::ErrorCode::InvalidRequest as i32;

fn parsed(body: &[u8], cancelled: &Cancelled) -> Option<Incoming> {
    let value: serde_json::Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return Some(Incoming::Unreadable(PARSE_ERROR, format!("the message is not JSON: {error}"))),
    };
    match serde_json::from_value::<Message>(value) {
        Ok(Message::Notification(note)) if note.method == "$/cancelRequest" => {
            let id = note.params.get("id").cloned().and_then(|id| serde_json::from_value(id).ok());
            cancelled.add(id?);
            None
        }
        Ok(message) => Some(Incoming::Message(message)),
        Err(_) => {
            let why = "the JSON is neither a request nor a notification nor a response".to_owned();
            Some(Incoming::Unreadable(INVALID_REQUEST, why))
        }
    }
}
