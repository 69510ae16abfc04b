//! The error every use case gives: a closed kind, a stable code, words, a hint (`D2.6`, `D15` exit codes).

use crate::dto::{DiagnosticDto, ProblemDto};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use xcf_core::diag::Diagnostic;
use xcf_core::ports::store::StoreError;

/// What sort of refusal it is; HTTP status and exit code follow from it, never from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request makes no sense (HTTP 400, exit 64).
    Usage,
    /// No such thing (HTTP 404, exit 1).
    NotFound,
    /// Something else changed in between, or the state does not allow it (HTTP 409, exit 1).
    Conflict,
    /// A policy refused it (HTTP 403, exit 3).
    Denied,
    /// A person must agree first (HTTP 403, exit 4).
    ApprovalNeeded,
    /// A lock, window or budget holds it (HTTP 409, exit 5).
    Held,
    /// The workspace or an engine has errors (HTTP 422, exit 1).
    Invalid,
    /// Our own failure or the machine's (HTTP 500, exit 1).
    Internal,
}

/// A refusal or failure of a use case.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// Sort.
    pub kind: Kind,
    /// Stable kebab-case code.
    pub code: &'static str,
    /// What happened and why.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
    /// Located findings behind it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Problem {
    /// A problem without hint.
    #[must_use]
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), hint: String::new(), diagnostics: Vec::new() }
    }
    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
    /// The same with located findings.
    #[must_use]
    pub fn with(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.diagnostics = diagnostics;
        self
    }
    /// No such thing.
    #[must_use]
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(Kind::NotFound, "not-found", format!("{what} is not in this workspace"))
    }
    /// Our own failure.
    #[must_use]
    pub fn internal(code: &'static str, message: impl std::fmt::Display) -> Self {
        Self::new(Kind::Internal, code, message.to_string())
    }
    /// Exit code of `xcf` for it (`D15`).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Usage => 64,
            Kind::Denied => 3,
            Kind::ApprovalNeeded => 4,
            Kind::Held => 5,
            Kind::NotFound | Kind::Conflict | Kind::Invalid | Kind::Internal => 1,
        }
    }
    /// HTTP status for it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.kind {
            Kind::Usage => StatusCode::BAD_REQUEST,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict | Kind::Held => StatusCode::CONFLICT,
            Kind::Denied | Kind::ApprovalNeeded => StatusCode::FORBIDDEN,
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
    /// The wire form.
    #[must_use]
    pub fn dto(&self) -> ProblemDto {
        ProblemDto {
            code: self.code.to_owned(),
            message: self.message.clone(),
            hint: self.hint.clone(),
            diagnostics: self.diagnostics.iter().map(DiagnosticDto::from).collect(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status(), Json(self.dto())).into_response()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let (kind, code) = match &error {
            StoreError::Conflict { .. } => (Kind::Conflict, "store-conflict"),
            StoreError::LeaseHeld { .. } => (Kind::Held, "lease-held"),
            StoreError::BlobMissing(_) => (Kind::Internal, "blob-missing"),
            StoreError::Damaged(_) => (Kind::Internal, "store-damaged"),
            StoreError::TooNew { .. } => (Kind::Internal, "store-too-new"),
            StoreError::Io(_) => (Kind::Internal, "store-failed"),
        };
        Self::new(kind, code, error.to_string())
    }
}

/// Result of a use case.
pub type Answer<T> = Result<T, Problem>;
