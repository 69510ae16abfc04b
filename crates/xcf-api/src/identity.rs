//! Who acts (`dsl §10`): own keys on this machine, the Git identity, and signatures over approvals.

use crate::dto::IdentityDto;
use crate::error::{Answer, Kind, Problem};
use crate::http::Acting;
use crate::open::Workspace;
use crate::paths::Paths;
use std::sync::Arc;
use xcf_core::actor::Actor;
use xcf_core::changeset::{Approval, ApprovalStatement};
use xcf_core::ids::PersonName;
use xcf_core::ports::secrets::SecretSource;
use xcf_secrets::{EnvAccess, KeyError, KeyInfo, KeyPlace, KeyStore, PublicKey, Secrets};

/// An own key.
#[derive(Debug, Clone)]
pub(crate) struct OwnKey {
    pub(crate) name: String,
    pub(crate) public: String,
    pub(crate) kept_in: String,
}

/// Keys on this machine.
pub(crate) struct Identities {
    paths: Paths,
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        Self::new(Kind::Conflict, error.code(), error.to_string())
    }
}

/// The user's keys: the OS keyring where there is one, else private files; `XCF_KEY_DIR` and `XCF_KEYRING=off` mean files.
pub(crate) fn key_store(paths: &Paths) -> KeyStore {
    let files_only =
        std::env::var_os("XCF_KEY_DIR").is_some() || std::env::var("XCF_KEYRING").is_ok_and(|v| v == "off");
    match files_only {
        true => KeyStore::files(paths.keys()),
        false => KeyStore::new(paths.keys(), xcf_secrets::OsKeyring::default()),
    }
}

/// The secret source of this machine.
pub(crate) fn secrets() -> Arc<dyn SecretSource> {
    Arc::new(Secrets::new(EnvAccess::Any))
}

/// Where a key is kept, in words.
pub(crate) fn kept_in(key: &KeyInfo) -> String {
    match &key.place {
        KeyPlace::Keyring => "the keyring of this system".to_owned(),
        KeyPlace::File(path) => format!("{} (mode 0600)", path.display()),
    }
}

impl Identities {
    /// Keys below the data folder of `paths`.
    pub(crate) fn new(paths: &Paths) -> Self {
        Self { paths: paths.clone() }
    }
    /// Own keys; none if the folder can't be read (doctor says so).
    pub(crate) async fn own(&self) -> Vec<OwnKey> {
        let listed = key_store(&self.paths).list().await;
        let keys = listed.map(|k| k.keys).unwrap_or_default();
        keys.into_iter()
            .map(|k| OwnKey { name: k.person.to_string(), public: k.public.to_string(), kept_in: kept_in(&k) })
            .collect()
    }
    /// Signs with the own key `public`.
    pub(crate) async fn sign(&self, public: &str, statement: &ApprovalStatement) -> Answer<String> {
        let key: PublicKey = public.parse()?;
        Ok(key_store(&self.paths).sign(&key, statement).await?)
    }
}

/// True if the signature of a recorded approval fits its key and statement. A solo approval has none to fit.
pub(crate) fn signature_fits(approval: &Approval) -> bool {
    let (Some(key), Some(signature)) = (&approval.key, &approval.signature) else { return false };
    key.parse::<PublicKey>().is_ok_and(|key| xcf_secrets::verify(&key, &approval.statement, signature).is_ok())
}

impl Workspace {
    /// Git's identity, as the default actor.
    pub(crate) async fn you(&self) -> IdentityDto {
        let author = self.author().await.ok();
        let own = self.identities.own().await;
        let name = author.as_ref().map(|a| a.name.clone()).unwrap_or_default();
        IdentityDto {
            has_key: own.iter().any(|k| k.name == name),
            roles: Vec::new(),
            email: author.map(|a| a.email).unwrap_or_default(),
            name,
        }
    }
    /// The actor of an action: `--as` chooses among own keys, otherwise the Git identity.
    ///
    /// # Errors
    /// `not-own-key` if `--as` names somebody whose key is not here; `no-git-identity` without either.
    pub(crate) async fn actor(&self, acting: &Acting) -> Answer<Actor> {
        if let Some(name) = &acting.name {
            if !self.identities.own().await.iter().any(|k| &k.name == name) {
                return Err(not_own(name));
            }
            let model = self.at_worktree().await?.model;
            let person = model.people.iter().flat_map(|p| &p.spec.people).find(|p| &p.name == name);
            let email = person.and_then(|p| p.emails.first().cloned()).unwrap_or_default();
            return Ok(Actor::Person { name: PersonName::new(name.clone()), email, solo: person.is_none() });
        }
        let author = match self.author().await {
            Ok(author) => author,
            // Planning needs a name to put down, not a commit identity.
            Err(problem) => match std::env::var("USER").or_else(|_| std::env::var("LOGNAME")) {
                Ok(name) if !name.is_empty() => xcf_git::Author { name, email: String::new() },
                _ => return Err(problem),
            },
        };
        let solo = self.at_worktree().await?.model.is_solo();
        Ok(Actor::Person { name: PersonName::new(author.name), email: author.email, solo })
    }
}

/// `--as` chooses among own keys only.
pub(crate) fn not_own(name: &str) -> Problem {
    Problem::new(Kind::Conflict, "not-own-key", format!("no key of {name} is on this machine"))
        .hint("--as chooses among your own keys: `xcf key list`")
}
