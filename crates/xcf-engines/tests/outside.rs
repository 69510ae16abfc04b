//! What a module brings from outside: providers that are no part of the engine, and a state behind a server (D10, dsl §8).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::json;
use std::fs;
use std::path::PathBuf;
use support::postgres::Postgres;
use support::{Bench, is_there, launcher};
use xcf_core::plan::Action;
use xcf_core::ports::runner::{Runner, UnitContext};
use xcf_core::route::Engine;
use xcf_core::secret::Secret;
use xcf_engines::terraform::Terraform;

const STAMPED: &str = r#"
terraform {
  required_providers {
    stamp = {
      source  = "xcloudflow/stamp"
      version = "1.0.0"
    }
  }
}
variable "name" {
  type = string
}
resource "stamp_thing" "one" {
  name = var.name
}
output "id" {
  value = stamp_thing.one.id
}
"#;

const PLAIN: &str = "variable \"name\" {\n  type = string\n}\nresource \"terraform_data\" \"one\" {\n  input = var.name\n}\noutput \"id\" {\n  value = terraform_data.one.output\n}\n";

/// The engines that are here.
fn engines() -> Vec<(Engine, Terraform)> {
    let mut all = Vec::new();
    if is_there("terraform") {
        all.push((Engine::Terraform, Terraform::hashicorp(launcher())));
    }
    if is_there("tofu") {
        all.push((Engine::Opentofu, Terraform::opentofu(launcher())));
    }
    if all.is_empty() {
        println!("skipped: neither terraform nor tofu is on PATH");
    }
    all
}

/// A folder of providers, laid out as a mirror; none where the set-up could not build one.
fn mirror() -> Option<PathBuf> {
    let found = std::env::var_os("XCF_CACHE").map(|c| PathBuf::from(c).join("tools/providers/mirror"));
    let found = found.filter(|m| m.is_dir());
    if found.is_none() {
        println!("skipped: no provider was built (scripts/setup.sh providers)");
    }
    found
}

fn stamped(engine: Engine, name: &str) -> Bench {
    let mut bench = Bench::new(engine, "infra/stamp");
    bench.write("infra/stamp/main.tf", STAMPED);
    bench.known("name", json!(name));
    bench
}

/// The person's own configuration of the engine, as `engines.NAME.env: [TF_CLI_CONFIG_FILE]` lets it through.
fn with_mirror(bench: &Bench, mirror: &std::path::Path) -> UnitContext {
    let rc = bench.path().join("person.rc");
    let text =
        format!("provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n", mirror.display());
    fs::write(&rc, text).unwrap();
    let mut cx = bench.cx();
    cx.env.insert("TF_CLI_CONFIG_FILE".to_owned(), Secret::new(rc.to_str().unwrap()));
    cx
}

#[tokio::test]
async fn d10_a_provider_from_outside_plans_applies_and_is_kept_for_the_next() {
    let Some(mirror) = mirror() else { return };
    for (engine, runner) in engines() {
        let bench = stamped(engine, "blue");
        let planned = runner.plan(&with_mirror(&bench, &mirror)).await.unwrap();
        assert_eq!(planned.plan.changes[0].address, "stamp_thing.one");
        assert_eq!(planned.plan.changes[0].action, Action::Create);
        let applied = runner.apply(&with_mirror(&bench, &mirror), planned.artifact.as_deref()).await.unwrap();
        assert_eq!(applied.outputs.values["id"], json!("stamp-blue"));
        assert!(runner.plan(&with_mirror(&bench, &mirror)).await.unwrap().plan.is_empty());
        let kept = bench.path().join(format!("cache/{engine}-plugins"));
        let found = walkdir::WalkDir::new(&kept).follow_links(true).into_iter().flatten();
        let copies =
            found.filter(|e| e.file_type().is_file() && e.file_name().to_string_lossy().starts_with("terraform-"));
        assert_eq!(copies.count(), 1, "one copy in {}", kept.display());
        assert!(!bench.path().join("export/infra/stamp/.terraform.lock.hcl").exists(), "the export is not written to");
    }
}

#[tokio::test]
async fn d10_units_that_fetch_the_same_provider_at_once_do_not_spoil_it() {
    let Some(mirror) = mirror() else { return };
    for (engine, runner) in engines() {
        // Four units, one cache: each has a work folder and a state of its own.
        let bench = stamped(engine, "many");
        let contexts: Vec<UnitContext> = (0..4)
            .map(|n| {
                let mut cx = with_mirror(&bench, &mirror);
                cx.state_dir = bench.path().join(format!("state-{n}"));
                fs::create_dir_all(&cx.state_dir).unwrap();
                cx
            })
            .collect();
        let plans = futures::future::join_all(contexts.iter().map(|cx| runner.plan(cx))).await;
        for plan in plans {
            assert_eq!(plan.unwrap().plan.counts().create, 1);
        }
    }
}

#[tokio::test]
async fn d10_a_provider_that_is_not_what_was_locked_starts_nothing() {
    let Some(mirror) = mirror() else { return };
    for (engine, runner) in engines() {
        let bench = stamped(engine, "blue");
        let host = if engine == Engine::Opentofu { "registry.opentofu.org" } else { "registry.terraform.io" };
        let lock = format!(
            "provider \"{host}/xcloudflow/stamp\" {{\n  version     = \"1.0.0\"\n  constraints = \"1.0.0\"\n  hashes = [\n    \"h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\n  ]\n}}\n"
        );
        bench.write("infra/stamp/.terraform.lock.hcl", &lock);
        let error = runner.plan(&with_mirror(&bench, &mirror)).await.unwrap_err();
        assert!(error.message.contains("stamp") && error.message.contains("checksum"), "{error:?}");
        assert!(!bench.path().join("state/terraform.tfstate").exists());
        let kept = fs::read_to_string(bench.path().join("export/infra/stamp/.terraform.lock.hcl")).unwrap();
        assert_eq!(kept, lock, "the lock file is the repository's");
    }
}

#[tokio::test]
async fn d10_a_provider_nobody_has_is_an_error_never_no_change() {
    for (engine, runner) in engines() {
        let bench = stamped(engine, "blue");
        let empty = bench.path().join("nothing");
        fs::create_dir_all(&empty).unwrap();
        let error = runner.plan(&with_mirror(&bench, &empty)).await.unwrap_err();
        assert!(error.message.contains("xcloudflow/stamp"), "it says which: {error:?}");
    }
}

fn remote(engine: Engine, postgres: &Postgres) -> Bench {
    let mut bench = Bench::new(engine, "infra/net");
    bench.write("infra/net/main.tf", PLAIN);
    bench.known("name", json!("blue"));
    let schema = format!("{engine}-{{env}}/{{composition}}/{{module}}");
    bench.settings.backend = Some(json!({"pg": {"conn_str": postgres.address(), "schema_name": schema}}));
    bench
}

#[tokio::test]
async fn dsl8_a_state_behind_a_server_is_the_unit_s_alone() {
    let Some(postgres) = Postgres::start() else { return };
    for (engine, runner) in engines() {
        let bench = remote(engine, &postgres);
        let planned = runner.plan(&bench.cx()).await.unwrap();
        assert_eq!(planned.plan.counts().create, 1);
        let applied = runner.apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
        assert_eq!(applied.outputs.values["id"], json!("blue"));
        let states = postgres.query(&format!("select count(*) from \"{engine}-dev/sample/unit\".states"));
        assert_eq!(states, "1", "the state is there");
        assert!(!bench.path().join("state/terraform.tfstate").exists(), "and nowhere else");
        let again = runner.plan(&bench.cx()).await.unwrap().plan;
        assert!(again.is_empty() && again.state_serial == applied.state_serial, "{again:?}");
        assert_eq!(runner.outputs(&bench.cx()).await.unwrap().values["id"], json!("blue"));
        // Another unit of the same module has a state of its own.
        let mut other = bench.cx();
        other.unit = "dev/sample/other".parse().unwrap();
        assert_eq!(runner.plan(&other).await.unwrap().plan.counts().create, 1);
    }
}

#[tokio::test]
async fn d8_a_remote_state_that_is_locked_is_waited_for_by_a_person_not_broken() {
    let Some(postgres) = Postgres::start() else { return };
    for (engine, runner) in engines() {
        let mut bench = remote(engine, &postgres);
        let planned = runner.plan(&bench.cx()).await.unwrap();
        runner.apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
        bench.known("name", json!("green"));
        let planned = runner.plan(&bench.cx()).await.unwrap();
        // Somebody else holds it: the backend locks the row of the state by its number.
        let lock = format!("select pg_advisory_lock(id) from \"{engine}-dev/sample/unit\".states");
        let mut session = postgres.session(&lock);
        let error = runner.apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap_err();
        assert_eq!((error.code.as_ref(), error.retryable), ("engine-lock", true), "{error:?}");
        drop(session.stdin.take());
        session.wait().unwrap();
        let applied = runner.apply(&bench.cx(), planned.artifact.as_deref()).await.unwrap();
        assert_eq!(applied.outputs.values["id"], json!("green"), "the same plan, once the lock is free");
    }
}
