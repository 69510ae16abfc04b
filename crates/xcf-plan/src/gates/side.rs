//! What one commit says about the gates of an Environment.

use crate::cost::PriceSheet;
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use xcf_core::diag::Place;
use xcf_core::docs::environment::AllowDestroy;
use xcf_core::docs::rules::ApprovalRuleSpec;
use xcf_core::ids::{EnvName, Role};

/// An ApprovalRule with its name and place.
#[derive(Debug, Clone, PartialEq)]
pub struct GateRule {
    /// `metadata.name`.
    pub name: String,
    /// Its `spec`.
    pub spec: ApprovalRuleSpec,
    /// Where it stands.
    pub place: Place,
}

/// What one side, base or head, says about gates of an Environment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Side {
    /// Every ApprovalRule of the workspace.
    pub rules: Vec<GateRule>,
    /// `Environment.approvers`.
    pub approvers: BTreeMap<Role, u32>,
    /// Where the approvers stand.
    pub approvers_place: Option<Place>,
    /// Prices that its rules and the shown cost are reckoned by.
    pub prices: Option<PriceSheet>,
    /// `protection.allowDestroy: never`, with its place.
    pub destroy_never: Option<Place>,
}

impl Side {
    /// The side `model` takes.
    #[must_use]
    pub fn of(model: &Workspace, environment: &EnvName) -> Self {
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
        Self {
            rules: rules.collect(),
            approvers_place: doc.filter(|_| !approvers.is_empty()).map(|d| d.place("/spec/approvers")),
            approvers,
            prices: model.prices.clone(),
            destroy_never: never.map(|d| d.place("/spec/protection/allowDestroy")),
        }
    }
}
