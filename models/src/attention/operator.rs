//! An operator bound to a number of tokens, ready to be applied.

use crate::bridge::{Differentiable, apply};
use burn::tensor::Tensor;
use std::fmt::Debug;
use std::sync::Arc;

/// An attention operator bound to a number of tokens; clones share everything.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use models::attention::{AttentionConfig, certificate};
///
/// let device = Device::flex();
/// let attention = AttentionConfig::from_name("birkhoff")?.build(4, 16, 0)?;
/// let scores = Tensor::<4>::from_data([[[[9.0, 0.0, 1.0, 0.0]; 4]]], &device); // b h t t
/// let weights = attention.weights(scores, Tensor::zeros([0], &device)); // b h t t
/// let weights: Vec<f64> = weights.into_data().iter::<f64>().collect();
/// assert!(certificate(&weights, 4).column_error < 1e-6);
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Attention {
    tokens: usize,
    operator: Arc<dyn Operator>,
}

impl Attention {
    pub(super) fn new(tokens: usize, operator: Arc<dyn Operator>) -> Self {
        Self { tokens, operator }
    }

    /// Side t of the matrices.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// How many parameters the operator owns; zero for most.
    pub fn n_params(&self) -> usize {
        self.operator.n_params()
    }

    /// Where training starts: `[n_params]`, drawn from the seed.
    pub fn initial_params(&self) -> Vec<f64> {
        self.operator.initial_params()
    }

    /// `scores` = Q K^T `[b h t t]`, unscaled, and `theta` `[n_params]` to weights `[b h t t]`.
    ///
    /// # Panics
    /// Where a shape differs from the operator's sizes.
    pub fn weights(&self, scores: Tensor<4>, theta: Tensor<1>) -> Tensor<4> {
        let [_, _, rows, columns] = scores.dims();
        let (t, p) = (self.tokens, self.n_params());
        assert!(
            rows == t && columns == t,
            "scores are {rows} x {columns}, but the operator is bound to {t} tokens"
        );
        assert_eq!(theta.dims(), [p], "theta has the wrong length for {:?}", self.operator);
        self.operator.weights(scores, theta)
    }
}

/// What an operator must do; adding one means implementing this and naming it in the configuration.
pub(crate) trait Operator: Debug + Send + Sync {
    /// Length of theta.
    fn n_params(&self) -> usize {
        0
    }

    /// Theta at the start, `[n_params]`.
    fn initial_params(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Unscaled `scores` `[b h t t]` and `theta` `[n_params]` to weights `[b h t t]`.
    fn weights(&self, scores: Tensor<4>, theta: Tensor<1>) -> Tensor<4>;
}

/// An operator on the far side of the bridge.
#[derive(Debug)]
pub(super) struct Bridged<O> {
    pub op: Arc<O>,
    /// Factor on the scores.
    pub scale: f64,
    /// Theta at the start, `[n_params]`.
    pub initial: Vec<f64>,
}

impl<O> Operator for Bridged<O>
where
    O: Differentiable<f32> + Differentiable<f64>,
{
    fn n_params(&self) -> usize {
        self.initial.len()
    }

    fn initial_params(&self) -> Vec<f64> {
        self.initial.clone()
    }

    fn weights(&self, scores: Tensor<4>, theta: Tensor<1>) -> Tensor<4> {
        apply(&self.op, scores * self.scale, theta)
    }
}
