//! Finding an engine's binary and asking its version, without running anything of the repository.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use xcf_core::ports::runner::{EngineSettings, RunnerError};
use xcf_core::secret::Secret;

/// A version question that takes longer is a broken engine.
const PROBE_TIMEOUT: Duration = Duration::from_secs(20);

/// Variables of our own environment that `.xcf.yaml` lets this engine see by name (`engines.NAME.env`).
pub fn named_environment(settings: &EngineSettings) -> Vec<(String, Secret)> {
    let value = |name: &String| std::env::var(name).ok().map(|value| (name.clone(), Secret::new(value)));
    settings.env.iter().filter_map(value).collect()
}

/// The binary: `settings.binary` (path or name), else `name`, looked for on PATH and in the folder of set-up tools (`$XCF_TOOLS`).
///
/// # Errors
/// `engine-missing`.
pub fn find(settings: &EngineSettings, name: &str, fix: &str) -> Result<PathBuf, RunnerError> {
    let wanted = settings.binary.as_deref().unwrap_or(name);
    let found = if wanted.contains('/') {
        runnable(Path::new(wanted))
    } else {
        folders().find_map(|dir| runnable(&dir.join(wanted)))
    };
    found.ok_or_else(|| {
        let origin = if settings.binary.is_some() { " (named by `engines` in .xcf.yaml)" } else { "" };
        RunnerError::new("engine-missing", format!("{wanted}{origin} is not on PATH and not among the set-up tools"))
            .hint(fix)
    })
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let path: Vec<PathBuf> = std::env::var_os("PATH").map(|p| std::env::split_paths(&p).collect()).unwrap_or_default();
    let tools = std::env::var_os("XCF_TOOLS").map(PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    // The desktop may be started without the set-up's environment.
    let set_up = cache.map(|dir| dir.join("xcloudflow/tools/bin"));
    path.into_iter().chain(tools.into_iter().flat_map(|dir| [dir.join("bin"), dir])).chain(set_up)
}

fn runnable(path: &Path) -> Option<PathBuf> {
    let meta = path.metadata().ok()?;
    let absolute = std::path::absolute(path).ok()?;
    (meta.is_file() && meta.permissions().mode() & 0o111 != 0).then_some(absolute)
}

/// Standard output of `program args`, for version questions. `Err` holds what went wrong, in words.
pub async fn ask(program: &Path, args: &[&str]) -> Result<String, String> {
    let mut command = tokio::process::Command::new(program);
    command
        .args(args)
        .env_clear()
        .envs(crate::process::base_environment())
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", "/dev/null");
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PROBE_TIMEOUT, command.output()).await;
    let output = output
        .map_err(|_| format!("{} did not answer", program.display()))?
        .map_err(|e| format!("{}: {e}", program.display()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{} {}: {}", program.display(), output.status, String::from_utf8_lossy(&output.stderr).trim()))
    }
}

/// True if `found` is `wanted` or one of its patch releases (`1.11` admits `1.11.4`).
pub fn version_fits(wanted: &str, found: &str) -> bool {
    found == wanted || found.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d10_a_pinned_version_admits_only_its_patch_releases() {
        assert!(version_fits("1.11", "1.11.4") && version_fits("1.11.4", "1.11.4"));
        assert!(!version_fits("1.1", "1.11.4") && !version_fits("1.11.4", "1.11.40"));
    }

    #[test]
    fn d10_a_missing_binary_says_how_to_get_it() {
        let settings = EngineSettings { binary: Some("no-such-engine".into()), ..EngineSettings::default() };
        let error = find(&settings, "terraform", "run the set-up").unwrap_err();
        assert_eq!((error.code.as_str(), error.hint.as_str()), ("engine-missing", "run the set-up"));
    }
}
