//! Gitea and Forgejo: GitHub's ways with small differences, below `/api/v1`.

use super::ForgeError;
use super::github::{Dialect, GitHub};
use xcf_core::secret::Secret;

/// `project` (`owner/name`) on the Gitea or Forgejo at `url`, with or without `/api/v1`. Call it inside a tokio runtime.
///
/// # Errors
/// `forge-unusable` if `url` is no address, `forge-bad-project`.
pub fn gitea(url: &str, project: &str, token: &Secret) -> Result<GitHub, ForgeError> {
    let url = url.trim_end_matches('/');
    let api = if url.ends_with("/api/v1") { url.to_owned() } else { format!("{url}/api/v1") };
    GitHub::speaking(Dialect::Gitea, &api, project, token)
}
