//! The editor: questions about a text, and unsaved texts.

use super::{Reply, Shared, json};
use crate::dto::{
    BufferRequest, BuffersDto, DoneDto, LanguageAnswer, LanguageRequest, MergeDto, MergeRequest, ProblemDto,
};
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

/// Completion, hover, definitions, references, outline, diagnostics, quick fixes for a text that may be unsaved.
#[utoipa::path(post, path = "/api/language", tag = "editor", request_body = LanguageRequest,
    responses((status = 200, body = LanguageAnswer), (status = 404, body = ProblemDto)))]
pub(super) async fn language(State(app): State<Shared>, Json(request): Json<LanguageRequest>) -> Reply<LanguageAnswer> {
    app.workspace().await?.language(&request).await.map(json)
}

/// Every unsaved text that is kept.
#[utoipa::path(get, path = "/api/buffers", tag = "editor", responses((status = 200, body = BuffersDto)))]
pub(super) async fn buffers(State(app): State<Shared>) -> Reply<BuffersDto> {
    app.workspace().await?.buffers().await.map(json)
}

/// Keeps an unsaved text outside the repository.
#[utoipa::path(put, path = "/api/buffer", tag = "editor", request_body = BufferRequest,
    responses((status = 200, body = DoneDto), (status = 409, body = ProblemDto)))]
pub(super) async fn keep_buffer(State(app): State<Shared>, Json(request): Json<BufferRequest>) -> Reply<DoneDto> {
    app.workspace().await?.keep_buffer(&request).await?;
    Ok(json(done("kept")))
}

fn done(message: &str) -> DoneDto {
    DoneDto { run: None, message: message.to_owned() }
}

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct BufferQuery {
    /// Repository-relative path.
    path: String,
}

/// Forgets the unsaved text of a file.
#[utoipa::path(delete, path = "/api/buffer", tag = "editor", params(BufferQuery), responses((status = 200, body = DoneDto)))]
pub(super) async fn drop_buffer(State(app): State<Shared>, Query(query): Query<BufferQuery>) -> Reply<DoneDto> {
    app.workspace().await?.drop_buffer(&query.path).await?;
    Ok(json(done("forgotten")))
}

/// What an unsaved text and its changed file make together, node by node; writes nothing.
#[utoipa::path(post, path = "/api/merge", tag = "editor", request_body = MergeRequest,
    responses((status = 200, body = MergeDto), (status = 422, body = ProblemDto)))]
pub(super) async fn merge(State(app): State<Shared>, Json(request): Json<MergeRequest>) -> Reply<MergeDto> {
    app.workspace().await?.merge_text(&request).await.map(json)
}
