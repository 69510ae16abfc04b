//! Planning, review, steering.

use super::{Acting, Reply, Shared, json};
use crate::dto::{
    ApplyRequest, ApproveRequest, ChangeDetailDto, ChangeListDto, DoneDto, PlanRequest, PlanResponse, ProblemDto,
    ReasonRequest, ResumeRequest, UnitsRequest,
};
use crate::error::{Answer, Kind, Problem};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;
use xcf_core::ids::{ChangeSetId, IdError};

fn id(text: &str) -> Answer<ChangeSetId> {
    text.parse().map_err(|e: IdError| Problem::new(Kind::Usage, "bad-id", e.to_string()))
}

/// Which ChangeSets.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct ListQuery {
    /// Environment; none = all.
    env: Option<String>,
}

/// Makes ChangeSets of what is pending and plans them.
#[utoipa::path(post, path = "/api/plan", tag = "changes", request_body = PlanRequest,
    responses((status = 200, body = PlanResponse), (status = 422, body = ProblemDto)))]
pub(super) async fn plan(
    State(app): State<Shared>,
    acting: Acting,
    Json(request): Json<PlanRequest>,
) -> Reply<PlanResponse> {
    app.workspace().await?.plan(&request, &acting).await.map(json)
}

/// All ChangeSets, newest first.
#[utoipa::path(get, path = "/api/changes", tag = "changes", params(ListQuery), responses((status = 200, body = ChangeListDto)))]
pub(super) async fn list(
    State(app): State<Shared>,
    acting: Acting,
    Query(query): Query<ListQuery>,
) -> Reply<ChangeListDto> {
    app.workspace().await?.changes(query.env.as_deref(), &acting).await.map(json)
}

/// One ChangeSet for review.
#[utoipa::path(get, path = "/api/changes/{id}", tag = "changes", params(("id" = String, Path, description = "CS-n")),
    responses((status = 200, body = ChangeDetailDto), (status = 404, body = ProblemDto)))]
pub(super) async fn detail(
    State(app): State<Shared>,
    acting: Acting,
    Path(text): Path<String>,
) -> Reply<ChangeDetailDto> {
    app.workspace().await?.change(id(&text)?, &acting).await.map(json)
}

/// Adds a signed approval.
#[utoipa::path(post, path = "/api/changes/{id}/approve", tag = "changes", params(("id" = String, Path, description = "CS-n")), request_body = ApproveRequest,
    responses((status = 200, body = ChangeDetailDto), (status = 403, body = ProblemDto), (status = 409, body = ProblemDto)))]
pub(super) async fn approve(
    State(app): State<Shared>,
    acting: Acting,
    Path(text): Path<String>,
    Json(request): Json<ApproveRequest>,
) -> Reply<ChangeDetailDto> {
    app.workspace().await?.approve(id(&text)?, &request, &acting).await.map(json)
}

/// Ends it with a reason.
#[utoipa::path(post, path = "/api/changes/{id}/reject", tag = "changes", params(("id" = String, Path, description = "CS-n")), request_body = ReasonRequest,
    responses((status = 200, body = ChangeDetailDto), (status = 409, body = ProblemDto)))]
pub(super) async fn reject(
    State(app): State<Shared>,
    acting: Acting,
    Path(text): Path<String>,
    Json(request): Json<ReasonRequest>,
) -> Reply<ChangeDetailDto> {
    app.workspace().await?.reject(id(&text)?, &request, &acting).await.map(json)
}

/// Asks for the run and drives it in this process.
#[utoipa::path(post, path = "/api/changes/{id}/apply", tag = "changes", params(("id" = String, Path, description = "CS-n")), request_body = ApplyRequest,
    responses((status = 200, body = DoneDto), (status = 403, body = ProblemDto), (status = 409, body = ProblemDto)))]
pub(super) async fn apply(
    State(app): State<Shared>,
    acting: Acting,
    Path(text): Path<String>,
    Json(request): Json<ApplyRequest>,
) -> Reply<DoneDto> {
    app.workspace().await?.apply(id(&text)?, &request, &acting).await.map(json)
}

/// Cancels: a soft stop first, then a kill; says what is left behind.
#[utoipa::path(post, path = "/api/changes/{id}/cancel", tag = "changes", params(("id" = String, Path, description = "CS-n")), request_body = ReasonRequest,
    responses((status = 200, body = DoneDto), (status = 409, body = ProblemDto)))]
pub(super) async fn cancel(
    State(app): State<Shared>,
    acting: Acting,
    Path(text): Path<String>,
    Json(request): Json<ReasonRequest>,
) -> Reply<DoneDto> {
    app.workspace().await?.cancel(id(&text)?, &request, &acting).await.map(json)
}

/// Starts nothing new until resumed.
#[utoipa::path(post, path = "/api/changes/{id}/pause", tag = "changes", params(("id" = String, Path, description = "CS-n")),
    responses((status = 200, body = DoneDto), (status = 409, body = ProblemDto)))]
pub(super) async fn pause(State(app): State<Shared>, acting: Acting, Path(text): Path<String>) -> Reply<DoneDto> {
    app.workspace().await?.pause(id(&text)?, &acting).await.map(json)
}

/// Goes on: after a pause, a crash, or with failed units retried or skipped.
#[utoipa::path(post, path = "/api/changes/{id}/resume", tag = "changes", params(("id" = String, Path, description = "CS-n")), request_body = ResumeRequest,
    responses((status = 200, body = DoneDto), (status = 409, body = ProblemDto)))]
pub(super) async fn resume(
    State(app): State<Shared>,
    acting: Acting,
    Path(text): Path<String>,
    Json(request): Json<ResumeRequest>,
) -> Reply<DoneDto> {
    app.workspace().await?.resume(id(&text)?, &request, &acting).await.map(json)
}

/// Signs off units that wait for a person.
#[utoipa::path(post, path = "/api/changes/{id}/sign-off", tag = "changes", params(("id" = String, Path, description = "CS-n")), request_body = UnitsRequest,
    responses((status = 200, body = DoneDto), (status = 409, body = ProblemDto)))]
pub(super) async fn sign_off(
    State(app): State<Shared>,
    acting: Acting,
    Path(text): Path<String>,
    Json(request): Json<UnitsRequest>,
) -> Reply<DoneDto> {
    app.workspace().await?.sign_off(id(&text)?, &request, &acting).await.map(json)
}
