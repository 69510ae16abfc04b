//! This process as a holder of driver leases, and whether another one on this machine is dead (`D7`).

use std::fs;
use std::path::Path;
use xcf_core::ports::runner::ChildIdentity;
use xcf_engines::process::{is_alive, own_identity};

fn host() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").map(|t| t.trim().to_owned()).unwrap_or_default()
}

/// `HOST process PID start TICKS boot ID`. Without `/proc` it names no start: nobody will ever call such a holder dead.
pub(crate) fn holder() -> String {
    match own_identity(Path::new("")) {
        Ok(me) => format!("{} process {} start {} boot {}", host(), me.pid, me.start_ticks, me.boot_id),
        Err(_) => format!("{} process {}", host(), std::process::id()),
    }
}

/// True only if the holder was a process of this host that is certainly gone; a holder elsewhere is never called dead.
pub(crate) fn is_dead(holder: &str) -> bool {
    let words: Vec<&str> = holder.split_whitespace().collect();
    let [name, "process", pid, "start", ticks, "boot", id] = words.as_slice() else { return false };
    let (Ok(pid), Ok(start_ticks)) = (pid.parse(), ticks.parse()) else { return false };
    let process = ChildIdentity { pid, start_ticks, boot_id: (*id).to_owned(), work_dir: Path::new("").to_owned() };
    *name == host() && !is_alive(&process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_only_a_process_of_this_host_that_is_gone_is_dead() {
        assert!(!is_dead(&holder()));
        assert!(is_dead(&holder().replace(&format!("process {}", std::process::id()), "process 4194303")));
        assert!(!is_dead("elsewhere process 1 start 1 boot x"));
        assert!(!is_dead("garbage"));
        assert!(!is_dead(&format!("{} process 4194303", host())));
    }
}
