//! The `desk` command.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    desk::run(desk::Cli::parse())
}
