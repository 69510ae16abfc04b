//! `xcf completions SHELL`.

use super::Outcome;
use crate::args::{Cli, CompletionsArgs};
use crate::exit::Exit;
use clap::CommandFactory;

pub(super) fn run(args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "xcf", &mut script);
    println!("{}", String::from_utf8_lossy(&script).trim_end());
    Ok(Exit::Ok)
}
