//! Who a process is: pid, kernel start time, boot id.

use super::files::Process;
use std::{fs, io};
use xcf_core::ports::runner::ChildIdentity;

/// The fields of `/proc/PID/stat` that identify a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    pub state: char,
    pub parent: u32,
    pub session: u32,
    pub start_ticks: u64,
}

/// Reads `/proc/PID/stat`; `None` if there is no such process. The name in it may hold blanks and brackets, so fields count from the last `)`.
pub fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    Some(Stat {
        state: fields.first()?.chars().next()?,
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        start_ticks: fields.get(19)?.parse().ok()?,
    })
}

/// The id of this boot of the machine.
pub fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

/// This process.
pub fn own() -> io::Result<Process> {
    let pid = std::process::id();
    let stat = stat(pid).ok_or_else(|| io::Error::other("/proc does not show this process"))?;
    Ok(Process { pid, start_ticks: stat.start_ticks, boot_id: boot_id()? })
}

/// This process as a child identity, with `work_dir` as its folder.
///
/// # Errors
/// If `/proc` can't be read.
pub fn own_identity(work_dir: &std::path::Path) -> io::Result<ChildIdentity> {
    let me = own()?;
    Ok(ChildIdentity { pid: me.pid, start_ticks: me.start_ticks, boot_id: me.boot_id, work_dir: work_dir.to_owned() })
}

/// True if exactly this process lives (a zombie does not, nor a later process with its pid, nor one of another boot).
#[must_use]
pub fn is_alive(child: &ChildIdentity) -> bool {
    lives(&Process { pid: child.pid, start_ticks: child.start_ticks, boot_id: child.boot_id.clone() })
}

/// As `is_alive`.
pub fn lives(process: &Process) -> bool {
    let same_boot = boot_id().is_ok_and(|id| id == process.boot_id);
    same_boot
        && stat(process.pid).is_some_and(|s| s.start_ticks == process.start_ticks && !matches!(s.state, 'Z' | 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_identity_is_not_fooled_by_a_reused_pid_or_another_boot() {
        let me = own().unwrap();
        assert!(lives(&me));
        assert!(!lives(&Process { start_ticks: me.start_ticks + 1, ..me.clone() }));
        assert!(!lives(&Process { boot_id: "another".into(), ..me.clone() }));
        assert_eq!(stat(me.pid).unwrap().parent, std::os::unix::process::parent_id());
    }

    #[test]
    fn d7_a_zombie_does_not_live() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let seen = stat(child.id()).unwrap();
        let id = Process { pid: child.id(), start_ticks: seen.start_ticks, boot_id: boot_id().unwrap() };
        while stat(id.pid).is_some_and(|s| s.state != 'Z') {
            std::thread::yield_now();
        }
        assert!(!lives(&id));
        child.wait().unwrap();
    }
}
