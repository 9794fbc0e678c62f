//! The folder of one run, and the rule that nothing in it is ever half written.
//!
//! | entry | holds |
//! |---|---|
//! | `config.toml` | every setting, as it took effect |
//! | `manifest.json` | what the settings do not say: versions, machine, digests of the data |
//! | `metrics.jsonl` | one JSON object per step and per epoch |
//! | `checkpoints/` | the last two states of training |
//! | `plots/` | pictures, and the arrays they show |

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::CliError;

const CONFIG: &str = "config.toml";
const MANIFEST: &str = "manifest.json";
const METRICS: &str = "metrics.jsonl";
const CHECKPOINTS: &str = "checkpoints";
const PLOTS: &str = "plots";
const LOCK: &str = ".lock";

/// What to do with a run that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// End with an error.
    Refuse,
    /// Go on with it.
    Resume,
    /// Remove it and start anew.
    Overwrite,
}

/// The folder of a run; while it is claimed no other process trains in it.
pub struct RunDir {
    path: PathBuf,
    _lock: Option<File>,
}

impl RunDir {
    /// Whether [`claim`](Self::claim) would take `path`; touches nothing.
    ///
    /// # Errors
    /// The folder is not empty, or (to resume) without a run, or (to overwrite) no run's.
    pub fn check(path: &Path, existing: Existing) -> Result<(), CliError> {
        let is_run = path.join(CONFIG).is_file();
        let is_empty = fs::read_dir(path).map_or(true, |mut entries| entries.all(|entry| is_lock(&entry)));
        let problem = match existing {
            Existing::Refuse if !is_empty => {
                "is not empty; go on with the run in it with --resume, replace it with --overwrite, or choose \
                 another folder with --out"
            }
            Existing::Resume if !is_run => "holds no run to go on with; leave out --resume to start one",
            Existing::Overwrite if !is_empty && !is_run => {
                "is not empty and holds no run, so --overwrite leaves it alone; choose another folder with --out"
            }
            Existing::Refuse | Existing::Resume | Existing::Overwrite => return Ok(()),
        };
        Err(CliError::Usage(format!("the folder {} {problem}", path.display())))
    }

    /// Takes `path` for training, as `existing` says where it is not empty.
    ///
    /// # Errors
    /// Those of [`check`](Self::check), another process trains in it, or it cannot be written.
    pub fn claim(path: &Path, existing: Existing) -> Result<Self, CliError> {
        Self::check(path, existing)?;
        fs::create_dir_all(path).map_err(CliError::io(path))?;
        let run = Self { path: path.to_owned(), _lock: Some(lock(path)?) };
        if existing == Existing::Overwrite {
            run.clear()?;
        }
        Ok(run)
    }

    /// Opens a run to look at it.
    ///
    /// # Errors
    /// The folder holds no run.
    pub fn open(path: &Path) -> Result<Self, CliError> {
        if !path.join(CONFIG).is_file() {
            return Err(CliError::Data(format!(
                "the folder {} holds no run ({CONFIG} is missing); name the folder that training wrote",
                path.display()
            )));
        }
        Ok(Self { path: path.to_owned(), _lock: None })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the settings are.
    pub fn config(&self) -> PathBuf {
        self.path.join(CONFIG)
    }

    /// Where the manifest is.
    pub fn manifest(&self) -> PathBuf {
        self.path.join(MANIFEST)
    }

    /// Where the metrics are.
    pub fn metrics(&self) -> PathBuf {
        self.path.join(METRICS)
    }

    /// Where the checkpoints are.
    pub fn checkpoints(&self) -> PathBuf {
        self.path.join(CHECKPOINTS)
    }

    /// Where the pictures are.
    pub fn plots(&self) -> PathBuf {
        self.path.join(PLOTS)
    }

    /// Removes what a run writes, and nothing else.
    fn clear(&self) -> Result<(), CliError> {
        for folder in [self.checkpoints(), self.plots()].iter().filter(|folder| folder.is_dir()) {
            fs::remove_dir_all(folder).map_err(CliError::io(folder))?;
        }
        // The settings go last: without them the folder would no longer pass for a run.
        for file in [self.metrics(), self.manifest(), self.config()].iter().filter(|file| file.is_file()) {
            fs::remove_file(file).map_err(CliError::io(file))?;
        }
        Ok(())
    }
}

/// Writes a whole file or none: to a temporary file beside it, synced, renamed.
///
/// # Errors
/// The operating system refuses; the old file is then untouched.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let folder = path.parent().expect("files of a run lie in its folder");
    let temporary = path.with_added_extension("part");
    let write = || {
        fs::create_dir_all(folder)?;
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        sync_folder(folder)
    };
    write().map_err(CliError::io(path))
}

/// Makes a rename last through a power cut, where folders can be opened as files.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn is_lock(entry: &std::io::Result<fs::DirEntry>) -> bool {
    entry.as_ref().is_ok_and(|entry| entry.file_name() == LOCK)
}

fn lock(folder: &Path) -> Result<File, CliError> {
    let path = folder.join(LOCK);
    let file = File::create(&path).map_err(CliError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CliError::Usage(format!(
            "another process trains in {}; wait for it or choose another folder with --out",
            folder.display()
        ))),
        Err(TryLockError::Error(source)) => Err(CliError::Io { path, source }),
    }
}
