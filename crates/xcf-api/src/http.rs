//! The one API of every shell (`D11`): axum routes with their OpenAPI description. Handlers only translate.

mod adopt;
mod author;
mod catalog;
mod changes;
mod events;
mod export;
mod graph;
mod guard;
mod language;
mod matrix;
mod runs;
mod system;
mod workspace;

use crate::app::App;
use crate::error::Answer;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use guard::{ACTING, Guard, guarded};

/// The application as handlers see it.
pub type Shared = Arc<App>;

/// Who acts, put into the request by the shell – never by a header a page could set (`D11`).
#[derive(Debug, Clone, Default)]
pub struct Acting {
    /// Identity asked for with `--as`; none: the default one.
    pub name: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Acting {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Largest request body, bytes: an edited text and the one it was edited from, escaped.
const LARGEST_BODY: usize = 16 << 20;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "XCloudFlow",
        description = "The API of every XCloudFlow shell.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    // What only a recursive type names is not found by itself.
    components(schemas(crate::dto::ProblemDto, crate::dto::EventDto, crate::dto::AttributeDto))
)]
struct Document;

fn described() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(system::session))
        .routes(routes!(system::open))
        .routes(routes!(system::close))
        .routes(routes!(adopt::preview))
        .routes(routes!(adopt::adopt))
        .routes(routes!(system::trust))
        .routes(routes!(system::doctor))
        .routes(routes!(workspace::workspace))
        .routes(routes!(workspace::problems))
        .routes(routes!(workspace::read_file, workspace::write_file))
        .routes(routes!(workspace::edit))
        .routes(routes!(author::act))
        .routes(routes!(author::layout, author::arrange))
        .routes(routes!(workspace::draft))
        .routes(routes!(workspace::undo))
        .routes(routes!(workspace::redo))
        .routes(routes!(workspace::discard))
        .routes(routes!(workspace::commit))
        .routes(routes!(language::language))
        .routes(routes!(language::buffers))
        .routes(routes!(language::keep_buffer, language::drop_buffer))
        .routes(routes!(language::merge))
        .routes(routes!(graph::graph))
        .routes(routes!(graph::unit))
        .routes(routes!(matrix::matrix))
        .routes(routes!(matrix::edit))
        .routes(routes!(matrix::impact))
        .routes(routes!(matrix::what_if))
        .routes(routes!(catalog::catalog))
        .routes(routes!(catalog::module))
        .routes(routes!(catalog::form))
        .routes(routes!(catalog::offers))
        .routes(routes!(catalog::check))
        .routes(routes!(graph::trace))
        .routes(routes!(changes::plan))
        .routes(routes!(changes::list))
        .routes(routes!(changes::detail))
        .routes(routes!(changes::approve))
        .routes(routes!(changes::reject))
        .routes(routes!(changes::apply))
        .routes(routes!(changes::cancel))
        .routes(routes!(changes::pause))
        .routes(routes!(changes::resume))
        .routes(routes!(changes::sign_off))
        .routes(routes!(runs::list))
        .routes(routes!(runs::detail))
        .routes(routes!(runs::log))
        .routes(routes!(runs::locks))
        .routes(routes!(runs::unlock))
        .routes(routes!(runs::outputs))
        .routes(routes!(export::preview))
        .routes(routes!(export::export))
        .routes(routes!(export::queue))
        .routes(routes!(export::flush))
        .routes(routes!(export::forget))
        .routes(routes!(export::check))
        .routes(routes!(events::events))
}

/// The router for in-process use (desktop, CLI).
pub fn router(app: Shared) -> axum::Router {
    let (router, _) = described().split_for_parts();
    router
        .route("/api/{*rest}", axum::routing::any(unknown))
        .layer(axum::extract::DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app)
}

/// The OpenAPI document as pretty JSON, for `ui/openapi.json`.
#[must_use]
pub fn openapi_json() -> String {
    described().into_openapi().to_pretty_json().unwrap_or_default()
}

async fn unknown(uri: axum::http::Uri) -> Response {
    crate::error::Problem::new(
        crate::error::Kind::NotFound,
        "no-such-route",
        format!("{} is not part of the API", uri.path()),
    )
    .into_response()
}

/// Shorthand for handlers.
type Reply<T> = Answer<Json<T>>;

fn json<T>(value: T) -> Json<T> {
    Json(value)
}
