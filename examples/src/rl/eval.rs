//! `ketwork eval` of an agent: the newest checkpoint of a run in episodes played for judgement.

use models::rl::Training;

use super::learner::Report;
use super::settings::RunConfig;
use crate::config;
use crate::error::CliError;
use crate::output::{self, note};
use crate::run_dir::RunDir;
use crate::session;

/// Evaluates a run; prints the report as JSON.
///
/// # Errors
/// The folder holds no sound checkpoint.
pub fn eval(run: &RunDir, quiet: bool) -> Result<(), CliError> {
    let (training, _) = trained(run, quiet)?;
    let report = Report::of(&training)?;
    note(quiet, format_args!("test {report}"));
    output::json(&report);
    Ok(())
}

/// A run at its newest checkpoint, and its settings.
///
/// # Errors
/// As [`eval`].
pub fn trained(run: &RunDir, quiet: bool) -> Result<(Training, RunConfig), CliError> {
    let config: RunConfig = config::read(&run.config())?;
    let mut training = Training::new(config.train.clone())?;
    session::restore_some(&mut training, run, quiet)?;
    Ok((training, config))
}
