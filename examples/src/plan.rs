//! Which folders a training command fills, with what settings, and how it begins in each.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::args::RunFlags;
use crate::config;
use crate::error::CliError;
use crate::run_dir::{Existing, RunDir};

/// One run to be done.
pub struct Planned<C> {
    /// Its folder.
    pub folder: PathBuf,
    /// How to begin there.
    pub existing: Existing,
    /// Its settings.
    pub config: C,
}

/// The runs that flags ask for, one per seed.
///
/// `wanted` gives the settings for a seed, over those of the run that is to go on where there is one;
/// `default_folder` is for flags that name none.
///
/// # Errors
/// A folder does not allow it, or a run that is to go on has other settings.
pub fn plan<C: Serialize + DeserializeOwned>(
    flags: &RunFlags,
    wanted: impl Fn(Option<C>, Option<u64>) -> Result<C, CliError>,
    default_folder: impl Fn(&C) -> PathBuf,
) -> Result<Vec<Planned<C>>, CliError> {
    let several = flags.seeds.len() > 1;
    let one = |seed: Option<u64>| {
        let fresh = wanted(None, seed)?;
        let folder = match (&flags.out, seed) {
            (Some(out), Some(seed)) if several => out.join(format!("seed-{seed}")),
            (Some(out), _) => out.clone(),
            (None, _) => default_folder(&fresh),
        };
        let existing = match (flags.resume, flags.overwrite) {
            // Of several seeds, those after the interrupted one have not begun.
            (true, _) if !several || folder.exists() => Existing::Resume,
            (_, true) => Existing::Overwrite,
            _ => Existing::Refuse,
        };
        RunDir::check(&folder, existing)?;
        let go_on = existing == Existing::Resume;
        let config = if go_on { stored(&folder, |stored| wanted(Some(stored), seed))? } else { fresh };
        Ok(Planned { folder, existing, config })
    };
    match flags.seeds.as_slice() {
        [] => Ok(vec![one(flags.seed)?]),
        seeds => seeds.iter().map(|seed| one(Some(*seed))).collect(),
    }
}

/// The settings of the run in a folder, after checking that the flags ask for nothing else.
fn stored<C: Serialize + DeserializeOwned>(
    folder: &Path,
    wanted: impl FnOnce(C) -> Result<C, CliError>,
) -> Result<C, CliError> {
    let file = RunDir::open(folder)?.config();
    let stored: C = config::read(&file)?;
    match config::difference(&stored, &wanted(config::read(&file)?)?) {
        None => Ok(stored),
        Some(difference) => Err(CliError::Usage(format!(
            "--resume goes on with the settings of {}, but the flags ask for others ({difference}); leave them \
             out, or start a new run with another --out",
            folder.display()
        ))),
    }
}
