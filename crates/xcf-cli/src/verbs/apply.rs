//! `xcf apply`, `xcf resume`, `xcf drive`: the verbs that drive a run (`D7`).

use super::{Outcome, watch};
use crate::args::{ApplyArgs, ChangeArgs, Global, ResumeArgs};
use crate::client::{Client, Refusal};
use crate::exit::Exit;
use crate::output::{complain, note};
use std::process::{Command, Stdio};
use xcf_api::dto::{ApplyRequest, DoneDto, ResumeRequest, WorkspaceDto};

pub(super) async fn run(global: &Global, client: &Client, args: &ApplyArgs) -> Outcome {
    let since = position(client).await?;
    let request = ApplyRequest {
        allow_destroy: args.allow_destroy.clone(),
        accept_not_yet_effective: args.accept_not_yet_effective,
        detach: args.detach,
        leave_when_idle: watch::asks_nobody(global),
    };
    let done: DoneDto = client.post(&format!("/api/changes/{}/apply", args.change_set), &request).await?;
    note(global.quiet, &done.message);
    if args.detach {
        return detach(global, &args.change_set);
    }
    rested(client, watch::follow(global, client, &args.change_set, since, watch::Ends::WhenResting).await).await
}

pub(super) async fn resume(global: &Global, client: &Client, args: &ResumeArgs) -> Outcome {
    let since = position(client).await?;
    let request = ResumeRequest {
        retry: args.retry.clone(),
        skip: args.skip.clone(),
        reason: args.reason.clone(),
        detach: args.detach,
        leave_when_idle: watch::asks_nobody(global),
    };
    let done: DoneDto = client.post(&format!("/api/changes/{}/resume", args.change_set), &request).await?;
    note(global.quiet, &done.message);
    if args.detach {
        return detach(global, &args.change_set);
    }
    rested(client, watch::follow(global, client, &args.change_set, since, watch::Ends::WhenResting).await).await
}

/// The background driver of `--detach`: no terminal, no questions.
pub(super) async fn drive(global: &Global, client: &Client, args: &ChangeArgs) -> Outcome {
    let since = position(client).await?;
    let done: DoneDto =
        client.post(&format!("/api/changes/{}/resume", args.change_set), &ResumeRequest::default()).await?;
    note(global.quiet, &done.message);
    rested(client, watch::follow(global, client, &args.change_set, since, watch::Ends::WhenFinal).await).await
}

/// Lets a driver of this process put its things away before the process ends.
async fn rested(client: &Client, outcome: Outcome) -> Outcome {
    if let Some(app) = client.app()
        && let Ok(workspace) = app.workspace().await
        && matches!(outcome, Ok(Exit::Ok | Exit::Approval | Exit::Held))
    {
        workspace.settle(std::time::Duration::from_secs(5)).await;
    }
    outcome
}

async fn position(client: &Client) -> Result<u64, Refusal> {
    Ok(client.get::<WorkspaceDto>("/api/workspace").await?.position)
}

fn detach(global: &Global, change_set: &str) -> Outcome {
    if global.server.is_some() {
        return Ok(Exit::Ok);
    }
    let Ok(program) = std::env::current_exe() else {
        complain("the program's own file is gone, so no driver can be started", "");
        return Ok(Exit::Error);
    };
    let mut command = Command::new(program);
    if let Some(folder) = &global.directory {
        command.arg("-C").arg(folder);
    }
    if let Some(state) = &global.state {
        command.arg("--state").arg(state);
    }
    command.args(["--quiet", "--no-input", "drive", change_set]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Its own process group: closing this terminal must not end the driver.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    match command.spawn() {
        Ok(child) => {
            note(
                global.quiet,
                &format!(
                    "Driver started in the background (process {}). Follow it with: xcf watch {change_set}",
                    child.id()
                ),
            );
            Ok(Exit::Ok)
        }
        Err(error) => {
            complain(&format!("the driver can't be started: {error}"), "");
            Ok(Exit::Error)
        }
    }
}
