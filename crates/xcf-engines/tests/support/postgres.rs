//! A Postgres of the test's own: real binaries, a folder of its own, a socket in it and no port.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Postgres refuses to run as root; then it runs as this user and group, which own nothing.
const NOBODY: u32 = 65_534;

pub struct Postgres {
    dir: tempfile::TempDir,
    bin: PathBuf,
    as_nobody: bool,
}

fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> =
        versions.flatten().map(|v| v.path().join("bin")).filter(|b| b.join("initdb").is_file()).collect();
    found.sort();
    found.pop()
}

impl Postgres {
    /// Starts one; none where there are no binaries, and says so.
    pub fn start() -> Option<Self> {
        let Some(bin) = binaries() else {
            println!("skipped: no Postgres binaries below /usr/lib/postgresql");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        let as_nobody = fs::metadata("/proc/self").map(|m| std::os::unix::fs::MetadataExt::uid(&m)).unwrap() == 0;
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        if as_nobody {
            chown(dir.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let server = Self { dir, bin, as_nobody };
        let data = server.dir.path().join("data");
        server.run("initdb", &["-D", text(&data), "-U", "xcf", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        let options = format!("-c listen_addresses= -c unix_socket_directories={} -c fsync=off", server.socket());
        let log = server.dir.path().join("log");
        server.run("pg_ctl", &["-D", text(&data), "-w", "-l", text(&log), "-o", &options, "start"]);
        Some(server)
    }
    fn socket(&self) -> &str {
        text(self.dir.path())
    }
    /// For a `pg` backend.
    pub fn address(&self) -> String {
        format!("postgres:///postgres?user=xcf&host={}&sslmode=disable", self.socket())
    }
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        if self.as_nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
    #[track_caller]
    fn run(&self, program: &str, args: &[&str]) {
        // Its server inherits what is open: a pipe would never end.
        let done = self.command(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(done.success(), "{program} {args:?}: {done}");
    }
    /// What a query answers, a line per row.
    #[track_caller]
    pub fn query(&self, sql: &str) -> String {
        let args = ["-h", self.socket(), "-U", "xcf", "-d", "postgres", "-Atq", "-v", "ON_ERROR_STOP=1", "-c", sql];
        let done = self.command("psql").args(args).output().unwrap();
        assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim_end().to_owned()
    }
    /// A session that has run `sql` and stays until its input is closed.
    pub fn session(&self, sql: &str) -> std::process::Child {
        use std::io::{BufRead, BufReader, Write};
        let mut command = self.command("psql");
        command.args(["-h", self.socket(), "-U", "xcf", "-d", "postgres", "-Atq"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.as_mut().unwrap();
        writeln!(input, "{sql};\nselect 'ready';").unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        assert!(lines.any(|l| l.unwrap() == "ready"));
        child
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.dir.path().join("data");
        let args = ["-D", text(&data), "-m", "immediate", "-w", "stop"];
        let _ = self.command("pg_ctl").args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
