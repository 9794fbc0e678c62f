//! The doubly stochastic matrix nearest to the scores, in the Frobenius norm.
//!
//! The minimiser of |X - M|^2 over the Birkhoff polytope is X = max(0, M + u 1^T + 1 v^T), and the potentials
//! minimise the convex, piecewise quadratic dual |X|^2 / 2 - sum u - sum v, whose gradient is the row and column
//! sums of X less one. Newton steps on it need only the support of X and end after finitely many.
//! Reference: Li, Sun, Toh, arXiv:1702.05934.

use super::config::Scale;
use super::operator::Bridged;
use super::per_matrix::{MatrixInputs, MatrixOp, PerMatrix};
use crate::Error;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of the projection of scale M onto the doubly stochastic matrices.
///
/// The gradient is the one on the face of the polytope the result lies in, valid almost everywhere.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BirkhoffConfig {
    /// Factor on the scores.
    pub scale: Scale,
}

impl BirkhoffConfig {
    pub(super) fn build(
        &self,
        tokens: usize,
        head_dim: usize,
    ) -> Result<Bridged<PerMatrix<Birkhoff>>, Error> {
        let scale = self.scale.factor(head_dim)?;
        Ok(Bridged { op: Arc::new(PerMatrix(Birkhoff { tokens })), scale, initial: Vec::new() })
    }
}

#[derive(Debug)]
pub(super) struct Birkhoff {
    tokens: usize,
}

impl MatrixOp for Birkhoff {
    /// The projection, whose positive entries are the support.
    type Saved = DMatrix<f64>;

    fn tokens(&self) -> usize {
        self.tokens
    }

    fn forward(&self, scores: &[f64], _: &[f64], weights: &mut [f64]) -> DMatrix<f64> {
        let projection = project(&DMatrix::from_row_slice(self.tokens, self.tokens, scores));
        weights.copy_from_slice(projection.transpose().as_slice());
        projection
    }

    fn vjp(
        &self,
        _: MatrixInputs<'_>,
        projection: &DMatrix<f64>,
        cotangent: &[f64],
        d_scores: &mut [f64],
        _: &mut [f64],
    ) {
        let cotangent = DMatrix::from_row_slice(self.tokens, self.tokens, cotangent);
        let gradient = project_tangent(projection, &cotangent);
        d_scores.copy_from_slice(gradient.transpose().as_slice());
    }
}

const MAX_STEPS: usize = 200;
const MAX_HALVINGS: usize = 40;

/// The doubly stochastic matrix nearest to `m` `[t t]`.
fn project(m: &DMatrix<f64>) -> DMatrix<f64> {
    let t = m.nrows();
    let centred = project_affine(m); // differs from m by potentials, and starts close
    let tolerance = 4.0 * f64::EPSILON * (t as f64 + centred.amax());
    let mut dual = Dual::at(&centred, DVector::zeros(2 * t));
    for _ in 0..MAX_STEPS {
        if dual.gradient.amax() <= tolerance {
            break;
        }
        let step = solve_on_support(&dual.x, &dual.gradient);
        match dual.descend(&centred, &step) {
            Some(next) => dual = next,
            None => break,
        }
    }
    dual.x
}

/// The nearest matrix of unit row and column sums, whatever its signs.
fn project_affine(m: &DMatrix<f64>) -> DMatrix<f64> {
    let t = m.nrows() as f64;
    let (rows, columns, total) = (m.column_sum(), m.row_sum(), m.sum());
    m.map_with_location(|i, j, x| x + (1.0 - rows[i] - columns[j] + total / t) / t)
}

/// The dual problem at potentials [u v].
struct Dual {
    potentials: DVector<f64>, // 2t
    x: DMatrix<f64>,          // t t
    gradient: DVector<f64>,   // 2t
    value: f64,
}

impl Dual {
    fn at(m: &DMatrix<f64>, potentials: DVector<f64>) -> Self {
        let t = m.nrows();
        let x = m.map_with_location(|i, j, m| (m + potentials[i] + potentials[t + j]).max(0.0));
        let gradient = line_sums(&x).add_scalar(-1.0);
        let value = 0.5 * x.norm_squared() - potentials.sum();
        Self { potentials, x, gradient, value }
    }

    /// The first of the steps 1, 1/2, 1/4, .. that lowers the value, or the gradient where rounding hides the value.
    fn descend(&self, m: &DMatrix<f64>, step: &DVector<f64>) -> Option<Self> {
        let slope = self.gradient.dot(step);
        (0..MAX_HALVINGS).map(|k| 0.5_f64.powi(k as i32)).find_map(|length| {
            let next = Self::at(m, &self.potentials - step * length);
            let lower = next.value <= self.value - 1e-4 * length * slope;
            let flatter = next.gradient.amax() < 0.5 * self.gradient.amax();
            (lower || flatter).then_some(next)
        })
    }
}

/// Row sums, then column sums: [2t].
fn line_sums(x: &DMatrix<f64>) -> DVector<f64> {
    let t = x.nrows();
    let (rows, columns) = (x.column_sum(), x.row_sum());
    DVector::from_fn(2 * t, |k, _| if k < t { rows[k] } else { columns[k - t] })
}

/// Solves [D_r S; S^T D_c] y = b, where S marks the positive entries of `x` and D counts them per line.
///
/// The matrix is singular (shifting u against v changes nothing), so a small ridge is added and its effect on the
/// components that matter removed by refinement.
fn solve_on_support(x: &DMatrix<f64>, b: &DVector<f64>) -> DVector<f64> {
    let t = x.nrows();
    let support = x.map(|x| if x > 0.0 { 1.0 } else { 0.0 });
    let mut normal = DMatrix::from_diagonal(&line_sums(&support)); // 2t 2t
    normal.view_mut((0, t), (t, t)).copy_from(&support);
    normal.view_mut((t, 0), (t, t)).copy_from(&support.transpose());
    let ridge = 1e-8;
    let factor =
        (&normal + DMatrix::identity(2 * t, 2 * t) * ridge).cholesky().expect("a ridge makes it definite");
    let mut y = factor.solve(b);
    for _ in 0..2 {
        y += factor.solve(&(b - &normal * &y));
    }
    y
}

/// `g` restricted to the support of `x` and freed of all components that change a row or column sum.
fn project_tangent(x: &DMatrix<f64>, g: &DMatrix<f64>) -> DMatrix<f64> {
    let t = x.nrows();
    let restricted = g.zip_map(x, |g, x| if x > 0.0 { g } else { 0.0 });
    let y = solve_on_support(x, &line_sums(&restricted));
    restricted.map_with_location(|i, j, g| if x[(i, j)] > 0.0 { g - y[i] - y[t + j] } else { 0.0 })
}
