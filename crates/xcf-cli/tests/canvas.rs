//! Renaming, moving, copying and deleting on the canvas, one at a time and together (issue 4, point 1): over the API, as
//! every shell calls it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod kit;

use kit::Sample;
use kit::lab::Lab;
use serde_json::{Value, json};

const DB: &str = "compositions/data/orders-db.yaml";

fn module(composition: &str, name: &str) -> Value {
    json!({"composition": composition, "module": name})
}

#[track_caller]
fn act(lab: &Lab, act: Value) -> Value {
    lab.post("/api/author", json!({"act": act}))
}

#[track_caller]
fn refused(lab: &Lab, act: Value) -> (u16, String) {
    let (status, answer) = lab.ask("POST", "/api/author", &json!({"act": act, "dryRun": true}));
    (status, answer["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn i4_1_a_renamed_composition_takes_file_references_and_units_along() {
    let sample = Sample::new();
    let (before, env) = (sample.read(DB), sample.read("envs/prod.yaml"));
    let lab = Lab::open(&sample);
    let rename = json!({"op": "rename-composition", "composition": "orders-db", "to": "ledger-db"});
    let shown = lab.post("/api/author", json!({"act": rename, "dryRun": true}));
    assert_eq!(sample.read(DB), before, "only looked at");
    assert_eq!(shown["units"]["moved"][0], json!({"from": "dev/orders-db/database", "to": "dev/ledger-db/database"}));
    assert_eq!((&shown["units"]["removed"], &shown["units"]["added"]), (&json!([]), &json!([])));
    assert_eq!(act(&lab, rename)["target"], "ledger-db");
    assert!(!sample.dir.join(DB).exists());
    let text = sample.read("compositions/data/ledger-db.yaml");
    assert!(text.contains("name: ledger-db\n") && text.contains("from: orders-db/database"), "{text}");
    assert!(text.contains("# each environment says its own size"), "comments stay");
    assert!(sample.read("envs/prod.yaml").contains("- ref: compositions/data/ledger-db\n"));
    lab.post("/api/draft/undo", json!({}));
    assert_eq!((sample.read(DB), sample.read("envs/prod.yaml")), (before, env), "undo restores the exact bytes");
    assert!(!sample.dir.join("compositions/data/ledger-db.yaml").exists());
}

#[test]
fn i4_1_several_acts_are_one_step_and_all_or_none() {
    let sample = Sample::new();
    let before = sample.read(DB);
    let lab = Lab::open(&sample);
    let copy = json!({"op": "copy-module", "module": module("orders-db", "database"), "to": null, "name": null});
    let twice = json!({"op": "several", "acts": [copy, copy]});
    let made = act(&lab, twice);
    let added: Vec<&str> = made["units"]["added"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        added.contains(&"prod/orders-db/database-2") && added.contains(&"prod/orders-db/database-3"),
        "each has a name of its own: {added:?}"
    );
    lab.post("/api/draft/undo", json!({}));
    assert_eq!(sample.read(DB), before, "one step of undo for both");
    let gone = json!({"op": "delete-module", "module": module("orders-db", "nobody")});
    assert_eq!(refused(&lab, json!({"op": "several", "acts": [copy, gone]})), (404, "refactor-unknown".into()));
    assert_eq!(refused(&lab, json!({"op": "several", "acts": []})), (400, "canvas-count".into()));
    let nested = json!({"op": "several", "acts": [{"op": "several", "acts": [copy]}]});
    assert_eq!(refused(&lab, nested), (400, "nested-acts".into()));
    assert_eq!(sample.read(DB), before, "nothing of a refused row of acts is written");
}

#[test]
fn i4_1_a_deletion_says_which_units_become_removals_and_what_dangles() {
    let sample = Sample::new();
    let lab = Lab::open(&sample);
    let delete = json!({"op": "delete-composition", "composition": "network"});
    let shown = lab.post("/api/author", json!({"act": delete, "dryRun": true}));
    let removed = shown["units"]["removed"].as_array().unwrap();
    assert!(removed.contains(&json!("prod/network/network")) && removed.contains(&json!("dev/network/network")));
    let fresh = shown["fresh"].as_array().unwrap();
    assert!(
        fresh.iter().any(|d| d["file"] == DB && d["severity"] == "error"),
        "orders-db reads its subnets: {fresh:?}"
    );
    let files = shown["files"].as_array().unwrap();
    let goes = files.iter().find(|f| f["file"] == "compositions/foundation/network.yaml").unwrap();
    assert!(goes["oldText"].is_string() && goes["newText"].is_null());
}

const LAYOUT: &str = ".xcf/layout/graph.json";

#[test]
fn i4_1_places_are_kept_beside_the_documents_and_undone_with_the_rest() {
    let sample = Sample::new();
    let lab = Lab::open(&sample);
    let (_, empty) = lab.ask("GET", "/api/layout", &Value::Null);
    assert_eq!(empty, json!({"units": {}, "problem": null}));
    lab.post("/api/layout", json!({"place": {"prod/network/network": {"x": 12.6, "y": 40.0}}}));
    lab.post("/api/layout", json!({"place": {"prod/orders-db/database": {"x": 1, "y": 2}}}));
    let text = sample.read(LAYOUT);
    assert!(text.contains("    \"prod/network/network\": { \"x\": 13, \"y\": 40 },\n"), "{text}");
    let (_, both) = lab.ask("GET", "/api/layout", &Value::Null);
    assert_eq!(both["units"].as_object().unwrap().len(), 2);
    act(&lab, json!({"op": "rename-module", "module": module("network", "network"), "to": "net"}));
    assert!(sample.read(LAYOUT).contains("\"prod/network/net\": { \"x\": 13"), "its place goes along with its name");
    lab.post("/api/draft/undo", json!({}));
    assert_eq!(sample.read(LAYOUT).matches("prod/network/network").count(), 1);
    lab.post("/api/layout", json!({"release": ["prod/network/network"]}));
    assert!(!sample.read(LAYOUT).contains("network"));
    for _ in 0..3 {
        lab.post("/api/draft/undo", json!({}));
    }
    assert!(!sample.dir.join(LAYOUT).exists(), "the first move made it, its undo takes it away");
    std::fs::create_dir_all(sample.dir.join(".xcf/layout")).unwrap();
    std::fs::write(sample.dir.join(LAYOUT), "<<<<<<< ours\n").unwrap();
    let (_, broken) = lab.ask("GET", "/api/layout", &Value::Null);
    assert!(broken["problem"].as_str().unwrap().contains("graph.json:1"), "{broken}");
    let (status, answer) = lab.ask("POST", "/api/layout", &json!({"releaseAll": true}));
    assert_eq!((status, &answer["code"]), (409, &json!("bad-layout")));
    assert_eq!(sample.read(LAYOUT), "<<<<<<< ours\n", "never written over");
    let (status, _) = lab.ask("POST", "/api/layout", &json!({"place": {"nobody": {"x": 1, "y": 2}}}));
    assert_eq!(status, 400);
}

#[test]
fn i4_3_an_unsaved_text_and_its_changed_file_are_merged_by_nodes_and_conflicts_are_choices() {
    let sample = Sample::new();
    let base = sample.read(DB);
    let lab = Lab::open(&sample);
    let mine = base.replace("storage_gb: 20 ", "storage_gb: 40 ");
    std::fs::write(sample.dir.join(DB), base.replace("engine_version: \"15\"", "engine_version: \"16\"")).unwrap();
    let request = |text: &str| json!({"file": DB, "baseText": base, "text": text});
    let merged = lab.post("/api/merge", request(&mine));
    assert_eq!(merged["conflicts"], json!([]));
    assert_eq!(merged["text"], json!(mine.replace("engine_version: \"15\"", "engine_version: \"16\"")));
    assert_eq!(merged["diskText"], json!(sample.read(DB)), "nothing is written");
    let both = lab.post("/api/merge", request(&mine.replace("engine_version: \"15\"", "engine_version: \"14\"")));
    let conflict = &both["conflicts"][0];
    assert_eq!(
        (&conflict["kind"], &conflict["pointer"], &conflict["mine"], &conflict["theirs"]),
        (&json!("node"), &json!("/spec/modules/0/inputs/engine_version"), &json!("\"14\""), &json!("\"16\""))
    );
    assert!(
        both["text"].as_str().unwrap().contains("engine_version: \"16\""),
        "until somebody chooses, the file's side"
    );
    assert!(both["mine"].as_str().unwrap().contains("engine_version: \"14\""));
    assert!(["text", "mine"].iter().all(|side| both[side].as_str().unwrap().contains("storage_gb: 40 ")));
    let broken = lab.post("/api/merge", request("kind: ["));
    assert_eq!(broken["conflicts"][0]["kind"], "text");
    assert_eq!(broken["mine"], Value::Null);
    assert_eq!(lab.ask("POST", "/api/merge", &json!({"file": "../x", "baseText": "", "text": ""})).0, 400);
}
