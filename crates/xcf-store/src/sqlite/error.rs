//! SQLite's words as `StoreError`s.

use xcf_core::ports::store::StoreError;

/// Primary SQLite result codes that mean something to people.
const BUSY: i32 = 5;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

/// Translates; the original text is kept.
pub(crate) fn store_error(error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|c| c.parse::<i32>().ok());
    // Extended codes hold the primary one in their low byte.
    match code.map(|c| c & 0xff) {
        Some(CORRUPT | NOTADB) => StoreError::Damaged(format!("the log file can't be read ({error})")),
        Some(FULL) => StoreError::Io(format!("no space left; nothing was written ({error})")),
        Some(READONLY) => StoreError::Io(format!("the Store is read-only; nothing was written ({error})")),
        Some(BUSY) => StoreError::Io(format!("another process kept the Store busy too long; try again ({error})")),
        Some(IOERR) => StoreError::Io(format!("the disk failed or is full; nothing was written ({error})")),
        Some(CANTOPEN) => StoreError::Io(format!("the log file can't be opened ({error})")),
        _ => StoreError::Io(error.to_string()),
    }
}
