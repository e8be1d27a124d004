//! The command line: one executable, several roles.

mod commands;

use std::process::ExitCode;

use clap::Parser;

/// Pages are many small pieces of text: a fifth more of them per second than with the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    commands::run(commands::Cli::parse())
}
