//! What the writer does inside one transaction.

use super::error::store_error;
use crate::chain;
use jiff::Timestamp;
use sqlx::SqliteConnection;
use xcf_core::event::NewEvent;
use xcf_core::ports::store::{Lease, StoreError};

/// An event ready to be stored.
pub(crate) struct Encoded {
    stream: String,
    kind: &'static str,
    body: String,
}

impl Encoded {
    pub(crate) fn new(event: &NewEvent) -> Result<Self, StoreError> {
        Ok(Self { stream: event.stream.as_str().to_owned(), kind: event.kind.as_str(), body: chain::body(event)? })
    }
}

/// Under which condition an append holds.
pub(crate) enum Guard {
    None,
    Head(u64),
    Fence { name: String, fence: u64 },
}

/// One request to the writer.
pub(crate) enum Op {
    Append { events: Vec<Encoded>, guard: Guard },
    Number { counter: String },
    Take { name: String, holder: String, now: Timestamp, until: Timestamp, dead: Option<(String, u64)> },
    Renew { lease: Lease, until: Timestamp },
    Release { lease: Lease },
}

/// What became of it.
pub(crate) enum Outcome {
    Position(u64),
    Number(u64),
    Lease(Lease),
    Released,
    /// Somebody holds the lease; whether they live is for the caller to say.
    Held {
        holder: String,
        fence: u64,
    },
}

/// A refusal leaves the transaction as it was; a failure voids it.
pub(crate) enum Trouble {
    Refused(StoreError),
    Failed(StoreError),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(store_error(&error))
    }
}

/// SQLite's integers are signed; none of ours ever gets near the end.
pub(crate) fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Back again; a negative number in the file is damage, read as 0 and caught by the chain.
pub(crate) fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

impl Op {
    /// Does it on an open write transaction.
    pub(crate) async fn run(&self, db: &mut SqliteConnection) -> Result<Outcome, Trouble> {
        match self {
            Self::Append { events, guard } => append(db, events, guard).await,
            Self::Number { counter } => next_number(db, counter).await,
            Self::Take { name, holder, now, until, dead } => {
                take(db, name, holder, (*now, *until), dead.as_ref()).await
            }
            Self::Renew { lease, until } => renew(db, lease, *until).await,
            Self::Release { lease } => release(db, lease).await,
        }
    }
}

async fn append(db: &mut SqliteConnection, events: &[Encoded], guard: &Guard) -> Result<Outcome, Trouble> {
    let head = sqlx::query_as::<_, (i64, String)>("SELECT position, hash FROM head WHERE id = 1");
    let (position, mut hash) = head.fetch_one(&mut *db).await?;
    let mut position = unsigned(position);
    match guard {
        Guard::None => {}
        Guard::Head(expected) if *expected == position => {}
        Guard::Head(expected) => {
            return Err(Trouble::Refused(StoreError::Conflict { expected: *expected, actual: position }));
        }
        Guard::Fence { name, fence } => check_fence(db, name, *fence).await?,
    }
    for event in events {
        position += 1;
        hash = chain::link(&hash, &event.body);
        sqlx::query("INSERT INTO events (position, hash, stream, kind, body) VALUES (?, ?, ?, ?, ?)")
            .bind(signed(position))
            .bind(&hash)
            .bind(&event.stream)
            .bind(event.kind)
            .bind(&event.body)
            .execute(&mut *db)
            .await?;
    }
    if !events.is_empty() {
        let update = sqlx::query("UPDATE head SET position = ?, hash = ? WHERE id = 1");
        update.bind(signed(position)).bind(&hash).execute(db).await?;
    }
    Ok(Outcome::Position(position))
}

async fn check_fence(db: &mut SqliteConnection, name: &str, fence: u64) -> Result<(), Trouble> {
    let row = lease_row(db, name).await?;
    let (holder, newest) = row.map_or((None, 0), |r| (r.holder, r.fence));
    if newest == fence && newest > 0 {
        return Ok(());
    }
    Err(Trouble::Refused(StoreError::LeaseHeld { name: name.to_owned(), holder: holder.unwrap_or_else(nobody) }))
}

fn nobody() -> String {
    "nobody".to_owned()
}

async fn next_number(db: &mut SqliteConnection, counter: &str) -> Result<Outcome, Trouble> {
    let taken = sqlx::query_scalar::<_, i64>(
        "INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
    );
    Ok(Outcome::Number(unsigned(taken.bind(counter).fetch_one(db).await?)))
}

pub(crate) struct LeaseRow {
    holder: Option<String>,
    fence: u64,
    until: Timestamp,
}

async fn lease_row(db: &mut SqliteConnection, name: &str) -> Result<Option<LeaseRow>, Trouble> {
    let query =
        sqlx::query_as::<_, (Option<String>, i64, i64)>("SELECT holder, fence, until_ms FROM leases WHERE name = ?");
    let row = query.bind(name).fetch_optional(db).await?;
    Ok(row.map(|(holder, fence, until)| LeaseRow { holder, fence: unsigned(fence), until: from_millis(until) }))
}

/// Lease ends are stored in milliseconds since the epoch; one out of range has long ended.
pub(crate) fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

async fn take(
    db: &mut SqliteConnection,
    name: &str,
    holder: &str,
    (now, until): (Timestamp, Timestamp),
    dead: Option<&(String, u64)>,
) -> Result<Outcome, Trouble> {
    let row = lease_row(db, name).await?;
    let fence = row.as_ref().map_or(0, |r| r.fence);
    if let Some(LeaseRow { holder: Some(current), fence, until }) = row {
        let judged_dead = dead.is_some_and(|(h, f)| *h == current && *f == fence);
        if until > now && !judged_dead {
            return Ok(Outcome::Held { holder: current, fence });
        }
    }
    let lease = Lease { name: name.to_owned(), holder: holder.to_owned(), fence: fence + 1, until };
    sqlx::query(
        "INSERT INTO leases (name, holder, fence, until_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fence = excluded.fence, until_ms = excluded.until_ms",
    )
    .bind(&lease.name)
    .bind(&lease.holder)
    .bind(signed(lease.fence))
    .bind(until.as_millisecond())
    .execute(db)
    .await?;
    Ok(Outcome::Lease(lease))
}

/// Refused unless `lease` is still the newest one and not given back.
async fn check_held(db: &mut SqliteConnection, lease: &Lease) -> Result<(), Trouble> {
    let current = lease_row(db, &lease.name).await?.filter(|row| row.holder.is_some());
    match current {
        Some(row) if row.fence == lease.fence && row.holder.as_deref() == Some(&lease.holder) => Ok(()),
        other => {
            let holder = other.and_then(|row| row.holder).unwrap_or_else(nobody);
            Err(Trouble::Refused(StoreError::LeaseHeld { name: lease.name.clone(), holder }))
        }
    }
}

async fn renew(db: &mut SqliteConnection, lease: &Lease, until: Timestamp) -> Result<Outcome, Trouble> {
    check_held(db, lease).await?;
    let update = sqlx::query("UPDATE leases SET until_ms = ? WHERE name = ?");
    update.bind(until.as_millisecond()).bind(&lease.name).execute(db).await?;
    Ok(Outcome::Lease(Lease { until, ..lease.clone() }))
}

async fn release(db: &mut SqliteConnection, lease: &Lease) -> Result<Outcome, Trouble> {
    check_held(db, lease).await?;
    let update = sqlx::query("UPDATE leases SET holder = NULL, until_ms = 0 WHERE name = ?");
    update.bind(&lease.name).execute(db).await?;
    Ok(Outcome::Released)
}
