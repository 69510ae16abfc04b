//! Routes as rows with their why.

use crate::dto::{OverruledDto, PlaceDto, RouteFieldDto, SaidDto};
use std::fmt::Display;
use xcf_core::route::{Because, Origin, Route};
use xcf_plan::router::words;

pub(crate) use words::{backup as backup_words, reconcile as reconcile_words};

/// The word of a layer of overrides.
pub(crate) fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::BuiltIn => "built-in",
        Origin::Matrix => "matrix",
        Origin::Composition => "composition",
        Origin::Module => "module",
        Origin::Environment => "environment",
        Origin::EnvironmentEntry => "environment-entry",
        Origin::Protection => "protection",
        Origin::ModuleContent => "module-content",
    }
}

fn row<T>(field: &str, because: &Because<T>, value: String) -> RouteFieldDto {
    RouteFieldDto {
        field: field.to_owned(),
        value,
        value_said: None,
        origin: origin_word(because.origin).to_owned(),
        rule: because.rule.clone(),
        place: because.place.as_ref().map(PlaceDto::from),
        overruled: because
            .overruled
            .iter()
            .map(|o| OverruledDto {
                origin: origin_word(o.origin).to_owned(),
                rule: o.rule.clone(),
                value: o.value.clone(),
                place: o.place.as_ref().map(PlaceDto::from),
            })
            .collect(),
    }
}

fn plain<T: Display>(field: &str, because: &Because<T>) -> RouteFieldDto {
    row(field, because, because.value.to_string())
}

/// Every field of a route, in the order the Inspector shows them.
pub(crate) fn rows(route: &Route) -> Vec<RouteFieldDto> {
    let open = route.windows.value.is_empty().then(|| SaidDto::new("always-open", "always open"));
    let windows = words::windows(&route.windows.value);
    vec![
        plain("engine", &route.engine),
        row("reconcile", &route.reconcile, reconcile_words(&route.reconcile.value)),
        plain("drift", &route.drift),
        plain("gate", &route.gate),
        row("backup", &route.backup, backup_words(&route.backup.value)),
        RouteFieldDto { value_said: open, ..row("window", &route.windows, windows) },
        plain("rollback", &route.rollback),
    ]
}
