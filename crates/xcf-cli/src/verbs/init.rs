//! `xcf init DIR`.

use super::Outcome;
use crate::args::{Global, InitArgs};
use crate::client::Refusal;
use crate::exit::Exit;
use crate::output::{note, structured};

pub(super) async fn run(global: &Global, args: &InitArgs) -> Outcome {
    let folder = global.directory.clone().unwrap_or_default().join(&args.directory);
    let made = xcf_api::sample::init(&folder, &xcf_api::Paths::from_env()).await;
    let made = made.map_err(|p| Refusal { exit: Exit::of_problem(p.status().as_u16(), p.code), problem: p.dto() })?;
    if structured(
        &serde_json::json!({ "folder": made.folder, "files": made.files, "identities": made.identities }),
        global.format,
    ) {
        return Ok(Exit::Ok);
    }
    println!("{}", made.folder.display());
    note(
        global.quiet,
        &format!(
            "A Git repository with one commit, {} files. Identities that can approve: {}.",
            made.files,
            made.identities.join(", ")
        ),
    );
    note(global.quiet, &format!("Next: xcf -C {} plan --env dev", made.folder.display()));
    Ok(Exit::Ok)
}
