//! Several real processes on one Store, and what is left when one is killed.

use super::{PLAIN, play, role};
use crate::SqliteStore;
use crate::conformance::event;
use serde_json::json;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use xcf_core::ids::BlobId;
use xcf_core::ports::store::{Blobs, EventLog};

/// Appends a pair of events and a blob they name, for ever, and says each position it was promised.
async fn append_until_killed(dir: &Path) {
    let store = SqliteStore::open(dir).await.unwrap();
    for n in 0_u64.. {
        let blob = store.put(format!("plan {n} {}", "x".repeat(20_000)).as_bytes()).await.unwrap();
        let pair = vec![event(1, json!({"n": n, "blob": blob})), event(2, json!({"n": n}))];
        println!("\npromised {}", store.append(pair, None).await.unwrap());
    }
}

fn promise(line: &str) -> Option<u64> {
    line.strip_prefix("promised ")?.trim().parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn d9_nothing_promised_is_lost_and_nothing_is_half_written_when_a_writer_is_killed() {
    if let Some((_, dir)) = role() {
        return append_until_killed(&dir).await;
    }
    let name = "tests::crash::d9_nothing_promised_is_lost_and_nothing_is_half_written_when_a_writer_is_killed";
    let dir = TempDir::new().unwrap();
    let mut head = 0;
    for kill_after in [1, 2, 5, 13, 40] {
        let mut child = play(name, "append", dir.path(), PLAIN).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut promised = lines.by_ref().filter_map(|l| promise(&l)).nth(kill_after).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        promised = lines.filter_map(|l| promise(&l)).last().unwrap_or(promised);

        let store = SqliteStore::open(dir.path()).await.unwrap();
        let found = store.verify_chain().await.unwrap();
        assert!(found >= promised && promised > head, "promised {promised}, found {found}, before {head}");
        assert_eq!(found % 2, 0, "an append of two events was torn");
        for event in store.read(head, usize::MAX).await.unwrap() {
            if let Some(blob) = event.event.data["blob"].as_str() {
                store.get(&BlobId::new(blob)).await.unwrap();
            }
        }
        head = found;
    }
}

async fn append_some(dir: &Path, role: &str) {
    let store = SqliteStore::open(dir).await.unwrap();
    for n in 0..30 {
        store.append(vec![event(role.parse().unwrap(), json!(n))], None).await.unwrap();
        println!("\nnumber {}", store.next_number("CS").await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d9_processes_that_start_and_write_together_share_one_gapless_log() {
    if let Some((role, dir)) = role() {
        return append_some(&dir, &role).await;
    }
    let name = "tests::crash::d9_processes_that_start_and_write_together_share_one_gapless_log";
    let dir = TempDir::new().unwrap();
    // None of them finds a folder: they also race for its set-up.
    let fresh = dir.path().join("store");
    let children: Vec<_> = (1..=4).map(|n| play(name, &n.to_string(), &fresh, PLAIN).spawn().unwrap()).collect();
    let mut numbers: Vec<u64> = Vec::new();
    for mut child in children {
        let mut out = String::new();
        child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        assert!(child.wait().unwrap().success(), "{out}");
        numbers.extend(out.lines().filter_map(|l| l.strip_prefix("number ")?.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=120).collect::<Vec<u64>>());
    let store = SqliteStore::open(&fresh).await.unwrap();
    assert_eq!(store.verify_chain().await.unwrap(), 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn d9_a_waiter_wakes_for_another_process() {
    let name = "tests::crash::d9_a_waiter_wakes_for_another_process";
    if let Some((_, dir)) = role() {
        let store = SqliteStore::open(&dir).await.unwrap();
        store.append(vec![event(1, json!(1))], None).await.unwrap();
        return;
    }
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let mut child = play(name, "append", dir.path(), PLAIN).spawn().unwrap();
    assert_eq!(store.wait_beyond(0, Duration::from_secs(60)).await.unwrap(), 1);
    assert!(child.wait().unwrap().success());
}
