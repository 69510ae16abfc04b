//! What end-to-end tests of the command line share: a sample of their own with its own home, and the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code)]

pub mod lab;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub struct Sample {
    pub home: tempfile::TempDir,
    pub dir: PathBuf,
    pub wrappers: Option<PathBuf>,
    /// True: nothing but `wrappers` is on PATH.
    pub alone: bool,
}

const UID: &str = "6f7f1c0e-8a53-4b0e-9d2c-5f0f5c3f7a11";

/// A module of real Terraform that leaves a file `made/NAME` as long as it stands, and a line in `gone` when it is
/// destroyed; with `gate`, its apply waits until somebody opens that named pipe.
pub const THING: &str = r#"variable "name" {
  type = string
}

variable "after" {
  type    = string
  default = ""
}

variable "gate" {
  type    = string
  default = "/dev/null"
}

resource "terraform_data" "this" {
  input = { name = var.name, after = var.after }

  provisioner "local-exec" {
    command = "cat ${var.gate} && echo ${self.input.name} > $HOME/made/${self.input.name}"
  }
  provisioner "local-exec" {
    when    = destroy
    command = "rm $HOME/made/${self.input.name} && echo ${self.input.name} >> $HOME/gone"
  }
}

output "made" {
  value = terraform_data.this.id
}
"#;

/// Environment dev, which asks nobody.
pub const FREE: &str = "apiVersion: xcloudflow.io/v1alpha1\nkind: DecisionMatrix\nmetadata:\n  name: free\nspec:\n  rows:\n    - name: free\n      match: {environment: dev}\n      approval: auto\n      backup: none\n";

/// An Environment of these Compositions; `more` goes into its spec.
pub fn environment(name: &str, compositions: &[&str], more: &str) -> String {
    let refs: String = compositions.iter().map(|c| format!("    - ref: compositions/{c}\n")).collect();
    format!(
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Environment\nmetadata:\n  name: {name}\nspec:\n{more}  compositions:\n{refs}"
    )
}

/// A Composition; `modules` are YAML flow maps, one each.
pub fn composition(name: &str, lifecycle: &str, modules: &[&str]) -> String {
    let modules: String = modules.iter().map(|m| format!("    - {m}\n")).collect();
    format!(
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: {name}\nspec:\n  lifecycle: {lifecycle}\n  modules:\n{modules}"
    )
}

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("not JSON ({e}):\n{}\nstderr:\n{}", self.out, self.err))
    }
}

impl Sample {
    /// `xcf init` into a home of its own.
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let sample = Self { dir: home.path().join("sample"), home, wrappers: None, alone: false };
        sample.bare(&["init", sample.dir.to_str().unwrap()]).exits(0);
        sample
    }
    /// A repository of these files (path, text) with one commit, solo, in a home of its own.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("made")).unwrap();
        let sample = Self { dir: home.path().join("work"), home, wrappers: None, alone: false };
        // The router prefers Terraform until the workspace names another.
        let engines = if terraform() == "tofu" && has("tofu") { "  engines:\n    opentofu: {}\n" } else { "" };
        let config = format!(
            "apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata:\n  name: work\n  uid: {UID}\nspec:\n  branch: main\n{engines}"
        );
        for (path, text) in [(".xcf.yaml", config.as_str()), ("modules/thing/main.tf", THING)].iter().chain(files) {
            sample.write(path, text);
        }
        sample.git(&["init", "-q", "-b", "main"]);
        sample.git(&["config", "user.name", "Edith"]);
        sample.git(&["config", "user.email", "edith@sample.invalid"]);
        sample.commit("First");
        sample
    }
    /// What stands: the modules made of `THING` that were applied and not destroyed.
    pub fn made(&self) -> Vec<String> {
        let mut names: Vec<String> = files(&self.home.path().join("made"))
            .iter()
            .map(|f| f.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
    /// What was destroyed, in order.
    pub fn gone(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.home.path().join("gone")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
    /// From now on only these tools are on PATH (those that are there).
    pub fn only(&mut self, tools: &[&str]) {
        let path = format!("{}:{}", tools_folder(), std::env::var("PATH").unwrap_or_default());
        let folder = self.home.path().join("only");
        std::fs::create_dir_all(&folder).unwrap();
        for tool in tools {
            let real = path.split(':').map(|d| Path::new(d).join(tool)).find(|p| p.exists());
            std::os::unix::fs::symlink(real.unwrap(), folder.join(tool)).unwrap();
        }
        self.wrappers = Some(folder);
        self.alone = true;
    }
    /// A process of the product that is watched while it runs.
    pub fn start(&self, args: &[&str]) -> std::process::Child {
        let dir = self.dir.to_str().unwrap();
        let all: Vec<&str> = ["-C", dir, "--no-input", "--yes"].into_iter().chain(args.iter().copied()).collect();
        self.command(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
    /// `status CS -o json`.
    #[track_caller]
    pub fn status(&self, cs: &str) -> Value {
        self.xcf(&["-o", "json", "status", cs]).exits(0).json()
    }
    /// The binary with a clean environment of this sample.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xcf"));
        let home = self.home.path();
        command.env_clear().env("HOME", home).env("LANG", "C.UTF-8").stdin(Stdio::null());
        for name in ["PATH", "XCF_TOOLS", "LLVM_PROFILE_FILE"] {
            if let Ok(value) = std::env::var(name) {
                command.env(name, value);
            }
        }
        if std::env::var("XCF_TOOLS").is_err() {
            let real = std::env::var("HOME").unwrap_or_default();
            command.env("XCF_TOOLS", format!("{real}/.cache/xcloudflow/tools/bin"));
        }
        command.env("XCF_KEYRING", "off");
        if let Some(folder) = &self.wrappers {
            let path = std::env::var("PATH").unwrap_or_default();
            let path = if self.alone { String::new() } else { format!(":{path}") };
            command.env("PATH", format!("{}{path}", folder.display())).env("XCF_TOOLS", folder);
        }
        command.args(args);
        command
    }
    pub fn bare(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }
    /// From now on every engine process leaves a line: the engines are found in a folder of wrappers, outside the product.
    pub fn count_engines(&mut self) {
        let path = format!("{}:{}", tools_folder(), std::env::var("PATH").unwrap_or_default());
        let folder = self.home.path().join("wrappers");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, tool) in [("terraform", terraform()), ("ansible-playbook", "ansible-playbook")] {
            let real = path.split(':').map(|d| Path::new(d).join(tool)).find(|p| p.exists()).unwrap();
            let counter = self.home.path().join("engine-starts");
            let text = format!(
                "#!/bin/sh\ncase \"$1\" in *version*) ;; *) echo \"{name} $1\" >> {} ;; esac\nexec {} \"$@\"\n",
                counter.display(),
                real.display()
            );
            let file = folder.join(tool);
            std::fs::write(&file, text).unwrap();
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        self.wrappers = Some(folder);
    }
    /// Engine processes started since `count_engines`, by tool.
    pub fn engine_starts(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.home.path().join("engine-starts")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
    /// `xcf -C SAMPLE --no-input --yes ARGS`.
    pub fn xcf(&self, args: &[&str]) -> Ran {
        let dir = self.dir.to_str().unwrap();
        let all: Vec<&str> = ["-C", dir, "--no-input", "--yes"].into_iter().chain(args.iter().copied()).collect();
        self.bare(&all)
    }
    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.dir)
            .args(["-c", "user.name=Edith", "-c", "user.email=edith@sample.invalid"])
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
    pub fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.dir.join(file)).unwrap()
    }
    pub fn write(&self, file: &str, text: &str) {
        std::fs::create_dir_all(self.dir.join(file).parent().unwrap()).unwrap();
        std::fs::write(self.dir.join(file), text).unwrap();
    }
    #[track_caller]
    pub fn replace(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no `{from}`:\n{text}");
        self.write(file, &text.replace(from, to));
    }
    /// Plans and gives the ChangeSets as JSON.
    #[track_caller]
    pub fn plan(&self, args: &[&str], code: i32) -> Value {
        let mut all = vec!["-o", "json", "plan"];
        all.extend_from_slice(args);
        self.xcf(&all).exits(code).json()
    }
    /// Plans dev and applies it.
    #[track_caller]
    pub fn bring_up_dev(&self) {
        let planned = self.plan(&["--env", "dev"], 2);
        let id = planned["changeSets"][0]["id"].as_str().unwrap().to_owned();
        self.xcf(&["apply", &id]).exits(0);
    }
    /// The folder with everything this sample's product writes.
    pub fn data(&self) -> PathBuf {
        self.home.path().join(".local")
    }
}

/// Every file below `dir`.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(dir) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

fn tools_folder() -> String {
    std::env::var("XCF_TOOLS")
        .unwrap_or_else(|_| format!("{}/.cache/xcloudflow/tools/bin", std::env::var("HOME").unwrap_or_default()))
}

/// True if `tool` is at hand; else says that the test is skipped.
pub fn needs(tool: &str) -> bool {
    let there = has(tool);
    if !there {
        println!("skipped: {tool} is needed on PATH or in XCF_TOOLS");
    }
    there
}

/// The only ChangeSet of a plan.
#[track_caller]
pub fn only_set(planned: &Value) -> &Value {
    let sets = planned["changeSets"].as_array().unwrap();
    assert_eq!(sets.len(), 1, "{planned:#}");
    &sets[0]
}

/// A unit of a ChangeSet or run.
#[track_caller]
pub fn unit<'a>(of: &'a Value, id: &str) -> &'a Value {
    let found = of["units"].as_array().unwrap().iter().find(|u| u["id"] == id);
    found.unwrap_or_else(|| panic!("no {id} in {of:#}"))
}

pub fn has(tool: &str) -> bool {
    if tool == "terraform" { found("terraform") || found("tofu") } else { found(tool) }
}

/// The program behind the sample's modules: OpenTofu where there is no Terraform.
pub fn terraform() -> &'static str {
    if found("terraform") { "terraform" } else { "tofu" }
}

fn found(tool: &str) -> bool {
    let tools = tools_folder();
    let path = format!("{tools}:{}", std::env::var("PATH").unwrap_or_default());
    path.split(':').any(|dir| Path::new(dir).join(tool).exists())
}
