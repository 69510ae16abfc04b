use super::samples::{assembled, change, change_set, draft, frame, id, now, plan, unit, update};
use super::*;
use serde_json::json;
use xcf_core::diag::Place;
use xcf_core::event::RevisionJudged;
use xcf_core::plan::Action;
use xcf_core::route::{Lifecycle, Lifecycle::PaaS};

fn edge(from: &str, to: &str) -> FrozenEdge {
    FrozenEdge { from: id(from), to: id(to), kind: FrozenEdgeKind::Wired }
}

#[test]
fn d6_units_stand_in_layer_order_whatever_order_they_came_in() {
    let units = [
        unit("prod/a/app", Lifecycle::Applications, Gate::Auto),
        unit("prod/b/net", Lifecycle::Foundation, Gate::Strong),
        unit("prod/a/db", PaaS, Gate::Approve),
    ];
    let set = change_set(&units);
    let order: Vec<String> = set.units.iter().map(|u| u.id.to_string()).collect();
    assert_eq!(order, ["prod/b/net", "prod/a/db", "prod/a/app"]);
    let mut turned = units.clone();
    turned.reverse();
    assert_eq!(change_set(&turned), set);
    assert_eq!(set.counts["update"], 3);
    assert_eq!(set.expires_at, now() + DEFAULT_PLAN_LIFE);
}

#[test]
fn dsl7_a_plan_that_changes_nothing_is_left_out_and_reported() {
    let (a, b) = (unit("prod/net/a", PaaS, Gate::Auto), unit("prod/net/b", PaaS, Gate::Auto));
    let side = Side::default();
    let result = assemble(frame(&side), vec![draft(&a, plan(vec![])), draft(&b, update())]);
    assert_eq!(result.unchanged[0].0, a.id);
    assert_eq!(result.change_set.unwrap().units.len(), 1);
    let nothing = assemble(frame(&side), vec![draft(&a, plan(vec![]))]);
    assert!(nothing.change_set.is_none() && nothing.unchanged.len() == 1);
}

#[test]
fn dsl7_nothing_is_only_what_a_complete_plan_says() {
    let a = unit("prod/net/a", PaaS, Gate::Auto);
    let side = Side::default();
    let kept = |edit: &dyn Fn(&mut UnitDraft<'_>)| {
        let mut made = draft(&a, plan(vec![]));
        edit(&mut made);
        assemble(frame(&side), vec![made]).change_set.is_some()
    };
    assert!(!kept(&|_| ()));
    assert!(kept(&|d| d.plan = None), "no plan is not an empty plan");
    assert!(kept(&|d| d.plan.as_mut().unwrap().unknown_inputs.push("x".to_owned())));
    assert!(kept(&|d| d.dirty = true), "outputs of a half-done attempt still have to be recorded");
    assert!(kept(&|d| d.moved_from = Some(id("prod/old/a"))));
    assert!(kept(&|d| d.deferred = Some(Deferred { waits_for: vec![], reason: "r".to_owned() })));
    assert!(kept(&|d| d.action = UnitAction::PlanFailed));
    assert!(kept(&|d| d.action = UnitAction::Unresolved));
    let error = Diagnostic::error("x", "m", Place::file("f"));
    assert!(kept(&|d| d.diagnostics.push(error.clone())));
}

#[test]
fn d6_order_through_a_unit_that_is_left_out_is_kept() {
    let names = ["prod/net/a", "prod/net/b", "prod/net/c"];
    let units = names.map(|n| unit(n, PaaS, Gate::Auto));
    let side = Side::default();
    let mut frame = frame(&side);
    frame.edges = vec![edge(names[0], names[1]), edge(names[1], names[2])];
    let drafts = vec![draft(&units[0], update()), draft(&units[1], plan(vec![])), draft(&units[2], update())];
    assert_eq!(assemble(frame, drafts).change_set.unwrap().edges, [edge(names[0], names[2])]);
}

#[test]
fn dsl7_allow_destroy_never_refuses_a_removal_at_head_or_base() {
    let a = unit("prod/net/a", PaaS, Gate::Auto);
    let never = Side { destroy_never: Some(Place::new("envs/prod.yaml", 4, 5)), ..Side::default() };
    let free = Side::default();
    for (head, base) in [(&never, None), (&free, Some(&never))] {
        let mut frame = frame(head);
        frame.base_side = base;
        let removal = UnitDraft { action: UnitAction::Destroy, removal: true, ..draft(&a, update()) };
        let unit = assemble(frame, vec![removal]).change_set.unwrap().units.remove(0);
        assert_eq!((unit.action, unit.diagnostics[0].code.as_str()), (UnitAction::CannotRun, "destroy-never"));
        assert!(!unit.is_runnable());
    }
}

#[test]
fn d6_digest_of_a_revision_is_that_of_its_units() {
    let units = [unit("prod/net/a", PaaS, Gate::Auto), unit("prod/net/b", PaaS, Gate::Approve)];
    let set = change_set(&units);
    let side = Side::default();
    let mut later = frame(&side);
    (later.commit, later.revision, later.title) = ("c9".into(), 2, "Rebased".to_owned());
    later.planned_at = now() + jiff::SignedDuration::from_hours(3);
    let drafts = || units.iter().map(|u| draft(u, update())).collect::<Vec<_>>();
    assert_eq!(assemble(later, drafts()).change_set.unwrap().digest, set.digest, "a rebase keeps the meaning");
    let mut other = drafts();
    other[0].plan =
        Some(plan(vec![change("terraform_data.a", Action::Update, json!({"input": "1"}), json!({"input": "3"}))]));
    assert_ne!(assemble(frame(&side), other).change_set.unwrap().digest, set.digest);
}

#[test]
fn dsl9_summary_says_what_the_state_needs() {
    let gate = |levels: &[Gate]| {
        let units: Vec<Unit> =
            levels.iter().enumerate().map(|(i, g)| unit(&format!("prod/net/u{i}"), PaaS, *g)).collect();
        summary(&change_set(&units))
    };
    assert!(!gate(&[Gate::Auto]).needs_approval);
    assert!(gate(&[Gate::Auto, Gate::Approve]).needs_approval);
    assert_eq!(gate(&[Gate::Auto, Gate::Approve]).runnable, 2);
    let payload =
        planned_payload(&assembled(&[unit("prod/net/a", PaaS, Gate::Auto)]).change_set.unwrap(), "blob".into());
    let back: ChangeSetSummary = serde_json::from_value(payload.summary).unwrap();
    assert_eq!((back.counts["units"], payload.units.len()), (1, 1));
    assert_eq!(serde_json::to_value(RevisionJudged { revision: 1 }).unwrap(), json!({"revision": 1}));
}

#[test]
fn dsl1_policy_input_is_as_documented() {
    let mut a = unit("prod/net/a", PaaS, Gate::Approve);
    a.route.backup.value.insert(xcf_core::route::Backup::PreChange);
    let mut c = change("terraform_data.a", Action::Update, json!({"p": "old", "k": 1}), json!({"p": "new", "k": 2}));
    c.sensitive = vec!["/p".to_owned()];
    c.unknown = vec!["/id".to_owned(), "/list/0/x".to_owned()];
    let side = Side::default();
    let (b, waiting) = (unit("prod/net/b", PaaS, Gate::Auto), plan(vec![]));
    let unplanned = UnitDraft { plan: None, action: UnitAction::Deferred, ..draft(&b, waiting) };
    let set = assemble(frame(&side), vec![draft(&a, plan(vec![c])), unplanned]).change_set.unwrap();
    let input = crate::policy::input(&set);
    let expected = json!({
        "v": 1,
        "changeSet": {"id": "CS-1", "environment": "prod", "commit": "c1", "authors": ["Chen Yu <chen@example.org>"], "kind": "change"},
        "units": [
            {
                "id": "prod/net/a", "environment": "prod", "composition": "net", "module": "a", "labels": {"team": "core"},
                "lifecycle": "PaaS", "layer": "PaaS", "changeFrequency": "low", "engine": "terraform",
                "route": {"engine": "terraform", "reconcile": {"strategy": "on_drift", "intervalSeconds": 86400}, "drift": "alert",
                    "gate": "approve", "backup": ["pre-change"], "windows": [], "rollback": "ask"},
                "inputs": {"cidr": "10.0.0.0/16", "password": "<secret>"},
                "changes": [{"address": "terraform_data.a", "type": "terraform_data", "action": "update",
                    "before": {"p": "<secret>", "k": 1},
                    "after": {"p": "<secret>", "k": 2, "id": {"unknown": true}, "list": {"0": {"x": {"unknown": true}}}},
                    "unknown": ["/id", "/list/0/x"], "sensitive": ["/p"], "replaceReasons": []}],
                "cost": null
            },
            {
                "id": "prod/net/b", "environment": "prod", "composition": "net", "module": "b", "labels": {"team": "core"},
                "lifecycle": "PaaS", "layer": "PaaS", "changeFrequency": "low", "engine": "terraform",
                "route": {"engine": "terraform", "reconcile": {"strategy": "on_drift", "intervalSeconds": 86400}, "drift": "alert",
                    "gate": "auto", "backup": [], "windows": [], "rollback": "ask"},
                "inputs": {"cidr": "10.0.0.0/16", "password": "<secret>"},
                "changes": null, "cost": null
            }
        ]
    });
    assert_eq!(input, expected);
}
