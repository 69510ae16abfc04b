//! Git as the product sees it: trees to read, a private export to run in, commits of chosen files, and forges.
//!
//! The local repository is read and written through libgit2; nothing but [`Repo::commit_paths`], [`Repo::commit_on`] and
//! [`Repo::restore`] ever touches the user's checkout or index, and no hook or filter of the repository runs for them. A
//! program is started in two cases only: the user's signing program, where their own configuration wants commits signed,
//! and the system's `git` for [`Repo::push`], as its user has it set up. All other calls on a [`Repo`] block: call them off
//! the async runtime.
//!
//! This crate must never know what a document means, which unit a file belongs to, or what a run does with an export.

mod askpass;
mod branch;
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
mod push;
pub mod remote;
mod repo;
mod signing;
mod verdict;
mod work_tree;

pub use askpass::Login;
pub use branch::Ahead;
pub use change_id::{Change, change_id};
pub use commit::{Committed, init_repo};
pub use commit_tree::CommitTree;
pub use diff::{ChangeKind, ChangedFile, FileDiff};
pub use error::GitError;
pub use export::Exported;
pub use history::{Author, CommitInfo};
pub use push::{Push, Pushed, token_login};
pub use remote::Remote;
pub use repo::{Head, Repo};
pub use work_tree::WorkTree;

#[cfg(test)]
mod tests;
