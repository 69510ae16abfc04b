//! Session, doctor.

use super::{Reply, Shared, json};
use crate::dto::{DoctorDto, DoneDto, OpenRequest, ProblemDto, SessionDto};
use axum::Json;
use axum::extract::State;

/// What the first-run screen knows.
#[utoipa::path(get, path = "/api/session", tag = "session", responses((status = 200, body = SessionDto)))]
pub(super) async fn session(State(app): State<Shared>) -> Json<SessionDto> {
    json(app.session().await)
}

/// Opens a repository, or makes the sample and opens it. Runs nothing from it.
#[utoipa::path(post, path = "/api/session/open", tag = "session", request_body = OpenRequest,
    responses((status = 200, body = SessionDto), (status = 422, body = ProblemDto)))]
pub(super) async fn open(State(app): State<Shared>, Json(request): Json<OpenRequest>) -> Reply<SessionDto> {
    app.open(&request).await.map(json)
}

/// Closes the open workspace.
#[utoipa::path(post, path = "/api/session/close", tag = "session", responses((status = 200, body = SessionDto)))]
pub(super) async fn close(State(app): State<Shared>) -> Json<SessionDto> {
    json(app.close().await)
}

/// Agrees to run engines on this repository on this machine (`D13`).
#[utoipa::path(post, path = "/api/session/trust", tag = "session",
    responses((status = 200, body = DoneDto), (status = 409, body = ProblemDto)))]
pub(super) async fn trust(State(app): State<Shared>) -> Reply<DoneDto> {
    app.workspace().await?.trust().await.map(json)
}

/// Engines, tools, versions, credentials, paths.
#[utoipa::path(get, path = "/api/doctor", tag = "session", responses((status = 200, body = DoctorDto)))]
pub(super) async fn doctor(State(app): State<Shared>) -> Reply<DoctorDto> {
    app.doctor().await.map(json)
}
