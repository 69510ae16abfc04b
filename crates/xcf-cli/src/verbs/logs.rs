//! `xcf logs CS UNIT`.

use super::Outcome;
use crate::args::{Format, Global, LogsArgs};
use crate::client::{Client, Refusal};
use crate::exit::Exit;
use crate::output::complain;
use futures::StreamExt;
use xcf_api::dto::{ChangeDetailDto, LogDto, WorkspaceDto};

pub(super) async fn run(global: &Global, client: &Client, args: &LogsArgs) -> Outcome {
    let Some(run) = run_of(client, &args.change_set).await? else {
        complain(&format!("{} has not been run", args.change_set), "xcf apply starts it");
        return Ok(Exit::Error);
    };
    let since = client.get::<WorkspaceDto>("/api/workspace").await?.position;
    let mut events = client.events(since).await?;
    let mut from = 0;
    loop {
        let log: LogDto = client.get(&format!("/api/runs/{run}/log/{}?from={from}", args.unit)).await?;
        for line in &log.lines {
            if global.format == Format::Json {
                println!("{}", serde_json::to_string(line).unwrap_or_default());
                continue;
            }
            println!("{:>6} {} {:<9} {}", line.n, line.at.get(11..23).unwrap_or_default(), line.phase, line.text);
        }
        from = log.next;
        if log.ended || !args.follow {
            return Ok(Exit::Ok);
        }
        // Whatever happens in the run, or half a second, is reason enough to read on.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(500), events.next()).await;
    }
}

async fn run_of(client: &Client, id: &str) -> Result<Option<String>, Refusal> {
    if id.starts_with("R-") {
        return Ok(Some(id.to_owned()));
    }
    Ok(client.get::<ChangeDetailDto>(&format!("/api/changes/{id}")).await?.summary.run)
}
