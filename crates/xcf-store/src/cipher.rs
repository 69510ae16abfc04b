//! Encryption of blobs at rest: XChaCha20-Poly1305 under a data key kept in a 0600 file of the Store.
//!
//! A blob file is `XCFB`, a version byte, a random 24-byte nonce, and the ciphertext with its tag. The header and the
//! blob's address are authenticated too, so a file renamed to another address does not open.

use crate::files::{io_error, private_file, tighten, write_whole};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand::TryRngCore;
use rand::rngs::OsRng;
use std::fs;
use std::path::Path;
use xcf_core::ports::store::StoreError;

/// Length of every key of the Store in bytes.
pub(crate) const KEY_LENGTH: usize = 32;
const HEADER: &[u8; 5] = b"XCFB\x01";
const NONCE_LENGTH: usize = 24;

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|e| StoreError::Io(format!("no random bytes to be had: {e}")))?;
    Ok(bytes)
}

/// Reads the 32-byte key file at `path`; makes it if `create`.
///
/// A Store that was used before must have its keys: a new one would make every blob unreadable without saying so.
pub(crate) fn key_file(path: &Path, create: bool) -> Result<[u8; KEY_LENGTH], StoreError> {
    if !path.exists() {
        if !create {
            let lost = format!("the key {} is missing; bring it back from a backup of the Store", path.display());
            return Err(StoreError::Damaged(lost));
        }
        write_whole(path, &random::<KEY_LENGTH>()?, false)?;
    }
    private_file(path)?;
    tighten(path, 0o600)?;
    let bytes = fs::read(path).map_err(|e| io_error("read", path, &e))?;
    bytes.try_into().map_err(|b: Vec<u8>| {
        StoreError::Damaged(format!("the key {} has {} bytes, not {KEY_LENGTH}", path.display(), b.len()))
    })
}

/// Seals and opens blobs.
pub(crate) struct BlobCipher(XChaCha20Poly1305);

impl BlobCipher {
    pub(crate) fn new(key: &[u8; KEY_LENGTH]) -> Self {
        Self(XChaCha20Poly1305::new(Key::from_slice(key)))
    }

    /// The file for `plain` at address `id`.
    pub(crate) fn seal(&self, id: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let nonce = random::<NONCE_LENGTH>()?;
        let aad = [HEADER.as_slice(), id.as_bytes()].concat();
        let sealed = self
            .0
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| StoreError::Io(format!("blob {id} is too large to be encrypted")))?;
        Ok([HEADER.as_slice(), &nonce, &sealed].concat())
    }

    /// The plain bytes of the file at address `id`; `Damaged` if it was cut, changed, renamed or sealed by another key.
    pub(crate) fn open(&self, id: &str, file: &[u8]) -> Result<Vec<u8>, StoreError> {
        let damaged = |why: &str| StoreError::Damaged(format!("blob {id} {why}"));
        let rest = file.strip_prefix(HEADER).ok_or_else(|| damaged("is cut off or was not written by this Store"))?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LENGTH).ok_or_else(|| damaged("is cut off"))?;
        let aad = [HEADER.as_slice(), id.as_bytes()].concat();
        self.0
            .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: &aad })
            .map_err(|_| damaged("was changed, is cut off, or belongs to another key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d9_a_sealed_blob_opens_only_whole_under_its_address_and_key() {
        let cipher = BlobCipher::new(&[7; 32]);
        let sealed = cipher.seal("a", b"plan").unwrap();
        assert_eq!(cipher.open("a", &sealed).unwrap(), b"plan");
        assert!(cipher.open("b", &sealed).is_err());
        assert!(BlobCipher::new(&[8; 32]).open("a", &sealed).is_err());
        for cut in 0..sealed.len() {
            assert!(cipher.open("a", &sealed[..cut]).is_err(), "{cut}");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(cipher.open("a", &changed).is_err(), "{at}");
        }
    }
}
