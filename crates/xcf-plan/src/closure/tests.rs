//! What belongs to a unit's content (dsl §7).

use super::{Closures, closure};
use crate::testkit::Files;
use crate::workspace::load;
use crate::workspace::tests::sample;
use xcf_core::ids::UnitId;

fn paths(files: &Files, unit: &str) -> Vec<String> {
    let tree = files.tree();
    let w = load(&tree);
    let found = closure(&tree, w.unit(&unit.parse::<UnitId>().unwrap()).unwrap());
    assert!(found.widened.is_none(), "{:?}", found.widened);
    found.entries.into_iter().map(|(p, _)| p).collect()
}

fn widened(files: &Files, unit: &str) -> (Vec<String>, String) {
    let tree = files.tree();
    let w = load(&tree);
    let found = closure(&tree, w.unit(&unit.parse::<UnitId>().unwrap()).unwrap());
    let diagnostic = found.widened.expect("it should have widened");
    (found.entries.into_iter().map(|(p, _)| p).collect(), diagnostic.to_string())
}

const NET: &str = "dev/net/net";

#[test]
fn dsl7_module_files_lock_file_and_local_sources() {
    let main = format!(
        "{}\nmodule \"a\" {{\n  source = \"../lib/a\"\n}}\nmodule \"r\" {{\n  source = \"hashicorp/consul/aws\"\n}}\n",
        sample().text("modules/net/main.tf")
    );
    let files = sample()
        .with("modules/net/main.tf", main)
        .with("modules/net/.terraform.lock.hcl", "x")
        .with(
            "modules/lib/a/main.tf",
            "module \"b\" {\n  source = \"./inner\"\n}\nlocals {\n  t = file(\"${path.module}/../texts/a.txt\")\n}\n",
        )
        .with("modules/lib/a/inner/main.tf", "locals {}\n")
        .with("modules/lib/texts/a.txt", "a")
        .with("modules/lib/other.tf", "locals {}\n");
    assert_eq!(
        paths(&files, NET),
        [
            "modules/lib/a/inner/main.tf",
            "modules/lib/a/main.tf",
            "modules/lib/texts/a.txt",
            "modules/net/.terraform.lock.hcl",
            "modules/net/main.tf"
        ]
    );
}

#[test]
fn dsl7_file_functions_path_root_and_absent_files() {
    let with = |text: &str| sample().with("modules/net/x.tf", text);
    let all = with(
        "locals {\n  a = templatefile(\"${path.root}/../../shared/t.tpl\", {})\n  b = fileexists(\"../gone.txt\")\n}\n",
    )
    .with("shared/t.tpl", "t");
    assert_eq!(paths(&all, NET), ["modules/gone.txt", "modules/net/main.tf", "modules/net/x.tf", "shared/t.tpl"]);
    let tree = all.tree();
    let before = closure(&tree, load(&tree).unit(&NET.parse().unwrap()).unwrap()).digest;
    let came = all.with("modules/gone.txt", "here").tree();
    let after = closure(&came, load(&came).unit(&NET.parse().unwrap()).unwrap()).digest;
    assert_ne!(before, after, "a named file that comes into being changes the content");
    let json = sample()
        .with("modules/net/j.tf.json", "{\"locals\": {\"x\": \"${file(\\\"../shared.txt\\\")}\"}}")
        .with("modules/shared.txt", "s");
    assert!(paths(&json, NET).contains(&"modules/shared.txt".to_owned()));
    let archive = with("data \"archive_file\" \"z\" {\n  source_dir = \"${path.module}/../src\"\n}\n")
        .with("modules/src/deep/main.py", "p");
    assert!(paths(&archive, NET).contains(&"modules/src/deep/main.py".to_owned()));
}

#[test]
fn dsl7_what_can_t_be_resolved_widens_to_the_engine_s_folder_with_a_warning() {
    let dynamic = sample().with("modules/net/x.tf", "locals {\n  a = file(var.zone)\n}\n");
    let (all, text) = widened(&dynamic, NET);
    assert!(all.contains(&"modules/db/main.tf".to_owned()) && !all.contains(&"compositions/net.yaml".to_owned()));
    assert!(text.contains("modules/net/x.tf:2") && text.contains("closure-widened"), "{text}");
    let out = sample().with("modules/net/x.tf", "module \"o\" {\n  source = \"../../../o\"\n}\n");
    assert!(widened(&out, NET).1.contains("out of the repository"));
}

#[test]
fn dsl7_watch_globs_and_side_file() {
    let files = sample()
        .replace("compositions/net.yaml", "      inputs:\n", "      watch: [\"docs/**/*.json\"]\n      inputs:\n")
        .with("docs/a/b.json", "{}")
        .with("docs/a/c.md", "c");
    assert_eq!(paths(&files, NET), ["docs/a/b.json", "modules/net/main.tf"]);
    assert_eq!(paths(&sample(), "dev/ops/motd"), ["playbooks/motd.xcf.yaml", "playbooks/motd.yml"]);
}

#[test]
fn dsl7_ansible_roles_includes_vars_templates() {
    let play = "- hosts: all\n  vars_files: [vars/main.yml]\n  roles:\n    - web\n    - role: base\n  tasks:\n    - ansible.builtin.include_tasks: more/extra.yml\n    - block:\n        - template:\n            src: motd.j2\n            dest: /etc/motd\n    - copy:\n        src: /abs/elsewhere\n        remote_src: true\n        dest: /x\n    - debug:\n        msg: \"{{ lookup('file', 'note.txt') }}\"\n";
    let files = sample()
        .with("playbooks/motd.yml", play)
        .with("playbooks/vars/main.yml", "a: 1\n")
        .with("playbooks/roles/web/tasks/main.yml", "- copy:\n    src: index.html\n    dest: /srv\n")
        .with("playbooks/roles/web/files/index.html", "x")
        .with("playbooks/roles/web/meta/main.yml", "dependencies:\n  - role: deep\n")
        .with("roles/base/tasks/main.yml", "- debug: {}\n")
        .with("roles/deep/tasks/main.yml", "- debug: {}\n")
        .with("roles/unused/tasks/main.yml", "- debug: {}\n")
        .with(
            "playbooks/more/extra.yml",
            "- template:\n    src: \"{{ playbook_dir }}/templates/two.j2\"\n    dest: /x\n",
        )
        .with("playbooks/templates/motd.j2", "m")
        .with("playbooks/templates/two.j2", "m")
        .with("playbooks/files/note.txt", "n")
        .with("playbooks/group_vars/all.yml", "g: 1\n")
        .with("playbooks/other.yml", "- hosts: all\n")
        .with("ansible.cfg", "[defaults]\n");
    assert_eq!(
        paths(&files, "dev/ops/motd"),
        [
            "ansible.cfg",
            "playbooks/files/note.txt",
            "playbooks/group_vars/all.yml",
            "playbooks/more/extra.yml",
            "playbooks/motd.xcf.yaml",
            "playbooks/motd.yml",
            "playbooks/roles/web/files/index.html",
            "playbooks/roles/web/meta/main.yml",
            "playbooks/roles/web/tasks/main.yml",
            "playbooks/templates/motd.j2",
            "playbooks/templates/two.j2",
            "playbooks/vars/main.yml",
            "roles/base/tasks/main.yml",
            "roles/deep/tasks/main.yml"
        ]
    );
    let dynamic = files.replace("playbooks/motd.yml", "more/extra.yml", "\"{{ which }}.yml\"");
    assert!(widened(&dynamic, "dev/ops/motd").0.contains(&"playbooks/other.yml".to_owned()));
    let galaxy = files.replace("playbooks/motd.yml", "    - web\n", "    - geerlingguy.nginx\n");
    assert!(widened(&galaxy, "dev/ops/motd").1.contains("geerlingguy.nginx"));
}

#[test]
fn dsl7_kustomize_bases() {
    let files = sample()
        .replace("compositions/app.yaml", "modules/app\n      inputs:\n        size: 3\n", "k8s/app/dev\n      name: app\n")
        .replace("compositions/ops.yaml", "      inputs:\n        id:\n          from: app\n          output: id\n", "")
        .with("k8s/app/dev/kustomization.yaml", "resources: [../base, https://example.com/x.yaml]\nconfigMapGenerator:\n  - name: c\n    files: [k=../conf/a.ini]\n")
        .with("k8s/app/base/kustomization.yaml", "resources: [deploy.yaml]\n")
        .with("k8s/app/base/deploy.yaml", "apiVersion: v1\nkind: Service\n")
        .with("k8s/app/conf/a.ini", "x")
        .with("k8s/other/x.yaml", "y: 1\n");
    assert_eq!(
        paths(&files, "dev/app/app"),
        [
            "k8s/app/base/deploy.yaml",
            "k8s/app/base/kustomization.yaml",
            "k8s/app/conf/a.ini",
            "k8s/app/dev/kustomization.yaml"
        ]
    );
}

#[test]
fn dsl7_symlinks_count_with_what_they_lead_to() {
    let files =
        sample().link("modules/net/shared.txt", "../common/shared.txt").with("modules/common/shared.txt", "one");
    let all = paths(&files, NET);
    assert!(
        all.contains(&"modules/common/shared.txt".to_owned()) && all.contains(&"modules/net/shared.txt".to_owned())
    );
}

#[test]
fn dsl7_digest_is_over_path_and_content_and_units_share_the_work() {
    let tree = sample().tree();
    let w = load(&tree);
    let closures = Closures::new(&tree);
    let of = |unit: &str| closures.of(w.unit(&unit.parse().unwrap()).unwrap());
    assert!(std::sync::Arc::ptr_eq(&of(NET), &of("prod/net/net")));
    assert_ne!(of(NET).digest, of("dev/db/db").digest, "same bytes at another path");
    let changed = sample().replace("modules/net/main.tf", "\"a\"", "\"b\"").tree();
    assert_ne!(closure(&changed, load(&changed).unit(&NET.parse().unwrap()).unwrap()).digest, of(NET).digest);
}
