//! Do the approvals given fill the gates? What is missing, in words and in data.

use super::matching::{Candidate, Filling, fill};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::changeset::{Approval, ChangeSet, ChangeUnit};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::rules::{PeopleSpec, Person};
use xcf_core::event::RemovalConsent;
use xcf_core::ids::{ChangeSetId, Digest, PersonName, Role, UnitId};
use xcf_core::route::Gate;
use xcf_core::said::{Said, list};

/// An approval with what only others can tell about it.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The approval.
    pub approval: &'a Approval,
    /// True if its signature was checked and fits its key and statement. Ignored for solo approvals.
    pub signature_ok: bool,
    /// True if it was taken back or has been recorded as lapsed.
    pub ended: bool,
}

/// Who may decide, about what, and when.
#[derive(Debug, Clone, Copy)]
pub struct Circle<'a> {
    /// Workspace id.
    pub workspace: &'a str,
    /// The ChangeSet.
    pub change_set: ChangeSetId,
    /// Its authors: `Name <mail>` or a bare mail or name.
    pub authors: &'a [String],
    /// Who made it.
    pub created_by: &'a PersonName,
    /// People of **base**; none: solo mode (`dsl §10`).
    pub people: Option<&'a PeopleSpec>,
    /// Now.
    pub now: Timestamp,
}

impl<'a> Circle<'a> {
    /// The circle of `change_set`.
    #[must_use]
    pub fn of(change_set: &'a ChangeSet, workspace: &'a str, people: Option<&'a PeopleSpec>, now: Timestamp) -> Self {
        let (authors, created_by) = (change_set.authors.as_slice(), &change_set.created_by);
        Self { workspace, change_set: change_set.id, authors, created_by, people, now }
    }
    pub(super) fn person(&self, name: &PersonName) -> Option<&'a Person> {
        self.people?.people.iter().find(|p| p.name == name.as_str())
    }
    /// True if `person` wrote any of it: by a mail address of theirs, or by name.
    #[must_use]
    pub fn is_author(&self, person: &Person) -> bool {
        let wrote = |author: &String| {
            let (name, mail) = match author.split_once('<') {
                Some((name, rest)) => (name.trim(), rest.trim_end_matches('>').trim()),
                None => (author.trim(), author.trim()),
            };
            name == person.name || person.emails.iter().any(|own| own.eq_ignore_ascii_case(mail))
        };
        person.name == self.created_by.as_str() || self.authors.iter().any(wrote)
    }
}

/// A role that is filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// Who.
    pub person: PersonName,
    /// As what; none in solo mode.
    pub role: Option<Role>,
    /// When they approved.
    pub at: Timestamp,
}

/// A role that is not filled yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The role; none: any role.
    pub role: Option<Role>,
    /// How many people.
    pub count: u32,
    /// A role that does not count for it, because it takes two roles.
    pub other_than: Option<Role>,
    /// Who could fill it.
    pub could: Vec<PersonName>,
    /// The rule that asks.
    pub place: Option<Place>,
    /// The same in words.
    pub words: String,
    /// The words, apart from their language.
    pub said: Said,
}

/// Whether one unit's gate is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateCheck {
    /// Level.
    pub level: Gate,
    /// True if nothing is missing.
    pub met: bool,
    /// Who stands for it.
    pub filled: Vec<Filled>,
    /// What is missing.
    pub missing: Vec<Missing>,
}

/// Whether the gates of a ChangeSet are met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateReport {
    /// Per unit that a run would touch.
    pub units: BTreeMap<UnitId, GateCheck>,
    /// True if every gate known at planning is met: the run may start (`dsl §10`). Never for a draft or a denied one.
    pub met: bool,
    /// What is missing, in words, without repetition.
    pub words: Vec<String>,
    /// The words, apart from their language, one for one.
    pub said: Vec<Said>,
}

/// Evaluates every gate of a ChangeSet. Units that are deferred without a plan are listed, but wait alone: nobody could
/// have looked at anything yet.
#[must_use]
pub fn evaluate(change_set: &ChangeSet, circle: &Circle<'_>, given: &[Given<'_>]) -> GateReport {
    let mut report = GateReport { units: BTreeMap::new(), met: true, words: Vec::new(), said: Vec::new() };
    for unit in change_set.units.iter().filter(|u| u.is_runnable()) {
        let check = evaluate_unit(unit, circle, given);
        if unit.gate_known() {
            report.met &= check.met;
            for missing in &check.missing {
                if !report.words.contains(&missing.words) {
                    report.words.push(missing.words.clone());
                    report.said.push(missing.said.clone());
                }
            }
        }
        report.units.insert(unit.id.clone(), check);
    }
    if change_set.worktree {
        report.met = false;
        report.words.insert(0, "a draft of a working tree is never approvable; commit and plan again".to_owned());
        report.said.insert(0, Said::new("draft-not-approvable"));
    }
    if change_set.is_denied() {
        report.met = false;
        report.words.insert(0, "a policy denies it".to_owned());
        report.said.insert(0, Said::new("policy-denies"));
    }
    report
}

/// Evaluates the gate of one unit as it is now (its digest decides which approvals still stand for it).
#[must_use]
pub fn evaluate_unit(unit: &ChangeUnit, circle: &Circle<'_>, given: &[Given<'_>]) -> GateCheck {
    let level = unit.gate.level;
    if level == Gate::Auto {
        return GateCheck { level, met: true, filled: Vec::new(), missing: Vec::new() };
    }
    let standing: Vec<&Approval> = given.iter().filter(|g| stands(g, unit, circle)).map(|g| g.approval).collect();
    match circle.people {
        None => solo(unit, &standing),
        Some(people) => with_people(unit, circle, people, &standing),
    }
}

/// True if an approval stands for the unit as it is: same ChangeSet, same digest, at least this level, not ended.
pub(super) fn stands(given: &Given<'_>, unit: &ChangeUnit, circle: &Circle<'_>) -> bool {
    let statement = &given.approval.statement;
    let trusted =
        if circle.people.is_none() { given.approval.solo } else { !given.approval.solo && given.signature_ok };
    trusted
        && !given.ended
        && statement.workspace == circle.workspace
        && statement.change_set == circle.change_set
        && statement.expires > circle.now
        && statement.gate >= unit.gate.level
        && covers(&statement.units, &unit.id, &unit.unit_digest)
}

pub(super) fn covers(units: &BTreeMap<String, Digest>, id: &UnitId, digest: &Digest) -> bool {
    units.get(&id.to_string()) == Some(digest)
}

fn with_people(unit: &ChangeUnit, circle: &Circle<'_>, people: &PeopleSpec, standing: &[&Approval]) -> GateCheck {
    let strong = unit.gate.level == Gate::Strong;
    let eligible: Vec<&Person> =
        people.people.iter().filter(|p| !(unit.gate.exclude_authors && circle.is_author(p))).collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    for person in &eligible {
        let roles = offered_roles(person, standing);
        if !roles.is_empty() {
            candidates.push(Candidate { name: PersonName::new(person.name.clone()), roles });
        }
    }
    let filling = fill(&unit.gate.needs, &candidates, strong);
    let filled = filled(&filling, &candidates, standing);
    let missing = missing(unit, &filling, &candidates, &eligible);
    GateCheck { level: unit.gate.level, met: missing.is_empty(), filled, missing }
}

/// The roles a person offers by their approvals, as far as they hold them and a key of theirs signed.
fn offered_roles(person: &Person, standing: &[&Approval]) -> BTreeSet<Role> {
    let own = |a: &&&Approval| {
        a.statement.person.as_str() == person.name && a.key.as_ref().is_some_and(|key| person.keys.contains(key))
    };
    let mut roles = BTreeSet::new();
    for approval in standing.iter().filter(own) {
        let wanted = approval.statement.role.as_ref();
        let held = person.roles.iter().filter(|held| wanted.is_none_or(|role| role.as_str() == held.as_str()));
        roles.extend(held.map(|role| Role::new(role.clone())));
    }
    roles
}

fn filled(filling: &Filling, candidates: &[Candidate], standing: &[&Approval]) -> Vec<Filled> {
    let one = |(slot, who): &(super::matching::Slot, Option<usize>)| {
        let candidate = candidates.get((*who)?)?;
        let role = slot.role_of(candidate);
        let fits = |a: &&&Approval| {
            a.statement.person == candidate.name && (a.statement.role.is_none() || a.statement.role == role)
        };
        let at = standing.iter().filter(fits).map(|a| a.statement.at).min()?;
        Some(Filled { person: candidate.name.clone(), role, at })
    };
    filling.slots.iter().filter_map(one).collect()
}

fn missing(unit: &ChangeUnit, filling: &Filling, candidates: &[Candidate], eligible: &[&Person]) -> Vec<Missing> {
    let used: BTreeSet<&PersonName> =
        filling.slots.iter().filter_map(|(_, who)| candidates.get((*who)?)).map(|c| &c.name).collect();
    let mut out: Vec<Missing> = Vec::new();
    for (slot, _) in filling.slots.iter().filter(|(_, who)| who.is_none()) {
        if let Some(same) = out.iter_mut().find(|m| m.role == slot.role && m.other_than == slot.other_than) {
            same.count += 1;
            continue;
        }
        let can = |person: &&&Person| {
            let roles = person.roles.iter().map(|r| Role::new(r.clone())).collect();
            let candidate = Candidate { name: PersonName::new(person.name.clone()), roles };
            !used.contains(&candidate.name) && slot.role_of(&candidate).is_some()
        };
        let could = eligible.iter().filter(can).map(|p| PersonName::new(p.name.clone())).collect();
        let need = unit.gate.needs.get(slot.need);
        let place = need.and_then(|n| n.place.clone()).or_else(|| unit.gate.place.clone());
        let (role, other_than) = (slot.role.clone(), slot.other_than.clone());
        out.push(Missing { role, count: 1, other_than, could, place, words: String::new(), said: Said::default() });
    }
    for missing in &mut out {
        missing.words = words(missing, unit);
        missing.said = said(missing, unit);
    }
    out
}

/// `State – who must act (rule, file:line)` (`ui.md` §7).
fn words(missing: &Missing, unit: &ChangeUnit) -> String {
    let act = if unit.gate.level == Gate::Strong { "countersign" } else { "approve" };
    let who = match (&missing.role, &missing.other_than) {
        (Some(role), _) if missing.count == 1 => role.to_string(),
        (Some(role), _) => format!("{} × {role}", missing.count),
        (None, Some(other)) => format!("{} in another role than {other}", people_word(missing.count)),
        (None, None) => format!("{} with any role", people_word(missing.count)),
    };
    let place = missing.place.as_ref().map(|p| format!(" ({p})")).unwrap_or_default();
    let author = if unit.gate.exclude_authors { ", not an author" } else { "" };
    let could = match missing.could.as_slice() {
        [] => " – nobody in People can".to_owned(),
        names => format!(" – could be {}", names.iter().map(PersonName::as_str).collect::<Vec<_>>().join(", ")),
    };
    format!("{who} must {act}{place}{author}{could}")
}

/// The words of [`words`] as parts: who, what they must do, and who of People could.
fn said(missing: &Missing, unit: &ChangeUnit) -> Said {
    let (code, who) = match (&missing.role, &missing.other_than) {
        (Some(role), _) => ("needs-role", role.to_string()),
        (None, Some(other)) => ("needs-other-role", other.to_string()),
        (None, None) => ("needs-anybody", String::new()),
    };
    let flag = |yes: bool| if yes { "yes" } else { "no" };
    let said = Said::new(code)
        .with("count", missing.count)
        .with("strong", flag(unit.gate.level == Gate::Strong))
        .with("notAuthor", flag(unit.gate.exclude_authors))
        .with("could", list(missing.could.iter().map(PersonName::as_str)));
    let said = if who.is_empty() { said } else { said.with("role", who) };
    match &missing.place {
        Some(place) => said.with("place", place),
        None => said,
    }
}

fn people_word(count: u32) -> String {
    if count == 1 { "one person".to_owned() } else { format!("{count} people") }
}

/// Solo mode (`dsl §10`): `approve` takes one solo approval, `strong` two, with a typed reason.
fn solo(unit: &ChangeUnit, standing: &[&Approval]) -> GateCheck {
    let strong = unit.gate.level == Gate::Strong;
    let wanted = if strong { 2 } else { 1 };
    let reasoned = standing.iter().any(|a| !a.reason.trim().is_empty());
    let given = standing.len();
    let lacking = wanted - given.min(wanted);
    let lacking = if strong && !reasoned { lacking.max(1) } else { lacking };
    let one = |a: &&Approval| Filled { person: a.statement.person.clone(), role: None, at: a.statement.at };
    let filled = standing.iter().take(wanted).map(one).collect();
    let mut missing = Vec::new();
    if lacking > 0 {
        let (words, code) = match (strong, given) {
            (false, _) => ("you must approve (solo, not verified)", "solo-once"),
            (true, 0) => ("you must approve twice, with a typed reason (solo, not verified)", "solo-twice"),
            (true, _) => ("you must approve once more, with a typed reason (solo, not verified)", "solo-again"),
        };
        let count = u32::try_from(lacking).unwrap_or(u32::MAX);
        let place = unit.gate.place.clone();
        let (words, said) = (words.to_owned(), Said::new(code));
        missing.push(Missing { role: None, count, other_than: None, could: Vec::new(), place, words, said });
    }
    GateCheck { level: unit.gate.level, met: missing.is_empty(), filled, missing }
}

/// Removals of the ChangeSet that nobody agreed to as they are planned now (`apply --allow-destroy UNIT`, `dsl §7`).
#[must_use]
pub fn missing_consents<'a>(change_set: &'a ChangeSet, consents: &[RemovalConsent]) -> Vec<&'a UnitId> {
    let agreed = |u: &&ChangeUnit| consents.iter().any(|c| c.unit == u.id && c.unit_digest == u.unit_digest);
    change_set.units.iter().filter(|u| u.removal && u.is_runnable()).filter(|u| !agreed(u)).map(|u| &u.id).collect()
}

/// `unsatisfiable-gate` errors: gates that nobody in People could ever fill, whoever approves (`dsl §10`).
#[must_use]
pub fn unsatisfiable(change_set: &ChangeSet, circle: &Circle<'_>) -> Vec<Diagnostic> {
    let Some(people) = circle.people else { return Vec::new() };
    let mut found: Vec<Diagnostic> = Vec::new();
    for unit in change_set.units.iter().filter(|u| u.is_runnable() && u.gate.level != Gate::Auto) {
        let eligible = people.people.iter().filter(|p| !(unit.gate.exclude_authors && circle.is_author(p)));
        let everybody: Vec<Candidate> = eligible
            .map(|p| Candidate {
                name: PersonName::new(p.name.clone()),
                roles: p.roles.iter().map(|r| Role::new(r.clone())).collect(),
            })
            .collect();
        let filling = fill(&unit.gate.needs, &everybody, unit.gate.level == Gate::Strong);
        let open: Vec<_> = filling.slots.iter().filter(|(_, who)| who.is_none()).map(|(slot, _)| slot).collect();
        let Some(first) = open.first() else { continue };
        let need = unit.gate.needs.get(first.need);
        let place = need.and_then(|n| n.place.clone()).or_else(|| unit.gate.place.clone());
        let role = first.role.as_ref().map_or_else(|| "another role".to_owned(), |r| format!("role {r}"));
        let author = if unit.gate.exclude_authors { ", the author not counted" } else { "" };
        let message =
            format!("the gate {} of {} can't be met: too few people have {role}{author}", unit.gate.level, unit.id);
        let place = place.unwrap_or_else(|| Place::file("policies/people.yaml"));
        let diagnostic = Diagnostic::error("unsatisfiable-gate", message, place)
            .hint("give the role to more people in policies/people.yaml, or ask for fewer; People count from base");
        if !found.contains(&diagnostic) {
            found.push(diagnostic);
        }
    }
    found
}
