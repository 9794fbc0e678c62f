//! Writing pictures, each with the numbers it shows beside it as `.npy`.

use std::path::{Path, PathBuf};

use viz::Picture;

use crate::error::CliError;
use crate::run_dir::write_atomically;

/// Writes a picture and its numbers; returns where the picture is.
///
/// # Errors
/// The operating system refuses.
pub fn write(folder: &Path, name: &str, picture: &Picture) -> Result<PathBuf, CliError> {
    let path = folder.join(name).with_extension("svg");
    write_atomically(&path, picture.svg.as_bytes())?;
    write_atomically(&path.with_extension("npy"), &picture.npy()?)?;
    Ok(path)
}
