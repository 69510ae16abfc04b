//! Inputs, hosts, names, refs, moves and shapes of answers (dsl §1–§3, §6; D15).

use super::Workspace;
use super::tests::{clean, has, id, sample, ws};
use xcf_core::route::{Engine, Layer, Origin};

#[test]
fn dsl1_entry_inputs_go_to_declaring_modules_and_module_overrides_win() {
    let entry = "    - ref: compositions/net\n      inputs:\n        size: 7\n        zone: b\n      modules:\n        net:\n          inputs:\n            size: 9\n";
    let files = sample().replace("envs/dev.yaml", "    - ref: compositions/net\n", entry);
    let w = ws(&files);
    clean(&w);
    let inputs = &w.unit(&id("dev/net/net")).unwrap().inputs;
    assert_eq!((&inputs["size"].value, inputs["size"].origin), (&serde_json::json!(9), Origin::EnvironmentEntry));
    assert_eq!(inputs["size"].pointer, "/spec/compositions/0/modules/net/inputs/size");
    assert_eq!(inputs["zone"].value, "b");
    assert_eq!(w.unit(&id("prod/net/net")).unwrap().inputs["size"].value, 1);
    has(&ws(&files.replace("envs/dev.yaml", "zone: b", "zon: b")), "unknown-input", "envs/dev.yaml:17");
    let wrong = ws(&files.replace("envs/dev.yaml", "        net:\n", "        nte:\n"));
    let error = wrong.diagnostics.iter().find(|d| d.code == "unknown-module").unwrap();
    assert_eq!(error.hint, "Did you mean `net`?");
}

#[test]
fn dsl6_inputs_are_checked_against_the_module() {
    let with = |old: &str, new: &str| ws(&sample().replace("compositions/net.yaml", old, new));
    has(&with("size: 1", "sise: 1"), "unknown-input", "compositions/net.yaml:10");
    has(&with("size: 1", "sise: 1"), "missing-input", "compositions/net.yaml:8");
    has(&with("size: 1", "size: [1]"), "type-mismatch", "compositions/net.yaml:10");
    clean(&with("size: 1", "size: \"12\""));
    let out = ws(&sample().replace("compositions/db.yaml", "output: id", "output: idd"));
    let error = out.diagnostics.iter().find(|d| d.code == "unknown-output").unwrap();
    assert_eq!(error.hint, "Did you mean `id`?");
    let list = ws(&sample().replace("compositions/db.yaml", "output: id", "output: ids"));
    has(&list, "type-mismatch", "compositions/db.yaml:11");
    let from = ws(&sample().replace("compositions/db.yaml", "from: net", "from: nett"));
    has(&from, "missing-composition", "compositions/db.yaml:11");
    let by_ref = ws(&sample().replace("compositions/db.yaml", "from: net", "from: compositions/net.yaml"));
    clean(&by_ref);
}

#[test]
fn dsl1_hosts_by_name_and_label_and_no_hosts() {
    let with = |text: &str| {
        ws(&sample().replace("compositions/ops.yaml", "      inputs:\n", &format!("{text}      inputs:\n")))
    };
    let hosts =
        |w: &Workspace| w.unit(&id("dev/ops/motd")).unwrap().hosts.iter().map(|h| h.name.clone()).collect::<Vec<_>>();
    assert_eq!(hosts(&ws(&sample())), ["h1", "h2"]);
    assert_eq!(hosts(&with("      hosts: [h2]\n")), ["h2"]);
    assert_eq!(hosts(&with("      labels:\n        role: web\n")), ["h1"]);
    let none = with("      hosts: [h2]\n      labels:\n        role: web\n");
    has(&none, "no-hosts", "compositions/ops.yaml:8");
    let unknown = with("      hosts: [h9]\n");
    assert!(unknown.diagnostics.iter().any(|d| d.code == "unknown-host"));
}

#[test]
fn dsl2_duplicate_names_are_errors_at_both_and_neither_is_used() {
    let files = sample().with("compositions/net2.yaml", sample().text("compositions/net.yaml"));
    let w = ws(&files);
    has(&w, "duplicate-name", "compositions/net.yaml:4");
    has(&w, "duplicate-name", "compositions/net2.yaml:4");
    assert!(w.unit(&id("dev/net/net")).is_none());
}

#[test]
fn dsl2_missing_module_escaping_refs_and_symlinks() {
    let with = |old: &str, new: &str| sample().replace("compositions/net.yaml", old, new);
    has(&ws(&with("modules/net", "modules/nett")), "missing-module", "compositions/net.yaml:8");
    has(&ws(&with("modules/net", "../net\n      name: net")), "bad-ref", "compositions/net.yaml:8");
    has(&ws(&with("modules/net", "/etc/net\n      name: net")), "bad-ref", "compositions/net.yaml:8");
    let out = with("modules/net", "modules/out\n      name: net").link("modules/out", "../../etc");
    has(&ws(&out), "symlink-leaves-repo", "compositions/net.yaml:8");
    let absolute = with("modules/net", "modules/out\n      name: net").link("modules/out", "/etc");
    has(&ws(&absolute), "symlink-leaves-repo", "compositions/net.yaml:8");
    let inner = with("modules/net", "modules/alias\n      name: net").link("modules/alias", "net");
    clean(&ws(&inner));
    assert_eq!(ws(&inner).unit(&id("dev/net/net")).unwrap().module_ref.as_str(), "modules/net");
    let inside = sample().link("modules/net/secrets", "../../../etc/passwd");
    has(&ws(&inside), "symlink-leaves-repo", "modules/net/secrets:0");
    assert!(ws(&inside).blocked.contains_key(&id("dev/net/net")));
    let around = with("modules/net", "modules/a\n      name: net").link("modules/a", "b").link("modules/b", "a");
    has(&ws(&around), "symlink-loop", "compositions/net.yaml:8");
}

#[test]
fn issue3_invalid_terraform_is_an_error_at_its_line_and_the_rest_loads() {
    let files = sample().with("modules/net/main.tf", "variable \"size\" {\n  type = \n}\n");
    let w = ws(&files);
    has(&w, "invalid-module", "modules/net/main.tf:2");
    has(&w, "broken-module", "compositions/net.yaml:8");
    assert!(w.blocked.contains_key(&id("dev/net/net")) && w.units.len() == 8);
}

#[test]
fn dsl2_moved_chains_and_conflicts() {
    let files = sample()
        .replace("compositions/net.yaml", "  modules:\n", "  moved:\n    - from: old/vpc\n      to: net\n  modules:\n")
        .replace("envs/prod.yaml", "  protection:\n", "  moved:\n    - from: live\n  protection:\n");
    let w = ws(&files);
    clean(&w);
    let former =
        |unit: &str| w.unit(&id(unit)).unwrap().moved_from.iter().map(|(i, _)| i.to_string()).collect::<Vec<_>>();
    assert_eq!(former("dev/net/net"), ["dev/old/vpc"]);
    assert_eq!(former("prod/net/net"), ["prod/old/vpc", "live/net/net", "live/old/vpc"]);
    let present = files.replace("compositions/net.yaml", "old/vpc", "db/db");
    has(&ws(&present), "moved-source-exists", "compositions/net.yaml:8");
    let two = files.replace(
        "compositions/db.yaml",
        "  modules:\n",
        "  moved:\n    - from: old/vpc\n      to: db\n  modules:\n",
    );
    has(&ws(&two), "moved-ambiguous", "compositions/db.yaml:8");
}

#[test]
fn dsl3_after_cycles_and_unknown_environments() {
    let files = sample().replace("envs/dev.yaml", "spec:\n", "spec:\n  after: [prod]\n").replace(
        "envs/prod.yaml",
        "spec:\n",
        "spec:\n  after: [dev]\n",
    );
    let w = ws(&files);
    has(&w, "cycle", "envs/dev.yaml:6");
    has(&w, "cycle", "envs/prod.yaml:6");
    let unknown = sample().replace("envs/dev.yaml", "spec:\n", "spec:\n  after: [qa]\n");
    has(&ws(&unknown), "unknown-environment", "envs/dev.yaml:6");
}

#[test]
fn dsl1_ephemeral_counts_as_its_layer() {
    let files = sample().replace(
        "compositions/db.yaml",
        "  lifecycle: PaaS\n",
        "  lifecycle: Ephemeral\n  layer: PaaS\n  ttl: 2d\n",
    );
    let w = ws(&files);
    clean(&w);
    let unit = w.unit(&id("dev/db/db")).unwrap();
    assert_eq!(
        (unit.lifecycle.as_str(), unit.layer, unit.route.gate.rule.as_str()),
        ("Ephemeral", Layer::PaaS, "R1.6")
    );
    assert_eq!(unit.route.engine.value, Engine::Terraform);
}

#[test]
fn d15_graph_json_has_exactly_the_documented_names() {
    let w = ws(&sample());
    let json = serde_json::to_value(crate::graph::json(&w)).unwrap();
    let keys = |v: &serde_json::Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&json), ["units", "diagnostics"]);
    assert_eq!(
        keys(&json["units"][1]),
        ["id", "environment", "composition", "module", "lifecycle", "changeFrequency", "engine", "dependsOn"]
    );
    let broken = ws(&sample().with("compositions/zzz.yaml", "kind: ["));
    let json = serde_json::to_value(crate::graph::json(&broken)).unwrap();
    assert_eq!(keys(&json["diagnostics"][0]), ["severity", "code", "message", "file", "line", "column", "hint"]);
}

#[test]
fn d25_loading_is_deterministic() {
    let files = crate::testkit::synthetic(60);
    let (a, b) = (ws(&files), ws(&files));
    clean(&a);
    assert_eq!(a.units, b.units);
    assert_eq!(a.edges(), b.edges());
    assert_eq!(a.diagnostics, b.diagnostics);
    assert!(a.units.len() > 60 && a.edges().len() > 60);
}

#[test]
fn dsl_head_restricting_fields_without_behaviour_are_told_per_unit() {
    let files = sample().replace("compositions/net.yaml", "  modules:\n", "  observe:\n    for: 10m\n  modules:\n");
    let w = ws(&files);
    let of =
        |unit: &str| w.unit(&id(unit)).unwrap().not_yet_effective.iter().map(|(f, _)| f.clone()).collect::<Vec<_>>();
    assert_eq!(of("dev/net/net"), ["observe"]);
    assert!(of("dev/db/db").is_empty());
}

#[test]
fn d26_an_error_in_config_or_policies_keeps_every_unit_back() {
    let row = "apiVersion: xcloudflow.io/v1alpha1\nkind: DecisionMatrix\nmetadata:\n  name: m\nspec:\n  rows:\n    - name: r\n      match: {environment: prod}\n      approval: strng\n";
    for files in [
        sample().with("policies/m.yaml", row),
        sample().with("policies/m.yaml", ""),
        sample().with(".xcf.yaml", "kind: ["),
    ] {
        let w = ws(&files);
        assert_eq!(w.blocked.len(), 8, "{:?}", w.diagnostics);
        assert_eq!(w.units.len(), 8, "all else is still shown");
    }
    assert_eq!(ws(&sample().with("policies/m.yaml", row)).policy_errors().count(), 1);
    assert!(ws(&sample().with("policies/README.md", "text")).blocked.is_empty());
}

#[test]
fn d25_a_faulty_document_keeps_its_units_back_without_repeating_the_error() {
    let files = sample().replace("compositions/net.yaml", "  modules:\n", "  ttl: 1d\n  modules:\n");
    let w = ws(&files);
    let errors: Vec<String> = w.diagnostics.iter().filter(|d| d.is_error()).map(ToString::to_string).collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(w.blocked[&id("dev/net/net")].reason.contains("compositions/net.yaml:7"), "{:?}", w.blocked);
}

#[test]
fn dsl2_symlinked_sources_are_read_through() {
    let text = sample().text("modules/net/main.tf");
    let files = sample()
        .without("modules/net/main.tf")
        .with("common/main.tf", text)
        .link("modules/net/main.tf", "../../common/main.tf");
    let w = ws(&files);
    clean(&w);
    assert!(w.modules["modules/net"].interface.inputs.contains_key("size"));
}
