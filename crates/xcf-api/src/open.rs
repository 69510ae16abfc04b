//! An open workspace: repository, store, engines, and what is known by folding the log.

use crate::error::{Answer, Kind, Problem};
use crate::identity::Identities;
use crate::paths::Paths;
use crate::wall::WallClock;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use xcf_core::ids::{CommitId, WorkspaceUid};
use xcf_core::ports::clock::Clock;
use xcf_core::ports::runner::{EngineSettings, Runner};
use xcf_core::ports::secrets::SecretSource;
use xcf_core::ports::store::Store;
use xcf_core::ports::tree::Tree;
use xcf_core::route::Engine;
use xcf_engines::process::ChildLauncher;
use xcf_engines::registry::Runners;
use xcf_git::{GitError, Repo};
use xcf_plan::ledger::Ledger;
use xcf_plan::workspace::Workspace as Model;
use xcf_store::SqliteStore;

/// Loaded models kept by commit; a review and its base need two, a few branches some more.
const MOST_MODELS: usize = 6;
/// Events read at once while folding.
const FOLD_CHUNK: usize = 2_000;

/// A loaded model with the tree it came from.
#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) tree: Arc<dyn Tree>,
    pub(crate) model: Arc<Model>,
}

/// An open workspace. Cheap to share; every use case is a method of it, in a file of its own.
pub struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) uid: WorkspaceUid,
    pub(crate) paths: Paths,
    pub(crate) repo: Repo,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) runners: BTreeMap<Engine, Arc<dyn Runner>>,
    pub(crate) secrets: Arc<dyn SecretSource>,
    pub(crate) identities: Identities,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) desk: Arc<crate::language::Desk>,
    pub(crate) history: crate::history::History,
    pub(crate) drivers: crate::drivers::Drivers,
    pub(crate) settled: tokio::sync::Notify,
    pub(crate) eyes: tokio::sync::OnceCell<Option<crate::seeing::Eyes>>,
    pub(crate) marks: crate::standing::PendingMarks,
    pub(crate) cards: Arc<std::sync::Mutex<xcf_plan::catalog::Cards>>,
    ledger: Mutex<Arc<Ledger>>,
    models: Mutex<Vec<(CommitId, Loaded)>>,
    worktree: Mutex<Option<(String, Loaded)>>,
    /// The newest working tree of this session in which every document could be read.
    readable: Mutex<Option<Loaded>>,
}

impl From<GitError> for Problem {
    fn from(error: GitError) -> Self {
        let kind = match error.code() {
            "unknown-revision" | "unknown-file" => Kind::NotFound,
            "operation-in-progress" | "nothing-to-commit" | "bad-path" => Kind::Conflict,
            _ => Kind::Invalid,
        };
        Self::new(kind, error.code(), error.to_string())
    }
}

impl Workspace {
    /// Opens the repository that `folder` belongs to.
    ///
    /// # Errors
    /// Not a repository, no `.xcf.yaml` with a uid, a state URL that is not SQLite, or a store that can't be opened.
    pub(crate) async fn open(folder: &Path, paths: &Paths, state_url: Option<&str>) -> Answer<Self> {
        let folder = folder.to_owned();
        let (repo, model) = blocking(move || {
            let repo = Repo::discover(&folder)?;
            let tree: Arc<dyn Tree> = Arc::new(repo.work_tree()?);
            let model = xcf_plan::workspace::load(tree.as_ref());
            Ok((repo, model))
        })
        .await?;
        let root = repo.workdir()?.to_path_buf();
        let uid = uid_of(&repo, &model, &root).await?;
        let configured = model.config.as_ref().and_then(|c| c.spec.state.as_ref()).map(|s| s.url.clone());
        let folder = store_folder(paths, &uid, state_url.or(configured.as_deref()))?;
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder).await?);
        #[cfg(feature = "failpoints")]
        let store = crate::failpoints::wrap(store);
        let launcher = ChildLauncher::current().map_err(|e| Problem::internal("no-launcher", e))?;
        let workspace = Self {
            identities: Identities::new(paths),
            runners: Runners::standard(&launcher),
            secrets: crate::identity::secrets(),
            clock: Arc::new(WallClock),
            desk: Arc::default(),
            history: crate::history::History::default(),
            drivers: crate::drivers::Drivers::default(),
            settled: tokio::sync::Notify::new(),
            eyes: tokio::sync::OnceCell::new(),
            marks: crate::standing::PendingMarks::default(),
            cards: Arc::default(),
            ledger: Mutex::default(),
            models: Mutex::default(),
            worktree: Mutex::default(),
            readable: Mutex::default(),
            paths: paths.clone(),
            root,
            uid,
            repo,
            store,
        };
        workspace.sweep_leftovers().await?;
        Ok(workspace)
    }
    /// Root of the checkout.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
    /// What the log says now; only events since the last look are folded.
    ///
    /// # Errors
    /// The store failed, or holds something this version can't read.
    pub(crate) async fn ledger(&self) -> Answer<Arc<Ledger>> {
        let mut ledger = self.ledger.lock().await;
        loop {
            let events = self.store.read(ledger.position, FOLD_CHUNK).await?;
            if events.is_empty() {
                return Ok(Arc::clone(&ledger));
            }
            let fold = Arc::make_mut(&mut ledger);
            for event in &events {
                fold.apply(event).map_err(|e| Problem::internal("log-unreadable", e).hint("A newer xcf may have written it; otherwise the store is damaged: keep a copy before anything else."))?;
            }
        }
    }
    /// The model of a commit, from the cache if it is there.
    ///
    /// # Errors
    /// The commit can't be read.
    pub(crate) async fn at_commit(&self, commit: &CommitId) -> Answer<Loaded> {
        let mut models = self.models.lock().await;
        if let Some(found) = models.iter().position(|(c, _)| c == commit) {
            let kept = models.remove(found);
            let loaded = kept.1.clone();
            models.push(kept);
            return Ok(loaded);
        }
        let (repo, wanted) = (self.repo.clone(), commit.clone());
        let loaded = blocking(move || {
            let tree: Arc<dyn Tree> = Arc::new(repo.tree(&wanted)?);
            let model = Arc::new(xcf_plan::workspace::load(tree.as_ref()));
            Ok(Loaded { tree, model })
        })
        .await?;
        if models.len() >= MOST_MODELS {
            models.remove(0);
        }
        models.push((commit.clone(), loaded.clone()));
        Ok(loaded)
    }
    /// The model of the working tree; loaded again only if a file changed.
    ///
    /// # Errors
    /// The working tree can't be read.
    pub(crate) async fn at_worktree(&self) -> Answer<Loaded> {
        let mut cached = self.worktree.lock().await;
        let repo = self.repo.clone();
        let known = cached.clone();
        let fresh = blocking(move || {
            let tree: Arc<dyn Tree> = Arc::new(repo.work_tree()?);
            let mark = mark_of(tree.as_ref());
            if let Some((old, loaded)) = known
                && old == mark
            {
                return Ok((mark, loaded));
            }
            let model = Arc::new(xcf_plan::workspace::load(tree.as_ref()));
            Ok((mark, Loaded { tree, model }))
        })
        .await?;
        if fresh.1.model.health.unreadable.is_empty() {
            *self.readable.lock().await = Some(fresh.1.clone());
        }
        *cached = Some(fresh.clone());
        Ok(fresh.1)
    }
    /// The newest working tree of this session in which every document could be read; none if there was none yet.
    pub(crate) async fn last_readable(&self) -> Option<Loaded> {
        self.readable.lock().await.clone()
    }
    /// The model of the head commit; of the working tree on a branch without commits.
    ///
    /// # Errors
    /// The repository can't be read.
    pub(crate) async fn at_head(&self) -> Answer<Loaded> {
        match self.repo.head()?.commit {
            Some(commit) => self.at_commit(&commit).await,
            None => self.at_worktree().await,
        }
    }
    /// Settings of an engine in `.xcf.yaml`.
    pub(crate) fn engine_settings(model: &Model, engine: Engine) -> EngineSettings {
        let engines = model.config.as_ref().map(|c| &c.spec.engines);
        engines.and_then(|e| e.get(engine.as_str())).cloned().unwrap_or_default()
    }
    /// Position of the newest event.
    ///
    /// # Errors
    /// The store failed.
    pub async fn head_position(&self) -> Answer<u64> {
        Ok(self.store.head().await?)
    }
    /// Folder of logs inside the Store.
    pub(crate) fn log_folder(&self) -> PathBuf {
        self.paths.store(self.uid.as_str()).join("logs")
    }
}

/// Runs blocking work off the runtime.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Problem::internal("task-failed", e))?
}

/// One digest over all paths and content ids: equal marks mean equal trees.
fn mark_of(tree: &dyn Tree) -> String {
    let mut text = String::new();
    for entry in tree.entries() {
        text.push_str(&entry.path);
        text.push('\0');
        text.push_str(&entry.content_id);
        text.push('\n');
    }
    xcf_core::digest::sha256(text.as_bytes()).to_string()
}

/// The uid of the working tree's `.xcf.yaml`, or, if that is broken at the moment, of the head commit's.
async fn uid_of(repo: &Repo, model: &Model, root: &Path) -> Answer<WorkspaceUid> {
    if let Some(uid) = model.uid() {
        return Ok(uid);
    }
    if let Some(commit) = repo.head()?.commit {
        let repo = repo.clone();
        let head = blocking(move || Ok(xcf_plan::workspace::load(&repo.tree(&commit)?))).await?;
        if let Some(uid) = head.uid() {
            return Ok(uid);
        }
    }
    let message = format!("{} has no usable .xcf.yaml", root.display());
    let relevant = model.diagnostics.iter().filter(|d| d.place.file == ".xcf.yaml").cloned().collect();
    Err(Problem::new(Kind::Invalid, "no-config", message)
        .hint("`xcf init DIR` makes a working sample; `.xcf.yaml` needs kind Config and metadata.uid.")
        .with(relevant))
}

fn store_folder(paths: &Paths, uid: &WorkspaceUid, url: Option<&str>) -> Answer<PathBuf> {
    match url {
        None | Some("sqlite:") => Ok(paths.store(uid.as_str())),
        Some(url) => match url.strip_prefix("sqlite:") {
            Some(path) => Ok(PathBuf::from(path.trim_start_matches("//"))),
            None => Err(Problem::new(
                Kind::Invalid,
                "state-not-built",
                format!("state at `{}` can't be used: this version keeps state in SQLite", scheme(url)),
            )
            .hint("Leave `state` out of .xcf.yaml, or use `sqlite:PATH`.")),
        },
    }
}

/// Only the scheme: the rest of a URL may hold a password.
fn scheme(url: &str) -> &str {
    url.split_once(':').map_or("?", |(scheme, _)| scheme)
}
