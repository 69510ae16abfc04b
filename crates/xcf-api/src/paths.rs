//! Where things live on this machine (`dsl §8`), by the XDG base directory specification.

use std::path::PathBuf;

/// The folders of one machine and user.
#[derive(Debug, Clone)]
pub struct Paths {
    /// `$XDG_DATA_HOME/xcloudflow`.
    pub data: PathBuf,
    /// `$XDG_STATE_HOME/xcloudflow`.
    pub state: PathBuf,
    /// `$XDG_CACHE_HOME/xcloudflow`.
    pub cache: PathBuf,
    /// `$XDG_CONFIG_HOME/xcloudflow`.
    pub config: PathBuf,
}

fn base(variable: &str, home_part: &str) -> PathBuf {
    match std::env::var_os(variable).map(PathBuf::from) {
        Some(path) if path.is_absolute() => path,
        _ => std::env::var_os("HOME").map(PathBuf::from).unwrap_or_else(|| PathBuf::from("/")).join(home_part),
    }
    .join("xcloudflow")
}

impl Paths {
    /// From the environment; a relative XDG value is ignored, as the specification says.
    #[must_use]
    pub fn from_env() -> Self {
        Self {
            data: base("XDG_DATA_HOME", ".local/share"),
            state: base("XDG_STATE_HOME", ".local/state"),
            cache: base("XDG_CACHE_HOME", ".cache"),
            config: base("XDG_CONFIG_HOME", ".config"),
        }
    }
    /// Store of a workspace.
    #[must_use]
    pub fn store(&self, uid: &str) -> PathBuf {
        self.data.join(uid)
    }
    /// Engine state of a workspace's units.
    #[must_use]
    pub fn units(&self, uid: &str) -> PathBuf {
        self.state.join(uid).join("units")
    }
    /// Work folders of a workspace: exports, plan and apply scratch.
    #[must_use]
    pub fn work(&self, uid: &str) -> PathBuf {
        self.state.join(uid).join("work")
    }
    /// Shared engine caches.
    #[must_use]
    pub fn engine_cache(&self) -> PathBuf {
        self.cache.join("engines")
    }
    /// Signing keys.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        std::env::var_os("XCF_KEY_DIR").map_or_else(|| self.data.join("keys"), PathBuf::from)
    }
}
