//! Listing and reading commits and working trees.

use super::{Ground, git_in};
use crate::Repo;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use xcf_core::ports::tree::{EntryKind, Tree, TreeError};

fn names(tree: &dyn Tree) -> Vec<&str> {
    tree.entries().iter().map(|e| e.path.as_str()).collect()
}

fn odd_ground() -> Ground {
    let ground = Ground::empty();
    for path in ["a b/c d.yaml", "é/ü 漢字.tf", "z-last", "a-b", "a.b", "a/x", "quote\"s", "new\nline", "-dash"] {
        ground.write(path, path);
    }
    symlink("a/x", ground.root().join("link")).unwrap();
    symlink("nowhere", ground.root().join("dangling")).unwrap();
    ground.commit_all("odd");
    ground
}

#[test]
fn a_commit_lists_what_git_lists_sorted_with_sizes_and_blob_ids() {
    let ground = odd_ground();
    let repo = ground.repo();
    let tree = repo.tree(&repo.head_commit().unwrap()).unwrap();
    let mut expected = BTreeMap::new();
    for line in ground.git(&["ls-tree", "-r", "-l", "-z", "HEAD"]).split('\0').filter(|l| !l.is_empty()) {
        let (facts, path) = line.split_once('\t').unwrap();
        let facts: Vec<_> = facts.split_whitespace().collect();
        expected.insert(path.to_owned(), (facts[0] == "120000", facts[2].to_owned(), facts[3].parse::<u64>().unwrap()));
    }
    let found: Vec<_> = tree
        .entries()
        .iter()
        .map(|e| (e.path.clone(), (e.kind == EntryKind::Symlink, e.content_id.clone(), e.size)))
        .collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    assert_eq!(&*tree.read("é/ü 漢字.tf", 100).unwrap(), "é/ü 漢字.tf".as_bytes());
    assert_eq!(&*tree.read("link", 100).unwrap(), b"a/x");
    assert_eq!(tree.under("a").len(), 1);
}

#[test]
fn limits_and_missing_paths_are_told_apart() {
    let ground = Ground::with(&[("big", &"x".repeat(1000)), ("dir/f", "y")]);
    ground.write("new", "z".repeat(1000));
    let repo = ground.repo();
    let commit = repo.tree(&repo.head_commit().unwrap()).unwrap();
    let work = repo.work_tree().unwrap();
    for tree in [&commit as &dyn Tree, &work] {
        assert!(matches!(tree.read("big", 999), Err(TreeError::TooLarge { size: 1000, limit: 999, .. })));
        assert_eq!(tree.read("big", 1000).unwrap().len(), 1000);
        for missing in ["nope", "dir", "", "../repo/big", ".git/config", "/etc/passwd"] {
            assert!(matches!(tree.read(missing, 9), Err(TreeError::Missing(_))), "{missing}");
        }
    }
    assert!(matches!(work.read("new", 10), Err(TreeError::TooLarge { .. })));
}

#[test]
fn a_clean_working_tree_is_its_commit() {
    let ground = odd_ground();
    let repo = ground.repo();
    let commit = repo.tree(&repo.head_commit().unwrap()).unwrap();
    let work = repo.work_tree().unwrap();
    assert_eq!(work.entries(), commit.entries());
    for entry in commit.entries() {
        assert_eq!(work.read(&entry.path, 1000).unwrap(), commit.read(&entry.path, 1000).unwrap(), "{}", entry.path);
    }
}

#[test]
fn a_working_tree_has_new_and_changed_files_but_no_ignored_or_removed_ones() {
    let ground = Ground::with(&[(".gitignore", "*.log\n/build/\n"), ("keep", "1"), ("gone", "1"), ("change", "1")]);
    ground.write("forced.log", "tracked although ignored");
    ground.git(&["add", "-f", "forced.log"]);
    ground.git(&["commit", "-q", "-m", "forced"]);
    fs::remove_file(ground.root().join("gone")).unwrap();
    ground.write("change", "2");
    ground.write("deep/er/new.yaml", "3");
    ground.write("noise.log", "x");
    ground.write("build/out", "x");
    ground.write("staged", "4");
    ground.git(&["add", "staged"]);
    let work = ground.repo().work_tree().unwrap();
    assert_eq!(names(&work), [".gitignore", "change", "deep/er/new.yaml", "forced.log", "keep", "staged"]);
    assert_eq!(&*work.read("change", 9).unwrap(), b"2");
    let id = |path: &str| work.entry(path).unwrap().content_id.clone();
    assert_eq!(id("change"), ground.git(&["hash-object", "change"]));
    assert_eq!(id("deep/er/new.yaml"), ground.git(&["hash-object", "deep/er/new.yaml"]));
}

#[test]
fn an_unborn_branch_has_only_its_working_tree() {
    let ground = Ground::empty();
    ground.write("x.yaml", "1");
    assert_eq!(names(&ground.repo().work_tree().unwrap()), ["x.yaml"]);
}

#[test]
fn dsl7_crlf_on_disk_never_passes_for_the_blob() {
    let ground = Ground::empty();
    ground.write(".gitattributes", "*.txt text eol=crlf\n");
    ground.write("a.txt", "one\r\ntwo\r\n");
    ground.commit_all("crlf");
    let repo = ground.repo();
    let commit = repo.tree(&repo.head_commit().unwrap()).unwrap();
    let work = repo.work_tree().unwrap();
    assert_eq!(&*commit.read("a.txt", 99).unwrap(), b"one\ntwo\n");
    assert_eq!(&*work.read("a.txt", 99).unwrap(), b"one\r\ntwo\r\n");
    assert_ne!(commit.entry("a.txt").unwrap().content_id, work.entry("a.txt").unwrap().content_id);
    assert_eq!(repo.dirty().unwrap(), []);
}

#[test]
fn large_changed_files_get_a_stamp_that_changes_with_them() {
    let ground = Ground::with(&[("a", "1")]);
    ground.write("large", vec![1; 2 << 20]);
    let repo = ground.repo();
    let id = || repo.work_tree().unwrap().entry("large").unwrap().content_id.clone();
    let before = id();
    assert!(before.starts_with("stat:"), "{before}");
    assert_eq!(id(), before);
    ground.write("large", vec![1; (2 << 20) + 1]);
    assert_ne!(id(), before);
}

#[test]
fn d13_a_working_tree_never_reads_through_links() {
    let ground = Ground::with(&[("dir/secret", "tracked"), ("other", "x")]);
    let outside = ground.beside("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "theirs").unwrap();
    let listed = ground.repo().work_tree().unwrap();
    fs::remove_dir_all(ground.root().join("dir")).unwrap();
    symlink(&outside, ground.root().join("dir")).unwrap();
    // Listed while it was a folder, read after it became a link.
    assert!(matches!(listed.read("dir/secret", 99), Err(TreeError::Unreadable { .. })));
    let now = ground.repo().work_tree().unwrap();
    assert_eq!(names(&now), ["dir", "other"]);
    assert_eq!(now.entry("dir").unwrap().kind, EntryKind::Symlink);
    assert_eq!(&*now.read("dir", 999).unwrap(), outside.as_os_str().as_bytes());
}

#[test]
fn names_that_are_no_utf8_are_listed_not_lost() {
    let ground = Ground::with(&[("a", "1")]);
    let odd = ground.root().join(OsStr::from_bytes(b"b\xff.yaml"));
    fs::write(&odd, "content").unwrap();
    ground.commit_all("odd name");
    let repo = ground.repo();
    let commit = repo.tree(&repo.head_commit().unwrap()).unwrap();
    let work = repo.work_tree().unwrap();
    for tree in [&commit as &dyn Tree, &work] {
        assert_eq!(names(tree), ["a", "b\\xff.yaml"]);
        assert_eq!(&*tree.read("b\\xff.yaml", 99).unwrap(), b"content");
    }
}

#[test]
fn submodules_and_nested_repositories_are_marked_not_entered() {
    let ground = Ground::with(&[("a", "1")]);
    let lib = ground.beside("lib");
    fs::create_dir(&lib).unwrap();
    git_in(&lib, &["init", "-q", "-b", "main"]);
    fs::write(lib.join("inner"), "1").unwrap();
    git_in(&lib, &["add", "-A"]);
    git_in(&lib, &["commit", "-q", "-m", "lib"]);
    ground.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../lib", "sub"]);
    ground.commit_all("with submodule");
    git_in(ground.dir.path(), &["clone", "-q", "lib", "repo/nested"]);
    let repo = ground.repo();
    let commit = repo.tree(&repo.head_commit().unwrap()).unwrap();
    assert_eq!(commit.entry("sub").unwrap().kind, EntryKind::Submodule);
    assert!(matches!(commit.read("sub", 99), Err(TreeError::Unreadable { .. })));
    let work = repo.work_tree().unwrap();
    assert_eq!(names(&work), [".gitmodules", "a", "nested", "sub"]);
    for nested in ["nested", "sub"] {
        assert_eq!(work.entry(nested).unwrap().kind, EntryKind::Submodule);
    }
}

#[test]
fn trees_are_read_from_many_threads() {
    let files: Vec<(String, String)> = (0..200).map(|n| (format!("d{}/f{n}", n % 7), format!("content {n}"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, c)| (p.as_str(), c.as_str())).collect();
    let ground = Ground::with(&files);
    let repo: Repo = ground.repo();
    let tree = repo.tree(&repo.head_commit().unwrap()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for (path, content) in &files {
                    assert_eq!(&*tree.read(path, 99).unwrap(), content.as_bytes());
                }
            });
        }
    });
}
