//! Embeds the built front end and the capability files.

fn main() {
    tauri_build::build();
}
