//! Autosave: unsaved texts of the editor as files in the data folder, outside the repository (issue 4, point 3). A crash
//! loses nothing that was typed before the last pause; a save or a discard removes the file.

use crate::dto::{BufferDto, BufferRequest, BuffersDto};
use crate::error::{Answer, Kind, Problem};
use crate::open::{Workspace, blocking};
use crate::texts::{LARGEST_TEXT, digest};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Texts that are kept at most.
const MOST_BUFFERS: usize = 500;

/// A kept text as it lies in its file.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    file: String,
    text: String,
    base_text: String,
    saved_at: String,
}

fn failed(what: &str) -> impl Fn(std::io::Error) -> Problem + '_ {
    move |e| Problem::internal("io", format!("{what}: {e}"))
}

impl Workspace {
    fn buffer_folder(&self) -> PathBuf {
        self.paths.store(self.uid.as_str()).join("buffers")
    }
    /// The name says nothing of the path: a path may be longer than a file name.
    fn buffer_file(&self, path: &str) -> PathBuf {
        self.buffer_folder().join(format!("{}.json", digest(path).replace(':', "-")))
    }
    /// Use case: keeps an unsaved text.
    ///
    /// # Errors
    /// The path leaves the repository, the text is too large, too many are kept, or the data folder can't be written.
    pub(crate) async fn keep_buffer(&self, request: &BufferRequest) -> Answer<()> {
        self.inside(&request.file)?;
        if request.text.len() as u64 > LARGEST_TEXT || request.base_text.len() as u64 > LARGEST_TEXT {
            let message = format!("{} is larger than the {LARGEST_TEXT} bytes edited here", request.file);
            return Err(Problem::new(Kind::Invalid, "file-too-large", message));
        }
        let kept = Kept {
            file: request.file.clone(),
            text: request.text.clone(),
            base_text: request.base_text.clone(),
            saved_at: self.clock.now().to_string(),
        };
        let (folder, target) = (self.buffer_folder(), self.buffer_file(&request.file));
        blocking(move || write(&folder, &target, &kept)).await
    }
    /// Use case: removes the kept text of a file; that there is none is fine.
    ///
    /// # Errors
    /// The data folder can't be written.
    pub(crate) async fn drop_buffer(&self, file: &str) -> Answer<()> {
        let target = self.buffer_file(file);
        blocking(move || match std::fs::remove_file(&target) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(failed("the kept text can't be removed")(e)),
            _ => Ok(()),
        })
        .await
    }
    /// Use case: every kept text.
    ///
    /// # Errors
    /// The data folder can't be read.
    pub(crate) async fn buffers(&self) -> Answer<BuffersDto> {
        let folder = self.buffer_folder();
        let (kept, unreadable) = blocking(move || read(&folder)).await?;
        let mut items = Vec::new();
        for one in kept {
            let disk = self.text_of(&one.file).await.ok().flatten();
            if disk.as_deref() == Some(one.text.as_str()) {
                // Saved, but the process ended before it was forgotten.
                self.drop_buffer(&one.file).await?;
                continue;
            }
            items.push(BufferDto {
                changed_on_disk: disk.unwrap_or_default() != one.base_text,
                base_digest: digest(&one.base_text),
                file: one.file,
                text: one.text,
                base_text: one.base_text,
                saved_at: one.saved_at,
            });
        }
        items.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(BuffersDto { items, unreadable })
    }
}

/// Written beside, synced and renamed: a crash leaves the former text or this one.
fn write(folder: &Path, target: &Path, kept: &Kept) -> Answer<()> {
    let what = "the unsaved text can't be kept";
    std::fs::create_dir_all(folder).map_err(failed(what))?;
    if !target.exists() && std::fs::read_dir(folder).map_err(failed(what))?.count() >= MOST_BUFFERS {
        let message = format!("{MOST_BUFFERS} unsaved texts are kept already");
        return Err(Problem::new(Kind::Conflict, "too-many-buffers", message).hint("Save or discard some of them."));
    }
    let text = serde_json::to_vec(kept).map_err(|e| Problem::internal("io", e))?;
    // Readable by its owner only: a temporary file is made so, and the rename keeps it.
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed(what))?;
    temporary.write_all(&text).and_then(|()| temporary.as_file().sync_all()).map_err(failed(what))?;
    temporary.persist(target).map_err(|e| failed(what)(e.error))?;
    Ok(())
}

fn read(folder: &Path) -> Answer<(Vec<Kept>, Vec<String>)> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        Err(e) => return Err(failed("the kept texts can't be read")(e)),
    };
    let (mut kept, mut unreadable) = (Vec::new(), Vec::new());
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "json") {
            continue;
        }
        match std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(one) => kept.push(one),
            None => unreadable.push(path.display().to_string()),
        }
    }
    Ok((kept, unreadable))
}
