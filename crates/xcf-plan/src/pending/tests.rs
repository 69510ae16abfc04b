//! What is pending (dsl §7) and where records stand after moves (dsl §2).

use super::{AppliedRecord, Ask, PendingSet, Records, Why, digests, pending, standings, touched};
use crate::testkit::Files;
use crate::workspace::tests::sample;
use crate::workspace::{Workspace, load};
use std::collections::BTreeMap;
use xcf_core::ids::UnitId;
use xcf_core::ports::tree::Tree;

fn id(text: &str) -> UnitId {
    text.parse().unwrap()
}

fn no_version(_: &str) -> Option<String> {
    None
}

/// Records as if every unit had been applied, in order, each output with digest `d`.
pub(crate) fn applied(files: &Files) -> Records {
    let tree = files.tree();
    let w = load(&tree);
    let mut records = Records::new();
    // Each round applies what its upstream's outputs allow; four layers need four rounds.
    for _ in 0..5 {
        let (standing, _) = standings(&w, &records);
        let fresh = digests(&w, &tree, &standing, &no_version);
        let applied = w.units.iter().zip(fresh).map(|(u, d)| (u.id.clone(), record(d.inputs))).collect();
        if std::mem::replace(&mut records, applied) == records {
            break;
        }
    }
    records
}

fn record(inputs_digest: xcf_core::ids::Digest) -> AppliedRecord {
    AppliedRecord {
        inputs_digest,
        commit: "c0".into(),
        output_digests: ["id", "ids", "done"].iter().map(|o| ((*o).to_owned(), "d".to_owned())).collect(),
        rekeyed: None,
        attempted: None,
        dirty: false,
        expired: false,
    }
}

fn look(files: &Files, records: &Records, ask: &Ask) -> PendingSet {
    let tree = files.tree();
    pending(&load(&tree), &tree, records, ask, &no_version)
}

fn names(set: &PendingSet) -> Vec<String> {
    set.units.values().flatten().map(|p| format!("{}{}", p.id, if p.maybe { "?" } else { "" })).collect()
}

#[test]
fn dsl7_never_applied_is_pending_and_applied_unchanged_is_not() {
    let fresh = look(&sample(), &Records::new(), &Ask::default());
    assert_eq!(
        names(&fresh),
        [
            "dev/net/net",
            "dev/db/db",
            "dev/app/app",
            "dev/ops/motd",
            "prod/net/net",
            "prod/db/db",
            "prod/app/app",
            "prod/ops/motd"
        ],
        "dependencies first"
    );
    let db = &fresh.units[&"dev".into()][1];
    assert!(db.why.contains(&Why::NeverApplied));
    assert_eq!(db.missing, [(id("dev/net/net"), "id".to_owned())]);
    assert!(names(&look(&sample(), &applied(&sample()), &Ask::default())).is_empty());
}

#[test]
fn dsl7_a_changed_input_touches_its_unit_and_those_wired_to_it() {
    let records = applied(&sample());
    let changed = sample().replace("compositions/net.yaml", "size: 1", "size: 10");
    let set = look(&changed, &records, &Ask::default());
    assert_eq!(
        names(&set),
        ["dev/net/net", "dev/db/db?", "prod/net/net", "prod/db/db?"],
        "app only depends, it reads nothing"
    );
    let policies = sample().replace(
        "compositions/net.yaml",
        "      inputs:\n",
        "      policies:\n        approval: auto\n      inputs:\n",
    );
    assert!(names(&look(&policies, &records, &Ask::default())).is_empty(), "policies are no inputs");
    let content = sample().replace("modules/app/main.tf", "\"a\"", "\"c\"");
    assert_eq!(
        names(&look(&content, &records, &Ask::default())),
        ["dev/app/app", "dev/ops/motd?", "prod/app/app", "prod/ops/motd?"]
    );
    let hosts =
        sample().replace("envs/dev.yaml", "name: h2\n      address: 127.0.0.1", "name: h2\n      address: 127.0.0.9");
    assert_eq!(names(&look(&hosts, &records, &Ask::default())), ["dev/ops/motd"]);
    let pin = sample().replace(".xcf.yaml", "  branch: main\n", "  engines:\n    terraform:\n      version: 1.11.4\n");
    assert_eq!(look(&pin, &records, &Ask::default()).units[&"dev".into()].len(), 4, "three by the pin, one by wire");
}

#[test]
fn dsl7_applied_outputs_dirty_expired_all_and_selection() {
    let mut records = applied(&sample());
    records.get_mut(&id("dev/net/net")).unwrap().output_digests.insert("id".to_owned(), "other".to_owned());
    assert_eq!(
        names(&look(&sample(), &records, &Ask::default())),
        ["dev/db/db"],
        "its reference reads another value now"
    );
    let mut dirty = applied(&sample());
    dirty.get_mut(&id("prod/app/app")).unwrap().dirty = true;
    let set = look(&sample(), &dirty, &Ask::default());
    assert_eq!(names(&set), ["prod/app/app", "prod/ops/motd?"]);
    dirty.get_mut(&id("prod/app/app")).unwrap().expired = true;
    assert!(names(&look(&sample(), &dirty, &Ask::default())).is_empty(), "an expired unit waits for a change");
    let all = Ask { all: true, environments: vec!["dev".into()], ..Ask::default() };
    assert_eq!(look(&sample(), &applied(&sample()), &all).units.len(), 1);
    assert_eq!(names(&look(&sample(), &applied(&sample()), &all)).len(), 4);
    let one = Ask { units: vec![id("dev/net/net")], ..Ask::default() };
    assert_eq!(names(&look(&sample(), &Records::new(), &one)), ["dev/net/net"]);
}

#[test]
fn dsl7_base_narrows_to_what_the_change_touches() {
    let by_id = |files: &Files| -> BTreeMap<UnitId, xcf_core::ids::Digest> {
        let tree = files.tree();
        let w = load(&tree);
        let records = Records::new();
        let (standing, _) = standings(&w, &records);
        let found = digests(&w, &tree, &standing, &no_version);
        w.units.iter().map(|u| u.id.clone()).zip(found.into_iter().map(|d| d.inputs)).collect()
    };
    let head = sample().replace("compositions/app.yaml", "size: 3", "size: 4");
    let narrow = touched(&by_id(&sample()), &by_id(&head));
    assert_eq!(narrow.iter().map(ToString::to_string).collect::<Vec<_>>(), ["dev/app/app", "prod/app/app"]);
    let set = look(&head, &Records::new(), &Ask { touched: Some(narrow), ..Ask::default() });
    assert_eq!(names(&set), ["dev/app/app", "dev/ops/motd?", "prod/app/app", "prod/ops/motd?"]);
}

#[test]
fn dsl2_a_move_re_keys_and_changes_nothing_else() {
    let records = applied(&sample());
    let renamed = sample()
        .replace("compositions/net.yaml", "    - ref: modules/net\n", "    - ref: modules/net\n      name: vpc\n")
        .replace("compositions/net.yaml", "  modules:\n", "  moved:\n    - from: net/net\n      to: vpc\n  modules:\n");
    let set = look(&renamed, &records, &Ask::default());
    assert_eq!(names(&set), ["dev/net/vpc", "prod/net/vpc"]);
    let unit = &set.units[&"dev".into()][0];
    assert!(unit.only_moved && unit.moved_from == Some(id("dev/net/net")));
    let both: Records = records
        .iter()
        .map(|(i, r)| (i.clone(), r.clone()))
        .chain([(id("dev/net/vpc"), records[&id("dev/net/net")].clone())])
        .collect();
    let set = look(&renamed, &both, &Ask::default());
    assert!(set.diagnostics.iter().any(|d| d.code == "moved-conflict"));
    let tree = renamed.tree();
    let w = load(&tree);
    assert!(standings(&w, &both).0[w.position(&id("dev/net/vpc")).unwrap()].conflict.is_some());
    let unknown = look(&renamed, &Records::new(), &Ask::default());
    assert!(unknown.diagnostics.iter().any(|d| d.code == "moved-unknown" && !d.is_error()));
}

#[test]
fn issue3_renaming_every_unit_moves_all_and_creates_none() {
    let records = applied(&sample());
    let mut renamed = sample();
    for (file, module) in [("net", "net"), ("db", "db"), ("app", "app"), ("ops", "motd")] {
        let path = format!("compositions/{file}.yaml");
        let reference = if module == "motd" { "playbooks/motd\n".to_owned() } else { format!("modules/{module}\n") };
        renamed = renamed
            .replace(&path, &format!("name: {file}\n"), &format!("name: {file}-new\n"))
            .replace(
                &path,
                &format!("    - ref: {reference}"),
                &format!("    - ref: {reference}      name: {module}-new\n"),
            )
            .replace(
                &path,
                "  modules:\n",
                &format!("  moved:\n    - from: {file}/{module}\n      to: {module}-new\n  modules:\n"),
            );
    }
    let renamed = renamed.replace("compositions/db.yaml", "from: net\n", "from: net-new\n").replace(
        "compositions/ops.yaml",
        "from: app\n",
        "from: app-new\n",
    );
    let set = look(&renamed, &records, &Ask::default());
    assert!(set.units.values().flatten().all(|p| p.only_moved), "{:#?}", set.units);
    assert_eq!(set.units.values().flatten().count(), 8);
    let head = load(&renamed.tree());
    let base = load(&sample().tree());
    let lost = crate::removed::vanished(&records, &head, &|_| Some(&base));
    assert!(lost.iter().all(|v| matches!(v.fate, crate::removed::Fate::Moved { .. })), "{lost:#?}");
    assert_eq!(lost.len(), 8);
}

#[test]
fn dsl5_blocked_units_are_held_not_planned() {
    let broken = sample().replace("compositions/net.yaml", "size: 1", "sise: 1");
    let set = look(&broken, &Records::new(), &Ask::default());
    assert!(set.units.is_empty(), "everything depends on net");
    assert_eq!(set.held.len(), 8);
    assert!(set.held.iter().any(|(i, b)| i == &id("dev/db/db") && b.upstream == Some(id("dev/net/net"))));
}

#[test]
fn dsl7_secrets_count_by_reference_and_version_and_literals_are_not_references() {
    let secret = |text: &str| {
        sample().replace(
            "compositions/net.yaml",
            "        size: 1\n",
            &format!("        size: 1\n        zone: {text}\n"),
        )
    };
    let digest = |files: &Files, version: Option<&str>| {
        let tree = files.tree();
        let w: Workspace = load(&tree);
        let records = Records::new();
        let (standing, _) = standings(&w, &records);
        let version = version.map(str::to_owned);
        let all = digests(&w, &tree as &dyn Tree, &standing, &move |_: &str| version.clone());
        all[w.position(&id("dev/net/net")).unwrap()].inputs.clone()
    };
    let a = secret("{secret: \"vault:kv/net#zone\"}");
    assert_ne!(digest(&a, None), digest(&a, Some("2")));
    assert_ne!(digest(&a, None), digest(&secret("{secret: \"vault:kv/net#other\"}"), None));
    assert_eq!(digest(&secret("{literal: b}"), None), digest(&secret("b"), None));
    assert_ne!(digest(&secret("{literal: {secret: \"vault:kv/net#zone\"}}"), None), digest(&a, None));
}
