//! Palette, forms, and what an edit would say.

use super::graph::UnitPath;
use super::{Reply, Shared, json};
use crate::dto::{CatalogDto, EditCheckDto, EditRequest, FormDto, ModuleDetailDto, OffersDto, ProblemDto};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

/// Every module of the working tree with its typed ports.
#[utoipa::path(get, path = "/api/catalog", tag = "catalog", responses((status = 200, body = CatalogDto)))]
pub(super) async fn catalog(State(app): State<Shared>) -> Reply<CatalogDto> {
    app.workspace().await?.catalog().await.map(json)
}

/// One module with the JSON Schema of its inputs.
#[utoipa::path(get, path = "/api/catalog/{reference}", tag = "catalog", params(("reference" = String, Path, description = "The module's ref, percent-encoded")),
    responses((status = 200, body = ModuleDetailDto), (status = 404, body = ProblemDto)))]
pub(super) async fn module(State(app): State<Shared>, Path(reference): Path<String>) -> Reply<ModuleDetailDto> {
    app.workspace().await?.module(&reference).await.map(json)
}

/// The form over one unit's inputs.
#[utoipa::path(get, path = "/api/units/{environment}/{composition}/{module}/form", tag = "catalog", params(UnitPath),
    responses((status = 200, body = FormDto), (status = 404, body = ProblemDto)))]
pub(super) async fn form(State(app): State<Shared>, Path(path): Path<UnitPath>) -> Reply<FormDto> {
    app.workspace().await?.form(&path.id()?).await.map(json)
}

/// Which input, and what is looked for.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OffersQuery {
    /// Input to feed.
    input: String,
    /// Words that must stand in unit, output or description.
    #[serde(default)]
    query: String,
}

/// Outputs that could feed an input of a unit.
#[utoipa::path(get, path = "/api/units/{environment}/{composition}/{module}/offers", tag = "catalog", params(UnitPath, OffersQuery),
    responses((status = 200, body = OffersDto), (status = 404, body = ProblemDto)))]
pub(super) async fn offers(
    State(app): State<Shared>,
    Path(path): Path<UnitPath>,
    Query(query): Query<OffersQuery>,
) -> Reply<OffersDto> {
    app.workspace().await?.offers(&path.id()?, &query.input, &query.query).await.map(json)
}

/// What an edit would say; nothing is written.
#[utoipa::path(post, path = "/api/edit/check", tag = "catalog", request_body = EditRequest,
    responses((status = 200, body = EditCheckDto), (status = 409, body = ProblemDto), (status = 422, body = ProblemDto)))]
pub(super) async fn check(State(app): State<Shared>, Json(request): Json<EditRequest>) -> Reply<EditCheckDto> {
    app.workspace().await?.check_edit(&request).await.map(json)
}
