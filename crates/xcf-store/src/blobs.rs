//! Blobs as files: `blobs/ab/abcd…`, named by the SHA-256 of the plain bytes, encrypted, 0600.

use crate::cipher::BlobCipher;
use crate::files::{TEMP_PREFIX, io_error, private_dir, write_whole};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use xcf_core::ids::BlobId;
use xcf_core::ports::store::StoreError;

/// How old an unfinished file must be before it is surely nobody's: a writer renames within seconds.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The address of plain bytes.
pub(crate) fn address(plain: &[u8]) -> BlobId {
    BlobId::new(hex::encode(Sha256::digest(plain)))
}

/// True if `id` has the shape of an address; anything else never becomes a path.
pub(crate) fn is_address(id: &BlobId) -> bool {
    let text = id.as_str();
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The blob folder of a Store.
#[derive(Clone)]
pub(crate) struct FileBlobs {
    root: PathBuf,
    cipher: Arc<BlobCipher>,
}

impl FileBlobs {
    /// Opens (and makes) the folder; sweeps files that a crashed writer left unfinished long ago.
    pub(crate) fn open(root: PathBuf, cipher: BlobCipher) -> Result<Self, StoreError> {
        private_dir(&root)?;
        let blobs = Self { root, cipher: Arc::new(cipher) };
        blobs.sweep_abandoned();
        Ok(blobs)
    }

    fn path(&self, id: &BlobId) -> Option<PathBuf> {
        let shelf = id.as_str().get(..2).filter(|_| is_address(id))?;
        Some(self.root.join(shelf).join(id.as_str()))
    }

    /// Stores bytes durably. A damaged file under the same address is replaced: the caller holds the right bytes.
    pub(crate) fn put(&self, plain: &[u8]) -> Result<BlobId, StoreError> {
        let id = address(plain);
        if matches!(self.get(&id), Ok(stored) if stored == plain) {
            return Ok(id);
        }
        let path = self.path(&id).ok_or_else(|| StoreError::BlobMissing(id.to_string()))?;
        if let Some(shelf) = path.parent() {
            private_dir(shelf)?;
        }
        write_whole(&path, &self.cipher.seal(id.as_str(), plain)?, true)?;
        Ok(id)
    }

    /// Reads and checks.
    pub(crate) fn get(&self, id: &BlobId) -> Result<Vec<u8>, StoreError> {
        let missing = || StoreError::BlobMissing(id.to_string());
        let path = self.path(id).ok_or_else(missing)?;
        let file = match fs::read(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(missing()),
            Err(e) => return Err(io_error("read", &path, &e)),
        };
        let plain = self.cipher.open(id.as_str(), &file)?;
        if &address(&plain) != id {
            return Err(StoreError::Damaged(format!("blob {id} holds other bytes")));
        }
        Ok(plain)
    }

    /// True if there is a file at the address.
    pub(crate) fn has(&self, id: &BlobId) -> Result<bool, StoreError> {
        let Some(path) = self.path(id) else { return Ok(false) };
        path.try_exists().map_err(|e| io_error("look at", &path, &e))
    }

    /// Best effort: a leftover costs space, never correctness.
    fn sweep_abandoned(&self) {
        let shelves = fs::read_dir(&self.root).into_iter().flatten().flatten();
        for file in shelves.flat_map(|shelf| fs::read_dir(shelf.path()).into_iter().flatten().flatten()) {
            if file.file_name().to_string_lossy().starts_with(TEMP_PREFIX) && is_old(&file.path()) {
                let swept = fs::remove_file(file.path());
                tracing::debug!(file = %file.path().display(), ok = swept.is_ok(), "swept an unfinished blob");
            }
        }
    }
}

fn is_old(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|m| m.modified()).ok();
    modified.and_then(|m| m.elapsed().ok()).is_some_and(|age| age > ABANDONED_AFTER)
}
