//! `ketwork train qfwp`: from flags to a trained forecaster and its pictures.

use std::path::{Path, PathBuf};

use models::Error;
use models::forecast::Forecasting;
use models::series::{LinearBaselines, Series, SeriesSource};
use models::train::Trainer;
use serde_json::json;

use super::learner::Report;
use super::plots::draw_run;
use super::settings::{MODEL, RunConfig};
use crate::args::TrainQfwp;
use crate::error::CliError;
use crate::log::Epoch;
use crate::manifest::Manifest;
use crate::networks;
use crate::output::{self, note};
use crate::plan::{Planned, plan};
use crate::run_dir::{Existing, RunDir};
use crate::session::{self, Surroundings};
use crate::signal::Stop;

/// Trains one run per seed; prints one line of JSON for each.
///
/// # Errors
/// Flags, data or files are wrong, training fails, or a signal interrupts it.
pub fn train(args: &TrainQfwp, quiet: bool, stop: &Stop) -> Result<(), CliError> {
    for Planned { folder, existing, mut config } in
        plan(&args.run, |base, seed| wanted(args, base, seed), RunConfig::default_folder)?
    {
        if let Some(start) = args.start.as_ref().filter(|_| existing != Existing::Resume) {
            let problem = Forecasting::new(config.train.clone(), read_series(&config)?)?;
            let (windows, seed) = (problem.windows(), config.train.seed);
            networks::start_programmer(start, &mut config.train.model, windows, seed, quiet)?;
        }
        let (last, pictures) = train_one(&folder, existing, &config, quiet, stop)?;
        let baselines = baselines(&config)?;
        output::json(&json!({
            "run": folder, "epoch": last.epoch, "test": last.test, "mean": baselines.mean,
            "last_value": baselines.last_value, "linear": baselines.regression, "pictures": pictures,
        }));
    }
    Ok(())
}

/// The settings that the flags ask for, over those of the run that is to go on where there is one.
fn wanted(args: &TrainQfwp, stored: Option<RunConfig>, seed: Option<u64>) -> Result<RunConfig, CliError> {
    let mut config = match stored {
        Some(stored) if args.settings.preset.is_none() => stored.with(&args.settings)?,
        _ => RunConfig::new(&args.settings)?,
    };
    config.set_model(args.model.as_deref(), args.update.as_deref())?;
    config.train.seed = seed.unwrap_or(config.train.seed);
    Ok(config)
}

/// Trains a run to its end, from wherever it stands, and draws its pictures.
///
/// # Errors
/// The settings do not fit the series, the folder is taken, training fails, or a signal interrupts it.
pub fn train_one(
    folder: &Path,
    existing: Existing,
    config: &RunConfig,
    quiet: bool,
    stop: &Stop,
) -> Result<(Epoch<Report>, Vec<PathBuf>), CliError> {
    let series = read_series(config)?;
    let digest = vec![(config.task.clone(), series.fingerprint())];
    let mut trainer = Trainer::new(Forecasting::new(config.train.clone(), series)?)?;
    let run = RunDir::claim(folder, existing)?;
    let parameters = [("trained", trainer.n_params())];
    Manifest::new(MODEL, config.train.seed, &config.task, digest, parameters)
        .begin(&run, existing, config)?;
    note(quiet, describe(config, &trainer)?);
    let around = Surroundings { quiet, stop, save_seconds: config.save_seconds };
    let last = session::train(&mut trainer, &run, &around)?;
    let pictures = draw_run(&run, &trainer, config)?;
    output::pictures(quiet, &pictures);
    Ok((last, pictures))
}

/// Computes or reads the series.
///
/// # Errors
/// A file is missing or is not what it should be.
pub fn read_series(config: &RunConfig) -> Result<Series, CliError> {
    SeriesSource::parse(&config.task).and_then(|source| source.series()).map_err(|error| {
        // A source that is not there is wrong data, not a wrong setting.
        if matches!(error, Error::Invalid { .. }) { CliError::Data(error.to_string()) } else { error.into() }
    })
}

/// What predictions without a network reach on the windows of a run.
///
/// # Errors
/// As [`read_series`], and for windows that do not fit the series.
pub fn baselines(config: &RunConfig) -> Result<LinearBaselines, CliError> {
    let problem = Forecasting::new(config.train.clone(), read_series(config)?)?;
    Ok(LinearBaselines::of(problem.windows()))
}

/// What is about to be trained, on what, and what it has to beat.
fn describe(config: &RunConfig, trainer: &Trainer<Forecasting>) -> Result<String, CliError> {
    let windows = trainer.problem().windows();
    let (n, n_train) = (windows.targets.len(), windows.n_train);
    let LinearBaselines { mean, last_value, regression } = baselines(config)?;
    Ok(format!(
        "{} on {}: {n_train} training and {} test windows of {}, seed {}, {} trained parameters, {} epochs\ntest error of \
         the mean {mean:.2e}, of the last value {last_value:.2e}, of linear regression on the window {regression:.2e}",
        config.name,
        config.task,
        n - n_train,
        windows.length,
        config.train.seed,
        trainer.n_params(),
        config.train.epochs
    ))
}
