//! Training by episodes as a learner: a step is an episode, an epoch is a hundred of them.

use std::fmt;

use models::Error;
use models::rl::{Training, play};
use serde::{Deserialize, Serialize};

use crate::log::Step;
use crate::session::Learner;

/// Episodes of an epoch.
pub const BLOCK: u64 = 100;
/// Episodes that are played to judge an agent.
const PLAYED: u64 = 10;

/// What the agent reaches in episodes played for judgement, with actions drawn from its policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Mean sum of rewards.
    pub reward: f64,
    /// Steps of all environments in training so far.
    pub env_steps: u64,
}

impl Report {
    /// The report on a run as it is now.
    ///
    /// # Errors
    /// There is no such environment.
    pub fn of(training: &Training) -> Result<Self, Error> {
        let agent = training.agent();
        let played = (0..PLAYED).map(|seed| play(&agent, &training.config().env, seed));
        let sum = played.map(|play| Ok(play?.reward)).sum::<Result<f64, Error>>()?;
        Ok(Self { reward: sum / PLAYED as f64, env_steps: training.env_steps() })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "reward {:.3}, {} steps of environments", self.reward, self.env_steps)
    }
}

impl Learner for Training {
    type Report = Report;

    fn total_steps(&self) -> u64 {
        self.config().episodes
    }

    fn step(&mut self) -> Result<Step, Error> {
        let episode = self.next_episode()?;
        let number = self.episodes();
        Ok(Step {
            step: number,
            epoch: (number - 1) / BLOCK + 1,
            ends_epoch: number.is_multiple_of(BLOCK) || number == self.config().episodes,
            loss: episode.loss,
            accuracy: None,
            reward: Some(episode.reward),
            learning_rate: self.config().optimiser.learning_rate,
            seconds: 0.0,
        })
    }

    fn evaluate(&self) -> Result<Report, Error> {
        Report::of(self)
    }

    fn snapshot(&self) -> Result<Vec<u8>, Error> {
        Training::snapshot(self)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Training::restore(self, bytes)
    }
}
