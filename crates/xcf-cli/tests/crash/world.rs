//! A small workspace in a home of its own, with a plan that waits to be applied; and looking at it from outside.

use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Environment variable of the fail point.
const FAILPOINT: &str = "XCF_FAILPOINT";

const CONFIG: &str = "apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata:\n  name: crash\n  uid: 6f7f1c0e-8a53-4b0e-9d2c-5f0f5c3f7a11\nspec:\n  branch: main\n";
const MATRIX: &str = "apiVersion: xcloudflow.io/v1alpha1\nkind: DecisionMatrix\nmetadata:\n  name: crash\nspec:\n  rows:\n    - name: free\n      match: {environment: dev}\n      approval: auto\n      backup: none\n";

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "signal {:?}\nstdout:\n{}\nstderr:\n{}", self.signal, self.out, self.err);
        self
    }
}

pub struct World {
    pub home: tempfile::TempDir,
}

impl World {
    /// Files of a repository (path, text) in a new home; `scripted`: with the scripted engine.
    pub fn new(files: &[(&str, &str)], scripted: bool) -> Self {
        let world = Self { home: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(world.engine()).unwrap();
        let script = world.engine().join("terraform");
        let config = if scripted {
            format!("{CONFIG}  engines:\n    terraform:\n      binary: scripted-terraform\n")
        } else if tool("terraform").is_none() && tool("tofu").is_some() {
            // The router prefers Terraform until the workspace names another.
            format!("{CONFIG}  engines:\n    opentofu: {{}}\n")
        } else {
            CONFIG.to_owned()
        };
        std::fs::write(&script, include_str!("engine.sh")).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::rename(&script, world.engine().join("scripted-terraform")).unwrap();
        for (path, text) in [(".xcf.yaml", config.as_str()), ("policies/matrix.yaml", MATRIX)].iter().chain(files) {
            world.write(path, text);
        }
        world.git(&["init", "-q", "-b", "main"]);
        world.git(&["config", "user.name", "Edith"]);
        world.git(&["config", "user.email", "edith@crash.invalid"]);
        world.commit();
        world
    }
    pub fn dir(&self) -> PathBuf {
        self.home.path().join("ws")
    }
    /// What the engines made, outside the product.
    pub fn engine(&self) -> PathBuf {
        self.home.path().join("engine")
    }
    pub fn write(&self, path: &str, text: &str) {
        let path = self.dir().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    pub fn mode(&self, fault: &str) {
        std::fs::write(self.engine().join("mode"), format!("{fault}\n")).unwrap();
    }
    fn git(&self, args: &[&str]) {
        let done = Command::new("git").arg("-C").arg(self.dir()).args(args).output().unwrap();
        assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
    pub fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "Change"]);
    }
    /// The same world at the same moment under another home.
    pub fn copy(&self) -> Self {
        let home = tempfile::tempdir().unwrap();
        let done = Command::new("cp")
            .arg("-a")
            .arg(format!("{}/.", self.home.path().display()))
            .arg(home.path())
            .status()
            .unwrap();
        assert!(done.success());
        let trusted = home.path().join(".local/state/xcloudflow/trusted");
        let text = std::fs::read_to_string(&trusted).unwrap();
        std::fs::write(&trusted, text.replace(self.home.path().to_str().unwrap(), home.path().to_str().unwrap()))
            .unwrap();
        Self { home }
    }
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xcf"));
        let path = std::env::var("PATH").unwrap_or_default();
        command.env_clear().env("HOME", self.home.path()).env("LANG", "C.UTF-8").env("XCF_KEYRING", "off");
        command.env("PATH", format!("{}:{path}", self.engine().display()));
        command.env("XCF_TOOLS", tools());
        command.args(["-C", self.dir().to_str().unwrap(), "--no-input", "--yes"]).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
    pub fn xcf(&self, args: &[&str]) -> Ended {
        ended(self.command(args).spawn().unwrap())
    }
    /// With a fail point, `after:N` or `before:N`.
    pub fn dying(&self, point: &str, args: &[&str]) -> Ended {
        ended(self.command(args).env(FAILPOINT, point).spawn().unwrap())
    }
    pub fn json(&self, args: &[&str]) -> Value {
        let all: Vec<&str> = ["-o", "json"].iter().chain(args).copied().collect();
        let said = self.xcf(&all).exits(0).out;
        serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"))
    }
    /// `xcf plan`, giving the id of its ChangeSet.
    pub fn plan(&self) -> String {
        let said = self.xcf(&["-o", "json", "plan", "--env", "dev"]).exits(2).out;
        let planned: Value = serde_json::from_str(&said).unwrap();
        planned["changeSets"][0]["id"].as_str().unwrap().to_owned()
    }
    pub fn status(&self) -> Value {
        self.json(&["status", "CS-1"])
    }
    /// Lines of each unit's own file, by unit.
    pub fn lines(&self, ending: &str) -> BTreeMap<String, usize> {
        let root = self.engine();
        let wanted = files(&root).into_iter().filter(|f| f.extension().is_some_and(|e| e == ending));
        let name = |f: &Path| f.strip_prefix(&root).unwrap().with_extension("").to_string_lossy().into_owned();
        wanted.map(|f| (name(&f), std::fs::read_to_string(&f).unwrap().lines().count())).collect()
    }
    /// `TYPE.NAME` of everything in a unit's engine state, read from the file.
    pub fn resources(&self, unit: &str) -> Vec<String> {
        let units = self.home.path().join(".local/state/xcloudflow/6f7f1c0e-8a53-4b0e-9d2c-5f0f5c3f7a11/units");
        let text = std::fs::read_to_string(units.join(unit).join("terraform.tfstate")).unwrap();
        let state: Value = serde_json::from_str(&text).unwrap();
        let name = |r: &Value| format!("{}.{}", r["type"].as_str().unwrap(), r["name"].as_str().unwrap());
        state["resources"].as_array().unwrap().iter().map(name).collect()
    }
    /// Waits for the end of everything that was started in this home; gives what does not end.
    pub fn left_running(&self) -> Vec<String> {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        loop {
            let running = processes(self.home.path());
            if running.is_empty() || std::time::Instant::now() > deadline {
                return running;
            }
            std::thread::yield_now();
        }
    }
}

pub fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code(),
        signal: output.status.signal(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Processes whose command line or environment names `home`.
fn processes(home: &Path) -> Vec<String> {
    let sign = home.to_str().unwrap();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let text = |file: &str| {
            std::fs::read(entry.path().join(file))
                .map(|b| String::from_utf8_lossy(&b).replace('\0', " "))
                .unwrap_or_default()
        };
        let command = text("cmdline");
        if entry.file_name().to_string_lossy().parse::<u32>().is_ok()
            && (command.contains(sign) || text("environ").contains(sign))
        {
            found.push(command);
        }
    }
    found
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Where a tool is: PATH, else the folder of set-up tools.
/// Terraform, or OpenTofu where there is only that.
pub fn terraform() -> Option<PathBuf> {
    tool("terraform").or_else(|| tool("tofu"))
}

fn tool(name: &str) -> Option<PathBuf> {
    let path = format!("{}:{}", std::env::var("PATH").unwrap_or_default(), tools().display());
    path.split(':').map(|dir| Path::new(dir).join(name)).find(|file| file.exists())
}

fn tools() -> PathBuf {
    let home = std::env::var("HOME").unwrap_or_default();
    std::env::var("XCF_TOOLS").map_or_else(|_| Path::new(&home).join(".cache/xcloudflow/tools/bin"), PathBuf::from)
}
