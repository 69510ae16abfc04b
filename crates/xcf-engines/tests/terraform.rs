//! The Terraform runner against the real binary.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::{Value, json};
use std::fs;
use support::{Bench, files_holding, have, is_there, launcher};
use xcf_core::plan::{Action, Fidelity};
use xcf_core::ports::runner::{Inspection, Runner, UnitContext};
use xcf_core::route::{Backup, Engine};
use xcf_core::value::Resolved;
use xcf_engines::terraform::Terraform;

const MODULE: &str = r#"
variable "name" {
  type = string
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "password" {
  type    = string
  default = "none"
}
resource "terraform_data" "first" {
  input = { name = var.name, tags = var.tags }
}
resource "terraform_data" "second" {
  input            = "${terraform_data.first.output.name}/x"
  triggers_replace = var.tags
}
resource "terraform_data" "secret" {
  input = "user:${var.password}"
}
output "id" {
  value = terraform_data.second.id
}
output "login" {
  value     = terraform_data.secret.output
  sensitive = true
}
"#;

/// Terraform, or OpenTofu on a machine that has only that: they share the adapter.
fn engine() -> Engine {
    if is_there("terraform") || !is_there("tofu") { Engine::Terraform } else { Engine::Opentofu }
}

fn here() -> bool {
    is_there("tofu") || have("terraform")
}

fn runner() -> Terraform {
    match engine() {
        Engine::Opentofu => Terraform::opentofu(launcher()),
        _ => Terraform::hashicorp(launcher()),
    }
}

fn bench() -> Bench {
    let mut bench = Bench::new(engine(), "infra/net");
    bench.write("infra/net/main.tf", MODULE);
    bench.known("name", json!("blue"));
    bench
}

#[tokio::test]
async fn d10_plan_apply_outputs_and_nothing_left() {
    if !here() {
        return;
    }
    let bench = bench();
    let planned = runner().plan(&bench.cx()).await.unwrap();
    assert_eq!(planned.plan.counts().create, 3);
    assert!(planned.plan.changes.iter().all(|c| c.fidelity == Fidelity::Exact && c.action == Action::Create));
    assert!(!bench.path().join("state/terraform.tfstate").exists(), "planning wrote a state");
    assert!(bench.seen.started.lock().unwrap().is_empty(), "planning is not journalled");
    let applied = runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    assert_eq!(applied.actual.len(), 3);
    assert_eq!(bench.seen.started.lock().unwrap().len(), 1);
    assert!(applied.outputs.values["id"].is_string());
    assert_eq!(applied.outputs.sensitive["login"].expose(), &json!("user:none"));
    assert!(runner().verify(&bench.cx()).await.unwrap().is_empty());
    let again = runner().plan(&bench.cx()).await.unwrap().plan;
    assert!(again.is_empty(), "{again:?}");
    assert_eq!(again.state_serial, applied.state_serial);
    assert_eq!(runner().outputs(&bench.cx()).await.unwrap().values, applied.outputs.values);
    assert!(
        bench.seen.progress.lock().unwrap().iter().any(|p| p.address == "terraform_data.first" && p.state == "created")
    );
    let mut names: Vec<_> = walkdir::WalkDir::new(bench.path().join("export"))
        .into_iter()
        .map(|e| e.unwrap().into_path())
        .filter(|p| p.is_file())
        .collect();
    names.sort();
    assert_eq!(names, [bench.path().join("export/infra/net/main.tf")], "the export was written to");
}

#[tokio::test]
async fn d6_only_changed_attributes_and_replace_reasons() {
    if !here() {
        return;
    }
    let mut bench = bench();
    let planned = runner().plan(&bench.cx()).await.unwrap();
    runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    bench.known("tags", json!({"a": "1"}));
    let plan = runner().plan(&bench.cx()).await.unwrap().plan;
    let second = plan.changes.iter().find(|c| c.address == "terraform_data.second").unwrap();
    assert_eq!(
        (second.action, second.replace_reasons.as_slice()),
        (Action::Replace, &["/triggers_replace".to_owned()][..])
    );
    let first = plan.changes.iter().find(|c| c.address == "terraform_data.first").unwrap();
    assert_eq!(first.action, Action::Update);
    assert!(
        first.before.get("id").is_none() && first.after.get("id").is_none(),
        "unchanged attribute listed: {first:?}"
    );
    assert_eq!(first.before["input"]["tags"], json!({}));
    assert!(first.unknown.contains(&"/output".to_owned()));
    assert!(plan.outputs.iter().any(|o| o.name == "id" && o.unknown));
    assert!(!plan.changes.iter().any(|c| c.address == "terraform_data.secret"));
}

#[tokio::test]
async fn d6_a_saved_plan_goes_stale() {
    if !here() {
        return;
    }
    let bench = bench();
    let planned = runner().plan(&bench.cx()).await.unwrap();
    runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    let error = runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap_err();
    assert_eq!(error.code, "stale-plan");
    assert_eq!(runner().apply(&bench.cx(), None).await.unwrap_err().code, "stale-plan");
    assert_eq!(runner().apply(&bench.cx(), Some(b"nonsense")).await.unwrap_err().code, "stale-plan");
}

/// The plan file names its state by place: applied elsewhere it would write to the old place, or fail.
#[tokio::test]
async fn d6_a_saved_plan_is_stale_once_its_state_lies_elsewhere() {
    if !here() {
        return;
    }
    let bench = bench();
    let first = bench.cx();
    let planned = runner().plan(&first).await.unwrap();
    let elsewhere = bench.path().join("moved/state");
    std::fs::create_dir_all(elsewhere.parent().unwrap()).unwrap();
    std::fs::rename(&first.state_dir, &elsewhere).unwrap();
    let there = || UnitContext { state_dir: elsewhere.clone(), ..bench.cx() };
    let error = runner().apply(&there(), planned.artifact.as_deref()).await.unwrap_err();
    assert_eq!(error.code, "stale-plan", "{error:?}");
    assert!(!first.state_dir.join("terraform.tfstate").exists(), "nothing was written at the old place");
    let again = runner().plan(&there()).await.unwrap();
    assert_eq!(again.plan.changes, planned.plan.changes, "the meaning is the same");
    runner().apply(&there(), again.artifact.as_deref()).await.unwrap();
    assert!(elsewhere.join("terraform.tfstate").exists());
}

#[tokio::test]
async fn d2_7_secrets_never_show() {
    if !here() {
        return;
    }
    let mut bench = bench();
    bench.secret("password", json!("hunter2-\"quoted\""));
    let cx = bench.cx();
    let planned = runner().plan(&cx).await.unwrap();
    let text = serde_json::to_string(&planned.plan).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    let secret = planned.plan.changes.iter().find(|c| c.address == "terraform_data.secret").unwrap();
    assert_eq!(secret.after["input"], json!("<secret>"));
    assert!(matches!(&secret.sensitive_marks["/input"], [None, Some(_)]));
    assert!(files_holding(&cx.work_dir, "hunter2").is_empty());
    let cx = bench.cx();
    runner().apply(&cx, planned.artifact.as_deref()).await.unwrap();
    assert!(files_holding(&cx.work_dir, "hunter2").is_empty());
    assert!(!bench.seen.text().contains("hunter2"));
    // A changed secret changes the meaning without being held.
    bench.secret("password", json!("another-one"));
    let changed = runner().plan(&bench.cx()).await.unwrap().plan;
    let mark =
        &changed.changes.iter().find(|c| c.address == "terraform_data.secret").unwrap().sensitive_marks["/input"];
    assert!(matches!(mark, [Some(a), Some(b)] if a != b));
    // An output that would give it away is refused by the engine itself, and the error is masked too.
    bench.write("infra/net/more.tf", "output \"leak\" {\n  value = var.password\n}\nresource \"terraform_data\" \"bad\" {\n  lifecycle {\n    precondition {\n      condition = var.name == \"x\"\n      error_message = \"bad ${nonsensitive(var.password)}\"\n    }\n  }\n}\n");
    let error = runner().plan(&bench.cx()).await.unwrap_err();
    assert!(!format!("{error:?}").contains("another-one") && !bench.seen.text().contains("another-one"), "{error:?}");
}

#[tokio::test]
async fn dsl6_strange_input_is_an_error() {
    if !here() {
        return;
    }
    let mut bench = bench();
    bench.known("nmae", json!("x"));
    let error = runner().plan(&bench.cx()).await.unwrap_err();
    assert_eq!(error.code, "unknown-input");
    assert!(error.message.contains("nmae") && error.hint.contains("name"));
}

#[tokio::test]
async fn d6_unknown_inputs_are_truly_unknown() {
    if !here() {
        return;
    }
    let mut bench = bench();
    let planned = runner().plan(&bench.cx()).await.unwrap();
    runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    bench.inputs.insert("name".into(), Resolved::Unknown("net.vpc.id".into()));
    let partial = runner().plan(&bench.cx()).await.unwrap();
    assert!(partial.artifact.is_none(), "a partial plan must not be applicable");
    assert_eq!(partial.plan.unknown_inputs, ["name"]);
    let addresses: Vec<_> = partial.plan.changes.iter().map(|c| (c.address.as_str(), c.action)).collect();
    assert_eq!(addresses, [("terraform_data.first", Action::Update), ("terraform_data.second", Action::Update)]);
    assert!(partial.plan.changes[0].unknown.iter().any(|p| p.starts_with("/input")), "{:?}", partial.plan.changes[0]);
    assert!(!serde_json::to_string(&partial.plan).unwrap().contains("xcf_unknown"));
    // The declared type is kept: a map where a string is wanted is still an error of the module, not a plan.
    bench.inputs.insert("tags".into(), Resolved::Unknown("net.vpc.tags".into()));
    bench.write("infra/net/each.tf", "resource \"terraform_data\" \"each\" {\n  for_each = var.tags\n}\n");
    let error = runner().plan(&bench.cx()).await.unwrap_err();
    assert_eq!(error.code, "not-supported", "{error:?}");
}

#[tokio::test]
async fn dsl2_invalid_module_is_located() {
    if !here() {
        return;
    }
    let bench = bench();
    bench.write("infra/net/bad.tf", "resource \"terraform_data\" \"x\" {\n  input = var.nothing\n}\n");
    let error = runner().plan(&bench.cx()).await.unwrap_err();
    assert_eq!(error.code, "invalid-module", "{error:?}");
    assert_eq!(error.diagnostics[0].place.to_string(), "infra/net/bad.tf:2:11");
    bench.write("infra/net/bad.tf", "resource \"x\" {\n");
    let error = runner().plan(&bench.cx()).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.diagnostics[0].place.file.as_str()), ("invalid-module", "infra/net/bad.tf"));
}

#[tokio::test]
async fn dsl8_shared_state_is_refused() {
    if !here() {
        return;
    }
    let bench = bench();
    bench.write(
        "infra/net/backend.tf",
        "terraform {\n  backend \"local\" {\n    path = \"/tmp/somewhere/shared.tfstate\"\n  }\n}\n",
    );
    let error = runner().plan(&bench.cx()).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.diagnostics[0].place.to_string().as_str()),
        ("shared-state", "infra/net/backend.tf:2")
    );
    let own = bench.path().join("elsewhere/dev/sample/unit/terraform.tfstate");
    bench.write(
        "infra/net/backend.tf",
        &format!("terraform {{\n  backend \"local\" {{\n    path = \"{}\"\n  }}\n}}\n", own.display()),
    );
    let planned = runner().plan(&bench.cx()).await.unwrap();
    let applied = runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    assert!(own.exists() && !bench.path().join("state/terraform.tfstate").exists());
    assert!(applied.outputs.values["id"].is_string());
    assert!(runner().plan(&bench.cx()).await.unwrap().plan.is_empty());
    bench.write("infra/net/terraform.tfstate", "{}");
    fs::remove_file(bench.path().join("export/infra/net/backend.tf")).unwrap();
    assert_eq!(runner().plan(&bench.cx()).await.unwrap_err().code, "shared-state");
}

#[tokio::test]
async fn dsl2_moved_unit_changes_nothing_and_two_states_conflict() {
    if !here() {
        return;
    }
    let bench = bench();
    let planned = runner().plan(&bench.cx()).await.unwrap();
    runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    let mut renamed = bench.cx();
    renamed.unit = "dev/sample/renamed".parse().unwrap();
    renamed.state_dir = bench.path().join("units/dev/sample/renamed");
    fs::create_dir_all(&renamed.state_dir).unwrap();
    let former = bench.path().join("units/dev/sample/unit");
    fs::rename(bench.path().join("state"), &former).unwrap();
    runner().rekey(&renamed, &former).await.unwrap();
    runner().rekey(&renamed, &former).await.unwrap();
    assert!(runner().plan(&renamed).await.unwrap().plan.is_empty());
    fs::copy(renamed.state_dir.join("terraform.tfstate"), former.join("terraform.tfstate")).unwrap();
    assert_eq!(runner().rekey(&renamed, &former).await.unwrap_err().code, "moved-conflict");
    assert!(former.join("terraform.tfstate").exists() && renamed.state_dir.join("terraform.tfstate").exists());
}

#[tokio::test]
async fn d6_snapshot_restores_the_state() {
    if !here() {
        return;
    }
    let mut bench = bench();
    let planned = runner().plan(&bench.cx()).await.unwrap();
    runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    let reference = runner().backup(&bench.cx(), Backup::ConfigSnapshot).await.unwrap();
    assert_eq!(runner().backup(&bench.cx(), Backup::ConfigSnapshot).await.unwrap(), reference);
    bench.known("name", json!("green"));
    let planned = runner().plan(&bench.cx()).await.unwrap();
    runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    assert!(runner().plan(&bench.cx()).await.unwrap().plan.is_empty());
    runner().restore(&bench.cx(), &reference).await.unwrap();
    assert_eq!(runner().plan(&bench.cx()).await.unwrap().plan.counts().update, 2);
    assert_eq!(runner().backup(&bench.cx(), Backup::PreChange).await.unwrap_err().code, "not-supported");
    assert!(runner().restore(&bench.cx(), "../../x").await.is_err());
}

#[tokio::test]
async fn d6_destroy_plans_and_applies_the_removal() {
    if !here() {
        return;
    }
    let bench = bench();
    let planned = runner().plan(&bench.cx()).await.unwrap();
    runner().apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
    let mut cx = bench.cx();
    cx.destroy = true;
    let planned = runner().plan(&cx).await.unwrap();
    assert_eq!((planned.plan.counts().delete, planned.plan.counts().create), (3, 0));
    let mut cx = bench.cx();
    cx.destroy = true;
    runner().apply(&cx, planned.artifact.as_deref()).await.unwrap();
    let state: Value =
        serde_json::from_slice(&fs::read(bench.path().join("state/terraform.tfstate")).unwrap()).unwrap();
    assert_eq!(state["resources"], json!([]));
}

#[tokio::test]
async fn d7_inspect_without_an_earlier_attempt_is_not_started() {
    let bench = bench();
    assert_eq!(runner().inspect(&bench.cx()).await.unwrap(), Inspection::NotStarted);
}

#[tokio::test]
async fn d10_the_pinned_version_must_be_there() {
    if !here() {
        return;
    }
    let mut bench = bench();
    bench.settings.version = Some("0.1".into());
    assert_eq!(runner().plan(&bench.cx()).await.unwrap_err().code, "engine-version");
    let probe = runner().probe(&bench.settings).await;
    assert!(probe.version.is_some() && probe.problem.is_some() && probe.fix.is_some());
    bench.settings.binary = Some("/no/such/terraform".into());
    assert_eq!(runner().plan(&bench.cx()).await.unwrap_err().code, "engine-missing");
}

#[tokio::test]
async fn d7_two_units_plan_and_apply_the_same_module_at_once() {
    if !here() {
        return;
    }
    let bench = bench();
    bench.write("infra/net/more.tf", "module \"shared\" {\n  source = \"../shared\"\n  name   = var.name\n}\n");
    bench.write("infra/shared/main.tf", "variable \"name\" {}\nresource \"terraform_data\" \"x\" {\n  input = \"${var.name} ${file(\"${path.module}/../text\")}\"\n}\n");
    bench.write("infra/text", "hello");
    let other = || {
        let mut cx = bench.cx();
        cx.unit = "prod/sample/unit".parse().unwrap();
        cx.state_dir = bench.path().join("state-of-prod");
        fs::create_dir_all(&cx.state_dir).unwrap();
        cx
    };
    let (dev, prod) = (bench.cx(), other());
    let both = runner();
    let (a, b) = tokio::join!(both.plan(&dev), both.plan(&prod));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert!(
        a.plan
            .changes
            .iter()
            .any(|c| c.address == "module.shared.terraform_data.x" && c.after["input"] == "blue hello")
    );
    let (dev, prod) = (bench.cx(), other());
    let (x, y) = tokio::join!(both.apply(&dev, a.artifact.as_deref()), both.apply(&prod, b.artifact.as_deref()));
    assert_ne!(x.unwrap().outputs.values["id"], y.unwrap().outputs.values["id"]);
}

#[tokio::test]
async fn d2_7_what_a_provisioner_prints_is_masked_in_lines_and_files() {
    if !here() {
        return;
    }
    let mut bench = bench();
    bench.write("infra/net/print.tf", "resource \"terraform_data\" \"print\" {\n  provisioner \"local-exec\" {\n    command = \"echo it is $TOKEN\"\n  }\n}\n");
    bench.known("name", json!("blue"));
    let planned = runner().plan(&bench.cx()).await.unwrap();
    let mut cx = bench.cx();
    cx.env.insert("TOKEN".into(), xcf_core::secret::Secret::new("t0ken-in-the-environment"));
    runner().apply(&cx, planned.artifact.as_deref()).await.unwrap();
    assert!(bench.seen.text().contains("it is <secret>"), "{}", bench.seen.text());
    assert!(files_holding(&cx.work_dir, "t0ken").is_empty());
}
