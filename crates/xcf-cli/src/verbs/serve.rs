//! `xcf serve`: API and UI on a loopback address.

use super::Outcome;
use crate::args::{Global, ServeArgs};
use crate::client::Refusal;
use crate::exit::Exit;
use crate::output::{complain, note};
use std::sync::Arc;
use xcf_api::App;

pub(super) async fn run(global: &Global, args: &ServeArgs) -> Outcome {
    if !args.listen.ip().is_loopback() {
        complain(
            &format!("{} is not a loopback address", args.listen),
            "put a reverse proxy with its own login in front, or use an SSH tunnel",
        );
        return Ok(Exit::Usage);
    }
    let refuse =
        |p: xcf_api::Problem| Refusal { exit: Exit::of_problem(p.status().as_u16(), p.code), problem: p.dto() };
    let app = Arc::new(App::new(xcf_api::Paths::from_env()));
    let folder = match &global.directory {
        Some(folder) => folder.clone(),
        None => std::env::current_dir().unwrap_or_default(),
    };
    // Without a workspace there the first-run screen opens; it says why.
    if let Err(problem) = app.open_folder(&folder, global.state.as_deref()).await {
        note(global.quiet, &format!("{}: {}", folder.display(), problem.message));
    }
    let served = xcf_api::serve::bind(app, args.listen, args.ui.clone()).await.map_err(refuse)?;
    println!("{}", served.address);
    note(
        global.quiet,
        "Open this address in a browser on this machine. Ctrl-C ends the server; runs it drives then wait for a driver.",
    );
    served
        .until(async {
            // An error here means no signal can be listened to; serving until killed is then the best left.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
        .await
        .map_err(refuse)?;
    Ok(Exit::Interrupted)
}
