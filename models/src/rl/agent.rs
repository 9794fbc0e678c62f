//! Actor-critics: from observations to a policy and a value.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::activation::log_softmax;
use burn::tensor::{DType, Device, Tensor, TensorData};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::fwp::{Encoder, Fast, FwpConfig, Input, UpdateRule};
use crate::init::{Draws, Init};
use crate::recurrent::{Cell, Gates, RecurrentConfig};
use crate::sequence::{FeedForwardConfig, Hidden, ModelConfig, SequenceModel, Steps};
use crate::vqc::{Gradient, Measure, VqcConfig};

/// What an agent is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// The sequence model.
    pub model: ModelConfig,
    /// Whether policy and value have a model each, or share one.
    pub separate: bool,
    /// Standard deviation of the initial weights of policy and value, with zero bias.
    pub head_sigma: f64,
}

impl AgentConfig {
    /// Names of agents.
    pub const NAMES: [&'static str; 7] = ["qfwp", "gated-qfwp", "gqkan-qfwp", "vqc", "qlstm", "lstm", "mlp"];

    /// The agent of a name, at the sizes of the publications.
    ///
    /// # Errors
    /// There is none of that name; the message suggests the nearest.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        let name = crate::names::find("the agent", name, &Self::NAMES.map(|name| (name, name)))?;
        let shared = |model| Self { model, separate: false, head_sigma: 0.1 };
        let separate = |model| Self { separate: true, ..shared(model) };
        let circuit = VqcConfig { measure: Measure::Z { qubits: None }, ..VqcConfig::default() };
        let qfwp = FwpConfig {
            encoder: Encoder::Tanh,
            fast: Fast::Circuit { circuit: circuit.clone() },
            input: Input::Linear { features: 8 },
            head_sigma: Some(0.1),
            ..FwpConfig::default()
        };
        let gate = UpdateRule::ScalarGate { bias: 0.0 };
        let feed_forward = |hidden| {
            let config = FeedForwardConfig { features: Some(8), hidden, squash: true, sigma: Some(0.1) };
            separate(ModelConfig::FeedForward(config))
        };
        let cell = |gates| {
            let config = RecurrentConfig {
                cell: Cell::Lstm,
                hidden: 5,
                gates,
                features: Some(3),
                ..Default::default()
            };
            shared(ModelConfig::Recurrent(config))
        };
        Ok(match name {
            "gated-qfwp" => shared(ModelConfig::Fwp(FwpConfig { update: gate, ..qfwp })),
            "gqkan-qfwp" => {
                let encoder = Encoder::Qkan { inner: 3, reps: 1 };
                shared(ModelConfig::Fwp(FwpConfig { update: gate, encoder, latent: 3, ..qfwp }))
            }
            "vqc" => feed_forward(Hidden::Circuit { circuit }),
            "qlstm" => {
                let measure = Measure::Z { qubits: Some(5) };
                cell(Gates::Circuit { circuit: VqcConfig { qubits: 8, measure, ..circuit } })
            }
            "lstm" => cell(Gates::Linear),
            "mlp" => feed_forward(Hidden::Linear { outputs: 8 }),
            _ => shared(ModelConfig::Fwp(qfwp)),
        })
    }
}

/// A policy and a value on one or two sequence models.
#[derive(Module, Debug)]
pub struct Agent {
    model: SequenceModel,
    critic: Option<SequenceModel>,
    policy: Linear,
    value: Linear,
}

/// What an agent says of a batch of sequences.
pub(super) struct Opinion {
    /// Log-probabilities of all actions, `[b t a]`.
    pub(super) log_policy: Tensor<3>,
    /// Values, `[b t]`.
    pub(super) value: Tensor<2>,
    /// Memory after the last step, `[b k]`.
    pub(super) memory: Tensor<2>,
}

/// One action, and the memory after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The action.
    pub action: usize,
    /// Probabilities of all actions.
    pub policy: Vec<f64>,
    /// Value of the observation.
    pub value: f64,
    /// What the agent carries to the next step.
    pub memory: Vec<f64>,
}

impl Agent {
    /// An agent for observations of `inputs` numbers and `n_actions` actions, in double precision.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a setting of the model out of range.
    pub fn new(
        config: &AgentConfig,
        [inputs, n_actions]: [usize; 2],
        init: Init,
        seed: u64,
        device: &Device,
    ) -> Result<Self, Error> {
        let mut draws = Draws::new(init, seed, device, DType::F64);
        let mut model = || SequenceModel::build(&config.model, inputs, Gradient::Adjoint, &mut draws);
        let (model, critic) = (model()?, config.separate.then(model).transpose()?);
        let n = model.n_values();
        let policy = draws.linear_normal(n, n_actions, config.head_sigma, 0.0);
        let value = draws.linear_normal(n, 1, config.head_sigma, 0.0);
        Ok(Self { model, critic, policy, value })
    }

    /// Numbers carried from step to step.
    pub fn memory_len(&self) -> usize {
        self.model.memory_len() + self.critic.as_ref().map_or(0, SequenceModel::memory_len)
    }

    /// Circuits evaluated so far.
    pub fn circuit_evaluations(&self) -> u64 {
        let critic = self.critic.as_ref().map_or(0, SequenceModel::circuit_evaluations);
        self.model.circuit_evaluations() + critic
    }

    /// Observations `[b t s]` from a memory `[b k]`, an empty one where absent.
    pub(super) fn run(&self, x: Tensor<3>, memory: Option<Tensor<2>>) -> Opinion {
        let [b, t, _] = x.dims();
        let own = self.model.memory_len();
        let part = |from: usize, n: usize| {
            memory.as_ref().filter(|_| n > 0).map(|memory| memory.clone().narrow(1, from, n))
        };
        let run = self.model.run(x.clone(), part(0, own), Steps::All);
        let flat = |values: Tensor<3>| {
            let m = values.dims()[2];
            values.reshape([b * t, m])
        };
        let logits = self.policy.forward(flat(run.values.clone())); // bt a
        let (valued, memory) = match &self.critic {
            None => (run.values, run.memory),
            Some(critic) => {
                let other = critic.run(x, part(own, critic.memory_len()), Steps::All);
                let both = run.memory.into_iter().chain(other.memory).collect();
                (other.values, Some(Tensor::cat(both, 1)))
            }
        };
        let value = self.value.forward(flat(valued)).reshape([b, t]);
        let n_actions = logits.dims()[1];
        let memory = memory.expect("all steps were asked for");
        Opinion { log_policy: log_softmax(logits, 1).reshape([b, t, n_actions]), value, memory }
    }

    /// Draws an action for one observation.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn act(&self, observation: &[f64], memory: &[f64], rng: &mut impl Rng) -> Decision {
        let decision = self.consider(observation, memory);
        let (mut rest, last) = (rng.random::<f64>(), decision.policy.len() - 1);
        let drawn = decision.policy.iter().position(|p| {
            rest -= p;
            rest < 0.0
        });
        Decision { action: drawn.unwrap_or(last), ..decision }
    }

    /// The likeliest action for one observation.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn consider(&self, observation: &[f64], memory: &[f64]) -> Decision {
        let place = (&Device::flex(), DType::F64);
        let tensor = |values: &[f64]| TensorData::new(values.to_vec(), [1, values.len()]);
        let x = Tensor::<2>::from_data(tensor(observation), place).reshape([1, 1, observation.len()]);
        let memory = (!memory.is_empty()).then(|| Tensor::from_data(tensor(memory), place));
        let Opinion { log_policy, value, memory } = self.run(x, memory);
        let list = |data: TensorData| data.iter::<f64>().collect::<Vec<f64>>();
        let policy: Vec<f64> = list(log_policy.into_data()).into_iter().map(f64::exp).collect();
        let best = (0..policy.len()).fold(0, |best, k| if policy[k] > policy[best] { k } else { best });
        Decision { action: best, policy, value: list(value.into_data())[0], memory: list(memory.into_data()) }
    }
}
