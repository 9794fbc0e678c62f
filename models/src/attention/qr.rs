//! Squared entries of the orthogonal factor of the scores.

use super::config::{not_negative, positive};
use super::operator::Bridged;
use super::per_matrix::{MatrixInputs, MatrixOp, PerMatrix};
use crate::Error;
use crate::rng::stream;
use nalgebra::DMatrix;
use rand_distr::{Distribution, Normal};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of QR attention: M = Q R, A = Q (.) Q.
///
/// Q does not change when M is multiplied by a positive number, so there is no scale. A rank-deficient M has many
/// factors; noise drawn from the seed and the entries of M picks one, so that equal inputs have equal outputs.
/// Reference: Born et al., arXiv:2504.16275.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QrConfig {
    /// Standard deviation of the noise added to a rank-deficient M; zero for none.
    pub noise: f64,
    /// In the gradient, diagonal entries of R are held at least this far from zero, relative to the largest.
    pub min_pivot: f64,
}

impl Default for QrConfig {
    fn default() -> Self {
        Self { noise: 1e-7, min_pivot: 1e-6 }
    }
}

impl QrConfig {
    pub(super) fn build(&self, tokens: usize, seed: u64) -> Result<Bridged<PerMatrix<Qr>>, Error> {
        let noise = not_negative("noise of qr", self.noise)?;
        let min_pivot = positive("min_pivot of qr", self.min_pivot)?;
        let op = Qr { tokens, seed, noise: Normal::new(0.0, noise).expect("finite"), min_pivot };
        Ok(Bridged { op: Arc::new(PerMatrix(op)), scale: 1.0, initial: Vec::new() })
    }
}

#[derive(Debug)]
pub(super) struct Qr {
    tokens: usize,
    seed: u64,
    noise: Normal<f64>,
    min_pivot: f64,
}

impl MatrixOp for Qr {
    type Saved = Factors;

    fn tokens(&self) -> usize {
        self.tokens
    }

    fn forward(&self, scores: &[f64], _: &[f64], weights: &mut [f64]) -> Factors {
        let m = DMatrix::from_row_slice(self.tokens, self.tokens, scores);
        let mut factors = Factors::of(m.clone());
        if self.noise.std_dev() > 0.0 && factors.rank_deficient() {
            factors = Factors::of(m + self.noise_for(scores));
        }
        let dsm = factors.q.map(|q| q * q);
        weights.copy_from_slice(dsm.transpose().as_slice());
        factors
    }

    /// With Qb = 2 Q (.) G and X = -Qb^T Q: Mb = (Qb + Q (tril(X) + tril(X, -1)^T)) R^-T.
    fn vjp(
        &self,
        _: MatrixInputs<'_>,
        factors: &Factors,
        cotangent: &[f64],
        d_scores: &mut [f64],
        _: &mut [f64],
    ) {
        let Factors { q, r } = factors;
        let g = DMatrix::from_row_slice(self.tokens, self.tokens, cotangent);
        let q_bar = q.zip_map(&g, |q, g| 2.0 * q * g);
        let x = -q_bar.tr_mul(q);
        let symmetric = DMatrix::from_fn(self.tokens, self.tokens, |i, j| x[(i.max(j), i.min(j))]);
        let left = q_bar + q * symmetric;
        // (left R^-T)^T solves R y = left^T, and row major it is what we return
        let gradient = self.clamped(r).solve_upper_triangular(&left.transpose()).expect("no pivot is zero");
        d_scores.copy_from_slice(gradient.as_slice());
    }
}

impl Qr {
    /// Noise `[t t]` that depends on the seed and the scores alone.
    fn noise_for(&self, scores: &[f64]) -> DMatrix<f64> {
        let bits: Vec<u64> = scores.iter().map(|x| x.to_bits()).collect();
        let draws = self.noise.sample_iter(stream(self.seed, "qr-noise", &bits));
        DMatrix::from_row_iterator(self.tokens, self.tokens, draws.take(scores.len()))
    }

    /// `r` with small pivots moved away from zero; the identity for a vanishing `r`, whose gradient is meaningless.
    fn clamped(&self, r: &DMatrix<f64>) -> DMatrix<f64> {
        let largest = r.diagonal().amax();
        let limit = if largest > 0.0 { self.min_pivot * largest } else { 1.0 };
        let mut clamped = r.clone();
        for i in 0..self.tokens {
            clamped[(i, i)] = r[(i, i)].signum() * r[(i, i)].abs().max(limit);
        }
        clamped
    }
}

/// An orthogonal and an upper triangular matrix.
#[derive(Debug)]
pub(super) struct Factors {
    q: DMatrix<f64>,
    r: DMatrix<f64>,
}

impl Factors {
    /// Householder's factorisation of `m`, with the signs LAPACK chooses: a column that is already zero below its
    /// diagonal is left alone, any other is reflected onto the axis away from its diagonal entry.
    fn of(m: DMatrix<f64>) -> Self {
        let t = m.nrows();
        let rounding = t as f64 * f64::EPSILON * m.amax();
        let (mut q, mut r) = (DMatrix::identity(t, t), m);
        for k in 0..t {
            let below = r.view((k + 1, k), (t - k - 1, 1)).norm();
            if below <= rounding {
                continue;
            }
            let alpha = r[(k, k)];
            let beta = -alpha.hypot(below).copysign(alpha);
            let mut v = r.view((k, k), (t - k, 1)).clone_owned() / (alpha - beta);
            v[0] = 1.0;
            let tau = (beta - alpha) / beta;
            let mut lower = r.view_mut((k, k), (t - k, t - k));
            let projection = v.tr_mul(&lower) * tau;
            lower -= &v * projection;
            r.view_mut((k + 1, k), (t - k - 1, 1)).fill(0.0);
            let mut right = q.view_mut((0, k), (t, t - k));
            let projection = &right * &v * tau;
            right -= projection * v.transpose();
        }
        Self { q, r }
    }

    /// Whether a pivot is no larger than rounding makes it.
    fn rank_deficient(&self) -> bool {
        let limit = self.r.nrows() as f64 * f64::EPSILON * self.r.amax();
        self.r.diagonal().iter().any(|pivot| pivot.abs() <= limit)
    }
}
