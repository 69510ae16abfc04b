//! What an engine's environment holds besides what its unit names (`dsl §6`): PATH, HOME, locale, proxy.

use std::collections::BTreeMap;

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
