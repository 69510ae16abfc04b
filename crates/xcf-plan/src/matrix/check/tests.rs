use super::*;
use crate::testkit::Files;
use crate::workspace::tests::{doc, sample, ws};

fn rows(text: &str) -> Files {
    sample().with("policies/matrix.yaml", doc("DecisionMatrix", "m", &format!("  rows:\n{text}")))
}

fn found(files: &Files) -> Vec<(RowFault, String, Vec<String>)> {
    let place = |(name, place): &(String, Place)| format!("{name} {place}");
    check(&ws(files)).iter().map(|f| (f.fault, f.field.clone(), f.rows.iter().map(place).collect())).collect()
}

#[test]
fn dsl4_a_tie_links_both_rows_and_counts_its_units() {
    let files = rows(
        "    - name: dev\n      match: {environment: dev}\n      approval: auto\n    - name: data\n      match: {lifecycle: PaaS}\n      approval: strong\n",
    );
    let both = vec!["dev policies/matrix.yaml:9:17".to_owned(), "data policies/matrix.yaml:12:17".to_owned()];
    assert_eq!(found(&files), [(RowFault::Tie, "approval".to_owned(), both)]);
    assert_eq!(check(&ws(&files))[0].units, 1, "dev/db/db");
}

#[test]
fn dsl4_an_overlap_is_a_tie_that_waits_for_a_unit() {
    let files = rows(
        "    - name: dev\n      match: {environment: dev}\n      drift: alert\n    - name: short\n      match: {lifecycle: Ephemeral}\n      drift: correct\n",
    );
    let all = found(&files);
    assert_eq!((all.len(), all[0].0, all[0].1.as_str()), (1, RowFault::Overlap, "drift"));
    let settled = files.replace("policies/matrix.yaml", "drift: correct", "drift: alert");
    assert!(found(&settled).is_empty(), "equal values are no overlap");
    let apart = files.replace("policies/matrix.yaml", "{lifecycle: Ephemeral}", "{environment: prod}");
    assert!(found(&apart).is_empty(), "no unit stands in two Environments");
    let keyed =
        files.replace("policies/matrix.yaml", "{lifecycle: Ephemeral}", "{lifecycle: Ephemeral, environment: dev}");
    assert!(found(&keyed).is_empty(), "the more specific row wins");
}

#[test]
fn dsl4_a_more_specific_row_may_settle_a_tie_for_every_unit() {
    let files = rows(
        "    - name: dev\n      match: {environment: dev}\n      approval: auto\n    - name: data\n      match: {lifecycle: PaaS}\n      approval: strong\n    - name: dev-data\n      match: {environment: dev, lifecycle: PaaS}\n      approval: approve\n",
    );
    assert_eq!(found(&files).iter().map(|f| f.0).collect::<Vec<_>>(), [RowFault::Overlap]);
    assert!(!ws(&files).diagnostics.iter().any(|d| d.code == "matrix-tie"));
}

#[test]
fn dsl4_gaps_reach_nothing() {
    let files = rows(
        "    - name: typo\n      match: {environment: prdo}\n      drift: alert\n    - name: night\n      match: {lifecycle: PaaS}\n      window: nights\n    - name: gitops\n      match: {lifecycle: Applications}\n      engines: [argocd, flux]\n",
    );
    let fields: Vec<String> = found(&files).into_iter().filter(|f| f.0 == RowFault::Gap).map(|f| f.1).collect();
    assert_eq!(fields, ["engines", "match.environment", "window"]);
}
