//! The desktop shell: one window, one `api` command, one stream Channel (`D11`). No domain logic lives here: every
//! request goes to the same router that browsers and the command line use, in process, without a port.

mod bridge;
mod stream;

use bridge::Bridge;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::Manager;
use xcf_api::{App, Paths};

fn main() -> ExitCode {
    // The engines' parent process must start before anything else: no window, no runtime.
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|w| w == "__child") {
        return xcf_api::child_main(words.collect());
    }
    let _telemetry = xcf_api::telemetry::start("warn", None);
    let app = Arc::new(App::new(Paths::from_env()));
    let folder = std::env::args_os().nth(1).map(std::path::PathBuf::from);
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(Bridge::new(Arc::clone(&app)))
        .invoke_handler(tauri::generate_handler![bridge::api, bridge::abort, bridge::open_external, stream::stream])
        .setup(move |handle| {
            let app = Arc::clone(&handle.state::<Bridge>().app());
            tauri::async_runtime::block_on(async move { app.open_at_start(folder.as_deref()).await });
            Ok(())
        })
        .run(tauri::generate_context!());
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window can't be opened");
            eprintln!("The window can't be opened: {error}. Without a display, `xcf serve` gives the same UI in a browser.");
            ExitCode::FAILURE
        }
    }
}
