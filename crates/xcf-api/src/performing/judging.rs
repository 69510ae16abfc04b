//! Gates and admission, by the pure functions of `xcf-plan`.

use super::{Failed, Hands, Performed, unit_id};
use crate::open::Workspace;
use jiff::Timestamp;
use std::collections::BTreeMap;
use xcf_core::actor::Actor;
use xcf_core::changeset::{Approval, ChangeSet, ChangeSetState, ChangeUnit, UnitRunState};
use xcf_core::docs::rules::PeopleSpec;
use xcf_core::event::{EventKind, Locks, NewEvent, PAYLOAD_VERSION, StreamId};
use xcf_core::ports::store::StoreError;
use xcf_core::route::Engine;
use xcf_plan::admission::{Admission, Limits, World, admit, locks_of};
use xcf_plan::gates::{Circle, Given, evaluate_unit};
use xcf_plan::ledger::{ChangeSetRecord, Ledger};
use xcf_run::driver::embedded::Job;
use xcf_run::machine::{Gates, Outcome};

/// Approvals with their signatures checked once.
pub(crate) struct Checked {
    approvals: Vec<(Approval, bool, bool)>,
}

impl Checked {
    /// Checks every approval of a ChangeSet.
    pub(crate) fn of(record: &ChangeSetRecord) -> Self {
        let check = |a: &xcf_plan::ledger::ApprovalRecord| {
            (a.approval.clone(), crate::identity::signature_fits(&a.approval), a.ended.is_some())
        };
        Self { approvals: record.approvals.iter().map(check).collect() }
    }
    /// As the gates want them.
    pub(crate) fn given(&self) -> Vec<Given<'_>> {
        self.approvals
            .iter()
            .map(|(approval, signature_ok, ended)| Given { approval, signature_ok: *signature_ok, ended: *ended })
            .collect()
    }
}

impl Workspace {
    /// People of base; none: solo (`dsl §10`).
    pub(crate) async fn people_of(&self, set: &ChangeSet) -> crate::error::Answer<Option<PeopleSpec>> {
        let model = self.at_commit(&set.base).await?.model;
        if model.is_solo() {
            return Ok(None);
        }
        Ok(Some(PeopleSpec { people: model.people.iter().flat_map(|d| d.spec.people.clone()).collect() }))
    }
}

impl Hands {
    pub(super) async fn read_gates(&self, job: &Job) -> Performed {
        let set = self.set(job).await?;
        let ledger = self.workspace.ledger().await?;
        let record =
            ledger.change_sets.get(&job.change_set).ok_or_else(|| crate::error::Problem::not_found(job.change_set))?;
        let now = self.workspace.clock.now();
        let people = self.workspace.people_of(&set).await?;
        let circle = Circle::of(&set, self.workspace.uid.as_str(), people.as_ref(), now);
        let checked = Checked::of(record);
        let given = checked.given();
        let mut gates = Gates { held: held(record, &set), ..Gates::default() };
        for (id, (digest, blob)) in &job.units {
            let planned: Option<ChangeUnit> = match blob {
                Some(blob) => Some(self.workspace.blob_json(blob).await?),
                None => None,
            };
            // A plan that the approval covers bears another digest than the one approved: that one counts.
            let bears = |unit: &&ChangeUnit| &unit.unit_digest == digest;
            let Some(unit) = planned.as_ref().filter(bears).or_else(|| set.unit(id).filter(bears)) else { continue };
            if evaluate_unit(unit, &circle, &given).met {
                gates.met.insert(id.clone(), digest.clone());
            }
            if record.consents_to(id, digest) {
                gates.consented.insert(id.clone(), digest.clone());
            }
        }
        Ok(Outcome::Gates { gates })
    }

    pub(super) async fn admit(&self, job: &Job, reverse: bool) -> Performed {
        let target = self.target(job).await?;
        let id = unit_id(job)?;
        loop {
            let ledger = self.workspace.ledger().await?;
            let now = self.workspace.clock.now();
            let at_work = at_work(&ledger, &target.set, job, id);
            // After the ledger was read: a command that begins from here on makes the append below a conflict (D8).
            if let Some(lease) = self.workspace.held_by_command(&locks_of(&target.unit)).await? {
                let why = format!("`xcf exec` is at work under {} ({})", lease.name, lease.holder);
                return Ok(Outcome::NotAdmitted { code: "lock".to_owned(), why, until: Some(lease.until) });
            }
            let limits = Limits::default();
            let world = World {
                ledger: &ledger,
                run: job.run,
                change_set: job.change_set,
                at_work: &at_work,
                limits: &limits,
                not_before: None,
                rolling_back: reverse,
            };
            match admit(now, &target.unit, &world) {
                Admission::Admit { locks } => match self.append_admission(job, &ledger, locks.clone(), now).await {
                    Ok(()) => return Ok(Outcome::Admitted { locks }),
                    // Somebody appended in between: the world is rebuilt and judged again (D8).
                    Err(StoreError::Conflict { .. }) => {}
                    Err(error) => return Err(error.into()),
                },
                Admission::WaitUntil { at, why } => {
                    return Ok(Outcome::NotAdmitted {
                        code: why.code,
                        why: why.words,
                        said: why.said,
                        until: Some(at),
                    });
                }
                Admission::Blocked { why } => {
                    return Ok(Outcome::NotAdmitted { code: why.code, why: why.words, said: why.said, until: None });
                }
            }
        }
    }

    async fn append_admission(
        &self,
        job: &Job,
        ledger: &Ledger,
        locks: Vec<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let event = NewEvent {
            stream: StreamId::run(job.run),
            kind: EventKind::UnitAdmitted,
            version: PAYLOAD_VERSION,
            at: now,
            actor: Actor::system("driver"),
            change_set: Some(job.change_set),
            run: Some(job.run),
            unit: job.unit.clone(),
            data: serde_json::to_value(Locks { locks }).map_err(|e| StoreError::Io(e.to_string()))?,
        };
        self.workspace.store.append(vec![event], Some(ledger.position)).await.map(|_| ())
    }
}

fn at_work(ledger: &Ledger, set: &ChangeSet, job: &Job, except: &xcf_core::ids::UnitId) -> BTreeMap<Engine, u32> {
    let busy = |s: UnitRunState| {
        matches!(
            s,
            UnitRunState::BackingUp | UnitRunState::Applying | UnitRunState::Verifying | UnitRunState::Reversing
        )
    };
    let mut counts = BTreeMap::new();
    for (id, _) in
        ledger.runs.get(&job.run).iter().flat_map(|r| &r.units).filter(|(id, u)| *id != except && busy(u.state))
    {
        if let Some(unit) = set.unit(id) {
            *counts.entry(unit.engine).or_insert(0) += 1;
        }
    }
    counts
}

/// Why nothing of it may start.
fn held(record: &ChangeSetRecord, set: &ChangeSet) -> Option<String> {
    if let Some(end) = &record.ended {
        // A run that is being rolled back or closed ends its ChangeSet itself.
        return matches!(end.state, ChangeSetState::Rejected | ChangeSetState::Expired | ChangeSetState::Superseded)
            .then(|| format!("{} is {}", record.id, end.state));
    }
    if set.worktree {
        return Some("a draft of a working tree is never applicable".to_owned());
    }
    set.is_denied().then(|| "a policy denies it".to_owned())
}

impl From<xcf_plan::ledger::LedgerError> for Failed {
    fn from(error: xcf_plan::ledger::LedgerError) -> Self {
        crate::error::Problem::internal("log-unreadable", error).into()
    }
}
