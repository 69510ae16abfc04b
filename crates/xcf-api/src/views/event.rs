//! Events as lines for people, and which queries they make stale.

use crate::dto::{EventDto, SaidDto};
use serde_json::Value;
use xcf_core::event::{Event, EventKind as K};

/// An event for the stream.
pub(crate) fn event(event: &Event) -> EventDto {
    let e = &event.event;
    EventDto {
        position: event.position,
        at: e.at.to_string(),
        kind: e.kind.to_string(),
        actor: e.actor.display_name().to_owned(),
        change_set: e.change_set.map(|c| c.to_string()),
        run: e.run.map(|r| r.to_string()),
        unit: e.unit.as_ref().map(ToString::to_string),
        said: said(event),
        text: text(event),
        stales: stales(event),
    }
}

fn field<'a>(data: &'a Value, name: &str) -> &'a str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// One line; empty for events that are only bookkeeping.
pub(crate) fn text(event: &Event) -> String {
    let e = &event.event;
    let unit = e.unit.as_ref().map(ToString::to_string).unwrap_or_default();
    let set = e.change_set.map(|c| c.to_string()).unwrap_or_default();
    let run = e.run.map(|r| r.to_string()).unwrap_or_default();
    let who = e.actor.display_name();
    let because = |name: &str| match field(&e.data, name) {
        "" => String::new(),
        why => format!(": {why}"),
    };
    match e.kind {
        K::WorkspaceCreated => "Store made for this workspace".to_owned(),
        K::ChangeSetCreated => format!("{set} made by {who}"),
        K::ChangeSetPlanned => format!("{set} planned"),
        K::ChangeSetDenied => format!("{set} denied by policy"),
        K::ChangeSetApproved => format!("{set} approved"),
        K::ChangeSetRejected => format!("{set} rejected by {who}{}", because("reason")),
        K::ChangeSetExpired => format!("{set} expired unapproved"),
        K::ChangeSetSuperseded => format!("{set} superseded{}", because("reason")),
        K::ChangeSetCancelled => format!("{set} cancelled{}", because("reason")),
        K::ChangeSetClosed => format!("{set} closed"),
        K::ApprovalGiven => format!("{set} approved by {who}"),
        K::ApprovalRefused => format!("An approval of {set} by {who} was not taken{}", because("reason")),
        K::ApprovalRevoked => format!("{who} took an approval of {set} back"),
        K::ApprovalExpired => format!("An approval of {set} lapsed"),
        K::RemovalConsented => format!("{who} agreed to the destroy of {}", field(&e.data, "unit")),
        K::RunRequested => format!("{set}: run {run} asked for by {who}"),
        K::RunStarted => format!("{run} started"),
        K::RunPaused => format!("{run} paused by {who}"),
        K::RunResumed => format!("{run} resumed by {who}"),
        K::RunCancelling => format!("{run} is being cancelled by {who}"),
        K::RunFinished => format!("{run} finished: {}{}", field(&e.data, "outcome"), because("note")),
        K::UnitPlanned => format!("{unit} planned"),
        K::UnitDeferred => format!("{unit} deferred{}", because("reason")),
        K::UnitUnchanged => format!("{unit} unchanged"),
        K::UnitMoved => format!("{} moved to {}", field(&e.data, "from"), field(&e.data, "to")),
        K::UnitAdmitted => format!("{unit} admitted"),
        K::UnitWaiting => format!("{unit} waits{}", because("why")),
        K::UnitBackedUp => format!("{unit} backed up"),
        K::UnitApplied => format!("{unit} applied"),
        K::UnitVerified => format!("{unit} verified"),
        K::UnitReversePlanned => format!("{unit}: the way back is planned"),
        K::UnitDone => format!("{unit} done"),
        K::UnitSkipped => format!("{unit} skipped{}", because("reason")),
        K::UnitFailed => format!("{unit} failed{}{}", because("message"), left(&e.data)),
        K::UnitReversed => format!("{unit} reversed{}", because("reason")),
        K::UnitStuck => format!("{unit} stuck{}", because("reason")),
        K::UnitDestroyed => format!("{unit} destroyed"),
        K::ObservationStarted => format!("{unit} is observed"),
        K::ObservationVerdict => format!("{unit} observed"),
        K::ObservationSignedOff => format!("{unit} signed off by {who}"),
        K::ObservationExtended => format!("{unit}: observation extended"),
        K::HoldSet => format!("{unit} is on hold{}", because("reason")),
        K::HoldCleared => format!("{unit} is not on hold any more"),
        K::LockReleased => String::new(),
        K::LockForced => format!("Lock {} ended by {who}{}", field(&e.data, "lock"), because("reason")),
        K::MoneyReserved | K::MoneyReleased => String::new(),
        K::DriftFound => format!("{unit} drifted"),
        K::DriftCorrected => format!("{unit} corrected"),
        K::ExecRan if e.data.get("exit").is_none() => format!("{who} began a command in {unit}"),
        K::ExecRan => format!("{who} ran a command in {unit}"),
        K::DriverTaken
        | K::DriverLost
        | K::RunStepped
        | K::EffectIntended
        | K::EffectStarted
        | K::EffectFinished
        | K::EffectInspected
        | K::AuditCheckpoint => String::new(),
    }
}

/// The same by kind: who did what to which object, and the words somebody gave as the reason.
pub(crate) fn said(event: &Event) -> Option<SaidDto> {
    let e = &event.event;
    let reason =
        ["reason", "why", "message", "note"].into_iter().map(|name| field(&e.data, name)).find(|r| !r.is_empty());
    let code =
        format!("event-{}{}", e.kind.to_string().replace(['.', '_'], "-"), if reason.is_some() { "-why" } else { "" });
    let id = match (&e.unit, e.run, e.change_set) {
        (Some(unit), ..) => unit.to_string(),
        (None, Some(run), _) => run.to_string(),
        (None, None, Some(set)) => set.to_string(),
        (None, None, None) => field(&e.data, "lock").to_owned(),
    };
    let said = SaidDto::new(&code, text(event)).with("id", id).with("who", e.actor.display_name());
    said.with("reason", reason.unwrap_or_default()).some()
}

fn left(data: &Value) -> String {
    match field(data, "left_behind") {
        "" => String::new(),
        left => format!(". Left behind: {left}"),
    }
}

fn stales(event: &Event) -> Vec<String> {
    let e = &event.event;
    let mut keys = vec!["workspace".to_owned(), "graph".to_owned(), "changes".to_owned()];
    keys.extend(e.change_set.map(|c| format!("change:{c}")));
    if let Some(run) = e.run {
        keys.push(format!("run:{run}"));
        keys.push("runs".to_owned());
        keys.push("locks".to_owned());
    }
    if matches!(e.kind, K::LockForced | K::LockReleased) {
        keys.push("locks".to_owned());
    }
    keys.extend(e.unit.as_ref().map(|u| format!("unit:{u}")));
    keys
}
