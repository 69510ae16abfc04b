//! `xcf show CS`.

use super::Outcome;
use crate::args::{ChangeArgs, Format, Global};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::structured;
use xcf_api::dto::ChangeDetailDto;

pub(super) async fn run(global: &Global, client: &Client, args: &ChangeArgs) -> Outcome {
    let change: ChangeDetailDto = client.get(&format!("/api/changes/{}", args.change_set)).await?;
    if !structured(&change, global.format) {
        println!("{}", if global.format == Format::Markdown { &change.markdown } else { &change.console });
        println!("{} – {}", change.summary.status, change.summary.why);
        for slot in &change.approvals {
            let role = if slot.role.is_empty() { "any person" } else { &slot.role };
            println!(
                "  {role}: {}{}",
                slot.state,
                slot.person.as_ref().map(|p| format!(" by {p}")).unwrap_or_default()
            );
        }
    }
    Ok(Exit::Ok)
}
