//! Modes of files, and that nothing secret stands in them.

use super::filled;
use crate::SqliteStore;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xcf_core::ports::store::{Blobs, Store};

fn walk(dir: &Path) -> Vec<PathBuf> {
    let mut all = vec![dir.to_owned()];
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(walk(&path)) } else { all.push(path) }
    }
    all
}

fn assert_private(dir: &Path) {
    for path in walk(dir) {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{} has {mode:o}", path.display());
    }
}

#[tokio::test]
async fn d9_every_file_is_private_and_blobs_hold_no_plain_text() {
    let dir = TempDir::new().unwrap();
    let root = dir.path().join("share/xcloudflow/uid");
    let store = filled(&root, 3).await;
    store.put(b"password: correct horse battery staple").await.unwrap();
    assert_private(&root);
    assert_eq!(store.location(), format!("sqlite:{}", root.display()));
    let files: Vec<_> = walk(&root).into_iter().filter(|p| p.is_file()).collect();
    assert!(files.iter().any(|f| f.ends_with("log.sqlite-wal")), "{files:?}");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(7).any(|w| w == b"battery"), "{} holds the plain text", file.display());
    }
}

#[tokio::test]
async fn d9_an_open_folder_is_closed_to_others() {
    let dir = TempDir::new().unwrap();
    drop(filled(dir.path(), 1).await);
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(dir.path().join("data.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let _store = SqliteStore::open(dir.path()).await.unwrap();
    assert_private(dir.path());
}

#[tokio::test]
async fn d9_sealing_the_same_bytes_twice_gives_other_ciphertext() {
    let (a, b) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut files = Vec::new();
    for dir in [&a, &b] {
        let store = filled(dir.path(), 0).await;
        let id = store.put(b"same").await.unwrap();
        files.push(fs::read(dir.path().join("blobs").join(&id.as_str()[..2]).join(id.as_str())).unwrap());
    }
    assert_ne!(files[0], files[1]);
}

#[tokio::test]
async fn d9_only_old_unfinished_blobs_are_swept() {
    let dir = TempDir::new().unwrap();
    drop(filled(dir.path(), 0).await);
    let shelf = dir.path().join("blobs/ab");
    fs::create_dir(&shelf).unwrap();
    let (old, young) = (shelf.join(".new-old"), shelf.join(".new-young"));
    for path in [&old, &young] {
        fs::write(path, b"half").unwrap();
    }
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3 * 86_400);
    fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
    drop(filled(dir.path(), 0).await);
    assert!(!old.exists() && young.exists());
}
