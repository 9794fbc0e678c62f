//! `metrics.jsonl`: one JSON object per line, per step and per epoch, and the only memory of an epoch.
//!
//! Epoch means are sums over the lines of its steps, so a run that is resumed in mid-epoch reports the
//! same means as one that never stopped.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use models::train::StepReport;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::CliError;
use crate::run_dir::write_atomically;

/// One optimiser step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Steps done, over all epochs.
    pub step: u64,
    /// The epoch it belongs to, counted from one.
    pub epoch: u64,
    /// Whether it is the last of its epoch.
    pub ends_epoch: bool,
    /// Mean loss of the batch.
    pub loss: f64,
    /// Share of the batch that was classified rightly, where the task has classes.
    pub accuracy: Option<f64>,
    /// Sum of rewards, where the step is an episode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<f64>,
    /// Learning rate of this step.
    pub learning_rate: f64,
    /// Wall time of this step.
    pub seconds: f64,
}

impl From<StepReport> for Step {
    fn from(report: StepReport) -> Self {
        Self {
            step: report.step,
            epoch: report.epoch as u64,
            ends_epoch: report.epoch_done,
            loss: report.loss,
            accuracy: report.accuracy,
            reward: None,
            learning_rate: report.learning_rate,
            seconds: 0.0,
        }
    }
}

/// One epoch: means over its steps, and `R`, the report on the test data after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch<R> {
    /// The epoch, counted from one.
    pub epoch: u64,
    /// Steps done by its end.
    pub step: u64,
    /// Mean loss over its steps.
    pub train_loss: f64,
    /// Mean accuracy over its steps, where the task has classes.
    pub train_accuracy: Option<f64>,
    /// Mean reward over its steps, where they are episodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train_reward: Option<f64>,
    /// Wall time of its steps.
    pub seconds: f64,
    /// The report on the test data.
    pub test: R,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line<R> {
    Step(Step),
    Epoch(Epoch<R>),
}

impl<R> Line<R> {
    fn step(&self) -> u64 {
        match self {
            Self::Step(step) => step.step,
            Self::Epoch(epoch) => epoch.step,
        }
    }
}

/// The log of a run that is training.
pub struct Log<R> {
    path: PathBuf,
    file: BufWriter<File>,
    /// Steps since the last epoch line.
    open_steps: Vec<Step>,
    report: PhantomData<R>,
}

impl<R: Serialize + DeserializeOwned + Clone> Log<R> {
    /// Opens the log of a run that stands after `step` steps; lines of later steps are dropped.
    ///
    /// # Errors
    /// The file cannot be read or written, or is not a log.
    pub fn open(path: &Path, step: u64) -> Result<Self, CliError> {
        let mut lines = read::<R>(path)?;
        lines.retain(|line| line.step() <= step);
        write_atomically(path, lines.iter().map(json_line).collect::<String>().as_bytes())?;
        let file = OpenOptions::new().append(true).open(path).map_err(CliError::io(path))?;
        let mut open_steps = Vec::new();
        for line in lines {
            match line {
                Line::Step(step) => open_steps.push(step),
                Line::Epoch(_) => open_steps.clear(),
            }
        }
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file), open_steps, report: PhantomData })
    }

    /// Adds a step.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn step(&mut self, step: Step) -> Result<(), CliError> {
        self.open_steps.push(step.clone());
        self.write(&Line::Step(step))
    }

    /// Whether an epoch has ended whose report is not yet in the log.
    pub fn awaits_report(&self) -> bool {
        self.open_steps.last().is_some_and(|step| step.ends_epoch)
    }

    /// Closes the epoch with the report on the test data.
    ///
    /// # Errors
    /// The file cannot be written.
    ///
    /// # Panics
    /// If no step has been added since the last report.
    pub fn epoch(&mut self, test: R) -> Result<Epoch<R>, CliError> {
        let steps = std::mem::take(&mut self.open_steps);
        let last = steps.last().expect("an epoch has steps");
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        let accuracies: Option<Vec<f64>> = steps.iter().map(|step| step.accuracy).collect();
        let rewards: Option<Vec<f64>> = steps.iter().map(|step| step.reward).collect();
        let epoch = Epoch {
            epoch: last.epoch,
            step: last.step,
            train_loss: mean(steps.iter().map(|step| step.loss).collect()),
            train_accuracy: accuracies.map(mean),
            train_reward: rewards.map(mean),
            seconds: steps.iter().map(|step| step.seconds).sum(),
            test,
        };
        self.write(&Line::Epoch(epoch.clone()))?;
        self.sync()?;
        Ok(epoch)
    }

    /// Makes the lines so far outlive a crash of the machine.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn sync(&mut self) -> Result<(), CliError> {
        self.file.flush().and_then(|()| self.file.get_ref().sync_data()).map_err(CliError::io(&self.path))
    }

    fn write(&mut self, line: &Line<R>) -> Result<(), CliError> {
        self.file.write_all(json_line(line).as_bytes()).map_err(CliError::io(&self.path))
    }
}

/// The epochs in a log.
///
/// # Errors
/// The file cannot be read, or is not a log.
pub fn epochs<R: DeserializeOwned>(path: &Path) -> Result<Vec<Epoch<R>>, CliError> {
    let only_epoch = |line| match line {
        Line::Step(_) => None,
        Line::Epoch(epoch) => Some(epoch),
    };
    Ok(read(path)?.into_iter().filter_map(only_epoch).collect())
}

/// The steps in a log whose epochs report `R`.
///
/// # Errors
/// The file cannot be read, or is not a log.
pub fn steps<R: DeserializeOwned>(path: &Path) -> Result<Vec<Step>, CliError> {
    let only_step = |line| match line {
        Line::<R>::Step(step) => Some(step),
        Line::Epoch(_) => None,
    };
    Ok(read(path)?.into_iter().filter_map(only_step).collect())
}

/// All lines; none where the file is missing. A last line without its end was being written when the
/// program died and is left out.
fn read<R: DeserializeOwned>(path: &Path) -> Result<Vec<Line<R>>, CliError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = std::fs::read(path).map_err(CliError::io(path))?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let lines = bytes[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate();
    lines
        .map(|(index, line)| {
            serde_json::from_slice(line).map_err(|error| {
                CliError::Data(format!(
                    "{}, line {}: {error}; remove the line, or start again with --overwrite",
                    path.display(),
                    index + 1
                ))
            })
        })
        .collect()
}

fn json_line<R: Serialize>(line: &Line<R>) -> String {
    serde_json::to_string(line).expect("reports hold plain data") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: u64) -> Step {
        let (epoch, ends_epoch) = ((step - 1) / 3 + 1, step.is_multiple_of(3));
        Step {
            step,
            epoch,
            ends_epoch,
            loss: step as f64,
            accuracy: Some(0.5),
            reward: None,
            learning_rate: 0.1,
            seconds: 2.0,
        }
    }

    /// Steps `from..=to`, each epoch of three closed with its number.
    fn write(log: &mut Log<u64>, from: u64, to: u64) {
        for number in from..=to {
            log.step(step(number)).unwrap();
            if log.awaits_report() {
                log.epoch(step(number).epoch).unwrap();
            }
        }
        log.sync().unwrap();
    }

    #[test]
    fn a_log_cut_anywhere_and_resumed_equals_one_written_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        write(&mut Log::open(&path, 0).unwrap(), 1, 7);
        let whole = std::fs::read_to_string(&path).unwrap();
        for at in 0..=7 {
            for tail in ["", "{\"kind\":\"st", "garbage"] {
                std::fs::write(&path, whole.clone() + tail).unwrap();
                let mut log = Log::open(&path, at).unwrap();
                assert!(!log.awaits_report());
                write(&mut log, at + 1, 7);
                assert_eq!(std::fs::read_to_string(&path).unwrap(), whole, "cut at {at} with tail {tail:?}");
            }
        }
        let epochs = epochs::<u64>(&path).unwrap();
        assert_eq!(
            epochs.iter().map(|e| (e.test, e.train_loss, e.seconds)).collect::<Vec<_>>(),
            [(1, 2.0, 6.0), (2, 5.0, 6.0)]
        );
    }

    #[test]
    fn an_epoch_that_ended_without_a_report_still_awaits_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let mut log = Log::<u64>::open(&path, 0).unwrap();
        for number in 1..=3 {
            log.step(step(number)).unwrap();
        }
        log.sync().unwrap();
        assert!(Log::<u64>::open(&path, 3).unwrap().awaits_report());
        assert!(!Log::<u64>::open(&path, 2).unwrap().awaits_report());
    }

    #[test]
    fn a_bad_line_in_the_middle_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        write(&mut Log::open(&path, 0).unwrap(), 1, 2);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen('{', "", 1)).unwrap();
        let error = epochs::<u64>(&path).unwrap_err().to_string();
        assert!(error.contains("metrics.jsonl, line 1:"), "{error}");
    }
}
