//! Checkpoints: whole files that carry the digest of their bytes in their name.
//!
//! `step-00000120-3f9a5c0d81e2b764.safetensors` is the state after 120 steps; the sixteen digits begin
//! the SHA-256 of the file, so a damaged file is known before any of it is believed.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::CliError;
use crate::run_dir::write_atomically;

/// How many checkpoints are kept.
const KEPT: usize = 2;

/// Writes the state after `step` steps and removes all but the newest two.
///
/// # Errors
/// The operating system refuses; the earlier checkpoints are then untouched.
pub fn save(folder: &Path, step: u64, bytes: &[u8]) -> Result<(), CliError> {
    write_atomically(&folder.join(format!("step-{step:08}-{}.safetensors", digest(bytes))), bytes)?;
    for (_, old) in list(folder).into_iter().skip(KEPT) {
        fs::remove_file(&old).map_err(CliError::io(&old))?;
    }
    Ok(())
}

/// Hands the newest sound checkpoint to `restore` and returns its step; 0 where there is none at all.
/// Every checkpoint that is damaged, or that `restore` refuses, is reported to `skipped` first.
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
        match fs::read(path).map_err(|error| error.to_string()).and_then(|bytes| intact(path, bytes)) {
            Ok(bytes) => match restore(&bytes) {
                Ok(()) => return Ok(*step),
                Err(error) => skipped(&format!("{} does not fit this run: {error}", path.display())),
            },
            Err(problem) => skipped(&format!("{} is corrupt: {problem}", path.display())),
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
pub fn list(folder: &Path) -> Vec<(u64, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<_> =
        entries.filter_map(|entry| Some((step_and_digest(&entry.path())?.0, entry.path()))).collect();
    all.sort_by(|a, b| b.cmp(a));
    all
}

fn intact(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let named = step_and_digest(path).map(|(_, digest)| digest).unwrap_or_default();
    let found = digest(&bytes);
    if found == named { Ok(bytes) } else { Err(format!("its SHA-256 begins {found}, not {named}")) }
}

fn step_and_digest(path: &Path) -> Option<(u64, String)> {
    let name = path.file_name()?.to_str()?.strip_prefix("step-")?.strip_suffix(".safetensors")?;
    let (step, digest) = name.split_once('-')?;
    Some((step.parse().ok()?, digest.to_owned()))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Step and bytes restored, and what was said on the way.
    fn restored(
        folder: &Path,
        accept: impl Fn(&[u8]) -> bool,
    ) -> (Result<u64, CliError>, Vec<u8>, Vec<String>) {
        let (mut state, mut said) = (Vec::new(), Vec::new());
        let step = restore_newest(
            folder,
            |bytes| {
                if !accept(bytes) {
                    return Err(models::Error::Io {
                        file: "x".into(),
                        source: std::io::ErrorKind::Other.into(),
                    });
                }
                state = bytes.to_vec();
                Ok(())
            },
            |text| said.push(text.to_owned()),
        );
        (step, state, said)
    }

    #[test]
    fn the_newest_two_are_kept_and_the_newest_is_restored() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(restored(folder.path(), |_| true).0.unwrap(), 0);
        for step in [5, 9, 10, 100_000_000] {
            save(folder.path(), step, &step.to_le_bytes()).unwrap();
        }
        assert_eq!(list(folder.path()).iter().map(|(step, _)| *step).collect::<Vec<_>>(), [100_000_000, 10]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary files stay");
        let (step, state, said) = restored(folder.path(), |_| true);
        assert_eq!(
            (step.unwrap(), state, said.len()),
            (100_000_000, 100_000_000_u64.to_le_bytes().to_vec(), 0)
        );
    }

    #[test]
    fn damage_is_named_and_the_checkpoint_before_it_is_used() {
        let whole = b"the state of training".to_vec();
        let damages: [(&str, Vec<u8>); 3] = [
            ("empty", vec![]),
            ("truncated", whole[..7].to_vec()),
            ("flipped", [&whole[1..], b"T"].concat()),
        ];
        for (damage, bytes) in damages {
            let folder = tempfile::tempdir().unwrap();
            save(folder.path(), 1, b"older").unwrap();
            save(folder.path(), 2, &whole).unwrap();
            let newest = list(folder.path())[0].1.clone();
            fs::write(&newest, bytes).unwrap();
            let (step, state, said) = restored(folder.path(), |_| true);
            assert_eq!((step.unwrap(), state.as_slice()), (1, b"older".as_slice()), "{damage}");
            assert!(said[0].contains(newest.to_str().unwrap()), "{damage}: {said:?}");
        }
    }

    #[test]
    fn a_folder_without_a_usable_checkpoint_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), 1, b"one").unwrap();
        save(folder.path(), 2, b"two").unwrap();
        let (step, _, said) = restored(folder.path(), |_| false);
        assert!(step.unwrap_err().to_string().contains("none of the 2 checkpoints"));
        assert_eq!(said.len(), 2);
    }
}
