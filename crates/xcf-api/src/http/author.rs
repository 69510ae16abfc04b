//! Acts on the canvas.

use super::{Reply, Shared, json};
use crate::dto::{AuthorRequest, AuthorResponse, ProblemDto};
use axum::Json;
use axum::extract::State;

/// One act: draws a module, a wire, an order, an Environment into the documents, or shows what it would write.
#[utoipa::path(post, path = "/api/author", tag = "workspace", request_body = AuthorRequest,
    responses((status = 200, body = AuthorResponse), (status = 404, body = ProblemDto), (status = 409, body = ProblemDto), (status = 422, body = ProblemDto)))]
pub(super) async fn act(State(app): State<Shared>, Json(request): Json<AuthorRequest>) -> Reply<AuthorResponse> {
    app.workspace().await?.author_act(request).await.map(json)
}
