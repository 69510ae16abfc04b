//! ChangeSets: list, review, approve, reject (`D6`, `dsl §10`).

use crate::dto::{ApproveRequest, ChangeDetailDto, ChangeListDto, ReasonRequest, SaidDto};
use crate::error::{Answer, Kind, Problem};
use crate::http::Acting;
use crate::identity::{OwnKey, not_own};
use crate::open::Workspace;
use crate::performing::Checked;
use crate::views::change::{Review, closed};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use xcf_core::actor::Actor;
use xcf_core::changeset::{Approval, ApprovalStatement, ChangeSet, ChangeSetState as S, UnitRunState};
use xcf_core::docs::rules::PeopleSpec;
use xcf_core::event::{ApprovalRefused, EventKind, NewEvent, PAYLOAD_VERSION, Reason, RevisionJudged, StreamId};
use xcf_core::ids::{ChangeSetId, Digest, PersonName, Role, UnitId};
use xcf_core::route::Gate;
use xcf_plan::gates::{Circle, GateReport, Given, evaluate, refuse};
use xcf_plan::ledger::{ChangeSetRecord, Ledger, RunRecord};
use xcf_plan::render::{Size, console, markdown};

/// A ChangeSet with everything that judges it.
pub(crate) struct Case {
    pub(crate) set: ChangeSet,
    pub(crate) record: ChangeSetRecord,
    pub(crate) run: Option<RunRecord>,
    pub(crate) state: S,
    pub(crate) waiting_for_driver: bool,
    pub(crate) people: Option<PeopleSpec>,
    pub(crate) report: GateReport,
    own: Vec<PersonName>,
}

impl Case {
    /// Approvals needed and given.
    pub(crate) fn detail_approvals(&self) -> Vec<crate::dto::ApprovalSlotDto> {
        self.review().approvals()
    }
    fn review(&self) -> Review<'_> {
        let waits = self.run.iter().flat_map(|r| &r.units).filter_map(|(id, u)| u.waiting.as_ref().map(|w| (id, w)));
        let why: Vec<SaidDto> = waits
            .clone()
            .filter(|(_, w)| !w.why.is_empty() && w.code != "upstream")
            .map(|(id, w)| SaidDto::of(&w.said, w.why.clone()).about(id))
            .take(3)
            .collect();
        let failed = self.run.iter().flat_map(|r| &r.units).filter_map(|(id, u)| {
            let failure = u.failure.as_ref().filter(|_| u.state == UnitRunState::Failed)?;
            Some(SaidDto::new("failure", failure.message.clone()).with("error", &failure.code).about(id))
        });
        let signs = self.run.iter().flat_map(|r| &r.units).any(|(_, u)| u.state == UnitRunState::Observing);
        let asks = waits.clone().any(|(_, w)| w.code == "approval");
        let run_why: Vec<SaidDto> = failed.take(2).chain(why).collect();
        Review {
            change_set: &self.set,
            record: &self.record,
            state: self.state,
            waiting_for_driver: self.waiting_for_driver,
            report: &self.report,
            run_why,
            run_awaits_person: signs || asks,
            run_signs: signs,
            own: &self.own,
            solo: self.people.is_none(),
        }
    }
}

impl Workspace {
    /// Gathers a ChangeSet as it stands now: its newest revision, with units that were planned again inside its run.
    pub(crate) async fn case(&self, ledger: &Ledger, id: ChangeSetId, own: &[OwnKey]) -> Answer<Case> {
        let record = ledger.change_sets.get(&id).ok_or_else(|| Problem::not_found(id))?.clone();
        let revision = record.current().ok_or_else(|| Problem::not_found(format!("a plan of {id}")))?;
        let mut set = self.change_set_of(&revision.planned.blob).await?;
        let run = record.runs.last().and_then(|r| ledger.runs.get(r)).cloned();
        // A plan that the approval covers is shown, but its gate is judged by what was approved (D6).
        let mut judged = set.clone();
        if let Some(run) = &run {
            for (unit, state) in &run.units {
                let Some(planned) = &state.planned else { continue };
                let newer: xcf_core::changeset::ChangeUnit = self.blob_json(&planned.blob).await?;
                if let Some(slot) = judged.units.iter_mut().find(|u| &u.id == unit && !planned.covered) {
                    slot.clone_from(&newer);
                }
                if let Some(slot) = set.units.iter_mut().find(|u| &u.id == unit) {
                    *slot = newer;
                }
            }
        }
        let now = self.clock.now();
        let status = ledger.status(id, now).ok_or_else(|| Problem::not_found(id))?;
        // A driver that was killed could not say so: its lease tells.
        let killed = match run.as_ref().filter(|r| r.driver.is_some()) {
            Some(run) if run.finished.is_none() => self.driver_died(run).await?,
            _ => false,
        };
        let people = self.people_of(&set).await?;
        let checked = Checked::of(&record);
        let circle = Circle::of(&judged, self.uid.as_str(), people.as_ref(), now);
        let report = evaluate(&judged, &circle, &checked.given());
        let vouched =
            |k: &&OwnKey| people.iter().flat_map(|p| &p.people).any(|p| p.name == k.name && p.keys.contains(&k.public));
        let own = own.iter().filter(vouched).map(|k| PersonName::new(k.name.clone())).collect();
        Ok(Case {
            state: status.state,
            waiting_for_driver: status.waiting_for_driver || (killed && !status.state.is_final()),
            set,
            run,
            people,
            report,
            record,
            own,
        })
    }
    /// Use case: the list, newest first.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn changes(&self, environment: Option<&str>, _: &Acting) -> Answer<ChangeListDto> {
        self.expire_old().await?;
        let ledger = self.ledger().await?;
        let own = self.identities.own().await;
        let mut items = Vec::new();
        for (id, record) in ledger.change_sets.iter().rev() {
            if environment.is_some_and(|e| record.created.environment.as_str() != e) {
                continue;
            }
            match (record.current(), &record.ended) {
                (None, _) => {}
                (Some(revision), Some(end)) => items.push(closed(record, revision, end)),
                (Some(_), None) => items.push(self.case(&ledger, *id, &own).await?.review().summary()),
            }
        }
        Ok(ChangeListDto { items, position: ledger.position })
    }
    /// Use case: the review.
    ///
    /// # Errors
    /// No such ChangeSet.
    pub(crate) async fn change(&self, id: ChangeSetId, _: &Acting) -> Answer<ChangeDetailDto> {
        let ledger = self.ledger().await?;
        let case = self.case(&ledger, id, &self.identities.own().await).await?;
        Ok(case.review().detail(markdown(&case.set, Size::default()), console(&case.set, Size::default())))
    }
    /// Use case: adds a signed approval, or records why it was not taken.
    ///
    /// # Errors
    /// The plan changed since it was seen, nothing is missing, the identity may not, or its key is not here.
    pub(crate) async fn approve(
        &self,
        id: ChangeSetId,
        request: &ApproveRequest,
        acting: &Acting,
    ) -> Answer<ChangeDetailDto> {
        self.expire_old().await?;
        let ledger = self.ledger().await?;
        let own = self.identities.own().await;
        let case = self.case(&ledger, id, &own).await?;
        approvable(&case, request)?;
        let wanted = request.as_person.as_deref().or(acting.name.as_deref());
        let approval = match &case.people {
            None => self.solo_approval(&case, request, acting).await?,
            Some(people) => self.signed_approval(&case, people, request, wanted, &own).await?,
        };
        let now = self.clock.now();
        let circle = Circle::of(&case.set, self.uid.as_str(), case.people.as_ref(), now);
        let fits = approval.solo || crate::identity::signature_fits(&approval);
        let actor =
            Actor::Person { name: approval.statement.person.clone(), email: String::new(), solo: approval.solo };
        let given = Given { approval: &approval, signature_ok: fits, ended: false };
        if let Some(data) = refuse(&case.set, &circle, &given) {
            let ApprovalRefused { code, reason, .. } = data.clone();
            self.store.append(vec![self.event(id, EventKind::ApprovalRefused, actor, &data)?], None).await?;
            return Err(Problem::new(Kind::ApprovalNeeded, "approval-refused", format!("{reason} ({code})"))
                .hint(case.report.words.join("; ")));
        }
        let mut events = vec![self.event(id, EventKind::ApprovalGiven, actor, &approval)?];
        let mut record = case.record.clone();
        record.approvals.push(xcf_plan::ledger::ApprovalRecord {
            approval,
            position: ledger.position + 1,
            at: now,
            ended: None,
        });
        let report = evaluate(&case.set, &circle, &Checked::of(&record).given());
        if report.met && case.run.is_none() {
            events.push(self.event(
                id,
                EventKind::ChangeSetApproved,
                Actor::system("gates"),
                &RevisionJudged { revision: case.set.revision },
            )?);
        }
        self.store.append(events, None).await?;
        self.change(id, acting).await
    }
    async fn solo_approval(&self, case: &Case, request: &ApproveRequest, acting: &Acting) -> Answer<Approval> {
        let actor = self.actor(acting).await?;
        let strong = case.set.units.iter().any(|u| u.gate.level == Gate::Strong);
        if strong && request.reason.trim().is_empty() {
            return Err(Problem::new(
                Kind::Usage,
                "reason-needed",
                "a strong gate in a workspace without People needs a typed reason, twice",
            )
            .hint("xcf approve CS --reason TEXT"));
        }
        let statement = self.statement(case, PersonName::new(actor.display_name()), None);
        Ok(Approval { statement, key: None, signature: None, solo: true, reason: request.reason.clone() })
    }
    async fn signed_approval(
        &self,
        case: &Case,
        people: &PeopleSpec,
        request: &ApproveRequest,
        wanted: Option<&str>,
        own: &[OwnKey],
    ) -> Answer<Approval> {
        let holds = |name: &str| {
            own.iter()
                .find(|k| k.name == name && people.people.iter().any(|p| p.name == name && p.keys.contains(&k.public)))
        };
        let role = request.role.clone().map(Role::new);
        let missing = || {
            case.report
                .units
                .values()
                .flat_map(|c| &c.missing)
                .filter(|m| role.is_none() || m.role == role || m.role.is_none())
        };
        let key = match wanted {
            Some(name) => holds(name).ok_or_else(|| not_own(name))?,
            None => missing().flat_map(|m| &m.could).find_map(|p| holds(p.as_str())).ok_or_else(|| nobody(case))?,
        };
        let person = PersonName::new(key.name.clone());
        // Without --role: the role of a gate that this person can fill; else one they have, so that the refusal says why.
        let fits = missing().find(|m| m.could.contains(&person)).map(|m| m.role.clone());
        let has =
            people.people.iter().find(|p| p.name == key.name).and_then(|p| p.roles.first().cloned()).map(Role::new);
        let role = role.or(fits.flatten()).or(has);
        let statement = self.statement(case, person, role);
        let signature = self.identities.sign(&key.public, &statement).await?;
        Ok(Approval {
            statement,
            key: Some(key.public.clone()),
            signature: Some(signature),
            solo: false,
            reason: request.reason.clone(),
        })
    }
    fn statement(&self, case: &Case, person: PersonName, role: Option<Role>) -> ApprovalStatement {
        let at = self.clock.now();
        let units: BTreeMap<String, Digest> = case
            .set
            .units
            .iter()
            .filter(|u| u.is_runnable())
            .map(|u| (u.id.to_string(), u.unit_digest.clone()))
            .collect();
        let gate = case.set.units.iter().map(|u| u.gate.level).max().unwrap_or(Gate::Auto);
        ApprovalStatement {
            v: 1,
            workspace: self.uid.to_string(),
            change_set: case.set.id,
            units,
            gate,
            role,
            policy_digest: case.set.policy_digest.clone(),
            person,
            at,
            expires: at.checked_add(xcf_plan::assemble::DEFAULT_APPROVAL_LIFE).unwrap_or(Timestamp::MAX),
        }
    }
    /// Use case: ends it with a reason.
    ///
    /// # Errors
    /// It is over, or its run is under way.
    pub(crate) async fn reject(
        &self,
        id: ChangeSetId,
        request: &ReasonRequest,
        acting: &Acting,
    ) -> Answer<ChangeDetailDto> {
        let ledger = self.ledger().await?;
        let case = self.case(&ledger, id, &[]).await?;
        if case.state.is_final() {
            return Err(Problem::new(Kind::Conflict, "is-final", format!("{id} is {}", case.state)));
        }
        if case.run.as_ref().is_some_and(|r| r.finished.is_none()) {
            return Err(Problem::new(Kind::Conflict, "run-under-way", format!("the run of {id} is under way"))
                .hint("xcf cancel stops it"));
        }
        let actor = self.actor(acting).await?;
        let event = self.event(id, EventKind::ChangeSetRejected, actor, &Reason { reason: request.reason.clone() })?;
        self.store.append(vec![event], Some(ledger.position)).await?;
        self.change(id, acting).await
    }
    /// Records that unapproved plans grew too old (`dsl §10`): 12 h, or `retention.plan`.
    pub(crate) async fn expire_old(&self) -> Answer<()> {
        let ledger = self.ledger().await?;
        let now = self.clock.now();
        let mut events = Vec::new();
        for (id, record) in &ledger.change_sets {
            let old = record.current().is_some_and(|r| r.summary.expires_at <= now);
            let waits = record.ended.is_none() && record.runs.is_empty() && !record.is_approved(now);
            if old && waits {
                events.push(self.event(
                    *id,
                    EventKind::ChangeSetExpired,
                    Actor::system("expiry"),
                    &Reason { reason: "its plan grew too old without approval; plan again".to_owned() },
                )?);
            }
        }
        if !events.is_empty() {
            match self.store.append(events, Some(ledger.position)).await {
                // Somebody else was faster; the next look tells.
                Ok(_) | Err(xcf_core::ports::store::StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
    /// An event of a ChangeSet's stream.
    pub(crate) fn event(
        &self,
        id: ChangeSetId,
        kind: EventKind,
        actor: Actor,
        data: &impl serde::Serialize,
    ) -> Answer<NewEvent> {
        Ok(NewEvent {
            stream: StreamId::change_set(id),
            kind,
            version: PAYLOAD_VERSION,
            at: self.clock.now(),
            actor,
            change_set: Some(id),
            run: None,
            unit: None,
            data: serde_json::to_value(data).map_err(|e| Problem::internal("not-json", e))?,
        })
    }
}

fn approvable(case: &Case, request: &ApproveRequest) -> Answer<()> {
    let id = case.set.id;
    match case.state {
        S::Draft => {
            return Err(Problem::new(
                Kind::Conflict,
                "draft",
                format!("{id} is a draft of the working tree and never approvable"),
            )
            .hint("Commit, then plan."));
        }
        S::Denied => {
            return Err(Problem::new(Kind::Denied, "policy-denied", format!("{id} is denied by policy"))
                .hint("Change what the policy names, then plan again."));
        }
        state if state.is_final() => return Err(Problem::new(Kind::Conflict, "is-final", format!("{id} is {state}"))),
        _ => {}
    }
    if !request.digest.is_empty() && request.digest != case.set.digest.as_str() {
        return Err(Problem::new(
            Kind::Conflict,
            "stale-digest",
            format!("{id} was planned again since it was looked at"),
        )
        .hint("Look at the new plan, then approve it."));
    }
    if case.report.units.values().all(|c| c.met) {
        return Err(Problem::new(Kind::Conflict, "nothing-missing", format!("{id} needs no further approval")));
    }
    Ok(())
}

fn nobody(case: &Case) -> Problem {
    Problem::new(
        Kind::ApprovalNeeded,
        "approval-needed",
        format!("no identity on this machine can fill what {} needs: {}", case.set.id, case.report.words.join("; ")),
    )
    .hint("`xcf key list` shows your identities; --as chooses one")
}

/// Life of an unapproved plan by Config, else 12 h.
pub(crate) fn plan_life(model: &xcf_plan::workspace::Workspace) -> SignedDuration {
    let text = model.config.as_ref().and_then(|c| c.spec.retention.as_ref()).and_then(|r| r.plan.as_ref());
    text.map_or(xcf_plan::assemble::DEFAULT_PLAN_LIFE, |d| {
        SignedDuration::from_secs(i64::try_from(d.seconds()).unwrap_or(i64::MAX))
    })
}

/// Units of a ChangeSet that a request names, or all of them.
pub(crate) fn named_units(set: &ChangeSet, names: &[String]) -> Answer<Vec<UnitId>> {
    let mut units = Vec::new();
    for name in names {
        let id: UnitId =
            name.parse().map_err(|e: xcf_core::ids::IdError| Problem::new(Kind::Usage, "bad-id", e.to_string()))?;
        if set.unit(&id).is_none() {
            return Err(Problem::not_found(format!("{id} of {}", set.id)));
        }
        units.push(id);
    }
    Ok(units)
}
