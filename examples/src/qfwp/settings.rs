//! Settings of a forecasting run: preset, then file, then flags; complete in `config.toml`.

use std::path::{Path, PathBuf};

use models::forecast::{ForecastConfig, Restart};
use models::fwp::UpdateRule;
use models::sequence::ModelConfig;
use models::series::SeriesSource;
use serde::{Deserialize, Serialize};

use crate::args::{ForecastPreset, ForecastSettings};
use crate::config;
use crate::error::CliError;

/// The name of the model, in commands, files and folders.
pub const MODEL: &str = "qfwp";

/// Everything that decides what a run does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Always [`MODEL`].
    pub experiment: Experiment,
    /// The series, as [`SeriesSource::parse`] takes it.
    pub task: String,
    /// A word for the model, for tables and folders.
    pub name: String,
    /// Seconds between checkpoints within an epoch.
    pub save_seconds: f64,
    /// The model and its training.
    pub train: ForecastConfig,
}

/// What a run trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// A forecaster.
    Qfwp,
}

impl RunConfig {
    /// The settings of flags over those of a file over those of a preset.
    ///
    /// # Errors
    /// The file cannot be read or has unknown keys, or the task is neither known nor a file.
    pub fn new(settings: &ForecastSettings) -> Result<Self, CliError> {
        let task = settings.task.clone().unwrap_or_else(|| "shm".into());
        let mut train = match settings.preset.unwrap_or(ForecastPreset::Default) {
            ForecastPreset::Default => ForecastConfig::default(),
            ForecastPreset::ReleasedScript => ForecastConfig::released_script(),
        };
        train.windows.scaling = SeriesSource::parse(&task)?.default_scaling();
        let experiment = Experiment::Qfwp;
        Self { experiment, task, name: "qfwp".into(), save_seconds: 30.0, train }.with(settings)
    }

    /// These settings with those of file and flags over them.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(self, settings: &ForecastSettings) -> Result<Self, CliError> {
        let mut config = match &settings.config {
            Some(file) => config::over(&self, file)?,
            None => self,
        };
        let train = &mut config.train;
        config.task = settings.task.clone().unwrap_or(config.task);
        SeriesSource::parse(&config.task)?;
        train.epochs = settings.epochs.map_or(train.epochs, |n| n as usize);
        train.windows.length = settings.window.map_or(train.windows.length, |n| n as usize);
        if settings.restart {
            train.restart = Some(Restart::default());
        }
        Ok(config)
    }

    /// Takes another model and another update rule, where they are named.
    ///
    /// # Errors
    /// A name is unknown, or the model is no fast-weight programmer.
    pub fn set_model(&mut self, model: Option<&str>, update: Option<&str>) -> Result<(), CliError> {
        if let Some(model) = model {
            self.train.model = ModelConfig::from_name(model)?;
            self.name = model.to_owned();
        }
        let Some(update) = update else { return Ok(()) };
        let ModelConfig::Fwp(fwp) = &mut self.train.model else {
            return Err(CliError::Usage(format!(
                "--update is for fast-weight programmers, but the model is {}; leave one out",
                self.name
            )));
        };
        fwp.update = UpdateRule::from_name(update)?;
        self.name = format!("{}-{update}", model.unwrap_or(MODEL));
        Ok(())
    }

    /// `runs/<model>-<task>-<name>-<seed>`.
    pub fn default_folder(&self) -> PathBuf {
        Path::new("runs").join(format!("{MODEL}-{}-{}-{}", self.task_name(), self.name, self.train.seed))
    }

    /// A word for the task: the last part of its path.
    pub fn task_name(&self) -> String {
        let path = Path::new(&self.task);
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(&self.task);
        stem.replace(['/', '\\', ':'], "-")
    }
}
