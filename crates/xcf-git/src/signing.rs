//! Signatures of commits as the user's Git makes them: `commit.gpgsign`, `gpg.format`, `user.signingkey`. Which program
//! signs is read from the user's and the system's configuration only: a repository may not name a program to run (`D13`).

use crate::error::{GitError, failed};
use git2::{Config, ConfigLevel, Repository};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Time for a person to type a passphrase or touch a key.
const AT_MOST: Duration = Duration::from_secs(120);

/// How commits are signed.
pub(crate) struct Signer {
    format: Format,
    program: String,
    key: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    OpenPgp,
    X509,
    Ssh,
}

impl Signer {
    /// The user's way to sign; none if commits are not to be signed.
    pub(crate) fn of(repo: &Repository) -> Result<Option<Self>, GitError> {
        let config = repo.config().and_then(|mut c| c.snapshot()).map_err(failed("read the configuration"))?;
        if !config.get_bool("commit.gpgsign").unwrap_or(false) {
            return Ok(None);
        }
        let (format, name, default) = match config.get_string("gpg.format").as_deref() {
            Err(_) | Ok("openpgp") => (Format::OpenPgp, "gpg.openpgp.program", "gpg"),
            Ok("x509") => (Format::X509, "gpg.x509.program", "gpgsm"),
            Ok("ssh") => (Format::Ssh, "gpg.ssh.program", "ssh-keygen"),
            Ok(other) => return Err(GitError::Signing(format!("`gpg.format` is {other}, which is not known"))),
        };
        let own = own_setting(&config, name);
        let own = own.or_else(|| (format == Format::OpenPgp).then(|| own_setting(&config, "gpg.program")).flatten());
        let key = config.get_string("user.signingkey").ok().filter(|k| !k.is_empty());
        if format == Format::Ssh && key.is_none() {
            return Err(GitError::Signing("`user.signingkey` names no ssh key".to_owned()));
        }
        Ok(Some(Self { format, program: own.unwrap_or_else(|| default.to_owned()), key }))
    }

    /// The signature over `content`.
    pub(crate) fn sign(&self, content: &[u8], committer: &str) -> Result<String, GitError> {
        match self.format {
            Format::OpenPgp | Format::X509 => self.gpg(content, self.key.as_deref().unwrap_or(committer)),
            Format::Ssh => self.ssh(content),
        }
    }

    fn gpg(&self, content: &[u8], key: &str) -> Result<String, GitError> {
        let mut command = Command::new(&self.program);
        command.args(["--status-fd=2", "-bsau", key]).stdin(Stdio::piped());
        let (out, err) = finish(command, Some(content), &self.program)?;
        let signature = String::from_utf8_lossy(&out).into_owned();
        if err.contains("SIG_CREATED ") && !signature.is_empty() {
            return Ok(signature);
        }
        Err(GitError::Signing(format!("{} made no signature: {}", self.program, last_words(&err))))
    }

    fn ssh(&self, content: &[u8]) -> Result<String, GitError> {
        let key = self.key.as_deref().unwrap_or_default();
        let io = |e: std::io::Error| GitError::Signing(format!("a file for ssh-keygen can't be written: {e}"));
        let folder = tempfile::tempdir().map_err(io)?;
        let literal = key.strip_prefix("key::").or_else(|| key.starts_with("ssh-").then_some(key));
        let mut command = Command::new(&self.program);
        command.args(["-Y", "sign", "-n", "git", "-f"]);
        match literal {
            // A public key: the agent has the private one.
            Some(public) => {
                let file = folder.path().join("key.pub");
                std::fs::write(&file, format!("{public}\n")).map_err(io)?;
                command.arg(file).arg("-U");
            }
            None => {
                command.arg(expand(key));
            }
        }
        let buffer = folder.path().join("commit");
        std::fs::write(&buffer, content).map_err(io)?;
        command.arg(&buffer).stdin(Stdio::null());
        let (_, err) = finish(command, None, &self.program)?;
        let signature = std::fs::read_to_string(folder.path().join("commit.sig"));
        signature.map_err(|_| GitError::Signing(format!("{} made no signature: {}", self.program, last_words(&err))))
    }
}

/// A setting that is not the repository's own.
fn own_setting(config: &Config, name: &str) -> Option<String> {
    let mut found = None;
    let mut entries = config.entries(Some(&format!("^{}$", name.replace('.', "\\.")))).ok()?;
    while let Some(Ok(entry)) = entries.next() {
        if !matches!(entry.level(), ConfigLevel::Local | ConfigLevel::Worktree | ConfigLevel::App) {
            found = entry.value().ok().map(str::to_owned);
        }
    }
    found.filter(|v| !v.is_empty())
}

fn expand(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(path),
    }
}

fn last_words(err: &str) -> String {
    let lines: Vec<&str> = err.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("[GNUPG:]")).collect();
    lines.iter().rev().take(3).rev().copied().collect::<Vec<_>>().join(" | ")
}

/// Runs it to its end; both outputs. It is stopped when it takes too long.
fn finish(mut command: Command, input: Option<&[u8]>, program: &str) -> Result<(Vec<u8>, String), GitError> {
    for name in crate::forge::TOKEN_VARIABLES {
        command.env_remove(name);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|e| GitError::Signing(format!("{program} can't be started: {e}")))?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        // It may end without reading all; then its status tells why.
        let _closed = stdin.write_all(input);
    }
    let read = |stream: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            if let Some(mut stream) = stream {
                let _broken = stream.read_to_end(&mut kept);
            }
            kept
        })
    };
    let out = read(child.stdout.take().map(|s| Box::new(s) as Box<dyn Read + Send>));
    let err = read(child.stderr.take().map(|s| Box::new(s) as Box<dyn Read + Send>));
    let deadline = Instant::now() + AT_MOST;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(10)),
            _ => {
                let _gone = child.kill();
                let _reaped = child.wait();
                return Err(GitError::Signing(format!("{program} gave no answer within {} s", AT_MOST.as_secs())));
            }
        }
    };
    let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
    let err = String::from_utf8_lossy(&err).into_owned();
    if status.success() {
        return Ok((out, err));
    }
    Err(GitError::Signing(format!("{program} says: {}", last_words(&err))))
}
