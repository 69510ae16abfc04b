//! After a crash: what became of an apply whose driver, parent or both are gone (`D7`).

use super::APPLY;
use super::artifact::Header;
use super::messages::Said;
use super::session::{Command, Session};
use super::{planning, state};
use crate::error::off_runtime;
use crate::process::{End, read_if_there, write_private};
use std::path::PathBuf;
use xcf_core::plan::Action;
use xcf_core::ports::runner::{ChildIdentity, Inspection, LogStream, RunnerError, UnitContext};

/// What was found.
pub enum Found {
    /// The engine ended and left its status (or was adopted and ended now).
    Ended(Box<Command>),
    /// No status; judged by state and plan.
    Is(Inspection),
}

fn header_path(cx: &UnitContext) -> PathBuf {
    cx.work_dir.join("apply-header.json")
}

/// Keeps what the plan was made against beside the apply.
pub async fn keep_header(cx: &UnitContext, header: &Header) -> Result<(), RunnerError> {
    let (path, header) = (header_path(cx), header.clone());
    off_runtime("cannot write the plan's header", move || write_private(&path, &serde_json::to_vec(&header)?)).await
}

/// What the interrupted apply's plan was made against.
pub async fn header(cx: &UnitContext) -> Result<Option<Header>, RunnerError> {
    let path = header_path(cx);
    let bytes = off_runtime("cannot read the plan's header", move || read_if_there(&path)).await?;
    Ok(bytes.and_then(|b| serde_json::from_slice(&b).ok()))
}

/// Waits for the engine if it lives, takes its status if it ended, judges by the state if neither.
pub async fn of(session: &Session<'_>, child: &ChildIdentity) -> Result<Found, RunnerError> {
    let mut said = Said::new();
    let mut sink =
        |stream: LogStream, text: &str| said.take(stream, text, &session.cx.module, &session.masker, &*session.cx.io);
    let result = session.supervisor.attach(session.cx, child, &mut sink).await?;
    match result.end {
        End::NotRun => Ok(Found::Is(Inspection::NotStarted)),
        End::Lost => judge_lost(session, &said).await.map(Found::Is),
        _ => Ok(Found::Ended(Box::new(Command { said, result }))),
    }
}

/// The engine ended with a status: finished, or failed after some changes.
pub async fn judge_end(session: &Session<'_>, command: &Command) -> Result<Inspection, RunnerError> {
    let Some(error) = session.error_of(APPLY, command) else { return Ok(Inspection::Finished) };
    if command.said.touched.is_empty() && unchanged(session).await? {
        return Ok(Inspection::NotStarted);
    }
    Ok(judge_open(&command.said, session)
        .unwrap_or_else(|| Inspection::Partial { found: session.masker.error(error).message }))
}

/// True if the state is the one the plan was made against.
async fn unchanged(session: &Session<'_>) -> Result<bool, RunnerError> {
    if session.backend != super::backend::Backend::Local {
        session.init().await?;
    }
    let now = state::serial(state::read(session).await?.as_ref());
    Ok(header(session.cx).await?.is_some_and(|h| h.state_serial == now))
}

async fn judge_lost(session: &Session<'_>, said: &Said) -> Result<Inspection, RunnerError> {
    if let Some(unknown) = judge_open(said, session) {
        return Ok(unknown);
    }
    if said.touched.is_empty() && unchanged(session).await? {
        return Ok(Inspection::NotStarted);
    }
    let left = planning::plan(session.cx, session.supervisor, "inspect-", false).await?.plan;
    if left.is_empty() {
        return Ok(Inspection::Finished);
    }
    let list: Vec<String> = left.changes.iter().map(|c| format!("{} {}", c.action, c.address)).collect();
    Ok(Inspection::Partial { found: format!("still to do: {}", list.join(", ")) })
}

/// A creation that was begun and never reported back may exist without being in the state: making it again would double it.
fn judge_open(said: &Said, session: &Session<'_>) -> Option<Inspection> {
    let open: Vec<&str> =
        said.touched.iter().filter(|(_, t)| t.open == Some(Action::Create)).map(|(a, _)| a.as_str()).collect();
    if open.is_empty() {
        return None;
    }
    let reason = format!(
        "{} was being created when the engine was killed; it may exist without being in the state of {}",
        open.join(", "),
        session.cx.unit
    );
    Some(Inspection::Unknown { reason })
}
