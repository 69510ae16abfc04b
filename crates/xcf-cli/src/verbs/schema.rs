//! `xcf schema KIND`.

use super::Outcome;
use crate::args::SchemaArgs;
use crate::exit::Exit;
use crate::output::complain;
use xcf_core::docs::schema;

pub(super) fn run(args: &SchemaArgs) -> Outcome {
    let Some(kind) = &args.kind else {
        for kind in xcf_core::docs::Kind::ALL {
            println!("{}", kind.as_str());
        }
        return Ok(Exit::Ok);
    };
    match schema::schema(kind) {
        Some(schema) => {
            println!("{}", serde_json::to_string_pretty(&schema).unwrap_or_default());
            Ok(Exit::Ok)
        }
        None => {
            complain(&format!("`{kind}` is not a kind of document"), "`xcf schema` lists the kinds");
            Ok(Exit::Usage)
        }
    }
}

/// The OpenAPI document, from which the UI's types are generated.
pub(super) fn openapi() -> Outcome {
    println!("{}", xcf_api::http::openapi_json());
    Ok(Exit::Ok)
}
