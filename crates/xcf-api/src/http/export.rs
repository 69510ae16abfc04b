//! Export to Git.

use super::{Acting, Reply, Shared, json};
use crate::dto::{
    DoneDto, ExportDto, ExportPreviewDto, ExportRequest, FlushDto, PrCheckDto, PrCheckRequest, ProblemDto, QueueDto,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

/// What an export would do: diff, branch, title, text. Writes nothing and speaks to nobody.
#[utoipa::path(post, path = "/api/export/preview", tag = "export", request_body = ExportRequest,
    responses((status = 200, body = ExportPreviewDto), (status = 409, body = ProblemDto)))]
pub(super) async fn preview(State(app): State<Shared>, Json(request): Json<ExportRequest>) -> Reply<ExportPreviewDto> {
    app.workspace().await?.export_preview(&request).await.map(json)
}

/// Commits on a branch, pushes, opens or updates the pull request; queues what can't go out now.
#[utoipa::path(post, path = "/api/export", tag = "export", request_body = ExportRequest,
    responses((status = 200, body = ExportDto), (status = 409, body = ProblemDto), (status = 422, body = ProblemDto)))]
pub(super) async fn export(
    State(app): State<Shared>,
    acting: Acting,
    Json(request): Json<ExportRequest>,
) -> Reply<ExportDto> {
    app.workspace().await?.export(&request, &acting).await.map(json)
}

/// What has not gone out yet.
#[utoipa::path(get, path = "/api/export/queue", tag = "export", responses((status = 200, body = QueueDto)))]
pub(super) async fn queue(State(app): State<Shared>) -> Reply<QueueDto> {
    app.workspace().await?.export_queue().await.map(json)
}

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct FlushQuery {
    /// Also what was stopped until a person did something.
    #[serde(default)]
    all: bool,
}

/// Sends what waits.
#[utoipa::path(post, path = "/api/export/queue/send", tag = "export", params(FlushQuery),
    responses((status = 200, body = FlushDto), (status = 409, body = ProblemDto)))]
pub(super) async fn flush(State(app): State<Shared>, Query(query): Query<FlushQuery>) -> Reply<FlushDto> {
    app.workspace().await?.export_flush(query.all).await.map(json)
}

/// Takes one out of the queue; its commit stays.
#[utoipa::path(delete, path = "/api/export/queue/{id}", tag = "export", params(("id" = String, Path, description = "Id of the queued export")),
    responses((status = 200, body = DoneDto), (status = 404, body = ProblemDto)))]
pub(super) async fn forget(State(app): State<Shared>, Path(id): Path<String>) -> Reply<DoneDto> {
    app.workspace().await?.export_drop(&id).await.map(json)
}

/// Plans against the base and tells the pull request: one comment, a check on the commit.
#[utoipa::path(post, path = "/api/export/check", tag = "export", request_body = PrCheckRequest,
    responses((status = 200, body = PrCheckDto), (status = 409, body = ProblemDto), (status = 422, body = ProblemDto)))]
pub(super) async fn check(
    State(app): State<Shared>,
    acting: Acting,
    Json(request): Json<PrCheckRequest>,
) -> Reply<PrCheckDto> {
    app.workspace().await?.pr_check(&request, &acting).await.map(json)
}
