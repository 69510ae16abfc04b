//! What happens to a unit if it is planned now.

use crate::dto::SaidDto;
use xcf_core::graph::Unit;
use xcf_core::route::Gate;
use xcf_plan::workspace::{Blocked, Workspace as Model};

/// Why it is not planned, who must agree, and which restrictions are written but not in force.
pub(crate) fn if_planned(model: &Model, unit: &Unit) -> Vec<SaidDto> {
    let gate = &unit.route.gate;
    let mut lines = Vec::new();
    if let Some(block) = model.blocked.get(&unit.id) {
        lines.push(SaidDto::new("not-planned", "It is not planned:"));
        lines.push(blocked(block));
    }
    lines.push(match gate.value {
        Gate::Auto => SaidDto::new("gate-auto", "No approval: policies decide"),
        Gate::Approve => {
            SaidDto::new("gate-approve", format!("Needs approval ({})", gate.rule)).with("rule", &gate.rule)
        }
        Gate::Strong => {
            SaidDto::new("gate-strong", format!("Needs approval and countersign, never by an author ({})", gate.rule))
                .with("rule", &gate.rule)
        }
    });
    lines.extend(unit.not_yet_effective.iter().map(|(field, place)| {
        let text = format!("{field} binds it but is not effective yet: apply stops unless that is accepted ({place})");
        SaidDto::new("not-yet-effective", text).with("field", field).with("place", place)
    }));
    lines
}

/// Why a unit must not be planned, with the place.
pub(crate) fn blocked(block: &Blocked) -> SaidDto {
    SaidDto::of(&block.said, format!("{} ({})", block.reason, block.place)).with("place", &block.place)
}
