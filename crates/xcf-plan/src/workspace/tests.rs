//! Rules of dsl §2–§6 on small workspaces.

use super::{Workspace, load};
use crate::testkit::Files;
use xcf_core::ids::UnitId;
use xcf_core::route::{Backup, Engine, Gate, Layer, Origin, Strategy};

const TF: &str = r#"
variable "size" {
  type = number
}
variable "zone" {
  type    = string
  default = "a"
}
output "id" {
  value = "x"
}
output "ids" {
  value = ["x"]
}
"#;

const PLAY: &str = "- hosts: all\n  tasks:\n    - ansible.builtin.debug:\n        msg: hi\n";

pub(crate) fn config(spec: &str) -> String {
    format!(
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata:\n  name: ws\n  uid: 00000000-0000-4000-8000-000000000001\nspec:\n{spec}"
    )
}
pub(crate) fn doc(kind: &str, name: &str, spec: &str) -> String {
    format!("apiVersion: xcloudflow.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{spec}")
}

/// net (Foundation) ← db (PaaS) ← app (Applications), ops (Config, Ansible); dev and prod assemble them.
pub(crate) fn sample() -> Files {
    let entries = "  compositions:\n    - ref: compositions/net\n    - ref: compositions/db.yaml\n    - ref: compositions/app\n    - ref: compositions/ops\n";
    Files::new()
        .with(".xcf.yaml", config("  branch: main\n"))
        .with("modules/net/main.tf", TF)
        .with("modules/db/main.tf", TF)
        .with("modules/app/main.tf", TF)
        .with("playbooks/motd.yml", PLAY)
        .with("playbooks/motd.xcf.yaml", "inputs:\n  id: string\noutputs: [done]\n")
        .with("compositions/net.yaml", doc("Composition", "net", "  lifecycle: IaaS\n  modules:\n    - ref: modules/net\n      inputs:\n        size: 1\n"))
        .with(
            "compositions/db.yaml",
            doc("Composition", "db", "  lifecycle: PaaS\n  modules:\n    - ref: modules/db\n      inputs:\n        size: 2\n        zone:\n          from: net\n          output: id\n"),
        )
        .with(
            "compositions/app.yaml",
            doc("Composition", "app", "  lifecycle: Applications\n  dependencies:\n    - ref: compositions/db\n  modules:\n    - ref: modules/app\n      inputs:\n        size: 3\n"),
        )
        .with(
            "compositions/ops.yaml",
            doc("Composition", "ops", "  lifecycle: Config\n  modules:\n    - ref: playbooks/motd\n      inputs:\n        id:\n          from: app\n          output: id\n"),
        )
        .with(
            "envs/dev.yaml",
            doc("Environment", "dev", &format!("  hosts:\n    - name: h1\n      address: 127.0.0.1\n      labels:\n        role: web\n    - name: h2\n      address: 127.0.0.1\n{entries}")),
        )
        .with(
            "envs/prod.yaml",
            doc("Environment", "prod", &format!("  protection:\n    approval: strong\n    backup: git-tag\n    allowDestroy: never\n  hosts:\n    - name: p1\n      address: 127.0.0.1\n{entries}")),
        )
}

pub(crate) fn ws(files: &Files) -> Workspace {
    load(&files.tree())
}
pub(crate) fn id(text: &str) -> UnitId {
    text.parse().unwrap()
}
fn codes(workspace: &Workspace) -> Vec<String> {
    workspace.diagnostics.iter().map(|d| format!("{} {}", d.code, d.place)).collect()
}
#[track_caller]
pub(crate) fn has(workspace: &Workspace, code: &str, file_line: &str) {
    let found = workspace
        .diagnostics
        .iter()
        .any(|d| d.code == code && format!("{}:{}", d.place.file, d.place.line) == file_line);
    assert!(found, "no {code} at {file_line}: {:#?}", codes(workspace));
}
#[track_caller]
pub(crate) fn clean(workspace: &Workspace) {
    assert!(!workspace.has_errors(), "{:#?}", workspace.diagnostics);
}

#[test]
fn dsl2_the_sample_loads_clean_with_unit_ids_of_three_parts() {
    let w = ws(&sample());
    clean(&w);
    let ids: Vec<String> = w.units.iter().map(|u| u.id.to_string()).collect();
    assert_eq!(
        ids,
        [
            "dev/app/app",
            "dev/db/db",
            "dev/net/net",
            "dev/ops/motd",
            "prod/app/app",
            "prod/db/db",
            "prod/net/net",
            "prod/ops/motd"
        ]
    );
    assert_eq!(w.uid().unwrap().as_str(), "00000000-0000-4000-8000-000000000001");
    assert!(w.blocked.is_empty());
}

#[test]
fn dsl5_declared_and_wired_edges_are_kept() {
    let w = ws(&sample());
    let of = |unit: &str| w.depends_on(&id(unit)).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(of("dev/db/db"), ["dev/net/net"]);
    assert_eq!(of("dev/app/app"), ["dev/db/db"]);
    assert_eq!(of("dev/ops/motd"), ["dev/app/app"]);
    assert!(of("dev/net/net").is_empty());
    let places: Vec<String> =
        w.edges().iter().filter(|e| e.to == id("prod/db/db")).map(|e| e.place.to_string()).collect();
    assert_eq!(places, ["compositions/db.yaml:11:9"]);
}

#[test]
fn r1_routes_of_the_built_in_rows_with_why() {
    let w = ws(&sample());
    let net = &w.unit(&id("dev/net/net")).unwrap().route;
    assert_eq!((net.gate.value, net.gate.rule.as_str(), net.gate.origin), (Gate::Strong, "R1.1", Origin::BuiltIn));
    assert_eq!(net.engine.value, Engine::Terraform);
    assert_eq!(net.reconcile.value.strategy, Strategy::OnDrift);
    assert_eq!(net.reconcile.value.interval_seconds, Some(86_400));
    let db = &w.unit(&id("dev/db/db")).unwrap().route;
    assert_eq!(db.engine.value, Engine::Terraform, "native is first but not possible");
    assert_eq!((db.gate.value, db.gate.rule.as_str()), (Gate::Approve, "R1.3: environment → approve"));
    let app = &w.unit(&id("dev/app/app")).unwrap().route;
    assert_eq!(app.reconcile.value.interval_seconds, None);
    assert_eq!(app.gate.value, Gate::Auto);
    let ops = &w.unit(&id("dev/ops/motd")).unwrap().route;
    assert_eq!(ops.engine.value, Engine::Ansible);
}

#[test]
fn dsl4_protection_is_a_floor_and_environment_resolves_to_it() {
    let w = ws(&sample());
    let app = &w.unit(&id("prod/app/app")).unwrap().route;
    assert_eq!((app.gate.value, app.gate.origin), (Gate::Strong, Origin::Protection));
    assert_eq!(app.gate.place.as_ref().unwrap().to_string(), "envs/prod.yaml:7:15");
    assert_eq!(app.gate.overruled.first().unwrap().value, "auto");
    let db = &w.unit(&id("prod/db/db")).unwrap().route;
    assert_eq!((db.gate.value, db.gate.origin), (Gate::Strong, Origin::BuiltIn));
    assert_eq!(db.backup.value, [Backup::PreChange, Backup::GitTag].into());
    assert!(w.environment(&"prod".into()).unwrap().destroy_never);
}

#[test]
fn dsl4_later_layers_win_in_order() {
    let comp = doc(
        "Composition",
        "net",
        "  lifecycle: IaaS\n  policies:\n    approval: approve\n    drift: correct\n  reconcile:\n    strategy: periodic\n    interval: 1h\n  modules:\n    - ref: modules/net\n      inputs:\n        size: 1\n      policies:\n        approval: auto\n      reconcile:\n        interval: 2h\n",
    );
    let files = sample().with("compositions/net.yaml", comp).with(
        "policies/m.yaml",
        doc("DecisionMatrix", "m", "  rows:\n    - name: all-strong\n      match:\n        lifecycle: IaaS\n      approval: strong\n      drift: alert\n      rollback: auto\n"),
    );
    let w = ws(&files);
    clean(&w);
    let route = &w.unit(&id("dev/net/net")).unwrap().route;
    assert_eq!((route.gate.value, route.gate.origin), (Gate::Auto, Origin::Module));
    let lost: Vec<(Origin, &str)> = route.gate.overruled.iter().map(|o| (o.origin, o.value.as_str())).collect();
    assert_eq!(lost, [(Origin::BuiltIn, "strong"), (Origin::Matrix, "strong"), (Origin::Composition, "approve")]);
    assert_eq!((route.drift.value.as_str(), route.drift.origin), ("correct", Origin::Composition));
    assert_eq!((route.rollback.value.as_str(), route.rollback.rule.as_str()), ("auto", "row all-strong"));
    assert_eq!(route.reconcile.value.strategy, Strategy::Periodic);
    assert_eq!(route.reconcile.value.interval_seconds, Some(7200));
    let entry = files.replace(
        "envs/dev.yaml",
        "    - ref: compositions/net\n",
        "    - ref: compositions/net\n      policies:\n        approval: approve\n      modules:\n        net:\n          policies:\n            approval: strong\n",
    );
    let w = ws(&entry);
    clean(&w);
    let gate = &w.unit(&id("dev/net/net")).unwrap().route.gate;
    assert_eq!(
        (gate.value, gate.origin, gate.rule.as_str()),
        (Gate::Strong, Origin::EnvironmentEntry, "modules.net in dev")
    );
    assert_eq!(gate.place.as_ref().unwrap().file, "envs/dev.yaml");
}

#[test]
fn dsl4_most_match_keys_win_per_field_and_ties_are_errors_at_both() {
    let rows = "  rows:\n    - name: one\n      match:\n        lifecycle: PaaS\n      approval: auto\n      drift: alert\n    - name: two\n      match:\n        lifecycle: PaaS\n        environment: [dev, qa]\n      approval: strong\n";
    let files = sample().with("policies/m.yaml", doc("DecisionMatrix", "m", rows));
    let w = ws(&files);
    clean(&w);
    let dev = &w.unit(&id("dev/db/db")).unwrap().route;
    assert_eq!((dev.gate.value, dev.gate.rule.as_str()), (Gate::Strong, "row two"));
    assert_eq!(dev.drift.rule, "row one");
    let prod = &w.unit(&id("prod/db/db")).unwrap().route;
    assert_eq!((prod.gate.value, prod.gate.origin), (Gate::Strong, Origin::Protection));
    let trace = crate::matrix::trace(w.unit(&id("dev/db/db")).unwrap(), &w.rows());
    let wins = |row: &str, field: &str| {
        trace.rows.iter().find(|r| r.name == row).unwrap().fields.iter().find(|f| f.field == field).map(|f| f.wins)
    };
    assert_eq!(
        (wins("one", "approval"), wins("two", "approval"), wins("one", "drift")),
        (Some(false), Some(true), Some(true))
    );
    assert_eq!((wins("R1.3", "approval"), wins("R1.3", "backup")), (Some(false), Some(true)));

    let tied = files.replace(
        "policies/m.yaml",
        "        lifecycle: PaaS\n        environment: [dev, qa]\n",
        "        environment: dev\n",
    );
    let w = ws(&tied);
    has(&w, "matrix-tie", "policies/m.yaml:10");
    has(&w, "matrix-tie", "policies/m.yaml:15");
    assert!(w.blocked.contains_key(&id("dev/db/db")));
    assert!(!w.blocked.contains_key(&id("prod/db/db")), "{:?}", w.blocked);
    let agreed = tied.replace("policies/m.yaml", "approval: strong", "approval: auto");
    clean(&ws(&agreed));
}

#[test]
fn dsl4_engine_rows_and_explicit_engine() {
    let files = sample().replace("compositions/db.yaml", "    - ref: modules/db\n", "    - ref: modules/db\n      engine: opentofu\n").with(
        "policies/m.yaml",
        doc("DecisionMatrix", "m", "  rows:\n    - name: tofu-only\n      match:\n        engine: opentofu\n      approval: strong\n    - name: apps\n      match:\n        lifecycle: Applications\n      engines: [pulumi, opentofu]\n"),
    );
    let w = ws(&files);
    clean(&w);
    let db = &w.unit(&id("dev/db/db")).unwrap().route;
    assert_eq!((db.engine.value, db.engine.rule.as_str()), (Engine::Opentofu, "explicit engine"));
    assert_eq!(db.engine.overruled.first().unwrap().value, "terraform");
    assert_eq!((db.gate.value, db.gate.rule.as_str()), (Gate::Strong, "row tofu-only"));
    let app = &w.unit(&id("dev/app/app")).unwrap().route;
    assert_eq!((app.engine.value, app.engine.rule.as_str()), (Engine::Opentofu, "row apps"));
    let wrong = files.replace("compositions/db.yaml", "engine: opentofu", "engine: ansible");
    let w = ws(&wrong);
    has(&w, "engine-mismatch", "compositions/db.yaml:9");
    assert!(w.blocked.contains_key(&id("dev/db/db")));
    assert!(w.blocked.get(&id("dev/app/app")).unwrap().upstream.is_some(), "dependants are held back too");
}

#[test]
fn dsl4_tofu_first_if_only_it_is_named_and_flux_only_if_named() {
    let k8s = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\n";
    let base = sample().with("modules/web/deploy.yaml", k8s).replace(
        "compositions/app.yaml",
        "modules/app\n      inputs:\n        size: 3\n",
        "modules/web\n      name: app\n",
    );
    let base = base.replace(
        "compositions/ops.yaml",
        "      inputs:\n        id:\n          from: app\n          output: id\n",
        "",
    );
    let w = ws(&base);
    clean(&w);
    assert_eq!(w.unit(&id("dev/app/app")).unwrap().route.engine.value, Engine::K8s);
    let flux = base.replace("compositions/app.yaml", "      name: app\n", "      name: app\n      engine: flux\n");
    has(&ws(&flux), "engine-mismatch", "compositions/app.yaml:12");
    let named = flux.with(".xcf.yaml", config("  engines:\n    flux: {}\n    opentofu: {}\n"));
    let w = ws(&named);
    clean(&w);
    assert_eq!(w.unit(&id("dev/app/app")).unwrap().route.engine.value, Engine::Flux);
    assert_eq!(w.unit(&id("dev/net/net")).unwrap().route.engine.value, Engine::Opentofu);
}

#[test]
fn dsl4_content_decides_where_no_candidate_fits() {
    let files = sample().replace("compositions/ops.yaml", "lifecycle: Config", "lifecycle: Foundation");
    let engine = ws(&files).unit(&id("dev/ops/motd")).unwrap().route.engine.clone();
    assert_eq!(
        (engine.value, engine.origin, engine.rule.as_str()),
        (Engine::Ansible, Origin::ModuleContent, "module content")
    );
    let empty = sample().with("modules/app/README.md", "x").without("modules/app/main.tf");
    has(&ws(&empty), "unknown-content", "compositions/app.yaml:10");
}

#[test]
fn dsl5_effective_layer_and_higher_layer_warning() {
    let files = sample()
        .replace(
            "compositions/net.yaml",
            "        size: 1\n",
            "        size: 1\n        zone:\n          from: ops\n          output: done\n",
        )
        .replace(
            "compositions/ops.yaml",
            "          from: app\n          output: id\n",
            "          from: extra\n          output: id\n",
        )
        .with(
            "compositions/extra.yaml",
            doc(
                "Composition",
                "extra",
                "  lifecycle: PaaS\n  modules:\n    - ref: modules/db\n      inputs:\n        size: 1\n",
            ),
        )
        .replace(
            "envs/dev.yaml",
            "    - ref: compositions/ops\n",
            "    - ref: compositions/ops\n    - ref: compositions/extra\n",
        )
        .replace(
            "envs/prod.yaml",
            "    - ref: compositions/ops\n",
            "    - ref: compositions/ops\n    - ref: compositions/extra\n",
        );
    let w = ws(&files);
    clean(&w);
    has(&w, "higher-layer", "compositions/net.yaml:11");
    let unit = w.unit(&id("dev/net/net")).unwrap();
    assert_eq!((unit.layer, unit.effective_layer), (Layer::Foundation, Layer::Config));
    assert_eq!(w.unit(&id("dev/extra/db")).unwrap().effective_layer, Layer::PaaS);
}

#[test]
fn dsl5_cycle_names_each_edge_and_holds_dependants_only() {
    let files = sample().replace(
        "compositions/net.yaml",
        "        size: 1\n",
        "        size: 1\n        zone:\n          from: db\n          output: id\n",
    );
    let w = ws(&files);
    let cycle = w.diagnostics.iter().find(|d| d.code == "cycle").unwrap();
    assert!(
        cycle.message.contains("compositions/net.yaml:") && cycle.message.contains("compositions/db.yaml:"),
        "{}",
        cycle.message
    );
    for held in ["dev/net/net", "dev/db/db", "dev/app/app", "dev/ops/motd"] {
        assert!(w.blocked.contains_key(&id(held)), "{held}");
    }
    let alone = files
        .with(
            "compositions/free.yaml",
            doc(
                "Composition",
                "free",
                "  lifecycle: PaaS\n  modules:\n    - ref: modules/db\n      inputs:\n        size: 1\n",
            ),
        )
        .replace(
            "envs/dev.yaml",
            "    - ref: compositions/ops\n",
            "    - ref: compositions/ops\n    - ref: compositions/free\n",
        );
    assert!(!ws(&alone).blocked.contains_key(&id("dev/free/db")));
}

#[test]
fn dsl5_a_composition_that_depends_on_itself_through_another_is_a_cycle() {
    let files = sample().replace(
        "compositions/db.yaml",
        "  lifecycle: PaaS\n",
        "  lifecycle: PaaS\n  dependencies:\n    - ref: compositions/app\n",
    );
    let w = ws(&files);
    has(&w, "cycle", "compositions/db.yaml:8");
    let own = sample().replace(
        "compositions/db.yaml",
        "          from: net\n          output: id\n",
        "          output: id\n",
    );
    assert!(ws(&own).diagnostics.iter().any(|d| d.code == "cycle"), "a unit that reads itself");
}

#[test]
fn dsl3_not_assembled_is_an_error_with_the_environment_hint_and_cross_reads_have_no_edge() {
    let files = sample().replace("envs/prod.yaml", "    - ref: compositions/net\n", "");
    let w = ws(&files);
    let error = w.diagnostics.iter().find(|d| d.code == "not-assembled").unwrap();
    assert!(error.hint.contains("`environment: dev`"), "{}", error.hint);
    assert!(w.blocked.contains_key(&id("prod/db/db")) && !w.blocked.contains_key(&id("dev/db/db")));
    let cross = files.replace(
        "compositions/db.yaml",
        "          from: net\n",
        "          from: net\n          environment: dev\n",
    );
    let w = ws(&cross);
    clean(&w);
    assert!(w.depends_on(&id("prod/db/db")).is_empty());
    assert_eq!(w.depends_on(&id("dev/db/db")), [id("dev/net/net")], "its own Environment is an ordinary wire");
    assert_eq!(w.reads.len(), 1);
    assert_eq!((&w.reads[0].unit, &w.reads[0].target), (&id("prod/db/db"), &id("dev/net/net")));
    let json = serde_json::to_value(crate::graph::json(&w)).unwrap();
    let db = json["units"].as_array().unwrap().iter().find(|u| u["id"] == "prod/db/db").unwrap();
    assert_eq!(db["reads"][0]["unit"], "dev/net/net");
}

#[test]
fn dsl3_unassembled_modules_are_routed_and_only_an_empty_envs_has_the_implicit_environment() {
    let files = sample().replace("envs/dev.yaml", "    - ref: compositions/ops\n", "").replace(
        "envs/prod.yaml",
        "    - ref: compositions/ops\n",
        "",
    );
    let w = ws(&files);
    clean(&w);
    assert_eq!(w.unassembled.len(), 1);
    assert_eq!(w.unassembled[0].route.engine.value, Engine::Ansible);
    let alone = files.without("envs/dev.yaml").without("envs/prod.yaml").without("compositions/ops.yaml");
    let w = ws(&alone);
    clean(&w);
    assert_eq!(w.units.len(), 3);
    let app = w.unit(&id("default/app/app")).unwrap();
    assert_eq!((app.route.gate.value, app.route.gate.origin), (Gate::Approve, Origin::Protection));
    for broken in [
        alone.clone().with("envs/dev.yaml", "kind: [broken"),
        alone.clone().with("envs/dev.yaml", ""),
        alone.with("envs/dev.yaml", "x").unreadable("envs/dev.yaml"),
    ] {
        assert!(ws(&broken).units.is_empty(), "a broken Environment is there: no implicit one");
    }
}
