//! Own signing keys: made, listed, used (`dsl §10`: `xcf key add`).

use crate::KeyError;
use crate::keyfile::{Card, KeyDir, Seed, decode, encode};
use crate::keyring::{OsKeyring, reason};
use crate::statement::{PublicKey, sign};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};
use std::ffi::OsString;
use std::path::PathBuf;
use xcf_core::changeset::ApprovalStatement;
use xcf_core::ids::PersonName;
use zeroize::Zeroizing;

/// Service under which keys stand in the keyring.
const SERVICE: &str = "xcloudflow";
/// Version of the card's shape.
const CARD_VERSION: u16 = 1;

/// Where a private key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// In the keyring of the operating system.
    Keyring,
    /// In a file of mode 0600.
    File(PathBuf),
}

/// An own key. Nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Short id: the first 16 hex digits of the SHA-256 of the public key.
    pub id: String,
    /// Whose it is.
    pub person: PersonName,
    /// Public key.
    pub public: PublicKey,
    /// Where the private key is.
    pub place: KeyPlace,
    /// When it was made.
    pub created: Timestamp,
    /// Why it is not in a keyring, for a key just made that had to go into a file.
    pub note: Option<String>,
}

/// Own keys, and what could not be read.
#[derive(Debug, Default)]
pub struct Keys {
    /// Sorted by id.
    pub keys: Vec<KeyInfo>,
    /// One for each damaged card; the others are fine.
    pub problems: Vec<KeyError>,
}

/// The folder keys are known in: `XCF_KEY_DIR`, else `$XDG_DATA_HOME/xcloudflow/keys`, else below `~/.local/share`;
/// true if it was set by `XCF_KEY_DIR`. None without a home. `variable` looks a name up (`std::env::var_os`).
#[must_use]
pub fn default_key_dir(variable: impl Fn(&str) -> Option<OsString>) -> Option<(PathBuf, bool)> {
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|p| p.is_absolute());
    if let Some(dir) = absolute("XCF_KEY_DIR") {
        return Some((dir, true));
    }
    let data = absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|h| h.join(".local/share")))?;
    Some((data.join("xcloudflow/keys"), false))
}

/// The own keys of one user on one machine.
#[derive(Debug, Clone)]
pub struct KeyStore {
    dir: KeyDir,
    keyring: Option<OsKeyring>,
}

impl KeyStore {
    /// Cards in `dir`; private keys in `keyring`, or in files beside the cards if it can't be used.
    #[must_use]
    pub fn new(dir: PathBuf, keyring: OsKeyring) -> Self {
        Self { dir: KeyDir(dir), keyring: Some(keyring) }
    }

    /// Only files in `dir`: tests, sample identities, `XCF_KEY_DIR`.
    #[must_use]
    pub fn files(dir: PathBuf) -> Self {
        Self { dir: KeyDir(dir), keyring: None }
    }

    /// The user's own, as [`default_key_dir`] says; an overridden folder holds files only.
    ///
    /// # Errors
    /// `io-failed` without a home folder.
    pub fn of_user(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, KeyError> {
        let (dir, overridden) = default_key_dir(variable)
            .ok_or_else(|| KeyError::Io("no folder for keys: set HOME or XDG_DATA_HOME".to_owned()))?;
        Ok(if overridden { Self::files(dir) } else { Self::new(dir, OsKeyring::default()) })
    }

    /// The folder of the cards.
    #[must_use]
    pub fn dir(&self) -> &std::path::Path {
        &self.dir.0
    }

    /// Makes a key for `person`. `created` is now.
    ///
    /// # Errors
    /// `io-failed`. A keyring that can't be used is no error: the key goes into a file and `note` says why.
    pub async fn generate(&self, person: &PersonName, created: Timestamp) -> Result<KeyInfo, KeyError> {
        let mut seed: Seed = Zeroizing::new([0; 32]);
        OsRng
            .try_fill_bytes(seed.as_mut_slice())
            .map_err(|e| KeyError::Io(format!("no random bytes to be had: {e}")))?;
        let public = PublicKey::of(&SigningKey::from_bytes(&seed));
        let id = key_id(&public);
        let (place, note) = match self.put_in_keyring(&id, &seed).await {
            Ok(()) => (KeyPlace::Keyring, None),
            Err(why) => (KeyPlace::File(self.dir.seed_path(&id)), why),
        };
        let word = if place == KeyPlace::Keyring { "keyring" } else { "file" };
        let card = Card {
            v: CARD_VERSION,
            person: person.to_string(),
            public: public.to_string(),
            place: word.to_owned(),
            created,
        };
        let in_file = matches!(place, KeyPlace::File(_));
        let (dir, name) = (self.dir.clone(), id.clone());
        off_runtime(move || {
            // The card last: a key that is listed can be used.
            if in_file {
                dir.write_seed(&name, &seed)?;
            }
            dir.write_card(&name, &card)
        })
        .await?;
        Ok(KeyInfo { id, person: person.clone(), public, place, created, note })
    }

    /// Stores and reads back. Refused with the reason, or without one if files were asked for.
    async fn put_in_keyring(&self, id: &str, seed: &Seed) -> Result<(), Option<String>> {
        let Some(keyring) = &self.keyring else { return Err(None) };
        let told = |e| Some(format!("no keyring could be used: {}", reason(&e)));
        keyring.set(SERVICE, &account(id), encode(seed)).await.map_err(told)?;
        let back = keyring.get(SERVICE, &account(id)).await.map_err(told)?;
        if back == encode(seed) { Ok(()) } else { Err(Some("the keyring did not keep the key".to_owned())) }
    }

    /// Own keys.
    ///
    /// # Errors
    /// `io-failed` if the folder can't be read; a folder that is not there holds no keys.
    pub async fn list(&self) -> Result<Keys, KeyError> {
        let dir = self.dir.clone();
        off_runtime(move || {
            let mut found = Keys::default();
            for (id, card) in dir.cards()? {
                match card.and_then(|c| info(&dir, &id, &c)) {
                    Ok(key) => found.keys.push(key),
                    Err(problem) => found.problems.push(problem),
                }
            }
            Ok(found)
        })
        .await
    }

    /// Base64 of the signature over `statement` with the own key `public`.
    ///
    /// # Errors
    /// `not-own-key`, `key-exposed`, `key-damaged`, `keyring-failed`, `io-failed`.
    pub async fn sign(&self, public: &PublicKey, statement: &ApprovalStatement) -> Result<String, KeyError> {
        let listed = self.list().await?.keys.into_iter().find(|k| &k.public == public);
        let key = listed.ok_or_else(|| KeyError::NotOwn(public.to_string()))?;
        let seed = self.seed(&key).await?;
        let signing = SigningKey::from_bytes(&seed);
        if &PublicKey::of(&signing) != public {
            let path = self.dir.0.join(format!("{}.json", key.id));
            return Err(KeyError::Damaged { path, reason: "the private key belongs to another public key".to_owned() });
        }
        sign(&signing, statement)
    }

    async fn seed(&self, key: &KeyInfo) -> Result<Seed, KeyError> {
        if let KeyPlace::File(_) = key.place {
            let (dir, id) = (self.dir.clone(), key.id.clone());
            return off_runtime(move || dir.read_seed(&id)).await;
        }
        let none = || KeyError::Keyring("keyrings are switched off here (XCF_KEY_DIR)".to_owned());
        let keyring = self.keyring.as_ref().ok_or_else(none)?;
        let text = keyring.get(SERVICE, &account(&key.id)).await.map_err(|e| KeyError::Keyring(reason(&e)))?;
        decode(&text).ok_or_else(|| KeyError::Keyring("it does not hold a key".to_owned()))
    }
}

fn account(id: &str) -> String {
    format!("key-{id}")
}

fn key_id(public: &PublicKey) -> String {
    let digest = hex::encode(Sha256::digest(public.bytes()));
    digest.chars().take(16).collect()
}

fn info(dir: &KeyDir, id: &str, card: &Card) -> Result<KeyInfo, KeyError> {
    let damaged =
        |reason: &str| KeyError::Damaged { path: dir.0.join(format!("{id}.json")), reason: reason.to_owned() };
    let public: PublicKey = card.public.parse()?;
    if card.v != CARD_VERSION {
        return Err(damaged("it was written by another version"));
    }
    if key_id(&public) != id {
        return Err(damaged("its name does not fit its key"));
    }
    let place = match card.place.as_str() {
        "keyring" => KeyPlace::Keyring,
        "file" => KeyPlace::File(dir.seed_path(id)),
        _ => return Err(damaged("`place` is neither keyring nor file")),
    };
    let person = PersonName::new(card.person.as_str());
    Ok(KeyInfo { id: id.to_owned(), person, public, place, created: card.created, note: None })
}

async fn off_runtime<T, F>(work: F) -> Result<T, KeyError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, KeyError> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| KeyError::Io(format!("the work on key files broke off: {e}")))?
}
