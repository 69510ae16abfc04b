//! The Runner conformance suite (`D10`): the same promises, kept by every engine, against the real binaries.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use support::{Bench, files_holding, launcher};
use xcf_core::graph::Host;
use xcf_core::plan::{Fidelity, UnitPlan};
use xcf_core::ports::runner::{Applied, ChildIdentity, Inspection, Runner, RunnerError, Stop, UnitContext};
use xcf_core::route::Engine;
use xcf_engines::ansible::Ansible;
use xcf_engines::process::is_alive;
use xcf_engines::terraform::Terraform;

/// One unit of one engine. It keeps a value in a world of its own, writes a line into `ran` when it does, and its apply waits in the
/// middle for as long as a file `hold` is there.
struct Case {
    bench: Bench,
    runner: Arc<dyn Runner>,
    by_hand: fn(&Case),
}

const TERRAFORM: &str = r#"
variable "dir" { type = string }
variable "value" { type = string }
variable "password" {
  type    = string
  default = "none"
}
resource "terraform_data" "kept" {
  input = "${var.value} ${var.password}"
}
resource "terraform_data" "held" {
  input            = var.value
  triggers_replace = var.value
  depends_on       = [terraform_data.kept]
  provisioner "local-exec" {
    command = "echo x >> ${var.dir}/ran; while [ -e ${var.dir}/hold ]; do sleep 0.02; done"
  }
}
output "value" { value = terraform_data.held.output }
"#;

const PLAYBOOK: &str = r#"
- hosts: all
  gather_facts: false
  tasks:
    - name: Kept
      ansible.builtin.copy:
        dest: "{{ dir }}/kept"
        content: "{{ value }} {{ password | default('none') }}"
        mode: "0600"
    - name: Held
      ansible.builtin.shell: echo x >> ran; while [ -e hold ]; do sleep 0.02; done; touch "done-{{ value }}"
      args:
        chdir: "{{ dir }}"
        creates: "{{ dir }}/done-{{ value }}"
    - name: Value
      ansible.builtin.set_stats:
        per_host: false
        data:
          value: "{{ value }}"
"#;

async fn terraform_family(engine: Engine, runner: Terraform) -> Option<Case> {
    let probe = runner.probe(&Default::default()).await;
    if let Some(problem) = probe.problem {
        println!("skipped: {problem}");
        return None;
    }
    let bench = Bench::new(engine, "infra/kept");
    bench.write("infra/kept/main.tf", TERRAFORM);
    let by_hand = |case: &Case| {
        let probe = case.bench.path().join("state/terraform.tfstate");
        let done = Command::new(if case.bench.engine == Engine::Opentofu { "tofu" } else { "terraform" })
            .args(["state", "rm", &format!("-state={}", probe.display()), "terraform_data.kept"])
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .current_dir(case.bench.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    Some(ready(Case { bench, runner: Arc::new(runner), by_hand }))
}

async fn terraform() -> Option<Case> {
    terraform_family(Engine::Terraform, Terraform::hashicorp(launcher())).await
}

async fn opentofu() -> Option<Case> {
    terraform_family(Engine::Opentofu, Terraform::opentofu(launcher())).await
}

/// Either may be absent, and its own tests are skipped then; never both.
#[tokio::test]
async fn d10_terraform_or_opentofu_is_here() {
    let mut missing = Vec::new();
    for runner in [Terraform::hashicorp(launcher()), Terraform::opentofu(launcher())] {
        missing.extend(runner.probe(&Default::default()).await.problem);
    }
    assert!(missing.len() < 2, "{missing:?}");
}

async fn ansible() -> Option<Case> {
    let runner = Ansible::new(launcher());
    if let Some(problem) = runner.probe(&Default::default()).await.problem {
        println!("skipped: {problem}");
        return None;
    }
    let bench = Bench::new(Engine::Ansible, "ops/site.yml");
    bench.write("ops/site.yml", PLAYBOOK);
    bench.write("ops/site.xcf.yaml", "outputs: [value]\n");
    let by_hand = |case: &Case| fs::write(case.world().join("kept"), "by hand").unwrap();
    Some(ready(Case { bench, runner: Arc::new(runner), by_hand }))
}

fn ready(mut case: Case) -> Case {
    fs::create_dir(case.world()).unwrap();
    let world = case.world();
    case.bench.known("dir", json!(world));
    case.bench.known("value", json!("one"));
    case
}

impl Case {
    fn world(&self) -> PathBuf {
        self.bench.path().join("world")
    }
    fn cx(&self) -> UnitContext {
        let mut cx = self.bench.cx();
        cx.hosts = vec![Host {
            name: "here".into(),
            address: "localhost".into(),
            port: None,
            user: None,
            vars: BTreeMap::from([("ansible_connection".into(), json!("local"))]),
            labels: BTreeMap::new(),
        }];
        // The way back of the sample playbook: itself, with the former values.
        cx.rollback_fragment = (self.bench.engine == Engine::Ansible).then(|| "ops/site.yml".into());
        cx
    }
    async fn plan(&self) -> UnitPlan {
        self.runner.plan(&self.cx()).await.unwrap().plan
    }
    async fn apply(&self) -> Applied {
        let planned = self.runner.plan(&self.cx()).await.unwrap();
        self.runner.apply(&self.cx(), planned.artifact.as_deref()).await.unwrap()
    }
    fn ran(&self) -> usize {
        fs::read_to_string(self.world().join("ran")).unwrap_or_default().lines().count()
    }
    fn hold(&self) {
        fs::write(self.world().join("hold"), "").unwrap();
    }
    fn release(&self) {
        fs::remove_file(self.world().join("hold")).ok();
    }
    fn child(&self) -> ChildIdentity {
        self.bench.seen.started.lock().unwrap().last().unwrap().clone()
    }
    /// Begins an apply in the middle of which `hold` stops it, and returns when it is there.
    async fn begin(&self) -> (UnitContext, Option<Vec<u8>>, tokio::task::JoinHandle<Result<Applied, RunnerError>>) {
        self.hold();
        let before = self.ran();
        let artifact = self.runner.plan(&self.cx()).await.unwrap().artifact;
        let cx = self.cx();
        let (runner, given, bytes) = (self.runner.clone(), cx.clone(), artifact.clone());
        let task = tokio::spawn(async move { runner.apply(&given, bytes.as_deref()).await });
        until(|| self.ran() > before || task.is_finished()).await;
        assert!(!task.is_finished(), "{:?}", task.await);
        (cx, artifact, task)
    }
}

async fn until(mut condition: impl FnMut() -> bool) {
    while !condition() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

fn kill(pids: &[u32]) {
    for pid in pids {
        Command::new("kill").args(["-9", &pid.to_string()]).stderr(std::process::Stdio::null()).status().unwrap();
    }
}

/// Living processes of an engine: those of its parent's session and those that carry its mark; the parent last.
fn session(child: &ChildIdentity) -> Vec<u32> {
    let stat = |pid: u32| {
        fs::read_to_string(format!("/proc/{pid}/stat")).ok()?.rsplit_once(')').map(|(_, rest)| rest.to_owned())
    };
    let pids = fs::read_dir("/proc").unwrap().flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let member = |pid: &u32| {
        let Some(rest) = stat(*pid) else { return false };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let mark = format!("XCF_STEP={}", child.work_dir.display());
        let marked = environment.split(|b| *b == 0).any(|entry| entry == mark.as_bytes());
        fields[0] != "Z" && (marked || fields[3] == child.pid.to_string())
    };
    let mut found: Vec<u32> = pids.filter(member).collect();
    found.sort_by_key(|pid| *pid == child.pid);
    found
}

/// Every file below some folders with its content.
fn content(dirs: &[PathBuf]) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = dirs.iter().flat_map(|dir| walkdir::WalkDir::new(dir).into_iter().map(Result::unwrap));
    files.filter(|e| e.file_type().is_file()).map(|e| (e.path().to_owned(), fs::read(e.path()).unwrap())).collect()
}

async fn plan_is_read_only(case: Case) {
    let dirs = ["export", "state", "world"].map(|d| case.bench.path().join(d));
    let before = content(&dirs);
    assert!(!case.plan().await.is_empty());
    assert_eq!(content(&dirs), before);
}

async fn apply_yields_the_plan_and_a_second_plan_is_empty(case: Case) {
    let planned = case.runner.plan(&case.cx()).await.unwrap();
    assert_eq!(case.runner.capabilities().exact_plan, planned.artifact.is_some());
    let applied = case.runner.apply(&case.cx(), planned.artifact.as_deref()).await.unwrap();
    let mut expected: Vec<_> = planned.plan.changes.iter().map(|c| (c.address.clone(), c.action)).collect();
    let mut actual: Vec<_> = applied.actual.iter().map(|c| (c.address.clone(), c.action)).collect();
    expected.sort();
    actual.sort();
    assert_eq!(actual, expected);
    assert_eq!((applied.outputs.values["value"].clone(), case.ran()), (json!("one"), 1));
    assert!(!applied.engine_version.is_empty());
    fs::remove_dir_all(case.bench.path().join("cache")).unwrap();
    fs::create_dir(case.bench.path().join("cache")).unwrap();
    let again = case.plan().await;
    assert!(again.is_empty(), "{again:?}");
    assert!(case.runner.verify(&case.cx()).await.unwrap().is_empty());
    assert_eq!(case.runner.outputs(&case.cx()).await.unwrap().values, applied.outputs.values);
}

async fn a_change_by_hand_is_seen(case: Case) {
    case.apply().await;
    assert!(case.runner.detect_drift(&case.cx()).await.unwrap().is_empty());
    (case.by_hand)(&case);
    let drift = case.runner.detect_drift(&case.cx()).await.unwrap();
    assert_eq!(drift.changes.iter().filter(|c| c.fidelity != Fidelity::Blind).count(), 1, "{drift:?}");
    assert!(!case.plan().await.is_empty() && !case.runner.verify(&case.cx()).await.unwrap().is_empty());
    case.apply().await;
    assert!(case.plan().await.is_empty());
}

async fn reverse_restores(mut case: Case) {
    case.apply().await;
    case.bench.known("value", json!("two"));
    case.apply().await;
    assert!(case.plan().await.is_empty());
    case.bench.known("value", json!("one"));
    let back = case.runner.reverse(&case.cx()).await.unwrap();
    assert!(!back.plan.is_empty());
    case.runner.apply(&case.cx(), back.artifact.as_deref()).await.unwrap();
    let left = case.plan().await;
    assert!(left.changes.is_empty(), "{left:?}");
}

async fn cancel_leaves_no_orphan_and_says_what_is_left(case: Case, stop: Stop) {
    let (cx, _, task) = case.begin().await;
    let child = case.child();
    assert!(session(&child).len() > 1);
    cx.cancel.ask(stop);
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.code, "engine-cancelled", "{error:?}");
    assert!(!error.left_behind.is_empty(), "{error:?}");
    until(|| session(&child).is_empty()).await;
    case.release();
    case.apply().await;
    let left = case.plan().await;
    assert!(left.is_empty(), "{left:?}");
}

async fn secrets_never_show(mut case: Case) {
    case.bench.secret("password", json!("hunter2-conformance"));
    let (plan_cx, apply_cx, verify_cx) = (case.cx(), case.cx(), case.cx());
    let planned = case.runner.plan(&plan_cx).await.unwrap();
    let applied = case.runner.apply(&apply_cx, planned.artifact.as_deref()).await.unwrap();
    case.runner.verify(&verify_cx).await.unwrap();
    let told = format!(
        "{}{:?}{:?}{}",
        serde_json::to_string(&planned.plan).unwrap(),
        applied,
        planned.plan,
        case.bench.seen.text()
    );
    assert!(!told.contains("hunter2"), "{told}");
    for cx in [plan_cx, apply_cx, verify_cx] {
        assert!(files_holding(&cx.work_dir, "hunter2").is_empty(), "{:?}", files_holding(&cx.work_dir, "hunter2"));
    }
    assert!(!planned.plan.changes.iter().all(|c| c.sensitive.is_empty()));
}

async fn nothing_runs_unless_journalled(mut case: Case) {
    let artifact = case.runner.plan(&case.cx()).await.unwrap().artifact;
    case.bench.seen = Arc::new(support::Seen { refuse: true, ..Default::default() });
    let error = case.runner.apply(&case.cx(), artifact.as_deref()).await.unwrap_err();
    assert_eq!((error.code.as_str(), case.ran()), ("not-journalled", 0));
    let child = case.child();
    until(|| !is_alive(&child)).await;
    case.bench.seen = Arc::default();
    case.apply().await;
    assert_eq!(case.ran(), 1);
}

/// The driver is gone in the middle; the engine is not. The next driver adopts it: it runs once.
async fn a_running_apply_is_adopted(case: Case) {
    let (mut cx, artifact, task) = case.begin().await;
    task.abort();
    assert!(task.await.is_err());
    cx.resume = Some(case.child());
    let (runner, given) = (case.runner.clone(), cx.clone());
    let resumed = tokio::spawn(async move { runner.apply(&given, artifact.as_deref()).await });
    case.release();
    let applied = resumed.await.unwrap().unwrap();
    assert_eq!((applied.outputs.values["value"].clone(), case.ran()), (json!("one"), 1));
    assert_eq!(case.bench.seen.started.lock().unwrap().len(), 1, "it was started twice");
    // And once more, as if the answer had been lost.
    assert_eq!(case.runner.inspect(&cx).await.unwrap(), Inspection::Finished);
    assert_eq!(case.runner.apply(&cx, None).await.unwrap().outputs.values, applied.outputs.values);
    assert!(case.plan().await.is_empty());
    assert_eq!(case.ran(), 1);
}

/// The engine's parent is killed; the engine ends by itself. What it did is found, and not done again.
async fn a_lost_parent_is_inspected(case: Case) {
    let (mut cx, artifact, task) = case.begin().await;
    let child = case.child();
    kill(&[child.pid]);
    case.release();
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.code, "engine-lost", "{error:?}");
    // The look is an effect of its own, with a work folder of its own.
    let look = UnitContext { resume: Some(child.clone()), ..case.cx() };
    assert_eq!(case.runner.inspect(&look).await.unwrap(), Inspection::Finished);
    cx.resume = Some(child);
    let applied = case.runner.apply(&cx, artifact.as_deref()).await.unwrap();
    assert_eq!((applied.outputs.values["value"].clone(), case.ran()), (json!("one"), 1));
    assert!(case.plan().await.is_empty());
}

/// Everything is killed in the middle of something that can't be told by looking: a person decides, nothing is run again by itself.
async fn a_killed_engine_is_not_run_again_blindly(case: Case) {
    let (mut cx, artifact, task) = case.begin().await;
    let child = case.child();
    kill(&[child.pid]);
    kill(&session(&child));
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.code, "engine-lost", "{error:?}");
    let look = UnitContext { resume: Some(child.clone()), ..case.cx() };
    assert!(matches!(case.runner.inspect(&look).await.unwrap(), Inspection::Unknown { .. }));
    let elsewhere = ChildIdentity { work_dir: cx.work_dir.join("steps/other"), ..child.clone() };
    let strange = UnitContext { resume: Some(elsewhere), ..case.cx() };
    assert!(matches!(case.runner.inspect(&strange).await.unwrap(), Inspection::Unknown { .. }));
    cx.resume = Some(child);
    assert_eq!(case.runner.apply(&cx, artifact.as_deref()).await.unwrap_err().code, "engine-lost");
    assert_eq!(case.ran(), 1, "it was run again");
    // The person looked and said: try again.
    case.release();
    case.apply().await;
    assert_eq!(case.ran(), 2);
    assert!(case.plan().await.is_empty());
}

async fn a_missing_binary_is_told(mut case: Case) {
    case.bench.settings.binary = Some("/no/such/binary".into());
    assert_eq!(case.runner.plan(&case.cx()).await.unwrap_err().code, "engine-missing");
    let probe = case.runner.probe(&case.bench.settings).await;
    assert!(probe.problem.is_some() && probe.fix.is_some() && probe.version.is_none());
}

/// Engines that misbehave: never "no change", never a hang.
async fn a_broken_binary_is_an_error(mut case: Case, script: &str, code: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let program = case.bench.path().join("broken");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    case.bench.settings.binary = Some(program.to_string_lossy().into_owned());
    let mut cx = case.cx();
    cx.timeout = std::time::Duration::from_millis(1500);
    let error = case.runner.plan(&cx).await.unwrap_err();
    assert_eq!(error.code, code, "{error:?}");
    assert!(!Path::new(&case.world()).join("ran").exists());
}

macro_rules! suite {
    ($engine:ident) => {
        mod $engine {
            use super::*;
            suite!(@ $engine d10_plan_is_read_only => plan_is_read_only());
            suite!(@ $engine d10_apply_yields_the_plan_and_a_second_plan_is_empty => apply_yields_the_plan_and_a_second_plan_is_empty());
            suite!(@ $engine d10_a_change_by_hand_is_seen => a_change_by_hand_is_seen());
            suite!(@ $engine d10_reverse_restores => reverse_restores());
            suite!(@ $engine d10_soft_cancel_leaves_no_orphan => cancel_leaves_no_orphan_and_says_what_is_left(Stop::Soft));
            suite!(@ $engine d10_kill_leaves_no_orphan => cancel_leaves_no_orphan_and_says_what_is_left(Stop::Kill));
            suite!(@ $engine d2_7_secrets_never_show => secrets_never_show());
            suite!(@ $engine d7_nothing_runs_unless_journalled => nothing_runs_unless_journalled());
            suite!(@ $engine d7_a_running_apply_is_adopted => a_running_apply_is_adopted());
            suite!(@ $engine d7_a_lost_parent_is_inspected => a_lost_parent_is_inspected());
            suite!(@ $engine d7_a_killed_engine_is_not_run_again_blindly => a_killed_engine_is_not_run_again_blindly());
            suite!(@ $engine d10_a_missing_binary_is_told => a_missing_binary_is_told());
            suite!(@ $engine d10_engine_that_exits_1_is_an_error => a_broken_binary_is_an_error("echo broken >&2; exit 1", "engine-garbage"));
            suite!(@ $engine d10_engine_that_says_nothing_is_an_error => a_broken_binary_is_an_error("exit 0", "engine-garbage"));
            suite!(@ $engine d10_engine_that_prints_garbage_is_an_error => a_broken_binary_is_an_error("head -c 52428800 /dev/urandom", "engine-garbage"));
            suite!(@ $engine d10_engine_that_hangs_is_an_error => a_broken_binary_is_an_error("exec sleep 1000", "engine-timeout"));
            suite!(@ $engine d10_engine_that_floods_is_an_error => a_broken_binary_is_an_error("exec cat /dev/zero", "engine-output-too-large"));
        }
    };
    (@ $engine:ident $name:ident => $check:ident($($argument:expr),*)) => {
        #[tokio::test]
        async fn $name() {
            if let Some(case) = super::$engine().await {
                $check(case $(, $argument)*).await;
            }
        }
    };
}

suite!(terraform);
suite!(opentofu);
suite!(ansible);
