//! Settings of fast-weight programmers: encoder, heads, update rule, fast network.

use serde::{Deserialize, Serialize};

use super::recurrence::Order;
use super::update::UpdateRule;
use crate::vqc::VqcConfig;

/// Settings of a fast-weight programmer; the defaults are those of arXiv:2402.17760 for time series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FwpConfig {
    /// Features of the slow programmer, d.
    pub latent: usize,
    /// From inputs to features.
    pub encoder: Encoder,
    /// From features to the change of the fast weights.
    pub heads: Heads,
    /// How changes accumulate.
    pub update: UpdateRule,
    /// What the fast weights run.
    pub fast: Fast,
    /// How inputs enter the fast network.
    pub input: Input,
    /// In which order time is walked.
    pub order: Order,
    /// Where weights of the slow programmer come from.
    pub generation: Generation,
    /// The fast weights before the first step, where they are known; zero if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Vec<f64>>,
    /// Standard deviation of the initial weights of heads and input map, with zero bias; uniform within
    /// `1 / sqrt(n_in)` where absent.
    pub head_sigma: Option<f64>,
}

/// From the inputs of a step to features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Encoder {
    /// `W x + b`.
    Linear,
    /// `tanh(W x + b)`.
    Tanh,
    /// `W' tanh(W x + b) + b'`.
    Mlp {
        /// Features between the two maps.
        hidden: usize,
    },
    /// `W x + b` to `inner` features, then a layer of single-qubit activations from `inner` to `latent`.
    Qkan {
        /// Features between the two.
        inner: usize,
        /// Layers of an activation.
        reps: usize,
    },
}

/// From features to the change `D` of the fast weights, a matrix `[rows columns]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Heads {
    /// `D = l q^T`.
    Outer,
    /// `D = sum_r l_r q_r^T`.
    Cp {
        /// Number of terms.
        rank: usize,
    },
    /// `D` entry by entry.
    Full,
}

/// What the fast weights run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fast {
    /// A circuit; rows of `D` are layers, columns angles of a layer.
    Circuit {
        /// The circuit.
        circuit: VqcConfig,
    },
    /// A circuit whose observables are programmed as well: one Hermitian matrix on every set of `weight` qubits.
    /// Reference: QFWP-ANO (Lee, Chen, Tseng).
    Observables {
        /// The circuit; what it measures is set by `weight`.
        circuit: VqcConfig,
        /// Qubits of an observable.
        weight: usize,
        /// Whether the angles are programmed too, or trained as they are.
        angles: bool,
    },
    /// A layer of single-qubit activations. Reference: arXiv:2605.06734.
    Qkan {
        /// Values.
        outputs: usize,
        /// Layers of an activation.
        reps: usize,
    },
    /// A linear map.
    Linear {
        /// Values.
        outputs: usize,
    },
}

/// How inputs enter the fast network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Input {
    /// As they are.
    Raw,
    /// By a linear map to `features` of them.
    Linear {
        /// Inputs of the fast network.
        features: usize,
    },
}

/// Where weights of the slow programmer come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Generation {
    /// They are trained as they are.
    Direct,
    /// A circuit of `ceil(log2 M)` qubits generates all M of them: weight i is what a small network makes of the bits of
    /// i and of the probability of basis state i. Reference: arXiv:2412.01173.
    QuantumTrain {
        /// Layers of the generating circuit.
        layers: usize,
        /// Hidden units of the small network.
        hidden: usize,
    },
}

impl Default for FwpConfig {
    fn default() -> Self {
        Self {
            latent: 8,
            encoder: Encoder::Linear,
            heads: Heads::Outer,
            update: UpdateRule::Additive,
            fast: Fast::Circuit { circuit: VqcConfig::default() },
            input: Input::Raw,
            order: Order::Sequential,
            generation: Generation::Direct,
            start: None,
            head_sigma: None,
        }
    }
}
