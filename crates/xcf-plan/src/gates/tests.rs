use super::*;
use crate::assemble::samples::{because, change, change_set, draft, frame, id, now, plan, unit, update};
use crate::assemble::{UnitDraft, assemble};
use jiff::ToSpan;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xcf_core::changeset::{Approval, ApprovalStatement, ChangeSet, ChangeUnit};
use xcf_core::docs::rules::{PeopleSpec, Person};
use xcf_core::event::RemovalConsent;
use xcf_core::plan::Action;

mod refusals;

fn people(list: &[(&str, &[&str])]) -> PeopleSpec {
    let person = |(name, roles): &(&str, &[&str])| Person {
        name: (*name).to_owned(),
        emails: vec![format!("{}@example.org", name.to_lowercase())],
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        keys: vec![format!("ed25519:{name}")],
    };
    PeopleSpec { people: list.iter().map(person).collect() }
}

fn approval(change_set: &ChangeSet, person: &str, role: Option<&str>) -> Approval {
    Approval {
        statement: ApprovalStatement {
            v: 1,
            workspace: "w".to_owned(),
            change_set: change_set.id,
            units: change_set.units.iter().map(|u| (u.id.to_string(), u.unit_digest.clone())).collect(),
            gate: Gate::Strong,
            role: role.map(Role::from),
            policy_digest: change_set.policy_digest.clone(),
            person: person.into(),
            at: now(),
            expires: now() + (7 * 24).hours(),
        },
        key: Some(format!("ed25519:{person}")),
        signature: Some("s".to_owned()),
        solo: false,
        reason: String::new(),
    }
}

fn given(approval: &Approval) -> Given<'_> {
    Given { approval, signature_ok: true, ended: false }
}

/// A ChangeSet of one unit whose gate needs exactly these roles.
fn gated(level: Gate, roles: &[(&str, u32)]) -> ChangeSet {
    let side = Side { approvers: roles.iter().map(|(r, n)| (Role::from(*r), *n)).collect(), ..Side::default() };
    let unit = unit("prod/net/vpc", Lifecycle::PaaS, level);
    assemble(frame(&side), vec![draft(&unit, update())]).change_set.unwrap()
}

fn check(change_set: &ChangeSet, people: &PeopleSpec, approvals: &[Approval]) -> GateCheck {
    let circle = Circle::of(change_set, "w", Some(people), now());
    let all: Vec<Given<'_>> = approvals.iter().map(given).collect();
    let report = evaluate(change_set, &circle, &all);
    assert_eq!(report.met, report.units[&change_set.units[0].id].met);
    report.units[&change_set.units[0].id].clone()
}

fn rule(matches: Value, require: Value, exclude: bool) -> GateRule {
    let spec = json!({"match": matches, "require": require, "excludeAuthor": exclude});
    GateRule {
        name: "r".to_owned(),
        spec: serde_json::from_value(spec).unwrap(),
        place: Place::new("policies/rules.yaml", 3, 1),
    }
}

fn roles(gate: &UnitGate) -> Vec<(Option<String>, u32)> {
    gate.needs.iter().map(|n| (n.role.as_ref().map(ToString::to_string), n.count)).collect()
}

fn gate_of(head: &Side, base: Option<&Side>, edit: impl FnOnce(&mut UnitDraft<'_>)) -> UnitGate {
    gate_with(head, base, None, edit)
}

fn gate_with(
    head: &Side,
    base: Option<&Side>,
    at_base: Option<Gate>,
    edit: impl FnOnce(&mut UnitDraft<'_>),
) -> UnitGate {
    let unit = unit("prod/net/vpc", Lifecycle::PaaS, Gate::Approve);
    let at_base = at_base.map(because);
    let mut draft = draft(&unit, update());
    draft.base_gate = at_base.as_ref();
    edit(&mut draft);
    let mut frame = frame(head);
    frame.base_side = base;
    assemble(frame, vec![draft]).change_set.unwrap().units.remove(0).gate
}

#[test]
fn dsl7_level_is_the_stricter_of_base_and_head_and_removals_are_strong() {
    let side = Side::default();
    assert_eq!(gate_with(&side, None, Some(Gate::Auto), |_| ()).level, Gate::Approve);
    let gate = gate_with(&side, None, Some(Gate::Strong), |_| ());
    assert_eq!((gate.level, gate.distinct_people, gate.exclude_authors), (Gate::Strong, 2, true));
    assert!(gate.why.contains("at base"), "{}", gate.why);
    let gate = gate_with(&side, None, Some(Gate::Auto), |d| (d.action, d.removal) = (UnitAction::Destroy, true));
    assert_eq!(gate.level, Gate::Strong);
}

#[test]
fn dsl2_only_moves_is_auto_but_a_move_among_changes_keeps_its_gate() {
    let (a, b) =
        (unit("prod/net/a", Lifecycle::PaaS, Gate::Strong), unit("prod/net/b", Lifecycle::PaaS, Gate::Approve));
    let moving = |unit| UnitDraft {
        action: UnitAction::Move,
        plan: None,
        moved_from: Some(id("prod/old/a")),
        ..draft(unit, update())
    };
    let side = Side::default();
    let only = assemble(frame(&side), vec![moving(&a)]).change_set.unwrap();
    assert_eq!(only.units[0].gate.level, Gate::Auto);
    let mixed = assemble(frame(&side), vec![moving(&a), draft(&b, update())]).change_set.unwrap();
    assert_eq!(mixed.units[0].gate.level, Gate::Strong);
}

#[test]
fn dsl10_roles_are_the_highest_count_over_matching_rules_else_approvers_else_anybody() {
    let mut side = Side::default();
    assert_eq!(roles(&gate_of(&side, None, |_| ())), [(None, 1)]);
    side.approvers = [(Role::from("dba"), 1)].into();
    assert_eq!(roles(&gate_of(&side, None, |_| ())), [(Some("dba".to_owned()), 1)]);
    side.rules = vec![
        rule(json!({"environment": "prod"}), json!([{"role": "sec"}]), false),
        rule(json!({"lifecycle": ["PaaS"]}), json!([{"role": "sec", "count": 2}, {"role": "ops"}]), true),
        rule(json!({"environment": "dev"}), json!([{"role": "never"}]), false),
        rule(json!({"actions": ["delete"]}), json!([{"role": "never"}]), false),
        rule(json!({"resourceTypes": ["aws_db"]}), json!([{"role": "never"}]), false),
    ];
    let gate = gate_of(&side, None, |_| ());
    assert_eq!(roles(&gate), [(Some("ops".to_owned()), 1), (Some("sec".to_owned()), 2)]);
    assert!(gate.exclude_authors);
    assert_eq!(gate.needs[0].place.as_ref().unwrap().file, "policies/rules.yaml");
}

#[test]
fn dsl7_rules_of_base_count_too() {
    let head = Side { approvers: [(Role::from("dba"), 1)].into(), ..Side::default() };
    let base = Side { approvers: [(Role::from("dba"), 2), (Role::from("sec"), 1)].into(), ..Side::default() };
    assert_eq!(roles(&gate_of(&head, Some(&base), |_| ())), [(Some("dba".to_owned()), 2), (Some("sec".to_owned()), 1)]);
    assert_eq!(roles(&gate_of(&base, Some(&head), |_| ())), roles(&gate_of(&head, Some(&base), |_| ())));
}

#[test]
fn dsl10_what_is_not_known_yet_matches() {
    let side =
        Side { rules: vec![rule(json!({"actions": ["delete"]}), json!([{"role": "sec"}]), false)], ..Side::default() };
    assert_eq!(roles(&gate_of(&side, None, |_| ())), [(None, 1)]);
    let partial = |d: &mut UnitDraft<'_>| d.plan.as_mut().unwrap().unknown_inputs = vec!["x".to_owned()];
    assert_eq!(roles(&gate_of(&side, None, partial)), [(Some("sec".to_owned()), 1)]);
    let delete =
        |d: &mut UnitDraft<'_>| d.plan = Some(plan(vec![change("a.b", Action::Delete, json!({}), Value::Null)]));
    assert_eq!(roles(&gate_of(&side, None, delete)), [(Some("sec".to_owned()), 1)]);
}

#[test]
fn dsl10_approve_takes_the_roles_and_an_author_may_count() {
    let everybody = people(&[("Ann", &["dba"]), ("Chen Yu", &["dba"]), ("Bob", &["ops"])]);
    let set = gated(Gate::Approve, &[("dba", 1)]);
    let result = check(&set, &everybody, &[]);
    assert!(!result.met && result.missing[0].could == ["Ann".into(), "Chen Yu".into()]);
    assert!(result.missing[0].words.starts_with("dba must approve"), "{}", result.missing[0].words);
    assert!(!check(&set, &everybody, &[approval(&set, "Bob", Some("ops"))]).met);
    assert!(check(&set, &everybody, &[approval(&set, "Ann", Some("dba"))]).met);
    let own = check(&set, &everybody, &[approval(&set, "Chen Yu", None)]);
    assert_eq!(own.filled[0].role, Some("dba".into()));
}

#[test]
fn dsl10_strong_takes_two_people_in_two_roles_and_no_author() {
    let everybody = people(&[("Ann", &["dba", "sec"]), ("Bob", &["dba"]), ("Eve", &["sec"]), ("Chen Yu", &["sec"])]);
    for needs in [vec![], vec![("dba", 1)], vec![("dba", 1), ("sec", 1)]] {
        let set = gated(Gate::Strong, &needs);
        let by = |names: &[(&str, Option<&str>)]| {
            let all: Vec<Approval> = names.iter().map(|(n, r)| approval(&set, n, *r)).collect();
            check(&set, &everybody, &all).met
        };
        assert!(!by(&[("Ann", None)]), "one person, though in two roles");
        assert!(!by(&[("Ann", Some("dba")), ("Ann", Some("sec"))]), "the same person twice");
        assert!(!by(&[("Ann", Some("dba")), ("Bob", Some("dba"))]), "two people in one role");
        assert!(!by(&[("Bob", Some("dba")), ("Chen Yu", Some("sec"))]), "an author");
        assert!(by(&[("Bob", Some("dba")), ("Eve", Some("sec"))]));
        assert!(by(&[("Ann", None), ("Bob", None)]), "Ann can stand for sec");
        assert!(by(&[("Bob", None), ("Ann", None)]));
    }
}

#[test]
fn dsl10_one_person_fills_one_role_per_unit() {
    let set = gated(Gate::Approve, &[("dba", 1), ("sec", 1)]);
    let everybody = people(&[("Ann", &["dba", "sec"]), ("Bob", &["dba"])]);
    let result = check(&set, &everybody, &[approval(&set, "Ann", None)]);
    assert_eq!((result.met, result.filled.len(), result.missing.len()), (false, 1, 1));
    let both = check(&set, &everybody, &[approval(&set, "Ann", None), approval(&set, "Bob", None)]);
    assert!(both.met, "Bob is dba, so Ann is matched to sec");
    assert_eq!(both.filled.iter().map(|f| f.role.clone().unwrap().to_string()).collect::<BTreeSet<_>>().len(), 2);
}

#[test]
fn d6_an_approval_stands_only_for_what_it_named() {
    let everybody = people(&[("Ann", &["dba"])]);
    let set = gated(Gate::Approve, &[("dba", 1)]);
    let good = approval(&set, "Ann", Some("dba"));
    let met = |edit: &dyn Fn(&mut Approval)| {
        let mut other = good.clone();
        edit(&mut other);
        check(&set, &everybody, &[other]).met
    };
    assert!(met(&|_| ()));
    assert!(!met(&|a| a.statement.units.values_mut().for_each(|d| *d = xcf_core::digest::sha256(b"x"))));
    assert!(!met(&|a| a.statement.expires = now()));
    assert!(!met(&|a| a.statement.workspace = "other".to_owned()));
    assert!(!met(&|a| a.statement.change_set = xcf_core::ids::ChangeSetId(9)));
    assert!(!met(&|a| a.statement.gate = Gate::Auto));
    assert!(!met(&|a| a.key = Some("ed25519:Other".to_owned())));
    assert!(!met(&|a| a.solo = true));
    assert!(!met(&|a| a.statement.person = "Zoe".into()));
    let circle = Circle::of(&set, "w", Some(&everybody), now());
    for bad in [Given { signature_ok: false, ..given(&good) }, Given { ended: true, ..given(&good) }] {
        assert!(!evaluate(&set, &circle, &[bad]).met);
    }
}

#[test]
fn dsl9_approvals_stay_for_units_whose_digest_is_unchanged() {
    let everybody = people(&[("Ann", &["dba"])]);
    let units =
        [unit("prod/net/a", Lifecycle::PaaS, Gate::Approve), unit("prod/net/b", Lifecycle::PaaS, Gate::Approve)];
    let first = change_set(&units);
    let yes = approval(&first, "Ann", None);
    let side = Side::default();
    let other = plan(vec![change("a.b", Action::Create, Value::Null, json!({"x": 1}))]);
    let second = assemble(frame(&side), vec![draft(&units[0], update()), draft(&units[1], other)]).change_set.unwrap();
    let circle = Circle::of(&second, "w", Some(&everybody), now());
    let report = evaluate(&second, &circle, &[given(&yes)]);
    assert!(report.units[&id("prod/net/a")].met && !report.units[&id("prod/net/b")].met && !report.met);
}

#[test]
fn dsl10_solo_takes_one_approval_and_strong_two_with_a_reason() {
    let by = |level, reasons: &[&str]| {
        let set = gated(level, &[("dba", 2)]);
        let one = |reason: &&str| Approval {
            solo: true,
            key: None,
            signature: None,
            reason: (*reason).to_owned(),
            ..approval(&set, "me", None)
        };
        let all: Vec<Approval> = reasons.iter().map(one).collect();
        let circle = Circle::of(&set, "w", None, now());
        evaluate(&set, &circle, &all.iter().map(given).collect::<Vec<_>>()).met
    };
    assert!(!by(Gate::Approve, &[]) && by(Gate::Approve, &[""]));
    assert!(!by(Gate::Strong, &["why"]) && !by(Gate::Strong, &["", " "]) && by(Gate::Strong, &["", "why"]));
    let set = gated(Gate::Approve, &[]);
    let signed = approval(&set, "Ann", None);
    assert!(!evaluate(&set, &Circle::of(&set, "w", None, now()), &[given(&signed)]).met, "nobody vouches for that key");
}

#[test]
fn dsl10_only_gates_known_at_planning_hold_the_start() {
    let (a, b) = (unit("prod/net/a", Lifecycle::PaaS, Gate::Auto), unit("prod/net/b", Lifecycle::PaaS, Gate::Strong));
    let side = Side::default();
    let waiting = UnitDraft { action: UnitAction::Deferred, plan: None, ..draft(&b, update()) };
    let set = assemble(frame(&side), vec![draft(&a, update()), waiting]).change_set.unwrap();
    let report = evaluate(&set, &Circle::of(&set, "w", Some(&people(&[])), now()), &[]);
    assert!(report.met && !report.units[&id("prod/net/b")].met);
}

#[test]
fn dsl9_a_draft_or_denied_change_set_is_never_met() {
    let mut set = gated(Gate::Auto, &[]);
    assert!(evaluate(&set, &Circle::of(&set, "w", None, now()), &[]).met);
    set.worktree = true;
    assert!(!evaluate(&set, &Circle::of(&set, "w", None, now()), &[]).met);
    set.worktree = false;
    let deny = crate::policy::PolicyFile {
        path: "policies/p.rego".to_owned(),
        text: "package main\ndeny contains \"no\" if true\n".to_owned(),
    };
    crate::policy::evaluate(&[deny], &crate::policy::input(&set)).put_into(&mut set);
    assert!(!evaluate(&set, &Circle::of(&set, "w", None, now()), &[]).met);
}

#[test]
fn dsl7_a_removal_needs_consent_to_exactly_what_is_planned() {
    let unit = unit("prod/net/vpc", Lifecycle::PaaS, Gate::Auto);
    let side = Side::default();
    let removal = UnitDraft { action: UnitAction::Destroy, removal: true, ..draft(&unit, update()) };
    let set = assemble(frame(&side), vec![removal]).change_set.unwrap();
    let consent = |digest| RemovalConsent { unit: unit.id.clone(), unit_digest: digest };
    assert_eq!(missing_consents(&set, &[]), [&unit.id]);
    assert_eq!(missing_consents(&set, &[consent(xcf_core::digest::sha256(b"x"))]), [&unit.id]);
    assert!(missing_consents(&set, &[consent(set.units[0].unit_digest.clone())]).is_empty());
}

/// Tries every assignment of people to places.
fn brute(needs: &[(Option<usize>, u32)], candidates: &[BTreeSet<usize>], two_roles: bool) -> bool {
    fn go(
        slots: &[Option<usize>],
        used: &mut Vec<bool>,
        roles: &mut Vec<usize>,
        people: &[BTreeSet<usize>],
        two: bool,
    ) -> bool {
        let Some((slot, rest)) = slots.split_first() else {
            return !two || roles.iter().collect::<BTreeSet<_>>().len() >= 2;
        };
        for (index, held) in people.iter().enumerate() {
            if used[index] {
                continue;
            }
            for role in held.iter().filter(|r| slot.is_none_or(|s| s == **r)) {
                used[index] = true;
                roles.push(*role);
                if go(rest, used, roles, people, two) {
                    return true;
                }
                roles.pop();
                used[index] = false;
            }
        }
        false
    }
    let slots: Vec<Option<usize>> = needs.iter().flat_map(|(r, n)| vec![*r; *n as usize]).collect();
    go(&slots, &mut vec![false; candidates.len()], &mut Vec::new(), candidates, two_roles)
}

proptest! {
    #[test]
    fn dsl10_matching_agrees_with_trying_everything(
        counts in prop::collection::btree_map(0_usize..3, 1_u32..3, 0..3),
        held in prop::collection::vec(prop::collection::btree_set(0_usize..4, 0..3), 0..5),
        strong in any::<bool>(),
    ) {
        let mut set = gated(if strong { Gate::Strong } else { Gate::Approve }, &[]);
        let role = |r: usize| format!("r{r}");
        let mut needs = Needs::default();
        for (r, n) in &counts {
            needs.add(Role::new(role(*r)), *n, None);
        }
        set.units[0].gate.needs = needs.finish(strong);
        let plain: Vec<(Option<usize>, u32)> = set.units[0].gate.needs.iter()
            .map(|n| (n.role.as_ref().map(|r| r.as_str()[1..].parse().unwrap()), n.count)).collect();
        let names: Vec<String> = (0..held.len()).map(|i| format!("P{i}")).collect();
        let roles: Vec<Vec<String>> = held.iter().map(|h| h.iter().map(|r| role(*r)).collect()).collect();
        let spec = PeopleSpec { people: names.iter().zip(&roles).map(|(n, r)| Person {
            name: n.clone(), emails: vec![], roles: r.clone(), keys: vec![format!("ed25519:{n}")],
        }).collect() };
        let all: Vec<Approval> = names.iter().map(|n| approval(&set, n, None)).collect();
        let result = check(&set, &spec, &all);
        prop_assert_eq!(result.met, brute(&plain, &held, strong), "{:?} {:?}", plain, held);
        prop_assert_eq!(result.met, result.missing.is_empty());
        let distinct: BTreeSet<_> = result.filled.iter().map(|f| &f.person).collect();
        prop_assert_eq!(distinct.len(), result.filled.len());
        let unsatisfiable = !unsatisfiable(&set, &Circle::of(&set, "w", Some(&spec), now())).is_empty();
        prop_assert_eq!(unsatisfiable, !result.met, "everybody has approved");
    }
}

#[test]
fn dsl10_a_unit_is_judged_by_its_newest_digest() {
    let everybody = people(&[("Ann", &["dba"])]);
    let set = gated(Gate::Approve, &[]);
    let yes = approval(&set, "Ann", None);
    let circle = Circle::of(&set, "w", Some(&everybody), now());
    assert!(evaluate_unit(&set.units[0], &circle, &[given(&yes)]).met);
    let again = ChangeUnit { unit_digest: xcf_core::digest::sha256(b"planned again"), ..set.units[0].clone() };
    assert!(!evaluate_unit(&again, &circle, &[given(&yes)]).met);
}

#[test]
fn r6_9_a_rule_about_cost_counts_above_its_bound_or_where_the_cost_is_not_known() {
    let bound = rule(json!({"cost": {"above": 50, "currency": "USD"}}), json!([{"role": "finance"}]), false);
    let sheet = |text: &str| {
        let tree = crate::testkit::Files::new().with(crate::cost::PRICES, text).tree();
        crate::cost::prices(&tree).unwrap()
    };
    let prices = |price: &str| {
        sheet(&format!("version: a\ncurrency: USD\nprices: {{terraform_data: [{{monthly: {price}, per: input}}]}}\n"))
    };
    let unit = crate::assemble::samples::unit("prod/net/vpc", Lifecycle::Foundation, Gate::Approve);
    let mut plan = crate::assemble::samples::update();
    plan.changes[0].before = json!({"input": 1});
    plan.changes[0].after = json!({"input": 2});
    let asks = |head: &Side, base: Option<&Side>| {
        let mut frame = crate::assemble::samples::frame(head);
        frame.base_side = base;
        let draft = crate::assemble::samples::draft(&unit, plan.clone());
        let made = crate::assemble::change_unit(draft, &frame, false);
        made.gate.needs.iter().any(|need| need.role.as_ref().is_some_and(|r| r.as_str() == "finance"))
    };
    let side = |prices| Side { rules: vec![bound.clone()], prices, ..Side::default() };
    assert!(asks(&side(prices("51")), None));
    assert!(!asks(&side(prices("50")), None), "not above it");
    assert!(asks(&side(None), None), "no prices: unknown");
    assert!(asks(&side(sheet("version: a\ncurrency: EUR\nprices: {terraform_data: [{monthly: 0}]}\n")), None));
    // Base's rule is judged by base's prices: a change can't make itself cheap.
    assert!(asks(&side(prices("1")), Some(&side(prices("51")))));
    assert!(!asks(&side(prices("1")), Some(&side(prices("2")))));
}
