//! One run of a playbook: check mode or for real.

use super::events::Told;
use super::files::{self, RunFiles};
use super::playbook::{self, SideFile};
use crate::binary;
use crate::error::{blocking, io_error, off_runtime};
use crate::masking::Masker;
use crate::process::{
    End, MAX_OUTPUT, ProcessResult, Step, Supervisor, base_environment, read_if_there, remove_if_there, step_dir,
    with_engine_first, write_private,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ports::runner::{
    ChildIdentity, EffectIo, LogStream, ResourceProgress, RunnerError, UnitContext, Workplace,
};
use xcf_core::secret::Secret;
use xcf_core::value::Resolved;

const STDERR_KEPT: usize = 40;

/// Look only, or change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `--check --diff`.
    Check,
    /// For real, journalled.
    Real,
}

/// A playbook with everything it needs.
pub struct Run<'a> {
    pub cx: &'a UnitContext,
    pub masker: Masker,
    pub side: SideFile,
    /// Repository path of the playbook.
    pub playbook: String,
    supervisor: &'a Supervisor,
    program: PathBuf,
}

/// A run that ended, one way or another.
pub struct Ran {
    pub told: Told,
    pub result: ProcessResult,
    pub stderr: Vec<String>,
    pub mode: Mode,
}

impl<'a> Run<'a> {
    /// Reads the playbook's text and refuses inputs it does not declare. Runs nothing.
    pub async fn open(cx: &'a UnitContext, supervisor: &'a Supervisor) -> Result<Run<'a>, RunnerError> {
        let owned = cx.clone();
        let (program, playbook, side) = blocking(move || prepare(&owned)).await?;
        Ok(Self { cx, masker: Masker::new(cx), side, playbook, supervisor, program })
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.cx.work_dir.join(format!("ansible-{name}"))
    }

    /// Runs `book` (absolute) as step `name`.
    pub async fn play(&self, name: &str, book: &Path, mode: Mode) -> Result<Ran, RunnerError> {
        let (cx, folder) = (self.cx.clone(), self.folder(name));
        let files = off_runtime("cannot write the run's files", move || files::lay_out(&cx, &folder)).await?;
        let step = self.step(name, book, mode, &files);
        let mut watch = Watch::new(&self.masker, &*self.cx.io);
        let result = self.supervisor.run(self.cx, &step, &mut |stream, text| watch.take(stream, text)).await?;
        self.collect(name, result, watch.stderr, mode).await
    }

    /// Goes on with a run an earlier driver started.
    pub async fn attach(&self, name: &str, child: &ChildIdentity) -> Result<Ran, RunnerError> {
        let mut watch = Watch::new(&self.masker, &*self.cx.io);
        let result = self.supervisor.attach(self.cx, child, &mut |stream, text| watch.take(stream, text)).await?;
        self.collect(name, result, watch.stderr, Mode::Real).await
    }

    fn step(&self, name: &str, book: &Path, mode: Mode, files: &RunFiles) -> Step {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut args = vec![
            "-i".to_owned(),
            text(&files.inventory),
            "-e".to_owned(),
            format!("@{}", text(&files.variables)),
            "--diff".to_owned(),
        ];
        if mode == Mode::Check {
            args.push("--check".to_owned());
        }
        args.push(text(book));
        let mut env = self.environment(files, &events_file(&step_dir(self.cx, name)));
        if mode == Mode::Check && !self.cx.settings.allow_check_mode_false {
            env.insert("XCF_REFUSE_UNCHECKED".to_owned(), "1".to_owned());
        }
        let cwd = book.parent().unwrap_or(&self.cx.export).to_owned();
        let journalled = mode == Mode::Real;
        Step {
            name: name.to_owned(),
            program: self.program.clone(),
            args,
            env,
            secret_env: self.secret_environment(),
            cwd,
            journalled,
            max_output: MAX_OUTPUT,
        }
    }

    /// Where a person's commands run: the playbook's folder, with our inventory and configuration; the inputs are in the
    /// file that XCF_VARIABLES names (`ansible-playbook -e @$XCF_VARIABLES …`).
    pub async fn workplace(&self) -> Result<Workplace, RunnerError> {
        let (cx, own) = (self.cx.clone(), self.folder("exec"));
        let events = own.join("events.jsonl");
        let files = off_runtime("cannot write the run's files", move || files::lay_out(&cx, &own)).await?;
        let mut env = self.environment(&files, &events);
        for (key, path) in [("ANSIBLE_INVENTORY", &files.inventory), ("XCF_VARIABLES", &files.variables)] {
            env.insert(key.to_owned(), path.to_string_lossy().into_owned());
        }
        let (env, book) = (with_engine_first(env, &self.program), self.cx.export.join(&self.playbook));
        let folder = book.parent().unwrap_or(&self.cx.export).to_owned();
        Ok(Workplace { folder, env, secret_env: self.secret_environment() })
    }

    fn secret_environment(&self) -> BTreeMap<String, Secret> {
        binary::named_environment(&self.cx.settings).into_iter().chain(self.cx.env.clone()).collect()
    }

    fn environment(&self, files: &RunFiles, events: &Path) -> BTreeMap<String, String> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut env = base_environment();
        let utf8 = |value: &String| value.to_lowercase().replace('-', "").ends_with("utf8");
        // Ansible refuses to start in a locale that is not UTF-8.
        if !["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|key| env.get(*key)).next().is_some_and(utf8) {
            env.insert("LC_ALL".to_owned(), "C.UTF-8".to_owned());
        }
        let own = [
            ("ANSIBLE_CONFIG", text(&files.config)),
            ("ANSIBLE_HOME", text(&files.home)),
            ("XCF_EVENTS", text(events)),
            ("ANSIBLE_NOCOLOR", "1".to_owned()),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ];
        env.extend(own.map(|(key, value)| (key.to_owned(), value)));
        env
    }

    /// Reads what the run told, and removes the variables and temporary files it used.
    async fn collect(
        &self,
        name: &str,
        result: ProcessResult,
        stderr: Vec<String>,
        mode: Mode,
    ) -> Result<Ran, RunnerError> {
        let (events, folder) = (events_file(&result.dir), self.folder(name));
        let text = off_runtime("cannot read what the run told", move || {
            remove_if_there(&folder.join("variables.yml"))?;
            match std::fs::remove_dir_all(folder.join("home")) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            Ok(read_if_there(&events)?.unwrap_or_default())
        });
        let told = Told::read(&String::from_utf8_lossy(&text.await?));
        Ok(Ran { told, result, stderr, mode })
    }

    /// Takes secrets out of the files a run leaves: diffs of a task may hold them. Call once everything was read and recorded.
    pub async fn scrub(&self, ran: &Ran) -> Result<(), RunnerError> {
        let paths = vec![events_file(&ran.result.dir), ran.result.stdout.clone(), ran.result.stderr.clone()];
        self.masker.scrub(paths).await
    }

    /// The error of a run; `None` if it went well.
    pub fn error_of(&self, ran: &Ran) -> Option<RunnerError> {
        let what = if ran.mode == Mode::Check { "the check of the playbook" } else { "the playbook" };
        let mut error = self.bare_error(what, ran)?;
        let changed: Vec<String> =
            ran.told.results.iter().filter(|r| r.changed).map(|r| format!("{}: {}", r.host, r.name)).collect();
        if ran.mode == Mode::Real && !changed.is_empty() {
            let left = format!("changed and kept: {}", changed.join(", "));
            error.left_behind =
                [error.left_behind, left].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(". ");
        }
        Some(self.masker.error(error))
    }

    fn bare_error(&self, what: &str, ran: &Ran) -> Option<RunnerError> {
        let told = &ran.told;
        if let Some(task) = &told.refused {
            return Some(refused(vec![Diagnostic::error(
                "check-mode-false",
                format!("`{}` would run for real while it is only planned", task.name),
                self.place(&task.path),
            )]));
        }
        if let Some(error) = ran.result.stopped_error(what) {
            return Some(error);
        }
        match ran.result.end {
            End::Exited(0) if told.ended.is_none() => Some(
                RunnerError::new("engine-garbage", format!("{what} ended well but told nothing"))
                    .hint("`xcf doctor` shows which ansible-playbook is used"),
            ),
            End::Exited(0) if told.plays > 0 && told.without_hosts.len() >= told.plays => {
                let message = format!("no play of {} matches a host of the unit", self.playbook);
                Some(
                    RunnerError::new("no-hosts", message)
                        .hint("`hosts:` of a play takes `all`, host names, or KEY_VALUE of a label"),
                )
            }
            End::Exited(0) => None,
            End::Exited(code) => Some(self.failed(what, code, ran)),
            _ => Some(RunnerError::new("engine-failed", format!("{what} did not end well"))),
        }
    }

    fn failed(&self, what: &str, code: i32, ran: &Ran) -> RunnerError {
        let told = &ran.told;
        let say = |r: &super::events::TaskResult| {
            let text = if r.hidden { "hidden by no_log" } else { r.msg.as_str() };
            Diagnostic::error("task-failed", format!("{}: {}: {text}", r.host, r.name), self.place(&r.path))
        };
        let diagnostics: Vec<Diagnostic> = told.failures().map(say).collect();
        if !diagnostics.is_empty() {
            let messages: Vec<&str> = diagnostics.iter().map(|d| d.message.as_str()).collect();
            let mut error = RunnerError::new("engine-failed", format!("{what} failed: {}", messages.join("; ")));
            error.retryable = told.failures().all(|r| r.status == "unreachable");
            error.diagnostics = diagnostics;
            return if ran.mode == Mode::Check {
                error.hint("a task that needs what an earlier one only would have made can say `ignore_errors: \"{{ ansible_check_mode }}\"`")
            } else {
                error
            };
        }
        let stderr = ran.stderr.join("\n");
        // Neither its first event nor its own way of telling errors: whatever ran there was not Ansible.
        if told.version.is_none() && !stderr.contains("ERROR") {
            let message = format!("{what} exited with {code} without a word of Ansible's: {}", stderr.trim());
            return RunnerError::new("engine-garbage", message)
                .hint("`xcf doctor` shows which ansible-playbook is used");
        }
        let place = located(&stderr).map(|(path, line, column)| Place::new(self.repository_path(&path), line, column));
        let code_word = if place.is_some() && told.results.is_empty() { "invalid-module" } else { "engine-failed" };
        let mut error = RunnerError::new(code_word, format!("{what} failed: {}", stderr.trim()));
        error.diagnostics =
            place.into_iter().map(|place| Diagnostic::error(code_word, first_words(&stderr), place)).collect();
        error
    }

    /// `FILE:LINE` as a place of the repository.
    fn place(&self, path: &str) -> Place {
        match path.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
            Some((file, line)) => Place::new(self.repository_path(file), line, 0),
            None => Place::file(&self.playbook),
        }
    }

    fn repository_path(&self, path: &str) -> String {
        let path = Path::new(path);
        let real = self.cx.export.canonicalize().unwrap_or_else(|_| self.cx.export.clone());
        let inside = path.strip_prefix(&self.cx.export).or_else(|_| path.strip_prefix(&real));
        inside.map_or_else(|_| self.playbook.clone(), |p| p.to_string_lossy().into_owned())
    }

    /// Where a wrapper for a task-list fragment is written.
    pub fn wrapper(&self, fragment: &Path) -> Result<PathBuf, RunnerError> {
        let path = self.cx.work_dir.join("rollback.yml");
        let play = serde_json::json!([{"name": "rollback", "hosts": "all", "tasks": [{"ansible.builtin.import_tasks": fragment}]}]);
        write_private(&path, play.to_string().as_bytes())
            .map_err(|e| io_error("cannot write the rollback playbook", &e))?;
        Ok(path)
    }
}

/// Finds the binary and reads the playbook's text; refuses what can't be run. Blocking.
fn prepare(cx: &UnitContext) -> Result<(PathBuf, String, SideFile), RunnerError> {
    let program = super::find_binary(&cx.settings)?;
    let playbook = playbook::locate(&cx.export, &cx.module)?;
    let side = playbook::side_file(&cx.export, &playbook)?;
    if let Some(known) = &side.inputs {
        let strange: Vec<&str> = cx.inputs.keys().filter(|name| !known.contains(*name)).map(String::as_str).collect();
        if !strange.is_empty() {
            let message = format!("{playbook} declares no input {}", strange.join(", "));
            let list = known.iter().cloned().collect::<Vec<_>>().join(", ");
            return Err(RunnerError::new("unknown-input", message).hint(format!("its side file declares {list}")));
        }
    }
    if let Some((name, _)) = cx.inputs.iter().find(|(_, value)| matches!(value, Resolved::Unknown(_))) {
        let message = format!("the input {name} is not known yet, and a playbook can't be planned without it");
        return Err(
            RunnerError::new("not-supported", message).hint("it is planned when the units it reads from are applied")
        );
    }
    if cx.hosts.is_empty() {
        return Err(RunnerError::new("no-hosts", format!("{} has no host to run on", cx.unit))
            .hint("add hosts to the Environment, or mend `hosts`/`labels`"));
    }
    Ok((program, playbook, side))
}

/// The refusal of a playbook that would change something while it is planned (`D10`).
pub fn refused(diagnostics: Vec<Diagnostic>) -> RunnerError {
    let list: Vec<String> = diagnostics.iter().map(|d| d.place.to_string()).collect();
    let mut error =
        RunnerError::new("check-mode-false", format!("planning would change something: {}", list.join(", ")));
    error.diagnostics = diagnostics;
    error.hint("take `check_mode: false` away, or allow it with `engines.ansible.allowCheckModeFalse: true` in .xcf.yaml if these tasks only read")
}

fn events_file(step: &Path) -> PathBuf {
    step.join("events.jsonl")
}

fn first_words(stderr: &str) -> String {
    let line = stderr.lines().find(|l| l.contains("ERROR")).or_else(|| stderr.lines().next()).unwrap_or_default();
    line.trim_start_matches("[ERROR]:").trim_start_matches("ERROR!").trim().to_owned()
}

/// `Origin: FILE:LINE:COLUMN` (2.19) or `in 'FILE': line L, column C` (before).
fn located(stderr: &str) -> Option<(String, u32, u32)> {
    for line in stderr.lines() {
        if let Some(rest) = line.trim().strip_prefix("Origin: ") {
            let mut parts = rest.rsplitn(3, ':');
            let (column, line) = (parts.next()?.trim().parse().ok()?, parts.next()?.parse().ok()?);
            return Some((parts.next()?.to_owned(), line, column));
        }
        if let Some((_, rest)) = line.split_once("in '")
            && let Some((file, position)) = rest.split_once("': line ")
            && let Some((line, column)) = position.split_once(", column ")
        {
            let number: String = column.chars().take_while(char::is_ascii_digit).collect();
            return Some((file.to_owned(), line.parse().ok()?, number.parse().ok()?));
        }
    }
    None
}

/// Passes lines on, and makes progress of what the default output says.
struct Watch<'a> {
    masker: &'a Masker,
    io: &'a dyn EffectIo,
    task: String,
    stderr: Vec<String>,
}

impl<'a> Watch<'a> {
    fn new(masker: &'a Masker, io: &'a dyn EffectIo) -> Self {
        Self { masker, io, task: String::new(), stderr: Vec::new() }
    }

    fn take(&mut self, stream: LogStream, text: &str) {
        let clean = self.masker.text(text);
        if stream == LogStream::Stderr {
            self.stderr.push(clean.clone());
            let surplus = self.stderr.len().saturating_sub(STDERR_KEPT);
            self.stderr.drain(..surplus);
        } else {
            self.progress(&clean);
        }
        if !clean.trim().is_empty() {
            self.io.line(stream, &clean);
        }
    }

    fn progress(&mut self, line: &str) {
        for head in ["TASK [", "RUNNING HANDLER ["] {
            if let Some((name, _)) = line.strip_prefix(head).and_then(|rest| rest.rsplit_once(']')) {
                self.task = name.to_owned();
                return;
            }
        }
        let Some((word, rest)) = line.split_once(": [") else { return };
        let state = match word {
            "ok" | "changed" => word,
            "skipping" => "skipped",
            "fatal" | "failed" => "failed",
            _ => return,
        };
        if let Some((host, _)) = rest.split_once(']') {
            self.io.progress(ResourceProgress { address: format!("{host}: {}", self.task), state: state.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d10_errors_of_old_and_new_ansible_are_located() {
        assert_eq!(located("x\nOrigin: /e/a.yml:3:5\n"), Some(("/e/a.yml".into(), 3, 5)));
        let old = "The error appears to be in '/e/b.yml': line 4, column 7, but may\nbe elsewhere";
        assert_eq!(located(old), Some(("/e/b.yml".into(), 4, 7)));
        assert_eq!(located("nothing"), None);
    }
}
