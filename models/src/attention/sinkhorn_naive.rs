//! Sinkhorn's iteration as first written: exponentiate, then divide by row and column sums in turn.

use super::config::{Scale, at_least};
use super::operator::Operator;
use crate::Error;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// Exponents this far below the largest of their line are held there, so that no sum of the other axis underflows.
const MIN_EXPONENT: f64 = -50.0;

/// Settings of the naive Sinkhorn iteration on exp(scale M).
///
/// The axes alternate; an odd number of iterations ends on the axis it began with, whose sums are then exact.
/// Scores more than 50 below the largest of their line count as 50 below; the log-domain form has no such limit.
/// Reference: Sinkhorn, Ann. Math. Stat. 35, 876 (1964).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SinkhornNaiveConfig {
    /// Number of normalisations, rows and columns counted separately.
    pub iterations: usize,
    /// What is normalised first.
    pub first: Axis,
    /// Factor on the scores.
    pub scale: Scale,
}

/// Rows or columns of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// Rows: every query spends one unit of attention.
    #[default]
    Rows,
    /// Columns: every key receives one unit of attention.
    Columns,
}

impl Default for SinkhornNaiveConfig {
    fn default() -> Self {
        Self { iterations: 21, first: Axis::default(), scale: Scale::default() }
    }
}

impl SinkhornNaiveConfig {
    pub(super) fn build(&self, head_dim: usize) -> Result<SinkhornNaive, Error> {
        Ok(SinkhornNaive {
            iterations: at_least("iterations of sinkhorn-naive", self.iterations, 1)?,
            summed: match self.first {
                Axis::Rows => [3, 2],
                Axis::Columns => [2, 3],
            },
            scale: self.scale.factor(head_dim)?,
        })
    }
}

#[derive(Debug)]
pub(super) struct SinkhornNaive {
    iterations: usize,
    /// Dimensions summed over in even and odd iterations.
    summed: [usize; 2],
    scale: f64,
}

impl Operator for SinkhornNaive {
    fn weights(&self, scores: Tensor<4>, _: Tensor<1>) -> Tensor<4> {
        let scores = scores * self.scale;
        // a factor per line, which the first division removes: its gradient is zero
        let largest = scores.clone().detach().max_dim(self.summed[0]);
        let mut weights = (scores - largest).clamp_min(MIN_EXPONENT).exp(); // b h t t
        for k in 0..self.iterations {
            let sums = weights.clone().sum_dim(self.summed[k % 2]);
            weights = weights / sums;
        }
        weights
    }
}
