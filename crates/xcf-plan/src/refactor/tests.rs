//! Renames and moves over generated workspaces: the graph is the same under new ids, nothing is created or destroyed,
//! undo restores every byte (dsl §2).

use super::{Refactor, RefactorError, Refactored, refactor};
use crate::pending::tests::applied;
use crate::pending::{Ask, pending};
use crate::removed::{Fate, judge};
use crate::testkit::Files;
use crate::workspace::tests::{clean, config, doc, id, sample};
use crate::workspace::{Workspace, load};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use xcf_core::ports::tree::Tree;

fn attempt(files: &Files, what: &Refactor) -> Result<(Files, Workspace, Refactored), RefactorError> {
    let tree: Arc<dyn Tree> = Arc::new(files.tree());
    let model = load(tree.as_ref());
    let done = refactor(&model, &tree, what)?;
    let mut after = files.clone();
    for file in &done.files {
        after = match &file.after {
            Some(text) => after.with(&file.file, text),
            None => after.without(&file.file),
        };
    }
    let workspace = load(&after.tree());
    Ok((after, workspace, done))
}

/// What must hold after any rename or move.
fn same_infrastructure(files: &Files, after: &Files, head: &Workspace, done: &Refactored) {
    let records = applied(files);
    let base = load(&files.tree());
    let set = pending(head, &after.tree(), &records, &Ask::default(), &|_| None);
    for unit in set.units.values().flatten() {
        assert!(unit.only_moved, "{}: {:?}\n{}", unit.id, unit.why, shown(after));
        assert!(done.effects.moved.iter().any(|(_, to)| *to == unit.id));
    }
    assert_eq!(set.units.values().flatten().count(), done.effects.moved.len());
    assert!(set.held.is_empty() && set.diagnostics.iter().all(|d| !d.is_error()), "{:?}", set.diagnostics);
    let has_state = |id: &xcf_core::ids::UnitId| records.contains_key(id);
    for old in records.keys() {
        let fate = judge(old, Some(&base), head, &has_state);
        let expected = done.effects.moved.iter().find(|(from, _)| from == old);
        match (fate, expected) {
            (Fate::Present, None) => {}
            (Fate::Moved { to }, Some((_, new))) if to == *new => {}
            (other, _) => panic!("{old}: {other:?}\n{}", shown(after)),
        }
    }
}

fn undo_restores(files: &Files, done: &Refactored) {
    let all: BTreeMap<String, String> = files.paths().into_iter().map(|p| (p.clone(), files.text(&p))).collect();
    let mut texts = all.clone();
    done.patch.apply(&mut texts).unwrap();
    for file in &done.files {
        assert_eq!(texts.get(&file.file), file.after.as_ref());
    }
    done.patch.invert().apply(&mut texts).unwrap();
    assert_eq!(texts, all);
}

fn shown(files: &Files) -> String {
    let documents = files.paths().into_iter().filter(|p| p.ends_with(".yaml") && !p.starts_with("modules/"));
    documents.map(|p| format!("### {p}\n{}", files.text(&p))).collect()
}

fn rename(composition: &str, module: &str, to: &str) -> Refactor {
    Refactor::RenameModule { composition: composition.into(), module: module.into(), to: to.into() }
}

#[test]
fn dsl2_a_renamed_module_takes_everything_along() {
    let files = sample().replace(
        "compositions/ops.yaml",
        "          from: app\n",
        "          from: app # who\n          module: app\n",
    );
    let files = files.replace(
        "envs/dev.yaml",
        "    - ref: compositions/app\n",
        "    - ref: compositions/app\n      modules:\n        # bigger\n        app: {inputs: {size: 9}}\n",
    );
    let (after, head, done) = attempt(&files, &rename("app", "app", "web")).unwrap();
    clean(&head);
    assert_eq!(
        after.text("compositions/app.yaml"),
        files.text("compositions/app.yaml").replace("        size: 3\n", "        size: 3\n      name: web\n")
            + "  moved:\n    - from: app/app\n      to: web\n"
    );
    assert!(after.text("compositions/ops.yaml").contains("from: app # who\n          module: web\n"));
    assert!(after.text("envs/dev.yaml").contains("        # bigger\n        web: {inputs: {size: 9}}\n"));
    assert_eq!(done.target, "app/web");
    assert_eq!(done.effects.moved, [(id("dev/app/app"), id("dev/app/web")), (id("prod/app/app"), id("prod/app/web"))]);
    same_infrastructure(&files, &after, &head, &done);
    undo_restores(&files, &done);
    let (back, head, done) = attempt(&after, &rename("app", "web", "app")).unwrap();
    clean(&head);
    assert!(
        back.text("compositions/app.yaml").contains("moved:\n    - from: app/web\n      to: app\n"),
        "{}",
        shown(&back)
    );
    same_infrastructure(&after, &back, &head, &done);
}

#[test]
fn dsl2_a_renamed_composition_and_its_file() {
    let files = sample();
    let what = Refactor::RenameComposition {
        composition: "db".into(),
        to: "data".into(),
        file: Some("compositions/paas/data.yaml".into()),
    };
    let (after, head, done) = attempt(&files, &what).unwrap();
    clean(&head);
    assert!(after.text("compositions/db.yaml").is_empty());
    assert!(after.text("compositions/app.yaml").contains("- ref: compositions/paas/data\n"), "no extension, as before");
    assert!(after.text("envs/dev.yaml").contains("- ref: compositions/paas/data.yaml\n"), "with extension, as before");
    same_infrastructure(&files, &after, &head, &done);
    undo_restores(&files, &done);
    for (to, file, code) in [
        ("app", None, "refactor-name-taken"),
        ("No Name", None, "refactor-bad-name"),
        ("x", Some("../x.yaml"), "refactor-bad-name"),
        ("x", Some("compositions/app.yaml"), "refactor-name-taken"),
    ] {
        let what =
            Refactor::RenameComposition { composition: "db".into(), to: to.into(), file: file.map(str::to_owned) };
        assert_eq!(attempt(&files, &what).unwrap_err().code(), code);
    }
}

#[test]
fn dsl2_a_renamed_environment_is_followed_by_policies() {
    let files = sample()
        .replace("compositions/ops.yaml", "          from: app\n", "          from: app\n          environment: dev\n")
        .replace("envs/prod.yaml", "  protection:\n", "  after: [dev]\n  protection:\n")
        .with(
            "policies/m.yaml",
            doc(
                "DecisionMatrix",
                "m",
                "  rows:\n    - name: r\n      match: {environment: [dev, prod]}\n      drift: alert\n",
            ),
        );
    let (after, head, done) =
        attempt(&files, &Refactor::RenameEnvironment { environment: "dev".into(), to: "test".into() }).unwrap();
    clean(&head);
    assert!(after.text("policies/m.yaml").contains("{environment: [test, prod]}"));
    assert!(after.text("envs/prod.yaml").contains("after: [test]"));
    assert!(after.text("compositions/ops.yaml").contains("environment: test"));
    assert!(after.text("envs/dev.yaml").contains("  moved:\n    - from: dev\n"));
    assert_eq!(done.effects.moved.len(), 4);
    same_infrastructure(&files, &after, &head, &done);
    undo_restores(&files, &done);
}

#[test]
fn dsl2_a_module_moves_to_another_composition() {
    let lone = sample();
    let spare = "          output: id\n    - ref: modules/db\n      name: spare\n      inputs: {size: 4}\n";
    let files = lone
        .replace("compositions/db.yaml", "    - ref: modules/db\n", "    # the database\n    - ref: modules/db\n")
        .replace("compositions/db.yaml", "          output: id\n", spare);
    let what = Refactor::MoveModule { composition: "db".into(), module: "db".into(), to: "net".into(), index: None };
    let (after, head, done) = attempt(&files, &what).unwrap();
    clean(&head);
    assert!(
        after.text("compositions/net.yaml").contains("        size: 1\n    # the database\n    - ref: modules/db\n"),
        "{}",
        shown(&after)
    );
    assert!(after.text("compositions/net.yaml").ends_with("  moved:\n    - from: db/db\n      to: db\n"));
    assert!(
        after
            .text("compositions/net.yaml")
            .contains("          from: net\n          output: id\n          module: net\n"),
        "{}",
        shown(&after)
    );
    assert!(
        after
            .text("compositions/db.yaml")
            .ends_with("  modules:\n    - ref: modules/db\n      name: spare\n      inputs: {size: 4}\n")
    );
    assert_eq!(done.effects.order_lost.len(), 2, "app waited for db through `dependencies`: {:?}", done.effects);
    assert_eq!(done.effects.routes_changed.len(), 2, "net is Foundation, db was PaaS");
    same_infrastructure(&files, &after, &head, &done);
    undo_restores(&files, &done);
    let refused = attempt(&lone, &what).unwrap_err();
    assert_eq!(refused.code(), "refactor-changes", "app depends on db, of which nothing would be left: {refused}");
    let only_dev = files.replace("envs/prod.yaml", "    - ref: compositions/net\n", "");
    assert_eq!(attempt(&only_dev, &what).unwrap_err().code(), "refactor-assembly");
    let broken = files.with("compositions/odd.yaml", "kind: [");
    assert_eq!(attempt(&broken, &what).unwrap_err().code(), "refactor-unreadable");
}

#[test]
fn dsl2_copies_have_no_past_and_deletions_leave_the_rest() {
    let files = sample();
    let what = Refactor::DuplicateModule { composition: "net".into(), module: "net".into(), name: "net-b".into() };
    let (after, head, done) = attempt(&files, &what).unwrap();
    clean(&head);
    assert!(after.text("compositions/net.yaml").ends_with("    - ref: modules/net\n      inputs:\n        size: 1\n    - ref: modules/net\n      inputs:\n        size: 1\n      name: net-b\n"));
    assert!(
        after.text("compositions/db.yaml").contains("output: id\n          module: net\n"),
        "the reference says which"
    );
    assert!(head.unit(&id("dev/net/net-b")).unwrap().moved_from.is_empty());
    undo_restores(&files, &done);
    let what = Refactor::DeleteModule { composition: "net".into(), module: "net".into() };
    let (_, head, done) = attempt(&after, &what).unwrap();
    assert!(head.unit(&id("dev/net/net")).is_none() && head.unit(&id("dev/net/net-b")).is_some());
    assert!(
        done.effects.errors.iter().any(|d| d.code == "unknown-module" && d.place.file == "compositions/db.yaml"),
        "what dangles is told: {:?}",
        done.effects.errors
    );
    undo_restores(&after, &done);
}

/// A workspace by seed: Compositions with wires written in every way, overrides, comments, both styles.
pub(crate) fn workspace(seed: u64) -> (Files, Vec<(String, Vec<String>)>) {
    let mut state = seed;
    let mut roll = move |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % n.max(1)
    };
    let variables: String =
        ["a", "b", "c"].iter().map(|v| format!("variable \"{v}\" {{\n  type = any\n  default = null\n}}\n")).collect();
    let mut files = Files::new().with(".xcf.yaml", config("  branch: main\n")).with(
        "modules/m/main.tf",
        format!("{variables}output \"id\" {{\n  value = \"x\"\n}}\noutput \"ids\" {{\n  value = [\"x\"]\n}}\n"),
    );
    let mut known: Vec<(String, Vec<String>)> = Vec::new();
    for c in 0..2 + roll(2) {
        let name = format!("comp{c}");
        let modules: Vec<String> = (0..1 + roll(2 + c % 2)).map(|m| format!("mod{c}{m}")).collect();
        let mut spec = "  lifecycle: PaaS\n  modules:\n".to_owned();
        for (m, module) in modules.iter().enumerate() {
            if roll(3) == 0 {
                let _ = writeln!(spec, "    # about {module}");
            }
            let _ = writeln!(
                spec,
                "    - ref: modules/m\n      name: {}",
                if roll(2) == 0 { module.clone() } else { format!("\"{module}\"") }
            );
            let mut inputs = String::new();
            for input in ["a", "b"].iter().take(roll(3)) {
                let own = m > 0 && roll(2) == 0;
                let reference = if own {
                    Some((String::new(), modules[roll(m)].clone(), true))
                } else if !known.is_empty() {
                    let (from, theirs) = &known[roll(known.len())];
                    let lone = theirs.len() == 1 && roll(2) == 0;
                    let from = if roll(3) == 0 { format!("compositions/{from}") } else { from.clone() };
                    Some((format!("from: {from}"), theirs[roll(theirs.len())].clone(), !lone))
                } else {
                    None
                };
                match reference {
                    Some((from, module, says)) => {
                        let mut parts: Vec<String> = vec!["output: id".to_owned()];
                        parts.extend((!from.is_empty()).then_some(from));
                        parts.extend(says.then(|| format!("module: {module}")));
                        let _ = match roll(3) {
                            0 => writeln!(inputs, "        {input}: {{{}}} # wired", parts.join(", ")),
                            1 => writeln!(inputs, "        {input}: [1, {{{}}}]", parts.join(", ")),
                            _ => writeln!(
                                inputs,
                                "        {input}:\n          # why\n          {}",
                                parts.join("\n          ")
                            ),
                        };
                    }
                    None => {
                        let _ = writeln!(inputs, "        {input}: 'v{m}'");
                    }
                }
            }
            if !inputs.is_empty() {
                let _ = write!(spec, "      inputs:\n{inputs}");
            }
        }
        if c > 0 && roll(3) == 0 {
            let _ = write!(spec, "  dependencies:\n    - ref: compositions/comp{} # order\n", roll(c));
        }
        if roll(4) == 0 {
            let _ = write!(spec, "  moved:\n    - {{from: old/{name}, to: {}}}\n", modules[0]);
        }
        files = files.with(&format!("compositions/{name}.yaml"), doc("Composition", &name, &spec));
        known.push((name, modules));
    }
    for environment in ["dev", "prod"] {
        let mut spec = "  compositions:\n".to_owned();
        for (name, modules) in &known {
            let extension = if roll(3) == 0 { ".yaml" } else { "" };
            let _ = writeln!(spec, "    - ref: compositions/{name}{extension} # {name}");
            if roll(4) == 0 {
                let _ = write!(spec, "      inputs:\n        c: {environment}\n");
            }
            if roll(3) == 0 {
                let module = &modules[roll(modules.len())];
                let _ = write!(spec, "      modules:\n        {module}:\n          inputs:\n            b: over\n");
            }
        }
        files = files.with(&format!("envs/{environment}.yaml"), doc("Environment", environment, &spec));
    }
    (files, known)
}

/// A thousand workspaces; refusals must have a code and are not counted.
fn thousand(kind: &str, what: impl Fn(usize, &[(String, Vec<String>)]) -> Refactor) {
    let config = Config { cases: 1_000, max_global_rejects: 20_000, failure_persistence: None, ..Config::default() };
    let (done, refused) = (std::cell::Cell::new(0), std::cell::RefCell::new(BTreeMap::<&str, u32>::new()));
    let result = TestRunner::new(config).run(&(any::<u64>(), 0_usize..1_000), |(seed, pick)| {
        let (files, known) = workspace(seed);
        let act = what(pick, &known);
        match attempt(&files, &act) {
            Ok((after, head, outcome)) => {
                prop_assert!(!head.has_errors(), "{act:?} {:?}\n{}", head.diagnostics, shown(&after));
                same_infrastructure(&files, &after, &head, &outcome);
                undo_restores(&files, &outcome);
                let comments = |f: &Files| {
                    f.paths()
                        .iter()
                        .map(|p| f.text(p).matches(" # ").count() + f.text(p).matches("# about").count())
                        .sum::<usize>()
                };
                prop_assert_eq!(
                    comments(&files),
                    comments(&after),
                    "comments stay\n{}\n>>>>\n{}",
                    shown(&files),
                    shown(&after)
                );
                done.set(done.get() + 1);
                Ok(())
            }
            // The end of order by `dependencies` is no refusal; what is left are names and wires that can't be kept.
            Err(
                error @ (RefactorError::Assembly { .. }
                | RefactorError::Order { .. }
                | RefactorError::Taken { .. }
                | RefactorError::Changes { .. }),
            ) => {
                *refused.borrow_mut().entry(error.code()).or_default() += 1;
                if let RefactorError::Changes { why } = &error {
                    prop_assert!(
                        !why.contains("destroyed") && !why.contains("created"),
                        "{act:?} {why}\n{}",
                        shown(&files)
                    );
                }
                Err(TestCaseError::reject(error.code()))
            }
            Err(error) => Err(TestCaseError::fail(format!("{error}\n{act:?}\n{}", shown(&files)))),
        }
    });
    println!("{kind}: {} done, refused {:?}", done.get(), refused.borrow());
    if let Err(error) = result {
        panic!("{kind}: {error}");
    }
}

fn pick_module(pick: usize, known: &[(String, Vec<String>)]) -> (String, String) {
    let (composition, modules) = &known[pick % known.len()];
    (composition.clone(), modules[pick / 7 % modules.len()].clone())
}

#[test]
fn dsl2_thousand_renamed_modules() {
    thousand("rename module", |pick, known| {
        let (composition, module) = pick_module(pick, known);
        Refactor::RenameModule { composition, module, to: "renamed".into() }
    });
}

#[test]
fn dsl2_thousand_renamed_compositions() {
    thousand("rename composition", |pick, known| {
        let (composition, _) = pick_module(pick, known);
        let file = pick.is_multiple_of(2).then(|| "compositions/deep/renamed.yaml".to_owned());
        Refactor::RenameComposition { composition, to: "renamed".into(), file }
    });
}

#[test]
fn dsl2_thousand_moved_modules() {
    thousand("move module", |pick, known| {
        let (composition, module) = pick_module(pick, known);
        let others: Vec<&String> = known.iter().map(|(n, _)| n).filter(|n| **n != composition).collect();
        let to = others[pick / 3 % others.len()].clone();
        Refactor::MoveModule { composition, module, to, index: pick.is_multiple_of(3).then_some(0) }
    });
}
