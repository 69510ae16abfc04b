//! Controls travel through the log: whoever steers a run appends an event, whoever drives it reads it (`D7`, `D9`).

use jiff::Timestamp;
use xcf_core::actor::Actor;
use xcf_core::event::{Event, EventKind, NewEvent, StreamId};
use xcf_core::ids::{ChangeSetId, RunId};

use crate::driver::journal::ENTRY_VERSION;
use crate::machine::Control;

/// The event that asks a run for `control`; append it to the log, whichever process drives the run takes it.
///
/// Retry, skip, mark reversed and roll back are kinds of *resume*: they let a run that stands go on.
#[must_use]
pub fn control_event(run: RunId, change_set: ChangeSetId, control: &Control, actor: Actor, at: Timestamp) -> NewEvent {
    let unit = match control {
        Control::Retry { unit } | Control::Skip { unit, .. } | Control::MarkReversed { unit, .. } => Some(unit.clone()),
        _ => None,
    };
    NewEvent {
        stream: StreamId::run(run),
        kind: kind_of(control),
        version: ENTRY_VERSION,
        at,
        actor,
        change_set: Some(change_set),
        run: Some(run),
        unit,
        data: serde_json::to_value(control).unwrap_or_default(),
    }
}

fn kind_of(control: &Control) -> EventKind {
    match control {
        Control::Pause => EventKind::RunPaused,
        Control::Cancel { .. } => EventKind::RunCancelling,
        Control::SignOff { .. } => EventKind::ObservationSignedOff,
        Control::Resume
        | Control::Retry { .. }
        | Control::Skip { .. }
        | Control::MarkReversed { .. }
        | Control::RollBack { .. } => EventKind::RunResumed,
    }
}

/// The control an event of the run's or the ChangeSet's stream asks for, or why it can't be read; none for any other event.
#[must_use]
pub fn control_of(event: &Event) -> Option<Result<Control, String>> {
    let kind = event.event.kind;
    let steers = matches!(
        kind,
        EventKind::RunPaused | EventKind::RunResumed | EventKind::RunCancelling | EventKind::ObservationSignedOff
    );
    if !steers {
        return None;
    }
    let read = serde_json::from_value::<Control>(event.event.data.clone()).map_err(|e| e.to_string());
    Some(read.and_then(
        |control| {
            if kind_of(&control) == kind { Ok(control) } else { Err(format!("{kind} can't ask for this")) }
        },
    ))
}
