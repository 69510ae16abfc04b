//! Differences.

use super::{Ground, strings};
use crate::{ChangeKind, ChangedFile};
use std::fs;

fn file(path: &str, kind: ChangeKind) -> ChangedFile {
    ChangedFile { path: path.to_owned(), kind }
}

#[test]
fn changed_files_between_commits_show_a_rename_as_removal_and_addition() {
    let ground = Ground::with(&[("a", "1\n"), ("b", "same content\n"), ("c", "1\n")]);
    let base = ground.repo().head_commit().unwrap();
    ground.write("a", "2\n");
    ground.git(&["mv", "b", "moved"]);
    fs::remove_file(ground.root().join("c")).unwrap();
    ground.commit_all("second");
    let repo = ground.repo();
    let head = repo.head_commit().unwrap();
    let expected = [
        file("a", ChangeKind::Modified),
        file("b", ChangeKind::Deleted),
        file("c", ChangeKind::Deleted),
        file("moved", ChangeKind::Added),
    ];
    assert_eq!(repo.changed_files(&base, &head).unwrap(), expected);
    assert_eq!(repo.changed_files(&head, &head).unwrap(), []);
    let diffs = repo.commit_diffs(&base, &head, &strings(&["a"])).unwrap();
    assert_eq!(diffs.len(), 1);
    assert!(diffs[0].text.contains("-1\n+2\n"), "{}", diffs[0].text);
}

#[test]
fn draft_diffs_show_new_changed_staged_and_removed_files() {
    let ground = Ground::with(&[("a b", "one\ntwo\n"), ("gone", "x\n"), ("bin", "text\n"), ("[x]", "1\n")]);
    let repo = ground.repo();
    assert_eq!(repo.dirty().unwrap(), []);
    ground.write("a b", "one\n2\n");
    ground.write("new/é", "fresh\n");
    ground.write("bin", [0_u8, 159, 146, 150]);
    ground.write("staged", "s\n");
    ground.git(&["add", "staged"]);
    fs::remove_file(ground.root().join("gone")).unwrap();
    let diffs = repo.work_diffs(&[]).unwrap();
    let files: Vec<_> = diffs.iter().map(|d| d.file.clone()).collect();
    assert_eq!(files, repo.dirty().unwrap());
    assert_eq!(
        files,
        [
            file("a b", ChangeKind::Modified),
            file("bin", ChangeKind::Modified),
            file("gone", ChangeKind::Deleted),
            file("new/é", ChangeKind::Added),
            file("staged", ChangeKind::Added),
        ]
    );
    assert!(diffs[0].text.contains("@@ -1,2 +1,2 @@\n one\n-two\n+2\n"), "{}", diffs[0].text);
    assert!(diffs[1].binary && diffs[1].text.is_empty());
    assert!(diffs[2].text.contains("-x\n") && diffs[3].text.contains("+fresh\n") && diffs[4].text.contains("+s\n"));
    let one = repo.work_diffs(&strings(&["new/é"])).unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(repo.work_diffs(&strings(&["[x]"])).unwrap(), []);
    assert_eq!(repo.work_diffs(&strings(&["../x"])).unwrap_err().code(), "bad-path");
}

#[test]
fn an_unborn_branch_is_dirty_with_all_its_files() {
    let ground = Ground::empty();
    ground.write("a", "1\n");
    assert_eq!(ground.repo().dirty().unwrap(), [file("a", ChangeKind::Added)]);
}

#[test]
fn very_large_files_are_not_shown_as_text() {
    let ground = Ground::with(&[("a", "1\n")]);
    ground.write("a", "line\n".repeat(1 << 20));
    let diffs = ground.repo().work_diffs(&[]).unwrap();
    assert!(diffs[0].binary && diffs[0].text.is_empty());
}
