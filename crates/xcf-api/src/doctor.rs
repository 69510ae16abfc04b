//! Doctor: what works here, what does not, and the one step that mends it (`D15`).

use crate::dto::{CheckDto, DoctorDto, PathDto, SaidDto};
use crate::error::Answer;
use crate::open::Workspace;
use crate::paths::Paths;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use xcf_core::ports::runner::{EngineSettings, Probe};
use xcf_core::route::Engine;
use xcf_engines::process::ChildLauncher;
use xcf_engines::registry::Runners;

/// Oldest Git whose behaviour we rely on.
const OLDEST_GIT: (u32, u32) = (2, 34);

fn check(id: &str, name: &str, status: &str, found: impl Into<String>, need: &str, fix: &str) -> CheckDto {
    CheckDto {
        id: id.to_owned(),
        name: name.to_owned(),
        status: status.to_owned(),
        found: found.into(),
        found_said: None,
        need: need.to_owned(),
        need_said: None,
        fix: fix.to_owned(),
        fix_said: None,
    }
}

/// A check whose finding, or whose way to mend it, is a sentence: by code.
fn told(check: CheckDto, found: &str, fix: &str) -> CheckDto {
    let said = |code: &str, text: &str| (!code.is_empty()).then(|| SaidDto::new(code, text));
    CheckDto { found_said: said(found, &check.found), fix_said: said(fix, &check.fix), ..check }
}

/// Looks at everything; failures first.
pub(crate) async fn examine(paths: &Paths, workspace: Option<&Workspace>) -> Answer<DoctorDto> {
    let model = match workspace {
        Some(w) => Some(w.at_worktree().await?.model),
        None => None,
    };
    let settings: BTreeMap<String, EngineSettings> =
        model.as_ref().and_then(|m| m.config.as_ref()).map(|c| c.spec.engines.clone()).unwrap_or_default();
    let used: BTreeSet<Engine> = model.iter().flat_map(|m| &m.units).map(|u| u.route.engine.value).collect();
    let mut checks = vec![git().await];
    checks.extend(engines(&settings, &used).await);
    checks.push(writable("store-folder", "Folder of the state store", &paths.data));
    checks.push(writable("state-folder", "Folder of engine state", &paths.state));
    checks.push(writable("cache-folder", "Folder of caches", &paths.cache));
    if let Some(w) = workspace {
        checks.push(store(w).await);
        checks.push(keys(w).await);
        checks.push(trusted(w));
        checks.push(anomalies(w).await);
    }
    checks.sort_by_key(|c| ["failed", "warning", "ok", "not-needed"].iter().position(|s| *s == c.status));
    Ok(DoctorDto { checks, paths: list_paths(paths, workspace) })
}

async fn git() -> CheckDto {
    let need = format!("git {}.{} or newer", OLDEST_GIT.0, OLDEST_GIT.1);
    let fix = "install Git from your system's packages";
    let output = tokio::process::Command::new("git").arg("--version").output().await;
    let Ok(output) = output else {
        return told(check("git", "Git", "failed", "not found on PATH", &need, fix), "not-found", "fix-git");
    };
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u32>().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let status = if version >= OLDEST_GIT { "ok" } else { "failed" };
    told(check("git", "Git", status, text, &need, if status == "ok" { "" } else { fix }), "", "fix-git")
}

async fn engines(settings: &BTreeMap<String, EngineSettings>, used: &BTreeSet<Engine>) -> Vec<CheckDto> {
    let Ok(launcher) = ChildLauncher::current() else { return Vec::new() };
    let runners = Runners::standard(&launcher);
    let probes = Runners::probe_all(&runners, settings).await;
    probes.iter().map(|probe| engine(probe, used.contains(&probe.engine))).collect()
}

fn engine(probe: &Probe, used: bool) -> CheckDto {
    let id = format!("engine-{}", probe.engine);
    let name = format!("Engine {}", probe.engine);
    let need = if used { "used by this workspace" } else { "not used by this workspace" };
    let found = match (&probe.version, &probe.path, &probe.problem) {
        (_, _, Some(problem)) => problem.clone(),
        (Some(version), Some(path), None) => format!("{version} at {path}"),
        (Some(version), None, None) => version.clone(),
        (None, ..) => "not found".to_owned(),
    };
    let status = match (probe.problem.is_none() && probe.version.is_some(), used) {
        (true, _) => "ok",
        (false, true) => "failed",
        (false, false) => "not-needed",
    };
    let nothing = found == "not found";
    let check = check(
        &id,
        &name,
        status,
        found,
        need,
        if status == "failed" { probe.fix.as_deref().unwrap_or_default() } else { "" },
    );
    let need = SaidDto::new(if used { "engine-used" } else { "engine-unused" }, need);
    CheckDto { need_said: Some(need), ..told(check, if nothing { "not-found" } else { "" }, "") }
}

fn writable(id: &str, name: &str, folder: &Path) -> CheckDto {
    let tried = std::fs::create_dir_all(folder).and_then(|()| tempfile::tempfile_in(folder).map(|_| ()));
    match tried {
        Ok(()) => check(id, name, "ok", folder.display().to_string(), "writable", ""),
        Err(error) => check(
            id,
            name,
            "failed",
            format!("{}: {error}", folder.display()),
            "writable",
            &format!("give yourself the right to write there: chown -R \"$USER\" {}", folder.display()),
        ),
    }
}

async fn store(workspace: &Workspace) -> CheckDto {
    match workspace.store.verify_chain().await {
        Ok(head) => {
            let text = format!("{head} events, hash chain unbroken");
            let said = SaidDto::new("chain-unbroken", text.clone()).with("events", head);
            CheckDto { found_said: Some(said), ..check("store-chain", "Event log", "ok", text, "unbroken", "") }
        }
        Err(error) => told(
            check(
                "store-chain",
                "Event log",
                "failed",
                error.to_string(),
                "unbroken",
                "keep a copy of the store folder and restore it from a backup",
            ),
            "",
            "fix-store",
        ),
    }
}

async fn keys(workspace: &Workspace) -> CheckDto {
    let own = workspace.identities.own().await;
    match own.as_slice() {
        [] => told(
            check(
                "keys",
                "Signing keys",
                "warning",
                "none on this machine",
                "one, to approve what others make",
                "xcf key add",
            ),
            "no-keys",
            "",
        ),
        list => check(
            "keys",
            "Signing keys",
            "ok",
            list.iter().map(|k| format!("{} ({})", k.name, k.kept_in)).collect::<Vec<_>>().join(", "),
            "one, to approve what others make",
            "",
        ),
    }
}

fn trusted(workspace: &Workspace) -> CheckDto {
    match workspace.is_trusted() {
        true => told(
            check("trust", "Trust", "ok", "engines may run on this repository", "agreed once per machine", ""),
            "trusted",
            "",
        ),
        false => told(
            check(
                "trust",
                "Trust",
                "warning",
                "not agreed yet",
                "agreed once per machine",
                "the first plan asks; or: xcf plan --yes",
            ),
            "not-trusted",
            "fix-trust",
        ),
    }
}

async fn anomalies(workspace: &Workspace) -> CheckDto {
    let ledger = match workspace.ledger().await {
        Ok(ledger) => ledger,
        Err(problem) => return check("log-history", "History", "failed", problem.message, "readable", &problem.hint),
    };
    match ledger.anomalies.as_slice() {
        [] => told(check("log-history", "History", "ok", "nothing odd", "nothing odd", ""), "nothing-odd", ""),
        [first, ..] => told(
            check(
                "log-history",
                "History",
                "warning",
                format!("{} odd events, first at {}: {}", ledger.anomalies.len(), first.position, first.what),
                "nothing odd",
                "look at these events; nothing was dropped",
            ),
            "",
            "fix-history",
        ),
    }
}

fn list_paths(paths: &Paths, workspace: Option<&Workspace>) -> Vec<PathDto> {
    let entry = |name: &str, path: &Path| PathDto { name: name.to_owned(), path: path.display().to_string() };
    let mut list = vec![
        entry("data", &paths.data),
        entry("state", &paths.state),
        entry("cache", &paths.cache),
        entry("config", &paths.config),
        entry("keys", &paths.keys()),
    ];
    if let Some(w) = workspace {
        list.push(entry("repository", &w.root));
        list.push(PathDto { name: "store".to_owned(), path: w.store.location() });
        list.push(entry("unit states", &w.paths.units(w.uid.as_str())));
        list.push(entry("logs", &w.log_folder()));
    }
    list
}
