//! `xcf pr create | check | queue | login | workflow`.

mod workflow;

use super::Outcome;
use super::plan::{agrees, found};
use crate::args::{Format, Global, PrCheckArgs, PrCreateArgs, PrQueueArgs, PrVerb};
use crate::client::{Client, Refusal};
use crate::exit::Exit;
use crate::output::{complain, diagnostics, note, problem, structured, table};
use crate::reports::Findings;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{IsTerminal, Read};
use xcf_api::dto::{
    DoneDto, ExportDto, ExportPreviewDto, ExportRequest, FlushDto, PrCheckDto, PrCheckRequest, QueueDto, QueuedDto,
};

pub(super) async fn run(global: &Global, verb: &PrVerb) -> Outcome {
    match verb {
        PrVerb::Create(args) => create(global, &Client::open(global).await?, args).await,
        PrVerb::Check(args) => check(global, &Client::open(global).await?, args).await,
        PrVerb::Queue(args) => queue(global, &Client::open(global).await?, args).await,
        PrVerb::Login { host } => login(global, host).await,
        PrVerb::Workflow(args) => workflow::run(global, args),
    }
}

/// A POST that runs something of the repository: asks first where nobody agreed to that yet (`D13`).
async fn trusted<T: DeserializeOwned>(
    global: &Global,
    client: &Client,
    path: &str,
    body: &(impl Serialize + Sync),
) -> Result<T, Refusal> {
    match client.post(path, body).await {
        Err(refusal) if refusal.problem.code == "untrusted-workspace" && agrees(global, &refusal.problem.message) => {
            client.post::<DoneDto>("/api/session/trust", &()).await?;
            client.post(path, body).await
        }
        other => other,
    }
}

async fn create(global: &Global, client: &Client, args: &PrCreateArgs) -> Outcome {
    let request = ExportRequest {
        files: args.files.clone(),
        branch: args.branch.clone(),
        base: args.base.clone(),
        title: args.title.clone(),
        message: args.message.clone(),
        remote: Some(args.remote.clone()),
        plan: args.plan,
        queue: args.queue,
    };
    if args.preview {
        let preview: ExportPreviewDto = client.post("/api/export/preview", &request).await?;
        if !structured(&preview, global.format) {
            show_preview(&preview);
        }
        return Ok(Exit::Ok);
    }
    let done: ExportDto = trusted(global, client, "/api/export", &request).await?;
    if !structured(&done, global.format) {
        show_export(&done);
        done.notes.iter().for_each(|text| note(global.quiet, text));
    }
    Ok(Exit::Ok)
}

fn show_preview(preview: &ExportPreviewDto) {
    let made = if preview.new_branch { " (new)" } else { "" };
    println!("{}{made} → {}: {}", preview.branch, preview.base, preview.title);
    preview.commits.iter().for_each(|title| println!("  already committed: {title}"));
    preview.files.iter().for_each(|file| println!("{}", file.diff.trim_end()));
    println!("{}", preview.body.trim_end());
    for found in &preview.problems {
        problem(found, Format::Table);
    }
}

fn show_export(done: &ExportDto) {
    match (&done.pull_request, &done.queued) {
        (Some(pr), _) => println!("#{} {} {}", pr.number, pr.outcome, pr.url.clone().unwrap_or_default()),
        (None, Some(queued)) => println!("{} queued: {}", done.branch, queued.id),
        (None, None) => println!("{} pushed at {}", done.branch, done.commit),
    }
}

/// Exit codes as `plan`, and 4 while an approval is awaited: the check on the commit says the same (`D15`).
async fn check(global: &Global, client: &Client, args: &PrCheckArgs) -> Outcome {
    let request = PrCheckRequest {
        base: args.base.clone(),
        head: args.head.clone(),
        pull_request: args.pr,
        environments: args.environments.clone(),
        silent: args.silent,
    };
    let done: PrCheckDto = trusted(global, client, "/api/export/check", &request).await?;
    let findings = Findings { diagnostics: &done.diagnostics, changes: &done.change_sets };
    if !structured(&done, global.format) && !findings.print(global.format) {
        match global.format {
            Format::Markdown => println!("{}", done.markdown.trim_end()),
            _ => done.change_sets.iter().for_each(|c| println!("{}", c.console.trim_end())),
        }
        diagnostics(&done.diagnostics);
        note(global.quiet, &format!("{}: {}", done.state, done.summary));
        if let (Some(pr), Some(comment)) = (&done.pull_request, &done.comment) {
            let url = done.comment_url.clone().or_else(|| pr.url.clone()).unwrap_or_default();
            note(global.quiet, &format!("#{}: comment {comment} {url}", pr.number));
        }
    }
    if let Some(refused) = &done.problem {
        problem(refused, global.format);
        return Ok(Exit::Error);
    }
    let awaited = done.change_sets.iter().any(|c| c.summary.status == "AwaitingApproval");
    Ok(match found(&done.change_sets, &done.diagnostics) {
        Exit::Changes if awaited => Exit::Approval,
        exit => exit,
    })
}

async fn queue(global: &Global, client: &Client, args: &PrQueueArgs) -> Outcome {
    if let Some(id) = &args.forget {
        let done: DoneDto = client.delete(&format!("/api/export/queue/{id}")).await?;
        note(global.quiet, &done.message);
        return Ok(Exit::Ok);
    }
    if args.send {
        let done: FlushDto = trusted(global, client, "/api/export/queue/send?all=true", &()).await?;
        if !structured(&done, global.format) {
            done.sent.iter().for_each(show_export);
            done.items.iter().for_each(|item| complain(&waiting(item), ""));
        }
        return Ok(if done.items.is_empty() { Exit::Ok } else { Exit::Error });
    }
    let list: QueueDto = client.get("/api/export/queue").await?;
    if !structured(&list, global.format) {
        let row = |q: &QueuedDto| {
            vec![
                q.id.clone(),
                q.branch.clone(),
                q.state.clone(),
                q.attempts.to_string(),
                q.title.clone(),
                q.why.clone(),
            ]
        };
        let rows: Vec<_> = list.items.iter().map(row).collect();
        table(&["ID", "BRANCH", "STATE", "TRIES", "TITLE", "WHY"], &rows, global.format);
    }
    Ok(Exit::Ok)
}

fn waiting(item: &QueuedDto) -> String {
    let why = if item.why.is_empty() { "not tried yet" } else { &item.why };
    format!("{} ({}) has not gone out, {}: {why}", item.branch, item.id, item.state)
}

/// Says what waits to go out, where there is something.
pub(super) async fn note_waiting(global: &Global, client: &Client) -> Result<(), Refusal> {
    let list: QueueDto = client.get("/api/export/queue").await?;
    list.items.iter().for_each(|item| note(global.quiet, &waiting(item)));
    Ok(())
}

/// Tries again what waits for the network, where there is something. It is not this verb's job, so trouble is only told.
pub(super) async fn send_waiting(global: &Global, client: &Client) {
    let Ok(list) = client.get::<QueueDto>("/api/export/queue").await else { return };
    if !list.items.iter().any(|item| item.state == "waiting") {
        return;
    }
    match client.post::<FlushDto>("/api/export/queue/send", &()).await {
        Ok(done) => {
            for sent in &done.sent {
                note(global.quiet, &format!("{} went out now.", sent.branch));
            }
            done.items.iter().for_each(|item| note(global.quiet, &waiting(item)));
        }
        Err(refusal) => note(global.quiet, &refusal.problem.message),
    }
}

/// The token comes from standard input: arguments can be seen by everybody on the machine.
async fn login(global: &Global, host: &str) -> Outcome {
    if std::io::stdin().is_terminal() {
        complain("the token is read from standard input, and that is a terminal", "xcf pr login HOST < FILE");
        return Ok(Exit::Usage);
    }
    let mut text = String::new();
    if let Err(error) = std::io::stdin().lock().read_to_string(&mut text) {
        complain(&format!("standard input can't be read: {error}"), "");
        return Ok(Exit::Error);
    }
    let token = xcf_core::secret::Secret::new(text.trim());
    let refuse =
        |p: xcf_api::Problem| Refusal { exit: Exit::of_problem(p.status().as_u16(), p.code), problem: p.dto() };
    xcf_api::keys::keep_forge_token(host, &token).await.map_err(refuse)?;
    note(global.quiet, &format!("The token for {host} is in the keyring of this system."));
    Ok(Exit::Ok)
}
