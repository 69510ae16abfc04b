//! The one window: it shows the built-in page and nothing else (`D13`).

use crate::bridge::Bridge;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{App, Manager, Url, WebviewWindowBuilder};

/// Opens the window that `tauri.conf.json` describes.
///
/// # Errors
/// The system gives no window: no display, no WebKit.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    for config in &app.config().app.windows {
        WebviewWindowBuilder::from_config(app, config)?
            .on_navigation(is_ours)
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_page_load(|window, load| {
                if load.event() == PageLoadEvent::Started {
                    window.state::<Bridge>().running().abort_all();
                }
            })
            .build()?;
    }
    Ok(())
}

/// True for addresses of the page inside this program: `tauri://localhost`, on Windows `http://tauri.localhost`.
fn is_ours(url: &Url) -> bool {
    matches!((url.scheme(), url.host_str()), ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d13_only_the_built_in_page_is_shown() {
        let ours = |text: &str| is_ours(&Url::parse(text).unwrap());
        assert!(ours("tauri://localhost/"));
        assert!(ours("tauri://localhost/#/graph?env=dev"));
        assert!(!ours("https://example.org/"));
        assert!(!ours("http://localhost/"));
        assert!(!ours("https://tauri.localhost.example.org/"));
        assert!(!ours("file:///etc/passwd"));
        assert!(!ours("data:text/html,x"));
        assert!(!ours("javascript:alert(1)"));
    }
}
