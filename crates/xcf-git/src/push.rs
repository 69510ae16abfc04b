//! Pushing: the system's `git` does the network (`D4`), as its user has it set up: ssh configuration, proxies, hooks. It
//! never waits for a terminal, never forces, and ends with everything it started when it is cancelled or takes too long.

use crate::askpass::{Askpass, Login};
use crate::error::GitError;
use crate::forge::TOKEN_VARIABLES;
use crate::remote::Remote;
use crate::repo::Repo;
use crate::verdict::verdict;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;
use xcf_core::ids::CommitId;
use xcf_core::secret::{Redactor, Secret};

/// Most bytes of each output that are kept.
const MOST_OUTPUT: usize = 64 << 10;
/// Time for Git to end after it was told to.
const GRACE: Duration = Duration::from_secs(2);
/// Settings of the caller's own Git call that must not reach ours: a hook that started us has them set.
const INHERITED: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
];
/// Traces could print what is sent.
const TRACES: [&str; 4] = ["GIT_TRACE", "GIT_TRACE_CURL", "GIT_CURL_VERBOSE", "GIT_TRACE_PACKET"];

/// What is pushed where, and with what.
#[derive(Debug, Clone)]
pub struct Push {
    /// Name of the remote.
    pub remote: String,
    /// Commit.
    pub commit: CommitId,
    /// Branch there.
    pub branch: String,
    /// Login to answer with; none: the user's own credential helpers and keys.
    pub login: Option<Login>,
    /// Folder for the pipes to Git; made if it is not there.
    pub scratch: PathBuf,
    /// Longest time it may take.
    pub at_most: Duration,
    /// Ends it.
    pub cancel: CancellationToken,
}

/// A push that went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// False if the branch was there already, as it is.
    pub changed: bool,
    /// What the server said, without its `remote: `.
    pub said: Vec<String>,
}

impl Repo {
    /// The remote `name` as it is pushed to.
    ///
    /// # Errors
    /// `no-remote`, `git-failed`.
    pub fn remote(&self, name: &str) -> Result<Remote, GitError> {
        let name = name.to_owned();
        self.handles.with(|repo| match repo.find_remote(&name) {
            Ok(remote) => {
                let url = remote.pushurl().ok().flatten().or_else(|| remote.url().ok()).map(str::to_owned);
                url.map(|u| Remote::read(&u)).ok_or_else(|| GitError::NoRemote(name.clone()))
            }
            Err(e) if e.code() == git2::ErrorCode::NotFound => Err(GitError::NoRemote(name.clone())),
            Err(e) => Err(crate::error::failed(format!("read remote {name}"))(e)),
        })
    }

    /// Pushes a commit to a branch. Pushing what is there already is no error.
    ///
    /// # Errors
    /// `push-not-fast-forward`, `push-refused`, `push-hook-failed`, `push-auth-failed`, `host-key-unknown`,
    /// `host-key-changed`, `remote-not-found`, `remote-unreachable`, `push-tls-failed`, `push-timeout`, `push-cancelled`,
    /// `no-remote`, `git-missing`, `push-failed`.
    pub async fn push(&self, push: &Push) -> Result<Pushed, GitError> {
        let remote = self.remote(&push.remote)?;
        let mut redactor = Redactor::default();
        let mut login = push.login.clone();
        if let (Some(password), Some(host)) = (&remote.password, &remote.host) {
            redactor.learn(password);
            let user = remote.user.clone().unwrap_or_else(|| "git".to_owned());
            login = login.or_else(|| Some(Login { host: host.clone(), user, secret: password.clone() }));
        }
        if let Some(login) = &login {
            redactor.learn(&login.secret);
        }
        let askpass = Askpass::start(&push.scratch, login.clone())?;
        let mut git = Command::new("git");
        git.arg("-C").arg(self.workdir()?).args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=45"]);
        if login.is_some() {
            // Helpers would be asked first, and would keep our token.
            git.args(["-c", "credential.helper="]);
        }
        // An address with a password would stand in the arguments of Git's own helpers.
        let target = if remote.password.is_some() { remote.address.as_str() } else { push.remote.as_str() };
        git.args(["push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", target]);
        git.arg(format!("{}:refs/heads/{}", push.commit, push.branch));
        surroundings(&mut git, &askpass);
        let done = run(git, push).await?;
        let (out, err) = (redactor.redact(&done.out), redactor.redact(&done.err));
        let pushed = verdict(done.success, &out, &err, &remote)?;
        self.remember_pushed(push);
        Ok(pushed)
    }

    /// What Git itself notes where it knows the remote by name. Not worth an error.
    fn remember_pushed(&self, push: &Push) {
        let name = format!("refs/remotes/{}/{}", push.remote, push.branch);
        let noted = self.handles.with(|repo| {
            let failed = crate::error::failed("note what was pushed");
            let oid = git2::Oid::from_str(push.commit.as_str());
            oid.and_then(|oid| repo.reference(&name, oid, true, "pushed")).map(|_| ()).map_err(failed)
        });
        if let Err(error) = noted {
            tracing::debug!(%error, "the remote branch is not noted here");
        }
    }
}

fn surroundings(git: &mut Command, askpass: &Askpass) {
    for name in INHERITED.iter().chain(&TRACES).chain(&TOKEN_VARIABLES) {
        git.env_remove(name);
    }
    git.env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", askpass.program())
        .env("SSH_ASKPASS", askpass.program())
        // Without this ssh would ask on the terminal of whoever started us.
        .env("SSH_ASKPASS_REQUIRE", "force")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
}

struct Done {
    success: bool,
    out: String,
    err: String,
}

/// Ends a whole process group unless it was left alone: ssh and hooks are children of Git, not ours.
struct Group(Option<rustix::process::Pid>);

impl Group {
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(pid) = self.0 {
            // Gone already is as good.
            let _gone = rustix::process::kill_process_group(pid, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(rustix::process::Signal::KILL);
    }
}

async fn run(mut git: Command, push: &Push) -> Result<Done, GitError> {
    let mut child = git.spawn().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => GitError::GitMissing,
        _ => GitError::Push { code: "push-failed", what: format!("git can't be started: {e}"), said: Vec::new() },
    })?;
    let mut group = Group(child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())));
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let ended = async {
        let (out, err, status) = tokio::join!(head(out), head(err), child.wait());
        (status.is_ok_and(|s| s.success()), out, err)
    };
    tokio::pin!(ended);
    let stopped = tokio::select! {
        (success, out, err) = &mut ended => {
            group.0 = None;
            return Ok(Done { success, out, err });
        }
        () = tokio::time::sleep(push.at_most) => GitError::PushTimeout(push.at_most.as_secs()),
        () = push.cancel.cancelled() => GitError::PushCancelled,
    };
    group.signal(rustix::process::Signal::TERM);
    let _late = tokio::time::timeout(GRACE, &mut ended).await;
    Err(stopped)
}

/// The beginning of an output; the rest is read and dropped, so that the writer does not hang.
async fn head(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut kept = Vec::new();
    let mut some = vec![0_u8; 8192];
    while let Ok(n) = stream.read(&mut some).await {
        if n == 0 {
            break;
        }
        let room = MOST_OUTPUT.saturating_sub(kept.len());
        kept.extend(some.iter().take(n.min(room)));
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// A login with a forge's token: what stands for the user name differs.
#[must_use]
pub fn token_login(remote: &Remote, token: &Secret, gitlab: bool) -> Option<Login> {
    if !matches!(remote.scheme, "http" | "https") {
        return None;
    }
    let fallback = if gitlab { "oauth2" } else { "x-access-token" };
    let user = remote.user.clone().unwrap_or_else(|| fallback.to_owned());
    Some(Login { host: remote.host.clone()?, user, secret: token.clone() })
}
