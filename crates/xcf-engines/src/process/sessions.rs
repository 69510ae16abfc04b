//! Everything that still runs of an engine: the members of the session its parent opened, and whoever carries its mark (ansible's
//! workers open sessions of their own).

use super::identity::stat;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::Path;

/// Pids of living processes in `session`, without its leader. A session id is not given to a new process while it has members.
pub fn members(session: u32) -> Vec<u32> {
    pids()
        .filter(|&pid| {
            pid != session && stat(pid).is_some_and(|s| s.session == session && !matches!(s.state, 'Z' | 'X'))
        })
        .collect()
}

/// Variable by which processes of a step are known, wherever they went; its value is the step's folder.
pub const MARK: &str = "XCF_STEP";

/// Living processes that carry the mark of the step in `dir`. Those of another user can't be seen.
pub fn marked(dir: &Path) -> Vec<u32> {
    let entry = format!("{MARK}={}", dir.display());
    let carries = |pid: &u32| {
        fs::read(format!("/proc/{pid}/environ")).is_ok_and(|e| e.split(|b| *b == 0).any(|v| v == entry.as_bytes()))
    };
    pids().filter(|pid| carries(pid) && stat(*pid).is_some_and(|s| !matches!(s.state, 'Z' | 'X'))).collect()
}

/// Everything that still runs of the step in `dir`, whose parent led `session`.
pub fn of_step(session: u32, dir: &Path) -> Vec<u32> {
    let mut found = members(session);
    found.extend(marked(dir));
    found.sort_unstable();
    found.dedup();
    found
}

/// Living descendants of `root` (engines may open sessions of their own), nearest first.
pub fn descendants(root: u32) -> Vec<u32> {
    let all: Vec<(u32, u32)> =
        pids().filter_map(|pid| stat(pid).filter(|s| s.state != 'Z').map(|s| (pid, s.parent))).collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(all.iter().filter(|(_, p)| *p == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    found.remove(0);
    found
}

/// Sends `signal` to each; one that is gone is no error.
pub fn signal(pids: &[u32], signal: Signal) {
    for pid in pids.iter().filter_map(|&pid| i32::try_from(pid).ok().and_then(Pid::from_raw)) {
        // The only other outcome is "no such process", which is what we want.
        kill_process(pid, signal).ok();
    }
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok()))
}
