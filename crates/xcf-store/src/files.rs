//! Private files: folders 0700, files 0600, written by temp + fsync + rename so that a crash leaves old or new.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use tempfile::Builder;
use xcf_core::ports::store::StoreError;

/// Prefix of files not yet renamed into place.
pub(crate) const TEMP_PREFIX: &str = ".new-";

/// An I/O error as the Store tells it: what was done, where, and why it failed.
pub(crate) fn io_error(doing: &str, path: &Path, error: &io::Error) -> StoreError {
    let reason = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            format!("no space left ({error})")
        }
        ErrorKind::ReadOnlyFilesystem => format!("the file system is read-only ({error})"),
        ErrorKind::PermissionDenied => format!("no permission ({error})"),
        _ => error.to_string(),
    };
    StoreError::Io(format!("{doing} {}: {reason}", path.display()))
}

/// Makes `dir` (and parents) with mode 0700, and takes rights of others away if it was there.
pub(crate) fn private_dir(dir: &Path) -> Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|e| io_error("create", dir, &e))?;
    tighten(dir, 0o700)
}

/// Takes rights of group and others away, if there are any.
pub(crate) fn tighten(path: &Path, mode: u32) -> Result<(), StoreError> {
    let found = fs::metadata(path).map_err(|e| io_error("look at", path, &e))?.permissions().mode();
    if found & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|e| io_error("protect", path, &e))?;
    }
    Ok(())
}

/// Opens `path` for reading and writing, made with mode 0600 if it is not there.
pub(crate) fn private_file(path: &Path) -> Result<File, StoreError> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(|e| io_error("open", path, &e))?;
    tighten(path, 0o600)?;
    Ok(file)
}

/// Writes `path` at once and durably; with `replace: false` an existing file wins and stays as it is.
pub(crate) fn write_whole(path: &Path, bytes: &[u8], replace: bool) -> Result<(), StoreError> {
    let dir = path.parent().ok_or_else(|| StoreError::Io(format!("{} has no folder", path.display())))?;
    let fail = |e: &io::Error| io_error("write", path, e);
    let mut temp = Builder::new().prefix(TEMP_PREFIX).tempfile_in(dir).map_err(|e| fail(&e))?;
    temp.write_all(bytes).map_err(|e| fail(&e))?;
    temp.as_file().sync_all().map_err(|e| fail(&e))?;
    if replace {
        temp.persist(path).map_err(|e| fail(&e.error))?;
    } else if let Err(e) = temp.persist_noclobber(path)
        && e.error.kind() != ErrorKind::AlreadyExists
    {
        return Err(fail(&e.error));
    }
    sync_dir(dir)
}

/// Makes a rename in `dir` durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    File::open(dir).and_then(|d| d.sync_all()).map_err(|e| io_error("sync", dir, &e))
}
