//! What errors touch. A unit counts as removed only where none of this is in the way (`dsl §7`).

use super::finding::Finding;
use super::read::{CONFIG_FILE, Unreadable};
use std::collections::BTreeSet;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::Kind;
use xcf_core::ids::{CompName, EnvName};

/// Files, Environments and Compositions with an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// False if `.xcf.yaml` is there and can't be used: then nothing about this workspace is sure.
    pub loaded: bool,
    /// Documents that are there but can't be read.
    pub unreadable: Vec<Unreadable>,
    pub(crate) files: BTreeSet<String>,
    pub(crate) environments: BTreeSet<EnvName>,
    pub(crate) compositions: BTreeSet<CompName>,
}

impl Health {
    pub(super) fn of(findings: &[Finding], unreadable: Vec<Unreadable>) -> Self {
        let mut health = Self { loaded: true, ..Self::default() };
        for finding in findings.iter().filter(|f| f.diagnostic.is_error()) {
            health.touch(&finding.diagnostic);
            health.environments.extend(finding.environment.clone());
            health.compositions.extend(finding.composition.clone());
        }
        health.loaded = !health.files.contains(CONFIG_FILE);
        health.unreadable = unreadable;
        health
    }

    fn touch(&mut self, diagnostic: &Diagnostic) {
        self.files.insert(diagnostic.place.file.clone());
        self.files.extend(diagnostic.related.iter().map(|p: &Place| p.file.clone()));
    }

    /// True if `file`, or something below it, has an error.
    #[must_use]
    pub fn is_touched(&self, file: &str) -> bool {
        let below = || self.files.iter().any(|f| f.strip_prefix(file).is_some_and(|rest| rest.starts_with('/')));
        self.files.contains(file) || below()
    }

    /// Documents that can't be read and might be of `kind`: by what is left of them, else by their folder.
    pub fn hidden<'a>(&'a self, kind: Kind, folder: &'a str) -> impl Iterator<Item = &'a Unreadable> {
        let may_be = move |u: &&Unreadable| match u.known.as_ref().and_then(|k| k.kind) {
            Some(known) => known == kind,
            None => u.file.starts_with(folder),
        };
        self.unreadable.iter().filter(may_be)
    }
}
