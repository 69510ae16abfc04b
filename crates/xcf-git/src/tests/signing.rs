//! Signed commits, judged by the real `git verify-commit`.

use super::{Ground, bob, strings};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// An ssh key in the user's own way to sign; false where there is no `ssh-keygen`.
fn with_ssh_key(ground: &Ground) -> bool {
    let key = ground.beside("key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).output();
    if !made.is_ok_and(|out| out.status.success()) {
        println!("skipped: ssh-keygen is not on PATH");
        return false;
    }
    let public = fs::read_to_string(ground.beside("key.pub")).unwrap();
    let allowed = ground.beside("allowed");
    fs::write(&allowed, format!("bob@acme.example {public}")).unwrap();
    ground.git(&["config", "commit.gpgsign", "true"]);
    ground.git(&["config", "gpg.format", "ssh"]);
    ground.git(&["config", "user.signingkey", key.to_str().unwrap()]);
    ground.git(&["config", "gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()]);
    true
}

#[test]
fn i4_6_commits_are_signed_as_the_users_git_is_set_up() {
    let ground = Ground::with(&[("a", "1")]);
    if !with_ssh_key(&ground) {
        return;
    }
    ground.write("a", "2");
    let done = ground.repo().commit_on("xcf/signed", &strings(&["a"]), "Signed\n\nBody", &bob()).unwrap();
    ground.git(&["verify-commit", done.commit.as_str()]);
    assert_eq!(ground.git(&["rev-parse", "xcf/signed"]), done.commit.as_str());
    assert_eq!(ground.git(&["log", "-1", "--format=%G? %GS %s"]), "G bob@acme.example Signed");
    assert_eq!(ground.git(&["log", "-1", "--format=%gs", "-g", "HEAD"]), "commit: Signed");
    assert!(ground.git(&["fsck", "--strict"]).is_empty());
    // The first commit of a branch has no parent to move from.
    let first = Ground::empty();
    assert!(with_ssh_key(&first));
    first.write("a", "1");
    let done = first.repo().commit_paths(&strings(&["a"]), "first", &bob()).unwrap();
    first.git(&["verify-commit", done.commit.as_str()]);
}

#[test]
fn i4_6_what_can_not_be_signed_is_not_committed() {
    let ground = Ground::with(&[("a", "1")]);
    ground.write("a", "2");
    ground.git(&["config", "commit.gpgsign", "true"]);
    ground.git(&["config", "gpg.format", "ssh"]);
    let refuse = || {
        let refused = ground.repo().commit_on("xcf/x", &strings(&["a"]), "m", &bob()).unwrap_err();
        assert_eq!(refused.code(), "signing-failed", "{refused}");
        refused.to_string()
    };
    assert!(refuse().contains("user.signingkey"));
    ground.git(&["config", "user.signingkey", ground.beside("no-such-key").to_str().unwrap()]);
    refuse();
    ground.git(&["config", "gpg.format", "rot13"]);
    assert!(refuse().contains("rot13"));
    assert_eq!(ground.git(&["symbolic-ref", "HEAD"]), "refs/heads/main", "everything is as before");
    assert_eq!(ground.git(&["branch", "--list", "xcf/x"]), "");
    assert_eq!(ground.git(&["status", "--porcelain"]), " M a");
}

#[test]
fn d13_a_repository_names_no_program_that_signs() {
    let ground = Ground::with(&[("a", "1")]);
    if !with_ssh_key(&ground) {
        return;
    }
    let marker = ground.beside("ran");
    let evil = ground.beside("evil");
    fs::write(&evil, format!("#!/bin/sh\ntouch {}\n", marker.display())).unwrap();
    fs::set_permissions(&evil, fs::Permissions::from_mode(0o755)).unwrap();
    ground.git(&["config", "gpg.ssh.program", evil.to_str().unwrap()]);
    ground.write("a", "2");
    let done = ground.repo().commit_paths(&strings(&["a"]), "m", &bob()).unwrap();
    assert!(!marker.exists(), "the repository's own program did not run");
    ground.git(&["config", "--unset", "gpg.ssh.program"]);
    ground.git(&["verify-commit", done.commit.as_str()]);
}

#[test]
fn i4_6_a_branch_is_made_for_the_commit_and_no_file_is_touched() {
    let ground = Ground::with(&[("a", "1"), ("b", "1")]);
    ground.write("a", "2");
    // Another length: Git takes a file of the same length, changed within the second of the index, for unchanged.
    ground.write("b", "two");
    let repo = ground.repo();
    repo.commit_on("xcf/one", &strings(&["a"]), "One", &bob()).unwrap();
    assert_eq!(ground.git(&["symbolic-ref", "--short", "HEAD"]), "xcf/one");
    assert_eq!(ground.git(&["rev-parse", "xcf/one~1"]), ground.git(&["rev-parse", "main"]));
    assert_eq!(ground.git(&["status", "--porcelain"]), " M b", "the rest is as the user left it");
    // On the branch that is checked out: one more commit.
    repo.commit_on("xcf/one", &strings(&["b"]), "Two", &bob()).unwrap();
    let head = repo.head_commit().unwrap();
    let base = repo.resolve("main").unwrap();
    assert_eq!(repo.ahead(&base, &head, 10).unwrap().titles, ["Two", "One"]);
    // Another branch with other commits is not taken over, nor is a name that is none.
    ground.write("a", "3");
    assert_eq!(repo.commit_on("main", &strings(&["a"]), "m", &bob()).unwrap_err().code(), "branch-exists");
    for name in ["", "a b", "-f", "a..b", "x.lock", "HEAD", "a~1"] {
        assert_eq!(repo.commit_on(name, &strings(&["a"]), "m", &bob()).unwrap_err().code(), "bad-branch", "{name}");
    }
    // A commit that fails leaves neither the branch nor HEAD changed.
    assert_eq!(repo.commit_on("xcf/two", &strings(&["b"]), "m", &bob()).unwrap_err().code(), "nothing-to-commit");
    assert_eq!(ground.git(&["symbolic-ref", "--short", "HEAD"]), "xcf/one");
    assert_eq!(ground.git(&["branch", "--list", "xcf/two"]), "");
    ground.git(&["checkout", "-q", "--detach"]);
    assert_eq!(repo.commit_on("xcf/three", &strings(&["a"]), "m", &bob()).unwrap_err().code(), "detached-head");
}
