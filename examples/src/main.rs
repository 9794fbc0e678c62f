//! The command line of Ketwork.

mod args;
mod checkpoint;
mod config;
mod error;
mod log;
mod manifest;
mod output;
mod progress;
mod run_dir;
mod session;
mod signal;

fn main() {}
