//! What stands before the API when it listens on a port: a token, and only our own pages (`D13`).
//!
//! The token is made at start and printed in the address. The first page load trades it for a cookie that scripts
//! can't read; requests from other origins or for other host names are refused, so that no web page can drive a
//! server on this machine. Who acts is named by a header only where the token came by hand: a page has the cookie and
//! never the token, so it can't name anybody.

use super::Acting;
use crate::error::{Kind, Problem};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use subtle::ConstantTimeEq;

const COOKIE: &str = "xcf_session";
/// Header of `xcf --server … --as NAME`, in UTF-8.
pub const ACTING: &str = "x-xcf-as";

/// Settings of the guard.
#[derive(Debug)]
pub struct Guard {
    token: String,
    hosts: Vec<String>,
}

impl Guard {
    /// A guard for `token`, answering only for these `host:port` names.
    #[must_use]
    pub fn new(token: String, hosts: Vec<String>) -> Self {
        Self { token, hosts }
    }
    fn knows(&self, candidate: &str) -> bool {
        candidate.as_bytes().ct_eq(self.token.as_bytes()).into()
    }
    fn host_is_ours(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
        self.hosts.iter().any(|h| h == host)
    }
    fn origin_is_ours(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN).and_then(|h| h.to_str().ok()) else { return true };
        self.hosts.iter().any(|h| origin == format!("http://{h}"))
    }
    fn has_token(&self, headers: &HeaderMap) -> bool {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok());
        bearer.and_then(|h| h.strip_prefix("Bearer ")).is_some_and(|b| self.knows(b))
    }
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|h| h.to_str().ok()).flat_map(|h| h.split(';'));
        let cookie = cookies
            .filter_map(|c| c.trim().strip_prefix(COOKIE))
            .filter_map(|c| c.strip_prefix('='))
            .any(|c| self.knows(c));
        cookie || self.has_token(headers)
    }
    /// Who the holder of the token says they act as.
    fn acting(&self, headers: &HeaderMap) -> Option<Acting> {
        let name = headers.get(ACTING).filter(|_| self.has_token(headers))?;
        Some(Acting { name: Some(String::from_utf8(name.as_bytes().to_vec()).ok()?) })
    }
}

/// Lets known callers through; trades a `?token=` for the cookie; refuses all else.
pub async fn guarded(State(guard): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !guard.host_is_ours(headers) || !guard.origin_is_ours(headers) {
        return refuse("foreign-origin", "This server answers only its own address.");
    }
    if let Some(token) = token_of(request.uri()) {
        return match guard.knows(&token) {
            true => trade(&guard.token, request.uri().path()),
            false => refuse("bad-token", "The token in the address is not the one this server printed."),
        };
    }
    let api = request.uri().path().starts_with("/api/");
    if api && !guard.is_known(headers) {
        return refuse("no-token", "Open the address with the token that `xcf serve` printed.");
    }
    if let Some(acting) = guard.acting(headers) {
        request.extensions_mut().insert(acting);
    }
    next.run(request).await
}

fn token_of(uri: &axum::http::Uri) -> Option<String> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token=")).map(str::to_owned)
}

fn trade(token: &str, path: &str) -> Response {
    let mut response = axum::response::Redirect::to(path).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/")) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

fn refuse(code: &'static str, message: &str) -> Response {
    Problem::new(Kind::Denied, code, message).into_response()
}
