//! `xcf init --adopt` and "Open repository": a proposal for what a repository already has, and its acceptance.
//!
//! A preview writes nothing. Acceptance writes exactly what was previewed (by digest), never over a file that changed, and
//! takes states that lie beside their roots over before any document names their units.

use crate::app::App;
use crate::dto::{
    AdoptDoneDto, AdoptFileDto, AdoptFoundDto, AdoptPreviewDto, AdoptPreviewRequest, AdoptRequest, DiagnosticDto,
};
use crate::engine_room::private_folder;
use crate::error::{Answer, Kind, Problem};
use crate::open::blocking;
use crate::paths::Paths;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use xcf_core::ports::tree::Tree;
use xcf_git::Repo;
use xcf_plan::adopt::{Facts, LocalState, Proposal, StateKeep, propose, roots};

/// Larger files are no documents.
const LARGEST: u64 = 2 << 20;
/// Larger states are not looked into.
const LARGEST_STATE: u64 = 512 << 20;
/// What the engine calls the state of a root without a backend, and the unit's own one.
const STATE_FILE: &str = "terraform.tfstate";

/// A proposal with what it was made from.
struct Made {
    root: PathBuf,
    uid: String,
    tree: Box<dyn Tree>,
    proposal: Proposal,
}

impl App {
    /// Use case: what adopting a repository would write.
    ///
    /// # Errors
    /// Not a Git repository, or it can't be read.
    pub async fn adopt_preview(&self, request: &AdoptPreviewRequest) -> Answer<AdoptPreviewDto> {
        let path = crate::app::expand_home(&request.path);
        let uid = uuid::Uuid::new_v4().to_string();
        let only_opentofu = crate::family::only_opentofu().await;
        blocking(move || Ok(preview(&make(&path, &uid, only_opentofu)?))).await
    }
    /// Use case: writes what was previewed.
    ///
    /// # Errors
    /// The repository changed since (`adopt-changed`), a state is there already, or a file can't be written.
    pub async fn adopt(&self, request: &AdoptRequest) -> Answer<AdoptDoneDto> {
        let (path, request, paths) = (crate::app::expand_home(&request.path), request.clone(), self.paths().clone());
        let only_opentofu = crate::family::only_opentofu().await;
        blocking(move || {
            if uuid::Uuid::parse_str(&request.uid).is_err() {
                return Err(Problem::new(Kind::Usage, "bad-uid", format!("`{}` is no uid of a preview", request.uid)));
            }
            let made = make(&path, &request.uid, only_opentofu)?;
            if digest(&made) != request.digest {
                let message = format!("{} changed since the preview was made", made.root.display());
                return Err(Problem::new(Kind::Conflict, "adopt-changed", message)
                    .hint("Nothing was written. Look at a new preview."));
            }
            let states = take_states(&made, &paths)?;
            let mut written = Vec::new();
            for file in &made.proposal.files {
                write(&made.root, &file.path, &file.text, made.tree.entry(&file.path).is_some())?;
                written.push(file.path.clone());
            }
            Ok(AdoptDoneDto { path: made.root.display().to_string(), written, states })
        })
        .await
    }
}

fn make(folder: &Path, uid: &str, only_opentofu: bool) -> Answer<Made> {
    let repo = Repo::discover(folder)
        .map_err(|e| Problem::from(e).hint("`git init` makes one: what a unit was applied from is a commit."))?;
    let root = repo.workdir()?.to_path_buf();
    let tree: Box<dyn Tree> = Box::new(repo.work_tree()?);
    let workspace = xcf_plan::workspace::load(tree.as_ref());
    if tree.entry(".xcf.yaml").is_some() && workspace.uid().is_none() {
        let broken = workspace.diagnostics.iter().filter(|d| d.place.file == ".xcf.yaml").cloned().collect();
        return Err(Problem::new(Kind::Invalid, "no-config", format!("{} has no usable .xcf.yaml", root.display()))
            .hint("Mend it or take it away: its uid says where state is kept.")
            .with(broken));
    }
    let uid = workspace.uid().map_or_else(|| uid.to_owned(), |u| u.to_string());
    let name = root.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let branch = repo.head()?.branch.unwrap_or_else(|| "main".to_owned());
    let facts = Facts { uid: uid.clone(), name, branch, only_opentofu, states: states(&root, tree.as_ref()) };
    let proposal = propose(tree.as_ref(), &workspace, &facts);
    Ok(Made { root, uid, tree, proposal })
}

/// States beside roots: they are seldom committed, so the tree does not know them.
fn states(root: &Path, tree: &dyn Tree) -> BTreeMap<String, LocalState> {
    let mut found = BTreeMap::new();
    let real_root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    for folder in roots(tree) {
        let dir = root.join(&folder.path);
        let file = dir.join(folder.local_path.as_deref().unwrap_or(STATE_FILE));
        let several = std::fs::read_dir(dir.join("terraform.tfstate.d")).is_ok_and(|mut d| d.next().is_some());
        // A path that leads out of the repository is none of its states.
        let real = file.canonicalize().ok().filter(|real| real.starts_with(&real_root) && is_state(real));
        if let Some(relative) = real.and_then(|r| Some(r.strip_prefix(&real_root).ok()?.to_string_lossy().into_owned()))
        {
            found.insert(folder.path, LocalState { file: relative, several });
        } else if several {
            found.insert(folder.path, LocalState { file: String::new(), several });
        }
    }
    found
}

/// True for a file in the engine's state format; an empty or cut one is none.
fn is_state(file: &Path) -> bool {
    let small = std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= LARGEST_STATE);
    let read = small.then(|| std::fs::read(file).ok()).flatten();
    let json = read.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    json.is_some_and(|s| s.get("version").is_some() && s.get("serial").is_some() && s.get("lineage").is_some())
}

/// Over everything that would be written and copied, so that acceptance means what was seen.
fn digest(made: &Made) -> String {
    let text = serde_json::to_string(&made.proposal).unwrap_or_default();
    xcf_core::digest::sha256(text.as_bytes()).to_string()
}

fn preview(made: &Made) -> AdoptPreviewDto {
    let old = |path: &str| {
        let bytes = made.tree.read(path, LARGEST).ok()?;
        String::from_utf8(bytes.to_vec()).ok()
    };
    let files = made.proposal.files.iter().map(|f| AdoptFileDto {
        path: f.path.clone(),
        text: f.text.clone(),
        old_text: old(&f.path),
    });
    let found = made.proposal.found.iter().map(|f| {
        let (state, from) = match &f.state {
            StateKeep::Backend { backend } => ("backend", backend.as_str()),
            StateKeep::Copied { file } => ("copied", file.as_str()),
            StateKeep::None => ("none", ""),
        };
        AdoptFoundDto {
            path: f.path.clone(),
            what: f.what.to_owned(),
            composition: f.composition.clone(),
            environment: f.environment.clone(),
            module: f.module.clone(),
            state: state.to_owned(),
            state_from: from.to_owned(),
        }
    });
    AdoptPreviewDto {
        path: made.root.display().to_string(),
        uid: made.uid.clone(),
        digest: digest(made),
        files: files.collect(),
        found: found.collect(),
        diagnostics: made.proposal.diagnostics.iter().map(DiagnosticDto::from).collect(),
    }
}

/// Copies states that lie beside their roots into the units' own; the files stay as they were.
fn take_states(made: &Made, paths: &Paths) -> Answer<Vec<String>> {
    let units = paths.units(&made.uid);
    let mut plan = Vec::new();
    for found in &made.proposal.found {
        let (StateKeep::Copied { file }, Some(environment)) = (&found.state, &found.environment) else { continue };
        let folder = units.join(environment).join(&found.composition).join(&found.module);
        let id = format!("{environment}/{}/{}", found.composition, found.module);
        let bytes = std::fs::read(made.root.join(file))
            .map_err(|e| Problem::internal("io", format!("{file} can't be read: {e}")))?;
        match std::fs::read(folder.join(STATE_FILE)) {
            // The same state from an acceptance that was cut off.
            Ok(there) if there == bytes => {}
            Ok(_) => {
                let message = format!("{id} has a state already, which is not the one in {file}");
                return Err(Problem::new(Kind::Conflict, "state-exists", message)
                    .hint(format!("Nothing was written. Look at {}.", folder.display())));
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => plan.push((folder, bytes)),
            Err(e) => return Err(Problem::internal("io", format!("the state of {id} can't be read: {e}"))),
        }
    }
    for (folder, bytes) in plan {
        private_folder(&folder)?;
        let failed = |e: std::io::Error| Problem::internal("io", format!("{} can't be written: {e}", folder.display()));
        // Made with 0600, and whole or not at all.
        let mut temporary = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
        temporary.write_all(&bytes).and_then(|()| temporary.as_file().sync_all()).map_err(failed)?;
        temporary.persist_noclobber(folder.join(STATE_FILE)).map_err(|e| failed(e.error))?;
    }
    let copied = made.proposal.found.iter().filter(|f| matches!(f.state, StateKeep::Copied { .. }));
    Ok(copied.filter_map(|f| Some(format!("{}/{}/{}", f.environment.as_ref()?, f.composition, f.module))).collect())
}

/// Writes one proposed file inside the repository; a new one never over another.
fn write(root: &Path, path: &str, text: &str, exists: bool) -> Answer<()> {
    use std::os::unix::fs::PermissionsExt;
    let target = root.join(path);
    let failed = |e: std::io::Error| Problem::internal("io", format!("{path} can't be written: {e}"));
    let folder = target.parent().unwrap_or(root);
    let above = folder.ancestors().find(|a| a.exists()).unwrap_or(root);
    let real = above.canonicalize().map_err(failed)?;
    let is_link = std::fs::symlink_metadata(&target).is_ok_and(|m| m.is_symlink());
    if !real.starts_with(root.canonicalize().map_err(failed)?) || is_link {
        let message = format!("{path} goes through a link that may leave the repository");
        return Err(Problem::new(Kind::Conflict, "symlink-leaves-repo", message).hint("Put a folder in its place."));
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    temporary.write_all(text.as_bytes()).and_then(|()| temporary.as_file().sync_all()).map_err(failed)?;
    temporary.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
    let kept = match exists {
        true => temporary.persist(&target).map_err(|e| e.error),
        false => temporary.persist_noclobber(&target).map_err(|e| e.error),
    };
    kept.map(|_| ()).map_err(failed)
}
