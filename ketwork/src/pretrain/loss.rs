//! What a circuit is trained to make small: divergences of its measured distribution, or an energy.
//!
//! | loss | of | formula |
//! |---|---|---|
//! | `kl` | a distribution | `Σ_x p_x ln(p_x / max(q_x, eps))` |
//! | `nll` | a distribution | `-Σ_x p_x ln max(q_x, eps)` |
//! | `mmd` | a distribution | `(p - q)^T K (p - q)`, `K` a mean of Gaussian kernels of the Hamming distance |
//! | `energy` | a ground state | `⟨ψ|H|ψ⟩` |

use faer::Mat;
use serde::{Deserialize, Serialize};
use sim::{QNode, Readout};

use super::Problem;
use crate::Error;
use crate::divergence::{Likelihood, over_bits};
use crate::optimise::Objective;
use crate::optimise::linalg::product;

/// Name of a loss, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Loss {
    /// Kullback-Leibler divergence from the data; `eps` is the least probability that counts.
    Kl {
        /// Least probability.
        eps: f64,
    },
    /// Negative log-likelihood of the data.
    Nll {
        /// Least probability.
        eps: f64,
    },
    /// Maximum mean discrepancy; `exp(-d/(2 sigma))` for strings at Hamming distance `d`.
    ///
    /// Reference: Liu and Wang, arXiv:1804.04168.
    Mmd {
        /// Widths of the kernels.
        sigmas: Vec<f64>,
    },
    /// Expectation of the Hamiltonian.
    Energy,
}

impl Loss {
    /// The loss of a name, with its usual settings.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "kl" => Ok(Self::Kl { eps: 1e-12 }),
            "nll" => Ok(Self::Nll { eps: 1e-12 }),
            "mmd" => Ok(Self::Mmd { sigmas: vec![0.25, 1.0, 4.0] }),
            "energy" => Ok(Self::Energy),
            _ => Err(Error::Name {
                what: "loss",
                name: name.to_owned(),
                known: "kl, nll, mmd, energy".to_owned(),
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Kl { .. } => "kl",
            Self::Nll { .. } => "nll",
            Self::Mmd { .. } => "mmd",
            Self::Energy => "energy",
        }
    }

    /// The loss that goes with a problem unless another is asked for.
    pub fn usual(problem: &Problem) -> Self {
        match problem {
            Problem::Generative { .. } => Self::Kl { eps: 1e-12 },
            Problem::Ground { .. } => Self::Energy,
        }
    }
}

/// A loss bound to a circuit: a function of the parameters alone.
#[derive(Debug)]
pub struct CircuitLoss {
    node: QNode,
    measure: Measure,
}

#[derive(Debug)]
enum Measure {
    Energy,
    /// Of the strings of the data, by basis index.
    Likelihood(Vec<usize>, Likelihood),
    Discrepancy {
        data: Vec<(usize, f64)>,
        sigmas: Vec<f64>,
    },
}

impl CircuitLoss {
    /// `loss` of what `circuit` makes of `|0..0⟩`.
    ///
    /// # Errors
    /// If the loss does not go with the problem, or the circuit does not fit its register or memory.
    pub fn new(circuit: circuit::Circuit, problem: &Problem, loss: &Loss) -> Result<Self, Error> {
        let readout = match problem {
            Problem::Generative { .. } => Readout::Probabilities,
            Problem::Ground { hamiltonian, .. } => Readout::Expectations(vec![hamiltonian.clone()]),
        };
        let node = QNode::new(circuit, readout)?;
        let refused = |kind, known| Error::Loss { loss: loss.name(), problem: kind, known };
        let measure = match (problem, loss) {
            (Problem::Ground { .. }, Loss::Energy) => Measure::Energy,
            (Problem::Ground { .. }, _) => return Err(refused("a ground state", "energy")),
            (Problem::Generative { data, .. }, Loss::Kl { eps }) => {
                let (indices, wanted) = indexed(data).into_iter().unzip();
                Measure::Likelihood(indices, Likelihood::divergence(wanted, positive("eps", *eps)?))
            }
            (Problem::Generative { data, .. }, Loss::Nll { eps }) => {
                let (indices, wanted) = indexed(data).into_iter().unzip();
                Measure::Likelihood(indices, Likelihood::new(wanted, positive("eps", *eps)?))
            }
            (Problem::Generative { data, .. }, Loss::Mmd { sigmas }) => {
                sigmas.iter().try_for_each(|sigma| positive("sigma", *sigma).map(|_| ()))?;
                Measure::Discrepancy { data: indexed(data), sigmas: sigmas.clone() }
            }
            (Problem::Generative { .. }, Loss::Energy) => {
                return Err(refused("a distribution", "kl, nll, mmd"));
            }
        };
        Ok(Self { node, measure })
    }

    /// The circuit with what is measured of it.
    pub fn node(&self) -> &QNode {
        &self.node
    }

    /// The loss of measured values.
    fn of(&self, values: &[f64]) -> f64 {
        match &self.measure {
            Measure::Energy => values[0],
            Measure::Likelihood(indices, likelihood) => likelihood.value(indices.iter().map(|&x| values[x])),
            Measure::Discrepancy { data, sigmas } => {
                let difference = difference(values, data);
                difference.iter().zip(smoothed(&difference, sigmas)).map(|(d, k)| d * k).sum()
            }
        }
    }

    /// Its derivative by each value.
    fn cotangent(&self, values: &[f64]) -> Vec<f64> {
        match &self.measure {
            Measure::Energy => vec![1.0],
            Measure::Likelihood(indices, likelihood) => {
                let slopes = likelihood.slopes(indices.iter().map(|&x| values[x]));
                let mut cotangent = vec![0.0; values.len()];
                indices.iter().zip(slopes).for_each(|(&x, slope)| cotangent[x] = slope);
                cotangent
            }
            Measure::Discrepancy { data, sigmas } => {
                smoothed(&difference(values, data), sigmas).into_iter().map(|k| 2.0 * k).collect()
            }
        }
    }
}

impl Objective for CircuitLoss {
    fn value(&self, params: &[f64]) -> f64 {
        self.of(&self.node.forward(params))
    }

    fn value_and_gradient(&self, params: &[f64]) -> (f64, Vec<f64>) {
        let (values, gradient) = self.node.forward_and_vjp(params, |values| self.cotangent(values));
        (self.of(&values), gradient)
    }

    /// `F_kl = Re⟨∂_k ψ|∂_l ψ⟩ - Re(⟨∂_k ψ|ψ⟩⟨ψ|∂_l ψ⟩)`.
    fn metric(&self, params: &[f64]) -> Option<Mat<f64>> {
        let lanes = self.node.tangents(params).ok()?;
        let (n, rows) = (params.len(), lanes.amps().len() / lanes.lanes());
        let at = |i: usize, k: usize| lanes.amps()[i * lanes.lanes() + k];
        // Real and imaginary parts one below the other: `Re⟨a|b⟩` is a product of real matrices.
        let tangents =
            Mat::from_fn(2 * rows, n, |i, k| if i < rows { at(i, k).re } else { at(i - rows, k).im });
        let along = |k: usize| (0..rows).map(|i| at(i, n).conj() * at(i, k)).sum::<circuit::C64>();
        let along: Vec<circuit::C64> = (0..n).map(along).collect();
        let full = product(tangents.transpose(), tangents.as_ref());
        Some(Mat::from_fn(n, n, |k, l| full[(k, l)] - (along[k].conj() * along[l]).re))
    }
}

fn positive(name: &'static str, value: f64) -> Result<f64, Error> {
    match value > 0.0 && value.is_finite() {
        true => Ok(value),
        false => Err(Error::Setting { name, value, range: "positive and finite" }),
    }
}

/// Basis index and probability of each string; qubit 0 is the high bit.
fn indexed(data: &tensornet::BitStrings) -> Vec<(usize, f64)> {
    let index = |row: &[bool]| row.iter().fold(0, |index, &bit| index << 1 | usize::from(bit));
    data.rows().iter().map(|row| index(row)).zip(data.weights().iter().copied()).collect()
}

/// `q - p`.
fn difference(values: &[f64], data: &[(usize, f64)]) -> Vec<f64> {
    let mut difference = values.to_vec();
    data.iter().for_each(|(x, p)| difference[*x] -= p);
    difference
}

/// `K v`: the kernel is a product over bits, so one pass per bit does it.
fn smoothed(v: &[f64], sigmas: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; v.len()];
    for sigma in sigmas {
        let other = (-0.5 / sigma).exp();
        let image = over_bits(v.to_vec(), |a, b| (a + other * b, b + other * a));
        sum.iter_mut().zip(image).for_each(|(s, k)| *s += k / sigmas.len() as f64);
    }
    sum
}
