//! What modules are and which ports they have (dsl §4, §6).

use super::{ContentKind, ModuleContent};
use crate::testkit::Files;

fn read(files: &Files, path: &str, is_file: bool) -> ModuleContent {
    ModuleContent::read(&files.tree(), path, is_file)
}

#[test]
fn dsl6_terraform_variables_and_outputs() {
    let files = Files::new()
        .with("m/variables.tf", "variable \"a\" {\n  type = map(object({\n    x = string\n  }))\n  description = \"An a\"\n}\n\nvariable \"s\" {\n  sensitive = true\n  default   = \"hush\"\n  nullable  = false\n}\n")
        .with("m/outputs.tf", "output \"o\" {\n  value     = var.s\n  sensitive = true\n}\n")
        .with("m/extra.tf.json", "{\"variable\": {\"j\": {\"type\": \"number\", \"default\": 3}}, \"output\": {\"p\": {\"value\": 1}}}")
        .with("m/z_override.tf", "variable \"a\" {\n  default = {}\n}\n")
        .with("m/nested/other.tf", "variable \"not_mine\" {}\n");
    let content = read(&files, "m", false);
    assert_eq!(content.kinds, [ContentKind::Terraform].into());
    assert!(content.diagnostics.is_empty() && content.interface.inputs_known && content.interface.outputs_known);
    let names: Vec<&String> = content.interface.inputs.keys().collect();
    assert_eq!(names, ["a", "j", "s"]);
    let a = &content.interface.inputs["a"];
    assert!(!a.required, "the override gives a default");
    assert_eq!((a.description.as_str(), a.place.to_string().as_str()), ("An a", "m/variables.tf:1:1"));
    let s = &content.interface.inputs["s"];
    assert!(s.sensitive && !s.nullable && s.default.is_none(), "a sensitive default is not shown");
    assert_eq!(content.interface.inputs["j"].default.as_deref(), Some("3"));
    assert!(content.interface.outputs["o"].sensitive && !content.interface.outputs["p"].sensitive);
}

#[test]
fn dsl4_kinds_by_content() {
    let api = "apiVersion: xcloudflow.io/v1alpha1\n";
    let cases: [(&str, &str, &str, bool, ContentKind); 7] = [
        ("m/Pulumi.yaml", "name: x\nruntime: nodejs\n", "m", false, ContentKind::Pulumi),
        ("m/kustomization.yaml", "resources: []\n", "m", false, ContentKind::Kubernetes),
        (
            "m/a.yaml",
            "apiVersion: v1\nkind: Service\n---\napiVersion: v1\nkind: Pod\n",
            "m",
            false,
            ContentKind::Kubernetes,
        ),
        ("p/site.yml", "- hosts: all\n  tasks: []\n", "p/site.yml", true, ContentKind::Ansible),
        ("p/site.yml", "- hosts: all\n  vars:\n    k: !vault |\n      abc\n", "p", false, ContentKind::Ansible),
        ("p/a.yaml", &format!("{api}kind: Playbook\n"), "p/a.yaml", true, ContentKind::Ssh),
        ("p/a.yaml", &format!("{api}kind: NativeResource\n"), "p/a.yaml", true, ContentKind::Native),
    ];
    for (file, text, path, is_file, kind) in cases {
        let content = read(&Files::new().with(file, text), path, is_file);
        assert_eq!(content.kinds, [kind].into(), "{file}: {text}");
        assert!(content.diagnostics.is_empty(), "{:?}", content.diagnostics);
    }
    let none = read(&Files::new().with("m/tasks.yml", "- name: no play\n"), "m", false);
    assert!(none.kinds.is_empty());
}

#[test]
fn dsl6_side_files_declare_ports() {
    let side = "inputs:\n  greeting:\n    type: string\n    required: true\n  count: number\n  free:\noutputs: [done, token]\nsensitive: [token]\n";
    let files = Files::new().with("p/site.yml", "- hosts: all\n").with("p/site.xcf.yaml", side);
    let interface = read(&files, "p/site.yml", true).interface;
    assert!(interface.inputs["greeting"].required && !interface.inputs["count"].required && interface.inputs_known);
    assert!(interface.outputs["token"].sensitive && !interface.outputs["done"].sensitive);
    assert_eq!(interface.inputs["count"].place.to_string(), "p/site.xcf.yaml:5");
    let folder = Files::new().with("p/site.yml", "- hosts: all\n").with("p/meta/xcf.yaml", "outputs: [done]\n");
    let content = read(&folder, "p", false);
    assert!(content.interface.outputs_known && !content.interface.inputs_known, "no `inputs`: they are not known");
    let wrong = read(
        &Files::new().with("p/site.yml", "- hosts: all\n").with("p/site.xcf.yaml", "input: []\n"),
        "p/site.yml",
        true,
    );
    assert_eq!(wrong.diagnostics[0].code, "invalid-side-file");
    assert!(!read(&Files::new().with("p/site.yml", "- hosts: all\n"), "p/site.yml", true).interface.outputs_known);
}

#[test]
fn issue3_bad_modules_are_diagnostics_with_places() {
    let bad = |file: &str, text: &[u8], path: &str, is_file: bool| {
        let content = read(&Files::new().with(file, text), path, is_file);
        content.diagnostics.first().map(|d| format!("{} {}", d.code, d.place)).unwrap_or_default()
    };
    assert_eq!(bad("m/a.tf", b"resource {\n  x = = 1\n}\n", "m", false), "invalid-module m/a.tf:2:7");
    assert_eq!(bad("m/a.tf", b"\xff\xfe\x00", "m", false), "not-utf8 m/a.tf");
    assert!(bad("m/a.tf.json", b"{\"variable\": ", "m", false).starts_with("invalid-module m/a.tf.json:1"));
    assert!(bad("p/a.yml", b"- hosts: [\n", "p/a.yml", true).starts_with("invalid-module p/a.yml"));
    let deep = format!("locals {{\n  x = {}1{}\n}}\n", "(".repeat(100_000), ")".repeat(100_000));
    assert!(bad("m/a.tf", deep.as_bytes(), "m", false).starts_with("invalid-module"), "no stack is used up");
    let nested = format!("- hosts: {}1{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(bad("p/a.yml", nested.as_bytes(), "p/a.yml", true).starts_with("invalid-module"));
}

#[test]
fn dsl6_variables_that_tfvars_fill_are_not_required() {
    let files = Files::new()
        .with("m/main.tf", "variable \"a\" {}\nvariable \"b\" {}\nvariable \"c\" {}\nvariable \"d\" {}\n")
        .with("m/terraform.tfvars", "a = 1\n")
        .with("m/x.auto.tfvars.json", "{\"b\": 2}")
        .with("m/other.tfvars", "c = 3\n");
    let inputs = read(&files, "m", false).interface.inputs;
    let required: Vec<&String> = inputs.iter().filter(|(_, v)| v.required).map(|(n, _)| n).collect();
    assert_eq!(required, ["c", "d"]);
}
