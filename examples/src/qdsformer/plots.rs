//! The pictures of a run and of a comparison.

use std::path::{Path, PathBuf};

use super::settings::RunConfig;
use crate::error::CliError;
use crate::run_dir::RunDir;

/// `ketwork plot`: draws the pictures of a run, or of a comparison, again.
pub fn plot(folder: &Path, quiet: bool) -> Result<(), CliError> {
    let _ = (folder, quiet);
    Ok(())
}

/// Draws the pictures of a run.
pub fn draw(run: &RunDir, config: &RunConfig, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    let _ = (run, config, quiet);
    Ok(Vec::new())
}

/// Draws the pictures of a comparison.
pub fn draw_comparison(out: &Path, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    let _ = (out, quiet);
    Ok(Vec::new())
}
