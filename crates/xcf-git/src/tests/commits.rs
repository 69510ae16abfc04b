//! Committing chosen files, going back, first repositories.

use super::{Ground, bob, git_in, strings, try_git};
use crate::init_repo;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use tempfile::TempDir;

#[test]
fn commit_takes_only_the_chosen_files_and_leaves_the_rest_as_it_was() {
    let ground =
        Ground::with(&[("a b.yaml", "1\n"), ("é", "1\n"), ("gone", "1\n"), ("left", "1\n"), ("staged", "1\n")]);
    for path in ["a b.yaml", "é", "left", "staged"] {
        ground.write(path, "2\n");
    }
    ground.write("new/file", "2\n");
    ground.write("other-new", "2\n");
    fs::remove_file(ground.root().join("gone")).unwrap();
    ground.git(&["add", "staged"]);
    let repo = ground.repo();
    let done = repo.commit_paths(&strings(&["a b.yaml", "é", "gone", "new/file"]), "Subject\n\nBody", &bob()).unwrap();
    assert_eq!(ground.git(&["rev-parse", "main"]), done.commit.as_str());
    let quoted = ground.git(&[
        "-c",
        "core.quotepath=off",
        "show",
        "--no-renames",
        "--format=%an <%ae>|%s|%b",
        "--name-status",
        "HEAD",
    ]);
    assert!(quoted.starts_with("Bob <bob@acme.example>|Subject|Body"), "{quoted}");
    let files: Vec<_> = quoted.lines().filter(|l| l.contains('\t')).collect();
    assert_eq!(files, ["M\ta b.yaml", "D\tgone", "A\tnew/file", "M\té"]);
    assert_eq!(ground.git(&["status", "--porcelain"]), " M left\nM  staged\n?? other-new");
    assert!(ground.git(&["fsck", "--strict"]).is_empty());
}

#[test]
fn commit_keeps_modes_links_and_line_end_rules() {
    let ground = Ground::with(&[(".gitattributes", "*.txt text eol=crlf\n")]);
    ground.write("run.sh", "#!/bin/sh\n");
    fs::set_permissions(ground.root().join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    ground.write("a.txt", "one\r\n");
    symlink("run.sh", ground.root().join("link")).unwrap();
    ground.repo().commit_paths(&strings(&["run.sh", "a.txt", "link"]), "modes", &bob()).unwrap();
    let listed = ground.git(&["ls-tree", "HEAD"]);
    assert!(listed.contains("100755 blob") && listed.contains("120000 blob"), "{listed}");
    assert_eq!(ground.git(&["cat-file", "-s", "HEAD:a.txt"]), "4");
    assert_eq!(ground.git(&["status", "--porcelain"]), "");
}

#[test]
fn the_first_commit_of_an_unborn_branch_works() {
    let ground = Ground::empty();
    ground.write("a", "1");
    ground.write("b", "1");
    ground.repo().commit_paths(&strings(&["a"]), "first", &bob()).unwrap();
    assert_eq!(ground.git(&["ls-tree", "--name-only", "HEAD"]), "a");
    assert_eq!(ground.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
}

fn refusal(ground: &Ground, paths: &[&str], message: &str) -> &'static str {
    let look = || (try_git(&ground.root(), &["rev-parse", "HEAD"]), fs::read(ground.root().join(".git/index")).ok());
    let before = look();
    let code = ground.repo().commit_paths(&strings(paths), message, &bob()).unwrap_err().code();
    assert_eq!(look(), before, "a refused commit changed something");
    code
}

#[test]
fn commit_refuses_what_it_cannot_do_safely() {
    let ground = Ground::with(&[("a", "1"), ("dir/f", "1")]);
    assert_eq!(refusal(&ground, &["a"], "no change"), "nothing-to-commit");
    assert_eq!(refusal(&ground, &[], "no files"), "nothing-to-commit");
    ground.write("a", "2");
    assert_eq!(refusal(&ground, &["a"], " \n"), "empty-commit-message");
    for bad in ["nope", "dir", "../repo/a", "/etc/passwd", ".git/config", "dir/.GIT/x", "./a", "a/../a", "", "a/"] {
        assert_eq!(refusal(&ground, &["a", bad], "m"), "bad-path", "{bad}");
    }
    symlink(ground.dir.path(), ground.root().join("out")).unwrap();
    fs::write(ground.beside("theirs"), "x").unwrap();
    assert_eq!(refusal(&ground, &["out/theirs"], "m"), "bad-path");
    fs::write(ground.root().join(".git/index.lock"), "").unwrap();
    assert_eq!(refusal(&ground, &["a"], "m"), "git-index-locked");
    fs::remove_file(ground.root().join(".git/index.lock")).unwrap();
    ground.git(&["checkout", "-q", "--detach"]);
    assert_eq!(refusal(&ground, &["a"], "m"), "detached-head");
}

#[test]
fn commit_and_restore_refuse_during_a_merge_and_a_rebase() {
    let ground = Ground::with(&[("a", "base\n")]);
    ground.git(&["checkout", "-q", "-b", "side"]);
    ground.write("a", "side\n");
    ground.commit_all("side");
    ground.git(&["checkout", "-q", "main"]);
    ground.write("a", "main\n");
    ground.commit_all("main");
    for (command, word) in [(["merge", "side"], "merge"), (["rebase", "side"], "rebase")] {
        let (ok, out) = try_git(&ground.root(), &command);
        assert!(!ok, "{out}");
        assert_eq!(ground.repo().in_progress().unwrap(), Some(word));
        assert_eq!(refusal(&ground, &["a"], "m"), "git-in-progress");
        assert_eq!(ground.repo().restore(&strings(&["a"])).unwrap_err().code(), "git-in-progress");
        ground.git(&[command[0], "--abort"]);
    }
    assert_eq!(ground.repo().in_progress().unwrap(), None);
}

#[test]
fn commit_says_what_the_users_git_would_have_done() {
    let ground = Ground::with(&[("a", "1")]);
    let marker = ground.beside("hook-ran");
    let hook = ground.root().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\ntouch {}\nexit 1\n", marker.display())).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    ground.write("a", "2");
    let done = ground.repo().commit_paths(&strings(&["a"]), "m", &bob()).unwrap();
    assert!(done.notes.iter().any(|n| n.contains("pre-commit")), "{:?}", done.notes);
    assert!(!marker.exists());
}

#[test]
fn restore_goes_back_to_head_on_disk_and_in_the_index() {
    let ground = Ground::with(&[("a", "1"), ("gone", "1"), ("*", "star"), ("keep", "1")]);
    for path in ["a", "*", "keep"] {
        ground.write(path, "2");
    }
    ground.git(&["add", "a"]);
    fs::remove_file(ground.root().join("gone")).unwrap();
    ground.repo().restore(&strings(&["a", "gone", "*"])).unwrap();
    // `*` is a name, not a pattern: `keep` stays as the user left it.
    assert_eq!(ground.git(&["status", "--porcelain"]), " M keep");
    assert_eq!(fs::read_to_string(ground.root().join("a")).unwrap(), "1");
}

#[test]
fn restore_never_removes_a_new_file() {
    let ground = Ground::with(&[("a", "1")]);
    ground.write("new", "mine");
    ground.write("a", "2");
    assert_eq!(ground.repo().restore(&strings(&["a", "new"])).unwrap_err().code(), "not-in-head");
    assert_eq!(fs::read_to_string(ground.root().join("new")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(ground.root().join("a")).unwrap(), "2");
    assert!(ground.repo().restore(&[]).is_err());
}

#[test]
fn init_makes_one_commit_of_everything_on_main() {
    let dir = TempDir::new().unwrap();
    let root = dir.path().join("sample");
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::write(root.join("a/b/c.yaml"), "1").unwrap();
    fs::write(root.join(".gitignore"), "*.log\n").unwrap();
    fs::write(root.join("x.log"), "1").unwrap();
    let commit = init_repo(&root, "XCloudFlow sample", &bob()).unwrap();
    assert_eq!(git_in(&root, &["rev-parse", "main"]), commit.as_str());
    assert_eq!(git_in(&root, &["ls-tree", "-r", "--name-only", "HEAD"]), ".gitignore\na/b/c.yaml");
    assert_eq!(git_in(&root, &["status", "--porcelain"]), "");
    assert!(init_repo(&root, "again", &bob()).is_err());
    let empty = dir.path().join("empty");
    assert_eq!(init_repo(&empty, "m", &bob()).unwrap_err().code(), "nothing-to-commit");
}
