//! What a damaged, foreign or newer Store says.

use super::filled;
use crate::SqliteStore;
use crate::sqlite::options_for_tests;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use xcf_core::ports::store::{Blobs, EventLog, StoreError};

/// Changes the log file behind the Store's back.
async fn tamper(dir: &Path, sql: &str) {
    let mut db = options_for_tests(dir).connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

const DISARM: &str = "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed;";

async fn verdict_after(sql: &str) -> String {
    let dir = TempDir::new().unwrap();
    let store = filled(dir.path(), 6).await;
    assert_eq!(store.verify_chain().await.unwrap(), 6);
    tamper(dir.path(), &format!("{DISARM} {sql}")).await;
    match store.verify_chain().await {
        Err(StoreError::Damaged(why)) => why,
        other => panic!("{sql}: {other:?}"),
    }
}

#[tokio::test]
async fn d9_chain_finds_the_first_changed_cut_or_refiled_event() {
    let changed = verdict_after(r#"UPDATE events SET body = replace(body, '"n":4', '"n":5') WHERE position = 4"#).await;
    assert!(changed.contains("position 4 "), "{changed}");
    let hash = verdict_after("UPDATE events SET hash = upper(hash) WHERE position = 2").await;
    assert!(hash.contains("position 2 "), "{hash}");
    let gone = verdict_after("DELETE FROM events WHERE position = 3").await;
    assert!(gone.contains("position 3 "), "{gone}");
    let first = verdict_after("DELETE FROM events WHERE position = 1").await;
    assert!(first.contains("position 1 "), "{first}");
    let tail = verdict_after("DELETE FROM events WHERE position = 6").await;
    assert!(tail.contains("position 6 "), "{tail}");
    let refiled = verdict_after("UPDATE events SET stream = 'R-9' WHERE position = 5").await;
    assert!(refiled.contains("position 5 "), "{refiled}");
    let extra =
        verdict_after("INSERT INTO events SELECT 7, hash, stream, kind, body FROM events WHERE position = 6").await;
    assert!(extra.contains("position 7 "), "{extra}");
    let head = verdict_after("UPDATE head SET hash = upper(hash)").await;
    assert!(head.contains("head"), "{head}");
    // Cutting the end *and* rewinding the head is what only a checkpoint outside the Store can show.
}

#[tokio::test]
async fn d9_the_log_refuses_updates_and_deletes() {
    let dir = TempDir::new().unwrap();
    let store = filled(dir.path(), 2).await;
    let mut db = options_for_tests(dir.path()).connect().await.unwrap();
    for sql in ["UPDATE events SET body = 'x'", "DELETE FROM events"] {
        let refused = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
    assert_eq!(store.verify_chain().await.unwrap(), 2);
}

#[tokio::test]
async fn d9_an_event_kind_of_a_newer_version_is_an_error_not_a_guess() {
    let dir = TempDir::new().unwrap();
    let store = filled(dir.path(), 1).await;
    tamper(dir.path(), &format!("{DISARM} UPDATE events SET body = replace(body, 'run.stepped', 'run.levitated')"))
        .await;
    match store.read(0, 9).await {
        Err(StoreError::Damaged(why)) => assert!(why.contains("run.levitated"), "{why}"),
        other => panic!("{other:?}"),
    }
}

async fn open_error(dir: &Path) -> StoreError {
    SqliteStore::open(dir).await.err().expect("must not open")
}

#[tokio::test]
async fn d9_a_newer_format_is_refused_unless_it_says_it_can_be_read() {
    let dir = TempDir::new().unwrap();
    drop(filled(dir.path(), 1).await);
    tamper(dir.path(), "PRAGMA user_version = 7; UPDATE format SET oldest_reader = 7").await;
    assert!(matches!(open_error(dir.path()).await, StoreError::TooNew { found: 7, known: 1 }));
    tamper(dir.path(), "UPDATE format SET oldest_reader = 1").await;
    assert_eq!(SqliteStore::open(dir.path()).await.unwrap().head().await.unwrap(), 1);
}

#[tokio::test]
async fn d9_garbage_and_foreign_files_are_damage_and_stay_untouched() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("log.sqlite");
    fs::write(&file, b"this is no database, it only stands here\n".repeat(200)).unwrap();
    let before = fs::read(&file).unwrap();
    assert!(matches!(open_error(dir.path()).await, StoreError::Damaged(_)));
    assert_eq!(fs::read(&file).unwrap(), before);
    assert!(!dir.path().join("data.key").exists());

    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("log.sqlite"), b"").unwrap();
    tamper(dir.path(), "CREATE TABLE theirs (x)").await;
    assert!(matches!(open_error(dir.path()).await, StoreError::Damaged(_)));
    tamper(dir.path(), "PRAGMA user_version = 1").await;
    assert!(matches!(open_error(dir.path()).await, StoreError::Damaged(_)));
}

#[tokio::test]
async fn d9_overwritten_pages_are_damage() {
    let dir = TempDir::new().unwrap();
    let store = filled(dir.path(), 400).await;
    drop(store);
    tamper(dir.path(), "PRAGMA wal_checkpoint(TRUNCATE)").await;
    let file = dir.path().join("log.sqlite");
    let mut bytes = fs::read(&file).unwrap();
    let from = 4096 * 3;
    assert!(bytes.len() > from + 4096 * 4);
    for byte in &mut bytes[from..] {
        *byte = 0xa5;
    }
    fs::write(&file, bytes).unwrap();
    let found = match SqliteStore::open(dir.path()).await {
        Ok(store) => store.verify_chain().await.expect_err("must be found"),
        Err(error) => error,
    };
    assert!(matches!(found, StoreError::Damaged(_)), "{found:?}");
}

#[tokio::test]
async fn d9_a_lost_key_is_said_and_never_replaced() {
    for key in ["data.key", "workspace.key"] {
        let dir = TempDir::new().unwrap();
        drop(filled(dir.path(), 1).await);
        fs::remove_file(dir.path().join(key)).unwrap();
        let error = open_error(dir.path()).await;
        assert!(matches!(&error, StoreError::Damaged(why) if why.contains(key)), "{error:?}");
        assert!(!dir.path().join(key).exists());
        fs::write(dir.path().join(key), b"short").unwrap();
        assert!(matches!(open_error(dir.path()).await, StoreError::Damaged(_)));
    }
}

#[tokio::test]
async fn d9_a_truncated_blob_is_damage_and_is_healed_by_the_same_bytes() {
    let dir = TempDir::new().unwrap();
    let store = filled(dir.path(), 0).await;
    let id = store.put(b"a plan").await.unwrap();
    let file = dir.path().join("blobs").join(&id.as_str()[..2]).join(id.as_str());
    let whole = fs::read(&file).unwrap();
    for cut in [0, 3, 20, whole.len() - 1] {
        fs::write(&file, &whole[..cut]).unwrap();
        assert!(matches!(store.get(&id).await, Err(StoreError::Damaged(_))), "{cut}");
    }
    assert_eq!(store.put(b"a plan").await.unwrap(), id);
    assert_eq!(store.get(&id).await.unwrap(), b"a plan");
    // Another blob's file under this address is damage too.
    let other = store.put(b"another plan").await.unwrap();
    fs::copy(dir.path().join("blobs").join(&other.as_str()[..2]).join(other.as_str()), &file).unwrap();
    assert!(matches!(store.get(&id).await, Err(StoreError::Damaged(_))));
}
