//! The application: which workspace is open, what was opened before, where things live.

use crate::dto::{DoctorDto, OpenRequest, SessionDto};
use crate::error::{Answer, Kind, Problem};
use crate::open::Workspace;
use crate::paths::Paths;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::RwLock;

/// How many folders are remembered.
const MOST_RECENT: usize = 10;

/// One running XCloudFlow, whatever its shell.
pub struct App {
    paths: Paths,
    state: RwLock<Session>,
}

#[derive(Default)]
struct Session {
    workspace: Option<Arc<Workspace>>,
    problem: String,
}

impl App {
    /// An application with nothing open.
    #[must_use]
    pub fn new(paths: Paths) -> Self {
        Self { paths, state: RwLock::default() }
    }
    /// Where things live.
    #[must_use]
    pub fn paths(&self) -> &Paths {
        &self.paths
    }
    /// The open workspace.
    ///
    /// # Errors
    /// `no-workspace` if none is open.
    pub async fn workspace(&self) -> Answer<Arc<Workspace>> {
        let open = self.state.read().await.workspace.clone();
        open.ok_or_else(|| {
            Problem::new(Kind::Conflict, "no-workspace", "no workspace is open")
                .hint("Open a Git repository that has a .xcf.yaml, or make the sample with `xcf init DIR`.")
        })
    }
    /// Opens the repository that `folder` belongs to. Runs nothing from it (`D13`).
    ///
    /// # Errors
    /// Not a repository, no usable `.xcf.yaml` uid, or a store that can't be opened. The former workspace stays open.
    pub async fn open_folder(&self, folder: &Path, state_url: Option<&str>) -> Answer<Arc<Workspace>> {
        let opened = Workspace::open(folder, &self.paths, state_url).await;
        let mut session = self.state.write().await;
        match opened {
            Ok(workspace) => {
                let workspace = Arc::new(workspace);
                self.remember(workspace.root());
                *session = Session { workspace: Some(Arc::clone(&workspace)), problem: String::new() };
                Ok(workspace)
            }
            Err(problem) => {
                session.problem.clone_from(&problem.message);
                Err(problem)
            }
        }
    }
    /// What a shell opens when it starts: the folder it was given, else the newest one that still opens.
    pub async fn open_at_start(&self, folder: Option<&Path>) {
        let wanted = folder.map(Path::to_path_buf).or_else(|| self.recent().into_iter().next().map(PathBuf::from));
        if let Some(folder) = wanted
            && let Err(problem) = self.open_folder(&folder, None).await
        {
            tracing::warn!(folder = %folder.display(), problem = %problem.message, "the workspace was not opened");
        }
    }
    /// Use case: opens a folder, or makes the sample there first.
    ///
    /// # Errors
    /// As `open_folder`, and everything `xcf init` refuses.
    pub async fn open(&self, request: &OpenRequest) -> Answer<SessionDto> {
        let folder = expand_home(&request.path);
        if request.sample && !folder.join(".xcf.yaml").exists() {
            let made = crate::sample::init(&folder, &self.paths).await?;
            let workspace = self.open_folder(&made.folder, None).await?;
            workspace.trust().await?;
        } else {
            self.open_folder(&folder, None).await?;
        }
        Ok(self.session().await)
    }
    /// Closes the open workspace. Runs it drives then wait for a driver.
    pub async fn close(&self) -> SessionDto {
        *self.state.write().await = Session::default();
        self.session().await
    }
    /// What the first-run screen knows.
    pub async fn session(&self) -> SessionDto {
        let session = self.state.read().await;
        SessionDto {
            open: session.workspace.is_some(),
            recent: self.recent(),
            sample_path: default_sample_folder().display().to_string(),
            problem: session.problem.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
    /// Engines, tools, keys, paths; works without an open workspace.
    ///
    /// # Errors
    /// None at present; the signature is that of every use case.
    pub async fn doctor(&self) -> Answer<DoctorDto> {
        let workspace = self.state.read().await.workspace.clone();
        crate::doctor::examine(&self.paths, workspace.as_deref()).await
    }

    fn recent_file(&self) -> PathBuf {
        self.paths.state.join("recent")
    }
    fn recent(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.recent_file()).unwrap_or_default();
        text.lines().filter(|l| Path::new(l).join(".xcf.yaml").exists()).map(str::to_owned).collect()
    }
    /// A list that can't be written is not worth an error: it only saves typing.
    fn remember(&self, root: &Path) {
        let newest = root.display().to_string();
        let others = self.recent().into_iter().filter(|r| *r != newest);
        let list: Vec<String> = std::iter::once(newest.clone()).chain(others).take(MOST_RECENT).collect();
        let written = std::fs::create_dir_all(&self.paths.state)
            .and_then(|()| std::fs::write(self.recent_file(), list.join("\n")));
        if let Err(error) = written {
            tracing::debug!(%error, "the list of recent folders is not kept");
        }
    }
}

pub(crate) fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    }
}

fn default_sample_folder() -> PathBuf {
    std::env::var_os("HOME").map(PathBuf::from).unwrap_or_else(std::env::temp_dir).join("xcloudflow-sample")
}
