//! One unit's engine set up: work tree, backend, command line configuration; and the running of single commands in it.

use super::backend::{Backend, choose};
use super::messages::Said;
use super::module::{self, Module};
use super::overlay::{self, BACKEND_OVERRIDE, LOCK_FILE, SENSITIVE_OVERRIDE};
use crate::binary;
use crate::error::{blocking, io_error, off_runtime};
use crate::masking::Masker;
use crate::process::{
    MAX_OUTPUT, ProcessResult, Step, Supervisor, base_environment, read_if_there, remove_if_there, with_engine_first,
    write_private,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use xcf_core::ports::runner::{LogStream, RunnerError, Stop, UnitContext, Workplace};
use xcf_core::value::Resolved;

/// Plans of large units are long; everything else is held to the usual limit.
const MAX_PLAN: u64 = 512 << 20;
/// Inputs for commands of a person; the engine reads it last of its kind.
const INPUTS: &str = "zz_xcf.auto.tfvars.json";
const LOCK_LOOK: Duration = Duration::from_millis(25);

/// An engine ready to run commands for one unit.
pub struct Session<'a> {
    pub cx: &'a UnitContext,
    pub supervisor: &'a Supervisor,
    pub masker: Masker,
    pub module: Module,
    pub backend: Backend,
    /// Module folder in the work tree: where commands run.
    pub folder: PathBuf,
    program: PathBuf,
    data_dir: PathBuf,
    config: PathBuf,
    /// Marks the steps of a throw-away copy.
    prefix: &'static str,
}

/// Result of one command that ran to its end.
pub struct Command {
    pub said: Said,
    pub result: ProcessResult,
}

impl<'a> Session<'a> {
    /// Marks the files and steps of this session.
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Builds the work tree anew. Runs nothing.
    pub async fn open(
        cx: &'a UnitContext,
        supervisor: &'a Supervisor,
        prefix: &'static str,
    ) -> Result<Session<'a>, RunnerError> {
        Self::make(cx, supervisor, prefix, true).await
    }

    /// As `open`, but keeps a work tree in which an engine may be at work.
    pub async fn reopen(cx: &'a UnitContext, supervisor: &'a Supervisor) -> Result<Session<'a>, RunnerError> {
        Self::make(cx, supervisor, "", false).await
    }

    async fn make(
        cx: &'a UnitContext,
        supervisor: &'a Supervisor,
        prefix: &'static str,
        anew: bool,
    ) -> Result<Session<'a>, RunnerError> {
        let config = cx.work_dir.join("terraform.rc");
        let (owned, rc) = (cx.clone(), config.clone());
        let ground = blocking(move || prepare(&owned, prefix, anew, &rc)).await?;
        let Ground { program, module, backend, folder } = ground;
        let data_dir = cx.work_dir.join(format!("{prefix}tf-data"));
        let masker = Masker::new(cx);
        Ok(Self { cx, supervisor, masker, module, backend, folder, program, data_dir, config, prefix })
    }

    /// Initialises the working folder: backend, modules, providers. Fetching is done by one process at a time, into a shared cache.
    pub async fn init(&self) -> Result<Said, RunnerError> {
        let mut args = vec!["init", "-json", "-no-color", "-input=false"];
        if self.folder.join(LOCK_FILE).exists() {
            args.push("-lockfile=readonly");
        }
        let guard = if self.module.fetches { Some(self.cache_lock().await?) } else { None };
        let done = self.checked("init", &args, false).await;
        drop(guard);
        let said = done?.said;
        if let (Some(wanted), Some(found)) = (&self.cx.settings.version, &said.version)
            && !binary::version_fits(wanted, found)
        {
            let message = format!("{} is {found}, but .xcf.yaml asks for {wanted}", self.program.display());
            return Err(RunnerError::new("engine-version", message)
                .hint("install that version or change `engines` in .xcf.yaml"));
        }
        Ok(said)
    }

    /// Waits for the shared provider cache. The lock ends with the returned file, or with us.
    async fn cache_lock(&self) -> Result<std::fs::File, RunnerError> {
        let (cache, path) = (self.plugin_cache(), self.cx.cache_dir.join(format!("{}-plugins.lock", self.cx.engine)));
        let file = off_runtime("cannot open the provider cache", move || {
            crate::process::private_dir(&cache)?;
            std::fs::File::create(path)
        });
        let file = file.await?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(std::fs::TryLockError::WouldBlock) => {}
                Err(std::fs::TryLockError::Error(e)) => return Err(io_error("cannot lock the provider cache", &e)),
            }
            if self.cx.cancel.asked() != Stop::No {
                return Err(RunnerError::new("engine-cancelled", "stopped while waiting for the provider cache"));
            }
            tokio::time::sleep(LOCK_LOOK).await;
        }
    }

    fn plugin_cache(&self) -> PathBuf {
        self.cx.cache_dir.join(format!("{}-plugins", self.cx.engine))
    }

    /// Runs a command whose failure is an error.
    pub async fn checked(&self, name: &str, args: &[&str], journalled: bool) -> Result<Command, RunnerError> {
        let command = self.command(name, args, journalled).await?;
        match self.error_of(name, &command) {
            Some(error) => Err(self.masker.error(error)),
            None => Ok(command),
        }
    }

    /// Runs a command that prints JSON lines.
    pub async fn command(&self, name: &str, args: &[&str], journalled: bool) -> Result<Command, RunnerError> {
        let mut said = Said::new();
        let mut sink =
            |stream: LogStream, text: &str| said.take(stream, text, &self.cx.module, &self.masker, &*self.cx.io);
        let result = self.supervisor.run(self.cx, &self.step(name, args, journalled, MAX_OUTPUT)?, &mut sink).await?;
        self.masker.scrub(vec![result.stdout.clone(), result.stderr.clone()]).await?;
        Ok(Command { said, result })
    }

    /// Runs a command that prints one JSON document, which may hold secrets: it is not passed on, and its file does not stay.
    pub async fn document(&self, name: &str, args: &[&str]) -> Result<Vec<u8>, RunnerError> {
        let mut said = Said::new();
        let mut sink = |stream: LogStream, text: &str| {
            if stream == LogStream::Stderr {
                said.take(stream, text, &self.cx.module, &self.masker, &*self.cx.io);
            }
        };
        let result = self.supervisor.run(self.cx, &self.step(name, args, false, MAX_PLAN)?, &mut sink).await?;
        let path = result.stdout.clone();
        let bytes = off_runtime("cannot read what the engine printed", move || {
            let bytes = read_if_there(&path)?.unwrap_or_default();
            remove_if_there(&path)?;
            Ok(bytes)
        });
        let bytes = bytes.await?;
        self.masker.scrub(vec![result.stderr.clone()]).await?;
        match self.error_of(name, &Command { said, result }) {
            Some(error) => Err(self.masker.error(error)),
            None => Ok(bytes),
        }
    }

    fn step(&self, name: &str, args: &[&str], journalled: bool, max_output: u64) -> Result<Step, RunnerError> {
        let mut env = base_environment();
        let mut set = |key: &str, value: &Path| env.insert(key.to_owned(), value.to_string_lossy().into_owned());
        set("TF_CLI_CONFIG_FILE", &self.config);
        set("TF_DATA_DIR", &self.data_dir);
        if self.module.fetches {
            set("TF_PLUGIN_CACHE_DIR", &self.plugin_cache());
        }
        for key in ["TF_IN_AUTOMATION", "CHECKPOINT_DISABLE"] {
            env.insert(key.to_owned(), "1".to_owned());
        }
        env.insert("TF_INPUT".to_owned(), "0".to_owned());
        let mut secret_env: BTreeMap<_, _> = binary::named_environment(&self.cx.settings).into_iter().collect();
        secret_env.extend(self.cx.env.clone());
        Ok(Step {
            name: format!("{}{name}", self.prefix),
            program: self.program.clone(),
            args: args.iter().map(|a| (*a).to_owned()).collect(),
            env,
            secret_env,
            cwd: self.folder.clone(),
            journalled,
            max_output,
        })
    }

    /// Where a person's commands run: this folder and environment, with the inputs in a file the engine reads by itself.
    pub async fn workplace(&self) -> Result<Workplace, RunnerError> {
        let Step { mut env, secret_env, .. } = self.step("exec", &[], false, MAX_OUTPUT)?;
        // A person may be asked.
        for key in ["TF_INPUT", "TF_IN_AUTOMATION"] {
            env.remove(key);
        }
        let (bytes, path) = (self.inputs_text(|_| true)?, self.folder.join(INPUTS));
        off_runtime("cannot write the inputs", move || write_private(&path, &bytes)).await?;
        let env = with_engine_first(env, &self.program);
        Ok(Workplace { folder: self.folder.clone(), env, secret_env })
    }

    /// The error of a command, if it is one.
    pub fn error_of(&self, name: &str, command: &Command) -> Option<RunnerError> {
        super::failure::of(self.cx.engine, name, command)
    }

    /// Providers and their versions, from the lock file init left.
    pub fn lock_file(&self) -> Result<Option<String>, RunnerError> {
        let bytes =
            read_if_there(&self.folder.join(LOCK_FILE)).map_err(|e| io_error("cannot read the lock file", &e))?;
        Ok(bytes.map(|b| String::from_utf8_lossy(&b).into_owned()))
    }

    /// Writes known inputs to a 0600 var-file that goes away with the returned guard. `only`: which inputs.
    pub async fn inputs_file(&self, only: impl Fn(&str) -> bool) -> Result<InputsFile, RunnerError> {
        let bytes = self.inputs_text(only)?;
        let path = self.cx.work_dir.join(format!("{}inputs.tfvars.json", self.prefix));
        let file = InputsFile { path: path.clone() };
        off_runtime("cannot write the inputs", move || write_private(&path, &bytes)).await?;
        Ok(file)
    }

    fn inputs_text(&self, only: impl Fn(&str) -> bool) -> Result<Vec<u8>, RunnerError> {
        let known = self.cx.inputs.iter().filter(|(name, _)| only(name)).filter_map(|(name, value)| match value {
            Resolved::Known(value) => Some((name.clone(), value.clone())),
            Resolved::Sensitive(secret) => Some((name.clone(), secret.expose().clone())),
            Resolved::Unknown(_) => None,
        });
        let values: Map<String, Value> = known.collect();
        serde_json::to_vec(&values).map_err(|e| RunnerError::new("io", format!("cannot write the inputs: {e}")))
    }
}

/// What a session stands on.
struct Ground {
    program: PathBuf,
    module: Module,
    backend: Backend,
    folder: PathBuf,
}

/// Finds the binary, reads the module, lays out the work tree. Blocking.
fn prepare(cx: &UnitContext, prefix: &str, anew: bool, config: &Path) -> Result<Ground, RunnerError> {
    let program = super::find_binary(cx.engine, &cx.settings)?;
    let (source, root) = (cx.export.join(&cx.module), cx.work_dir.join(format!("{prefix}tree")));
    let folder = if anew || !root.exists() {
        overlay::build(&cx.export, &cx.module, &root).map_err(|e| io_error("cannot lay out the work tree", &e))?
    } else {
        root.join(&cx.module)
    };
    let module = module::read(&source, &cx.module)?;
    let backend = choose(cx, &module, &source)?;
    refuse_strange_inputs(cx, &module)?;
    write_overrides(cx, &backend, &folder).map_err(|e| io_error("cannot write beside the module", &e))?;
    write_private(config, b"disable_checkpoint = true\n").map_err(|e| io_error("cannot configure the engine", &e))?;
    Ok(Ground { program, module, backend, folder })
}

/// An input no variable takes is an error, not a warning (`dsl §6`).
fn refuse_strange_inputs(cx: &UnitContext, module: &Module) -> Result<(), RunnerError> {
    let strange = cx.inputs.keys().filter(|name| !module.variables.contains_key(*name));
    let strange: Vec<&str> = strange.map(String::as_str).collect();
    if strange.is_empty() {
        return Ok(());
    }
    let known: Vec<&str> = module.variables.keys().map(String::as_str).collect();
    let message = format!("no variable of {} takes the input {}", cx.module, strange.join(", "));
    let hint = if known.is_empty() {
        "the module declares no variables".to_owned()
    } else {
        format!("its variables are {}", known.join(", "))
    };
    Err(RunnerError::new("unknown-input", message).hint(hint))
}

fn write_overrides(cx: &UnitContext, backend: &Backend, folder: &Path) -> std::io::Result<()> {
    if let Some(backend) = backend.override_json(&cx.state_dir) {
        write_private(&folder.join(BACKEND_OVERRIDE), backend.to_string().as_bytes())?;
    }
    // What comes from a secret is one for the engine too, whatever the module says; what is derived from it follows.
    let secret = cx.inputs.iter().filter(|(_, value)| matches!(value, Resolved::Sensitive(_)));
    let marks: Map<String, Value> = secret.map(|(name, _)| (name.clone(), json!({"sensitive": true}))).collect();
    if !marks.is_empty() {
        write_private(&folder.join(SENSITIVE_OVERRIDE), json!({"variable": marks}).to_string().as_bytes())?;
    }
    Ok(())
}

/// A var-file that is removed when it goes out of scope.
pub struct InputsFile {
    path: PathBuf,
}

impl InputsFile {
    /// The command line flag.
    pub fn flag(&self) -> String {
        format!("-var-file={}", self.path.display())
    }
}

impl Drop for InputsFile {
    fn drop(&mut self) {
        // The work folder is private and removed by its owner; nothing more can be done here.
        remove_if_there(&self.path).ok();
    }
}
