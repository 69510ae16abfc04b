//! The database file: how it is opened, its format number and migrations.

use super::error::store_error;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use std::time::Duration;
use xcf_core::ports::store::StoreError;

/// How long one process waits for another's transaction; ours last milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
/// `XCFl` – so that no other SQLite file is taken for a Store.
const APPLICATION_ID: i64 = 0x5843_466c;

/// One step from a format to the next.
struct Migration {
    /// Oldest format number whose binary can still use the file afterwards.
    oldest_reader: i64,
    sql: &'static str,
}

/// Migration `n` leads from format `n` to `n + 1`. Never edited once released.
const MIGRATIONS: &[Migration] = &[Migration {
    oldest_reader: 1,
    sql: "
    CREATE TABLE events (
        position INTEGER PRIMARY KEY CHECK (position > 0),
        hash TEXT NOT NULL,
        stream TEXT NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_by_stream ON events (stream, position);
    CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
    INSERT INTO head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
    CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT, fence INTEGER NOT NULL, until_ms INTEGER NOT NULL) STRICT;
    CREATE TABLE format (id INTEGER PRIMARY KEY CHECK (id = 1), oldest_reader INTEGER NOT NULL) STRICT;
    INSERT INTO format VALUES (1, 1);
    ",
}];

/// Newest format this version knows.
pub(crate) fn newest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Options every connection shares: WAL, every commit synced (`D9`).
pub(crate) fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
}

/// Format number of the open file; 0: nothing in it yet.
///
/// # Errors
/// `TooNew` if no binary of this format may touch it, `Damaged` if it is another program's file.
pub(crate) async fn check(db: &mut SqliteConnection) -> Result<i64, StoreError> {
    let format = number(db, "PRAGMA user_version").await?;
    if format == 0 {
        let tables = number(db, "SELECT count(*) FROM sqlite_schema").await?;
        return if tables == 0 { Ok(0) } else { Err(foreign()) };
    }
    if number(db, "PRAGMA application_id").await? != APPLICATION_ID {
        return Err(foreign());
    }
    let known = i64::from(newest());
    if format > known && number(db, "SELECT oldest_reader FROM format").await? > known {
        return Err(StoreError::TooNew { found: u32::try_from(format).unwrap_or(u32::MAX), known: newest() });
    }
    Ok(format)
}

/// Brings the file to the newest format, all or nothing.
pub(crate) async fn migrate(db: &mut SqliteConnection, from: i64) -> Result<(), StoreError> {
    let known = i64::from(newest());
    if from >= known {
        return Ok(());
    }
    let mut tx = db.begin_with("BEGIN IMMEDIATE").await.map_err(|e| store_error(&e))?;
    let mut oldest_reader = 1;
    for step in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        sqlx::raw_sql(step.sql).execute(&mut *tx).await.map_err(|e| store_error(&e))?;
        oldest_reader = step.oldest_reader;
    }
    let readers = sqlx::query("UPDATE format SET oldest_reader = ?").bind(oldest_reader);
    readers.execute(&mut *tx).await.map_err(|e| store_error(&e))?;
    // Pragmas take no parameters; both numbers are constants of this file.
    let stamp = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {known};");
    sqlx::raw_sql(sqlx::AssertSqlSafe(stamp)).execute(&mut *tx).await.map_err(|e| store_error(&e))?;
    tx.commit().await.map_err(|e| store_error(&e))
}

async fn number(db: &mut SqliteConnection, sql: &'static str) -> Result<i64, StoreError> {
    sqlx::query_scalar(sql).fetch_one(db).await.map_err(|e| store_error(&e))
}

fn foreign() -> StoreError {
    StoreError::Damaged("the log file belongs to another program".to_owned())
}
