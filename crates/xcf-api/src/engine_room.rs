//! From a recipe to what a Runner needs: a private export of the whole tree, a state folder, a work folder, resolved
//! inputs, and the environment of the engine's child (`dsl §6`, `§8`).

use crate::error::{Answer, Kind, Problem};
use crate::logbook::LogIo;
use crate::open::{Workspace, blocking};
use crate::recipe::{Bound, Recipe, reveal};
use std::collections::BTreeMap;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use xcf_core::graph::Unit;
use xcf_core::ids::{CommitId, UnitId};
use xcf_core::ports::runner::{CancelFlag, ChildIdentity, EffectIo, Runner, UnitContext};
use xcf_core::route::Engine;
use xcf_core::secret::{Redactor, Secret};
use xcf_core::value::Resolved;
use xcf_plan::workspace::Workspace as Model;

/// How long a soft stop may take before the kill.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// Which files the engine works on.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A commit.
    Commit(CommitId),
    /// The working tree (drafts).
    WorkTree,
}

/// One engine call to prepare.
pub(crate) struct Call<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) bound: &'a Bound,
    pub(crate) source: Source,
    pub(crate) work_dir: PathBuf,
    /// `R-n`, or `plan` outside a run: which log it writes.
    pub(crate) scope: String,
    pub(crate) phase: &'static str,
    pub(crate) io: Arc<dyn EffectIo>,
    pub(crate) cancel: CancelFlag,
    pub(crate) resume: Option<ChildIdentity>,
    pub(crate) destroy: bool,
    pub(crate) refresh: bool,
}

impl Workspace {
    /// The runner of an engine, or why its units cannot run here.
    ///
    /// # Errors
    /// `engine-not-built`.
    pub(crate) fn runner(&self, engine: Engine) -> Answer<Arc<dyn Runner>> {
        let found = self.runners.get(&engine).cloned();
        found.ok_or_else(|| {
            Problem::new(Kind::Invalid, "engine-not-built", format!("{engine} is not built in this version"))
                .hint("choose another engine for the module (`engine:`), or leave the unit out of the Environment")
        })
    }
    /// Folder of a unit's engine state.
    pub(crate) fn state_dir(&self, unit: &UnitId) -> PathBuf {
        self.paths
            .units(self.uid.as_str())
            .join(unit.environment.as_str())
            .join(unit.composition.as_str())
            .join(unit.module.as_str())
    }
    /// A fresh scratch folder outside runs.
    pub(crate) fn scratch(&self) -> Answer<tempfile::TempDir> {
        let work = self.paths.work(self.uid.as_str());
        private_folder(&work)?;
        tempfile::Builder::new().prefix("plan-").tempdir_in(&work).map_err(|e| io("make a work folder in", &work, &e))
    }
    /// Puts everything together for one call.
    ///
    /// # Errors
    /// The export can't be written, or a secret can't be had.
    pub(crate) async fn context(&self, call: Call<'_>) -> Answer<UnitContext> {
        let inputs = reveal(call.bound, self.secrets.as_ref()).await?;
        let state_dir = self.state_dir(&call.recipe.unit);
        let cache_dir = self.paths.engine_cache();
        for folder in [&state_dir, &cache_dir, &call.work_dir] {
            private_folder(folder)?;
        }
        let export = call.work_dir.join("export");
        if !export.exists() {
            let (repo, source, to) = (self.repo.clone(), call.source.clone(), export.clone());
            blocking(move || {
                match source {
                    Source::Commit(commit) => repo.export(&commit, &to)?,
                    Source::WorkTree => repo.export_work_tree(&to)?,
                };
                Ok(())
            })
            .await?;
        }
        let owns_state = self.owns_state(call.recipe, &call.source).await?;
        let env = child_environment(call.recipe);
        let redactor = redactor(&inputs, &env);
        let log = crate::logbook::file_of(&self.log_folder(), &call.scope, &call.recipe.unit);
        let log = LogIo::open(&log, call.phase, redactor, call.io);
        Ok(UnitContext {
            unit: call.recipe.unit.clone(),
            engine: call.recipe.engine,
            export,
            module: call.recipe.module.clone(),
            inputs,
            hosts: call.recipe.hosts.clone(),
            state_dir,
            work_dir: call.work_dir,
            cache_dir,
            env,
            owns_state,
            settings: call.recipe.settings.clone(),
            rollback_fragment: call.recipe.rollback_fragment.clone(),
            timeout: Duration::from_secs(call.recipe.timeout_seconds.max(1)),
            stop_timeout: STOP_TIMEOUT,
            cancel: call.cancel,
            io: Arc::new(log),
            resume: call.resume,
            workspace_key: self.store.workspace_key().to_vec(),
            destroy: call.destroy,
            refresh: call.refresh,
        })
    }
    /// True if the module's own backend is this unit's alone: no other unit says the same place, neither at the commit
    /// it is run from nor at head. Looked up anew for every call, so that a unit that was renamed, copied or removed since
    /// can't reach into the state of the one that has it now (`dsl §8`; a repository that is adopted keeps its backends).
    async fn owns_state(&self, recipe: &Recipe, source: &Source) -> Answer<bool> {
        let from = match source {
            Source::Commit(commit) => self.at_commit(commit).await?,
            Source::WorkTree => self.at_worktree().await?,
        };
        let own = from.model.modules.get(&recipe.module).and_then(|c| c.state.as_ref()?.identity.clone());
        let Some(own) = own else { return Ok(false) };
        let head = self.at_head().await?;
        Ok(!shares_state(&from.model, &recipe.unit, &own) && !shares_state(&head.model, &recipe.unit, &own))
    }
}

/// True if a unit that is not `unit` (under whatever id) keeps its state at the place `own`.
fn shares_state(model: &Model, unit: &UnitId, own: &str) -> bool {
    let same = |other: &Unit| other.id == *unit || other.moved_from.iter().any(|(former, _)| former == unit);
    let state = |other: &Unit| model.content(other)?.state.as_ref()?.identity.clone();
    model.units.iter().any(|other| !same(other) && state(other).as_deref() == Some(own))
}

/// Variables of the driver's environment that `engines.NAME.env` names; everything else stays out (`dsl §6`).
fn child_environment(recipe: &Recipe) -> BTreeMap<String, Secret> {
    let set = |name: &String| std::env::var(name).ok().map(|value| (name.clone(), Secret::new(value)));
    recipe.settings.env.iter().filter_map(set).collect()
}

fn redactor(inputs: &BTreeMap<String, Resolved>, env: &BTreeMap<String, Secret>) -> Redactor {
    let mut redactor = Redactor::default();
    for input in inputs.values() {
        if let Resolved::Sensitive(value) = input {
            learn(&mut redactor, value.expose());
        }
    }
    env.values().for_each(|secret| redactor.learn(secret));
    redactor
}

/// Every text inside a sensitive value is a secret.
pub(crate) fn learn(redactor: &mut Redactor, value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => redactor.learn(&Secret::new(text.clone())),
        serde_json::Value::Array(items) => items.iter().for_each(|i| learn(redactor, i)),
        serde_json::Value::Object(map) => map.values().for_each(|v| learn(redactor, v)),
        _ => {}
    }
}

/// Makes a folder (and those above it) readable by its owner only.
pub(crate) fn private_folder(folder: &Path) -> Answer<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| io("make", folder, &e))
}

fn io(doing: &str, path: &Path, error: &std::io::Error) -> Problem {
    let code = if error.kind() == std::io::ErrorKind::StorageFull { "disk-full" } else { "io" };
    Problem::internal(code, format!("can't {doing} {}: {error}", path.display()))
}
