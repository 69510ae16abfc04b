//! Requests of the page to the router in this process.

use crate::running::Running;
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde::Serialize;
use std::sync::Arc;
use tauri::{State, Url};
use tower::ServiceExt;
use xcf_api::App;
use xcf_api::http::{Acting, router};

/// What the window's commands share.
pub(crate) struct Bridge {
    router: axum::Router,
    running: Running,
}

impl Bridge {
    /// A bridge to `app`.
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { router: router(app), running: Running::default() }
    }
    /// A router of its own for one request.
    pub(crate) fn router(&self) -> axum::Router {
        self.router.clone()
    }
    /// What the page may still abort.
    pub(crate) fn running(&self) -> &Running {
        &self.running
    }
}

/// The router's answer.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    status: u16,
    body: String,
}

/// One request. The acting identity is the local one: a header of the page is never believed (`D11`).
#[tauri::command(rename_all = "camelCase")]
pub(crate) async fn api(
    bridge: State<'_, Bridge>,
    method: String,
    path: String,
    body: Option<String>,
    request_id: u64,
) -> Result<Answer, String> {
    let method = Method::from_bytes(method.as_bytes()).map_err(|e| e.to_string())?;
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.map_or_else(Body::empty, Body::from))
        .map_err(|e| e.to_string())?;
    request.extensions_mut().insert(Acting::default());
    let router = bridge.router();
    let task = tokio::spawn(async move {
        let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.map_err(|e| e.to_string())?;
        Ok(Answer { status, body: String::from_utf8_lossy(&bytes).into_owned() })
    });
    bridge.running().begin(request_id, task.abort_handle());
    let answer = task.await.map_err(|_| "the request was aborted".to_owned())?;
    bridge.running().end(request_id);
    answer
}

/// Ends a request or stream the page does not want any more.
#[tauri::command(rename_all = "camelCase")]
pub(crate) fn abort(bridge: State<'_, Bridge>, request_id: u64) {
    bridge.running().abort(request_id);
}

/// Opens a web address in the browser of the system; see `may_open`.
#[tauri::command]
pub(crate) fn open_external(url: String) -> Result<(), String> {
    let url = Url::parse(&url).map_err(|e| e.to_string())?;
    if !may_open(&url) {
        return Err("only https addresses, and http ones of this machine, are opened".to_owned());
    }
    tauri_plugin_opener::open_url(url.as_str(), None::<&str>).map_err(|e| e.to_string())
}

/// True for https, and for http on loopback: that is what `xcf serve` prints, here or through a tunnel.
fn may_open(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d13_only_web_addresses_leave_the_window() {
        let may = |text: &str| may_open(&Url::parse(text).unwrap());
        assert!(may("https://example.org/x"));
        assert!(may("http://127.0.0.1:7420/?token=t"));
        assert!(may("http://[::1]:7420/"));
        assert!(!may("http://example.org/"));
        assert!(!may("http://127.0.0.1.example.org/"));
        assert!(!may("file:///etc/passwd"));
        assert!(!may("ssh://example.org/"));
    }
}
