//! `xcf doctor`.

use super::Outcome;
use crate::args::Global;
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{structured, table};
use xcf_api::dto::DoctorDto;

pub(super) async fn run(global: &Global, client: &Client) -> Outcome {
    let doctor: DoctorDto = client.get("/api/doctor").await?;
    let failed = doctor.checks.iter().any(|c| c.status == "failed");
    if !structured(&doctor, global.format) {
        let rows: Vec<_> = doctor
            .checks
            .iter()
            .map(|c| vec![c.status.clone(), c.name.clone(), c.found.clone(), c.fix.clone()])
            .collect();
        table(&["STATUS", "CHECK", "FOUND", "TO MEND IT"], &rows, global.format);
        println!();
        let rows: Vec<_> = doctor.paths.iter().map(|p| vec![p.name.clone(), p.path.clone()]).collect();
        table(&["PATH", "WHERE"], &rows, global.format);
    }
    Ok(if failed { Exit::Error } else { Exit::Ok })
}
