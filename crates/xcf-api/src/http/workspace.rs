//! Workspace, files, draft, commit.

use super::{Reply, Shared, json};
use crate::dto::{
    CommitRequest, CommitResponse, DraftDto, EditRequest, EditResponse, FileTextDto, ProblemDto, ProblemsDto,
    SaveTextRequest, WorkspaceDto,
};
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

/// Where am I and what would I hit.
#[utoipa::path(get, path = "/api/workspace", tag = "workspace", responses((status = 200, body = WorkspaceDto), (status = 409, body = ProblemDto)))]
pub(super) async fn workspace(State(app): State<Shared>) -> Reply<WorkspaceDto> {
    app.workspace().await?.overview().await.map(json)
}

/// Every diagnostic of the working tree.
#[utoipa::path(get, path = "/api/problems", tag = "workspace", responses((status = 200, body = ProblemsDto)))]
pub(super) async fn problems(State(app): State<Shared>) -> Reply<ProblemsDto> {
    app.workspace().await?.problems().await.map(json)
}

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct FileQuery {
    /// Repository-relative path.
    path: String,
}

/// Text of a file of the working tree.
#[utoipa::path(get, path = "/api/file", tag = "workspace", params(FileQuery), responses((status = 200, body = FileTextDto), (status = 404, body = ProblemDto)))]
pub(super) async fn read_file(State(app): State<Shared>, Query(query): Query<FileQuery>) -> Reply<FileTextDto> {
    app.workspace().await?.read_file(&query.path).await.map(json)
}

/// Replaces the text of a document file; refused if it changed on disk since it was read.
#[utoipa::path(put, path = "/api/file", tag = "workspace", request_body = SaveTextRequest,
    responses((status = 200, body = EditResponse), (status = 409, body = ProblemDto)))]
pub(super) async fn write_file(State(app): State<Shared>, Json(request): Json<SaveTextRequest>) -> Reply<EditResponse> {
    app.workspace().await?.save_text(&request).await.map(json)
}

/// One visual edit: a minimal splice (`D2.1`).
#[utoipa::path(post, path = "/api/edit", tag = "workspace", request_body = EditRequest,
    responses((status = 200, body = EditResponse), (status = 409, body = ProblemDto), (status = 422, body = ProblemDto)))]
pub(super) async fn edit(State(app): State<Shared>, Json(request): Json<EditRequest>) -> Reply<EditResponse> {
    app.workspace().await?.edit(&request).await.map(json)
}

/// The working tree against the head commit.
#[utoipa::path(get, path = "/api/draft", tag = "workspace", responses((status = 200, body = DraftDto)))]
pub(super) async fn draft(State(app): State<Shared>) -> Reply<DraftDto> {
    app.workspace().await?.draft().await.map(json)
}

/// Takes the newest edit of this session back.
#[utoipa::path(post, path = "/api/draft/undo", tag = "workspace", responses((status = 200, body = DraftDto), (status = 409, body = ProblemDto)))]
pub(super) async fn undo(State(app): State<Shared>) -> Reply<DraftDto> {
    app.workspace().await?.undo().await.map(json)
}

/// Does the step again that was taken back last.
#[utoipa::path(post, path = "/api/draft/redo", tag = "workspace", responses((status = 200, body = DraftDto), (status = 409, body = ProblemDto)))]
pub(super) async fn redo(State(app): State<Shared>) -> Reply<DraftDto> {
    app.workspace().await?.redo().await.map(json)
}

/// Puts named files back to the head commit.
#[utoipa::path(post, path = "/api/draft/discard", tag = "workspace", request_body = CommitRequest, responses((status = 200, body = DraftDto)))]
pub(super) async fn discard(State(app): State<Shared>, Json(request): Json<CommitRequest>) -> Reply<DraftDto> {
    app.workspace().await?.discard(&request.files).await.map(json)
}

/// Commits chosen files on the current branch.
#[utoipa::path(post, path = "/api/commit", tag = "workspace", request_body = CommitRequest,
    responses((status = 200, body = CommitResponse), (status = 409, body = ProblemDto)))]
pub(super) async fn commit(State(app): State<Shared>, Json(request): Json<CommitRequest>) -> Reply<CommitResponse> {
    app.workspace().await?.commit(&request).await.map(json)
}
