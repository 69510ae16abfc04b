//! `kind: Environment` on its own.

use super::Findings;
use super::parts;
use super::text::{name_fault, ref_fault};
use crate::docs::doc::Doc;
use crate::docs::environment::{Entry, EnvironmentSpec, ModuleOverride};
use crate::docs::shapes::Approval;
use crate::docs::spans::escape;

pub(super) fn check(doc: &Doc<EnvironmentSpec>, found: &mut Findings<'_>) {
    let spec = &doc.spec;
    order(doc, found);
    if let Some(protection) = &spec.protection {
        if protection.approval == Some(Approval::Environment) {
            let message = "`environment` stands for this very field";
            found.error("unknown-value", "/spec/protection/approval", message, "write auto, approve or strong");
        }
        parts::backup(protection.backup.as_ref(), "/spec/protection/backup", found);
    }
    found.unique("duplicate-name", "the region", spec.regions.iter().map(|r| r.name.as_str()), |i| {
        format!("/spec/regions/{i}/name")
    });
    found.unique("duplicate-name", "the host", spec.hosts.iter().map(|h| h.name.as_str()), |i| {
        format!("/spec/hosts/{i}/name")
    });
    for (index, host) in spec.hosts.iter().enumerate() {
        parts::not_blank(&host.name, "name", &format!("/spec/hosts/{index}/name"), found);
        parts::not_blank(&host.address, "address", &format!("/spec/hosts/{index}/address"), found);
    }
    for (role, count) in &spec.approvers {
        parts::at_least_one(Some(*count), &format!("/spec/approvers/{}", escape(role)), found);
    }
    for (list, field) in [(&spec.windows, "windows"), (&spec.budgets, "budgets"), (&spec.rate_limits, "rateLimits")] {
        for (index, name) in list.iter().enumerate() {
            found.fault("bad-name", &format!("/spec/{field}/{index}"), name_fault(name));
        }
    }
    parts::observe(spec.observe.as_ref(), "/spec/observe", found);
    parts::reconcile(spec.reconcile.as_ref(), "/spec/reconcile", found);
    parts::execution(spec.execution.as_ref(), "/spec/execution", found);
    found.unique("duplicate-entry", "the Composition", spec.compositions.iter().map(|e| stem(&e.reference)), |i| {
        format!("/spec/compositions/{i}/ref")
    });
    for (index, item) in spec.compositions.iter().enumerate() {
        entry(item, &format!("/spec/compositions/{index}"), found);
    }
}

/// Extensions are optional in refs: with and without is the same document.
fn stem(reference: &str) -> &str {
    reference.strip_suffix(".yaml").or_else(|| reference.strip_suffix(".yml")).unwrap_or(reference)
}

fn order(doc: &Doc<EnvironmentSpec>, found: &mut Findings<'_>) {
    for (index, before) in doc.spec.after.iter().enumerate() {
        let at = format!("/spec/after/{index}");
        found.fault("bad-name", &at, name_fault(before));
        if before == doc.name() {
            found.error("cycle", &at, format!("`{before}` comes after itself"), "remove it");
        }
    }
    for (index, entry) in doc.spec.moved.iter().enumerate() {
        let at = format!("/spec/moved/{index}/from");
        found.fault("bad-moved", &at, name_fault(&entry.from));
        if entry.from == doc.name() {
            found.error("bad-moved", &at, "the former name is the present one", "remove it");
        }
    }
}

fn entry(entry: &Entry, at: &str, found: &mut Findings<'_>) {
    found.fault("bad-ref", &format!("{at}/ref"), ref_fault(&entry.reference));
    parts::inputs(&entry.inputs, &format!("{at}/inputs"), found);
    parts::policies(entry.policies.as_ref(), &format!("{at}/policies"), found);
    parts::observe(entry.observe.as_ref(), &format!("{at}/observe"), found);
    parts::reconcile(entry.reconcile.as_ref(), &format!("{at}/reconcile"), found);
    parts::execution(entry.execution.as_ref(), &format!("{at}/execution"), found);
    for (name, module) in &entry.modules {
        module_override(module, &format!("{at}/modules/{}", escape(name)), found);
    }
}

fn module_override(module: &ModuleOverride, at: &str, found: &mut Findings<'_>) {
    parts::inputs(&module.inputs, &format!("{at}/inputs"), found);
    parts::policies(module.policies.as_ref(), &format!("{at}/policies"), found);
    parts::observe(module.observe.as_ref(), &format!("{at}/observe"), found);
    parts::reconcile(module.reconcile.as_ref(), &format!("{at}/reconcile"), found);
    parts::execution(module.execution.as_ref(), &format!("{at}/execution"), found);
}
