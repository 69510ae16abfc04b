//! Private exports.

use super::Ground;
use crate::GitError;
use git2::{ObjectType, Repository, Signature};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn rich_ground() -> Ground {
    let ground =
        Ground::with(&[("modules/vpc/main.tf", "resource\n"), ("plain", "1"), ("crlf", "a\r\nb\r\n"), ("a b/é", "2")]);
    ground.write("run.sh", "#!/bin/sh\n");
    fs::set_permissions(ground.root().join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("../modules/vpc", ground.root().join("a b/to-vpc")).unwrap();
    ground.write("empty", "");
    ground.commit_all("rich");
    ground
}

fn nothing_left(ground: &Ground, destination: &Path) {
    assert!(fs::symlink_metadata(destination).is_err(), "a destination was left");
    let beside: Vec<_> = fs::read_dir(ground.dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!beside.iter().any(|n| n.to_string_lossy().starts_with(".export-")), "{beside:?}");
}

#[test]
fn dsl8_export_holds_the_whole_tree_privately_and_leaves_the_checkout_alone() {
    let ground = rich_ground();
    let repo = ground.repo();
    let commit = repo.head_commit().unwrap();
    ground.write("plain", "changed since");
    ground.write("staged", "x");
    ground.git(&["add", "staged"]);
    let state = || (ground.git(&["status", "--porcelain"]), fs::read(ground.root().join(".git/index")).unwrap());
    let before = state();
    let destination = ground.beside("new/export");
    let done = repo.export(&commit, &destination).unwrap();
    assert_eq!(state(), before);
    assert_eq!((done.root.as_path(), done.files, done.notes.len()), (destination.as_path(), 7, 0));
    let text = |path: &str| fs::read_to_string(destination.join(path)).unwrap();
    assert_eq!(
        (text("plain"), text("crlf"), text("a b/é"), text("empty")),
        ("1".into(), "a\r\nb\r\n".into(), "2".into(), String::new())
    );
    assert_eq!(text("a b/to-vpc/main.tf"), "resource\n");
    assert_eq!(fs::read_link(destination.join("a b/to-vpc")).unwrap(), PathBuf::from("../modules/vpc"));
    for (path, expected) in [("", 0o700), ("modules/vpc", 0o700), ("plain", 0o600), ("run.sh", 0o700)] {
        assert_eq!(mode(&destination.join(path)), expected, "{path}");
    }
    assert!(!destination.join(".git").exists() && !destination.join("staged").exists());
}

#[test]
fn dsl9_export_of_the_working_tree_holds_what_is_on_disk() {
    let ground = rich_ground();
    ground.write("plain", "changed since");
    ground.write("fresh", "new");
    ground.write(".gitignore", "*.log\n");
    ground.write("noise.log", "x");
    fs::remove_file(ground.root().join("crlf")).unwrap();
    let destination = ground.beside("export");
    let before = ground.git(&["status", "--porcelain"]);
    ground.repo().export_work_tree(&destination).unwrap();
    assert_eq!(ground.git(&["status", "--porcelain"]), before);
    assert_eq!(fs::read_to_string(destination.join("plain")).unwrap(), "changed since");
    assert_eq!(fs::read_to_string(destination.join("fresh")).unwrap(), "new");
    assert!(!destination.join("noise.log").exists() && !destination.join("crlf").exists());
    assert_eq!(
        (mode(&destination), mode(&destination.join("run.sh")), mode(&destination.join("plain"))),
        (0o700, 0o700, 0o600)
    );
}

#[test]
fn d13_links_out_of_the_repository_are_refused_and_nothing_is_left() {
    let escapes = ["/etc/passwd", "../outside", "sub/../../outside", "../../../../../../etc"];
    for target in escapes {
        let ground = Ground::with(&[("a", "1")]);
        fs::create_dir(ground.root().join("sub")).unwrap();
        symlink(target, ground.root().join("link")).unwrap();
        let repo = ground.repo();
        let destination = ground.beside("export");
        let error = repo.export_work_tree(&destination).unwrap_err();
        assert_eq!(error, GitError::SymlinkEscapes { path: "link".to_owned(), target: target.to_owned() });
        nothing_left(&ground, &destination);
        ground.commit_all("with link");
        assert_eq!(repo.export(&repo.head_commit().unwrap(), &destination).unwrap_err().code(), "symlink-escapes");
        nothing_left(&ground, &destination);
    }
}

#[test]
fn d13_a_link_that_escapes_through_another_is_refused() {
    let ground = Ground::with(&[("p/q/f", "1")]);
    symlink("../..", ground.root().join("p/q/s")).unwrap();
    symlink("p/q/s/../outside", ground.root().join("t")).unwrap();
    let error = ground.repo().export_work_tree(&ground.beside("export")).unwrap_err();
    assert!(matches!(&error, GitError::SymlinkEscapes { path, .. } if path == "t"), "{error}");
}

/// A commit whose tree `git` itself would not write: one raw entry each.
fn crafted(ground: &Ground, entries: &[(&str, &str)]) -> xcf_core::ids::CommitId {
    let raw = Repository::open(ground.root()).unwrap();
    let mut tree = Vec::new();
    for (mode, name) in entries {
        let blob = raw.blob(if *mode == "120000" { b"/tmp" } else { b"evil" }).unwrap();
        tree.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        tree.extend_from_slice(blob.as_bytes());
    }
    let tree = raw.odb().unwrap().write(ObjectType::Tree, &tree).unwrap();
    let who = Signature::now("Eve", "eve@acme.example").unwrap();
    let text = format!("tree {tree}\nauthor {who} 1 +0000\ncommitter {who} 1 +0000\n\ncrafted\n");
    let commit = raw.odb().unwrap().write(ObjectType::Commit, text.as_bytes()).unwrap();
    xcf_core::ids::CommitId::new(commit.to_string())
}

#[test]
fn d13_crafted_tree_names_never_leave_the_export() {
    for name in ["..", ".", ".git", ".GIT", "../evil", "/tmp/evil"] {
        let ground = Ground::with(&[("a", "1")]);
        let commit = crafted(&ground, &[("100644", name)]);
        let repo = ground.repo();
        let destination = ground.beside("export");
        let error = repo.export(&commit, &destination).unwrap_err();
        assert!(["unsafe-tree", "git-failed"].contains(&error.code()), "{name}: {error}");
        assert!(repo.tree(&commit).is_err(), "{name}");
        nothing_left(&ground, &destination);
    }
}

#[test]
fn d13_a_name_that_is_link_and_file_at_once_is_refused() {
    let ground = Ground::with(&[("a", "1")]);
    let commit = crafted(&ground, &[("100644", "x"), ("100644", "x")]);
    let destination = ground.beside("export");
    assert!(ground.repo().export(&commit, &destination).is_err());
    nothing_left(&ground, &destination);
    let commit = crafted(&ground, &[("120000", "x"), ("100644", "x")]);
    assert!(ground.repo().export(&commit, &destination).is_err());
    nothing_left(&ground, &destination);
}

#[test]
fn export_refuses_an_existing_destination_and_unknown_commits() {
    let ground = Ground::with(&[("a", "1")]);
    let repo = ground.repo();
    let commit = repo.head_commit().unwrap();
    let there = ground.beside("there");
    fs::create_dir(&there).unwrap();
    assert_eq!(repo.export(&commit, &there).unwrap_err().code(), "destination-exists");
    let unknown = xcf_core::ids::CommitId::new("0".repeat(40));
    assert_eq!(repo.export(&unknown, &ground.beside("x")).unwrap_err().code(), "unknown-revision");
    nothing_left(&ground, &ground.beside("x"));
}

#[test]
fn submodules_are_left_out_of_an_export_with_a_note() {
    let ground = Ground::with(&[("a", "1")]);
    let id = ground.git(&["rev-parse", "HEAD"]);
    ground.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},sub")]);
    ground.git(&["commit", "-q", "-m", "gitlink"]);
    let repo = ground.repo();
    let done = repo.export(&repo.head_commit().unwrap(), &ground.beside("export")).unwrap();
    assert_eq!(done.files, 1);
    assert!(done.notes.len() == 1 && done.notes[0].contains("`sub`"), "{:?}", done.notes);
}
