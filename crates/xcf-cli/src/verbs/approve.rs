//! `xcf approve CS` and `xcf reject CS`.

use super::Outcome;
use crate::args::{ApproveArgs, Global, ReasonArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{note, structured};
use xcf_api::dto::{ApproveRequest, ChangeDetailDto, ReasonRequest};

pub(super) async fn approve(global: &Global, client: &Client, args: &ApproveArgs) -> Outcome {
    let path = format!("/api/changes/{}", args.change_set);
    // The digest approved is the one shown now: a plan that changes in between is refused, not approved unseen.
    let seen: ChangeDetailDto = client.get(&path).await?;
    let request = ApproveRequest {
        digest: seen.digest,
        role: args.role.clone(),
        reason: args.reason.clone(),
        as_person: global.acting.clone(),
    };
    let change: ChangeDetailDto = client.post(&format!("{path}/approve"), &request).await?;
    if !structured(&change, global.format) {
        note(global.quiet, &format!("{} {} – {}", change.summary.id, change.summary.status, change.summary.why));
    }
    Ok(Exit::Ok)
}

pub(super) async fn reject(global: &Global, client: &Client, args: &ReasonArgs) -> Outcome {
    let request = ReasonRequest { reason: args.reason.clone() };
    let change: ChangeDetailDto = client.post(&format!("/api/changes/{}/reject", args.change_set), &request).await?;
    if !structured(&change, global.format) {
        note(global.quiet, &format!("{} {}", change.summary.id, change.summary.status));
    }
    Ok(Exit::Ok)
}
