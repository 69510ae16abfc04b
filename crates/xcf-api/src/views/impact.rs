//! Impact and what-if as wire types.

use crate::dto::{
    AffectedDto, CauseDto, DiagnosticDto, FieldImpactDto, ImpactDto, PlaceDto, RecordedImpactDto, RecordedUnitDto,
    RowFindingDto, RowPlaceDto, SaidDto, UnitImpactDto, WhyDto,
};
use crate::views::route::origin_word;
use xcf_plan::impact::{Affected, Cause, Effect, FieldChange, Impact, RecordedImpact, Turn, UnitImpact, Why};
use xcf_plan::matrix::RowFinding;

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn strings<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// The whole preview.
pub(crate) fn impact(
    found: &Impact,
    base: String,
    unreadable: u32,
    findings: Vec<RowFindingDto>,
    errors: Vec<DiagnosticDto>,
) -> ImpactDto {
    ImpactDto {
        base,
        looked_at: count(found.looked_at),
        loosened: count(found.count(Turn::Loosening)),
        tightened: count(found.count(Turn::Tightening)),
        neutral: count(found.count(Turn::Neutral)),
        units: units(found),
        appeared: strings(&found.appeared),
        gone: strings(&found.gone),
        replayed: count(found.replayed),
        unreadable,
        recorded: found.recorded.iter().map(recorded).collect(),
        findings,
        errors,
    }
}

/// Units with the open ChangeSets they stand in.
pub(crate) fn units(found: &Impact) -> Vec<UnitImpactDto> {
    let open = |unit: &UnitImpact| {
        let has = |r: &&RecordedImpact| r.open && r.units.iter().any(|u| u.unit == unit.unit);
        found.recorded.iter().filter(has).map(|r| r.id.to_string()).collect()
    };
    found
        .units
        .iter()
        .map(|u| UnitImpactDto {
            unit: u.unit.to_string(),
            was: u.was.as_ref().map(ToString::to_string),
            turn: u.turn.to_string(),
            fields: u.fields.iter().map(field).collect(),
            open: open(u),
        })
        .collect()
}

fn field(change: &FieldChange) -> FieldImpactDto {
    FieldImpactDto {
        field: change.field.as_str().to_owned(),
        from: change.from.clone(),
        to: change.to.clone(),
        turn: change.turn.to_string(),
        before: why(&change.before),
        after: why(&change.after),
        judged_by: change.judged_by.clone(),
    }
}

fn why(why: &Why) -> WhyDto {
    WhyDto {
        origin: origin_word(why.origin).to_owned(),
        rule: why.rule.clone(),
        place: why.place.as_ref().map(PlaceDto::from),
    }
}

fn effects<'e>(list: impl IntoIterator<Item = &'e Effect>) -> Vec<String> {
    list.into_iter().map(|e| e.as_str().to_owned()).collect()
}

fn recorded(change: &RecordedImpact) -> RecordedImpactDto {
    RecordedImpactDto {
        id: change.id.to_string(),
        environment: change.environment.to_string(),
        title: change.title.clone(),
        status: change.state.to_string(),
        open: change.open,
        effects: effects(&change.effects),
        people_before: change.people.0,
        people_after: change.people.1,
        units: change
            .units
            .iter()
            .map(|u| RecordedUnitDto {
                unit: u.unit.to_string(),
                gate_before: u.gates.0.level.to_string(),
                gate_after: u.gates.1.level.to_string(),
                engine_before: u.engines.0.to_string(),
                engine_after: u.engines.1.to_string(),
                effects: effects(&u.effects),
            })
            .collect(),
        denials: change.denials.iter().map(|d| format!("{} ({})", d.message, d.place)).collect(),
        unknown: strings(&change.unknown),
    }
}

/// A tie, overlap or gap.
pub(crate) fn finding(found: &RowFinding) -> RowFindingDto {
    RowFindingDto {
        kind: found.fault.as_str().to_owned(),
        field: found.field.clone(),
        message: found.message.clone(),
        said: SaidDto::of(&found.said, found.message.clone()),
        rows: found
            .rows
            .iter()
            .map(|(name, place)| RowPlaceDto { name: name.clone(), place: PlaceDto::from(place) })
            .collect(),
        units: count(found.units),
    }
}

/// An affected unit.
pub(crate) fn affected(found: &Affected) -> AffectedDto {
    AffectedDto {
        unit: found.unit.to_string(),
        environment: found.unit.environment.to_string(),
        causes: found.causes.iter().map(cause).collect(),
    }
}

fn cause(cause: &Cause) -> CauseDto {
    let plain = |kind: &str, what: &str| CauseDto { kind: kind.to_owned(), what: what.to_owned(), unit: None };
    match cause {
        Cause::Appeared => plain("appeared", ""),
        Cause::Gone => plain("gone", ""),
        Cause::Moved(from) => plain("moved", &from.to_string()),
        Cause::Input(name) => plain("input", name),
        Cause::Route(field) => plain("route", field.as_str()),
        Cause::Module(path) => plain("module", path),
        Cause::Content(path) => plain("content", path),
        Cause::Target(what) => plain("target", what),
        Cause::Reads { unit, output } => CauseDto { unit: Some(unit.to_string()), ..plain("reads", output) },
    }
}
