//! Values: names of what exists, and outputs that fit an input.

use super::{Cursor, Offer, SuggestionKind};
use crate::content::types::InputType;
use crate::language::modules::candidates;
use crate::language::outline::{Segment, pattern};
use std::collections::BTreeMap;
use xcf_core::docs::Kind;

fn named<'n>(names: impl IntoIterator<Item = &'n str>, detail: &str) -> Vec<Offer> {
    names.into_iter().map(|n| Offer::new(SuggestionKind::Name, n).detail(detail)).collect()
}

fn keys<V>(map: &BTreeMap<String, V>) -> impl Iterator<Item = &str> {
    map.keys().map(String::as_str)
}

impl Cursor<'_> {
    /// Names of existing things that may stand at `path`.
    pub(super) fn names_at(&self, path: &[Segment]) -> Vec<Offer> {
        let names = self.snapshot.names();
        let pattern = pattern(path);
        let of = |kind: Kind, word: &str| named(names.of_kind(kind), word);
        match (self.kind, pattern.as_slice()) {
            (_, [.., "policies", "window"] | ["spec", "rows", "*", "window"]) => of(Kind::Window, "window"),
            (_, [.., "match", "environment"] | [.., "match", "environment", "*"]) => {
                of(Kind::Environment, "environment")
            }
            (Kind::Composition | Kind::Environment, all) if all.contains(&"inputs") => self.input_value(all),
            (Kind::Composition, ["spec", "modules", "*", "ref"]) => self.module_paths(),
            (Kind::Composition, ["spec", "modules", "*", "dependsOn", "*"]) => self.other_modules(),
            (Kind::Composition, ["spec", "dependencies", "*", "ref"])
            | (Kind::Environment, ["spec", "compositions", "*", "ref"]) => self.composition_paths(),
            (Kind::Composition, ["spec", "dependencies", "*", "environment"])
            | (Kind::Environment, ["spec", "after", "*"]) => of(Kind::Environment, "environment"),
            (Kind::Environment, ["spec", "windows", "*"]) => of(Kind::Window, "window"),
            (Kind::Environment, ["spec", "budgets", "*"]) => of(Kind::Budget, "budget"),
            (Kind::Environment, ["spec", "rateLimits", "*"]) => of(Kind::RateLimit, "rate limit"),
            (Kind::Composition | Kind::Environment, [.., "hosts", "*"]) => named(keys(&names.hosts), "host"),
            (Kind::Composition | Kind::Environment, [.., "region"]) => named(keys(&names.regions), "region"),
            (Kind::Composition | Kind::Environment, [.., "account"]) => named(keys(&names.accounts), "account"),
            (Kind::ApprovalRule, ["spec", "require", "*", "role"]) => named(keys(&names.roles), "role"),
            (Kind::Waiver, ["spec", "rule"]) => of(Kind::ApprovalRule, "rule"),
            _ => Vec::new(),
        }
    }
    fn module_paths(&self) -> Vec<Offer> {
        named(candidates(self.snapshot.tree()), "module")
    }
    fn composition_paths(&self) -> Vec<Offer> {
        let compositions = &self.snapshot.names().compositions;
        let own = self.composition();
        let offer = |(name, entry): (&String, &crate::language::names::CompositionEntry)| {
            let stem = entry.spot.file.rsplit_once('.').map_or(entry.spot.file.as_str(), |(stem, _)| stem);
            Offer::new(SuggestionKind::Name, stem).detail(name.as_str())
        };
        let others = compositions.iter().filter(|(n, _)| self.kind != Kind::Composition || own.as_ref() != Some(n));
        others.map(offer).collect()
    }
    fn other_modules(&self) -> Vec<Offer> {
        let own = self.ancestor(3).and_then(|i| crate::language::names::module_name(self.outline, i));
        let items = self.outline.items(self.root, &["spec", "modules"]);
        let names = items.filter_map(|i| crate::language::names::module_name(self.outline, i)).map(|(name, _)| name);
        let others: Vec<String> = names.filter(|n| own.as_ref().is_none_or(|(o, _)| o != n)).collect();
        named(others.iter().map(String::as_str), "module")
    }
    /// What an input, or a part of a reference in it, may be.
    fn input_value(&self, pattern: &[&str]) -> Vec<Offer> {
        let names = self.snapshot.names();
        let in_map = pattern.last() != Some(&"inputs") && pattern.iter().rev().nth(1) != Some(&"inputs");
        match (in_map, pattern.last().copied()) {
            (true, Some("from")) => named(keys(&names.compositions), "Composition"),
            (true, Some("environment")) => named(names.of_kind(Kind::Environment), "environment"),
            (true, Some("module")) => {
                let modules = self.source_composition().and_then(|c| names.compositions.get(&c));
                named(modules.into_iter().flat_map(|c| &c.modules).map(|m| m.name.as_str()), "module")
            }
            (true, Some("output")) => self.outputs_of_reference(),
            (true, Some("secret")) => ["vault:", "sops:", "kms:", "keyring:", "env:"]
                .into_iter()
                .map(|p| Offer::new(SuggestionKind::Word, p).detail("secret source"))
                .collect(),
            (false, _) => self.wires(),
            _ => Vec::new(),
        }
    }
    fn source_composition(&self) -> Option<String> {
        match self.sibling("from") {
            Some(from) => Some(self.snapshot.names().composition(from)?.0.to_owned()),
            None => self.composition(),
        }
    }
    fn outputs_of_reference(&self) -> Vec<Offer> {
        let found = (|| {
            let composition = self.source_composition()?;
            let module = self.snapshot.names().module(&composition, self.sibling("module"))?;
            let (path, is_file) = module.located.clone()?;
            self.snapshot.interface(&path, is_file)
        })();
        let content = found.as_deref();
        let outputs = content.into_iter().flat_map(|c| &c.interface.outputs);
        outputs.map(|(name, o)| Offer::new(SuggestionKind::Output, name).docs(o.description.as_str())).collect()
    }
    /// Every output that fits the input at the cursor, as a whole reference.
    fn wires(&self) -> Vec<Offer> {
        let variables = self.variables();
        let variable = self.input_name().and_then(|n| variables.get(n));
        let mut offers = Vec::new();
        if let Some(variable) = variable {
            if variable.input_type == InputType::Bool {
                offers.extend(["true", "false"].map(|w| Offer::new(SuggestionKind::Word, w)));
            }
            if let Some(default) = variable.default.as_deref().filter(|d| !d.contains('\n')) {
                offers.push(Offer::new(SuggestionKind::Word, default).detail("default"));
            }
        }
        let own = self.composition();
        let here = self.ancestor(3).and_then(|i| crate::language::names::module_name(self.outline, i)).map(|(n, _)| n);
        for (name, composition) in &self.snapshot.names().compositions {
            let is_own = own.as_ref() == Some(name);
            for module in &composition.modules {
                // A module's own output can't be its input.
                if is_own && self.kind == Kind::Composition && here.as_ref() == Some(&module.name) {
                    continue;
                }
                let Some((path, is_file)) = &module.located else { continue };
                let Some(content) = self.snapshot.interface(path, *is_file) else { continue };
                for (output, declared) in &content.interface.outputs {
                    if variable.is_some_and(|v| v.input_type.rejects(&declared.output_type).is_some()) {
                        continue;
                    }
                    let mut parts = Vec::new();
                    if !is_own || self.kind == Kind::Environment {
                        parts.push(format!("from: {name}"));
                    }
                    if composition.modules.len() > 1 {
                        parts.push(format!("module: {}", module.name));
                    }
                    parts.push(format!("output: {output}"));
                    offers.push(
                        Offer::new(SuggestionKind::Output, &format!("{name}/{}.{output}", module.name))
                            .detail(if is_own { "output of this Composition" } else { "output" })
                            .docs(declared.description.as_str())
                            .insert(format!("{{ {} }}", parts.join(", "))),
                    );
                }
            }
        }
        offers
    }
}
