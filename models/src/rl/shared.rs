//! The agent that all workers change, and its optimiser.

use burn::tensor::{Device, Tensor};

use super::agent::Agent;
use super::config::RlConfig;
use crate::Error;
use crate::env::Env;
use crate::train::{Named, Optimiser, clip, gradients, sum_of_squares};

/// Agent and optimiser; the agent is tracked.
pub(super) struct Shared {
    pub(super) agent: Agent,
    pub(super) optimiser: Optimiser,
}

impl Shared {
    pub(super) fn new(config: &RlConfig, device: &Device) -> Result<Self, Error> {
        let env = Env::from_name(&config.env)?.make();
        let sizes = [env.observation_len(), env.n_actions()];
        let agent = Agent::new(&config.agent, sizes, config.init, config.seed, device)?;
        Ok(Self { agent, optimiser: Optimiser::default() })
    }

    /// Changes the shared agent by gradients of a copy, which has the same parameters at other values.
    ///
    /// # Errors
    /// [`Error::NonFinite`] names the first tensor that is not finite; the agent is then as it was, unless it is a
    /// parameter.
    pub(super) fn update(&mut self, learnt: Learnt, config: &RlConfig) -> Result<(), Error> {
        let Learnt { loss, mut gradients } = learnt;
        let step = self.optimiser.updates() + 1;
        let broken = |tensor: String| Error::NonFinite {
            tensor,
            step,
            remedy: "lower optimiser.learning_rate or set clip_norm".into(),
        };
        if !loss.is_finite() {
            return Err(broken("the loss".into()));
        }
        if let Some((name, _)) = gradients.iter().find(|(_, gradient)| !sum_of_squares(gradient).is_finite())
        {
            return Err(broken(format!("the gradient of {name}")));
        }
        if let Some(limit) = config.clip_norm {
            clip(&mut gradients, limit);
        }
        let rate = config.optimiser.learning_rate;
        let (agent, bad) = self.optimiser.update(self.agent.clone(), gradients, &config.optimiser, rate);
        self.agent = agent;
        bad.map_or(Ok(()), |name| Err(broken(name)))
    }
}

/// A loss and its gradients.
pub(super) struct Learnt {
    pub(super) loss: f64,
    gradients: Vec<Named>,
}

impl Learnt {
    /// From a loss of `agent`.
    pub(super) fn new(agent: &Agent, loss: Tensor<1>) -> Self {
        Self { loss: loss.clone().into_scalar(), gradients: gradients(agent, loss.backward()) }
    }
}
