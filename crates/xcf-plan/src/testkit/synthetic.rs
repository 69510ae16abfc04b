//! A large workspace by rule: layers, wires, three Environments, rows – everything a real one has, `n` times.

use super::Files;
use std::fmt::Write;

/// Lifecycles a Composition takes turns with, and the module each uses.
const KINDS: [(&str, &str); 5] = [
    ("Foundation", "network"),
    ("K8s", "cluster"),
    ("PaaS", "database"),
    ("Applications", "service"),
    ("Applications", "service"),
];

/// Terraform module variants per kind; many Compositions share one, as in real monorepos.
const VARIANTS: usize = 40;

/// A valid workspace of `n` Compositions (one or two modules each). `dev` assembles all, `stage` every fourth group,
/// `prod` every second.
#[must_use]
pub fn synthetic(n: usize) -> Files {
    let mut files = Files::new()
        .with(
            ".xcf.yaml",
            "apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata:\n  name: synthetic\n  uid: 00000000-0000-4000-8000-000000000001\nspec:\n  branch: main\n  engines:\n    terraform:\n      version: \"1.11\"\n",
        )
        .with(
            "policies/matrix.yaml",
            "apiVersion: xcloudflow.io/v1alpha1\nkind: DecisionMatrix\nmetadata:\n  name: house\nspec:\n  rows:\n    - name: dev-auto\n      match:\n        environment: dev\n      approval: auto\n      backup: none\n    - name: stage-paas\n      match:\n        lifecycle: PaaS\n        environment: stage\n      approval: approve\n",
        );
    for (_, kind) in KINDS.iter().take(4) {
        for variant in 0..VARIANTS.min(n.div_ceil(5).max(1)) {
            files = files.with(&format!("modules/{kind}-{variant}/main.tf"), terraform(kind));
        }
    }
    // An Environment's document has a size limit: large workspaces have more of them. Chains stay together.
    for (chunk, first) in (0..n).step_by(PER_ENVIRONMENT).enumerate() {
        let numbers = first..(first + PER_ENVIRONMENT).min(n);
        for number in numbers.clone() {
            files = files.with(&format!("{}.yaml", path(number)), composition(number, n));
        }
        for (index, name) in ["dev", "stage", "prod"].iter().enumerate() {
            let taken = numbers.clone().filter(|number| number / 5 % [1, 4, 2].get(index).copied().unwrap_or(1) == 0);
            let list: String = taken
                .map(|c| format!("    - ref: {}\n      inputs:\n        size: {}\n", path(c), index + 1))
                .collect();
            let name = if chunk == 0 { (*name).to_owned() } else { format!("{name}-{chunk}") };
            let protection = if index == 2 { "  protection:\n    approval: approve\n" } else { "" };
            let text = format!(
                "apiVersion: xcloudflow.io/v1alpha1\nkind: Environment\nmetadata:\n  name: {name}\n  labels:\n    stage: {name}\nspec:\n{protection}  compositions:\n{list}"
            );
            files = files.with(&format!("envs/{name}.yaml"), text);
        }
    }
    files
}

/// Entries of one Environment.
const PER_ENVIRONMENT: usize = 10_000;

fn path(number: usize) -> String {
    format!("compositions/group-{:03}/c{number}", number / 5 % 500)
}

fn composition(number: usize, n: usize) -> String {
    let (lifecycle, kind) = KINDS.get(number % 5).copied().unwrap_or(("PaaS", "database"));
    let variant = number / 5 % VARIANTS.min(n.div_ceil(5).max(1));
    let mut text = format!(
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: c{number}\n  labels:\n    team: team-{}\nspec:\n  lifecycle: {lifecycle}\n  modules:\n    - ref: modules/{kind}-{variant}\n      name: main\n      engine: terraform\n      inputs:\n        size: 1\n",
        number % 17
    );
    // Each group of five is a chain: network → cluster → database → service → service.
    if !number.is_multiple_of(5) {
        let _ = writeln!(
            text,
            "        upstream:\n          from: c{}\n          module: main\n          output: id",
            number - 1
        );
    }
    if number % 5 == 4 {
        let _ = writeln!(
            text,
            "    - ref: modules/{kind}-{variant}\n      name: side\n      dependsOn: [main]\n      inputs:\n        size: 2"
        );
    }
    if number % 5 == 3 {
        let _ = writeln!(text, "  dependencies:\n    - ref: {}", path(number - 2));
    }
    text
}

fn terraform(kind: &str) -> String {
    format!(
        "variable \"size\" {{\n  type        = number\n  description = \"How large\"\n}}\n\nvariable \"upstream\" {{\n  type    = string\n  default = \"\"\n}}\n\nresource \"terraform_data\" \"{kind}\" {{\n  input = {{\n    size     = var.size\n    upstream = var.upstream\n  }}\n}}\n\noutput \"id\" {{\n  value = terraform_data.{kind}.id\n}}\n"
    )
}
