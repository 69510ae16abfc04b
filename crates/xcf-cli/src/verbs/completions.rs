//! `xcf completions SHELL`.

use super::Outcome;
use crate::args::{Cli, CompletionsArgs};
use crate::exit::Exit;
use clap::CommandFactory;

pub(super) fn run(args: &CompletionsArgs) -> Outcome {
    clap_complete::generate(args.shell, &mut Cli::command(), "xcf", &mut std::io::stdout());
    Ok(Exit::Ok)
}
