//! Secrets behind references (`dsl §6`), and the keys people sign approvals with (`D6`, `dsl §10`).
//!
//! [`Secrets`] resolves references; [`KeyStore`] makes, lists and uses Ed25519 keys, kept in the keyring of the operating
//! system or, where there is none, in files of mode 0600 – it says which. [`verify`] judges a signature.
//!
//! This crate must never know what an approval means, which gate it is for, or which unit a secret goes into. No error,
//! log line or `Debug` text of it holds a secret.

mod keyfile;
mod keyring;
mod keys;
mod reference;
mod source;
mod statement;

pub use keyring::OsKeyring;
pub use keys::{KeyInfo, KeyPlace, KeyStore, Keys, default_key_dir};
pub use reference::SecretRef;
pub use source::{EnvAccess, Secrets};
pub use statement::{PublicKey, verify};

use std::path::PathBuf;

/// Why a key could not be made, found or used, or why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `ed25519:` and the base64 of a sound public key.
    #[error("`{text}` is not a public key: {reason}")]
    BadKey {
        /// As given.
        text: String,
        /// Why.
        reason: &'static str,
    },
    /// The signature is not over this statement by this key.
    #[error("the signature is not valid for this statement and key")]
    BadSignature,
    /// No own key like that.
    #[error("{0} is not one of your keys on this machine (`xcf key list`)")]
    NotOwn(String),
    /// The private key's file can be read by others.
    #[error("{} can be read by others, so it is not used; make a new key, or: chmod 600 on it", .0.display())]
    Exposed(PathBuf),
    /// A key file is not what was written.
    #[error("{} can't be used: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The keyring that holds the key can't be used now.
    #[error("the keyring that holds the key can't be used: {0}")]
    Keyring(String),
    /// The file system or the random source failed.
    #[error("{0}")]
    Io(String),
}

impl KeyError {
    /// Stable code, kebab-case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadKey { .. } => "bad-key",
            Self::BadSignature => "bad-signature",
            Self::NotOwn(_) => "not-own-key",
            Self::Exposed(_) => "key-exposed",
            Self::Damaged { .. } => "key-damaged",
            Self::Keyring(_) => "keyring-failed",
            Self::Io(_) => "io-failed",
        }
    }
}

#[cfg(test)]
mod tests;
