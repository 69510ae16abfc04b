//! Starting from a repository that was applied by hand before: the first plan changes nothing (issue 4, point 7).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod kit;

use kit::{Ran, Sample, files, has, terraform};
use std::process::Command;

const ROOT: &str = "variable \"size\" {\n  type    = number\n  default = 1\n}\nresource \"terraform_data\" \"net\" {\n  input = \"size ${var.size}\"\n}\noutput \"id\" {\n  value = terraform_data.net.id\n}\n";

/// A repository with Terraform roots, not known to this product.
fn repository() -> Sample {
    let home = tempfile::tempdir().unwrap();
    let sample = Sample { dir: home.path().join("repo"), home, wrappers: None, alone: false };
    std::fs::create_dir_all(&sample.dir).unwrap();
    sample.git(&["init", "-q", "-b", "main"]);
    sample.git(&["config", "user.name", "Edith"]);
    sample.git(&["config", "user.email", "edith@sample.invalid"]);
    sample.write(".gitignore", "*.tfstate*\n.terraform*\n");
    sample
}

fn apply_by_hand(sample: &Sample, folder: &str, args: &[&str]) {
    let tools = sample
        .command(&[])
        .get_envs()
        .find(|(k, _)| *k == "XCF_TOOLS")
        .and_then(|(_, v)| v.map(ToOwned::to_owned))
        .unwrap();
    let path = format!("{}:{}", tools.to_string_lossy(), std::env::var("PATH").unwrap_or_default());
    for command in [vec!["init", "-input=false"], [&["apply", "-auto-approve", "-input=false"], args].concat()] {
        let output = Command::new(terraform())
            .args(&command)
            .current_dir(sample.dir.join(folder))
            .env("PATH", &path)
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn adopt(sample: &Sample, options: &[&str]) -> Ran {
    let dir = sample.dir.to_str().unwrap();
    let all: Vec<&str> = ["-C", dir].into_iter().chain(options.iter().copied()).chain(["init", "--adopt"]).collect();
    sample.bare(&all)
}

#[test]
fn issue4_7_the_first_plan_of_an_adopted_repository_changes_nothing() {
    if !has("terraform") {
        println!("skipped: terraform is not installed");
        return;
    }
    let sample = repository();
    let kept = sample.home.path().join("kept.tfstate");
    let backend = format!("terraform {{\n  backend \"local\" {{\n    path = \"{}\"\n  }}\n}}\n", kept.display());
    sample.write("infra/prod/network/main.tf", ROOT);
    sample.write("infra/prod/network/prod.tfvars", "size = 7\n");
    sample.write("infra/prod/dns/main.tf", &format!("{backend}{ROOT}"));
    sample.write(
        "infra/dev/network/main.tf",
        &format!("terraform {{\n  backend \"local\" {{\n    path = \"state/here.tfstate\"\n  }}\n}}\n{ROOT}"),
    );
    sample.commit("What was there before");
    apply_by_hand(&sample, "infra/prod/network", &["-var-file=prod.tfvars"]);
    apply_by_hand(&sample, "infra/prod/dns", &[]);
    apply_by_hand(&sample, "infra/dev/network", &[]);
    let before = files(&sample.dir);

    // A preview writes nothing.
    let preview = adopt(&sample, &["--no-input", "-o", "json"]).exits(2).json();
    assert_eq!(files(&sample.dir), before, "a preview wrote into the checkout");
    assert!(files(&sample.data()).iter().all(|f| !f.ends_with("terraform.tfstate")));
    let found: Vec<(&str, &str)> = preview["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["path"].as_str().unwrap(), f["state"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [("infra/dev/network", "copied"), ("infra/prod/dns", "backend"), ("infra/prod/network", "copied")]
    );
    assert_eq!(preview["diagnostics"], serde_json::json!([]));

    adopt(&sample, &["--no-input", "--yes"]).exits(0);
    sample.xcf(&["validate"]).exits(0);
    sample.commit("Adopt");
    let serials = |file: &std::path::Path| std::fs::read(file).unwrap();
    let state = serials(&kept);
    let planned = sample.plan(&[], 0);
    assert_eq!(planned["changeSets"], serde_json::json!([]), "{planned:#}");
    assert_eq!(serials(&kept), state, "planning left the backend's state alone");
    assert_eq!(adopt(&sample, &["--no-input", "-o", "json"]).exits(0).json()["files"], serde_json::json!([]));

    // The state is really the one in use: a change is an update of what is there, in the backend it was in.
    sample.replace("infra/prod/dns/main.tf", "size $", "Size $");
    sample.commit("Change");
    let planned = sample.plan(&[], 2);
    let set = &planned["changeSets"][0];
    assert_eq!(set["units"].as_array().unwrap().len(), 1);
    let change = &set["units"][0]["plan"]["changes"][0];
    assert_eq!(
        (change["address"].as_str(), change["action"].as_str()),
        (Some("terraform_data.net"), Some("update")),
        "{planned:#}"
    );
}

#[test]
fn issue4_7_a_backend_that_two_units_name_is_refused() {
    if !has("terraform") {
        println!("skipped: terraform is not installed");
        return;
    }
    let sample = repository();
    let kept = sample.home.path().join("kept.tfstate");
    let backend = format!("terraform {{\n  backend \"local\" {{\n    path = \"{}\"\n  }}\n}}\n", kept.display());
    sample.write("infra/prod/dns/main.tf", &format!("{backend}{ROOT}"));
    sample.commit("What was there before");
    apply_by_hand(&sample, "infra/prod/dns", &[]);
    adopt(&sample, &["--no-input", "--yes"]).exits(0);
    sample.commit("Adopt");
    sample.plan(&[], 0);
    // A copy of the root by hand: its backend still says the first one's place.
    sample.write("infra/prod/copy/main.tf", &format!("{backend}{ROOT}"));
    sample.commit("Copy");
    adopt(&sample, &["--no-input", "--yes"]).exits(0);
    sample.commit("Adopt the copy");
    let ran = sample.xcf(&["-o", "json", "plan", "--all"]);
    let text = ran.json().to_string();
    assert!(text.matches("\"shared-state\"").count() >= 2, "{text}");
    assert_ne!(ran.code, 0);
}

#[test]
fn issue4_7_acceptance_means_what_was_seen() {
    let sample = repository();
    sample.write("infra/a/main.tf", "resource \"terraform_data\" \"x\" {}\n");
    sample.commit("One");
    // Not a terminal, no `--yes`: only shown.
    let shown = adopt(&sample, &[]).exits(2);
    assert!(
        shown.out.contains("compositions/foundation/a.yaml (new)") && shown.out.contains("ref: infra/a"),
        "{}",
        shown.out
    );
    assert!(shown.err.contains("adopt-no-state") && !sample.dir.join(".xcf.yaml").exists());
    // A link out of the repository in the way: nothing goes through it.
    let outside = sample.home.path().join("outside");
    std::fs::create_dir_all(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, sample.dir.join("compositions")).unwrap();
    let refused = adopt(&sample, &["--yes"]).exits(1);
    assert!(refused.err.contains("leave the repository"), "{}", refused.err);
    assert_eq!(files(&outside), Vec::<std::path::PathBuf>::new());
    let nowhere = tempfile::tempdir().unwrap();
    let ran = sample.bare(&["-C", nowhere.path().to_str().unwrap(), "init", "--adopt"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
}
