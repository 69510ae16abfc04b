//! A full and a read-only file system, for real: in a mount namespace of a child process.

use super::{play, role};
use crate::SqliteStore;
use crate::conformance::event;
use serde_json::json;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use xcf_core::ports::store::{Blobs, EventLog, StoreError};

/// True if this user may make mount namespaces here.
fn can_mount() -> bool {
    let probe = Command::new("unshare").args(["-rm", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]).output();
    probe.is_ok_and(|o| o.status.success())
}

fn run(test: &str, role: &str, dir: &Path, set_up: &str) -> String {
    let wrap = format!(r#"exec unshare -rm sh -c '{set_up} && exec "$@"' sh "$@""#);
    let out = play(test, role, dir, &wrap).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{text}");
    text
}

async fn fill_until_refused(dir: &Path) {
    let store = SqliteStore::open(dir).await.unwrap();
    let mut written = 0;
    let refusal = loop {
        match store.append(vec![event(1, json!("x".repeat(50_000))), event(1, json!(written))], None).await {
            Ok(head) => written = head,
            Err(error) => break error,
        }
    };
    assert!(matches!(&refusal, StoreError::Io(why) if why.contains("no space") || why.contains("full")), "{refusal:?}");
    assert_eq!(store.verify_chain().await.unwrap(), written);
    let blob = vec![7; 3_000_000];
    let refusal = store.put(&blob).await.unwrap_err();
    assert!(matches!(&refusal, StoreError::Io(why) if why.contains("no space")), "{refusal:?}");
    let left: Vec<_> = std::fs::read_dir(dir.join("blobs")).unwrap().flatten().collect();
    let files = left.iter().flat_map(|d| std::fs::read_dir(d.path()).unwrap()).count();
    assert_eq!(files, 0, "half a blob was left");
    drop(store);

    // With space again it goes on where it was.
    std::fs::remove_file(dir.join("ballast")).unwrap();
    let store = SqliteStore::open(dir).await.unwrap();
    assert_eq!(store.append(vec![event(1, json!("after"))], Some(written)).await.unwrap(), written + 1);
    assert_eq!(store.verify_chain().await.unwrap(), written + 1);
    println!("\nplayed full");
}

#[tokio::test(flavor = "multi_thread")]
async fn d9_a_full_disk_refuses_whole_appends_and_blobs_and_loses_nothing() {
    if let Some((_, dir)) = role() {
        return fill_until_refused(&dir).await;
    }
    if !can_mount() {
        println!("skipped: no mount namespaces for this user");
        return;
    }
    let dir = TempDir::new().unwrap();
    let name = "tests::full_disk::d9_a_full_disk_refuses_whole_appends_and_blobs_and_loses_nothing";
    let small =
        format!("mount -t tmpfs -o size=4m none {0} && head -c 2400000 /dev/zero > {0}/ballast", dir.path().display());
    assert!(run(name, "full", dir.path(), &small).contains("played full"));
}

async fn try_read_only(dir: &Path) {
    match SqliteStore::open(dir).await {
        Err(StoreError::Io(why)) => assert!(why.contains("read-only") || why.contains("can't be opened"), "{why}"),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("opened for writing on a read-only file system"),
    }
    println!("\nplayed read-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn d9_a_read_only_folder_is_an_io_error_that_says_so() {
    if let Some((_, dir)) = role() {
        return try_read_only(&dir).await;
    }
    if !can_mount() {
        println!("skipped: no mount namespaces for this user");
        return;
    }
    let name = "tests::full_disk::d9_a_read_only_folder_is_an_io_error_that_says_so";
    let dir = TempDir::new().unwrap();
    drop(super::filled(dir.path(), 2).await);
    let frozen = format!("mount --bind {0} {0} && mount -o remount,ro,bind {0}", dir.path().display());
    assert!(run(name, "read-only", dir.path(), &frozen).contains("played read-only"));
    assert_eq!(SqliteStore::open(dir.path()).await.unwrap().verify_chain().await.unwrap(), 2);
}
