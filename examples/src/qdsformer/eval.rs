//! `ketwork eval`: the newest checkpoint of a run on the test data.

use std::sync::Arc;

use models::classify::Classification;
use models::data::Dataset;
use models::train::Trainer;

use super::learner::Report;
use super::settings::RunConfig;
use super::train::read_data;
use crate::config;
use crate::error::CliError;
use crate::manifest::Manifest;
use crate::output::{self, note};
use crate::run_dir::RunDir;
use crate::session;

/// Evaluates a run; prints the report as JSON, and metrics and confusion counts for people.
///
/// # Errors
/// The folder holds no sound checkpoint, or its data have changed.
pub fn eval(run: &RunDir, quiet: bool) -> Result<(), CliError> {
    let (trainer, data) = trained(run, quiet)?;
    let report = Report::of(&trainer)?;
    note(quiet, format_args!("test {report}"));
    note(quiet, confusion(&report, &data.class_names));
    output::json(&report);
    Ok(())
}

/// The trainer of a run at its newest checkpoint, and its data.
///
/// # Errors
/// As [`eval`].
pub fn trained(run: &RunDir, quiet: bool) -> Result<(Trainer<Classification>, Arc<Dataset>), CliError> {
    let config: RunConfig = config::read(&run.config())?;
    let data = read_data(&config)?;
    Manifest::read(run)?.check_data(&data.sha256)?;
    let mut trainer = Classification::trainer(config.train, data.clone())?;
    session::restore_some(&mut trainer, run, quiet)?;
    Ok((trainer, data))
}

/// Confusion counts: a row per class, a column per class it was taken for.
fn confusion(report: &Report, names: &[String]) -> String {
    let counts = &report.eval.confusion;
    let cells = counts.iter().flatten().map(|count| count.to_string().len());
    let width = cells.chain([names.len().to_string().len()]).max().unwrap_or(1);
    let label = names.iter().map(|name| name.chars().count()).max().unwrap_or(1);
    let line = |cells: Vec<String>| cells.iter().map(|cell| format!("  {cell:>width$}")).collect::<String>();
    let header = line((0..names.len()).map(|class| class.to_string()).collect());
    let rows = counts.iter().zip(names).enumerate().map(|(class, (row, name))| {
        format!("\n{class:>2} {name:<label$}{}", line(row.iter().map(u64::to_string).collect()))
    });
    format!(
        "images of a class (row) taken for a class (column)\n   {:label$}{header}{}",
        "",
        rows.collect::<String>()
    )
}
