//! What comparisons of all models share: folders of runs, and which of them are still to be trained.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config;
use crate::error::CliError;
use crate::log;
use crate::run_dir::{Existing, RunDir};

/// Where the table of a comparison is.
pub fn table_file(folder: &Path) -> PathBuf {
    folder.join("table.json")
}

/// Where the run of a variant and a seed is.
pub fn run_folder(folder: &Path, variant: &str, seed: u64) -> PathBuf {
    folder.join(format!("{variant}-{seed}"))
}

/// How to begin a run of `epochs` epochs that report `R`; `None` where it is complete.
///
/// # Errors
/// The folder is taken, or holds a run with other settings that may not be replaced.
pub fn existing<C: Serialize + DeserializeOwned, R: DeserializeOwned>(
    folder: &Path,
    config: &C,
    epochs: u64,
    overwrite: bool,
) -> Result<Option<Existing>, CliError> {
    let Ok(run) = RunDir::open(folder) else {
        RunDir::check(folder, Existing::Refuse)?;
        return Ok(Some(Existing::Refuse));
    };
    let stored: Result<C, _> = config::read(&run.config());
    let difference = match &stored {
        Ok(stored) => config::difference(stored, config),
        Err(error) => Some(error.to_string()),
    };
    match difference {
        None => {
            let done = log::epochs::<R>(&run.metrics())?;
            let complete = done.last().is_some_and(|last| last.epoch == epochs);
            Ok((!complete).then_some(Existing::Resume))
        }
        Some(_) if overwrite => Ok(Some(Existing::Overwrite)),
        Some(difference) => Err(CliError::Usage(format!(
            "{} holds a run with other settings ({difference}); train it anew with --overwrite, or choose another \
             folder with --out",
            folder.display()
        ))),
    }
}

/// Reads the rows of a table.
///
/// # Errors
/// The file cannot be read, or is no table of this kind.
pub fn read_table<R: DeserializeOwned>(folder: &Path) -> Result<Vec<R>, CliError> {
    let path = table_file(folder);
    let bytes = std::fs::read(&path).map_err(CliError::io(&path))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        CliError::Data(format!("{}: {error}; compare again to write it anew", path.display()))
    })
}

/// Writes the rows of a table as JSON, and as the Markdown that is given.
///
/// # Errors
/// The operating system refuses.
pub fn write_table<R: Serialize>(folder: &Path, rows: &[R], markdown: &str) -> Result<(), CliError> {
    let json = serde_json::to_string_pretty(rows).expect("rows are plain data");
    crate::run_dir::write_atomically(&table_file(folder), json.as_bytes())?;
    crate::run_dir::write_atomically(&table_file(folder).with_extension("md"), markdown.as_bytes())
}
