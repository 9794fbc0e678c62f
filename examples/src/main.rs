//! The command line of Ketwork.

mod args;
mod checkpoint;
mod comparison;
mod config;
mod error;
mod experiment;
mod log;
mod manifest;
mod networks;
mod output;
mod pictures;
mod plan;
mod progress;
mod qdsformer;
mod qfwp;
mod rl;
mod run_dir;
mod session;
mod signal;

use std::process::ExitCode;

use args::{Cli, Command, Compare, Scan, Train, resume_command};
use clap::Parser;
use error::CliError;
use signal::Stop;

/// Keeps the memory of a training step for the next one: the allocator of the system gives it back, and fetching
/// fresh pages takes a third of a step of the transformer (`benches/benches/vit_step.rs`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if matches!(error, CliError::Interrupted) {
                output::note(cli.quiet, format_args!("{error}; go on with: {}", resume_command()));
            } else {
                output::error(&error);
            }
            error.exit_code()
        }
    }
}

fn run(cli: &Cli) -> Result<(), CliError> {
    let stop = Stop::on_signals();
    let threads = cli.threads.map_or(0, usize::from);
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .expect("the pool is built once, here");
    match &cli.command {
        Command::Train(Train::Qdsformer(args)) => qdsformer::train(args, cli.quiet, &stop),
        Command::Train(Train::Qfwp(args)) => qfwp::train(args, cli.quiet, &stop),
        Command::Train(Train::Rl(args)) => rl::train(args, cli.quiet, &stop),
        Command::Compare(Compare::Qdsformer(args)) => qdsformer::compare(args, cli.quiet, &stop),
        Command::Compare(Compare::Qfwp(args)) => qfwp::compare(args, cli.quiet, &stop),
        Command::Compare(Compare::Rl(args)) => rl::compare(args, cli.quiet, &stop),
        Command::Pretrain(args) => networks::pretrain(args, cli.quiet),
        Command::Dmrg(args) => networks::dmrg(args, cli.quiet),
        Command::Run(args) => networks::run(args, cli.quiet),
        Command::Synthesize(args) => networks::synthesize(args, cli.quiet),
        Command::Scan(Scan::Gradients(args)) => networks::scan_gradients(args, cli.quiet),
        Command::Eval(args) => experiment::eval(&args.folder, cli.quiet),
        Command::Plot(args) => experiment::plot(&args.folder, cli.quiet),
    }
}
