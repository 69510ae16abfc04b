//! Acts on the canvas.

use super::{Reply, Shared, json};
use crate::dto::{ArrangeRequest, AuthorRequest, AuthorResponse, LayoutDto, ProblemDto};
use axum::Json;
use axum::extract::State;

/// One act: draws a module, a wire, an order, an Environment into the documents, or shows what it would write.
#[utoipa::path(post, path = "/api/author", tag = "workspace", request_body = AuthorRequest,
    responses((status = 200, body = AuthorResponse), (status = 404, body = ProblemDto), (status = 409, body = ProblemDto), (status = 422, body = ProblemDto)))]
pub(super) async fn act(State(app): State<Shared>, Json(request): Json<AuthorRequest>) -> Reply<AuthorResponse> {
    app.workspace().await?.author_act(request).await.map(json)
}

/// Where units were put by hand.
#[utoipa::path(get, path = "/api/layout", tag = "workspace",
    responses((status = 200, body = LayoutDto), (status = 422, body = ProblemDto)))]
pub(super) async fn layout(State(app): State<Shared>) -> Reply<LayoutDto> {
    app.workspace().await?.layout().await.map(json)
}

/// Puts units somewhere by hand, or back; one step of undo.
#[utoipa::path(post, path = "/api/layout", tag = "workspace", request_body = ArrangeRequest,
    responses((status = 200, body = LayoutDto), (status = 400, body = ProblemDto), (status = 409, body = ProblemDto)))]
pub(super) async fn arrange(State(app): State<Shared>, Json(request): Json<ArrangeRequest>) -> Reply<LayoutDto> {
    app.workspace().await?.arrange(request).await.map(json)
}
