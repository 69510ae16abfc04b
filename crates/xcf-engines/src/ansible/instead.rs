//! Plans of a playbook unit that are not simply its playbook: the way back, and the end of management.

use super::playbook;
use super::run::Run;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::plan::{Action, Fidelity, ResourceChange, UnitPlan};
use xcf_core::ports::runner::{RunnerError, UnitContext};
use xcf_core::route::Engine;

/// What a plan that is not simply the playbook is to do when it is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "xcf-ansible", rename_all = "kebab-case")]
pub enum Instead {
    /// Run the declared rollback fragment.
    Rollback { fragment: String },
    /// Nothing can be undone: only our record goes.
    Forget,
}

/// The playbook to run, absolute.
pub fn book(run: &Run<'_>, instead: Option<&Instead>) -> Result<PathBuf, RunnerError> {
    let Some(Instead::Rollback { fragment }) = instead else { return Ok(run.cx.export.join(&run.playbook)) };
    let inside = Path::new(fragment)
        .components()
        .all(|c| matches!(c, std::path::Component::Normal(_) | std::path::Component::CurDir));
    let path = run.cx.export.join(fragment);
    let bytes = if inside { std::fs::read(&path).ok() } else { None };
    let Some(bytes) = bytes else {
        let message = format!("the rollback fragment {fragment} is not there");
        return Err(RunnerError::new("invalid-module", message).hint("mend `rollback` of the module"));
    };
    if playbook::is_playbook(&bytes) { Ok(path) } else { run.wrapper(&path) }
}

/// The way back, or the removal: the declared fragment; without one, nothing is undone and only our record goes.
pub fn way_back(cx: &UnitContext) -> Option<Instead> {
    cx.rollback_fragment.as_ref().map(|fragment| Instead::Rollback { fragment: fragment.clone() })
}

pub fn forgetting(cx: &UnitContext) -> UnitPlan {
    let change = ResourceChange {
        address: cx.module.clone(),
        resource_type: "ansible.playbook".to_owned(),
        action: Action::Forget,
        before: serde_json::Value::Null,
        after: serde_json::Value::Null,
        unknown: Vec::new(),
        sensitive: Vec::new(),
        sensitive_marks: BTreeMap::new(),
        replace_reasons: Vec::new(),
        previous_address: None,
        fidelity: Fidelity::Exact,
    };
    let warning = Diagnostic::warning(
        "left-on-hosts",
        "what the playbook made stays on its hosts: no `rollback` fragment says how to take it away",
        Place::file(&cx.module),
    );
    UnitPlan {
        v: 1,
        engine: Engine::Ansible,
        engine_version: String::new(),
        components: BTreeMap::new(),
        changes: vec![change],
        outputs: Vec::new(),
        unknown_inputs: Vec::new(),
        drift: Vec::new(),
        state_serial: None,
        warnings: vec![warning],
    }
}

pub fn artifact(instead: &Instead) -> Result<Vec<u8>, RunnerError> {
    serde_json::to_vec(instead).map_err(|e| RunnerError::new("io", format!("cannot write the plan down: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn d10_what_to_do_instead_survives_being_kept() {
        let instead = Instead::Rollback { fragment: "ops/undo.yml".into() };
        let bytes = artifact(&instead).unwrap();
        assert_eq!(serde_json::from_slice::<Instead>(&bytes).unwrap(), instead);
        assert_eq!(serde_json::to_value(Instead::Forget).unwrap(), json!({"xcf-ansible": "forget"}));
    }
}
