//! References to secrets: what is built answers, what is not says so.

use crate::keyring::{KeyringError, OsKeyring};
use crate::reference::SecretRef;
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::Arc;
use xcf_core::ports::secrets::{SecretError, SecretSource};
use xcf_core::secret::Secret;

/// Which variables `env:` may read (`dsl §6`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvAccess {
    /// Any: the command line and the desktop, where the user's own environment is theirs.
    Any,
    /// Only these: server and worker.
    Listed(BTreeSet<String>),
}

type Lookup = Arc<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// Resolves `env:` and `keyring:`; `vault:`, `sops:` and `kms:` are read and refused as not available.
#[derive(Clone)]
pub struct Secrets {
    access: EnvAccess,
    variable: Lookup,
    keyring: OsKeyring,
}

impl Secrets {
    /// Reads this process's environment and the keyring of the operating system.
    #[must_use]
    pub fn new(access: EnvAccess) -> Self {
        Self::with_environment(access, Arc::new(|name| std::env::var_os(name)), OsKeyring::default())
    }

    /// As [`Self::new`], with the given environment and keyring.
    #[must_use]
    pub fn with_environment(access: EnvAccess, variable: Lookup, keyring: OsKeyring) -> Self {
        Self { access, variable, keyring }
    }

    fn environment(&self, reference: &str, name: &str) -> Result<Secret, SecretError> {
        if let EnvAccess::Listed(listed) = &self.access
            && !listed.contains(name)
        {
            let reason = format!("variable {name} is not on the list of variables this process may hand out");
            return Err(SecretError::Unavailable { scheme: "env".to_owned(), reason });
        }
        let value = (self.variable)(name).ok_or_else(|| SecretError::Missing(reference.to_owned()))?;
        let text = value.into_string().map_err(|_| failed(reference, "its value is not UTF-8"))?;
        not_empty(reference, Secret::new(text))
    }

    async fn ask_keyring(&self, reference: &str, service: &str, account: &str) -> Result<Secret, SecretError> {
        match self.keyring.get(service, account).await {
            Ok(text) => not_empty(reference, Secret::new(text.as_str())),
            Err(KeyringError::Missing) => Err(SecretError::Missing(reference.to_owned())),
            Err(KeyringError::Unusable(reason)) => {
                let reason = format!("{reason}; unlock or start the keyring of this session, or use `env:` in CI");
                Err(SecretError::Unavailable { scheme: "keyring".to_owned(), reason })
            }
        }
    }
}

/// An empty secret is a mistake of whoever stored it, never what an engine should get.
fn not_empty(reference: &str, secret: Secret) -> Result<Secret, SecretError> {
    if secret.expose().is_empty() { Err(failed(reference, "it is empty")) } else { Ok(secret) }
}

fn failed(reference: &str, reason: &str) -> SecretError {
    SecretError::Failed { reference: reference.to_owned(), reason: reason.to_owned() }
}

fn not_built(scheme: &str) -> SecretError {
    let reason = "this version can't read it yet; use `keyring:SERVICE/ACCOUNT` or, in CI, `env:NAME`".to_owned();
    SecretError::Unavailable { scheme: scheme.to_owned(), reason }
}

#[async_trait]
impl SecretSource for Secrets {
    async fn resolve(&self, reference: &str) -> Result<Secret, SecretError> {
        match reference.parse()? {
            SecretRef::Env { name } => self.environment(reference, &name),
            SecretRef::Keyring { service, account } => self.ask_keyring(reference, &service, &account).await,
            other => Err(not_built(other.scheme())),
        }
    }

    async fn version(&self, reference: &str) -> Result<Option<String>, SecretError> {
        match reference.parse()? {
            SecretRef::Vault { version: Some(version), .. } => Ok(Some(version.to_string())),
            // The ciphertext is part of the reference, so another secret is another text.
            SecretRef::Kms { .. } | SecretRef::Env { .. } | SecretRef::Keyring { .. } => Ok(None),
            other => Err(not_built(other.scheme())),
        }
    }
}
