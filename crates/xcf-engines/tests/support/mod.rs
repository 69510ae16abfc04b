//! What every test here needs: a unit's context in a temporary folder, an observer, the engine's parent.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

pub mod postgres;

use async_trait::async_trait;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use xcf_core::ports::runner::{
    CancelFlag, ChildIdentity, EffectIo, EngineSettings, LogStream, ResourceProgress, RunnerError, UnitContext,
};
use xcf_core::route::Engine;
use xcf_core::value::{Resolved, SecretValue};
use xcf_engines::process::ChildLauncher;

/// A text, and what to do once when a line holds it.
pub type Hook = (String, Box<dyn FnOnce() + Send>);

/// Sees everything a runner tells.
#[derive(Default)]
pub struct Seen {
    pub started: Mutex<Vec<ChildIdentity>>,
    pub lines: Mutex<Vec<(LogStream, String)>>,
    pub progress: Mutex<Vec<ResourceProgress>>,
    /// Fails the journalling.
    pub refuse: bool,
    /// Called once when a line holds the text.
    pub on_line: Mutex<Option<Hook>>,
}

#[async_trait]
impl EffectIo for Seen {
    async fn started(&self, child: ChildIdentity) -> Result<(), RunnerError> {
        self.started.lock().unwrap().push(child);
        if self.refuse { Err(RunnerError::new("not-journalled", "refused by the test")) } else { Ok(()) }
    }
    fn line(&self, stream: LogStream, text: &str) {
        self.lines.lock().unwrap().push((stream, text.to_owned()));
        let mut hook = self.on_line.lock().unwrap();
        if hook.as_ref().is_some_and(|(wanted, _)| text.contains(wanted.as_str())) {
            let (_, act) = hook.take().unwrap();
            act();
        }
    }
    fn progress(&self, progress: ResourceProgress) {
        self.progress.lock().unwrap().push(progress);
    }
}

impl Seen {
    pub fn text(&self) -> String {
        self.lines.lock().unwrap().iter().map(|(_, l)| format!("{l}\n")).collect()
    }
}

/// One unit in a temporary folder.
pub struct Bench {
    pub dir: tempfile::TempDir,
    pub seen: Arc<Seen>,
    pub engine: Engine,
    pub module: String,
    pub inputs: BTreeMap<String, Resolved>,
    pub settings: EngineSettings,
    next: AtomicU32,
}

pub fn launcher() -> ChildLauncher {
    ChildLauncher { program: PathBuf::from(env!("CARGO_BIN_EXE_xcf-child")), args: Vec::new() }
}

impl Bench {
    pub fn new(engine: Engine, module: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for part in ["export", "state", "cache"] {
            fs::create_dir_all(dir.path().join(part)).unwrap();
        }
        Self {
            dir,
            seen: Arc::new(Seen::default()),
            engine,
            module: module.to_owned(),
            inputs: BTreeMap::new(),
            settings: EngineSettings::default(),
            next: AtomicU32::new(0),
        }
    }
    pub fn path(&self) -> &Path {
        self.dir.path()
    }
    pub fn write(&self, file: &str, text: &str) {
        let path = self.path().join("export").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    pub fn known(&mut self, name: &str, value: Value) {
        self.inputs.insert(name.to_owned(), Resolved::Known(value));
    }
    pub fn secret(&mut self, name: &str, value: Value) {
        self.inputs.insert(name.to_owned(), Resolved::Sensitive(SecretValue::new(value)));
    }
    /// A context with a work folder of its own, as each effect gets.
    pub fn cx(&self) -> UnitContext {
        let work_dir = self.path().join(format!("work-{}", self.next.fetch_add(1, Ordering::SeqCst)));
        fs::create_dir_all(&work_dir).unwrap();
        UnitContext {
            unit: "dev/sample/unit".parse().unwrap(),
            engine: self.engine,
            export: self.path().join("export"),
            module: self.module.clone(),
            inputs: self.inputs.clone(),
            hosts: Vec::new(),
            state_dir: self.path().join("state"),
            work_dir,
            cache_dir: self.path().join("cache"),
            env: BTreeMap::new(),
            owns_state: false,
            settings: self.settings.clone(),
            rollback_fragment: None,
            timeout: Duration::from_secs(120),
            stop_timeout: Duration::from_secs(5),
            cancel: CancelFlag::default(),
            io: self.seen.clone(),
            resume: None,
            workspace_key: b"key of this workspace".to_vec(),
            destroy: false,
            refresh: true,
        }
    }
}

/// True if the program is on PATH; else says that the test is skipped.
pub fn have(program: &str) -> bool {
    let found = is_there(program);
    if !found {
        println!("skipped: {program} is not on PATH");
    }
    found
}

/// True if the program is on PATH or among the tools of the set-up.
pub fn is_there(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|p| std::env::split_paths(&p).any(|d| d.join(program).is_file()))
        || std::env::var_os("XCF_TOOLS").is_some_and(|d| Path::new(&d).join(program).is_file())
}

/// Every file below `dir` that holds `needle`.
pub fn files_holding(dir: &Path, needle: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(dir) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let bytes = fs::read(entry.path()).unwrap();
            if bytes.windows(needle.len()).any(|w| w == needle.as_bytes()) {
                found.push(entry.into_path());
            }
        }
    }
    found
}
