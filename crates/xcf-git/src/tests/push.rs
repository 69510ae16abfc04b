//! Pushes to real Git servers, over http and ssh, and everything that can go wrong on the way.

use super::servers::{Http, Sshd, bare};
use super::{Ground, git_in};
use crate::{GitError, Login, Push, Pushed};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use xcf_core::secret::Secret;

const TOKEN: &str = "t0ken-that-nobody-sees";

fn push(ground: &Ground, login: Option<&str>) -> Push {
    Push {
        remote: "origin".to_owned(),
        commit: ground.repo().head_commit().unwrap(),
        branch: "xcf/one".to_owned(),
        login: login.map(|secret| Login { host: "127.0.0.1".into(), user: "ann".into(), secret: Secret::new(secret) }),
        scratch: ground.beside("scratch"),
        at_most: Duration::from_secs(60),
        cancel: CancellationToken::new(),
    }
}

async fn go(ground: &Ground, push: &Push) -> Result<Pushed, GitError> {
    let result = ground.repo().push(push).await;
    let left: Vec<_> = fs::read_dir(ground.beside("scratch")).into_iter().flatten().collect();
    assert!(left.is_empty(), "the way to the answers is gone: {left:?}");
    if let Err(error) = &result {
        let text = format!("{error} {error:?}");
        assert!(!text.contains(TOKEN) && !text.contains("s3cret"), "{text}");
    }
    result
}

async fn code(ground: &Ground, push: &Push) -> &'static str {
    match go(ground, push).await {
        Ok(done) => panic!("it went through: {done:?}"),
        Err(error) => {
            println!("{}: {error}", error.code());
            error.code()
        }
    }
}

fn script(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A repository with one commit, and a served bare one that asks for `ann` and the token.
fn over_http() -> Option<(Ground, std::path::PathBuf, Http)> {
    let ground = Ground::with(&[("a", "1")]);
    let served = bare(&ground);
    let http = Http::serve(&served, &format!("ann:{TOKEN}"))?;
    ground.git(&["remote", "add", "origin", &http.url("infra.git")]);
    Some((ground, served.join("infra.git"), http))
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_a_push_over_http_arrives_and_its_token_is_seen_by_nobody() {
    let Some((ground, bare, _http)) = over_http() else { return };
    // Run by Git in the middle of it: every argument and environment of this machine that this user may read.
    let seen = ground.beside("seen");
    let look = format!(
        "for p in /proc/[0-9]*; do cat $p/cmdline $p/environ 2>/dev/null; done | tr '\\000' '\\n' >'{}'",
        seen.display()
    );
    script(&ground.root().join(".git/hooks/pre-push"), &look);
    let wanted = push(&ground, Some(TOKEN));
    assert!(go(&ground, &wanted).await.unwrap().changed);
    assert_eq!(git_in(&bare, &["rev-parse", "xcf/one"]), wanted.commit.as_str());
    assert_eq!(ground.git(&["rev-parse", "origin/xcf/one"]), wanted.commit.as_str());
    let seen = fs::read_to_string(&seen).unwrap_or_else(|e| {
        String::from_utf8_lossy(&fs::read(&seen).unwrap_or_default()).into_owned() + &e.to_string()
    });
    assert!(seen.contains("GIT_ASKPASS="), "the hook looked");
    // The server of this test knows it from its own start; nobody else may.
    let own = seen.lines().filter(|l| l.contains(TOKEN) && !l.starts_with("GIT_HTTP_LOGIN=")).count();
    assert_eq!(own, 0, "the token stands in arguments or environments");
    assert!(!fs::read_to_string(ground.root().join(".git/config")).unwrap().contains(TOKEN));
    // Once more: nothing to do is no error.
    assert!(!go(&ground, &wanted).await.unwrap().changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_what_http_refuses_is_told_apart() {
    let Some((ground, bare, http)) = over_http() else { return };
    assert_eq!(code(&ground, &push(&ground, Some("wrong"))).await, "push-auth-failed");
    assert_eq!(code(&ground, &push(&ground, None)).await, "push-auth-failed");
    let mut elsewhere = push(&ground, Some(TOKEN));
    elsewhere.login.as_mut().unwrap().host = "git.acme.example".to_owned();
    assert_eq!(code(&ground, &elsewhere).await, "push-auth-failed", "a login of another host is not given away");
    go(&ground, &push(&ground, Some(TOKEN))).await.unwrap();
    ground.git(&["commit", "-q", "--amend", "-m", "rewritten"]);
    assert_eq!(code(&ground, &push(&ground, Some(TOKEN))).await, "push-not-fast-forward");
    script(&bare.join("hooks/pre-receive"), "echo 'no freeze breaking on fridays' >&2; exit 1");
    let mut other = push(&ground, Some(TOKEN));
    other.branch = "xcf/two".to_owned();
    let refused = go(&ground, &other).await.unwrap_err();
    assert_eq!(refused.code(), "push-refused");
    assert!(refused.to_string().contains("no freeze breaking on fridays"), "{refused}");
    fs::remove_file(bare.join("hooks/pre-receive")).unwrap();
    script(&ground.root().join(".git/hooks/pre-push"), "echo 'run the linter first' >&2; exit 1");
    let refused = go(&ground, &other).await.unwrap_err();
    assert_eq!(refused.code(), "push-hook-failed");
    assert!(refused.to_string().contains("run the linter first"), "{refused}");
    fs::remove_file(ground.root().join(".git/hooks/pre-push")).unwrap();
    ground.git(&["remote", "set-url", "origin", &http.url("nothing.git")]);
    assert_eq!(code(&ground, &other).await, "remote-not-found");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    ground.git(&["remote", "set-url", "origin", &format!("http://ann:s3cret@{nobody}/x.git")]);
    let refused = go(&ground, &other).await.unwrap_err();
    assert_eq!((refused.code(), refused.passes()), ("remote-unreachable", true), "{refused}");
    other.remote = "upstream".to_owned();
    assert_eq!(code(&ground, &other).await, "no-remote");
}

#[tokio::test(flavor = "multi_thread")]
async fn d13_a_password_in_the_address_is_used_and_stays_out_of_arguments() {
    let Some((ground, bare, http)) = over_http() else { return };
    let url = http.url("infra.git").replace("http://", &format!("http://ann:{TOKEN}@"));
    ground.git(&["remote", "set-url", "origin", &url]);
    let seen = ground.beside("seen");
    let look = format!(
        "for p in /proc/[0-9]*; do cat $p/cmdline 2>/dev/null; done | tr '\\000' '\\n' >'{}'; echo \"$@\" >>'{}'",
        seen.display(),
        seen.display()
    );
    script(&ground.root().join(".git/hooks/pre-push"), &look);
    go(&ground, &push(&ground, None)).await.unwrap();
    git_in(&bare, &["rev-parse", "xcf/one"]);
    assert!(!String::from_utf8_lossy(&fs::read(&seen).unwrap()).contains(TOKEN));
}

/// Processes whose arguments contain `sign`.
fn running(sign: &str) -> usize {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let line = |e: fs::DirEntry| fs::read(e.path().join("cmdline")).unwrap_or_default();
    all.map(line).filter(|l| String::from_utf8_lossy(l).contains(sign)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_a_push_without_an_end_is_stopped_with_everything_it_started() {
    let ground = Ground::with(&[("a", "1")]);
    // Takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let sign = format!("{}/silent.git", silent.local_addr().unwrap());
    ground.git(&["remote", "add", "origin", &format!("http://{sign}")]);
    let mut late = push(&ground, None);
    late.at_most = Duration::from_millis(300);
    assert_eq!(code(&ground, &late).await, "push-timeout");
    assert_eq!(running(&sign), 0, "Git's helpers are gone");
    let wanted = push(&ground, None);
    let cancel = wanted.cancel.clone();
    let accepted = tokio::task::spawn_blocking(move || {
        // The one of the first push, then the one to cancel; both are kept open.
        let (first, second) = (silent.accept().unwrap(), silent.accept().unwrap());
        cancel.cancel();
        (first, second, silent)
    });
    assert_eq!(code(&ground, &wanted).await, "push-cancelled");
    let _open = accepted.await.unwrap();
    assert_eq!(running(&sign), 0, "Git's helpers are gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_a_push_over_ssh_uses_the_users_ssh_and_never_asks_a_terminal() {
    let ground = Ground::with(&[("a", "1")]);
    let served = bare(&ground);
    let Some(sshd) = Sshd::start(&ground) else { return };
    let url = format!("ssh://{}@127.0.0.1:{}{}/infra.git", sshd.user, sshd.port, served.display());
    ground.git(&["remote", "add", "origin", &url]);
    let wanted = push(&ground, None);
    sshd.client(&ground, "client", None);
    assert_eq!(code(&ground, &wanted).await, "host-key-unknown");
    sshd.client(&ground, "client", Some("other-host"));
    assert_eq!(code(&ground, &wanted).await, "host-key-changed");
    sshd.client(&ground, "stranger", Some("host"));
    assert_eq!(code(&ground, &wanted).await, "push-auth-failed");
    sshd.client(&ground, "client", Some("host"));
    assert!(go(&ground, &wanted).await.unwrap().changed);
    assert_eq!(git_in(&served.join("infra.git"), &["rev-parse", "xcf/one"]), wanted.commit.as_str());
    ground.git(&["remote", "set-url", "origin", &url.replace("infra.git", "nothing.git")]);
    assert_eq!(code(&ground, &wanted).await, "remote-not-found");
}
