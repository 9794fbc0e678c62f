//! The folder of a command that is done at once: `config.toml`, `manifest.json`, `report.json`, `plots/`.

use std::path::{Path, PathBuf};

use ketwork::tensornet::synthesis::SynthesisReport;
use serde::Serialize;
use serde::de::DeserializeOwned;
use viz::{Picture, Series};

use crate::args::Results;
use crate::error::CliError;
use crate::manifest::Manifest;
use crate::pictures::write;
use crate::run_dir::{Existing, RunDir, write_atomically};
use crate::{config, output};

const REPORT: &str = "report.json";

/// The settings of the flags over those of the file that `flags` names, if any, over `base`.
///
/// # Errors
/// The file cannot be read or has unknown keys.
pub fn over<C: Serialize + DeserializeOwned>(base: C, flags: &Results) -> Result<C, CliError> {
    match &flags.config {
        Some(file) => config::over(&base, file),
        None => Ok(base),
    }
}

/// Takes the folder and writes settings and manifest.
///
/// # Errors
/// The folder is taken or cannot be written.
pub fn begin(
    flags: &Results,
    command: &str,
    subject: &str,
    seed: u64,
    digest: Vec<(String, String)>,
    config: &impl Serialize,
) -> Result<RunDir, CliError> {
    let word = subject.rsplit(['/', '\\']).next().unwrap_or(subject).replace([':', ','], "-");
    let default = || Path::new("runs").join(format!("{command}-{word}-{seed}"));
    let existing = if flags.overwrite { Existing::Overwrite } else { Existing::Refuse };
    let run = RunDir::claim(&flags.out.clone().unwrap_or_else(default), existing)?;
    Manifest::new(command, seed, subject, digest, []).begin(&run, existing, config)?;
    Ok(run)
}

/// Writes the report.
///
/// # Errors
/// The operating system refuses.
pub fn write_report(run: &RunDir, report: &impl Serialize) -> Result<(), CliError> {
    let json = serde_json::to_vec_pretty(report).expect("reports are plain data");
    write_atomically(&run.path().join(REPORT), &json)
}

/// Reads the report of a folder.
///
/// # Errors
/// It is missing or is no report of this kind.
pub fn read_report<R: DeserializeOwned>(run: &RunDir) -> Result<R, CliError> {
    let path = run.path().join(REPORT);
    let bytes = std::fs::read(&path).map_err(CliError::io(&path))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| CliError::Data(format!("{}: {error}; run the command again", path.display())))
}

/// Writes pictures and says where they are.
///
/// # Errors
/// The operating system refuses.
pub fn write_pictures(
    run: &RunDir,
    pictures: Vec<(String, Picture)>,
    quiet: bool,
) -> Result<Vec<PathBuf>, CliError> {
    let paths: Result<Vec<PathBuf>, CliError> =
        pictures.iter().map(|(name, picture)| write(&run.plots(), name, picture)).collect();
    let paths = paths?;
    output::pictures(quiet, &paths);
    Ok(paths)
}

/// Prints the report of a folder again.
///
/// # Errors
/// It is missing or no JSON.
pub fn summary(run: &RunDir) -> Result<(), CliError> {
    output::json(&read_report::<serde_json::Value>(run)?);
    Ok(())
}

/// An error where something did not converge; the results are all written.
pub fn settled(converged: bool, run: &RunDir, what: &str) -> Result<(), CliError> {
    match converged {
        true => Ok(()),
        false => Err(CliError::NotConverged(format!("{what}; all results are in {}", run.path().display()))),
    }
}

/// What is missing to fidelity one after each layer.
pub fn infidelities(name: &str, report: &SynthesisReport) -> Series {
    let mut by_layer: Vec<(f64, f64)> = Vec::new();
    for stage in &report.stages {
        let point = (stage.layers as f64, (1.0 - stage.fidelity).max(0.0));
        match by_layer.last_mut() {
            Some(last) if last.0 == point.0 => *last = point,
            _ => by_layer.push(point),
        }
    }
    let (x, y) = by_layer.into_iter().unzip();
    Series::single(name, x, y)
}
