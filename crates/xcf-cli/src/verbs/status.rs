//! `xcf status [CS]`.

use super::Outcome;
use crate::args::{Global, StatusArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{structured, table};
use xcf_api::dto::{ChangeDetailDto, ChangeListDto, RunDto};

pub(super) async fn run(global: &Global, client: &Client, args: &StatusArgs) -> Outcome {
    let Some(id) = &args.change_set else {
        let list: ChangeListDto = client.get("/api/changes").await?;
        if !structured(&list, global.format) {
            let rows: Vec<_> = list
                .items
                .iter()
                .map(|c| {
                    vec![
                        c.id.clone(),
                        c.environment.clone(),
                        c.status.clone(),
                        c.unit_count.to_string(),
                        c.title.clone(),
                        c.why.clone(),
                    ]
                })
                .collect();
            table(&["CHANGE", "ENV", "STATUS", "UNITS", "TITLE", "WHY"], &rows, global.format);
            super::pr::note_waiting(global, client).await?;
        }
        return Ok(Exit::Ok);
    };
    let change: ChangeDetailDto = client.get(&format!("/api/changes/{id}")).await?;
    let run = match &change.summary.run {
        Some(run) => Some(client.get::<RunDto>(&format!("/api/runs/{run}")).await?),
        None => None,
    };
    let both = serde_json::json!({ "changeSet": change, "run": run });
    if !structured(&both, global.format) {
        println!(
            "{} {} {} – {}",
            change.summary.id, change.summary.environment, change.summary.status, change.summary.why
        );
        if let Some(run) = &run {
            let rows: Vec<_> = run
                .units
                .iter()
                .map(|u| {
                    vec![
                        u.id.clone(),
                        u.state.clone(),
                        format!("{}/{}", u.attempt, u.max_attempts),
                        u.why.clone(),
                        u.left_behind.clone(),
                    ]
                })
                .collect();
            table(&["UNIT", "STATE", "ATTEMPT", "WHY", "LEFT BEHIND"], &rows, global.format);
        }
    }
    Ok(Exit::Ok)
}
