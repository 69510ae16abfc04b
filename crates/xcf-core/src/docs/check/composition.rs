//! `kind: Composition` on its own.

use super::Findings;
use super::parts;
use super::text::{default_module_name, moved_fault, name_fault, ref_fault, until_fault};
use crate::docs::composition::{CompositionSpec, DriftIgnore, Module, Policies, ReconcileSpec};
use crate::docs::shapes::LifecycleWord;
use std::collections::BTreeSet;

pub(super) fn check(spec: &CompositionSpec, found: &mut Findings<'_>) {
    lifecycle(spec, found);
    let flat = Flat {
        strategy: spec.reconcile_strategy.is_some(),
        approval: spec.approval_policy.is_some(),
        backup: spec.backup_policy.is_some(),
    };
    flat.check("/spec", spec.policies.as_ref(), spec.reconcile.as_ref(), found);
    parts::policies(spec.policies.as_ref(), "/spec/policies", found);
    parts::backup(spec.backup_policy.as_ref(), "/spec/backupPolicy", found);
    parts::reconcile(spec.reconcile.as_ref(), "/spec/reconcile", found);
    parts::observe(spec.observe.as_ref(), "/spec/observe", found);
    parts::execution(spec.execution.as_ref(), "/spec/execution", found);
    drift_ignore(&spec.drift_ignore, "/spec/driftIgnore", found);
    for (index, dependency) in spec.dependencies.iter().enumerate() {
        let at = format!("/spec/dependencies/{index}");
        found.fault("bad-ref", &format!("{at}/ref"), ref_fault(&dependency.reference));
        if let Some(environment) = &dependency.environment {
            found.fault("bad-name", &format!("{at}/environment"), name_fault(environment));
        }
    }
    modules(spec, found);
    moved(spec, found);
}

fn lifecycle(spec: &CompositionSpec, found: &mut Findings<'_>) {
    let ephemeral = spec.lifecycle == LifecycleWord::Ephemeral;
    if ephemeral && spec.ttl.is_none() {
        found.error(
            "missing-field",
            "/spec/lifecycle",
            "an Ephemeral Composition needs `ttl`",
            "add `ttl:`, for example `ttl: 14d`",
        );
    }
    parts::positive(spec.ttl.as_ref(), "/spec/ttl", found);
    for (present, field) in [(spec.layer.is_some(), "layer"), (spec.ttl.is_some(), "ttl")] {
        if present && !ephemeral {
            let message = format!("`{field}` is for `lifecycle: Ephemeral` only");
            found.error("only-ephemeral", &format!("/spec/{field}"), message, format!("remove `{field}`"));
        }
    }
}

/// Which flat aliases are set (`dsl §1`): with the long form beside them nobody knows which one is meant.
struct Flat {
    strategy: bool,
    approval: bool,
    backup: bool,
}

impl Flat {
    fn check(
        &self,
        at: &str,
        policies: Option<&Policies>,
        reconcile: Option<&ReconcileSpec>,
        found: &mut Findings<'_>,
    ) {
        let long = [
            (self.strategy, reconcile.is_some_and(|r| r.strategy.is_some()), "reconcileStrategy", "reconcile/strategy"),
            (self.approval, policies.is_some_and(|p| p.approval.is_some()), "approvalPolicy", "policies/approval"),
            (self.backup, policies.is_some_and(|p| p.backup.is_some()), "backupPolicy", "policies/backup"),
        ];
        for (flat, other, name, pointer) in long {
            if flat && other {
                let shown = pointer.replace('/', ".");
                let related = found.place(&format!("{at}/{pointer}"));
                found.error(
                    "both-forms",
                    &format!("{at}/{name}"),
                    format!("`{name}` and `{shown}` say the same thing twice"),
                    "keep one of them",
                );
                if let Some(last) = found.list.last_mut() {
                    last.related.push(related);
                }
            }
        }
    }
}

/// The name of a module: its own, or the one its ref gives.
fn name_of(module: &Module) -> &str {
    module.name.as_deref().unwrap_or_else(|| default_module_name(&module.reference))
}

fn modules(spec: &CompositionSpec, found: &mut Findings<'_>) {
    let names: Vec<&str> = spec.modules.iter().map(name_of).collect();
    let named = |i: usize| if spec.modules.get(i).is_some_and(|m| m.name.is_some()) { "name" } else { "ref" };
    let before = found.list.len();
    found.unique("duplicate-module", "the module name", names.iter().copied(), |i| {
        format!("/spec/modules/{i}/{}", named(i))
    });
    for diagnostic in found.list.iter_mut().skip(before) {
        "give one of them another `name`".clone_into(&mut diagnostic.hint);
    }
    let known: BTreeSet<&str> = names.iter().copied().collect();
    for (index, item) in spec.modules.iter().enumerate() {
        module(item, &format!("/spec/modules/{index}"), &known, found);
    }
}

fn module(module: &Module, at: &str, known: &BTreeSet<&str>, found: &mut Findings<'_>) {
    let name = name_of(module);
    let bad_ref = ref_fault(&module.reference);
    if let (Some(fault), true) = (name_fault(name), module.name.is_some() || bad_ref.is_none()) {
        let field = if module.name.is_some() { "name" } else { "ref" };
        found.error("bad-name", &format!("{at}/{field}"), fault, "give the module a `name`");
    }
    found.fault("bad-ref", &format!("{at}/ref"), bad_ref);
    for (index, before) in module.depends_on.iter().enumerate() {
        let here = format!("{at}/dependsOn/{index}");
        if before == name {
            found.error("cycle", &here, format!("`{name}` depends on itself"), "remove it");
        } else if !known.contains(before.as_str()) {
            unknown_module(before, &here, known, found);
        }
    }
    parts::inputs(&module.inputs, &format!("{at}/inputs"), found);
    for (index, glob) in module.watch.iter().enumerate() {
        found.fault("bad-ref", &format!("{at}/watch/{index}"), ref_fault(glob));
    }
    if let Some(fragment) = &module.rollback {
        found.fault("bad-ref", &format!("{at}/rollback"), ref_fault(fragment));
    }
    if let Some(batch) = &module.batch {
        parts::at_least_one(Some(batch.size), &format!("{at}/batch/size"), found);
    }
    let flat = Flat {
        strategy: module.reconcile_strategy.is_some(),
        approval: module.approval_policy.is_some(),
        backup: module.backup_policy.is_some(),
    };
    flat.check(at, module.policies.as_ref(), module.reconcile.as_ref(), found);
    parts::policies(module.policies.as_ref(), &format!("{at}/policies"), found);
    parts::backup(module.backup_policy.as_ref(), &format!("{at}/backupPolicy"), found);
    parts::reconcile(module.reconcile.as_ref(), &format!("{at}/reconcile"), found);
    parts::observe(module.observe.as_ref(), &format!("{at}/observe"), found);
    parts::execution(module.execution.as_ref(), &format!("{at}/execution"), found);
    drift_ignore(&module.drift_ignore, &format!("{at}/driftIgnore"), found);
}

fn unknown_module(name: &str, at: &str, known: &BTreeSet<&str>, found: &mut Findings<'_>) {
    let words: Vec<&str> = known.iter().copied().collect();
    let hint = crate::docs::structure::did_you_mean(name, &words);
    found.error("unknown-module", at, format!("this Composition has no module `{name}`"), hint);
}

fn moved(spec: &CompositionSpec, found: &mut Findings<'_>) {
    let known: BTreeSet<&str> = spec.modules.iter().map(name_of).collect();
    found.unique("duplicate-moved", "the former module", spec.moved.iter().map(|m| m.from.as_str()), |i| {
        format!("/spec/moved/{i}/from")
    });
    for (index, entry) in spec.moved.iter().enumerate() {
        let at = format!("/spec/moved/{index}");
        found.fault("bad-moved", &format!("{at}/from"), moved_fault(&entry.from));
        if !known.contains(entry.to.as_str()) {
            unknown_module(&entry.to, &format!("{at}/to"), &known, found);
        }
    }
}

fn drift_ignore(list: &[DriftIgnore], at: &str, found: &mut Findings<'_>) {
    for (index, entry) in list.iter().enumerate() {
        let here = format!("{at}/{index}");
        parts::not_blank(&entry.address, "address", &format!("{here}/address"), found);
        parts::not_blank(&entry.reason, "reason", &format!("{here}/reason"), found);
        found.fault("bad-until", &format!("{here}/until"), until_fault(&entry.until));
    }
}
