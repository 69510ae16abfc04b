//! Folding ChangeSets: revisions, approvals, consents, ends.

use super::{
    ApprovalEnd, ApprovalRecord, ApprovedMark, ChangeSetRecord, ConsentRecord, EndMark, Entry, Ledger, LedgerError,
    RevisionRecord,
};
use serde::Deserialize;
use xcf_core::changeset::{Approval, ChangeSetState};
use xcf_core::event::{
    ApprovalEnded, ApprovalRefused, ChangeSetCreated, ChangeSetPlanned, ChangeSetSummary, EventKind, Reason,
    RemovalConsent, RevisionJudged,
};
use xcf_core::ids::ChangeSetId;

impl Ledger {
    pub(super) fn fold_change_set(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        let id = entry.change_set()?;
        if entry.kind() == EventKind::ChangeSetCreated {
            return self.create(id, entry);
        }
        let end = match entry.kind() {
            EventKind::ChangeSetRejected => Some(ChangeSetState::Rejected),
            EventKind::ChangeSetExpired => Some(ChangeSetState::Expired),
            EventKind::ChangeSetSuperseded => Some(ChangeSetState::Superseded),
            EventKind::ChangeSetCancelled => Some(ChangeSetState::Cancelled),
            EventKind::ChangeSetClosed => Some(ChangeSetState::Closed),
            _ => None,
        };
        if let Some(state) = end {
            let reason: Reason = entry.data()?;
            return self.end(id, state, reason.reason, entry);
        }
        let record = self.change_sets.get_mut(&id).ok_or_else(|| entry.unknown(id))?;
        record.take(entry)
    }

    fn create(&mut self, id: ChangeSetId, entry: &Entry<'_>) -> Result<(), LedgerError> {
        let created: ChangeSetCreated = entry.data()?;
        if self.change_sets.contains_key(&id) {
            self.note(entry.position(), format!("{id} was made twice; the first stands"));
            return Ok(());
        }
        let by_change = self.open.entry(created.environment.clone()).or_default();
        let replaced = by_change.insert(created.change_id.clone(), id);
        let record = ChangeSetRecord {
            id,
            created,
            created_at: entry.at(),
            created_by: entry.0.event.actor.clone(),
            revisions: Vec::new(),
            approvals: Vec::new(),
            refused: Vec::new(),
            consents: Vec::new(),
            approved: None,
            denied: None,
            ended: None,
            runs: Vec::new(),
        };
        self.change_sets.insert(id, record);
        if let Some(other) = replaced {
            self.note(entry.position(), format!("{id} was made while {other} is open for the same change"));
        }
        Ok(())
    }

    /// Ends a ChangeSet. The first final state stands: a final one never reopens and never changes (`dsl §9`).
    pub(super) fn end(
        &mut self,
        id: ChangeSetId,
        state: ChangeSetState,
        reason: String,
        entry: &Entry<'_>,
    ) -> Result<(), LedgerError> {
        let record = self.change_sets.get_mut(&id).ok_or_else(|| entry.unknown(id))?;
        if record.ended.is_some() {
            return Ok(());
        }
        record.ended = Some(EndMark { state, at: entry.at(), by: entry.0.event.actor.clone(), reason });
        let (environment, change) = (record.created.environment.clone(), record.created.change_id.clone());
        if let Some(by_change) = self.open.get_mut(&environment)
            && by_change.get(&change) == Some(&id)
        {
            by_change.remove(&change);
        }
        Ok(())
    }
}

impl ChangeSetRecord {
    fn take(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        match entry.kind() {
            EventKind::ChangeSetPlanned => self.plan(entry)?,
            EventKind::ChangeSetApproved => {
                let judged: RevisionJudged = entry.data()?;
                let (position, at) = (entry.position(), entry.at());
                self.approved = Some(ApprovedMark { revision: judged.revision, position, at });
            }
            EventKind::ChangeSetDenied => self.denied = Some(entry.data::<RevisionJudged>()?.revision),
            EventKind::ApprovalGiven => {
                let approval: Approval = entry.data()?;
                let (position, at) = (entry.position(), entry.at());
                self.approvals.push(ApprovalRecord { approval, position, at, ended: None });
            }
            EventKind::ApprovalRefused => self.refused.push(entry.data::<ApprovalRefused>()?),
            EventKind::ApprovalRevoked => self.end_approvals(&entry.data()?, ApprovalEnd::Revoked, entry),
            EventKind::ApprovalExpired => self.end_approvals(&entry.data()?, ApprovalEnd::Expired, entry),
            EventKind::RemovalConsented => {
                let consent: RemovalConsent = entry.data()?;
                self.consents.push(ConsentRecord { consent, by: entry.0.event.actor.clone(), at: entry.at() });
            }
            _ => {}
        }
        Ok(())
    }

    fn plan(&mut self, entry: &Entry<'_>) -> Result<(), LedgerError> {
        let planned: ChangeSetPlanned = entry.data()?;
        let summary = ChangeSetSummary::deserialize(&planned.summary).map_err(|e| entry.malformed(e.to_string()))?;
        if self.current().is_some_and(|last| last.planned.revision >= planned.revision) {
            return Err(entry.malformed(format!("revision {} does not follow the last one", planned.revision)));
        }
        self.revisions.push(RevisionRecord { planned, summary, at: entry.at(), position: entry.position() });
        Ok(())
    }

    fn end_approvals(&mut self, ended: &ApprovalEnded, how: ApprovalEnd, entry: &Entry<'_>) {
        let same = |a: &&mut ApprovalRecord| {
            let statement = &a.approval.statement;
            statement.person == ended.person && (ended.role.is_none() || statement.role == ended.role)
        };
        for approval in self.approvals.iter_mut().filter(same).filter(|a| a.ended.is_none()) {
            approval.ended = Some((how, entry.at()));
        }
    }
}
