//! Forges: which one a project is on, where its API is, which token may go there, and the adapters.

pub mod gitea;
pub mod github;
pub mod gitlab;
mod http;
mod token;

pub(crate) use token::VARIABLES as TOKEN_VARIABLES;
pub use token::{TokenSource, keyring_reference, token};
pub use xcf_core::ports::forge::{Forge, ForgeError, PullRequest};

use crate::remote::Remote;
use std::sync::Arc;
use xcf_core::docs::config::{ForgeConfig, ForgeKind};
use xcf_core::secret::Secret;

/// Which project on which forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Kind.
    pub kind: ForgeKind,
    /// Address of the API, or of the server it is below.
    pub url: String,
    /// Host of that address: where a token goes.
    pub host: String,
    /// `owner/name`.
    pub project: String,
}

impl Site {
    /// From the configuration and the address of the remote; what the configuration leaves out, the remote tells. Public
    /// hosts are known; of others the first label of the name may tell (`gitlab.acme.example`).
    ///
    /// # Errors
    /// `forge-unknown`, `forge-bad-project`, `forge-unusable`.
    pub fn detect(config: Option<&ForgeConfig>, remote: &Remote) -> Result<Self, ForgeError> {
        let unknown = || ForgeError::Unknown(remote.address.clone());
        let named = config.map(|c| c.kind).or_else(|| remote.host.as_deref().and_then(kind_of_host));
        let kind = named.ok_or_else(unknown)?;
        let url = match config.and_then(|c| c.url.clone()) {
            Some(url) => url,
            None => default_url(kind, remote).ok_or_else(unknown)?,
        };
        let project = config.and_then(|c| c.project.clone()).unwrap_or_else(|| remote.path.clone());
        if kind != ForgeKind::Gitlab {
            project_parts(&project)?;
        }
        let host = Remote::read(&url).host;
        let no_host = || ForgeError::Unusable { url: crate::remote::redacted(&url), reason: "it names no host".into() };
        Ok(Self { kind, host: host.ok_or_else(no_host)?, url, project })
    }

    /// True for an adapter that no test of ours has exercised.
    #[must_use]
    pub fn is_preview(&self) -> bool {
        self.kind == ForgeKind::Gitlab
    }

    /// The name people know it by.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            ForgeKind::Github => "github",
            ForgeKind::Gitlab => "gitlab",
            ForgeKind::Gitea => "gitea",
        }
    }

    /// A client. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// `forge-unusable`, `forge-bad-project`.
    pub fn connect(&self, token: &Secret) -> Result<Arc<dyn Forge>, ForgeError> {
        Ok(match self.kind {
            ForgeKind::Github => Arc::new(github::GitHub::new(Some(&self.url), &self.project, token)?),
            ForgeKind::Gitea => Arc::new(gitea::gitea(&self.url, &self.project, token)?),
            ForgeKind::Gitlab => Arc::new(gitlab::GitLab::new(&self.url, &self.project, token)?),
        })
    }
}

fn kind_of_host(host: &str) -> Option<ForgeKind> {
    match host {
        "github.com" | "ssh.github.com" => return Some(ForgeKind::Github),
        "gitlab.com" | "altssh.gitlab.com" => return Some(ForgeKind::Gitlab),
        "codeberg.org" => return Some(ForgeKind::Gitea),
        _ => {}
    }
    match host.split('.').next()? {
        "github" | "ghe" => Some(ForgeKind::Github),
        "gitlab" => Some(ForgeKind::Gitlab),
        "gitea" | "forgejo" => Some(ForgeKind::Gitea),
        _ => None,
    }
}

/// Where the API of a host is if nobody says otherwise.
fn default_url(kind: ForgeKind, remote: &Remote) -> Option<String> {
    let host = match remote.host.as_deref()? {
        "ssh.github.com" => "github.com",
        "altssh.gitlab.com" => "gitlab.com",
        host => host,
    };
    if kind == ForgeKind::Github && host == "github.com" {
        return Some(github::DEFAULT_URL.to_owned());
    }
    // The port of ssh says nothing about the API's.
    let server = match (remote.scheme, remote.port) {
        ("http", Some(port)) => format!("http://{host}:{port}"),
        ("http", None) => format!("http://{host}"),
        ("https", Some(port)) => format!("https://{host}:{port}"),
        _ => format!("https://{host}"),
    };
    Some(if kind == ForgeKind::Github { format!("{server}/api/v3") } else { server })
}

/// `owner` and `name` of `owner/name`.
pub(crate) fn project_parts(project: &str) -> Result<(&str, &str), ForgeError> {
    let parts = project.split_once('/').filter(|(o, n)| is_plain(o) && is_plain(n));
    parts.ok_or_else(|| ForgeError::BadProject(project.to_owned()))
}

/// A name that can stand in an address as it is.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    !name.is_empty() && name != "." && name != ".." && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(config: Option<ForgeConfig>, address: &str) -> Result<(ForgeKind, String, String, String), ForgeError> {
        Site::detect(config.as_ref(), &Remote::read(address)).map(|s| (s.kind, s.url, s.host, s.project))
    }

    fn said(kind: ForgeKind, url: Option<&str>, project: Option<&str>) -> Option<ForgeConfig> {
        Some(ForgeConfig { kind, url: url.map(str::to_owned), project: project.map(str::to_owned) })
    }

    #[test]
    fn dsl1_the_remote_tells_the_forge_where_the_configuration_does_not() {
        let known = [
            ("git@github.com:acme/infra.git", ForgeKind::Github, "https://api.github.com"),
            ("ssh://git@ssh.github.com:443/acme/infra.git", ForgeKind::Github, "https://api.github.com"),
            ("https://ghe.acme.example/acme/infra", ForgeKind::Github, "https://ghe.acme.example/api/v3"),
            ("https://codeberg.org/acme/infra.git", ForgeKind::Gitea, "https://codeberg.org"),
            ("ssh://git@gitea.acme.example:2222/acme/infra.git", ForgeKind::Gitea, "https://gitea.acme.example"),
            ("http://gitea.acme.example:3000/acme/infra.git", ForgeKind::Gitea, "http://gitea.acme.example:3000"),
        ];
        for (address, kind, url) in known {
            let found = site(None, address).unwrap();
            assert_eq!((found.0, found.1.as_str(), found.3.as_str()), (kind, url, "acme/infra"), "{address}");
        }
        let nested = site(None, "git@gitlab.com:acme/platform/infra.git").unwrap();
        assert_eq!((nested.0, nested.3.as_str()), (ForgeKind::Gitlab, "acme/platform/infra"));
        for address in ["git@git.acme.example:acme/infra.git", "/srv/git/infra.git", ""] {
            assert!(matches!(site(None, address), Err(ForgeError::Unknown(_))), "{address}");
        }
    }

    #[test]
    fn dsl1_the_configuration_beats_the_remote() {
        let gitea = said(ForgeKind::Gitea, Some("https://code.acme.example/git"), Some("ops/infra"));
        let found = site(gitea, "git@github.com:acme/infra.git").unwrap();
        assert_eq!(
            found,
            (ForgeKind::Gitea, "https://code.acme.example/git".into(), "code.acme.example".into(), "ops/infra".into())
        );
        let bad = said(ForgeKind::Github, None, Some("acme"));
        assert!(matches!(site(bad, "git@github.com:acme/infra.git"), Err(ForgeError::BadProject(_))));
        let nowhere = said(ForgeKind::Github, Some("not an address"), None);
        assert!(matches!(site(nowhere, "git@github.com:acme/infra.git"), Err(ForgeError::Unusable { .. })));
    }
}
