//! Prices (issue 4, point 6; `R4.3`).

use super::*;
use crate::testkit::Files;
use serde_json::json;
use xcf_core::plan::Fidelity;

const SHEET: &str = "version: '2026-11'\ncurrency: USD\nprices:\n  db:\n    - {when: {class: small}, monthly: 10.5}\n    - {when: {class: large}, monthly: 42}\n    - {monthly: 0.1, per: gigabytes}\n  free: [{monthly: 0}]\n";

fn sheet() -> PriceSheet {
    prices(&Files::new().with(PRICES, SHEET).tree()).unwrap().unwrap()
}

fn change(kind: &str, action: Action, before: Value, after: Value) -> ResourceChange {
    ResourceChange {
        address: format!("{kind}.one"),
        resource_type: kind.into(),
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

fn costs(changes: Vec<ResourceChange>) -> Cost {
    let plan = crate::assemble::samples::plan(changes);
    estimate(Some(&plan), true, [Some(&sheet()), None]).unwrap()
}

fn one(change: ResourceChange) -> Option<i64> {
    costs(vec![change]).monthly_cents
}

#[test]
fn r4_3_a_plan_costs_what_it_adds_and_takes_away() {
    let large = json!({"class": "large", "gigabytes": 100});
    assert_eq!(one(change("db", Action::Create, Value::Null, large.clone())), Some(5_200));
    assert_eq!(one(change("db", Action::Delete, large.clone(), Value::Null)), Some(-5_200));
    let small = json!({"class": "small", "gigabytes": 100});
    assert_eq!(one(change("db", Action::Replace, large.clone(), small)), Some(-3_150));
    // A plan tells changed attributes only.
    assert_eq!(one(change("db", Action::Update, json!({"gigabytes": 100}), json!({"gigabytes": 150}))), Some(500));
    assert_eq!(one(change("db", Action::Update, json!({"tags": 1}), json!({"tags": 2}))), Some(0));
    assert_eq!(one(change("unheard-of", Action::Import, Value::Null, json!({}))), Some(0));
    let both = costs(vec![
        change("db", Action::Create, Value::Null, large),
        change("free", Action::Create, Value::Null, json!({})),
    ]);
    assert_eq!((both.to_string().as_str(), both.unpriced.len()), ("+52.00 USD a month", 0));
}

#[test]
fn r4_3_what_has_no_price_is_unknown_never_free() {
    let unheard = costs(vec![change("unheard-of", Action::Create, Value::Null, json!({}))]);
    assert_eq!((unheard.monthly_cents, unheard.unpriced), (None, vec!["unheard-of.one".to_owned()]));
    let huge = json!({"class": "huge", "gigabytes": 1});
    assert_eq!(one(change("db", Action::Create, Value::Null, huge)), None, "no line is about this class");
    assert_eq!(one(change("db", Action::Create, Value::Null, json!({"class": "small"}))), None, "of how much?");
    let whole = json!({"class": "small", "gigabytes": 1});
    let mut later = change("db", Action::Create, Value::Null, whole.clone());
    later.unknown = vec!["/gigabytes".into()];
    assert_eq!(one(later), None, "known after apply");
    let mut masked = change("db", Action::Create, Value::Null, whole.clone());
    masked.sensitive = vec!["/class".into()];
    assert_eq!(one(masked), None, "a masked value is not looked at");
    assert_eq!(one(change("db", Action::Update, json!({"class": "small"}), json!({"class": "huge"}))), None);
    assert_eq!(estimate(None, true, [Some(&sheet()), None]).unwrap().monthly_cents, None, "no plan");
    let plan = crate::assemble::samples::plan(vec![change("db", Action::Create, Value::Null, whole)]);
    assert_eq!(estimate(Some(&plan), false, [Some(&sheet()), None]).unwrap().monthly_cents, None, "it may grow");
    assert_eq!(estimate(Some(&plan), true, [None, None]), None, "no prices at all");
}

#[test]
fn r6_9_nobody_makes_their_own_change_cheap() {
    let plan = crate::assemble::samples::plan(vec![change(
        "db",
        Action::Create,
        Value::Null,
        json!({"class": "small", "gigabytes": 0}),
    )]);
    let (base, mut head) = (sheet(), sheet());
    head.prices.get_mut("db").unwrap()[0].monthly = 0.01;
    let judged = |head: &PriceSheet| estimate(Some(&plan), true, [Some(head), Some(&base)]).unwrap().monthly_cents;
    assert_eq!(judged(&head), Some(1_050));
    head.prices.remove("db");
    assert_eq!(judged(&head), None);
    let euros = PriceSheet { currency: "EUR".into(), ..sheet() };
    assert_eq!(judged(&euros), None);
}

#[test]
fn r4_3_a_sheet_that_can_t_be_used_says_where() {
    let of = |text: &str| prices(&Files::new().with(PRICES, text).tree()).unwrap_err();
    assert_eq!(prices(&Files::new().tree()).unwrap(), None);
    let wrong = of(&SHEET.replace("monthly: 42", "monthly: much"));
    assert_eq!(
        (wrong.code.as_str(), wrong.place.file.as_str(), wrong.place.line),
        ("bad-prices", PRICES, 6),
        "{wrong:?}"
    );
    assert_eq!(of(&SHEET.replace("USD", "dollars")).code, "bad-prices");
    assert_eq!(of(&SHEET.replace("10.5", ".nan")).code, "bad-prices");
    assert_eq!(of(&SHEET.replace("monthly: 42", "monthyl: 42")).code, "bad-prices");
}

#[test]
fn r4_3_totals_are_known_only_if_all_of_them_are() {
    let known = |cents| Cost { monthly_cents: Some(cents), currency: "USD".into(), unpriced: Vec::new() };
    assert_eq!(total([]), None);
    assert_eq!(total([&known(5), &known(-7)]).unwrap().to_string(), "-0.02 USD a month");
    let unknown = Cost { monthly_cents: None, ..known(0) };
    assert_eq!(total([&known(5), &unknown]).unwrap().monthly_cents, None);
    assert_eq!(known(0).to_string(), "no difference");
}
