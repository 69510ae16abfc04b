//! Runs, logs, locks, outputs.

use super::graph::UnitPath;
use super::{Acting, Reply, Shared, json};
use crate::dto::{DoneDto, LocksDto, LogDto, OutputsDto, ProblemDto, RunDto, RunListDto, UnlockRequest};
use crate::error::{Answer, Kind, Problem};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;
use xcf_core::ids::{IdError, RunId, UnitId};

fn id(text: &str) -> Answer<RunId> {
    text.parse().map_err(|e: IdError| Problem::new(Kind::Usage, "bad-id", e.to_string()))
}

/// All runs, newest first.
#[utoipa::path(get, path = "/api/runs", tag = "runs", responses((status = 200, body = RunListDto)))]
pub(super) async fn list(State(app): State<Shared>) -> Reply<RunListDto> {
    app.workspace().await?.runs().await.map(json)
}

/// One run, live.
#[utoipa::path(get, path = "/api/runs/{id}", tag = "runs", params(("id" = String, Path, description = "R-n")),
    responses((status = 200, body = RunDto), (status = 404, body = ProblemDto)))]
pub(super) async fn detail(State(app): State<Shared>, Path(text): Path<String>) -> Reply<RunDto> {
    app.workspace().await?.run(id(&text)?).await.map(json)
}

/// Where to read on.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct LogQuery {
    /// `next` of the last answer; 0 = from the start.
    #[serde(default)]
    from: u64,
}

/// Log of one unit in one run, redacted.
#[utoipa::path(get, path = "/api/runs/{id}/log/{environment}/{composition}/{module}", tag = "runs",
    params(("id" = String, Path, description = "R-n"), ("environment" = String, Path, description = "Environment"),
        ("composition" = String, Path, description = "Composition"), ("module" = String, Path, description = "Module"), LogQuery),
    responses((status = 200, body = LogDto), (status = 404, body = ProblemDto)))]
pub(super) async fn log(
    State(app): State<Shared>,
    Path((run, environment, composition, module)): Path<(String, String, String, String)>,
    Query(query): Query<LogQuery>,
) -> Reply<LogDto> {
    let text = format!("{environment}/{composition}/{module}");
    let unit: UnitId = text.parse().map_err(|e: IdError| Problem::new(Kind::Usage, "bad-id", e.to_string()))?;
    app.workspace().await?.log(id(&run)?, &unit, query.from).await.map(json)
}

/// Who holds what, alive or dead.
#[utoipa::path(get, path = "/api/locks", tag = "runs", responses((status = 200, body = LocksDto)))]
pub(super) async fn locks(State(app): State<Shared>) -> Reply<LocksDto> {
    app.workspace().await?.locks().await.map(json)
}

/// Ends a lock by hand, with a reason.
#[utoipa::path(post, path = "/api/unlock", tag = "runs", request_body = UnlockRequest,
    responses((status = 200, body = DoneDto), (status = 409, body = ProblemDto)))]
pub(super) async fn unlock(
    State(app): State<Shared>,
    acting: Acting,
    Json(request): Json<UnlockRequest>,
) -> Reply<DoneDto> {
    app.workspace().await?.unlock(&request, &acting).await.map(json)
}

/// Applied outputs of a unit; sensitive ones masked.
#[utoipa::path(get, path = "/api/outputs/{environment}/{composition}/{module}", tag = "runs", params(UnitPath),
    responses((status = 200, body = OutputsDto), (status = 404, body = ProblemDto)))]
pub(super) async fn outputs(State(app): State<Shared>, Path(path): Path<UnitPath>) -> Reply<OutputsDto> {
    app.workspace().await?.outputs(&path.id()?).await.map(json)
}
