//! libgit2 handles: each is used by one thread at a time, so a small stock is kept for many.

use crate::error::{GitError, failed};
use git2::Repository;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// More than this many idle handles are closed.
const MOST_IDLE: usize = 16;

pub(crate) struct Handles {
    place: PathBuf,
    idle: Mutex<Vec<Repository>>,
}

impl Handles {
    pub(crate) fn new(first: Repository) -> Self {
        // A linked worktree's own Git folder opens as that worktree.
        Self { place: first.path().to_owned(), idle: Mutex::new(vec![first]) }
    }

    /// Runs `work` on a handle nobody else uses meanwhile.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Repository) -> Result<T, GitError>) -> Result<T, GitError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let stocked = idle().pop();
        let repo = match stocked {
            Some(repo) => repo,
            None => Repository::open(&self.place).map_err(failed(format!("open {}", self.place.display())))?,
        };
        let result = work(&repo);
        let mut stock = idle();
        if stock.len() < MOST_IDLE {
            stock.push(repo);
        }
        result
    }
}
