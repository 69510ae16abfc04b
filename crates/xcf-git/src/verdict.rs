//! What Git's answer to a push means. Git is asked in the language `C` and with `--porcelain`; hosts' own words are only
//! shown, never relied on where Git's tell.

use crate::error::GitError;
use crate::push::Pushed;
use crate::remote::Remote;

/// Most lines of the server that are shown.
const MOST_LINES: usize = 20;

/// Reads both outputs; they are masked already.
pub(crate) fn verdict(success: bool, out: &str, err: &str, remote: &Remote) -> Result<Pushed, GitError> {
    let said: Vec<String> = err
        .lines()
        .filter_map(|line| line.strip_prefix("remote:"))
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .take(MOST_LINES)
        .collect();
    // FLAG<tab>from:to<tab>summary
    let update = out.lines().find(|l| l.contains(":refs/heads/") && l.get(1..2) == Some("\t"));
    if success {
        return Ok(Pushed { changed: !update.is_some_and(|u| u.starts_with('=')), said });
    }
    let place = &remote.address;
    if let Some(reason) = update.filter(|u| u.starts_with('!')).and_then(|u| u.split('\t').nth(2)) {
        return Err(refused(reason, said));
    }
    let known = TROUBLES.iter().find(|(sign, _, _)| err.contains(sign));
    if let Some((_, code, what)) = known {
        return Err(GitError::Push { code, what: format!("{what} ({place})"), said: spoken(said, err) });
    }
    // Nothing was even tried: a hook of this repository said no.
    if update.is_none() && err.contains("failed to push some refs") {
        let what = "the `pre-push` hook of this repository failed, so nothing was pushed".to_owned();
        return Err(GitError::Push { code: "push-hook-failed", what, said: spoken(said, err) });
    }
    Err(GitError::Push { code: "push-failed", what: format!("git push to {place} failed"), said: spoken(said, err) })
}

fn refused(reason: &str, said: Vec<String>) -> GitError {
    let words = |code, what: &str| GitError::Push { code, what: what.to_owned(), said: said.clone() };
    if ["non-fast-forward", "fetch first", "needs force", "stale info"].iter().any(|sign| reason.contains(sign)) {
        return words(
            "push-not-fast-forward",
            "the branch has commits there that are not here; nothing was overwritten: get them first (`git pull --rebase`)",
        );
    }
    words("push-refused", &format!("the server refused the push: {reason}"))
}

/// The server's words; without any, Git's own.
fn spoken(said: Vec<String>, err: &str) -> Vec<String> {
    if !said.is_empty() {
        return said;
    }
    let own = err.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("To "));
    own.take(MOST_LINES).map(str::to_owned).collect()
}

/// Sign in Git's or ssh's words, code, what it means. The first that is found counts.
const TROUBLES: [(&str, &str, &str); 22] = [
    (
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        "host-key-changed",
        "the host key is another than the known one: somebody may be in between; ask who runs the server",
    ),
    (
        "Host key verification failed",
        "host-key-unknown",
        "the host key is not known here; compare it with the one its owner publishes, then add it: `ssh-keyscan HOST >> ~/.ssh/known_hosts`",
    ),
    ("Authentication failed", "push-auth-failed", "the user name or token was not accepted"),
    ("could not read Username", "push-auth-failed", "a login is needed and there is none: `xcf pr login`"),
    ("could not read Password", "push-auth-failed", "a login is needed and there is none: `xcf pr login`"),
    (
        "Permission denied (",
        "push-auth-failed",
        "ssh has no key that is accepted there: `ssh-add` one, or add it there",
    ),
    ("requested URL returned error: 401", "push-auth-failed", "the user name or token was not accepted"),
    ("requested URL returned error: 403", "push-auth-failed", "this login may not push there"),
    (
        "requested URL returned error: 404",
        "remote-not-found",
        "there is no such repository, or this login may not see it",
    ),
    ("requested URL returned error: 5", "remote-unreachable", "the server has trouble of its own"),
    ("Repository not found", "remote-not-found", "there is no such repository, or this login may not see it"),
    ("does not appear to be a git repository", "remote-not-found", "there is no such repository"),
    ("repository '", "remote-not-found", "there is no such repository, or this login may not see it"),
    ("SSL certificate problem", "push-tls-failed", "the server's certificate is not trusted here"),
    ("server certificate verification failed", "push-tls-failed", "the server's certificate is not trusted here"),
    ("Could not resolve host", "remote-unreachable", "the host can't be found"),
    ("Could not resolve hostname", "remote-unreachable", "the host can't be found"),
    ("Connection refused", "remote-unreachable", "nobody answers there"),
    ("Connection timed out", "remote-unreachable", "nobody answers there"),
    ("Network is unreachable", "remote-unreachable", "there is no way there from here"),
    ("Failed to connect", "remote-unreachable", "nobody answers there"),
    ("unable to access", "remote-unreachable", "it can't be reached"),
];
