//! Opening files below a root without following a single symbolic link, so that no link leads out of it.

use rustix::fs::{Mode, OFlags, open, openat, readlinkat};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The folder that holds `path`, and the last name of it.
fn parent<'p>(root: &Path, path: &'p Path) -> io::Result<(OwnedFd, &'p std::ffi::OsStr)> {
    // The root itself may be reached through links: the user chose it.
    let mut folder = open(root, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut names = path.components().peekable();
    while let Some(component) = names.next() {
        let Component::Normal(name) = component else {
            return Err(io::Error::new(ErrorKind::InvalidInput, "not a plain relative path"));
        };
        if names.peek().is_none() {
            return Ok((folder, name));
        }
        folder = openat(&folder, name, FOLDER, Mode::empty())?;
    }
    Err(io::Error::new(ErrorKind::InvalidInput, "an empty path"))
}

/// Opens the regular file `path` below `root`.
pub(crate) fn open_file(root: &Path, path: &Path) -> io::Result<File> {
    let (folder, name) = parent(root, path)?;
    // NONBLOCK: opening a pipe somebody put there must not hang.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(&folder, name, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok(file)
}

/// Target of the symbolic link `path` below `root`.
pub(crate) fn read_link(root: &Path, path: &Path) -> io::Result<Vec<u8>> {
    let (folder, name) = parent(root, path)?;
    Ok(readlinkat(&folder, name, Vec::new())?.into_bytes())
}

/// True if every folder above `path` below `root` is a real folder (or not there yet).
pub(crate) fn has_plain_parents(root: &Path, path: &Path) -> bool {
    match parent(root, path) {
        Ok(_) => true,
        Err(e) => e.kind() == ErrorKind::NotFound,
    }
}
