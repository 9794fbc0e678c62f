//! Fast networks: what runs with the weights that the slow programmer has written.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::config::Fast;
use super::observable::Observables;
use crate::Error;
use crate::init::Draws;
use crate::qkan::{Qkan, QubitReadout};
use crate::vqc::{Gradient, Measure, Vqc, VqcConfig};

/// A network of `inputs` inputs without weights of its own, but for angles that are not programmed.
#[derive(Module, Debug)]
pub(super) struct FastNet {
    /// `[1 p]`, where the angles are trained and observables alone are programmed.
    angles: Option<Param<Tensor<2>>>,
    #[module(skip)]
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Circuit { vqc: Vqc, layers: usize },
    Observables { vqc: Vqc, layers: usize, observables: Observables },
    Qkan { layer: Qkan, inputs: usize, outputs: usize, reps: usize },
    Linear { inputs: usize, outputs: usize },
}

/// What is programmed: a matrix `[rows columns]`, and `extra` numbers that are no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Programmed {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) extra: usize,
}

impl Programmed {
    /// All that is programmed, p.
    pub(super) fn width(self) -> usize {
        self.rows * self.columns + self.extra
    }

    /// Rows and columns as update rules see them: where there is more than a matrix, one row of all.
    pub(super) fn gated(self) -> [usize; 2] {
        if self.extra > 0 { [1, self.width()] } else { [self.rows, self.columns] }
    }
}

impl FastNet {
    /// The network for `inputs` inputs, data if `raw`.
    pub(super) fn new(
        config: &Fast,
        inputs: usize,
        raw: bool,
        gradient: Gradient,
        draws: &mut Draws,
    ) -> Result<Self, Error> {
        let vqc = |config: &VqcConfig| Vqc::new(config, inputs, if raw { inputs } else { 0 }, gradient);
        let mut angles = None;
        let kind = match *config {
            Fast::Circuit { ref circuit } => Kind::Circuit { vqc: vqc(circuit)?, layers: circuit.layers },
            Fast::Observables { ref circuit, weight, angles: programmed } => {
                let circuit = VqcConfig { measure: Measure::Local { weight }, ..circuit.clone() };
                if !programmed {
                    angles = Some(draws.angles(1, circuit.n_weights(), 0.1));
                }
                let observables = Observables::new(circuit.qubits, weight);
                Kind::Observables { vqc: vqc(&circuit)?, layers: circuit.layers, observables }
            }
            Fast::Qkan { outputs, reps } => {
                crate::train::at_least_one("fast.outputs", outputs)?;
                let layer = Qkan::new(inputs, outputs, reps, QubitReadout::Modulus);
                Kind::Qkan { layer, inputs, outputs, reps }
            }
            Fast::Linear { outputs } => {
                crate::train::at_least_one("fast.outputs", outputs)?;
                Kind::Linear { inputs, outputs }
            }
        };
        Ok(Self { angles, kind })
    }

    pub(super) fn programmed(&self) -> Programmed {
        let matrix = |rows, columns| Programmed { rows, columns, extra: 0 };
        match &self.kind {
            Kind::Circuit { vqc, layers } => matrix(*layers, vqc.n_weights() / layers),
            Kind::Observables { vqc, layers, observables } => {
                let extra = observables.n_params();
                match self.angles {
                    Some(_) => Programmed { extra, ..matrix(0, 0) },
                    None => Programmed { extra, ..matrix(*layers, vqc.n_weights() / layers) },
                }
            }
            Kind::Qkan { inputs, outputs, reps, .. } => matrix(outputs * (reps + 1), 2 * inputs),
            Kind::Linear { inputs, outputs } => Programmed { extra: *outputs, ..matrix(*outputs, *inputs) },
        }
    }

    pub(super) fn n_values(&self) -> usize {
        match &self.kind {
            Kind::Circuit { vqc, .. } => vqc.n_values(),
            Kind::Observables { observables, .. } => observables.n_values(),
            Kind::Qkan { outputs, .. } | Kind::Linear { outputs, .. } => *outputs,
        }
    }

    /// Which of the programmed weights can influence the values, `[p]`.
    pub(super) fn live(&self) -> Vec<bool> {
        let mut live = match &self.kind {
            Kind::Circuit { vqc, .. } => vqc.live_weights(),
            Kind::Observables { vqc, .. } if self.angles.is_none() => vqc.live_weights(),
            Kind::Observables { .. } | Kind::Qkan { .. } | Kind::Linear { .. } => Vec::new(),
        };
        live.resize(self.programmed().width(), true);
        live
    }

    /// The circuit, where there is one.
    pub(super) fn circuit(&self) -> Option<&Vqc> {
        match &self.kind {
            Kind::Circuit { vqc, .. } | Kind::Observables { vqc, .. } => Some(vqc),
            Kind::Qkan { .. } | Kind::Linear { .. } => None,
        }
    }

    /// Inputs `[b k]`, each with fast weights of its own `[b p]`, to values `[b m]`.
    pub(super) fn forward(&self, x: Tensor<2>, theta: Tensor<2>) -> Tensor<2> {
        let b = x.dims()[0];
        match &self.kind {
            Kind::Circuit { vqc, .. } => vqc.each(x, theta),
            Kind::Observables { vqc, observables, .. } => {
                let n = theta.dims()[1] - observables.n_params();
                let values = match &self.angles {
                    Some(angles) => vqc.shared(x, angles.val()).squeeze_dim(0),
                    None => vqc.each(x, theta.clone().narrow(1, 0, n)),
                };
                observables.forward(values, theta.narrow(1, n, observables.n_params()))
            }
            Kind::Qkan { layer, inputs, outputs, reps } => {
                let theta = theta.reshape([b, *outputs, reps + 1, *inputs, 2]); // b out r in 2
                let theta = theta.swap_dims(2, 3).reshape([b, layer.n_params()]); // b out in r 2
                layer.forward(x, theta)
            }
            Kind::Linear { inputs, outputs } => {
                let weight = theta.clone().narrow(1, 0, inputs * outputs).reshape([b, *outputs, *inputs]);
                let bias = theta.narrow(1, inputs * outputs, *outputs);
                weight.matmul(x.reshape([b, *inputs, 1])).reshape([b, *outputs]) + bias
            }
        }
    }
}
