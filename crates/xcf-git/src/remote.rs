//! Addresses of remotes: which host, which project, and what of it may be shown.

use xcf_core::secret::Secret;

/// What a remote's address says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The address as Git has it, without a password.
    pub address: String,
    /// Host, lower case; none for a folder of this machine.
    pub host: Option<String>,
    /// Port, if the address names one.
    pub port: Option<u16>,
    /// `http`, `https`, `ssh`, `git` or `file`.
    pub scheme: &'static str,
    /// Path of the project without slashes around it and `.git`, for example `acme/infra`.
    pub path: String,
    /// User of the address.
    pub user: Option<String>,
    /// Password that stood in the address.
    pub password: Option<Secret>,
}

impl Remote {
    /// Reads `https://host/owner/name.git`, `ssh://git@host:22/owner/name`, `git@host:owner/name.git`, `/a/folder`.
    #[must_use]
    pub fn read(address: &str) -> Self {
        let address = address.trim();
        match address.split_once("://") {
            Some((scheme, rest)) => Self::of_url(address, scheme, rest),
            None => match address.split_once(':') {
                // `a/b:c` is a path, and so is what begins with a slash or a dot.
                Some((host, path)) if !host.contains('/') && !host.is_empty() => Self::of_scp(address, host, path),
                _ => Self::folder(address),
            },
        }
    }

    fn of_url(address: &str, scheme: &str, rest: &str) -> Self {
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" => "https",
            "http" => "http",
            "ssh" | "git+ssh" | "ssh+git" => "ssh",
            "git" => "git",
            _ => return Self::folder(address),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, authority),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port.parse().ok()),
            _ => (place, None),
        };
        let (user, password) = match login.map(|l| l.split_once(':').unwrap_or((l, ""))) {
            Some((user, password)) => (Some(user).filter(|u| !u.is_empty()), Some(password).filter(|p| !p.is_empty())),
            None => (None, None),
        };
        let shown = match user {
            Some(user) => format!("{scheme}://{user}@{place}/{path}"),
            None => format!("{scheme}://{place}/{path}"),
        };
        Self {
            address: shown,
            host: Some(host.to_ascii_lowercase()).filter(|h| !h.is_empty()),
            port,
            scheme,
            path: project_path(path),
            user: user.map(str::to_owned),
            password: password.map(|p| Secret::new(decoded(p))),
        }
    }

    fn of_scp(address: &str, place: &str, path: &str) -> Self {
        let (user, host) = match place.rsplit_once('@') {
            Some((user, host)) => (Some(user.to_owned()), host),
            None => (None, place),
        };
        Self {
            address: address.to_owned(),
            host: Some(host.to_ascii_lowercase()),
            port: None,
            scheme: "ssh",
            path: project_path(path),
            user,
            password: None,
        }
    }

    fn folder(address: &str) -> Self {
        Self {
            address: redacted(address),
            host: None,
            port: None,
            scheme: "file",
            path: String::new(),
            user: None,
            password: None,
        }
    }
}

fn project_path(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    path.strip_suffix(".git").unwrap_or(path).to_owned()
}

/// An address without user and password, for people to read.
#[must_use]
pub fn redacted(address: &str) -> String {
    match address.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').map_or((rest, String::new()), |(a, p)| (a, format!("/{p}")));
            let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
            format!("{scheme}://{place}{path}")
        }
        None => address.to_owned(),
    }
}

/// `%40` is `@`; what is no such escape stays.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
        match hex.filter(|_| byte == b'%').and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(escaped) => {
                out.push(escaped);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d13_addresses_are_read_and_shown_without_their_passwords() {
        let remote = Remote::read("https://ann:s3cr%40t@Git.Acme.example:8443/acme/infra.git");
        assert_eq!(
            (remote.host.as_deref(), remote.port, remote.scheme),
            (Some("git.acme.example"), Some(8443), "https")
        );
        assert_eq!((remote.path.as_str(), remote.user.as_deref()), ("acme/infra", Some("ann")));
        assert_eq!(remote.password.as_ref().unwrap().expose(), "s3cr@t");
        assert_eq!(remote.address, "https://ann@Git.Acme.example:8443/acme/infra.git");
        assert!(!format!("{remote:?}").contains("s3cr"));
        let scp = Remote::read("git@github.com:acme/infra.git");
        assert_eq!((scp.host.as_deref(), scp.path.as_str(), scp.scheme), (Some("github.com"), "acme/infra", "ssh"));
        let ssh = Remote::read("ssh://git@ghe.acme.example:2222/acme/infra");
        assert_eq!((ssh.host.as_deref(), ssh.port), (Some("ghe.acme.example"), Some(2222)));
        for folder in ["/srv/git/infra.git", "../infra", "file:///srv/git/infra.git", ""] {
            assert_eq!((Remote::read(folder).host, Remote::read(folder).scheme), (None, "file"), "{folder}");
        }
        assert_eq!(redacted("https://ann:secret@host/x"), "https://host/x");
        assert_eq!(redacted("https://to:k@en@host"), "https://host");
    }
}
