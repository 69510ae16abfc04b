//! The supervised process (`D7`) with engines that are shell scripts: hang, garbage, floods, and the death of everyone involved.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use support::{Bench, Seen, files_holding, launcher};
use xcf_core::ports::runner::{CancelFlag, ChildIdentity, LogStream, Stop, UnitContext};
use xcf_core::route::Engine;
use xcf_core::secret::Secret;
use xcf_engines::process::{
    End, MAX_OUTPUT, ProcessResult, Step, StopReason, Supervisor, base_environment, is_alive, own_identity,
};

fn bench() -> Bench {
    Bench::new(Engine::Terraform, "m")
}

fn supervisor() -> Supervisor {
    Supervisor::new(launcher())
}

/// An engine that is a shell script.
fn engine(bench: &Bench, script: &str) -> Step {
    let program = bench.path().join("engine.sh");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    Step {
        name: "apply".into(),
        program: "/bin/sh".into(),
        args: vec![program.to_string_lossy().into_owned()],
        env: base_environment(),
        secret_env: BTreeMap::new(),
        cwd: bench.path().to_owned(),
        journalled: true,
        max_output: MAX_OUTPUT,
    }
}

async fn run(cx: &UnitContext, step: &Step) -> (ProcessResult, Vec<(LogStream, String)>) {
    let mut lines = Vec::new();
    let mut sink = |stream, text: &str| lines.push((stream, text.to_owned()));
    let result = supervisor().run(cx, step, &mut sink).await.unwrap();
    (result, lines)
}

/// Waits for something that must happen.
async fn until(mut condition: impl FnMut() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn d7_output_goes_to_files_apart_and_lines_arrive() {
    let bench = bench();
    let step = engine(&bench, "echo one; echo two >&2; printf three; exit 7");
    let (result, lines) = run(&bench.cx(), &step).await;
    assert_eq!(result.end, End::Exited(7));
    assert_eq!(fs::read_to_string(&result.stdout).unwrap(), "one\nthree");
    assert_eq!(fs::read_to_string(&result.stderr).unwrap(), "two\n");
    assert!(lines.contains(&(LogStream::Stdout, "three".into())) && lines.contains(&(LogStream::Stderr, "two".into())));
    assert_eq!(bench.seen.started.lock().unwrap().len(), 1);
    assert!(!result.adopted);
}

#[tokio::test]
async fn d7_engine_that_hangs_is_stopped_and_one_that_ignores_it_is_killed() {
    let bench = bench();
    let step = engine(&bench, "exec sleep 1000");
    let mut cx = bench.cx();
    cx.timeout = Duration::from_millis(100);
    let (result, _) = run(&cx, &step).await;
    assert_eq!(result.end, End::Stopped { reason: StopReason::Timeout, killed: false });
    assert_eq!(result.stopped_error("x").unwrap().code, "engine-timeout");
    let step = engine(&bench, "trap '' INT; while :; do sleep 1000; done");
    let mut cx = bench.cx();
    (cx.timeout, cx.stop_timeout) = (Duration::from_millis(100), Duration::from_millis(100));
    let (result, _) = run(&cx, &step).await;
    assert_eq!(result.end, End::Stopped { reason: StopReason::Timeout, killed: true });
    assert!(!result.stopped_error("x").unwrap().left_behind.is_empty());
}

#[tokio::test]
async fn d7_garbage_and_50_mb_are_read_whole() {
    let bench = bench();
    let step = engine(&bench, "head -c 52428800 /dev/urandom");
    let (result, lines) = run(&bench.cx(), &step).await;
    assert_eq!(result.end, End::Exited(0));
    assert_eq!(fs::metadata(&result.stdout).unwrap().len(), 52_428_800);
    assert!(lines.len() > 1000);
}

#[tokio::test]
async fn d7_endless_output_is_stopped() {
    let bench = bench();
    let mut step = engine(&bench, "trap '' INT; while :; do cat /dev/zero; done");
    step.max_output = 1 << 20;
    let (result, _) = run(&bench.cx(), &step).await;
    assert!(matches!(result.end, End::Stopped { reason: StopReason::OutputTooLarge, .. }), "{:?}", result.end);
    assert_eq!(result.stopped_error("x").unwrap().code, "engine-output-too-large");
}

#[tokio::test]
async fn d7_missing_program_is_an_error_not_a_hang() {
    let bench = bench();
    let mut step = engine(&bench, "");
    step.program = "/no/such/engine".into();
    let (result, _) = run(&bench.cx(), &step).await;
    assert!(matches!(&result.end, End::NotStarted(why) if why.contains("/no/such/engine")));
    assert_eq!(result.stopped_error("x").unwrap().code, "engine-missing");
}

#[tokio::test]
async fn d7_nothing_runs_if_the_identity_could_not_be_journalled() {
    let mut bench = bench();
    bench.seen = Arc::new(Seen { refuse: true, ..Seen::default() });
    let step = engine(&bench, "touch ran");
    let error = supervisor().run(&bench.cx(), &step, &mut |_, _| {}).await.unwrap_err();
    assert_eq!(error.code, "not-journalled");
    let child = bench.seen.started.lock().unwrap()[0].clone();
    until(|| !is_alive(&child)).await;
    assert!(!bench.path().join("ran").exists());
}

#[tokio::test]
async fn d7_cancel_is_soft_first() {
    let bench = bench();
    let step = engine(&bench, "trap 'echo tidied; exit 3' INT; echo up; while :; do sleep 0.05; done");
    let cx = bench.cx();
    stop_when_up(&bench, &cx.cancel, Stop::Soft);
    let (result, lines) = relay(&bench, &cx, &step).await;
    assert_eq!(result.end, End::Stopped { reason: StopReason::Cancelled, killed: false });
    assert!(lines.iter().any(|(_, l)| l == "tidied"));
    assert_eq!(result.stopped_error("x").unwrap().code, "engine-cancelled");
}

/// A driver started as a background job of a shell has interrupts ignored; its engines must not inherit that.
#[tokio::test]
async fn d7_cancel_is_soft_also_below_a_driver_that_ignores_interrupts() {
    use xcf_core::ports::runner::EffectIo as _;
    let bench = bench();
    let step = engine(&bench, "trap 'echo tidied; exit 3' INT; echo up; while :; do sleep 0.05; done");
    let cx = bench.cx();
    stop_when_up(&bench, &cx.cancel, Stop::Soft);
    let child = launcher().program.into_os_string();
    let args = ["-c".into(), "trap '' INT; exec \"$0\" \"$@\"".into(), child].to_vec();
    let deaf = xcf_engines::process::ChildLauncher { program: "/bin/sh".into(), args };
    let seen = bench.seen.clone();
    let run = xcf_engines::process::Supervisor::new(deaf);
    let result = run.run(&cx, &step, &mut |stream, text| seen.line(stream, text)).await.unwrap();
    assert_eq!(result.end, End::Stopped { reason: StopReason::Cancelled, killed: false });
}

#[tokio::test]
async fn d10_kill_leaves_no_orphan_even_in_another_session() {
    let bench = bench();
    let step = engine(
        &bench,
        "trap '' INT; setsid sh -c 'trap \"\" INT HUP; echo $$ > far; exec sleep 1000' & (trap '' INT; echo $$ > near; exec sleep 1000) &\nwhile [ ! -s far ] || [ ! -s near ]; do :; done; echo up; while :; do sleep 1000; done",
    );
    let cx = bench.cx();
    stop_when_up(&bench, &cx.cancel, Stop::Kill);
    let (result, _) = relay(&bench, &cx, &step).await;
    assert_eq!(result.end, End::Stopped { reason: StopReason::Cancelled, killed: true });
    let far: u32 = fs::read_to_string(bench.path().join("far")).unwrap().trim().parse().unwrap();
    until(|| !runs(far)).await;
    let child = bench.seen.started.lock().unwrap()[0].pid;
    until(|| !session_has_members(child)).await;
}

fn stop_when_up(bench: &Bench, cancel: &CancelFlag, stop: Stop) {
    let cancel = cancel.clone();
    *bench.seen.on_line.lock().unwrap() = Some(("up".into(), Box::new(move || cancel.ask(stop))));
}

/// Runs with lines going through the observer, so that its hook fires.
async fn relay(bench: &Bench, cx: &UnitContext, step: &Step) -> (ProcessResult, Vec<(LogStream, String)>) {
    use xcf_core::ports::runner::EffectIo as _;
    let seen = bench.seen.clone();
    let result = supervisor().run(cx, step, &mut |stream, text| seen.line(stream, text)).await.unwrap();
    let lines = bench.seen.lines.lock().unwrap().clone();
    (result, lines)
}

fn runs(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|s| !s.rsplit_once(')').unwrap().1.trim_start().starts_with(['Z', 'X']))
}

fn session_has_members(session: u32) -> bool {
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let text = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let fields: Vec<_> = text.rsplit_once(')').map(|(_, r)| r.split_whitespace().collect()).unwrap_or_default();
        fields.get(3) == Some(&session.to_string().as_str()) && fields.first() != Some(&"Z")
    })
}

/// A step whose driver is a process of its own, which the test can kill.
struct OtherDriver {
    driver: Child,
    child: Child,
    dir: PathBuf,
}

impl OtherDriver {
    /// As a driver does it, up to the moment before `go`.
    fn start(cx: &UnitContext, step: &Step, needs_driver: bool) -> Self {
        let driver = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn().unwrap();
        let dir = cx.work_dir.join("steps").join(&step.name);
        fs::create_dir_all(&dir).unwrap();
        let text = fs::read_to_string(format!("/proc/{}/stat", driver.id())).unwrap();
        let ticks: u64 = text.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
        let boot = own_identity(&dir).unwrap().boot_id;
        let spec = json!({
            "program": step.program, "args": step.args, "env": step.env, "cwd": step.cwd, "timeout_ms": 100_000, "stop_timeout_ms": 1000,
            "max_output": step.max_output, "driver": {"pid": driver.id(), "start_ticks": ticks, "boot_id": boot}, "needs_driver": needs_driver,
        });
        fs::write(dir.join("spec.json"), spec.to_string()).unwrap();
        let child = Command::new(launcher().program).arg(&dir).stdin(Stdio::null()).spawn().unwrap();
        Self { driver, child, dir }
    }
    async fn identity(&self) -> ChildIdentity {
        let path = self.dir.join("identity.json");
        until(|| path.exists()).await;
        let id: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        ChildIdentity {
            pid: u32::try_from(id["pid"].as_u64().unwrap()).unwrap(),
            start_ticks: id["start_ticks"].as_u64().unwrap(),
            boot_id: id["boot_id"].as_str().unwrap().into(),
            work_dir: self.dir.clone(),
        }
    }
    fn go(&self) {
        fs::write(self.dir.join("go"), "").unwrap();
    }
    fn kill_driver(&mut self) {
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

impl Drop for OtherDriver {
    fn drop(&mut self) {
        for process in [&mut self.driver, &mut self.child] {
            process.kill().ok();
            process.wait().ok();
        }
    }
}

#[tokio::test]
async fn d7_driver_killed_before_go_nothing_runs_and_the_next_one_starts_afresh() {
    let bench = bench();
    let step = engine(&bench, "echo x >> ran");
    let mut cx = bench.cx();
    let mut other = OtherDriver::start(&cx, &step, false);
    let identity = other.identity().await;
    other.kill_driver();
    assert!(other.child.wait().unwrap().success());
    assert!(!bench.path().join("ran").exists());
    // Whether or not its identity had been journalled, the next driver runs it, once.
    cx.resume = Some(identity);
    let (result, _) = run(&cx, &step).await;
    assert_eq!((result.end, result.adopted), (End::Exited(0), false));
    assert_eq!(fs::read_to_string(bench.path().join("ran")).unwrap(), "x\n");
}

/// The driver gave the run up between journalling the child and letting it go, and lives on (a server does).
#[tokio::test]
async fn d7_a_child_never_let_go_is_called_off_by_who_adopts_it_while_its_driver_lives() {
    let bench = bench();
    let step = engine(&bench, "echo x >> ran");
    let mut cx = bench.cx();
    let other = OtherDriver::start(&cx, &step, false);
    cx.resume = Some(other.identity().await);
    let (result, _) = run(&cx, &step).await;
    assert_eq!((result.end, result.adopted), (End::Exited(0), false));
    assert_eq!(fs::read_to_string(bench.path().join("ran")).unwrap(), "x\n");
}

#[tokio::test]
async fn d7_driver_killed_after_go_the_engine_goes_on_and_is_adopted() {
    let bench = bench();
    let step =
        engine(&bench, "echo x >> ran; echo begun; while [ ! -e finish ]; do sleep 0.01; done; echo ended; exit 4");
    for journalled in [true, false] {
        let mut cx = bench.cx();
        fs::remove_file(bench.path().join("finish")).ok();
        fs::remove_file(bench.path().join("ran")).ok();
        let mut other = OtherDriver::start(&cx, &step, false);
        let identity = other.identity().await;
        other.go();
        until(|| bench.path().join("ran").exists()).await;
        other.kill_driver();
        cx.resume = journalled.then_some(identity);
        let finish = bench.path().join("finish");
        *bench.seen.on_line.lock().unwrap() = Some(("begun".into(), Box::new(move || fs::write(finish, "").unwrap())));
        let (result, lines) = relay(&bench, &cx, &step).await;
        assert_eq!((result.end, result.adopted), (End::Exited(4), true));
        assert!(lines.iter().any(|(_, l)| l == "ended"));
        assert_eq!(fs::read_to_string(bench.path().join("ran")).unwrap(), "x\n", "it was run twice");
        bench.seen.lines.lock().unwrap().clear();
    }
}

#[tokio::test]
async fn d7_a_finished_step_is_taken_by_the_next_driver() {
    let bench = bench();
    let step = engine(&bench, "echo x >> ran; exit 5");
    let mut cx = bench.cx();
    let (first, _) = run(&cx, &step).await;
    cx.resume = Some(bench.seen.started.lock().unwrap()[0].clone());
    let (second, _) = run(&cx, &step).await;
    assert_eq!((first.end, second.end.clone(), second.adopted), (End::Exited(5), End::Exited(5), true));
    assert_eq!(fs::read_to_string(bench.path().join("ran")).unwrap(), "x\n");
}

#[tokio::test]
async fn d7_parent_killed_the_engine_ends_first_then_it_counts_as_lost() {
    let bench = bench();
    let step = engine(&bench, "echo begun; while [ ! -e finish ]; do sleep 0.01; done; touch ended");
    let cx = bench.cx();
    let (seen, finish) = (bench.seen.clone(), bench.path().join("finish"));
    *bench.seen.on_line.lock().unwrap() = Some((
        "begun".into(),
        Box::new(move || {
            let pid = seen.started.lock().unwrap()[0].pid.to_string();
            assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
            fs::write(finish, "").unwrap();
        }),
    ));
    let (result, _) = relay(&bench, &cx, &step).await;
    assert_eq!(result.end, End::Lost);
    assert!(bench.path().join("ended").exists(), "given up while the engine still ran");
    assert_eq!(result.stopped_error("x").unwrap().code, "engine-lost");
}

#[tokio::test]
async fn d7_a_reading_step_ends_with_its_driver() {
    let bench = bench();
    let step = engine(&bench, "touch ran; exec sleep 1000");
    let cx = bench.cx();
    let mut other = OtherDriver::start(&cx, &step, true);
    other.identity().await;
    other.go();
    until(|| bench.path().join("ran").exists()).await;
    other.kill_driver();
    other.child.wait().unwrap();
    let status: serde_json::Value = serde_json::from_slice(&fs::read(other.dir.join("status.json")).unwrap()).unwrap();
    assert_eq!(status["stopped"], "driver-gone");
}

#[tokio::test]
async fn dsl6_environment_is_empty_plus_what_is_named() {
    let bench = bench();
    let mut step = engine(&bench, "env > seen-env");
    step.env.insert("NAMED".into(), "1".into());
    run(&bench.cx(), &step).await;
    let allowed = [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "PWD",
        "NAMED",
        "XCF_STEP",
        "_",
        "SHLVL",
        "OLDPWD",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ];
    for line in fs::read_to_string(bench.path().join("seen-env")).unwrap().lines() {
        let name = line.split('=').next().unwrap();
        let proxy = name.to_lowercase().ends_with("_proxy");
        assert!(allowed.contains(&name) || name.starts_with("LC_") || proxy, "{line}");
    }
}

#[tokio::test]
async fn d2_7_secrets_reach_the_engine_and_nothing_else() {
    let bench = bench();
    let mut step =
        engine(&bench, "[ \"$TOKEN\" = s3cr3t-token ] || exit 9; echo up; while [ ! -e finish ]; do sleep 0.01; done");
    step.secret_env.insert("TOKEN".into(), Secret::new("s3cr3t-token"));
    let cx = bench.cx();
    let (seen, finish, work) = (bench.seen.clone(), bench.path().join("finish"), cx.work_dir.clone());
    *bench.seen.on_line.lock().unwrap() = Some((
        "up".into(),
        Box::new(move || {
            let pid = seen.started.lock().unwrap()[0].pid;
            for file in ["cmdline", "environ"] {
                let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap();
                assert!(!String::from_utf8_lossy(&bytes).contains("s3cr3t"), "{file} of the parent");
            }
            assert!(files_holding(&work, "s3cr3t").is_empty());
            fs::write(finish, "").unwrap();
        }),
    ));
    let (result, _) = relay(&bench, &cx, &step).await;
    assert_eq!(result.end, End::Exited(0));
    assert!(files_holding(&cx.work_dir, "s3cr3t").is_empty());
}

/// A file system of one megabyte.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(path: &Path) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "xcf-test"])
            .arg(path)
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|s| s.success()).then(|| Self(path.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

#[tokio::test]
async fn d7_full_disk_is_told_and_the_exit_status_is_not_lost() {
    let bench = bench();
    let Some(disk) = SmallDisk::mount(&bench.path().join("small")) else {
        println!("skipped: mounting a small tmpfs needs root");
        return;
    };
    let step = engine(&bench, "head -c 4000000 /dev/zero; exit 1");
    let mut cx = bench.cx();
    cx.work_dir = disk.0.clone();
    let (result, _) = run(&cx, &step).await;
    assert_eq!((result.end.clone(), result.disk_full), (End::Exited(1), true));
    assert_eq!(result.stopped_error("x").unwrap().code, "disk-full");
    // Nothing more fits: the next step does not even begin.
    let next = Step { name: "next".into(), ..step };
    let error = supervisor().run(&cx, &next, &mut |_, _| {}).await.unwrap_err();
    assert_eq!(error.code, "disk-full", "{error:?}");
}
