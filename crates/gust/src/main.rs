//! gust: the go command, in Rust.
//!
//! A command's way: [`cli`] finds the command and reads its flags against the one table in [`flags`], [`request`] makes typed values
//! of them, a file under [`commands`] hands those to an operation of gust-ops and prints what comes back through [`ui`].

mod cli;
mod commands;
mod flags;
mod help;
mod log;
#[cfg(feature = "conformance")]
mod observed;
mod process;
mod request;
mod session;
mod signals;
mod start;
mod tape;
mod ui;
mod warm;

use std::process::ExitCode;

/// Several threads make many small things at once; with huge pages left out it takes as much memory as the system's allocator.
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main(std::env::args_os().collect())
}
