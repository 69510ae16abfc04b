//! `xcf init --adopt`.

use super::Outcome;
use crate::args::{Format, Global, InitArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{diagnostics, note, structured};
use std::io::BufRead;
use xcf_api::dto::{AdoptDoneDto, AdoptFoundDto, AdoptPreviewDto, AdoptPreviewRequest, AdoptRequest};

pub(super) async fn run(global: &Global, args: &InitArgs) -> Outcome {
    let client = Client::open_any(global).await?;
    let folder = global.directory.clone().unwrap_or_default().join(args.directory.clone().unwrap_or_default());
    let folder = std::path::absolute(if folder.as_os_str().is_empty() { ".".into() } else { folder });
    let path = folder.map(|f| f.display().to_string()).unwrap_or_default();
    let preview: AdoptPreviewDto =
        client.post("/api/adopt/preview", &AdoptPreviewRequest { path: path.clone() }).await?;
    if !structured(&preview, global.format) {
        show(&preview, global.format);
    }
    diagnostics(&preview.diagnostics);
    if preview.files.is_empty() {
        note(global.quiet, "There is nothing here that is not in a Composition already.");
        return Ok(Exit::Ok);
    }
    if !agrees(global, preview.files.len()) {
        note(global.quiet, "Nothing was written. `--yes` writes these files.");
        return Ok(Exit::Changes);
    }
    let request = AdoptRequest { path, uid: preview.uid, digest: preview.digest };
    let done: AdoptDoneDto = client.post("/api/adopt", &request).await?;
    for unit in &done.states {
        note(global.quiet, &format!("The state of {unit} was copied; use the file it came from no more."));
    }
    note(global.quiet, &format!("{} files written to {}.", done.written.len(), done.path));
    note(global.quiet, "Next: look at them, commit them, and run `xcf plan`: it should have nothing to change.");
    Ok(Exit::Ok)
}

fn show(preview: &AdoptPreviewDto, format: Format) {
    for file in &preview.files {
        let word = if file.old_text.is_some() { "changed" } else { "new" };
        if format == Format::Markdown {
            println!("### {} ({word})\n\n```yaml\n{}```\n", file.path, file.text);
        } else {
            println!("── {} ({word})\n{}", file.path, file.text);
        }
    }
    for found in &preview.found {
        println!("{}", line(found));
    }
}

fn line(found: &AdoptFoundDto) -> String {
    let unit = match &found.environment {
        Some(environment) => format!("{environment}/{}/{}", found.composition, found.module),
        None => format!("Composition {} (in no Environment yet)", found.composition),
    };
    let state = match found.state.as_str() {
        "backend" => format!("; state stays in its {} backend", found.state_from),
        "copied" => format!("; state is copied from {}", found.state_from),
        _ => String::new(),
    };
    format!("{} {} → {unit}{state}", found.what, found.path)
}

fn agrees(global: &Global, files: usize) -> bool {
    if global.yes {
        return true;
    }
    if super::watch::asks_nobody(global) {
        return false;
    }
    eprintln!("Write these {files} files? [y/N]");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
