//! One training run: restore, step, log, save, evaluate, stop; the same for every model.

use std::fmt::Display;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::checkpoint;
use crate::error::CliError;
use crate::log::{self, Epoch, Log, Step};
use crate::output::note;
use crate::progress::Progress;
use crate::run_dir::RunDir;
use crate::signal::Stop;

/// Saving takes at most one part in this many of the time.
const SAVE_SHARE: u32 = 20;

/// What can be trained: a model with its data, its optimiser and its random state.
pub trait Learner {
    /// What an evaluation on the test data tells; shown after `test`.
    type Report: Serialize + DeserializeOwned + Clone + Display;
    /// Steps of the whole run.
    fn total_steps(&self) -> u64;
    /// Does one optimiser step; its wall time is filled in by the caller.
    fn step(&mut self) -> Result<Step, models::Error>;
    /// Evaluates on the test data.
    fn evaluate(&self) -> Result<Self::Report, models::Error>;
    /// Everything the rest of the run hangs on, as bytes.
    fn snapshot(&self) -> Result<Vec<u8>, models::Error>;
    /// Goes back to a snapshot.
    fn restore(&mut self, bytes: &[u8]) -> Result<(), models::Error>;
}

/// What surrounds a run.
pub struct Surroundings<'a> {
    /// Whether to say nothing.
    pub quiet: bool,
    /// Asked after every step.
    pub stop: &'a Stop,
    /// Seconds between checkpoints within an epoch.
    pub save_seconds: f64,
}

/// Trains from the newest sound checkpoint to the end; returns the last epoch.
///
/// # Errors
/// The learner fails, a file cannot be written, or a signal asked to stop.
pub fn train<L: Learner>(
    learner: &mut L,
    run: &RunDir,
    around: &Surroundings,
) -> Result<Epoch<L::Report>, CliError> {
    let mut at = restore(learner, run, around.quiet)?;
    let mut log = Log::open(&run.metrics(), at)?;
    let mut progress = Progress::new(around.quiet, at, learner.total_steps());
    let mut saved = Saved { when: Instant::now(), took: Duration::ZERO };
    loop {
        if at >= learner.total_steps() && !log.awaits_report() {
            return last_epoch(run);
        }
        if around.stop.requested() {
            return Err(CliError::Interrupted);
        }
        if log.awaits_report() {
            progress.epoch(&log.epoch(learner.evaluate()?)?);
            continue;
        }
        let start = Instant::now();
        let mut step = learner.step()?;
        step.seconds = start.elapsed().as_secs_f64();
        at = step.step;
        progress.step(&step);
        let save = step.ends_epoch || around.stop.requested() || saved.is_old(around.save_seconds);
        log.step(step)?;
        if save {
            log.sync()?;
            saved = Saved::timed(|| checkpoint::save(&run.checkpoints(), at, &learner.snapshot()?))?;
        }
    }
}

/// Brings the learner to the newest sound checkpoint of a run; returns the steps done by then.
///
/// # Errors
/// There are checkpoints, but none is sound.
pub fn restore<L: Learner>(learner: &mut L, run: &RunDir, quiet: bool) -> Result<u64, CliError> {
    let skipped = |text: &str| note(quiet, format_args!("warning: {text}; using the one before it"));
    let at = checkpoint::restore_newest(&run.checkpoints(), |bytes| learner.restore(bytes), skipped)?;
    if at > 0 {
        note(quiet, format_args!("restored the state after step {at} of {}", learner.total_steps()));
    }
    Ok(at)
}

/// As [`restore`], where there must be a checkpoint.
///
/// # Errors
/// There is none, or none is sound.
pub fn restore_some<L: Learner>(learner: &mut L, run: &RunDir, quiet: bool) -> Result<(), CliError> {
    match restore(learner, run, quiet)? {
        0 => Err(CliError::Data(format!(
            "{} holds no checkpoint yet; train with --resume",
            run.checkpoints().display()
        ))),
        _ => Ok(()),
    }
}

/// The last epoch in the log of a run.
///
/// # Errors
/// The log cannot be read, or holds no epoch.
pub fn last_epoch<R: DeserializeOwned>(run: &RunDir) -> Result<Epoch<R>, CliError> {
    log::epochs(&run.metrics())?.pop().ok_or_else(|| {
        CliError::Data(format!("{} holds no epoch yet; train with --resume", run.metrics().display()))
    })
}

/// When the last checkpoint was written, and how long that took.
struct Saved {
    when: Instant,
    took: Duration,
}

impl Saved {
    fn timed(save: impl FnOnce() -> Result<(), CliError>) -> Result<Self, CliError> {
        let start = Instant::now();
        save()?;
        Ok(Self { when: Instant::now(), took: start.elapsed() })
    }

    /// Whether the interval has passed, stretched where saving would take more than its share.
    fn is_old(&self, interval: f64) -> bool {
        self.when.elapsed() >= (self.took * SAVE_SHARE).max(Duration::from_secs_f64(interval))
    }
}
