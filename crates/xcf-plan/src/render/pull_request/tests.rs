use super::*;
use crate::assemble::samples::{change, draft, frame, plan, unit, update};
use crate::assemble::{UnitDraft, assemble};
use crate::gates::Side;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};
use xcf_core::changeset::{Deferred, PolicyResult};
use xcf_core::diag::Place;
use xcf_core::route::{Gate, Lifecycle};

/// A ChangeSet of `units` units: of each, `deletes` deletes and one update with a text of other people in it.
fn change_set(units: usize, deletes: usize, denials: usize, words: &str) -> ChangeSet {
    let side = Side::default();
    let names: Vec<_> = (0..units)
        .map(|n| {
            unit(
                &format!("prod/app-{n}/web"),
                Lifecycle::Applications,
                if n % 3 == 0 { Gate::Strong } else { Gate::Auto },
            )
        })
        .collect();
    let drafts: Vec<UnitDraft<'_>> = names
        .iter()
        .enumerate()
        .map(|(n, unit)| {
            let mut changes: Vec<_> = (0..deletes)
                .map(|d| {
                    change(&format!("terraform_data.old{n}_{d}"), Action::Delete, json!({"input": words}), Value::Null)
                })
                .collect();
            let before = json!({"text": format!("one\n{words}\n"), "password": "hunter1", words: 1});
            let mut updated = change(
                "terraform_data.x",
                Action::Update,
                before,
                json!({"text": "two\n```\n", "password": "hunter2"}),
            );
            updated.sensitive = vec!["/password".to_owned()];
            changes.push(updated);
            draft(unit, plan(changes))
        })
        .collect();
    let mut set = assemble(frame(&side), drafts).change_set.unwrap();
    set.title = words.to_owned();
    set.policies = (0..denials)
        .map(|n| PolicyResult {
            rule: format!("guard/{n}"),
            outcome: PolicyOutcome::Deny,
            message: format!("{words} is not allowed"),
            unit: set.units.first().map(|u| u.id.clone()),
            place: Place::new("policies/guard.rego", 3, 1),
        })
        .collect();
    set
}

fn report(set: &ChangeSet, problems: Vec<String>) -> Report<'_> {
    let approvals = vec![
        ApprovalNeed { role: "network".to_owned(), given_by: None },
        ApprovalNeed { role: String::new(), given_by: Some("ada".to_owned()) },
    ];
    let changes = vec![Reviewed { change_set: set, status: "AwaitingApproval".to_owned(), approvals }];
    Report { marker: "<!-- xcloudflow:w-1 -->".to_owned(), commit: "c0ffee12".to_owned(), changes, problems }
}

/// What a Markdown parser makes of it: no HTML but our folds and the marker, every fold closed, every fence ended.
fn check_markdown(text: &str) {
    let (mut open, mut closed) = (0, 0);
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                for tag in html.split_inclusive('>').map(str::trim).filter(|t| t.contains('<')) {
                    let tag = tag.get(tag.find('<').unwrap()..).unwrap();
                    match tag {
                        "<details>" => open += 1,
                        "</details>" => closed += 1,
                        "<summary>" | "</summary>" | "<sub>" | "</sub>" | "<!-- xcloudflow:w-1 -->" => {}
                        other => panic!("foreign HTML {other:?} in\n{text}"),
                    }
                }
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("a link of other people in\n{text}"),
            Event::Text(words) => assert!(!words.contains("</details>"), "a fence swallowed a fold:\n{text}"),
            _ => {}
        }
    }
    assert_eq!(open, closed, "{text}");
    let fences = text.lines().filter(|l| l.trim_start().starts_with("```")).count();
    assert_eq!(fences % 2, 0, "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn m10_any_budget_keeps_totals_denials_and_destroys_and_stays_markdown(
        limit in prop_oneof![1_024_usize..4_096, 1_024_usize..70_000, 1_024_usize..1_048_577],
        units in 1_usize..40,
        deletes in 0_usize..6,
        denials in 0_usize..12,
        words in "[a-z@<>`*_#\\[\\]()!|~\\\\\" \n\u{e9}\u{7ec4}/:.-]{0,120}",
    ) {
        let set = change_set(units, deletes, denials, &words);
        let report = report(&set, vec![format!("dev: {words}")]);
        let text = pull_request(&report, limit);
        prop_assert!(text.len() <= limit, "{} > {limit}", text.len());
        check_markdown(&text);
        prop_assert!(!text.contains("hunter"));
        prop_assert!(text.starts_with("<!-- xcloudflow:w-1 -->\n"));
        let total = units * deletes;
        let counts = if total > 0 { format!("{units} to update, {total} to delete") } else { format!("{units} to update") };
        prop_assert!(text.contains(&counts), "{}", text);
        let denied = format!("{denials} denied");
        prop_assert!(text.contains(&denied) && text.contains("Cost: not configured") && text.contains("Approvals: 1 open"));
        if total > 0 {
            let heading = format!("### Destroyed or replaced ({total})");
            prop_assert!(text.contains(&heading), "{}", text);
        }
        if denials > 0 {
            let heading = format!("### Denied by policy ({denials})");
            prop_assert!(text.contains(&heading), "{}", text);
        }
        // Whatever is shown of less weight, nothing of more weight was left out for it.
        let left_out = |what: &str| text.lines().any(|l| l.starts_with("- … ") && l.ends_with(what));
        if left_out("denials") || left_out("destroyed or replaced") {
            prop_assert!(!text.contains("<details>"), "{}", text);
        }
        if left_out("denials") {
            prop_assert!(!text.contains("- **delete**"), "{}", text);
        }
    }

    #[test]
    fn m10_below_a_kilobyte_it_is_cut_and_never_longer(limit in 0_usize..1_024, units in 1_usize..20) {
        let set = change_set(units, 2, 1, "x");
        prop_assert!(pull_request(&report(&set, Vec::new()), limit).len() <= limit);
    }
}

#[test]
fn m10_with_room_everything_is_there_and_units_of_one_shape_are_told_once() {
    let set = change_set(9, 1, 1, "plain words");
    let text = pull_request(&report(&set, Vec::new()), 1 << 20);
    for n in 0..9 {
        assert!(text.contains(&format!("**delete** `terraform_data.old{n}_0` in `prod/app-{n}/web`")), "{text}");
    }
    assert!(text.contains("and 5 more alike") && text.contains("policies/guard.rego:3:1"), "{text}");
    assert!(text.contains("- prod: network – needed") && text.contains("- prod: any person – by ada"), "{text}");
    assert!(!text.contains("left out") && !text.contains("- … "), "{text}");
    assert_eq!(text, pull_request(&report(&set, Vec::new()), 1 << 20), "the same ChangeSet gives the same bytes");
    let denied = text.find("### Denied").unwrap();
    assert!(denied < text.find("### Destroyed").unwrap() && denied < text.find("<details>").unwrap());
}

#[test]
fn m10_the_check_says_what_is_awaited() {
    let set = change_set(2, 1, 1, "x");
    assert_eq!(check_line(&report(&set, Vec::new())), "2 to update, 2 to delete; 1 denied; 1 approvals needed");
    let side = Side::default();
    let calm = unit("prod/app/calm", Lifecycle::Applications, Gate::Auto);
    let calm = assemble(frame(&side), vec![draft(&calm, update())]).change_set.unwrap();
    let mut one = report(&calm, Vec::new());
    one.changes[0].approvals.clear();
    assert_eq!(check_line(&one), "1 to update");
    one.changes.clear();
    assert_eq!(check_line(&one), "Nothing to change");
    assert!(pull_request(&one, 65_536).contains("**Nothing to change.**"));
    one.problems.push("dev: broken".to_owned());
    assert_eq!(check_line(&one), "Could not be planned");
    let text = pull_request(&one, 65_536);
    assert!(text.contains("**Not planned.**") && text.contains("- dev: broken"), "no claim of \"nothing\": {text}");
}

#[test]
fn d6_what_is_not_known_yet_is_never_no_change() {
    let side = Side::default();
    let api = unit("prod/app/api", Lifecycle::Applications, Gate::Auto);
    let waits_for = vec!["prod/network/vpc".parse().unwrap()];
    let deferred = Some(Deferred { waits_for, reason: "needs its output".to_owned() });
    let waiting = UnitDraft { action: UnitAction::Deferred, plan: None, deferred, ..draft(&api, update()) };
    let set = assemble(frame(&side), vec![waiting]).change_set.unwrap();
    let report = report(&set, Vec::new());
    assert_eq!(check_line(&report), "1 known only after an upstream applies; 1 approvals needed");
    let text = pull_request(&report, 65_536);
    assert!(!text.contains("no resource changes") && text.contains("**1 known only after"), "{text}");
}
