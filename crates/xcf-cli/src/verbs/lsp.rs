//! `xcf lsp`: the language server over stdin and stdout.

use super::Outcome;
use crate::args::Global;
use crate::exit::Exit;

pub(super) async fn run(global: &Global) -> Outcome {
    let folder = match &global.directory {
        Some(folder) => folder.clone(),
        None => std::env::current_dir().unwrap_or_default(),
    };
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    // One blocking session for the life of the process; nothing else goes to stdout.
    let served =
        tokio::task::spawn_blocking(move || xcf_api::lsp::serve(std::io::stdin(), std::io::stdout(), folder)).await;
    Ok(if served.unwrap_or(false) { Exit::Ok } else { Exit::Error })
}
