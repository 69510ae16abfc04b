//! The command line (`D15`). Doc comments are the help text.

mod pr;

pub(crate) use pr::{PrCheckArgs, PrCreateArgs, PrQueueArgs, PrVerb, PrWorkflowArgs, WorkflowKind};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// See, plan, approve and apply infrastructure from a Git monorepo.
#[derive(Debug, Parser)]
#[command(name = "xcf", version, propagate_version = true, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 ok or nothing to change · 1 error · 2 changes found · 3 denied by policy · 4 approval needed · 5 lock, window or budget holds it · 64 usage · 130 interrupted";

/// Options every verb takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Work in this folder instead of the current one
    #[arg(short = 'C', long = "directory", global = true, value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
    /// Output format
    #[arg(short = 'o', long = "output", global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Say less
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more (repeat for more)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Never ask; return 4 or 5 when a person or time is awaited
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Answer yes to every question that has no name to type
    #[arg(long, global = true)]
    pub(crate) yes: bool,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// State store (default: the workspace's SQLite)
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) state: Option<String>,
    /// Use an `xcf serve` instead of this process; its token comes from XCF_TOKEN
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Act as this person (own keys only)
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub(crate) acting: Option<String>,
}

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Yaml,
    Markdown,
    /// Graph only
    Dot,
    /// Graph only
    Mermaid,
    /// Findings for code scanning (validate, plan, pr check)
    Sarif,
    /// Findings as test results (validate, plan, pr check)
    Junit,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a working sample monorepo (a Git repository with one commit), or adopt what a repository has
    Init(InitArgs),
    /// Engines, tools, versions, keys, paths: found, missing, how to get it
    Doctor,
    /// Every diagnostic of the workspace, with file:line:column and a hint
    Validate,
    /// Documents as a careful person leaves them: blanks, blank lines and line breaks; never a value or a comment
    Fmt(FmtArgs),
    /// Units and edges (-o json, dot, mermaid)
    Graph(GraphArgs),
    /// The resolved route with its why
    Route(UnitsArgs),
    /// The decision matrix: what the draft's edits would change
    #[command(subcommand)]
    Matrix(MatrixVerb),
    /// Make ChangeSets of what is pending and plan them
    Plan(PlanArgs),
    /// A ChangeSet: plans, policy, approvals needed, way back
    Show(ChangeArgs),
    /// Add a signed approval
    Approve(ApproveArgs),
    /// End a ChangeSet with a reason
    Reject(ReasonArgs),
    /// Run a ChangeSet, streaming; without approval it waits or says what is missing
    Apply(ApplyArgs),
    /// Sign off units that wait for a person
    SignOff(SignOffArgs),
    /// Where things stand
    Status(StatusArgs),
    /// Follow a ChangeSet until it rests
    Watch(ChangeArgs),
    /// Log of one unit
    Logs(LogsArgs),
    /// Cancel: a soft stop first, then a kill; says what is left behind
    Cancel(ReasonArgs),
    /// Start nothing new until resumed
    Pause(ChangeArgs),
    /// Go on: after a pause, a crash, or with failed units retried or skipped
    Resume(ResumeArgs),
    /// Who holds what, alive or dead
    Locks,
    /// End a lock by hand, with a reason
    Unlock(UnlockArgs),
    /// Applied outputs of a unit; sensitive ones masked
    Output(OutputArgs),
    /// Run a command in a unit's folder with its environment and state, under its lock; recorded
    Exec(ExecArgs),
    /// Pull requests: branch, commit, push, plan comment and check
    #[command(subcommand)]
    Pr(PrVerb),
    /// Signing keys
    #[command(subcommand)]
    Key(KeyVerb),
    /// JSON Schema of a kind
    Schema(SchemaArgs),
    /// Language server over stdin and stdout, for editors
    Lsp,
    /// Completion script for a shell
    Completions(CompletionsArgs),
    /// API and UI for browsers on this machine
    Serve(ServeArgs),
    /// Drive a requested run until it rests (what --detach starts)
    Drive(ChangeArgs),
    /// The OpenAPI document
    #[command(hide = true)]
    Openapi,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct InitArgs {
    /// Folder to make (must be empty or absent), or the repository to adopt
    // An id of its own: `directory` is that of the global `-C`, which would take this value too.
    #[arg(id = "folder", value_name = "DIRECTORY", required_unless_present = "adopt")]
    pub(crate) directory: Option<PathBuf>,
    /// Propose Compositions for the Terraform roots, Helm and kustomize folders and playbooks that are there; nothing is
    /// written before it is accepted
    #[arg(long)]
    pub(crate) adopt: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct FmtArgs {
    /// Change nothing; list what would change and return 2
    #[arg(long)]
    pub(crate) check: bool,
    /// Files, or folders with their YAML files (default: the documents of the workspace)
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct GraphArgs {
    /// Only this Environment
    #[arg(long)]
    pub(crate) env: Option<String>,
    /// Of the head commit instead of the working tree
    #[arg(long)]
    pub(crate) head: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum MatrixVerb {
    /// Units and recorded ChangeSets that the working tree would treat differently than a base; loosened first
    Impact(ImpactArgs),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ImpactArgs {
    /// Commit, branch or tag to compare the working tree with; none = the head commit
    #[arg(long)]
    pub(crate) base: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct UnitsArgs {
    /// Units (environment/composition/module); none = all
    pub(crate) units: Vec<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct PlanArgs {
    /// Only these units
    pub(crate) units: Vec<String>,
    /// Only this Environment (repeatable)
    #[arg(long = "env", value_name = "ENV")]
    pub(crate) environments: Vec<String>,
    /// Compare with this revision; narrows to what changed since
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,
    /// Plan this revision instead of HEAD
    #[arg(long, value_name = "REF", conflicts_with = "worktree")]
    pub(crate) head: Option<String>,
    /// Plan the working tree: a draft, never applicable
    #[arg(long)]
    pub(crate) worktree: bool,
    /// Plan every unit, not only what is pending
    #[arg(long)]
    pub(crate) all: bool,
    /// Look at the real world too
    #[arg(long)]
    pub(crate) refresh: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ChangeArgs {
    /// ChangeSet (CS-n)
    pub(crate) change_set: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ApproveArgs {
    /// ChangeSet (CS-n)
    pub(crate) change_set: String,
    /// Role to fill
    #[arg(long)]
    pub(crate) role: Option<String>,
    /// Why
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ReasonArgs {
    /// ChangeSet (CS-n)
    pub(crate) change_set: String,
    /// Why
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ApplyArgs {
    /// ChangeSet (CS-n)
    pub(crate) change_set: String,
    /// Agree to the destroy of this unit (repeatable)
    #[arg(long, value_name = "UNIT")]
    pub(crate) allow_destroy: Vec<String>,
    /// Go on although restrictions that bind a unit are not effective yet (recorded)
    #[arg(long)]
    pub(crate) accept_not_yet_effective: bool,
    /// Start a driver in the background and return
    #[arg(long)]
    pub(crate) detach: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct SignOffArgs {
    /// ChangeSet (CS-n)
    pub(crate) change_set: String,
    /// Units; none = all that wait for it
    pub(crate) units: Vec<String>,
    /// Why
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct StatusArgs {
    /// ChangeSet (CS-n); none = all
    pub(crate) change_set: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct LogsArgs {
    /// ChangeSet (CS-n) or run (R-n)
    pub(crate) change_set: String,
    /// Unit
    pub(crate) unit: String,
    /// Keep reading until the run rests
    #[arg(short, long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ResumeArgs {
    /// ChangeSet (CS-n)
    pub(crate) change_set: String,
    /// Try this failed unit again (repeatable)
    #[arg(long, value_name = "UNIT")]
    pub(crate) retry: Vec<String>,
    /// Skip this failed unit (repeatable)
    #[arg(long, value_name = "UNIT")]
    pub(crate) skip: Vec<String>,
    /// Why
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
    /// Start a driver in the background and return
    #[arg(long)]
    pub(crate) detach: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct UnlockArgs {
    /// Lock name as `xcf locks` shows it
    pub(crate) lock: String,
    /// Why; recorded
    #[arg(long)]
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct OutputArgs {
    /// Unit
    pub(crate) unit: String,
    /// Only this output, plain
    pub(crate) name: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ExecArgs {
    /// Unit
    pub(crate) unit: String,
    /// Command and its arguments
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// Make a signing key and print the People entry for it
    Add {
        /// Person the key is for (default: the Git user)
        name: Option<String>,
    },
    /// Own keys on this machine
    List,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct SchemaArgs {
    /// Kind, for example Composition; none = list the kinds
    pub(crate) kind: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on; only loopback addresses are taken
    #[arg(long, default_value = "127.0.0.1:7420")]
    pub(crate) listen: std::net::SocketAddr,
    /// Folder with the built UI (default: beside the binary or in the repository)
    #[arg(long, env = "XCF_UI_DIR")]
    pub(crate) ui: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d15_the_folder_of_init_is_not_the_directory_of_every_verb() {
        let cli = Cli::try_parse_from(["xcf", "init", "here/tour"]).unwrap();
        assert_eq!(cli.global.directory, None);
        let cli = Cli::try_parse_from(["xcf", "-C", "elsewhere", "init", "here/tour"]).unwrap();
        assert_eq!(cli.global.directory, Some(PathBuf::from("elsewhere")));
        let Verb::Init(init) = cli.verb else { panic!("not init") };
        assert_eq!(init.directory, Some(PathBuf::from("here/tour")));
    }
}
