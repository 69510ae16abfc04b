//! Files of the working tree as text: read, written whole, never outside the repository, never half.

use crate::dto::FileTextDto;
use crate::error::{Answer, Kind, Problem};
use crate::open::{Workspace, blocking};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Larger files are not shown or edited here.
pub(crate) const LARGEST_TEXT: u64 = 2 << 20;

/// Digest of a text, so that an edit made against an older one can be refused.
pub(crate) fn digest(text: &str) -> String {
    xcf_core::digest::sha256(text.as_bytes()).to_string()
}

impl Workspace {
    /// Use case: text of a file of the working tree.
    ///
    /// # Errors
    /// The path leaves the repository, is not there, is too large or not text.
    pub(crate) async fn read_file(&self, path: &str) -> Answer<FileTextDto> {
        let text = self.text_of(path).await?.ok_or_else(|| Problem::not_found(path))?;
        Ok(FileTextDto { file: path.to_owned(), digest: digest(&text), text })
    }
    /// Text of a file; none if it is not there.
    pub(crate) async fn text_of(&self, path: &str) -> Answer<Option<String>> {
        let file = self.inside(path)?;
        let shown = path.to_owned();
        blocking(move || match std::fs::metadata(&file) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Problem::internal("io", format!("{shown} can't be read: {e}"))),
            Ok(meta) if !meta.is_file() => {
                Err(Problem::new(Kind::Invalid, "not-a-file", format!("{shown} is not a file")))
            }
            Ok(meta) if meta.len() > LARGEST_TEXT => Err(Problem::new(
                Kind::Invalid,
                "file-too-large",
                format!("{shown} has {} bytes, more than the {LARGEST_TEXT} shown here", meta.len()),
            )),
            Ok(_) => {
                let bytes =
                    std::fs::read(&file).map_err(|e| Problem::internal("io", format!("{shown} can't be read: {e}")))?;
                String::from_utf8(bytes)
                    .map(Some)
                    .map_err(|_| Problem::new(Kind::Invalid, "not-text", format!("{shown} is not UTF-8 text")))
            }
        })
        .await
    }
    /// Absolute path of a repository-relative one, refused if it or a link on its way leaves the repository.
    pub(crate) fn inside(&self, path: &str) -> Answer<PathBuf> {
        let refuse = || Problem::new(Kind::Usage, "bad-path", format!("`{path}` is not a path inside the repository"));
        let plain =
            !path.is_empty() && Path::new(path).components().all(|c| matches!(c, std::path::Component::Normal(_)));
        if !plain || path.split('/').any(|part| part == ".git") {
            return Err(refuse());
        }
        let full = self.root.join(path);
        let root = self.root.canonicalize().map_err(|e| Problem::internal("io", e))?;
        let existing = full.ancestors().find(|a| a.exists()).ok_or_else(refuse)?;
        let real = existing.canonicalize().map_err(|e| Problem::internal("io", e))?;
        if real.starts_with(&root) { Ok(full) } else { Err(refuse()) }
    }
    /// Written beside and renamed, so that a full disk or a crash never leaves half a file.
    pub(crate) async fn write(&self, file: &str, text: String) -> Answer<()> {
        let target = self.inside(file)?;
        let shown = file.to_owned();
        blocking(move || {
            let failed = |e: std::io::Error| {
                Problem::internal("io", format!("{shown} can't be written: {e}")).hint("Nothing was changed.")
            };
            let folder = target.parent().ok_or_else(|| Problem::internal("io", "no folder"))?;
            std::fs::create_dir_all(folder).map_err(failed)?;
            let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
            temporary.write_all(text.as_bytes()).and_then(|()| temporary.as_file().sync_all()).map_err(failed)?;
            if let Ok(meta) = std::fs::metadata(&target) {
                temporary.as_file().set_permissions(meta.permissions()).map_err(failed)?;
            } else {
                use std::os::unix::fs::PermissionsExt;
                temporary.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
            }
            temporary.persist(&target).map_err(|e| failed(e.error))?;
            Ok(())
        })
        .await
    }
    /// Removes a file of the working tree; one that is not there is fine.
    pub(crate) async fn delete(&self, file: &str) -> Answer<()> {
        let target = self.inside(file)?;
        let shown = file.to_owned();
        blocking(move || match std::fs::remove_file(&target) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Problem::internal("io", format!("{shown} can't be removed: {e}")))
            }
            _ => Ok(()),
        })
        .await
    }
}
