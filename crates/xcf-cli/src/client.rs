//! The API as verbs call it: the same router, in this process or behind `--server` (`D11`).

use crate::args::Global;
use crate::exit::Exit;
use crate::output;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tower::ServiceExt;
use xcf_api::App;
use xcf_api::dto::{EventDto, ProblemDto};
use xcf_api::http::Acting;

/// A refusal of the API, or no answer.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// Exit code for it.
    pub(crate) exit: Exit,
    /// What it says.
    pub(crate) problem: ProblemDto,
}

impl Refusal {
    fn transport(message: String) -> Self {
        let hint = "Is `xcf serve` running there, and is XCF_TOKEN the token it printed?".to_owned();
        Self {
            exit: Exit::Error,
            problem: ProblemDto { code: "server-unreachable".into(), message, hint, diagnostics: Vec::new() },
        }
    }
    /// Prints it on stderr and gives the exit code.
    pub(crate) fn report(&self, format: crate::args::Format) -> Exit {
        output::problem(&self.problem, format);
        self.exit
    }
}

enum Target {
    Here(Box<axum::Router>),
    Server { base: String, token: String, http: reqwest::Client },
}

/// A client of the API.
pub(crate) struct Client {
    target: Target,
    acting: Acting,
    app: Option<Arc<App>>,
}

impl Client {
    /// Opens the workspace of the folder in this process, or points at the server.
    pub(crate) async fn open(global: &Global) -> Result<Self, Refusal> {
        let acting = Acting { name: global.acting.clone() };
        if let Some(server) = &global.server {
            let token = std::env::var("XCF_TOKEN").unwrap_or_default();
            let target =
                Target::Server { base: server.trim_end_matches('/').to_owned(), token, http: reqwest::Client::new() };
            return Ok(Self { target, acting, app: None });
        }
        let app = Arc::new(App::new(xcf_api::Paths::from_env()));
        let folder = folder(global)?;
        let opened = app.open_folder(&folder, global.state.as_deref()).await;
        opened.map_err(|p| Refusal { exit: Exit::of_problem(p.status().as_u16(), p.code), problem: p.dto() })?;
        Ok(Self { target: Target::Here(Box::new(xcf_api::http::router(Arc::clone(&app)))), acting, app: Some(app) })
    }
    /// As `open`, but goes on without a workspace (doctor works everywhere).
    pub(crate) async fn open_any(global: &Global) -> Result<Self, Refusal> {
        if global.server.is_some() {
            return Self::open(global).await;
        }
        let app = Arc::new(App::new(xcf_api::Paths::from_env()));
        if let Ok(folder) = folder(global) {
            // What is wrong with the folder is no reason not to look at the machine.
            let _ = app.open_folder(&folder, global.state.as_deref()).await;
        }
        Ok(Self {
            target: Target::Here(Box::new(xcf_api::http::router(Arc::clone(&app)))),
            acting: Acting { name: global.acting.clone() },
            app: Some(app),
        })
    }
    /// The application, if it is in this process.
    pub(crate) fn app(&self) -> Option<&Arc<App>> {
        self.app.as_ref()
    }
    /// GET.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refusal> {
        self.call(Method::GET, path, &()).await
    }
    /// POST with a JSON body.
    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Refusal> {
        self.call(Method::POST, path, body).await
    }
    /// DELETE.
    pub(crate) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refusal> {
        self.call(Method::DELETE, path, &()).await
    }
    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: &impl Serialize) -> Result<T, Refusal> {
        let (status, bytes) = self.send(method.clone(), path, body).await?;
        if !(200..300).contains(&status) {
            let problem: ProblemDto = serde_json::from_slice(&bytes).unwrap_or_else(|_| ProblemDto {
                code: "bad-answer".into(),
                message: format!("{method} {path} answered {status}"),
                hint: String::new(),
                diagnostics: Vec::new(),
            });
            return Err(Refusal { exit: Exit::of_problem(status, &problem.code), problem });
        }
        serde_json::from_slice(&bytes)
            .map_err(|e| Refusal::transport(format!("{path} answered something else than expected: {e}")))
    }
    async fn send(&self, method: Method, path: &str, body: &impl Serialize) -> Result<(u16, Bytes), Refusal> {
        let json = serde_json::to_vec(body).map_err(|e| Refusal::transport(e.to_string()))?;
        match &self.target {
            Target::Here(router) => {
                let mut request = Request::builder()
                    .method(method)
                    .uri(path)
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(Body::from(json))
                    .map_err(|e| Refusal::transport(e.to_string()))?;
                request.extensions_mut().insert(self.acting.clone());
                let response =
                    router.as_ref().clone().oneshot(request).await.map_err(|e| Refusal::transport(e.to_string()))?;
                let status = response.status().as_u16();
                let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
                    .await
                    .map_err(|e| Refusal::transport(e.to_string()))?;
                Ok((status, bytes))
            }
            Target::Server { base, token, http } => {
                let request = http
                    .request(method, format!("{base}{path}"))
                    .bearer_auth(token)
                    .header("content-type", "application/json")
                    .body(json);
                let response = request.send().await.map_err(|e| Refusal::transport(e.to_string()))?;
                let status = response.status().as_u16();
                Ok((status, response.bytes().await.map_err(|e| Refusal::transport(e.to_string()))?))
            }
        }
    }
    /// Events after `since`, batch by batch, until dropped.
    pub(crate) async fn events(&self, since: u64) -> Result<BoxStream<'static, Vec<EventDto>>, Refusal> {
        let path = format!("/api/events?since={since}");
        let bytes: BoxStream<'static, Bytes> = match &self.target {
            Target::Here(router) => {
                let request =
                    Request::builder().uri(&path).body(Body::empty()).map_err(|e| Refusal::transport(e.to_string()))?;
                let response =
                    router.as_ref().clone().oneshot(request).await.map_err(|e| Refusal::transport(e.to_string()))?;
                response.into_body().into_data_stream().filter_map(|chunk| async { chunk.ok() }).boxed()
            }
            Target::Server { base, token, http } => {
                let response = http
                    .get(format!("{base}{path}"))
                    .bearer_auth(token)
                    .send()
                    .await
                    .map_err(|e| Refusal::transport(e.to_string()))?;
                response.bytes_stream().filter_map(|chunk| async { chunk.ok() }).boxed()
            }
        };
        Ok(frames(bytes))
    }
}

/// Splits server-sent events into batches; anything that is not a batch wakes the reader with an empty one.
fn frames(bytes: BoxStream<'static, Bytes>) -> BoxStream<'static, Vec<EventDto>> {
    let state = (bytes, Vec::<u8>::new());
    futures::stream::unfold(state, |(mut bytes, mut rest)| async move {
        loop {
            if let Some(end) = rest.windows(2).position(|w| w == b"\n\n") {
                let frame: Vec<u8> = rest.drain(..end + 2).collect();
                let text = String::from_utf8_lossy(&frame).into_owned();
                let data: String = text.lines().filter_map(|l| l.strip_prefix("data:")).map(str::trim_start).collect();
                return Some((serde_json::from_str(&data).unwrap_or_default(), (bytes, rest)));
            }
            rest.extend_from_slice(&bytes.next().await?);
        }
    })
    .boxed()
}

fn folder(global: &Global) -> Result<std::path::PathBuf, Refusal> {
    match &global.directory {
        Some(folder) => Ok(folder.clone()),
        None => std::env::current_dir().map_err(|e| Refusal::transport(format!("the current folder is gone: {e}"))),
    }
}
