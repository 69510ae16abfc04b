//! The people of a simulation: what they do when the run waits for them, and out of the blue.

use xcf_core::changeset::UnitAction;
use xcf_core::ids::UnitId;
use xcf_core::route::Gate;

use super::dice::Dice;
use super::world::World;
use crate::machine::{Control, Run, UnitRun, UnitState, Wait};

/// What a person does.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    /// Asks the run for something.
    Ask(Control),
    /// Signed something; the driver hears that approvals changed.
    Signed,
}

/// Signs the gate of a unit as it is now.
fn sign(world: &mut World, id: &UnitId, unit: &UnitRun) {
    world.signed.insert(id.clone(), unit.facts.digest.clone());
}

/// What a patient person does about a run that stands still; after too many tries they give up.
pub(super) fn help(world: &mut World, run: &Run, tries: u32) -> Deed {
    if tries > 40 {
        return Deed::Ask(Control::Cancel { kill: run.cancel.is_some() || world.dice.percent(50) });
    }
    if run.paused {
        return Deed::Ask(Control::Resume);
    }
    let waits = |test: fn(&UnitState) -> bool| -> Vec<UnitId> {
        run.units().filter(|(_, u)| test(&u.state)).map(|(id, _)| id.clone()).collect()
    };
    // Now and then somebody does not like what they see.
    let applied = waits(|s| matches!(s, UnitState::Done | UnitState::Observing));
    if let Some(unit) = world.dice.pick(&applied).cloned()
        && !run.is_halted()
        && world.dice.percent(5)
    {
        return Deed::Ask(Control::RollBack { units: vec![unit], all: world.dice.percent(20) });
    }
    let open = waits(|s| matches!(s, UnitState::Waiting { why: Wait::Gate { .. } | Wait::Gates { .. } }));
    let unagreed = waits(|s| matches!(s, UnitState::Waiting { why: Wait::Consent }));
    if !open.is_empty() || !unagreed.is_empty() {
        for (id, unit) in run.units() {
            if unit.facts.gate != Gate::Auto && world.dice.percent(85) {
                sign(world, id, unit);
            }
            if unit.facts.removal && world.dice.percent(85) {
                world.consented.insert(id.clone(), unit.facts.digest.clone());
            }
        }
        return Deed::Signed;
    }
    let observed = waits(|s| matches!(s, UnitState::Observing));
    if let Some(first) = observed.first()
        && world.dice.percent(90)
    {
        let units = if world.dice.percent(50) { Vec::new() } else { vec![first.clone()] };
        return Deed::Ask(Control::SignOff { units });
    }
    mend(world, run)
}

fn mend(world: &mut World, run: &Run) -> Deed {
    let mut ill: Vec<(&UnitId, &UnitRun)> = Vec::new();
    for (id, unit) in run.units() {
        if matches!(unit.state, UnitState::Failed { .. } | UnitState::Stuck { .. }) {
            ill.push((id, unit));
        }
    }
    let Some((id, unit)) = world.dice.pick(&ill).copied() else { return without_patient(world, run) };
    let unit_id = id.clone();
    let stuck = matches!(unit.state, UnitState::Stuck { .. });
    let reason = "the script says so".to_owned();
    let control = match world.dice.below(100) {
        0..=54 if unit.facts.action != UnitAction::Unresolved => Control::Retry { unit: unit_id },
        0..=74 if !stuck && !run.rolling_back => Control::Skip { unit: unit_id, reason },
        0..=84 => {
            world.real.insert(unit_id.clone(), super::world::Real::Nothing);
            Control::MarkReversed { unit: unit_id, reason, commit: None }
        }
        85..=94 if !run.rolling_back => Control::RollBack { units: Vec::new(), all: world.dice.percent(30) },
        _ => Control::Cancel { kill: false },
    };
    Deed::Ask(control)
}

/// Nothing is ill, and yet it stands: units wait for one that was taken back.
fn without_patient(world: &mut World, run: &Run) -> Deed {
    let waiting = run.units().find(|(_, u)| matches!(u.state, UnitState::Waiting { why: Wait::UpstreamFailed { .. } }));
    match waiting {
        Some((id, _)) if world.dice.percent(80) => {
            Deed::Ask(Control::Skip { unit: id.clone(), reason: "not needed".to_owned() })
        }
        _ => Deed::Ask(Control::Cancel { kill: false }),
    }
}

/// A wish out of the blue; most of them do not fit, and the run has to say so.
pub(super) fn whim(world: &mut World, run: &Run) -> Deed {
    let units: Vec<UnitId> = run.units().map(|(id, _)| id.clone()).collect();
    let Some(unit) = world.dice.pick(&units).cloned() else { return Deed::Signed };
    let reason = "a whim".to_owned();
    let control = match world.dice.below(10) {
        0 | 1 => Control::Pause,
        2 => Control::Resume,
        3 => Control::Cancel { kill: throw(&mut world.dice) },
        4 => Control::SignOff { units: vec![unit] },
        5 => Control::Retry { unit },
        6 => Control::Skip { unit, reason },
        7 => Control::RollBack { units: vec![unit], all: throw(&mut world.dice) },
        8 => {
            // A signature is taken back.
            world.signed.remove(&unit);
            world.consented.remove(&unit);
            return Deed::Signed;
        }
        _ if run.unit(&unit).is_some_and(|u| matches!(u.state, UnitState::Done | UnitState::Observing)) => {
            Control::RollBack { units: vec![unit], all: false }
        }
        // By somebody who did not look: refused unless the unit failed or is stuck, and then nothing of it is real.
        _ => {
            if run.unit(&unit).is_some_and(|u| matches!(u.state, UnitState::Failed { .. } | UnitState::Stuck { .. })) {
                world.real.insert(unit.clone(), super::world::Real::Nothing);
            }
            Control::MarkReversed { unit, reason, commit: None }
        }
    };
    Deed::Ask(control)
}

fn throw(dice: &mut Dice) -> bool {
    dice.percent(50)
}
