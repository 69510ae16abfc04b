//! Starting from what a repository already has.

use super::{Reply, Shared, json};
use crate::dto::{AdoptDoneDto, AdoptPreviewDto, AdoptPreviewRequest, AdoptRequest, ProblemDto};
use axum::Json;
use axum::extract::State;

/// What adopting a repository would write; nothing is written.
#[utoipa::path(post, path = "/api/adopt/preview", tag = "session", request_body = AdoptPreviewRequest,
    responses((status = 200, body = AdoptPreviewDto), (status = 422, body = ProblemDto)))]
pub(super) async fn preview(
    State(app): State<Shared>,
    Json(request): Json<AdoptPreviewRequest>,
) -> Reply<AdoptPreviewDto> {
    app.adopt_preview(&request).await.map(json)
}

/// Writes what was previewed.
#[utoipa::path(post, path = "/api/adopt", tag = "session", request_body = AdoptRequest,
    responses((status = 200, body = AdoptDoneDto), (status = 409, body = ProblemDto)))]
pub(super) async fn adopt(State(app): State<Shared>, Json(request): Json<AdoptRequest>) -> Reply<AdoptDoneDto> {
    app.adopt(&request).await.map(json)
}
