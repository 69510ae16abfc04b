//! The API as every shell calls it, without a socket.

use super::Sample;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt;

/// The router of an application that has the sample open.
pub struct Lab {
    router: axum::Router,
    runtime: tokio::runtime::Runtime,
}

impl Lab {
    pub fn open(sample: &Sample) -> Self {
        let home = sample.home.path();
        let under = |part: &str| home.join(part).join("xcloudflow");
        let paths = xcf_api::Paths {
            data: under(".local/share"),
            state: under(".local/state"),
            cache: under(".cache"),
            config: under(".config"),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let app = Arc::new(xcf_api::App::new(paths));
        runtime.block_on(app.open_folder(&sample.dir, None)).map(drop).unwrap();
        Self { router: xcf_api::http::router(app), runtime }
    }
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (status, serde_json::from_slice(&bytes).unwrap_or_default())
        })
    }
    #[track_caller]
    pub fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask("POST", path, &body);
        assert_eq!(status, 200, "{path} {body}: {answer}");
        answer
    }
}
