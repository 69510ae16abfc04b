//! Going somewhere: to a definition, to every mention.

use super::mention::{Symbol, all_of, in_outline};
use super::names::Spot;
use super::outline::{NodeId, Outline, Part};
use super::{Lines, Position, Snapshot, Span, span};
use xcf_core::diag::Place;
use xcf_core::route::Origin;

/// A place in a file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Repository-relative path.
    pub file: String,
    /// Where.
    pub span: Span,
}

/// What is at a position of an open text.
pub(super) fn at(text: &str, position: Position) -> Option<(Outline, NodeId, Part)> {
    let outline = Outline::of(text);
    let (node, part) = outline.hit(Lines::new(text).offset(position))?;
    Some((outline, node, part))
}

/// Where what is named at a position has its home; nothing if it names nothing or has none.
#[must_use]
pub fn definition(snapshot: &Snapshot, text: &str, position: Position) -> Vec<Target> {
    let Some((outline, node, part)) = at(text, position) else { return Vec::new() };
    for found in in_outline(snapshot, &outline, node, part) {
        let homes = homes(snapshot, &found.symbol);
        if !homes.is_empty() {
            return homes;
        }
    }
    Vec::new()
}

/// Every mention of what is named at a position, in order of file and text; with its home if `declaration`.
#[must_use]
pub fn references(snapshot: &Snapshot, text: &str, position: Position, declaration: bool) -> Vec<Target> {
    let Some((outline, node, part)) = at(text, position) else { return Vec::new() };
    let mentions = in_outline(snapshot, &outline, node, part);
    // On a `ref` that also gives a module its name, the mentions of that name are what is asked for.
    let Some(asked) = mentions.iter().find(|m| m.declares).or_else(|| mentions.first()) else { return Vec::new() };
    let mut found: Vec<Target> = all_of(snapshot, &asked.symbol)
        .into_iter()
        .filter(|(_, declares)| declaration || !declares)
        .filter_map(|(spot, _)| target(snapshot, &spot))
        .collect();
    if declaration && matches!(asked.symbol, Symbol::Input(..) | Symbol::Output(..)) {
        found.extend(homes(snapshot, &asked.symbol));
    }
    found.sort();
    found.dedup();
    found
}

fn target(snapshot: &Snapshot, spot: &Spot) -> Option<Target> {
    let text = snapshot.text(&spot.file)?;
    Some(Target { file: spot.file.clone(), span: span(&Lines::new(&text), &(spot.start..spot.end)) })
}

/// A diagnostic's kind of place as a target: the rest of the word there.
pub(super) fn target_of_place(snapshot: &Snapshot, place: &Place) -> Option<Target> {
    let text = snapshot.text(&place.file)?;
    let lines = Lines::new(&text);
    let start = lines.place(place.line, place.column);
    Some(Target { file: place.file.clone(), span: span(&lines, &word_from(&text, start)) })
}

/// From `start` to the end of the word there, at least nothing.
pub(super) fn word_from(text: &str, start: usize) -> std::ops::Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']' | '"' | '\'' | '#');
    let skip = usize::from(rest.starts_with(['"', '\'']));
    let length = rest.get(skip..).and_then(|r| r.find(ends)).map_or(rest.len(), |n| n + skip);
    let closing = usize::from(skip == 1 && rest.get(length..).is_some_and(|r| r.starts_with(['"', '\''])));
    let word = start..start + length + closing;
    if word.is_empty() {
        let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
        return start..start + line.min(1);
    }
    let colon = text.get(word.clone()).is_some_and(|w| w.len() > 1 && w.ends_with(':'));
    word.start..word.end - usize::from(colon)
}

fn homes(snapshot: &Snapshot, symbol: &Symbol) -> Vec<Target> {
    let names = snapshot.names();
    let spot = |spot: Option<&Spot>| spot.and_then(|s| target(snapshot, s)).into_iter().collect::<Vec<_>>();
    match symbol {
        Symbol::Document(kind, name) => spot(names.document_spot(*kind, name)),
        Symbol::Module(composition, module) => spot(names.module(composition, Some(module)).map(|m| &m.spot)),
        Symbol::ModulePath(path) => {
            main_file(snapshot, path).map(|file| Target { file, span: Span::default() }).into_iter().collect()
        }
        Symbol::Input(path, name) => port(snapshot, path, |m| Some(m.interface.inputs.get(name)?.place.clone())),
        Symbol::Output(path, name) => port(snapshot, path, |m| Some(m.interface.outputs.get(name)?.place.clone())),
        Symbol::Host(name) => spot(names.hosts.get(name)),
        Symbol::Region(name) => spot(names.regions.get(name)),
        Symbol::Account(name) => spot(names.accounts.get(name)),
        Symbol::Role(name) => spot(names.roles.get(name)),
        Symbol::Lifecycle(composition) => rows(snapshot, composition),
    }
}

fn port(
    snapshot: &Snapshot,
    path: &str,
    place: impl Fn(&crate::content::ModuleContent) -> Option<Place>,
) -> Vec<Target> {
    let is_file = snapshot.tree().entry(path).is_some();
    let content = snapshot.interface(path, is_file);
    content.and_then(|c| target_of_place(snapshot, &place(&c)?)).into_iter().collect()
}

/// The file of a module that a reader wants to see first.
pub(super) fn main_file(snapshot: &Snapshot, path: &str) -> Option<String> {
    let tree = snapshot.tree();
    if tree.entry(path).is_some() {
        return Some(path.to_owned());
    }
    let preferred =
        ["main.tf", "Pulumi.yaml", "kustomization.yaml", "kustomization.yml"].map(|name| format!("{path}/{name}"));
    let known = preferred.into_iter().find(|p| tree.entry(p).is_some());
    known.or_else(|| tree.under(path).first().map(|e| e.path.clone()))
}

/// The rows of the decision matrix that give a Composition's units something.
fn rows(snapshot: &Snapshot, composition: &str) -> Vec<Target> {
    let units = snapshot.model().units.iter().filter(|u| u.id.composition.as_str() == composition);
    let mut places: Vec<Place> = Vec::new();
    for unit in units {
        let route = &unit.route;
        let fields = [
            (route.engine.origin, &route.engine.place),
            (route.reconcile.origin, &route.reconcile.place),
            (route.drift.origin, &route.drift.place),
            (route.gate.origin, &route.gate.place),
            (route.backup.origin, &route.backup.place),
            (route.windows.origin, &route.windows.place),
            (route.rollback.origin, &route.rollback.place),
        ];
        places.extend(fields.into_iter().filter(|(o, _)| *o == Origin::Matrix).filter_map(|(_, p)| p.clone()));
    }
    places.sort();
    places.dedup();
    places.iter().filter_map(|p| target_of_place(snapshot, p)).collect()
}
