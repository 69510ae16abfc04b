//! The one writer of a process: takes what is queued, commits it together (`D9` group commit), answers each request.

use super::error::store_error;
use super::ops::{Op, Outcome, Trouble};
use super::tail::Tail;
use sqlx::{Connection, SqliteConnection};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use xcf_core::ports::store::StoreError;

/// Requests that may wait; more callers wait in line for a place.
const QUEUE: usize = 256;
/// Most requests in one transaction, so that other processes get their turn.
const GROUP: usize = 64;

type Answer = Result<Outcome, StoreError>;

struct Request {
    op: Op,
    answer: oneshot::Sender<Answer>,
}

/// Handle to the writer. The task ends when the last handle is dropped, after what was queued.
pub(crate) struct Writer {
    queue: mpsc::Sender<Request>,
}

impl Writer {
    pub(crate) fn start(db: SqliteConnection, tail: Arc<Tail>) -> Self {
        let (queue, requests) = mpsc::channel(QUEUE);
        tokio::spawn(work(db, requests, tail));
        Self { queue }
    }

    /// Does `op` in a transaction. If the caller goes away meanwhile, the request may still be done, wholly.
    pub(crate) async fn submit(&self, op: Op) -> Answer {
        let closed = || StoreError::Io("the Store is closed".to_owned());
        let (answer, answered) = oneshot::channel();
        self.queue.send(Request { op, answer }).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

async fn work(mut db: SqliteConnection, mut requests: mpsc::Receiver<Request>, tail: Arc<Tail>) {
    let mut group = Vec::with_capacity(GROUP);
    while requests.recv_many(&mut group, GROUP).await > 0 {
        let ops: Vec<&Op> = group.iter().map(|r| &r.op).collect();
        let mut answers = commit(&mut db, &ops).await;
        if ops.len() > 1 && answers.as_ref().is_err_and(|e| e.before_commit) {
            // One request may have spoilt it for the others: each on its own.
            answers = Ok(one_by_one(&mut db, &ops).await);
        }
        let answers = answers.unwrap_or_else(|failed| ops.iter().map(|_| Err(copy(&failed.error))).collect());
        let head = answers.iter().filter_map(|a| if let Ok(Outcome::Position(p)) = a { Some(*p) } else { None }).max();
        for (request, answer) in group.drain(..).zip(answers) {
            // The caller may be gone; what was written stays written.
            let _gone = request.answer.send(answer);
        }
        if let Some(head) = head {
            tail.publish(head);
        }
    }
    if let Err(error) = db.close().await {
        tracing::debug!(%error, "closing the writer's connection");
    }
}

struct GroupFailed {
    error: StoreError,
    /// False if the commit itself failed: doing it again could do it twice.
    before_commit: bool,
}

async fn commit(db: &mut SqliteConnection, ops: &[&Op]) -> Result<Vec<Answer>, GroupFailed> {
    let before = |error| GroupFailed { error, before_commit: true };
    let mut tx = db.begin_with("BEGIN IMMEDIATE").await.map_err(|e| before(store_error(&e)))?;
    let mut answers = Vec::with_capacity(ops.len());
    for op in ops {
        match op.run(&mut tx).await {
            Ok(outcome) => answers.push(Ok(outcome)),
            Err(Trouble::Refused(error)) => answers.push(Err(error)),
            Err(Trouble::Failed(error)) => {
                if let Err(error) = tx.rollback().await {
                    tracing::debug!(%error, "rollback after a failure");
                }
                return Err(before(error));
            }
        }
    }
    tx.commit().await.map_err(|e| GroupFailed { error: store_error(&e), before_commit: false })?;
    Ok(answers)
}

async fn one_by_one(db: &mut SqliteConnection, ops: &[&Op]) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(ops.len());
    for op in ops {
        let one = commit(db, &[op]).await.map_err(|failed| failed.error);
        answers.push(one.and_then(|mut a| a.pop().unwrap_or_else(|| Err(StoreError::Io("no answer".to_owned())))));
    }
    answers
}

/// `StoreError` is not `Clone`; a failed group needs one for each request.
fn copy(error: &StoreError) -> StoreError {
    match error {
        StoreError::Damaged(why) => StoreError::Damaged(why.clone()),
        StoreError::Io(why) => StoreError::Io(why.clone()),
        other => StoreError::Io(other.to_string()),
    }
}
