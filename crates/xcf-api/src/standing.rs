//! Unit standing for the graph: pending is computed once per tree and log position, not per look.

use crate::dto::SaidDto;
use crate::error::Answer;
use crate::open::{Loaded, Workspace};
use crate::views::planned::blocked;
use std::collections::BTreeSet;
use std::sync::Mutex;
use xcf_core::ids::UnitId;
use xcf_plan::ledger::Ledger;
use xcf_plan::standing::{Standing, StandingFacts, standing};

/// What was pending when it was last computed, and for what.
#[derive(Default)]
pub(crate) struct PendingMarks(Mutex<Option<(usize, u64, BTreeSet<UnitId>)>>);

impl Workspace {
    /// Computes what is pending for `loaded`, unless that is known for this log position.
    pub(crate) async fn refresh_pending(&self, loaded: &Loaded, ledger: &Ledger) -> Answer<()> {
        let mark = (std::sync::Arc::as_ptr(&loaded.model) as usize, ledger.position);
        let known = self
            .marks
            .0
            .lock()
            .is_ok_and(|m| m.as_ref().is_some_and(|(model, position, _)| (*model, *position) == mark));
        if !known {
            let pending = self.pending_now(loaded, ledger).await?;
            if let Ok(mut slot) = self.marks.0.lock() {
                *slot = Some((mark.0, mark.1, pending));
            }
        }
        Ok(())
    }
    /// Whether the unit is pending; none if that was never computed.
    pub(crate) fn pending_mark(&self, id: &UnitId) -> Option<bool> {
        let marks = self.marks.0.lock().ok()?;
        marks.as_ref().map(|(_, _, pending)| pending.contains(id))
    }
    /// The standing of a unit, with its why.
    pub(crate) fn standing_of(
        &self,
        broken: Option<&xcf_plan::workspace::Blocked>,
        ledger: &Ledger,
        id: &UnitId,
        draft: bool,
        now: jiff::Timestamp,
    ) -> (Standing, Option<SaidDto>) {
        let record = ledger.units.get(id);
        let open = ledger.change_sets.values().rev().find(|c| {
            c.ended.is_none()
                && c.current().is_some_and(|r| !r.summary.worktree && r.planned.units.contains_key(&id.to_string()))
        });
        let run = open.and_then(|c| c.runs.last()).and_then(|r| ledger.runs.get(r)).filter(|r| r.finished.is_none());
        let in_run = run.and_then(|r| r.units.get(id));
        let facts = StandingFacts {
            broken: broken.is_some(),
            record,
            in_run,
            change_set: open.and_then(|c| ledger.status(c.id, now)).map(|s| s.state),
            draft,
            pending: self.pending_mark(id),
            ..StandingFacts::default()
        };
        let why = match (broken, in_run.and_then(|u| u.waiting.as_ref()), record.and_then(|r| r.failure.as_ref())) {
            (Some(b), ..) => Some(blocked(b)),
            (_, Some(w), _) => Some(SaidDto::of(&w.said, w.why.clone())),
            (_, _, Some(f)) => Some(SaidDto::new("failure", f.message.clone()).with("error", &f.code)),
            _ => None,
        };
        (standing(&facts), why.and_then(SaidDto::some))
    }
}
