//! Paths of a repository: bytes in Git, text in the product.

use crate::error::GitError;
use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

/// A path as text. Bytes that are no UTF-8 are shown as `\xNN`, so that such a file is listed, not lost.
pub(crate) fn text(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String can't fail.
            let _infallible = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// Bytes of a path.
pub(crate) fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// A path from bytes.
pub(crate) fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// Checks a path a caller chose: relative, plain, not inside `.git`.
pub(crate) fn check(path: &str) -> Result<(), GitError> {
    let bad = |reason| Err(GitError::BadPath { path: path.to_owned(), reason });
    if path.is_empty() || path.ends_with('/') || path.contains('\0') {
        return bad("it does not name a file");
    }
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) if is_git_folder(name.as_bytes()) => return bad("it lies in Git's own folder"),
            Component::Normal(_) => {}
            _ => return bad("it must be relative to the repository, without `.` and `..`"),
        }
    }
    Ok(())
}

/// Checks one name of a tree object: what Git itself refuses to write.
pub(crate) fn check_name(name: &[u8]) -> Result<(), &'static str> {
    match name {
        b"" | b"." | b".." => Err("it is no name"),
        name if name.contains(&b'/') || name.contains(&0) => Err("it is no name"),
        name if is_git_folder(name) => Err("it is Git's own folder"),
        _ => Ok(()),
    }
}

fn is_git_folder(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b".git")
}
