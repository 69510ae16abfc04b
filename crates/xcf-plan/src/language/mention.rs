//! What a word of a document names. Going to a definition, finding references and hovering all ask here, so they can
//! not differ.

use super::Snapshot;
use super::names::{Source, Spot, kind_of, module_name};
use super::outline::{NodeId, Outline, Part, Segment, pattern};
use crate::workspace::refs::locate;
use xcf_core::docs::Kind;

/// Something that has one home and any number of mentions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// A document with a name.
    Document(Kind, String),
    /// A module entry: Composition and module.
    Module(String, String),
    /// A folder or file that is a module.
    ModulePath(String),
    /// An input of the module at a path.
    Input(String, String),
    /// An output of the module at a path.
    Output(String, String),
    /// A host of an Environment.
    Host(String),
    /// A region of an Environment.
    Region(String),
    /// An account of Config.
    Account(String),
    /// A role of People.
    Role(String),
    /// The lifecycle of a Composition: what decides for it are rows of the matrix.
    Lifecycle(String),
}

/// A mention of a symbol in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What is named.
    pub symbol: Symbol,
    /// True where the symbol gets its name.
    pub declares: bool,
}

fn mention(symbol: Symbol) -> Mention {
    Mention { symbol, declares: false }
}
fn declares(symbol: Symbol) -> Mention {
    Mention { symbol, declares: true }
}
fn document(kind: Kind, name: &str) -> Mention {
    mention(Symbol::Document(kind, name.to_owned()))
}

/// A node of a source, with what is needed to understand it.
struct At<'s> {
    snapshot: &'s Snapshot,
    outline: &'s Outline,
    root: NodeId,
    node: NodeId,
    kind: Kind,
    text: &'s str,
}

/// What `part` of a node names; nearest meaning first, none for ordinary text.
pub(super) fn mentions(snapshot: &Snapshot, source: &Source, node: NodeId, part: Part) -> Vec<Mention> {
    in_outline(snapshot, &source.outline, node, part)
}

pub(super) fn in_outline(snapshot: &Snapshot, outline: &Outline, node: NodeId, part: Part) -> Vec<Mention> {
    let found = outline.node(node).and_then(|n| match part {
        Part::Key => n.key.as_ref(),
        Part::Value => n.value.as_ref(),
    });
    let Some((word, document)) = found.zip(outline.document_of(node)) else { return Vec::new() };
    let Some(kind) = kind_of(outline, document.root) else { return Vec::new() };
    let path = outline.path(node);
    let pattern = pattern(&path);
    let at = At { snapshot, outline, root: document.root, node, kind, text: &word.text };
    match (part, kind) {
        (Part::Value, _) if pattern == ["metadata", "name"] => {
            vec![declares(Symbol::Document(kind, word.text.clone()))]
        }
        (Part::Value, _) if pattern.last() == Some(&"window") => vec![self::document(Kind::Window, at.text)],
        (Part::Value, _)
            if matches!(pattern.as_slice(), [.., "match", "environment"] | [.., "match", "environment", "*"]) =>
        {
            vec![self::document(Kind::Environment, at.text)]
        }
        (Part::Value, _) if pattern.contains(&"inputs") && at.is_reference() => at.reference(),
        (Part::Value, Kind::Composition) => at.composition_value(&pattern),
        (Part::Key, Kind::Composition) => at.composition_key(&pattern, &path),
        (Part::Value, Kind::Environment) => at.environment_value(&pattern),
        (Part::Key, Kind::Environment) => at.environment_key(&pattern, &path),
        (Part::Key, Kind::Config) => match pattern.as_slice() {
            ["spec", "accounts", name] => vec![declares(Symbol::Account((*name).to_owned()))],
            _ => Vec::new(),
        },
        (Part::Value, Kind::ApprovalRule) if matches!(pattern.as_slice(), ["spec", "require", "*", "role"]) => {
            vec![mention(Symbol::Role(at.text.to_owned()))]
        }
        (Part::Value, Kind::People) if matches!(pattern.as_slice(), ["spec", "people", "*", "roles", "*"]) => {
            vec![declares(Symbol::Role(at.text.to_owned()))]
        }
        _ => Vec::new(),
    }
}

impl At<'_> {
    fn own_name(&self) -> String {
        self.outline.word(self.root, &["metadata", "name"]).map(|w| w.text.clone()).unwrap_or_default()
    }
    /// The ancestor of the node that is `depth` segments below the root.
    fn ancestor(&self, depth: usize) -> Option<NodeId> {
        let mut at = self.node;
        while self.outline.path(at).len() > depth {
            at = self.outline.node(at)?.parent?;
        }
        Some(at)
    }
    /// The Composition that the node is about: its own document's, or that of the Environment's entry around it.
    fn composition(&self) -> Option<String> {
        match self.kind {
            Kind::Composition => Some(self.own_name()),
            _ => {
                let entry = self.ancestor(3)?;
                let written = &self.outline.word(entry, &["ref"])?.text;
                Some(self.snapshot.names().composition(written)?.0.to_owned())
            }
        }
    }
    fn module_path(&self) -> Option<String> {
        let item = self.ancestor(3)?;
        let (name, _) = module_name(self.outline, item)?;
        let known = self.snapshot.names().module(&self.own_name(), Some(&name)).and_then(|m| m.located.clone());
        known.map(|(path, _)| path)
    }
    fn located(&self, written: &str) -> Option<Symbol> {
        let located = locate(self.snapshot.tree(), self.snapshot.links(), written).ok()?;
        Some(Symbol::ModulePath(located.path))
    }
    /// True in a map that reads an output (`dsl §6`).
    fn is_reference(&self) -> bool {
        let parent = self.outline.node(self.node).and_then(|n| n.parent);
        parent.is_some_and(|p| ["output", "from"].iter().any(|k| self.outline.child(p, k).is_some()))
    }
    fn reference(&self) -> Vec<Mention> {
        let Some(parent) = self.outline.node(self.node).and_then(|n| n.parent) else { return Vec::new() };
        let key = self.outline.node(self.node).and_then(|n| n.key.as_ref()).map_or("", |k| k.text.as_str());
        let names = self.snapshot.names();
        let from = match self.outline.word(parent, &["from"]) {
            Some(word) => names.composition(&word.text).map(|(n, _)| n.to_owned()),
            None => self.composition(),
        };
        let module = self.outline.word(parent, &["module"]).map(|w| w.text.as_str());
        let found = match key {
            "from" => from.map(|name| Symbol::Document(Kind::Composition, name)),
            "module" => from.map(|name| Symbol::Module(name, self.text.to_owned())),
            "environment" => Some(Symbol::Document(Kind::Environment, self.text.to_owned())),
            "output" => from
                .and_then(|name| names.module(&name, module)?.located.clone())
                .map(|(path, _)| Symbol::Output(path, self.text.to_owned())),
            _ => None,
        };
        found.into_iter().map(mention).collect()
    }
    fn composition_value(&self, pattern: &[&str]) -> Vec<Mention> {
        let text = self.text.to_owned();
        let found = match pattern {
            ["spec", "modules", "*", "ref"] => {
                let mut all: Vec<Mention> = self.located(self.text).map(mention).into_iter().collect();
                let item = self.ancestor(3);
                let unnamed = item.is_some_and(|i| self.outline.word(i, &["name"]).is_none());
                if let (true, Some((name, _))) = (unnamed, item.and_then(|i| module_name(self.outline, i))) {
                    all.push(declares(Symbol::Module(self.own_name(), name)));
                }
                return all;
            }
            ["spec", "modules", "*", "rollback"] => self.located(self.text),
            ["spec", "modules", "*", "name"] => return vec![declares(Symbol::Module(self.own_name(), text))],
            ["spec", "modules", "*", "dependsOn", "*"] => Some(Symbol::Module(self.own_name(), text)),
            ["spec", "modules", "*", "hosts", "*"] => Some(Symbol::Host(text)),
            ["spec", "modules", "*", "account"] => Some(Symbol::Account(text)),
            ["spec", "modules", "*", "region"] => Some(Symbol::Region(text)),
            ["spec", "dependencies", "*", "ref"] => self.named_composition(),
            ["spec", "dependencies", "*", "environment"] => Some(Symbol::Document(Kind::Environment, text)),
            ["spec", "lifecycle"] => Some(Symbol::Lifecycle(self.own_name())),
            _ => None,
        };
        found.into_iter().map(mention).collect()
    }
    fn named_composition(&self) -> Option<Symbol> {
        let (name, _) = self.snapshot.names().composition(self.text)?;
        Some(Symbol::Document(Kind::Composition, name.to_owned()))
    }
    fn composition_key(&self, pattern: &[&str], path: &[Segment]) -> Vec<Mention> {
        match (pattern, path.last()) {
            (["spec", "modules", "*", "inputs", _], Some(Segment::Key(input))) => {
                self.module_path().map(|p| mention(Symbol::Input(p, input.clone()))).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
    fn environment_value(&self, pattern: &[&str]) -> Vec<Mention> {
        let text = self.text.to_owned();
        let of = |kind| Some(Symbol::Document(kind, self.text.to_owned()));
        let found = match pattern {
            ["spec", "compositions", "*", "ref"] => self.named_composition(),
            ["spec", "after", "*"] | ["spec", "moved", "*", "from"] => of(Kind::Environment),
            ["spec", "windows", "*"] => of(Kind::Window),
            ["spec", "budgets", "*"] => of(Kind::Budget),
            ["spec", "rateLimits", "*"] => of(Kind::RateLimit),
            ["spec", "account"] | [.., "account"] => Some(Symbol::Account(text)),
            ["spec", "hosts", "*", "name"] => return vec![declares(Symbol::Host(text))],
            ["spec", "regions", "*", "name"] => return vec![declares(Symbol::Region(text))],
            ["spec", "compositions", "*", "modules", _, "hosts", "*"] => Some(Symbol::Host(text)),
            ["spec", "compositions", "*", "modules", _, "region"] => Some(Symbol::Region(text)),
            _ => None,
        };
        found.into_iter().map(mention).collect()
    }
    fn environment_key(&self, pattern: &[&str], path: &[Segment]) -> Vec<Mention> {
        let Some(Segment::Key(key)) = path.last() else { return Vec::new() };
        let names = self.snapshot.names();
        let Some(composition) = self.composition() else {
            return match pattern {
                ["spec", "approvers", role] => vec![mention(Symbol::Role((*role).to_owned()))],
                _ => Vec::new(),
            };
        };
        match pattern {
            ["spec", "compositions", "*", "modules", _] => vec![mention(Symbol::Module(composition, key.clone()))],
            ["spec", "compositions", "*", "modules", module, "inputs", _] => names
                .module(&composition, Some(module))
                .and_then(|m| m.located.clone())
                .map(|(p, _)| mention(Symbol::Input(p, key.clone())))
                .into_iter()
                .collect(),
            ["spec", "compositions", "*", "inputs", _] => {
                let modules = names.compositions.get(&composition).map(|c| c.modules.as_slice()).unwrap_or_default();
                let paths = modules.iter().filter_map(|m| m.located.clone());
                let takes = |path: &String, is_file: bool| {
                    self.snapshot.interface(path, is_file).is_some_and(|i| i.interface.inputs.contains_key(key))
                };
                paths.filter(|(p, f)| takes(p, *f)).map(|(p, _)| mention(Symbol::Input(p, key.clone()))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Every mention of `symbol` in the document files, in order of file and text.
pub(super) fn all_of(snapshot: &Snapshot, symbol: &Symbol) -> Vec<(Spot, bool)> {
    let mut found = Vec::new();
    for source in snapshot.sources().values() {
        for (id, node) in source.outline.nodes() {
            for (part, word) in [(Part::Key, &node.key), (Part::Value, &node.value)] {
                let Some(word) = word else { continue };
                let hits = mentions(snapshot, source, id, part);
                if let Some(hit) = hits.iter().find(|m| m.symbol == *symbol) {
                    found.push((Spot::new(&source.path, &word.range), hit.declares));
                }
            }
        }
    }
    found
}
