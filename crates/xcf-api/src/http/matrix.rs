//! The decision matrix, the impact of a draft, what-if.

use super::{Reply, Shared, json};
use crate::dto::{EditResponse, ImpactDto, ImpactRequest, MatrixDto, MatrixEditRequest, ProblemDto, WhatIfDto};
use axum::Json;
use axum::extract::State;

/// The decision matrix: built-in rows and their patches, with what the draft changed.
#[utoipa::path(get, path = "/api/matrix", tag = "matrix", responses((status = 200, body = MatrixDto)))]
pub(super) async fn matrix(State(app): State<Shared>) -> Reply<MatrixDto> {
    app.workspace().await?.matrix().await.map(json)
}

/// One edit of the grid: a minimal splice into the row's document (`D2.1`).
#[utoipa::path(post, path = "/api/matrix/edit", tag = "matrix", request_body = MatrixEditRequest,
    responses((status = 200, body = EditResponse), (status = 409, body = ProblemDto), (status = 422, body = ProblemDto)))]
pub(super) async fn edit(State(app): State<Shared>, Json(request): Json<MatrixEditRequest>) -> Reply<EditResponse> {
    app.workspace().await?.edit_matrix(&request).await.map(json)
}

/// What the draft changes: units by decision, and recorded ChangeSets judged again.
#[utoipa::path(post, path = "/api/matrix/impact", tag = "matrix", request_body = ImpactRequest,
    responses((status = 200, body = ImpactDto), (status = 404, body = ProblemDto)))]
pub(super) async fn impact(State(app): State<Shared>, Json(request): Json<ImpactRequest>) -> Reply<ImpactDto> {
    app.workspace().await?.impact(&request).await.map(json)
}

/// Everything the draft would mean, without running an engine: diagnostics, affected units, routes, policies on inputs,
/// approvals.
#[utoipa::path(post, path = "/api/what-if", tag = "matrix", request_body = ImpactRequest,
    responses((status = 200, body = WhatIfDto), (status = 404, body = ProblemDto)))]
pub(super) async fn what_if(State(app): State<Shared>, Json(request): Json<ImpactRequest>) -> Reply<WhatIfDto> {
    app.workspace().await?.what_if(&request).await.map(json)
}
