//! Content closure (`dsl §7`): every file that a unit's engine reads, and a digest over path and content. What can't be
//! resolved without running the engine widens to the engine's whole folder, with a warning: a change too many is
//! planned and found empty, a change too few would be missed.

mod ansible;
mod kustomize;
mod terraform;
mod yaml;

use crate::content::side_file_path;
use crate::workspace::refs::{Links, join};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::digest::sha256;
use xcf_core::graph::Unit;
use xcf_core::ids::Digest;
use xcf_core::ports::tree::{EntryKind, Tree};
use xcf_core::route::Engine;

/// Content id of a file that is named but not there: when it comes, the digest changes.
const ABSENT: &str = "absent";

/// The files of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// (path, content id), sorted by path.
    pub entries: Vec<(String, String)>,
    /// Digest over them.
    pub digest: Digest,
    /// Set if something could not be resolved and the whole folder was taken.
    pub widened: Option<Diagnostic>,
}

/// The content closure of one unit.
#[must_use]
pub fn closure(tree: &dyn Tree, unit: &Unit) -> Closure {
    Walk::new(tree, &Links::of(tree), unit).run(unit)
}

type Key = (String, Engine, Vec<String>, Option<String>);

/// Closures of many units of one tree: units that share a module share the work.
pub struct Closures<'t> {
    tree: &'t dyn Tree,
    links: Links,
    known: Mutex<HashMap<Key, Arc<Closure>>>,
}

impl<'t> Closures<'t> {
    /// None computed yet.
    #[must_use]
    pub fn new(tree: &'t dyn Tree) -> Self {
        Self { tree, links: Links::of(tree), known: Mutex::new(HashMap::new()) }
    }

    /// The closure of `unit`.
    #[must_use]
    pub fn of(&self, unit: &Unit) -> Arc<Closure> {
        let fragment = unit.rollback_fragment.as_ref().map(|f| f.as_str().to_owned());
        let key = (unit.module_ref.as_str().to_owned(), unit.route.engine.value, unit.watch.clone(), fragment);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(found) = known {
            return found;
        }
        let fresh = Arc::new(Walk::new(self.tree, &self.links, unit).run(unit));
        let mut map = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(map.entry(key).or_insert(fresh))
    }
}

/// A walk over the files of one unit.
struct Walk<'t> {
    tree: &'t dyn Tree,
    links: &'t Links,
    /// Where the module is: a folder, or the folder of its file.
    home: String,
    paths: BTreeSet<String>,
    /// Sources already read for what they name.
    read: BTreeSet<String>,
    unresolved: Vec<(Place, String)>,
}

impl<'t> Walk<'t> {
    fn new(tree: &'t dyn Tree, links: &'t Links, unit: &Unit) -> Self {
        let module = unit.module_ref.as_str();
        let is_file = tree.entry(module).is_some_and(|e| e.kind == EntryKind::File);
        let home = if is_file { crate::workspace::refs::parent(module).to_owned() } else { module.to_owned() };
        Self { tree, links, home, paths: BTreeSet::new(), read: BTreeSet::new(), unresolved: Vec::new() }
    }

    fn run(mut self, unit: &Unit) -> Closure {
        let module = unit.module_ref.as_str();
        self.add(module);
        let is_file = self.is_file(module);
        if let Some(side) = side_file_path(self.tree, module, is_file) {
            self.add(&side);
        }
        match unit.route.engine.value {
            Engine::Terraform | Engine::Opentofu => self.terraform(module),
            Engine::Ansible => self.ansible(module, is_file),
            Engine::Ssh | Engine::Native => self.named_files(module),
            Engine::K8s | Engine::Argocd | Engine::Flux => self.kustomize(module),
            // A program's imports are its own affair: its folder holds it.
            Engine::Pulumi => {}
        }
        if let Some(fragment) = &unit.rollback_fragment {
            let found = crate::workspace::refs::locate(self.tree, self.links, fragment.as_str());
            let path = found.map_or_else(|_| fragment.as_str().to_owned(), |l| l.path);
            self.add(&path);
            self.playbook(&path);
        }
        self.watch(unit);
        self.finish(module)
    }

    fn finish(mut self, module: &str) -> Closure {
        let widened = self.unresolved.first().map(|(place, what)| {
            let folder = module.split('/').next().filter(|first| *first != module).unwrap_or_default();
            let all = if folder.is_empty() { "the whole repository".to_owned() } else { format!("all of {folder}/") };
            let more = self.unresolved.len() - 1;
            let rest = if more > 0 { format!(" ({more} more)") } else { String::new() };
            let message = format!("{what}{rest}: changes of {all} make the units of {module} pending.");
            let hint = "Write the path as a literal, or name the files with `watch`.";
            (folder.to_owned(), Diagnostic::warning("closure-widened", message, place.clone()).hint(hint))
        });
        if let Some((folder, _)) = &widened {
            let every: Vec<String> = self.tree.under(folder).iter().map(|e| e.path.clone()).collect();
            self.paths.extend(every);
        }
        let id = |path: &String| self.tree.entry(path).map_or_else(|| ABSENT.to_owned(), |e| e.content_id.clone());
        let entries: Vec<(String, String)> = self.paths.iter().map(|p| (p.clone(), id(p))).collect();
        let mut text = String::new();
        for (path, id) in &entries {
            text.push_str(path);
            text.push('\0');
            text.push_str(id);
            text.push('\n');
        }
        Closure { entries, digest: sha256(text.as_bytes()), widened: widened.map(|(_, d)| d) }
    }

    fn is_file(&self, path: &str) -> bool {
        self.tree.entry(path).is_some_and(|e| e.kind == EntryKind::File)
    }

    fn exists(&self, path: &str) -> bool {
        self.tree.entry(path).is_some() || (!path.is_empty() && !self.tree.under(path).is_empty())
    }

    /// Takes a file or everything below a folder, symlinks with what they lead to. A path that is not there is noted.
    fn add(&mut self, path: &str) {
        let mut todo = vec![path.to_owned()];
        while let Some(path) = todo.pop() {
            let below: Vec<String> = if path.is_empty() {
                Vec::new()
            } else {
                self.tree.under(&path).iter().map(|e| e.path.clone()).collect()
            };
            let is_entry = self.tree.entry(&path).is_some();
            if is_entry || below.is_empty() {
                self.add_one(&path, &mut todo);
            }
            for entry in below {
                self.add_one(&entry, &mut todo);
            }
        }
    }

    fn add_one(&mut self, path: &str, todo: &mut Vec<String>) {
        if !self.paths.insert(path.to_owned()) {
            return;
        }
        if let Ok(real) = self.links.resolve(self.tree, path)
            && real != path
        {
            todo.push(real);
        }
    }

    fn unresolved(&mut self, place: Place, what: impl Into<String>) {
        self.unresolved.push((place, what.into()));
    }

    /// Takes the first candidate that exists; none: all are noted as absent, so that their coming is seen.
    fn add_first(&mut self, candidates: &[String]) -> bool {
        if let Some(found) = candidates.iter().find(|c| self.exists(c)) {
            let found = found.clone();
            self.add(&found);
            return true;
        }
        self.paths.extend(candidates.iter().cloned());
        false
    }

    fn join_in(&self, base: &str, relative: &str) -> Option<String> {
        join(base, relative).filter(|p| !p.is_empty())
    }

    fn watch(&mut self, unit: &Unit) {
        for glob in &unit.watch {
            let matcher = globset::GlobBuilder::new(glob).literal_separator(true).build().map(|g| g.compile_matcher());
            match matcher {
                Ok(matcher) => {
                    let hits = self.tree.entries().iter().filter(|e| matcher.is_match(&e.path)).map(|e| e.path.clone());
                    self.paths.extend(hits);
                }
                Err(error) => {
                    self.unresolved(unit.place.clone(), format!("The `watch` glob `{glob}` can't be read ({error})"))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
