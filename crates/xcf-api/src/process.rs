//! This process as a holder of driver leases, and whether another one on this machine is dead (`D7`).

use std::fs;

fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|t| t.trim().to_owned()).unwrap_or_default()
}

fn host() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").map(|t| t.trim().to_owned()).unwrap_or_default()
}

/// Kernel start time of a process; fields are counted from the last `)`, a name may hold anything.
fn start_ticks(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    if matches!(fields.first(), Some(&"Z" | &"X")) {
        return None;
    }
    fields.get(19)?.parse().ok()
}

/// `HOST process PID start TICKS boot ID`.
pub(crate) fn holder() -> String {
    let pid = std::process::id();
    format!("{} process {pid} start {} boot {}", host(), start_ticks(pid).unwrap_or_default(), boot())
}

/// True only if the holder was a process of this host that is certainly gone; a holder elsewhere is never called dead.
pub(crate) fn is_dead(holder: &str) -> bool {
    let words: Vec<&str> = holder.split_whitespace().collect();
    let [name, "process", pid, "start", ticks, "boot", id] = words.as_slice() else { return false };
    if *name != host() {
        return false;
    }
    let (Ok(pid), Ok(ticks)) = (pid.parse::<u32>(), ticks.parse::<u64>()) else { return false };
    *id != boot() || start_ticks(pid) != Some(ticks)
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
    }
}
