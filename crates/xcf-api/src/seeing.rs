//! Sees that files of the working tree changed: by another program, a person's editor, `git pull` (issue 4, point 3). Who
//! looks at the graph is told at once; what changed is read when it is asked for.

use crate::dto::EventDto;
use crate::open::Workspace;
use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Where the system can't tell, this often somebody looks.
const LOOK: Duration = Duration::from_secs(5);
/// What belongs together (a save, a checkout) is told once.
pub(crate) const GATHER: Duration = Duration::from_millis(150);
/// Of `.git` only these say that the head or the index is another.
const GIT: [&str; 6] = ["HEAD", "index", "refs", "packed-refs", "MERGE_HEAD", "logs"];
/// Answers that depend on the working tree.
const STALE: [&str; 6] = ["draft", "graph", "unit", "problems", "workspace", "file"];

/// Watches one working tree as long as it is kept. Its number grows with every change.
pub(crate) struct Eyes {
    number: watch::Receiver<u64>,
    _watcher: Box<dyn Watcher + Send + Sync>,
}

impl Eyes {
    /// Begins to watch; where the system has no more watches to give, by looking again and again.
    pub(crate) fn open(root: &Path) -> Result<Self, notify::Error> {
        let (tell, number) = watch::channel(0_u64);
        let tell = Arc::new(tell);
        let told = |tell: Arc<watch::Sender<u64>>, root: PathBuf| {
            move |event: notify::Result<Event>| {
                if event.is_ok_and(|e| matters(&e, &root)) {
                    tell.send_modify(|n| *n += 1);
                }
            }
        };
        let quick = || {
            let mut watcher = RecommendedWatcher::new(told(Arc::clone(&tell), root.to_owned()), Config::default())?;
            watcher.watch(root, RecursiveMode::Recursive)?;
            Ok::<_, notify::Error>(Box::new(watcher) as Box<dyn Watcher + Send + Sync>)
        };
        let slow = |why: notify::Error| {
            tracing::warn!(%why, "the system can't tell of changed files; looking every {} s", LOOK.as_secs());
            let mut watcher =
                PollWatcher::new(told(Arc::clone(&tell), root.to_owned()), Config::default().with_poll_interval(LOOK))?;
            watcher.watch(root, RecursiveMode::Recursive)?;
            Ok::<_, notify::Error>(Box::new(watcher) as Box<dyn Watcher + Send + Sync>)
        };
        Ok(Self { number, _watcher: quick().or_else(slow)? })
    }
    /// The number now, and what waits for another.
    pub(crate) fn number(&self) -> watch::Receiver<u64> {
        self.number.clone()
    }
}

fn matters(event: &Event, root: &Path) -> bool {
    let touched = |path: &PathBuf| {
        let Ok(inside) = path.strip_prefix(root) else { return true };
        let mut parts = inside.components().filter_map(|c| match c {
            Component::Normal(part) => part.to_str(),
            _ => None,
        });
        match parts.next() {
            Some(".git") => parts.next().is_some_and(|part| GIT.contains(&part)),
            _ => true,
        }
    };
    !matches!(event.kind, EventKind::Access(_)) && (event.need_rescan() || event.paths.iter().any(touched))
}

impl Workspace {
    /// Tells of changed files; none if they can't be watched, which is logged once.
    pub(crate) async fn eyes(&self) -> Option<watch::Receiver<u64>> {
        let root = self.root.clone();
        let open = || async move {
            let opened = tokio::task::spawn_blocking(move || Eyes::open(&root)).await;
            match opened {
                Ok(Ok(eyes)) => Some(eyes),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "files of the working tree can't be watched");
                    None
                }
                Err(_) => None,
            }
        };
        self.eyes.get_or_init(open).await.as_ref().map(Eyes::number)
    }
    /// What readers are told when files changed: no event of the log, so it has its position.
    pub(crate) fn tree_changed(&self, position: u64) -> EventDto {
        EventDto {
            position,
            at: self.clock.now().to_string(),
            kind: "tree.changed".to_owned(),
            actor: String::new(),
            change_set: None,
            run: None,
            unit: None,
            text: String::new(),
            said: None,
            stales: STALE.map(str::to_owned).to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn d12_changed_files_are_seen_and_what_git_does_for_itself_is_not() {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["compositions", ".git/objects"] {
            std::fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        let eyes = Eyes::open(dir.path()).unwrap();
        let mut number = eyes.number();
        std::fs::write(dir.path().join(".git/objects/aa"), "object").unwrap();
        std::fs::write(dir.path().join("compositions/net.yaml"), "kind: Composition\n").unwrap();
        number.changed().await.unwrap();
        // A folder that is made later is watched too.
        std::fs::create_dir(dir.path().join("envs")).unwrap();
        number.changed().await.unwrap();
        std::fs::rename(dir.path().join("compositions/net.yaml"), dir.path().join("envs/net.yaml")).unwrap();
        number.changed().await.unwrap();
    }

    #[test]
    fn d12_of_git_only_head_and_index_matter() {
        let root = Path::new("/w");
        let event = |path: &str| Event::new(EventKind::Any).add_path(root.join(path));
        for path in ["compositions/a.yaml", ".git/HEAD", ".git/index", ".git/refs/heads/main", ".xcf.yaml"] {
            assert!(matters(&event(path), root), "{path}");
        }
        for path in [".git/objects/aa/bb", ".git/FETCH_HEAD", ".git/index.lock", ".git"] {
            assert!(!matters(&event(path), root), "{path}");
        }
        let read = Event::new(EventKind::Access(notify::event::AccessKind::Any)).add_path(root.join("a.yaml"));
        assert!(!matters(&read, root));
    }
}
