//! A training run, episode by episode.

use std::collections::VecDeque;

use burn::module::Module;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::agent::Agent;
use super::config::{Algorithm, RlConfig};
use super::episode::Episode;
use super::shared::Shared;
use super::worker::Worker;
use super::{a3c, ppo};
use crate::Error;
use crate::train::n_trained;

/// An agent in training, with its workers taking turns: the same bits on any number of threads.
///
/// ```
/// use models::rl::{RlConfig, Training};
///
/// let config = RlConfig { workers: 2, episodes: 3, ..RlConfig::default() };
/// let mut training = Training::new(config)?;
/// assert_eq!(training.n_params(), 2530);
/// while !training.finished() {
///     let episode = training.next_episode()?;
///     assert!(episode.steps <= 100 && episode.reward <= 0.955);
/// }
/// # Ok::<(), models::Error>(())
/// ```
pub struct Training {
    pub(super) config: RlConfig,
    pub(super) shared: Shared,
    pub(super) workers: Vec<Worker>,
    pub(super) progress: Progress,
    pub(super) device: Device,
}

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Episodes that were handed out.
    pub(super) episodes: u64,
    /// Steps of all workers.
    pub(super) steps: u64,
    /// Rounds of all workers.
    pub(super) rounds: u64,
    /// The worker whose turn is next.
    pub(super) next: usize,
    /// Finished episodes that were not handed out yet.
    pub(super) waiting: VecDeque<Episode>,
}

impl Training {
    /// An agent with initial weights and workers at the start of their first episodes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a setting out of range or an unknown environment.
    pub fn new(config: RlConfig) -> Result<Self, Error> {
        config.validate()?;
        let device = Device::flex().autodiff();
        let shared = Shared::new(&config, &device)?;
        let workers = (0..config.workers as u64).map(|index| Worker::new(&config, &shared.agent, index));
        let workers = workers.collect::<Result<_, _>>()?;
        Ok(Self { config, shared, workers, progress: Progress::default(), device })
    }

    /// Trains until an episode ends.
    ///
    /// # Errors
    /// [`Error::NonFinite`] names the first tensor that is not finite.
    pub fn next_episode(&mut self) -> Result<Episode, Error> {
        loop {
            if let Some(episode) = self.progress.waiting.pop_front() {
                self.progress.episodes += 1;
                return Ok(episode);
            }
            match self.config.algorithm {
                Algorithm::A3c => self.turn()?,
                Algorithm::Ppo => self.round()?,
            }
        }
    }

    /// Whether all episodes are done.
    pub fn finished(&self) -> bool {
        self.progress.episodes >= self.config.episodes
    }

    /// Episodes so far.
    pub fn episodes(&self) -> u64 {
        self.progress.episodes
    }

    /// Steps of all environments so far.
    pub fn env_steps(&self) -> u64 {
        self.progress.steps
    }

    /// Settings of this run.
    pub fn config(&self) -> &RlConfig {
        &self.config
    }

    /// The shared agent as it is now, free of gradients.
    pub fn agent(&self) -> Agent {
        self.shared.agent.valid()
    }

    /// Number of trained parameters.
    pub fn n_params(&self) -> usize {
        n_trained(&self.shared.agent)
    }

    /// One stretch of the next worker, and what is learnt from it.
    fn turn(&mut self) -> Result<(), Error> {
        let Self { config, shared, workers, progress, device } = self;
        let worker = &mut workers[progress.next];
        let stretch = worker.act(config);
        progress.steps += stretch.segment.actions.len() as u64;
        let learnt = a3c::look_back(worker, &stretch, config, device);
        a3c::share(worker, learnt, shared, config)?;
        if stretch.ended {
            let number = progress.episodes + progress.waiting.len() as u64 + 1;
            progress.waiting.push_back(worker.next_episode(config, number));
        }
        progress.next = (progress.next + 1) % workers.len();
        Ok(())
    }

    /// `ppo.horizon` steps of every worker, and what is learnt from them.
    fn round(&mut self) -> Result<(), Error> {
        let Self { config, shared, workers, progress, device } = self;
        let mut stretches = Vec::new();
        for worker in workers.iter_mut() {
            worker.fetch(&shared.agent);
            let mut left = config.ppo.horizon as u64;
            while left > 0 {
                let end = worker.place.clock + left - 1;
                let stretch = worker.act_while(config, |clock| clock < end);
                let taken = stretch.segment.actions.len() as u64;
                left -= taken;
                progress.steps += taken;
                if stretch.ended {
                    let number = progress.episodes + progress.waiting.len() as u64 + 1;
                    progress.waiting.push_back(worker.next_episode(config, number));
                }
                stretches.push(stretch);
            }
        }
        let loss = ppo::learn(stretches, progress.rounds, shared, config, device)?;
        progress.waiting.iter_mut().for_each(|episode| episode.loss = loss);
        progress.rounds += 1;
        Ok(())
    }
}
