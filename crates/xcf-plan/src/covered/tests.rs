use super::*;
use crate::assemble::samples::{change, plan};
use proptest::prelude::*;
use serde_json::json;

fn create(after: Value) -> ResourceChange {
    change("a.b", Action::Create, Value::Null, after)
}

fn none() -> BTreeSet<String> {
    BTreeSet::new()
}

fn made(address: &str) -> BTreeSet<String> {
    BTreeSet::from([address.to_owned()])
}

fn object() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<i16>().prop_map(Value::from), "[a-z]{1,4}".prop_map(Value::from)];
    let list = prop::collection::vec(leaf.clone(), 1..3).prop_map(Value::from);
    prop::collection::btree_map("[a-e]", prop_oneof![leaf, list], 1..5)
        .prop_map(|m| Value::Object(m.into_iter().collect()))
}

prop_compose! {
    fn any_plan()(parts in prop::collection::vec(("[a-c]\\.[a-z]", prop::sample::select(vec![Action::Create, Action::Update, Action::Replace, Action::Delete]), object(), object()), 1..5)) -> UnitPlan {
        plan(parts.into_iter().map(|(address, action, before, after)| change(&address, action, before, after)).collect())
    }
}

proptest! {
    #[test]
    fn d6_every_plan_refines_and_covers_itself_in_any_order(original in any_plan(), shift in 0_usize..5) {
        let mut same = original.clone();
        let shift = shift % same.changes.len();
        same.changes.rotate_left(shift);
        prop_assert_eq!(refinement(&original, &same), vec![]);
        prop_assert_eq!(uncovered(&original, &same, &none()), vec![]);
    }

    #[test]
    fn d6_what_is_already_real_may_be_missing(original in any_plan(), pick in any::<prop::sample::Index>()) {
        let mut less = original.clone();
        less.changes.remove(pick.index(original.changes.len()));
        prop_assert_eq!(uncovered(&original, &less, &none()), vec![]);
        prop_assert!(!refinement(&original, &less).is_empty());
    }

    #[test]
    fn d6_unknown_may_become_known_and_nothing_else_may_change(after in object(), value in any::<i16>()) {
        let mut approved = create(after.clone());
        approved.unknown = vec!["/u".to_owned()];
        let mut full = after.clone();
        full["u"] = json!({"deep": value});
        prop_assert_eq!(refinement(&plan(vec![approved.clone()]), &plan(vec![create(full.clone())])), vec![]);
        let key = after.as_object().unwrap().keys().next().unwrap().clone();
        for edit in [json!("CHANGED"), json!(["x", "y", "z", "w"])] {
            let mut other = full.clone();
            other[&key] = edit;
            prop_assert!(!refinement(&plan(vec![approved.clone()]), &plan(vec![create(other.clone())])).is_empty());
            prop_assert!(!uncovered(&plan(vec![approved.clone()]), &plan(vec![create(other)]), &none()).is_empty());
        }
        let mut extra = full.clone();
        extra["new"] = json!(1);
        prop_assert!(!refinement(&plan(vec![approved]), &plan(vec![create(extra)])).is_empty());
    }

    #[test]
    fn d6_an_action_or_address_that_was_not_approved_asks(original in any_plan(), address in "[x-z]{3}") {
        for action in Action::ALL {
            let mut more = original.clone();
            more.changes.push(change(&address, *action, json!({"a": 1}), json!({"a": 2})));
            prop_assert!(!refinement(&original, &more).is_empty());
            prop_assert!(!uncovered(&original, &more, &none()).is_empty());
        }
    }
}

#[test]
fn d6_known_must_not_become_unknown() {
    let mut new = create(json!({"a": 1}));
    new.unknown = vec!["/b".to_owned()];
    let approved = plan(vec![create(json!({"a": 1, "b": 2}))]);
    assert!(!refinement(&approved, &plan(vec![new.clone()])).is_empty());
    assert!(!uncovered(&approved, &plan(vec![new]), &none()).is_empty());
}

#[test]
fn d6_half_made_objects_of_this_run_may_be_started_over() {
    let approved = plan(vec![create(json!({"a": 1}))]);
    let replace = |after: Value| plan(vec![change("a.b", Action::Replace, json!({"a": 0}), after)]);
    assert!(uncovered(&approved, &replace(json!({"a": 1})), &made("a.b")).is_empty());
    assert!(!uncovered(&approved, &replace(json!({"a": 1})), &none()).is_empty(), "not made by this run");
    assert!(!uncovered(&approved, &replace(json!({"a": 2})), &made("a.b")).is_empty(), "other values");
    let delete = plan(vec![change("a.b", Action::Delete, json!({"a": 1}), Value::Null)]);
    assert!(uncovered(&approved, &delete, &made("a.b")).is_empty());
    assert!(!uncovered(&approved, &delete, &none()).is_empty());
}

#[test]
fn d6_after_the_first_half_of_a_replace_the_rest_is_covered_but_a_second_delete_is_not() {
    let approved = plan(vec![change("a.b", Action::Replace, json!({"a": 0}), json!({"a": 1}))]);
    assert!(uncovered(&approved, &plan(vec![create(json!({"a": 1}))]), &none()).is_empty());
    let delete = plan(vec![change("a.b", Action::Delete, json!({"a": 0}), Value::Null)]);
    assert!(!uncovered(&approved, &delete, &none()).is_empty());
    let create_approved = plan(vec![create(json!({"a": 1}))]);
    assert!(!uncovered(&create_approved, &approved, &none()).is_empty(), "a create does not allow a replace");
}

#[test]
fn d6_partly_applied_update_is_covered() {
    let approved =
        plan(vec![change("a.b", Action::Update, json!({"x": 1, "y": 1, "z": 0}), json!({"x": 2, "y": 2, "z": 0}))]);
    let rest = |y: i32| {
        plan(vec![change("a.b", Action::Update, json!({"x": 2, "y": 1, "w": 5}), json!({"x": 2, "y": y, "w": 5}))])
    };
    assert!(uncovered(&approved, &rest(2), &none()).is_empty());
    assert!(!uncovered(&approved, &rest(3), &none()).is_empty());
    assert!(!refinement(&approved, &rest(2)).is_empty(), "before any attempt it is another plan");
}

#[test]
fn d6_sensitive_values_are_compared_by_their_marks() {
    let with = |mark: &str| {
        let mut c = change("a.b", Action::Update, json!({"p": "<secret>"}), json!({"p": "<secret>"}));
        c.sensitive = vec!["/p".to_owned()];
        c.sensitive_marks.insert("/p".to_owned(), [Some("old".to_owned()), Some(mark.to_owned())]);
        plan(vec![c])
    };
    for found in [refinement(&with("m1"), &with("m1")), uncovered(&with("m1"), &with("m1"), &none())] {
        assert_eq!(found, vec![]);
    }
    for found in [refinement(&with("m1"), &with("m2")), uncovered(&with("m1"), &with("m2"), &none())] {
        assert_eq!(found.len(), 1);
        assert!(found[0].what.contains("sensitive"));
    }
}

#[test]
fn d6_outputs_may_become_known_but_not_appear() {
    let with = |outputs: Vec<(&str, Value, bool)>| {
        let mut made = plan(vec![]);
        let one = |(name, after, unknown): (&str, Value, bool)| OutputChange {
            name: name.to_owned(),
            before: Value::Null,
            after,
            unknown,
            sensitive: false,
            sensitive_mark: None,
        };
        made.outputs = outputs.into_iter().map(one).collect();
        made
    };
    let approved = with(vec![("id", Value::Null, true), ("n", json!(1), false)]);
    assert_eq!(refinement(&approved, &with(vec![("id", json!("x"), false), ("n", json!(1), false)])), vec![]);
    for new in [
        vec![("id", json!("x"), false)],
        vec![("n", json!(2), false)],
        vec![("n", json!(1), false), ("m", json!(1), false)],
    ] {
        assert!(!refinement(&approved, &with(new)).is_empty());
    }
    assert_eq!(uncovered(&approved, &with(vec![("n", json!(1), false)]), &none()), vec![]);
}

#[test]
fn d6_another_engine_never_fits() {
    let approved = plan(vec![]);
    let mut new = approved.clone();
    new.engine = xcf_core::route::Engine::Opentofu;
    assert!(!refinement(&approved, &new).is_empty() && !uncovered(&approved, &new, &none()).is_empty());
}

#[test]
fn d6_an_object_this_run_made_and_did_not_finish_may_be_made_anew_and_nothing_else() {
    let approved = plan(vec![create(json!({"x": 1})), change("c.d", Action::Update, json!({"y": 1}), json!({"y": 2}))]);
    let tainted = |address: &str, reason: &str| ResourceChange {
        replace_reasons: vec![reason.to_owned()],
        ..change(address, Action::Replace, json!({"x": 1, "id": "i"}), json!({"x": 1}))
    };
    let again = plan(vec![tainted("a.b", "replace_because_tainted")]);
    let ours = made_here(&approved, &again);
    assert_eq!((ours.clone(), uncovered(&approved, &again, &ours)), (made("a.b"), vec![]));
    // As Terraform tells it: only what is known again after it is listed, and nothing else may change.
    let unknown = vec!["/id".to_owned()];
    let first = ResourceChange { unknown: unknown.clone(), ..create(json!({"x": 1})) };
    let bare = ResourceChange {
        unknown,
        replace_reasons: vec!["replace_because_tainted".to_owned()],
        ..change("a.b", Action::Replace, json!({"id": "i"}), json!({}))
    };
    let (first, bare) = (plan(vec![first]), plan(vec![bare]));
    assert_eq!(uncovered(&first, &bare, &made_here(&first, &bare)), vec![]);
    // Replaced for another reason, something that was there before, or something never approved: not ours to replace.
    for other in
        [tainted("a.b", "/x"), tainted("c.d", "replace_because_tainted"), tainted("e.f", "replace_because_tainted")]
    {
        let other = plan(vec![other]);
        let ours = made_here(&approved, &other);
        assert!(ours.is_empty() && !uncovered(&approved, &other, &ours).is_empty(), "{other:?}");
    }
}
