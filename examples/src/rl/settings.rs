//! Settings of a reinforcement-learning run: defaults of the algorithm, then file, then flags.

use std::path::{Path, PathBuf};

use models::env::Env;
use models::rl::{AgentConfig, Algorithm, RlConfig};
use serde::{Deserialize, Serialize};

use crate::args::{AlgorithmFlag, RlSettings};
use crate::config;
use crate::error::CliError;

/// The name of the model, in commands, files and folders.
pub const MODEL: &str = "rl";

/// Everything that decides what a run does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Always [`MODEL`].
    pub experiment: Experiment,
    /// A word for the agent, for tables and folders.
    pub name: String,
    /// Seconds between checkpoints.
    pub save_seconds: f64,
    /// The agent and its training.
    pub train: RlConfig,
}

/// What a run trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// An agent.
    Rl,
}

impl RunConfig {
    /// The settings of flags over those of a file over the defaults of the algorithm.
    ///
    /// # Errors
    /// The file cannot be read or has unknown keys, or a name is unknown.
    pub fn new(settings: &RlSettings) -> Result<Self, CliError> {
        let train = match settings.algorithm.unwrap_or(AlgorithmFlag::A3c) {
            AlgorithmFlag::A3c => RlConfig { episodes: 2000, ..RlConfig::default() },
            AlgorithmFlag::Ppo => RlConfig { episodes: 2000, ..RlConfig::ppo() },
        };
        let experiment = Experiment::Rl;
        Self { experiment, name: "qfwp".into(), save_seconds: 30.0, train }.with(settings)
    }

    /// These settings with those of file and flags over them.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(self, settings: &RlSettings) -> Result<Self, CliError> {
        let mut config = match &settings.config {
            Some(file) => config::over(&self, file)?,
            None => self,
        };
        let train = &mut config.train;
        train.env = settings.env.clone().unwrap_or_else(|| train.env.clone());
        Env::from_name(&train.env)?;
        train.episodes = settings.episodes.map_or(train.episodes, u64::from);
        train.workers = settings.workers.map_or(train.workers, |n| n as usize);
        train.optimiser.learning_rate = settings.learning_rate.unwrap_or(train.optimiser.learning_rate);
        Ok(config)
    }

    /// Takes another agent, where one is named.
    ///
    /// # Errors
    /// The name is unknown.
    pub fn set_agent(&mut self, agent: Option<&str>) -> Result<(), CliError> {
        if let Some(agent) = agent {
            self.train.agent = AgentConfig::from_name(agent)?;
            self.name = agent.to_owned();
        }
        Ok(())
    }

    /// `runs/<model>-<env>-<agent>-<algorithm>-<seed>`.
    pub fn default_folder(&self) -> PathBuf {
        let algorithm = match self.train.algorithm {
            Algorithm::A3c => "a3c",
            Algorithm::Ppo => "ppo",
        };
        let RlConfig { env, seed, .. } = &self.train;
        Path::new("runs").join(format!("{MODEL}-{env}-{}-{algorithm}-{seed}", self.name))
    }
}
