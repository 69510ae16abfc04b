//! `xcf route [UNIT…]`.

use super::Outcome;
use crate::args::{Global, UnitsArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{structured, table};
use xcf_api::dto::{GraphDto, TraceDto};

pub(super) async fn run(global: &Global, client: &Client, args: &UnitsArgs) -> Outcome {
    let units = match args.units.is_empty() {
        false => args.units.clone(),
        true => client.get::<GraphDto>("/api/graph?draft=true").await?.units.into_iter().map(|u| u.id).collect(),
    };
    let mut traces = Vec::new();
    for unit in &units {
        traces.push(client.get::<TraceDto>(&format!("/api/matrix/trace/{unit}")).await?);
    }
    if structured(&traces, global.format) {
        return Ok(Exit::Ok);
    }
    for trace in &traces {
        println!("{}", trace.unit);
        let place = |p: &Option<xcf_api::dto::PlaceDto>| {
            p.as_ref().map_or_else(|| "built-in".to_owned(), |p| format!("{}:{}", p.file, p.line))
        };
        let rows: Vec<_> = trace
            .route
            .iter()
            .map(|f| vec![format!("  {}", f.field), f.value.clone(), f.rule.clone(), f.origin.clone(), place(&f.place)])
            .collect();
        table(&["  FIELD", "VALUE", "WHY", "LAYER", "WHERE"], &rows, global.format);
    }
    Ok(Exit::Ok)
}
