//! A circuit as a differentiable function, whatever simulates it, and the ways to differentiate that need
//! nothing but values.

use std::f64::consts::FRAC_PI_2;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{Angle, Circuit, Op};

/// How to differentiate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Diff {
    /// One reverse sweep: exact, at the cost of about three evaluations.
    #[default]
    Adjoint,
    /// Two circuit evaluations per rotation: exact, and what hardware can do.
    ParameterShift,
    /// Central differences with step `1e-5`: a check, good to about `1e-9`.
    FiniteDifference,
}

/// `params ↦ values`, with its vector-Jacobian product: what a model needs of a simulator.
pub trait Differentiable {
    /// What is run.
    fn circuit(&self) -> &Circuit;

    /// Number of values of one evaluation.
    fn n_values(&self) -> usize;

    /// Values at one parameter vector, shape `[n_params]` to `[n_values]`.
    ///
    /// # Panics
    /// If `params` has another length than the circuit's parameters.
    fn forward(&self, params: &[f64]) -> Vec<f64>;

    /// `cotangentᵀ · ∂values/∂params` at one parameter vector; shapes `[n_params]`, `[n_values]`.
    ///
    /// # Panics
    /// If a length is wrong.
    fn vjp(&self, params: &[f64], cotangent: &[f64]) -> Vec<f64>;
}

/// The two-term parameter-shift rule for values that are quadratic in the state, one op at a time so that shared
/// parameters are exact.
///
/// Gradient of `Σ_k cotangent_k f_k`, where `values(k, s)` evaluates `f` with `s` added to the angle of op `k`, with
/// respect to the `wanted` parameters; zero for others.
///
/// Reference: Schuld et al., arXiv:1811.11184.
pub fn parameter_shift(
    circuit: &Circuit,
    cotangent: &[f64],
    wanted: Range<usize>,
    values: impl Fn(usize, f64) -> Vec<f64>,
) -> Vec<f64> {
    let mut gradient = vec![0.0; circuit.n_params()];
    for (position, op) in circuit.ops().iter().enumerate() {
        let &Op::Rotation(_, Angle::Param { index, scale }) = op else { continue };
        if !wanted.contains(&index) {
            continue;
        }
        let (plus, minus) = (values(position, FRAC_PI_2), values(position, -FRAC_PI_2));
        let pairs = plus.iter().zip(&minus).zip(cotangent);
        gradient[index] += scale / 2.0 * pairs.map(|((p, m), w)| w * (p - m)).sum::<f64>();
    }
    gradient
}

/// Gradient of `Σ_k cotangent_k values_k` by central differences with step `1e-5`.
pub fn finite_difference(params: &[f64], cotangent: &[f64], values: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let mut moved = params.to_vec();
    let mut loss = |k: usize, by: f64| {
        moved[k] = params[k] + by;
        let values = values(&moved);
        moved[k] = params[k];
        values.iter().zip(cotangent).map(|(y, w)| y * w).sum::<f64>()
    };
    (0..params.len()).map(|k| (loss(k, STEP) - loss(k, -STEP)) / (2.0 * STEP)).collect()
}
