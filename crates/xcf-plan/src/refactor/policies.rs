//! Environments that policies name in `match`.

use super::{Desk, Outcome, set};
use xcf_core::docs::shapes::OneOrMany;
use xcf_core::edit::Edit;

/// Everything in `policies/` that binds the Environment `name` binds `to`.
pub(super) fn rename_environment(desk: &mut Desk<'_>, name: &str, to: &str) -> Outcome<()> {
    let model = desk.model;
    let mut found: Vec<(&str, usize, Vec<Edit>)> = Vec::new();
    for doc in &model.matrices {
        let rows = doc.spec.rows.iter().enumerate();
        let edits = rows.flat_map(|(i, r)| edits(r.matches.environment.as_ref(), &format!("/spec/rows/{i}"), name, to));
        found.push((&doc.file, doc.index, edits.collect()));
    }
    let mut one = |file, index, matched: Option<&OneOrMany<String>>| {
        found.push((file, index, edits(matched, "/spec", name, to)));
    };
    model.windows.iter().for_each(|d| one(d.file.as_str(), d.index, d.spec.matches.environment.as_ref()));
    model.budgets.iter().for_each(|d| one(&d.file, d.index, d.spec.matches.environment.as_ref()));
    model.rate_limits.iter().for_each(|d| one(&d.file, d.index, d.spec.matches.environment.as_ref()));
    model.approval_rules.iter().for_each(|d| one(&d.file, d.index, d.spec.matches.environment.as_ref()));
    model.waivers.iter().for_each(|d| one(&d.file, d.index, d.spec.matches.environment.as_ref()));
    for (file, index, edits) in found.into_iter().filter(|(_, _, e)| !e.is_empty()) {
        desk.edit(file, index, &edits)?;
    }
    Ok(())
}

fn edits(matched: Option<&OneOrMany<String>>, base: &str, name: &str, to: &str) -> Vec<Edit> {
    match matched {
        Some(OneOrMany::One(one)) if one == name => vec![set(format!("{base}/match/environment"), to)],
        Some(OneOrMany::Many(many)) => {
            let named = many.iter().enumerate().filter(|(_, n)| *n == name);
            named.map(|(i, _)| set(format!("{base}/match/environment/{i}"), to)).collect()
        }
        _ => Vec::new(),
    }
}
