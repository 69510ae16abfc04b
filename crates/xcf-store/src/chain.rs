//! The hash chain over the log (`D9`): whoever holds a later hash can tell that nothing before it was changed or cut.

use sha2::{Digest as _, Sha256};
use xcf_core::digest::canonical;
use xcf_core::event::{Event, NewEvent};
use xcf_core::ports::store::StoreError;

/// The hash before the first event.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Canonical JSON of an event: what is stored, hashed and exported.
///
/// # Errors
/// `Io` if the event does not serialise (it always does: its parts are plain data).
pub fn body(event: &NewEvent) -> Result<String, StoreError> {
    let value = serde_json::to_value(event).map_err(|e| StoreError::Io(format!("an event does not serialise: {e}")))?;
    Ok(canonical(&value))
}

/// The next link: SHA-256 over the previous hash (its 64 hex digits) and the event's canonical JSON, as hex.
#[must_use]
pub fn link(previous: &str, body: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(previous.as_bytes());
    hash.update(body.as_bytes());
    hex::encode(hash.finalize())
}

/// A walk along the chain, from the first event on.
#[derive(Debug, Clone)]
pub struct Walk {
    position: u64,
    hash: String,
}

impl Default for Walk {
    fn default() -> Self {
        Self { position: 0, hash: GENESIS.to_owned() }
    }
}

impl Walk {
    /// Position of the last event seen.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }
    /// Hash of the last event seen.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
    /// Takes the next stored event: its position, hash and canonical JSON.
    ///
    /// # Errors
    /// `Damaged`, naming the first position that breaks: a gap, a changed body or a changed hash.
    pub fn next(&mut self, position: u64, hash: &str, body: &str) -> Result<(), StoreError> {
        let wanted = self.position + 1;
        if position != wanted {
            return Err(StoreError::Damaged(format!("position {wanted} of the log is missing (found {position})")));
        }
        let expected = link(&self.hash, body);
        if expected != hash {
            return Err(StoreError::Damaged(format!("position {position} of the log is not what was written")));
        }
        self.position = position;
        self.hash = expected;
        Ok(())
    }
}

/// An event back from its stored parts.
///
/// # Errors
/// `Damaged` if the body is no event this version knows (a kind of a newer version is an error, not a guess).
pub fn event(position: u64, hash: String, body: &str) -> Result<Event, StoreError> {
    let event = serde_json::from_str(body)
        .map_err(|e| StoreError::Damaged(format!("position {position} of the log can't be read: {e}")))?;
    Ok(Event { position, hash, event })
}
