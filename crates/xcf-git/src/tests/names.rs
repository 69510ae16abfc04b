//! HEAD, revisions, ancestors, authors.

use super::{Ground, bob, git_in};
use crate::{GitError, Head, Repo};
use tempfile::TempDir;
use xcf_core::ids::CommitId;

#[test]
fn discover_finds_the_repository_from_below_and_says_if_there_is_none() {
    let ground = Ground::with(&[("a/b/c.txt", "x")]);
    let repo = Repo::discover(&ground.root().join("a/b")).unwrap();
    assert_eq!(repo.workdir().unwrap().canonicalize().unwrap(), ground.root().canonicalize().unwrap());
    let nowhere = TempDir::new().unwrap();
    assert_eq!(Repo::discover(nowhere.path()).err().unwrap().code(), "not-a-repository");
}

#[test]
fn head_is_a_branch_unborn_or_detached() {
    let ground = Ground::empty();
    let repo = ground.repo();
    assert_eq!(repo.head().unwrap(), Head { branch: Some("main".to_owned()), commit: None });
    assert_eq!(repo.head_commit().unwrap_err(), GitError::Unborn("main".to_owned()));
    let first = CommitId::new(ground.commit_all("first"));
    assert_eq!(repo.head().unwrap(), Head { branch: Some("main".to_owned()), commit: Some(first.clone()) });
    ground.git(&["checkout", "-q", "-b", "feature/with/slashes-é"]);
    assert_eq!(repo.head().unwrap().branch.as_deref(), Some("feature/with/slashes-é"));
    ground.git(&["checkout", "-q", "--detach"]);
    assert_eq!(repo.head().unwrap(), Head { branch: None, commit: Some(first) });
}

#[test]
fn revisions_resolve_to_commits_or_are_unknown() {
    let ground = Ground::with(&[("a", "1")]);
    let first = ground.git(&["rev-parse", "HEAD"]);
    ground.git(&["tag", "-a", "v1", "-m", "annotated"]);
    ground.write("a", "2");
    let second = ground.commit_all("second");
    let repo = ground.repo();
    for (revision, commit) in
        [("HEAD", &second), ("HEAD~1", &first), ("v1", &first), ("main", &second), (&first[..10], &first)]
    {
        assert_eq!(repo.resolve(revision).unwrap().as_str(), commit, "{revision}");
    }
    for unknown in ["nope", "", "HEAD~9", "HEAD:a", "main..v1", "--all", "../x"] {
        assert_eq!(repo.resolve(unknown).unwrap_err().code(), "unknown-revision", "{unknown}");
    }
    assert_eq!(repo.branch_commit("main").unwrap().unwrap().as_str(), second);
    assert_eq!(repo.branch_commit("nope").unwrap(), None);
    assert_eq!(repo.branch_commit("bad..name").unwrap(), None);
}

#[test]
fn a_branch_only_the_remote_has_is_found_there() {
    let ground = Ground::with(&[("a", "1")]);
    let copy = ground.beside("copy");
    git_in(ground.dir.path(), &["clone", "-q", "repo", "copy"]);
    git_in(&copy, &["checkout", "-q", "-b", "work"]);
    git_in(&copy, &["branch", "-q", "-D", "main"]);
    let repo = Repo::discover(&copy).unwrap();
    assert_eq!(repo.branch_commit("main").unwrap().unwrap().as_str(), ground.git(&["rev-parse", "HEAD"]));
    assert!(repo.origin().unwrap().unwrap().ends_with("/repo"));
    assert_eq!(ground.repo().origin().unwrap(), None);
}

#[test]
fn dsl7_merge_base_and_dsl10_authors_of_a_range() {
    let ground = Ground::with(&[("a", "1")]);
    let base = ground.git(&["rev-parse", "HEAD"]);
    ground.git(&["checkout", "-q", "-b", "work"]);
    ground.write("b", "1");
    ground.git(&["add", "b"]);
    ground.git(&["commit", "-q", "-m", "by carl", "--author", "Carl <carl@acme.example>"]);
    ground.write("c", "1");
    ground.git(&["add", "c"]);
    ground.git(&["commit", "-q", "-m", "by bob\n\nbody", "--author", "Bob <bob@acme.example>"]);
    ground.git(&["checkout", "-q", "main"]);
    ground.write("d", "1");
    ground.commit_all("on main");
    let repo = ground.repo();
    let (main, work) = (repo.resolve("main").unwrap(), repo.resolve("work").unwrap());
    let found = repo.merge_base(&main, &work).unwrap().unwrap();
    assert_eq!(found.as_str(), base);
    let names = |base: Option<&CommitId>, head: &CommitId| {
        repo.authors(base, head).unwrap().into_iter().map(|a| a.name).collect::<Vec<_>>()
    };
    assert_eq!(names(Some(&found), &work), ["Bob", "Carl"]);
    assert_eq!(names(None, &work), ["Ann", "Bob", "Carl"]);
    assert_eq!(names(Some(&work), &work), ["Bob"]);
    let info = repo.commit_info(&work).unwrap();
    assert_eq!((info.title.as_str(), info.author, info.parents.len()), ("by bob", bob(), 1));
    ground.git(&["checkout", "-q", "--orphan", "other"]);
    ground.commit_all("unrelated");
    assert_eq!(repo.merge_base(&main, &repo.resolve("other").unwrap()).unwrap(), None);
}

#[test]
fn a_linked_worktree_has_its_own_head_and_files() {
    let ground = Ground::with(&[("a", "1")]);
    let linked = ground.beside("linked");
    ground.git(&["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
    std::fs::write(linked.join("only-here"), "x").unwrap();
    let repo = Repo::discover(&linked).unwrap();
    assert_eq!(repo.head().unwrap().branch.as_deref(), Some("side"));
    assert_eq!(repo.dirty().unwrap().len(), 1);
    let done = repo.commit_paths(&["only-here".to_owned()], "in the linked one", &bob()).unwrap();
    assert_eq!(ground.git(&["rev-parse", "side"]), done.commit.as_str());
    assert_eq!(ground.repo().dirty().unwrap(), []);
}

#[test]
fn a_bare_repository_has_commits_but_no_working_tree() {
    let ground = Ground::with(&[("a", "1")]);
    git_in(ground.dir.path(), &["clone", "-q", "--bare", "repo", "bare.git"]);
    let repo = Repo::discover(&ground.beside("bare.git")).unwrap();
    assert!(repo.tree(&repo.head_commit().unwrap()).is_ok());
    assert_eq!(repo.work_tree().err().unwrap().code(), "bare-repository");
    assert_eq!(repo.dirty().unwrap_err().code(), "bare-repository");
}
