//! `xcf watch CS`: events as they come, until the ChangeSet rests.

use super::Outcome;
use crate::args::{ChangeArgs, Format, Global};
use crate::client::{Client, Refusal};
use crate::exit::Exit;
use crate::output::note;
use futures::StreamExt;
use std::io::IsTerminal;
use xcf_api::dto::{ChangeDetailDto, EventDto, ReasonRequest, WorkspaceDto};

/// When following ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// When nothing moves by itself: final, failed, or waiting for a person or for time.
    WhenResting,
    /// Only when final, failed or stuck (a background driver waits for people).
    WhenFinal,
}

pub(super) async fn run(global: &Global, client: &Client, args: &ChangeArgs) -> Outcome {
    let since = client.get::<WorkspaceDto>("/api/workspace").await?.position;
    follow(global, client, &args.change_set, since, Ends::WhenFinal).await
}

/// Prints what happens to `change_set` after `since`; gives the exit code of `D15`.
pub(super) async fn follow(global: &Global, client: &Client, change_set: &str, since: u64, ends: Ends) -> Outcome {
    let mut events = client.events(since).await?;
    let mut interrupted = false;
    loop {
        if let Some(exit) = rest(global, client, change_set, ends, interrupted).await? {
            // What was appended before the state was read is still printed.
            if let Ok(Some(batch)) = tokio::time::timeout(std::time::Duration::from_millis(120), events.next()).await {
                print(global, change_set, &batch);
            }
            return Ok(exit);
        }
        tokio::select! {
            batch = events.next() => match batch {
                Some(batch) => print(global, change_set, &batch),
                None => return Ok(Exit::Error),
            },
            _ = tokio::signal::ctrl_c() => {
                if interrupted {
                    return Ok(Exit::Interrupted);
                }
                interrupted = true;
                note(global.quiet, "Cancelling: engines finish what they are at. Press Ctrl-C again to leave; the run then waits for a driver.");
                let reason = ReasonRequest { reason: "interrupted at the terminal".into() };
                client.post::<xcf_api::dto::DoneDto>(&format!("/api/changes/{change_set}/cancel"), &reason).await?;
            }
        }
    }
}

fn print(global: &Global, change_set: &str, batch: &[EventDto]) {
    for event in batch.iter().filter(|e| e.change_set.as_deref() == Some(change_set) && !e.text.is_empty()) {
        match global.format {
            Format::Json => println!("{}", serde_json::to_string(event).unwrap_or_default()),
            _ if global.quiet => {}
            _ => println!("{}  {}", event.at.get(11..19).unwrap_or_default(), event.text),
        }
    }
}

/// True if no question can be asked here: a wait for a person or for time then ends the verb (`D15`: 4 and 5).
pub(super) fn asks_nobody(global: &Global) -> bool {
    global.no_input || !std::io::stdin().is_terminal()
}

async fn rest(
    global: &Global,
    client: &Client,
    change_set: &str,
    ends: Ends,
    interrupted: bool,
) -> Result<Option<Exit>, Refusal> {
    let change: ChangeDetailDto = client.get(&format!("/api/changes/{change_set}")).await?;
    let status = change.summary.status.as_str();
    // The driver here has left because nothing moves by itself: what is awaited decides the code.
    let left = ends == Ends::WhenResting && asks_nobody(global) && change.summary.waiting_for_driver;
    let exit = match status {
        "Closed" => Some(Exit::Ok),
        "Cancelled" if interrupted => Some(Exit::Interrupted),
        "RolledBack" | "Cancelled" | "Rejected" | "Expired" | "Superseded" | "Stuck" => Some(Exit::Error),
        "Failed" if left || !asks_nobody(global) || ends == Ends::WhenFinal => Some(Exit::Error),
        "Denied" => Some(Exit::Denied),
        "AwaitingApproval" | "Observing" if left => Some(Exit::Approval),
        _ if left => Some(Exit::Held),
        _ => None,
    };
    if exit.is_some() {
        note(global.quiet, &format!("{change_set} {status} – {}", change.summary.why));
    }
    Ok(exit)
}
