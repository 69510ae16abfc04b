//! `xcf key add` and `xcf key list`.

use super::Outcome;
use crate::args::{Global, KeyVerb};
use crate::client::Refusal;
use crate::exit::Exit;
use crate::output::{note, structured, table};

pub(super) async fn run(global: &Global, verb: &KeyVerb) -> Outcome {
    let refuse =
        |p: xcf_api::Problem| Refusal { exit: Exit::of_problem(p.status().as_u16(), p.code), problem: p.dto() };
    let paths = xcf_api::Paths::from_env();
    match verb {
        KeyVerb::Add { name } => {
            let folder = global.directory.clone().unwrap_or_default();
            let made = xcf_api::keys::add(&paths, &folder, name.as_deref().or(global.acting.as_deref()))
                .await
                .map_err(refuse)?;
            if !structured(&made, global.format) {
                println!("{}", made.people_entry);
                note(
                    global.quiet,
                    &format!("The private key is in {}. Add the entry above to policies/people.yaml.", made.kept_in),
                );
            }
        }
        KeyVerb::List => {
            let keys = xcf_api::keys::list(&paths).await.map_err(refuse)?;
            if !structured(&serde_json::json!({ "keys": keys }), global.format) {
                let rows: Vec<_> = keys.into_iter().map(|k| vec![k.name, k.public, k.kept_in]).collect();
                table(&["NAME", "PUBLIC KEY", "KEPT IN"], &rows, global.format);
            }
        }
    }
    Ok(Exit::Ok)
}
