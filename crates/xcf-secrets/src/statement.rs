//! Public keys and signatures over approval statements (`D6`): Ed25519 over the canonical JSON, judged strictly.

use crate::KeyError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::fmt;
use std::str::FromStr;
use xcf_core::changeset::ApprovalStatement;
use xcf_core::digest::canonical;

const PREFIX: &str = "ed25519:";

/// A public key, `ed25519:BASE64` as text. One key has exactly one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    pub(crate) fn of(key: &SigningKey) -> Self {
        Self(key.verifying_key())
    }
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(self.bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bad = |reason| KeyError::BadKey { text: text.to_owned(), reason };
        let encoded = text.strip_prefix(PREFIX).ok_or_else(|| bad("it must begin with `ed25519:`"))?;
        let bytes = STANDARD.decode(encoded).map_err(|_| bad("what follows `ed25519:` is not base64"))?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| bad("it does not hold 32 bytes"))?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| bad("it is no point of the curve"))?;
        // For such keys one signature fits many statements.
        if key.is_weak() { Err(bad("it is a weak key")) } else { Ok(Self(key)) }
    }
}

/// The bytes that are signed.
fn signed_bytes(statement: &ApprovalStatement) -> Result<Vec<u8>, KeyError> {
    let value =
        serde_json::to_value(statement).map_err(|e| KeyError::Io(format!("a statement does not serialise: {e}")))?;
    Ok(canonical(&value).into_bytes())
}

/// Base64 of the signature of `key` over `statement`.
pub(crate) fn sign(key: &SigningKey, statement: &ApprovalStatement) -> Result<String, KeyError> {
    Ok(STANDARD.encode(key.sign(&signed_bytes(statement)?).to_bytes()))
}

/// Judges a base64 `signature` over `statement` by `key`. Strict: no malleable signature, no weak key.
///
/// # Errors
/// `bad-signature` for anything that is not exactly it.
pub fn verify(key: &PublicKey, statement: &ApprovalStatement, signature: &str) -> Result<(), KeyError> {
    let bytes = STANDARD.decode(signature).map_err(|_| KeyError::BadSignature)?;
    let signature = Signature::from_slice(&bytes).map_err(|_| KeyError::BadSignature)?;
    key.0.verify_strict(&signed_bytes(statement)?, &signature).map_err(|_| KeyError::BadSignature)
}
