//! A stretch of an episode, and the actor-critic loss on it.

use burn::tensor::{DType, Device, Tensor, TensorData};

use super::agent::{Agent, Opinion};
use super::config::RlConfig;

/// Consecutive steps of one episode.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    /// Observations one after the other, `[t s]`.
    pub(super) observations: Vec<f64>,
    pub(super) actions: Vec<usize>,
    pub(super) rewards: Vec<f64>,
    /// Memory from which the observations are run.
    pub(super) memory: Vec<f64>,
    /// Observations before the first action that only fill the memory, counted in steps.
    pub(super) lead: usize,
}

impl Segment {
    /// What `agent` says of the steps with an action: log-policies `[t a]` and values `[t]`.
    pub(super) fn opinion(&self, agent: &Agent, device: &Device) -> [Tensor<2>; 2] {
        let (n, t) = (self.lead + self.actions.len(), self.actions.len());
        let s = self.observations.len() / n;
        let tensor = |values: &[f64]| TensorData::new(values.to_vec(), [1, values.len()]);
        let place = (device, DType::F64);
        let x = Tensor::<2>::from_data(tensor(&self.observations), place).reshape([1, n, s]);
        let memory = (!self.memory.is_empty()).then(|| Tensor::from_data(tensor(&self.memory), place));
        let Opinion { log_policy, value, .. } = agent.run(x, memory);
        let a = log_policy.dims()[2];
        let log_policy = log_policy.narrow(1, self.lead, t).reshape([t, a]);
        [log_policy, value.narrow(1, self.lead, t).reshape([t, 1])]
    }

    /// Mean over the steps of `w_V (R - V)^2 - (R - V) log pi(a) - w_H H(pi)`, where the policy sees `R - V` as a constant.
    pub(super) fn loss(
        &self,
        agent: &Agent,
        returns: &[f64],
        config: &RlConfig,
        device: &Device,
    ) -> Tensor<1> {
        let [log_policy, value] = self.opinion(agent, device);
        let t = returns.len();
        let place = (device, DType::F64);
        let returns = Tensor::<2>::from_data(TensorData::new(returns.to_vec(), [t, 1]), place);
        let advantage = returns - value; // t 1
        let chosen = chosen(log_policy.clone(), &self.actions); // t 1
        let critic = advantage.clone() * advantage.clone() * config.value_weight;
        let actor = chosen * advantage.detach();
        let mut loss = critic - actor;
        if config.entropy_weight > 0.0 {
            let entropy = (log_policy.clone().exp() * log_policy).sum_dim(1).neg(); // t 1
            loss = loss - entropy * config.entropy_weight;
        }
        loss.mean()
    }
}

/// Log-probabilities `[t 1]` of the actions that were taken, out of `[t a]`.
pub(super) fn chosen(log_policy: Tensor<2>, actions: &[usize]) -> Tensor<2> {
    let [t, a] = log_policy.dims();
    let mut mask = vec![0.0; t * a];
    for (row, &action) in mask.chunks_exact_mut(a).zip(actions) {
        row[action] = 1.0;
    }
    let mask =
        Tensor::<2>::from_data(TensorData::new(mask, [t, a]), (&log_policy.device(), log_policy.dtype()));
    (log_policy * mask).sum_dim(1)
}
