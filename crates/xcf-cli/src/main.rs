//! `xcf`: one file per verb over the same API router as every other shell (`D11`, `D15`).
//!
//! This crate knows arguments, terminals and exit codes. It must never know an engine, a store or a document's rules:
//! whatever it shows comes out of the router, in process or behind `--server`.

/// As the standard macro, but with colours where they are wanted, and without a panic when the reader has gone: a closed
/// pipe is the reader's choice.
macro_rules! println {
    ($($arg:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stdout(), $($arg)*);
    }};
}
/// See `println`.
macro_rules! eprintln {
    ($($arg:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stderr(), $($arg)*);
    }};
}

mod args;
mod client;
mod exit;
mod output;
mod reports;
mod verbs;

use args::Cli;
use clap::Parser;
use exit::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    // The engines' parent process must start before anything else: no runtime, no logging, no argument parsing.
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|w| w == "__child") {
        return xcf_api::child_main(words.collect());
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else is a usage error (`D15`: 64).
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Ok };
            // A closed pipe is the reader's choice.
            let _ = error.print();
            return code.into();
        }
    };
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let exit = runtime.block_on(verbs::run(cli));
            // Blocking readers of a terminal must not hold the exit.
            runtime.shutdown_background();
            exit.into()
        }
        Err(error) => {
            output::complain(&format!("the runtime can't start: {error}"), "");
            Exit::Error.into()
        }
    }
}
