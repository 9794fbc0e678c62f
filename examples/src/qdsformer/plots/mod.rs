//! Pictures, each with the numbers it shows beside it as `.npy`.

mod comparison;
mod run;

use std::path::{Path, PathBuf};

use super::eval::trained;
use crate::comparison::table_file;
use crate::error::CliError;
use crate::run_dir::RunDir;

pub use comparison::draw_comparison;
pub use run::draw_run;

/// Draws the pictures of a run, or of a comparison, again.
///
/// # Errors
/// The folder holds neither, or its data have changed, or a picture cannot be drawn or written.
pub fn plot(folder: &Path, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    if table_file(folder).is_file() {
        return draw_comparison(folder);
    }
    let run = RunDir::open(folder)?;
    let (trainer, data) = trained(&run, quiet)?;
    draw_run(&run, &trainer, &data)
}
