//! `xcf key add` and `xcf key list` (`dsl §10`).

use crate::error::{Answer, Kind, Problem};
use crate::identity::{kept_in, key_store};
use crate::paths::Paths;
use std::path::Path;
use xcf_core::ids::PersonName;

/// A made key.
#[derive(Debug, Clone)]
pub struct Made {
    /// Entry for `policies/people.yaml`.
    pub people_entry: String,
    /// Where the private key is.
    pub kept_in: String,
}

/// A listed key.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Whose.
    pub name: String,
    /// `ed25519:BASE64`.
    pub public: String,
    /// Where the private key is.
    pub kept_in: String,
}

/// Makes a key for `name` (default: the Git user of `folder`).
///
/// # Errors
/// No name to be had, or the key can't be kept.
pub async fn add(paths: &Paths, folder: &Path, name: Option<&str>) -> Answer<Made> {
    let git = || {
        xcf_git::Repo::discover(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
            .ok()?
            .identity()
            .ok()?
    };
    let identity = git();
    let name = name.map(str::to_owned).or_else(|| identity.as_ref().map(|i| i.name.clone()));
    let name = name
        .filter(|n| !n.trim().is_empty())
        .ok_or_else(|| Problem::new(Kind::Usage, "no-name", "whose key is it?").hint("xcf key add NAME"))?;
    let key = key_store(paths).generate(&PersonName::new(name.clone()), jiff::Timestamp::now()).await?;
    let email = identity.filter(|i| i.name == name).map(|i| i.email).unwrap_or_default();
    let people_entry = format!(
        "    - name: {}\n      emails: [{email}]\n      roles: []\n      keys: [\"{}\"]",
        yaml_text(&name),
        key.public
    );
    Ok(Made { people_entry, kept_in: kept_in(&key) })
}

/// Own keys.
///
/// # Errors
/// The folder can't be read.
pub async fn list(paths: &Paths) -> Answer<Vec<Listed>> {
    let keys = key_store(paths).list().await?.keys;
    Ok(keys
        .iter()
        .map(|k| Listed { name: k.person.to_string(), public: k.public.to_string(), kept_in: kept_in(k) })
        .collect())
}

/// Keeps a forge's token in the keyring of this system, where exports to `host` find it.
///
/// # Errors
/// No host, an empty token, or no keyring that takes it.
pub async fn keep_forge_token(host: &str, token: &xcf_core::secret::Secret) -> Answer<()> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    if host.is_empty() || !host.bytes().all(plain) {
        return Err(Problem::new(Kind::Usage, "bad-host", format!("`{host}` is no host name")));
    }
    if token.expose().trim().is_empty() {
        return Err(Problem::new(Kind::Usage, "no-token", "there is no token on standard input")
            .hint("xcf pr login HOST < FILE"));
    }
    let host = host.to_ascii_lowercase();
    // The API of the public one has a name of its own.
    let host = if host == "github.com" { "api.github.com".to_owned() } else { host };
    let kept = xcf_secrets::OsKeyring::default().store("xcloudflow-forge", &host, token).await;
    kept.map_err(|why| {
        Problem::new(Kind::Conflict, "keyring-failed", format!("the token can't be kept: {why}"))
            .hint("Without a keyring, set XCF_FORGE_TOKEN where xcf runs.")
    })
}

/// A name as a YAML scalar that can't be read as anything else.
fn yaml_text(name: &str) -> String {
    serde_json::Value::String(name.to_owned()).to_string()
}
