//! `ketwork train rl`: from flags to a trained agent and its pictures.

use std::path::{Path, PathBuf};

use models::rl::Training;
use serde_json::json;

use super::learner::Report;
use super::plots::draw_run;
use super::settings::{MODEL, RunConfig};
use crate::args::TrainRl;
use crate::error::CliError;
use crate::log::Epoch;
use crate::manifest::Manifest;
use crate::output::{self, note};
use crate::plan::{Planned, plan};
use crate::run_dir::{Existing, RunDir};
use crate::session::{self, Surroundings};
use crate::signal::Stop;

/// Trains one run per seed; prints one line of JSON for each.
///
/// # Errors
/// Flags or files are wrong, training fails, or a signal interrupts it.
pub fn train(args: &TrainRl, quiet: bool, stop: &Stop) -> Result<(), CliError> {
    for Planned { folder, existing, config } in
        plan(&args.run, |base, seed| wanted(args, base, seed), RunConfig::default_folder)?
    {
        let (last, pictures) = train_one(&folder, existing, &config, quiet, stop)?;
        output::json(&json!({
            "run": folder, "episodes": last.step, "train_reward": last.train_reward, "test": last.test,
            "pictures": pictures,
        }));
    }
    Ok(())
}

/// The settings that the flags ask for, over those of the run that is to go on where there is one.
fn wanted(args: &TrainRl, stored: Option<RunConfig>, seed: Option<u64>) -> Result<RunConfig, CliError> {
    let mut config = match stored {
        Some(stored) if args.settings.algorithm.is_none() => stored.with(&args.settings)?,
        _ => RunConfig::new(&args.settings)?,
    };
    config.set_agent(args.agent.as_deref())?;
    config.train.seed = seed.unwrap_or(config.train.seed);
    Ok(config)
}

/// Trains a run to its end, from wherever it stands, and draws its pictures.
///
/// # Errors
/// The settings are out of range, the folder is taken, training fails, or a signal interrupts it.
pub fn train_one(
    folder: &Path,
    existing: Existing,
    config: &RunConfig,
    quiet: bool,
    stop: &Stop,
) -> Result<(Epoch<Report>, Vec<PathBuf>), CliError> {
    let mut training = Training::new(config.train.clone())?;
    let run = RunDir::claim(folder, existing)?;
    let train = &config.train;
    let parameters = [("trained", training.n_params())];
    Manifest::new(MODEL, train.seed, &train.env, Vec::new(), parameters).begin(&run, existing, config)?;
    let (name, n) = (&config.name, training.n_params());
    note(
        quiet,
        format_args!(
            "{name} in {}: {} episodes by {:?} with {} workers, seed {}, {n} trained parameters",
            train.env, train.episodes, train.algorithm, train.workers, train.seed
        ),
    );
    let around = Surroundings { quiet, stop, save_seconds: config.save_seconds };
    let last = session::train(&mut training, &run, &around)?;
    let pictures = draw_run(&run, &training, config)?;
    output::pictures(quiet, &pictures);
    Ok((last, pictures))
}
