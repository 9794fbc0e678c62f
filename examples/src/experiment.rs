//! Commands on folders: which model a run, or a comparison of runs, is of.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::comparison::table_file;
use crate::error::CliError;
use crate::run_dir::RunDir;
use crate::{config, networks, output, qdsformer, qfwp, rl};

/// What a run trains, of all its settings.
#[derive(Deserialize)]
struct Settings {
    experiment: Experiment,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Experiment {
    Qdsformer,
    Qfwp,
    Rl,
    Pretrain,
    Dmrg,
    Run,
    Synthesize,
    ScanGradients,
}

/// Evaluates the newest checkpoint of a run, or prints the report of what was done at once.
///
/// # Errors
/// The folder holds no run, no sound checkpoint, or its data have changed.
pub fn eval(folder: &Path, quiet: bool) -> Result<(), CliError> {
    let run = RunDir::open(folder)?;
    match of_run(&run)? {
        Experiment::Qdsformer => qdsformer::eval(&run, quiet),
        Experiment::Qfwp => qfwp::eval(&run, quiet),
        Experiment::Rl => rl::eval(&run, quiet),
        Experiment::Pretrain
        | Experiment::Dmrg
        | Experiment::Run
        | Experiment::Synthesize
        | Experiment::ScanGradients => networks::summary(&run),
    }
}

/// Draws the pictures of a run, or of a comparison, again; prints their paths.
///
/// # Errors
/// The folder holds neither, or its data have changed, or a picture cannot be drawn or written.
pub fn plot(folder: &Path, quiet: bool) -> Result<(), CliError> {
    let run = match table_file(folder).is_file() {
        true => a_run_of(folder)?,
        false => RunDir::open(folder)?,
    };
    let pictures = match of_run(&run)? {
        Experiment::Qdsformer => qdsformer::plot(folder, quiet)?,
        Experiment::Qfwp => qfwp::plot(folder, quiet)?,
        Experiment::Rl => rl::plot(folder, quiet)?,
        Experiment::Pretrain => networks::plot_pretrain(&run, true)?,
        Experiment::Dmrg => networks::plot_dmrg(&run, true)?,
        Experiment::Run => networks::plot_run(&run, true)?,
        Experiment::Synthesize => networks::plot_synthesize(&run, true)?,
        Experiment::ScanGradients => networks::plot_scan(&run, true)?,
    };
    pictures.iter().for_each(|picture| output::text(picture.display()));
    Ok(())
}

fn of_run(run: &RunDir) -> Result<Experiment, CliError> {
    config::read::<Settings>(&run.config()).map(|settings| settings.experiment)
}

/// Any of the runs of a comparison.
fn a_run_of(folder: &Path) -> Result<RunDir, CliError> {
    let entries = fs::read_dir(folder).map_err(CliError::io(folder))?.flatten();
    let mut runs = entries.filter_map(|entry| RunDir::open(&entry.path()).ok());
    let none = || CliError::Data(format!("{} holds a table but no run; compare again", folder.display()));
    runs.next().ok_or_else(none)
}
