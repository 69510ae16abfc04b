//! Which token goes where (`D13`). A repository may name a forge, but may not choose where a token of the environment goes:
//! such a token is sent only to the host of the remote, or to the one that `XCF_FORGE_HOST` names. A token of the keyring is
//! kept by host, so it can only go there.

use super::{ForgeError, Site};
use crate::remote::Remote;
use xcf_core::docs::config::ForgeKind;
use xcf_core::ports::secrets::SecretSource;
use xcf_core::secret::Secret;

/// Where a token came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// A variable of the environment.
    Variable(&'static str),
    /// The keyring of the operating system.
    Keyring,
}

/// Variables that may hold a token, the first one set wins.
fn variables(kind: ForgeKind) -> &'static [&'static str] {
    match kind {
        ForgeKind::Github => &["XCF_FORGE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"],
        ForgeKind::Gitea => &["XCF_FORGE_TOKEN", "GITEA_TOKEN", "FORGEJO_TOKEN"],
        ForgeKind::Gitlab => &["XCF_FORGE_TOKEN", "GITLAB_TOKEN"],
    }
}

/// Every variable of that kind: none of them is handed to a program we start.
pub(crate) const VARIABLES: [&str; 7] =
    ["XCF_FORGE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "GITEA_TOKEN", "FORGEJO_TOKEN", "GITLAB_TOKEN", "XCF_TOKEN"];

/// Where the keyring keeps the token of `host`, as a secret reference.
#[must_use]
pub fn keyring_reference(host: &str) -> String {
    format!("keyring:xcloudflow-forge/{host}")
}

/// The token for `site`: of the environment (`variable` looks a name up), else of the keyring.
///
/// # Errors
/// `forge-no-token`, `forge-foreign-host`.
pub async fn token(
    site: &Site,
    remote: &Remote,
    variable: impl Fn(&str) -> Option<String>,
    secrets: &dyn SecretSource,
) -> Result<(Secret, TokenSource), ForgeError> {
    let set = |name: &str| variable(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    // Empty ones count as not set: CI systems hand forks an empty secret.
    if let Some((name, value)) = variables(site.kind).iter().find_map(|name| set(name).map(|value| (*name, value))) {
        let trusted = set("XCF_FORGE_HOST").is_some_and(|host| host.eq_ignore_ascii_case(&site.host));
        if trusted || same_server(&site.host, remote) {
            return Ok((Secret::new(value), TokenSource::Variable(name)));
        }
        let remote = remote.host.clone().unwrap_or_else(|| "this machine".to_owned());
        return Err(ForgeError::ForeignHost { host: site.host.clone(), remote, variable: name });
    }
    match secrets.resolve(&keyring_reference(&site.host)).await {
        Ok(secret) => Ok((secret, TokenSource::Keyring)),
        Err(_) => Err(ForgeError::NoToken { host: site.host.clone() }),
    }
}

/// The API of a host is on that host, or where the public ones have it.
fn same_server(host: &str, remote: &Remote) -> bool {
    let Some(remote) = remote.host.as_deref() else { return false };
    match remote {
        "github.com" | "ssh.github.com" => host == "api.github.com" || host == "github.com",
        "altssh.gitlab.com" => host == "gitlab.com",
        _ => host == remote,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xcf_core::ports::secrets::SecretError;

    struct Keyring;

    #[async_trait::async_trait]
    impl SecretSource for Keyring {
        async fn resolve(&self, reference: &str) -> Result<Secret, SecretError> {
            match reference {
                "keyring:xcloudflow-forge/api.github.com" => Ok(Secret::new("kept")),
                other => Err(SecretError::Missing(other.to_owned())),
            }
        }
        async fn version(&self, _: &str) -> Result<Option<String>, SecretError> {
            Ok(None)
        }
    }

    fn site(host: &str) -> Site {
        Site { kind: ForgeKind::Github, url: format!("https://{host}"), host: host.into(), project: "a/b".into() }
    }

    fn has(name: &'static str, value: &'static str) -> impl Fn(&str) -> Option<String> {
        move |asked| (asked == name).then(|| value.to_owned())
    }

    #[tokio::test]
    async fn d13_a_repository_can_not_send_a_token_elsewhere() {
        let github = Remote::read("git@github.com:acme/infra.git");
        let evil = site("evil.example");
        let refused = token(&evil, &github, has("GITHUB_TOKEN", "hunter2"), &Keyring).await.unwrap_err();
        assert_eq!(refused.code(), "forge-foreign-host");
        assert!(!refused.to_string().contains("hunter2"));
        let here = site("api.github.com");
        let (found, source) = token(&here, &github, has("GITHUB_TOKEN", "t\n"), &Keyring).await.unwrap();
        assert_eq!((found.expose(), source), ("t", TokenSource::Variable("GITHUB_TOKEN")));
        let said = |name: &str| match name {
            "XCF_FORGE_HOST" => Some("evil.example".to_owned()),
            "XCF_FORGE_TOKEN" => Some("t".to_owned()),
            _ => None,
        };
        assert!(token(&evil, &github, said, &Keyring).await.is_ok(), "whoever runs it may say so");
    }

    #[tokio::test]
    async fn d13_the_keyring_is_asked_by_host() {
        let github = Remote::read("git@github.com:acme/infra.git");
        let (found, source) =
            token(&site("api.github.com"), &github, has("GITHUB_TOKEN", " "), &Keyring).await.unwrap();
        assert_eq!((found.expose(), source), ("kept", TokenSource::Keyring));
        let none = token(&site("evil.example"), &github, |_| None, &Keyring).await.unwrap_err();
        assert_eq!(none.code(), "forge-no-token");
    }
}
