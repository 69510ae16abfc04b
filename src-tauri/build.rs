//! Embeds the built front end and the capability files, and makes each of our commands need a permission.

/// What the page may call; `capabilities/main.json` grants exactly these.
const COMMANDS: &[&str] = &["api", "abort", "open_external", "stream"];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}
