//! The engine's parent as a program of its own, for hosts that are not `xcf` (same body as `xcf __child DIR`).

use std::process::ExitCode;

fn main() -> ExitCode {
    xcf_engines::process::child::main(std::env::args_os().skip(1))
}
