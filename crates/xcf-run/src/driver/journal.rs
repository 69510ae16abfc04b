//! The journal of a run is its stream (`D9`): an entry = the input and the events it caused, appended at once.
//!
//! Reading it back steps the machine again. It is refused – and nothing is started – if an entry is missing, can't be read,
//! does not fit the machine, was written by a newer program, or caused other events than the ones that stand behind it.

use serde::Serialize;
use std::collections::VecDeque;
use xcf_core::actor::Actor;
use xcf_core::changeset::UnitAction;
use xcf_core::event::{EffectMark, Event, EventKind, JournalEntry, NewEvent, StreamId};
use xcf_core::ids::{EffectId, RunId, UnitId};
use xcf_core::ports::store::{EventLog, StoreError};

use crate::invariants::{Checked, Refused};
use crate::machine::{Control, Effect, Emit, Illegal, Input, Run, Stamped};

/// Newest shape of the entries this program writes and reads.
pub const ENTRY_VERSION: u16 = 1;
/// How many events one read of the stream asks for.
const PAGE: usize = 500;

/// Why a journal can't be continued.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Written by a newer program: it knows what this one can't.
    #[error("the journal of {run} was written by a newer program (log position {position}: {what}); use that program")]
    TooNew {
        /// Run.
        run: RunId,
        /// Where.
        position: u64,
        /// What is newer.
        what: String,
    },
    /// Entries are missing, unreadable, or do not follow from each other.
    #[error("the journal of {run} is damaged at log position {position}: {what}; nothing was started")]
    Damaged {
        /// Run.
        run: RunId,
        /// Where.
        position: u64,
        /// What was found.
        what: String,
    },
    /// The Store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Builds the events of one entry: the input first, then what it caused. `before` is the run the input was given to.
#[must_use]
pub fn entry(before: Option<&Run>, after: &Run, input: &Stamped, emits: &[Emit]) -> Vec<NewEvent> {
    let answered = effect_of(&input.input).and_then(|id| before.and_then(|b| b.owed_effect(id)));
    let unit = answered.and_then(|o| o.unit.clone()).or_else(|| steered_unit(&input.input));
    let kind = input.input.journal_kind(answered.map(|o| &o.effect));
    let entry = JournalEntry { seq: after.seq, input: serde_json::to_value(input).unwrap_or_default() };
    let data = match (&input.input, answered) {
        (Input::EffectIntended { .. } | Input::EffectStarted { .. }, Some(owed)) => {
            let destroys = unit.as_ref().and_then(|id| after.unit(id)).map(|u| u.facts.action);
            let mark = mark_of(&owed.effect, destroys == Some(UnitAction::Destroy));
            serde_json::to_value(Marked { entry, mark })
        }
        _ => serde_json::to_value(entry),
    }
    .unwrap_or_default();
    let journal = StreamId::run(after.id);
    let event = |stream: StreamId, kind, unit: Option<UnitId>, data| NewEvent {
        stream,
        kind,
        version: ENTRY_VERSION,
        at: input.at,
        actor: Actor::system("driver"),
        change_set: Some(after.change_set),
        run: Some(after.id),
        unit,
        data,
    };
    let mut events = vec![event(journal.clone(), kind, unit, data)];
    // What concerns the ChangeSet as a whole stands in its own stream; it comes last, so that the run's events stay together.
    let (own, of_set): (Vec<&Emit>, Vec<&Emit>) = emits.iter().partition(|e| !is_of_change_set(e.kind));
    for emit in own {
        events.push(event(journal.clone(), emit.kind, emit.unit.clone(), emit.data.clone()));
    }
    for emit in of_set {
        let stream = StreamId::change_set(after.change_set);
        events.push(event(stream, emit.kind, emit.unit.clone(), emit.data.clone()));
    }
    events
}

/// A journal entry with what other readers need of it.
#[derive(Serialize)]
struct Marked {
    #[serde(flatten)]
    entry: JournalEntry,
    #[serde(flatten)]
    mark: EffectMark,
}

fn mark_of(effect: &Effect, destroys: bool) -> EffectMark {
    let (action, attempt) = match effect {
        Effect::ReadGates => ("gates", 0),
        Effect::Plan => ("plan", 0),
        Effect::Admit { .. } => ("admit", 0),
        Effect::Rekey => ("rekey", 0),
        Effect::Backup => ("backup", 0),
        Effect::Apply { attempt } if destroys => ("destroy", *attempt),
        Effect::Apply { attempt } => ("apply", *attempt),
        Effect::Inspect => ("inspect", 0),
        Effect::CollectOutputs => ("outputs", 0),
        Effect::Verify => ("verify", 0),
        Effect::Reverse => ("reverse", 0),
    };
    EffectMark { action: action.to_owned(), attempt }
}

fn effect_of(input: &Input) -> Option<EffectId> {
    match input {
        Input::EffectIntended { id, .. } | Input::EffectStarted { id, .. } | Input::EffectFinished { id, .. } => {
            Some(*id)
        }
        _ => None,
    }
}

fn steered_unit(input: &Input) -> Option<UnitId> {
    let Input::Control { control, .. } = input else { return None };
    match control {
        Control::Retry { unit } | Control::Skip { unit, .. } | Control::MarkReversed { unit, .. } => Some(unit.clone()),
        _ => None,
    }
}

fn is_of_change_set(kind: EventKind) -> bool {
    matches!(kind, EventKind::ChangeSetClosed | EventKind::ChangeSetCancelled)
}

fn is_entry(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::RunStarted
            | EventKind::RunStepped
            | EventKind::EffectIntended
            | EventKind::EffectStarted
            | EventKind::EffectFinished
            | EventKind::EffectInspected
    )
}

/// Reads a journal event by event.
#[derive(Debug)]
pub struct Replay {
    id: RunId,
    checked: Option<Checked>,
    /// Events the last entry must be followed by.
    due: VecDeque<(u64, EventKind, Option<UnitId>)>,
    position: u64,
}

impl Replay {
    /// Nothing read yet.
    #[must_use]
    pub fn new(id: RunId) -> Self {
        Self { id, checked: None, due: VecDeque::new(), position: 0 }
    }

    /// Takes the next event of the run's stream, in order.
    ///
    /// # Errors
    /// [`JournalError`] if it does not continue the journal.
    pub fn take(&mut self, event: &Event) -> Result<(), JournalError> {
        self.position = event.position;
        let due = self.due.pop_front();
        if due.is_none() && !is_entry(event.event.kind) {
            return Ok(());
        }
        if event.event.version > ENTRY_VERSION {
            let what = format!("entry version {}", event.event.version);
            return Err(JournalError::TooNew { run: self.id, position: event.position, what });
        }
        if let Some((position, kind, unit)) = due {
            let same = position == event.position && kind == event.event.kind && unit == event.event.unit;
            return if same { Ok(()) } else { Err(self.damaged(format!("{kind} should stand here"))) };
        }
        let entry: JournalEntry =
            serde_json::from_value(event.event.data.clone()).map_err(|e| self.damaged(e.to_string()))?;
        let input: Stamped = serde_json::from_value(entry.input).map_err(|e| self.damaged(e.to_string()))?;
        let expected = self.checked.as_ref().map_or(1, |c| c.run().seq + 1);
        if entry.seq != expected {
            return Err(self.damaged(format!("entry {expected} is missing, {} stands in its place", entry.seq)));
        }
        let (next, emits) = match &self.checked {
            None => Checked::begin(&input),
            Some(checked) => checked.after(&input),
        }
        .map_err(|refused| self.refused(&refused))?;
        let own = emits.into_iter().filter(|e| !is_of_change_set(e.kind));
        self.due = own.zip(event.position + 1..).map(|(e, position)| (position, e.kind, e.unit)).collect();
        self.checked = Some(next);
        Ok(())
    }

    /// The run as the journal tells it; none if it was never begun.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] if the last entry is cut off.
    pub fn finish(self) -> Result<Option<Checked>, JournalError> {
        match self.due.front() {
            Some((_, kind, _)) => Err(self.damaged(format!("the journal ends where {kind} should stand"))),
            None => Ok(self.checked),
        }
    }

    fn refused(&self, refused: &Refused) -> JournalError {
        match refused {
            Refused::Illegal(Illegal::TooNew { .. }) => {
                JournalError::TooNew { run: self.id, position: self.position, what: refused.to_string() }
            }
            other => self.damaged(other.to_string()),
        }
    }

    fn damaged(&self, what: String) -> JournalError {
        JournalError::Damaged { run: self.id, position: self.position, what }
    }
}

/// Reads a run back from the log: for a driver that resumes, and for every screen that shows one.
///
/// # Errors
/// [`JournalError`].
pub async fn load<L: EventLog + ?Sized>(log: &L, id: RunId) -> Result<Option<Checked>, JournalError> {
    let mut replay = Replay::new(id);
    let stream = StreamId::run(id);
    let mut after = 0;
    loop {
        let page = log.read_stream(&stream, after, PAGE).await?;
        for event in &page {
            replay.take(event)?;
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = last.position,
            _ => return replay.finish(),
        }
    }
}
