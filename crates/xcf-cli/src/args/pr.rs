//! Arguments of `xcf pr`.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum PrVerb {
    /// Commit changed files on a branch, push it, open or update the pull request
    Create(PrCreateArgs),
    /// Plan against the base; write the comment and the commit's check
    Check(PrCheckArgs),
    /// What has not gone out yet
    Queue(PrQueueArgs),
    /// Keep a forge's token in the keyring; read from standard input
    Login {
        /// Host, for example github.com
        host: String,
    },
    /// Print a ready workflow file for CI
    Workflow(PrWorkflowArgs),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct PrCreateArgs {
    /// Only these changed files (default: all)
    pub(crate) files: Vec<String>,
    /// Branch to commit on; made if it is not there
    #[arg(long)]
    pub(crate) branch: Option<String>,
    /// Branch to be merged into (default: the workspace's)
    #[arg(long)]
    pub(crate) base: Option<String>,
    /// Title of commit and pull request
    #[arg(short, long)]
    pub(crate) title: Option<String>,
    /// Text below the title
    #[arg(short, long)]
    pub(crate) message: Option<String>,
    /// Remote to push to
    #[arg(long, default_value = "origin")]
    pub(crate) remote: String,
    /// Plan the commit and put the plan into the pull request
    #[arg(long)]
    pub(crate) plan: bool,
    /// Commit now, send later
    #[arg(long)]
    pub(crate) queue: bool,
    /// Only show what would go out
    #[arg(long)]
    pub(crate) preview: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct PrCheckArgs {
    /// Number of the pull request (default: the open one of the branch)
    #[arg(long, env = "XCF_PR")]
    pub(crate) pr: Option<u64>,
    /// Compare with this revision (default: where the branch left the default branch)
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,
    /// Check this revision instead of HEAD
    #[arg(long, value_name = "REF")]
    pub(crate) head: Option<String>,
    /// Only this Environment (repeatable)
    #[arg(long = "env", value_name = "ENV")]
    pub(crate) environments: Vec<String>,
    /// Tell the forge nothing
    #[arg(long)]
    pub(crate) silent: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct PrQueueArgs {
    /// Send everything now, also what was stopped
    #[arg(long, conflicts_with = "forget")]
    pub(crate) send: bool,
    /// Take this one out; its commit stays
    #[arg(long, value_name = "ID")]
    pub(crate) forget: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct PrWorkflowArgs {
    /// Which CI
    #[arg(value_enum)]
    pub(crate) kind: WorkflowKind,
    /// Write it where that CI looks for it, unless a file is there
    #[arg(long)]
    pub(crate) write: bool,
}

/// CI systems with a ready workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WorkflowKind {
    Github,
    Gitlab,
    Gitea,
}
