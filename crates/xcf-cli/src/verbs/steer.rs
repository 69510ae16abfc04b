//! `xcf sign-off`, `xcf cancel`, `xcf pause`.

use super::Outcome;
use crate::args::{ChangeArgs, Global, ReasonArgs, SignOffArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{note, structured};
use xcf_api::dto::{DoneDto, ReasonRequest, UnitsRequest};

/// Soft stops take a minute each at most; what is still busy then waits for another driver.
const LONGEST_STOP: std::time::Duration = std::time::Duration::from_secs(300);

pub(super) async fn sign_off(global: &Global, client: &Client, args: &SignOffArgs) -> Outcome {
    let request = UnitsRequest { units: args.units.clone(), reason: args.reason.clone() };
    say(global, &client.post(&format!("/api/changes/{}/sign-off", args.change_set), &request).await?)
}

pub(super) async fn cancel(global: &Global, client: &Client, args: &ReasonArgs) -> Outcome {
    let request = ReasonRequest { reason: args.reason.clone() };
    let done = client.post(&format!("/api/changes/{}/cancel", args.change_set), &request).await?;
    let said = say(global, &done);
    // Where no other process drives the run, this one does: it stays until what is in flight has stopped and the locks
    // are given back.
    if let Some(app) = client.app()
        && let Ok(workspace) = app.workspace().await
    {
        workspace.settle(LONGEST_STOP).await;
    }
    said
}

pub(super) async fn pause(global: &Global, client: &Client, args: &ChangeArgs) -> Outcome {
    say(global, &client.post(&format!("/api/changes/{}/pause", args.change_set), &()).await?)
}

/// Prints what an action says.
pub(super) fn say(global: &Global, done: &DoneDto) -> Outcome {
    if !structured(done, global.format) {
        note(global.quiet, &done.message);
    }
    Ok(Exit::Ok)
}
