//! Tests on real repositories in temporary folders, made and judged by the real `git` where that says more.

mod commits;
mod diffs;
mod exports;
mod names;
mod push;
mod servers;
mod signing;
mod trees;

use crate::{Author, Repo};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A repository in a temporary folder, worked on by the real `git`.
struct Ground {
    dir: TempDir,
}

impl Ground {
    /// An empty repository with branch `main`.
    fn empty() -> Self {
        let ground = Self { dir: TempDir::new().unwrap() };
        fs::create_dir(ground.root()).unwrap();
        ground.git(&["init", "-q", "-b", "main"]);
        ground
    }

    /// One commit with `files` (path, content).
    fn with(files: &[(&str, &str)]) -> Self {
        let ground = Self::empty();
        for (path, content) in files {
            ground.write(path, content);
        }
        ground.commit_all("first");
        ground
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("repo")
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let place = self.root().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, content).unwrap();
    }

    fn commit_all(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn git(&self, args: &[&str]) -> String {
        git_in(&self.root(), args)
    }

    fn repo(&self) -> Repo {
        Repo::discover(&self.root()).unwrap()
    }
}

/// Runs `git` with nobody's settings; its output without the last line end.
fn git_in(dir: &Path, args: &[&str]) -> String {
    let (ok, out) = try_git(dir, args);
    assert!(ok, "git {args:?}: {out}");
    out
}

fn try_git(dir: &Path, args: &[&str]) -> (bool, String) {
    let mut git = Command::new("git");
    git.current_dir(dir).args(args).env("HOME", "/nonexistent").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "Ann").env(format!("GIT_{who}_EMAIL"), "ann@acme.example");
    }
    let out = git.output().unwrap();
    let text = if out.status.success() { out.stdout } else { out.stderr };
    (out.status.success(), String::from_utf8_lossy(&text).trim_end().to_owned())
}

fn bob() -> Author {
    Author { name: "Bob".to_owned(), email: "bob@acme.example".to_owned() }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}
