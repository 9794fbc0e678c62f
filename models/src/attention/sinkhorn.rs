//! Sinkhorn's iteration in the log domain: entropic optimal transport between uniform marginals.

use super::config::{Scale, at_least};
use super::operator::Operator;
use crate::Error;
use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

/// Settings of Sinkhorn attention: t times the transport plan of cost -scale M and unit regularisation.
///
/// The dual updates u = log(1/t) - LSE_j(scale M + v), and the same for v, are alternate log-normalisations of
/// rows and columns; one iteration is the row softmax, an odd number leaves the rows exact. The number is fixed,
/// so that results never depend on a stopping rule; gradients are those of the unrolled iteration.
/// Reference: Sander et al., arXiv:2110.11773.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SinkhornConfig {
    /// Number of normalisations, rows and columns counted separately.
    pub iterations: usize,
    /// Factor on the scores.
    pub scale: Scale,
}

impl Default for SinkhornConfig {
    fn default() -> Self {
        Self { iterations: 21, scale: Scale::default() }
    }
}

impl SinkhornConfig {
    pub(super) fn build(&self, head_dim: usize) -> Result<Sinkhorn, Error> {
        Ok(Sinkhorn {
            iterations: at_least("iterations of sinkhorn", self.iterations, 1)?,
            scale: self.scale.factor(head_dim)?,
        })
    }
}

#[derive(Debug)]
pub(super) struct Sinkhorn {
    iterations: usize,
    scale: f64,
}

impl Operator for Sinkhorn {
    fn weights(&self, scores: Tensor<4>, _: Tensor<1>) -> Tensor<4> {
        let logs = (0..self.iterations).fold(scores * self.scale, |logs, k| {
            activation::log_softmax(logs, if k % 2 == 0 { 3 } else { 2 }) // b h t t
        });
        logs.exp()
    }
}
