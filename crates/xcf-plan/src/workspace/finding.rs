//! Diagnostics on their way into the workspace, with what they touch: an error in an Environment or a Composition keeps
//! everything of it from being taken for removed (`dsl §7`).

use std::collections::BTreeMap;
use xcf_core::diag::Diagnostic;
use xcf_core::ids::{CompName, EnvName, UnitId};

/// A diagnostic and what it touches.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub diagnostic: Diagnostic,
    pub environment: Option<EnvName>,
    pub composition: Option<CompName>,
    pub unit: Option<UnitId>,
}

impl Finding {
    pub(crate) fn new(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, environment: None, composition: None, unit: None }
    }
    pub(crate) fn environment(mut self, name: &str) -> Self {
        self.environment = Some(EnvName::from(name));
        self
    }
    pub(crate) fn composition(mut self, name: &str) -> Self {
        self.composition = Some(CompName::from(name));
        self
    }
    pub(crate) fn unit(mut self, id: &UnitId) -> Self {
        self.environment = Some(id.environment.clone());
        self.composition = Some(id.composition.clone());
        self.unit = Some(id.clone());
        self
    }
}

/// Sorts by place, then code, then text, and drops repetitions (one cause seen from several Environments).
pub(crate) fn sorted(findings: &[Finding]) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = findings.iter().map(|f| f.diagnostic.clone()).collect();
    all.sort_by(|a, b| {
        (&a.place, a.severity, &a.code, &a.message, &a.related)
            .cmp(&(&b.place, b.severity, &b.code, &b.message, &b.related))
    });
    all.dedup();
    all
}

/// The first error of each unit that has one of its own.
pub(crate) fn unit_errors(findings: &[Finding]) -> BTreeMap<UnitId, Diagnostic> {
    let mut errors: BTreeMap<UnitId, Diagnostic> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.diagnostic.is_error()) {
        if let Some(unit) = &finding.unit {
            errors.entry(unit.clone()).or_insert_with(|| finding.diagnostic.clone());
        }
    }
    errors
}
