//! Git as the product sees it: trees to read, a private export to run in, commits of chosen files, and forges.
//!
//! The local repository is read and written through libgit2; nothing here runs a program, a hook or a filter command
//! of the repository, and nothing but [`Repo::commit_paths`] and [`Repo::restore`] ever touches the user's checkout or
//! index. All calls on a [`Repo`] block: call them off the async runtime.
//!
//! This crate must never know what a document means, which unit a file belongs to, or what a run does with an export.

mod change_id;
mod commit;
mod commit_tree;
mod diff;
mod error;
mod export;
pub mod forge;
mod handles;
mod history;
mod links;
mod nofollow;
mod paths;
mod repo;
mod work_tree;

pub use change_id::{Change, change_id};
pub use commit::{Committed, init_repo};
pub use commit_tree::CommitTree;
pub use diff::{ChangeKind, ChangedFile, FileDiff};
pub use error::GitError;
pub use export::Exported;
pub use history::{Author, CommitInfo};
pub use repo::{Head, Repo};
pub use work_tree::WorkTree;

#[cfg(test)]
mod tests;
