//! Small ChangeSets for the tests of this crate's decisions.

use super::{Assembled, DEFAULT_PLAN_LIFE, Frame, UnitDraft, assemble};
use crate::gates::Side;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::changeset::{ChangeSet, ChangeSetKind, ChangeUnit, UnitAction};
use xcf_core::diag::Place;
use xcf_core::digest;
use xcf_core::graph::Unit;
use xcf_core::ids::{ChangeSetId, UnitId};
use xcf_core::plan::{Action, Fidelity, ResourceChange, UnitPlan};
use xcf_core::route::{
    Because, ChangeFrequency, Drift, Engine, Gate, Layer, Lifecycle, Origin, Reconcile, Rollback, Route, Strategy,
};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

pub(crate) fn id(text: &str) -> UnitId {
    text.parse().unwrap()
}

pub(crate) fn because<T>(value: T) -> Because<T> {
    let place = Some(Place::new("policies/matrix.yaml", 7, 3));
    Because { value, origin: Origin::Matrix, rule: "row prod-all".to_owned(), place, overruled: Vec::new() }
}

pub(crate) fn route(gate: Gate) -> Route {
    Route {
        engine: because(Engine::Terraform),
        reconcile: because(Reconcile { strategy: Strategy::OnDrift, interval_seconds: Some(86_400) }),
        drift: because(Drift::Alert),
        gate: because(gate),
        backup: because(BTreeSet::new()),
        windows: because(Vec::new()),
        rollback: because(Rollback::Ask),
    }
}

pub(crate) fn unit(name: &str, lifecycle: Lifecycle, gate: Gate) -> Unit {
    let layer = match lifecycle {
        Lifecycle::Foundation => Layer::Foundation,
        Lifecycle::K8s => Layer::K8s,
        Lifecycle::PaaS => Layer::PaaS,
        Lifecycle::Config => Layer::Config,
        _ => Layer::Applications,
    };
    Unit {
        id: id(name),
        lifecycle,
        layer,
        effective_layer: layer,
        change_frequency: ChangeFrequency::Low,
        labels: BTreeMap::from([("team".to_owned(), "core".to_owned())]),
        module_ref: "modules/x".into(),
        route: route(gate),
        inputs: BTreeMap::new(),
        references: Vec::new(),
        hosts: Vec::new(),
        account: None,
        region: None,
        fault_domain: None,
        cluster: None,
        namespace: None,
        watch: Vec::new(),
        rollback_fragment: None,
        timeout_seconds: 60,
        retries: 0,
        backoff_seconds: 1,
        moved_from: Vec::new(),
        not_yet_effective: Vec::new(),
        observe: false,
        place: Place::new("compositions/x.yaml", 5, 3),
        entry_place: None,
    }
}

pub(crate) fn change(address: &str, action: Action, before: Value, after: Value) -> ResourceChange {
    ResourceChange {
        address: address.to_owned(),
        resource_type: "terraform_data".to_owned(),
        action,
        before,
        after,
        unknown: Vec::new(),
        sensitive: Vec::new(),
        sensitive_marks: BTreeMap::new(),
        replace_reasons: Vec::new(),
        previous_address: None,
        fidelity: Fidelity::Exact,
    }
}

pub(crate) fn plan(changes: Vec<ResourceChange>) -> UnitPlan {
    UnitPlan {
        v: 1,
        engine: Engine::Terraform,
        engine_version: "1.11.4".to_owned(),
        components: BTreeMap::new(),
        changes,
        outputs: Vec::new(),
        unknown_inputs: Vec::new(),
        drift: Vec::new(),
        state_serial: Some("4".to_owned()),
        warnings: Vec::new(),
    }
}

pub(crate) fn update() -> UnitPlan {
    plan(vec![change(
        "terraform_data.a",
        Action::Update,
        json!({"input": "1", "id": "x"}),
        json!({"input": "2", "id": "x"}),
    )])
}

pub(crate) fn draft(unit: &Unit, plan: UnitPlan) -> UnitDraft<'_> {
    UnitDraft {
        unit,
        action: UnitAction::Apply,
        plan: Some(plan),
        artifact: None,
        deferred: None,
        diagnostics: Vec::new(),
        inputs: json!({"cidr": "10.0.0.0/16", "password": "<secret>"}),
        inputs_digest: digest::sha256(b"inputs"),
        commit: "c1".into(),
        moved_from: None,
        removal: false,
        base_gate: None,
        base_backup: None,
        engine_reverses: true,
        dirty: false,
    }
}

pub(crate) fn frame(head: &Side) -> Frame<'_> {
    Frame {
        id: ChangeSetId(1),
        revision: 1,
        environment: "prod".into(),
        change_id: "feature".into(),
        kind: ChangeSetKind::Change,
        title: "Widen the network".to_owned(),
        commit: "c1".into(),
        base: "c0".into(),
        worktree: false,
        authors: vec!["Chen Yu <chen@example.org>".to_owned()],
        created_by: "Chen Yu".into(),
        solo: false,
        planned_at: now(),
        plan_life: DEFAULT_PLAN_LIFE,
        edges: Vec::new(),
        diagnostics: Vec::new(),
        head,
        base_side: None,
    }
}

pub(crate) fn assembled(units: &[Unit]) -> Assembled {
    let side = Side::default();
    assemble(frame(&side), units.iter().map(|u| draft(u, update())).collect())
}

pub(crate) fn change_set(units: &[Unit]) -> ChangeSet {
    assembled(units).change_set.unwrap()
}

pub(crate) fn change_unit(lifecycle: Lifecycle, gate: Gate) -> ChangeUnit {
    change_set(&[unit("prod/net/vpc", lifecycle, gate)]).units.remove(0)
}
