//! Secret references to secret texts (`dsl §6`), and signing keys (`dsl §10`).

use crate::secret::Secret;
use async_trait::async_trait;

/// Why a secret could not be had. Messages never hold the secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SecretError {
    /// The reference is not one of the known forms.
    #[error("`{0}` is not a secret reference (vault:, sops:, kms:, keyring:, env:)")]
    BadReference(String),
    /// Scheme known, but its back end is not built or not configured.
    #[error("{scheme}: can't be used here: {reason}")]
    Unavailable {
        /// The scheme.
        scheme: String,
        /// Why.
        reason: String,
    },
    /// The back end has no such secret.
    #[error("secret {0} does not exist")]
    Missing(String),
    /// The back end failed.
    #[error("secret {reference} can't be read: {reason}")]
    Failed {
        /// The reference.
        reference: String,
        /// Why.
        reason: String,
    },
}

/// Resolves secret references.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The secret behind `reference`, for example `env:DB_PASSWORD`.
    async fn resolve(&self, reference: &str) -> Result<Secret, SecretError>;
    /// Version of the secret behind it, where the back end has versions (goes into the inputs digest).
    async fn version(&self, reference: &str) -> Result<Option<String>, SecretError>;
}
