//! Graph, Inspector, matrix.

use super::{Reply, Shared, json};
use crate::dto::{GraphDto, ProblemDto, TraceDto, UnitDetailDto};
use crate::error::{Answer, Kind, Problem};
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;
use xcf_core::ids::UnitId;

/// Which part of the graph.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct GraphQuery {
    /// Environment; none = all.
    env: Option<String>,
    /// True: the working tree; false: the head commit.
    #[serde(default)]
    draft: bool,
}

/// Parts of a unit id in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct UnitPath {
    /// Environment.
    environment: String,
    /// Composition.
    composition: String,
    /// Module.
    module: String,
}

impl UnitPath {
    /// The id, if it has the right shape.
    pub(super) fn id(&self) -> Answer<UnitId> {
        let text = format!("{}/{}/{}", self.environment, self.composition, self.module);
        text.parse().map_err(|e: xcf_core::ids::IdError| Problem::new(Kind::Usage, "bad-id", e.to_string()))
    }
}

/// Units, edges, standing.
#[utoipa::path(get, path = "/api/graph", tag = "graph", params(GraphQuery), responses((status = 200, body = GraphDto)))]
pub(super) async fn graph(State(app): State<Shared>, Query(query): Query<GraphQuery>) -> Reply<GraphDto> {
    app.workspace().await?.graph(query.env.as_deref(), query.draft).await.map(json)
}

/// Everything the Inspector shows about one unit of the working tree.
#[utoipa::path(get, path = "/api/units/{environment}/{composition}/{module}", tag = "graph", params(UnitPath),
    responses((status = 200, body = UnitDetailDto), (status = 404, body = ProblemDto)))]
pub(super) async fn unit(State(app): State<Shared>, Path(path): Path<UnitPath>) -> Reply<UnitDetailDto> {
    app.workspace().await?.unit_detail(&path.id()?).await.map(json)
}

/// Which row wins for one unit.
#[utoipa::path(get, path = "/api/matrix/trace/{environment}/{composition}/{module}", tag = "graph", params(UnitPath),
    responses((status = 200, body = TraceDto), (status = 404, body = ProblemDto)))]
pub(super) async fn trace(State(app): State<Shared>, Path(path): Path<UnitPath>) -> Reply<TraceDto> {
    app.workspace().await?.trace(&path.id()?).await.map(json)
}
