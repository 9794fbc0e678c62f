//! A worker: an environment, a copy of the agent, and where its episode stands.

use burn::module::Module;
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::agent::Agent;
use super::config::{MemoryInLoss, RlConfig, Truncation};
use super::episode::Episode;
use super::segment::Segment;
use crate::Error;
use crate::env::{Env, Environment};
use crate::rng::stream;

/// Acts in one environment with its own copy of the agent.
pub(super) struct Worker {
    /// The copy, tracked, as it was when last fetched.
    pub(super) local: Agent,
    /// The same, free of gradients.
    acting: Agent,
    env: Box<dyn Environment + Send>,
    observation: Vec<f64>,
    /// Observations of the episode before the current one, `[t s]`.
    history: Vec<f64>,
    pub(super) place: Place,
}

/// Where a worker stands; with it and the copy of the agent, all else follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Number of the worker.
    pub(super) index: u64,
    /// Episodes it has begun before this one.
    pub(super) episode: u64,
    /// Actions of this episode.
    pub(super) actions: Vec<usize>,
    /// Sum of its rewards.
    pub(super) reward: f64,
    /// Steps that decide when to look back; the last step of an episode does not count.
    pub(super) clock: u64,
    /// What the agent carries.
    pub(super) memory: Vec<f64>,
    /// Sum and number of the losses of this episode.
    pub(super) losses: (f64, u64),
}

/// What a worker has done since it last looked back.
pub(super) struct Stretch {
    pub(super) segment: Segment,
    /// Values of the observations when they were acted on, `[t]`.
    pub(super) values: Vec<f64>,
    /// Log-probabilities of the actions when they were taken, `[t]`.
    pub(super) log_policy: Vec<f64>,
    /// Value of what follows the last step; zero at an end.
    pub(super) after: f64,
    /// Whether the episode ended.
    pub(super) ended: bool,
}

impl Worker {
    pub(super) fn new(config: &RlConfig, agent: &Agent, index: u64) -> Result<Self, Error> {
        let place = Place {
            index,
            episode: 0,
            actions: Vec::new(),
            reward: 0.0,
            clock: 1,
            memory: vec![0.0; agent.memory_len()],
            losses: (0.0, 0),
        };
        Self::at(config, agent.clone(), place)
    }

    /// A worker at a place, with a copy of the agent.
    pub(super) fn at(config: &RlConfig, local: Agent, place: Place) -> Result<Self, Error> {
        let env = Env::from_name(&config.env)?.make();
        let acting = local.valid();
        let (observation, history) = Default::default();
        let mut worker = Self { local, acting, env, observation, history, place };
        worker.observation = worker.env.reset(worker.env_seed(config));
        for action in worker.place.actions.clone() {
            let next = worker.env.step(action).observation;
            worker.remember(config, next);
        }
        Ok(worker)
    }

    /// Takes over the shared agent.
    pub(super) fn fetch(&mut self, agent: &Agent) {
        self.local = agent.clone();
        self.acting = agent.valid();
    }

    /// Acts until the clock strikes or the episode ends.
    pub(super) fn act(&mut self, config: &RlConfig) -> Stretch {
        self.act_while(config, |clock| !clock.is_multiple_of(config.steps as u64))
    }

    /// Acts until `goes_on(clock)` is false after a step, or the episode ends.
    pub(super) fn act_while(&mut self, config: &RlConfig, goes_on: impl Fn(u64) -> bool) -> Stretch {
        let memory = self.place.memory.clone();
        let (lead, before) = (self.place.actions.len(), self.history.clone());
        let mut segment = match config.memory {
            MemoryInLoss::Zero => Segment::default(),
            MemoryInLoss::Stored => Segment { memory, ..Segment::default() },
            MemoryInLoss::Episode => Segment { observations: before, lead, ..Segment::default() },
        };
        let (mut values, mut log_policy) = (Vec::new(), Vec::new());
        loop {
            let [episode, step] = [self.place.episode, self.place.actions.len() as u64];
            let mut rng = stream(config.seed, "act", &[self.place.index, episode, step]);
            let decision = self.acting.act(&self.observation, &self.place.memory, &mut rng);
            let transition = self.env.step(decision.action);
            let ended = transition.is_last();
            segment.observations.extend_from_slice(&self.observation);
            segment.actions.push(decision.action);
            segment.rewards.push(transition.reward);
            values.push(decision.value);
            log_policy.push(decision.policy[decision.action].ln());
            self.place.actions.push(decision.action);
            self.place.reward += transition.reward;
            self.place.memory = decision.memory;
            self.remember(config, transition.observation);
            if ended || !goes_on(self.place.clock) {
                let is_end = transition.terminated || (ended && config.truncation == Truncation::Terminal);
                let after = || self.acting.consider(&self.observation, &self.place.memory).value;
                let after = if is_end { 0.0 } else { after() };
                self.place.clock += u64::from(!ended);
                return Stretch { segment, values, log_policy, after, ended };
            }
            self.place.clock += 1;
        }
    }

    /// Closes the episode and begins the next one.
    pub(super) fn next_episode(&mut self, config: &RlConfig, number: u64) -> Episode {
        let Place { actions, reward, losses: (sum, n), .. } = &self.place;
        let loss = if *n == 0 { 0.0 } else { sum / *n as f64 };
        let episode = Episode { number, reward: *reward, steps: actions.len() as u64, loss };
        self.place.episode += 1;
        (self.place.reward, self.place.losses) = (0.0, (0.0, 0));
        self.place.actions.clear();
        self.place.memory.fill(0.0);
        self.history.clear();
        self.observation = self.env.reset(self.env_seed(config));
        episode
    }

    fn env_seed(&self, config: &RlConfig) -> u64 {
        // The Python packages take seeds below 2^32.
        u64::from(stream(config.seed, "episode", &[self.place.index, self.place.episode]).random::<u32>())
    }

    /// Moves on to the next observation; the old one is kept where the whole episode will be run again.
    fn remember(&mut self, config: &RlConfig, next: Vec<f64>) {
        if config.memory == MemoryInLoss::Episode {
            self.history.extend_from_slice(&self.observation);
        }
        self.observation = next;
    }
}
