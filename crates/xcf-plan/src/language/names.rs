//! Everything that has a name in a repository, read from the outlines of its document files: also of broken ones.

use super::outline::{NodeId, Outline, Word};
use crate::workspace::refs::{Links, locate, normalise};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use xcf_core::docs::Kind;
use xcf_core::docs::check::default_module_name;
use xcf_core::ports::tree::{EntryKind, Tree};

/// Largest document file that is looked into, bytes.
const SOURCE_LIMIT: u64 = 4 << 20;

/// A document file with its outline.
#[derive(Debug)]
pub struct Source {
    /// Repository-relative path.
    pub path: String,
    /// Equal ids mean equal content.
    content_id: String,
    /// Its text.
    pub text: Arc<str>,
    /// Its outline.
    pub outline: Outline,
}

/// Bytes in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Repository-relative path.
    pub file: String,
    /// Start byte.
    pub start: usize,
    /// End byte.
    pub end: usize,
}

impl Spot {
    /// A range of a file.
    #[must_use]
    pub fn new(file: &str, range: &Range<usize>) -> Self {
        Self { file: file.to_owned(), start: range.start, end: range.end }
    }
}

/// A module entry of a Composition.
#[derive(Debug, Clone)]
pub struct ModuleEntry {
    /// Its name, given or by default.
    pub name: String,
    /// Where the name stands (`name`, else `ref`).
    pub spot: Spot,
    /// The ref as written.
    pub reference: String,
    /// The path it leads to, and whether that is a file; none if there is nothing.
    pub located: Option<(String, bool)>,
}

/// A Composition.
#[derive(Debug, Clone)]
pub struct CompositionEntry {
    /// Where its name stands.
    pub spot: Spot,
    /// Its modules, in order.
    pub modules: Vec<ModuleEntry>,
}

/// Names by kind, with where they stand.
#[derive(Debug, Default)]
pub struct Names {
    /// Compositions by name.
    pub compositions: BTreeMap<String, CompositionEntry>,
    /// Composition names by file, with and without extension.
    by_path: BTreeMap<String, String>,
    /// Documents of the other kinds by kind and name.
    pub documents: BTreeMap<(&'static str, String), Spot>,
    /// Hosts of Environments.
    pub hosts: BTreeMap<String, Spot>,
    /// Regions of Environments.
    pub regions: BTreeMap<String, Spot>,
    /// Accounts of Config.
    pub accounts: BTreeMap<String, Spot>,
    /// Roles that people have.
    pub roles: BTreeMap<String, Spot>,
}

/// The document files of `tree`; unchanged ones are taken from `before`.
pub(super) fn sources(
    tree: &dyn Tree,
    before: Option<&BTreeMap<String, Arc<Source>>>,
) -> BTreeMap<String, Arc<Source>> {
    let entries: Vec<_> = tree
        .entries()
        .iter()
        .filter(|e| e.kind == EntryKind::File && crate::workspace::is_document_file(&e.path))
        .collect();
    entries
        .par_iter()
        .filter_map(|entry| {
            if let Some(known) = before.and_then(|b| b.get(&entry.path)).filter(|s| s.content_id == entry.content_id) {
                return Some((entry.path.clone(), Arc::clone(known)));
            }
            let bytes = tree.read(&entry.path, SOURCE_LIMIT).ok()?;
            let text: Arc<str> = Arc::from(String::from_utf8_lossy(&bytes));
            let outline = Outline::of(&text);
            let source = Source { path: entry.path.clone(), content_id: entry.content_id.clone(), text, outline };
            Some((entry.path.clone(), Arc::new(source)))
        })
        .collect()
}

impl Names {
    /// The names in `sources`.
    pub(super) fn of(tree: &dyn Tree, links: &Links, sources: &BTreeMap<String, Arc<Source>>) -> Self {
        let mut names = Self::default();
        for source in sources.values() {
            for document in source.outline.documents() {
                names.document(tree, links, source, document.root);
            }
        }
        names
    }
    fn document(&mut self, tree: &dyn Tree, links: &Links, source: &Source, root: NodeId) {
        let outline = &source.outline;
        let Some(kind) = kind_of(outline, root) else { return };
        let Some(name) = outline.word(root, &["metadata", "name"]) else { return };
        let spot = Spot::new(&source.path, &name.range);
        match kind {
            Kind::Composition => {
                let modules = modules(tree, links, source, root);
                let stem = source.path.rsplit_once('.').map_or(source.path.as_str(), |(stem, _)| stem);
                self.by_path.insert(source.path.clone(), name.text.clone());
                self.by_path.insert(stem.to_owned(), name.text.clone());
                self.compositions.insert(name.text.clone(), CompositionEntry { spot, modules });
                return;
            }
            Kind::Environment => {
                let named = |list: &str| names_in(source, root, &["spec", list]);
                self.hosts.extend(named("hosts"));
                self.regions.extend(named("regions"));
            }
            Kind::Config => {
                let accounts = outline.at(root, &["spec", "accounts"]).and_then(|n| outline.node(n));
                let keys = accounts.into_iter().flat_map(|n| &n.children).filter_map(|c| outline.node(*c)?.key.clone());
                self.accounts.extend(keys.map(|k| (k.text, Spot::new(&source.path, &k.range))));
            }
            Kind::People => {
                for person in outline.items(root, &["spec", "people"]) {
                    let roles = outline.items(person, &["roles"]).filter_map(|r| outline.node(r)?.value.clone());
                    self.roles.extend(roles.map(|r| (r.text, Spot::new(&source.path, &r.range))));
                }
            }
            _ => {}
        }
        self.documents.insert((kind.as_str(), name.text.clone()), spot);
    }
    /// The Composition that `written` means: a name, or a path with or without extension.
    #[must_use]
    pub fn composition(&self, written: &str) -> Option<(&str, &CompositionEntry)> {
        let by_path = || self.by_path.get(&normalise(written).ok()?);
        let (name, entry) = match self.compositions.get_key_value(written) {
            Some(found) => found,
            None => self.compositions.get_key_value(by_path()?)?,
        };
        Some((name, entry))
    }
    /// A module of a Composition; the only one, if none is named.
    #[must_use]
    pub fn module(&self, composition: &str, module: Option<&str>) -> Option<&ModuleEntry> {
        let modules = &self.compositions.get(composition)?.modules;
        match (module, modules.as_slice()) {
            (Some(name), all) => all.iter().find(|m| m.name == name),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
    /// Names of the documents of a kind, in order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &str> {
        let (word, compositions) = (kind.as_str(), kind == Kind::Composition);
        let others = self.documents.keys().filter(move |(k, _)| *k == word).map(|(_, name)| name.as_str());
        others.chain(self.compositions.keys().filter(move |_| compositions).map(String::as_str))
    }
    /// Where the document of a kind and name stands.
    #[must_use]
    pub fn document_spot(&self, kind: Kind, name: &str) -> Option<&Spot> {
        match kind {
            Kind::Composition => self.compositions.get(name).map(|c| &c.spot),
            other => self.documents.get(&(other.as_str(), name.to_owned())),
        }
    }
}

/// The `kind` of a document.
#[must_use]
pub fn kind_of(outline: &Outline, root: NodeId) -> Option<Kind> {
    outline.word(root, &["kind"])?.text.parse().ok()
}

fn names_in(source: &Source, root: NodeId, list: &[&str]) -> Vec<(String, Spot)> {
    let outline = &source.outline;
    let word = |item: NodeId| outline.word(item, &["name"]);
    outline.items(root, list).filter_map(word).map(|w| (w.text.clone(), Spot::new(&source.path, &w.range))).collect()
}

/// Name and its word of one module entry.
pub(super) fn module_name(outline: &Outline, item: NodeId) -> Option<(String, &Word)> {
    match (outline.word(item, &["name"]), outline.word(item, &["ref"])) {
        (Some(name), _) => Some((name.text.clone(), name)),
        (None, Some(reference)) => Some((default_module_name(&reference.text).to_owned(), reference)),
        (None, None) => None,
    }
}

fn modules(tree: &dyn Tree, links: &Links, source: &Source, root: NodeId) -> Vec<ModuleEntry> {
    let outline = &source.outline;
    let entry = |item: NodeId| {
        let (name, word) = module_name(outline, item)?;
        let reference = outline.word(item, &["ref"]).map(|w| w.text.clone()).unwrap_or_default();
        let located = locate(tree, links, &reference).ok().map(|l| (l.path, l.is_file));
        Some(ModuleEntry { name, spot: Spot::new(&source.path, &word.range), reference, located })
    };
    outline.items(root, &["spec", "modules"]).filter_map(entry).collect()
}
