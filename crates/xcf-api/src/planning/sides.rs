//! What one commit says about the gates of an Environment.

use std::collections::BTreeMap;
use xcf_core::docs::environment::AllowDestroy;
use xcf_core::ids::{EnvName, Role};
use xcf_plan::gates::{GateRule, Side};
use xcf_plan::policy::PolicyFile;
use xcf_plan::workspace::Workspace as Model;

/// The side `model` takes.
pub(crate) fn side(model: &Model, environment: &EnvName) -> Side {
    let rules = model.approval_rules.iter().map(|doc| GateRule {
        name: doc.metadata.name.clone(),
        spec: doc.spec.clone(),
        place: doc.place("/metadata/name"),
    });
    let doc = model.environment_doc(environment.as_str());
    let approvers: BTreeMap<Role, u32> =
        doc.iter().flat_map(|d| &d.spec.approvers).map(|(role, count)| (Role::new(role.clone()), *count)).collect();
    let never =
        doc.filter(|d| d.spec.protection.as_ref().is_some_and(|p| p.allow_destroy == Some(AllowDestroy::Never)));
    Side {
        rules: rules.collect(),
        approvers_place: doc.filter(|_| !approvers.is_empty()).map(|d| d.place("/spec/approvers")),
        approvers,
        destroy_never: never.map(|d| d.place("/spec/protection/allowDestroy")),
    }
}

/// Policies of a model.
pub(crate) fn policies(model: &Model) -> Vec<PolicyFile> {
    model.rego.iter().map(|f| PolicyFile { path: f.path.to_string(), text: f.text.to_string() }).collect()
}
