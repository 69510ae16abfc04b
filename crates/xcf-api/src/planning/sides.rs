//! What one commit says about the gates and policies of an Environment.

use crate::planning::waves::Asked;
use std::collections::BTreeSet;
use xcf_core::diag::Diagnostic;
use xcf_core::ids::EnvName;
use xcf_core::route::{Backup, Route};
use xcf_plan::gates::Side;
use xcf_plan::policy::PolicyFile;
use xcf_plan::workspace::Workspace as Model;

/// The side `model` takes.
pub(crate) fn side(model: &Model, environment: &EnvName) -> Side {
    Side::of(model, environment)
}

/// Policies of a model.
pub(crate) fn policies(model: &Model) -> Vec<PolicyFile> {
    xcf_plan::policy::files(model)
}

/// Why a unit can't run although head would let it: base asks for a backup that head gave up and its engine can't take
/// (`dsl §7`: the stricter side counts, so that nobody drops a backup in the change it guards).
pub(crate) fn backup_at_base(asked: &Asked<'_>, base: Option<&Route>, takes: &BTreeSet<Backup>) -> Option<Diagnostic> {
    let base = base?;
    let lacking: Vec<&str> = base.backup.value.difference(takes).map(|b| b.as_str()).collect();
    if lacking.is_empty() || !asked.diagnostics.is_empty() {
        return None;
    }
    let place = base.backup.place.clone().unwrap_or_else(|| asked.unit.place.clone());
    let message = format!(
        "{}: {} can't take the backup {} that {} asks for at base, which is stricter",
        asked.unit.id,
        asked.unit.route.engine.value,
        lacking.join(", "),
        base.backup.rule
    );
    let hint = "bring the edit that gives the backup up to the default branch first, in a change of its own";
    Some(Diagnostic::error("cannot-run-here", message, place).hint(hint))
}
