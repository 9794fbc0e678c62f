//! Networks without memory: a circuit with trained angles, or a layer of a perceptron.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::model::{Run, Steps};
use crate::Error;
use crate::init::Draws;
use crate::vqc::{Gradient, Measure, Vqc, VqcConfig};

/// Settings of a network without memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedForwardConfig {
    /// Features of a linear map with tanh before the hidden layer; inputs enter as they are where absent.
    pub features: Option<usize>,
    /// The hidden layer.
    pub hidden: Hidden,
    /// Whether tanh follows the hidden layer.
    pub squash: bool,
    /// Standard deviation of initial weights of linear maps, with zero bias; uniform within `1 / sqrt(n_in)` where absent.
    pub sigma: Option<f64>,
}

/// The hidden layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Hidden {
    /// A circuit with trained angles.
    Circuit {
        /// The circuit.
        circuit: VqcConfig,
    },
    /// A linear map with tanh.
    Linear {
        /// Values.
        outputs: usize,
    },
}

impl Default for FeedForwardConfig {
    fn default() -> Self {
        let circuit = VqcConfig { measure: Measure::Z { qubits: None }, ..VqcConfig::default() };
        Self { features: None, hidden: Hidden::Circuit { circuit }, squash: false, sigma: None }
    }
}

/// A network that sees one step at a time.
#[derive(Module, Debug)]
pub struct FeedForward {
    features: Option<Linear>,
    hidden: HiddenLayer,
    squash: bool,
}

#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "one value per network")]
enum HiddenLayer {
    Circuit(CircuitLayer),
    Linear(Linear),
}

/// A circuit with trained angles `[1 p]`.
#[derive(Module, Debug)]
struct CircuitLayer {
    theta: Param<Tensor<2>>,
    #[module(skip)]
    vqc: Vqc,
}

impl FeedForward {
    pub(crate) fn new(
        config: &FeedForwardConfig,
        inputs: usize,
        gradient: Gradient,
        draws: &mut Draws,
    ) -> Result<Self, Error> {
        let linear = |n_in, n_out, draws: &mut Draws| match config.sigma {
            Some(sigma) => draws.linear_normal(n_in, n_out, sigma, 0.0),
            None => draws.linear(n_in, n_out),
        };
        let features = config.features.map(|n| linear(inputs, n, draws));
        let n = config.features.unwrap_or(inputs);
        let hidden = match &config.hidden {
            Hidden::Circuit { circuit } => {
                let vqc = Vqc::new(circuit, n, if features.is_some() { 0 } else { n }, gradient)?;
                let theta = draws.angles(1, vqc.n_weights(), 0.01);
                HiddenLayer::Circuit(CircuitLayer { theta, vqc })
            }
            Hidden::Linear { outputs } => {
                crate::train::at_least_one("hidden.outputs", *outputs)?;
                HiddenLayer::Linear(linear(n, *outputs, draws))
            }
        };
        Ok(Self { features, hidden, squash: config.squash })
    }

    /// Values m.
    pub fn n_values(&self) -> usize {
        match &self.hidden {
            HiddenLayer::Circuit(layer) => layer.vqc.n_values(),
            HiddenLayer::Linear(map) => map.weight.dims()[1],
        }
    }

    pub(crate) fn evaluations(&self) -> u64 {
        match &self.hidden {
            HiddenLayer::Circuit(layer) => layer.vqc.evaluations(),
            HiddenLayer::Linear(_) => 0,
        }
    }

    pub(crate) fn run(&self, x: Tensor<3>, steps: Steps) -> Run {
        let [b, t, s] = x.dims();
        let (x, t) = match steps {
            Steps::All => (x, t),
            Steps::Last => (x.narrow(1, t - 1, 1), 1),
        };
        let memory = (steps == Steps::All).then(|| Tensor::zeros([b, 0], (&x.device(), x.dtype())));
        let x = x.reshape([b * t, s]);
        let x = match &self.features {
            Some(map) => map.forward(x).tanh(),
            None => x,
        };
        let values = match &self.hidden {
            HiddenLayer::Circuit(layer) => layer.vqc.shared(x, layer.theta.val()).squeeze_dim(0),
            HiddenLayer::Linear(map) => map.forward(x).tanh(),
        };
        let values = if self.squash { values.tanh() } else { values }; // bt m
        let m = values.dims()[1];
        Run { values: values.reshape([b, t, m]), memory }
    }
}
