//! Forges: what they know of a branch. Only what the change id needs; GitHub first.

pub mod github;

use thiserror::Error;
use xcf_core::secret::Secret;

/// An open pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Number.
    pub number: u64,
    /// Login of who opened it, if the forge says.
    pub author: Option<String>,
    /// Page for people.
    pub url: Option<String>,
    /// Title.
    pub title: String,
}

/// Why a forge could not be asked. The change id then falls back to the branch, and this is shown as a warning.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ForgeError {
    /// `forge.url` is no address, or no client can be made.
    #[error("the forge at `{url}` can't be used: {reason}")]
    Unusable {
        /// As configured.
        url: String,
        /// Why.
        reason: String,
    },
    /// Not `owner/name`.
    #[error("`{0}` is not a project of the form owner/name (forge.project)")]
    BadProject(String),
    /// It refused the token, or knows no such project for it.
    #[error("the forge refused: {0}; check forge.project and the token in XCF_FORGE_TOKEN or GITHUB_TOKEN")]
    Refused(String),
    /// Network, timeout, 5xx, or an answer that could not be read.
    #[error("the forge could not be asked: {0}")]
    Failed(String),
}

/// The token of the driver's environment: `XCF_FORGE_TOKEN`, else `GITHUB_TOKEN`; empty ones count as not set.
/// `variable` looks a name up (`std::env::var(name).ok()`).
#[must_use]
pub fn token(variable: impl Fn(&str) -> Option<String>) -> Option<Secret> {
    let set = |name| variable(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    set("XCF_FORGE_TOKEN").or_else(|| set("GITHUB_TOKEN")).map(Secret::new)
}

/// `owner/name` of a remote's address: `git@host:owner/name.git`, `ssh://git@host/owner/name`, `https://host/owner/name.git`.
#[must_use]
pub fn project_of_remote(address: &str) -> Option<String> {
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => address.split_once(':')?.1,
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let mut parts = path.rsplit('/');
    let (name, owner) = (parts.next()?, parts.next()?);
    (is_plain(name) && is_plain(owner)).then(|| format!("{owner}/{name}"))
}

/// A name that can stand in an address as it is.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    !name.is_empty() && name != "." && name != ".." && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_of_remote_reads_the_usual_addresses() {
        let addresses = [
            "git@github.com:acme/infra.git",
            "https://github.com/acme/infra",
            "https://user:token@github.com/acme/infra.git/",
            "ssh://git@ghe.acme.example:2222/acme/infra.git",
        ];
        for address in addresses {
            assert_eq!(project_of_remote(address).as_deref(), Some("acme/infra"), "{address}");
        }
        for address in ["", "/srv/git/infra.git", "https://github.com/acme", "git@github.com:acme/in fra", "x:../.."] {
            assert_eq!(project_of_remote(address), None, "{address}");
        }
    }

    #[test]
    fn token_prefers_our_own_variable_and_ignores_empty_ones() {
        let both = |name: &str| Some(if name == "GITHUB_TOKEN" { "theirs" } else { "ours" }.to_owned());
        assert_eq!(token(both).unwrap().expose(), "ours");
        let empty = |name: &str| Some(if name == "GITHUB_TOKEN" { "theirs\n" } else { "" }.to_owned());
        assert_eq!(token(empty).unwrap().expose(), "theirs");
        assert!(token(|_| None).is_none());
    }
}
