//! Files of keys: `ID.json` says whose key it is and where, `ID.key` holds the seed if no keyring does. Both 0600.

use crate::KeyError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A seed; wiped on drop.
pub(crate) type Seed = Zeroizing<[u8; 32]>;

/// What `ID.json` says. Nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    pub(crate) v: u16,
    pub(crate) person: String,
    pub(crate) public: String,
    pub(crate) place: String,
    pub(crate) created: Timestamp,
}

/// An id, and its card or what is wrong with it.
pub(crate) type Listed = (String, Result<Card, KeyError>);

/// A folder of keys.
#[derive(Debug, Clone)]
pub(crate) struct KeyDir(pub(crate) PathBuf);

fn io(doing: &str, path: &Path, error: &std::io::Error) -> KeyError {
    KeyError::Io(format!("{doing} {}: {error}", path.display()))
}

impl KeyDir {
    pub(crate) fn seed_path(&self, id: &str) -> PathBuf {
        self.0.join(format!("{id}.key"))
    }

    pub(crate) fn write_card(&self, id: &str, card: &Card) -> Result<(), KeyError> {
        let text = serde_json::to_string_pretty(card).map_err(|e| KeyError::Io(e.to_string()))?;
        self.write_new(&self.0.join(format!("{id}.json")), format!("{text}\n").as_bytes())
    }

    pub(crate) fn write_seed(&self, id: &str, seed: &Seed) -> Result<(), KeyError> {
        let text = encode(seed);
        self.write_new(&self.seed_path(id), text.as_bytes())
    }

    /// Durable, whole or not at all, never over an existing file.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
        let fail = |e: &std::io::Error| io("write", path, e);
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(|e| fail(&e))?;
        fs::set_permissions(&self.0, Permissions::from_mode(0o700)).map_err(|e| fail(&e))?;
        // Temporary files are 0600 from the start.
        let mut temp = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.0).map_err(|e| fail(&e))?;
        temp.write_all(bytes).and_then(|()| temp.as_file().sync_all()).map_err(|e| fail(&e))?;
        temp.persist_noclobber(path).map_err(|e| fail(&e.error))?;
        File::open(&self.0).and_then(|d| d.sync_all()).map_err(|e| fail(&e))
    }

    /// Every card of the folder, sorted by id.
    pub(crate) fn cards(&self) -> Result<Vec<Listed>, KeyError> {
        let files = match fs::read_dir(&self.0) {
            Ok(files) => files,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(io("read", &self.0, &e)),
        };
        let mut cards = Vec::new();
        for file in files {
            let path = file.map_err(|e| io("read", &self.0, &e))?.path();
            if path.extension().is_some_and(|e| e == "json") {
                let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                cards.push((id, read_card(&path)));
            }
        }
        cards.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(cards)
    }

    /// The seed in `ID.key`; refused if others can read it.
    pub(crate) fn read_seed(&self, id: &str) -> Result<Seed, KeyError> {
        let path = self.seed_path(id);
        let mode = fs::metadata(&path).map_err(|e| io("read", &path, &e))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed(path));
        }
        let text = Zeroizing::new(fs::read_to_string(&path).map_err(|e| io("read", &path, &e))?);
        decode(&text).ok_or(KeyError::Damaged { path, reason: "it does not hold a key".to_owned() })
    }
}

fn read_card(path: &Path) -> Result<Card, KeyError> {
    let text = fs::read_to_string(path).map_err(|e| io("read", path, &e))?;
    serde_json::from_str(&text).map_err(|e| KeyError::Damaged { path: path.to_owned(), reason: e.to_string() })
}

/// Text of a seed, as it stands in files and keyrings.
pub(crate) fn encode(seed: &Seed) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(seed.as_slice()))
}

/// Back again; none if it is no seed.
pub(crate) fn decode(text: &str) -> Option<Seed> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim_end()).ok()?);
    let mut seed = Zeroizing::new([0; 32]);
    if bytes.len() != seed.len() {
        return None;
    }
    seed.copy_from_slice(&bytes);
    Some(seed)
}
