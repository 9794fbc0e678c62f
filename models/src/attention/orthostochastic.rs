//! Generalised orthostochastic attention: squared entries of an orthogonal matrix, summed over blocks.
//!
//! The classical twin of the quantum operator: parameters multiply the scores to make a skew-symmetric matrix A of
//! side N = s t, its Cayley transform Q = (1 - A)(1 + A)^-1 is orthogonal, and B_ij = (1/s) sum_kl Q_(k,i),(l,j)^2 is
//! doubly stochastic. Zero scores give the identity.

use super::config::{Scale, at_least, not_negative};
use super::operator::Bridged;
use super::per_matrix::{MatrixInputs, MatrixOp, PerMatrix};
use crate::Error;
use crate::rng::stream;
use nalgebra::DMatrix;
use rand_distr::{Distribution, Uniform};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of generalised orthostochastic attention.
///
/// A = Theta - Theta^T with Theta = theta (.) tile(scale M), where tile repeats M s times along both axes; theta has
/// one entry per off-diagonal entry of A, N (N - 1) in all.
/// Reference: go-mHC, arXiv:2604.02309.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrthostochasticConfig {
    /// Side of the blocks that are summed: the larger, the more doubly stochastic matrices can be reached.
    pub s: usize,
    /// Theta starts uniform between plus and minus this number.
    pub initial: f64,
    /// Factor on the scores.
    pub scale: Scale,
}

impl Default for OrthostochasticConfig {
    fn default() -> Self {
        Self { s: 2, initial: 0.2, scale: Scale::default() }
    }
}

impl OrthostochasticConfig {
    pub(super) fn build(
        &self,
        tokens: usize,
        head_dim: usize,
        seed: u64,
    ) -> Result<Bridged<PerMatrix<Orthostochastic>>, Error> {
        let s = at_least("s of orthostochastic", self.s, 1)?;
        let initial = not_negative("initial of orthostochastic", self.initial)?;
        let op = Orthostochastic { tokens, s };
        let draws = Uniform::new_inclusive(-initial, initial).expect("finite and ordered");
        let initial = draws.sample_iter(stream(seed, "orthostochastic", &[])).take(op.n_params()).collect();
        Ok(Bridged { op: Arc::new(PerMatrix(op)), scale: self.scale.factor(head_dim)?, initial })
    }
}

#[derive(Debug)]
pub(super) struct Orthostochastic {
    tokens: usize,
    s: usize,
}

impl Orthostochastic {
    fn side(&self) -> usize {
        self.tokens * self.s
    }

    /// Position in a score matrix of the entry that drives Theta_ab, or that receives Q_ab^2.
    fn entry(&self, a: usize, b: usize) -> usize {
        (a % self.tokens) * self.tokens + b % self.tokens
    }

    /// All positions (a, b) off the diagonal, in the order of theta.
    fn off_diagonal(&self) -> impl Iterator<Item = (usize, usize)> {
        let side = self.side();
        (0..side).flat_map(move |a| (0..side).filter(move |&b| b != a).map(move |b| (a, b)))
    }
}

impl MatrixOp for Orthostochastic {
    /// The orthogonal matrix Q.
    type Saved = DMatrix<f64>;

    fn tokens(&self) -> usize {
        self.tokens
    }

    fn n_params(&self) -> usize {
        self.side() * (self.side() - 1)
    }

    fn forward(&self, scores: &[f64], theta: &[f64], weights: &mut [f64]) -> DMatrix<f64> {
        let side = self.side();
        let mut skew = DMatrix::zeros(side, side);
        for ((a, b), theta) in self.off_diagonal().zip(theta) {
            let entry = theta * scores[self.entry(a, b)];
            skew[(a, b)] += entry;
            skew[(b, a)] -= entry;
        }
        let q = cayley(skew);
        weights.fill(0.0);
        for a in 0..side {
            for b in 0..side {
                weights[self.entry(a, b)] += q[(a, b)].powi(2) / self.s as f64;
            }
        }
        q
    }

    /// From dQ = -(1 + Q) dA (1 + A)^-1 and 1 + Q = 2 (1 + A)^-1: Ab = -(1 + Q)^T Qb (1 + Q)^T / 2.
    fn vjp(
        &self,
        inputs: MatrixInputs<'_>,
        q: &DMatrix<f64>,
        cotangent: &[f64],
        d_scores: &mut [f64],
        d_theta: &mut [f64],
    ) {
        let side = self.side();
        let q_bar = q.map_with_location(|a, b, q| 2.0 * q * cotangent[self.entry(a, b)] / self.s as f64);
        let shifted = (q + DMatrix::identity(side, side)).transpose();
        let skew_bar = &shifted * q_bar * &shifted * -0.5;
        for (k, (a, b)) in self.off_diagonal().enumerate() {
            let bar = skew_bar[(a, b)] - skew_bar[(b, a)];
            d_theta[k] += bar * inputs.scores[self.entry(a, b)];
            d_scores[self.entry(a, b)] += bar * inputs.theta[k];
        }
    }
}

/// The orthogonal matrix (1 - A)(1 + A)^-1 = 2 (1 + A)^-1 - 1 of a skew-symmetric A.
fn cayley(skew: DMatrix<f64>) -> DMatrix<f64> {
    let one = DMatrix::identity(skew.nrows(), skew.nrows());
    let inverse =
        (skew + &one).lu().try_inverse().expect("the eigenvalues of 1 + A have modulus one or more");
    inverse * 2.0 - one
}
