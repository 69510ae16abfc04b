//! What edits of a small workspace would change, and how recorded ChangeSets are judged again.

mod cells;

use super::*;
use crate::assemble::samples::{change, plan, update};
use crate::assemble::{Frame, UnitDraft, assemble};
use crate::gates::Side as GateSide;
use crate::testkit::{Files, synthetic};
use crate::workspace::load;
use crate::workspace::tests::{doc, id, sample, ws};
use serde_json::json;
use xcf_core::changeset::{ChangeSet, ChangeSetState};
use xcf_core::plan::Action;
use xcf_core::route::{Backup, Gate, Origin};

fn matrix(rows: &str) -> Files {
    sample().with("policies/matrix.yaml", doc("DecisionMatrix", "house", &format!("  rows:\n{rows}")))
}

fn strict() -> Files {
    matrix(
        "    - name: prod-db\n      match:\n        lifecycle: PaaS\n      approval: strong\n      backup: [pre-change, git-tag]\n",
    )
}

fn loose() -> Files {
    matrix(
        "    - name: prod-db\n      match:\n        lifecycle: PaaS\n      approval: auto\n      backup: pre-change\n",
    )
}

fn compare(before: &Files, after: &Files) -> Impact {
    impact(&ws(before), &ws(after), &[])
}

#[test]
fn d12_each_change_says_from_to_why_and_where() {
    let found = compare(&strict(), &loose());
    assert_eq!(found.looked_at, ws(&loose()).units.len());
    let units: Vec<String> = found.units.iter().map(|u| u.unit.to_string()).collect();
    // prod protects with strong and git-tag: only dev's database gets looser.
    assert_eq!(units, ["dev/db/db"]);
    let unit = &found.units[0];
    assert_eq!((unit.turn, unit.was.as_ref()), (Turn::Loosening, None));
    let [gate, backup] = unit.fields.as_slice() else { panic!("{:?}", unit.fields) };
    assert_eq!((gate.field, gate.from.as_str(), gate.to.as_str()), (Field::Gate, "strong", "auto"));
    assert_eq!(gate.judged_by.as_deref(), Some("strong"), "the stricter side judges");
    assert_eq!((gate.before.origin, gate.before.rule.as_str()), (Origin::Matrix, "row prod-db"));
    let place = gate.after.place.as_ref().unwrap().to_string();
    assert!(place.starts_with("policies/matrix.yaml:10"), "{place}");
    assert_eq!((backup.field, backup.turn), (Field::Backup, Turn::Loosening));
    assert_eq!((backup.from.as_str(), backup.to.as_str()), ("pre-change + git-tag", "pre-change"));
    assert_eq!(backup.judged_by.as_deref(), Some("pre-change + git-tag"));
}

#[test]
fn d12_the_same_values_elsewhere_are_no_change() {
    let moved = strict().replace("policies/matrix.yaml", "spec:\n", "spec:\n  # a word about it\n");
    assert!(compare(&strict(), &moved).is_empty());
}

#[test]
fn d12_loosened_units_come_first_and_a_moved_unit_is_compared_with_what_it_was() {
    let both = matrix(
        "    - name: db\n      match:\n        lifecycle: PaaS\n      approval: strong\n    - name: app\n      match:\n        lifecycle: Applications\n      rollback: auto\n      drift: alert\n",
    );
    let after = both.replace("policies/matrix.yaml", "approval: strong", "approval: auto").replace(
        "policies/matrix.yaml",
        "rollback: auto",
        "rollback: ask",
    );
    let turns: Vec<(String, Turn)> =
        compare(&both, &after).units.into_iter().map(|u| (u.unit.to_string(), u.turn)).collect();
    assert_eq!(
        turns,
        [
            ("dev/db/db".to_owned(), Turn::Loosening),
            ("dev/app/app".to_owned(), Turn::Tightening),
            ("prod/app/app".to_owned(), Turn::Tightening)
        ]
    );
    let renamed = loose()
        .replace("compositions/db.yaml", "    - ref: modules/db\n", "    - ref: modules/db\n      name: base\n")
        .replace("compositions/db.yaml", "  modules:\n", "  moved:\n    - from: db/db\n      to: base\n  modules:\n")
        .replace("compositions/db.yaml", "name: db\n", "name: db\n");
    let found = compare(&strict(), &renamed);
    assert_eq!((found.appeared.len(), found.gone.len()), (0, 0), "{:?} {:?}", found.appeared, found.gone);
    assert_eq!(found.units[0].was, Some(id("dev/db/db")));
}

#[test]
fn dsl1_a_window_whose_hours_moved_is_another_window() {
    let with = |hour: &str| {
        let spec = format!("  kind: allow\n  schedule: \"0 {hour} * * *\"\n  duration: 2h\n  timeZone: UTC\n");
        matrix("    - name: db\n      match:\n        lifecycle: PaaS\n      window: nights\n")
            .with("policies/windows.yaml", doc("Window", "nights", &spec))
    };
    let found = compare(&with("2"), &with("12"));
    assert_eq!(found.units.len(), 2, "both databases");
    let field = &found.units[0].fields[0];
    assert_eq!((field.field, field.turn, field.to.as_str()), (Field::Window, Turn::Loosening, "nights (edited)"));
}

fn draft<'a>(unit: &'a Unit, plan: xcf_core::plan::UnitPlan) -> UnitDraft<'a> {
    crate::assemble::samples::draft(unit, plan)
}

fn frame<'a>(head: &'a GateSide, base: Option<&'a GateSide>, environment: &str) -> Frame<'a> {
    Frame { environment: environment.into(), base_side: base, ..crate::assemble::samples::frame(head) }
}

/// What planning `unit` on a branch that makes `head` out of `base` asks for.
fn planned(base: &Files, head: &Files, unit: &str) -> xcf_core::changeset::ChangeUnit {
    let (base, head) = (ws(base), ws(head));
    let (unit, was) = (head.unit(&id(unit)).unwrap(), base.unit(&id(unit)).unwrap());
    let environment = &unit.id.environment;
    let (head_side, base_side) = (GateSide::of(&head, environment), GateSide::of(&base, environment));
    let mut draft = draft(unit, update());
    draft.base_gate = Some(&was.route.gate);
    draft.base_backup = Some(&was.route.backup.value);
    let frame = frame(&head_side, Some(&base_side), environment.as_str());
    assemble(frame, vec![draft]).change_set.unwrap().units.remove(0)
}

#[test]
fn d6_nobody_loosens_the_gate_that_judges_their_own_change_by_editing_the_matrix() {
    let loosened = planned(&strict(), &loose(), "dev/db/db");
    assert_eq!(loosened.gate.level, Gate::Strong);
    assert_eq!((loosened.gate.distinct_people, loosened.gate.exclude_authors), (2, true));
    assert!(loosened.gate.why.contains("row prod-db says strong at base"), "{}", loosened.gate.why);
    assert_eq!(loosened.backup, [Backup::PreChange, Backup::GitTag].into(), "what base asks to back up is backed up");
    let tightened = planned(&loose(), &strict(), "dev/db/db");
    assert_eq!((tightened.gate.level, tightened.gate.why.contains("at base")), (Gate::Strong, false));
    let removed = planned(&strict(), &sample(), "dev/db/db");
    assert_eq!(removed.gate.level, Gate::Strong, "a deleted row still judges its own deletion");
    // The preview names the same value the planner uses.
    let field = compare(&strict(), &loose()).units[0].fields[0].clone();
    assert_eq!(field.judged_by.as_deref(), Some(loosened.gate.level.as_str()));
}

fn recorded_set(files: &Files, environment: &str) -> ChangeSet {
    let model = ws(files);
    let side = GateSide::of(&model, &environment.into());
    let units: Vec<&Unit> = model.units.iter().filter(|u| u.id.environment.as_str() == environment).collect();
    let drafts = units.iter().map(|u| draft(u, update())).collect();
    assemble(frame(&side, None, environment), drafts).change_set.unwrap()
}

fn replayed(before: &Files, after: &Files, state: ChangeSetState) -> Vec<RecordedImpact> {
    let set = recorded_set(before, "dev");
    impact(&ws(before), &ws(after), &[RecordedChange { set: &set, state }]).recorded
}

#[test]
fn d12_recorded_change_sets_are_judged_by_both_models() {
    assert!(replayed(&strict(), &strict(), ChangeSetState::Closed).is_empty());
    let fewer = replayed(&strict(), &loose(), ChangeSetState::AwaitingApproval);
    assert_eq!(fewer.len(), 1);
    assert_eq!((fewer[0].effects.first(), fewer[0].open), (Some(&Effect::FewerApprovals), true));
    assert_eq!(fewer[0].units.iter().map(|u| u.unit.to_string()).collect::<Vec<_>>(), ["dev/db/db"]);
    let gates = &fewer[0].units[0].gates;
    assert_eq!((gates.0.level, gates.1.level), (Gate::Strong, Gate::Auto));
    let more = replayed(&loose(), &strict(), ChangeSetState::Closed);
    assert_eq!((more[0].effects.clone(), more[0].open), ([Effect::MoreApprovals].into(), false));
    // The network is strong either way: the change as a whole needed two people before, too.
    assert_eq!(more[0].people, (2, 2));
}

#[test]
fn d12_approval_rules_count_by_the_recorded_plan() {
    let rule = |actions: &str| {
        let spec = format!(
            "  match:\n    lifecycle: PaaS\n    actions: [{actions}]\n  require:\n    - role: dba\n      count: 2\n"
        );
        loose()
            .replace("policies/matrix.yaml", "approval: auto", "approval: approve")
            .with("policies/rules.yaml", doc("ApprovalRule", "dbas", &spec))
    };
    assert!(replayed(&rule("delete"), &rule("replace"), ChangeSetState::Closed).is_empty(), "the plan only updates");
    let found = replayed(&rule("delete"), &rule("update"), ChangeSetState::Closed);
    assert_eq!(found[0].effects, [Effect::MoreApprovals].into());
    assert_eq!(found[0].units[0].gates.1.needs[0].count, 2);
}

#[test]
fn d12_policies_that_see_the_route_deny_and_engines_change() {
    let rego = "package main\n\nimport rego.v1\n\ndeny contains msg if {\n\tsome u in input.units\n\tu.lifecycle == \"PaaS\"\n\tu.route.gate == \"auto\"\n\tmsg := sprintf(\"%s must not be automatic\", [u.id])\n}\n";
    let (before, after) = (strict().with("policies/gates.rego", rego), loose().with("policies/gates.rego", rego));
    let found = replayed(&before, &after, ChangeSetState::Closed);
    assert!(found[0].effects.contains(&Effect::NowDenied), "{:?}", found[0].effects);
    assert!(found[0].denials[0].message.contains("dev/db/db"), "{:?}", found[0].denials);
    let back = replayed(&after, &before, ChangeSetState::Closed);
    assert!(back[0].effects.contains(&Effect::NoLongerDenied) && back[0].denials.is_empty());
    let tofu = matrix("    - name: db\n      match:\n        lifecycle: PaaS\n      engines: [opentofu]\n");
    let found = replayed(&sample(), &tofu, ChangeSetState::Approved);
    assert_eq!(found[0].effects, [Effect::EngineChanged].into());
    assert_eq!(found[0].units[0].engines.1.as_str(), "opentofu");
}

#[test]
fn d12_units_that_one_side_does_not_have_are_told_not_guessed() {
    let set = recorded_set(&sample(), "dev");
    let without = strict().replace("envs/dev.yaml", "    - ref: compositions/ops\n", "");
    let found = impact(&ws(&sample()), &ws(&without), &[RecordedChange { set: &set, state: ChangeSetState::Closed }]);
    assert_eq!(found.gone, [id("dev/ops/motd")]);
    assert_eq!(found.recorded[0].unknown, [id("dev/ops/motd")]);
}

#[test]
fn d12_affected_units_say_by_what() {
    let after = sample()
        .replace("compositions/net.yaml", "size: 1", "size: 9")
        .with("modules/app/extra.tf", "# more\n")
        .replace("envs/dev.yaml", "      address: 127.0.0.1\n      labels:", "      address: 127.0.0.2\n      labels:");
    let (a, b) = (sample().tree(), after.tree());
    let (before, now) = (load(&a), load(&b));
    let found = affected(Side { model: &before, tree: &a }, Side { model: &now, tree: &b });
    let of = |unit: &str| found.iter().find(|f| f.unit == id(unit)).map(|f| f.causes.clone()).unwrap_or_default();
    assert_eq!(of("prod/net/net"), [Cause::Input("size".to_owned())]);
    assert_eq!(of("dev/db/db"), [Cause::Reads { unit: id("dev/net/net"), output: "id".to_owned() }]);
    assert_eq!(of("dev/app/app"), [Cause::Content("modules/app/extra.tf".to_owned())]);
    assert!(of("dev/ops/motd").contains(&Cause::Target("hosts")), "{:?}", of("dev/ops/motd"));
    let (a, b) = (strict().tree(), loose().tree());
    let (before, now) = (load(&a), load(&b));
    let found = affected(Side { model: &before, tree: &a }, Side { model: &now, tree: &b });
    assert_eq!(found.len(), 1, "a gate changes no resource, so nothing downstream is affected: {found:?}");
    assert_eq!(found[0].causes, [Cause::Route(Field::Gate), Cause::Route(Field::Backup)]);
}

#[test]
fn d14_a_large_workspace_is_compared_unit_by_unit() {
    let before = synthetic(600);
    let after = before.replace("policies/matrix.yaml", "approval: auto", "approval: strong");
    let (before, after) = (load(&before.tree()), load(&after.tree()));
    let dev = after.units.iter().filter(|u| u.id.environment.as_str() == "dev");
    let moved = dev.filter(|u| before.unit(&u.id).is_some_and(|b| b.route.gate.value != Gate::Strong)).count();
    let found = impact(&before, &after, &[]);
    assert_eq!((found.looked_at, found.count(Turn::Tightening)), (after.units.len(), moved));
    assert!(moved > 600, "{moved}");
}

#[test]
fn d12_replaced_resources_keep_their_recorded_meaning() {
    let replace = plan(vec![change("terraform_data.a", Action::Replace, json!({"a": 1}), json!({"a": 2}))]);
    let model = ws(&strict());
    let side = GateSide::of(&model, &"dev".into());
    let unit = model.unit(&id("dev/db/db")).unwrap();
    let set = assemble(frame(&side, None, "dev"), vec![draft(unit, replace)]).change_set.unwrap();
    let rule = doc(
        "ApprovalRule",
        "replacing",
        "  match:\n    actions: [replace]\n  require:\n    - role: dba\n    - role: sre\n    - role: owner\n",
    );
    let after = strict().with("policies/rules.yaml", rule);
    let found = impact(&model, &ws(&after), &[RecordedChange { set: &set, state: ChangeSetState::Closed }]);
    assert_eq!((found.recorded[0].people, found.units.len()), ((2, 3), 0), "no route differs, the judgement does");
}
