//! `xcf locks` and `xcf unlock`.

use super::{Outcome, steer};
use crate::args::{Global, UnlockArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{structured, table};
use xcf_api::dto::{LocksDto, UnlockRequest};

pub(super) async fn list(global: &Global, client: &Client) -> Outcome {
    let locks: LocksDto = client.get("/api/locks").await?;
    if !structured(&locks, global.format) {
        let alive = |a: bool| if a { "alive" } else { "dead" }.to_owned();
        let rows: Vec<_> = locks
            .locks
            .iter()
            .map(|l| {
                vec![
                    l.name.clone(),
                    l.kind.clone(),
                    l.run.clone().unwrap_or_default(),
                    l.since.clone(),
                    l.holder.clone(),
                    alive(l.alive),
                ]
            })
            .collect();
        table(&["NAME", "KIND", "RUN", "SINCE", "HOLDER", "IS"], &rows, global.format);
    }
    Ok(Exit::Ok)
}

pub(super) async fn unlock(global: &Global, client: &Client, args: &UnlockArgs) -> Outcome {
    let request = UnlockRequest { lock: args.lock.clone(), reason: args.reason.clone() };
    steer::say(global, &client.post("/api/unlock", &request).await?)
}
