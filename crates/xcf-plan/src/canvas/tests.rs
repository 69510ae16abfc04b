//! Acts together: one result, nothing half done, nothing lost that was not asked for (D2.1, dsl §7).

use super::{CanvasError, Drawn, Step, draw};
use crate::author::{Act, FileEdit};
use crate::refactor::Refactor;
use crate::refactor::tests::workspace;
use crate::testkit::Files;
use crate::workspace::tests::{clean, doc, id, sample};
use crate::workspace::{Workspace, load};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;
use xcf_core::ports::tree::Tree;

fn drawn(files: &Files, steps: &[Step]) -> Result<Drawn, CanvasError> {
    let tree: Arc<dyn Tree> = Arc::new(files.tree());
    draw(&load(tree.as_ref()), &tree, steps)
}

fn text<'a>(drawn: &'a Drawn, file: &str) -> Option<&'a str> {
    drawn.files.iter().find(|f| f.file == file).and_then(|f| f.after.as_deref())
}

fn delete(composition: &str, module: &str) -> Step {
    Step::Refactor(Refactor::DeleteModule { composition: composition.into(), module: module.into() })
}

fn copy(composition: &str, module: &str, to: &str, name: &str) -> Step {
    let (composition, module, to, name) = (composition.into(), module.into(), to.into(), name.into());
    Step::Refactor(Refactor::CopyModule { composition, module, to, name })
}

#[test]
fn d2_1_a_copy_in_another_composition_reads_what_the_module_reads() {
    let files = sample().replace(
        "compositions/db.yaml",
        "    - ref: modules/db\n",
        "    # the database\n    - ref: modules/db\n",
    );
    let made = drawn(&files, &[copy("db", "db", "app", "second")]).unwrap();
    clean(&made.after);
    assert!(
        text(&made, "compositions/app.yaml").unwrap().ends_with(
            "        size: 3\n    # the database\n    - ref: modules/db\n      inputs:\n        size: 2\n        zone:\n          from: net\n          output: id\n      name: second\n"
        ),
        "{}",
        text(&made, "compositions/app.yaml").unwrap()
    );
    assert!(
        text(&made, "compositions/ops.yaml")
            .unwrap()
            .contains("from: app\n          output: id\n          module: app\n"),
        "who read the only module of app says which from now on"
    );
    assert_eq!(made.target, "app/second");
    assert_eq!(made.units.added, [id("dev/app/second"), id("prod/app/second")]);
    assert!(made.units.removed.is_empty() && made.units.moved.is_empty());
}

#[test]
fn d2_1_many_acts_are_one_result_and_a_refused_one_leaves_none() {
    let files = sample();
    let rename =
        Step::Refactor(Refactor::RenameModule { composition: "app".into(), module: "app".into(), to: "web".into() });
    let to = Step::Refactor(Refactor::RenameComposition { composition: "app".into(), to: "shop".into(), file: None });
    let made = drawn(&files, &[rename.clone(), to, copy("shop", "web", "shop", "web-b")]).unwrap();
    clean(&made.after);
    let moved = |e: &str| (id(&format!("{e}/app/app")), id(&format!("{e}/shop/web")));
    assert_eq!(made.units.moved, [moved("dev"), moved("prod")]);
    assert!(made.units.removed.is_empty(), "renamed twice is still no removal");
    assert_eq!(made.units.added, [id("dev/shop/web-b"), id("prod/shop/web-b")]);
    assert_eq!(made.files.iter().filter(|f| f.file == "compositions/app.yaml").count(), 1, "one text per file");
    assert_eq!(
        made.files.iter().find(|f| f.file == "compositions/app.yaml").unwrap().before,
        Some(files.text("compositions/app.yaml"))
    );
    let refused = drawn(&files, &[rename, delete("app", "app")]).unwrap_err();
    assert_eq!(refused.code(), "refactor-unknown", "it has another name by then");
    assert_eq!(drawn(&files, &[]).unwrap_err().code(), "canvas-count");
}

#[test]
fn dsl7_a_deleted_composition_leaves_environments_and_orders_clean() {
    let files = sample().replace(
        "envs/dev.yaml",
        "    - ref: compositions/app\n",
        "    # the shop\n    - ref: compositions/app # web\n      inputs:\n        size: 9\n",
    );
    let steps = [delete("ops", "motd"), Step::Refactor(Refactor::DeleteComposition { composition: "app".into() })];
    let made = drawn(&files, &steps).unwrap();
    let gone = made.files.iter().find(|f| f.file == "compositions/app.yaml").unwrap();
    assert_eq!(
        *gone,
        FileEdit {
            file: "compositions/app.yaml".into(),
            before: Some(files.text("compositions/app.yaml")),
            after: None
        }
    );
    let dev = text(&made, "envs/dev.yaml").unwrap();
    assert!(!dev.contains("app") && !dev.contains("the shop") && dev.contains("- ref: compositions/ops\n"), "{dev}");
    let expected: BTreeSet<UnitId> =
        ["dev", "prod"].iter().flat_map(|e| [id(&format!("{e}/app/app")), id(&format!("{e}/ops/motd"))]).collect();
    assert_eq!(made.units.removed.iter().cloned().collect::<BTreeSet<_>>(), expected);
    // What still reads it is told, not touched.
    let made = drawn(&files, &steps[1..]).unwrap();
    assert!(text(&made, "compositions/ops.yaml").is_none());
    assert!(made.after.diagnostics.iter().any(|d| d.is_error() && d.place.file == "compositions/ops.yaml"));
}

#[test]
fn dsl7_one_document_of_several_goes_alone() {
    let two = format!(
        "{}---\n# kept\n{}",
        sample().text("compositions/net.yaml"),
        doc("Composition", "spare", "  lifecycle: IaaS\n  modules:\n    - ref: modules/net\n      inputs: {size: 1}\n")
    );
    let files = sample().with("compositions/net.yaml", &two);
    let made = drawn(&files, &[Step::Refactor(Refactor::DeleteComposition { composition: "spare".into() })]).unwrap();
    assert_eq!(
        text(&made, "compositions/net.yaml").unwrap().trim_end(),
        sample().text("compositions/net.yaml").trim_end()
    );
}

#[test]
fn d2_1_drawing_and_refactoring_mix() {
    let new = Act::NewEnvironment { name: "test".into(), compositions: vec!["net".into()] };
    let rename = Refactor::RenameEnvironment { environment: "test".into(), to: "stage".into() };
    let made = drawn(&sample(), &[Step::Author(new), Step::Refactor(rename)]).unwrap();
    assert_eq!(made.target, "stage");
    assert_eq!(made.units.added, [id("stage/net/net")]);
}

/// What a unit reads, and from where.
fn reads(unit: &Unit) -> BTreeSet<(String, String, UnitId)> {
    unit.references.iter().map(|r| (r.input.clone(), r.reference.output.to_string(), r.target.clone())).collect()
}

/// Everything that was there stays as it is.
fn rest_is_same(before: &Workspace, after: &Workspace) -> Result<(), TestCaseError> {
    for unit in &before.units {
        let new = after.unit(&unit.id).ok_or_else(|| TestCaseError::fail(format!("{} is gone", unit.id)))?;
        prop_assert_eq!(reads(unit), reads(new));
        prop_assert_eq!(unit.inputs.keys().collect::<Vec<_>>(), new.inputs.keys().collect::<Vec<_>>());
        prop_assert!(crate::refactor::same_route(unit, new));
    }
    Ok(())
}

#[test]
fn d2_1_a_thousand_copies_change_nothing_but_themselves() {
    let config = Config { cases: 1_000, max_global_rejects: 20_000, failure_persistence: None, ..Config::default() };
    let refused = std::cell::RefCell::new(BTreeMap::<&str, u32>::new());
    TestRunner::new(config)
        .run(&(any::<u64>(), 0_usize..1_000), |(seed, pick)| {
            let (files, known) = workspace(seed);
            let (from, modules) = &known[pick % known.len()];
            let module = &modules[pick / 7 % modules.len()];
            let (to, _) = &known[pick / 3 % known.len()];
            let before = load(&files.tree());
            let made = match drawn(&files, &[copy(from, module, to, "copied")]) {
                Ok(made) => made,
                // A circle: the copy would read its own neighbour's reader.
                Err(error) => {
                    *refused.borrow_mut().entry(error.code()).or_default() += 1;
                    return Err(TestCaseError::reject(error.code()));
                }
            };
            rest_is_same(&before, &made.after)?;
            prop_assert!(made.units.removed.is_empty() && made.units.moved.is_empty());
            let base =
                |unit: &Unit| unit.inputs.iter().all(|(_, s)| s.place.file == format!("compositions/{from}.yaml"));
            for unit in
                before.units.iter().filter(|u| u.id.composition.as_str() == from && u.id.module.as_str() == module)
            {
                let name = UnitId::new(unit.id.environment.clone(), to.as_str().into(), "copied".into());
                let Some(copied) = made.after.unit(&name) else {
                    return Err(TestCaseError::fail(format!("no {name}")));
                };
                if base(unit) && copied.inputs.iter().all(|(_, s)| s.place.file == format!("compositions/{to}.yaml")) {
                    prop_assert_eq!(reads(unit), reads(copied));
                }
            }
            Ok(())
        })
        .unwrap();
    println!("refused: {:?}", refused.borrow());
}
