//! `ketwork eval` of a forecaster: the newest checkpoint of a run on the test windows.

use models::forecast::Forecasting;
use models::train::Trainer;

use super::learner::Report;
use super::settings::RunConfig;
use super::train::read_series;
use crate::config;
use crate::error::CliError;
use crate::manifest::Manifest;
use crate::output::{self, note};
use crate::run_dir::RunDir;
use crate::session;

/// Evaluates a run; prints the report as JSON.
///
/// # Errors
/// The folder holds no sound checkpoint, or its data have changed.
pub fn eval(run: &RunDir, quiet: bool) -> Result<(), CliError> {
    let (trainer, _) = trained(run, quiet)?;
    let report = Report::of(&trainer)?;
    note(quiet, format_args!("test {report}"));
    output::json(&report);
    Ok(())
}

/// The trainer of a run at its newest checkpoint, and its settings.
///
/// # Errors
/// As [`eval`].
pub fn trained(run: &RunDir, quiet: bool) -> Result<(Trainer<Forecasting>, RunConfig), CliError> {
    let config: RunConfig = config::read(&run.config())?;
    let series = read_series(&config)?;
    Manifest::read(run)?.check_data(&[(config.task.clone(), series.fingerprint())])?;
    let mut trainer = Trainer::new(Forecasting::new(config.train.clone(), series)?)?;
    session::restore_some(&mut trainer, run, quiet)?;
    Ok((trainer, config))
}
