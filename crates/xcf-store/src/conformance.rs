//! What every Store back end must do (`D9`). Each check takes a [`Harness`] and names what it found wrong.
//!
//! [`store_conformance!`](crate::store_conformance) makes one test of each.

use crate::memory::ManualClock;
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;
use xcf_core::actor::Actor;
use xcf_core::event::{EventKind, NewEvent, StreamId};
use xcf_core::ids::{BlobId, RunId};
use xcf_core::ports::store::{Store, StoreError};

/// Gives handles to one fresh Store.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A new handle, as another process would have it.
    async fn open(&self) -> Result<Arc<dyn Store>, StoreError>;
    /// The clock the handles reckon lease ends by.
    fn clock(&self) -> &ManualClock;
}

/// Outcome of a check: what was expected and what was found.
pub type Verdict = Result<(), String>;

/// Long enough that only a hang reaches it.
const LONG: Duration = Duration::from_secs(30);
const TTL: Duration = Duration::from_secs(30);

fn equal<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Verdict {
    if found == expected { Ok(()) } else { Err(format!("{what}: found {found:?}, expected {expected:?}")) }
}

fn ok<T>(what: &str, result: Result<T, StoreError>) -> Result<T, String> {
    result.map_err(|e| format!("{what}: {e}"))
}

fn refused<T: Debug>(what: &str, result: Result<T, StoreError>, as_expected: impl Fn(&StoreError) -> bool) -> Verdict {
    match result {
        Err(error) if as_expected(&error) => Ok(()),
        other => Err(format!("{what}: found {other:?}")),
    }
}

/// What every task gave, in order.
async fn all<T>(tasks: Vec<tokio::task::JoinHandle<T>>) -> Result<Vec<T>, String> {
    let mut done = Vec::with_capacity(tasks.len());
    for task in tasks {
        done.push(task.await.map_err(|e| e.to_string())?);
    }
    Ok(done)
}

/// A plain event of run `R-{run}` with `data`.
#[must_use]
pub fn event(run: u64, data: Value) -> NewEvent {
    NewEvent {
        stream: StreamId::run(RunId(run)),
        kind: EventKind::RunStepped,
        version: 1,
        at: Timestamp::UNIX_EPOCH,
        actor: Actor::system("test"),
        change_set: None,
        run: Some(RunId(run)),
        unit: None,
        data,
    }
}

/// Events come back as they were, in order, from 1 without gaps; pages and streams hold what they should.
pub async fn log_keeps_order_and_content(harness: &dyn Harness) -> Verdict {
    let store = ok("open", harness.open().await)?;
    equal("head of an empty log", ok("head", store.head().await)?, 0)?;
    equal("nothing appended", ok("append", store.append(vec![], None).await)?, 0)?;
    let data = |n: u64| json!({"n": n, "z": [1.5, null, "é\u{1F600}"], "a": {"y": 1, "b": true}});
    let events: Vec<NewEvent> = (1..=7).map(|n| event(n % 2, data(n))).collect();
    equal("position", ok("append", store.append(events[..3].to_vec(), None).await)?, 3)?;
    equal("position", ok("append", store.append(events[3..].to_vec(), Some(3)).await)?, 7)?;
    let other = ok("open", harness.open().await)?;
    let read = ok("read", other.read(0, 100).await)?;
    equal("positions", read.iter().map(|e| e.position).collect(), (1..=7).collect::<Vec<u64>>())?;
    equal("content", read.into_iter().map(|e| e.event).collect(), events)?;
    let page = ok("read", other.read(2, 2).await)?;
    equal("page", page.iter().map(|e| e.position).collect(), vec![3, 4])?;
    equal("beyond the end", ok("read", other.read(7, 5).await)?.len(), 0)?;
    let odd = ok("stream", other.read_stream(&StreamId::run(RunId(1)), 1, 2).await)?;
    equal("stream", odd.iter().map(|e| e.position).collect(), vec![3, 5])?;
    equal("no such stream", ok("stream", other.read_stream(&StreamId::workspace(), 0, 9).await)?.len(), 0)?;
    equal("chain", ok("verify", other.verify_chain().await)?, 7)
}

/// Compare-and-set: of two appends at the same expected head, one is refused and writes nothing.
pub async fn append_compares_and_sets(harness: &dyn Harness) -> Verdict {
    let (a, b) = (ok("open", harness.open().await)?, ok("open", harness.open().await)?);
    ok("append", a.append(vec![event(1, json!(1))], Some(0)).await)?;
    let late = b.append(vec![event(1, json!(2)), event(1, json!(3))], Some(0)).await;
    refused("late append", late, |e| matches!(e, StoreError::Conflict { expected: 0, actual: 1 }))?;
    let early = b.append(vec![event(1, json!(2))], Some(9)).await;
    refused("append beyond the head", early, |e| matches!(e, StoreError::Conflict { expected: 9, actual: 1 }))?;
    equal("head", ok("head", a.head().await)?, 1)
}

/// Concurrent appends of several handles leave no gap, lose nothing and never tear one append apart.
pub async fn concurrent_appends_leave_no_gap(harness: &dyn Harness) -> Verdict {
    let (each, tasks) = (10_u64, 6_u64);
    let mut running = Vec::new();
    for task in 0..tasks {
        let store = ok("open", harness.open().await)?;
        running.push(tokio::spawn(async move {
            let mut ends = Vec::new();
            for n in 0..each {
                ends.push(store.append(vec![event(task, json!([n, "a"])), event(task, json!([n, "b"]))], None).await?);
            }
            Ok::<_, StoreError>(ends)
        }));
    }
    let ends = all(running).await?;
    let ends: Vec<Vec<u64>> = ok("append", ends.into_iter().collect())?;
    let all: BTreeSet<u64> = ends.iter().flatten().copied().collect();
    equal("positions", all, (1..=each * tasks).map(|n| n * 2).collect())?;
    let store = ok("open", harness.open().await)?;
    let read = ok("read", store.read(0, 1000).await)?;
    equal("positions", read.iter().map(|e| e.position).collect(), (1..=each * tasks * 2).collect::<Vec<u64>>())?;
    for pair in read.chunks(2) {
        equal("one append stays together", pair.iter().map(|e| &e.event.stream).collect::<BTreeSet<_>>().len(), 1)?;
    }
    for task in 0..tasks {
        let stream = ok("stream", store.read_stream(&StreamId::run(RunId(task)), 0, 1000).await)?;
        let numbers: Vec<u64> = stream.iter().filter_map(|e| e.event.data.get(0)?.as_u64()).collect();
        equal("order of one appender", numbers, (0..each).flat_map(|n| [n, n]).collect())?;
    }
    equal("chain", ok("verify", store.verify_chain().await)?, each * tasks * 2)
}

/// Counters start at 1, count up without gaps over all handles, and do not know each other.
pub async fn counters_never_repeat(harness: &dyn Harness) -> Verdict {
    let mut running = Vec::new();
    for _ in 0..4 {
        let store = ok("open", harness.open().await)?;
        running.push(tokio::spawn(async move {
            let mut numbers = Vec::new();
            for _ in 0..10 {
                numbers.push(store.next_number("CS").await?);
            }
            Ok::<_, StoreError>(numbers)
        }));
    }
    let taken = all(running).await?;
    let taken: Vec<Vec<u64>> = ok("next number", taken.into_iter().collect())?;
    let mut all: Vec<u64> = taken.into_iter().flatten().collect();
    all.sort_unstable();
    equal("numbers", all, (1..=40).collect())?;
    let store = ok("open", harness.open().await)?;
    equal("other counter", ok("next number", store.next_number("R").await)?, 1)
}

/// A waiter wakes for appends of its own and of other handles, gets the present head at once, and times out empty.
pub async fn waiting_sees_other_handles(harness: &dyn Harness) -> Verdict {
    let (a, b) = (ok("open", harness.open().await)?, ok("open", harness.open().await)?);
    equal("timeout", ok("wait", a.wait_beyond(0, Duration::from_millis(1)).await)?, 0)?;
    for expected in 1..=3 {
        let (wait, append) = tokio::join!(a.wait_beyond(expected - 1, LONG), b.append(vec![event(1, json!(0))], None));
        equal("appended", ok("append", append)?, expected)?;
        equal("woken", ok("wait", wait)?, expected)?;
    }
    equal("at once", ok("wait", a.wait_beyond(1, LONG).await)?, 3)?;
    let (wait, append) = tokio::join!(a.wait_beyond(3, LONG), a.append(vec![event(1, json!(0))], None));
    ok("append", append)?;
    equal("own append", ok("wait", wait)?, 4)
}

/// A lease has one holder until it ends, is given back, or the holder is judged dead; each new holder's number is higher.
pub async fn leases_have_one_holder(harness: &dyn Harness) -> Verdict {
    let (a, b) = (ok("open", harness.open().await)?, ok("open", harness.open().await)?);
    let alive = |_: &str| false;
    let first = ok("acquire", a.acquire("run:R-1", "p1", TTL, &alive).await)?;
    let held = |e: &StoreError| matches!(e, StoreError::LeaseHeld { holder, .. } if holder == "p1");
    refused("second holder", b.acquire("run:R-1", "p2", TTL, &alive).await, held)?;
    refused("the same holder twice", b.acquire("run:R-1", "p1", TTL, &alive).await, held)?;
    equal("other lease", ok("acquire", b.acquire("run:R-2", "p2", TTL, &alive).await)?.fence, 1)?;
    equal(
        "listed",
        ok("list", b.list().await)?.iter().map(|l| l.name.clone()).collect(),
        vec!["run:R-1".to_owned(), "run:R-2".to_owned()],
    )?;
    harness.clock().advance(TTL / 2);
    let first = ok("renew", a.renew(&first, TTL).await)?;
    harness.clock().advance(TTL / 2 + Duration::from_secs(1));
    refused("renewed in time", b.acquire("run:R-1", "p2", TTL, &alive).await, held)?;
    harness.clock().advance(TTL);
    let second = ok("acquire after the end", b.acquire("run:R-1", "p2", TTL, &alive).await)?;
    equal("grows", second.fence > first.fence, true)?;
    let lost = |e: &StoreError| matches!(e, StoreError::LeaseHeld { holder, .. } if holder == "p2");
    refused("renew after loss", a.renew(&first, TTL).await, lost)?;
    refused("release after loss", a.release(&first).await, lost)?;
    let third = ok("take over", a.acquire("run:R-1", "p3", TTL, &|holder: &str| holder == "p2").await)?;
    equal("grows", third.fence > second.fence, true)?;
    ok("release", a.release(&third).await)?;
    refused("release twice", a.release(&third).await, |e| matches!(e, StoreError::LeaseHeld { .. }))?;
    refused("renew after release", a.renew(&third, TTL).await, |e| matches!(e, StoreError::LeaseHeld { .. }))?;
    let fourth = ok("acquire after release", b.acquire("run:R-1", "p4", TTL, &alive).await)?;
    equal("number kept over a release", fourth.fence > third.fence, true)
}

/// An append under an old fencing number is refused and writes nothing.
pub async fn old_holder_cannot_append(harness: &dyn Harness) -> Verdict {
    let (a, b) = (ok("open", harness.open().await)?, ok("open", harness.open().await)?);
    let nobody = a.append_fenced(vec![event(1, json!(0))], "run:R-1", 0).await;
    refused("lease nobody ever took", nobody, |e| matches!(e, StoreError::LeaseHeld { .. }))?;
    let old = ok("acquire", a.acquire("run:R-1", "p1", TTL, &|_: &str| false).await)?;
    equal("holder", ok("append", a.append_fenced(vec![event(1, json!(1))], "run:R-1", old.fence).await)?, 1)?;
    let new = ok("acquire", b.acquire("run:R-1", "p2", TTL, &|_: &str| true).await)?;
    let late = a.append_fenced(vec![event(1, json!(2))], "run:R-1", old.fence).await;
    refused("old holder", late, |e| matches!(e, StoreError::LeaseHeld { holder, .. } if holder == "p2"))?;
    let future = a.append_fenced(vec![event(1, json!(2))], "run:R-1", new.fence + 1).await;
    refused("number never given", future, |e| matches!(e, StoreError::LeaseHeld { .. }))?;
    equal("new holder", ok("append", b.append_fenced(vec![event(1, json!(3))], "run:R-1", new.fence).await)?, 2)
}

/// Of many that try at the same time to take the lease of a dead holder, exactly one gets it.
pub async fn only_one_takes_over(harness: &dyn Harness) -> Verdict {
    let store = ok("open", harness.open().await)?;
    ok("acquire", store.acquire("run:R-1", "dead", TTL, &|_: &str| false).await)?;
    let mut running = Vec::new();
    for n in 0..8 {
        let store = ok("open", harness.open().await)?;
        running.push(tokio::spawn(async move {
            store.acquire("run:R-1", &format!("p{n}"), TTL, &|holder: &str| holder == "dead").await.is_ok()
        }));
    }
    let won = all(running).await?;
    equal("winners", won.into_iter().filter(|w| *w).count(), 1)
}

/// Blobs come back by the SHA-256 of their plain bytes, from any handle; unknown and malformed addresses are missing.
pub async fn blobs_are_content_addressed(harness: &dyn Harness) -> Verdict {
    let (a, b) = (ok("open", harness.open().await)?, ok("open", harness.open().await)?);
    for bytes in [vec![], b"plan".to_vec(), vec![0xff; 3_000_000]] {
        let id = ok("put", a.put(&bytes).await)?;
        equal("address", format!("sha256:{id}"), xcf_core::digest::sha256(&bytes).to_string())?;
        equal("again", ok("put", b.put(&bytes).await)?, id.clone())?;
        equal("has", ok("has", b.has(&id).await)?, true)?;
        equal("same bytes", ok("get", b.get(&id).await)? == bytes, true)?;
    }
    for unknown in ["00".repeat(32), "../../etc/passwd".to_owned(), String::new(), "é".repeat(32), "AB".repeat(32)] {
        let id = BlobId::new(unknown);
        equal("has", ok("has", a.has(&id).await)?, false)?;
        refused("get", a.get(&id).await, |e| matches!(e, StoreError::BlobMissing(_)))?;
    }
    Ok(())
}

/// All handles see the same 32-byte workspace key.
pub async fn workspace_key_is_shared(harness: &dyn Harness) -> Verdict {
    let (a, b) = (ok("open", harness.open().await)?, ok("open", harness.open().await)?);
    equal("length", a.workspace_key().len(), 32)?;
    equal("key", a.workspace_key() == b.workspace_key(), true)
}

/// Makes one `#[tokio::test]` of every check; `$harness` is an expression that gives a fresh [`Harness`].
#[macro_export]
macro_rules! store_conformance {
    ($harness:expr) => {
        $crate::store_conformance!(@each $harness;
            log_keeps_order_and_content append_compares_and_sets concurrent_appends_leave_no_gap counters_never_repeat
            waiting_sees_other_handles leases_have_one_holder old_holder_cannot_append only_one_takes_over
            blobs_are_content_addressed workspace_key_is_shared);
    };
    (@each $harness:expr; $($check:ident)+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $check() {
            let harness = $harness;
            if let Err(wrong) = $crate::conformance::$check(&harness).await {
                panic!("{wrong}");
            }
        })+
    };
}
