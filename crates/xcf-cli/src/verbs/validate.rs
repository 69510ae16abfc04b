//! `xcf validate`.

use super::Outcome;
use crate::args::Global;
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{diagnostic_text, note, structured};
use crate::reports::Findings;
use xcf_api::dto::ProblemsDto;

pub(super) async fn run(global: &Global, client: &Client) -> Outcome {
    let problems: ProblemsDto = client.get("/api/problems").await?;
    let count = |severity: &str| problems.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count("error"), count("warning"));
    let findings = Findings { diagnostics: &problems.diagnostics, changes: &[] };
    if !structured(&problems, global.format) && !findings.print(global.format) {
        for d in &problems.diagnostics {
            println!("{}", diagnostic_text(d));
        }
        note(global.quiet, &format!("{errors} errors, {warnings} warnings"));
    }
    Ok(if errors > 0 { Exit::Error } else { Exit::Ok })
}
