//! Answers what Git and ssh ask for, without the secret ever standing in an argument, a variable of the environment or a
//! file: a small script that both call hands the question through one pipe and gets the answer through another. The pipes
//! live in a folder that only this user may enter, and an answer is given only for the host it belongs to.

use crate::error::GitError;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs::{OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{self, Receiver, Sender};
use tokio::task::JoinHandle;
use xcf_core::secret::Secret;

/// A question ends with a NUL, because ssh asks over several lines. An empty answer is a refusal.
const SCRIPT: &str = "#!/bin/sh\nprintf '%s\\000' \"$1\" >\"$0.ask\" || exit 1\nIFS= read -r answer <\"$0.answer\" || exit 1\n[ -n \"$answer\" ] || exit 1\nprintf '%s\\n' \"$answer\"\n";
/// Longest question that is read.
const LONGEST: usize = 16 << 10;

/// A login for one host.
#[derive(Debug, Clone)]
pub struct Login {
    /// Host it is for, as the remote's address names it.
    pub host: String,
    /// User name.
    pub user: String,
    /// Password or token.
    pub secret: Secret,
}

/// The script and who answers it, until dropped.
pub(crate) struct Askpass {
    folder: TempDir,
    answering: JoinHandle<()>,
}

impl Askpass {
    /// Sets the script up below `scratch`.
    pub(crate) fn start(scratch: &Path, login: Option<Login>) -> Result<Self, GitError> {
        let io = |e: std::io::Error| GitError::io("prepare the answers for Git in", scratch, &e);
        std::fs::create_dir_all(scratch).map_err(io)?;
        let folder = tempfile::Builder::new()
            .prefix("askpass-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(scratch)
            .map_err(io)?;
        let script = folder.path().join("ask");
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o700).open(&script).map_err(io)?;
        file.write_all(SCRIPT.as_bytes()).map_err(io)?;
        // An open writer would make its start fail.
        drop(file);
        let pipe = |end: &str| -> Result<PathBuf, GitError> {
            let place = folder.path().join(format!("ask.{end}"));
            let made = mknodat(CWD, &place, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0);
            made.map_err(|e| io(e.into()))?;
            Ok(place)
        };
        let (ask, answer) = (pipe("ask")?, pipe("answer")?);
        // Opened both ways and for good, so that neither end sees the other's as closed between two questions.
        let both_ways = || pipe::OpenOptions::new().read_write(true).clone();
        let questions = both_ways().open_receiver(&ask).map_err(io)?;
        let leftovers = both_ways().open_receiver(&answer).map_err(io)?;
        let answers = both_ways().open_sender(&answer).map_err(io)?;
        let answering = tokio::spawn(reply(questions, leftovers, answers, login));
        Ok(Self { folder, answering })
    }

    /// What `GIT_ASKPASS` and `SSH_ASKPASS` are set to.
    pub(crate) fn program(&self) -> PathBuf {
        self.folder.path().join("ask")
    }
}

impl Drop for Askpass {
    fn drop(&mut self) {
        self.answering.abort();
    }
}

async fn reply(mut questions: Receiver, leftovers: Receiver, mut answers: Sender, login: Option<Login>) {
    let mut seen = Vec::new();
    let mut some = [0_u8; 1024];
    loop {
        while let Some(end) = seen.iter().position(|b| *b == 0) {
            let question: Vec<u8> = seen.drain(..=end).collect();
            let question = String::from_utf8_lossy(&question).into_owned();
            // What somebody asked for and did not take is not for the next one.
            while leftovers.try_read(&mut some).is_ok_and(|n| n > 0) {}
            let text = respond(&question, login.as_ref());
            let line = Secret::new(format!("{}\n", text.as_ref().map_or("", |t| t.expose())));
            if answers.write_all(line.expose().as_bytes()).await.is_err() {
                return;
            }
        }
        match questions.read(&mut some).await {
            Ok(0) | Err(_) => return,
            Ok(n) => seen.extend(some.iter().take(n)),
        }
        if seen.len() > LONGEST {
            return;
        }
    }
}

/// The answer to one question: Git's `Username for 'https://host'` and `Password for 'https://user@host'`, if they name the
/// host of the login. Anything else (a host key to confirm, a passphrase) is for a person and is refused.
fn respond(question: &str, login: Option<&Login>) -> Option<Secret> {
    let login = login?;
    let (_, rest) = question.split_once('\'')?;
    let (address, _) = rest.rsplit_once('\'')?;
    let asked = crate::remote::Remote::read(address);
    if asked.host.as_deref() != Some(login.host.as_str()) {
        return None;
    }
    if question.starts_with("Username") {
        Some(Secret::new(login.user.clone()))
    } else if question.starts_with("Password") {
        Some(login.secret.clone())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn login() -> Login {
        Login { host: "git.acme.example".into(), user: "ann".into(), secret: Secret::new("t0ken 'x' $y") }
    }

    #[test]
    fn d13_only_the_own_host_gets_an_answer() {
        let of = |question: &str| respond(question, Some(&login())).map(|s| s.expose().to_owned());
        assert_eq!(of("Username for 'https://git.acme.example': ").as_deref(), Some("ann"));
        assert_eq!(of("Password for 'https://ann@git.acme.example:8443': ").as_deref(), Some("t0ken 'x' $y"));
        assert_eq!(of("Password for 'https://ann@evil.example': "), None);
        assert_eq!(of("Password for 'https://git.acme.example@evil.example': "), None);
        assert_eq!(of("The authenticity of host 'git.acme.example' can't be established.\nAre you sure?"), None);
        assert_eq!(of("Enter passphrase for key 'https://git.acme.example': "), None);
        assert!(respond("Username for 'https://git.acme.example': ", None).is_none());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn d13_the_script_answers_again_and_again_and_refuses_what_is_not_ours() {
        let scratch = tempfile::tempdir().unwrap();
        let askpass = Askpass::start(&scratch.path().join("with blank"), Some(login())).unwrap();
        let program = askpass.program();
        let ask = move |question: &'static str| {
            let out = Command::new(&program).arg(question).output().unwrap();
            (out.status.success(), String::from_utf8(out.stdout).unwrap())
        };
        let asked = tokio::task::spawn_blocking(move || {
            let user = ask("Username for 'https://git.acme.example': ");
            let password = ask("Password for 'https://ann@git.acme.example': ");
            let refused =
                ask("The authenticity of host 'x' can't be established.\nED25519 key.\nAre you sure (yes/no)? ");
            (user, password, refused, ask("Password for 'https://ann@git.acme.example': "))
        });
        let (user, password, refused, again) = asked.await.unwrap();
        assert_eq!(user, (true, "ann\n".to_owned()));
        assert_eq!(password, (true, "t0ken 'x' $y\n".to_owned()));
        assert_eq!(refused, (false, String::new()));
        assert_eq!(again, password);
        let folder = askpass.program().parent().unwrap().to_owned();
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        drop(askpass);
        assert!(!folder.exists(), "nothing is left behind");
    }
}
