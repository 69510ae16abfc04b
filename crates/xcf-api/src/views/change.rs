//! A ChangeSet for review: risk first, with what is missing and what the acting person may do.

use crate::dto::{
    AllowedDto, ApprovalSlotDto, ChangeDetailDto, ChangeSummaryDto, ChangeUnitDto, CountsDto, DiagnosticDto,
    FrozenEdgeDto, PlaceDto, PolicyResultDto,
};
use crate::views::plan::unit_plan;
use std::collections::BTreeMap;
use xcf_core::changeset::{ChangeSet, ChangeSetState as S, ChangeUnit, FrozenEdgeKind};
use xcf_core::ids::{PersonName, Role, UnitId};
use xcf_core::plan::Reversibility;
use xcf_plan::gates::{GateReport, missing_consents};
use xcf_plan::ledger::ChangeSetRecord;
use xcf_plan::render::{Section, by_section, change_set_risk, section};

/// Everything the review is made of.
pub(crate) struct Review<'a> {
    pub(crate) change_set: &'a ChangeSet,
    pub(crate) record: &'a ChangeSetRecord,
    pub(crate) state: S,
    pub(crate) waiting_for_driver: bool,
    pub(crate) report: &'a GateReport,
    /// Why it stands where it does, if the run says so.
    pub(crate) run_why: Option<String>,
    /// True if a person must act inside the run (a re-asked gate, a sign-off).
    pub(crate) run_awaits_person: bool,
    /// True if a unit waits for sign-off.
    pub(crate) run_signs: bool,
    /// Identities whose keys are on this machine (or the solo identity).
    pub(crate) own: &'a [PersonName],
    /// Roles the acting identities could fill, by unit gate.
    pub(crate) solo: bool,
}

/// Risk group of a unit (`ui.md` §1.1).
pub(crate) fn risk_group(unit: &ChangeUnit) -> &'static str {
    match section(unit) {
        Section::NoWayBack => "irreversible",
        Section::Blind => "blind",
        Section::RecreateOrBackup => match unit.way_back.as_ref().map(|w| w.grade) {
            Some(Reversibility::NeedsBackup) => "needs-backup",
            _ => "recreate",
        },
        Section::NotFullyKnown => "unknown",
        Section::Exact => "exact",
        Section::NotRunnable => "not-runnable",
    }
}

/// Totals over all units.
pub(crate) fn counts(change_set: &ChangeSet) -> CountsDto {
    change_set.units.iter().map(ChangeUnit::counts).fold(CountsDto::default(), |mut sum, c| {
        sum.create += c.create;
        sum.update += c.update;
        sum.replace += c.replace;
        sum.delete += c.delete;
        sum.other += c.other;
        sum
    })
}

/// A role that is not filled: role, units, an own identity that could fill it, the same in words.
type OpenRole = (Option<Role>, Vec<UnitId>, Option<PersonName>, String);

impl Review<'_> {
    /// One line: why it stands there and what comes next.
    pub(crate) fn why(&self) -> String {
        if let Some(end) = &self.record.ended {
            return match end.reason.as_str() {
                "" => format!("by {}", end.by.display_name()),
                reason => reason.to_owned(),
            };
        }
        let consents = self.missing_consents();
        match self.state {
            S::Draft => "a draft of the working tree is never applicable; commit, then plan".to_owned(),
            S::Denied => self
                .change_set
                .policies
                .iter()
                .find(|p| p.outcome == xcf_core::changeset::PolicyOutcome::Deny)
                .map_or_else(|| "a policy denies it".to_owned(), |p| format!("{} ({})", p.message, p.place)),
            S::AwaitingApproval | S::Planned if !self.report.words.is_empty() => self.report.words.join("; "),
            S::Approved if !consents.is_empty() => format!(
                "the removal of {} needs consent by name",
                consents.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            ),
            S::Approved if self.record.runs.is_empty() => "nothing is missing; apply starts it".to_owned(),
            _ => match (&self.run_why, self.waiting_for_driver) {
                (Some(why), true) => format!("{why}; waiting for a driver"),
                (Some(why), false) => why.clone(),
                (None, true) => "waiting for a driver; resume goes on".to_owned(),
                (None, false) => String::new(),
            },
        }
    }
    fn missing_consents(&self) -> Vec<UnitId> {
        let given: Vec<_> = self.record.consents.iter().map(|c| c.consent.clone()).collect();
        missing_consents(self.change_set, &given).into_iter().cloned().collect()
    }
    fn awaits_person(&self) -> bool {
        matches!(self.state, S::AwaitingApproval) || self.run_awaits_person
    }
    /// Roles that one of the own identities could fill now.
    fn open_roles(&self) -> Vec<OpenRole> {
        let mut roles: BTreeMap<Option<Role>, (Vec<UnitId>, Option<PersonName>, String)> = BTreeMap::new();
        for (unit, check) in &self.report.units {
            for missing in &check.missing {
                let able = missing.could.iter().find(|p| self.own.contains(p)).cloned();
                let entry = roles.entry(missing.role.clone()).or_default();
                entry.0.push(unit.clone());
                entry.1 = entry.1.take().or(able);
                entry.2.clone_from(&missing.words);
            }
        }
        roles.into_iter().map(|(role, (units, able, words))| (role, units, able, words)).collect()
    }
    fn your_turn(&self) -> bool {
        self.awaits_person() && (self.solo || self.open_roles().iter().any(|(_, _, able, _)| able.is_some()))
    }
    fn group(&self) -> &'static str {
        match self.state {
            s if s.is_final() => "done",
            S::AwaitingApproval if self.your_turn() => "your-turn",
            S::AwaitingApproval | S::Denied => "waiting",
            S::Failed | S::Stuck | S::Draft | S::Approved | S::Planned => "your-turn",
            _ if self.run_awaits_person || self.waiting_for_driver => "your-turn",
            _ => "moving",
        }
    }
    /// A row of the list.
    pub(crate) fn summary(&self) -> ChangeSummaryDto {
        let c = self.change_set;
        ChangeSummaryDto {
            id: c.id.to_string(),
            environment: c.environment.to_string(),
            title: c.title.clone(),
            status: self.state.to_string(),
            why: self.why(),
            group: self.group().to_owned(),
            risk: change_set_risk(c).level.as_str().to_owned(),
            counts: counts(c),
            unit_count: u32::try_from(c.units.len()).unwrap_or(u32::MAX),
            created_by: c.created_by.to_string(),
            planned_at: c.planned_at.to_string(),
            expires_at: c.expires_at.to_string(),
            change_id: c.change_id.to_string(),
            run: self.record.runs.last().map(ToString::to_string),
            waiting_for_driver: self.waiting_for_driver,
        }
    }
    pub(crate) fn approvals(&self) -> Vec<ApprovalSlotDto> {
        let mut slots = Vec::new();
        let mut filled: BTreeMap<(Option<Role>, PersonName), (Vec<String>, String)> = BTreeMap::new();
        for (unit, check) in &self.report.units {
            for f in &check.filled {
                let entry = filled.entry((f.role.clone(), f.person.clone())).or_default();
                entry.0.push(unit.to_string());
                entry.1 = f.at.to_string();
            }
        }
        for ((role, person), (units, at)) in filled {
            let note = if self.solo { "solo, not verified".to_owned() } else { String::new() };
            slots.push(ApprovalSlotDto {
                role: role.map(|r| r.to_string()).unwrap_or_default(),
                units,
                state: "approved".into(),
                person: Some(person.to_string()),
                at: Some(at),
                note,
                place: None,
            });
        }
        for (role, units, able, words) in self.open_roles() {
            let place = self
                .report
                .units
                .values()
                .flat_map(|c| &c.missing)
                .find(|m| m.role == role)
                .and_then(|m| m.place.as_ref())
                .map(PlaceDto::from);
            let yours = self.solo || able.is_some();
            slots.push(ApprovalSlotDto {
                role: role.map(|r| r.to_string()).unwrap_or_default(),
                units: units.iter().map(ToString::to_string).collect(),
                state: if yours { "your-turn" } else { "waiting" }.to_owned(),
                person: able.map(|p| p.to_string()),
                at: None,
                note: words,
                place,
            });
        }
        slots
    }
    fn allowed(&self) -> Vec<AllowedDto> {
        let roles: Vec<String> = self
            .open_roles()
            .into_iter()
            .filter(|(_, _, able, _)| self.solo || able.is_some())
            .map(|(role, ..)| role.map(|r| r.to_string()).unwrap_or_default())
            .collect();
        let rule = |action: &str, allowed: bool, why_not: &str| AllowedDto {
            action: action.to_owned(),
            allowed,
            why_not: if allowed { String::new() } else { why_not.to_owned() },
            roles: Vec::new(),
        };
        let open = !self.state.is_final();
        let over = format!("{} is {}", self.change_set.id, self.state);
        let running = !self.record.runs.is_empty() && open;
        let approve_why = match self.state {
            S::Draft => "a draft is never approvable; commit and plan".to_owned(),
            S::Denied => "a policy denies it".to_owned(),
            _ if !open => over.clone(),
            _ if self.report.words.is_empty() => "nothing is missing".to_owned(),
            _ => format!("none of your identities can fill what is missing: {}", self.report.words.join("; ")),
        };
        let mut approve =
            rule("approve", open && !roles.is_empty() && !matches!(self.state, S::Draft | S::Denied), &approve_why);
        approve.roles = roles;
        let can_apply = matches!(self.state, S::Approved | S::AwaitingApproval | S::Planned) && !running;
        let apply_why = match self.state {
            S::Draft => "a draft is never applicable; commit and plan",
            S::Denied => "a policy denies it",
            _ if running => "its run is under way",
            _ => over.as_str(),
        };
        vec![
            approve,
            rule(
                "reject",
                open && !running && self.state != S::Draft,
                if running { "its run is under way; cancel it instead" } else { &over },
            ),
            rule("apply", can_apply, apply_why),
            rule("pause", matches!(self.state, S::Applying | S::Queued | S::Observing), "nothing is running"),
            rule(
                "cancel",
                running && self.state != S::Cancelling,
                if self.state == S::Cancelling { "it is being cancelled" } else { "nothing is running" },
            ),
            rule(
                "resume",
                matches!(self.state, S::Paused | S::Failed | S::Stuck) || (running && self.waiting_for_driver),
                "it is neither paused, failed nor without a driver",
            ),
            rule("sign-off", self.run_signs, "nothing waits for sign-off"),
            rule("replan", open && !running, if running { "its run is under way" } else { &over }),
        ]
    }
    /// The review.
    pub(crate) fn detail(&self, markdown: String, console: String) -> ChangeDetailDto {
        let c = self.change_set;
        let units = by_section(c).into_iter().flat_map(|(_, units)| units);
        ChangeDetailDto {
            summary: self.summary(),
            revision: c.revision,
            digest: c.digest.to_string(),
            commit: c.commit.to_string(),
            base: c.base.to_string(),
            authors: c.authors.clone(),
            units: units.map(|u| self.unit(u)).collect(),
            edges: c
                .edges
                .iter()
                .map(|e| FrozenEdgeDto {
                    from: e.from.to_string(),
                    to: e.to.to_string(),
                    kind: edge_word(e.kind).to_owned(),
                })
                .collect(),
            policies: c
                .policies
                .iter()
                .map(|p| PolicyResultDto {
                    rule: p.rule.clone(),
                    outcome: p.outcome.to_string(),
                    message: p.message.clone(),
                    unit: p.unit.as_ref().map(ToString::to_string),
                    place: PlaceDto::from(&p.place),
                })
                .collect(),
            policies_passed: c.policies_passed,
            approvals: self.approvals(),
            solo: self.solo,
            allowed: self.allowed(),
            diagnostics: c.diagnostics.iter().map(DiagnosticDto::from).collect(),
            awaits_person: self.awaits_person(),
            held: self.state == S::Queued,
            markdown,
            console,
        }
    }
    fn unit(&self, unit: &ChangeUnit) -> ChangeUnitDto {
        ChangeUnitDto {
            id: unit.id.to_string(),
            action: unit.action.to_string(),
            lifecycle: unit.lifecycle.to_string(),
            layer: unit.layer.to_string(),
            engine: unit.engine.to_string(),
            plan: unit.plan.as_ref().map(unit_plan),
            deferred_reason: unit.deferred.as_ref().map(|d| d.reason.clone()),
            waits_for: unit.deferred.iter().flat_map(|d| &d.waits_for).map(ToString::to_string).collect(),
            diagnostics: unit.diagnostics.iter().map(DiagnosticDto::from).collect(),
            gate: unit.gate.level.to_string(),
            gate_why: unit.gate.why.clone(),
            gate_place: unit.gate.place.as_ref().map(PlaceDto::from),
            way_back: unit.way_back.as_ref().map(|w| w.grade.to_string()),
            way_back_note: unit.way_back.as_ref().map(|w| w.note.clone()).unwrap_or_default(),
            backup: unit.backup.iter().map(ToString::to_string).collect(),
            unit_digest: unit.unit_digest.to_string(),
            removal: unit.removal,
            consented: self.record.consents_to(&unit.id, &unit.unit_digest),
            moved_from: unit.moved_from.as_ref().map(ToString::to_string),
            not_yet_effective: unit.not_yet_effective.clone(),
            risk_group: risk_group(unit).to_owned(),
        }
    }
}

/// The word of a frozen edge.
pub(crate) fn edge_word(kind: FrozenEdgeKind) -> &'static str {
    match kind {
        FrozenEdgeKind::Declared => "declared",
        FrozenEdgeKind::Wired => "wired",
        FrozenEdgeKind::Layer => "layer",
    }
}
