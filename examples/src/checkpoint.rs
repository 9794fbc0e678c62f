//! Checkpoints: `step-00000120.safetensors` is the state of training after 120 steps.
//!
//! A file is written whole or not at all, and a learner knows damaged bytes from sound ones, so there is
//! always a checkpoint to go back to: the newest, or the one before it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::CliError;
use crate::run_dir::write_atomically;

/// How many checkpoints are kept.
const KEPT: usize = 2;

/// Writes the state after `step` steps and removes all but the newest two.
///
/// # Errors
/// The operating system refuses; the earlier checkpoints are then untouched.
pub fn save(folder: &Path, step: u64, bytes: &[u8]) -> Result<(), CliError> {
    write_atomically(&folder.join(format!("step-{step:08}.safetensors")), bytes)?;
    for (_, old) in list(folder).into_iter().skip(KEPT) {
        fs::remove_file(&old).map_err(CliError::io(&old))?;
    }
    Ok(())
}

/// Hands the newest checkpoint that `restore` takes to it and returns its step; 0 where there is none at
/// all. Every checkpoint that cannot be read, or that `restore` refuses, is reported to `skipped` first.
///
/// # Errors
/// There are checkpoints, but not one is sound.
pub fn restore_newest(
    folder: &Path,
    mut restore: impl FnMut(&[u8]) -> Result<(), models::Error>,
    mut skipped: impl FnMut(&str),
) -> Result<u64, CliError> {
    let all = list(folder);
    for (step, path) in &all {
        let restored = match fs::read(path) {
            Ok(bytes) => restore(&bytes).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match restored {
            Ok(()) => return Ok(*step),
            Err(problem) => skipped(&format!("{}: {problem}", path.display())),
        }
    }
    if all.is_empty() {
        return Ok(0);
    }
    Err(CliError::Data(format!(
        "none of the {} checkpoints in {} can be used; start again with --overwrite",
        all.len(),
        folder.display()
    )))
}

/// Steps and paths of the checkpoints in a folder, the newest first.
fn list(folder: &Path) -> Vec<(u64, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<_> = entries.filter_map(|entry| Some((step(&entry.path())?, entry.path()))).collect();
    all.sort_by(|a, b| b.cmp(a));
    all
}

fn step(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Result, bytes restored, and what was said on the way.
    fn restored(folder: &Path, damaged: &[&[u8]]) -> (Result<u64, CliError>, Vec<u8>, Vec<String>) {
        let (mut state, mut said) = (Vec::new(), Vec::new());
        let restore = |bytes: &[u8]| {
            if damaged.contains(&bytes) {
                return Err(models::Error::Snapshot { problem: "it is damaged".into() });
            }
            state = bytes.to_vec();
            Ok(())
        };
        let step = restore_newest(folder, restore, |text| said.push(text.to_owned()));
        (step, state, said)
    }

    #[test]
    fn the_newest_two_are_kept_and_the_newest_is_restored() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(restored(folder.path(), &[]).0.unwrap(), 0);
        for step in [5_u64, 9, 10, 100_000_000] {
            save(folder.path(), step, &step.to_le_bytes()).unwrap();
        }
        assert_eq!(list(folder.path()).iter().map(|(step, _)| *step).collect::<Vec<_>>(), [100_000_000, 10]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary files stay");
        let (step, state, said) = restored(folder.path(), &[]);
        assert_eq!(
            (step.unwrap(), state, said.len()),
            (100_000_000, 100_000_000_u64.to_le_bytes().to_vec(), 0)
        );
    }

    #[test]
    fn damaged_checkpoints_are_named_and_the_one_before_is_used() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), 1, b"one").unwrap();
        save(folder.path(), 2, b"two").unwrap();
        for (damaged, expected, n_said) in [
            (vec![], Some(2), 0),
            (vec![b"two".as_slice()], Some(1), 1),
            (vec![b"one".as_slice()], Some(2), 0),
            (vec![b"one".as_slice(), b"two"], None, 2),
        ] {
            let (step, state, said) = restored(folder.path(), &damaged);
            assert_eq!(said.len(), n_said, "{damaged:?}");
            assert!(said.first().is_none_or(|text| text.contains("step-00000002.safetensors")), "{said:?}");
            match expected {
                Some(newest) => {
                    assert_eq!(step.unwrap(), newest);
                    assert_eq!(state, [b"one", b"two"][newest as usize - 1]);
                }
                None => assert!(step.unwrap_err().to_string().contains("none of the 2 checkpoints")),
            }
        }
    }
}
