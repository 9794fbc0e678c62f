//! Pictures, each with the numbers it shows beside it as `.npy`.

mod comparison;
mod run;

use std::path::{Path, PathBuf};

use viz::Picture;

use super::eval::trained;
use super::table;
use crate::error::CliError;
use crate::output;
use crate::run_dir::{RunDir, write_atomically};

pub use comparison::draw_comparison;
pub use run::draw_run;

/// Draws the pictures of a run, or of a comparison, again; prints their paths.
///
/// # Errors
/// The folder holds neither, or its data have changed, or a picture cannot be drawn or written.
pub fn plot(folder: &Path, quiet: bool) -> Result<(), CliError> {
    let pictures = if table::file(folder).is_file() {
        draw_comparison(folder)?
    } else {
        let run = RunDir::open(folder)?;
        let (trainer, data) = trained(&run, quiet)?;
        draw_run(&run, &trainer, &data)?
    };
    pictures.iter().for_each(|picture| output::text(picture.display()));
    Ok(())
}

/// Writes a picture and its numbers; returns where the picture is.
fn write(folder: &Path, name: &str, picture: &Picture) -> Result<PathBuf, CliError> {
    let path = folder.join(name).with_extension("svg");
    write_atomically(&path, picture.svg.as_bytes())?;
    write_atomically(&path.with_extension("npy"), &picture.npy()?)?;
    Ok(path)
}
