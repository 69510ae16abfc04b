//! What all forges have in common on the wire: octocrab as transport (TLS, timeouts, authentication), answers read into our
//! own small structs, because fields come and go. Only questions are tried again; what makes something is not, because a
//! lost answer does not mean that nothing was made.

use super::ForgeError;
use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use octocrab::service::middleware::retry::RetryConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use xcf_core::secret::{Redactor, Secret};

/// One question takes at most this long: planning must not hang on a forge.
const AT_MOST: Duration = Duration::from_secs(20);
/// Times a question is asked.
const TRIES: u32 = 3;
/// Longest answer that is read.
const LARGEST: usize = 16 << 20;
/// Longest text of an answer that is shown.
const SHOWN: usize = 300;

/// A client of one forge's API.
#[derive(Clone)]
pub(super) struct Api {
    client: Octocrab,
    pub(super) token: Secret,
    redactor: Redactor,
}

/// How to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Patch,
    Put,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    body: Vec<u8>,
}

impl Api {
    /// A client for the API at `base`. Call it inside a tokio runtime.
    pub(super) fn new(base: &str, token: &Secret) -> Result<Self, ForgeError> {
        let base = base.trim_end_matches('/');
        let unusable = |reason: String| ForgeError::Unusable { url: crate::remote::redacted(base), reason };
        if !base.starts_with("https://") && !base.starts_with("http://") {
            return Err(unusable("it is no http(s) address".to_owned()));
        }
        let client = Octocrab::builder()
            .base_uri(base)
            .map_err(|e| unusable(e.to_string()))?
            .add_retry_config(RetryConfig::None)
            .set_connect_timeout(Some(AT_MOST))
            .set_read_timeout(Some(AT_MOST))
            .personal_token(token.expose().to_owned())
            .build()
            .map_err(|e| unusable(e.to_string()))?;
        let mut redactor = Redactor::default();
        redactor.learn(token);
        Ok(Self { client, token: token.clone(), redactor })
    }

    /// Asks; answers with an error status are errors.
    pub(super) async fn call(&self, method: Method, route: &str, body: Option<&Value>) -> Result<Answer, ForgeError> {
        let mut left = if method == Method::Get { TRIES } else { 1 };
        loop {
            left -= 1;
            match self.once(method, route, body).await {
                Err(e) if left > 0 && matches!(e, ForgeError::Unreachable(_)) => {}
                result => return result,
            }
        }
    }

    async fn once(&self, method: Method, route: &str, body: Option<&Value>) -> Result<Answer, ForgeError> {
        let asked = async {
            let response = match method {
                Method::Get => self.client._get(route).await,
                Method::Post => self.client._post(route, body).await,
                Method::Patch => self.client._patch(route, body).await,
                Method::Put => self.client._put(route, body).await,
            };
            let response = response.map_err(|e| ForgeError::Unreachable(self.chain(&e)))?;
            let status = response.status().as_u16();
            let read = Limited::new(response.into_body(), LARGEST).collect().await;
            let body = read.map_err(|e| ForgeError::Unreachable(self.redactor.redact(&e.to_string())))?;
            Ok(Answer { status, body: body.to_bytes().to_vec() })
        };
        let late = || ForgeError::Unreachable(format!("no answer within {} s", AT_MOST.as_secs()));
        let answer = tokio::time::timeout(AT_MOST, asked).await.map_err(|_| late())??;
        if (200..300).contains(&answer.status) { Ok(answer) } else { Err(self.refusal(&answer)) }
    }

    /// Asks and reads the answer.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: &str) -> Result<T, ForgeError> {
        self.call(Method::Get, route, None).await?.read()
    }

    /// Every item of a paged list. `page` gives the route of a page from 1; a page with fewer than `per_page` is the last.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        per_page: usize,
        page: impl Fn(usize) -> String,
    ) -> Result<Vec<T>, ForgeError> {
        let mut all = Vec::new();
        // A pull request with more than this many comments has other troubles.
        for number in 1..=100 {
            let some: Vec<T> = self.get(&page(number)).await?;
            let last = some.len() < per_page;
            all.extend(some);
            if last {
                break;
            }
        }
        Ok(all)
    }

    fn refusal(&self, answer: &Answer) -> ForgeError {
        let said = self.redactor.redact(&answer.words());
        let words = format!("{said} ({})", answer.status);
        match answer.status {
            401 => ForgeError::Unauthorized(words),
            429 => ForgeError::RateLimited(words),
            403 if said.to_lowercase().contains("rate limit") => ForgeError::RateLimited(words),
            400 | 409 | 422 => ForgeError::Invalid(words),
            300..=399 => ForgeError::Refused(format!("the project seems to have moved ({})", answer.status)),
            408 | 500..=599 => ForgeError::Unreachable(words),
            _ => ForgeError::Refused(words),
        }
    }

    /// The outer text alone says only which layer failed.
    fn chain(&self, error: &octocrab::Error) -> String {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            let more = inner.to_string();
            if !text.contains(&more) {
                text = format!("{text}: {more}");
            }
            cause = inner.source();
        }
        self.redactor.redact(&text)
    }
}

impl Answer {
    /// The answer as `T`.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ForgeError> {
        serde_json::from_slice(&self.body).map_err(|e| ForgeError::Garbled(e.to_string()))
    }

    /// What the forge says about an error: its message and details, else the beginning of the text.
    fn words(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let found = serde_json::from_str::<Value>(&text).ok().and_then(|v| said(&v));
        let words = found.unwrap_or_else(|| text.lines().next().unwrap_or_default().trim().to_owned());
        let short: String = words.chars().take(SHOWN).collect();
        if short.is_empty() { "it said nothing".to_owned() } else { short }
    }
}

fn said(value: &Value) -> Option<String> {
    let message = match value.get("message").or_else(|| value.get("error"))? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let details: Vec<String> =
        value.get("errors").and_then(Value::as_array).into_iter().flatten().map(detail).collect();
    Some(if details.is_empty() { message } else { format!("{message}: {}", details.join("; ")) })
}

fn detail(value: &Value) -> String {
    match value.get("message").unwrap_or(value) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A query string: `a=b&c=d`, percent-encoded.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// A text as one part of an address.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The body of a request.
pub(super) fn json(value: &impl Serialize) -> Result<Value, ForgeError> {
    serde_json::to_value(value).map_err(|e| ForgeError::Garbled(e.to_string()))
}

/// A text cut to at most `most` bytes at a character.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", text.get(..end).unwrap_or_default())
}
