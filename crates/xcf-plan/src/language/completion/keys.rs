//! Keys: of the schema, of a module's inputs, of an entry's modules, of a reference.

use super::{Cursor, Offer, SuggestionKind, keys_written};
use crate::content::Variable;
use crate::language::outline::{Segment, pattern};
use crate::language::schema;
use std::collections::BTreeMap;
use xcf_core::docs::Kind;

/// Keys of a map that reads an output or a secret (`dsl §6`).
const REFERENCE: [(&str, &str); 7] = [
    ("from", "Composition that gives the output; without it: this one."),
    ("module", "Module of that Composition; may be left out if there is one."),
    ("output", "Output to read."),
    ("environment", "Reads this Environment's applied outputs: no order."),
    ("path", "JSON Pointer into the output's value."),
    ("secret", "Secret reference, for example `vault:MOUNT/PATH#FIELD`."),
    ("literal", "The value as it is, never a reference."),
];

impl Cursor<'_> {
    /// Keys that the map at `above` may still take; a nested value is indented below `column`.
    pub(super) fn key_offers(&self, above: &[Segment], column: usize) -> Vec<Offer> {
        let written = match self.here().filter(|n| n.key.is_some()).and_then(|n| n.parent) {
            Some(map) => keys_written(self.outline, map),
            None => Vec::new(),
        };
        let has_colon = self.here().is_some_and(|n| n.key.is_some() && n.has_colon);
        let mut offers = self.dynamic_keys(above);
        if let Some(spot) = schema::at(self.kind, above) {
            let mut keys = spot.keys();
            keys.sort_by_key(|k| !k.required);
            for key in keys {
                let after = match key.holds {
                    "map" => format!(":{}", self.nested(column, "")),
                    "list" => format!(":{}", self.nested(column, "- ")),
                    _ => ": ".to_owned(),
                };
                let detail = if key.required { format!("{} · required", key.holds) } else { key.holds.to_owned() };
                let offer = Offer::new(SuggestionKind::Key, &key.name).detail(detail).docs(key.docs);
                offers.push(offer.insert(format!("{}{after}", key.name)));
            }
        }
        offers.retain(|o| !written.contains(&o.label.as_str()));
        if has_colon {
            for offer in &mut offers {
                offer.insert.clone_from(&offer.label);
            }
        }
        offers
    }
    fn nested(&self, column: usize, start: &str) -> String {
        if self.is_flow() { " ".to_owned() } else { format!("\n{}{start}", " ".repeat(column + 2)) }
    }
    fn dynamic_keys(&self, above: &[Segment]) -> Vec<Offer> {
        match (self.kind, pattern(above).as_slice()) {
            (Kind::Composition | Kind::Environment, [.., "inputs"]) => self.inputs(),
            (Kind::Composition | Kind::Environment, all) if all.contains(&"inputs") => self.reference_keys(),
            (Kind::Environment, ["spec", "compositions", "*", "modules"]) => {
                let offer = |name: &str| {
                    let insert = format!("{name}:{}", self.nested(self.here().map_or(0, |n| n.indent), ""));
                    Offer::new(SuggestionKind::Name, name).detail("module").insert(insert)
                };
                let modules = self.composition().and_then(|c| self.snapshot.names().compositions.get(&c));
                modules.into_iter().flat_map(|c| &c.modules).map(|m| offer(&m.name)).collect()
            }
            (Kind::Environment, ["spec", "approvers"]) => {
                let offer = |r: &String| Offer::new(SuggestionKind::Name, r).detail("role").insert(format!("{r}: "));
                self.snapshot.names().roles.keys().map(offer).collect()
            }
            _ => Vec::new(),
        }
    }
    fn reference_keys(&self) -> Vec<Offer> {
        let offer =
            |(key, docs): (&str, &str)| Offer::new(SuggestionKind::Key, key).docs(docs).insert(format!("{key}: "));
        REFERENCE.into_iter().map(offer).collect()
    }
    /// The variables of the modules that this `inputs` goes to, required ones first.
    fn inputs(&self) -> Vec<Offer> {
        let mut offers: Vec<(bool, Offer)> = Vec::new();
        for (name, variable) in self.variables() {
            let detail = match (&variable.type_text, variable.required) {
                (Some(kind), true) => format!("{kind} · required"),
                (Some(kind), false) => kind.clone(),
                (None, true) => "required".to_owned(),
                (None, false) => String::new(),
            };
            let offer = Offer::new(SuggestionKind::Input, &name).detail(detail).docs(variable_docs(&variable));
            offers.push((!variable.required, offer.insert(format!("{name}: "))));
        }
        offers.sort_by_key(|(optional, _)| *optional);
        offers.into_iter().map(|(_, offer)| offer).collect()
    }
    /// The Composition the cursor is about.
    pub(super) fn composition(&self) -> Option<String> {
        match self.kind {
            Kind::Composition => Some(self.outline.word(self.root, &["metadata", "name"])?.text.clone()),
            Kind::Environment => {
                let written = &self.outline.word(self.ancestor(3)?, &["ref"])?.text;
                Some(self.snapshot.names().composition(written)?.0.to_owned())
            }
            _ => None,
        }
    }
    /// The ancestor `depth` segments below the root.
    pub(super) fn ancestor(&self, depth: usize) -> Option<usize> {
        let mut at = self.node;
        for _ in depth..self.path.len() {
            at = self.outline.node(at)?.parent?;
        }
        Some(at)
    }
    /// Variables of the modules that the `inputs` around the cursor goes to.
    pub(super) fn variables(&self) -> BTreeMap<String, Variable> {
        let names = self.snapshot.names();
        let found = (|| {
            let composition = self.composition()?;
            let modules = names.compositions.get(&composition)?.modules.as_slice();
            let wanted = match (self.kind, pattern(&self.path).as_slice()) {
                (Kind::Composition, _) => self.written_module(),
                (_, ["spec", "compositions", "*", "modules", module, ..]) => {
                    modules.iter().find(|m| m.name == *module).and_then(|m| m.located.clone())
                }
                _ => {
                    let all = modules.iter().filter_map(|m| m.located.clone());
                    let merged = all.filter_map(|(path, is_file)| self.snapshot.interface(&path, is_file));
                    return Some(merged.flat_map(|m| m.interface.inputs.clone()).collect());
                }
            };
            let (path, is_file) = wanted?;
            Some(self.snapshot.interface(&path, is_file)?.interface.inputs.clone())
        })();
        found.unwrap_or_default()
    }
    /// The module of the entry around the cursor, by the ref as it is typed now.
    fn written_module(&self) -> Option<(String, bool)> {
        let written = &self.outline.word(self.ancestor(3)?, &["ref"])?.text;
        let located = crate::workspace::refs::locate(self.snapshot.tree(), self.snapshot.links(), written).ok()?;
        Some((located.path, located.is_file))
    }
    /// The key whose value the cursor is in, if that value belongs to an input: its name.
    pub(super) fn input_name(&self) -> Option<&str> {
        let at = self.path.iter().position(|s| matches!(s, Segment::Key(k) if k == "inputs"))?;
        match self.path.get(at + 1)? {
            Segment::Key(name) => Some(name),
            Segment::Item(_) => None,
        }
    }
    /// The sibling scalar `key` of the node at the cursor.
    pub(super) fn sibling(&self, key: &str) -> Option<&str> {
        Some(self.outline.word(self.parent()?, &[key])?.text.as_str())
    }
}

/// Description, type and default of a variable, Markdown.
pub(in crate::language) fn variable_docs(variable: &Variable) -> String {
    let mut text = variable.description.clone();
    let mut line = |words: String| {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&words);
    };
    if let Some(kind) = &variable.type_text {
        line(format!("Type: `{}`", kind.trim()));
    }
    match &variable.default {
        Some(default) => line(format!("Default: `{}`", default.trim())),
        None if variable.required => line("Required.".to_owned()),
        None => {}
    }
    if variable.sensitive {
        line("Sensitive: masked everywhere.".to_owned());
    }
    text
}
