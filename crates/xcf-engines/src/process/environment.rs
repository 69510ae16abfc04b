//! What an engine's environment holds besides what its unit names (`dsl §6`): PATH, HOME, locale, proxy.

use std::collections::BTreeMap;
use std::path::Path;

const NAMES: [&str; 17] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "TZ",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    // A proxy that opens TLS needs its certificate known.
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// The variables of our own environment that every engine sees.
#[must_use]
pub fn base_environment() -> BTreeMap<String, String> {
    std::env::vars().filter(|(name, _)| NAMES.contains(&name.as_str()) || name.starts_with("LC_")).collect()
}

/// The environment with the engine's own folder first on PATH, for commands of a person (`xcf exec`).
#[must_use]
pub fn with_engine_first(mut env: BTreeMap<String, String>, program: &Path) -> BTreeMap<String, String> {
    if let Some(folder) = program.parent() {
        let path = env.get("PATH").cloned().unwrap_or_default();
        env.insert("PATH".to_owned(), format!("{}:{path}", folder.display()));
    }
    env
}
