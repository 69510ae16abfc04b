//! Spec R1 as data: the default row of each lifecycle.

use serde::Serialize;
use std::collections::BTreeSet;
use xcf_core::docs::shapes::Approval;
use xcf_core::route::{Backup, ChangeFrequency, Drift, Engine, Layer, Lifecycle, Rollback, Strategy};

/// One built-in row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuiltinRow {
    /// Its number in the specification: `R1.3`.
    pub rule: &'static str,
    /// Lifecycle it is for.
    pub lifecycle: Lifecycle,
    /// Default change frequency.
    pub change_frequency: ChangeFrequency,
    /// Engine candidates, best first.
    pub engines: Vec<Engine>,
    /// Reconcile strategy.
    pub strategy: Strategy,
    /// Drift policy.
    pub drift: Drift,
    /// Gate.
    pub approval: Approval,
    /// Backups.
    pub backup: BTreeSet<Backup>,
    /// What a breach does.
    pub rollback: Rollback,
}

use Engine::{Ansible, Argocd, Flux, K8s, Native, Opentofu, Pulumi, Ssh, Terraform};

const FOUNDATION: &[Engine] = &[Terraform, Opentofu, Pulumi];
const CLUSTER: &[Engine] = &[Terraform, Opentofu, Pulumi, K8s, Argocd, Flux];
const PLATFORM: &[Engine] = &[Native, Terraform, Opentofu, Pulumi, K8s];
const APPLICATIONS: &[Engine] = &[K8s, Argocd, Flux, Ansible, Ssh, Native, Terraform, Opentofu, Pulumi];
const CONFIG: &[Engine] = &[Ansible, Ssh, Terraform, Opentofu, Pulumi, Native, K8s, Argocd, Flux];

fn candidates(layer: Layer) -> &'static [Engine] {
    match layer {
        Layer::Foundation => FOUNDATION,
        Layer::K8s => CLUSTER,
        Layer::PaaS => PLATFORM,
        Layer::Applications => APPLICATIONS,
        Layer::Config => CONFIG,
    }
}

/// The built-in row of `lifecycle`. `layer` is the layer an Ephemeral Composition counts as: it gives its engines.
#[must_use]
pub fn builtin(lifecycle: Lifecycle, layer: Layer) -> BuiltinRow {
    use ChangeFrequency::{High, Low, LowMedium, Medium};
    let row = |rule, change_frequency, strategy, drift, approval, backup: &[Backup], rollback| BuiltinRow {
        rule,
        lifecycle,
        change_frequency,
        engines: candidates(layer).to_vec(),
        strategy,
        drift,
        approval,
        backup: backup.iter().copied().collect(),
        rollback,
    };
    let ask = Rollback::Ask;
    match lifecycle {
        Lifecycle::Foundation => {
            row("R1.1", Low, Strategy::OnDrift, Drift::Alert, Approval::Strong, &[Backup::ConfigSnapshot], ask)
        }
        Lifecycle::K8s => {
            row("R1.2", LowMedium, Strategy::Periodic, Drift::Alert, Approval::Approve, &[Backup::ClusterSnapshot], ask)
        }
        Lifecycle::PaaS => {
            row("R1.3", Medium, Strategy::Periodic, Drift::Correct, Approval::Environment, &[Backup::PreChange], ask)
        }
        Lifecycle::Applications => {
            row("R1.4", High, Strategy::Continuous, Drift::Correct, Approval::Auto, &[], Rollback::Auto)
        }
        Lifecycle::Config => row("R1.5", High, Strategy::OnChange, Drift::Correct, Approval::Auto, &[], ask),
        Lifecycle::Ephemeral => row("R1.6", High, Strategy::Continuous, Drift::Correct, Approval::Auto, &[], ask),
    }
}

/// Seconds between two looks that a change frequency asks for (`dsl §4`).
#[must_use]
pub fn cadence_seconds(frequency: ChangeFrequency) -> u64 {
    match frequency {
        ChangeFrequency::Low => 86_400,
        ChangeFrequency::LowMedium => 21_600,
        ChangeFrequency::Medium => 1_800,
        ChangeFrequency::High => 300,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r1_built_in_rows_are_the_specification_s() {
        let of = |l, layer| builtin(l, layer);
        let foundation = of(Lifecycle::Foundation, Layer::Foundation);
        assert_eq!((foundation.rule, foundation.approval, foundation.drift), ("R1.1", Approval::Strong, Drift::Alert));
        assert_eq!(foundation.engines, [Terraform, Opentofu, Pulumi]);
        assert_eq!(foundation.backup, [Backup::ConfigSnapshot].into());
        let k8s = of(Lifecycle::K8s, Layer::K8s);
        assert_eq!(
            (k8s.approval, k8s.strategy, k8s.change_frequency),
            (Approval::Approve, Strategy::Periodic, ChangeFrequency::LowMedium)
        );
        let paas = of(Lifecycle::PaaS, Layer::PaaS);
        assert_eq!((paas.approval, paas.engines.first()), (Approval::Environment, Some(&Native)));
        let apps = of(Lifecycle::Applications, Layer::Applications);
        assert_eq!((apps.rollback, apps.strategy), (Rollback::Auto, Strategy::Continuous));
        let config = of(Lifecycle::Config, Layer::Config);
        assert_eq!((config.strategy, config.backup.len(), config.rollback), (Strategy::OnChange, 0, Rollback::Ask));
        let short = of(Lifecycle::Ephemeral, Layer::PaaS);
        assert_eq!((short.rule, short.engines), ("R1.6", PLATFORM.to_vec()), "engines of its layer");
    }
}
