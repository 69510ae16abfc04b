use super::*;
use crate::assemble::samples::{change, change_unit, id, plan};
use proptest::prelude::*;
use xcf_core::route::{Gate, Lifecycle};

fn digest_of(plan: &UnitPlan) -> Digest {
    plan_digest(&id("prod/net/vpc"), Engine::Terraform, plan)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::from),
        "[a-z]{0,6}".prop_map(Value::from),
        any::<bool>().prop_map(Value::from)
    ]
}

fn object() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![scalar(), prop::collection::vec(scalar(), 0..3).prop_map(Value::from)];
    prop::collection::btree_map("[a-d]", leaf, 1..4).prop_map(|map| Value::Object(map.into_iter().collect()))
}

prop_compose! {
    fn any_change()(
        address in "[a-c]\\.[a-z]{1,3}",
        action in prop::sample::select(Action::ALL.to_vec()),
        before in object(),
        after in object(),
        unknown in prop::collection::vec("/[e-f]", 0..2),
        mark in prop::option::of("[0-9a-f]{4}"),
    ) -> ResourceChange {
        let mut made = change(&address, action, before, after);
        made.unknown = unknown;
        made.sensitive_marks.extend(mark.map(|m| ("/s".to_owned(), [None, Some(m)])));
        made
    }
}

fn any_plan() -> impl Strategy<Value = UnitPlan> {
    prop::collection::vec(any_change(), 1..5).prop_map(plan)
}

proptest! {
    #[test]
    fn d6_digest_ignores_order_versions_serials_and_drift(original in any_plan(), seed in any::<u64>()) {
        let mut other = original.clone();
        let shift = usize::try_from(seed % 5).unwrap() % other.changes.len();
        other.changes.rotate_left(shift);
        other.changes.iter_mut().for_each(|c| { c.unknown.reverse(); c.replace_reasons.reverse(); });
        other.engine_version = "9.9".to_owned();
        other.state_serial = None;
        other.components.insert("provider".to_owned(), "1".to_owned());
        other.drift = other.changes.clone();
        prop_assert_eq!(digest_of(&original), digest_of(&other));
    }

    #[test]
    fn d6_digest_ignores_attributes_that_stay(before in object(), after in object(), same in scalar()) {
        let with = |extra: Option<&Value>| {
            let (mut b, mut a) = (before.clone(), after.clone());
            for side in [&mut b, &mut a] {
                side["stays"] = extra.cloned().unwrap_or(json!(0));
            }
            digest_of(&plan(vec![change("a.b", Action::Update, b, a)]))
        };
        prop_assert_eq!(with(None), with(Some(&same)));
    }

    #[test]
    fn d6_digest_sees_every_change_of_a_changed_attribute(original in any_plan(), pick in any::<prop::sample::Index>(), value in "[A-Z]{3}") {
        let index = pick.index(original.changes.len());
        let changed = |edit: &dyn Fn(&mut ResourceChange)| {
            let mut other = original.clone();
            edit(&mut other.changes[index]);
            digest_of(&other)
        };
        let was = digest_of(&original);
        // Upper case never occurs in generated values, so each edit really differs.
        let new = || json!(value.as_str());
        prop_assert_ne!(&was, &changed(&|c| c.after["z"] = new()));
        prop_assert_ne!(&was, &changed(&|c| c.before["z"] = new()));
        prop_assert_ne!(&was, &changed(&|c| c.address = value.clone()));
        prop_assert_ne!(&was, &changed(&|c| c.resource_type = value.clone()));
        prop_assert_ne!(&was, &changed(&|c| c.unknown.push(format!("/{value}"))));
        prop_assert_ne!(&was, &changed(&|c| c.replace_reasons.push(value.clone())));
        prop_assert_ne!(&was, &changed(&|c| c.previous_address = Some(value.clone())));
        prop_assert_ne!(&was, &changed(&|c| { c.sensitive_marks.insert("/s".to_owned(), [None, Some(value.clone())]); }));
        let other_action = |c: &mut ResourceChange| c.action = *Action::ALL.iter().find(|a| **a != c.action).unwrap();
        prop_assert_ne!(&was, &changed(&other_action));
    }

    #[test]
    fn d6_root_depends_on_every_unit_and_on_no_order(names in prop::collection::btree_set("[a-z]{1,6}", 1..9), pick in any::<prop::sample::Index>()) {
        let leaves: Vec<(UnitId, Digest)> =
            names.iter().map(|n| (id(&format!("prod/c/{n}")), digest::sha256(n.as_bytes()))).collect();
        let root = |leaves: &[(UnitId, Digest)]| change_set_digest(leaves.iter().map(|(id, d)| (id, d)));
        let mut reversed = leaves.clone();
        reversed.reverse();
        prop_assert_eq!(root(&leaves), root(&reversed));
        let mut other = leaves.clone();
        let index = pick.index(other.len());
        other[index].1 = digest::sha256(b"something else");
        prop_assert_ne!(root(&leaves), root(&other));
        let mut fewer = leaves.clone();
        fewer.remove(index);
        prop_assert_ne!(root(&leaves), root(&fewer));
    }
}

#[test]
fn d6_sensitive_values_never_reach_the_digest() {
    let with = |secret: &str, mark: &str| {
        let mut c = change("a.b", Action::Update, json!({"p": "old"}), json!({"p": secret}));
        c.sensitive = vec!["/p".to_owned()];
        c.sensitive_marks.insert("/p".to_owned(), [Some("m0".to_owned()), Some(mark.to_owned())]);
        digest_of(&plan(vec![c]))
    };
    assert_eq!(with("one", "m1"), with("two", "m1"), "only the keyed mark counts");
    let mut unmarked = change("a.b", Action::Update, json!({"p": "old"}), json!({"p": "new"}));
    unmarked.sensitive = vec!["/p".to_owned()];
    let (before, after) = changed_attributes(&unmarked);
    assert_ne!(before, after, "a changed secret without a mark is still a change");
    assert!(!after.to_string().contains("new"));
    assert_ne!(with("one", "m1"), with("one", "m2"));
}

#[test]
fn d6_unit_digest_ignores_commit_route_and_gate_but_not_the_kind_of_step() {
    let unit = change_unit(Lifecycle::PaaS, Gate::Approve);
    let was = unit_digest(&unit);
    assert_eq!(was, unit.unit_digest);
    let changed = |edit: &dyn Fn(&mut ChangeUnit)| {
        let mut other = unit.clone();
        edit(&mut other);
        unit_digest(&other)
    };
    assert_eq!(was, changed(&|u| u.commit = "c9".into()));
    assert_eq!(was, changed(&|u| u.inputs_digest = digest::sha256(b"other")));
    assert_eq!(was, changed(&|u| u.gate.level = Gate::Strong));
    assert_ne!(was, changed(&|u| u.action = UnitAction::Destroy));
    assert_ne!(was, changed(&|u| u.moved_from = Some(id("prod/old/vpc"))));
    assert_ne!(was, changed(&|u| u.plan = None));
    assert_ne!(was, changed(&|u| u.engine = Engine::Opentofu));
    assert_ne!(was, changed(&|u| u.id = id("prod/net/other")));
}

#[test]
fn d6_outputs_count() {
    let output = |after: Value, mark: Option<&str>| {
        let mut made = plan(vec![]);
        made.outputs = vec![OutputChange {
            name: "id".to_owned(),
            before: Value::Null,
            after,
            unknown: false,
            sensitive: mark.is_some(),
            sensitive_mark: mark.map(|m| [None, Some(m.to_owned())]),
        }];
        digest_of(&made)
    };
    assert_ne!(output(json!("a"), None), output(json!("b"), None));
    assert_eq!(output(json!("a"), Some("m")), output(json!("b"), Some("m")));
    assert_ne!(output(json!("a"), Some("m")), output(json!("a"), Some("n")));
}
