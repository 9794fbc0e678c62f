//! Multi-head attention around an operator from scores to weights.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Tensor, s};

use super::VitConfig;
use super::init::Draws;
use crate::attention::Attention;

/// What the backward pass knows of the operator `weights = op(scores)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreGradient {
    /// Its true Jacobian.
    Exact,
    /// Nothing: no gradient reaches queries and keys.
    Stop,
    /// The identity instead: `dL/dscores = dL/dweights / sqrt(head_dim)`, as for weights that are the
    /// scaled scores themselves.
    StraightThrough,
}

/// Attention of several heads: `out = concat_h(op(Q_h K_h^T) V_h) W + b`.
///
/// The operator may want more tokens than there are (a circuit wants a power of two). Scores are then
/// padded with zeros at the end, and of the weights the leading `t x t` block is used: what a row gives
/// to a padded token is lost, as if those tokens had value zero. Certificates refer to the full matrix.
#[derive(Module, Debug)]
pub struct MultiHeadAttention {
    qkv: Linear,
    out: Option<Linear>,
    pub(super) heads: usize,
}

impl MultiHeadAttention {
    pub(super) fn new(config: &VitConfig, draws: &mut Draws) -> Self {
        let inner = config.inner_dim();
        let qkv = draws.linear(config.dim, 3 * inner, false);
        let out = config.projects_out().then(|| draws.linear(inner, config.dim, true));
        Self { qkv, out, heads: config.heads }
    }

    /// Result `[b t d]` and weights `[b h n n]`, where `n >= t` is the operator's number of tokens.
    pub(super) fn forward(&self, x: Tensor<3>, operator: &Operator) -> (Tensor<3>, Tensor<4>) {
        let [batch, tokens, _] = x.dims();
        let [query, key, value] = self.heads(x); // b h t e
        let scores = query.matmul(key.transpose()); // b h t t
        let weights = operator.weights(scores); // b h n n
        let block = if operator.tokens == tokens {
            weights.clone()
        } else {
            weights.clone().slice(s![.., .., 0..tokens, 0..tokens])
        };
        let mixed = block.matmul(value).swap_dims(1, 2); // b t h e
        let [.., head_dim] = mixed.dims();
        let mixed = mixed.reshape([batch, tokens, self.heads * head_dim]); // b t d
        (self.out.iter().fold(mixed, |x, out| out.forward(x)), weights)
    }

    fn heads(&self, x: Tensor<3>) -> [Tensor<4>; 3] {
        let [batch, tokens, _] = x.dims();
        let qkv = self.qkv.forward(x); // b t 3*h*e
        let inner = qkv.dims()[2] / 3;
        [0, 1, 2].map(|part| {
            qkv.clone()
                .narrow(2, part * inner, inner)
                .reshape([batch, tokens, self.heads, inner / self.heads])
                .swap_dims(1, 2) // b h t e
        })
    }
}

/// An attention operator with its angles, ready for one forward pass.
pub(super) struct Operator<'a> {
    pub(super) attention: &'a Attention,
    pub(super) theta: Tensor<1>,
    /// Size of the matrices the operator works on.
    pub(super) tokens: usize,
    pub(super) head_dim: usize,
    pub(super) gradient: ScoreGradient,
}

impl Operator<'_> {
    fn weights(&self, scores: Tensor<4>) -> Tensor<4> {
        let scores = pad(scores, self.tokens);
        let apply = |scores| self.attention.weights(scores, self.theta.clone());
        match self.gradient {
            ScoreGradient::Exact => apply(scores),
            ScoreGradient::Stop => apply(scores.detach()),
            ScoreGradient::StraightThrough => {
                let through = scores.clone().div_scalar((self.head_dim as f64).sqrt());
                apply(scores.detach()) + (through.clone() - through.detach())
            }
        }
    }
}

/// Zeros are added until the matrices are `n x n`.
fn pad(scores: Tensor<4>, n: usize) -> Tensor<4> {
    let [batch, heads, tokens, _] = scores.dims();
    if tokens == n {
        return scores;
    }
    Tensor::zeros([batch, heads, n, n], (&scores.device(), scores.dtype()))
        .slice_assign(s![.., .., 0..tokens, 0..tokens], scores)
}
