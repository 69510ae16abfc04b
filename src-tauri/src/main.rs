//! The desktop shell: one window, one `api` command, one stream Channel (`D11`). No domain logic lives here: every
//! request goes to the same router that browsers and the command line use, in process, without a port. It must never
//! know a document, a plan or an engine.

mod bridge;
mod running;
mod stream;
mod window;

use bridge::Bridge;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use xcf_api::{App, Paths};

fn main() -> ExitCode {
    // The engines' parent process must start before anything else: no window, no runtime.
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|w| w == "__child") {
        return xcf_api::child_main(words.collect());
    }
    let _telemetry = xcf_api::telemetry::start("warn", None);
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    match show(folder.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window can't be opened");
            eprintln!(
                "The window can't be opened: {error}. Without a display, `xcf serve` gives the same UI in a browser."
            );
            ExitCode::FAILURE
        }
    }
}

/// Shows `folder`, or what was open last, until the window is closed.
fn show(folder: Option<&Path>) -> tauri::Result<()> {
    let app = Arc::new(App::new(Paths::from_env()));
    let bridge = Bridge::new(Arc::clone(&app));
    let folder = folder.map(Path::to_path_buf);
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(bridge)
        .invoke_handler(tauri::generate_handler![bridge::api, bridge::abort, bridge::open_external, stream::stream])
        .setup(move |shell| {
            tauri::async_runtime::block_on(app.open_at_start(folder.as_deref()));
            Ok(window::open(shell)?)
        })
        .run(tauri::generate_context!())
}
