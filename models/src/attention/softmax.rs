//! Row softmax.

use super::config::Scale;
use super::operator::Operator;
use crate::Error;
use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

/// Settings of the row softmax: A = softmax(scale M).
///
/// Reference: Vaswani et al., arXiv:1706.03762.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SoftmaxConfig {
    /// Factor on the scores.
    pub scale: Scale,
}

impl SoftmaxConfig {
    pub(super) fn build(&self, head_dim: usize) -> Result<Softmax, Error> {
        Ok(Softmax { scale: self.scale.factor(head_dim)? })
    }
}

#[derive(Debug)]
pub(super) struct Softmax {
    scale: f64,
}

impl Operator for Softmax {
    fn weights(&self, scores: Tensor<4>, _: Tensor<1>) -> Tensor<4> {
        activation::softmax(scores * self.scale, 3)
    }
}
