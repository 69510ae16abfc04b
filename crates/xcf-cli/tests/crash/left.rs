//! What an attempt left behind, a rename carried along, or a move of the whole home put elsewhere: nothing is forgotten, nothing
//! is done twice, and what was approved is not asked for again.

use crate::world::World;
use crate::{real, scripted};
use serde_json::Value;
use std::collections::BTreeMap;

const BASE: &str =
    "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: base\nspec:\n  lifecycle: Foundation\n";

fn base(rest: &str) -> String {
    format!("{BASE}{rest}")
}

fn plan(world: &World, code: i32) -> Value {
    let said = world.xcf(&["-o", "json", "plan", "--env", "dev"]).exits(code).out;
    serde_json::from_str(&said).unwrap()
}

fn unit<'a>(planned: &'a Value, id: &str) -> &'a Value {
    planned["changeSets"][0]["units"].as_array().unwrap().iter().find(|u| u["id"] == id).unwrap()
}

/// The ChangeSet lists the unit as one that can't be told, a diagnostic says what may be there, and nothing is destroyed.
fn is_listed(planned: &Value, id: &str) {
    assert!(unit(planned, id)["action"].as_str().unwrap().eq_ignore_ascii_case("unresolved"), "{planned:#}");
    assert!(!planned.to_string().to_lowercase().contains("\"destroy\""), "{planned:#}");
    let told = planned["diagnostics"].as_array().unwrap().iter().find(|d| d["code"] == "left-behind").unwrap();
    let message = told["message"].as_str().unwrap();
    assert!(message.contains(id) && message.contains("R-1") && message.contains("scripted_thing.this"), "{message}");
}

#[test]
fn dsl7_a_unit_begun_and_never_applied_is_not_forgotten_when_its_text_goes() {
    let world = scripted();
    world.plan();
    world.mode("apply-half");
    world.xcf(&["apply", "CS-1"]).exits(1);
    world.xcf(&["cancel", "CS-1", "--reason", "not like this"]).exits(0);
    if world.status()["changeSet"]["status"] != "Cancelled" {
        // The process that was asked may have ended before the run did.
        world.xcf(&["resume", "CS-1"]);
    }
    assert_eq!(world.status()["changeSet"]["status"], "Cancelled");
    world.mode("none");
    let whole = std::fs::read_to_string(world.dir().join("compositions/base.yaml")).unwrap();
    world.write("compositions/base.yaml", &base("  modules:\n    - {name: right, ref: modules/thing}\n"));
    world.commit();
    is_listed(&plan(&world, 2), "dev/base/left");
    is_listed(&plan(&world, 2), "dev/base/left");
    let graph = world.json(&["graph"]);
    let shown = graph["units"].as_array().unwrap().iter().find(|u| u["id"] == "dev/base/left").unwrap();
    assert_eq!(shown["standing"], "unresolved", "{shown:#}");
    // A file that can't be read: the same, and what depends on it waits.
    world.write("compositions/base.yaml", "kind: [\n");
    world.commit();
    let broken = world.xcf(&["-o", "json", "plan", "--env", "dev"]);
    assert!(broken.out.contains("left-behind") && !broken.out.to_lowercase().contains("\"destroy\""), "{broken:?}");
    assert_eq!(world.lines("destroyed"), BTreeMap::new());
    // Its text is back: what was made is found, recorded, and not made again.
    world.write("compositions/base.yaml", &whole);
    world.commit();
    let planned = plan(&world, 2);
    let id = planned["changeSets"][0]["id"].as_str().unwrap();
    world.xcf(&["apply", id]).exits(0);
    let once = ["dev/base/left", "dev/base/right", "dev/top/app"].map(|u| (u.to_owned(), 1));
    assert_eq!(world.lines("lines"), BTreeMap::from(once));
    assert_eq!(world.xcf(&["output", "dev/base/left", "made"]).exits(0).out.trim(), "dev/base/left");
    plan(&world, 0);
}

#[test]
fn dsl7_a_renamed_unit_is_removed_under_its_present_name() {
    let world = scripted();
    world.plan();
    world.xcf(&["apply", "CS-1"]).exits(0);
    let renamed = "  moved:\n    - {from: base/left, to: west}\n  modules:\n    - {name: west, ref: modules/thing}\n    - {name: right, ref: modules/thing}\n";
    world.write("compositions/base.yaml", &base(renamed));
    world.commit();
    let planned = plan(&world, 2);
    world.xcf(&["apply", planned["changeSets"][0]["id"].as_str().unwrap()]).exits(0);
    assert_eq!(world.resources("dev/base/west"), ["scripted_thing.this"]);
    // Never applied under its present name: the commit it was re-keyed at knows it.
    world.write("compositions/base.yaml", &base("  modules:\n    - {name: right, ref: modules/thing}\n"));
    world.commit();
    let planned = plan(&world, 2);
    let west = unit(&planned, "dev/base/west");
    assert!(west["action"].as_str().unwrap().eq_ignore_ascii_case("destroy"), "{planned:#}");
    let id = planned["changeSets"][0]["id"].as_str().unwrap();
    // Alone, a strong gate asks twice.
    world.xcf(&["approve", id, "--reason", "it is not needed"]).exits(0);
    world.xcf(&["approve", id, "--reason", "really"]).exits(0);
    world.xcf(&["apply", id, "--allow-destroy", "dev/base/west"]).exits(0);
    assert_eq!(world.lines("destroyed"), BTreeMap::from([("dev/base/west".to_owned(), 1)]));
    assert_eq!(world.resources("dev/base/west"), Vec::<String>::new());
    assert_eq!(world.resources("dev/base/right"), ["scripted_thing.this"]);
    plan(&world, 0);
}

fn terraform() -> bool {
    let there = crate::world::terraform().is_some();
    if !there {
        println!("skipped: terraform is needed on PATH or in XCF_TOOLS");
    }
    there
}

/// The saved plan names the state of the home it was made in.
#[test]
fn d6_a_plan_made_where_the_state_was_is_made_again_where_it_is() {
    if !terraform() {
        return;
    }
    let before = real();
    before.plan();
    let moved = before.copy();
    moved.xcf(&["apply", "CS-1"]).exits(0);
    assert_eq!(moved.resources("dev/base/left"), ["terraform_data.this"]);
    let old = before.home.path().join(".local/state/xcloudflow");
    assert!(walk(&old).iter().all(|f| !f.ends_with("terraform.tfstate")), "nothing is written where the state was");
    assert_eq!(moved.lines("lines").values().copied().collect::<Vec<_>>(), [1, 1]);
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(walk(&entry.path())),
            false => found.push(entry.path().to_string_lossy().into_owned()),
        }
    }
    found
}

/// One resource is made, the other only half: the approval covers the rest, though the half-made one is to be made anew.
#[test]
fn d6_a_unit_that_failed_half_way_needs_no_new_approval_to_be_retried() {
    if !terraform() {
        return;
    }
    let module = "resource \"terraform_data\" \"first\" {\n  input = 1\n}\n\nresource \"terraform_data\" \"second\" {\n  input = terraform_data.first.input\n\n  provisioner \"local-exec\" {\n    command = \"test -e $HOME/engine/ok\"\n  }\n}\n";
    let matrix = "apiVersion: xcloudflow.io/v1alpha1\nkind: DecisionMatrix\nmetadata:\n  name: crash\nspec:\n  rows:\n    - name: asked\n      match: {environment: dev}\n      approval: approve\n      backup: none\n";
    let environment = "apiVersion: xcloudflow.io/v1alpha1\nkind: Environment\nmetadata:\n  name: dev\nspec:\n  compositions:\n    - ref: compositions/base\n";
    let world = World::new(
        &[
            ("policies/matrix.yaml", matrix),
            ("envs/dev.yaml", environment),
            ("compositions/base.yaml", &base("  modules:\n    - {name: left, ref: modules/thing}\n")),
            ("modules/thing/main.tf", module),
        ],
        false,
    );
    world.plan();
    world.xcf(&["apply", "CS-1"]).exits(4);
    world.xcf(&["approve", "CS-1", "--reason", "looked at it"]).exits(0);
    world.xcf(&["resume", "CS-1"]).exits(1);
    std::fs::write(world.engine().join("ok"), "").unwrap();
    let again = world.xcf(&["resume", "CS-1", "--retry", "dev/base/left"]);
    assert_eq!(again.code, Some(0), "{again:?} {:#}", world.status());
}
