//! The Ansible runner against the real ansible-core, on this machine by a local connection.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use support::{Bench, files_holding, launcher};
use xcf_core::graph::Host;
use xcf_core::plan::{Action, Fidelity};
use xcf_core::ports::runner::{Inspection, Runner, UnitContext};
use xcf_core::route::Engine;
use xcf_core::value::Resolved;
use xcf_engines::ansible::Ansible;

const PLAYBOOK: &str = r#"
- name: Configure
  hosts: role_web
  gather_facts: false
  tasks:
    - name: Folder
      ansible.builtin.file:
        path: "{{ target }}"
        state: directory
        mode: "0755"
    - name: Configuration
      ansible.builtin.copy:
        dest: "{{ target }}/app.conf"
        mode: "0600"
        content: |
          greeting={{ greeting }}
          password={{ password | default('none') }}
      when: not ansible_check_mode or (target is directory)
    - name: Address
      ansible.builtin.set_stats:
        per_host: false
        data:
          url: "http://{{ greeting }}"
          token: "tok-{{ greeting }}"
"#;

const SIDE: &str = "inputs: [target, greeting, password, other]\noutputs: [url, token]\nsensitive: [token]\n";

async fn ready() -> bool {
    let probe = runner().probe(&Default::default()).await;
    if let Some(problem) = &probe.problem {
        println!("skipped: {problem}");
    }
    probe.problem.is_none()
}

fn runner() -> Ansible {
    Ansible::new(launcher())
}

fn bench() -> Bench {
    let mut bench = Bench::new(Engine::Ansible, "ops/site.yml");
    bench.write("ops/site.yml", PLAYBOOK);
    bench.write("ops/site.xcf.yaml", SIDE);
    bench.known("target", json!(bench.path().join("target")));
    bench.known("greeting", json!("hello"));
    bench
}

fn cx(bench: &Bench) -> UnitContext {
    let mut cx = bench.cx();
    cx.hosts = vec![Host {
        name: "web1".into(),
        address: "127.0.0.1".into(),
        port: None,
        user: None,
        vars: BTreeMap::from([("ansible_connection".into(), json!("local"))]),
        labels: BTreeMap::from([("role".into(), "web".into())]),
    }];
    cx
}

fn conf(bench: &Bench) -> String {
    fs::read_to_string(bench.path().join("target/app.conf")).unwrap()
}

#[tokio::test]
async fn d10_check_apply_outputs_nothing_left_and_drift() {
    if !ready().await {
        return;
    }
    let bench = bench();
    let planned = runner().plan(&cx(&bench)).await.unwrap();
    assert!(planned.artifact.is_none() && !bench.path().join("target").exists(), "planning changed something");
    assert!(bench.seen.started.lock().unwrap().is_empty());
    let folder = &planned.plan.changes[0];
    assert_eq!(
        (folder.address.as_str(), folder.action, folder.fidelity),
        ("web1: Folder", Action::Create, Fidelity::Predicted)
    );
    assert_eq!(folder.resource_type, "ansible.builtin.file");
    assert_eq!(
        planned.plan.outputs.iter().map(|o| (o.name.as_str(), o.sensitive)).collect::<Vec<_>>(),
        [("token", true), ("url", false)]
    );
    let applied = runner().apply(&cx(&bench), None).await.unwrap();
    assert_eq!(applied.outputs.values["url"], json!("http://hello"));
    assert_eq!(applied.outputs.sensitive["token"].expose(), &json!("tok-hello"));
    assert_eq!(bench.seen.started.lock().unwrap().len(), 1);
    assert!(applied.actual.iter().any(|c| c.address == "web1: Configuration"));
    assert!(conf(&bench).contains("greeting=hello"));
    assert!(runner().verify(&cx(&bench)).await.unwrap().is_empty());
    let again = runner().plan(&cx(&bench)).await.unwrap().plan;
    assert!(again.is_empty(), "{again:?}");
    assert_eq!(runner().outputs(&cx(&bench)).await.unwrap().values, applied.outputs.values);
    fs::write(bench.path().join("target/app.conf"), "by hand\n").unwrap();
    let drift = runner().detect_drift(&cx(&bench)).await.unwrap();
    assert_eq!(drift.changes.len(), 1);
    assert_eq!(drift.changes[0].before["content"], json!("by hand\n"));
    assert!(bench.seen.progress.lock().unwrap().iter().any(|p| p.address == "web1: Folder" && p.state == "changed"));
    let left: Vec<_> = fs::read_dir(bench.path().join("export/ops")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the export was written to: {left:?}");
}

#[tokio::test]
async fn d2_7_secrets_never_show() {
    if !ready().await {
        return;
    }
    let mut bench = bench();
    bench.secret("password", json!("hunter2-secret"));
    fs::create_dir(bench.path().join("target")).unwrap();
    let plan_cx = cx(&bench);
    let plan = runner().plan(&plan_cx).await.unwrap().plan;
    let change = plan.changes.iter().find(|c| c.address == "web1: Configuration").unwrap();
    assert_eq!(change.after["content"], json!("greeting=hello\npassword=<secret>\n"));
    assert!(matches!(&change.sensitive_marks["/content"], [None, Some(_)]));
    let apply_cx = cx(&bench);
    runner().apply(&apply_cx, None).await.unwrap();
    assert!(conf(&bench).contains("hunter2-secret"));
    for work in [&plan_cx.work_dir, &apply_cx.work_dir] {
        assert!(files_holding(work, "hunter2").is_empty(), "{:?}", files_holding(work, "hunter2"));
    }
    assert!(!bench.seen.text().contains("hunter2") && !bench.seen.text().is_empty());
    bench.secret("password", json!("changed-secret"));
    let changed = runner().plan(&cx(&bench)).await.unwrap().plan;
    assert_eq!(changed.changes.len(), 1);
    assert!(matches!(&changed.changes[0].sensitive_marks["/content"], [Some(a), Some(b)] if a != b));
    // A failing task that prints it.
    bench.write("ops/site.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Say\n      ansible.builtin.fail:\n        msg: \"it is {{ password }}\"\n");
    let fail_cx = cx(&bench);
    let error = runner().apply(&fail_cx, None).await.unwrap_err();
    assert_eq!(error.code, "engine-failed");
    assert!(error.message.contains("it is <secret>"), "{error:?}");
    assert_eq!(error.diagnostics[0].place.to_string(), "ops/site.yml:4");
    assert!(files_holding(&fail_cx.work_dir, "changed-secret").is_empty());
}

#[tokio::test]
async fn d10_no_log_is_hidden_and_a_changed_secret_still_means_a_change() {
    if !ready().await {
        return;
    }
    let mut bench = bench();
    bench.write("ops/site.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Quiet\n      no_log: true\n      ansible.builtin.copy:\n        dest: \"{{ target }}.quiet\"\n        content: \"{{ password }}\"\n        mode: '0600'\n");
    bench.write("ops/site.xcf.yaml", "");
    fs::remove_file(bench.path().join("export/ops/site.xcf.yaml")).unwrap();
    bench.secret("password", json!("first-one"));
    let first = runner().plan(&cx(&bench)).await.unwrap().plan;
    bench.secret("password", json!("second-one"));
    let second = runner().plan(&cx(&bench)).await.unwrap().plan;
    assert_eq!(first.changes[0].after, json!({"hidden": "<secret>"}));
    assert_ne!(first.changes[0].sensitive_marks, second.changes[0].sensitive_marks);
}

#[tokio::test]
async fn d6_tasks_check_mode_skips_are_blind_and_stand_on_top() {
    if !ready().await {
        return;
    }
    let bench = bench();
    bench.write(
        "ops/site.yml",
        "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: File\n      ansible.builtin.copy: {dest: \"{{ target }}.f\", content: x, mode: '0600'}\n    - name: Not now\n      ansible.builtin.command: id\n      when: false\n    - name: Once\n      ansible.builtin.command: touch {{ target }}.once\n      args: {creates: \"{{ target }}.once\"}\n    - name: Opaque\n      ansible.builtin.command: id\n      register: said\n    - name: Follows\n      ansible.builtin.copy: {dest: \"{{ target }}.g\", content: x, mode: '0600'}\n      when: said.rc == 0 and 'uid' in said.stdout\n",
    );
    fs::remove_file(bench.path().join("export/ops/site.xcf.yaml")).unwrap();
    let plan = runner().plan(&cx(&bench)).await.unwrap().plan;
    let seen: Vec<_> = plan.changes.iter().map(|c| (c.address.as_str(), c.fidelity)).collect();
    assert_eq!(
        seen,
        [
            ("web1: Opaque", Fidelity::Blind),
            ("web1: Follows", Fidelity::Blind),
            ("web1: File", Fidelity::Predicted),
            ("web1: Once", Fidelity::Predicted)
        ]
    );
    assert!(plan.warnings.iter().any(|w| w.code == "blind-tasks"));
    runner().apply(&cx(&bench), None).await.unwrap();
    assert!(runner().verify(&cx(&bench)).await.unwrap().is_empty(), "blind tasks are counted, not judged");
    let again = runner().plan(&cx(&bench)).await.unwrap().plan;
    assert!(again.changes.iter().all(|c| c.fidelity == Fidelity::Blind), "{again:?}");
}

#[tokio::test]
async fn d10_check_mode_false_is_refused_by_text_and_at_run_time() {
    if !ready().await {
        return;
    }
    let mut bench = bench();
    let task = |line: &str| {
        format!(
            "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Real\n      ansible.builtin.command: touch {{{{ target }}}}.real\n{line}"
        )
    };
    bench.write("ops/site.yml", &task("      check_mode: false\n"));
    let error = runner().plan(&cx(&bench)).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.diagnostics[0].place.to_string().as_str()),
        ("check-mode-false", "ops/site.yml:6")
    );
    // Hidden from the text: only the run itself can see it.
    bench.write("ops/site.yml", &task("      check_mode: \"{{ (1 == 2) }}\"\n"));
    let error = runner().plan(&cx(&bench)).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.diagnostics[0].place.to_string().as_str()),
        ("check-mode-false", "ops/site.yml:4")
    );
    assert!(!bench.path().join("target.real").exists(), "a task ran while planning");
    bench.settings.allow_check_mode_false = true;
    runner().plan(&cx(&bench)).await.unwrap();
    assert!(bench.path().join("target.real").exists());
}

#[tokio::test]
async fn dsl6_inputs_are_data_never_templates() {
    if !ready().await {
        return;
    }
    let mut bench = bench();
    fs::create_dir(bench.path().join("target")).unwrap();
    let evil = format!("{{{{ lookup('pipe', 'touch {}/evil') }}}}", bench.path().display());
    bench.known("greeting", json!(evil));
    runner().apply(&cx(&bench), None).await.unwrap();
    assert!(!bench.path().join("evil").exists());
    assert!(conf(&bench).contains("{{ lookup"));
}

#[tokio::test]
async fn dsl6_undeclared_and_missing_outputs_are_told() {
    if !ready().await {
        return;
    }
    let mut bench = bench();
    fs::create_dir(bench.path().join("target")).unwrap();
    bench.write("ops/site.xcf.yaml", "outputs: [url, missing]\n");
    let plan = runner().plan(&cx(&bench)).await.unwrap().plan;
    assert!(plan.warnings.iter().any(|w| w.code == "undeclared-output" && w.message.contains("token")));
    let error = runner().apply(&cx(&bench), None).await.unwrap_err();
    assert_eq!(error.code, "missing-output");
    assert!(error.message.contains("missing"));
    bench.write("ops/site.xcf.yaml", SIDE);
    bench.known("strange", json!(1));
    assert_eq!(runner().plan(&cx(&bench)).await.unwrap_err().code, "unknown-input");
    bench.inputs.remove("strange");
    bench.inputs.insert("other".into(), Resolved::Unknown("a.b".into()));
    assert_eq!(runner().plan(&cx(&bench)).await.unwrap_err().code, "not-supported");
}

#[tokio::test]
async fn d6_the_way_back_is_the_declared_fragment_or_none() {
    if !ready().await {
        return;
    }
    let bench = bench();
    runner().apply(&cx(&bench), None).await.unwrap();
    assert_eq!(runner().reverse(&cx(&bench)).await.unwrap_err().code, "irreversible");
    // A list of tasks, not a whole playbook.
    bench.write(
        "ops/undo.yml",
        "- name: Away\n  ansible.builtin.file:\n    path: \"{{ target }}\"\n    state: absent\n",
    );
    let mut back = cx(&bench);
    back.rollback_fragment = Some("ops/undo.yml".into());
    let planned = runner().reverse(&back).await.unwrap();
    assert_eq!(planned.plan.changes[0].action, Action::Delete);
    assert!(bench.path().join("target").exists());
    let mut back = cx(&bench);
    back.rollback_fragment = Some("ops/undo.yml".into());
    runner().apply(&back, planned.artifact.as_deref()).await.unwrap();
    assert!(!bench.path().join("target").exists());
    // Removal without a fragment leaves the hosts alone and says so.
    let mut gone = cx(&bench);
    gone.destroy = true;
    let planned = runner().plan(&gone).await.unwrap();
    assert_eq!((planned.plan.changes[0].action, planned.plan.counts().delete), (Action::Forget, 0));
    runner().apply(&gone, planned.artifact.as_deref()).await.unwrap();
    assert!(runner().outputs(&cx(&bench)).await.unwrap().values.is_empty());
}

#[tokio::test]
async fn dsl2_broken_playbooks_are_located() {
    if !ready().await {
        return;
    }
    let bench = bench();
    bench.write("ops/site.yml", "- hosts: all\n  tasks:\n    - name: x\n      no_such_module_at_all:\n");
    let error = runner().plan(&cx(&bench)).await.unwrap_err();
    assert_eq!(error.code, "invalid-module", "{error:?}");
    assert_eq!(error.diagnostics[0].place.file, "ops/site.yml");
    assert!(error.diagnostics[0].place.line >= 3, "{error:?}");
    bench.write("ops/site.yml", "- hosts: [\n");
    assert_eq!(runner().plan(&cx(&bench)).await.unwrap_err().code, "invalid-module");
    bench.write("ops/site.yml", "- hosts: nobody\n  gather_facts: false\n  tasks: []\n");
    assert_eq!(runner().plan(&cx(&bench)).await.unwrap_err().code, "no-hosts");
    let mut none = cx(&bench);
    none.hosts.clear();
    assert_eq!(runner().plan(&none).await.unwrap_err().code, "no-hosts");
}

#[tokio::test]
async fn d7_a_recorded_apply_is_taken_again_after_a_crash() {
    if !ready().await {
        return;
    }
    let bench = bench();
    let mut first = cx(&bench);
    let applied = runner().apply(&first, None).await.unwrap();
    first.resume = Some(bench.seen.started.lock().unwrap()[0].clone());
    assert_eq!(runner().inspect(&first).await.unwrap(), Inspection::Finished);
    let again = runner().apply(&first, None).await.unwrap();
    assert_eq!(again.outputs.values, applied.outputs.values);
    assert_eq!(again.outputs.sensitive["token"], applied.outputs.sensitive["token"]);
    assert_eq!(bench.seen.started.lock().unwrap().len(), 1, "it ran a second time");
}
