//! Gates: several maps of the same inputs, as linear maps or as circuits that run side by side.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;

use super::config::Gates;
use crate::Error;
use crate::init::Draws;
use crate::vqc::{Gradient, Vqc};

/// `g` maps from the same inputs to as many values each.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "one value per network")]
pub(super) enum GateMaps {
    /// Linear maps.
    Linear(Vec<Linear>),
    /// Circuits.
    Circuits(Circuits),
}

/// One circuit with several sets of angles.
#[derive(Module, Debug)]
pub(super) struct Circuits {
    /// One row of angles `[1 p]` per map.
    theta: Vec<Param<Tensor<2>>>,
    #[module(skip)]
    vqc: Vqc,
}

impl GateMaps {
    /// `g` maps of `inputs` inputs to `outputs` values, of which the first `data` inputs are data.
    pub(super) fn new(
        config: &Gates,
        g: usize,
        [inputs, data, outputs]: [usize; 3],
        gradient: Gradient,
        draws: &mut Draws,
    ) -> Result<Self, Error> {
        match config {
            Gates::Linear => Ok(Self::Linear((0..g).map(|_| draws.linear(inputs, outputs)).collect())),
            Gates::Circuit { circuit } => {
                let vqc = Vqc::new(circuit, inputs, data, gradient)?;
                if vqc.n_values() < outputs {
                    let expected = format!("at least {outputs}, one per hidden value");
                    let remedy = "measure more qubits or lower hidden";
                    return Err(Error::invalid(
                        "the number of measured qubits",
                        vqc.n_values(),
                        expected,
                        remedy,
                    ));
                }
                let theta = (0..g).map(|_| draws.angles(1, vqc.n_weights(), 0.01)).collect();
                Ok(Self::Circuits(Circuits { theta, vqc }))
            }
        }
    }

    /// The same with circuits that are not trained.
    pub(super) fn frozen(self) -> Self {
        match self {
            Self::Linear(maps) => Self::Linear(maps),
            Self::Circuits(circuits) => Self::Circuits(circuits.no_grad()),
        }
    }

    /// Inputs `[b k]` to the values of all maps, `[b m]` each.
    pub(super) fn forward(&self, x: Tensor<2>) -> Vec<Tensor<2>> {
        match self {
            Self::Linear(maps) => maps.iter().map(|map| map.forward(x.clone())).collect(),
            Self::Circuits(circuits) => {
                let theta = circuits.theta.iter().map(Param::val).collect();
                let values = circuits.vqc.shared(x, Tensor::cat(theta, 0)); // g b m
                let g = values.dims()[0];
                (0..g).map(|k| values.clone().narrow(0, k, 1).squeeze_dim(0)).collect()
            }
        }
    }

    /// Inputs `[b k]` to the values of map `k` alone, `[b m]`.
    pub(super) fn one(&self, k: usize, x: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Linear(maps) => maps[k].forward(x),
            Self::Circuits(circuits) => circuits.vqc.shared(x, circuits.theta[k].val()).squeeze_dim(0),
        }
    }

    pub(super) fn evaluations(&self) -> u64 {
        match self {
            Self::Linear(_) => 0,
            Self::Circuits(circuits) => circuits.vqc.evaluations(),
        }
    }
}
