//! Starting from what exists (issue 4, point 7).

use super::{Facts, LocalState, Proposal, StateKeep, propose};
use crate::testkit::Files;
use crate::workspace::{Workspace, load};
use proptest::prelude::*;

const S3: &str = "terraform {\n  backend \"s3\" {\n    bucket = \"states\"\n    key    = \"KEY\"\n  }\n}\n";

fn facts() -> Facts {
    Facts {
        uid: "6f1c0f1e-0000-4000-8000-000000000001".into(),
        name: "My Repo".into(),
        branch: "main".into(),
        only_opentofu: false,
        states: [].into(),
    }
}

fn proposed(files: &Files, facts: &Facts) -> Proposal {
    let tree = files.tree();
    propose(&tree, &load(&tree), facts)
}

/// The repository with the proposal accepted.
fn accepted(files: &Files, proposal: &Proposal) -> (Files, Workspace) {
    let with = proposal.files.iter().fold(files.clone(), |all, f| all.with(&f.path, &f.text));
    let workspace = load(&with.tree());
    (with, workspace)
}

fn repository() -> Files {
    Files::new()
        .with("infra/prod/network/main.tf", format!("{}resource \"aws_vpc\" \"v\" {{}}\n", S3.replace("KEY", "prod/net")))
        .with("infra/dev/network/main.tf", format!("{}resource \"aws_vpc\" \"v\" {{}}\n", S3.replace("KEY", "dev/net")))
        .with("infra/prod/db/main.tf", "variable \"size\" {\n  type = number\n}\nvariable \"password\" {\n  sensitive = true\n}\nvariable \"odd\" {}\nresource \"aws_db_instance\" \"d\" {}\nmodule \"x\" {\n  source = \"../../../modules/x\"\n}\n")
        .with("infra/prod/db/prod.tfvars", "size = 20\nodd = { output = \"x\" }\n")
        .with("modules/x/main.tf", "variable \"a\" {\n  default = 1\n}\nresource \"null_resource\" \"n\" {}\n")
        .with("modules/x/examples/full/main.tf", "provider \"aws\" {}\n")
        .with("k8s/shop/base/kustomization.yaml", "resources: [deploy.yaml]\n")
        .with("k8s/shop/base/deploy.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n")
        .with("k8s/shop/overlays/prod/kustomization.yaml", "resources: [../../base]\n")
        .with("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
        .with("charts/web/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n")
        .with("ansible/site.yml", "- import_playbook: web.yml\n")
        .with("ansible/web.yml", "- hosts: web\n  roles: [web]\n")
        .with("ansible/roles/web/tasks/main.yml", "- debug: {msg: hi}\n")
}

#[test]
fn issue4_7_roots_overlays_charts_and_playbooks_get_compositions() {
    let mut facts = facts();
    let state = LocalState { file: "infra/prod/db/terraform.tfstate".into(), several: false };
    facts.states.insert("infra/prod/db".into(), state);
    let files = repository();
    let proposal = proposed(&files, &facts);
    let found: Vec<String> = proposal
        .found
        .iter()
        .map(|f| format!("{} {} {}/{}", f.what, f.path, f.environment.as_deref().unwrap_or("-"), f.composition))
        .collect();
    assert_eq!(
        found,
        [
            "playbook ansible/site.yml -/site",
            "helm charts/web -/charts-web",
            "terraform infra/dev/network dev/network-dev",
            "terraform infra/prod/db prod/db-prod",
            "terraform infra/prod/network prod/network-prod",
            "kustomize k8s/shop/overlays/prod -/shop-prod",
        ]
    );
    let states: Vec<&StateKeep> = proposal.found.iter().filter(|f| f.what == "terraform").map(|f| &f.state).collect();
    assert_eq!(states[0], &StateKeep::Backend { backend: "s3".into() });
    assert_eq!(states[1], &StateKeep::Copied { file: "infra/prod/db/terraform.tfstate".into() });
    assert!(proposal.diagnostics.is_empty(), "{:?}", proposal.diagnostics);

    let (_, workspace) = accepted(&files, &proposal);
    assert!(!workspace.has_errors(), "{:?}", workspace.diagnostics);
    let units: Vec<String> = workspace.units.iter().map(|u| u.id.to_string()).collect();
    assert_eq!(units, ["dev/network-dev/network", "prod/db-prod/db", "prod/network-prod/network"]);
    assert_eq!(workspace.unassembled.len(), 3, "what nobody has looked at is never planned");
    assert!(workspace.environments.iter().all(|e| e.destroy_never));
    let db = &workspace.units[1];
    assert_eq!(db.inputs["size"].value, 20);
    assert_eq!(
        db.inputs["password"].value,
        serde_json::json!({"secret": "env:TF_VAR_password"}),
        "no secret is copied"
    );
    assert_eq!(db.inputs["odd"].value, serde_json::json!({"literal": {"output": "x"}}));
}

#[test]
fn issue4_7_a_second_time_there_is_nothing_to_propose() {
    let files = repository();
    let first = proposed(&files, &facts());
    let (with, _) = accepted(&files, &first);
    assert_eq!(proposed(&with, &facts()).files, []);
    let more = with.with("infra/prod/dns/main.tf", S3.replace("KEY", "prod/dns"));
    let second = proposed(&more, &facts());
    let paths: Vec<&str> = second.files.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(paths, ["compositions/foundation/dns-prod.yaml", "envs/prod.yaml"]);
    let old = more.text("envs/prod.yaml");
    assert!(second.files[1].text.starts_with(old.trim_end()), "an Environment keeps every byte it has");
    assert!(!accepted(&more, &second).1.has_errors());
}

#[test]
fn issue4_7_what_can_t_keep_its_state_is_left_out_and_told() {
    let partial = "terraform {\n  backend \"s3\" {}\n}\nresource \"a_b\" \"c\" {}\n";
    let files = Files::new()
        .with("main.tf", "resource \"a_b\" \"c\" {}\n")
        .with("infra/partial/main.tf", partial)
        .with("infra/broken/main.tf", "resource \"a\" {\n")
        .with("infra/broken/backend.tf", S3)
        .with("infra/twice/main.tf", "variable \"x\" {}\nresource \"a_b\" \"c\" {}\n")
        .with("infra/twice/dev.tfvars", "x = 1\n")
        .with("infra/twice/prod.tfvars", "x = 2\n")
        .with("infra/spaces/main.tf", "resource \"a_b\" \"c\" {}\n")
        .with("infra/new/main.tf", "variable \"need\" {}\nresource \"a_b\" \"c\" {}\n");
    let mut facts = facts();
    facts.states.insert("infra/spaces".into(), LocalState { file: String::new(), several: true });
    let proposal = proposed(&files, &facts);
    let told: Vec<String> = proposal.diagnostics.iter().map(|d| format!("{} {}", d.code, d.place)).collect();
    assert_eq!(
        told,
        [
            "adopt-skipped .",
            "adopt-skipped infra/broken/main.tf:1:16",
            "adopt-no-state infra/new",
            "adopt-needs-input infra/new/main.tf:1:1",
            "adopt-skipped infra/partial/main.tf:2:3",
            "adopt-skipped infra/spaces",
            "adopt-skipped infra/twice",
        ]
    );
    assert_eq!(proposal.found.len(), 1);
    let (_, workspace) = accepted(&files, &proposal);
    assert!(
        workspace.diagnostics.iter().all(|d| !d.is_error() || d.code == "missing-input"),
        "{:?}",
        workspace.diagnostics
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn issue4_7_whatever_the_folders_are_called_the_proposal_loads(
        names in prop::collection::btree_set("[a-zA-Z0-9._ ~:#é-]{1,12}(/[a-zA-Z0-9._-]{1,70}){0,3}", 1..6),
        value in "[ -~é\n]{0,20}",
    ) {
        let text = serde_json::Value::String(value.clone()).to_string().replace("${", "$${").replace("%{", "%%{");
        let files = names.iter().fold(Files::new(), |all, name| {
            all.with(&format!("t/{name}/main.tf"), format!("variable \"v\" {{}}\n{}", S3.replace("KEY", &name.replace('"', ""))))
                .with(&format!("t/{name}/x.tfvars"), format!("v = {text}\n"))
        });
        let proposal = proposed(&files, &facts());
        let (_, workspace) = accepted(&files, &proposal);
        let errors: Vec<_> = workspace.diagnostics.iter().filter(|d| d.is_error()).collect();
        prop_assert!(errors.is_empty(), "{errors:?}\n{proposal:#?}");
        prop_assert_eq!(workspace.units.len(), proposal.found.len());
    }
}
