//! Row softmax whose temperature is the spread of the row.

use super::config::{Scale, positive};
use super::operator::Operator;
use crate::Error;
use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

/// Settings of NormSoftmax: row by row, A = softmax(M / min(1 / scale, s)) with s the spread of the row of M.
///
/// Gradients flow through s where it is the smaller of the two.
/// Reference: Hoffmann et al., arXiv:2310.12956.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NormSoftmaxConfig {
    /// How the spread is measured.
    pub spread: Spread,
    /// Factor on the scores of a row of large spread.
    pub scale: Scale,
    /// Smallest value taken for s, so that constant rows give uniform weights.
    pub min_spread: f64,
}

/// The spread of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// Its standard deviation, with t - 1 in the denominator.
    #[default]
    Sigma,
    /// Its variance, with t in the denominator.
    Sigma2,
}

impl NormSoftmaxConfig {
    /// Default settings with this measure of spread.
    pub fn new(spread: Spread) -> Self {
        Self { spread, scale: Scale::default(), min_spread: 1e-6 }
    }

    pub(super) fn build(&self, head_dim: usize) -> Result<NormSoftmax, Error> {
        Ok(NormSoftmax {
            spread: self.spread,
            max: 1.0 / self.scale.factor(head_dim)?,
            min: positive("min_spread of norm-softmax", self.min_spread)?,
        })
    }
}

impl Default for NormSoftmaxConfig {
    fn default() -> Self {
        Self::new(Spread::default())
    }
}

#[derive(Debug)]
pub(super) struct NormSoftmax {
    spread: Spread,
    min: f64,
    max: f64,
}

impl Operator for NormSoftmax {
    fn weights(&self, scores: Tensor<4>, _: Tensor<1>) -> Tensor<4> {
        let spread = match self.spread {
            // clamped before the root, whose slope at zero is infinite
            Spread::Sigma => scores.clone().var(3).clamp_min(self.min * self.min).sqrt(), // b h t 1
            Spread::Sigma2 => scores.clone().var_bias(3).clamp_min(self.min),             // b h t 1
        };
        activation::softmax(scores / spread.clamp_max(self.max), 3)
    }
}
