//! The change id (`dsl §9`): PR, else branch, else commit.

use crate::forge::PullRequest;
use crate::repo::Head;
use xcf_core::ids::{ChangeId, CommitId};

/// What a change is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id: `PR #12`, `feature/x` or `commit 3f2a…`. Neither form with a blank can be a branch name.
    pub id: ChangeId,
    /// Who opened the PR, as the forge names them: counts as an author (`dsl §10`).
    pub opener: Option<String>,
    /// Where people look at it.
    pub url: Option<String>,
}

/// The change that `commit` belongs to, given where HEAD is and what the forge says of its branch.
#[must_use]
pub fn change_id(head: &Head, commit: &CommitId, pull_request: Option<&PullRequest>) -> Change {
    let plain = |id: String| Change { id: ChangeId::new(id), opener: None, url: None };
    match (pull_request, &head.branch) {
        (Some(pr), _) => {
            Change { id: ChangeId::new(format!("PR #{}", pr.number)), opener: pr.author.clone(), url: pr.url.clone() }
        }
        // Another commit than HEAD's was asked for: the branch is not what is planned.
        (None, Some(branch)) if head.commit.as_ref() == Some(commit) => plain(branch.clone()),
        (None, _) => plain(format!("commit {commit}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsl9_change_id_is_pr_else_branch_else_commit() {
        let commit = CommitId::new("c0ffee");
        let head = Head { branch: Some("feature/x".to_owned()), commit: Some(commit.clone()) };
        let pr = PullRequest {
            number: 12,
            author: Some("ann".to_owned()),
            url: None,
            title: String::new(),
            body: String::new(),
            base: None,
        };
        let with_pr = change_id(&head, &commit, Some(&pr));
        assert_eq!((with_pr.id.as_str(), with_pr.opener.as_deref()), ("PR #12", Some("ann")));
        assert_eq!(change_id(&head, &commit, None).id.as_str(), "feature/x");
        assert_eq!(change_id(&head, &CommitId::new("beef"), None).id.as_str(), "commit beef");
        let detached = Head { branch: None, commit: Some(commit.clone()) };
        assert_eq!(change_id(&detached, &commit, None).id.as_str(), "commit c0ffee");
    }
}
