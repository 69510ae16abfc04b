//! Requests of the page to the router in this process.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tauri::State;
use tokio::task::AbortHandle;
use tower::ServiceExt;
use xcf_api::App;
use xcf_api::http::{Acting, router};

/// What the window's commands share.
pub(crate) struct Bridge {
    app: Arc<App>,
    router: axum::Router,
    running: Mutex<HashMap<u64, AbortHandle>>,
}

impl Bridge {
    /// A bridge to `app`.
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { router: router(Arc::clone(&app)), app, running: Mutex::new(HashMap::new()) }
    }
    /// The application.
    pub(crate) fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }
    /// A router of its own for one request.
    pub(crate) fn router(&self) -> axum::Router {
        self.router.clone()
    }
    /// Remembers a running request so that the page can abort it.
    pub(crate) fn remember(&self, request: u64, handle: AbortHandle) {
        if let Ok(mut running) = self.running.lock() {
            running.retain(|_, h| !h.is_finished());
            running.insert(request, handle);
        }
    }
    fn forget(&self, request: u64) -> Option<AbortHandle> {
        self.running.lock().ok()?.remove(&request)
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
pub(crate) async fn api(bridge: State<'_, Bridge>, method: String, path: String, body: Option<String>, request_id: u64) -> Result<Answer, String> {
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
    bridge.remember(request_id, task.abort_handle());
    let answer = task.await.map_err(|_| "the request was aborted".to_owned())?;
    bridge.forget(request_id);
    answer
}

/// Ends a request or stream the page does not want any more.
#[tauri::command(rename_all = "camelCase")]
pub(crate) fn abort(bridge: State<'_, Bridge>, request_id: u64) {
    if let Some(handle) = bridge.forget(request_id) {
        handle.abort();
    }
}

/// Opens a web address in the browser of the system; anything but https is refused.
#[tauri::command]
pub(crate) fn open_external(url: String) -> Result<(), String> {
    if !url.starts_with("https://") {
        return Err("only https addresses are opened".to_owned());
    }
    tauri_plugin_opener::open_url(url, None::<&str>).map_err(|e| e.to_string())
}
