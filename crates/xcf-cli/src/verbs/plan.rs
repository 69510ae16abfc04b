//! `xcf plan`.

use super::Outcome;
use crate::args::{Format, Global, PlanArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{diagnostics, note, structured};
use crate::reports::Findings;
use std::io::{BufRead, IsTerminal};
use xcf_api::dto::{ChangeDetailDto, DiagnosticDto, DoneDto, PlanRequest, PlanResponse};

pub(super) async fn run(global: &Global, client: &Client, args: &PlanArgs) -> Outcome {
    let request = PlanRequest {
        environments: args.environments.clone(),
        units: args.units.clone(),
        all: args.all,
        worktree: args.worktree,
        base: args.base.clone(),
        head: args.head.clone(),
        refresh: args.refresh,
    };
    let response = match client.post::<PlanResponse>("/api/plan", &request).await {
        Err(refusal) if refusal.problem.code == "untrusted-workspace" && agrees(global, &refusal.problem.message) => {
            client.post::<DoneDto>("/api/session/trust", &()).await?;
            client.post("/api/plan", &request).await?
        }
        other => other?,
    };
    let findings = Findings { diagnostics: &response.diagnostics, changes: &response.change_sets };
    if !structured(&response, global.format) && !findings.print(global.format) {
        for change in &response.change_sets {
            println!("{}", if global.format == Format::Markdown { &change.markdown } else { &change.console });
        }
        diagnostics(&response.diagnostics);
        match response.change_sets.as_slice() {
            [] => note(global.quiet, "Nothing to change."),
            sets => sets.iter().for_each(|c| {
                note(
                    global.quiet,
                    &format!("{} {} {} – {}", c.summary.id, c.summary.environment, c.summary.status, c.summary.why),
                )
            }),
        }
    }
    super::pr::send_waiting(global, client).await;
    Ok(exit(&response))
}

/// First match of `D15`: error · denied · changes · nothing. `plan` never returns 4 or 5.
fn exit(response: &PlanResponse) -> Exit {
    found(&response.change_sets, &response.diagnostics)
}

/// The same for a plan that came another way.
pub(super) fn found(change_sets: &[ChangeDetailDto], diagnostics: &[DiagnosticDto]) -> Exit {
    let units = || change_sets.iter().flat_map(|c| &c.units);
    let failed = units().any(|u| u.action == "plan-failed") || diagnostics.iter().any(|d| d.severity == "error");
    if failed {
        Exit::Error
    } else if change_sets.iter().any(|c| c.summary.status == "Denied" || c.policies.iter().any(|p| p.outcome == "deny"))
    {
        Exit::Denied
    } else if change_sets.is_empty() {
        Exit::Ok
    } else {
        Exit::Changes
    }
}

/// The first plan in an untrusted workspace asks (`D13`); `--yes` agrees, `--no-input` alone does not.
pub(super) fn agrees(global: &Global, question: &str) -> bool {
    if global.yes {
        return true;
    }
    if global.no_input || !std::io::stdin().is_terminal() {
        return false;
    }
    eprintln!("{question}.\nRun engines and modules from here? Type yes: ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).is_ok_and(|_| answer.trim() == "yes")
}
