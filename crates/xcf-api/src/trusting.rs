//! Trust: opening a repository runs nothing from it; the first plan asks (`D13`).

use crate::dto::DoneDto;
use crate::error::{Answer, Kind, Problem};
use crate::open::Workspace;
use crate::paths::Paths;
use std::path::{Path, PathBuf};

fn file(paths: &Paths) -> PathBuf {
    paths.state.join("trusted")
}

fn real(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf())
}

/// Records that engines may run on the repository at `folder`, on this machine, for this user.
///
/// # Errors
/// The list can't be written.
pub(crate) fn trust(paths: &Paths, folder: &Path) -> Answer<()> {
    let folder = real(folder);
    if is_trusted(paths, &folder) {
        return Ok(());
    }
    crate::engine_room::private_folder(&paths.state)?;
    let mut text = std::fs::read_to_string(file(paths)).unwrap_or_default();
    text.push_str(&format!("{}\n", folder.display()));
    std::fs::write(file(paths), text)
        .map_err(|e| Problem::internal("io", format!("the list of trusted folders can't be written: {e}")))
}

fn is_trusted(paths: &Paths, folder: &Path) -> bool {
    let text = std::fs::read_to_string(file(paths)).unwrap_or_default();
    text.lines().any(|line| Path::new(line) == folder)
}

impl Workspace {
    /// True if engines may run here.
    pub(crate) fn is_trusted(&self) -> bool {
        is_trusted(&self.paths, &real(&self.root))
    }
    /// Use case: agree.
    ///
    /// # Errors
    /// The list can't be written.
    pub async fn trust(&self) -> Answer<DoneDto> {
        trust(&self.paths, &self.root)?;
        Ok(DoneDto { run: None, message: format!("Engines may run on {} from now on.", self.root.display()) })
    }
    /// Refuses to run an engine before a person agreed.
    ///
    /// # Errors
    /// `untrusted-workspace`.
    pub(crate) fn demand_trust(&self) -> Answer<()> {
        match self.is_trusted() {
            true => Ok(()),
            false => Err(Problem::new(
                Kind::Conflict,
                "untrusted-workspace",
                format!(
                    "planning runs engines and modules from {}, and nobody agreed to that on this machine yet",
                    self.root.display()
                ),
            )
            .hint("Read what it holds, then agree: `xcf plan --yes`, or the button in the window.")),
        }
    }
}
