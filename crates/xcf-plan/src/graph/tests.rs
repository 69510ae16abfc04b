//! Execution order inside a ChangeSet (dsl §5, D6).

use super::{Member, freeze};
use crate::testkit::Files;
use crate::workspace::tests::sample;
use crate::workspace::{Workspace, load};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::changeset::{FrozenEdge, FrozenEdgeKind};
use xcf_core::ids::UnitId;

fn id(text: &str) -> UnitId {
    text.parse().unwrap()
}
fn members(list: &[&str], destroy: &[&str]) -> Vec<Member> {
    let one = |destroy: bool| move |i: &&str| Member { id: id(i), destroy };
    list.iter().map(one(false)).chain(destroy.iter().map(one(true))).collect()
}
fn told(edges: &[FrozenEdge]) -> Vec<String> {
    let kind = |k: FrozenEdgeKind| match k {
        FrozenEdgeKind::Declared => "declared",
        FrozenEdgeKind::Wired => "wired",
        FrozenEdgeKind::Layer => "layer",
    };
    edges.iter().map(|e| format!("{} < {} {}", e.from, e.to, kind(e.kind))).collect()
}
fn ws(files: &Files) -> Workspace {
    load(&files.tree())
}

/// An order that keeps every edge, if there is one.
fn sorted(edges: &[FrozenEdge], all: &[Member]) -> Option<Vec<UnitId>> {
    let mut left: BTreeSet<&UnitId> = all.iter().map(|m| &m.id).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let next = *left.iter().find(|u| !edges.iter().any(|e| &e.to == **u && left.contains(&e.from)))?;
        left.remove(next);
        order.push(next.clone());
    }
    Some(order)
}

#[test]
fn dsl5_declared_wired_and_layer_edges_are_frozen() {
    let w = ws(&sample());
    let edges = freeze(&members(&["dev/net/net", "dev/db/db", "dev/app/app"], &[]), &w, None);
    assert_eq!(
        told(&edges),
        [
            "dev/db/db < dev/app/app declared",
            "dev/db/db < dev/app/app layer",
            "dev/net/net < dev/app/app layer",
            "dev/net/net < dev/db/db wired",
            "dev/net/net < dev/db/db layer"
        ]
    );
    let plain = ws(&sample().replace(".xcf.yaml", "  branch: main\n", "  order: dependencies\n"));
    let edges = freeze(&members(&["dev/net/net", "dev/db/db", "dev/app/app"], &[]), &plain, None);
    assert_eq!(told(&edges), ["dev/db/db < dev/app/app declared", "dev/net/net < dev/db/db wired"]);
}

#[test]
fn dsl5_an_unchanged_unit_in_between_keeps_the_order() {
    let plain = ws(&sample().replace(".xcf.yaml", "  branch: main\n", "  order: dependencies\n"));
    let edges = freeze(&members(&["dev/net/net", "dev/ops/motd"], &[]), &plain, None);
    assert_eq!(told(&edges), ["dev/net/net < dev/ops/motd declared"]);
}

#[test]
fn dsl5_regions_keep_layers_apart_and_no_region_means_all() {
    let regions = "  regions:\n    - name: eu\n    - name: us\n";
    let files = sample()
        .replace("envs/dev.yaml", "spec:\n", &format!("spec:\n{regions}"))
        .replace("compositions/net.yaml", "      inputs:\n", "      region: eu\n      inputs:\n")
        .replace("compositions/app.yaml", "      inputs:\n", "      region: us\n      inputs:\n")
        .replace("compositions/app.yaml", "  dependencies:\n    - ref: compositions/db\n", "")
        .replace(
            "compositions/ops.yaml",
            "      inputs:\n        id:\n          from: app\n          output: id\n",
            "",
        );
    let w = ws(&files);
    assert!(!w.has_errors(), "{:?}", w.diagnostics);
    let edges = freeze(&members(&["dev/net/net", "dev/app/app", "dev/ops/motd"], &[]), &w, None);
    assert_eq!(told(&edges), ["dev/app/app < dev/ops/motd layer", "dev/net/net < dev/ops/motd layer"]);
}

#[test]
fn dsl5_destroys_run_in_reverse_and_before_what_they_leaned_on_goes() {
    let base = ws(&sample());
    let gone = sample().replace("envs/dev.yaml", "    - ref: compositions/app\n    - ref: compositions/ops\n", "");
    let head = ws(&gone);
    let edges = freeze(&members(&["dev/db/db"], &["dev/app/app", "dev/ops/motd"]), &head, Some(&base));
    assert_eq!(
        told(&edges),
        ["dev/app/app < dev/db/db declared", "dev/ops/motd < dev/app/app wired", "dev/ops/motd < dev/app/app layer"],
        "ops goes before app, and app before the database under it changes"
    );
    let lower = sample().replace("envs/dev.yaml", "    - ref: compositions/net\n", "").replace(
        "compositions/db.yaml",
        "        zone:\n          from: net\n          output: id\n",
        "",
    );
    let edges = freeze(
        &members(&["dev/db/db"], &["dev/net/net"]),
        &ws(&lower.replace("envs/prod.yaml", "    - ref: compositions/net\n", "")),
        Some(&base),
    );
    assert_eq!(
        told(&edges),
        ["dev/db/db < dev/net/net wired", "dev/db/db < dev/net/net layer"],
        "the reader lets go first"
    );
}

#[test]
fn dsl5_large_compositions_cost_linear_space() {
    let modules = |n: usize| {
        (0..n)
            .map(|i| format!("    - ref: modules/net\n      name: m{i}\n      inputs:\n        size: {i}\n"))
            .collect::<String>()
    };
    let composition = |name: &str, rest: &str| {
        format!(
            "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: {name}\nspec:\n  lifecycle: PaaS\n{rest}  modules:\n{}",
            modules(300)
        )
    };
    let files = Files::new()
        .with("modules/net/main.tf", sample().text("modules/net/main.tf"))
        .with("compositions/a.yaml", composition("a", ""))
        .with("compositions/b.yaml", composition("b", "  dependencies:\n    - ref: compositions/a\n"));
    let w = ws(&files);
    assert!(!w.has_errors(), "{:?}", w.diagnostics.first());
    assert_eq!(w.graph.joins().len(), 1);
    assert_eq!(w.edges().len(), 90_000, "spelled out on demand");
    assert_eq!(w.depends_on(&id("default/b/m7")).len(), 300);
    assert_eq!(w.dependants(&id("default/a/m7")).len(), 300);
}

#[test]
fn dsl5_a_very_long_chain_does_not_use_up_the_stack() {
    let n = 3000;
    let mut files = Files::new().with("modules/net/main.tf", sample().text("modules/net/main.tf"));
    for i in 0..n {
        let zone = if i == 0 {
            String::new()
        } else {
            format!("        zone:\n          from: c{}\n          output: id\n", i - 1)
        };
        files = files.with(
            &format!("compositions/c{i}.yaml"),
            format!("apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: c{i}\nspec:\n  lifecycle: PaaS\n  modules:\n    - ref: modules/net\n      inputs:\n        size: 1\n{zone}"),
        );
    }
    let w = ws(&files);
    assert!(!w.has_errors(), "{:?}", w.diagnostics.first());
    assert_eq!(w.edges().len(), n - 1);
}

/// A random workspace: module i of n, with random layers, wires (also backwards: cycles) and dependencies.
fn random_files(layers: &[u8], wires: &[(usize, usize)], depends: &[(usize, usize)]) -> Files {
    let words = ["Foundation", "K8s", "PaaS", "Applications", "Config"];
    let mut files = Files::new().with("modules/net/main.tf", sample().text("modules/net/main.tf"));
    let n = layers.len();
    for (i, layer) in layers.iter().enumerate() {
        let wire = wires.iter().find(|(to, _)| to % n == i).map(|(_, from)| from % n);
        let zone =
            wire.map_or(String::new(), |f| format!("        zone:\n          from: c{f}\n          output: id\n"));
        let deps: BTreeSet<usize> = depends.iter().filter(|(to, _)| to % n == i).map(|(_, from)| from % n).collect();
        let list: String = deps.iter().map(|d| format!("    - ref: compositions/c{d}\n")).collect();
        let dependencies = if list.is_empty() { String::new() } else { format!("  dependencies:\n{list}") };
        files = files.with(
            &format!("compositions/c{i}.yaml"),
            format!("apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: c{i}\nspec:\n  lifecycle: {}\n{dependencies}  modules:\n    - ref: modules/net\n      inputs:\n        size: 1\n{zone}", words[usize::from(*layer) % 5]),
        );
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn dsl5_frozen_edges_never_make_a_cycle_and_keep_the_documents_order(
        layers in prop::collection::vec(0..5_u8, 2..9),
        wires in prop::collection::vec((any::<usize>(), any::<usize>()), 0..8),
        depends in prop::collection::vec((any::<usize>(), any::<usize>()), 0..6),
        removed in prop::collection::vec(any::<bool>(), 9),
    ) {
        let base = ws(&random_files(&layers, &wires, &depends));
        let kept: BTreeMap<usize, u8> = layers.iter().copied().enumerate().filter(|(i, _)| !removed[*i]).collect();
        // Head: other wires among the kept, so that base and head disagree.
        let head_files = {
            let all = random_files(&layers, &wires.iter().map(|(a, b)| (*b, *a)).collect::<Vec<_>>(), &[]);
            (0..layers.len()).filter(|i| !kept.contains_key(i)).fold(all, |f, i| f.without(&format!("compositions/c{i}.yaml")))
        };
        let head = ws(&head_files);
        let apply = head.units.iter().filter(|u| !head.blocked.contains_key(&u.id)).map(|u| Member { id: u.id.clone(), destroy: false });
        let destroy = base.units.iter().filter(|u| head.unit(&u.id).is_none() && !base.blocked.contains_key(&u.id)).map(|u| Member { id: u.id.clone(), destroy: true });
        let all: Vec<Member> = apply.chain(destroy).collect();
        let edges = freeze(&all, &head, Some(&base));
        let order = sorted(&edges, &all);
        prop_assert!(order.is_some(), "a cycle: {:?}", told(&edges));
        let order = order.unwrap();
        let at = |u: &UnitId| order.iter().position(|o| o == u).unwrap();
        for member in all.iter().filter(|m| !m.destroy) {
            for before in head.depends_on(&member.id).iter().filter(|b| all.iter().any(|m| &m.id == *b)) {
                prop_assert!(at(before) < at(&member.id), "{before} must come before {}", member.id);
            }
        }
        for member in all.iter().filter(|m| m.destroy) {
            for dependant in base.dependants(&member.id).iter().filter(|b| all.iter().any(|m| &m.id == *b)) {
                prop_assert!(at(dependant) < at(&member.id), "{dependant} must let go before {} is destroyed", member.id);
            }
        }
    }

    #[test]
    fn dsl5_cycles_are_found_exactly_and_hold_back_exactly_what_is_downstream(
        layers in prop::collection::vec(0..5_u8, 2..8),
        wires in prop::collection::vec((any::<usize>(), any::<usize>()), 0..8),
    ) {
        let w = ws(&random_files(&layers, &wires, &[]));
        let reaches = |from: &UnitId, to: &UnitId| {
            let mut todo = w.depends_on(from);
            let mut seen = BTreeSet::new();
            while let Some(next) = todo.pop() {
                if &next == to { return true; }
                if seen.insert(next.clone()) { todo.extend(w.depends_on(&next)); }
            }
            false
        };
        let on_cycle: Vec<&UnitId> = w.units.iter().map(|u| &u.id).filter(|u| reaches(u, u)).collect();
        prop_assert_eq!(on_cycle.is_empty(), !w.diagnostics.iter().any(|d| d.code == "cycle"));
        for unit in &w.units {
            let held = on_cycle.contains(&&unit.id) || on_cycle.iter().any(|c| reaches(&unit.id, c));
            prop_assert_eq!(held, w.blocked.contains_key(&unit.id), "{}", unit.id);
        }
    }
}
