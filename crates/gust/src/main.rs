//! gust: the go command, in Rust.
//!
//! A command's way: [`cli`] finds the command and reads its flags against the one table in [`flags`], [`session`] makes what the
//! command needs when it first asks for it, a file under [`commands`] says what was asked for and prints through [`ui`].

mod building;
mod cli;
mod commands;
mod flags;
mod help;
mod load;
mod modules;
mod network;
mod process;
mod release;
mod session;
mod signals;
mod ui;

use std::process::ExitCode;

/// Several threads make many small things at once; with huge pages left out it takes as much memory as the system's allocator.
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main(std::env::args_os().collect())
}
