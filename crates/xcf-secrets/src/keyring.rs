//! The keyring of the operating system. Its calls block, may ask the user, and hang if the bus does: each runs on a
//! thread of its own and is given up after a while.

use keyring::{Entry, Error};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use xcf_core::secret::Secret;
use zeroize::Zeroizing;

/// Time for a person to type the keyring's password.
const AT_MOST: Duration = Duration::from_secs(60);

/// Why the keyring did not do it. Texts hold no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyringError {
    /// No such entry.
    Missing,
    /// There is none, it is locked, or it failed.
    Unusable(String),
}

/// The keyring of the operating system (Secret Service on Linux, Keychain, Credential Manager).
#[derive(Debug, Clone)]
pub struct OsKeyring {
    at_most: Duration,
    /// One call at a time: a call that hangs costs one thread, not one per try.
    turn: Arc<Semaphore>,
}

impl Default for OsKeyring {
    fn default() -> Self {
        Self::with_timeout(AT_MOST)
    }
}

impl OsKeyring {
    /// A keyring whose calls are given up after `at_most`.
    #[must_use]
    pub fn with_timeout(at_most: Duration) -> Self {
        Self { at_most, turn: Arc::new(Semaphore::new(1)) }
    }

    /// Whether there is one, for `xcf doctor`; else why not.
    ///
    /// # Errors
    /// The reason, in words.
    pub async fn probe(&self) -> Result<(), String> {
        let looked = self.call(|| match Entry::store_status() {
            Ok(()) => Ok(()),
            Err(e) => Err(KeyringError::Unusable(e.to_string())),
        });
        looked.await.map_err(|e| reason(&e))
    }

    /// Keeps a secret under `service` and `account`, where `keyring:SERVICE/ACCOUNT` finds it.
    ///
    /// # Errors
    /// The reason, in words, without the secret.
    pub async fn store(&self, service: &str, account: &str, secret: &Secret) -> Result<(), String> {
        let text = Zeroizing::new(secret.expose().to_owned());
        self.set(service, account, text).await.map_err(|e| reason(&e))
    }

    pub(crate) async fn get(&self, service: &str, account: &str) -> Result<Zeroizing<String>, KeyringError> {
        let (service, account) = (service.to_owned(), account.to_owned());
        self.call(move || entry(&service, &account)?.get_password().map(Zeroizing::new).map_err(|e| told(&e))).await
    }

    pub(crate) async fn set(
        &self,
        service: &str,
        account: &str,
        secret: Zeroizing<String>,
    ) -> Result<(), KeyringError> {
        let (service, account) = (service.to_owned(), account.to_owned());
        self.call(move || entry(&service, &account)?.set_password(&secret).map_err(|e| told(&e))).await
    }

    async fn call<T, F>(&self, work: F) -> Result<T, KeyringError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, KeyringError> + Send + 'static,
    {
        let late = || KeyringError::Unusable(format!("no answer within {} s", self.at_most.as_secs_f32()));
        let turn = tokio::time::timeout(self.at_most, Arc::clone(&self.turn).acquire_owned()).await;
        let turn = turn.map_err(|_| late())?.map_err(|_| late())?;
        let (answer, answered) = oneshot::channel();
        // Not on the runtime's blocking pool: a thread that hangs there would keep the program from ending.
        let started = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let _gone = answer.send(work());
            drop(turn);
        });
        started.map_err(|e| KeyringError::Unusable(format!("no thread to ask it with: {e}")))?;
        let answer = tokio::time::timeout(self.at_most, answered).await.map_err(|_| late())?;
        answer.map_err(|_| KeyringError::Unusable("the call broke off".to_owned()))?
    }
}

fn entry(service: &str, account: &str) -> Result<Entry, KeyringError> {
    if let Err(e) = Entry::store_status() {
        return Err(KeyringError::Unusable(e.to_string()));
    }
    Entry::new(service, account).map_err(|e| told(&e))
}

/// `Display` of a keyring error names the kind of trouble; its `Debug` may hold the secret's bytes.
fn told(error: &Error) -> KeyringError {
    match error {
        Error::NoEntry => KeyringError::Missing,
        other => KeyringError::Unusable(other.to_string()),
    }
}

pub(crate) fn reason(error: &KeyringError) -> String {
    match error {
        KeyringError::Missing => "there is no such entry".to_owned(),
        KeyringError::Unusable(why) => why.clone(),
    }
}
