//! Real Git servers on the loopback: `git http-backend` behind a small CGI host, and `sshd`.

use super::{Ground, git_in};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A bare repository `infra.git` below a folder of the ground.
pub(super) fn bare(ground: &Ground) -> PathBuf {
    let folder = ground.beside("served");
    fs::create_dir_all(&folder).unwrap();
    let repo = folder.join("infra.git");
    git_in(&folder, &["init", "-q", "--bare", "-b", "main", "infra.git"]);
    git_in(&repo, &["config", "http.receivepack", "true"]);
    folder
}

/// Ends with the value.
pub(super) struct Http {
    child: Child,
    pub(super) port: u16,
}

impl Http {
    /// Serves `folder`; none, said with the reason, without Python.
    pub(super) fn serve(folder: &Path, login: &str) -> Option<Self> {
        let script = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../tests/kit/git_http.py");
        let mut python = Command::new("python3");
        python.arg("-B").arg(script).arg(folder).env("GIT_HTTP_LOGIN", login);
        let Ok(mut child) = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
            println!("skipped: python3 is not on PATH");
            return None;
        };
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Some(Self { child, port: line.trim().parse().unwrap() })
    }
    pub(super) fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A server of one user, with a key that it knows and a client configuration.
pub(super) struct Sshd {
    child: Child,
    pub(super) port: u16,
    pub(super) folder: PathBuf,
    pub(super) user: String,
}

fn keygen(file: &Path) {
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(file).status().unwrap();
    assert!(made.success());
}

impl Sshd {
    /// Starts one; none, said with the reason, where there is no `sshd`.
    pub(super) fn start(ground: &Ground) -> Option<Self> {
        let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].into_iter().find(|p| Path::new(p).exists());
        let Some(program) = program else {
            println!("skipped: sshd is not installed");
            return None;
        };
        let folder = ground.beside("ssh");
        fs::create_dir_all(&folder).unwrap();
        for key in ["host", "other-host", "client", "stranger"] {
            keygen(&folder.join(key));
        }
        fs::copy(folder.join("client.pub"), folder.join("authorized")).unwrap();
        let user = Command::new("id").arg("-un").output().unwrap();
        let user = String::from_utf8(user.stdout).unwrap().trim().to_owned();
        // Where root starts it, it wants an empty folder of its own.
        let _there = fs::create_dir_all("/run/sshd");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let shown = folder.display();
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {shown}/host\nAuthorizedKeysFile {shown}/authorized\n\
             PidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\n"
        );
        fs::write(folder.join("sshd_config"), config).unwrap();
        let mut sshd = Command::new(program);
        sshd.args(["-D", "-e", "-f"]).arg(folder.join("sshd_config")).stderr(Stdio::null());
        let mut child = sshd.spawn().unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "sshd ended");
            std::thread::yield_now();
        }
        Some(Self { child, port, folder, user })
    }
    /// How the user's ssh is set up: which key, which known hosts.
    pub(super) fn client(&self, ground: &Ground, key: &str, known: Option<&str>) {
        let known_hosts = self.folder.join("known_hosts");
        let line = known.map(|host| {
            let public = fs::read_to_string(self.folder.join(format!("{host}.pub"))).unwrap();
            format!("[127.0.0.1]:{} {public}", self.port)
        });
        fs::write(&known_hosts, line.unwrap_or_default()).unwrap();
        let config = self.folder.join("config");
        let text = format!(
            "Host *\n  IdentityFile {}\n  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile {}\n  GlobalKnownHostsFile none\n",
            self.folder.join(key).display(),
            known_hosts.display()
        );
        fs::write(&config, text).unwrap();
        ground.git(&["config", "core.sshCommand", &format!("ssh -F {}", config.display())]);
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
