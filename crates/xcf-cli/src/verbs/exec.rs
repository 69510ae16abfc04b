//! `xcf exec UNIT -- CMD`.

use super::Outcome;
use crate::args::{ExecArgs, Global};
use crate::client::{Client, Refusal};
use crate::exit::Exit;
use crate::output::{complain, note};
use xcf_core::ids::{IdError, UnitId};

pub(super) async fn run(global: &Global, client: &Client, args: &ExecArgs) -> Outcome {
    let Some(app) = client.app() else {
        complain(
            "exec runs on this machine; it can't go through --server",
            "run it where the engine and its credentials are",
        );
        return Ok(Exit::Usage);
    };
    let unit: Result<UnitId, IdError> = args.unit.parse();
    let unit = match unit {
        Ok(unit) => unit,
        Err(error) => {
            complain(&error.to_string(), "");
            return Ok(Exit::Usage);
        }
    };
    let refuse =
        |p: xcf_api::Problem| Refusal { exit: Exit::of_problem(p.status().as_u16(), p.code), problem: p.dto() };
    let workspace = app.workspace().await.map_err(refuse)?;
    let acting = xcf_api::http::Acting { name: global.acting.clone() };
    let status = workspace.exec(&unit, &args.command, &acting).await.map_err(refuse)?;
    if status == 0 {
        return Ok(Exit::Ok);
    }
    let program = args.command.first().map(String::as_str).unwrap_or_default();
    let how = if status < 0 { "was ended by a signal".to_owned() } else { format!("ended with {status}") };
    note(global.quiet, &format!("{program} {how}"));
    Ok(Exit::Error)
}
