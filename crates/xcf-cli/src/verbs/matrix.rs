//! `xcf matrix impact`.

use super::Outcome;
use crate::args::{Global, ImpactArgs, MatrixVerb};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{diagnostics, note, structured, table};
use xcf_api::dto::{ImpactDto, ImpactRequest, WhyDto};

pub(super) async fn run(global: &Global, client: &Client, verb: &MatrixVerb) -> Outcome {
    match verb {
        MatrixVerb::Impact(args) => impact(global, client, args).await,
    }
}

async fn impact(global: &Global, client: &Client, args: &ImpactArgs) -> Outcome {
    let request = ImpactRequest { base: args.base.clone(), edits: Vec::new() };
    let found: ImpactDto = client.post("/api/matrix/impact", &request).await?;
    if !structured(&found, global.format) {
        units(global, &found);
        recorded(global, &found);
        for finding in &found.findings {
            let rows: Vec<String> = finding.rows.iter().map(|r| format!("{}:{}", r.place.file, r.place.line)).collect();
            println!("{}: {} ({})", finding.kind, finding.message, rows.join(", "));
        }
        diagnostics(&found.errors);
        let ImpactDto { looked_at, loosened, tightened, neutral, replayed, .. } = &found;
        note(
            global.quiet,
            &format!(
                "{loosened} loosened, {tightened} tightened, {neutral} otherwise changed of {looked_at} units; {} of {replayed} recorded ChangeSets judged differently",
                found.recorded.len()
            ),
        );
    }
    Ok(exit(&found))
}

/// First match of `D15`: error · changes · nothing.
fn exit(found: &ImpactDto) -> Exit {
    let nothing =
        found.units.is_empty() && found.recorded.is_empty() && found.appeared.is_empty() && found.gone.is_empty();
    match (found.errors.is_empty(), nothing) {
        (false, _) => Exit::Error,
        (true, true) => Exit::Ok,
        (true, false) => Exit::Changes,
    }
}

fn units(global: &Global, found: &ImpactDto) {
    let rule = |why: &WhyDto| match &why.place {
        Some(place) => format!("{} ({}:{})", why.rule, place.file, place.line),
        None => why.rule.clone(),
    };
    let mut rows = Vec::new();
    for unit in &found.units {
        for field in &unit.fields {
            rows.push(vec![
                field.turn.clone(),
                unit.unit.clone(),
                field.field.clone(),
                format!("{} → {}", field.from, field.to),
                format!("{} → {}", rule(&field.before), rule(&field.after)),
                field.judged_by.clone().unwrap_or_default(),
            ]);
        }
    }
    rows.extend(found.appeared.iter().map(|u| vec!["new".to_owned(), u.clone()]));
    rows.extend(found.gone.iter().map(|u| vec!["gone".to_owned(), u.clone()]));
    if !rows.is_empty() {
        table(&["IMPACT", "UNIT", "COLUMN", "CHANGE", "WHY", "JUDGED BY"], &rows, global.format);
    }
}

fn recorded(global: &Global, found: &ImpactDto) {
    let rows: Vec<_> = found
        .recorded
        .iter()
        .map(|r| {
            let people = format!("{} → {}", r.people_before, r.people_after);
            vec![r.id.clone(), r.environment.clone(), r.status.clone(), r.effects.join(", "), people, r.title.clone()]
        })
        .collect();
    if !rows.is_empty() {
        println!();
        table(&["CHANGESET", "ENV", "STATUS", "WOULD HAVE", "PEOPLE", "TITLE"], &rows, global.format);
    }
}
