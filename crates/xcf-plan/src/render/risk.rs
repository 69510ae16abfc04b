//! Risk: what stands at the top (`ui.md` §1.1), and how high it is, with reasons – never a score.

use serde::{Deserialize, Serialize};
use xcf_core::changeset::{ChangeSet, ChangeUnit, UnitAction};
use xcf_core::plan::{Fidelity, Reversibility};
use xcf_core::route::Lifecycle;

/// Section of a review, riskiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// No way back.
    NoWayBack,
    /// What it does is not known before it runs.
    Blind,
    /// Identity changes, or only a backup brings it back.
    RecreateOrBackup,
    /// Known only after an upstream applies.
    NotFullyKnown,
    /// Can be undone exactly.
    Exact,
    /// Not planned, can't run, can't be told: shown with why.
    NotRunnable,
}

impl Section {
    /// Every section, in order.
    pub const ALL: [Self; 6] =
        [Self::NoWayBack, Self::Blind, Self::RecreateOrBackup, Self::NotFullyKnown, Self::Exact, Self::NotRunnable];

    /// Heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::NoWayBack => "No way back",
            Self::Blind => "Blind: not known before it runs",
            Self::RecreateOrBackup => "Recreate, or undo from a backup",
            Self::NotFullyKnown => "Known only after an upstream applies",
            Self::Exact => "Can be undone exactly",
            Self::NotRunnable => "Does not run",
        }
    }
}

/// Section a unit stands in: the first that applies.
#[must_use]
pub fn section(unit: &ChangeUnit) -> Section {
    if !unit.is_runnable() {
        return Section::NotRunnable;
    }
    let grade = unit.way_back.as_ref().map(|w| w.grade);
    let mut changes = unit.plan.iter().flat_map(|p| &p.changes);
    let all_blind = changes.clone().all(|c| c.fidelity == Fidelity::Blind);
    let blind = changes.any(|c| c.fidelity == Fidelity::Blind);
    match grade {
        // What is graded "no way back" only because nothing is known about it says so under its own heading.
        Some(Reversibility::Irreversible) if !all_blind => Section::NoWayBack,
        _ if blind => Section::Blind,
        Some(Reversibility::Recreate | Reversibility::NeedsBackup) => Section::RecreateOrBackup,
        _ if not_fully_known(unit) => Section::NotFullyKnown,
        _ => Section::Exact,
    }
}

/// True if something about the unit is only known after an upstream applies.
#[must_use]
pub fn not_fully_known(unit: &ChangeUnit) -> bool {
    let partial = unit.plan.as_ref().is_none_or(|p| !p.unknown_inputs.is_empty());
    unit.deferred.is_some() || unit.action == UnitAction::Deferred || (partial && unit.action != UnitAction::Move)
}

/// How high the risk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskLevel {
    /// Low.
    Low,
    /// Moderate.
    Moderate,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl RiskLevel {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Level with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The highest of the reasons.
    pub level: RiskLevel,
    /// Why, riskiest first: level and words.
    pub reasons: Vec<(RiskLevel, String)>,
}

impl Risk {
    fn of(mut reasons: Vec<(RiskLevel, String)>) -> Self {
        reasons.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
        let level = reasons.first().map_or(RiskLevel::Low, |(level, _)| *level);
        Self { level, reasons }
    }
}

/// Risk of one unit.
#[must_use]
pub fn unit_risk(unit: &ChangeUnit) -> Risk {
    use RiskLevel::{Critical, High, Moderate};
    let mut reasons = Vec::new();
    if !unit.is_runnable() {
        return Risk::of(reasons);
    }
    let counts = unit.counts();
    let mut say = |level, words: String| reasons.push((level, words));
    match section(unit) {
        Section::NoWayBack => say(Critical, format!("{} has no way back", unit.id)),
        Section::Blind => say(High, format!("{} does something that is not known before it runs", unit.id)),
        Section::RecreateOrBackup => {
            let backup = unit.way_back.as_ref().is_some_and(|w| w.grade == Reversibility::NeedsBackup);
            let (level, words) =
                if backup { (High, "only a backup brings back") } else { (Moderate, "is made anew by undoing") };
            say(level, format!("{}: {words} what it changes", unit.id));
        }
        Section::NotFullyKnown => say(Moderate, format!("{} is not fully known yet", unit.id)),
        Section::Exact | Section::NotRunnable => {}
    }
    if unit.removal {
        say(Critical, format!("{} is removed", unit.id));
    }
    if counts.delete > 0 {
        say(High, format!("{} deletes {}", unit.id, counts.delete));
    }
    if counts.replace > 0 {
        say(High, format!("{} replaces {}", unit.id, counts.replace));
    }
    if unit.lifecycle == Lifecycle::Foundation && counts.update + counts.create > 0 {
        say(Moderate, format!("{} is Foundation: it blocks what is downstream", unit.id));
    }
    Risk::of(reasons)
}

/// Risk of a whole ChangeSet: that of its riskiest unit, with every reason.
#[must_use]
pub fn change_set_risk(change_set: &ChangeSet) -> Risk {
    Risk::of(change_set.units.iter().flat_map(|u| unit_risk(u).reasons).collect())
}

/// The facts a review opens with. Cost is not known yet, and unknown is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Units without a way back.
    pub irreversible: u32,
    /// Resources replaced.
    pub replaces: u32,
    /// Resources deleted.
    pub deletes: u32,
    /// Units that are not fully known.
    pub not_fully_known: u32,
    /// Foundation units.
    pub foundation: u32,
    /// Units with blind changes.
    pub blind: u32,
}

/// Counts the facts of a ChangeSet.
#[must_use]
pub fn facts(change_set: &ChangeSet) -> Facts {
    let mut facts = Facts::default();
    for unit in change_set.units.iter().filter(|u| u.is_runnable()) {
        let counts = unit.counts();
        let is_section = |wanted| u32::from(section(unit) == wanted);
        facts.irreversible += is_section(Section::NoWayBack);
        facts.blind += is_section(Section::Blind);
        facts.not_fully_known += u32::from(not_fully_known(unit));
        facts.foundation += u32::from(unit.lifecycle == Lifecycle::Foundation);
        facts.replaces += counts.replace;
        facts.deletes += counts.delete;
    }
    facts
}
