//! Fast weights that start from a circuit trained alone: without a slow programmer, and on a chain.
//!
//! The fast circuit reads the last value of every window; its angles are trained so that the best linear combination of
//! what it measures comes as close as can be to what follows. The programmer then starts from these angles, not from zero.

use circuit::{Differentiable, PauliSum};
use models::rng::stream;
use models::series::Windows;
use models::vqc::VqcConfig;
use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tensornet::{MpsNode, MpsReadout, Truncation};

use crate::Error;
use crate::optimise::{MinimiseConfig, Objective, minimise};

/// Settings of [`fast_weights`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FastStart {
    /// Largest bond of the chain.
    pub chi: usize,
    /// Training on it.
    pub training: MinimiseConfig,
    /// Seed of the first angles.
    pub seed: u64,
}

impl Default for FastStart {
    fn default() -> Self {
        Self { chi: 4, training: MinimiseConfig { iterations: 40, ..Default::default() }, seed: 0 }
    }
}

/// What a start of fast weights came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FastStartReport {
    /// Mean squared error on the training windows: first, and at the end.
    pub error: [f64; 2],
}

/// The angles of the fast circuit, shape `[p]`.
///
/// # Errors
/// If the circuit does not fit one input, or a setting is out of range.
pub fn fast_weights(
    config: &VqcConfig,
    windows: &Windows,
    start: &FastStart,
) -> Result<(Vec<f64>, FastStartReport), Error> {
    let (circuit, encoding) = config.circuit(1)?;
    let observables: Vec<PauliSum> = config.observables();
    let truncation = Truncation { chi_max: start.chi, ..Truncation::EXACT };
    let n_weights = circuit.n_params() - encoding;
    let node = MpsNode::new(circuit, MpsReadout::Expectations(observables))?.with_truncation(truncation);
    let train = 0..windows.n_train;
    let inputs = train.clone().map(|i| windows.input(i)[windows.length - 1]);
    let objective = Regression {
        node,
        inputs: inputs.map(|x| config.encoding.of(x)).collect(),
        targets: windows.targets[train].to_vec(),
    };
    let mut rng = stream(start.seed, "fast weights", &[]);
    let params = (0..n_weights).map(|_| rng.random_range(-0.5..0.5)).collect();
    let trained = minimise(&objective, params, &start.training, start.seed)?;
    Ok((trained.params, FastStartReport { error: [trained.history[0], trained.value] }))
}

/// The mean squared error of the best linear map from what the circuit measures, as a function of its weights.
struct Regression {
    node: MpsNode,
    /// Encoding angles of each window.
    inputs: Vec<Vec<f64>>,
    targets: Vec<f64>,
}

impl Objective for Regression {
    fn value_and_gradient(&self, weights: &[f64]) -> (f64, Vec<f64>) {
        let rows: Vec<Vec<f64>> = self.inputs.iter().map(|x| [x.as_slice(), weights].concat()).collect();
        let values: Vec<Vec<f64>> = rows.par_iter().map(|row| self.node.forward(row)).collect();
        let (n, m) = (values.len(), values[0].len());
        let design = DMatrix::from_fn(n, m + 1, |i, k| if k < m { values[i][k] } else { 1.0 });
        let targets = DVector::from_vec(self.targets.clone());
        // A little weight decay keeps the map unique where measured values depend on each other.
        let normal = design.tr_mul(&design) + DMatrix::identity(m + 1, m + 1) * 1e-8;
        let map = normal.cholesky().expect("positive definite").solve(&design.tr_mul(&targets));
        let residuals = &design * &map - targets;
        let loss = residuals.norm_squared() / n as f64;
        // At its optimum the map contributes nothing: the gradient is that of a fixed map.
        let gradients: Vec<Vec<f64>> = rows
            .par_iter()
            .enumerate()
            .map(|(i, row)| {
                let cotangent: Vec<f64> = (0..m).map(|k| 2.0 * residuals[i] * map[k] / n as f64).collect();
                self.node.vjp(row, &cotangent)
            })
            .collect();
        let skip = self.inputs[0].len();
        let sum = |k: usize| gradients.iter().map(|gradient| gradient[skip + k]).sum();
        (loss, (0..weights.len()).map(sum).collect())
    }
}
