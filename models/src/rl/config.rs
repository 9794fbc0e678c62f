//! Settings of a reinforcement-learning run.

use serde::{Deserialize, Serialize};

use super::agent::AgentConfig;
use crate::Error;
use crate::init::Init;
use crate::train::{OptimiserConfig, at_least_one, positive};

/// Settings of a run; the defaults are those of the published A3C programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RlConfig {
    /// Root of every random stream.
    pub seed: u64,
    /// The environment, by name.
    pub env: String,
    /// Episodes in all.
    pub episodes: u64,
    /// How the agent learns.
    pub algorithm: Algorithm,
    /// Workers, each with an environment of its own.
    pub workers: usize,
    /// Steps that a worker looks back over, n.
    pub steps: usize,
    /// Discount of rewards, gamma.
    pub discount: f64,
    /// Weight of the squared error of the value.
    pub value_weight: f64,
    /// Weight of the entropy of the policy, which is maximised.
    pub entropy_weight: f64,
    /// Scales gradients down to this Euclidean norm; never if absent.
    pub clip_norm: Option<f64>,
    /// What an episode cut off at its limit of steps counts as.
    pub truncation: Truncation,
    /// Where the memory of the agent starts in the loss.
    pub memory: MemoryInLoss,
    /// Where initial weights come from.
    pub init: Init,
    /// From gradients to new parameters.
    pub optimiser: OptimiserConfig,
    /// Further settings of PPO.
    pub ppo: PpoConfig,
    /// The agent.
    pub agent: AgentConfig,
}

/// How the agent learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// Asynchronous advantage actor-critic. Reference: Mnih et al., arXiv:1602.01783.
    A3c,
    /// Proximal policy optimisation. Reference: Schulman et al., arXiv:1707.06347.
    Ppo,
}

/// What an episode cut off at its limit of steps counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truncation {
    /// An end like any other: nothing follows.
    Terminal,
    /// A cut: the value of the last observation stands for what would have followed.
    Bootstrap,
}

/// Where the memory of the agent starts in the loss of a stretch of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemoryInLoss {
    /// Empty, though the agent acted with what it had: as published.
    Zero,
    /// As it was when the agent acted.
    Stored,
    /// Empty at the start of the episode, all of which is run again.
    Episode,
}

/// Settings that PPO alone has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PpoConfig {
    /// Steps of every environment between updates.
    pub horizon: usize,
    /// Passes over what was collected.
    pub passes: usize,
    /// Stretches of an episode per update.
    pub minibatch: usize,
    /// Limit of the change of a probability, as a share.
    pub clip: f64,
    /// Decay of advantages over time, lambda.
    pub lambda: f64,
}

impl Default for PpoConfig {
    fn default() -> Self {
        Self { horizon: 128, passes: 4, minibatch: 4, clip: 0.2, lambda: 0.95 }
    }
}

impl Default for RlConfig {
    fn default() -> Self {
        let optimiser = OptimiserConfig { learning_rate: 1e-4, beta1: 0.92, ..OptimiserConfig::default() };
        Self {
            seed: 0,
            env: "empty-5x5".into(),
            episodes: 10_000,
            algorithm: Algorithm::A3c,
            workers: 80,
            steps: 5,
            discount: 0.9,
            value_weight: 1.0,
            entropy_weight: 0.0,
            clip_norm: None,
            truncation: Truncation::Terminal,
            memory: MemoryInLoss::Zero,
            init: Init::Stream,
            optimiser,
            ppo: PpoConfig::default(),
            agent: AgentConfig::from_name("qfwp").expect("a known name"),
        }
    }
}

impl RlConfig {
    /// PPO at its usual settings.
    pub fn ppo() -> Self {
        let optimiser = OptimiserConfig { learning_rate: 2.5e-3, ..OptimiserConfig::default() };
        Self {
            algorithm: Algorithm::Ppo,
            workers: 8,
            discount: 0.99,
            value_weight: 0.5,
            entropy_weight: 0.01,
            clip_norm: Some(0.5),
            truncation: Truncation::Bootstrap,
            memory: MemoryInLoss::Stored,
            optimiser,
            ..Self::default()
        }
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the first setting out of range.
    pub fn validate(&self) -> Result<(), Error> {
        let counts = [
            ("workers", self.workers),
            ("steps", self.steps),
            ("ppo.horizon", self.ppo.horizon),
            ("ppo.passes", self.ppo.passes),
            ("ppo.minibatch", self.ppo.minibatch),
        ];
        counts.iter().try_for_each(|&(what, n)| at_least_one(what, n))?;
        at_least_one("episodes", self.episodes as usize)?;
        positive("ppo.clip", self.ppo.clip)?;
        for (what, value) in [("discount", self.discount), ("ppo.lambda", self.ppo.lambda)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::invalid(what, value, "between 0 and 1", "use 0.9"));
            }
        }
        for (what, value) in [("value_weight", self.value_weight), ("entropy_weight", self.entropy_weight)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::invalid(what, value, "0 or positive", "use 0 for none"));
            }
        }
        if let Some(norm) = self.clip_norm {
            positive("clip_norm", norm)?;
        }
        if self.algorithm == Algorithm::Ppo && self.memory != MemoryInLoss::Stored {
            let expected = "stored with the algorithm ppo, which looks back over whole stretches";
            return Err(Error::invalid(
                "memory",
                format!("{:?}", self.memory),
                expected,
                "set memory = \"stored\"",
            ));
        }
        self.optimiser.validate()
    }
}
