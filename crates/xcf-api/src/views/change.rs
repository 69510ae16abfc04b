//! A ChangeSet for review: risk first, with what is missing and what the acting person may do.

use crate::dto::{
    ApprovalSlotDto, ChangeDetailDto, ChangeSummaryDto, ChangeUnitDto, CostDto, CountsDto, DiagnosticDto,
    FrozenEdgeDto, PlaceDto, PolicyResultDto, SaidDto, line,
};
use crate::views::allowed::ended;
use crate::views::plan::unit_plan;
use std::collections::BTreeMap;
use xcf_core::changeset::{ChangeSet, ChangeSetState as S, ChangeUnit, FrozenEdgeKind};
use xcf_core::ids::{PersonName, Role, UnitId};
use xcf_core::plan::Reversibility;
use xcf_core::said::list;
use xcf_plan::gates::{GateReport, missing_consents};
use xcf_plan::ledger::{ChangeSetRecord, EndMark, RevisionRecord};
use xcf_plan::render::{Section, by_section, change_set_risk, section, total_cost};

/// Everything the review is made of.
pub(crate) struct Review<'a> {
    pub(crate) change_set: &'a ChangeSet,
    pub(crate) record: &'a ChangeSetRecord,
    pub(crate) state: S,
    pub(crate) waiting_for_driver: bool,
    pub(crate) report: &'a GateReport,
    /// Why it stands where it does, as far as the run says so.
    pub(crate) run_why: Vec<SaidDto>,
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

/// A row of the list for a ChangeSet that is over: the log alone tells it, no blob and no commit is opened.
pub(crate) fn closed(record: &ChangeSetRecord, revision: &RevisionRecord, end: &EndMark) -> ChangeSummaryDto {
    let summary = &revision.summary;
    let why = vec![ended(&end.reason, end.by.display_name(), end.state)];
    let count = |word: &str| summary.counts.get(word).copied().unwrap_or_default();
    ChangeSummaryDto {
        id: record.id.to_string(),
        environment: record.created.environment.to_string(),
        title: summary.title.clone(),
        status: end.state.to_string(),
        why: line(&why),
        why_said: why,
        group: "done".to_owned(),
        risk: summary.risk.clone(),
        counts: CountsDto {
            create: count("create"),
            update: count("update"),
            replace: count("replace"),
            delete: count("delete"),
            other: count("other"),
        },
        unit_count: count("units"),
        created_by: summary.created_by.to_string(),
        planned_at: summary.planned_at.to_string(),
        expires_at: summary.expires_at.to_string(),
        change_id: summary.change_id.to_string(),
        run: record.runs.last().map(ToString::to_string),
        waiting_for_driver: false,
    }
}

/// A role that is not filled: role, units, an own identity that could fill it, the same in words.
pub(super) type OpenRole = (Option<Role>, Vec<UnitId>, Option<PersonName>, SaidDto);

impl Review<'_> {
    pub(super) fn missing_consents(&self) -> Vec<UnitId> {
        let given: Vec<_> = self.record.consents.iter().map(|c| c.consent.clone()).collect();
        missing_consents(self.change_set, &given).into_iter().cloned().collect()
    }
    fn awaits_person(&self) -> bool {
        matches!(self.state, S::AwaitingApproval) || self.run_awaits_person
    }
    /// Roles that one of the own identities could fill now.
    pub(super) fn open_roles(&self) -> Vec<OpenRole> {
        let mut roles: BTreeMap<Option<Role>, (Vec<UnitId>, Option<PersonName>, SaidDto)> = BTreeMap::new();
        for (unit, check) in &self.report.units {
            for missing in &check.missing {
                let able = missing.could.iter().find(|p| self.own.contains(p)).cloned();
                let entry = roles.entry(missing.role.clone()).or_default();
                entry.0.push(unit.clone());
                entry.1 = entry.1.take().or(able);
                entry.2 = SaidDto::of(&missing.said, missing.words.clone());
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
        let why = self.why();
        ChangeSummaryDto {
            id: c.id.to_string(),
            environment: c.environment.to_string(),
            title: c.title.clone(),
            status: self.state.to_string(),
            why: line(&why),
            why_said: why,
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
            let note = self.solo.then(|| SaidDto::new("solo-not-verified", "solo, not verified"));
            slots.push(ApprovalSlotDto {
                role: role.map(|r| r.to_string()).unwrap_or_default(),
                units,
                state: "approved".into(),
                person: Some(person.to_string()),
                at: Some(at),
                note: note.as_ref().map(|n| n.text.clone()).unwrap_or_default(),
                note_said: note,
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
                note: words.text.clone(),
                note_said: Some(words),
                place,
            });
        }
        slots
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
            cost: total_cost([c]).map(|cost| CostDto {
                monthly: cost.monthly(),
                currency: cost.currency,
                unpriced: u32::try_from(cost.unpriced.len()).unwrap_or(u32::MAX),
            }),
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
            deferred_said: deferred(unit),
            waits_for: unit.deferred.iter().flat_map(|d| &d.waits_for).map(ToString::to_string).collect(),
            diagnostics: unit.diagnostics.iter().map(DiagnosticDto::from).collect(),
            gate: unit.gate.level.to_string(),
            gate_why: unit.gate.why.clone(),
            gate_said: SaidDto::of(&unit.gate.said, unit.gate.why.clone()).some(),
            gate_place: unit.gate.place.as_ref().map(PlaceDto::from),
            way_back: unit.way_back.as_ref().map(|w| w.grade.to_string()),
            way_back_note: unit.way_back.as_ref().map(|w| w.note.clone()).unwrap_or_default(),
            way_back_said: way_back(unit),
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

/// Why a unit's plan is not complete: what it waits for, by name.
pub(crate) fn deferred(unit: &ChangeUnit) -> Option<SaidDto> {
    let deferred = unit.deferred.as_ref()?;
    Some(match deferred.waits_for.as_slice() {
        [] => SaidDto::plain(deferred.reason.clone()),
        units => SaidDto::new("deferred", deferred.reason.clone()).with("units", list(units)),
    })
}

fn way_back(unit: &ChangeUnit) -> Vec<SaidDto> {
    let partial = unit.plan.as_ref().is_some_and(|p| !p.unknown_inputs.is_empty());
    let note = unit.way_back.iter().map(|w| SaidDto::of(&w.said, w.note.clone()));
    let partly = partial.then(|| SaidDto::new("way-partly", "as far as it is known"));
    note.chain(partly).collect()
}

/// The word of a frozen edge.
pub(crate) fn edge_word(kind: FrozenEdgeKind) -> &'static str {
    match kind {
        FrozenEdgeKind::Declared => "declared",
        FrozenEdgeKind::Wired => "wired",
        FrozenEdgeKind::Layer => "layer",
    }
}
